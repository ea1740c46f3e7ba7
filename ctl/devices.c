// SPDX-License-Identifier: GPL-2.0
/*
 * devices.c - the block devices that a path's filesystem lies on
 *
 * The kernel module knows the device that a filesystem is mounted from, and its
 * disk. What is below a device mapper, RAID or loop device only the drivers
 * know, and sysfs, where this looks.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "devices.h"
#include "glob.h"
#include "mem.h"
#include "mounts.h"

#define SYS "/sys"

/**
 * struct walk - where a search stands
 * @sys: where sysfs is mounted
 * @set: what was found; those from @done on have not been looked at yet
 * @done: how many have
 */
struct walk {
	const char *sys;
	struct devices *set;
	size_t done;
};

static bool has(const struct devices *set, uint32_t dev)
{
	size_t i;

	for (i = 0; i < set->nr; i++)
		if (set->v[i] == dev)
			return true;
	return false;
}

static bool has_any(const struct devices *set, const struct devices *other)
{
	size_t i;

	for (i = 0; i < other->nr; i++)
		if (has(set, other->v[i]))
			return true;
	return false;
}

static uint32_t number_of(dev_t dev)
{
	return major(dev) << 20 | (minor(dev) & 0xfffff);
}

/* Those with a major number of 0 are no block devices. */
static void add(struct devices *set, uint32_t dev)
{
	if (dev >> 20 && !has(set, dev) && set->nr < FIM_DEVICES_MAX)
		set->v[set->nr++] = dev;
}

static void add_all(struct devices *set, const struct devices *other)
{
	size_t i;

	for (i = 0; i < other->nr; i++)
		add(set, other->v[i]);
}

/* Return: the first line of a file, without its end; false if there is none. */
static bool read_line(const char *path, char *line, size_t size)
{
	FILE *f = fopen(path, "re");
	bool ok;

	if (!f)
		return false;
	ok = fgets(line, size, f);
	fclose(f);
	if (ok)
		line[strcspn(line, "\n")] = '\0';
	return ok;
}

/* Adds the device that a directory of sysfs is about. */
static void add_from(struct devices *set, const char *dir)
{
	unsigned int major, minor;
	char path[PATH_MAX], line[64];

	if (snprintf(path, sizeof(path), "%s/dev", dir) < (int)sizeof(path) &&
	    read_line(path, line, sizeof(line)) &&
	    sscanf(line, "%u:%u", &major, &minor) == 2)
		add(set, number_of(makedev(major, minor)));
}

static bool has_file(const char *dir, const char *name)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/%s", dir, name) <
		       (int)sizeof(path) && !access(path, F_OK);
}

/* Finds all devices of a directory that have a file; NULL for all. */
static void list(const char *dir, const char *file, struct devices *found)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *entries = opendir(dir);

	found->nr = 0;
	if (!entries)
		return;
	while ((entry = readdir(entries)))
		if (entry->d_name[0] != '.' &&
		    snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) <
			(int)sizeof(path) &&
		    (!file || has_file(path, file)))
			add_from(found, path);
	closedir(entries);
}

