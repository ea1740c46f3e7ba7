/* SPDX-License-Identifier: GPL-2.0 */
/*
 * runtimes.h - containers that run, from the runtimes' state directories
 */
#ifndef FIMCTL_RUNTIMES_H
#define FIMCTL_RUNTIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <cjson/cJSON.h>

/**
 * struct running - a container that runs
 * @id: its id
 * @pid: its first process
 * @bundle: the directory of its config.json
 */
struct running {
	char *id;
	pid_t pid;
	char *bundle;
};

/**
 * struct runnings - all that were found
 * @v: the containers
 * @nr: how many
 * @cap: room in @v
 */
struct runnings {
	struct running *v;
	size_t nr;
	size_t cap;
};

bool runtimes_take_runc(struct runnings *all, const cJSON *state);
bool runtimes_take_crun(struct runnings *all, const cJSON *status,
			const char *id);
void runtimes_find(struct runnings *all);
void runtimes_free(struct runnings *all);

#endif /* FIMCTL_RUNTIMES_H */
