/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ruleset in force: which inodes are marked, and by which rules.
 *
 * A ruleset is made whole, published by one pointer, and never changed. Hooks
 * read it with preemption off, which keeps it from being freed: it is freed
 * after synchronize_rcu().
 */
#ifndef FIM_TREE_H
#define FIM_TREE_H

#include <linux/bitops.h>
#include <linux/dcache.h>
#include <linux/hash.h>
#include <linux/rcupdate.h>

#include "fim_fs.h"
#include "object.h"
#include "policy.h"

/**
 * struct fim_trust - how an executable is kept that an Allow rule trusts
 * @binding: the rule
 * @action: enum fim_action, that of the strictest rule that it is an exception
 *	from
 * @path: where the executable is, or what is on its way; @binding owns it
 */
struct fim_trust {
	const struct fim_binding *binding;
	u8 action;
	const char *path;
};

/**
 * struct fim_mark - what a ruleset has to say about an inode
 * @key: the inode's address and enum fim_mark_kind; 0 if the slot is free
 * @object: the inode, whose address counts only while it is held
 * @bindings: of FIM_MARK_TREE: those of the rules that name it, in order. Of
 *	FIM_MARK_GUARD: the strictest of the rules that need it, for the host
 *	and for each container; none if only rules that wait lead over it
 * @routes: of FIM_MARK_ANCHOR: those that wait for a name in it
 * @nr: how many, of either
 * @trusts: of FIM_MARK_TREE and FIM_MARK_GUARD: the strictest of the Allow rules
 *	that trust it, or an executable that it is on the way to; for the host
 *	and for each container
 * @nr_trusts: how many
 * @strictest: enum fim_action, how the strictest of @bindings keeps its way
 * @watched: of FIM_MARK_GUARD: a path that waits leads over it
 * @followed: of FIM_MARK_GUARD: a path leads over it that does not need it
 * @covered: of FIM_MARK_GUARD: a path enters a mount that is mounted on it
 */
struct fim_mark {
	unsigned long key;
	const struct fim_object *object;
	union {
		const struct fim_binding **bindings;
		const struct fim_route **routes;
	};
	unsigned int nr;
	struct fim_trust *trusts;
	unsigned int nr_trusts;
	u8 strictest;
	bool watched;
	bool followed;
	bool covered;
};

/**
 * struct fim_sb_rule - the strictest rule of a filesystem, for what can't be
 *	told from its ancestors; one for the host and for each container, as
 *	with the two that follow
 * @sb: the superblock, an address to compare
 * @device: its block device, or 0
 * @disk: the disk that this is a partition of, or the same
 * @btrfs: it is a btrfs
 * @binding: the rule, or NULL
 * @reads: the strictest that is about reads as well, or NULL
 * @raw: the strictest about writing to the devices that it lies on
 */
struct fim_sb_rule {
	const struct super_block *sb;
	dev_t device;
	dev_t disk;
	bool btrfs;
	const struct fim_binding *binding;
	const struct fim_binding *reads;
	const struct fim_binding *raw;
};

/**
 * struct fim_device_rule - the strictest rule about writing to a device
 * @device: the device
 * @binding: a rule about a filesystem on it
 */
struct fim_device_rule {
	dev_t device;
	const struct fim_binding *binding;
};

/**
 * struct fim_mount_rule - the strictest rule whose path enters a mount
 * @mnt: the mount, an address to compare
 * @binding: the rule
 * @action: enum fim_action, how the rule keeps it
 * @path: where it is mounted; @binding owns it
 * @root: it is the root of all others
 */
struct fim_mount_rule {
	const struct vfsmount *mnt;
	const struct fim_binding *binding;
	u8 action;
	const char *path;
	bool root;
};

/**
 * struct fim_ruleset - all that is in force
 * @shift: takes a hash to a bit of @filter
 * @mask: takes a hash to a slot of @marks
 * @marks: open addressing, linear probing; room for twice what it holds
 * @nr_marks: slots that are taken
 * @sbs: a rule for each filesystem that has one
 * @nr_sbs: how many
 * @devices: a rule for each block device that such a filesystem lies on
 * @nr_devices: how many
 * @mounts: a rule for each mount that a rule's path enters
 * @nr_mounts: how many
 * @reads: some rule is about reads
 * @append: some rule lets files be appended to
 * @lapsing: the one before did, and who has a descriptor from then is not known
 *	yet: all descriptors count as open before a rule
 * @nr_writers: files that were open for writing before a rule
 * @sources: some rule has sources
 * @loads: some policy is about loading modules, or a kernel to boot
 * @waits: some path does not lead to anything yet
 * @covers: some path enters a mount that is mounted on something
 * @policies: references, in the order in which they were first applied
 * @nr_policies: how many
 * @bindings: references, policy by policy, in the order of the rules
 * @nr_bindings: how many
 * @nr_rules: rules of all policies, bound or not
 * @generation: number of the commit that made it
 * @filter: a bit for each mark
 */
