// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks: each finds the object in its function's arguments, leaves at once
 * if nothing on its way is marked, and else asks for a decision.
 *
 * A hook runs at the entry of a security_*() function, in the context of its
 * caller, which may hold any lock of the VFS. It never sleeps, locks, allocates
 * or waits. It needs no guard against recursion: nothing that it calls, and
 * nothing that is called here with tracing on, ends in a function that is
 * hooked.
 *
 * No match: the function goes on untouched. A refusal: it is made to go on in
 * refuse() instead, which returns to its caller. The one function that is
 * called in place of one is security_sb_delete(), see sb_delete.c.
 *
 * Lifetimes: dentries, files and names that a hook finds in the arguments are
 * held by the caller of its function until that returns. What it finds from
 * there on, ancestors and the ruleset, is freed by RCU, and preemption is off
 * while they are used.
 */
#include <linux/module.h>
#include <linux/security.h>

#include "append.h"
#include "decode.h"
#include "descriptor.h"
#include "event.h"
#include "fim_fs.h"
#include "fim_uring.h"
#include "hook.h"
#include "ioctl.h"
#include "load.h"
#include "object.h"
#include "pause.h"
#include "raw.h"
#include "recheck.h"
#include "rule.h"
#include "sb_delete.h"
#include "selftest.h"
#include "spread.h"
#include "tree.h"

/* Opens that may change something: any but a plain one for reading. */
#define OPEN_CHANGES	(O_ACCMODE | O_TRUNC)

/* Where a function goes on that is refused. Its arguments do not matter. */
static int refuse(void)
{
	return -EACCES;
}

/**
 * fim_hook_find() - which hook runs
 * @ip: where
 *
 * Return: the hook, or NULL, which can't be.
 */
struct fim_hook *fim_hook_find(unsigned long ip)
{
	unsigned int i;

	/* A patched site is at the entry or a few bytes behind it. */
	for (i = 0; i < fim_nr_hooks; i++)
		if (fim_hooks[i].addr && ip - fim_hooks[i].addr < 16)
			return &fim_hooks[i];
	return NULL;
}

/**
 * fim_hook_decide() - what happens behind the filter, rarely: it takes its time
 * @rs: the ruleset
 * @ip: which hook
 * @fregs: its function's arguments; made to go on elsewhere if it is refused
 */
noinline void fim_hook_decide(const struct fim_ruleset *rs, unsigned long ip,
			      struct ftrace_regs *fregs)
{
	struct fim_hook *hook = fim_hook_find(ip);
	struct fim_access access = {};
	struct fim_verdict verdict;
	unsigned int moved = FIM_RECHECK_NONE;
	struct fim_caller caller;

	if (WARN_ON_ONCE(!hook) || !fim_decode(hook, fregs, &access))
		return;
	fim_caller_read(&caller);
	fim_decide(rs, &access, &caller, &verdict);
	if (access.file)
		fim_append_decide(rs, &access, &verdict);
	fim_pause_decide(&verdict);
	if (verdict.action == FIM_ACTION_BLOCK)
		fim_ftrace_redirect(fregs, (unsigned long)refuse);
	else
		moved = fim_moves(rs, &access);
	/* The self-test's own file */
	if (verdict.match.binding && !verdict.match.binding->policy->kind)
		WRITE_ONCE(hook->fired, true);
	else if (verdict.action > FIM_ACTION_ALLOW)
		fim_event_violation(&access, &verdict, moved);
	else if (moved != FIM_RECHECK_NONE)
		fim_event_awaited(moved);
}

/*
 * The hooks' second half is not inlined, so that the first half, which is
 * all that runs on a filesystem without marks, needs no stack.
 */

static noinline void check_dentry(const struct dentry *dentry,
				  unsigned long ip, struct ftrace_regs *fregs)
{
	const struct fim_ruleset *rs;

	rcu_read_lock_sched_notrace();
	rs = rcu_dereference_sched(fim_ruleset);
	if (!fim_entry_is_clear(rs, dentry) || !fim_walk_is_clear(rs, dentry))
		fim_hook_decide(rs, ip, fregs);
	rcu_read_unlock_sched_notrace();
}

/* All that have the dentry they change as their second argument. */
static void hook_dentry(unsigned long ip, unsigned long parent_ip,
			struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	const struct dentry *dentry = ARG(const struct dentry *, 1);

	if (unlikely(fim_sb_marked(dentry->d_sb)))
		check_dentry(dentry, ip, fregs);
}

