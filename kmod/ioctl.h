/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which ioctls change a file, or a whole filesystem.
 */
#ifndef FIM_IOCTL_H
#define FIM_IOCTL_H

#include <linux/types.h>

struct fim_ruleset;
struct inode;

bool fim_ioctl_changes_sb(const struct fim_ruleset *rs,
			  const struct inode *inode, unsigned int cmd);
bool fim_ioctl_makes_name(unsigned int cmd);
bool fim_ioctl_only_reads(const struct inode *inode, unsigned int cmd);

#endif /* FIM_IOCTL_H */
