/* SPDX-License-Identifier: GPL-2.0 */
/*
 * newmount.h - mounting by descriptors: fsopen(2), fsmount(2), move_mount(2)
 *
 * <linux/mount.h> and <sys/mount.h> can't be had together everywhere.
 */
#ifndef _FIM_TEST_NEWMOUNT_H
#define _FIM_TEST_NEWMOUNT_H

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#define SYS_fsopen 430
#define SYS_fsconfig 431
#define SYS_fsmount 432
#endif

#define MOVE_FROM_EMPTY_PATH 0x04
#define MOVE_SET_GROUP 0x100
#define MOVE_BENEATH 0x200
#define TREE_CLONE 1
#define CONFIG_CREATE 6

/* Return: 0 or an errno; the descriptor of the mount is closed. */
static inline int move_here(int fd, const char *place, unsigned int flags)
{
	int err = fd < 0 ? errno : 0;

	if (!err && syscall(SYS_move_mount, fd, "", AT_FDCWD, place,
			    flags | MOVE_FROM_EMPTY_PATH))
		err = errno;
	if (fd >= 0)
		close(fd);
	return err;
}

/* Return: the descriptor of a mount that is nowhere yet, or -1. */
static inline int new_tmpfs(void)
{
	int fs = syscall(SYS_fsopen, "tmpfs", 0);
	int fd;

	if (fs < 0)
		return -1;
	fd = syscall(SYS_fsconfig, fs, CONFIG_CREATE, NULL, NULL, 0) ? -1 :
	     syscall(SYS_fsmount, fs, 0, 0);
	close(fs);
	return fd;
}

/*
 * What the kernel can do, on a mount that nobody cares about. Return: 0, EINVAL if
 * it can't mount beneath, or another errno.
 */
static inline int try_beneath(const char *place)
{
	int err = move_here(new_tmpfs(), place, MOVE_BENEATH);

	return err ?: umount2(place, MNT_DETACH) ? errno : 0;
}

#endif /* _FIM_TEST_NEWMOUNT_H */