/* A device node may lie on any filesystem. */
static noinline void check_raw_open(const struct file *file,
				    struct ftrace_regs *fregs)
{
	if ((file->f_flags & OPEN_CHANGES) && fim_raw_open_is_refused(file))
		fim_ftrace_redirect(fregs, (unsigned long)refuse);
}

static noinline void check_open(const struct file *file, unsigned long ip,
				struct ftrace_regs *fregs)
{
	umode_t mode = file_inode(file)->i_mode;
	bool reads = !(file->f_flags & OPEN_CHANGES);
	const struct fim_ruleset *rs;

	/* Decided about by inode_create, which had the same ancestors. */
	if (file->f_mode & FMODE_CREATED) {
		if (unlikely(atomic_read(&fim_event_doubts)))
			fim_event_created();
		return;
	}
	/* What is written to a FIFO, socket or device does not change it. */
	if (!S_ISREG(mode) && !S_ISDIR(mode)) {
		check_raw_open(file, fregs);
		return;
	}
	if (reads && !static_branch_unlikely(&fim_reads_matter))
		return;

	rcu_read_lock_sched_notrace();
	rs = rcu_dereference_sched(fim_ruleset);
	if (!fim_file_is_clear(rs, file))
		fim_hook_decide(rs, ip, fregs);
	rcu_read_unlock_sched_notrace();
}

static void hook_file_open(unsigned long ip, unsigned long parent_ip,
			   struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	const struct file *file = ARG(const struct file *, 0);
	const struct inode *inode;

	/* Most opens leave here. O_CREAT is for those that just created. */
	if (likely(!(file->f_flags & (OPEN_CHANGES | O_CREAT))) &&
	    !static_branch_unlikely(&fim_reads_matter))
		return;
	inode = file_inode(file);
	if (unlikely(fim_sb_marked(inode->i_sb)))
		check_open(file, ip, fregs);
	else if (unlikely(!(inode->i_mode & S_IFREG)))
		check_raw_open(file, fregs);
}

static noinline void check_ioctl(const struct file *file, unsigned int cmd,
				 unsigned long ip, struct ftrace_regs *fregs)
{
	const struct inode *inode = file_inode(file);
	const struct fim_ruleset *rs;

	rcu_read_lock_sched_notrace();
	rs = rcu_dereference_sched(fim_ruleset);
	if (S_ISBLK(inode->i_mode) || S_ISCHR(inode->i_mode)) {
		if (fim_append_ioctl_is_refused(rs, file, cmd) ||
		    fim_raw_ioctl_is_refused(file, cmd))
			fim_ftrace_redirect(fregs, (unsigned long)refuse);
		rcu_read_unlock_sched_notrace();
		return;
	}
	if (fim_raw_move_is_refused(rs, file, cmd))
		fim_ftrace_redirect(fregs, (unsigned long)refuse);
	else if (fim_ioctl_changes_sb(rs, inode, cmd))
		fim_hook_decide(rs, ip, fregs);
	/* What is done to a FIFO, socket or device does not change it. */
	else if ((S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode)) &&
		 !fim_ioctl_only_reads(inode, cmd) &&
		 (!fim_file_is_clear(rs, file) || fim_ioctl_makes_name(cmd)))
		fim_hook_decide(rs, ip, fregs);
	rcu_read_unlock_sched_notrace();
}

static void hook_file_ioctl(unsigned long ip, unsigned long parent_ip,
			    struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	const struct file *file = ARG(const struct file *, 0);
	const struct inode *inode = file_inode(file);
	const unsigned int cmd = ARG(unsigned long, 1);

	if (unlikely(fim_sb_marked(inode->i_sb) || S_ISBLK(inode->i_mode) ||
		     fim_raw_by_char_device(cmd) || fim_raw_takes_device(cmd) ||
		     fim_ioctl_reaches_all(cmd)))
		check_ioctl(file, cmd, ip, fregs);
}

#ifdef FIM_HAVE_URING_CMD
static void hook_uring_cmd(unsigned long ip, unsigned long parent_ip,
			   struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	const struct io_uring_cmd *cmd = ARG(const struct io_uring_cmd *, 0);
	const struct inode *inode = file_inode(cmd->file);

	if (unlikely(fim_sb_marked(inode->i_sb) || S_ISBLK(inode->i_mode) ||
		     fim_raw_by_char_device(cmd->cmd_op)))
		check_ioctl(cmd->file, cmd->cmd_op, ip, fregs);
}
#endif

