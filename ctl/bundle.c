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

/* Where podman and CRI-O keep names and images */
#define STORAGE "/var/lib/containers/storage/overlay-containers/containers.json"
/* Where docker keeps names and labels, by id */
#define DOCKER "/var/lib/docker/containers/%s/config.v2.json"

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
 * @config: the bundle's config.json, or NULL
 * @bundle: the bundle's directory, absolute
 * @root: the path is appended to it
 *
 * Return: NULL, or what is wrong.
 */
const char *bundle_root(const cJSON *config, const char *bundle,
			struct buf *root)
{
	const cJSON *its = cJSON_GetObjectItemCaseSensitive(config, "root");
	const char *path = json_text(its, "path");

	if (!config)
		return "the bundle's config.json can't be read";
	if (!path || !*path)
		return "the bundle's config.json has no 'root.path'";
	if (*path == '/')
		buf_adds(root, path);
	else
		buf_addf(root, "%s/%s", bundle, path);
	return NULL;
}

static void take_docker(struct identity *identity, const char *id)
{
	char path[PATH_MAX];
	cJSON *json;

	snprintf(path, sizeof(path), DOCKER, id);
	json = file_read_json(path);
	identity_take_docker(identity, json);
	cJSON_Delete(json);
}

static void take_storage(struct identity *identity, const char *id)
{
	cJSON *json = file_read_json(STORAGE);

	identity_take_storage(identity, json, id);
	cJSON_Delete(json);
}

/**
 * bundle_identity() - find out what a container is
 * @config: the bundle's config.json, or NULL
 * @bundle: the bundle's directory, or NULL
 * @id: the container's id
 * @identity: added to
 */
void bundle_identity(const cJSON *config, const char *bundle, const char *id,
		     struct identity *identity)
{
	identity_take_annotations(identity,
		cJSON_GetObjectItemCaseSensitive(config, "annotations"));
	if (is_id(id) && bundle && strstr(bundle, "/moby/"))
		take_docker(identity, id);
	else if (!identity->name || !identity->image)
		take_storage(identity, id);
	identity_find_owner(identity);
	if (!identity->name)
		identity->name = mem_string(id);
}
