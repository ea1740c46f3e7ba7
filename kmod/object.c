// SPDX-License-Identifier: GPL-2.0
/*
 * Inodes that are held in memory, so that their address keeps meaning them,
 * and given back when their filesystem goes.
 *
 * The reference is an inode's, not a mount's: it never keeps a filesystem from
 * being unmounted. It has to be dropped before the filesystem frees its inodes,
 * though. Two sides do that, the last holder and the filesystem's end, and
 * whoever moves the state away from HELD is the one to call iput(). The
 * filesystem's end also waits for an iput() that a holder has under way.
 */
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/hashtable.h>
#include <linux/magic.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "object.h"

DECLARE_BITMAP(fim_sb_filter, FIM_SB_FILTER_BITS);

static DEFINE_SPINLOCK(fim_objects_lock);
static DEFINE_HASHTABLE(fim_objects, 10);
static unsigned int fim_nr_objects;
static DECLARE_WAIT_QUEUE_HEAD(fim_objects_wait);

/* An object whose last holder has left is passed over: it is about to go. */
static struct fim_object *get_held(const struct inode *inode)
{
	struct fim_object *object;

	lockdep_assert_held(&fim_objects_lock);

	hash_for_each_possible(fim_objects, object, node, (unsigned long)inode)
		if (object->inode == inode &&
		    object->state == FIM_OBJECT_HELD &&
		    refcount_inc_not_zero(&object->ref))
			return object;
	return NULL;
}

/**
 * fim_object_get() - hold an inode
 * @inode: the inode; the caller holds a path to it, so that its filesystem
 *	stays mounted meanwhile
 *
 * From here on until fim_sb_filter_trim() finds it unneeded, the filesystem's
 * bit is set in fim_sb_filter, so that its end is noticed.
 *
 * Return: the object with a reference for the caller, or NULL without memory.
 */
struct fim_object *fim_object_get(struct inode *inode)
{
	struct fim_object *object, *fresh;

	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return NULL;

	spin_lock(&fim_objects_lock);
	object = get_held(inode);
	if (object) {
		spin_unlock(&fim_objects_lock);
		kfree(fresh);
		return object;
	}
	ihold(inode);
	fresh->inode = inode;
	fresh->sb = inode->i_sb;
	if (fresh->sb->s_bdev) {
		fresh->device = fresh->sb->s_bdev->bd_dev;
		fresh->disk = disk_devt(fresh->sb->s_bdev->bd_disk);
	}
	fresh->btrfs = fresh->sb->s_magic == BTRFS_SUPER_MAGIC;
	refcount_set(&fresh->ref, 1);
	fresh->state = FIM_OBJECT_HELD;
	hash_add(fim_objects, &fresh->node, (unsigned long)inode);
	fim_nr_objects++;
	set_bit(fim_sb_hash(inode->i_sb), fim_sb_filter);
	spin_unlock(&fim_objects_lock);
	return fresh;
}

/**
 * fim_object_find() - the object of an inode, if that is held
 * @inode: the inode
 *
 * Return: the object with a reference for the caller, or NULL.
 */
struct fim_object *fim_object_find(const struct inode *inode)
{
	struct fim_object *object;

	spin_lock(&fim_objects_lock);
	object = get_held(inode);
	spin_unlock(&fim_objects_lock);
	return object;
}

/* Drops the inode of an object whose state the caller has set to LEAVING. */
static void drop_inode(struct fim_object *object)
{
	iput(object->inode);

	spin_lock(&fim_objects_lock);
	hash_del(&object->node);
	fim_nr_objects--;
	WRITE_ONCE(object->state, FIM_OBJECT_GONE);
	spin_unlock(&fim_objects_lock);
	wake_up_all(&fim_objects_wait);
}

/**
 * fim_object_put() - drop a reference to an object
 * @object: the object, or NULL
 *
 * Context: process; may sleep.
 */
void fim_object_put(struct fim_object *object)
{
	bool leave;

	if (!object || !refcount_dec_and_test(&object->ref))
		return;

	spin_lock(&fim_objects_lock);
	leave = object->state == FIM_OBJECT_HELD;
	if (leave)
		WRITE_ONCE(object->state, FIM_OBJECT_LEAVING);
	spin_unlock(&fim_objects_lock);

	if (leave)
		drop_inode(object);
	else	/* the filesystem's end has it, and looks at it until then */
		wait_event(fim_objects_wait,
			   READ_ONCE(object->state) == FIM_OBJECT_GONE);

	/*
	 * The waiter may see GONE while the one who set it still is inside the
	 * lock. It does not touch the object after that.
	 */
	kfree_rcu(object, rcu);
}

