// SPDX-License-Identifier: GPL-2.0
/*
 * Mounts that spread from other mount namespaces to the initial one.
 *
 * Who receives what is mounted somewhere is known to the kernel's own
 * structures only, and modules can't read them. So the hook of the mount decides
 * as if it were made in the initial namespace, and keeps that in a slot. While
 * the kernel makes the copies that spread, and before any is to be seen, it asks
 * count_mounts() about each whether there is room for it in the namespace where
 * it goes. If that is the initial one, what was decided holds: a refusal there
 * makes the kernel drop all copies, as when there is no room. If it never asks,
 * the slot is given back when the task returns to user space, as if nothing had
 * been.
 *
 * All of it happens in one system call of one task, under RCU with preemption
 * off.
 */
#include <linux/nsproxy.h>
#include <linux/sched.h>

#include "decode.h"
#include "event.h"
#include "hook.h"
#include "pause.h"
#include "rule.h"
#include "selftest_direct.h"
#include "slot.h"
#include "spread.h"
#include "tree.h"

/**
 * fim_spread_decide() - decide about a mount should it spread
 * @rs: the ruleset
 * @access: the operation, as it counts where it is made
 * @caller: who
 *
 * Context: inside the hook, under RCU.
 * Return: true if it is to be refused at once: it should not spread, and there
 * is no slot to remember that.
 */
bool fim_spread_decide(const struct fim_ruleset *rs,
		       const struct fim_access *access,
		       const struct fim_caller *caller)
{
	struct fim_access copy = *access;
	struct fim_verdict verdict;

	if (!access->spreads ||
	    (access->op != FIM_OP_MOUNT && access->op != FIM_OP_MOVE_MOUNT))
		return false;
	copy.inner = false;
	copy.uncertain = true;
	/* What is moved is not of the initial namespace. */
	copy.any_mount = false;
	copy.mnt = NULL;
	fim_decide(rs, &copy, caller, &verdict);
	fim_pause_decide(&verdict);
	return verdict.action > FIM_ACTION_ALLOW &&
	       !fim_event_violation(&copy, &verdict, FIM_RECHECK_NONE) &&
	       verdict.action == FIM_ACTION_BLOCK;
}

/* When a mount that is not refused is over, paths may lead elsewhere. */
static void look_after_paths(void)
{
	const struct fim_access access = { .op = FIM_OP_MOUNT };
	unsigned int moved;

	rcu_read_lock_sched_notrace();
	moved = fim_moves(rcu_dereference_sched(fim_ruleset), &access);
	rcu_read_unlock_sched_notrace();
	if (moved != FIM_RECHECK_NONE)
		fim_event_awaited(moved);
}

/**
 * fim_spread_is_refused() - whether a copy of what current mounts is refused
 * @hook: the hook
 * @mnt_ns: the mount namespace that it is for, an address
 *
 * Context: inside the hook.
 * Return: whether it is.
 */
bool fim_spread_is_refused(struct fim_hook *hook, const void *mnt_ns)
{
	struct fim_slot *slot;

	if (fim_selftest_is_mnt_ns(mnt_ns)) {
		WRITE_ONCE(hook->fired, true);
		return true;
	}
	/* What is made in the initial one has been decided about. */
	if (!fim_mnt_ns_is_initial(mnt_ns) || !current->nsproxy ||
	    fim_mnt_ns_is_initial(current->nsproxy->mnt_ns))
		return false;
	slot = fim_slot_find(FIM_SLOT_SPREADS);
	if (slot) {
		slot->doubt = FIM_SLOT_CERTAIN;
		if (slot->action == FIM_ACTION_BLOCK)
			return true;
	}
	look_after_paths();
	return false;
}
