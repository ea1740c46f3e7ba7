// SPDX-License-Identifier: GPL-2.0
/*
 * Files that were open for writing before a rule came to protect them: a
 * descriptor that somebody holds, has sent and not received, or has registered
 * with io_uring, a mapping, a loop device.
 *
 * An open for writing counts itself in i_writecount before its hook is asked,
 * so what is counted once a ruleset is in force and no hook sees the one before
 * is all that there is. What is found is marked, and hooks on writing and
 * mapping are attached for as long as there is any.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "append.h"
#include "event.h"
#include "fim_fs.h"
#include "object.h"
#include "policy.h"
#include "rule.h"
#include "slot.h"
#include "tree.h"
#include "writer.h"

LIST_HEAD(fim_writers);

/**
 * fim_writers_exist() - whether there is a file to guard
 *
 * Return: true if a hook on writing is needed.
 */
bool fim_writers_exist(void)
{
	struct fim_writer *writer;

	lockdep_assert_held(&fim_policy_lock);

	list_for_each_entry(writer, &fim_writers, node)
		if (!writer->canary)
			return true;
	return false;
}

static bool is_known(const struct inode *inode)
{
	struct fim_object *object = fim_object_find(inode);
	bool known = object && object->writer;

	fim_object_put(object);
	return known;
}

/* Takes over the reference to the object. */
static struct fim_writer *add(struct fim_object *object)
{
	struct fim_writer *writer = kzalloc(sizeof(*writer), GFP_KERNEL);

	if (writer) {
		writer->object = object;
		object->writer = true;
		list_add_tail(&writer->node, &fim_writers);
	}
	return writer;
}

/**
 * fim_writers_add_canary() - have the self-test's file treated as one
 * @object: its inode; the reference is taken over if 0 is returned
 *
 * Return: 0 or -ENOMEM.
 */
int fim_writers_add_canary(struct fim_object *object)
{
	struct fim_writer *writer;

	lockdep_assert_held(&fim_policy_lock);

	writer = add(object);
	if (!writer)
		return -ENOMEM;
	writer->canary = true;
	return 0;
}

/**
 * struct use - how a file can be written to
 * @writers: how often it is open for writing
 * @mapped: a mapping of it is shared and can be written to
 */
struct use {
	int writers;
	bool mapped;
};

/*
 * How many of a file's names are looked at. A lock is held meanwhile, so that who
 * gives a file very many must not have them all looked at.
 */
#define NAMES_MAX	64

/*
 * Whether a rule protects the file by any of the names that are in memory, or
 * may by one of very many; if there is a slot, it is filled accordingly, and not
 * at all in the latter case. What may be appended to is open for writing all day,
 * and each write to it is looked at anyway.
 */
static bool is_protected(const struct fim_ruleset *rs, struct inode *inode,
			 const struct use *use, struct fim_slot *slot)
{
	struct fim_access access = { .op = FIM_OP_WRITE };
	struct fim_verdict verdict;
	struct dentry *dentry;
	unsigned int names = 0;
	bool hit = false;

	spin_lock(&inode->i_lock);
	rcu_read_lock();
	for_each_alias(dentry, inode) {
		hit = ++names > NAMES_MAX;
		if (hit)
			break;
		access.dentry = dentry;
		fim_decide(rs, &access, NULL, &verdict);
		hit = verdict.action > FIM_ACTION_ALLOW &&
		      (use->mapped || !fim_append_matches(&verdict.match));
		if (hit && slot)
			fim_slot_fill(slot, &access, &verdict);
		if (hit)
			break;
	}
	rcu_read_unlock();
	spin_unlock(&inode->i_lock);
	return hit;
}

static void add_use(struct use *use, const struct inode *inode)
{
	use->writers = max(use->writers, atomic_read(&inode->i_writecount));
	use->mapped |= mapping_writably_mapped(inode->i_mapping);
}

