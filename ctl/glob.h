/* SPDX-License-Identifier: GPL-2.0 */
/*
 * glob.h - AppArmor's patterns of paths
 */
#ifndef FIMCTL_GLOB_H
#define FIMCTL_GLOB_H

#include <stdbool.h>
#include <stddef.h>

const char *glob_check(const char *pattern);
size_t glob_anchor(const char *pattern);

#endif /* FIMCTL_GLOB_H */
