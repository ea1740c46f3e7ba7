/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about a task that the kernel keeps under other names from version to
 * version.
 */
#ifndef FIM_COMPAT_TASK_H
#define FIM_COMPAT_TASK_H

#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/ns_common.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>

#include <asm/syscall.h>

#include "probed.h"

/**
 * fim_mm_exe_file() - the executable of an address space
 * @mm: the address space, held by the caller
 *
 * Return: the file with a reference, or NULL.
 */
static inline struct file *fim_mm_exe_file(struct mm_struct *mm)
{
	struct file *file;

	rcu_read_lock();
#ifdef FIM_HAVE_GET_FILE_RCU_POINTER
	file = get_file_rcu(&mm->exe_file);
#else
	file = rcu_dereference(mm->exe_file);
	if (file && !get_file_rcu(file))
		file = NULL;
#endif
	rcu_read_unlock();
	return file;
}

/*
 * The beginning of struct mnt_namespace, which is private to fs/. In 5.11 its
 * count went into struct ns_common.
 */
struct fim_mnt_namespace {
#if !defined(FIM_HAVE_NS_COUNT) && !defined(FIM_HAVE_NS_REF)
	atomic_t count;
#endif
	struct ns_common ns;
};

/* @ns: current's own, or that of a task whose task_lock() the caller holds */
static inline unsigned int fim_nsproxy_mnt_inum(const struct nsproxy *ns)
{
	return ns ? ((const struct fim_mnt_namespace *)ns->mnt_ns)->ns.inum : 0;
}

static inline unsigned int fim_mnt_ns_inum(void)
{
	return fim_nsproxy_mnt_inum(current->nsproxy);
}

/**
 * fim_syscall_nr() - which system call current is in
 *
 * Return: its number, of x32 without the bit that says so; -1 in a kernel thread.
 */
static inline int fim_syscall_nr(void)
{
	if (current->flags & PF_KTHREAD)
		return -1;
	return syscall_get_nr(current, task_pt_regs(current)) & 0x3fffffff;
}

#endif /* FIM_COMPAT_TASK_H */
