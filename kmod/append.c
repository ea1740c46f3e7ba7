// SPDX-License-Identifier: GPL-2.0
/*
 * Files that may be appended to and not changed otherwise: which opens are for
 * that, and what a descriptor from such an open may be used for.
 *
 * A write appends if O_APPEND is set when the kernel looks, which is after the
 * hook, and if it does not say RWF_NOAPPEND. So nobody may clear O_APPEND, and
 * only system calls pass whose flags are in registers: those of io_uring and
 * aio stand in memory of the caller's, which may change.
 */
#include <linux/atomic.h>
#include <linux/compat.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <linux/major.h>
#include <linux/raid/md_u.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <asm/syscall.h>
#include <asm/unistd.h>

#include "append.h"
#include "decode.h"
#include "event.h"
#include "fim_fs.h"
#include "pause.h"
#include "rule.h"
#include "tree.h"

#define NOAPPEND	0x20	/* RWF_NOAPPEND, 6.9 */

/* More descriptors than that are not looked at. */
#define DESCRIPTORS_MAX	65536

/**
 * fim_append_matches() - whether a rule lets the object be appended to
 * @match: what decided, about the object itself or its filesystem
 *
 * Return: whether it does, whatever the operation is.
 */
bool fim_append_matches(const struct fim_match *match)
{
	return match->binding && match->mark && !match->guard &&
	       match->action == fim_rule_action(match->binding->rule) &&
	       fim_rule_appends(match->binding->rule);
}

/*
 * A file that the kernel opens below another one obeys the flags of that one,
 * which no rule may be about; what a kernel thread writes asks no hook.
 */
static bool is_inner(const struct file *file)
{
	if (fim_file_is_faked(file) || (current->flags & PF_KTHREAD))
		return true;
#ifdef FMODE_BACKING
	return file->f_mode & FMODE_BACKING;
#else
	return false;
#endif
}

static bool opens_to_append(const struct file *file)
{
	return S_ISREG(file_inode(file)->i_mode) &&
	       (file->f_flags & (O_APPEND | O_TRUNC)) == O_APPEND &&
	       !is_inner(file);
}

/*
 * What io_uring leaves to do for a task is done on its way out of any system
 * call, whose registers tell nothing about it.
 */
static bool may_have_left_writes(void)
{
#if defined(CONFIG_IO_URING) && defined(RWF_NOAPPEND)
	return current->io_uring;
#else
	return false;
#endif
}

/* Those of x32 are none of them. */
static bool is_plain_write(void)
{
	static const int native[] = { __NR_write, __NR_pwrite64, __NR_writev,
				      __NR_pwritev };
#ifdef CONFIG_X86
	static const int compat[] = { 4, 181, 146, 334 };
	const int compat_pwritev2 = 379;
#else
	static const int compat[] = { 4, 181, 146, 362 };
	const int compat_pwritev2 = 393;
#endif
	const int *calls = in_compat_syscall() ? compat : native;
	struct pt_regs *regs = task_pt_regs(current);
	int nr = syscall_get_nr(current, regs);
	unsigned long args[6];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(native); i++)
		if (nr == calls[i])
			return true;
	if (nr != (calls == native ? __NR_pwritev2 : compat_pwritev2))
		return false;
	syscall_get_arguments(current, regs, args);
	return !(args[5] & NOAPPEND);
}

static bool appends(const struct file *file)
{
	return (READ_ONCE(file->f_flags) & O_APPEND) && !is_inner(file) &&
	       !(current->flags & PF_IO_WORKER) && !may_have_left_writes() &&
	       is_plain_write();
}

/**
 * fim_append_decide() - let what appends pass, and what no rule looks at
 * @rs: the ruleset
 * @access: an operation on an open file
 * @verdict: what the rules say; changed
 *
 * What is done by a descriptor is looked at if its file was open before the
 * rule, or if it may only be appended to.
 *
 * Context: inside a hook.
 */
void fim_append_decide(const struct fim_ruleset *rs,
		       const struct fim_access *access,
		       struct fim_verdict *verdict)
{
	const struct file *file = access->file;

	if (verdict->action <= FIM_ACTION_ALLOW)
		return;
	/* The hook of the file in the upper layer is asked, but of a splice. */
	if (access->op == FIM_OP_WRITE && access->above &&
	    verdict->match.object == access->above &&
	    verdict->action != FIM_ACTION_BLOCK) {
		*verdict = (struct fim_verdict){};
		return;
	}
	if (fim_append_matches(&verdict->match)) {
		if (access->op == FIM_OP_OPEN ? opens_to_append(file) :
		    access->op == FIM_OP_WRITE && appends(file))
			verdict->action = FIM_ACTION_ALLOW;
	} else if (access->op == FIM_OP_FCNTL ||
		   (access->op != FIM_OP_OPEN && access->op != FIM_OP_READ &&
		    !fim_file_is_from_before(rs, file, access->above))) {
		*verdict = (struct fim_verdict){};
	}
}

