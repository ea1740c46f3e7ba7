// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching the hooks by ftrace, which is permanent: nothing but unloading the
 * module undoes it, and nobody else can redirect the same functions.
 */
#include <linux/delay.h>
#include <linux/kernel.h>

#include "attach.h"
#include "hook.h"

static bool is_first_of_ops(unsigned int i)
{
	unsigned int j;

	for (j = 0; j < i; j++)
		if (fim_hooks[j].ops == fim_hooks[i].ops)
			return false;
	return true;
}

/**
 * fim_ftrace_release() - forget which functions each ops is about
 *
 * Context: process; may sleep.
 */
void fim_ftrace_release(void)
{
	unsigned int i;

	/*
	 * ftrace_free_filter() would do it, but is not exported everywhere. What
	 * is set instead takes memory first.
	 */
	for (i = 0; i < fim_nr_hooks; i++)
		while (is_first_of_ops(i) &&
		       ftrace_set_filter(fim_hooks[i].ops, NULL, 0, 1) == -ENOMEM)
			msleep(FIM_ATTACH_RETRY_MS);
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

/*
 * Each time anew: what is attached on demand may have been refused before, and
 * report_taken() leaves one function only.
 */
static int set_functions(struct ftrace_ops *ops)
{
	unsigned int i;
	bool first = true;
	int err;

	for (i = 0; i < fim_nr_hooks; i++) {
		if (fim_hooks[i].ops != ops || !fim_hooks[i].addr)
			continue;
		err = ftrace_set_filter_ip(ops, fim_hooks[i].addr, 0, first);
		if (err) {
			pr_err("fim: %s can't be traced: %d\n",
			       fim_hooks[i].symbol, err);
			return err;
		}
		first = false;
	}
	return 0;
}

static int attach_ops(struct ftrace_ops *ops)
{
	int err = set_functions(ops);

	if (err)
		return err;
	err = register_ftrace_function(ops);
	if (!err)
		return 0;
	pr_err("fim: can't attach: %d%s\n", err,
	       err == -EBUSY ? " (is kernel.ftrace_enabled 0?)" : "");
	if (err == -EBUSY)
		report_taken(ops);
	return err;
}

/* Each waits until nobody is inside of its trampoline. */
static void detach_until(unsigned int end, enum fim_demand demand)
{
	unsigned int i;

	for (i = 0; i < end; i++)
		if (is_first_of_ops(i) && fim_hooks[i].demand == demand &&
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

/**
 * fim_ftrace_attach() - attach the hooks
 * @demand: which of them
 *
 * Context: process; may sleep.
 * Return: 0; -EBUSY if a function is taken, or what ftrace says. Then none is
 * attached.
 */
int fim_ftrace_attach(enum fim_demand demand)
{
	unsigned int i;
	int err;

	for (i = 0; i < fim_nr_hooks; i++) {
		if (!is_first_of_ops(i) || fim_hooks[i].demand != demand)
			continue;
		/* An ops without a function would be called for all there are */
		if (!has_function(fim_hooks[i].ops))
			continue;
		err = attach_ops(fim_hooks[i].ops);
		if (err) {
			detach_until(i, demand);
			return err;
		}
	}
	return 0;
}

/**
 * fim_ftrace_detach() - detach the hooks
 * @demand: which of them
 *
 * Waits until nobody is inside of a trampoline.
 *
 * Context: process; may sleep.
 */
void fim_ftrace_detach(enum fim_demand demand)
{
	detach_until(fim_nr_hooks, demand);
}
