// SPDX-License-Identifier: GPL-2.0
/*
 * disk.c - disks to put a filesystem on: loop devices, partitions of them, and
 * what the device mapper makes of them
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <linux/blkpg.h>
#include <linux/dm-ioctl.h>
#include <linux/loop.h>

#include "common.h"
#include "disk.h"

/**
 * fim_loop_free() - find a loop device that nobody uses
 *
 * Return: its node, or NULL.
 */
const char *fim_loop_free(void)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int n = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);

	if (control >= 0)
		close(control);
	return n < 0 ? NULL : fim_fmt("/dev/loop%d", n);
}

/**
 * fim_loop_set() - put a loop device over a file or device
 * @loop: its node
 * @file: over what; it may have partitions
 * @flags: how to open that
 *
 * Return: 0 or an errno.
 */
int fim_loop_set(const char *loop, const char *file, int flags)
{
	struct loop_config config = {
		.fd = open(file, flags | O_CLOEXEC),
		.info.lo_flags = LO_FLAGS_PARTSCAN,
	};
	int dev;
	int err;

	if ((int)config.fd < 0)
		return errno;
	dev = open(loop, O_RDWR | O_CLOEXEC);
	err = dev < 0 ? errno : sys(ioctl(dev, LOOP_CONFIGURE, &config));
	close(config.fd);
	if (dev >= 0)
		close(dev);
	return err;
}

/**
 * fim_loop_clear() - take a loop device away
 * @loop: its node
 *
 * Return: 0 or an errno.
 */
int fim_loop_clear(const char *loop)
{
	int dev = open(loop, O_RDONLY | O_CLOEXEC);
	int err = dev < 0 ? errno : sys(ioctl(dev, LOOP_CLR_FD, 0));

	if (dev >= 0)
		close(dev);
	return err;
}

static int change_partitions(const char *disk, int op,
			     struct blkpg_partition *part)
{
	struct blkpg_ioctl_arg arg = {
		.op = op,
		.datalen = sizeof(*part),
		.data = part,
	};
	int dev = open(disk, O_RDONLY | O_CLOEXEC);
	int err = dev < 0 ? errno : sys(ioctl(dev, BLKPG, &arg));

	if (dev >= 0)
		close(dev);
	return err;
}

/**
 * fim_partition() - make a partition
 * @disk: of this disk
 * @number: from 1
 * @start: its first byte
 * @length: in bytes
 *
 * Return: 0 or an errno.
 */
int fim_partition(const char *disk, int number, long long start,
		  long long length)
{
	struct blkpg_partition part = {
		.start = start, .length = length, .pno = number,
	};

	return change_partitions(disk, BLKPG_ADD_PARTITION, &part);
}

/**
 * fim_partition_remove() - forget a partition
 * @disk: of this disk
 * @number: from 1
 *
 * Return: 0 or an errno.
 */
int fim_partition_remove(const char *disk, int number)
{
	struct blkpg_partition part = { .pno = number };

	return change_partitions(disk, BLKPG_DEL_PARTITION, &part);
}

static void dm_init(struct dm_ioctl *dm, size_t size)
{
	memset(dm, 0, size);
	dm->version[0] = DM_VERSION_MAJOR;
	dm->data_size = size;
	dm->data_start = sizeof(*dm);
	strcpy(dm->name, FIM_DM);
}

static int dm_call(int control, unsigned long cmd, struct dm_ioctl *dm)
{
	return sys(ioctl(control, cmd, dm));
}

/**
 * fim_dm_make() - make a device that is all of another one
 * @below: that device
 * @sectors: how long it is
 * @node: set to the new device's node
 *
 * Return: 0 or an errno; ENOENT without a device mapper.
 */
int fim_dm_make(const char *below, unsigned long long sectors,
		const char **node)
{
	struct {
		struct dm_ioctl dm;
		struct dm_target_spec spec;
		char text[128];
	} request;
	int control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	int err;

	if (control < 0)
		return errno;
	dm_init(&request.dm, sizeof(request));
	err = dm_call(control, DM_DEV_CREATE, &request.dm);
	if (err)
		goto out;
	*node = fim_fmt("/dev/dm-%u", minor(request.dm.dev));

	memset(&request, 0, sizeof(request));
	dm_init(&request.dm, sizeof(request));
	request.dm.target_count = 1;
	request.spec.length = sectors;
	strcpy(request.spec.target_type, "linear");
	snprintf(request.text, sizeof(request.text), "%s 0", below);
	err = dm_call(control, DM_TABLE_LOAD, &request.dm);
	if (err)
		goto out;
	dm_init(&request.dm, sizeof(request));
	err = dm_call(control, DM_DEV_SUSPEND, &request.dm);
out:
	close(control);
	return err;
}

/**
 * fim_dm_remove() - take it away again
 *
 * Return: 0 or an errno.
 */
int fim_dm_remove(void)
{
	int control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	struct dm_ioctl dm;
	int err;

	if (control < 0)
		return errno;
	dm_init(&dm, sizeof(dm));
	err = dm_call(control, DM_DEV_REMOVE, &dm);
	close(control);
	return err;
}
