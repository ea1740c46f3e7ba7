/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fault.h - makes the kernel's n-th allocation for a thread fail
 *
 * By /proc/thread-self/fail-nth, on a kernel with fault injection. A program that
 * has begun with it and can't go on has nothing to say, and aborts.
 */
#ifndef FIM_SELFTEST_FAULT_H
#define FIM_SELFTEST_FAULT_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Allocations that may wait, and those of single pages, are among those that
 * fail, and no trace is shown of them.
 *
 * Return: a descriptor for this thread, or -1 where the kernel injects no faults.
 */
static inline int fault_open(void)
{
	static const char *const settings[][2] = {
		{ "failslab/ignore-gfp-wait", "N" },
		{ "failslab/verbose", "0" },
		{ "fail_page_alloc/ignore-gfp-wait", "N" },
		{ "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ "fail_page_alloc/min-order", "0" },
		{ "fail_page_alloc/verbose", "0" },
		{},
	};
	char path[64];
	size_t i;
	int fd;

	for (i = 0; settings[i][0]; i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s",
			 settings[i][0]);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			return -1;
		if (write(fd, settings[i][1], 1) != 1)
			abort();
		close(fd);
	}
	return open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
}

/* @nth: the allocation that fails from here on, 1 for the next one, 0 for none */
static inline void fault_set(int fd, int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", nth);

	if (pwrite(fd, text, len, 0) != len)
		abort();
}

/* Return: whether the n-th allocation was asked for, and failed. */
static inline bool fault_end(int fd)
{
	char text[16] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		abort();
	fault_set(fd, 0);
	return atoi(text) == 0;
}

#endif /* FIM_SELFTEST_FAULT_H */
