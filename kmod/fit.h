/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether a rule is about an operation.
 */
#ifndef FIM_FIT_H
#define FIM_FIT_H

#include <linux/types.h>
#include <linux/uidgid.h>

#include "fim.h"

struct cgroup;
struct dentry;
struct fim_access;
struct fim_binding;
struct inode;
struct pid_namespace;

/**
 * struct fim_caller - what rules ask about who does it
 * @fsuid: the uid that filesystems see
 * @tty: there is a controlling terminal
 * @exe: inode of the executable, an address to compare; or NULL
 * @traced: somebody else may have him do it
 * @cgroup: in the hierarchy of cgroup v2, under RCU; or NULL
 * @mnt_ns: inode number of the mount namespace, or 0
 * @pid_ns: the pid namespace, which the task keeps; NULL if it has none any more
 */
struct fim_caller {
	kuid_t fsuid;
	bool tty;
	const struct inode *exe;
	bool traced;
	const struct cgroup *cgroup;
	u32 mnt_ns;
	const struct pid_namespace *pid_ns;
};

/**
 * struct fim_place - where an operation's object is, as a mark sees it
 * @mark: what is marked
 * @object: the object, below it or the same
 * @depth: 0 for the marked entry itself, 1 for what is in it, and so on
 * @bytes: of names, that were looked at for all patterns
 */
struct fim_place {
	const struct dentry *mark;
	const struct dentry *object;
	unsigned int depth;
	size_t bytes;
};

void fim_caller_read(struct fim_caller *caller);
bool fim_is_trusted(const struct fim_binding *binding,
		    const struct fim_caller *caller);
bool fim_concerns(const struct fim_binding *binding,
		  const struct fim_access *access,
		  const struct fim_caller *caller);
enum fim_explain_fit fim_fit(const struct fim_binding *binding,
			     const struct fim_access *access,
			     const struct fim_caller *caller,
			     struct fim_place *place);

/* Whether a rule that says so is about the object, if not about who does what. */
static inline bool fim_fit_covers(enum fim_explain_fit fit)
{
	return fit != FIM_FIT_DEPTH && fit != FIM_FIT_GLOB;
}

#endif /* FIM_FIT_H */
