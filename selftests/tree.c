// SPDX-License-Identifier: GPL-2.0
/*
 * tree.c - trees on the filesystems under test, and what they look like
 *
 *   filesystem  tree                     made in
 *   ext4        /mnt/ext4/fim            the same; a disk, mounted already
 *   tmpfs       /mnt/fim/tmpfs/fim       the same
 *   overlay     /mnt/fim/overlay/fim     /mnt/ext4/overlay/lower/fim
 *
 * A test that was killed leaves its tree behind. The next one removes it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <linux/fs.h>
#include <linux/magic.h>

#include "common.h"

#define EXT4 "/mnt/ext4"
#define OVERLAY_BASE EXT4 "/overlay"
#define MOUNTS "/mnt/fim"

static const struct {
	const char *mnt;
	const char *build;
} places[] = {
	[FIM_EXT4] = { EXT4, EXT4 },
	[FIM_TMPFS] = { MOUNTS "/tmpfs", MOUNTS "/tmpfs" },
	[FIM_OVERLAY] = { MOUNTS "/overlay", OVERLAY_BASE "/lower" },
};

/**
 * fim_tree_missing() - whether a filesystem can be tested here
 * @fs: the filesystem
 *
 * Return: NULL, or what is missing.
 */
const char *fim_tree_missing(enum fim_fs fs)
{
	struct statfs st;

	if (fs == FIM_TMPFS)
		return NULL;
	if (statfs(EXT4, &st) || st.f_type != EXT4_SUPER_MAGIC)
		return "no ext4 is mounted at " EXT4;
	return NULL;
}

static int make_dirs(const char *path)
{
	char dir[PATH_MAX];
	char *slash = dir;

	snprintf(dir, sizeof(dir), "%s/", path);
	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (mkdir(dir, 0755) && errno != EEXIST)
			return errno;
		*slash = '/';
	}
	return 0;
}

static int clear(void)
{
	static const char *const mounts[] = {
		MOUNTS "/overlay", MOUNTS "/tmpfs", MOUNTS "/other",
	};
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(mounts); i++)
		while (!umount2(mounts[i], MNT_DETACH))
			;
	err = fim_remove_tree(MOUNTS);
	err = err ?: fim_remove_tree(EXT4 "/fim");
	return err ?: fim_remove_tree(OVERLAY_BASE);
}

/**
 * fim_tree_make() - begin a tree
 * @tree: filled in
 * @fs: the filesystem
 *
 * The policies must be gone. What the tree is to hold is made in @build then,
 * and fim_tree_mount() makes it appear in @root.
 *
 * Return: 0 or an errno.
 */
int fim_tree_make(struct fim_tree *tree, enum fim_fs fs)
{
	int err;

	tree->fs = fs;
	tree->mnt = places[fs].mnt;
	tree->other = MOUNTS "/other";
	snprintf(tree->root, sizeof(tree->root), "%s/fim", places[fs].mnt);
	snprintf(tree->build, sizeof(tree->build), "%s/fim", places[fs].build);
	snprintf(tree->prot, sizeof(tree->prot), "%s/fim/a/prot", tree->mnt);
	snprintf(tree->open, sizeof(tree->open), "%s/fim/open", tree->mnt);

	umask(0);
	err = clear();
	err = err ?: make_dirs(tree->other);
	err = err ?: sys(mount("other", tree->other, "tmpfs", 0, NULL));
	err = err ?: make_dirs(tree->mnt);
	if (!err && fs == FIM_TMPFS)
		err = sys(mount("fim", tree->mnt, "tmpfs", 0, NULL));
	if (!err && fs == FIM_OVERLAY)
		err = make_dirs(OVERLAY_BASE "/upper") ?:
		      make_dirs(OVERLAY_BASE "/work");
	err = err ?: make_dirs(fim_fmt("%s/a/prot", tree->build));
	return err ?: make_dirs(fim_fmt("%s/open", tree->build));
}

/**
 * fim_tree_at() - a path in a tree
 * @tree: the tree
 * @name: below its root
 *
 * Return: the path, as fim_fmt() does.
 */
const char *fim_tree_at(const struct fim_tree *tree, const char *name)
{
	return fim_fmt("%s/%s", tree->root, name);
}

/**
 * fim_tree_fill() - make directories and files in a tree
 * @tree: the tree
 * @names: below its root, in order; one that ends with "/" is a directory, all
 *	others are files that hold "base"; NULL at the end
 *
 * Return: 0 or an errno.
 */
int fim_tree_fill(const struct fim_tree *tree, const char *const *names)
{
	const char *path;
	int err = 0;

	for (; *names && !err; names++) {
		path = fim_tree_at(tree, *names);
		if (path[strlen(path) - 1] == '/')
			err = sys(mkdir(path, 0755));
		else
			err = fim_write_file(path, "base");
	}
	return err;
}

/**
 * fim_tree_mount() - make a tree appear where the tests look for it
 * @tree: from fim_tree_make()
 *
 * Return: 0 or an errno.
 */
