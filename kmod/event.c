// SPDX-License-Identifier: GPL-2.0
/*
 * Records, from the hook to the ring.
 *
 * A hook takes a slot, fills it and leaves. The slot is finished by the task
 * itself, when it returns to user space and holds nothing any more; or, for a
 * kernel thread, an io_uring worker or an exiting task, which do not return,
 * by a worker. If there is no slot or no memory, the operation is counted as
 * lost and the loss is a record of its own.
 *
 * The account: every operation is counted in refused or audited by whoever
 * decides that it is certain, and leaves exactly one of: a record, a loss, a
 * slot that is taken.
 */
#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/module.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <asm/syscall.h>
#include <asm/unistd.h>

#include "event.h"
#include "policy.h"
#include "recheck.h"
#include "record.h"
#include "ring.h"
#include "rule.h"
#include "slot.h"

static atomic64_t fim_refused, fim_audited, fim_recorded, fim_lost;
static atomic64_t fim_coalesced;
/* Of fim_lost, those that no record has told yet. */
static atomic64_t fim_lost_untold;

/* Slots whose operation is in doubt, so that opens need not look for one. */
atomic_t fim_event_doubts = ATOMIC_INIT(0);

/* A name has appeared that a rule waits for, and there was no slot. */
static bool fim_recheck_due;

static LLIST_HEAD(fim_deferred);
static DECLARE_WAIT_QUEUE_HEAD(fim_event_wait);
/* Records that have left their slot, and are not finished. */
static atomic_t fim_finishing = ATOMIC_INIT(0);

/* Those of them that have a worker of their own. */
static atomic_t fim_working = ATOMIC_INIT(0);

static void finish_deferred(struct work_struct *work);
static DECLARE_WORK(fim_event_work, finish_deferred);

/* A hook must not take the locks of a workqueue; an interrupt may. */
static void kick_worker(struct irq_work *work)
{
	schedule_work(&fim_event_work);
}

static DEFINE_IRQ_WORK(fim_event_kick, kick_worker);

static void count(struct fim_policy *policy, u8 action)
{
	if (action == FIM_ACTION_BLOCK) {
		atomic64_inc(&fim_refused);
		atomic64_inc(&policy->refused);
	} else {
		atomic64_inc(&fim_audited);
		atomic64_inc(&policy->audited);
	}
}

static void lose(struct fim_policy *policy, u64 nr)
{
	atomic64_add(nr, &policy->lost);
	atomic64_add(nr, &fim_lost);
	atomic64_add(nr, &fim_lost_untold);
}

/**
 * fim_event_emit() - number a record, keep and send it
 * @event: the record
 *
 * Context: process; may sleep.
 * Return: 0, or -ENOMEM: nobody hears of it.
 */
int fim_event_emit(const struct fim_event *event)
{
	struct sk_buff *skb = nlmsg_new(fim_record_size(event), GFP_KERNEL);
	void *seq;
	int err;

	if (!skb)
		return -ENOMEM;
	err = fim_record_fill(skb, event, &seq);
	if (!WARN_ON_ONCE(err))
		err = fim_ring_add(skb, seq);
	nlmsg_free(skb);
	return err;
}

/* What could not be told stays to be told with the next record. */
static void tell_losses(void)
{
	u64 nr = atomic64_xchg(&fim_lost_untold, 0);
	struct fim_event event = {
		.type = FIM_EVENT_LOST,
		.time = ktime_get_real_ns(),
		.count = nr,
	};

	if (nr && fim_event_emit(&event))
		atomic64_add(nr, &fim_lost_untold);
}

/*
 * An open was refused, or let through with a record, before it was known
 * whether there is anything to create. If it went on to find the file, it said
 * so, see fim_event_created() and fim_event_not_created(); if it was refused
 * and went no further, its error tells.
 */
static bool took_place(const struct fim_slot *slot)
{
	if (slot->doubt != FIM_SLOT_DOUBTED)
		return slot->doubt == FIM_SLOT_CERTAIN;
	return slot->action == FIM_ACTION_BLOCK &&
	       syscall_get_error(current, task_pt_regs(current)) == -EACCES;
}

