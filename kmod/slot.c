// SPDX-License-Identifier: GPL-2.0
/*
 * Records in the making: taken and filled inside a hook, so without a lock,
 * memory or sleep.
 */
#include <linux/bitmap.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/wait.h>

#include "fim.h"
#include "container.h"
#include "policy.h"
#include "rule.h"
#include "slot.h"

static unsigned int slots = 128;
module_param(slots, uint, 0444);
MODULE_PARM_DESC(slots, "records that can be in the making at once");

static struct fim_slot *fim_slots;
static unsigned long *fim_slots_used;

/*
 * A task may sleep in its operation, and keeps its slot meanwhile; how long is
 * up to some. So that there is always one for others, a source may have no more
 * slots than it leaves free, and a user, who can be many sources if cgroups are
 * his, no more than three in four. What it tells of another's slot may be out of
 * date.
 */
static bool may_take(const struct fim_source *source)
{
	unsigned int taken = 0, own = 0, users = 0;
	const struct fim_slot *slot;
	unsigned long i;

	for_each_set_bit(i, fim_slots_used, slots) {
		slot = &fim_slots[i];
		taken++;
		if (READ_ONCE(slot->source.uid) != source->uid)
			continue;
		users++;
		own += READ_ONCE(slot->source.cgroup) == source->cgroup;
	}
	return own < slots - taken &&
	       (!source->uid || users < slots - slots / 4);
}

/**
 * fim_slot_take() - take a free slot for the current task
 *
 * Context: any.
 * Return: the slot, or NULL if all are taken, or too many by its like.
 */
struct fim_slot *fim_slot_take(void)
{
	unsigned long i = raw_smp_processor_id() * 8 % slots;
	struct fim_source source;
	struct fim_slot *slot;
	unsigned int tries;

	fim_source_read(&source);
	if (!may_take(&source))
		return NULL;
	for (tries = 0; tries < slots; tries++, i = (i + 1) % slots)
		if (!test_bit(i, fim_slots_used) &&
		    !test_and_set_bit(i, fim_slots_used))
			break;
	if (tries == slots)
		return NULL;
	slot = &fim_slots[i];
	WRITE_ONCE(slot->source.cgroup, source.cgroup);
	WRITE_ONCE(slot->source.uid, source.uid);
	slot->policy = NULL;
	slot->recheck = FIM_RECHECK_NONE;
	slot->doubted = false;
	slot->joinable = false;
	slot->doubt = FIM_SLOT_CERTAIN;
	WRITE_ONCE(slot->task, current);
	return slot;
}

/**
 * fim_slot_put_rule() - let go of the rule that a filled slot is about
 * @slot: the slot, or a copy of it
 *
 * Context: process; may sleep.
 */
void fim_slot_put_rule(struct fim_slot *slot)
{
	fim_container_put(slot->container);
	fim_policy_put(slot->policy);
}

/**
 * fim_slot_give() - give a slot back
 * @slot: the slot, which the caller must not touch any more
 */
void fim_slot_give(struct fim_slot *slot)
{
	WRITE_ONCE(slot->task, NULL);
	clear_bit_unlock(slot - fim_slots, fim_slots_used);
}

/**
 * fim_slots_taken() - how many records are in the making
 *
 * Return: their number.
 */
unsigned int fim_slots_taken(void)
{
	unsigned int taken = bitmap_weight(fim_slots_used, slots);

	/* Who has given one back has counted before what the caller reads next. */
	smp_rmb();
	return taken;
}

/**
 * fim_slot_find_doubted() - find the current task's record that is in doubt
 *
 * Return: the slot, or NULL. It stays the task's until it returns to user
 * space.
 */
struct fim_slot *fim_slot_find_doubted(void)
{
	unsigned long i;

	/* Another task's slot may come and go meanwhile, but is never ours. */
	for_each_set_bit(i, fim_slots_used, slots)
		if (READ_ONCE(fim_slots[i].task) == current &&
		    fim_slots[i].doubt == FIM_SLOT_DOUBTED)
			return &fim_slots[i];
	return NULL;
}

static bool is_about(const struct fim_slot *slot,
		     const struct fim_verdict *verdict)
{
	const struct super_block *sb = verdict->match.object->d_sb;
	const struct inode *inode = READ_ONCE(verdict->match.object->d_inode);

	return inode && slot->ino == inode->i_ino &&
	       slot->dev == (MAJOR(sb->s_dev) << MINORBITS |
			     MINOR(sb->s_dev)) &&
	       slot->action == verdict->action &&
	       slot->rule == verdict->match.binding->rule &&
	       slot->container == verdict->match.binding->container &&
	       !slot->target_len;
}

/**
 * fim_slot_has() - whether what is decided has a record of the current task's
 *	call already
 * @verdict: what was decided, about an object
 *
 * Context: inside the hook, under RCU.
 * Return: whether it has, of whatever operation.
 */
bool fim_slot_has(const struct fim_verdict *verdict)
{
	unsigned long i;

	/* A slot for who does not return to user space is a worker's. */
	if (current->flags & FIM_NEVER_RETURNS)
		return false;
	for_each_set_bit(i, fim_slots_used, slots)
		if (READ_ONCE(fim_slots[i].task) == current &&
		    fim_slots[i].policy && is_about(&fim_slots[i], verdict))
			return true;
	return false;
}

/**
 * fim_slot_join() - count an operation in the current task's record of the same
 * @access: the operation; not an uncertain one
 * @verdict: what was decided about it
 *
 * One system call may do the same to one object again and again, as
 * splice() does. That is one record, which is not finished before the call is
 * over.
 *
 * Context: inside the hook, under RCU.
 * Return: whether there is such a record.
 */
