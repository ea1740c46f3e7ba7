// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching the hooks, by ftrace: all that are required, or none.
 */
#include <linux/kprobes.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "attach.h"
#include "hook.h"

/*
 * Looks up where the functions are. A probe that is disabled from birth is
 * never armed: all that it does is look its name up. To unregister one waits
 * for a grace period, so that is done for all at once.
 */
static int lookup_all(void)
{
	struct kprobe *probes, **registered;
	unsigned int i, nr = 0;
	int err = 0;

	probes = kcalloc(fim_nr_hooks, sizeof(*probes), GFP_KERNEL);
	registered = kcalloc(fim_nr_hooks, sizeof(*registered), GFP_KERNEL);
	if (!probes || !registered) {
		err = -ENOMEM;
		goto out;
	}

	for (i = 0; i < fim_nr_hooks; i++) {
		probes[i].symbol_name = fim_hooks[i].symbol;
		probes[i].flags = KPROBE_FLAG_DISABLED;
		if (!register_kprobe(&probes[i])) {
			fim_hooks[i].addr = (unsigned long)probes[i].addr;
			registered[nr++] = &probes[i];
		} else if (fim_hooks[i].required) {
			pr_err("fim: this kernel has no %s to hook\n",
			       fim_hooks[i].symbol);
			err = -ENOENT;
			break;
		}
	}
	unregister_kprobes(registered, nr);
out:
	kfree(registered);
	kfree(probes);
	return err;
}

static bool is_first_of_ops(unsigned int i)
{
	unsigned int j;

	for (j = 0; j < i; j++)
		if (fim_hooks[j].ops == fim_hooks[i].ops)
			return false;
	return true;
}

/* Tells each ops its functions. */
static int set_filters(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < fim_nr_hooks; i++) {
		if (!fim_hooks[i].addr)
			continue;
		err = ftrace_set_filter_ip(fim_hooks[i].ops,
					   fim_hooks[i].addr, 0, 0);
		if (err) {
			pr_err("fim: %s can't be traced: %d\n",
			       fim_hooks[i].symbol, err);
			return err;
		}
	}
	return 0;
}

/* ftrace_free_filter() would do the same, but is not exported everywhere. */
static void free_filters(void)
{
	unsigned int i;

	for (i = 0; i < fim_nr_hooks; i++)
		if (is_first_of_ops(i))
			ftrace_set_filter(fim_hooks[i].ops, NULL, 0, 1);
}

/* Says who is in the way: only one may redirect a function. */
static void report_taken(struct ftrace_ops *ops)
{
	unsigned int i;

	for (i = 0; i < fim_nr_hooks; i++) {
		if (fim_hooks[i].ops != ops || !fim_hooks[i].addr)
			continue;
		/* This one alone, in place of all */
		if (ftrace_set_filter_ip(ops, fim_hooks[i].addr, 0, 1))
			continue;
		if (!register_ftrace_function(ops))
			unregister_ftrace_function(ops);
		else
			pr_err("fim: %s is taken, by a live patch or another module\n",
			       fim_hooks[i].symbol);
	}
}

static int attach_ops(struct ftrace_ops *ops)
{
	int err = register_ftrace_function(ops);

	if (!err)
		return 0;
	pr_err("fim: can't attach: %d%s\n", err,
	       err == -EBUSY ? " (is kernel.ftrace_enabled 0?)" : "");
	if (err == -EBUSY)
		report_taken(ops);
	return err;
}

/* Each waits until nobody is inside of its trampoline. */
static void detach_until(unsigned int end, bool on_demand)
{
	unsigned int i;

	for (i = 0; i < end; i++)
		if (is_first_of_ops(i) && fim_hooks[i].on_demand == on_demand &&
		    (fim_hooks[i].ops->flags & FTRACE_OPS_FL_ENABLED))
			unregister_ftrace_function(fim_hooks[i].ops);
}

static bool has_function(const struct ftrace_ops *ops)
{
	unsigned int i;

	for (i = 0; i < fim_nr_hooks; i++)
		if (fim_hooks[i].ops == ops && fim_hooks[i].addr)
			return true;
	return false;
}

static void set_state(bool on_demand, enum fim_hook_state state)
{
	unsigned int i;

	for (i = 0; i < fim_nr_hooks; i++)
		if (fim_hooks[i].addr && fim_hooks[i].on_demand == on_demand)
			WRITE_ONCE(fim_hooks[i].state, state);
}

static int attach_all(bool on_demand)
{
	unsigned int i;
	int err;

	for (i = 0; i < fim_nr_hooks; i++) {
		if (!is_first_of_ops(i) || fim_hooks[i].on_demand != on_demand)
			continue;
		/* An ops without a function would be called for all there are */
		if (!has_function(fim_hooks[i].ops))
			continue;
		err = attach_ops(fim_hooks[i].ops);
		if (err) {
			detach_until(i, on_demand);
			return err;
		}
	}
	set_state(on_demand, FIM_HOOK_ATTACHED);
	return 0;
}

/**
 * fim_attach() - attach all hooks but those that are on demand
 *
 * Context: process; may sleep.
 * Return: 0; -ENOENT if a required function is missing, -EBUSY if one is taken,
 * or what ftrace says. Then none is attached.
 */
int fim_attach(void)
{
	int err = lookup_all();

	if (err)
		return err;
	fim_hook_set_originals();
	set_state(true, FIM_HOOK_IDLE);
	err = set_filters();
	if (!err)
		err = attach_all(false);
	if (err)
		free_filters();
	return err;
}

/**
 * fim_attach_on_demand() - attach or detach the hooks that are on demand
 * @wanted: which of both
 *
 * Context: process, one at a time; may sleep.
 * Return: 0, or as fim_attach().
 */
int fim_attach_on_demand(bool wanted)
{
	static bool attached;
	int err = 0;

	if (wanted == attached)
		return 0;
	if (wanted) {
		err = attach_all(true);
	} else {
		detach_until(fim_nr_hooks, true);
		set_state(true, FIM_HOOK_IDLE);
	}
	attached = wanted && !err;
	return err;
}

/**
 * fim_detach() - detach all hooks
 *
 * Afterwards no hook is called any more. The very end of what a hook made a
 * function go on in may still run: synchronize_rcu_tasks() is due.
 *
 * Context: process; may sleep.
 */
void fim_detach(void)
{
	fim_attach_on_demand(false);
	detach_until(fim_nr_hooks, false);
	free_filters();
	/* Who was on his way into release_and_delete() has been waited for. */
	synchronize_srcu(&fim_hook_srcu);
}
