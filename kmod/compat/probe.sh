#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Asks the kernel's headers what they offer, by compiling, and prints the
# answers as macros. The argument is the compiler with all its flags.
set -eu
export LC_ALL=C

cc=$1
asked=
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# try NAME HEADERS STATEMENT: defines FIM_HAVE_NAME if the statement compiles. It
# does not if that is an error at some place of some file; a compiler that was
# killed, or found no room, has not answered.
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
	elif grep -qE ':[0-9]+:[0-9]+: (fatal )?error:' "$tmp/$1.log"; then
		echo "/* FIM_HAVE_$1 is not set */" > "$tmp/$1.h"
	fi
}

# ask NAME HEADERS STATEMENT: the same, beside others.
ask() {
	asked="$asked $1"
	try "$@" &
}

give_up() {
	echo "fim: $1:" >&2
	cat "$tmp/$2.log" >&2
	exit 1
}

# An empty statement has to compile, or every answer would be no.
try NOTHING 'fs.h' ''
grep -qs define "$tmp/NOTHING.h" ||
	give_up "the compiler cannot read this kernel's headers" NOTHING

# 5.11: what a traced function's callback is given has a type of its own.
ask FTRACE_REGS 'ftrace.h' 'struct ftrace_regs *r = NULL; ftrace_get_regs(r)'
# 5.11: all kinds of namespaces have their count at one place; newer ones, too,
# by another name.
ask NS_COUNT 'ns_common.h refcount.h' 'struct ns_common n; (void)&n.count'
ask NS_REF 'ns_common.h' 'struct ns_common n; (void)&n.__ns_ref'
# 5.12: a path is what an open begins at.
ask OPEN_ROOT_PATH 'fs.h' \
	'struct file *f = file_open_root((struct path *)NULL, "", 0, 0)'
# 5.12: mounts may map owners, and what changes a file takes that map.
ask MNT_USERNS 'fs.h' 'void *p = mnt_user_ns'
# 6.0: the hook of attributes does, too.
ask SETATTR_USERNS 'security.h' \
	'int r = security_inode_setattr(NULL, NULL, NULL)'
# 5.13: the end of a filesystem has a hook.
ask SB_DELETE 'security.h' 'void *p = security_sb_delete'
# 6.3: mounts have an idmap, not a user namespace.
ask MNT_IDMAP 'fs.h mount.h' 'struct mnt_idmap *m = mnt_idmap(NULL)'
# 6.2: arguments of a traced function without its full registers.
ask FTRACE_REGS_ARGUMENT 'ftrace.h' \
	'struct ftrace_regs *r = NULL; long v = ftrace_regs_get_argument(r, 0)'
# 6.2: POSIX ACLs are set by hooks of their own.
ask SET_ACL 'security.h' 'void *p = security_inode_set_acl'
# 5.19: io_uring hands commands to drivers; from 6.7 on by a header of its own.
ask URING_CMD 'security.h' 'void *p = security_uring_cmd'
ask URING_CMD_HEADER 'io_uring/cmd.h' 'struct io_uring_cmd c; c.cmd_op = 0'
# 6.8, and stable series: ioctls of 32-bit programs have a hook of their own.
ask FILE_IOCTL_COMPAT 'security.h' 'void *p = security_file_ioctl_compat'
# 6.19: the state of an inode is not to be read by hand.
ask INODE_STATE_READ 'fs.h' 'int s = inode_state_read_once(NULL)'
# 6.17: so are inode flags.
ask FILE_SETATTR 'security.h' 'void *p = security_inode_file_setattr'
# 6.7, and stable series: who may join a group is said by flags; a backport has bits for that.
ask GENL_MCAST_FLAGS '../net/genetlink.h' \
	'int f = GENL_MCAST_CAP_SYS_ADMIN'
ask GENL_MCAST_BITS '../net/genetlink.h' \
	'struct genl_multicast_group g = { .cap_sys_admin = 1 }'
# 6.2: operations of generic netlink are split into do and dump.
ask GENL_SPLIT_OPS '../net/genetlink.h' 'struct genl_family f;
	int (*p)(const struct genl_split_ops *, struct sk_buff *,
		 struct genl_info *) = NULL;
	f.pre_doit = p'
# 6.7: a file is looked up under RCU by the address of its pointer.
ask GET_FILE_RCU_POINTER 'fs.h' \
	'struct file __rcu **f = NULL; struct file *g = get_file_rcu(f)'
# Until 6.7 a stacked filesystem opens the file below by the path of its own,
# and d_real() tells the dentry of an inode.
ask D_REAL_INODE 'fs.h dcache.h' \
	'struct dentry *d = d_real(NULL, (const struct inode *)NULL)'
# 6.8: that file knows the path of the one above.
ask FILE_USER_PATH 'fs.h' 'const struct path *p = file_user_path(NULL)'
# 6.15: vfs_mkdir() answers with a dentry.
ask VFS_MKDIR_DENTRY 'fs.h' \
	'struct dentry *d = vfs_mkdir(NULL, NULL, NULL, 0)'
ask VFS_MKDIR_DELEGATED 'fs.h' \
	'struct dentry *d = vfs_mkdir(NULL, NULL, NULL, 0, NULL)'
# 6.19: and unlocks the parent when it fails, as end_creating() does.
ask END_CREATING 'namei.h' 'void *p = end_creating'
# 6.19: what makes a name takes a delegated inode.
ask VFS_MAKE_DELEGATED 'fs.h' \
	'int r = vfs_symlink(NULL, NULL, NULL, NULL, NULL)'
# 6.18: renamedata has parents, not directories.
ask RENAMEDATA_PARENT 'fs.h' 'struct renamedata r; r.old_parent = NULL'
# 6.17: one idmap for both sides of a rename.
ask RENAMEDATA_ONE_IDMAP 'fs.h' 'struct renamedata r; r.mnt_idmap = NULL'
# 7.x: a module's file that is compressed is told apart.
ask READING_MODULE_COMPRESSED 'kernel_read_file.h' \
	'int i = READING_MODULE_COMPRESSED'
wait
for name in $asked; do
	[ -s "$tmp/$name.h" ] || give_up "the compiler did not say whether there is $name" "$name"
done

rm "$tmp/NOTHING.h"
cat "$tmp"/*.h
