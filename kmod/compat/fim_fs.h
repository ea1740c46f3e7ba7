/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The VFS' entry points as the newest kernel has them, minus what we never
 * pass: idmaps of mounts without one, delegated inodes.
 */
#ifndef FIM_COMPAT_FS_H
#define FIM_COMPAT_FS_H

#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/xattr.h>
#include <linux/posix_acl.h>
#include <linux/fileattr.h>

#include "probed.h"

#ifdef FIM_HAVE_MNT_IDMAP
#include <linux/mnt_idmapping.h>
#define fim_idmap		(&nop_mnt_idmap)
typedef struct mnt_idmap fim_idmap_t;
#else
#define fim_idmap		(&init_user_ns)
typedef struct user_namespace fim_idmap_t;
#endif

#ifdef FIM_HAVE_VFS_MAKE_DELEGATED
#define fim_delegated		, NULL
#else
#define fim_delegated
#endif

/* Leaves @dir locked and @dentry referenced, whatever vfs_mkdir() does. */
static inline int fim_vfs_mkdir(struct inode *dir, struct dentry *dentry)
{
#if defined(FIM_HAVE_VFS_MKDIR_DELEGATED) || defined(FIM_HAVE_VFS_MKDIR_DENTRY)
	struct dentry *made;

	dget(dentry);
#ifdef FIM_HAVE_VFS_MKDIR_DELEGATED
	made = vfs_mkdir(fim_idmap, dir, dentry, 0700, NULL);
#else
	made = vfs_mkdir(fim_idmap, dir, dentry, 0700);
#endif
	if (!IS_ERR(made)) {
		dput(made);
		return 0;
	}
#ifdef FIM_HAVE_END_CREATING
	/* When it fails, it ends what start_creating() began. */
	inode_lock_nested(dir, I_MUTEX_PARENT);
#endif
	return PTR_ERR(made);
#else
	return vfs_mkdir(fim_idmap, dir, dentry, 0700);
#endif
}

static inline int fim_vfs_mknod(struct inode *dir, struct dentry *dentry)
{
	return vfs_mknod(fim_idmap, dir, dentry, S_IFIFO | 0600, 0
			 fim_delegated);
}

static inline int fim_vfs_symlink(struct inode *dir, struct dentry *dentry)
{
	return vfs_symlink(fim_idmap, dir, dentry, "fim" fim_delegated);
}

static inline int fim_vfs_rmdir(struct inode *dir, struct dentry *dentry)
{
	return vfs_rmdir(fim_idmap, dir, dentry fim_delegated);
}

static inline int fim_vfs_rename(struct dentry *parent,
				 struct dentry *old_dentry,
				 struct dentry *new_dentry)
{
	struct renamedata rd = {
#ifdef FIM_HAVE_RENAMEDATA_PARENT
		.old_parent = parent,
		.new_parent = parent,
#else
		.old_dir = d_inode(parent),
		.new_dir = d_inode(parent),
#endif
#if defined(FIM_HAVE_RENAMEDATA_ONE_IDMAP)
		.mnt_idmap = fim_idmap,
#elif defined(FIM_HAVE_MNT_IDMAP)
		.old_mnt_idmap = fim_idmap,
		.new_mnt_idmap = fim_idmap,
#else
		.old_mnt_userns = fim_idmap,
		.new_mnt_userns = fim_idmap,
#endif
		.old_dentry = old_dentry,
		.new_dentry = new_dentry,
	};

	return vfs_rename(&rd);
}

/*
 * Whether what is mounted on a mount may appear in other namespaces. From 6.17
 * on, the kernel does not show that to modules.
 */
static inline bool fim_mnt_is_shared(const struct vfsmount *mnt)
{
#ifdef FIM_HAVE_MNT_SHARED
	return mnt->mnt_flags & MNT_SHARED;
#else
	return false;
#endif
}

/* 7.x brings its own, and keeps the list elsewhere. */
#ifndef for_each_alias
#define for_each_alias(dentry, inode) \
	hlist_for_each_entry(dentry, &(inode)->i_dentry, d_u.d_alias)
#endif

/*
 * Up to 6.4, overlayfs opens the file below with the path of the one above, so
 * that the dentry of an open file has another inode than the file.
 */
static __always_inline bool fim_file_is_faked(const struct file *file)
{
#ifdef FIM_HAVE_BACKING_FILE
	return false;
#else
	return d_inode(file->f_path.dentry) != file_inode(file);
#endif
}

/*
 * The dentry that the inode of such a file really has. d_real() only reads
 * pointers of the overlay's inode, which the open file holds.
 */
static inline struct dentry *fim_file_real_dentry(const struct file *file)
{
#ifdef FIM_HAVE_BACKING_FILE
	return file->f_path.dentry;
#else
	return d_real(file->f_path.dentry, file_inode(file));
#endif
}

#endif /* FIM_COMPAT_FS_H */
