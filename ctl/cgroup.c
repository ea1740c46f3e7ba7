// SPDX-License-Identifier: GPL-2.0
/*
 * cgroup.c - where the cgroup (v2) of a process is
 *
 * A container is told apart by its cgroup of the one hierarchy that cgroup v2
 * is. A host that has only v1, or keeps its containers there, can't be served.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "file.h"
#include "mem.h"

/**
 * cgroup_find_mount() - find where cgroup v2 is mounted
 * @mountinfo: /proc/self/mountinfo
 * @len: its length
 * @dir: appended to
 *
 * Return: whether it is.
 */
bool cgroup_find_mount(const char *mountinfo, size_t len, struct buf *dir)
{
	char *copy = mem_dup(mountinfo, len), *rest = copy, *line, *type;
	char at[4096], root[4096];
	bool found = false;

	while (!found && (line = strsep(&rest, "\n"))) {
		type = strstr(line, " - ");
		if (!type || strncmp(type + 3, "cgroup2 ", 8))
			continue;
		found = sscanf(line, "%*s %*s %*s %4095s %4095s", root,
			       at) == 2 && !strcmp(root, "/");
	}
	if (found)
		buf_adds(dir, at);
	free(copy);
	return found;
}

/**
 * cgroup_find_path() - find the cgroup v2 of a process
 * @cgroup: its /proc/PID/cgroup; may lose the end of a line
 *
 * Return: the path below the mount, within @cgroup; NULL if it has none.
 */
const char *cgroup_find_path(const char *cgroup)
{
	const char *line = cgroup;

	while (line) {
		if (!strncmp(line, "0::/", 4))
			return line + 3;
		line = strchr(line, '\n');
		line += !!line;
	}
	return NULL;
}

static bool find_mount(struct buf *dir)
{
	struct buf info = { 0 };
	bool found;

	found = !file_read("/proc/self/mountinfo", &info) && info.len &&
		cgroup_find_mount(info.data, info.len, dir);
	buf_free(&info);
	return found;
}

/**
 * cgroup_has_v2() - whether this host has cgroup v2
 *
 * Return: whether it is mounted.
 */
bool cgroup_has_v2(void)
{
	struct buf dir = { 0 };
	bool has = find_mount(&dir);

	buf_free(&dir);
	return has;
}

/**
 * cgroup_holds() - whether a cgroup is another one, or above it
 * @cgroup: its path, as cgroup_find_path() finds it
 * @other: that of the other one
 *
 * Return: whether what is in @other is in @cgroup, too.
 */
bool cgroup_holds(const char *cgroup, const char *other)
{
	size_t len = strcspn(cgroup, "\n");

	if (len == 1)
		return true;
	return !strncmp(cgroup, other, len) &&
	       (!other[len] || other[len] == '\n' || other[len] == '/');
}

/* What calls a container's hook is never one of the container's tasks. */
static bool holds_us(const char *path)
{
	struct buf text = { 0 };
	const char *own;
	bool holds;

	own = file_read("/proc/self/cgroup", &text) || !text.len ?
		      NULL : cgroup_find_path(text.data);
	holds = own && cgroup_holds(path, own);
	buf_free(&text);
	return holds;
}

static int open_path(struct buf *dir, const char *path, const char **why)
{
	int fd;

	if (!strcmp(path, "/"))
		*why = "its process is in the topmost cgroup (v2): it has none of its own";
	else if (holds_us(path))
		*why = "its cgroup (v2) is fimctl's own or one above: it has none of its own";
	else
		*why = NULL;
	if (*why)
		return -EOPNOTSUPP;
	buf_adds(dir, path);
	fd = open(dir->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	*why = "its cgroup is not to be found";
	return -errno;
}

/**
 * cgroup_open() - open the cgroup of a process
 * @pid: the process
 * @why: set to what is wrong if it fails
 *
 * One that this process is in as well is refused: a runtime that makes none leaves
 * its container in whatever it was called from.
 *
 * Return: a descriptor of its directory, or -errno.
 */
int cgroup_open(pid_t pid, const char **why)
{
	struct buf dir = { 0 }, text = { 0 };
	const char *path;
	char name[64];
	int ret;

	snprintf(name, sizeof(name), "/proc/%d/cgroup", (int)pid);
	ret = file_read(name, &text);
	path = text.len ? cgroup_find_path(text.data) : NULL;
	if (ret) {
		*why = "there is no such process";
	} else if (!path || !find_mount(&dir)) {
		ret = -EOPNOTSUPP;
		*why = "this host has no cgroup v2, which containers are told apart by";
	} else {
		text.data[path - text.data + strcspn(path, "\n")] = '\0';
		ret = open_path(&dir, path, why);
	}
	buf_free(&dir);
	buf_free(&text);
	return ret;
}
