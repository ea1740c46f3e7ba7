// SPDX-License-Identifier: GPL-2.0
/*
 * bundle.c - what runtimes write down about a container: the state that hooks
 * are handed, the bundle's config.json, and the files beside them that hold
 * names and labels
 */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../uapi/fim.h"
#include "array.h"
#include "bundle.h"
#include "file.h"
#include "json.h"
#include "mem.h"

/* Where podman keeps names and images, if nothing says that it is elsewhere */
#define STORAGE "/var/lib/containers/storage/overlay-containers"
/* And docker names and labels, in directories by id */
#define DOCKER "/var/lib/docker/containers"

/* An id becomes part of a path, and is printed. */
static bool is_id(const char *id)
{
	const char *p = id;

	while (isalnum((unsigned char)*p) || (*p && strchr("_+-.", *p)))
		p++;
	return p > id && !*p && p - id <= FIM_NAME_MAX && *id != '.';
}

static const char *take_state(struct oci_state *state, const cJSON *json)
{
	const cJSON *pid = cJSON_GetObjectItemCaseSensitive(json, "pid");
	const char *id = json_text(json, "id"), *status = json_text(json, "status");
	const char *bundle = json_text(json, "bundle");

	if (!cJSON_IsObject(json))
		return "it is no JSON object";
	if (!id || !is_id(id))
		return "it has no valid 'id'";
	if (!status)
		return "it has no 'status'";
	state->stopped = !strcmp(status, "stopped");
	if (cJSON_IsNumber(pid) && pid->valuedouble > 0 &&
	    pid->valuedouble <= INT_MAX)
		state->pid = (pid_t)pid->valuedouble;
	if (!state->stopped && !state->pid)
		return "it has no 'pid'";
	if (!state->stopped && (!bundle || *bundle != '/'))
		return "it has no absolute 'bundle'";
	state->id = mem_string(id);
	state->bundle = mem_string(bundle);
	return NULL;
}

/**
 * oci_state_parse() - read the state that a hook is handed
 * @state: set; to be freed by oci_state_free(), after an error too
 * @json: the state
 * @len: its length
 *
 * Return: NULL, or what is wrong with it.
 */
const char *oci_state_parse(struct oci_state *state, const char *json,
			    size_t len)
{
	cJSON *tree = len ? cJSON_ParseWithLength(json, len) : NULL;
	const char *why;

	*state = (struct oci_state){ 0 };
	why = take_state(state, tree);
	cJSON_Delete(tree);
	return why;
}

/**
 * oci_state_free() - free what oci_state_parse() read
 * @state: the state
 */
void oci_state_free(struct oci_state *state)
{
	free(state->id);
	free(state->bundle);
	*state = (struct oci_state){ 0 };
}

/**
 * bundle_root() - where a container's root directory is, before it is entered
 * @config: the bundle's config.json
 * @bundle: the bundle's directory, absolute
 * @root: the path is appended to it
 * @why: what is wrong is appended to it
 *
 * Return: whether it is known.
 */
bool bundle_root(const cJSON *config, const char *bundle, struct buf *root,
		 struct buf *why)
{
	const cJSON *its = cJSON_GetObjectItemCaseSensitive(config, "root");
	const char *path = json_text(its, "path");

	if (!path || !*path) {
		buf_adds(why, "the bundle's config.json has no 'root.path'");
		return false;
	}
	if (*path == '/')
		buf_adds(root, path);
	else
		buf_addf(root, "%s/%s", bundle, path);
	return true;
}

/*
 * Whether docker makes a file of a container's, from a directory like @id's, in
 * the directory of all containers: the length of the latter's path, or 0.
 */
static size_t docker_dir_len(const cJSON *mount, const char *id)
{
	static const char *const made[] = {
		"/etc/hostname", "/etc/hosts", "/etc/resolv.conf",
	};
	const char *source = json_text(mount, "source");
	const char *to = json_text(mount, "destination");
	size_t i, len, tail;

	for (i = 0; source && to && i < ARRAY_SIZE(made); i++) {
		if (strcmp(to, made[i]))
			continue;
		/* DIRECTORY/ID/hosts */
		tail = 1 + strlen(id) + strlen(to) - strlen("/etc");
		len = strlen(source);
		if (*source == '/' && len > tail && source[len - tail] == '/' &&
		    !strcmp(source + len - tail + 1 + strlen(id),
			    to + strlen("/etc")))
			return len - tail;
	}
	return 0;
}

/* Its "data-root" and "userns-remap" move the directory. */
static void find_docker(const cJSON *config, const char *id, struct buf *path)
{
	const cJSON *mount;
	size_t len;

	cJSON_ArrayForEach(mount, cJSON_GetObjectItemCaseSensitive(config,
								   "mounts")) {
		len = docker_dir_len(mount, id);
		if (len) {
			buf_add(path, json_text(mount, "source"), len);
			buf_addf(path, "/%s/config.v2.json", id);
			return;
		}
	}
	buf_addf(path, DOCKER "/%s/config.v2.json", id);
}

/* podman's bundle is DIRECTORY/ID/userdata, with that file in DIRECTORY. */
static void find_storage(const char *bundle, const char *id, struct buf *path)
{
	struct buf tail = { 0 };
	size_t len = bundle ? strlen(bundle) : 0;

	buf_addf(&tail, "/%s/userdata", id);
	if (len > tail.len && !strcmp(bundle + len - tail.len, tail.data) &&
	    strncmp(bundle, "/run/", 5))
		buf_add(path, bundle, len - tail.len);
	else
		buf_adds(path, STORAGE);
	buf_adds(path, "/containers.json");
	buf_free(&tail);
}

/**
 * bundle_identity() - find out what a container is
 * @config: the bundle's config.json, or NULL
 * @bundle: the bundle's directory, or NULL
 * @id: the container's id
 * @identity: added to
 * @why: what can't be read is appended to it
 *
 * Return: false if something can't be read that tells of labels or names, so
 * that policies would be left out that are for the container.
 */
bool bundle_identity(const cJSON *config, const char *bundle, const char *id,
		     struct identity *identity, struct buf *why)
{
	const cJSON *annotations =
		cJSON_GetObjectItemCaseSensitive(config, "annotations");
	const char *manager = json_text(annotations, "io.container.manager");
	bool docker = bundle && strstr(bundle, "/moby/");
	bool podman = manager && !strcmp(manager, "libpod");
	struct buf path = { 0 };
	cJSON *json = NULL;

	if (!config) {
		buf_adds(why, "the bundle's config.json can't be read");
		return false;
	}
	identity_take_annotations(identity, annotations);
	if (is_id(id) && (docker || !identity->name || !identity->image)) {
		if (docker)
			find_docker(config, id, &path);
		else
			find_storage(bundle, id, &path);
		json = file_read_json(path.data);
		if (docker)
			identity_take_docker(identity, json);
		else
			identity_take_storage(identity, json, id);
		if (!json && (docker || podman))
			buf_addf(why, "%s can't be read", path.data);
	}
	cJSON_Delete(json);
	buf_free(&path);
	identity_find_owner(identity);
	if (!identity->name)
		identity->name = mem_string(id);
	return !why->len;
}
