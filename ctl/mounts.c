// SPDX-License-Identifier: GPL-2.0
/*
 * mounts.c - what is mounted where, as mountinfo of procfs tells it
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "mem.h"
#include "mounts.h"

/* The fields of a line that are looked at, from 0. */
enum {
	FIELD_ID = 0,
	FIELD_PATH = 4,
	FIELD_OPTIONAL = 6,
};

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/**
 * mounts_unescape() - undo how procfs writes a path
 * @s: the path; changed. Spaces, backslashes and the like are written as a
 *	backslash and three octal digits.
 */
void mounts_unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' &&
		    is_octal(s[2]) && is_octal(s[3])) {
			*to++ = (s[1] - '0') << 6 | (s[2] - '0') << 3 |
				(s[3] - '0');
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

static bool parse_id(const char *text, uint64_t *id)
{
	char *end;

	if (!text || *text < '0' || *text > '9')
		return false;
	errno = 0;
	*id = strtoull(text, &end, 10);
	return !errno && !*end;
}

/**
 * mounts_parse_line() - read one line of mountinfo
 * @set: where to
 * @line: the line; changed
 *
 * Return: false if it is none; nothing is added then.
 */
bool mounts_parse_line(struct mounts *set, char *line)
{
	char *path = NULL, *type = NULL, *source = NULL, *options, *field;
	uint64_t id = 0;
	size_t i;

	line[strcspn(line, "\n")] = '\0';
	for (i = 0; (field = strsep(&line, " ")); i++) {
		if (i == FIELD_ID && !parse_id(field, &id))
			return false;
		if (i == FIELD_PATH)
			path = field;
		/* Any number of fields, then a dash, type, source, options. */
		if (i >= FIELD_OPTIONAL && !strcmp(field, "-")) {
			type = strsep(&line, " ");
			source = strsep(&line, " ");
			break;
		}
	}
	if (!path || *path != '/' || !type || !*type)
		return false;
	mounts_unescape(path);
	mounts_unescape(type);
	if (source)
		mounts_unescape(source);
	options = strsep(&line, " ");
	mem_grow(set->v, set->nr, set->cap);
	set->v[set->nr++] = (struct mount){
		.id = id,
		.path = mem_string(path),
		.type = mem_string(type),
		.source = mem_string(source ? source : ""),
		.options = mem_string(options ? options : ""),
	};
	return true;
}

/**
 * mounts_read() - read all mounts
 * @set: where to
 * @file: mountinfo of a process
 *
 * Return: 0 or -errno.
 */
int mounts_read(struct mounts *set, const char *file)
{
	FILE *f = fopen(file, "re");
	char *line = NULL;
	size_t cap = 0;
	int err;

	if (!f)
		return -errno;
	while (getline(&line, &cap, f) > 0)
		mounts_parse_line(set, line);
	err = ferror(f) ? -EIO : 0;
	free(line);
	fclose(f);
	return err;
}

/**
 * mount_option() - find an option of a mount's filesystem
 * @m: the mount
 * @key: what stands before '='
 *
 * Return: its value, to be freed; NULL if it is not set.
 */
char *mount_option(const struct mount *m, const char *key)
{
	const char *option = m->options;
	size_t len = strlen(key), end;
	char *value;

	for (;; option += end + 1) {
		end = strcspn(option, ",");
		if (end > len && option[len] == '=' &&
		    !memcmp(option, key, len))
			break;
		if (!option[end])
			return NULL;
	}
	value = mem_dup(option + len + 1, end - len - 1);
	mounts_unescape(value);
	return value;
}

/**
 * mount_is_interface() - whether a mount has no files but the kernel's or a
 * daemon's switches
 * @m: the mount
 *
 * A recursive rule above them, one for "/" say, would stop the system if it
 * covered them; nothing that is written there lasts.
 *
 * Return: true if so.
 */
bool mount_is_interface(const struct mount *m)
{
	static const char *const types[] = {
		"binfmt_misc", "bpf", "cgroup", "cgroup2",
		"configfs", "debugfs", "devpts", "devtmpfs", "efivarfs",
		"fuse.gvfsd-fuse", "fuse.lxcfs", "fuse.portal", "fusectl",
		"hugetlbfs", "mqueue", "nfsd", "nsfs", "proc", "pstore",
		"resctrl", "rpc_pipefs", "securityfs", "selinuxfs",
		"smackfs", "sysfs", "tracefs",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(m->type, types[i]))
			return true;
	/* What will be mounted on an automount is files, unless it is in there. */
	return !strcmp(m->type, "autofs") && !strncmp(m->path, "/proc/", 6);
}

/**
 * mounts_free() - free mounts
 * @set: empty afterwards
 */
void mounts_free(struct mounts *set)
{
	size_t i;

	for (i = 0; i < set->nr; i++) {
		free(set->v[i].path);
		free(set->v[i].type);
		free(set->v[i].source);
		free(set->v[i].options);
	}
	free(set->v);
	*set = (struct mounts){ 0 };
}
