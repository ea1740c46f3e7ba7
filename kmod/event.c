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
#include "ring.h"
#include "rule.h"
#include "slot.h"

static atomic64_t fim_refused, fim_audited, fim_recorded, fim_lost;
/* Of fim_lost, those that no record has told yet. */
static atomic64_t fim_lost_untold;

/* Slots whose operation is in doubt, so that opens need not look for one. */
atomic_t fim_event_doubts = ATOMIC_INIT(0);

static LLIST_HEAD(fim_deferred);
static DECLARE_WAIT_QUEUE_HEAD(fim_event_wait);

static void finish_deferred(struct work_struct *work);
static DECLARE_WORK(fim_event_work, finish_deferred);

/* A hook must not take the locks of a workqueue; an interrupt may. */
static void kick_worker(struct irq_work *work)
{
	schedule_work(&fim_event_work);
}

static struct irq_work fim_event_kick = IRQ_WORK_INIT(kick_worker);

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

static void lose(u64 nr)
{
	atomic64_add(nr, &fim_lost);
	atomic64_add(nr, &fim_lost_untold);
}

/**
 * struct fim_event - a record that is complete
 * @type: enum fim_event_type
 * @flags: enum fim_event_flags
 * @time: nanoseconds since 1970
 * @count: operations that it stands for, or 0
 * @state: of FIM_EVENT_STATE
 * @policy: or NULL
 * @rule: of @policy, or NULL
 * @slot: of FIM_EVENT_VIOLATION, or NULL
 * @subject: who
 * @text: the rest about him, or NULL
 */
struct fim_event {
	enum fim_event_type type;
	u32 flags;
	u64 time;
	u64 count;
	enum fim_state state;
	const struct fim_policy *policy;
	const struct fim_rule *rule;
	const struct fim_slot *slot;
	const struct fim_subject *subject;
	const struct fim_subject_text *text;
};

static int put_string(struct sk_buff *skb, int attr, const char *string)
{
	return string ? nla_put_string(skb, attr, string) : 0;
}

static int put_path(struct sk_buff *skb, int attr, const char *path)
{
	return path ? nla_put(skb, attr, strlen(path), path) : 0;
}

static int fill_policy(struct sk_buff *skb, const struct fim_event *event)
{
	const struct fim_text *rule, *policy = &event->policy->text;
	const struct fim_text none = {};
	const struct fim_text *tags;
	u8 severity;

	rule = event->rule ? &event->rule->text : &none;
	tags = rule->tags ? rule : policy;
	severity = rule->severity ?: policy->severity;

	if (nla_put_u8(skb, FIM_EVENT_A_KIND, event->policy->kind) ||
	    nla_put_string(skb, FIM_EVENT_A_POLICY, event->policy->name) ||
	    put_string(skb, FIM_EVENT_A_NAMESPACE, event->policy->namespace) ||
	    (severity && nla_put_u8(skb, FIM_EVENT_A_SEVERITY, severity)) ||
	    (tags->tags && nla_put(skb, FIM_EVENT_A_TAGS, tags->tags_len,
				   tags->tags)) ||
	    put_string(skb, FIM_EVENT_A_MESSAGE,
		       rule->message ?: policy->message))
		return -EMSGSIZE;
	if (!event->rule)
		return 0;
	if (nla_put_u32(skb, FIM_EVENT_A_RULE, event->rule->index))
		return -EMSGSIZE;
	if (event->slot)
		return 0;
	return nla_put(skb, FIM_EVENT_A_PATH, event->rule->path_len,
		       event->rule->path);
}

static int fill_slot(struct sk_buff *skb, const struct fim_slot *slot)
{
	u32 error = slot->action == FIM_ACTION_BLOCK ? EACCES : 0;

	if (nla_put_u8(skb, FIM_EVENT_A_ACTION, slot->action) ||
	    nla_put_u32(skb, FIM_EVENT_A_ERRNO, error) ||
	    nla_put_u8(skb, FIM_EVENT_A_OP, slot->op) ||
	    (slot->path_len && nla_put(skb, FIM_EVENT_A_PATH, slot->path_len,
				       slot->path)) ||
	    (slot->target_len && nla_put(skb, FIM_EVENT_A_TARGET,
					 slot->target_len, slot->target)) ||
	    (slot->ino && nla_put_u64_64bit(skb, FIM_EVENT_A_INO, slot->ino,
					    FIM_EVENT_A_PAD)) ||
	    nla_put_u32(skb, FIM_EVENT_A_DEV, slot->dev))
		return -EMSGSIZE;
	return 0;
}

static int fill_syscall(struct sk_buff *skb, const struct fim_subject *subject)
{
	u64 args[ARRAY_SIZE(subject->args)];
	unsigned int i;

	if (!subject->arch || subject->syscall < 0)
		return 0;
	for (i = 0; i < ARRAY_SIZE(args); i++)
		args[i] = subject->args[i];
	if (nla_put_u32(skb, FIM_EVENT_A_ARCH, subject->arch) ||
	    nla_put_s32(skb, FIM_EVENT_A_SYSCALL, subject->syscall))
		return -EMSGSIZE;
	return nla_put(skb, FIM_EVENT_A_ARGS, sizeof(args), args);
}

