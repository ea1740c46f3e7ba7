// SPDX-License-Identifier: GPL-2.0
/*
 * Records, from the hook to the ring.
 *
 * A hook takes a slot, fills it and leaves. The slot is finished by the task
 * itself, when it returns to user space and holds nothing any more; or, for a
 * kernel thread, an io_uring worker or an exiting task, which do not return,
 * by a worker. What is the same as what was recorded just now is counted with
 * it, see coalesce.c. If there is no slot or no memory, the operation is
 * counted as lost and the loss is a record of its own.
 */
#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
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

#include "account.h"
#include "budget.h"
#include "coalesce.h"
#include "event.h"
#include "fim_task.h"
#include "policy.h"
#include "recheck.h"
#include "record.h"
#include "ring.h"
#include "rule.h"
#include "slot.h"

/* Slots whose operation is in doubt, so that opens need not look for one. */
atomic_t fim_event_doubts = ATOMIC_INIT(0);

/* A name has appeared that a rule waits for, and there was no slot. */
static bool fim_recheck_due;

/* When losses were told last, in jiffies. */
static unsigned long fim_losses_told;

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

/**
 * fim_event_emit_body() - number a record, keep and send it
 * @event: the record
 * @body: of it, as fim_record_body() wrote it
 * @len: its length
 *
 * Context: process; may sleep.
 * Return: 0, or -ENOMEM: nobody hears of it.
 */
int fim_event_emit_body(const struct fim_event *event, const void *body,
			unsigned int len)
{
	u64 operations = event->type == FIM_EVENT_VIOLATION ? event->count : 0;
	struct fim_blanks blanks;
	struct sk_buff *skb;
	int err;

	skb = fim_record_make(event, body, len, &blanks);
	if (!skb)
		return -ENOMEM;
	err = fim_ring_add(skb, &blanks, operations, &event->source);
	nlmsg_free(skb);
	return err;
}

/**
 * fim_event_emit() - write a record, number, keep and send it
 * @event: the record
 *
 * Context: process; may sleep.
 * Return: 0, or -ENOMEM: nobody hears of it.
 */
int fim_event_emit(const struct fim_event *event)
{
	struct sk_buff *body = fim_record_body(event);
	int err;

	if (!body)
		return -ENOMEM;
	err = fim_event_emit_body(event, body->data, body->len);
	nlmsg_free(body);
	return err;
}

/* What can't be told stays to be told with what is lost next. */
static void tell_losses(struct work_struct *work)
{
	u64 nr = fim_account_untold();
	const struct fim_event event = {
		.type = FIM_EVENT_LOST,
		.time = ktime_get_real_ns(),
		.count = nr,
	};

	WRITE_ONCE(fim_losses_told, jiffies);
	if (nr && fim_event_emit(&event))
		fim_account_retell(nr);
}

static DECLARE_DELAYED_WORK(fim_losses_work, tell_losses);

/**
 * fim_event_tell_losses() - have recorded what was lost and is not told yet
 *
 * By one record a second, as those who have much lost must not fill the ring.
 *
 * Context: process.
 */
void fim_event_tell_losses(void)
{
	unsigned long next = READ_ONCE(fim_losses_told) + HZ, now = jiffies;

	if (fim_account_has_untold())
		schedule_delayed_work(&fim_losses_work, time_before(now, next) ?
							next - now : 0);
}

/*
 * An open was refused, or let through with a record, before it was known
 * whether there is anything to create. If it went on to find the file, it said
 * so, see fim_event_created() and fim_event_not_created(); if it was refused
 * and went no further, its error tells.
 */
static bool took_place(const struct fim_slot *slot)
{
	long err;

	if (slot->doubt != FIM_SLOT_DOUBTED)
		return slot->doubt == FIM_SLOT_CERTAIN;
	err = syscall_get_error(current, task_pt_regs(current));
	if (slot->action == FIM_ACTION_BLOCK)
		return err == -EACCES;
	/*
	 * Who was let through may have created what somebody then executed, what
	 * is not his on this filesystem, or what is no directory.
	 */
	return err == -ETXTBSY || err == -EPERM || err == -ENOTDIR;
}

