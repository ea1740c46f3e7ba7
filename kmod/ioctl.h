/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which ioctls change a file, or a whole filesystem.
 */
#ifndef FIM_IOCTL_H
#define FIM_IOCTL_H

#include <linux/ioctl.h>
#include <linux/types.h>

struct fim_ruleset;
struct inode;

#define FIM_XFS_SWAPEXT		109

/**
 * fim_ioctl_reaches_all() - whether an ioctl may be about another filesystem
 * @cmd: the command
 *
 * XFS exchanges what two descriptors are of, both open for writing, that are
 * named in the caller's memory. They have to be of one filesystem, but not of
 * that which is asked.
 *
 * Return: true if the descriptor that it is by tells nothing.
 */
static __always_inline bool fim_ioctl_reaches_all(unsigned int cmd)
{
	return _IOC_TYPE(cmd) == 'X' && _IOC_NR(cmd) == FIM_XFS_SWAPEXT;
}

bool fim_ioctl_changes_sb(const struct fim_ruleset *rs,
			  const struct inode *inode, unsigned int cmd);
bool fim_ioctl_moves_names(const struct super_block *sb);
bool fim_ioctl_makes_name(unsigned int cmd);
bool fim_ioctl_changes_entry(unsigned int cmd);
bool fim_ioctl_only_reads(const struct inode *inode, unsigned int cmd);

#endif /* FIM_IOCTL_H */
