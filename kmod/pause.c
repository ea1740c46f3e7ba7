// SPDX-License-Identifier: GPL-2.0
/*
 * The maintenance window: for a while, what rules refuse is let through and
 * recorded.
 *
 * Each decision asks the clock, so that no timer that comes late makes a window
 * longer, nor does a clock that is set or a machine that sleeps. The timer only
 * says that it is over, and looks for what was opened for writing in it.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "account.h"
#include "event.h"
#include "pause.h"
#include "policy.h"
#include "recheck.h"
#include "rule.h"

/* By CLOCK_BOOTTIME; 0: there is none. Written under fim_policy_lock. */
static atomic64_t fim_pause_end = ATOMIC64_INIT(0);

/* Under fim_policy_lock, as the next: fim_account_passed() when it was opened */
static struct fim_window window;
static u64 passed_before;

static void expire(struct work_struct *work);
static DECLARE_DELAYED_WORK(expire_work, expire);

static u64 time_left(void)
{
	u64 end = atomic64_read(&fim_pause_end), now = ktime_get_boottime_ns();

	return end > now ? end - now : 0;
}

/**
 * fim_pause_open() - whether a window is open at this moment
 *
 * Context: any.
 * Return: whether it is.
 */
bool fim_pause_open(void)
{
	return atomic64_read(&fim_pause_end) && time_left();
}

/**
 * fim_pause_decide() - let through what is refused, if a window is open
 * @verdict: what was decided
 *
 * Not what the self-test tries: its hooks are to refuse.
 *
 * Context: inside a hook.
 */
void fim_pause_decide(struct fim_verdict *verdict)
{
	if (verdict->action == FIM_ACTION_BLOCK &&
	    verdict->match.binding->policy->kind && fim_pause_open())
		verdict->action = FIM_ACTION_PASSED;
}

/* When no decision has seen it any more */
static void close_window(void)
{
	atomic64_set(&fim_pause_end, 0);
	synchronize_rcu();
	fim_event_window(FIM_EVENT_RESUMED, &window,
			 fim_account_passed() - passed_before);
	kfree(window.reason);
	window.reason = NULL;
	fim_recheck_settle();
}

static void schedule_end(void)
{
	mod_delayed_work(system_wq, &expire_work,
			 nsecs_to_jiffies(time_left()) + 1);
}

/**
 * fim_pause_tidy() - close a window whose time is over
 *
 * Context: process, under fim_policy_lock; may sleep.
 */
void fim_pause_tidy(void)
{
	lockdep_assert_held(&fim_policy_lock);

	if (window.reason && !fim_pause_open())
		close_window();
}

/**
 * fim_pause_tidy_soon() - have a window closed whose time is over
 *
 * For who may not close one: the record would be about him, and his memory be
 * read for it.
 *
 * Context: process, under fim_policy_lock.
 */
void fim_pause_tidy_soon(void)
{
	lockdep_assert_held(&fim_policy_lock);

	if (window.reason && !fim_pause_open())
		mod_delayed_work(system_wq, &expire_work, 0);
}

static void expire(struct work_struct *work)
{
	bool open;

	mutex_lock(&fim_policy_lock);
	fim_pause_tidy();
	open = window.reason;
	if (open)
		schedule_end();
	mutex_unlock(&fim_policy_lock);
	if (!open)
		fim_recheck_all();
}

/**
 * fim_pause() - open a window; one that is open ends where this one begins
 * @seconds: for how long
 * @reason: why
 *
 * Context: process, under fim_policy_lock; may sleep. current opens it.
 * Return: 0 or -ENOMEM.
 */
int fim_pause(u32 seconds, const char *reason)
{
	char *copy = kstrdup(reason, GFP_KERNEL);

	lockdep_assert_held(&fim_policy_lock);

	if (!copy)
		return -ENOMEM;
	if (window.reason)
		close_window();
	fim_window_open(&window, seconds);
	window.reason = copy;
	passed_before = fim_account_passed();
	fim_event_window(FIM_EVENT_PAUSED, &window, 0);
	atomic64_set(&fim_pause_end,
		     ktime_get_boottime_ns() + seconds * (u64)NSEC_PER_SEC);
	schedule_end();
	return 0;
}

/**
 * fim_resume() - close the window
 *
 * Context: process, under fim_policy_lock; may sleep. fim_recheck_all() is due
 * when that is released.
 * Return: 0, or -ENOENT if none is open.
 */
int fim_resume(void)
{
	fim_pause_tidy();
	if (!window.reason)
		return -ENOENT;
	close_window();
	return 0;
}

/**
 * fim_pause_reason() - why a window is open
 *
 * Context: process, under fim_policy_lock.
 * Return: the reason, or NULL if none is open.
 */
const char *fim_pause_reason(void)
{
	return fim_pause_open() ? window.reason : NULL;
}

/**
 * fim_pause_left() - how long the window will be open
 *
 * Return: the seconds, a part of one counted as one; 0 if none is open.
 */
u32 fim_pause_left(void)
{
	return DIV_ROUND_UP_ULL(time_left(), NSEC_PER_SEC);
}

/**
 * fim_pause_stop() - no window from here on
 *
 * Context: process, when no command can open one; may sleep.
 */
void fim_pause_stop(void)
{
	cancel_delayed_work_sync(&expire_work);
	kfree(window.reason);
}