/* Old and new name are on the same filesystem, here and in a rename. */
static void check_link(unsigned long ip, struct ftrace_regs *fregs)
{
	const struct dentry *old_dentry = ARG(const struct dentry *, 0);
	const struct dentry *new_dentry = ARG(const struct dentry *, 2);
	const struct fim_ruleset *rs;

	if (likely(!fim_sb_marked(old_dentry->d_sb)))
		return;
	rcu_read_lock_sched_notrace();
	rs = rcu_dereference_sched(fim_ruleset);
	if (!fim_walk_is_clear(rs, old_dentry) ||
	    !fim_entry_is_clear(rs, new_dentry) ||
	    !fim_walk_is_clear(rs, new_dentry))
		fim_hook_decide(rs, ip, fregs);
	rcu_read_unlock_sched_notrace();
}

static void check_rename(unsigned long ip, struct ftrace_regs *fregs)
{
	const struct dentry *old_dentry = ARG(const struct dentry *, 1);
	const struct dentry *new_dentry = ARG(const struct dentry *, 3);
	const struct fim_ruleset *rs;

	if (likely(!fim_sb_marked(old_dentry->d_sb)))
		return;
	rcu_read_lock_sched_notrace();
	rs = rcu_dereference_sched(fim_ruleset);
	/* An exchange puts something else behind both names. */
	if (!fim_entry_is_clear(rs, old_dentry) ||
	    !fim_entry_is_clear(rs, new_dentry) ||
	    !fim_place_is_clear(rs, old_dentry) ||
	    !fim_place_is_clear(rs, new_dentry) ||
	    !fim_walk_is_clear(rs, old_dentry) ||
	    !fim_walk_is_clear(rs, new_dentry))
		fim_hook_decide(rs, ip, fregs);
	rcu_read_unlock_sched_notrace();
}

/* Those that have the dentry first; see also OPS_OF_DENTRY(). */
static void check_first_dentry(unsigned long ip, struct ftrace_regs *fregs)
{
	const struct dentry *dentry = ARG(const struct dentry *, 0);

	if (unlikely(fim_sb_marked(dentry->d_sb)))
		check_dentry(dentry, ip, fregs);
}

/* What nfsd and ksmbd do to a file without asking */
static void check_server(const struct fim_hook *hook, unsigned long ip,
			 struct ftrace_regs *fregs)
{
	const struct dentry *dentry;

	if (!(current->flags & PF_KTHREAD) && !fim_selftest_is_caller())
		return;
	/* It may be another name than the server's, and freed by RCU. */
	rcu_read_lock_sched_notrace();
	dentry = fim_decode_server(hook, fregs);
	if (dentry && fim_sb_marked(dentry->d_sb))
		check_dentry(dentry, ip, fregs);
	rcu_read_unlock_sched_notrace();
}

static void hook_load(unsigned long ip, unsigned long parent_ip,
		      struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct fim_hook *hook = fim_hook_find(ip);

	if (!WARN_ON_ONCE(!hook) && fim_load_is_refused(hook, fregs))
		fim_ftrace_redirect(fregs, (unsigned long)refuse);
}

/* mount(2) and its relatives */
static void check_mount(unsigned long ip, struct ftrace_regs *fregs)
{
	rcu_read_lock_sched_notrace();
	fim_hook_decide(rcu_dereference_sched(fim_ruleset), ip, fregs);
	rcu_read_unlock_sched_notrace();
}

/* A copy of a mount is about to be attached in a namespace. */
static void check_spread(struct fim_hook *hook, struct ftrace_regs *fregs)
{
	if (fim_spread_is_refused(hook, ARG(const void *, 0),
				  ARG(const struct fim_mount *, 1)))
		fim_ftrace_redirect(fregs, (unsigned long)refuse);
}

/* All that is rare enough to be told apart by its address. */
static void hook_rest(unsigned long ip, unsigned long parent_ip,
		      struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct fim_hook *hook = fim_hook_find(ip);

	if (WARN_ON_ONCE(!hook))
		return;
	if (hook->by_spreading) {
		check_spread(hook, fregs);
		return;
	}
	if (hook->by_server) {
		check_server(hook, ip, fregs);
		return;
	}
	switch (hook->op) {
	case FIM_OP_RENAME:
		check_rename(ip, fregs);
		break;
	case FIM_OP_LINK:
		check_link(ip, fregs);
		break;
	case FIM_OP_SETATTR:
	case FIM_OP_SETXATTR:
	case FIM_OP_REMOVEXATTR:
	case FIM_OP_FILEATTR:
	case FIM_OP_QUOTA_ON:
		check_first_dentry(ip, fregs);
		break;
	case FIM_OP_UNSPEC:
		fim_sb_delete_check(parent_ip, fregs);
		break;
	default:
		check_mount(ip, fregs);
		break;
	}
}