bool fim_slot_join(const struct fim_access *access,
		   const struct fim_verdict *verdict)
{
	struct fim_slot *slot;
	unsigned long i;

	if (!verdict->match.object || verdict->rest.object || access->text)
		return false;
	for_each_set_bit(i, fim_slots_used, slots) {
		slot = &fim_slots[i];
		/* Pairs with defer(): a worker's slot for us is not joinable. */
		if (smp_load_acquire(&slot->task) != current ||
		    !slot->joinable || slot->op != access->op ||
		    !is_about(slot, verdict))
			continue;
		slot->count++;
		slot->last_time = ktime_get_real_ns();
		return true;
	}
	return false;
}

/*
 * Puts the name of a dentry in front of what is at @at. The name may be
 * replaced meanwhile, which frees it by RCU and never leaves it without a NUL
 * before its end; its length may be another name's.
 */
static char *prepend_name(const struct dentry *dentry, const char *buf,
			  char *at)
{
	/* Pairs with what publishes a new name: its bytes are there. */
	const char *name = smp_load_acquire(&dentry->d_name.name);
	size_t len = strnlen(name, READ_ONCE(dentry->d_name.len));

	if (at - buf < len + 1)
		return NULL;
	at -= len;
	memcpy(at, name, len);
	*--at = '/';
	return at;
}

/*
 * Writes the names from below @top down to @dentry, or from the root of the
 * filesystem if @top is NULL, each behind a "/". Returns the length, which
 * is that of the last names if there is no room for all.
 */
static size_t names_below(const struct dentry *dentry,
			  const struct dentry *top, char *buf, size_t size,
			  u32 *flags)
{
	char *end = buf + size, *at = end, *next;
	const struct dentry *parent;

	while (dentry != top) {
		parent = READ_ONCE(dentry->d_parent);
		if (parent == dentry)
			break;
		next = prepend_name(dentry, buf, at);
		if (!next) {
			*flags |= FIM_EVENT_CUT;
			break;
		}
		at = next;
		dentry = parent;
	}
	memmove(buf, at, end - at);
	return end - at;
}

/* The path of one side of an operation, as the rule names it if there is one. */
static size_t path_of(const struct fim_match *match, char *buf, u32 *flags)
{
	size_t len = 0;

	if (!match->object)
		return 0;
	if (match->guard)
		return strscpy(buf, match->guard, PATH_MAX);
	/* Opened by handle: it has no path yet, only an inode number. */
	if (match->binding && !match->mark)
		return 0;
	if (match->binding) {
		len = fim_rule_path_len(match->binding->rule);
		memcpy(buf, match->binding->rule->path, len);
	}
	len += names_below(match->object, match->mark, buf + len,
			   PATH_MAX - len, flags);
	if (!len)
		buf[len++] = '/';
	return len;
}

/**
 * fim_slot_fill() - write down an operation
 * @slot: where to
 * @access: the operation
 * @verdict: what was decided about it; not FIM_ACTION_UNSET
 *
 * Context: inside the hook, under RCU.
 */
void fim_slot_fill(struct fim_slot *slot, const struct fim_access *access,
		   const struct fim_verdict *verdict)
{
	const struct fim_match *match = &verdict->match;
	const struct inode *inode = NULL;
	dev_t dev = 0;

	if (match->object) {
		inode = READ_ONCE(match->object->d_inode);
		dev = match->object->d_sb->s_dev;
	}
	slot->time = ktime_get_real_ns();
	slot->count = 1;
	slot->op = access->op;
	slot->action = verdict->action;
	slot->flags = match->guard && match->mark ? FIM_EVENT_GUARD : 0;
	slot->rule = match->binding->rule;
	slot->policy = match->binding->policy;
	slot->container = match->binding->container;
	/* The ruleset that we are in holds them. */
	refcount_inc(&slot->policy->ref);
	if (slot->container)
		refcount_inc(&slot->container->ref);
	/* The dentry is held, and with it its inode. */
	slot->ino = inode ? inode->i_ino : 0;
	slot->dev = MAJOR(dev) << MINORBITS | MINOR(dev);

	if (fim_is_load(access->op))
		slot->path_len = path_of(&(struct fim_match){
			.object = match->object,
		}, slot->path, &slot->flags);
	else
		slot->path_len = path_of(match, slot->path, &slot->flags);
	slot->target_len = 0;
	if (verdict->rest.object) {
		slot->target_len = path_of(&verdict->rest, slot->target,
					   &slot->flags);
	} else if (access->text) {
		slot->target_len = strnlen(access->text, PATH_MAX);
		memcpy(slot->target, access->text, slot->target_len);
	}

	fim_subject_read(&slot->subject);
	slot->flags |= slot->subject.flags;
}

/**
 * fim_slots_init() - make the slots
 *
 * Return: 0 or -ENOMEM, or -EINVAL for a parameter out of range.
 */
int fim_slots_init(void)
{
	if (slots < 2 || slots > 65536)
		return -EINVAL;
	fim_slots = kvcalloc(slots, sizeof(*fim_slots), GFP_KERNEL);
	fim_slots_used = bitmap_zalloc(slots, GFP_KERNEL);
	if (!fim_slots || !fim_slots_used) {
		fim_slots_exit();
		return -ENOMEM;
	}
	return 0;
}

/**
 * fim_slots_exit() - free the slots, of which none is taken
 */
void fim_slots_exit(void)
{
	bitmap_free(fim_slots_used);
	kvfree(fim_slots);
}
