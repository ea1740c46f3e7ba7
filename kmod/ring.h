/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The last records, numbered.
 */
#ifndef FIM_RING_H
#define FIM_RING_H

#include <linux/types.h>

struct sk_buff;

int fim_ring_add(struct sk_buff *skb, void *seq_attr);
int fim_ring_read(u64 since, struct sk_buff *skb, u64 *seq);
void fim_ring_range(u64 *first, u64 *last, u32 *size);
int fim_ring_init(void);
void fim_ring_exit(void);

#endif /* FIM_RING_H */
