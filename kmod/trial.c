// SPDX-License-Identifier: GPL-2.0
/*
 * Trials: a commit that is rolled back unless somebody confirms it.
 *
 * The policies that it takes out of force stay bound as they are, and come into
 * force again by a commit of its own when the time is over. That takes nobody
 * but the kernel, so a policy that locks its own author out does not do so for
 * longer.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "container.h"
#include "event.h"
#include "pause.h"
#include "policy.h"
#include "publish.h"
#include "recheck.h"
#include "tree.h"
#include "trial.h"
#include "txn.h"

/**
 * struct trial - the trial that is pending, under fim_policy_lock
 * @was: the policies that were in force before, in order; NULL if none is
 *	pending. Each is in force still or in @kept
 * @nr: how many
 * @kept: those of @was that are not in force
 * @started: its first commit has come into force
 * @owner: port id of the socket whose commits are a part of it; 0 if that is
 *	closed
 * @end: when it is rolled back, in jiffies
 * @window: when it began and ends, and who began it, to be recorded
 */
static struct trial {
	struct fim_policy **was;
	unsigned int nr;
	struct list_head kept;
	bool started;
	u32 owner;
	unsigned long end;
	struct fim_window window;
} trial = {
	.kept = LIST_HEAD_INIT(trial.kept),
};

static void roll_back(struct work_struct *work);
static DECLARE_DELAYED_WORK(roll_back_work, roll_back);

/**
 * fim_trial_pending() - whether a trial is pending
 *
 * Context: process, under fim_policy_lock, as all here.
 * Return: whether one is.
 */
bool fim_trial_pending(void)
{
	lockdep_assert_held(&fim_policy_lock);

	return trial.was;
}

/**
 * fim_trial_is_of() - whether a socket's commits are a part of the trial
 * @owner: the socket's port id, not 0
 *
 * Return: whether they are.
 */
bool fim_trial_is_of(u32 owner)
{
	return fim_trial_pending() && trial.owner == owner;
}

/**
 * fim_trial_left() - how long it will be until the trial is rolled back
 *
 * Return: the seconds, a part of one counted as one; 0 if none is pending.
 */
u32 fim_trial_left(void)
{
	if (!fim_trial_pending())
		return 0;
	return time_after(trial.end, jiffies) ?
	       DIV_ROUND_UP(trial.end - jiffies, HZ) : 1;
}

/**
 * fim_trial_prepare() - note what is in force, before the first commit
 * @owner: port id of the socket that commits
 *
 * Return: 0, or -ENOMEM.
 */
int fim_trial_prepare(u32 owner)
{
	struct fim_ruleset *rs = fim_current_ruleset();

	if (fim_trial_pending())
		return 0;
	trial.was = kvmalloc_array(rs->nr_policies, sizeof(*trial.was),
				   GFP_KERNEL);
	if (!trial.was)
		return -ENOMEM;
	trial.nr = rs->nr_policies;
	memcpy(trial.was, rs->policies, trial.nr * sizeof(*trial.was));
	WRITE_ONCE(trial.owner, owner);
	return 0;
}

static bool was_in_force(const struct fim_policy *policy)
{
	unsigned int i;

	for (i = 0; i < trial.nr; i++)
		if (trial.was[i] == policy)
			return true;
	return false;
}

/**
 * fim_trial_keep() - keep a policy that has gone out of force
 * @policy: the policy
 *
 * Return: false if it need not be: it is to be retired.
 */
bool fim_trial_keep(struct fim_policy *policy)
{
	if (!fim_trial_pending() || !was_in_force(policy))
		return false;
	list_add_tail(&policy->node, &trial.kept);
	return true;
}

static void forget(void)
{
	kvfree(trial.was);
	trial.was = NULL;
	trial.nr = 0;
	trial.started = false;
	WRITE_ONCE(trial.owner, 0);
}

/**
 * fim_trial_start() - a commit has come into force: the time runs from now on
 * @seconds: how long; 0 for as long as was said before
 *
 * Until it is over, the module can't be unloaded: it may have no other policies
 * than those that are to come into force again.
 */
void fim_trial_start(u32 seconds)
{
	if (!seconds)
		return;
	if (!trial.started)
		__module_get(THIS_MODULE);
	trial.started = true;
	fim_window_open(&trial.window, seconds);
	trial.end = jiffies + seconds * HZ;
	mod_delayed_work(system_wq, &roll_back_work, seconds * HZ);
	fim_event_window(FIM_EVENT_TRIED, &trial.window, 0);
}

