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

#include "probed.h"

#ifdef FIM_HAVE_FILE_SETATTR
#include <linux/fileattr.h>
#endif

/* The idmap of a mount, with its comma, as an argument and in a prototype */
#if defined(FIM_HAVE_MNT_IDMAP)
#include <linux/mnt_idmapping.h>
#define fim_idmap		&nop_mnt_idmap,
#define fim_idmap_type		struct mnt_idmap *,
#elif defined(FIM_HAVE_MNT_USERNS)
#define fim_idmap		&init_user_ns,
#define fim_idmap_type		struct user_namespace *,
#else
#define fim_idmap
#define fim_idmap_type
#endif

/* Where the hook of attributes has its dentry, and what is before it */
#ifdef FIM_HAVE_SETATTR_USERNS
#define fim_setattr_idmap	fim_idmap
#define fim_setattr_idmap_type	fim_idmap_type
#define FIM_SETATTR_DENTRY	1
#else
#define fim_setattr_idmap
#define fim_setattr_idmap_type
#define FIM_SETATTR_DENTRY	0
#endif

/* And those of extended attributes */
#if defined(FIM_HAVE_MNT_IDMAP) || defined(FIM_HAVE_MNT_USERNS)
#define FIM_XATTR_DENTRY	1
#else
#define FIM_XATTR_DENTRY	0
#endif

#ifdef FIM_HAVE_VFS_MAKE_DELEGATED
#define fim_delegated		, NULL
#else
#define fim_delegated
#endif

static inline struct file *fim_file_open_root(const struct path *root,
					      const char *name, int flags,
					      umode_t mode)
{
#ifdef FIM_HAVE_OPEN_ROOT_PATH
	return file_open_root(root, name, flags, mode);
#else
	return file_open_root(root->dentry, root->mnt, name, flags, mode);
#endif
}

/* Leaves @dir locked and @dentry referenced, whatever vfs_mkdir() does. */
static inline int fim_vfs_mkdir(struct inode *dir, struct dentry *dentry)
{
#if defined(FIM_HAVE_VFS_MKDIR_DELEGATED) || defined(FIM_HAVE_VFS_MKDIR_DENTRY)
	struct dentry *made;

	dget(dentry);
#ifdef FIM_HAVE_VFS_MKDIR_DELEGATED
	made = vfs_mkdir(fim_idmap dir, dentry, 0700, NULL);
#else
	made = vfs_mkdir(fim_idmap dir, dentry, 0700);
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
	return vfs_mkdir(fim_idmap dir, dentry, 0700);
#endif
}

static inline int fim_vfs_mknod(struct inode *dir, struct dentry *dentry)
{
	return vfs_mknod(fim_idmap dir, dentry, S_IFIFO | 0600, 0
			 fim_delegated);
}

static inline int fim_vfs_symlink(struct inode *dir, struct dentry *dentry)
{
	return vfs_symlink(fim_idmap dir, dentry, "fim" fim_delegated);
}

static inline int fim_vfs_rmdir(struct inode *dir, struct dentry *dentry)
{
	return vfs_rmdir(fim_idmap dir, dentry fim_delegated);
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
		.mnt_idmap = &nop_mnt_idmap,
#elif defined(FIM_HAVE_MNT_IDMAP)
		.old_mnt_idmap = &nop_mnt_idmap,
		.new_mnt_idmap = &nop_mnt_idmap,
#elif defined(FIM_HAVE_MNT_USERNS)
		.old_mnt_userns = &init_user_ns,
		.new_mnt_userns = &init_user_ns,
#endif
		.old_dentry = old_dentry,
		.new_dentry = new_dentry,
	};

	return vfs_rename(&rd);
}

/*
 * What ends a filesystem calls this with all its inodes unused but those that
 * somebody holds.
 */
#ifdef FIM_HAVE_SB_DELETE
#include <linux/security.h>
#define FIM_SB_DELETE		"security_sb_delete"
#define fim_sb_delete		security_sb_delete
#else
#include <linux/fsnotify_backend.h>
#define FIM_SB_DELETE		"fsnotify_sb_delete"
#define fim_sb_delete		fsnotify_sb_delete
#endif

/* Whether a file without a name was made so that it can be given one. */
static inline bool fim_inode_is_linkable(struct inode *inode)
{
#ifdef FIM_HAVE_INODE_STATE_READ
	return inode_state_read_once(inode) & I_LINKABLE;
#else
	return READ_ONCE(inode->i_state) & I_LINKABLE;
#endif
}

/* 7.x brings its own, and keeps the list elsewhere. */
#ifndef for_each_alias
#define for_each_alias(dentry, inode) \
	hlist_for_each_entry(dentry, &(inode)->i_dentry, d_u.d_alias)
#define fim_alias_node		d_u.d_alias
#else
#define fim_alias_node		d_alias
#endif

/*
 * A dentry of a held inode, of a directory the only one, or NULL. It is freed
 * by RCU, under which the caller is; the list can't be followed without a lock.
 */
static inline const struct dentry *fim_first_alias(const struct inode *inode)
{
	return hlist_entry_safe(READ_ONCE(inode->i_dentry.first),
				struct dentry, fim_alias_node);
}

/*
 * Up to 6.6, overlayfs opens the file below with the path of the one above, so
 * that the dentry of an open file has another inode than the file.
 */
static __always_inline bool fim_file_is_faked(const struct file *file)
{
#ifdef FIM_HAVE_D_REAL_INODE
	return d_inode(file->f_path.dentry) != file_inode(file);
#else
	return false;
#endif
}

/*
 * The dentry that the inode of such a file really has. d_real() only reads
 * pointers of the overlay's inode, which the open file holds.
 */
static inline struct dentry *fim_file_real_dentry(const struct file *file)
{
#ifdef FIM_HAVE_D_REAL_INODE
	return d_real(file->f_path.dentry, file_inode(file));
#else
	return file->f_path.dentry;
#endif
}

/*
 * The dentry in the upper layer of a file of an overlay that is open for writing,
 * or NULL. It has been copied up, so d_real() only reads pointers here, too.
 */
static inline const struct dentry *fim_file_upper_dentry(const struct file *file)
{
	struct dentry *dentry = file->f_path.dentry;

	if (!(file->f_mode & FMODE_WRITE) || !(dentry->d_flags & DCACHE_OP_REAL) ||
	    fim_file_is_faked(file))
		return NULL;
#ifdef FIM_HAVE_D_REAL_INODE
	return d_real(dentry, NULL);
#else
	return d_real(dentry, D_REAL_DATA);
#endif
}

/*
 * The dentry that the user of such a file opened: of a mapping's file, which is
 * that of the layer below, the one of the overlay.
 */
static inline const struct dentry *fim_file_user_dentry(const struct file *file)
{
#ifdef FIM_HAVE_FILE_USER_PATH
	return file_user_path(file)->dentry;
#else
	return file->f_path.dentry;
#endif
}

#endif /* FIM_COMPAT_FS_H */