static bool is_stacked(const struct super_block *sb)
{
	return sb->s_root && sb->s_root->d_flags & DCACHE_OP_REAL;
}

/* The inode of a layer below, which the overlay's own dentry holds */
static noinline __noclone struct inode *inode_below(struct dentry *dentry)
{
	return d_real_inode(dentry);
}

/*
 * What opens or maps a file of an overlay opens the one below as well, and a
 * mapping keeps only that.
 */
static void get_use(struct inode *inode, struct use *use)
{
	struct dentry *dentry;

	*use = (struct use){};
	add_use(use, inode);
	if (!is_stacked(inode->i_sb))
		return;
	dentry = d_find_alias(inode);
	if (!dentry)
		return;
	add_use(use, inode_below(dentry));
	dput(dentry);
}

/*
 * What has no name any more, and can't be given one, is in no tree. On a frozen
 * filesystem nothing is given a name, and it stays frozen as long as the caller
 * holds s_umount.
 */
static bool is_nameless(struct inode *inode)
{
	return !inode->i_nlink &&
	       (!fim_inode_is_linkable(inode) ||
		inode->i_sb->s_writers.frozen == SB_FREEZE_COMPLETE);
}

/* Returns enum fim_writers_found. */
static unsigned int look_at(const struct fim_ruleset *rs, struct inode *inode)
{
	unsigned int found = FIM_WRITERS_NONE;
	struct fim_object *object;
	struct use use;

	if (!S_ISREG(inode->i_mode) || is_known(inode))
		return found;
	if (is_nameless(inode))
		return found;
	get_use(inode, &use);
	if (!use.writers)
		return found;

	if (!is_protected(rs, inode, &use, NULL))
		return found;
	object = fim_object_get(inode);
	found = object && add(object) ? FIM_WRITERS_ADDED : FIM_WRITERS_MISSED;
	if (found == FIM_WRITERS_MISSED) {
		pr_warn("fim: no memory to guard inode %lu, which is open for writing\n",
			(unsigned long)inode->i_ino);
		fim_object_put(object);
	}
	return found;
}

/*
 * Goes through the inodes of a filesystem that are in memory, as those that are
 * open are. The one that is looked at is held, so that it keeps its place.
 */
static unsigned int find_on_sb(const struct fim_ruleset *rs,
			       struct super_block *sb)
{
	struct inode *inode, *held = NULL;
	bool stacked = is_stacked(sb);
	unsigned int any = FIM_WRITERS_NONE;

	spin_lock(&sb->s_inode_list_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list) {
		if (!inode_is_open_for_write(inode) && !stacked &&
		    !need_resched())
			continue;
		/* To be the last to let go of one would take a thawed filesystem. */
		if (is_nameless(inode) || !igrab(inode))
			continue;
		spin_unlock(&sb->s_inode_list_lock);
		any |= look_at(rs, inode);
		iput(held);
		held = inode;
		cond_resched();
		spin_lock(&sb->s_inode_list_lock);
	}
	spin_unlock(&sb->s_inode_list_lock);
	iput(held);
	return any;
}

/**
 * fim_writers_find() - find files that are open for writing
 * @rs: the ruleset in force
 *
 * Context: process, under fim_policy_lock; may sleep.
 * Return: enum fim_writers_found.
 */
unsigned int fim_writers_find(const struct fim_ruleset *rs)
{
	const struct fim_route *route;
	unsigned int i, any = FIM_WRITERS_NONE;
	struct super_block *sb;

	lockdep_assert_held(&fim_policy_lock);

	for (i = 0; i < rs->nr_sbs; i++) {
		route = &rs->sbs[i].binding->route;
		sb = fim_object_lock_sb(route->steps[route->nr - 1].object);
		if (IS_ERR(sb))
			any |= FIM_WRITERS_MISSED;
		if (IS_ERR_OR_NULL(sb))
			continue;
		any |= find_on_sb(rs, sb);
		fim_object_unlock_sb(sb);
	}
	return any;
}

