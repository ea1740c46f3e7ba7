/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Inodes that are held in memory, so that their address keeps meaning them,
 * and given back when their filesystem goes.
 */
#ifndef FIM_OBJECT_H
#define FIM_OBJECT_H

#include <linux/bitops.h>
#include <linux/bitmap.h>
#include <linux/fs.h>
#include <linux/refcount.h>

#define FIM_SB_FILTER_BITS	65536

/* Set bits only ever cost time; a bit is clear only if no object needs it. */
extern DECLARE_BITMAP(fim_sb_filter, FIM_SB_FILTER_BITS);

/**
 * struct fim_object - an inode held in memory
 * @inode: the inode; with @state FIM_OBJECT_HELD we hold a reference, else the
 *	address is stale and must not be followed or believed
 * @sb: its superblock; an address to compare, never followed
 * @device: the block device that it lies on, or 0; constant, as the next
 * @disk: the disk that this is a partition of, or the same
 * @btrfs: it is on a btrfs
 * @writer: it is one of fim_writers, under fim_policy_lock
 * @parent: the directory that it was last found in, an address to compare
 * @ref: holders: bindings. The last one may sleep.
 * @state: written under fim_objects_lock, read anywhere
 * @node: in the table of objects, under fim_objects_lock
 * @rcu: hooks may still look at @state and @inode
 */
struct fim_object {
	struct inode *inode;
	struct super_block *sb;
	dev_t device;
	dev_t disk;
	bool btrfs;
	bool writer;
	const struct inode *parent;
	refcount_t ref;
	enum {
		FIM_OBJECT_HELD,
		FIM_OBJECT_LEAVING,	/* iput() is under way */
		FIM_OBJECT_GONE,
	} state;
	struct hlist_node node;
	struct rcu_head rcu;
};

static inline bool fim_object_held(const struct fim_object *object)
{
	return READ_ONCE(object->state) == FIM_OBJECT_HELD;
}

static __always_inline unsigned int fim_sb_hash(const struct super_block *sb)
{
	/*
	 * Superblocks lie 2 KiB apart, so these bits tell them apart; and
	 * taking just 16 of them needs neither a mask nor a shift.
	 */
	return (u16)((unsigned long)sb >> 8);
}

/**
 * fim_sb_marked() - the short cut of every hook
 * @sb: a superblock
 *
 * Return: false if no object lies on this filesystem; true if one may.
 */
static __always_inline bool fim_sb_marked(const struct super_block *sb)
{
	return test_bit(fim_sb_hash(sb), fim_sb_filter);
}

struct fim_object *fim_object_get(struct inode *inode);
struct fim_object *fim_object_find(const struct inode *inode);
void fim_object_put(struct fim_object *object);
struct super_block *fim_object_lock_sb(const struct fim_object *object);
void fim_object_unlock_sb(struct super_block *sb);
bool fim_objects_release(const struct super_block *sb);
void fim_objects_release_others(const struct super_block *sb);
void fim_sb_filter_trim(void);
unsigned int fim_object_count(void);
void fim_object_exit(void);

#endif /* FIM_OBJECT_H */
