/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing to the block devices below filesystems with protected directories.
 */
#ifndef FIM_RAW_H
#define FIM_RAW_H

#include <linux/btrfs.h>
#include <linux/ioctl.h>
#include <linux/sed-opal.h>
#include <linux/types.h>
#include <linux/major.h>
#include <scsi/scsi_ioctl.h>
#include <scsi/sg.h>

struct file;
struct fim_ruleset;

/**
 * fim_raw_by_char_device() - whether a command may be one to a disk
 * @cmd: the command of an ioctl
 *
 * Return: true if a character device could take it for the disk that it is
 * beside.
 */
static __always_inline bool fim_raw_by_char_device(unsigned int cmd)
{
	return cmd == SG_IO || cmd == SCSI_IOCTL_SEND_COMMAND ||
	       _IOC_TYPE(cmd) == 'N' || _IOC_TYPE(cmd) == MMC_BLOCK_MAJOR ||
	       (_IOC_TYPE(cmd) == 'p' &&
		_IOC_NR(cmd) >= _IOC_NR(IOC_OPAL_REVERT_TPR));
}

/**
 * fim_raw_takes_device() - whether an ioctl may be about another filesystem's
 *	devices
 * @cmd: the command
 *
 * Up to 6.16, one btrfs may take away a device that another is mounted from, and
 * is told which in the caller's memory.
 *
 * Return: true if the filesystem that it is by tells nothing.
 */
static __always_inline bool fim_raw_takes_device(unsigned int cmd)
{
	return cmd == BTRFS_IOC_ADD_DEV || cmd == BTRFS_IOC_DEV_REPLACE;
}

bool fim_raw_open_is_refused(const struct file *file);
bool fim_raw_move_is_refused(const struct fim_ruleset *rs,
			     const struct file *file, unsigned int cmd);
bool fim_raw_ioctl_is_refused(const struct file *file, unsigned int cmd);

#endif /* FIM_RAW_H */