/* What a task, or a worker for it, is finishing. */
struct finishing {
	struct work_struct work;
	struct fim_slot slot;
	struct fim_identity id;
	struct fim_subject_text text;
};

/* A source that has used up its budget has no record, but is counted. */
static void record_or_count(const struct fim_slot *slot,
			    const struct fim_identity *id,
			    const struct fim_event *event)
{
	struct sk_buff *body = fim_record_body(event);
	bool told = false;

	if (body && !id->wide)
		told = !fim_event_emit_body(event, body->data, body->len);
	if (told)
		fim_account_tell(slot->policy, slot->op, slot->count);
	if (body && (told || id->wide))
		told |= fim_coalesce_open(id, slot, body, event->flags);
	if (!told)
		fim_account_lose(slot->policy, slot->op, slot->count);
	nlmsg_free(body);
}

/* @text: room for the rest about the task, or NULL if there was no memory */
static void finish_record(const struct fim_slot *slot,
			  const struct fim_identity *id,
			  struct fim_subject_text *text)
{
	struct fim_event event = {
		.type = FIM_EVENT_VIOLATION,
		.source = slot->source,
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
	record_or_count(slot, id, &event);
	fim_event_tell_losses();
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
		fim_account_count(slot->policy, slot->op, slot->action);
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
static struct finishing *take_over(const struct fim_slot *slot,
				   const struct fim_identity *id)
{
	struct finishing *finishing = kvmalloc(sizeof(*finishing),
						FIM_GFP_QUIET);

	if (finishing) {
		finishing->slot = *slot;
		finishing->id = *id;
	}
	return finishing;
}

/*
 * Return: what is still to be finished when the slot is given back, or NULL if
 * the operation is done with.
 */
static struct finishing *begin_record(struct fim_slot *slot, bool may_wait)
{
	struct finishing *finishing = NULL;
	struct fim_identity id;

