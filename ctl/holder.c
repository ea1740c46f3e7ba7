// SPDX-License-Identifier: GPL-2.0
/*
 * holder.c - who has a file open for writing: procfs is searched, and what the
 * kernel itself holds
 *
 * Processes come and go meanwhile, so what can't be read is passed over. Threads
 * that have a table of descriptors of their own are not looked at.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "holder.h"
#include "mem.h"
#include "mounts.h"
#include "term.h"

/**
 * struct hunt - a search for holders
 * @found: where to
 * @files: the files
 * @nr: how many
 * @pid: the process that is looked at
 * @dir: its directory
 * @first: index of its first entry in @found
 */
struct hunt {
	struct holders *found;
	const struct held *files;
	size_t nr;
	pid_t pid;
	int dir;
	size_t first;
};

static int stat_now(int dir, const char *path, struct statx *st)
{
	/* What a server that hangs would say is of no use. */
	return statx(dir, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT,
		     STATX_TYPE | STATX_INO, st);
}

/**
 * held_stat() - find out how stat() calls a file's device
 * @file: @path and @ino are set; @stat_dev is set if the path leads to it
 */
void held_stat(struct held *file)
{
	struct statx st;

	file->stat_dev = 0;
	if (!stat_now(AT_FDCWD, file->path, &st) && st.stx_ino == file->ino)
		file->stat_dev = makedev(st.stx_dev_major, st.stx_dev_minor);
}

static const struct held *find_file(const struct hunt *h, uint64_t dev,
				    uint64_t ino)
{
	const struct held *f;

	for (f = h->files; f < h->files + h->nr; f++)
		if (f->ino == ino && (f->dev == dev ||
				      (f->stat_dev && f->stat_dev == dev)))
			return f;
	return NULL;
}

static const struct held *find_path(const struct hunt *h, int dir,
				    const char *path)
{
	struct statx st;

	if (stat_now(dir, path, &st) || !S_ISREG(st.stx_mode))
		return NULL;
	return find_file(h, makedev(st.stx_dev_major, st.stx_dev_minor),
			 st.stx_ino);
}

/* Return: the first line, to be freed, or NULL. */
static char *read_line(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	char *line = NULL;
	size_t cap = 0;

	if (!f)
		return NULL;
	if (getline(&line, &cap, f) < 0) {
		free(line);
		line = NULL;
	} else {
		line[strcspn(line, "\n")] = '\0';
	}
	fclose(f);
	return line;
}

static void add(struct hunt *h, const struct held *file, enum holder_kind kind,
		int fd, char *name)
{
	struct holders *to = h->found;

	mem_grow(to->v, to->nr, to->cap);
	to->v[to->nr++] = (struct holder){
		file - h->files, kind, h->pid, fd, name ? name : mem_string("?")
	};
}

/* Whether a descriptor, by its "flags:" in octal, is one for writing. */
static bool is_for_writing(const struct hunt *h, const char *fd)
{
	unsigned int flags = 0;
	char path[300], line[64];
	bool ok = false;
	FILE *f;
	int in;

	snprintf(path, sizeof(path), "fdinfo/%s", fd);
	in = openat(h->dir, path, O_RDONLY | O_CLOEXEC);
	f = in < 0 ? NULL : fdopen(in, "r");
	while (f && !ok && fgets(line, sizeof(line), f))
		ok = sscanf(line, "flags: %o", &flags) == 1;
	if (f)
		fclose(f);
	return ok && (flags & O_ACCMODE) != O_RDONLY && !(flags & O_PATH);
}

static DIR *open_list(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !list)
		close(fd);
	return list;
}

static void search_fds(struct hunt *h)
{
	DIR *list = open_list(h->dir, "fd");
	const struct dirent *entry;
	const struct held *file;

	while (list && (entry = readdir(list))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		file = find_path(h, dirfd(list), entry->d_name);
		if (file && is_for_writing(h, entry->d_name))
			add(h, file, HOLDER_FD, atoi(entry->d_name),
			    read_line(h->dir, "comm"));
	}
	if (list)
		closedir(list);
}

/* The link of a mapping may be written to if its descriptor could. */
static bool was_for_writing(const struct hunt *h, unsigned long start,
			    unsigned long end)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "map_files/%lx-%lx", start, end);
	return !fstatat(h->dir, path, &st, AT_SYMLINK_NOFOLLOW) &&
	       (st.st_mode & 0200);
}

/* Whether nothing more is to be said of the process and the file. */
static bool is_told(const struct hunt *h, const struct held *file,
		    enum holder_kind kind)
{
	size_t i;

	for (i = h->first; i < h->found->nr; i++)
		if (h->found->v[i].file == (size_t)(file - h->files) &&
		    (h->found->v[i].kind == kind || kind == HOLDER_KEPT))
			return true;
	return false;
}