/**
 * fim_object_lock_sb() - keep an object's filesystem from ending
 * @object: the object
 *
 * Who unmounts it waits meanwhile, and has it ended when that is over: with a
 * reference of ours it would end later, and here.
 *
 * Context: process.
 * Return: the superblock, to be let go with fim_object_unlock_sb(); NULL if it
 * has ended; or ERR_PTR(-EAGAIN) if it is about to, or is being remounted.
 */
struct super_block *fim_object_lock_sb(const struct fim_object *object)
{
	struct super_block *sb = NULL;

	/* While it is held, the end of its filesystem has not got past us. */
	spin_lock(&fim_objects_lock);
	if (object->state == FIM_OBJECT_HELD) {
		sb = object->sb;
		if (!down_read_trylock(&sb->s_umount))
			sb = ERR_PTR(-EAGAIN);
	}
	spin_unlock(&fim_objects_lock);
	return sb;
}

/**
 * fim_object_unlock_sb() - let a filesystem end
 * @sb: from fim_object_lock_sb()
 */
void fim_object_unlock_sb(struct super_block *sb)
{
	/*
	 * With PREEMPT_RT who ends it may get the lock, and free it, before this
	 * is through with it; which is after a grace period.
	 */
	rcu_read_lock();
	up_read(&sb->s_umount);
	rcu_read_unlock();
}

/* @others: all but those of the filesystem, instead of them */
static bool is_meant(const struct fim_object *object,
		     const struct super_block *sb, bool others)
{
	bool is_on = object->sb == sb;

	return is_on != others;
}

/* Takes one object of the filesystem, or of all others, for the caller to drop. */
static struct fim_object *take_one(const struct super_block *sb, bool others,
				   bool *busy)
{
	struct fim_object *object;
	int bucket;

	*busy = false;
	spin_lock(&fim_objects_lock);
	hash_for_each(fim_objects, bucket, object, node) {
		if (!is_meant(object, sb, others))
			continue;
		if (object->state == FIM_OBJECT_HELD) {
			WRITE_ONCE(object->state, FIM_OBJECT_LEAVING);
			spin_unlock(&fim_objects_lock);
			return object;
		}
		*busy = true;
	}
	spin_unlock(&fim_objects_lock);
	return NULL;
}

static bool none_leaving(const struct super_block *sb, bool others)
{
	struct fim_object *object;
	bool none = true;
	int bucket;

	spin_lock(&fim_objects_lock);
	hash_for_each(fim_objects, bucket, object, node)
		if (is_meant(object, sb, others))
			none = false;
	spin_unlock(&fim_objects_lock);
	return none;
}

static bool release(const struct super_block *sb, bool others)
{
	struct fim_object *object;
	bool any = false, busy;

	while ((object = take_one(sb, others, &busy))) {
		any = true;
		drop_inode(object);
	}
	if (busy)
		wait_event(fim_objects_wait, none_leaving(sb, others));
	return any;
}

/**
 * fim_objects_release() - let go of every inode of a filesystem
 * @sb: a superblock that is shutting down: no new object can appear on it
 *
 * Context: process; may sleep.
 * Return: whether there was any.
 */
bool fim_objects_release(const struct super_block *sb)
{
	return release(sb, false);
}

/**
 * fim_objects_release_others() - let go of every inode of all other filesystems
 * @sb: a filesystem whose end is ours
 *
 * For unloading, while the hook is still there that would do it: once it is gone,
 * a filesystem ends with what is held. Who refers to an object may do so longer.
 *
 * Context: process, when no new object can appear; may sleep.
 */
void fim_objects_release_others(const struct super_block *sb)
{
	release(sb, true);
}

/**
 * fim_sb_filter_trim() - clear the bits that no object needs
 */
void fim_sb_filter_trim(void)
{
	struct fim_object *object;
	unsigned long *needed;
	int bucket;

	/* Without memory the bits just stay. */
	needed = bitmap_zalloc(FIM_SB_FILTER_BITS, GFP_KERNEL);
	if (!needed)
		return;

	spin_lock(&fim_objects_lock);
	hash_for_each(fim_objects, bucket, object, node)
		__set_bit(fim_sb_hash(object->sb), needed);
	/* Clearing only: a hook never misses a bit that it needs. */
	bitmap_and(fim_sb_filter, fim_sb_filter, needed, FIM_SB_FILTER_BITS);
	spin_unlock(&fim_objects_lock);
	bitmap_free(needed);
}

/**
 * fim_object_count() - how many inodes are held
 *
 * Return: their number, which may change at any time.
 */
unsigned int fim_object_count(void)
{
	return READ_ONCE(fim_nr_objects);
}

/**
 * fim_object_exit() - wait for objects that were freed
 */
void fim_object_exit(void)
{
	WARN_ON_ONCE(!hash_empty(fim_objects));
	rcu_barrier();
}