/**
 * fim_trial_drop() - the commit that was to begin a trial has failed
 */
void fim_trial_drop(void)
{
	if (!trial.started)
		forget();
}

static void end_trial(void)
{
	forget();
	module_put(THIS_MODULE);
}

/**
 * fim_trial_confirm() - what is in force shall stay so
 *
 * Return: 0, or -ENOENT if no trial is pending.
 */
int fim_trial_confirm(void)
{
	struct fim_policy *policy, *next;

	if (!fim_trial_pending())
		return -ENOENT;
	list_for_each_entry_safe(policy, next, &trial.kept, node) {
		list_del_init(&policy->node);
		fim_policy_retire(policy);
	}
	fim_event_window(FIM_EVENT_CONFIRMED, &trial.window, 0);
	end_trial();
	return 0;
}

/**
 * fim_trial_policy() - find a policy that is kept
 * @name: its name
 *
 * Return: the policy, or NULL.
 */
struct fim_policy *fim_trial_policy(const char *name)
{
	lockdep_assert_held(&fim_policy_lock);

	return fim_policy_find(&trial.kept, name);
}

/**
 * fim_trial_unbind() - take a container off the policies that are kept
 * @container: the container
 */
void fim_trial_unbind(const struct fim_container *container)
{
	struct fim_policy *policy;

	lockdep_assert_held(&fim_policy_lock);

	list_for_each_entry(policy, &trial.kept, node)
		fim_container_unbind(container, policy);
}

/**
 * fim_trial_may_be_of() - whether a trial may be a socket's
 * @owner: the socket's port id
 *
 * Context: any. A socket that is asked about does nothing else meanwhile.
 * Return: false if it is not.
 */
bool fim_trial_may_be_of(u32 owner)
{
	return READ_ONCE(trial.owner) == owner;
}

/**
 * fim_trial_disown() - a socket is closed: its number may be another's next
 * @owner: its port id
 */
void fim_trial_disown(u32 owner)
{
	if (fim_trial_is_of(owner))
		WRITE_ONCE(trial.owner, 0);
}

/* The policies that the trial has brought */
static void collect_tried(struct list_head *tried)
{
	struct fim_ruleset *rs = fim_current_ruleset();
	unsigned int i;

	for (i = 0; i < rs->nr_policies; i++)
		if (!was_in_force(rs->policies[i]))
			list_add_tail(&rs->policies[i]->node, tried);
}

static void report(const struct list_head *tried)
{
	struct fim_policy *policy;

	fim_event_window(FIM_EVENT_ROLLED_BACK, &trial.window, 0);
	list_for_each_entry(policy, tried, node)
		if (!fim_trial_policy(policy->name))
			fim_event_control(FIM_EVENT_DELETED, policy, NULL);
	list_for_each_entry(policy, &trial.kept, node)
		fim_event_control(FIM_EVENT_APPLIED, policy, NULL);
}

static int restore(void)
{
	struct fim_policy *policy, *next;
	LIST_HEAD(tried);
	int err;

	/* The ruleset in force keeps them alive until it is freed. */
	collect_tried(&tried);
	err = fim_put_into_force(trial.was, trial.nr,
				 fim_current_ruleset()->generation + 1,
				 false);
	if (!err)
		report(&tried);
	list_for_each_entry_safe(policy, next, &tried, node) {
		list_del_init(&policy->node);
		if (!err)
			fim_policy_retire(policy);
	}
	if (err)
		return err;
	list_for_each_entry_safe(policy, next, &trial.kept, node)
		list_del_init(&policy->node);
	return 0;
}

static void roll_back(struct work_struct *work)
{
	mutex_lock(&fim_policy_lock);
	if (!trial.started)
		goto out;
	/* Confirmed, and another began, or it was given more time */
	if (time_before(jiffies, trial.end)) {
		mod_delayed_work(system_wq, &roll_back_work,
				 trial.end - jiffies);
		goto out;
	}
	/* What else the socket has staged was to go with it. */
	if (trial.owner)
		fim_txn_abort(trial.owner);
	if (restore()) {
		pr_warn("fim: no memory to roll back a trial; it is tried again\n");
		schedule_delayed_work(&roll_back_work, HZ);
		goto out;
	}
	fim_recheck_settle();
	end_trial();
out:
	mutex_unlock(&fim_policy_lock);
}

/**
 * fim_trial_stop() - no trial from here on
 *
 * Context: process, when the module is in use by none; may sleep.
 */
void fim_trial_stop(void)
{
	cancel_delayed_work_sync(&roll_back_work);
}