static void look_at_mapping(struct hunt *h, const char *line)
{
	unsigned int major, minor;
	unsigned long start, end;
	unsigned long long ino;
	const struct held *file;
	enum holder_kind kind;
	char mode[5];

	if (sscanf(line, "%lx-%lx %4s %*x %x:%x %llu", &start, &end, mode,
		   &major, &minor, &ino) != 6 || !ino)
		return;
	file = find_file(h, makedev(major, minor), ino);
	if (!file)
		return;
	kind = mode[1] == 'w' && mode[3] == 's' ? HOLDER_MAPPING : HOLDER_KEPT;
	if (is_told(h, file, kind) ||
	    (kind == HOLDER_KEPT && !was_for_writing(h, start, end)))
		return;
	add(h, file, kind, -1, read_line(h->dir, "comm"));
}

static void search_mappings(struct hunt *h)
{
	int fd = openat(h->dir, "maps", O_RDONLY | O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	char *line = NULL;
	size_t cap = 0;

	while (f && getline(&line, &cap, f) > 0)
		look_at_mapping(h, line);
	free(line);
	if (f)
		fclose(f);
}

static void search_processes(struct hunt *h)
{
	DIR *list = open_list(AT_FDCWD, "/proc");
	const struct dirent *entry;

	while (list && (entry = readdir(list))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		h->dir = openat(dirfd(list), entry->d_name,
				O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (h->dir < 0)
			continue;
		h->pid = atoi(entry->d_name);
		h->first = h->found->nr;
		search_fds(h);
		search_mappings(h);
		close(h->dir);
	}
	if (list)
		closedir(list);
	h->pid = 0;
}

static void look_at_loop(struct hunt *h, int dir, const char *device)
{
	char path[300], *backing, *read_only;
	const struct held *file;

	snprintf(path, sizeof(path), "%s/loop/backing_file", device);
	backing = read_line(dir, path);
	snprintf(path, sizeof(path), "%s/ro", device);
	read_only = read_line(dir, path);
	file = backing ? find_path(h, AT_FDCWD, backing) : NULL;
	if (file && !(read_only && !strcmp(read_only, "1")))
		add(h, file, HOLDER_LOOP, -1, mem_string(device));
	free(backing);
	free(read_only);
}

static void search_loops(struct hunt *h)
{
	DIR *list = open_list(AT_FDCWD, "/sys/block");
	const struct dirent *entry;

	while (list && (entry = readdir(list)))
		if (!strncmp(entry->d_name, "loop", 4))
			look_at_loop(h, dirfd(list), entry->d_name);
	if (list)
		closedir(list);
}

static void search_swap(struct hunt *h)
{
	FILE *f = fopen("/proc/swaps", "re");
	const struct held *file;
	char *line = NULL;
	size_t cap = 0;

	while (f && getline(&line, &cap, f) > 0) {
		line[strcspn(line, " \t\n")] = '\0';
		mounts_unescape(line);
		file = *line == '/' ? find_path(h, AT_FDCWD, line) : NULL;
		if (file)
			add(h, file, HOLDER_SWAP, -1, NULL);
	}
	free(line);
	if (f)
		fclose(f);
}

/**
 * holders_find() - find all who have files open for writing
 * @found: added to
 * @files: the files
 * @nr: how many
 */
void holders_find(struct holders *found, const struct held *files, size_t nr)
{
	struct hunt h = { .found = found, .files = files, .nr = nr };

	if (!nr)
		return;
	search_processes(&h);
	search_loops(&h);
	search_swap(&h);
}

/**
 * holder_print() - warn of a holder
 * @h: the holder
 * @file: what it holds
 */
void holder_print(const struct holder *h, const struct held *file)
{
	switch (h->kind) {
	case HOLDER_FD:
		term_warning("%s is open for writing by %s (pid %d, fd %d)",
			     file->path, h->name, (int)h->pid, h->fd);
		break;
	case HOLDER_MAPPING:
		term_warning("%s is mapped shared and writable by %s (pid %d): this can't be taken back",
			     file->path, h->name, (int)h->pid);
		break;
	case HOLDER_KEPT:
		term_warning("%s is kept open for writing by a mapping of %s (pid %d)",
			     file->path, h->name, (int)h->pid);
		break;
	case HOLDER_LOOP:
		term_warning("%s is what /dev/%s writes to: this can't be taken back",
			     file->path, h->name);
		break;
	case HOLDER_SWAP:
		term_warning("%s is in use as swap space: this can't be taken back",
			     file->path);
		break;
	}
}

/**
 * holders_free() - free holders
 * @found: empty afterwards
 */
void holders_free(struct holders *found)
{
	size_t i;

	for (i = 0; i < found->nr; i++)
		free(found->v[i].name);
	free(found->v);
	*found = (struct holders){ 0 };
}
