/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing to the block devices below filesystems with protected directories.
 */
#ifndef FIM_RAW_H
#define FIM_RAW_H

#include <linux/ioctl.h>
#include <linux/types.h>
#include <scsi/sg.h>

struct file;

/**
 * fim_raw_by_char_device() - whether a command may be one to a disk
 * @cmd: the command of an ioctl
 *
 * Return: true if a character device could take it for the disk that it is
 * beside.
 */
static __always_inline bool fim_raw_by_char_device(unsigned int cmd)
{
	return cmd == SG_IO || _IOC_TYPE(cmd) == 'N';
}

bool fim_raw_open_is_refused(const struct file *file);
bool fim_raw_ioctl_is_refused(const struct file *file, unsigned int cmd);

#endif /* FIM_RAW_H */
