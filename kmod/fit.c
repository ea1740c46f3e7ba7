// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a rule is about an operation: about its object, about what is done to
 * it, and about who does it.
 *
 * All of this runs inside a hook: under RCU with preemption off, without a
 * lock, memory or sleep.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/mm_types.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "container.h"
#include "fim_task.h"
#include "fit.h"
#include "glob.h"
#include "object.h"
#include "policy.h"
#include "rule.h"

/*
 * Under RCU, the file stays what it is for as long as the address space names
 * it: it was freed, and may be another, only if that names another.
 */
static const struct inode *current_exe(void)
{
	const struct inode *inode;
	struct mm_struct *mm = current->mm;
	struct file *file;

	/* A kernel thread may have borrowed its address space. */
	if (!mm || (current->flags & PF_KTHREAD))
		return NULL;
	file = rcu_dereference_check(mm->exe_file, 1);
	if (!file)
		return NULL;
	inode = READ_ONCE(file->f_inode);
	/* Pairs with the release in rcu_replace_pointer(). */
	smp_rmb();
	return rcu_access_pointer(mm->exe_file) == file ? inode : NULL;
}

/**
 * fim_caller_read() - find out what rules ask about the current task
 * @caller: what to fill
 *
 * Context: inside a hook; the credentials, the terminal and the address space
 * are current's own.
 */
void fim_caller_read(struct fim_caller *caller)
{
	caller->fsuid = current_fsuid();
	/* Compared with NULL only. */
	caller->tty = READ_ONCE(current->signal->tty);
	caller->exe = current_exe();
	caller->traced = READ_ONCE(current->ptrace);
	caller->cgroup = NULL;
#ifdef CONFIG_CGROUPS
	rcu_read_lock();
	caller->cgroup = task_dfl_cgroup(current);
	rcu_read_unlock();
#endif
	caller->mnt_ns = fim_mnt_ns_inum();
	caller->pid_ns = task_active_pid_ns(current);
}

/**
 * fim_concerns() - whether a rule is about the operations of a caller at all
 * @binding: the rule, and the container that it is bound for, if any
 * @access: the operation
 * @caller: who; NULL: somebody
 *
 * Context: any in which RCU protects @binding.
 * Return: false for who is not in the container, or changes mounts that are
 * not its own.
 */
bool fim_concerns(const struct fim_binding *binding,
		  const struct fim_access *access,
		  const struct fim_caller *caller)
{
	if (!binding->container)
		return !access->inner;
	if (access->inner)
		return fim_container_is_changed(binding->container, caller);
	return fim_container_has(binding->container, caller);
}

static bool is_dir(const struct dentry *dentry)
{
	return dentry && d_is_dir(dentry);
}

static bool is_link(const struct dentry *dentry)
{
	return dentry && d_is_symlink(dentry);
}

/*
 * What is below a directory that is moved, replaced or mounted over goes along;
 * that of one that is removed there is not. A symbolic link can stand in for a
 * directory that a pattern names; one that just could be anywhere below is
 * nobody's way.
 */
static enum fim_glob_part part_of(const struct fim_access *access)
{
	if (access->any_entry)
		return FIM_GLOB_BELOW;
	if (access->removes && access->op != FIM_OP_RMDIR &&
	    (is_dir(access->dentry) || is_dir(access->other)))
		return FIM_GLOB_BELOW;
	if (access->op == FIM_OP_SYMLINK ||
	    ((access->removes || access->made) &&
	     (is_link(access->dentry) || is_link(access->other))))
		return FIM_GLOB_NAMED;
	return FIM_GLOB_WHOLE;
}

/* Whether upper and lower case are the same in a directory. */
static bool folds_case(const struct dentry *dir)
{
#if IS_ENABLED(CONFIG_UNICODE)
	const struct inode *inode = READ_ONCE(dir->d_inode);

	if (dir->d_sb->s_encoding)
		return inode && IS_CASEFOLDED(inode);
#endif
	return READ_ONCE(dir->d_flags) & DCACHE_OP_COMPARE;
}

/*
 * A name as the caller spells it, which may be another on the filesystem: in
 * upper or lower case, with other letters for those that are not ASCII, with
 * dots at its end, or the short one of FAT.
 */
static void back_folded(const struct fim_glob *glob, struct fim_glob_walk *walk,
			const struct super_block *sb, const char *name,
			size_t len)
{
	struct fim_glob_walk upper;
	char c;

	if (sb->s_magic == MSDOS_SUPER_MAGIC && strnchr(name, len, '~')) {
		fim_glob_back_any(glob, walk);
		return;
	}
	while (len && (name[len - 1] == '.' || name[len - 1] == ' '))
		len--;
	while (len) {
		c = name[--len];
		if (!isascii(c)) {
			fim_glob_back_any(glob, walk);
			continue;
		}
		upper = *walk;
		fim_glob_back(glob, walk, &(char){ tolower(c) }, 1);
		fim_glob_back(glob, &upper, &(char){ toupper(c) }, 1);
		walk->open |= upper.open;
		walk->taken |= upper.taken;
	}
}

/*
 * How much of what is no path that can be spelled is looked at for all patterns.
 * Who makes directories without end in a tree with patterns must not have the
 * kernel read without end.
 */
#define BYTES_MAX	(16 * PATH_MAX)

