// SPDX-License-Identifier: GPL-2.0
/*
 * library.c - the directory of ready-made policies
 *
 * It is installed beside the program, so it is found by where the program is. A
 * file's first comment line says what it protects.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "library.h"
#include "mem.h"
#include "schema.h"
#include "source.h"

/**
 * library_directory() - where the library is installed
 *
 * Return: the path, to be freed; NULL with errno set if the program can't tell
 * where it is.
 */
char *library_directory(void)
{
	struct buf path = { 0 };
	char exe[PATH_MAX], *slash;
	ssize_t len;
	int i;

	len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (len < 0)
		return NULL;
	exe[len] = '\0';
	/* PREFIX/sbin/fimctl */
	for (i = 0; i < 2; i++) {
		slash = strrchr(exe, '/');
		if (slash)
			*slash = '\0';
	}
	buf_addf(&path, "%s/share/fim/policies", exe);
	return path.data;
}

static int is_yaml(const struct dirent *entry)
{
	const char *ending = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && ending && !strcmp(ending, ".yaml");
}

/* The first comment line; else what the first policy says in its alerts. */
static char *summary_of(const struct ready *r)
{
	const char *text = r->text.data, *end;

	if (r->text.len > 2 && text[0] == '#' && text[1] == ' ') {
		end = memchr(text, '\n', r->text.len);
		if (end)
			return mem_dup(text + 2, end - text - 2);
	}
	if (r->set.nr && r->set.v[0].attrs.message)
		return mem_string(r->set.v[0].attrs.message);
	return mem_string("");
}

static void add_file(struct library *l, const char *dir, const char *name)
{
	struct buf path = { 0 };
	struct ready *r;
	int err;

	mem_grow(l->v, l->nr, l->cap);
	r = &l->v[l->nr++];
	*r = (struct ready){ 0 };
	buf_addf(&path, "%s/%s", dir, name);
	r->path = path.data;
	r->name = mem_dup(name, strlen(name) - strlen(".yaml"));
	buf_adds(&r->text, "");
	err = source_read(r->path, &r->text, &l->diags);
	if (err < 0)
		diag_error(&l->diags, &(struct mark){ .file = r->path }, "%s",
			   strerror(-err));
	else if (!err)
		schema_parse(r->path, r->text.data, r->text.len, false,
			     &r->set, &l->diags);
	r->summary = summary_of(r);
}

/**
 * library_read() - read the library
 * @l: empty; freed by library_free() whatever comes of this
 * @dir: where it is
 *
 * What is wrong with a file is noted in @l->diags.
 *
 * Return: 0 or -errno if there is no such directory.
 */
int library_read(struct library *l, const char *dir)
{
	struct dirent **entries;
	int i, nr = scandir(dir, &entries, is_yaml, alphasort);

	if (nr < 0)
		return -errno;
	for (i = 0; i < nr; i++) {
		add_file(l, dir, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return 0;
}

/**
 * library_find() - find a file by its name or that of a policy in it
 * @l: the library
 * @name: the name
 *
 * Return: the file, or NULL if there is none.
 */
const struct ready *library_find(const struct library *l, const char *name)
{
	const struct ready *r;

	for (r = l->v; r < l->v + l->nr; r++)
		if (!strcmp(r->name, name) || policies_find(&r->set, name))
			return r;
	return NULL;
}

static bool has_tag(const char *tags, size_t len, const char *tag)
{
	const char *t;

	for (t = tags; t < tags + len; t += strlen(t) + 1)
		if (!strcmp(t, tag))
			return true;
	return false;
}

/**
 * ready_tags() - the tags of a file's policies, each once
 * @r: the file
 * @tags: they are appended here, each ended by a NUL
 */
void ready_tags(const struct ready *r, struct buf *tags)
{
	const struct attrs *a;
	const char *t;
	size_t i;

	for (i = 0; i < r->set.nr; i++) {
		a = &r->set.v[i].attrs;
		for (t = a->tags; t && t < a->tags + a->tags_len;
		     t += strlen(t) + 1)
			if (!has_tag(tags->data, tags->len, t))
				buf_add(tags, t, strlen(t) + 1);
	}
}

/**
 * ready_has_tag() - whether one of a file's tags contains a text
 * @r: the file
 * @text: the text, in whatever case: "mitre", "T1053"
 *
 * Return: true if so.
 */
bool ready_has_tag(const struct ready *r, const char *text)
{
	struct buf tags = { 0 };
	bool found = false;
	const char *t;

	ready_tags(r, &tags);
	for (t = tags.data; t && t < tags.data + tags.len; t += strlen(t) + 1)
		if (strcasestr(t, text))
			found = true;
	buf_free(&tags);
	return found;
}

/**
 * library_free() - free all of it
 * @l: empty afterwards
 */
void library_free(struct library *l)
{
	struct ready *r;

	for (r = l->v; r < l->v + l->nr; r++) {
		free(r->name);
		free(r->path);
		free(r->summary);
		buf_free(&r->text);
		policies_free(&r->set);
	}
	free(l->v);
	diag_free(&l->diags);
	*l = (struct library){ 0 };
}