#define OPS(name, callback)						\
	static struct ftrace_ops name = FIM_FTRACE_OPS(callback)

/*
 * One ops for each hook that has to be fast or that finds its object at the
 * same place, and one for the rest, as each takes its time to unregister.
 * Never two on one function, for then the kernel calls both through a list.
 */
OPS(dentry_ops, hook_dentry);
OPS(open_ops, hook_file_open);
OPS(ioctl_ops, hook_file_ioctl);
#ifdef FIM_HAVE_URING_CMD
OPS(uring_ops, hook_uring_cmd);
#endif
OPS(rest_ops, hook_rest);
OPS(permission_ops, fim_hook_file_permission);
OPS(fcntl_ops, fim_hook_file_fcntl);
OPS(mapping_ops, fim_hook_mapping);
OPS(load_ops, hook_load);

/* A kernel that has no such system call does without its hook. */
#ifdef FIM_HAVE_FILE_SETATTR
#define FILE_SETATTR_REQUIRED	true
#else
#define FILE_SETATTR_REQUIRED	false
#endif

/* Before kernels had idmaps, the dentry came first. */
#define OPS_OF_DENTRY(n)	(*((n) ? &dentry_ops : &rest_ops))

#define HOOK(name, operation, where, need, lost) {			\
	.symbol = "security_" #name,					\
	.op = operation,						\
	.ops = &(where),							\
	.required = need,						\
	.loses = lost,							\
}

#define HOOK_ON_DEMAND(name, operation, where, when, lost, ...) {		\
	.symbol = "security_" #name,					\
	.op = operation,						\
	.ops = &(where),							\
	.required = true,						\
	.demand = FIM_DEMAND_##when,					\
	.loses = lost,							\
	__VA_ARGS__							\
}