	fim_identity_read(&id, slot);
	if (!fim_coalesce_count(&id, slot)) {
		if (may_wait)
			finishing = take_over(slot, &id);
		if (finishing)
			return finishing;
		finish_record(slot, &id, NULL);
	}
	fim_slot_put_rule(slot);
	return NULL;
}

static void finish_in_task(struct callback_head *work)
{
	struct fim_slot *slot = container_of(work, struct fim_slot, work);
	struct finishing *finishing = NULL;
	u8 recheck = slot->recheck;

	atomic_inc(&fim_finishing);
	slot->joinable = false;
	if (settle(slot))
		finishing = begin_record(slot, true);
	fim_slot_give(slot);
	fim_recheck(recheck);
	if (finishing) {
		finish_record(&finishing->slot, &finishing->id,
			      &finishing->text);
		fim_slot_put_rule(&finishing->slot);
		kvfree(finishing);
	}
	finished();
}

static void finish_in_worker(struct work_struct *work)
{
	struct finishing *finishing = container_of(work, struct finishing,
						   work);

	finish_record(&finishing->slot, &finishing->id, &finishing->text);
	put_task_struct(finishing->slot.task);
	fim_slot_put_rule(&finishing->slot);
	kvfree(finishing);
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
	struct finishing *finishing = NULL;

	atomic_inc(&fim_finishing);
	if (settle(slot))
		finishing = begin_record(slot, atomic_read(&fim_working) <
					       WORKERS_MAX);
	fim_slot_give(slot);
	if (finishing) {
		atomic_inc(&fim_working);
		INIT_WORK(&finishing->work, finish_in_worker);
		queue_work(system_unbound_wq, &finishing->work);
	} else {
		put_task_struct(task);
		finished();
	}
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
		fim_policy_recheck_twice();
	fim_event_tell_losses();
}

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
	/* The number is the same on every architecture. */
	return !(current->flags & FIM_NEVER_RETURNS) &&
	       fim_syscall_nr() != __NR_io_uring_enter;
}

/*
 * Has a slot finished when the operation is over. Return: whether current does
 * it, and the slot is its own until then.
 */
static bool submit(struct fim_slot *slot)
{
	init_task_work(&slot->work, finish_in_task);
	/* Who exits runs its work when it has nothing left to tell. */
	if ((current->flags & FIM_NEVER_RETURNS) ||
	    task_work_add(current, &slot->work, TWA_RESUME)) {
		defer(slot);
		return false;
	}
	return true;
}

/**
 * fim_event_violation() - record an operation that is refused or audited
 * @access: the operation
 * @verdict: what was decided about it
 * @moved: enum fim_recheck, what to look at again when it is over
 *
 * Context: inside the hook, under RCU; no lock, no memory, no sleep.
 */
void fim_event_violation(const struct fim_access *access,
			 const struct fim_verdict *verdict,
			 unsigned int moved)
{
	struct fim_policy *policy = verdict->match.binding->policy;
	bool doubted = access->uncertain && can_tell_later();
	bool joins = !access->uncertain && moved == FIM_RECHECK_NONE;
	struct fim_slot *slot;

	if (joins && fim_slot_join(access, verdict)) {
		fim_account_count(policy, access->op, verdict->action);
		return;
	}
	slot = fim_slot_take();
	if (!doubted || !slot)
		fim_account_count(policy, access->op, verdict->action);
	if (!slot) {
		fim_account_lose(policy, access->op, 1);
		if (moved != FIM_RECHECK_NONE)
			WRITE_ONCE(fim_recheck_due, true);
		irq_work_queue(&fim_event_kick);
		return;
	}
	fim_slot_fill(slot, access, verdict);
	if (doubted) {
		slot->doubted = true;
		slot->doubt = FIM_SLOT_DOUBTED;
		atomic_inc(&fim_event_doubts);
	}
	slot->recheck = moved;
	if (submit(slot))
		slot->joinable = joins;
}

/**
 * fim_event_awaited() - a name may appear or change that a rule is about
 * @which: enum fim_recheck, what to look at again
 *
 * A rule takes hold before the task that makes the name gets to use it; a little
 * later if that takes long, see fim_recheck(), or if there is no slot.
 *
 * Context: as fim_event_violation().
 */
void fim_event_awaited(unsigned int which)
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
	struct fim_slot *slot = fim_slot_find_doubted();

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
	struct fim_slot *slot = fim_slot_find_doubted();

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
 * Return: 0 or -ENOMEM.
 */
int fim_event_writer(const struct fim_slot *slot, u64 count, bool mapped)
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

	return fim_event_emit(&event);
}

/**
 * fim_event_stats() - read the account
 * @stats: where to put it; exact when no operation is under way
 *
 * Context: process; may sleep.
 */
void fim_event_stats(struct fim_event_stats *stats)
{
	fim_account_read(&stats->account);
	stats->denied = fim_event_denials();
	stats->pending = stats->account.waiting + fim_slots_taken() +
			 atomic_read(&fim_finishing);
	fim_ring_range(&stats->first_seq, &stats->last_seq, &stats->ring_size);
}

/**
 * fim_event_init() - make what hooks need to record
 *
 * Return: 0 or -errno.
 */
int fim_event_init(void)
{
	int err;

	fim_losses_told = jiffies - HZ;
	err = fim_budget_init() ?: fim_coalesce_init() ?: fim_slots_init();
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
	fim_event_denied_flush();
	fim_coalesce_exit();
}

/**
 * fim_event_exit() - free what hooks needed to record
 *
 * Context: process, when nobody is left who has something to tell; may sleep.
 */
void fim_event_exit(void)
{
	cancel_delayed_work_sync(&fim_losses_work);
	fim_ring_exit();
	fim_slots_exit();
}
