// SPDX-License-Identifier: GPL-2.0
/*
 * The transactions that change policies, and putting rulesets into force.
 *
 * Everything here runs in process context under fim_policy_lock. What hooks
 * see is a ruleset, which is made from the policies, published whole, and
 * freed when no hook can see it any more.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "attach.h"
#include "container.h"
#include "event.h"
#include "main.h"
#include "object.h"
#include "policy.h"
#include "recheck.h"
#include "resolve.h"
#include "rule.h"
#include "selftest.h"
#include "tree.h"
#include "trial.h"
#include "txn.h"
#include "writer.h"

struct fim_ruleset __rcu *fim_ruleset;

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

/**
 * fim_current_ruleset() - the ruleset in force
 *
 * Context: process, under fim_policy_lock.
 * Return: the ruleset.
 */
struct fim_ruleset *fim_current_ruleset(void)
{
	return rcu_dereference_protected(fim_ruleset,
					 lockdep_is_held(&fim_policy_lock));
}

/**
 * fim_policy_in_force() - find a policy that is in force
 * @name: its name
 *
 * Context: process, under fim_policy_lock.
 * Return: the policy, or NULL.
 */
struct fim_policy *fim_policy_in_force(const char *name)
{
	struct fim_ruleset *rs = fim_current_ruleset();
	unsigned int i;

	for (i = 0; i < rs->nr_policies; i++)
		if (rs->policies[i]->kind &&
		    !strcmp(rs->policies[i]->name, name))
			return rs->policies[i];
	return NULL;
}

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

/*
 * Publishes a ruleset and waits until no hook sees the old one. A module with
 * policies in force is in use: it can't be unloaded.
 */
static struct fim_ruleset *publish(struct fim_ruleset *rs, u64 generation)
{
	struct fim_ruleset *old = fim_current_ruleset();

	rs->generation = generation;
	if (rs->nr_policies > 1 && (!old || old->nr_policies <= 1)) {
		__module_get(THIS_MODULE);
		fim_root_keep();
	}
	/* Reads are looked at for as long as either ruleset has to say of them. */
	if (rs->reads)
		static_branch_enable(&fim_reads_matter);
	rcu_assign_pointer(fim_ruleset, rs);
	synchronize_rcu();
	if (!rs->reads)
		static_branch_disable(&fim_reads_matter);
	if (rs->nr_policies <= 1 && old && old->nr_policies > 1) {
		fim_root_forget();
		module_put(THIS_MODULE);
	}
	return old;
}

static bool rebind(struct fim_rule *rule)
{
	struct fim_binding *binding;
	bool changed = false;

	list_for_each_entry(binding, &rule->bindings, node)
		changed |= fim_binding_renew(&binding) > 0;
	return changed;
}

/* Whether a path of a rule leads elsewhere than it did. */
static bool rebind_all(struct fim_policy **policies, unsigned int nr)
{
	struct fim_rule *rule;
	bool changed = false;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!policies[i]->kind)
			continue;
		list_for_each_entry(rule, &policies[i]->rules, node)
			changed |= rebind(rule);
	}
	return changed;
}

/*
 * Hooks that a policy needs are there before it counts. @searched: files that are
 * open for writing are known.
 */
static int make_and_publish(struct fim_policy **policies, unsigned int nr,
			    u64 generation, bool searched)
{
	struct fim_ruleset *rs = fim_ruleset_build(policies, nr);
	const struct fim_ruleset *old = fim_current_ruleset();
	int err = 0;

	if (!rs)
		return -ENOMEM;
	rs->lapsing = !searched && old && (old->append || old->lapsing);
	if (rs->loads)
		err = fim_attach_on_demand(FIM_DEMAND_LOADS, true);
	if (!err && rs->append)
		err = fim_attach_on_demand(FIM_DEMAND_WRITERS, true);
	if (err) {
		fim_ruleset_free(rs);
		return err;
	}
	fim_ruleset_free(publish(rs, generation));
	if (!rs->loads)
		fim_attach_on_demand(FIM_DEMAND_LOADS, false);
	return 0;
}

static int attach_if_wanted(void)
{
	return fim_attach_on_demand(FIM_DEMAND_WRITERS,
				    fim_current_ruleset()->append ||
				    fim_writers_exist());
}

/* Files are known that are not guarded, for lack of memory or of the hooks. */
static bool writers_unguarded;

/**
 * fim_writers_guarded() - whether all files are guarded that should be
 *
 * Return: false if memory, or the hooks for it, could not be had yet.
 */
bool fim_writers_guarded(void)
{
	return !READ_ONCE(writers_unguarded);
}

