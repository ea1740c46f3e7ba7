// SPDX-License-Identifier: GPL-2.0
/*
 * Looking again where the paths of rules lead, and which files are open for
 * writing: when a name appears or changes, a filesystem goes, a ruleset has
 * just come into force, and now and then.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "container.h"
#include "event.h"
#include "policy.h"
#include "publish.h"
#include "recheck.h"
#include "rule.h"
#include "tree.h"
#include "writer.h"

/*
 * How long after a commit what was under way is looked for, and when it is tried
 * again what there was no memory for; in jiffies
 */
#define SETTLE_DELAY	HZ

/* How long a task waits until rules have taken hold in what it made, in jiffies */
#define AWAIT_MAX	(3 * HZ)

/* Under fim_policy_lock: something could not be looked at, for lack of memory. */
static bool unseen;
/* And something has come to be protected. */
static bool arrived;

static bool recheck_binding(struct fim_binding **binding)
{
	bool was_bound = (*binding)->route.complete;
	bool was_armed = fim_binding_armed(*binding);
	int ret = fim_binding_renew(binding);

	unseen |= ret == -ENOMEM;
	if (ret < 0 && was_bound && !was_armed)
		ret = fim_binding_forget(binding);
	arrived |= ret > 0 && fim_binding_armed(*binding);
	if (ret != FIM_RENEWED_PATH)
		return ret == FIM_RENEWED_SOURCES;
	if (was_bound)
		fim_event_rule(FIM_EVENT_UNARMED, *binding);
	if (fim_binding_armed(*binding))
		fim_event_rule(FIM_EVENT_ARMED, *binding);
	return true;
}

static bool waits(const struct fim_binding *binding)
{
	return !fim_binding_armed(binding) ||
	       fim_binding_sources_waiting(binding);
}

static bool recheck_rule(struct fim_rule *rule, bool all)
{
	struct fim_binding *binding;
	bool changed = false;

	list_for_each_entry(binding, &rule->bindings, node)
		if (all || waits(binding))
			changed |= recheck_binding(&binding);
	return changed;
}

/* A copy of the list, as the ruleset that holds it is about to be freed. */
static struct fim_policy **copy_policies(unsigned int *nr)
{
	struct fim_ruleset *rs = fim_current_ruleset();
	struct fim_policy **policies;

	policies = kvmalloc_array(rs->nr_policies, sizeof(*policies),
				  FIM_GFP_QUIET);
	if (!policies)
		return NULL;
	*nr = rs->nr_policies;
	memcpy(policies, rs->policies, *nr * sizeof(*policies));
	return policies;
}

/**
 * fim_policy_recheck() - resolve the paths of rules again
 * @all: those of all rules, not only of those that wait for one
 *
 * What leads elsewhere than before is in force when this returns, or soon if
 * the caller is killed or memory is short.
 *
 * Context: process, holding nothing; may sleep.
 */
void fim_policy_recheck(bool all)
{
	struct fim_policy **policies;
	struct fim_rule *rule;
	bool changed = false;
	unsigned int i, nr;

	/* It may be held while a filesystem on some rule's path does not answer. */
	if (mutex_lock_killable(&fim_policy_lock)) {
		fim_policy_recheck_later();
		return;
	}
	unseen = false;
	arrived = false;
	if (all)
		changed = fim_containers_reap();
	policies = copy_policies(&nr);
	if (!policies) {
		unseen = true;
		goto out;
	}
	for (i = 0; i < nr; i++) {
		if (!policies[i]->kind)
			continue;
		list_for_each_entry(rule, &policies[i]->rules, node)
			changed |= recheck_rule(rule, all);
	}
	/* Without memory the old ruleset stays until the next time. */
	if ((changed || !fim_bindings_published()) &&
	    (arrived || !fim_bindings_published() ||
	     !fim_put_again_into_force(policies, nr)))
		fim_put_into_force(policies, nr,
				   fim_current_ruleset()->generation, true);
	kvfree(policies);
out:
	if (unseen || !fim_bindings_published())
		fim_recheck_settle();
	mutex_unlock(&fim_policy_lock);
}

/**
 * fim_policy_refresh() - put the policies in force into force again, as what
 *	they are bound to has changed
 *
 * Context: process, under fim_policy_lock; may sleep.
 * Return: 0 or -ENOMEM.
 */
int fim_policy_refresh(void)
{
	struct fim_policy **policies;
	unsigned int nr;
	int err;

	policies = copy_policies(&nr);
	if (!policies)
		return -ENOMEM;
	err = fim_put_into_force(policies, nr,
				 fim_current_ruleset()->generation, true);
	kvfree(policies);
	return err;
}

