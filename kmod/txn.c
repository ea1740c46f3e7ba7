// SPDX-License-Identifier: GPL-2.0
/*
 * The transactions that change policies.
 *
 * Everything here runs in process context under fim_policy_lock.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "container.h"
#include "event.h"
#include "main.h"
#include "object.h"
#include "policy.h"
#include "publish.h"
#include "recheck.h"
#include "tree.h"
#include "trial.h"
#include "txn.h"

/**
 * struct txn - the transaction that is open, under fim_policy_lock
 * @owner: port id of the socket that began it; 0 if none is open
 * @staged: policies to put into force
 * @deleted: names to remove, as policies without rules
 * @nr_staged: length of @staged
 */
static struct txn {
	u32 owner;
	struct list_head staged;
	struct list_head deleted;
	unsigned int nr_staged;
} txn = {
	.staged = LIST_HEAD_INIT(txn.staged),
	.deleted = LIST_HEAD_INIT(txn.deleted),
};

static void txn_clear(void)
{
	struct fim_policy *policy, *next;

	list_for_each_entry_safe(policy, next, &txn.staged, node) {
		list_del_init(&policy->node);
		fim_policy_retire(policy);
	}
	list_for_each_entry_safe(policy, next, &txn.deleted, node) {
		list_del_init(&policy->node);
		fim_policy_put(policy);
	}
	txn.nr_staged = 0;
	fim_sb_filter_trim();
	WRITE_ONCE(txn.owner, 0);
	module_put(THIS_MODULE);
}

/**
 * fim_txn_begin() - open the transaction
 * @owner: port id of the socket that it will belong to, not 0
 *
 * Context: process, under fim_policy_lock, as all of fim_txn_*().
 * Return: 0, -EBUSY if it is open, -EINPROGRESS if another's trial is pending,
 * -EPERM if the module was sealed just now, or -ESHUTDOWN if it is going.
 */
int fim_txn_begin(u32 owner)
{
	lockdep_assert_held(&fim_policy_lock);

	if (txn.owner)
		return -EBUSY;
	if (fim_trial_pending() && !fim_trial_is_of(owner))
		return -EINPROGRESS;
	if (fim_sealed())
		return -EPERM;
	/* Staging and committing are safe from an unload that has begun. */
	if (!try_module_get(THIS_MODULE))
		return -ESHUTDOWN;
	WRITE_ONCE(txn.owner, owner);
	return 0;
}

/**
 * fim_txn_check() - whether the transaction is a socket's
 * @owner: the socket's port id
 *
 * Return: 0, or -ENOTCONN.
 */
int fim_txn_check(u32 owner)
{
	lockdep_assert_held(&fim_policy_lock);

	return txn.owner && txn.owner == owner ? 0 : -ENOTCONN;
}

/**
 * fim_txn_is_open() - whether a transaction is open
 *
 * Return: whether it is, whoever's.
 */
bool fim_txn_is_open(void)
{
	lockdep_assert_held(&fim_policy_lock);

	return txn.owner;
}

/**
 * fim_txn_unbind() - take a container off the policies that are staged
 * @container: the container
 *
 * Context: may sleep.
 */
void fim_txn_unbind(const struct fim_container *container)
{
	struct fim_policy *policy;

	lockdep_assert_held(&fim_policy_lock);

	list_for_each_entry(policy, &txn.staged, node)
		fim_container_unbind(container, policy);
}

/**
 * fim_txn_may_be_of() - whether the transaction may be a socket's
 * @owner: the socket's port id
 *
 * Context: any. A socket that is asked about does nothing else meanwhile.
 * Return: false if it is not.
 */
bool fim_txn_may_be_of(u32 owner)
{
	return READ_ONCE(txn.owner) == owner;
}

/**
 * fim_txn_has_room() - whether one more rule can be staged
 *
 * Return: false if a ruleset can't hold more than are staged.
 */
bool fim_txn_has_room(void)
{
	struct fim_policy *policy;
	unsigned int rules = 0;

	lockdep_assert_held(&fim_policy_lock);

	list_for_each_entry(policy, &txn.staged, node)
		rules += policy->nr_rules;
	return rules < FIM_RULES_MAX;
}

/**
 * fim_txn_add() - stage a policy
 * @owner: who does
 * @policy: the policy; the caller's reference is taken over if 0 is returned
 *
 * Return: 0, -ENOTCONN, -EEXIST if one of that name is staged, or -E2BIG if
 * there are too many.
 */
int fim_txn_add(u32 owner, struct fim_policy *policy)
{
	int err = fim_txn_check(owner);

	if (err)
		return err;
	if (fim_policy_find(&txn.staged, policy->name))
		return -EEXIST;
	if (txn.nr_staged == FIM_POLICIES_MAX)
		return -E2BIG;
	list_add_tail(&policy->node, &txn.staged);
	txn.nr_staged++;
	return 0;
}

/**
 * fim_txn_policy() - find a policy that is staged
 * @name: its name
 *
 * Return: the policy, or NULL.
 */
struct fim_policy *fim_txn_policy(const char *name)
{
	lockdep_assert_held(&fim_policy_lock);

