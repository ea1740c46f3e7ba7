/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The transactions that change policies, and putting rulesets into force.
 */
#ifndef FIM_TXN_H
#define FIM_TXN_H

#include <linux/types.h>

struct fim_policy;

int fim_txn_begin(u32 owner);
int fim_txn_check(u32 owner);
int fim_txn_add(u32 owner, struct fim_policy *policy);
struct fim_policy *fim_txn_policy(const char *name);
int fim_txn_delete(u32 owner, const char *name);
int fim_txn_commit(u32 owner);
int fim_txn_abort(u32 owner);
bool fim_txn_has_room(void);

void fim_policy_recheck(bool all);
void fim_policy_recheck_later(void);
void fim_policy_tidy(void);
int fim_policy_init(void);
void fim_policy_exit(void);

#endif /* FIM_TXN_H */