/* What a task, or a worker for it, is finishing. */
struct finishing {
	struct work_struct work;
	struct fim_slot slot;
	struct fim_subject_text text;
};

static void told(struct fim_policy *policy, u64 nr)
{
	atomic64_add(nr, &fim_recorded);
	atomic64_add(nr, &policy->recorded);
	if (nr > 1) {
		atomic64_add(nr - 1, &fim_coalesced);
		atomic64_add(nr - 1, &policy->coalesced);
	}
}

/* @text: room for the rest about the task, or NULL if there was no memory */
static void finish_record(const struct fim_slot *slot,
			  struct fim_subject_text *text)
{
	struct fim_event event = {
		.type = FIM_EVENT_VIOLATION,
		.flags = slot->flags,
		.time = slot->time,
		.count = slot->count,
		.last_time = slot->count > 1 ? slot->last_time : 0,
		.policy = slot->policy,
		.rule = slot->rule,
		.container = slot->container,
		.slot = slot,
		.subject = &slot->subject,
		.text = text,
	};

	if (text) {
		fim_subject_describe(slot->task, text, true);
		event.flags |= text->flags;
	} else {
		event.flags |= FIM_EVENT_PARTIAL;
	}
	if (fim_event_emit(&event))
		lose(slot->policy, slot->count);
	else
		told(slot->policy, slot->count);
	tell_losses();
}

/* Settles whether there is anything to record. */
static bool settle(struct fim_slot *slot)
{
	if (!slot->policy)
		return false;
	if (slot->doubted)
		atomic_dec(&fim_event_doubts);
	if (!took_place(slot)) {
		fim_slot_put_rule(slot);
		return false;
	}
	if (slot->doubted)
		count(slot->policy, slot->action);
	return true;
}

/* The last thing that touches what is counted; fim_event_drain() waits. */
static void finished(void)
{
	atomic_dec(&fim_finishing);
	wake_up_all(&fim_event_wait);
}

/*
 * Gives the slot back before the task's memory is read: that may take as long
 * as the task likes, and must not keep others from a slot.
 */
static struct finishing *take_over(struct fim_slot *slot)
{
	struct finishing *finishing = kmalloc(sizeof(*finishing), GFP_KERNEL);

	if (finishing)
		finishing->slot = *slot;
	return finishing;
}

static void finish_in_task(struct callback_head *work)
{
	struct fim_slot *slot = container_of(work, struct fim_slot, work);
	struct finishing *finishing = NULL;
	u8 recheck = slot->recheck;

	atomic_inc(&fim_finishing);
	slot->joinable = false;
	if (settle(slot)) {
		finishing = take_over(slot);
		if (!finishing) {
			finish_record(slot, NULL);
			fim_slot_put_rule(slot);
		}
	}
	fim_slot_give(slot);
	if (recheck & FIM_RECHECK_LATER)
		fim_policy_recheck_later();
	if (recheck & (FIM_RECHECK_WAITING | FIM_RECHECK_ALL))
		fim_policy_recheck(recheck & FIM_RECHECK_ALL);
	if (finishing) {
		finish_record(&finishing->slot, &finishing->text);
		fim_slot_put_rule(&finishing->slot);
		kfree(finishing);
	}
	finished();
}

static void finish_in_worker(struct work_struct *work)
{
	struct finishing *finishing = container_of(work, struct finishing,
						   work);

	finish_record(&finishing->slot, &finishing->text);
	put_task_struct(finishing->slot.task);
	fim_slot_put_rule(&finishing->slot);
	kfree(finishing);
	atomic_dec(&fim_working);
	finished();
}

/*
 * Each record is finished by a worker of its own, as one may take its time; but
 * those who have many made must not use up the memory, or the workers.
 */
#define WORKERS_MAX	64

