// SPDX-License-Identifier: GPL-2.0
/*
 * ecs.c - alerts in the Elastic Common Schema
 *
 * What the schema has no field for is below "fim". Exact bytes of what is not
 * UTF-8 are below "fim.hex" and the name of the field that they belong to.
 */
#include <string.h>

#include "alert.h"
#include "array.h"
#include "format.h"
#include "json.h"

/** @ECS_VERSION: the version of the schema */
#define ECS_VERSION "8.11.0"

/* Puts @value at a path of names with dots between; takes it over. */
static void put(cJSON *root, const char *path, cJSON *value)
{
	const char *dot;
	struct buf name = { 0 };
	cJSON *next;

	while ((dot = strchr(path, '.'))) {
		buf_clear(&name);
		buf_add(&name, path, dot - path);
		next = cJSON_GetObjectItemCaseSensitive(root, name.data);
		if (!next) {
			next = json_object();
			json_add(root, name.data, next);
		}
		root = next;
		path = dot + 1;
	}
	json_add(root, path, value);
	buf_free(&name);
}

static void put_text(cJSON *root, const char *path, const char *text)
{
	put(root, path, cJSON_CreateString(text));
}

static void put_key(cJSON *root, const struct alert_key *k, const cJSON *value)
{
	if (k->as == ALERT_AS_TEXT && value->valuestring)
		put(root, k->ecs, cJSON_CreateString(value->valuestring));
	else if (k->as == ALERT_AS_NUMBER && value->valuestring)
		put(root, k->ecs, cJSON_CreateRaw(value->valuestring));
	else
		put(root, k->ecs, cJSON_Duplicate(value, true));
}

/* Keys that are not in the table: exact bytes, and nothing else. */
static void put_other(cJSON *root, const cJSON *value)
{
	size_t len = strlen(value->string);
	const struct alert_key *k;
	struct buf name = { 0 }, path = { 0 };

	if (len <= 3 || strcmp(value->string + len - 3, "Hex"))
		return;
	buf_add(&name, value->string, len - 3);
	k = alert_key(name.data);
	if (k && k->ecs) {
		buf_addf(&path, "fim.hex.%s", k->ecs);
		put(root, path.data, cJSON_Duplicate(value, true));
	}
	buf_free(&name);
	buf_free(&path);
}

/* Of the types that the schema knows for files. */
static const char *event_type(const char *operation)
{
	static const struct {
		const char *operation;
		const char *type;
	} types[] = {
		{ "create", "creation" },	{ "link", "creation" },
		{ "symlink", "creation" },	{ "mkdir", "creation" },
		{ "mknod", "creation" },	{ "unlink", "deletion" },
		{ "rmdir", "deletion" },
	};
	size_t i;

	for (i = 0; operation && i < ARRAY_SIZE(types); i++)
		if (!strcmp(types[i].operation, operation))
			return types[i].type;
	return operation ? "change" : "info";
}

static void put_one(cJSON *root, const char *path, const char *text)
{
	cJSON *list = json_list();

	json_append_bytes(list, text, strlen(text));
	put(root, path, list);
}

/* What the schema asks of every event to be found under. */
static void put_event(cJSON *root, const cJSON *alert)
{
	const char *result = format_value(alert, "Result");
	const char *operation = format_value(alert, "FileOperation");

	put_text(root, "ecs.version", ECS_VERSION);
	put_text(root, "event.dataset", "fim.alerts");
	put_text(root, "event.kind", result ? "alert" : "event");
	put_one(root, "event.category", result ? "file" : "configuration");
	put_one(root, "event.type", event_type(operation));
	if (!operation)
		put_text(root, "event.action", format_value(alert, "Operation"));
	if (result)
		put_text(root, "event.outcome", strcmp(result, "Passed") ?
			 "failure" : "success");
}

/**
 * format_ecs() - append an alert in the Elastic Common Schema, on one line
 * @alert: the alert
 * @out: appended to
 */
void format_ecs(const cJSON *alert, struct buf *out)
{
	cJSON *root = json_object();
	const struct alert_key *k;
	const cJSON *value;

	cJSON_ArrayForEach(value, alert) {
		k = alert_key(value->string);
		if (!k)
			put_other(root, value);
		else if (k->ecs)
			put_key(root, k, value);
	}
	put_event(root, alert);
	format_json(root, out);
	cJSON_Delete(root);
}
