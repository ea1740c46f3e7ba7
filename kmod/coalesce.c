// SPDX-License-Identifier: GPL-2.0
/*
 * Violations that are the same, for a short time: one record counts them.
 *
 * The first one has a record at once, which opens an entry here. Until that
 * closes, others of the same identity are only counted in it, whoever's they
 * are; then one record tells how many they were. Of a source that has more
 * than its budget all are counted together, by policy, operation and action.
 *
 * All of this happens in process context, when an operation is over and its
 * slot is being finished: hooks know nothing of it. What is the same is
 * compared byte by byte, so no operation is ever counted as another's.
 */
#include <linux/hashtable.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/siphash.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "account.h"
#include "coalesce.h"
#include "container.h"
#include "event.h"
#include "policy.h"
#include "record.h"
#include "slot.h"
#include "subject.h"

static unsigned int coalesce_ms = 1000;
module_param(coalesce_ms, uint, 0444);
MODULE_PARM_DESC(coalesce_ms, "time in which same violations are one record, 0 for none");

static unsigned int coalesce_kib = 1024;
module_param(coalesce_kib, uint, 0444);
MODULE_PARM_DESC(coalesce_kib, "memory for what is coalesced, in KiB");

/**
 * struct entry - violations that are the same; under fim_coalesce_lock, until
 *	it is closed
 * @node: in fim_entries
 * @age: in fim_by_age
 * @id: what is the same
 * @policy: whose rule decided, a reference; it keeps the rule
 * @container: for which it is bound, a reference; or NULL
 * @opened: when, in jiffies
 * @nr: how many were opened up to it
 * @count: operations that are not told yet
 * @first: when the first of them was decided, nanoseconds since 1970
 * @last: when the last was
 * @flags: enum fim_event_flags
 * @tgid: whose process the record names
 * @size: what it takes
 * @path_len: length of the path at the begin of @data
 * @target_len: length of the other name behind it
 * @body_len: length of the record's body behind that
 * @data: all three
 */
struct entry {
	struct hlist_node node;
	struct list_head age;
	struct fim_identity id;
	struct fim_policy *policy;
	struct fim_container *container;
	unsigned long opened;
	u64 nr;
	u64 count;
	u64 first;
	u64 last;
	u32 flags;
	u32 tgid;
	size_t size;
	unsigned int path_len;
	unsigned int target_len;
	unsigned int body_len;
	u8 data[];
};

static DEFINE_SPINLOCK(fim_coalesce_lock);
/* All of these are under it. */
static DEFINE_HASHTABLE(fim_entries, 10);
static LIST_HEAD(fim_by_age);	/* oldest first: the first to close */
static size_t fim_entries_size;
static u64 fim_opened;		/* entries, ever */

/* Names are chosen by who may want them to collide. */
static siphash_key_t fim_coalesce_key;

static void close_old(struct work_struct *work);
static DECLARE_DELAYED_WORK(fim_coalesce_work, close_old);

/*
 * How long an entry is open, in jiffies. If nothing is to be coalesced, there are
 * those only whose source has used up its budget.
 */
static unsigned long window(void)
{
	return msecs_to_jiffies(coalesce_ms ?: 1000);
}

/* Of another task it can't be read without waiting. */
static u64 hash_executed(const struct task_struct *task)
{
	char path[256];
	unsigned int len;

	if (task != current)
		return 0;
	len = fim_subject_executed(path, sizeof(path));
	return len ? siphash(path, len, &fim_coalesce_key) : 0;
}

/**
 * fim_identity_read() - find out what a violation has in common with others
 * @id: where to put it
 * @slot: the violation
 *
 * Context: process; may sleep, but waits for nobody.
 */
void fim_identity_read(struct fim_identity *id, const struct fim_slot *slot)
{
	const struct fim_subject *subject = &slot->subject;

	/* Compared as bytes, holes too. */
	memset(id, 0, sizeof(*id));
	id->policy = slot->policy;
	id->rule = slot->rule;
	id->container = slot->container;
	id->source = slot->source;
	id->ino = slot->ino;
	id->dev = slot->dev;
	id->flags = slot->flags;
	id->euid = subject->euid;
	id->fsuid = subject->fsuid;
	id->loginuid = subject->loginuid;
	id->sessionid = subject->sessionid;
	id->mnt_ns = subject->mnt_ns;
	id->op = slot->op;
	id->action = slot->action;
	fim_subject_executable(slot->task, &id->exe_ino, &id->exe_dev,
			       &id->exe_generation);
	id->executed = hash_executed(slot->task);
	/* An address to compare; who holds the task holds what has it. */
	id->tty = READ_ONCE(slot->task->signal->tty);
	memcpy(id->comm, subject->comm, sizeof(id->comm));
}

