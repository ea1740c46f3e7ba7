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
#include "rule.h"

/* Of all policies, also of those that are gone */
static struct fim_tallies fim_all;
static atomic64_t fim_passed;
static atomic64_t fim_limited;
/* What is lost, and no record has told yet */
static atomic64_t fim_lost_untold;

/*
 * What waits is told while no operation is under way, so nobody may see that it
 * is in two places or in none.
 */
static DEFINE_SPINLOCK(fim_account_lock);
static u64 fim_waiting;	/* under fim_account_lock */

static void count(struct fim_policy *policy, u8 op, enum fim_tally tally,
		  u64 nr)
{
	atomic64_add(nr, &policy->tallies.nr[op][tally]);
	atomic64_add(nr, &fim_all.nr[op][tally]);
}

/**
 * fim_account_count() - count an operation
 * @policy: whose rule decided
 * @op: enum fim_op
 * @action: FIM_ACTION_BLOCK if it is refused, FIM_ACTION_PASSED if it is not
 *	because a window is open
 *
 * Context: any.
 */
void fim_account_count(struct fim_policy *policy, u8 op, u8 action)
{
	count(policy, op, action == FIM_ACTION_BLOCK ? FIM_TALLY_REFUSED :
						       FIM_TALLY_AUDITED, 1);
	if (action == FIM_ACTION_PASSED)
		atomic64_inc(&fim_passed);
}

/**
 * fim_account_passed() - how many operations maintenance windows let through
 *
 * Return: their number.
 */
u64 fim_account_passed(void)
{
	return atomic64_read(&fim_passed);
}

/**
 * fim_account_lose() - operations can't be recorded
 * @policy: whose rule decided
 * @op: enum fim_op
 * @nr: how many
 *
 * Context: any.
 */
void fim_account_lose(struct fim_policy *policy, u8 op, u64 nr)
{
	count(policy, op, FIM_TALLY_LOST, nr);
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
 * @op: enum fim_op
 * @nr: how many
 */
void fim_account_tell(struct fim_policy *policy, u8 op, u64 nr)
{
	count(policy, op, FIM_TALLY_RECORDED, nr);
	if (nr > 1)
		count(policy, op, FIM_TALLY_COALESCED, nr - 1);
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
 * @op: enum fim_op
 * @nr: how many
 * @told: which of both
 *
 * Context: process.
 */
void fim_account_settle(struct fim_policy *policy, u8 op, u64 nr, bool told)
{
	spin_lock(&fim_account_lock);
	if (told)
		fim_account_tell(policy, op, nr);
	else
		fim_account_lose(policy, op, nr);
	fim_waiting -= nr;
	spin_unlock(&fim_account_lock);
}

/**
 * fim_tallies_read() - read how often operations came to what
 * @tallies: of all policies or of one
 * @counts: where to put it
 *
 * In the order in which an operation passes them, last first.
 */
void fim_tallies_read(const struct fim_tallies *tallies,
		      struct fim_counts *counts)
{
	unsigned int op, tally;

	for (tally = FIM_TALLY_NR; tally--;)
		for (op = 0; op <= FIM_OP_MAX; op++)
			counts->nr[op][tally] =
				atomic64_read(&tallies->nr[op][tally]);
}

/**
 * fim_account_read() - read the account
 * @account: where to put it; what is under way meanwhile may be missing in it
 *
 * Context: process.
 */
void fim_account_read(struct fim_account *account)
{
	spin_lock(&fim_account_lock);
	account->waiting = fim_waiting;
	account->limited = atomic64_read(&fim_limited);
	fim_tallies_read(&fim_all, &account->counts);
	spin_unlock(&fim_account_lock);
}

/**
 * fim_counts_sum() - add up all operations
 * @counts: what to add up
 * @tally: which number of each
 *
 * Return: the sum.
 */
u64 fim_counts_sum(const struct fim_counts *counts, enum fim_tally tally)
{
	unsigned int op;
	u64 sum = 0;

	for (op = 0; op <= FIM_OP_MAX; op++)
		sum += counts->nr[op][tally];
	return sum;
}