static bool hand_over(struct fim_slot *slot)
{
	struct task_struct *task = slot->task;
	bool recheck = slot->recheck;
	struct finishing *finishing;

	atomic_inc(&fim_finishing);
	if (!settle(slot)) {
		put_task_struct(task);
		goto out;
	}
	finishing = atomic_read(&fim_working) < WORKERS_MAX ? take_over(slot) :
							       NULL;
	if (finishing) {
		atomic_inc(&fim_working);
		INIT_WORK(&finishing->work, finish_in_worker);
		fim_slot_give(slot);
		queue_work(system_unbound_wq, &finishing->work);
		return recheck;
	}
	finish_record(slot, NULL);
	put_task_struct(task);
	fim_slot_put_rule(slot);
out:
	fim_slot_give(slot);
	finished();
	return recheck;
}

static void finish_deferred(struct work_struct *work)
{
	bool recheck = xchg(&fim_recheck_due, false);
	struct fim_slot *slot, *next;

	llist_for_each_entry_safe(slot, next, llist_del_all(&fim_deferred),
				  node)
		recheck |= hand_over(slot);
	if (recheck)
		fim_policy_recheck_later();
	tell_losses();
}

/* 6.4: workers of user space that are not io_uring's, of vhost for one */
#ifndef PF_USER_WORKER
#define PF_USER_WORKER	0
#endif

/* Tasks that do not return to user space, or not with what they are now */
#define NEVER_RETURNS	(PF_KTHREAD | PF_IO_WORKER | PF_USER_WORKER | \
			 PF_EXITING | PF_DUMPCORE)

static void defer(struct fim_slot *slot)
{
	struct task_struct *task = current;

	/* A worker's leader is the process that submitted the operation. */
	if (current->flags & PF_IO_WORKER)
		task = current->group_leader;
	get_task_struct(task);
	/* Pairs with fim_slot_join() in that task: it sees what is written. */
	smp_store_release(&slot->task, task);
	llist_add(&slot->node, &fim_deferred);
	irq_work_queue(&fim_event_kick);
}

/*
 * Whether the outcome of an open can be told later: by this task, and by the
 * error of its system call. Who can't be asked is believed to have created
 * the file: better one record too many.
 */
static bool can_tell_later(void)
{
	int nr;

	if (current->flags & NEVER_RETURNS)
		return false;
	/* The number is the same on every architecture, x32 has a bit more. */
	nr = syscall_get_nr(current, task_pt_regs(current)) & 0x3fffffff;
	return nr != __NR_io_uring_enter;
}

/*
 * Has a slot finished when the operation is over. Return: whether current does
 * it, and the slot is its own until then.
 */
static bool submit(struct fim_slot *slot)
{
	init_task_work(&slot->work, finish_in_task);
	/* Who exits runs its work when it has nothing left to tell. */
	if ((current->flags & NEVER_RETURNS) ||
	    task_work_add(current, &slot->work, TWA_RESUME)) {
		defer(slot);
		return false;
	}
	return true;
}

/* Whether a rule's path leads over the object, not just to what is below. */
static bool is_on_path(const struct fim_match *match)
{
	return match->mark && (match->guard || match->mark == match->object);
}

/*
 * Whether a path of a rule leads elsewhere after an operation that is let
 * through: an entry on its way is removed, replaced or covered.
 */
static bool moves_paths(const struct fim_access *access,
			const struct fim_verdict *verdict)
{
	return verdict->action != FIM_ACTION_BLOCK && access->removes &&
	       (is_on_path(&verdict->match) || is_on_path(&verdict->rest));
}

/**
 * fim_event_violation() - record an operation that is refused or audited
 * @access: the operation
 * @verdict: what was decided about it
 *
 * Context: inside the hook, under RCU; no lock, no memory, no sleep.
 */
void fim_event_violation(const struct fim_access *access,
			 const struct fim_verdict *verdict)
{
	bool doubted = access->uncertain && can_tell_later();
	bool joins = !access->uncertain && !moves_paths(access, verdict);
	struct fim_slot *slot;

	if (joins && fim_slot_join(access, verdict)) {
		count(verdict->match.binding->policy, verdict->action);
		return;
	}
	slot = fim_slot_take();
	if (!doubted || !slot)
		count(verdict->match.binding->policy, verdict->action);
	if (!slot) {
		lose(verdict->match.binding->policy, 1);
		irq_work_queue(&fim_event_kick);
		return;
	}
	fim_slot_fill(slot, access, verdict);
	if (doubted) {
		slot->doubted = true;
		slot->doubt = FIM_SLOT_DOUBTED;
		atomic_inc(&fim_event_doubts);
	}
	if (moves_paths(access, verdict))
		slot->recheck = FIM_RECHECK_ALL;
	if (submit(slot))
		slot->joinable = joins;
}