/* Drivers that write to a descriptor's file without asking, at any place. */
static bool takes_descriptor(const struct inode *inode, unsigned int cmd)
{
	switch (cmd) {
	case LOOP_SET_FD:
	case LOOP_CONFIGURE:
		return imajor(inode) == LOOP_MAJOR;
	case SET_BITMAP_FILE:
		return true;
	}
	return false;
}

/* What a descriptor may write to, and no hook would be asked about */
static bool may_be_protected(const struct fim_ruleset *rs,
			     const struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (!S_ISREG(inode->i_mode) || !(file->f_mode & FMODE_WRITE) ||
	    !fim_sb_marked(inode->i_sb))
		return false;
	return fim_mark_find(rs, inode, FIM_MARK_WRITER) ||
	       ((rs->append || rs->lapsing) && !fim_file_is_clear(rs, file));
}

/*
 * Which of its descriptors the task means may stand in its memory. Nobody else
 * changes a table that is its own, so all in there are held.
 *
 * Return: false if the table is not, or too large.
 */
static bool decide_about_all(const struct fim_ruleset *rs,
			     const struct fim_caller *caller,
			     struct fim_verdict *verdict)
{
	struct fim_access access = { .op = FIM_OP_IOCTL };
	struct files_struct *files = current->files;
	struct fim_verdict its = {};
	const struct file *file;
	struct fdtable *fdt;
	unsigned int i;

	if (!files || atomic_read(&files->count) != 1)
		return false;
	fdt = rcu_dereference_raw(files->fdt);
	if (fdt->max_fds > DESCRIPTORS_MAX)
		return false;
	for (i = 0; i < fdt->max_fds; i++) {
		file = rcu_dereference_raw(fdt->fd[i]);
		if (!file || !may_be_protected(rs, file))
			continue;
		access.dentry = fim_decode_file(file);
		fim_decide(rs, &access, caller, &its);
		if (its.action > verdict->action)
			*verdict = its;
	}
	return true;
}

/* The strictest of all rules whose files somebody may have open for writing */
static void suspect_any(const struct fim_ruleset *rs,
			const struct fim_access *access,
			const struct fim_caller *caller,
			struct fim_verdict *verdict)
{
	const struct fim_binding *binding;
	unsigned int i;

	for (i = 0; i < rs->nr_bindings; i++) {
		binding = rs->bindings[i];
		if (fim_binding_armed(binding) && binding->policy->kind &&
		    (rs->nr_writers || fim_rule_appends(binding->rule)) &&
		    fim_concerns(binding, access, caller) &&
		    fim_rule_action(binding->rule) > verdict->action) {
			verdict->match.binding = binding;
			verdict->action = fim_rule_action(binding->rule);
		}
	}
}

/**
 * fim_append_ioctl_is_refused() - decide about lending a descriptor to a driver
 * @rs: the ruleset
 * @device: the driver's device; held by the hook's caller
 * @cmd: the command
 *
 * Context: inside a hook.
 * Return: true if it is to be refused. It is recorded if some rule is about it.
 */
bool fim_append_ioctl_is_refused(const struct fim_ruleset *rs,
				 const struct file *device, unsigned int cmd)
{
	const struct fim_access access = { .op = FIM_OP_IOCTL };
	struct fim_verdict verdict = {};
	struct fim_caller caller;

	if (!(rs->append || rs->lapsing || rs->nr_writers) ||
	    !takes_descriptor(file_inode(device), cmd))
		return false;
	fim_caller_read(&caller);
	if (!decide_about_all(rs, &caller, &verdict))
		suspect_any(rs, &access, &caller, &verdict);
	if (verdict.action <= FIM_ACTION_ALLOW)
		return false;
	verdict.match = (struct fim_match){
		.binding = verdict.match.binding,
		.object = device->f_path.dentry,
		.guard = fim_goal_path(verdict.match.binding),
		.action = verdict.action,
	};
	verdict.rest = (struct fim_match){ .object = device->f_path.dentry };
	fim_pause_decide(&verdict);
	fim_event_violation(&access, &verdict, FIM_RECHECK_NONE);
	return verdict.action == FIM_ACTION_BLOCK;
}
