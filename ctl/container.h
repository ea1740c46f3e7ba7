/* SPDX-License-Identifier: GPL-2.0 */
/*
 * container.h - containers that policies hold for
 */
#ifndef FIMCTL_CONTAINER_H
#define FIMCTL_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "diag.h"
#include "identity.h"
#include "link.h"

/**
 * struct container - a container that the kernel knows
 * @id: its id
 * @pid: its first process, 0 if that has ended
 * @cgroup: id of its cgroup
 * @identity: what it is
 * @policies: names of the policies that hold for it
 * @nr_policies: how many
 * @cap_policies: room in @policies
 */
struct container {
	char *id;
	pid_t pid;
	uint64_t cgroup;
	struct identity identity;
	char **policies;
	size_t nr_policies;
	size_t cap_policies;
};

/**
 * struct containers - all of them
 * @v: the containers
 * @nr: how many
 * @cap: room in @v
 */
struct containers {
	struct container *v;
	size_t nr;
	size_t cap;
};

int containers_get(struct link *l, struct containers *set);
void containers_free(struct containers *set);
const char *containers_bind(const struct containers *set, struct policy *p);
void containers_warn(const struct policies *set, struct diags *diags);

int container_add(struct link *l, const char *id, pid_t pid, const char *root,
		  const struct identity *identity);
int container_add_bundle(struct link *l, const char *id, pid_t pid,
			 const char *bundle, bool entered);
int container_delete(struct link *l, const char *id);

#endif /* FIMCTL_CONTAINER_H */
