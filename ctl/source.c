// SPDX-License-Identifier: GPL-2.0
/*
 * source.c - policy files: a file, a directory of them, or standard input
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "buf.h"
#include "mem.h"
#include "schema.h"
#include "source.h"
#include "term.h"

/** @SOURCE_MAX: largest file taken; FIM_RULES_MAX rules make about 8 MiB */
#define SOURCE_MAX (16UL << 20)

static const char *keep_name(struct sources *s, const char *name)
{
	mem_grow(s->v, s->nr, s->cap);
	s->v[s->nr] = mem_string(name);
	return s->v[s->nr++];
}

static void unreadable(struct sources *s, const char *name, int error)
{
	term_error("%s: %s", name, strerror(error));
	s->unreadable++;
}

/* Return: 0, -errno, or -EFBIG above the limit, which pipes must not pass. */
static int read_all(int fd, struct buf *out)
{
	char chunk[65536];
	ssize_t n;

	for (;;) {
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return 0;
		if (out->len + n > SOURCE_MAX)
			return -EFBIG;
		buf_add(out, chunk, n);
	}
}

/* Return: 0, -errno, or 1 if it is noted that the file is too large. */
static int read_fd(int fd, const char *name, struct buf *out,
		   struct diags *diags)
{
	int err = read_all(fd, out);

	if (err != -EFBIG)
		return err;
	diag_error(diags, &(struct mark){ .file = name },
		   "larger than %lu MiB, which is no policy file",
		   SOURCE_MAX >> 20);
	return 1;
}

/**
 * source_read() - read a file that lies in a directory of policies
 * @path: the file; outlives @diags
 * @out: appended to
 * @diags: where it is noted that this can be no policy file
 *
 * A FIFO or device that someone put into the directory must not block us.
 *
 * Return: 0, -errno, or 1 if something was noted.
 */
int source_read(const char *path, struct buf *out, struct diags *diags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), err;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st)) {
		err = -errno;
	} else if (S_ISREG(st.st_mode)) {
		err = read_fd(fd, path, out, diags);
	} else {
		diag_error(diags, &(struct mark){ .file = path },
			   "not a regular file");
		err = 1;
	}
	close(fd);
	return err;
}

/* Takes what @data holds over. @err: of reading it */
static void parse(struct sources *s, const char *name, struct buf *data,
		  int err, bool ignore, struct policies *set,
		  struct diags *diags)
{
	if (err < 0)
		unreadable(s, name, -err);
	else if (!err)
		schema_parse(name, data->data ? data->data : "", data->len,
			     ignore, set, diags);
	buf_free(data);
}

static void load_fd(struct sources *s, int fd, const char *name,
		    bool ignore, struct policies *set, struct diags *diags)
{
	struct buf data = { 0 };
	int err = read_fd(fd, name, &data, diags);

	parse(s, name, &data, err, ignore, set, diags);
}

static bool is_policy_file(const char *name)
{
	static const char *const ending[] = { ".yaml", ".yml", ".json" };
	size_t len = strlen(name), i, n;

	if (name[0] == '.')
		return false;
	for (i = 0; i < ARRAY_SIZE(ending); i++) {
		n = strlen(ending[i]);
		if (len > n && !strcmp(name + len - n, ending[i]))
			return true;
	}
	return false;
}

static void load_entry(struct sources *s, const char *path, bool ignore,
		       struct policies *set, struct diags *diags)
{
	const char *name = keep_name(s, path);
	struct buf data = { 0 };
	int err = source_read(name, &data, diags);

	parse(s, name, &data, err, ignore, set, diags);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Takes @fd over. Return: 0 or -errno; what was read before counts as well. */
static int list_directory(int fd, char ***names, size_t *nr)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	size_t cap = 0;
	int err;

	if (!dir) {
		err = -errno;
		close(fd);
		return err;
	}
	while ((errno = 0, entry = readdir(dir))) {
		if (!is_policy_file(entry->d_name))
			continue;
		mem_grow(*names, *nr, cap);
		(*names)[(*nr)++] = mem_string(entry->d_name);
	}
	err = -errno;
	closedir(dir);
	if (*nr)
		qsort(*names, *nr, sizeof(**names), by_text);
	return err;
}

static void load_directory(struct sources *s, int fd, const char *path,
			   bool ignore, struct policies *set,
			   struct diags *diags)
{
	struct buf full = { 0 };
	char **names = NULL;
	size_t nr = 0, i;
	int err;

	err = list_directory(fd, &names, &nr);
	if (err)
		unreadable(s, path, -err);
	else if (!nr)
		diag_error(diags, &(struct mark){ .file = path },
			   "there is no *.yaml, *.yml or *.json in this directory");
	for (i = 0; i < nr; i++) {
		buf_clear(&full);
		buf_addf(&full, "%s%s%s", path,
			 path[strlen(path) - 1] == '/' ? "" : "/", names[i]);
		load_entry(s, full.data, ignore, set, diags);
		free(names[i]);
	}
	buf_free(&full);
	free(names);
}

/**
 * source_load() - read the policies of a file or directory
 * @s: keeps the names that marks point at
 * @path: file, directory, or "-" for standard input
 * @ignore: leave out what are no file rules, with a warning
 * @set: policies are appended here
 * @diags: where errors go
 *
 * Pipes and devices are read when they are named, as process substitution in a
 * shell needs it, and up to the same limit.
 */
void source_load(struct sources *s, const char *path, bool ignore,
		 struct policies *set, struct diags *diags)
{
	const char *name;
	struct stat st;
	int fd;

	if (!strcmp(path, "-")) {
		load_fd(s, STDIN_FILENO, keep_name(s, "<stdin>"), ignore, set,
			diags);
		return;
	}
	name = keep_name(s, path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st)) {
		unreadable(s, name, errno);
		if (fd >= 0)
			close(fd);
	} else if (S_ISDIR(st.st_mode)) {
		load_directory(s, fd, name, ignore, set, diags);
	} else {
		load_fd(s, fd, name, ignore, set, diags);
		close(fd);
	}
}

/**
 * sources_free() - free the names
 * @s: empty afterwards
 */
void sources_free(struct sources *s)
{
	size_t i;

	for (i = 0; i < s->nr; i++)
		free(s->v[i]);
	free(s->v);
	*s = (struct sources){ 0 };
}