/* Forgets all that a source can make differ as it likes. */
static void widen(struct fim_identity *id)
{
	const struct fim_identity narrow = *id;

	memset(id, 0, sizeof(*id));
	id->policy = narrow.policy;
	id->container = narrow.container;
	id->source = narrow.source;
	id->op = narrow.op;
	id->action = narrow.action;
	id->wide = true;
}

static unsigned int path_len(const struct fim_identity *id,
			     const struct fim_slot *slot)
{
	return id->wide ? 0 : slot->path_len;
}

static unsigned int target_len(const struct fim_identity *id,
			       const struct fim_slot *slot)
{
	return id->wide ? 0 : slot->target_len;
}

static u64 hash_of(const struct fim_identity *id, const struct fim_slot *slot)
{
	u64 hash = siphash(id, sizeof(*id), &fim_coalesce_key);

	if (id->wide)
		return hash;
	return hash ^ siphash(slot->path, slot->path_len, &fim_coalesce_key);
}

static bool is_same(const struct entry *entry, const struct fim_identity *id,
		    const struct fim_slot *slot)
{
	return !memcmp(&entry->id, id, sizeof(*id)) &&
	       entry->path_len == path_len(id, slot) &&
	       entry->target_len == target_len(id, slot) &&
	       !memcmp(entry->data, slot->path, entry->path_len) &&
	       !memcmp(entry->data + entry->path_len, slot->target,
		       entry->target_len);
}

static struct entry *find(const struct fim_identity *id,
			  const struct fim_slot *slot, u64 hash)
{
	struct entry *entry;

	lockdep_assert_held(&fim_coalesce_lock);

	hash_for_each_possible(fim_entries, entry, node, hash)
		if (is_same(entry, id, slot))
			return entry;
	return NULL;
}

static void add(struct entry *entry, const struct fim_slot *slot)
{
	u64 last = slot->count > 1 ? slot->last_time : slot->time;

	lockdep_assert_held(&fim_coalesce_lock);

	if (!entry->count || slot->time < entry->first)
		entry->first = slot->time;
	entry->last = max(entry->last, last);
	entry->count += slot->count;
	if (slot->subject.tgid != entry->tgid)
		entry->flags |= FIM_EVENT_TASKS;
	fim_account_wait(slot->count, entry->id.wide);
}

static bool count_if_open(const struct fim_identity *id,
			  const struct fim_slot *slot)
{
	u64 hash = hash_of(id, slot);
	struct entry *entry;

	spin_lock(&fim_coalesce_lock);
	entry = find(id, slot, hash);
	if (entry)
		add(entry, slot);
	spin_unlock(&fim_coalesce_lock);
	return entry;
}

/**
 * fim_coalesce_count() - count a violation with others that are the same
 * @id: what is the same; made wide if its source has used up its budget
 * @slot: the violation
 *
 * Context: process.
 * Return: whether it is done with; if not, a record is due, and then
 * fim_coalesce_open().
 */
bool fim_coalesce_count(struct fim_identity *id, const struct fim_slot *slot)
{
	if (count_if_open(id, slot))
		return true;
	if (fim_budget_spend(&id->source))
		return false;
	widen(id);
	return count_if_open(id, slot);
}

static struct entry *alloc_entry(const struct fim_identity *id,
				 const struct fim_slot *slot,
				 const struct sk_buff *body, u32 flags)
{
	unsigned int paths = path_len(id, slot) + target_len(id, slot);
	struct entry *entry;
	size_t size = struct_size(entry, data, paths + body->len);

	entry = kmalloc(size, FIM_GFP_QUIET);
	if (!entry)
		return NULL;
	entry->id = *id;
	entry->opened = jiffies;
	entry->count = 0;
	entry->first = 0;
	entry->last = 0;
	entry->flags = flags;
	entry->tgid = slot->subject.tgid;
	entry->size = size;
	entry->path_len = path_len(id, slot);
	entry->target_len = target_len(id, slot);
	entry->body_len = body->len;
	memcpy(entry->data, slot->path, entry->path_len);
	memcpy(entry->data + entry->path_len, slot->target, entry->target_len);
	memcpy(entry->data + paths, body->data, body->len);
	entry->policy = slot->policy;
	refcount_inc(&entry->policy->ref);
	entry->container = slot->container;
	if (entry->container)
		refcount_inc(&entry->container->ref);
	return entry;
}

static void free_entry(struct entry *entry)
{
	fim_container_put(entry->container);
	fim_policy_put(entry->policy);
	kfree(entry);
}

