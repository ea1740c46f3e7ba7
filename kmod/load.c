// SPDX-License-Identifier: GPL-2.0
/*
 * Loading kernel modules, and kernels to boot by kexec.
 *
 * Who does either gets past every rule. It is looked at only if a policy says
 * so, as modules are loaded whenever a device appears, and a crash kernel at
 * each boot. Which rules the policy has does not matter.
 */
#include <linux/fs.h>
#include <linux/security.h>

#include "decode.h"
#include "event.h"
#include "hook.h"
#include "load.h"
#include "pause.h"
#include "rule.h"
#include "selftest.h"
#include "tree.h"

static u8 op_of_data(unsigned int id)
{
	switch (id) {
	case LOADING_MODULE:
		return FIM_OP_MODULE;
	case LOADING_KEXEC_IMAGE:
	case LOADING_KEXEC_INITRAMFS:
		return FIM_OP_KEXEC;
	}
	return FIM_OP_UNSPEC;
}

static u8 op_of_file(unsigned int id)
{
	switch (id) {
	case READING_MODULE:
#ifdef FIM_HAVE_READING_MODULE_COMPRESSED
	case READING_MODULE_COMPRESSED:
#endif
		return FIM_OP_MODULE;
	case READING_KEXEC_IMAGE:
	case READING_KEXEC_INITRAMFS:
		return FIM_OP_KEXEC;
	}
	return FIM_OP_UNSPEC;
}

static u8 action_of(const struct fim_policy *policy, u8 op)
{
	return op == FIM_OP_MODULE ? policy->modules : policy->kexec;
}

/*
 * The strictest of the host's policies and of the caller's container's, by one
 * of its bindings: a policy has one for each rule that waits or not.
 */
static const struct fim_binding *find_policy(const struct fim_ruleset *rs,
					     const struct fim_access *access)
{
	const struct fim_binding *binding, *best = NULL;
	u8 action, strictest = FIM_ACTION_UNSET;
	struct fim_caller caller;
	unsigned int i;

	fim_caller_read(&caller);
	for (i = 0; i < rs->nr_bindings; i++) {
		binding = rs->bindings[i];
		action = action_of(binding->policy, access->op);
		if (action <= strictest ||
		    !fim_concerns(binding, access, &caller))
			continue;
		strictest = action;
		best = binding;
	}
	return best;
}

/* @file: where it comes from; or NULL. The hook's caller holds it. */
static bool is_refused(u8 op, const struct file *file)
{
	const struct fim_access access = { .op = op };
	const struct fim_binding *binding;
	struct fim_verdict verdict = {};

	rcu_read_lock_sched_notrace();
	binding = find_policy(rcu_dereference_sched(fim_ruleset), &access);
	if (binding) {
		verdict.action = action_of(binding->policy, op);
		verdict.match.binding = binding;
		verdict.match.object = file ? file->f_path.dentry : NULL;
		fim_pause_decide(&verdict);
		fim_event_violation(&access, &verdict, FIM_RECHECK_NONE);
	}
	rcu_read_unlock_sched_notrace();
	return verdict.action == FIM_ACTION_BLOCK;
}

/**
 * fim_load_is_refused() - decide about loading a module or a kernel
 * @hook: which of the two functions is about to run; each is about both
 * @fregs: its registers
 *
 * Context: inside a hook.
 * Return: true if it is to be refused. It is recorded if some policy is about
 * it.
 */
bool fim_load_is_refused(struct fim_hook *hook, struct ftrace_regs *fregs)
{
	const struct file *file = NULL;
	u8 op;

	if (fim_selftest_is_caller()) {
		WRITE_ONCE(hook->fired, true);
		return true;
	}
	if (hook->by_file) {
		file = ARG(const struct file *, 0);
		op = op_of_file(ARG(unsigned long, 1));
	} else {
		op = op_of_data(ARG(unsigned long, 0));
	}
	return op != FIM_OP_UNSPEC && is_refused(op, file);
}
