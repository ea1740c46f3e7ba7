// SPDX-License-Identifier: GPL-2.0
/*
 * Who does it: what a record tells about the task.
 */
#include <linux/audit.h>
#include <linux/auxvec.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs_struct.h>
#include <linux/kdev_t.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/tty.h>
#include <linux/uaccess.h>
#include <asm/syscall.h>

#include "budget.h"
#include "fim.h"
#include "fim_task.h"
#include "subject.h"

static void read_ids(struct fim_subject *subject)
{
	const struct cred *cred = current_real_cred();
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct task_struct *parent;

	subject->pid = task_pid_nr(current);
	subject->tgid = task_tgid_nr(current);
	/* An exiting task may have none any more. */
	subject->ns_tgid = ns ? task_tgid_nr_ns(current, ns) : 0;
	subject->ns_pid = ns ? task_pid_nr_ns(current, ns) : 0;
	subject->pid_ns = ns ? ns->ns.inum : 0;
	rcu_read_lock();
	parent = rcu_dereference(current->real_parent);
	subject->ppid = task_tgid_nr(parent);
	subject->ns_ppid = ns ? task_tgid_nr_ns(parent, ns) : 0;
	rcu_read_unlock();

	subject->uid = from_kuid(&init_user_ns, cred->uid);
	subject->euid = from_kuid(&init_user_ns, cred->euid);
	subject->gid = from_kgid(&init_user_ns, cred->gid);
	subject->fsuid = from_kuid(&init_user_ns, current_fsuid());
	subject->loginuid = from_kuid(&init_user_ns,
				      audit_get_loginuid(current));
	subject->sessionid = audit_get_sessionid(current);
}

/* The registers of a worker are those of whoever made it: they tell nothing. */
static void read_syscall(struct fim_subject *subject)
{
	struct pt_regs *regs = task_pt_regs(current);

	if (subject->flags & (FIM_EVENT_KTHREAD | FIM_EVENT_IO_URING))
		return;
	subject->arch = syscall_get_arch(current);
	subject->syscall = syscall_get_nr(current, regs);
	syscall_get_arguments(current, regs, subject->args);
}

/**
 * fim_subject_read() - read what a hook may read of the current task
 * @subject: where to put it
 *
 * Context: any; takes no lock and does not sleep.
 */
void fim_subject_read(struct fim_subject *subject)
{
	const char *comm = current->comm;
	struct fim_source source;

	memset(subject, 0, sizeof(*subject));
	if (current->flags & PF_KTHREAD)
		subject->flags |= FIM_EVENT_KTHREAD;
	/* A worker's name is not its process'. */
	if (current->flags & PF_IO_WORKER) {
		subject->flags |= FIM_EVENT_IO_URING;
		comm = current->group_leader->comm;
	}
	read_ids(subject);
	fim_source_read(&source);
	subject->cgroup = source.cgroup;
	subject->mnt_ns = fim_mnt_ns_inum();
	read_syscall(subject);
	/* Without task_lock() it may be torn while it changes, nothing worse. */
	strscpy(subject->comm, comm, sizeof(subject->comm));
}

/* A path as d_path() tells it, in @buf; NULL if it is longer than that. */
static const char *path_text(const struct path *path, char *buf, u32 *flags)
{
	const char *text;

	/* d_path() begins at its caller's root; who exits has none any more. */
	if (!current->fs) {
		*flags |= FIM_EVENT_PARTIAL;
		return NULL;
	}
	text = d_path(path, buf, PATH_MAX);
	if (!IS_ERR(text))
		return text;
	*flags |= FIM_EVENT_CUT;
	return NULL;
}

static const char *exe_text(struct file *file, char *buf, u32 *flags)
{
	return file ? path_text(&file->f_path, buf, flags) : NULL;
}

static void read_exe(struct mm_struct *mm, struct fim_subject_text *text)
{
	struct file *file = fim_mm_exe_file(mm);
	dev_t dev;

	if (!file)
		return;
	text->exe = exe_text(file, text->buf[0], &text->flags);
	dev = file_inode(file)->i_sb->s_dev;
	text->exe_ino = file_inode(file)->i_ino;
	text->exe_dev = MAJOR(dev) << MINORBITS | MINOR(dev);
	/* A memfd never had a name. */
	if (!file_inode(file)->i_nlink || d_unlinked(file->f_path.dentry))
		text->flags |= FIM_EVENT_EXE_DELETED;
	fput(file);
}

/**
 * fim_subject_executable() - which executable a task runs
 * @task: current, or a task that the caller holds
 * @ino: inode number; left alone if there is none, as all three
 * @dev: device number, to be compared only
 * @generation: of the inode
 *
 * Context: process; may sleep, but waits for nobody.
 */
void fim_subject_executable(struct task_struct *task, u64 *ino, u32 *dev,
			    u32 *generation)
{
	struct mm_struct *mm = get_task_mm(task);
	struct file *file;

	if (!mm)
		return;
	file = fim_mm_exe_file(mm);
	if (file) {
		*ino = file_inode(file)->i_ino;
		*dev = file_inode(file)->i_sb->s_dev;
		*generation = file_inode(file)->i_generation;
		fput(file);
	}
	mmput(mm);
}

static void read_parent(struct task_struct *task,
			struct fim_subject_text *text)
{
	struct task_struct *parent;
	struct mm_struct *mm;
	struct file *file;

	/* Who is dead keeps the address of a parent that may be gone. */
	rcu_read_lock();
	parent = pid_alive(task) ? rcu_dereference(task->real_parent) : NULL;
	if (parent)
		get_task_struct(parent);
	rcu_read_unlock();
	if (!parent)
		return;
	mm = get_task_mm(parent);
	if (mm) {
		file = fim_mm_exe_file(mm);
		text->parent_exe = exe_text(file, text->buf[1], &text->flags);
		if (file)
			fput(file);
		mmput(mm);
	}
	put_task_struct(parent);
}

