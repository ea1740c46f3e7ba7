// SPDX-License-Identifier: GPL-2.0
/*
 * The account: what became of the operations that were refused or audited.
 *
 * Every operation is counted as refused or audited by whoever decides that it
 * is certain, and is from then on in exactly one place: in a slot, in a record
 * that is being finished, waiting to be told with others, told, or lost.
 */
#include <linux/atomic.h>
#include <linux/spinlock.h>

#include "account.h"
#include "policy.h"

static atomic64_t fim_refused[FIM_OP_MAX + 1];
static atomic64_t fim_audited[FIM_OP_MAX + 1];
static atomic64_t fim_recorded, fim_coalesced, fim_limited, fim_lost;
/* Of fim_lost, those that no record has told yet. */
static atomic64_t fim_lost_untold;

/*
 * What waits is told while no operation is under way, so nobody may see that it
 * is in two places or in none.
 */
static DEFINE_SPINLOCK(fim_account_lock);
static u64 fim_waiting;	/* under fim_account_lock */

/**
 * fim_account_count() - count an operation
 * @policy: whose rule decided
 * @op: enum fim_op
 * @action: FIM_ACTION_BLOCK if it is refused
 *
 * Context: any.
 */
void fim_account_count(struct fim_policy *policy, u8 op, u8 action)
{
	if (action == FIM_ACTION_BLOCK) {
		atomic64_inc(&fim_refused[op]);
		atomic64_inc(&policy->refused);
	} else {
		atomic64_inc(&fim_audited[op]);
		atomic64_inc(&policy->audited);
	}
}

/**
 * fim_account_lose() - operations can't be recorded
 * @policy: whose rule decided
 * @nr: how many
 *
 * Context: any.
 */
void fim_account_lose(struct fim_policy *policy, u64 nr)
{
	atomic64_add(nr, &policy->lost);
	atomic64_add(nr, &fim_lost);
	atomic64_add(nr, &fim_lost_untold);
}

/**
 * fim_account_has_untold() - whether something is lost that was not told
 *
 * Return: whether it is.
 */
bool fim_account_has_untold(void)
{
	return atomic64_read(&fim_lost_untold);
}

/**
 * fim_account_untold() - take what is lost and was not told
 *
 * Return: the number, to be told, or given back to fim_account_retell().
 */
u64 fim_account_untold(void)
{
	return atomic64_xchg(&fim_lost_untold, 0);
}

/**
 * fim_account_retell() - a loss could not be told
 * @nr: from fim_account_untold()
 */
void fim_account_retell(u64 nr)
{
	atomic64_add(nr, &fim_lost_untold);
}

/**
 * fim_account_tell() - a record tells of operations
 * @policy: whose rule decided
 * @nr: how many
 */
void fim_account_tell(struct fim_policy *policy, u64 nr)
{
	atomic64_add(nr, &fim_recorded);
	atomic64_add(nr, &policy->recorded);
	if (nr > 1) {
		atomic64_add(nr - 1, &fim_coalesced);
		atomic64_add(nr - 1, &policy->coalesced);
	}
}

/**
 * fim_account_wait() - operations wait to be told with others
 * @nr: how many
 * @limited: because their source had too many
 *
 * Context: process.
 */
void fim_account_wait(u64 nr, bool limited)
{
	if (limited)
		atomic64_add(nr, &fim_limited);
	spin_lock(&fim_account_lock);
	fim_waiting += nr;
	spin_unlock(&fim_account_lock);
}

/**
 * fim_account_settle() - operations that waited are told, or lost
 * @policy: whose rule decided
 * @nr: how many
 * @told: which of both
 *
 * Context: process.
 */
void fim_account_settle(struct fim_policy *policy, u64 nr, bool told)
{
	spin_lock(&fim_account_lock);
	if (told)
		fim_account_tell(policy, nr);
	else
		fim_account_lose(policy, nr);
	fim_waiting -= nr;
	spin_unlock(&fim_account_lock);
}

/**
 * fim_account_read() - read the account
 * @account: where to put it; what is under way meanwhile may be missing in it
 *
 * Context: process.
 */
void fim_account_read(struct fim_account *account)
{
	unsigned int op;

	/* In the order in which an operation passes them, last first. */
	spin_lock(&fim_account_lock);
	account->lost = atomic64_read(&fim_lost);
	account->coalesced = atomic64_read(&fim_coalesced);
	account->limited = atomic64_read(&fim_limited);
	account->recorded = atomic64_read(&fim_recorded);
	account->waiting = fim_waiting;
	spin_unlock(&fim_account_lock);
	for (op = 0; op <= FIM_OP_MAX; op++) {
		account->refused[op] = atomic64_read(&fim_refused[op]);
		account->audited[op] = atomic64_read(&fim_audited[op]);
	}
}
