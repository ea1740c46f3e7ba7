/* SPDX-License-Identifier: GPL-2.0 */
/*
 * disk.h - disks to put a filesystem on: loop devices, partitions of them, and
 * what the device mapper makes of them
 */
#ifndef _FIM_TEST_DISK_H
#define _FIM_TEST_DISK_H

#include <stdbool.h>

/* The device mapper's device, by the name that these helpers give it. */
#define FIM_DM "fim-test"

const char *fim_loop_free(void);
int fim_loop_set(const char *loop, const char *file, int flags);
int fim_loop_clear(const char *loop);
int fim_partition(const char *disk, int number, long long start,
		  long long length);
int fim_partition_remove(const char *disk, int number);
int fim_dm_make(const char *below, unsigned long long sectors,
		const char **node);
int fim_dm_remove(void);

#endif /* _FIM_TEST_DISK_H */
