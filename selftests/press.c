// SPDX-License-Identifier: GPL-2.0
/*
 * press.c - makes allocations fail at random
 *
 * One in ten, for the tasks that are named only.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "common.h"
#include "press.h"

#define FAULTS "/sys/kernel/debug/"

static int set(const char *name, const char *value)
{
	return fim_write_file(fim_fmt(FAULTS "failslab/%s", name), value) ?:
	       fim_write_file(fim_fmt(FAULTS "fail_page_alloc/%s", name), value);
}

/**
 * press_missing() - why there is no fault injection, NULL if there is
 *
 * The first call prepares it.
 */
const char *press_missing(void)
{
	static const char *const settings[][2] = {
		{ "probability", "0" }, { "task-filter", "Y" },
		{ "ignore-gfp-wait", "N" }, { "interval", "1" },
		{ "times", "-1" }, { "space", "0" }, { "verbose", "0" },
	};
	static int missing = -1;
	size_t i;

	if (missing < 0) {
		missing = fim_write_file(FAULTS "fail_page_alloc/min-order", "0");
		for (i = 0; !missing && i < ARRAY_SIZE(settings); i++)
			missing = set(settings[i][0], settings[i][1]);
	}
	return missing ? "this kernel does not inject faults" : NULL;
}

/**
 * press_begin() - from now on allocations fail, for tasks of press_task()
 */
void press_begin(void)
{
	if (set("probability", "10"))
		abort();
}

/**
 * press_end() - no allocation is made to fail any more
 */
void press_end(void)
{
	if (set("probability", "0"))
		abort();
}

/**
 * press_task() - choose whose allocations fail
 * @pid: a task, "self" for this one; children that it makes are like it
 * @fails: "1", or "0" for never
 *
 * Return: 0 or an errno.
 */
int press_task(const char *pid, const char *fails)
{
	return fim_write_file(fim_fmt("/proc/%s/make-it-fail", pid), fails);
}

/**
 * press_self() - choose this task, and have it record apart from others
 *
 * What a thread of the same name does is told as the same.
 *
 * Return: 0 or an errno.
 */
int press_self(void)
{
	return sys(prctl(PR_SET_NAME, "pressed")) ?: press_task("self", "1");
}

/**
 * press_wait() - wait for a child whose allocations fail, and end that
 * @child: its process id, or -1: there was no memory for it
 *
 * Return: its exit status, ECHILD if it died of a signal.
 */
int press_wait(pid_t child)
{
	int status = 0;

	if (child >= 0)
		waitpid(child, &status, 0);
	press_end();
	return child >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}