static void read_cmdline(struct task_struct *task, struct mm_struct *mm,
			 struct fim_subject_text *text)
{
	unsigned long start, end, len;
	int got;

	spin_lock(&mm->arg_lock);
	start = mm->arg_start;
	end = mm->arg_end;
	spin_unlock(&mm->arg_lock);
	if (end <= start)
		return;

	len = end - start;
	if (len > sizeof(text->cmdline)) {
		len = sizeof(text->cmdline);
		text->flags |= FIM_EVENT_CUT;
	}
	/*
	 * Not from a file's memory: whoever serves the file could have us wait
	 * for ever. What else the task can make us wait for takes privilege.
	 */
	got = access_process_vm(task, start, text->cmdline, len,
				FOLL_FORCE | FOLL_ANON);
	if (got > 0)
		text->cmdline_len = got;
}

/* Where the path is by which a program was executed, or 0 */
static unsigned long executed_at(const struct mm_struct *mm)
{
	unsigned int i;

#ifdef CONFIG_COMPAT
	/* Types are small: with something above it, the first are two of 32 bits. */
	if (upper_32_bits(mm->saved_auxv[0])) {
		const u32 *auxv = (const u32 *)mm->saved_auxv;

		for (i = 0; i + 1 < 2 * ARRAY_SIZE(mm->saved_auxv) && auxv[i];
		     i += 2)
			if (auxv[i] == AT_EXECFN)
				return auxv[i + 1];
		return 0;
	}
#endif
	for (i = 0; i + 1 < ARRAY_SIZE(mm->saved_auxv) && mm->saved_auxv[i];
	     i += 2)
		if (mm->saved_auxv[i] == AT_EXECFN)
			return mm->saved_auxv[i + 1];
	return 0;
}

/**
 * fim_subject_executed() - by which path current was executed
 * @path: where to put as much of it as there is room for, without a NUL
 * @size: how much that is
 *
 * Context: process; waits for nobody: what is not in memory is not read.
 * Return: its length, or 0.
 */
unsigned int fim_subject_executed(char *path, unsigned int size)
{
	unsigned long at = current->mm ? executed_at(current->mm) : 0;
	long len;

	if (!at)
		return 0;
	pagefault_disable();
	len = strncpy_from_user(path, (const char __user *)at, size);
	pagefault_enable();
	return max(len, 0L);
}

/*
 * The name that a script was executed by is not its executable's. It lies where
 * the command line does, and is no more to be trusted.
 */
static void read_executed(struct task_struct *task, struct mm_struct *mm,
			  struct fim_subject_text *text)
{
	unsigned long at = executed_at(mm);
	int got;

	if (!at)
		return;
	got = access_process_vm(task, at, text->executed,
				sizeof(text->executed), FOLL_FORCE | FOLL_ANON);
	if (got > 0)
		text->executed_len = strnlen(text->executed, got);
	if (text->executed_len == sizeof(text->executed))
		text->flags |= FIM_EVENT_CUT;
}

static void read_cgroup(struct task_struct *task, struct fim_subject_text *text)
{
#ifdef CONFIG_CGROUPS
	int len;

	rcu_read_lock();
	len = kernfs_path_from_node(task_dfl_cgroup(task)->kn, NULL,
				    text->cgroup_buf, sizeof(text->cgroup_buf));
	rcu_read_unlock();
	if (len > 0 && len < (int)sizeof(text->cgroup_buf))
		text->cgroup = text->cgroup_buf;
	else
		text->flags |= FIM_EVENT_CUT;
#endif
}

static void read_cwd(struct task_struct *task, struct fim_subject_text *text)
{
	struct path pwd = {};

	task_lock(task);
	if (task->fs)
		get_fs_pwd(task->fs, &pwd);
	task_unlock(task);
	if (!pwd.mnt)
		return;
	text->cwd = path_text(&pwd, text->buf[2], &text->flags);
	path_put(&pwd);
}

static void read_tty(struct fim_subject_text *text)
{
	struct tty_struct *tty = get_current_tty();

	if (!tty)
		return;
	strscpy(text->tty, tty_name(tty), sizeof(text->tty));
	tty_kref_put(tty);
}

/**
 * fim_subject_describe() - read the rest of a task, outside of any hook
 * @task: current, or a task that the caller holds; of an io_uring worker, the
 *	leader of its process
 * @text: where to put it
 * @memory: read the task's memory, where its command line is
 *
 * Context: process; may sleep. With @memory for as long as the task makes it,
 * so that nothing may be held that somebody else could need.
 */
void fim_subject_describe(struct task_struct *task,
			  struct fim_subject_text *text, bool memory)
{
	struct mm_struct *mm;

	text->flags = 0;
	text->exe = NULL;
	text->exe_ino = 0;
	text->parent_exe = NULL;
	text->cwd = NULL;
	text->cgroup = NULL;
	text->cmdline_len = 0;
	text->executed_len = 0;
	text->tty[0] = '\0';

	read_cgroup(task, text);
	read_parent(task, text);
	if (task->flags & PF_KTHREAD)
		return;
	mm = get_task_mm(task);
	if (!mm) {
		text->flags |= FIM_EVENT_PARTIAL;
		return;
	}
	read_exe(mm, text);
	if (memory) {
		read_cmdline(task, mm, text);
		read_executed(task, mm, text);
	}
	mmput(mm);
	read_cwd(task, text);
	if (task == current)
		read_tty(text);
}
