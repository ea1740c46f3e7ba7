// SPDX-License-Identifier: GPL-2.0
/*
 * config.c - what is set in /etc/fim/fim.conf
 *
 * Lines of "key = value"; empty ones and those that begin with '#' are comments.
 * A key that is unknown, given twice or without a value is an error, as what was
 * meant by it would not be so. A value goes to the end of its line, whatever is in
 * it: a comment after it is part of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "array.h"
#include "buf.h"
#include "config.h"
#include "mem.h"
#include "policy.h"
#include "suggest.h"
#include "term.h"
#include "text.h"

/** @CONFIG_MAX: largest file taken, in bytes */
#define CONFIG_MAX 65536

static struct config config = { .cluster_name = "default" };

/**
 * config_get() - the settings
 *
 * Return: the settings: defaults, and what was loaded.
 */
const struct config *config_get(void)
{
	return &config;
}

/* What alerts have word for word, where it stands */
#define TEXT_SETTING(member)						\
static void set_##member(const struct mark *at, char *value,		\
			 struct diags *diags)				\
{									\
	static char *text;						\
									\
	(void)at;							\
	(void)diags;							\
	free(text);							\
	text = value;							\
	config.member = text;						\
}

TEXT_SETTING(cluster_name)
TEXT_SETTING(cluster_id)
TEXT_SETTING(workload)
TEXT_SETTING(instance_group)
TEXT_SETTING(instance_id)

static void set_container_failure(const struct mark *at, char *value,
				  struct diags *diags)
{
	config.unprotected_start = !strcmp(value, "start");
	if (!config.unprotected_start && strcmp(value, "refuse"))
		diag_error(diags, at,
			   "'container-failure' must be refuse or start, not '%s'",
			   value);
	free(value);
}

static void set_file_posture(const struct mark *at, char *value,
			     struct diags *diags)
{
	config.file_posture = policy_action(value);
	if (!config.file_posture)
		diag_error(diags, at,
			   "'file-posture' must be audit, block or allow, not '%s'",
			   value);
	free(value);
}

static void set_seal(const struct mark *at, char *value, struct diags *diags)
{
	/* Who wrote something else did not mean "no". */
	config.seal = strcmp(value, "no");
	if (config.seal && strcmp(value, "yes"))
		diag_error(diags, at, "'seal' must be yes or no, not '%s'",
			   value);
	free(value);
}

/**
 * struct setting - a key of the file
 * @key: the key
 * @set: takes its value over, which is text and not empty
 */
static const struct setting {
	const char *key;
	void (*set)(const struct mark *at, char *value, struct diags *diags);
} settings[] = {
	{ "cluster-name", set_cluster_name },
	{ "file-posture", set_file_posture },
	{ "cluster-id", set_cluster_id },
	{ "workload", set_workload },
	{ "instance-group", set_instance_group },
	{ "instance-id", set_instance_id },
	{ "container-failure", set_container_failure },
	{ "seal", set_seal },
};

static void unknown_key(const struct mark *at, const char *key,
			struct diags *diags)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		if (suggest(key, settings[i].key)) {
			diag_error(diags, at,
				   "unknown key '%s'; did you mean '%s'?", key,
				   settings[i].key);
			return;
		}
	}
	diag_error(diags, at, "unknown key '%s'", key);
}

static void take_value(const struct mark *at, const char *key,
		       const char *value, uint32_t *seen, struct diags *diags)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (!strcmp(key, settings[i].key))
			break;
	if (i == ARRAY_SIZE(settings))
		unknown_key(at, key, diags);
	else if (seen[i])
		diag_error(diags, at,
			   "key '%s' is given twice, first in line %u", key,
			   seen[i]);
	else if (!*value)
		diag_error(diags, at, "'%s' has no value", key);
	else
		settings[i].set(at, mem_string(value), diags);
	if (i < ARRAY_SIZE(settings) && !seen[i])
		seen[i] = at->line;
}

static void trim(char *s)
{
	size_t len = strlen(s);

	while (len && strchr(" \t\r", s[len - 1]))
		s[--len] = '\0';
}

static void take_line(const char *file, uint32_t nr, char *line, uint32_t *seen,
		      struct diags *diags)
{
	char *key = line + strspn(line, " \t"), *value = strchr(key, '=');
	struct mark at = { file, nr, key - line + 1 };

	trim(key);
	if (!*key || *key == '#')
		return;
	if (!value) {
		diag_error(diags, &at, "this is no 'key = value'");
		return;
	}
	*value++ = '\0';
	trim(key);
	take_value(&at, key, value + strspn(value, " \t"), seen, diags);
}

/**
 * config_parse() - read settings
 * @file: name for messages; outlives these
 * @data: the file's bytes
 * @len: how many
 * @diags: where errors go
 */
void config_parse(const char *file, const char *data, size_t len,
		  struct diags *diags)
{
	uint32_t seen[ARRAY_SIZE(settings)] = { 0 }, nr = 1;
	struct buf copy = { 0 };
	char *line, *rest;

	if (memchr(data, 0, len) || !text_valid(data, len)) {
		diag_error(diags, &(struct mark){ .file = file },
			   "this is no UTF-8 text");
		return;
	}
	buf_add(&copy, data, len);
	rest = copy.data;
	while ((line = strsep(&rest, "\n")))
		take_line(file, nr++, line, seen, diags);
	buf_free(&copy);
}

static void read_file(FILE *f, const char *path, struct diags *diags)
{
	char *data = mem_alloc(CONFIG_MAX + 1);
	size_t len = fread(data, 1, CONFIG_MAX + 1, f);

	if (ferror(f))
		diag_error(diags, &(struct mark){ .file = path }, "%s",
			   strerror(errno));
	else if (len > CONFIG_MAX)
		diag_error(diags, &(struct mark){ .file = path },
			   "larger than 64 KiB");
	else
		config_parse(path, data, len, diags);
	free(data);
}

/* A symbolic link to nothing is no file, and yet nobody's wish to have none. */
static bool is_absent(const char *path, int error)
{
	struct stat st;

	return error == ENOTDIR || (error == ENOENT && lstat(path, &st));
}

/**
 * config_load() - read the file and print what is wrong with it
 * @path: the file; that there is none is no error
 */
void config_load(const char *path)
{
	struct diags diags = { 0 };
	FILE *f = fopen(path, "re");
	int error = errno;

	if (f) {
		read_file(f, path, &diags);
		fclose(f);
	} else if (error == EACCES) {
		/* Who may not read it does not put policies into force. */
		diag_warning(&diags, &(struct mark){ .file = path }, "%s",
			     strerror(error));
		config.unread = true;
	} else if (!is_absent(path, error)) {
		diag_error(&diags, &(struct mark){ .file = path }, "%s",
			   strerror(error));
	}
	diag_print(&diags, stderr);
	config.broken = diags.errors;
	diag_free(&diags);
}
