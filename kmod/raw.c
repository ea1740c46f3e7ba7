// SPDX-License-Identifier: GPL-2.0
/*
 * Writing to the block devices below filesystems with protected directories.
 *
 * It gets past every rule on such a filesystem. It is refused only if a policy
 * says so, as it is how filesystems are checked, grown and repaired. The kernel
 * itself, which mounts them, asks no hook.
 */
#include <linux/fs.h>

#include "event.h"
#include "policy.h"
#include "raw.h"
#include "rule.h"
#include "tree.h"

/* The strictest of the host's rule and of the caller's container's, or NULL */
static const struct fim_binding *find_rule(const struct fim_ruleset *rs,
					   dev_t device,
					   const struct fim_access *access)
{
	const struct fim_binding *binding, *best = NULL;
	struct fim_caller caller;
	unsigned int i;

	fim_caller_read(&caller);
	for (i = 0; i < rs->nr_devices; i++) {
		binding = rs->devices[i].binding;
		if (rs->devices[i].device == device &&
		    fim_concerns(binding, access, &caller) &&
		    (!best || binding->policy->raw > best->policy->raw))
			best = binding;
	}
	return best;
}

static bool decide(const struct fim_ruleset *rs, const struct file *file,
		   const struct fim_access *access, struct fim_verdict *verdict)
{
	const struct fim_binding *binding;

	binding = find_rule(rs, file_inode(file)->i_rdev, access);
	if (!binding)
		return false;
	*verdict = (struct fim_verdict){
		.action = binding->policy->raw,
		.match = {
			.binding = binding,
			.object = file->f_path.dentry,
			.guard = fim_goal_path(binding),
		},
		.rest = { .object = file->f_path.dentry },
	};
	return true;
}

/**
 * fim_raw_is_refused() - decide about writing to a block device
 * @file: the device, opened to write to it or to have an ioctl change it; held
 *	by the hook's caller
 *
 * Context: inside a hook.
 * Return: true if it is to be refused. It is recorded if some rule is about it.
 */
bool fim_raw_is_refused(const struct file *file)
{
	const struct fim_access access = { .op = FIM_OP_RAW };
	struct fim_verdict verdict = {};

	rcu_read_lock_sched_notrace();
	if (decide(rcu_dereference_sched(fim_ruleset), file, &access, &verdict))
		fim_event_violation(&access, &verdict, FIM_RECHECK_NONE);
	rcu_read_unlock_sched_notrace();
	return verdict.action == FIM_ACTION_BLOCK;
}