/* How often recheck_and_wait() was called; which of these are served */
static atomic_t recheck_asked = ATOMIC_INIT(0);
static int recheck_served;
static DECLARE_WAIT_QUEUE_HEAD(recheck_wait);

/* It was asked for all paths, not only for those of rules that wait. */
static bool recheck_all;

static void recheck(struct work_struct *work)
{
	int asked = atomic_read(&recheck_asked);

	fim_policy_recheck(xchg(&recheck_all, false));
	WRITE_ONCE(recheck_served, asked);
	wake_up_all(&recheck_wait);
}

static void look_after_writers(bool find)
{
	struct fim_policy **policies;
	unsigned int nr;

	mutex_lock(&fim_policy_lock);
	if (find || fim_writers_exist() || !fim_writers_guarded()) {
		policies = copy_policies(&nr);
		if (policies)
			fim_update_writers(policies, nr,
					   fim_current_ruleset()->generation,
					   true);
		else
			fim_recheck_settle();
		kvfree(policies);
	}
	mutex_unlock(&fim_policy_lock);
}

/**
 * fim_policy_tidy() - let go of files that nobody can write to any more
 *
 * Context: process; may sleep.
 * Return: false if there are some that can't be guarded.
 */
bool fim_policy_tidy(void)
{
	look_after_writers(false);
	return fim_writers_guarded();
}

/**
 * fim_recheck_all() - look at all paths, and for all files that are open for
 *	writing
 *
 * Context: process, holding nothing; may sleep.
 */
void fim_recheck_all(void)
{
	fim_policy_recheck(true);
	look_after_writers(true);
}

/*
 * An operation that had passed its hook when a ruleset came into force may take
 * its effect later: it has asked, and waits for a lock or a disk. A path that
 * it changes is resolved again, a file that it creates and opens is found.
 */
static void settle(struct work_struct *work)
{
	fim_recheck_all();
}

static DECLARE_DELAYED_WORK(settle_work, settle);
static DECLARE_WORK(recheck_work, recheck);

/**
 * fim_policy_recheck_later() - have the rules looked after whose inodes are
 *	gone
 *
 * Context: any.
 */
void fim_policy_recheck_later(void)
{
	WRITE_ONCE(recheck_all, true);
	schedule_work(&recheck_work);
}

/*
 * Has the paths of rules resolved again, and waits for that. Not by the caller,
 * and not for long: on some rule's path may be a filesystem that does not answer
 * until the caller has returned, as its mount's helper, or serves it.
 */
static void recheck_and_wait(bool all)
{
	int asked;

	if (all)
		WRITE_ONCE(recheck_all, true);
	/* Orders that before it. */
	asked = atomic_inc_return(&recheck_asked);
	schedule_work(&recheck_work);
	wait_event_killable_timeout(recheck_wait,
				    READ_ONCE(recheck_served) - asked >= 0,
				    AWAIT_MAX);
}

/**
 * fim_recheck_settle() - have all looked at again, a little later
 *
 * Context: any.
 */
void fim_recheck_settle(void)
{
	schedule_delayed_work(&settle_work, SETTLE_DELAY);
}

/**
 * fim_recheck() - look again at what an operation of current's, which is over,
 *	has changed
 * @what: enum fim_recheck
 *
 * Context: process, holding nothing; may sleep.
 */
void fim_recheck(unsigned int what)
{
	if (what & FIM_RECHECK_WRITERS)
		fim_recheck_settle();
	switch (what & ~FIM_RECHECK_WRITERS) {
	case FIM_RECHECK_LATER:
		fim_policy_recheck_later();
		break;
	case FIM_RECHECK_WAITING:
		recheck_and_wait(false);
		break;
	case FIM_RECHECK_ALL:
		recheck_and_wait(true);
		break;
	}
}

/**
 * fim_policy_recheck_twice() - have the paths of rules resolved again, for an
 *	operation that was not waited for: it may take its effect after that
 *
 * Context: any.
 */
void fim_policy_recheck_twice(void)
{
	fim_policy_recheck_later();
	fim_recheck_settle();
}

/**
 * fim_recheck_stop() - nothing is looked at from here on
 *
 * Context: process, when no hook can ask for it any more; may sleep.
 */
void fim_recheck_stop(void)
{
	/* The first may ask for the second, but not the other way round. */
	cancel_work_sync(&recheck_work);
	cancel_delayed_work_sync(&settle_work);
}