static int fill_subject(struct sk_buff *skb, const struct fim_subject *subject)
{
	if (nla_put_u32(skb, FIM_EVENT_A_PID, subject->pid) ||
	    nla_put_u32(skb, FIM_EVENT_A_TGID, subject->tgid) ||
	    nla_put_u32(skb, FIM_EVENT_A_PPID, subject->ppid) ||
	    nla_put_u32(skb, FIM_EVENT_A_NS_TGID, subject->ns_tgid) ||
	    nla_put_u32(skb, FIM_EVENT_A_NS_PPID, subject->ns_ppid) ||
	    nla_put_u32(skb, FIM_EVENT_A_UID, subject->uid) ||
	    nla_put_u32(skb, FIM_EVENT_A_EUID, subject->euid) ||
	    nla_put_u32(skb, FIM_EVENT_A_GID, subject->gid) ||
	    (subject->loginuid != (u32)-1 &&
	     nla_put_u32(skb, FIM_EVENT_A_LOGINUID, subject->loginuid)) ||
	    (subject->sessionid != (u32)-1 &&
	     nla_put_u32(skb, FIM_EVENT_A_SESSIONID, subject->sessionid)) ||
	    nla_put(skb, FIM_EVENT_A_COMM, strlen(subject->comm),
		    subject->comm) ||
	    (subject->cgroup &&
	     nla_put_u64_64bit(skb, FIM_EVENT_A_CGROUP, subject->cgroup,
			       FIM_EVENT_A_PAD)) ||
	    (subject->mnt_ns &&
	     nla_put_u32(skb, FIM_EVENT_A_MNT_NS, subject->mnt_ns)) ||
	    nla_put_u32(skb, FIM_EVENT_A_PID_NS, subject->pid_ns))
		return -EMSGSIZE;
	return fill_syscall(skb, subject);
}

static int fill_text(struct sk_buff *skb, const struct fim_subject_text *text)
{
	if (put_path(skb, FIM_EVENT_A_EXE, text->exe) ||
	    put_path(skb, FIM_EVENT_A_PARENT_EXE, text->parent_exe) ||
	    put_path(skb, FIM_EVENT_A_CWD, text->cwd) ||
	    (text->cmdline_len && nla_put(skb, FIM_EVENT_A_CMDLINE,
					  text->cmdline_len, text->cmdline)) ||
	    (*text->tty && nla_put_string(skb, FIM_EVENT_A_TTY, text->tty)))
		return -EMSGSIZE;
	return 0;
}

