/* SPDX-License-Identifier: GPL-2.0 */
/*
 * txn.h - changes of the ruleset as one transaction
 */
#ifndef FIMCTL_TXN_H
#define FIMCTL_TXN_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "link.h"
#include "policy.h"

/** @TXN_RULES_MAX: most bytes of rules in one FIM_CMD_RULE_ADD */
#define TXN_RULES_MAX 30720
/** @TXN_BATCH_MAX: most rules in one FIM_CMD_RULE_ADD */
#define TXN_BATCH_MAX 512

/**
 * struct txn_batch - the rules of one FIM_CMD_RULE_ADD
 * @first: index in the policy of the first one
 * @nr: how many
 * @end: offsets in the message at which each one ends
 */
struct txn_batch {
	size_t first;
	size_t nr;
	uint32_t end[TXN_BATCH_MAX];
};

int txn_begin(struct link *l);
int txn_add(struct link *l, const struct policy *p, struct diags *diags);
int txn_delete(struct link *l, const char *name);
int txn_commit(struct link *l, uint32_t seconds, uint64_t *generation);
void txn_abort(struct link *l);

struct nl_msg *txn_policy_message(int family, const struct policy *p);
struct nl_msg *txn_rules_message(int family, const struct policy *p,
				 struct txn_batch *batch);
const struct rule *txn_rule_at(const struct policy *p,
			       const struct txn_batch *batch, uint32_t offset);
bool txn_is_policy_fault(const struct link *l);

#endif /* FIMCTL_TXN_H */
