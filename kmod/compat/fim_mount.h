/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The beginning of struct mount, which is private to fs/ and the same from 5.10
 * to 7.3. fim_mount_learn() tells whether it is on this kernel, and where the
 * rest is.
 */
#ifndef FIM_COMPAT_MOUNT_H
#define FIM_COMPAT_MOUNT_H

#include <linux/dcache.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mount.h>

struct fim_mount {
	struct hlist_node hash;
	struct fim_mount *parent;
	struct dentry *mountpoint;
	struct vfsmount mnt;
};

static inline const struct fim_mount *fim_mount_of(const struct vfsmount *mnt)
{
	return container_of(mnt, struct fim_mount, mnt);
}

/* What is mounted nowhere has itself for its parent. */
static inline bool fim_mount_is_attached(const struct fim_mount *mount)
{
	return READ_ONCE(mount->parent) != mount;
}

#endif /* FIM_COMPAT_MOUNT_H */