int fim_tree_mount(struct fim_tree *tree)
{
	if (tree->fs != FIM_OVERLAY)
		return 0;
	/* Without redirect_dir a directory of the lower layer can't move. */
	return sys(mount("overlay", tree->mnt, "overlay", 0,
			 "redirect_dir=on,lowerdir=" OVERLAY_BASE "/lower,"
			 "upperdir=" OVERLAY_BASE "/upper,"
			 "workdir=" OVERLAY_BASE "/work"));
}

/**
 * fim_tree_remove() - remove a tree and the filesystems that were mounted
 * @tree: the tree, or one that was never made
 *
 * Return: 0 or an errno.
 */
int fim_tree_remove(struct fim_tree *tree)
{
	return tree->mnt ? clear() : 0;
}

static void put_xattrs(FILE *out, int fd)
{
	char names[1024];
	char value[256];
	ssize_t len = flistxattr(fd, names, sizeof(names));
	char *name;
	ssize_t n;
	ssize_t i;

	for (name = names; len > 0 && name < names + len;
	     name += strlen(name) + 1) {
		n = fgetxattr(fd, name, value, sizeof(value));
		fprintf(out, " %s=", name);
		for (i = 0; i < n; i++)
			fprintf(out, "%02x", (unsigned char)value[i]);
	}
}

static void put_content(FILE *out, int fd)
{
	unsigned int hash = 2166136261U;
	unsigned char buf[4096];
	ssize_t n;
	ssize_t i;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (i = 0; i < n; i++)
			hash = (hash ^ buf[i]) * 16777619U;
	fprintf(out, " hash %08x", hash);
}

static void put_stat(FILE *out, const struct stat *st)
{
	fprintf(out, " mode %o uid %u gid %u links %lu size %llu rdev %llx",
		st->st_mode, st->st_uid, st->st_gid,
		(unsigned long)st->st_nlink,
		S_ISDIR(st->st_mode) ? 0ULL : (unsigned long long)st->st_size,
		(unsigned long long)st->st_rdev);
	/* What goes through a FIFO dates it. */
	if (!S_ISFIFO(st->st_mode))
		fprintf(out, " mtime %lld.%09ld ctime %lld.%09ld",
			(long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
			(long long)st->st_ctim.tv_sec, st->st_ctim.tv_nsec);
}

/* The names in a directory, in order; thus all that is below them. */
static void put_dir(FILE *out, int fd, const char *path);

static void put_entry(FILE *out, int dir, const char *name, const char *path)
{
	char target[PATH_MAX];
	struct stat st;
	int flags = 0;
	ssize_t len;
	int fd;

	fputs(path, out);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW)) {
		fprintf(out, ": %s\n", strerror(errno));
		return;
	}
	put_stat(out, &st);
	if (S_ISLNK(st.st_mode)) {
		len = readlinkat(dir, name, target, sizeof(target));
		fprintf(out, " -> %.*s", (int)(len < 0 ? 0 : len), target);
	}
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		fputc('\n', out);
		return;
	}

	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		fprintf(out, ": %s\n", strerror(errno));
		return;
	}
	put_xattrs(out, fd);
	if (!ioctl(fd, FS_IOC_GETFLAGS, &flags))
		fprintf(out, " flags %x", flags);
	if (S_ISREG(st.st_mode))
		put_content(out, fd);
	fputc('\n', out);
	if (S_ISDIR(st.st_mode))
		put_dir(out, fd, path);
	close(fd);
}

static void put_dir(FILE *out, int fd, const char *path)
{
	struct dirent **list;
	char entry[PATH_MAX];
	int n = scandirat(fd, ".", &list, NULL, alphasort);
	int i;

	for (i = 0; i < n; i++) {
		const char *name = list[i]->d_name;

		if (strcmp(name, ".") && strcmp(name, "..") &&
		    (size_t)snprintf(entry, sizeof(entry), "%s/%s", path,
				     name) < sizeof(entry))
			put_entry(out, fd, name, entry);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

/**
 * fim_snapshot() - what a tree looks like
 * @dir: its directory
 *
 * Names, contents, sizes, modes, owners, times, link counts, extended
 * attributes, ACLs and inode flags, of the directory and all below it.
 *
 * Return: a text to compare and free().
 */
char *fim_snapshot(const char *dir)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	put_entry(out, AT_FDCWD, dir, ".");
	fclose(out);
	return text;
}

/* Whether @text has the line of @len bytes at @line. */
static bool has_line(const char *text, const char *line, size_t len)
{
	for (; *text; text = strchr(text, '\n') + 1)
		if (!strncmp(text, line, len))
			return true;
	return false;
}

static void put_missing(FILE *out, const char *mark, const char *from,
			const char *in)
{
	const char *end;

	for (; *from; from = end) {
		end = strchr(from, '\n') + 1;
		if (!has_line(in, from, end - from))
			fprintf(out, "%s %.*s", mark, (int)(end - from), from);
	}
}

/**
 * fim_changes() - how two snapshots differ
 * @before: the earlier
 * @after: the later
 *
 * Return: the lines that only one of them has, "" if there are none.
 */
const char *fim_changes(const char *before, const char *after)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	if (!strcmp(before, after))
		return "";
	out = open_memstream(&text, &size);
	put_missing(out, "-", before, after);
	put_missing(out, "+", after, before);
	fclose(out);
	return text;
}
