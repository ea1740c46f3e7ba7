// SPDX-License-Identifier: GPL-2.0
/*
 * From a hook's arguments to the operation. It comes to this only behind the
 * filter, so it may take its time.
 */
#include <linux/cred.h>
#include <linux/mm_types.h>
#include <linux/mount.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>
#include <uapi/linux/mount.h>

#include <asm/syscall.h>

#include "decode.h"
#include "event.h"
#include "fim_fs.h"
#include "fim_mount.h"
#include "fim_task.h"
#include "fim_uring.h"
#include "hook.h"
#include "ioctl.h"
#include "rule.h"
#include "selftest.h"
#include "tree.h"

/* The mount namespace of process 1: an address to compare. */
static const void *initial_mnt_ns;

static bool is_acl(const char *xattr)
{
	return !strcmp(xattr, XATTR_NAME_POSIX_ACL_ACCESS) ||
	       !strcmp(xattr, XATTR_NAME_POSIX_ACL_DEFAULT);
}

/**
 * fim_decode_file() - find the dentry whose ancestors decide for an open file
 * @file: the file
 *
 * Context: inside a hook.
 * Return: the dentry.
 */
noinline __noclone const struct dentry *fim_decode_file(const struct file *file)
{
	if (unlikely(fim_file_is_faked(file)))
		return fim_file_real_dentry(file);
	return file->f_path.dentry;
}

/**
 * fim_decode_upper() - find a file of an overlay in its upper layer
 * @file: the file
 *
 * Context: inside a hook.
 * Return: the dentry, or NULL if it is no such file or not open for writing.
 */
noinline __noclone const struct dentry *
fim_decode_upper(const struct file *file)
{
	return fim_file_upper_dentry(file);
}

static void decode_ioctl(const struct file *file, unsigned int cmd,
			 struct fim_access *access)
{
	const struct fim_ruleset *rs = rcu_dereference_sched(fim_ruleset);

	access->dentry = fim_decode_file(file);
	access->any_entry = fim_ioctl_changes_entry(cmd);
	if (fim_ioctl_changes_sb(rs, file_inode(file), cmd))
		access->reach = fim_ioctl_reaches_all(cmd) ? FIM_REACH_ALL :
							     FIM_REACH_SB;
	if (cmd == FS_IOC_SETFLAGS || cmd == FS_IOC32_SETFLAGS ||
	    cmd == FS_IOC_FSSETXATTR)
		access->op = FIM_OP_FILEATTR;
}

/*
 * Whether a mount operation counts: in the initial mount namespace. Elsewhere a
 * mount changes what paths mean for who made the namespace only, which counts
 * if that is a container; where it spreads to is for spread.c. Who may not mount
 * will be told so by the kernel.
 */
static bool mounts_count(const struct vfsmount *mnt, struct fim_access *access)
{
	/* The self-test's, which nobody else can name; pipes and the like are. */
	if (mnt->mnt_sb == fim_selftest_sb())
		return true;
	if (!cap_raised(current_cred()->cap_effective, CAP_SYS_ADMIN))
		return false;
	access->inner = current_user_ns() != &init_user_ns ||
			current->nsproxy->mnt_ns != initial_mnt_ns;
	return true;
}

/**
 * fim_decode_spreading() - as what current's system call mounts something
 *
 * Context: any.
 * Return: enum fim_op.
 */
u8 fim_decode_spreading(void)
{
	/* The number is the same on every architecture. */
	return fim_syscall_nr() == __NR_move_mount ? FIM_OP_MOVE_MOUNT :
						     FIM_OP_MOUNT;
}

#ifndef MOVE_MOUNT_BENEATH		/* 6.5 */
#define MOVE_MOUNT_BENEATH	0x00000200
#endif

/* Mounting beneath what is at a place: on what that is mounted on. */
static const struct dentry *place_beneath(const struct path *path)
{
	unsigned long args[6];

	if (fim_syscall_nr() != __NR_move_mount)
		return NULL;
	syscall_get_arguments(current, task_pt_regs(current), args);
	if (!(args[4] & MOVE_MOUNT_BENEATH))
		return NULL;
	/* Held while that is mounted, and freed by RCU. */
	return READ_ONCE(fim_mount_of(path->mnt)->mountpoint);
}

