/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which ioctls change a file, or a whole filesystem.
 */
#ifndef FIM_IOCTL_H
#define FIM_IOCTL_H

#include <linux/types.h>

struct inode;

bool fim_ioctl_changes_device(unsigned int cmd);
bool fim_ioctl_changes_sb(unsigned int cmd);
bool fim_ioctl_only_reads(const struct inode *inode, unsigned int cmd);

#endif /* FIM_IOCTL_H */
