/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The account: what became of the operations that were refused or audited.
 */
#ifndef FIM_ACCOUNT_H
#define FIM_ACCOUNT_H

#include <linux/types.h>

#include "fim.h"

struct fim_policy;

/**
 * struct fim_account - the account, of all policies since the module was loaded
 * @refused: operations refused, by enum fim_op
 * @audited: operations let through with a record, by enum fim_op
 * @recorded: of both, those that are told by a record
 * @coalesced: of these, those that are counted in the record of another
 * @limited: of these, those that were because their source had too many
 * @lost: of both, those that could not be recorded
 * @waiting: of both, those that are counted and not told yet
 */
struct fim_account {
	u64 refused[FIM_OP_MAX + 1];
	u64 audited[FIM_OP_MAX + 1];
	u64 recorded;
	u64 coalesced;
	u64 limited;
	u64 lost;
	u64 waiting;
};

/* In a hook */
void fim_account_count(struct fim_policy *policy, u8 op, u8 action);

/* Anywhere */
void fim_account_lose(struct fim_policy *policy, u64 nr);
bool fim_account_has_untold(void);
u64 fim_account_untold(void);
void fim_account_retell(u64 nr);
void fim_account_tell(struct fim_policy *policy, u64 nr);
void fim_account_wait(u64 nr, bool limited);
void fim_account_settle(struct fim_policy *policy, u64 nr, bool told);
void fim_account_read(struct fim_account *account);

#endif /* FIM_ACCOUNT_H */
