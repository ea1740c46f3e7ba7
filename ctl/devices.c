// SPDX-License-Identifier: GPL-2.0
/*
 * devices.c - the block devices that a path's filesystem lies on
 *
 * The kernel module knows the device that a filesystem is mounted from, and its
 * disk. What is below a device mapper, RAID or loop device only the drivers
 * know, and sysfs, where this looks. Which further devices a filesystem has is
 * told by each in a way of its own.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "array.h"
#include "devices.h"
#include "glob.h"
#include "mem.h"

#define SYS "/sys"
#define PROC "/proc"

/**
 * struct walk - where a search stands
 * @sys: where sysfs is mounted
 * @proc: where procfs is
 * @set: what was found; those from @done on have not been looked at yet
 * @done: how many have
 */
struct walk {
	const char *sys;
	const char *proc;
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

/* The name that a directory of sysfs is linked to: "sda1" */
static bool name_of(const struct walk *w, uint32_t dev, char *name)
{
	char path[PATH_MAX], *real;

	snprintf(path, sizeof(path), "%s/dev/block/%u:%u", w->sys, dev >> 20,
		 dev & 0xfffff);
	real = realpath(path, NULL);
	if (real)
		snprintf(name, NAME_MAX + 1, "%s", strrchr(real, '/') + 1);
	free(real);
	return real;
}

/*
 * The device that an ext4's journal is on. The thread that writes it is named
 * after it, "jbd2/sdb1", with an inode's number behind if it is in the filesystem
 * itself; what the name of the thread is, jbd2's directory has.
 */
static void add_journal(struct walk *w, uint32_t dev)
{
	char path[PATH_MAX], name[NAME_MAX + 1], line[NAME_MAX + 1];
	const char *journal = line + strlen("jbd2/");

	if (!name_of(w, dev, name))
		return;
	snprintf(path, sizeof(path), "%s/fs/ext4/%s/journal_task", w->sys, name);
	if (!read_line(path, line, sizeof(line)))
		return;
	snprintf(path, sizeof(path), "%s/%s/comm", w->proc, line);
	if (!read_line(path, line, sizeof(line)) || strncmp(line, "jbd2/", 5))
		return;
	snprintf(path, sizeof(path), "%s/fs/jbd2", w->proc);
	if (!has_file(path, journal))
		return;
	snprintf(path, sizeof(path), "%s/class/block/%s", w->sys, journal);
	add_from(w->set, path);
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
 * devices_add() - note a device that a filesystem is on
 * @set: added to
 * @major: the device's; nothing is added if it is 0
 * @minor: the device's
 */
void devices_add(struct devices *set, unsigned int major, unsigned int minor)
{
	add(set, number_of(makedev(major, minor)));
}

/**
 * devices_add_named() - note the devices that the options of a mount name
 * @set: added to
 * @m: the mount
 * @at: where to say that one is not found
 * @diags: where warnings go
 *
 * XFS has files' data on one, if it was made with it, and its log on another.
 */
void devices_add_named(struct devices *set, const struct mount *m,
		       const struct mark *at, struct diags *diags)
{
	static const char *const keys[] = { "logdev", "rtdev" };
	struct stat st;
	char *path;
	size_t i;

	if (strcmp(m->type, "xfs"))
		return;
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		path = mount_option(m, keys[i]);
		if (!path)
			continue;
		/* What was not absolute, was so from another directory. */
		errno = *path == '/' ? ENOTBLK : EINVAL;
		if (*path == '/' && !stat(path, &st) && S_ISBLK(st.st_mode))
			add(set, number_of(st.st_rdev));
		else
			diag_warning(diags, at,
				     "the filesystem at '%s' is on '%s', too (%s), which is not found: %s; what is written to that device is not matched",
				     m->path, path, keys[i], strerror(errno));
		free(path);
	}
}

/**
 * devices_below() - find what block devices lie on, and their other names
 * @sys: where sysfs is mounted
 * @proc: where procfs is
 * @set: the devices that a filesystem is known to be on, the one that it was
 *	mounted from first; all others are added
 */
void devices_below(const char *sys, const char *proc, struct devices *set)
{
	struct walk w = { .sys = sys, .proc = proc, .set = set };
	size_t before;

	add_siblings(&w);
	if (set->nr)
		add_journal(&w, set->v[0]);
	do {
		before = set->nr;
		while (w.done < set->nr)
			look_at(&w, set->v[w.done++]);
		add_aliases(&w);
	} while (set->nr > before);
}

/**
 * struct root - the filesystem that a rule's path is on
 * @dev: its device; 0 if it has none
 * @mount: one of its mounts; NULL if it is not known
 */
struct root {
	dev_t dev;
	const struct mount *mount;
};

static const struct mount *find_mount(const struct mounts *mounts, uint64_t id)
{
	size_t i;

	for (i = 0; i < mounts->nr; i++)
		if (mounts->v[i].id == id)
			return &mounts->v[i];
	return NULL;
}

/* The device that a filesystem without a number of its own was mounted from */
static dev_t source_of(const struct mount *m)
{
	struct stat st;

	return m && m->source[0] == '/' && !stat(m->source, &st) &&
	       S_ISBLK(st.st_mode) ? st.st_rdev : 0;
}

static struct root root_of(const struct rule *r, const struct mounts *mounts)
{
	size_t len = r->type == FIM_RULE_PATTERN ? glob_anchor(r->path) :
						   strlen(r->path);
	char *path = mem_dup(r->path, len);
	struct root root = { 0 };
	struct statx st;
	int err;

	err = statx(AT_FDCWD, path, AT_NO_AUTOMOUNT, STATX_TYPE | STATX_MNT_ID,
		    &st);
	free(path);
	if (err)
		return root;
	if (st.stx_mask & STATX_MNT_ID)
		root.mount = find_mount(mounts, st.stx_mnt_id);
	if (st.stx_dev_major)
		root.dev = makedev(st.stx_dev_major, st.stx_dev_minor);
	else
		root.dev = source_of(root.mount);
	return root;
}

static void find(const struct root *root, const struct rule *r,
		 struct devices *set, struct diags *diags)
{
	set->nr = 0;
	devices_add(set, major(root->dev), minor(root->dev));
	if (root->mount)
		devices_add_named(set, root->mount, &r->at, diags);
	devices_below(SYS, PROC, set);
}

/**
 * devices_find() - find the devices of all rules of a policy
 * @p: the policy; its rules' devices are set. Those of a path that does not
 *	exist are none.
 * @diags: where warnings go, of what can't be found
 */
void devices_find(struct policy *p, struct diags *diags)
{
	struct devices set = { .nr = 0 };
	struct mounts mounts = { 0 };
	struct root root;
	struct rule *r;
	dev_t last = 0;
	int err;

	/* The paths of others are not this system's. */
	if (p->kind != FIM_KIND_HOST)
		return;
	err = mounts_read(&mounts, PROC "/self/mountinfo");
	if (err)
		diag_warning(diags, &p->name_at,
			     "which devices filesystems are on is not known in full: "
			     PROC "/self/mountinfo: %s", strerror(-err));
	for (r = p->rules; r < p->rules + p->nr_rules; r++) {
		root = root_of(r, &mounts);
		if (root.dev != last)
			find(&root, r, &set, diags);
		last = root.dev;
		free(r->devices);
		r->devices = set.nr ? mem_dup(set.v, set.nr * sizeof(*set.v)) :
				      NULL;
		r->nr_devices = set.nr;
	}
	mounts_free(&mounts);
}
