// SPDX-License-Identifier: GPL-2.0
/*
 * runtimes.c - containers that run, from the runtimes' state directories: runc's
 * state.json, which is also what docker and containerd have theirs made by, and
 * crun's status
 */
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "file.h"
#include "json.h"
#include "mem.h"
#include "runtimes.h"

/**
 * struct place - where a runtime keeps its containers
 * @dir: the directory
 * @depth: how many levels below are directories of containers
 * @crun: they are crun's; else runc's
 */
static const struct place {
	const char *dir;
	unsigned int depth;
	bool crun;
} places[] = {
	{ "/run/runc", 1, false },
	{ "/run/docker/runtime-runc", 2, false },
	{ "/run/containerd/runc", 2, false },
	{ "/run/crun", 1, true },
};

static bool add(struct runnings *all, const char *id, const cJSON *pid,
		const char *bundle)
{
	if (!id || !cJSON_IsNumber(pid) || pid->valuedouble < 1 ||
	    pid->valuedouble > INT_MAX)
		return false;
	mem_grow(all->v, all->nr, all->cap);
	all->v[all->nr++] = (struct running){
		.id = mem_string(id), .pid = (pid_t)pid->valuedouble,
		.bundle = mem_string(bundle),
	};
	return true;
}

/**
 * runtimes_take_runc() - take a container from runc's state.json
 * @all: added to
 * @state: the file, or NULL
 *
 * Return: whether it is one.
 */
bool runtimes_take_runc(struct runnings *all, const cJSON *state)
{
	const cJSON *config, *labels, *l;
	const char *bundle = NULL;

	config = cJSON_GetObjectItemCaseSensitive(state, "config");
	labels = cJSON_GetObjectItemCaseSensitive(config, "labels");
	cJSON_ArrayForEach(l, labels)
		if (cJSON_IsString(l) && !strncmp(l->valuestring, "bundle=", 7))
			bundle = l->valuestring + 7;
	return add(all, json_text(state, "id"),
		   cJSON_GetObjectItemCaseSensitive(state, "init_process_pid"),
		   bundle);
}

/**
 * runtimes_take_crun() - take a container from crun's status
 * @all: added to
 * @status: the file, or NULL
 * @id: the container's id
 *
 * Return: whether it is one.
 */
bool runtimes_take_crun(struct runnings *all, const cJSON *status,
			const char *id)
{
	return add(all, id, cJSON_GetObjectItemCaseSensitive(status, "pid"),
		   json_text(status, "bundle"));
}

static void take(struct runnings *all, const char *dir, const char *id,
		 bool crun)
{
	struct buf path = { 0 };
	cJSON *json;

	buf_addf(&path, "%s/%s", dir, crun ? "status" : "state.json");
	json = file_read_json(path.data);
	if (crun)
		runtimes_take_crun(all, json, id);
	else
		runtimes_take_runc(all, json);
	cJSON_Delete(json);
	buf_free(&path);
}

static void look_into(struct runnings *all, const char *path,
		      unsigned int depth, bool crun)
{
	DIR *dir = opendir(path);
	struct buf below = { 0 };
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		buf_clear(&below);
		buf_addf(&below, "%s/%s", path, entry->d_name);
		if (depth > 1)
			look_into(all, below.data, depth - 1, crun);
		else
			take(all, below.data, entry->d_name, crun);
	}
	buf_free(&below);
	if (dir)
		closedir(dir);
}

/**
 * runtimes_find() - find the containers that run
 * @all: added to
 */
void runtimes_find(struct runnings *all)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		look_into(all, places[i].dir, places[i].depth, places[i].crun);
}

/**
 * runtimes_free() - free what was found
 * @all: the containers
 */
void runtimes_free(struct runnings *all)
{
	size_t i;

	for (i = 0; i < all->nr; i++) {
		free(all->v[i].id);
		free(all->v[i].bundle);
	}
	free(all->v);
	*all = (struct runnings){ 0 };
}
