// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks on what is done by an open descriptor, which are attached on demand.
 * As in hook.c: no lock, memory or sleep, and the file is held by its caller.
 */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>

#include "append.h"
#include "decode.h"
#include "descriptor.h"
#include "fim_fs.h"
#include "hook.h"
#include "object.h"
#include "tree.h"

/*
 * Looked for are files that were open before a rule, and only if some may be
 * appended to what lies in a directory. @other: the file's dentry in the other
 * layer of an overlay, or NULL.
 */
static noinline void check_writer(const struct file *file,
				  const struct dentry *other, unsigned long ip,
				  struct ftrace_regs *fregs)
{
	const struct fim_ruleset *rs;

	rcu_read_lock_sched_notrace();
	rs = rcu_dereference_sched(fim_ruleset);
	if (fim_file_is_from_before(rs, file, other) ||
	    fim_append_concerns(rs, file) ||
	    (other && rs->append && !fim_walk_is_clear(rs, other)))
		fim_hook_decide(rs, ip, fregs);
	rcu_read_unlock_sched_notrace();
}

/*
 * What maps a file of an overlay, or splices into it, asks no hook about that of
 * the upper layer.
 */
static __always_inline void check_file(const struct file *file,
				       unsigned long ip,
				       struct ftrace_regs *fregs)
{
	const struct dentry *upper = NULL;

	if (unlikely(file->f_path.dentry->d_flags & DCACHE_OP_REAL))
		upper = fim_decode_upper(file);
	if (unlikely(fim_sb_marked(file_inode(file)->i_sb) ||
		     (upper && fim_sb_marked(upper->d_sb))))
		check_writer(file, upper, ip, fregs);
}

void fim_hook_file_permission(unsigned long ip, unsigned long parent_ip,
			      struct ftrace_ops *ops,
			      struct ftrace_regs *fregs)
{
	const struct file *file = ARG(const struct file *, 0);

	if (likely(!(ARG(unsigned long, 1) & (MAY_WRITE | MAY_APPEND))))
		return;
	check_file(file, ip, fregs);
}

/* Without O_APPEND, whatever is set now: another may be setting it. */
void fim_hook_file_fcntl(unsigned long ip, unsigned long parent_ip,
			 struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	const struct file *file = ARG(const struct file *, 0);

	if (likely(ARG(unsigned int, 1) != F_SETFL) ||
	    (ARG(unsigned long, 2) & O_APPEND) ||
	    !(file->f_flags & O_ACCMODE))
		return;
	if (unlikely(fim_sb_marked(file_inode(file)->i_sb)))
		check_writer(file, NULL, ip, fregs);
}

static void check_mmap(unsigned long ip, struct ftrace_regs *fregs)
{
	const struct file *file = ARG(const struct file *, 0);
	unsigned long type = ARG(unsigned long, 2) & MAP_TYPE;

	if (file && (ARG(unsigned long, 1) & PROT_WRITE) &&
	    type != MAP_PRIVATE)
		check_file(file, ip, fregs);
}

static void check_mprotect(unsigned long ip, struct ftrace_regs *fregs)
{
	const struct vm_area_struct *vma =
		ARG(const struct vm_area_struct *, 0);
	const struct file *file = vma->vm_file;
	const struct dentry *above;

	if (!file || !(vma->vm_flags & VM_SHARED) ||
	    !(ARG(unsigned long, 2) & PROT_WRITE))
		return;
	/* A file of an overlay is mapped as that of the layer below. */
	above = fim_file_user_dentry(file);
	if (fim_sb_marked(file_inode(file)->i_sb) ||
	    fim_sb_marked(above->d_sb))
		check_writer(file, above, ip, fregs);
}

void fim_hook_mapping(unsigned long ip, unsigned long parent_ip,
		      struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	const struct fim_hook *hook = fim_hook_find(ip);

	if (WARN_ON_ONCE(!hook))
		return;
	if (hook->op == FIM_OP_MMAP)
		check_mmap(ip, fregs);
	else
		check_mprotect(ip, fregs);
}