#define MOUNT_PROPAGATION	(MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)

/* mount(2): its flags are looked at in the kernel's order. */
static bool decode_sb_mount(struct ftrace_regs *fregs,
			    struct fim_access *access)
{
	const struct path *path = ARG(const struct path *, 1);
	unsigned long flags = ARG(unsigned long, 3);

	if (flags & MS_REMOUNT)
		return false;
	access->dentry = path->dentry;
	if (!(flags & MS_BIND)) {
		if (flags & MOUNT_PROPAGATION)
			return false;
		if (flags & MS_MOVE) {
			access->op = FIM_OP_MOVE_MOUNT;
			/* What to move is a path yet, which may change. */
			access->any_mount = true;
		}
	}
	return mounts_count(path->mnt, access);
}

static bool decode_mount(struct ftrace_regs *fregs, struct fim_access *access)
{
	const struct path *path = ARG(const struct path *, 1);

	access->removes = true;
	switch (access->op) {
	case FIM_OP_MOUNT:
		return decode_sb_mount(fregs, access);
	case FIM_OP_MOVE_MOUNT:
		access->dentry = path->dentry;
		access->above = place_beneath(path);
		access->mnt = ARG(const struct path *, 0)->mnt;
		return mounts_count(path->mnt, access);
	case FIM_OP_UMOUNT:
		/* Its root does not matter: that of a bind mount lies anywhere. */
		access->mnt = ARG(const struct vfsmount *, 0);
		access->dentry = NULL;
		/* It does not go with MNT_EXPIRE. */
		access->detaches = (ARG(unsigned long, 1) &
				    (MNT_DETACH | MNT_EXPIRE)) == MNT_DETACH;
		return mounts_count(access->mnt, access);
	default:
		access->dentry = path->dentry;
		access->reach = FIM_REACH_ALL;
		return mounts_count(path->mnt, access);
	}
}

/**
 * fim_decode_server() - find what a file server changes
 * @hook: a hook with by_server
 * @fregs: its arguments
 *
 * Context: inside the hook.
 * Return: the dentry, or NULL if there is none.
 */
const struct dentry *fim_decode_server(const struct fim_hook *hook,
				       struct ftrace_regs *fregs)
{
	if (hook->op == FIM_OP_SETXATTR)
		return ARG(const struct dentry *, 0);
#ifdef FIM_HAVE_SET_ACL
	return ARG(const struct dentry *, 1);
#else
	/* The server holds the dentry by which it found the inode. */
	return fim_first_alias(ARG(const struct inode *, FIM_XATTR_DENTRY));
#endif
}

/**
 * fim_decode() - find the operation in a hook's arguments
 * @hook: the hook
 * @fregs: its arguments
 * @access: what to fill, all zero
 *
 * Context: inside the hook.
 * Return: false if there is nothing to decide: because another hook has or
 * will, or because it does not count.
 */
bool fim_decode(const struct fim_hook *hook, struct ftrace_regs *fregs,
		struct fim_access *access)
{
	const struct vm_area_struct *vma;

	access->op = hook->op;
	if (hook->by_server) {
		access->dentry = fim_decode_server(hook, fregs);
		return access->dentry;
	}
	access->dentry = ARG(const struct dentry *, 1);

