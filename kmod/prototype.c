// SPDX-License-Identifier: GPL-2.0
/*
 * What hooks and the self-test expect of the functions of the kernel, compared
 * with their declarations.
 */
#include <linux/security.h>

#include "fim_fs.h"
#include "fim_uring.h"

/* A prototype that has changed must not compile: it would read wild. */
#define FUNCTION_IS(name, ret, ...)					\
	static_assert(__builtin_types_compatible_p(			\
		typeof(name), ret(__VA_ARGS__)),			\
		#name "() is not what its hook expects")
#define PROTOTYPE(name, ...)	FUNCTION_IS(security_##name, __VA_ARGS__)

FUNCTION_IS(fim_sb_delete, void, struct super_block *);

PROTOTYPE(inode_create, int, struct inode *, struct dentry *, umode_t);
PROTOTYPE(inode_link, int, struct dentry *, struct inode *, struct dentry *);
PROTOTYPE(inode_unlink, int, struct inode *, struct dentry *);
PROTOTYPE(inode_symlink, int, struct inode *, struct dentry *, const char *);
PROTOTYPE(inode_mkdir, int, struct inode *, struct dentry *, umode_t);
PROTOTYPE(inode_rmdir, int, struct inode *, struct dentry *);
PROTOTYPE(inode_mknod, int, struct inode *, struct dentry *, umode_t, dev_t);
PROTOTYPE(inode_rename, int, struct inode *, struct dentry *, struct inode *,
	  struct dentry *, unsigned int);
PROTOTYPE(inode_setattr, int, fim_setattr_idmap_type struct dentry *,
	  struct iattr *);
PROTOTYPE(inode_setxattr, int, fim_idmap_type struct dentry *, const char *,
	  const void *, size_t, int);
PROTOTYPE(inode_removexattr, int, fim_idmap_type struct dentry *, const char *);
#ifdef FIM_HAVE_SET_ACL
PROTOTYPE(inode_set_acl, int, fim_idmap_type struct dentry *, const char *,
	  struct posix_acl *);
PROTOTYPE(inode_remove_acl, int, fim_idmap_type struct dentry *, const char *);
#endif
#if defined(CONFIG_FS_POSIX_ACL) && defined(FIM_HAVE_SET_ACL)
FUNCTION_IS(set_posix_acl, int, fim_idmap_type struct dentry *, int,
	    struct posix_acl *);
#elif defined(CONFIG_FS_POSIX_ACL)
FUNCTION_IS(set_posix_acl, int, fim_idmap_type struct inode *, int,
	    struct posix_acl *);
#endif
PROTOTYPE(inode_setsecctx, int, struct dentry *, void *, u32);
#ifdef FIM_HAVE_FILE_SETATTR
PROTOTYPE(inode_file_setattr, int, struct dentry *, struct file_kattr *);
#endif
PROTOTYPE(file_open, int, struct file *);
PROTOTYPE(file_ioctl, int, struct file *, unsigned int, unsigned long);
#ifdef FIM_HAVE_FILE_IOCTL_COMPAT
PROTOTYPE(file_ioctl_compat, int, struct file *, unsigned int, unsigned long);
#endif
#ifdef FIM_HAVE_URING_CMD
PROTOTYPE(uring_cmd, int, struct io_uring_cmd *);
#endif
PROTOTYPE(sb_mount, int, const char *, const struct path *, const char *,
	  unsigned long, void *);
PROTOTYPE(move_mount, int, const struct path *, const struct path *);
PROTOTYPE(sb_umount, int, struct vfsmount *, int);
PROTOTYPE(quota_on, int, struct dentry *);
PROTOTYPE(sb_pivotroot, int, const struct path *, const struct path *);
PROTOTYPE(file_permission, int, struct file *, int);
PROTOTYPE(file_fcntl, int, struct file *, unsigned int, unsigned long);
PROTOTYPE(mmap_file, int, struct file *, unsigned long, unsigned long);
PROTOTYPE(file_mprotect, int, struct vm_area_struct *, unsigned long,
	  unsigned long);
PROTOTYPE(kernel_load_data, int, enum kernel_load_data_id, bool);
PROTOTYPE(kernel_read_file, int, struct file *, enum kernel_read_file_id, bool);
