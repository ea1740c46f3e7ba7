// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching the hooks by kprobes, on kernels without dynamic ftrace: a probe at
 * the function's entry calls the same hook, which may point the instruction
 * pointer elsewhere in the same way.
 *
 * A probe runs with preemption off, on x86 in a breakpoint's context, with
 * interrupts off; a hook, which neither sleeps nor locks, does not mind.
 *
 * It is weaker than ftrace: see fim_attach_weaker(). The self-test finds what
 * has been disarmed; what was missed while another probe was running is
 * counted.
 */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "attach.h"
#include "fim_kprobe.h"
#include "hook.h"

/* One for each hook, and room to list them; allocated while loading. */
static struct kprobe *probes, **listed;
/* What probes that are unregistered have missed */
static u64 missed_before;

static int before_function(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long ip = instruction_pointer(regs);
	struct fim_regs_room room;

	fim_hook_call(&fim_hooks[probe - probes],
		      fim_kprobe_return_address(regs),
		      fim_kprobe_enter(regs, &room));
	fim_kprobe_leave(regs, &room);
	return instruction_pointer(regs) != ip;
}

/*
 * A probe without one may be replaced by a jump, whose handler is not free to
 * go on elsewhere. One that ftrace serves never is, and is left without: it
 * would be another kind of ftrace's.
 */
static void after_function(struct kprobe *probe, struct pt_regs *regs,
			   unsigned long flags)
{
}

/**
 * fim_kprobe_prepare() - make room for the probes
 *
 * Return: 0 or -ENOMEM.
 */
int fim_kprobe_prepare(void)
{
	probes = kcalloc(fim_nr_hooks, sizeof(*probes), GFP_KERNEL);
	listed = kcalloc(fim_nr_hooks, sizeof(*listed), GFP_KERNEL);
	return probes && listed ? 0 : -ENOMEM;
}

/**
 * fim_kprobe_release() - undo fim_kprobe_prepare(), even if it failed
 */
void fim_kprobe_release(void)
{
	kfree(listed);
	kfree(probes);
	listed = NULL;
	probes = NULL;
}

static bool is_attached(unsigned int i)
{
	return probes[i].symbol_name;
}

static int attach_one(unsigned int i)
{
	struct kprobe *probe = &probes[i];
	int err;

	memset(probe, 0, sizeof(*probe));
	probe->symbol_name = fim_hooks[i].symbol;
	probe->pre_handler = before_function;
	if (!fim_hooks[i].traced)
		probe->post_handler = after_function;
	err = register_kprobe(probe);
	if (err) {
		pr_err("fim: can't probe %s: %d\n", fim_hooks[i].symbol, err);
		probe->symbol_name = NULL;
	}
	return err;
}

/**
 * fim_kprobe_attach() - attach the hooks
 * @demand: which of them
 *
 * Context: process; may sleep.
 * Return: 0, or what register_kprobe() says. Then none is attached.
 */
int fim_kprobe_attach(enum fim_demand demand)
{
	unsigned int i;
	int err;

	for (i = 0; i < fim_nr_hooks; i++) {
		if (!fim_hooks[i].addr || fim_hooks[i].demand != demand)
			continue;
		err = attach_one(i);
		if (err) {
			fim_kprobe_detach(demand);
			return err;
		}
	}
	return 0;
}

/*
 * One that can't be disarmed for want of memory stays in the kernel's table when
 * it is unregistered, which says nothing of it, and when its own memory is gone.
 * To disable it is the same but for that it says so.
 *
 * It counts as disarmed then, and is not. If all that count were, the kernel
 * would have no probe called any more; so it is armed once more, to be disarmed.
 */
static void disarm(struct kprobe *probe)
{
	while (disable_kprobe(probe) == -ENOMEM) {
		probe->flags |= KPROBE_FLAG_DISABLED;
		while (enable_kprobe(probe) == -ENOMEM)
			msleep(FIM_ATTACH_RETRY_MS);
	}
}

/**
 * fim_kprobe_detach() - detach the hooks
 * @demand: which of them
 *
 * Waits until nobody is inside of a probe, or on his way to where a hook made
 * a function go on.
 *
 * Context: process; may sleep.
 */
void fim_kprobe_detach(enum fim_demand demand)
{
	unsigned int i, nr = 0;

	for (i = 0; i < fim_nr_hooks; i++) {
		if (!is_attached(i) || fim_hooks[i].demand != demand)
			continue;
		disarm(&probes[i]);
		listed[nr++] = &probes[i];
	}
	unregister_kprobes(listed, nr);
	for (i = 0; i < nr; i++) {
		missed_before += listed[i]->nmissed;
		listed[i]->symbol_name = NULL;
	}
	synchronize_rcu_tasks();
}

/**
 * fim_kprobe_missed() - how often a function ran without its hook
 *
 * Context: process, one at a time with attaching and detaching.
 * Return: the number since the module was loaded.
 */
u64 fim_kprobe_missed(void)
{
	u64 sum = missed_before;
	unsigned int i;

	for (i = 0; i < fim_nr_hooks; i++)
		if (is_attached(i))
			sum += READ_ONCE(probes[i].nmissed);
	return sum;
}
