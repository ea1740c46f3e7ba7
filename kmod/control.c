// SPDX-License-Identifier: GPL-2.0
/*
 * Records about the module itself: what was done to it, by whom, and what was
 * tried in vain.
 */
#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "budget.h"
#include "coalesce.h"
#include "event.h"
#include "main.h"
#include "pause.h"
#include "policy.h"
#include "record.h"
#include "subject.h"

static atomic64_t fim_denied = ATOMIC64_INIT(0);
/* Of these, those that no record has told yet */
static atomic64_t fim_denied_untold = ATOMIC64_INIT(0);

/*
 * Whether who did it may be waited for: not if the caller holds a lock, as with
 * paths that have moved, or if generic netlink does, as with what is refused.
 */
static bool may_wait(const struct fim_event *event)
{
	return event->type != FIM_EVENT_ARMED &&
	       event->type != FIM_EVENT_UNARMED &&
	       event->type != FIM_EVENT_CONTAINER_ADDED &&
	       event->type != FIM_EVENT_CONTAINER_REMOVED &&
	       event->type != FIM_EVENT_DENIED;
}

/*
 * Tells who did it: current, whose netlink request is being served, whose
 * operation has moved a path, or us. Returns 0, or -ENOMEM: nobody hears of it.
 */
static int emit_control(struct fim_event *event)
{
	struct fim_subject_text *text = kvmalloc(sizeof(*text), FIM_GFP_QUIET);
	struct fim_subject subject;
	int err;

	/* What was counted until now comes before, if it is not too much. */
	if (event->type != FIM_EVENT_DENIED)
		fim_coalesce_flush();
	fim_subject_read(&subject);
	fim_source_read(&event->source);
	event->time = ktime_get_real_ns();
	event->flags = subject.flags;
	event->subject = &subject;
	if (text) {
		fim_subject_describe(current, text, may_wait(event));
		event->flags |= text->flags;
		event->text = text;
	}
	err = fim_event_emit(event);
	if (err)
		pr_warn("fim: no memory for a control record of type %d\n",
			event->type);
	kvfree(text);
	return err;
}

/**
 * fim_event_control() - record what was done to a policy
 * @type: one of the types about policies
 * @policy: the policy
 * @rule: the rule that it is about, or NULL
 *
 * Context: process; may sleep.
 */
void fim_event_control(enum fim_event_type type, struct fim_policy *policy,
		       const struct fim_rule *rule)
{
	struct fim_event event = {
		.type = type,
		.policy = policy,
		.rule = rule,
	};

	emit_control(&event);
}

/**
 * fim_event_rule() - record what became of a rule where it is bound
 * @type: FIM_EVENT_ARMED or FIM_EVENT_UNARMED
 * @binding: the rule, and the container that it is bound for, if any
 *
 * Context: process; may sleep.
 */
void fim_event_rule(enum fim_event_type type, const struct fim_binding *binding)
{
	struct fim_event event = {
		.type = type,
		.policy = binding->policy,
		.rule = binding->rule,
		.container = binding->container,
	};

	emit_control(&event);
}

/**
 * fim_event_container() - record that a container came or went
 * @type: FIM_EVENT_CONTAINER_ADDED or FIM_EVENT_CONTAINER_REMOVED
 * @container: the container
 *
 * Context: process, under fim_policy_lock; may sleep.
 */
void fim_event_container(enum fim_event_type type,
			 const struct fim_container *container)
{
	struct fim_event event = {
		.type = type,
		.container = container,
	};

	emit_control(&event);
}

/**
 * fim_event_state() - record that the state has changed
 * @type: FIM_EVENT_STATE or FIM_EVENT_SEALED
 *
 * Context: process; may sleep.
 */
void fim_event_state(enum fim_event_type type)
{
	struct fim_event event = {
		.type = type,
		.state = fim_state(),
	};

	emit_control(&event);
}

/**
 * fim_window_open() - write down when a window begins and ends, and who opens it
 * @window: set, but for its reason
 * @seconds: how long it is
 *
 * Context: process.
 */
void fim_window_open(struct fim_window *window, u32 seconds)
{
	struct fim_subject subject;

	fim_subject_read(&subject);
	window->since = ktime_get_real_ns();
	window->until = window->since + seconds * (u64)NSEC_PER_SEC;
	window->opener = subject.loginuid != (u32)-1 ? subject.loginuid :
						       subject.uid;
}

/**
 * fim_event_window() - record what becomes of a maintenance window or a trial
 * @type: one of the types about these
 * @window: the window
 * @passed: of FIM_EVENT_RESUMED, operations that were let through
 *
 * Context: process; may sleep.
 */
void fim_event_window(enum fim_event_type type, const struct fim_window *window,
		      u64 passed)
{
	struct fim_event event = {
		.type = type,
		.state = type == FIM_EVENT_PAUSED ? FIM_STATE_PAUSED :
						    fim_state(),
		.window = window,
		.passed = passed,
	};

	emit_control(&event);
}

/**
 * fim_event_loaded() - record that the module was loaded or is unloaded
 * @loaded: which of the two
 *
 * Context: process; may sleep.
 */
void fim_event_loaded(bool loaded)
{
	struct fim_event event = {
		.type = loaded ? FIM_EVENT_LOADED : FIM_EVENT_UNLOADED,
	};

	emit_control(&event);
}

/**
 * fim_event_selftested() - record that a self-test was asked for
 * @err: its result
 *
 * Context: process; may sleep.
 */
void fim_event_selftested(int err)
{
	struct fim_event event = {
		.type = FIM_EVENT_SELFTESTED,
		.error = -err,
	};

	emit_control(&event);
}

/* What can't be told stays to be told with those that come next. */
static void tell_denied(struct work_struct *work)
{
	const struct fim_event event = {
		.type = FIM_EVENT_DENIED,
		.time = ktime_get_real_ns(),
		.count = atomic64_xchg(&fim_denied_untold, 0),
	};

	if (event.count && fim_event_emit(&event))
		atomic64_add(event.count, &fim_denied_untold);
}

static DECLARE_DELAYED_WORK(fim_denied_work, tell_denied);

/**
 * fim_event_denied() - record that a command was refused
 * @cmd: enum fim_cmd
 * @err: why
 *
 * Anybody can send commands: those of who has used up his budget are counted,
 * and a record a second tells how many they were.
 *
 * Context: process; may sleep.
 */
void fim_event_denied(u8 cmd, int err)
{
	struct fim_event event = {
		.type = FIM_EVENT_DENIED,
		.cmd = cmd,
		.error = -err,
		.count = 1,
	};

	atomic64_inc(&fim_denied);
	fim_source_read(&event.source);
	if (fim_budget_spend(&event.source) && !emit_control(&event))
		return;
	atomic64_inc(&fim_denied_untold);
	schedule_delayed_work(&fim_denied_work, HZ);
}

/**
 * fim_event_denied_flush() - tell of refused commands, when none can come
 *
 * Context: process; may sleep.
 */
void fim_event_denied_flush(void)
{
	cancel_delayed_work_sync(&fim_denied_work);
	tell_denied(NULL);
}

/**
 * fim_event_denials() - how many commands were refused
 *
 * Return: their number.
 */
u64 fim_event_denials(void)
{
	return atomic64_read(&fim_denied);
}
