/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where mounts spread to.
 */
#ifndef FIM_SPREAD_H
#define FIM_SPREAD_H

#include <linux/types.h>

struct fim_hook;
struct fim_mount;

bool fim_spread_is_refused(struct fim_hook *hook, const void *mnt_ns,
			   const struct fim_mount *mount);

#endif /* FIM_SPREAD_H */
