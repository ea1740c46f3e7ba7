// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching the hooks: all that are required, or none; by ftrace, or by kprobes
 * where the kernel has no ftrace that can redirect a function, or if the
 * parameter says so.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "attach.h"
#include "hook.h"
#include "sb_delete.h"

static char *backend = "auto";
module_param(backend, charp, 0444);
MODULE_PARM_DESC(backend, "what attaches the hooks: ftrace, kprobe, or auto: ftrace if the kernel has it");

/* Chosen while loading */
static bool by_kprobe;

static int choose_backend(void)
{
#ifdef FIM_HAVE_FTRACE
	bool has_ftrace = true;
#else
	bool has_ftrace = false;
#endif

	by_kprobe = !strcmp(backend, "kprobe") || !has_ftrace;
	if (!strcmp(backend, "auto") || !strcmp(backend, "kprobe"))
		return 0;
	if (strcmp(backend, "ftrace")) {
		pr_err("fim: backend is ftrace, kprobe or auto\n");
		return -EINVAL;
	}
	if (!has_ftrace)
		pr_err("fim: this kernel has no dynamic ftrace; use backend=kprobe\n");
	return has_ftrace ? 0 : -EOPNOTSUPP;
}

/**
 * fim_attach_backend() - what attaches the hooks
 *
 * Return: its name.
 */
const char *fim_attach_backend(void)
{
	return by_kprobe ? "kprobe" : "ftrace";
}

/**
 * fim_attach_weaker() - in what the backend is weaker than the other
 *
 * Return: a text, or NULL if it is not.
 */
const char *fim_attach_weaker(void)
{
	if (!by_kprobe)
		return NULL;
	return "root can disarm kprobes (debugfs, kprobes/enabled) until a self-test notices";
}

/**
 * fim_attach_missed() - how often a function ran without its hook
 *
 * Context: process, one at a time with fim_attach_on_demand().
 * Return: the number since the module was loaded.
 */
u64 fim_attach_missed(void)
{
	return by_kprobe ? fim_kprobe_missed() : 0;
}

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
		err = register_kprobe(&probes[i]);
		if (!err) {
			fim_hooks[i].addr = (unsigned long)probes[i].addr;
			fim_hooks[i].traced = kprobe_ftrace(&probes[i]);
			registered[nr++] = &probes[i];
			continue;
		}
		/* One that may be missing is not missed for want of memory. */
		if (err == -ENOMEM)
			break;
		err = fim_hooks[i].required ? -ENOENT : 0;
		if (err) {
			pr_err("fim: this kernel has no %s to hook\n",
			       fim_hooks[i].symbol);
			break;
		}
	}
	unregister_kprobes(registered, nr);
out:
	kfree(registered);
	kfree(probes);
	return err;
}

static void set_state(enum fim_demand demand, enum fim_hook_state state)
{
	unsigned int i;

	for (i = 0; i < fim_nr_hooks; i++)
		if (fim_hooks[i].addr && fim_hooks[i].demand == demand)
			WRITE_ONCE(fim_hooks[i].state, state);
}

static int attach(enum fim_demand demand)
{
	int err = by_kprobe ? fim_kprobe_attach(demand) :
			      fim_ftrace_attach(demand);

	if (!err)
		set_state(demand, FIM_HOOK_ATTACHED);
	return err;
}

static void detach(enum fim_demand demand)
{
	if (by_kprobe)
		fim_kprobe_detach(demand);
	else
		fim_ftrace_detach(demand);
}

static void release(void)
{
	if (by_kprobe)
		fim_kprobe_release();
	else
		fim_ftrace_release();
}

/**
 * fim_attach() - attach all hooks but those that are on demand
 *
 * Context: process; may sleep.
 * Return: 0; -ENOENT if a required function is missing, -EBUSY if one is taken,
 * or what the backend says. Then none is attached.
 */
int fim_attach(void)
{
	int err = choose_backend();

	if (!err)
		err = lookup_all();
	if (err)
		return err;
	fim_sb_delete_init();
	set_state(FIM_DEMAND_WRITERS, FIM_HOOK_IDLE);
	set_state(FIM_DEMAND_LOADS, FIM_HOOK_IDLE);
	if (by_kprobe)
		err = fim_kprobe_prepare();
	if (!err)
		err = attach(FIM_DEMAND_NONE);
	if (err)
		release();
	return err;
}

/**
 * fim_attach_on_demand() - attach or detach hooks that are on demand
 * @demand: which of them
 * @wanted: which of both
 *
 * Context: process, one at a time; may sleep.
 * Return: 0, or as fim_attach().
 */
int fim_attach_on_demand(enum fim_demand demand, bool wanted)
{
	static bool attached[FIM_DEMAND_NR];
	int err = 0;

	if (wanted == attached[demand])
		return 0;
	if (wanted) {
		err = attach(demand);
	} else {
		detach(demand);
		set_state(demand, FIM_HOOK_IDLE);
	}
	attached[demand] = wanted && !err;
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
	fim_attach_on_demand(FIM_DEMAND_LOADS, false);
	fim_attach_on_demand(FIM_DEMAND_WRITERS, false);
	detach(FIM_DEMAND_NONE);
	release();
	/* Who was on his way into release_and_delete() has been waited for. */
	synchronize_srcu(&fim_sb_delete_srcu);
}

/**
 * fim_hook_addr() - where a hooked function is
 * @symbol: its name
 *
 * Return: its address, or 0 if this kernel has none.
 */
unsigned long fim_hook_addr(const char *symbol)
{
	unsigned int i;

	for (i = 0; i < fim_nr_hooks; i++)
		if (!strcmp(fim_hooks[i].symbol, symbol))
			return fim_hooks[i].addr;
	return 0;
}