static bool backing_of(const char *dir, struct stat *st)
{
	char path[PATH_MAX], file[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/loop/backing_file", dir) <
		       (int)sizeof(path) &&
	       read_line(path, file, sizeof(file)) && !stat(file, st);
}

/* What a loop device lies on, or the filesystem that its file is in. */
static void add_backing(struct walk *w, const char *dir)
{
	struct stat st;

	if (backing_of(dir, &st))
		add(w->set, number_of(S_ISBLK(st.st_mode) ? st.st_rdev :
							     st.st_dev));
}

/* Loop devices over what was found are other names of it. */
static void add_aliases(struct walk *w)
{
	char dir[PATH_MAX], all[PATH_MAX];
	struct dirent *entry;
	struct stat st;
	DIR *blocks;

	snprintf(all, sizeof(all), "%s/block", w->sys);
	blocks = opendir(all);
	if (!blocks)
		return;
	while ((entry = readdir(blocks)))
		if (!strncmp(entry->d_name, "loop", 4) &&
		    snprintf(dir, sizeof(dir), "%s/%s", all, entry->d_name) <
			(int)sizeof(dir) &&
		    backing_of(dir, &st) && S_ISBLK(st.st_mode) &&
		    has(w->set, number_of(st.st_rdev)))
			add_from(w->set, dir);
	closedir(blocks);
}

/* The other devices of a btrfs. */
static void add_siblings(struct walk *w)
{
	char path[PATH_MAX], all[PATH_MAX];
	struct devices found;
	struct dirent *entry;
	DIR *filesystems;

	snprintf(all, sizeof(all), "%s/fs/btrfs", w->sys);
	filesystems = opendir(all);
	if (!filesystems)
		return;
	while ((entry = readdir(filesystems))) {
		if (snprintf(path, sizeof(path), "%s/%s/devices", all,
			     entry->d_name) >= (int)sizeof(path))
			continue;
		list(path, NULL, &found);
		if (has_any(w->set, &found))
			add_all(w->set, &found);
	}
	closedir(filesystems);
}

static void look_at(struct walk *w, uint32_t dev)
{
	char dir[PATH_MAX], path[PATH_MAX + 16];
	struct devices found;

	snprintf(dir, sizeof(dir), "%s/dev/block/%u:%u", w->sys, dev >> 20,
		 dev & 0xfffff);
	snprintf(path, sizeof(path), "%s/slaves", dir);
	list(path, NULL, &found);
	add_all(w->set, &found);
	add_backing(w, dir);
	if (has_file(dir, "partition")) {
		snprintf(path, sizeof(path), "%s/..", dir);
		add_from(w->set, path);
		return;
	}
	/* If a partition led here, the others are none of its business. */
	list(dir, "partition", &found);
	if (!has_any(w->set, &found))
		add_all(w->set, &found);
}

/**
 * devices_below() - find what a block device lies on, and its other names
 * @sys: where sysfs is mounted
 * @major: the device's
 * @minor: the device's
 * @set: set; the device itself is the first. Empty if its major number is 0.
 */
void devices_below(const char *sys, unsigned int major, unsigned int minor,
		   struct devices *set)
{
	struct walk w = { .sys = sys, .set = set };
	size_t before;

	set->nr = 0;
	add(set, number_of(makedev(major, minor)));
	add_siblings(&w);
	do {
		before = set->nr;
		while (w.done < set->nr)
			look_at(&w, set->v[w.done++]);
		add_aliases(&w);
	} while (set->nr > before);
}

/* The device that a filesystem without a number of its own was mounted from */
static dev_t source_of(const struct statx *st)
{
	struct mounts mounts = { 0 };
	struct stat source;
	dev_t dev = 0;
	size_t i;

	if (mounts_read(&mounts, "/proc/self/mountinfo"))
		goto out;
	for (i = 0; i < mounts.nr; i++)
		if (mounts.v[i].id == st->stx_mnt_id &&
		    mounts.v[i].source[0] == '/' &&
		    !stat(mounts.v[i].source, &source) &&
		    S_ISBLK(source.st_mode))
			dev = source.st_rdev;
out:
	mounts_free(&mounts);
	return dev;
}

static dev_t device_of(const struct rule *r)
{
	size_t len = r->type == FIM_RULE_PATTERN ? glob_anchor(r->path) :
						   strlen(r->path);
	char *path = mem_dup(r->path, len);
	struct statx st;
	int err;

	err = statx(AT_FDCWD, path, AT_NO_AUTOMOUNT, STATX_TYPE | STATX_MNT_ID,
		    &st);
	free(path);
	if (err)
		return 0;
	if (st.stx_dev_major)
		return makedev(st.stx_dev_major, st.stx_dev_minor);
	return st.stx_mask & STATX_MNT_ID ? source_of(&st) : 0;
}

/**
 * devices_find() - find the devices of all rules of a policy
 * @p: the policy; its rules' devices are set. Those of a path that does not
 *	exist are none.
 */
void devices_find(struct policy *p)
{
	struct devices set = { .nr = 0 };
	struct rule *r;
	dev_t dev, last = 0;

	/* The paths of others are not this system's. */
	if (p->kind != FIM_KIND_HOST)
		return;
	for (r = p->rules; r < p->rules + p->nr_rules; r++) {
		dev = device_of(r);
		if (dev != last)
			devices_below(SYS, major(dev), minor(dev), &set);
		last = dev;
		free(r->devices);
		r->devices = set.nr ? mem_dup(set.v, set.nr * sizeof(*set.v)) :
				      NULL;
		r->nr_devices = set.nr;
	}
}
