// SPDX-License-Identifier: GPL-2.0
/*
 * Loading, unloading, and the state in between.
 *
 * Loading attaches the hooks while no policy is in force, proves that each of
 * them fires, and only then takes commands. Unloading is refused while a policy
 * is in force, and undoes it in reverse: no commands, no new self-test, no
 * hooks, no records in the making, no memory.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "attach.h"
#include "decode.h"
#include "event.h"
#include "main.h"
#include "netlink.h"
#include "object.h"
#include "pause.h"
#include "policy.h"
#include "publish.h"
#include "recheck.h"
#include "resolve.h"
#include "selftest.h"
#include "trial.h"

/*
 * Whether hooks do what they should: disarmed, armed or degraded. Written under
 * the self-test's lock and while loading, read anywhere.
 */
static enum fim_state health = FIM_STATE_DISARMED;

/* Set once, under fim_policy_lock; read anywhere. */
static bool sealed;

/**
 * fim_state() - what the module does
 *
 * Return: the state.
 */
enum fim_state fim_state(void)
{
	enum fim_state state = READ_ONCE(health);

	if (state != FIM_STATE_ARMED)
		return state;
	if (fim_pause_open())
		return FIM_STATE_PAUSED;
	return fim_sealed() ? FIM_STATE_SEALED : state;
}

/**
 * fim_sealed() - whether no policy may change any more
 *
 * Return: whether it is so.
 */
bool fim_sealed(void)
{
	return READ_ONCE(sealed);
}

/**
 * fim_seal() - let no policy change any more, nor the module be unloaded
 *
 * Context: process, under fim_policy_lock; may sleep.
 */
void fim_seal(void)
{
	lockdep_assert_held(&fim_policy_lock);

	__module_get(THIS_MODULE);
	WRITE_ONCE(sealed, true);
	fim_event_state(FIM_EVENT_SEALED);
}

/**
 * fim_set_health() - change the state according to the self-test, and record it
 * @healthy: whether every hook is proven
 *
 * Context: process, one at a time; may sleep.
 */
void fim_set_health(bool healthy)
{
	enum fim_state now = healthy ? FIM_STATE_ARMED : FIM_STATE_DEGRADED;

	if (health == now)
		return;
	WRITE_ONCE(health, now);
	fim_event_state(FIM_EVENT_STATE);
}

static int __init fim_init(void)
{
	int err;

	err = fim_resolve_init();
	if (err)
		return err;
	err = fim_event_init();
	if (err)
		goto err_resolve;
	err = fim_selftest_init();
	if (err)
		goto err_event;
	err = fim_policy_init();
	if (err)
		goto err_selftest;
	fim_decode_init();
	err = fim_attach();
	if (err)
		goto err_policy;
	err = fim_selftest_start();
	if (err)
		goto err_attach;
	err = fim_netlink_init();
	if (err)
		goto err_selftest_started;

	fim_event_loaded(true);
	pr_info("fim: version %s armed, %u hooks by %s\n", FIM_VERSION,
		fim_selftest_proven(), fim_attach_backend());
	if (fim_attach_weaker())
		pr_notice("fim: %s\n", fim_attach_weaker());
	return 0;

err_selftest_started:
	fim_selftest_stop();
err_attach:
	fim_detach();
	fim_event_drain();
	synchronize_rcu_tasks();
err_policy:
	fim_policy_exit();
err_selftest:
	fim_selftest_exit();
err_event:
	fim_object_exit();
	fim_event_exit();
err_resolve:
	fim_resolve_exit();
	return err;
}

static void __exit fim_exit(void)
{
	fim_event_denied_flush();
	fim_event_loaded(false);
	fim_netlink_exit();
	fim_selftest_stop();
	fim_pause_stop();
	fim_trial_stop();
	/* What hooks ask for from here on finds nothing to attach. */
	fim_recheck_stop();
	/* Those of containers: no policy is left, but they are still known. */
	fim_objects_release_others(fim_selftest_sb());
	fim_detach();
	fim_event_drain();
	/*
	 * The very end of a callback that finished a record, or of what a hook
	 * made a function go on in, may still be running.
	 */
	synchronize_rcu_tasks();
	fim_policy_exit();
	fim_selftest_exit();
	fim_object_exit();
	fim_event_exit();
	fim_resolve_exit();
	pr_info("fim: unloaded\n");
}

module_init(fim_init);
module_exit(fim_exit);

MODULE_DESCRIPTION("File integrity protection at the LSM boundary");
MODULE_LICENSE("GPL");
MODULE_VERSION(FIM_VERSION);
