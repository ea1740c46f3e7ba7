/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What goes with a mount, and where its going spreads to.
 */
#ifndef FIM_MOUNT_H
#define FIM_MOUNT_H

#include <linux/types.h>

#include "fim_mount.h"

/**
 * struct fim_mount_walk - a way through a mount and all that is mounted below it
 * @top: the mount
 * @at: where the way has come to
 * @left: how many steps are left
 */
struct fim_mount_walk {
	const struct fim_mount *top;
	const struct fim_mount *at;
	unsigned int left;
};

bool fim_mount_learn(const struct vfsmount *mnt);
bool fim_mount_sends(const struct fim_mount *mount);
void fim_mount_walk_start(struct fim_mount_walk *walk,
			  const struct vfsmount *top);
bool fim_mount_walk_next(struct fim_mount_walk *walk);

#endif /* FIM_MOUNT_H */