/* In the order in which fim_hook_find() looks for them */
struct fim_hook fim_hooks[] = {
	HOOK(inode_rename, FIM_OP_RENAME, rest_ops, true,
	     "renaming, and replacing by renaming"),
	HOOK(inode_link, FIM_OP_LINK, rest_ops, true,
	     "hard links to and into what is protected"),
	HOOK(inode_create, FIM_OP_CREATE, dentry_ops, true,
	     "creating files in protected directories"),
	HOOK(inode_unlink, FIM_OP_UNLINK, dentry_ops, true,
	     "removing files"),
	HOOK(inode_symlink, FIM_OP_SYMLINK, dentry_ops, true,
	     "making symbolic links"),
	HOOK(inode_mkdir, FIM_OP_MKDIR, dentry_ops, true,
	     "making directories"),
	HOOK(inode_rmdir, FIM_OP_RMDIR, dentry_ops, true,
	     "removing directories"),
	HOOK(inode_mknod, FIM_OP_MKNOD, dentry_ops, true,
	     "making FIFOs, sockets and device nodes"),
	HOOK(inode_setattr, FIM_OP_SETATTR, OPS_OF_DENTRY(FIM_SETATTR_DENTRY),
	     true,
	     "changing mode, owner, size and times"),
	HOOK(inode_setxattr, FIM_OP_SETXATTR, OPS_OF_DENTRY(FIM_XATTR_DENTRY),
	     true,
	     "setting extended attributes, file capabilities among them"),
	HOOK(inode_removexattr, FIM_OP_REMOVEXATTR,
	     OPS_OF_DENTRY(FIM_XATTR_DENTRY), true,
	     "removing extended attributes"),
#ifdef FIM_HAVE_SET_ACL
	HOOK(inode_set_acl, FIM_OP_SETACL, dentry_ops, true,
	     "setting POSIX ACLs"),
	HOOK(inode_remove_acl, FIM_OP_REMOVEACL, dentry_ops, true,
	     "removing POSIX ACLs"),
#endif
#ifdef CONFIG_FS_POSIX_ACL
	{
		.symbol = FIM_SET_POSIX_ACL,
		.op = FIM_OP_SETACL,
		.ops = &rest_ops,
		.by_server = true,
		.loses = "setting POSIX ACLs by a file server",
	},
#endif
	{
		.symbol = "security_inode_setsecctx",
		.op = FIM_OP_SETXATTR,
		.ops = &rest_ops,
		.by_server = true,
		.loses = "setting security labels by a file server",
	},
	HOOK(inode_file_setattr, FIM_OP_FILEATTR, rest_ops,
	     FILE_SETATTR_REQUIRED,
	     "changing inode flags and project ids by file_setattr(2)"),
	HOOK(file_open, FIM_OP_OPEN, open_ops, true,
	     "opening files for writing"),
	HOOK(file_ioctl, FIM_OP_IOCTL, ioctl_ops, true,
	     "ioctls that change files, chattr among them"),
#ifdef FIM_HAVE_FILE_IOCTL_COMPAT
	HOOK(file_ioctl_compat, FIM_OP_IOCTL, ioctl_ops, true,
	     "ioctls of 32-bit programs"),
#endif
#ifdef FIM_HAVE_URING_CMD
	{
		.symbol = "security_uring_cmd",
		.op = FIM_OP_IOCTL,
		.ops = &uring_ops,
		.by_uring = true,
		.loses = "ioctls by io_uring, NVMe commands among them",
	},
#endif
	HOOK(sb_mount, FIM_OP_MOUNT, rest_ops, true,
	     "mounting over protected directories by mount(2)"),
	HOOK(move_mount, FIM_OP_MOVE_MOUNT, rest_ops, true,
	     "mounting over protected directories by move_mount(2)"),
	{
		.symbol = FIM_COUNT_MOUNTS,
		.op = FIM_OP_MOUNT,
		.ops = &rest_ops,
		.by_spreading = true,
		.required = true,
		.loses = "mounting over them where it spreads to",
	},
	HOOK(sb_umount, FIM_OP_UMOUNT, rest_ops, true,
	     "unmounting filesystems with protected directories"),
	HOOK(sb_pivotroot, FIM_OP_PIVOT_ROOT, rest_ops, true,
	     "replacing the root by pivot_root(2)"),
	HOOK(quota_on, FIM_OP_QUOTA_ON, rest_ops, true,
	     "making a protected file one that the kernel keeps quotas in"),
	{
		.symbol = FIM_SB_DELETE,
		.ops = &rest_ops,
		.required = true,
		.loses = "a clean unmount of filesystems with protected directories",
	},
	HOOK_ON_DEMAND(file_permission, FIM_OP_WRITE, permission_ops, WRITERS,
		       "writing by descriptors from before a rule"),
	HOOK_ON_DEMAND(mmap_file, FIM_OP_MMAP, mapping_ops, WRITERS,
		       "new mappings by descriptors from before a rule"),
	HOOK_ON_DEMAND(file_mprotect, FIM_OP_MPROTECT, mapping_ops, WRITERS,
		       "making mappings from before a rule writable"),
	HOOK_ON_DEMAND(file_fcntl, FIM_OP_FCNTL, fcntl_ops, WRITERS,
		       "keeping descriptors that may only append from more"),
	HOOK_ON_DEMAND(kernel_load_data, FIM_OP_MODULE, load_ops, LOADS,
		       "loading modules by init_module(2), and kexec_load(2)"),
	HOOK_ON_DEMAND(kernel_read_file, FIM_OP_MODULE, load_ops, LOADS,
		       "loading modules and kernels to boot from files",
		       .by_file = true),
};

const unsigned int fim_nr_hooks = ARRAY_SIZE(fim_hooks);

/**
 * fim_hook_call() - what ftrace does for an ops, for a kprobe
 * @hook: the hook whose function is about to run
 * @parent_ip: where that will return to
 * @fregs: its registers
 *
 * Context: preemption is off.
 */
void fim_hook_call(const struct fim_hook *hook, unsigned long parent_ip,
		   struct ftrace_regs *fregs)
{
	unsigned long ip = hook->addr;

	if (hook->ops == &dentry_ops)
		hook_dentry(ip, parent_ip, NULL, fregs);
	else if (hook->ops == &open_ops)
		hook_file_open(ip, parent_ip, NULL, fregs);
	else if (hook->ops == &ioctl_ops)
		hook_file_ioctl(ip, parent_ip, NULL, fregs);
	else if (hook->ops == &permission_ops)
		fim_hook_file_permission(ip, parent_ip, NULL, fregs);
	else if (hook->ops == &fcntl_ops)
		fim_hook_file_fcntl(ip, parent_ip, NULL, fregs);
	else if (hook->ops == &mapping_ops)
		fim_hook_mapping(ip, parent_ip, NULL, fregs);
	else if (hook->ops == &load_ops)
		hook_load(ip, parent_ip, NULL, fregs);
#ifdef FIM_HAVE_URING_CMD
	else if (hook->ops == &uring_ops)
		hook_uring_cmd(ip, parent_ip, NULL, fregs);
#endif
	else
		hook_rest(ip, parent_ip, NULL, fregs);
}