/**
 * fim_update_writers() - look for files that are open for writing
 * @policies: what is in force
 * @nr: how many
 * @generation: the generation in force
 * @settling: they have been for a while; see fim_writers_tell()
 *
 * No hook lets one be opened any more. Those that are not open any more or not
 * protected are let go of.
 *
 * Context: process, under fim_policy_lock; may sleep.
 */
void fim_update_writers(struct fim_policy **policies, unsigned int nr,
			u64 generation, bool settling)
{
	unsigned int found;
	LIST_HEAD(leaving);

	fim_writers_leave(fim_current_ruleset(), &leaving);
	found = fim_writers_find(fim_current_ruleset());
	if (fim_writers_tell(fim_current_ruleset(), settling))
		fim_recheck_settle();
	if (!found && list_empty(&leaving) && !writers_unguarded &&
	    !fim_current_ruleset()->lapsing) {
		attach_if_wanted();
		return;
	}
	writers_unguarded = true;
	if (make_and_publish(policies, nr, generation, true)) {
		pr_warn("fim: no memory to guard files that are open for writing\n");
		/* The ruleset in force still knows them. */
		list_splice(&leaving, &fim_writers);
		fim_recheck_settle();
		return;
	}
	fim_writers_free(&leaving);
	if (attach_if_wanted())
		pr_warn("fim: can't guard files that are open for writing\n");
	else
		writers_unguarded = found & FIM_WRITERS_MISSED;
	if (found & FIM_WRITERS_MISSED)
		fim_recheck_settle();
}

/* Rules are bound to what the ruleset in force does not know. */
static bool unpublished;

/**
 * fim_bindings_published() - whether the ruleset in force has all bindings
 *
 * Context: process, under fim_policy_lock.
 * Return: false if memory was short, or paths kept changing.
 */
bool fim_bindings_published(void)
{
	return !unpublished;
}

/**
 * fim_put_into_force() - put policies into force
 * @policies: the policies, in order
 * @nr: how many
 * @generation: what to call it
 * @settling: the policies have been in force for a while; see fim_writers_tell()
 *
 * A path that was changed between its resolution and the moment the ruleset
 * began to protect it is resolved again, now that it can't be changed any more.
 * That settles it at once, unless somebody keeps replacing what is not
 * protected yet: then the last word is his.
 *
 * Context: process, under fim_policy_lock; may sleep.
 * Return: 0; -ENOMEM, or why hooks that a policy needs can't be attached.
 */
int fim_put_into_force(struct fim_policy **policies, unsigned int nr,
		       u64 generation, bool settling)
{
	unsigned int tries = 0;
	int err;

	do {
		err = make_and_publish(policies, nr, generation, false);
		unpublished = err || rebind_all(policies, nr);
	} while (!err && unpublished && ++tries < 3);
	if (err && !tries)
		return err;
	fim_update_writers(policies, nr, generation, settling);
	fim_sb_filter_trim();
	return 0;
}

/**
 * fim_put_again_into_force() - put policies into force again, by which nothing
 *	new is protected
 * @policies: what is in force, in order
 * @nr: how many
 *
 * Nobody has to look for files that are open for writing, of all there are.
 *
 * Context: process, under fim_policy_lock; may sleep.
 * Return: false if it turns out that fim_put_into_force() is due.
 */
bool fim_put_again_into_force(struct fim_policy **policies, unsigned int nr)
{
	const struct fim_ruleset *rs = fim_current_ruleset();

	return !rs->lapsing &&
	       !make_and_publish(policies, nr, rs->generation, true) &&
	       !rebind_all(policies, nr);
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

/**
 * fim_policy_init() - put the ruleset into force that knows the self-test only
 *
 * Context: process, before any hook is attached.
 * Return: 0 or -ENOMEM.
 */
int fim_policy_init(void)
{
	struct fim_policy *policy = fim_selftest_policy();
	int err;

	mutex_lock(&fim_policy_lock);
	err = fim_put_into_force(&policy, 1, 0, false);
	mutex_unlock(&fim_policy_lock);
	return err;
}

/**
 * fim_policy_exit() - free the ruleset, which no hook can see any more
 */
void fim_policy_exit(void)
{
	struct fim_ruleset *rs;

	fim_recheck_stop();
	mutex_lock(&fim_policy_lock);
	WARN_ON_ONCE(txn.owner);
	rs = fim_current_ruleset();
	RCU_INIT_POINTER(fim_ruleset, NULL);
	fim_containers_exit();
	mutex_unlock(&fim_policy_lock);
	fim_ruleset_free(rs);
}