struct fim_ruleset {
	unsigned int shift;
	unsigned int mask;
	struct fim_mark *marks;
	unsigned int nr_marks;
	struct fim_sb_rule *sbs;
	unsigned int nr_sbs;
	struct fim_device_rule *devices;
	unsigned int nr_devices;
	struct fim_mount_rule *mounts;
	unsigned int nr_mounts;
	bool reads;
	bool append;
	bool lapsing;
	unsigned int nr_writers;
	bool sources;
	bool loads;
	bool waits;
	bool covers;
	struct fim_policy **policies;
	unsigned int nr_policies;
	struct fim_binding **bindings;
	unsigned int nr_bindings;
	unsigned int nr_rules;
	u64 generation;
	unsigned long filter[];
};

extern struct fim_ruleset __rcu *fim_ruleset;

static __always_inline u32 fim_hash(unsigned long key)
{
	/* Addresses differ in their lower half; and one multiplication does. */
	return (u32)key * GOLDEN_RATIO_32;
}

static __always_inline bool fim_filter_has(const unsigned long *filter,
					   unsigned int shift,
					   unsigned long key)
{
	/* The mask costs nothing, and spares the check of a sanitized kernel. */
	return test_bit(fim_hash(key) >> (shift & 31), filter);
}

/**
 * fim_filtered() - whether an inode may be marked
 * @rs: the ruleset
 * @inode: an address, NULL included
 * @kind: as what
 *
 * Return: false if it is not.
 */
static __always_inline bool fim_filtered(const struct fim_ruleset *rs,
					 const struct inode *inode,
					 enum fim_mark_kind kind)
{
	return fim_filter_has(rs->filter, rs->shift,
			      (unsigned long)inode | kind);
}

/**
 * fim_walk_is_clear() - look for marks from a dentry up to its root
 * @rs: the ruleset
 * @dentry: where to begin; held by the caller of the hook. Its ancestors are
 *	held by it, or freed by RCU if they are replaced meanwhile.
 *
 * No lock is needed: what a rule protects can't be moved out of its directory,
 * for that is what the rule refuses.
 *
 * Return: false if an inode on the way may be marked, or if the way does not
 * end at the root of the filesystem, so that a closer look is due.
 */
static __always_inline bool fim_walk_is_clear(const struct fim_ruleset *rs,
					      const struct dentry *dentry)
{
	const unsigned int shift = rs->shift;
	const struct dentry *parent;

	for (;;) {
		if (fim_filter_has(rs->filter, shift,
				   (unsigned long)READ_ONCE(dentry->d_inode)))
			return false;
		parent = READ_ONCE(dentry->d_parent);
		if (parent == dentry)
			return dentry == dentry->d_sb->s_root;
		dentry = parent;
	}
}

/**
 * fim_file_is_clear() - look for marks from an open file up to its root
 * @rs: the ruleset
 * @file: the file, held by the caller of the hook
 *
 * Return: as fim_walk_is_clear(); false as well if the file's path is not that
 * of its inode.
 */
static __always_inline bool fim_file_is_clear(const struct fim_ruleset *rs,
					      const struct file *file)
{
	return likely(!fim_file_is_faked(file)) &&
	       fim_walk_is_clear(rs, file->f_path.dentry);
}

/**
 * fim_place_is_clear() - look whether a rule may wait for a name
 * @rs: the ruleset
 * @dentry: the name; held by the caller of the hook
 *
 * Return: false if one may wait for some name in its directory.
 */
static __always_inline bool fim_place_is_clear(const struct fim_ruleset *rs,
					       const struct dentry *dentry)
{
	const struct dentry *parent = READ_ONCE(dentry->d_parent);

	return !fim_filtered(rs, READ_ONCE(parent->d_inode), FIM_MARK_ANCHOR);
}

/**
 * fim_entry_is_clear() - look whether the name itself matters to a rule
 * @rs: the ruleset
 * @dentry: the name; held by the caller of the hook
 *
 * Return: false if it may be a guard, or may be missing where a rule waits.
 */
static __always_inline bool fim_entry_is_clear(const struct fim_ruleset *rs,
					       const struct dentry *dentry)
{
	const struct inode *inode = READ_ONCE(dentry->d_inode);

	return inode ? !fim_filtered(rs, inode, FIM_MARK_GUARD) :
		       fim_place_is_clear(rs, dentry);
}

const struct fim_mark *fim_mark_find(const struct fim_ruleset *rs,
				     const struct inode *inode,
				     enum fim_mark_kind kind);
struct fim_ruleset *fim_ruleset_build(struct fim_policy **policies,
				      unsigned int nr_policies);
void fim_ruleset_free(struct fim_ruleset *rs);

#endif /* FIM_TREE_H */