/*
 * Names change while they are read if somebody renames an ancestor of the
 * object. A name's memory is freed by RCU and ends in a NUL at any time. If
 * the marked directory is no ancestor any more, or very far, the worse is assumed.
 *
 * @exact: the name has to match as it is spelled: that of an exception
 */
static bool matches_part(const struct fim_glob *glob,
			 struct fim_place *place,
			 enum fim_glob_part part, bool exact)
{
	struct fim_glob_walk walk = fim_glob_begin(glob, part);
	const struct dentry *dentry = place->object, *parent;
	const char *name;
	size_t len, bytes = 0;

	for (;;) {
		name = READ_ONCE(dentry->d_name.name);
		len = strnlen(name, READ_ONCE(dentry->d_name.len));
		bytes += len + 1;
		place->bytes += len + 1;
		parent = READ_ONCE(dentry->d_parent);
		if (!exact && folds_case(parent))
			back_folded(glob, &walk, parent->d_sb, name, len);
		else
			fim_glob_back(glob, &walk, name, len);
		if (parent == place->mark)
			return fim_glob_accepts(glob, &walk);
		if (!walk.open && !walk.taken)
			return false;
		/* It has left the directory meanwhile: no exception is for it. */
		if (parent == dentry ||
		    (bytes > PATH_MAX && place->bytes > BYTES_MAX))
			return !exact;
		fim_glob_back(glob, &walk, "/", 1);
		dentry = parent;
	}
}

static bool matches(const struct fim_glob *glob,
		    const struct fim_access *access,
		    struct fim_place *place, bool exact)
{
	enum fim_glob_part part = part_of(access);

	/* An exception is for what it matches, not for what may hold more. */
	if (exact)
		return place->depth &&
		       matches_part(glob, place, FIM_GLOB_WHOLE, exact);
	/* The pattern's own directory, with all that matches below */
	if (!place->depth)
		return access->removes || access->any_entry;
	return matches_part(glob, place, FIM_GLOB_WHOLE, exact) ||
	       (part != FIM_GLOB_WHOLE &&
		matches_part(glob, place, part, exact));
}

/* A new object will be its directory's owner's, as far as rules go. */
static bool is_owner(const struct fim_caller *caller,
		     const struct dentry *object)
{
	const struct inode *inode = READ_ONCE(object->d_inode);

	if (!inode)
		inode = READ_ONCE(READ_ONCE(object->d_parent)->d_inode);
	return inode && uid_eq(inode->i_uid, caller->fsuid);
}

static bool runs_source(const struct fim_binding *binding,
			const struct fim_caller *caller)
{
	const struct fim_object *object;
	const struct fim_route *route;
	unsigned int i;

	for (i = 0; i < binding->rule->nr_sources; i++) {
		route = &binding->sources[i];
		if (!route->complete)
			continue;
		object = fim_route_end(route)->object;
		/* An address means the inode as long as that is held. */
		if (object->inode == caller->exe && fim_object_held(object))
			return true;
	}
	return false;
}

/**
 * fim_is_trusted() - whether a caller is one whom an Allow rule trusts
 * @binding: a rule with sources
 * @caller: who; NULL: somebody
 *
 * Return: whether he runs one of the sources, and nobody traces him.
 */
bool fim_is_trusted(const struct fim_binding *binding,
		    const struct fim_caller *caller)
{
	return caller && !caller->traced && runs_source(binding, caller);
}

/* Whether a rule is about what is so far below what it marks. */
static bool reaches(const struct fim_rule *rule, unsigned int depth)
{
	switch (rule->type) {
	case FIM_RULE_FILE:
		return !depth;
	case FIM_RULE_PATTERN:
		return true;
	default:
		return depth <= 1 || (rule->flags & FIM_RULE_RECURSIVE);
	}
}

/**
 * fim_fit() - whether a rule is about an operation
 * @binding: the rule
 * @access: the operation
 * @caller: who; NULL: somebody, of whom the worse is assumed
 * @place: the object, and the entry that the rule marks
 *
 * Return: FIM_FIT_APPLIES, or why not.
 */
enum fim_explain_fit fim_fit(const struct fim_binding *binding,
			     const struct fim_access *access,
			     const struct fim_caller *caller,
			     struct fim_place *place)
{
	const struct fim_rule *rule = binding->rule;
	bool allows = fim_rule_action(rule) == FIM_ACTION_ALLOW;
	bool reads = access->op == FIM_OP_READ;

	if (!reaches(rule, place->depth))
		return FIM_FIT_DEPTH;
	if (rule->glob && !matches(rule->glob, access, place, allows))
		return FIM_FIT_GLOB;
	if ((rule->flags & FIM_RULE_READONLY) && reads != allows)
		return FIM_FIT_ACCESS;
	if (!caller)
		return allows && fim_rule_is_personal(rule) ? FIM_FIT_SOURCE :
							      FIM_FIT_APPLIES;
	if (rule->nr_sources && !(allows ? fim_is_trusted(binding, caller) :
					   runs_source(binding, caller)))
		return FIM_FIT_SOURCE;
	if ((rule->flags & FIM_RULE_OWNER_ONLY) &&
	    is_owner(caller, place->object) != allows)
		return FIM_FIT_OWNER;
	if ((rule->flags & FIM_RULE_TTY) && !caller->tty)
		return FIM_FIT_TTY;
	return FIM_FIT_APPLIES;
}
