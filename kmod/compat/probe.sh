#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Asks the kernel's headers what they offer, by compiling, and prints the
# answers as macros. The argument is the compiler with all its flags.
set -eu

cc=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# try NAME HEADERS STATEMENT: defines FIM_HAVE_NAME if the statement compiles.
try() {
	{
		for header in $2; do
			echo "#include <linux/$header>"
		done
		echo "void fim_probe(void);"
		echo "void fim_probe(void) { $3; }"
	} > "$tmp/$1.c"
	if sh -c "$cc -Werror -Wno-unused -Wno-missing-prototypes -c -o '$tmp/$1.o' '$tmp/$1.c'" \
	    > "$tmp/$1.log" 2>&1; then
		echo "#define FIM_HAVE_$1 1" > "$tmp/$1.h"
	else
		echo "/* FIM_HAVE_$1 is not set */" > "$tmp/$1.h"
	fi
}

# An empty statement has to compile, or every answer would be no.
try NOTHING 'fs.h' ''
if ! grep -q define "$tmp/NOTHING.h"; then
	echo "fim: the compiler cannot read this kernel's headers:" >&2
	cat "$tmp/NOTHING.log" >&2
	exit 1
fi

# 5.11: what a traced function's callback is given has a type of its own.
try FTRACE_REGS 'ftrace.h' 'struct ftrace_regs *r = NULL; ftrace_get_regs(r)' &
# 5.11: all kinds of namespaces have their count at one place; newer ones, too,
# by another name.
try NS_COUNT 'ns_common.h refcount.h' 'struct ns_common n; (void)&n.count' &
try NS_REF 'ns_common.h' 'struct ns_common n; (void)&n.__ns_ref' &
# 5.12: a path is what an open begins at.
try OPEN_ROOT_PATH 'fs.h' \
	'struct file *f = file_open_root((struct path *)NULL, "", 0, 0)' &
# 5.12: mounts may map# 5.12: mounts may map owners, and what changes a file takes that map.
try MNT_USERNS 'fs.h' 'void *p = mnt_user_ns' &
# 6.0: the hook of attributes does, too.
try SETATTR_USERNS 'security.h' \
	'int r = security_inode_setattr(NULL, NULL, NULL)' &
# 5.13: the end of a filesystem has a hook.
try SB_DELETE 'security.h' 'void *p = security_sb_delete' &
# 6.3: mounts have an idmap, not a user namespace.
try MNT_IDMAP 'fs.h mount.h' 'struct mnt_idmap *m = mnt_idmap(NULL)' &
# 6.2: arguments of a traced function without its full registers.
try FTRACE_REGS_ARGUMENT 'ftrace.h' \
	'struct ftrace_regs *r = NULL; long v = ftrace_regs_get_argument(r, 0)' &
# 6.2: POSIX ACLs are set by hooks of their own.
try SET_ACL 'security.h' 'void *p = security_inode_set_acl' &
# 5.19: io_uring hands commands to drivers; from 6.7 on by a header of its own.
try URING_CMD 'security.h' 'void *p = security_uring_cmd' &
try URING_CMD_HEADER 'io_uring/cmd.h' 'struct io_uring_cmd c; c.cmd_op = 0' &
# 6.8, and stable series: ioctls of 32-bit programs have a hook of their own.
try FILE_IOCTL_COMPAT 'security.h' 'void *p = security_file_ioctl_compat' &
# 6.19: the state of an inode is not to be read by hand.
try INODE_STATE_READ 'fs.h' 'int s = inode_state_read_once(NULL)' &
# 6.17: so are inode flags.
try FILE_SETATTR 'security.h' 'void *p = security_inode_file_setattr' &
# 6.7, and stable series: who may join a group is said by flags; a backport has bits for that.
try GENL_MCAST_FLAGS '../net/genetlink.h' \
	'int f = GENL_MCAST_CAP_SYS_ADMIN' &
try GENL_MCAST_BITS '../net/genetlink.h' \
	'struct genl_multicast_group g = { .cap_sys_admin = 1 }' &
# 6.2: operations of generic netlink are split into do and dump.
try GENL_SPLIT_OPS '../net/genetlink.h' 'struct genl_family f;
	int (*p)(const struct genl_split_ops *, struct sk_buff *,
		 struct genl_info *) = NULL;
	f.pre_doit = p' &
# 6.7: a file is looked up under RCU by the address of its pointer.
try GET_FILE_RCU_POINTER 'fs.h' \
	'struct file __rcu **f = NULL; struct file *g = get_file_rcu(f)' &
# Until 6.7 a stacked filesystem opens the file below by the path of its own,
# and d_real() tells the dentry of an inode.
try D_REAL_INODE 'fs.h dcache.h' \
	'struct dentry *d = d_real(NULL, (const struct inode *)NULL)' &
# 6.8: that file knows the path of the one above.
try FILE_USER_PATH 'fs.h' 'const struct path *p = file_user_path(NULL)' &
# 6.15: vfs_mkdir() answers with a dentry.
try VFS_MKDIR_DENTRY 'fs.h' \
	'struct dentry *d = vfs_mkdir(NULL, NULL, NULL, 0)' &
try VFS_MKDIR_DELEGATED 'fs.h' \
	'struct dentry *d = vfs_mkdir(NULL, NULL, NULL, 0, NULL)' &
# 6.19: and unlocks the parent when it fails, as end_creating() does.
try END_CREATING 'namei.h' 'void *p = end_creating' &
# 6.19: what makes a name takes a delegated inode.
try VFS_MAKE_DELEGATED 'fs.h' \
	'int r = vfs_symlink(NULL, NULL, NULL, NULL, NULL)' &
# 6.18: renamedata has parents, not directories.
try RENAMEDATA_PARENT 'fs.h' 'struct renamedata r; r.old_parent = NULL' &
# 6.17: one idmap for both sides of a rename.
try RENAMEDATA_ONE_IDMAP 'fs.h' 'struct renamedata r; r.mnt_idmap = NULL' &
# 7.x: a module's file that is compressed is told apart.
try READING_MODULE_COMPRESSED 'kernel_read_file.h' \
	'int i = READING_MODULE_COMPRESSED' &
wait

rm "$tmp/NOTHING.h"
cat "$tmp"/*.h