/**
 * fim_event_awaited() - a name may appear or change that a rule is about
 * @which: the rules to look after
 *
 * A rule takes hold before the task that makes the name gets to use it; if
 * there is no slot, a little later.
 *
 * Context: as fim_event_violation().
 */
void fim_event_awaited(enum fim_recheck which)
{
	struct fim_slot *slot = fim_slot_take();

	if (slot) {
		slot->recheck = which;
		submit(slot);
	} else {
		WRITE_ONCE(fim_recheck_due, true);
		irq_work_queue(&fim_event_kick);
	}
}

/**
 * fim_event_created() - the file that current opens was created by this open
 *
 * Context: as fim_event_violation().
 */
void fim_event_created(void)
{
	struct fim_slot *slot = fim_slot_doubted();

	if (slot)
		slot->doubt = FIM_SLOT_CERTAIN;
}

/**
 * fim_event_not_created() - the file that current opens was there before
 *
 * Context: as fim_event_violation().
 */
void fim_event_not_created(void)
{
	struct fim_slot *slot = fim_slot_doubted();

	if (slot)
		slot->doubt = FIM_SLOT_VOID;
}

/**
 * fim_event_writer() - record that a file was found to be open for writing
 * @slot: filled with the file and the rule that protects it
 * @count: how often it is open
 * @mapped: whether a mapping of it is shared and can be written to
 *
 * Context: process; may sleep.
 */
void fim_event_writer(const struct fim_slot *slot, u64 count, bool mapped)
{
	struct fim_event event = {
		.type = FIM_EVENT_WRITER,
		.flags = mapped ? FIM_EVENT_MAPPED : 0,
		.time = slot->time,
		.count = count,
		.policy = slot->policy,
		.rule = slot->rule,
		.container = slot->container,
		.slot = slot,
	};

	if (fim_event_emit(&event))
		pr_warn("fim: no memory for a record about inode %llu, which is open for writing\n",
			slot->ino);
}

/**
 * fim_event_stats() - read the account
 * @stats: where to put it; exact when no operation is under way
 *
 * Context: process; may sleep.
 */
void fim_event_stats(struct fim_event_stats *stats)
{
	/* In the order in which an operation passes them, last first. */
	stats->lost = atomic64_read(&fim_lost);
	stats->coalesced = atomic64_read(&fim_coalesced);
	stats->denied = fim_event_denials();
	stats->recorded = atomic64_read(&fim_recorded);
	stats->pending = fim_slots_taken() + atomic_read(&fim_finishing);
	stats->refused = atomic64_read(&fim_refused);
	stats->audited = atomic64_read(&fim_audited);
	fim_ring_range(&stats->first_seq, &stats->last_seq, &stats->ring_size);
}

/**
 * fim_event_init() - make what hooks need to record
 *
 * Return: 0 or -errno.
 */
int fim_event_init(void)
{
	int err = fim_slots_init();

	if (err)
		return err;
	err = fim_ring_init();
	if (err)
		fim_slots_exit();
	return err;
}

/**
 * fim_event_drain() - wait for the records in the making
 *
 * To be called when no hook can begin one any more. A task that is asleep in
 * the operation that it is recorded for is waited for. The very end of a
 * callback may still run when this returns: synchronize_rcu_tasks() is due.
 */
void fim_event_drain(void)
{
	wait_event_idle(fim_event_wait, !fim_slots_taken() &&
			!atomic_read(&fim_finishing));
	irq_work_sync(&fim_event_kick);
	flush_work(&fim_event_work);
}

/**
 * fim_event_exit() - free what hooks needed to record
 */
void fim_event_exit(void)
{
	fim_ring_exit();
	fim_slots_exit();
}