/* Returns false if it can't be told yet. */
static bool tell(const struct fim_ruleset *rs, const struct fim_writer *writer)
{
	struct super_block *sb = fim_object_lock_sb(writer->object);
	struct inode *inode = writer->object->inode;
	struct fim_slot *slot;
	bool told = false;
	struct use use;

	if (IS_ERR_OR_NULL(sb))
		return !sb;
	slot = kzalloc(sizeof(*slot), FIM_GFP_QUIET);
	if (!slot)
		goto out;
	told = true;
	get_use(inode, &use);
	if (use.writers && is_protected(rs, inode, &use, slot) &&
	    slot->policy) {
		told = !fim_event_writer(slot, use.writers, use.mapped);
		fim_slot_put_rule(slot);
	}
	kfree(slot);
out:
	fim_object_unlock_sb(sb);
	return told;
}

/*
 * How many files are told of at once. Who has very many open must not have them
 * push out all else that the module records.
 */
#define TELL_MAX	256

/**
 * fim_writers_tell() - record the files that were found
 * @rs: the ruleset in force
 * @settling: only those that were known the last time already. Who opens one has
 *	it open for writing for a moment before his hook is asked; he has been
 *	answered by the next time.
 *
 * Context: process, under fim_policy_lock; may sleep.
 * Return: true if some are left to be told of.
 */
bool fim_writers_tell(const struct fim_ruleset *rs, bool settling)
{
	unsigned int room = TELL_MAX;
	struct fim_writer *writer;
	bool left = false;

	lockdep_assert_held(&fim_policy_lock);

	list_for_each_entry(writer, &fim_writers, node) {
		if (writer->canary || writer->told)
			continue;
		if (room && (!settling || writer->seen)) {
			writer->told = tell(rs, writer);
			room--;
		}
		writer->seen = true;
		left |= !writer->told;
	}
	return left;
}

static bool may_leave(const struct fim_ruleset *rs,
		      const struct fim_writer *writer)
{
	struct inode *inode = writer->object->inode;
	struct super_block *sb;
	struct use use;
	bool leave;

	if (writer->canary)
		return false;
	sb = fim_object_lock_sb(writer->object);
	if (IS_ERR_OR_NULL(sb))
		return !sb;
	get_use(inode, &use);
	leave = !use.writers || !is_protected(rs, inode, &use, NULL);
	fim_object_unlock_sb(sb);
	return leave;
}

/**
 * fim_writers_leave() - take out what needs no guarding any more
 * @rs: the ruleset in force
 * @leaving: where to; to be freed with fim_writers_free() when no ruleset that
 *	knows them is in force
 */
void fim_writers_leave(const struct fim_ruleset *rs, struct list_head *leaving)
{
	struct fim_writer *writer, *next;

	lockdep_assert_held(&fim_policy_lock);

	list_for_each_entry_safe(writer, next, &fim_writers, node)
		if (may_leave(rs, writer)) {
			writer->object->writer = false;
			list_move(&writer->node, leaving);
		}
}

/**
 * fim_writers_return() - take back what could not be let go of
 * @leaving: what fim_writers_leave() took out
 */
void fim_writers_return(struct list_head *leaving)
{
	struct fim_writer *writer;

	lockdep_assert_held(&fim_policy_lock);

	list_for_each_entry(writer, leaving, node)
		writer->object->writer = true;
	list_splice_init(leaving, &fim_writers);
}

/**
 * fim_writers_free() - free what was taken out
 * @leaving: the list
 *
 * Context: process; may sleep.
 */
void fim_writers_free(struct list_head *leaving)
{
	struct fim_writer *writer, *next;

	list_for_each_entry_safe(writer, next, leaving, node) {
		fim_object_put(writer->object);
		kfree(writer);
	}
	INIT_LIST_HEAD(leaving);
}
