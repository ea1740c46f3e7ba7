/* SPDX-License-Identifier: GPL-2.0 */
/*
 * contain.h - containers that are made as a runtime makes them: a cgroup, a mount
 * namespace, a root directory that is pivoted into
 */
#ifndef _FIM_TEST_CONTAIN_H
#define _FIM_TEST_CONTAIN_H

#include "netlink.h"
#include "request.h"

#define CGROUPS "/sys/fs/cgroup"
/* Where their roots are; a filesystem of its own */
#define PLACE "/run/fim-containers"

/**
 * struct fim_container - a container that is not one of a runtime's
 * @id: its id
 * @cgroup: its cgroup's directory
 * @root: its root directory, as the host sees it
 * @init: its first process
 * @go: to let that process go on, or end
 * @said: what it says: its result of a step
 */
struct fim_container {
	const char *id;
	const char *cgroup;
	const char *root;
	pid_t init;
	int go;
	int said;
};

int fim_cgroup_enter(const char *cgroup, pid_t pid);
int fim_container_make(struct fim_container *c, const char *id);
int fim_container_start(const struct fim_container *c);
void fim_container_end(struct fim_container *c);
const char *fim_container_root(const struct fim_container *c);

int fim_container_policy(struct fim_nl *nl, const char *name,
			 const char *container);
int fim_container_apply(struct fim_nl *nl, const char *name,
			const char *container, const char *dir);
unsigned long long fim_generation(struct fim_nl *nl);
int fim_container_add_with(struct fim_nl *nl, const struct fim_put *puts);
int fim_container_add(struct fim_nl *nl, const struct fim_container *c,
		      const char *root, const char *policy);
int fim_container_delete(struct fim_nl *nl, const char *id);
void fim_container_list_one(struct nlattr **attrs, void *arg);
const char *fim_container_list(struct fim_nl *nl);

#endif /* _FIM_TEST_CONTAIN_H */
