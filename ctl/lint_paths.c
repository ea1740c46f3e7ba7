// SPDX-License-Identifier: GPL-2.0
/*
 * lint_paths.c - rules that are allowed and yet unwise, by what is on this host
 *
 * What can't be looked at, by who is not root for instance, is not spoken of.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "glob.h"
#include "hostname.h"
#include "lint.h"
#include "mem.h"
#include "selector.h"

static void check_link(const struct mark *at, const char *path,
		       struct diags *diags)
{
	char *real = realpath(path, NULL);
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (real && (strlen(real) != len || memcmp(real, path, len)))
		diag_warning(diags, at,
			     "'%s' leads to '%s' by a symbolic link: that is what the rule is about",
			     path, real);
	free(real);
}

/** @NAMED: how many paths of a file that do not exist are named */
#define NAMED 3

/**
 * struct absent - what a file of policies names and is not there
 * @nr: how often
 * @first: the first place
 * @named: the first paths, each once
 * @nr_named: how many
 * @more: there are others
 */
struct absent {
	size_t nr;
	struct mark first;
	char *named[NAMED];
	size_t nr_named;
	bool more;
};

/**
 * struct look - what is found about the rules of a file
 * @all: each path is told at its place
 * @rules: how many rules there are
 * @sources: how many executables they name
 * @paths: of rules
 * @executables: of their sources
 */
struct look {
	bool all;
	size_t rules;
	size_t sources;
	struct absent paths;
	struct absent executables;
};

static void note(struct absent *a, const struct mark *at, const char *path)
{
	size_t i;

	if (!a->nr++)
		a->first = *at;
	for (i = 0; i < a->nr_named; i++)
		if (!strcmp(a->named[i], path))
			return;
	if (a->nr_named < NAMED)
		a->named[a->nr_named++] = mem_string(path);
	else
		a->more = true;
}

static void warn_path(const struct mark *at, const char *path,
		      struct diags *diags)
{
	diag_warning(diags, at,
		     "'%s' does not exist here; the rule takes hold when it does",
		     path);
}

static void warn_executable(const struct mark *at, const char *path,
			    struct diags *diags)
{
	diag_warning(diags, at, "'%s' does not exist here", path);
}

static void sum_up_one(struct absent *a, size_t all, const char *what,
		       void (*warn)(const struct mark *at, const char *path,
				    struct diags *diags),
		       struct diags *diags)
{
	struct buf names = { 0 };
	size_t i;

	for (i = 0; i < a->nr_named; i++)
		buf_addf(&names, "%s%s", i ? ", " : "", a->named[i]);
	if (a->nr == 1)
		warn(&a->first, a->named[0], diags);
	else if (a->nr)
		diag_warning(diags, &a->first, "%zu of %zu %s do not exist here: %s%s",
			     a->nr, all, what, names.data,
			     a->more ? ", … (--all names them)" : "");
	buf_free(&names);
	for (i = 0; i < a->nr_named; i++)
		free(a->named[i]);
}

/* Many policies are for more than is on one machine: a line for each is enough. */
static void sum_up(struct look *l, struct diags *diags)
{
	sum_up_one(&l->paths, l->rules, "rules wait for paths that", warn_path,
		   diags);
	sum_up_one(&l->executables, l->sources, "executables", warn_executable,
		   diags);
	*l = (struct look){ .all = l->all };
}

static void check_path(const struct rule *r, const char *path, bool directory,
		       struct look *l, struct diags *diags)
{
	struct stat st;

	if (stat(path, &st)) {
		if (errno == ENOENT && l->all)
			warn_path(&r->at, path, diags);
		else if (errno == ENOENT)
			note(&l->paths, &r->at, path);
		else if (errno == ENOTDIR)
			diag_warning(diags, &r->at,
				     "'%s' is no directory here, or below a file",
				     path);
		return;
	}
	if (!directory && S_ISDIR(st.st_mode))
		diag_warning(diags, &r->at,
			     "'%s' is a directory here; it belongs under matchDirectories",
			     path);
	check_link(&r->at, path, diags);
}

static bool is_script(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char head[2];
	bool script;

	if (fd < 0)
		return false;
	script = read(fd, head, sizeof(head)) == sizeof(head) &&
		 head[0] == '#' && head[1] == '!';
	close(fd);
	return script;
}

static void check_source(const struct source *s, struct look *l,
			 struct diags *diags)
{
	struct stat st;

	if (stat(s->path, &st)) {
		if (errno != ENOENT && errno != ENOTDIR)
			return;
		if (l->all)
			warn_executable(&s->at, s->path, diags);
		else
			note(&l->executables, &s->at, s->path);
	} else if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111)) {
		diag_warning(diags, &s->at, "'%s' is no executable here",
			     s->path);
	} else if (is_script(s->path)) {
		diag_warning(diags, &s->at,
			     "'%s' is a script here: what runs it is its interpreter, which is what counts",
			     s->path);
	}
}

static void check_rule(const struct rule *r, struct look *l,
		       struct diags *diags)
{
	char *anchor;
	size_t i;

	l->rules++;
	l->sources += r->nr_sources;
	for (i = 0; i < r->nr_sources; i++)
		check_source(&r->sources[i], l, diags);
	if (!r->path)
		return;
	if (r->type == FIM_RULE_PATTERN) {
		anchor = mem_dup(r->path, glob_anchor(r->path));
		check_path(r, anchor, true, l, diags);
		free(anchor);
	} else {
		check_path(r, r->path, r->type == FIM_RULE_DIRECTORY, l,
			   diags);
	}
}

/**
 * lint_paths() - warn of rules that are unwise by what is on this host
 * @set: the policies; those for other hosts are left alone, and those for
 *	containers, whose files are not this host's
 * @all: tell each path that does not exist at its place, not in a line for each
 *	file
 * @diags: where warnings go
 */
void lint_paths(const struct policies *set, bool all, struct diags *diags)
{
	struct look l = { .all = all };
	const char *file = NULL;
	const struct policy *p;
	const struct rule *r;
	struct buf host = { 0 };

	hostname_get(&host);
	for (p = set->v; p < set->v + set->nr; p++) {
		if (p->kind != FIM_KIND_HOST || !selector_matches(p, host.data))
			continue;
		if (p->at.file != file)
			sum_up(&l, diags);
		file = p->at.file;
		for (r = p->rules; r < p->rules + p->nr_rules; r++)
			check_rule(r, &l, diags);
	}
	sum_up(&l, diags);
	buf_free(&host);
}