static int fill_event(struct sk_buff *skb, const struct fim_event *event,
		      void **seq)
{
	struct nlattr *nest, *attr;

	nest = nla_nest_start(skb, FIM_A_EVENT);
	if (!nest)
		return -EMSGSIZE;
	attr = nla_reserve_64bit(skb, FIM_EVENT_A_SEQ, sizeof(u64),
				 FIM_EVENT_A_PAD);
	if (!attr)
		return -EMSGSIZE;
	*seq = nla_data(attr);

	if (nla_put_u8(skb, FIM_EVENT_A_TYPE, event->type) ||
	    nla_put_u64_64bit(skb, FIM_EVENT_A_TIME, event->time,
			      FIM_EVENT_A_PAD) ||
	    (event->flags &&
	     nla_put_u32(skb, FIM_EVENT_A_FLAGS, event->flags)) ||
	    (event->count &&
	     nla_put_u64_64bit(skb, FIM_EVENT_A_COUNT, event->count,
			       FIM_EVENT_A_PAD)) ||
	    (event->type == FIM_EVENT_STATE &&
	     nla_put_u8(skb, FIM_EVENT_A_STATE, event->state)) ||
	    (event->policy && fill_policy(skb, event)) ||
	    (event->slot && fill_slot(skb, event->slot)) ||
	    (event->subject && fill_subject(skb, event->subject)) ||
	    (event->text && fill_text(skb, event->text)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static size_t text_size(const struct fim_text *text)
{
	return nla_total_size(text->tags_len) +
	       (text->message ? nla_total_size(strlen(text->message) + 1) : 0);
}

/* An upper bound: what is short is counted as if it were all there. */
static size_t event_size(const struct fim_event *event)
{
	size_t size = 2 * FIM_EVENT_A_MAX * nla_total_size(sizeof(u64)) +
		      nla_total_size(sizeof(u64[6])) +
		      nla_total_size(2 * TASK_COMM_LEN);

	if (event->policy)
		size += text_size(&event->policy->text) + 2 * FIM_NAME_MAX;
	if (event->rule)
		size += text_size(&event->rule->text) + event->rule->path_len;
	if (event->slot)
		size += event->slot->path_len + event->slot->target_len;
	if (event->text) {
		size += event->text->cmdline_len + sizeof(event->text->tty);
		size += event->text->exe ? strlen(event->text->exe) : 0;
		size += event->text->parent_exe ?
			strlen(event->text->parent_exe) : 0;
		size += event->text->cwd ? strlen(event->text->cwd) : 0;
	}
	return size;
}

static int emit(const struct fim_event *event)
{
	struct sk_buff *skb = nlmsg_new(event_size(event), GFP_KERNEL);
	void *seq;
	int err;

	if (!skb)
		return -ENOMEM;
	err = fill_event(skb, event, &seq);
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

	if (nr && emit(&event))
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

static void finish(struct fim_slot *slot)
{
	struct fim_subject_text *text;
	struct fim_event event = {
		.type = FIM_EVENT_VIOLATION,
		.flags = slot->flags,
		.time = slot->time,
		.count = 1,
		.policy = slot->policy,
		.rule = slot->rule,
		.slot = slot,
		.subject = &slot->subject,
	};

	if (slot->doubted)
		atomic_dec(&fim_event_doubts);
	if (!took_place(slot))
		return;
	if (slot->doubted)
		count(slot->policy, slot->action);

	text = kmalloc(sizeof(*text), GFP_KERNEL);
	if (text) {
		fim_subject_describe(slot->task, text);
		event.flags |= text->flags;
		event.text = text;
	} else {
		event.flags |= FIM_EVENT_PARTIAL;
	}

	if (emit(&event))
		lose(1);
	else
		atomic64_inc(&fim_recorded);
	kfree(text);
	tell_losses();
}

/* The last thing that touches a slot; fim_event_drain() waits for it. */
static void give_back(struct fim_slot *slot)
{
	struct fim_policy *policy = slot->policy;

	fim_policy_put(policy);
	fim_slot_give(slot);
	wake_up_all(&fim_event_wait);
}

static void finish_in_task(struct callback_head *work)
{
	struct fim_slot *slot = container_of(work, struct fim_slot, work);

	finish(slot);
	give_back(slot);
}

static void finish_deferred(struct work_struct *work)
{
	struct fim_slot *slot, *next;
	struct task_struct *task;

	llist_for_each_entry_safe(slot, next, llist_del_all(&fim_deferred),
				  node) {
		task = slot->task;
		finish(slot);
		give_back(slot);
		put_task_struct(task);
	}
	tell_losses();
}

static void defer(struct fim_slot *slot)
{
	struct task_struct *task = current;

	/* A worker's leader is the process that submitted the operation. */
	if (current->flags & PF_IO_WORKER)
		task = current->group_leader;
	get_task_struct(task);
	slot->task = task;
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

	if (current->flags & (PF_KTHREAD | PF_IO_WORKER | PF_EXITING))
		return false;
	/* The number is the same on every architecture, x32 has a bit more. */
	nr = syscall_get_nr(current, task_pt_regs(current)) & 0x3fffffff;
	return nr != __NR_io_uring_enter;
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
	struct fim_slot *slot = fim_slot_take();

	if (!doubted || !slot)
		count(verdict->match.binding->policy, verdict->action);
	if (!slot) {
		lose(1);
		irq_work_queue(&fim_event_kick);
		return;
	}
	fim_slot_fill(slot, access, verdict);
	slot->doubted = doubted;
	slot->doubt = doubted ? FIM_SLOT_DOUBTED : FIM_SLOT_CERTAIN;
	if (doubted)
		atomic_inc(&fim_event_doubts);

	init_task_work(&slot->work, finish_in_task);
	if ((current->flags & (PF_KTHREAD | PF_IO_WORKER)) ||
	    task_work_add(current, &slot->work, TWA_RESUME))
		defer(slot);
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

/* Tells who did it: current, whose netlink request is being served, or us. */
static void emit_control(struct fim_event *event)
{
	struct fim_subject_text *text = kmalloc(sizeof(*text), GFP_KERNEL);
	struct fim_subject subject;

	fim_subject_read(&subject);
	event->time = ktime_get_real_ns();
	event->flags = subject.flags;
	event->subject = &subject;
	if (text) {
		fim_subject_describe(current, text);
		event->flags |= text->flags;
		event->text = text;
	}
	if (emit(event))
		pr_warn("fim: no memory for a control record of type %d\n",
			event->type);
	kfree(text);
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
 * fim_event_state() - record that the state has changed
 * @state: the new state
 *
 * Context: process; may sleep.
 */
void fim_event_state(enum fim_state state)
{
	struct fim_event event = {
		.type = FIM_EVENT_STATE,
		.state = state,
	};

	emit_control(&event);
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
	stats->recorded = atomic64_read(&fim_recorded);
	stats->pending = fim_slots_taken();
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
	wait_event_idle(fim_event_wait, !fim_slots_taken());
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
