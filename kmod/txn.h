/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The transactions that change policies.
 */
#ifndef FIM_TXN_H
#define FIM_TXN_H

#include <linux/types.h>

struct fim_container;
struct fim_policy;

int fim_txn_begin(u32 owner);
int fim_txn_check(u32 owner);
bool fim_txn_may_be_of(u32 owner);
int fim_txn_add(u32 owner, struct fim_policy *policy);
struct fim_policy *fim_txn_policy(const char *name);
int fim_txn_delete(u32 owner, const char *name);
int fim_txn_commit(u32 owner, u32 seconds);
int fim_txn_abort(u32 owner);
bool fim_txn_is_open(void);
void fim_txn_unbind(const struct fim_container *container);
bool fim_txn_has_room(void);

#endif /* FIM_TXN_H */