	return fim_policy_find(&txn.staged, name);
}

/**
 * fim_txn_delete() - stage the removal of a policy
 * @owner: who does
 * @name: the policy's name
 *
 * Return: 0, -ENOTCONN, -ENOENT if there is none, -ENOMEM.
 */
int fim_txn_delete(u32 owner, const char *name)
{
	struct fim_policy *staged, *deleted;
	int err = fim_txn_check(owner);

	if (err)
		return err;
	staged = fim_policy_find(&txn.staged, name);
	if (staged) {
		list_del_init(&staged->node);
		txn.nr_staged--;
		fim_policy_retire(staged);
	}
	if (!fim_policy_in_force(name))
		return staged ? 0 : -ENOENT;
	if (fim_policy_find(&txn.deleted, name))
		return 0;
	deleted = fim_policy_alloc(name);
	if (!deleted)
		return -ENOMEM;
	list_add_tail(&deleted->node, &txn.deleted);
	return 0;
}

/**
 * fim_txn_abort() - throw the transaction away
 * @owner: who does
 *
 * Return: 0, or -ENOTCONN.
 */
int fim_txn_abort(u32 owner)
{
	int err = fim_txn_check(owner);

	if (!err)
		txn_clear();
	return err;
}

/* The policies that will be in force: old ones in their places, then new. */
static unsigned int merge(struct fim_policy **out)
{
	struct fim_ruleset *rs = fim_current_ruleset();
	struct fim_policy *policy, *staged;
	unsigned int i, nr = 0;

	for (i = 0; i < rs->nr_policies; i++) {
		policy = rs->policies[i];
		staged = policy->kind ? fim_policy_find(&txn.staged, policy->name)
				      : NULL;
		if (staged)
			out[nr++] = staged;
		else if (!policy->kind ||
			 !fim_policy_find(&txn.deleted, policy->name))
			out[nr++] = policy;
	}
	list_for_each_entry(policy, &txn.staged, node)
		if (!fim_policy_in_force(policy->name))
			out[nr++] = policy;
	return nr;
}

/* Takes the policies out of force that the transaction replaces or deletes. */
static void collect_outgoing(struct list_head *outgoing)
{
	struct fim_ruleset *rs = fim_current_ruleset();
	struct fim_policy *policy;
	unsigned int i;

	for (i = 0; i < rs->nr_policies; i++) {
		policy = rs->policies[i];
		if (policy->kind && (fim_policy_find(&txn.staged, policy->name) ||
				     fim_policy_find(&txn.deleted, policy->name)))
			list_add_tail(&policy->node, outgoing);
	}
}

static void report_commit(void)
{
	struct fim_policy *policy;

	list_for_each_entry(policy, &txn.deleted, node)
		if (!fim_policy_find(&txn.staged, policy->name))
			fim_event_control(FIM_EVENT_DELETED, policy, NULL);
	list_for_each_entry(policy, &txn.staged, node)
		fim_event_control(FIM_EVENT_APPLIED, policy, NULL);
}

static int check_limits(struct fim_policy **policies, unsigned int nr)
{
	unsigned int i, rules = 0;

	for (i = 0; i < nr; i++)
		rules += policies[i]->nr_rules;
	/* One more of each is the self-test's. */
	return nr > FIM_POLICIES_MAX + 1 || rules > FIM_RULES_MAX + 1 ? -E2BIG
								      : 0;
}

/**
 * fim_txn_commit() - put into force what is staged
 * @owner: who does
 * @seconds: after which it is rolled back unless it is confirmed; 0 for never
 *
 * Return: 0; -ENOTCONN; -E2BIG, or as fim_put_into_force(), and then nothing has
 * changed and the transaction is still open.
 */
int fim_txn_commit(u32 owner, u32 seconds)
{
	struct fim_policy **policies, *policy, *next;
	unsigned int nr = fim_current_ruleset()->nr_policies;
	LIST_HEAD(outgoing);
	int err = fim_txn_check(owner);

	if (err)
		return err;
	list_for_each_entry(policy, &txn.staged, node)
		nr++;
	policies = kvcalloc(nr, sizeof(*policies), FIM_GFP_QUIET);
	if (!policies)
		return -ENOMEM;
	nr = merge(policies);
	err = check_limits(policies, nr);
	if (!err && seconds)
		err = fim_trial_prepare(owner);
	if (err)
		goto out;

	/* The old ruleset keeps them alive until it is freed. */
	collect_outgoing(&outgoing);
	err = fim_put_into_force(policies, nr, fim_current_ruleset()->generation + 1,
				 false);
	list_for_each_entry_safe(policy, next, &outgoing, node) {
		list_del_init(&policy->node);
		if (!err && !fim_trial_keep(policy))
			fim_policy_retire(policy);
	}
	if (err) {
		fim_trial_drop();
		goto out;
	}
	report_commit();
	fim_trial_start(seconds);
	fim_recheck_settle();
	list_for_each_entry_safe(policy, next, &txn.staged, node)
		list_del_init(&policy->node);
	txn_clear();
out:
	kvfree(policies);
	return err;
}
