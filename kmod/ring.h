/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The last records, numbered.
 */
#ifndef FIM_RING_H
#define FIM_RING_H

#include <linux/types.h>
#include <linux/uuid.h>

struct fim_source;
struct sk_buff;

/* Drawn at random by fim_ring_init(): whose numbers these are */
extern guid_t fim_boot_id;

/**
 * struct fim_blanks - what is filled into a record when it is numbered; 8 bytes
 *	each
 * @seq: its number
 * @total: operations that all records told, up to this one
 */
struct fim_blanks {
	void *seq;
	void *total;
};

int fim_ring_add(struct sk_buff *skb, const struct fim_blanks *blanks,
		 u64 operations, const struct fim_source *source);
int fim_ring_read(u64 since, struct sk_buff *skb, u64 *seq);
void fim_ring_range(u64 *first, u64 *last, u32 *size);
int fim_ring_init(void);
void fim_ring_exit(void);

#endif /* FIM_RING_H */