	switch (hook->op) {
	case FIM_OP_CREATE:
		/*
		 * An open with O_CREAT asks before it looks whether the file
		 * exists. If it does, what was answered is forgotten.
		 */
		access->uncertain = d_in_lookup(access->dentry);
		access->made = access->dentry;
		break;
	case FIM_OP_MKDIR:
	case FIM_OP_MKNOD:
		access->made = access->dentry;
		break;
	case FIM_OP_LINK:
		access->dentry = ARG(const struct dentry *, 0);
		access->other = ARG(const struct dentry *, 2);
		access->made = access->other;
		break;
	case FIM_OP_UNLINK:
	case FIM_OP_RMDIR:
		access->removes = true;
		break;
	case FIM_OP_RENAME:
		access->removes = true;
		access->other = ARG(const struct dentry *, 3);
		access->made = access->other;
		break;
	case FIM_OP_SYMLINK:
		access->text = ARG(const char *, 2);
		access->made = access->dentry;
		break;
	case FIM_OP_SETATTR:
		/* The truncation of an open, which was decided about as such */
		access->dentry = ARG(const struct dentry *, FIM_SETATTR_DENTRY);
		return !(ARG(const struct iattr *, FIM_SETATTR_DENTRY + 1)
			 ->ia_valid & ATTR_OPEN);
	case FIM_OP_SETXATTR:
	case FIM_OP_REMOVEXATTR:
		access->dentry = ARG(const struct dentry *, FIM_XATTR_DENTRY);
		/* Up to 6.1, ACLs come as the attributes that hold them. */
		if (!is_acl(ARG(const char *, FIM_XATTR_DENTRY + 1)))
			break;
		access->op = hook->op == FIM_OP_SETXATTR ? FIM_OP_SETACL :
							   FIM_OP_REMOVEACL;
		break;
	case FIM_OP_FILEATTR:
	case FIM_OP_QUOTA_ON:
		access->dentry = ARG(const struct dentry *, 0);
		break;
	case FIM_OP_OPEN:
		access->file = ARG(const struct file *, 0);
		access->dentry = fim_decode_file(access->file);
		if (!(access->file->f_flags & (O_ACCMODE | O_TRUNC)))
			access->op = FIM_OP_READ;
		fim_event_not_created();
		break;
	case FIM_OP_WRITE:
	case FIM_OP_MMAP:
	case FIM_OP_FCNTL:
		access->file = ARG(const struct file *, 0);
		access->dentry = fim_decode_file(access->file);
		if (hook->op != FIM_OP_FCNTL)
			access->above = fim_decode_upper(access->file);
		break;
	case FIM_OP_MPROTECT:
		vma = ARG(const struct vm_area_struct *, 0);
		access->file = vma->vm_file;
		access->dentry = fim_decode_file(access->file);
		access->above = fim_file_user_dentry(vma->vm_file);
		break;
	case FIM_OP_IOCTL:
		if (hook->by_uring)
			decode_ioctl(ARG(const struct io_uring_cmd *, 0)->file,
				     ARG(const struct io_uring_cmd *, 0)->cmd_op,
				     access);
		else
			decode_ioctl(ARG(const struct file *, 0),
				     ARG(unsigned long, 1), access);
		break;
	case FIM_OP_MOUNT:
	case FIM_OP_MOVE_MOUNT:
	case FIM_OP_UMOUNT:
	case FIM_OP_PIVOT_ROOT:
		return decode_mount(fregs, access);
	}
	return true;
}

/**
 * fim_mnt_ns_is_initial() - whether a mount namespace is that of process 1
 * @mnt_ns: the namespace, an address
 *
 * Return: whether it is.
 */
bool fim_mnt_ns_is_initial(const void *mnt_ns)
{
	return mnt_ns == initial_mnt_ns;
}

static const void *mnt_ns_of_init(void)
{
	const void *mnt_ns = NULL;
	struct task_struct *init;

	rcu_read_lock();
	init = init_pid_ns.child_reaper;
	task_lock(init);
	if (init->nsproxy)
		mnt_ns = init->nsproxy->mnt_ns;
	task_unlock(init);
	rcu_read_unlock();
	return mnt_ns;
}

/**
 * fim_mnt_ns_is_kept() - whether process 1 is in the mount namespace that it was
 *	in when the module was loaded
 *
 * Context: process.
 * Return: whether it is.
 */
bool fim_mnt_ns_is_kept(void)
{
	return mnt_ns_of_init() == initial_mnt_ns;
}

/**
 * fim_decode_init() - learn which mount namespace is the initial one
 *
 * Context: process.
 */
void fim_decode_init(void)
{
	initial_mnt_ns = mnt_ns_of_init();
}
