/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The account: what became of the operations that were refused or audited.
 */
#ifndef FIM_ACCOUNT_H
#define FIM_ACCOUNT_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "fim.h"

struct fim_policy;

/**
 * enum fim_tally - what is counted of each operation, in the order of enum
 *	fim_count_attr
 * @FIM_TALLY_REFUSED: refused
 * @FIM_TALLY_AUDITED: let through with a record
 * @FIM_TALLY_RECORDED: of both, those that are told by a record
 * @FIM_TALLY_COALESCED: of these, those that are counted in the record of another
 * @FIM_TALLY_LOST: of both, those that could not be recorded
 * @FIM_TALLY_NR: how many there are
 */
enum fim_tally {
	FIM_TALLY_REFUSED,
	FIM_TALLY_AUDITED,
	FIM_TALLY_RECORDED,
	FIM_TALLY_COALESCED,
	FIM_TALLY_LOST,
	FIM_TALLY_NR,
};

/**
 * struct fim_tallies - what is counted
 * @nr: by enum fim_op
 */
struct fim_tallies {
	atomic64_t nr[FIM_OP_MAX + 1][FIM_TALLY_NR];
};

/**
 * struct fim_counts - struct fim_tallies, as read
 * @nr: by enum fim_op
 */
struct fim_counts {
	u64 nr[FIM_OP_MAX + 1][FIM_TALLY_NR];
};

/**
 * struct fim_account - the account, of all policies since the module was loaded
 * @counts: what became of operations
 * @limited: of those told, those that are counted because their source had too
 *	many
 * @waiting: those that are counted and not told yet
 */
struct fim_account {
	struct fim_counts counts;
	u64 limited;
	u64 waiting;
};

/* In a hook */
void fim_account_count(struct fim_policy *policy, u8 op, u8 action);

/* Anywhere */
void fim_account_lose(struct fim_policy *policy, u8 op, u64 nr);
u64 fim_account_passed(void);
bool fim_account_has_untold(void);
u64 fim_account_untold(void);
void fim_account_retell(u64 nr);
void fim_account_tell(struct fim_policy *policy, u8 op, u64 nr);
void fim_account_wait(u64 nr, bool limited);
void fim_account_settle(struct fim_policy *policy, u8 op, u64 nr, bool told);
void fim_tallies_read(const struct fim_tallies *tallies,
		      struct fim_counts *counts);
void fim_account_read(struct fim_account *account);
u64 fim_counts_sum(const struct fim_counts *counts, enum fim_tally tally);

#endif /* FIM_ACCOUNT_H */
