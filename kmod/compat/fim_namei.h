/* SPDX-License-Identifier: GPL-2.0 */
/* vfs_path_lookup() is exported, but up to 6.9 declared for fs/ only. */
#ifndef FIM_COMPAT_NAMEI_H
#define FIM_COMPAT_NAMEI_H

#include <linux/namei.h>

int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt,
		    const char *name, unsigned int flags, struct path *path);

#endif /* FIM_COMPAT_NAMEI_H */
