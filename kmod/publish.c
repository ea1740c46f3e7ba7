// SPDX-License-Identifier: GPL-2.0
/*
 * Putting rulesets into force.
 *
 * Everything here runs in process context under fim_policy_lock. What hooks
 * see is a ruleset, which is made from the policies, published whole, and
 * freed when no hook can see it any more.
 */
#include <linux/module.h>
#include <linux/string.h>

#include "attach.h"
#include "container.h"
#include "main.h"
#include "object.h"
#include "policy.h"
#include "publish.h"
#include "recheck.h"
#include "resolve.h"
#include "rule.h"
#include "selftest.h"
#include "tree.h"
#include "writer.h"

struct fim_ruleset __rcu *fim_ruleset;

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
	const struct fim_ruleset *rs = fim_current_ruleset();

	return fim_attach_on_demand(FIM_DEMAND_WRITERS,
				    rs->append || rs->lapsing ||
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
	if (make_and_publish(policies, nr, generation,
			     !(found & FIM_WRITERS_MISSED))) {
		pr_warn("fim: no memory to guard files that are open for writing\n");
		/* The ruleset in force still knows them. */
		fim_writers_return(&leaving);
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
	rs = fim_current_ruleset();
	RCU_INIT_POINTER(fim_ruleset, NULL);
	fim_containers_exit();
	mutex_unlock(&fim_policy_lock);
	fim_ruleset_free(rs);
}
