// SPDX-License-Identifier: GPL-2.0
/*
 * Where mounts spread to.
 *
 * The hook of a mount decides about the place that it is told. The kernel mounts
 * on what is on top of that when it comes to it, and makes copies for all mounts
 * that receive from where that is, in this namespace and in others. Who receives
 * is known to structures that modules can't read. But before any copy is to be
 * seen, the kernel asks count_mounts() whether there is room for it in the
 * namespace where it goes, and the copy knows its place by then. A refusal there
 * makes the kernel drop all copies, and the mount, as when there is no room.
 *
 * A mount that is made where nothing receives covers nothing but that place, by
 * a path that no rule has come by: the mounts and mount points of those can be
 * had by no other path, see match_mount() and match_guard().
 */
#include <linux/nsproxy.h>
#include <linux/sched.h>

#include "decode.h"
#include "event.h"
#include "fim_mount.h"
#include "hook.h"
#include "pause.h"
#include "rule.h"
#include "selftest_direct.h"
#include "slot.h"
#include "spread.h"
#include "tree.h"

/* @access: a copy is mounted on its dentry */
static bool is_refused(const struct fim_access *access)
{
	const struct fim_ruleset *rs = rcu_dereference_sched(fim_ruleset);
	unsigned int moved = FIM_RECHECK_NONE;
	struct fim_verdict verdict;
	struct fim_caller caller;

	fim_caller_read(&caller);
	fim_decide(rs, access, &caller, &verdict);
	fim_pause_decide(&verdict);
	/* The hook of a mount that is made there has seen to that. */
	if (verdict.action != FIM_ACTION_BLOCK && !access->inner &&
	    !fim_mnt_ns_is_initial(current->nsproxy->mnt_ns))
		moved = fim_moves(rs, access);
	if (verdict.action > FIM_ACTION_ALLOW && !fim_slot_has(&verdict))
		fim_event_violation(access, &verdict, moved);
	else if (moved != FIM_RECHECK_NONE)
		fim_event_awaited(moved);
	return verdict.action == FIM_ACTION_BLOCK;
}

/**
 * fim_spread_is_refused() - whether a copy of what current mounts is refused
 * @hook: the hook
 * @mnt_ns: the mount namespace that it is for, an address
 * @mount: the copy, or what is mounted itself, which has no place yet; its caller
 *	holds it, and the dentry that it is mounted on
 *
 * Copies in namespaces of others matter to nobody whom a rule is about.
 *
 * Context: inside the hook.
 * Return: whether it is.
 */
bool fim_spread_is_refused(struct fim_hook *hook, const void *mnt_ns,
			   const struct fim_mount *mount)
{
	struct fim_access access = { .op = fim_decode_spreading(),
				     .removes = true };
	bool refused;

	if (fim_selftest_is_mnt_ns(mnt_ns)) {
		WRITE_ONCE(hook->fired, true);
		return true;
	}
	access.inner = !fim_mnt_ns_is_initial(mnt_ns);
	if (!current->nsproxy ||
	    (access.inner && mnt_ns != current->nsproxy->mnt_ns) ||
	    !fim_mount_is_attached(mount))
		return false;
	access.dentry = mount->mountpoint;
	/* What the kernel mounts by itself is what has been there all along. */
	if ((mount->mnt.mnt_flags & MNT_SHRINKABLE) &&
	    (READ_ONCE(access.dentry->d_flags) & DCACHE_NEED_AUTOMOUNT))
		return false;
	rcu_read_lock_sched_notrace();
	refused = is_refused(&access);
	rcu_read_unlock_sched_notrace();
	return refused;
}
