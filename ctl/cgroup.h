/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cgroup.h - where the cgroup (v2) of a process is
 */
#ifndef FIMCTL_CGROUP_H
#define FIMCTL_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "buf.h"

bool cgroup_find_mount(const char *mountinfo, size_t len, struct buf *dir);
const char *cgroup_find_path(const char *cgroup);
bool cgroup_holds(const char *cgroup, const char *other);
int cgroup_open(pid_t pid, const char **why);
bool cgroup_has_v2(void);

#endif /* FIMCTL_CGROUP_H */