/* A quarter is for those that would be lost otherwise. */
static bool has_room(const struct entry *entry)
{
	size_t all = (size_t)coalesce_kib * 1024;

	lockdep_assert_held(&fim_coalesce_lock);

	return fim_entries_size + entry->size <=
	       (entry->id.wide ? all : all - all / 4);
}

static void insert(struct entry *entry, u64 hash)
{
	lockdep_assert_held(&fim_coalesce_lock);

	if (list_empty(&fim_by_age))
		schedule_delayed_work(&fim_coalesce_work, window());
	entry->nr = ++fim_opened;
	hash_add(fim_entries, &entry->node, hash);
	list_add_tail(&entry->age, &fim_by_age);
	fim_entries_size += entry->size;
}

/**
 * fim_coalesce_open() - count what is the same as a violation from now on
 * @id: from fim_coalesce_count(), which found nothing to count it in
 * @slot: the violation
 * @body: its record's
 * @flags: enum fim_event_flags, of its record
 *
 * Context: process; may sleep.
 * Return: whether the violation itself is done with. It is if @id is wide and
 * there was room; else it needs a record of its own.
 */
bool fim_coalesce_open(const struct fim_identity *id,
		       const struct fim_slot *slot, const struct sk_buff *body,
		       u32 flags)
{
	u64 hash = hash_of(id, slot);
	struct entry *entry, *other;
	bool counted = false;

	if (!coalesce_ms && !id->wide)
		return false;
	entry = alloc_entry(id, slot, body, flags);
	if (!entry)
		return false;

	spin_lock(&fim_coalesce_lock);
	/* Another task may have been as far as we are. */
	other = find(id, slot, hash);
	if (!other && has_room(entry)) {
		insert(entry, hash);
		other = entry;
		entry = NULL;
	}
	if (other && id->wide) {
		add(other, slot);
		counted = true;
	}
	spin_unlock(&fim_coalesce_lock);
	if (entry)
		free_entry(entry);
	return counted;
}

static void tell(struct entry *entry)
{
	const struct fim_event event = {
		.type = FIM_EVENT_VIOLATION,
		.source = entry->id.source,
		.flags = entry->flags | (entry->id.wide ? FIM_EVENT_VARIOUS : 0),
		.time = entry->first,
		.count = entry->count,
		.last_time = entry->count > 1 ? entry->last : 0,
	};
	const void *body = entry->data + entry->path_len + entry->target_len;
	int err;

	if (!entry->count)
		return;
	err = fim_event_emit_body(&event, body, entry->body_len);
	fim_account_settle(entry->policy, entry->id.op, entry->count, !err);
}

/* The oldest, if it is to be closed or not newer than @newest, else NULL. */
static struct entry *take_oldest(u64 newest)
{
	struct entry *entry;
	unsigned long closes;

	spin_lock(&fim_coalesce_lock);
	entry = list_first_entry_or_null(&fim_by_age, struct entry, age);
	if (!entry)
		goto out;
	closes = entry->opened + window();
	if (entry->nr > newest && time_before(jiffies, closes)) {
		mod_delayed_work(system_wq, &fim_coalesce_work,
				 closes - jiffies);
		entry = NULL;
		goto out;
	}
	hash_del(&entry->node);
	list_del(&entry->age);
	fim_entries_size -= entry->size;
out:
	spin_unlock(&fim_coalesce_lock);
	return entry;
}

static void close_entries(u64 newest)
{
	struct entry *entry;

	while ((entry = take_oldest(newest))) {
		tell(entry);
		free_entry(entry);
	}
	fim_event_tell_losses();
}

static void close_old(struct work_struct *work)
{
	close_entries(0);
}

/**
 * fim_coalesce_flush() - tell what was counted until now
 *
 * Context: process; may sleep.
 */
void fim_coalesce_flush(void)
{
	u64 newest;

	/* What is opened meanwhile waits its time, or this might never end. */
	spin_lock(&fim_coalesce_lock);
	newest = fim_opened;
	spin_unlock(&fim_coalesce_lock);
	close_entries(newest);
}

/**
 * fim_coalesce_init() - get ready to count
 *
 * Return: 0, or -EINVAL for a parameter out of range.
 */
int fim_coalesce_init(void)
{
	if (coalesce_ms > 60000 || coalesce_kib < 64 || coalesce_kib > 1 << 20)
		return -EINVAL;
	get_random_bytes(&fim_coalesce_key, sizeof(fim_coalesce_key));
	return 0;
}

/**
 * fim_coalesce_exit() - tell what was counted, when nothing more can come
 */
void fim_coalesce_exit(void)
{
	fim_coalesce_flush();
	cancel_delayed_work_sync(&fim_coalesce_work);
}
