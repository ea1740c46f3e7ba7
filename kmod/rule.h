/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which rule decides for an operation.
 */
#ifndef FIM_RULE_H
#define FIM_RULE_H

#include <linux/jump_label.h>
#include <linux/types.h>

#include "fit.h"

struct dentry;
struct file;
struct vfsmount;
struct fim_binding;
struct fim_ruleset;

/**
 * enum fim_reach - how far an operation reaches
 * @FIM_REACH_OBJECT: to its object
 * @FIM_REACH_SB: to anything on the object's filesystem
 * @FIM_REACH_ALL: to everything
 */
enum fim_reach {
	FIM_REACH_OBJECT,
	FIM_REACH_SB,
	FIM_REACH_ALL,
};

/**
 * enum fim_recheck - what to resolve again when the operation is over
 * @FIM_RECHECK_NONE: nothing
 * @FIM_RECHECK_WAITING: the paths of the rules that wait: a name appears
 * @FIM_RECHECK_ALL: all paths: some come to mean something else
 * @FIM_RECHECK_LATER: all paths, but the task does not wait for it
 * @FIM_RECHECK_WRITERS: a bit, beside one of the others: which files are open for
 *	writing, as one that is may have come to be protected
 */
enum fim_recheck {
	FIM_RECHECK_NONE,
	FIM_RECHECK_WAITING,
	FIM_RECHECK_ALL,
	FIM_RECHECK_LATER,
	FIM_RECHECK_WRITERS = 4,
};

/**
 * struct fim_access - an operation, as a hook's arguments tell it
 * @op: enum fim_op
 * @reach: enum fim_reach
 * @removes: the names @dentry and @other go, or come to mean something else
 * @any_entry: an entry of the directory @dentry appears or goes, with all below
 *	it, but it can't be told which
 * @any_mount: a mount is moved, but it can't be told which
 * @inner: a mount changes in another mount namespace than that of process 1,
 *	where it is a matter of the container whose namespace it is
 * @detaches: a mount goes with all that is mounted in it, in use or not
 * @uncertain: it is not known yet whether the operation will take place; a
 *	record is due only if the system call tells so
 * @dentry: what it is done to, or NULL if to a mount only; held by the hook's
 *	caller, as all here
 * @above: the same object by the name of a filesystem that is stacked on the
 *	one of @dentry, if no rule is about that; what is mounted beneath another
 *	mount, on that one's mount point; or NULL
 * @other: the other name of a rename or link, or NULL
 * @made: of both, the name that will exist or mean something else, or NULL
 * @mnt: a mount that goes away, or NULL
 * @text: what a new symbolic link holds, or NULL
 * @file: of an operation on an open file, or NULL
 */
struct fim_access {
	u8 op;
	u8 reach;
	bool removes;
	bool any_entry;
	bool any_mount;
	bool inner;
	bool detaches;
	bool uncertain;
	const struct dentry *dentry;
	const struct dentry *above;
	const struct dentry *other;
	const struct dentry *made;
	const struct vfsmount *mnt;
	const char *text;
	const struct file *file;
};

/**
 * struct fim_match - a rule that an object falls under
 * @binding: the rule and where it is bound, or NULL for none
 * @object: the object; NULL of what is loaded and has no file
 * @mark: the ancestor that is marked, or the object itself; NULL if the rule
 *	was not found on the way up from the object
 * @guard: where the object is, if it is a guard of the rule's path; or what is
 *	in danger, if @mark is NULL; or NULL
 * @action: enum fim_action, what the rule or its policy's posture says;
 *	FIM_ACTION_UNSET for none
 */
struct fim_match {
	const struct fim_binding *binding;
	const struct dentry *object;
	const struct dentry *mark;
	const char *guard;
	u8 action;
};

/*
 * In a verdict and what is made of it: a rule says Block, but a maintenance
 * window is open.
 */
#define FIM_ACTION_PASSED	(FIM_ACTION_MAX + 1)

/**
 * struct fim_verdict - what is to be done about an operation
 * @action: enum fim_action, or FIM_ACTION_PASSED; FIM_ACTION_UNSET if no rule
 *	has anything to say
 * @match: the rule that decided
 * @rest: the other name of a rename or link, and the rule that it falls under
 */
struct fim_verdict {
	u8 action;
	struct fim_match match;
	struct fim_match rest;
};

/* Loading a module or a kernel: no rule's path matters. */
static inline bool fim_is_load(u8 op)
{
	return op == FIM_OP_MODULE || op == FIM_OP_KEXEC;
}

unsigned int fim_moves(const struct fim_ruleset *rs,
		       const struct fim_access *access);

/* Whether a rule of the ruleset in force is about reads. */
DECLARE_STATIC_KEY_FALSE(fim_reads_matter);

const char *fim_goal_path(const struct fim_binding *binding);
void fim_decide(const struct fim_ruleset *rs, const struct fim_access *access,
		const struct fim_caller *caller, struct fim_verdict *verdict);

#endif /* FIM_RULE_H */
