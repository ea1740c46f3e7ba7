// SPDX-License-Identifier: GPL-2.0
/*
 * matches.c - what patterns match, and what is out of their reach
 *
 * A pattern is about names below a directory, in that directory's filesystem. A
 * file may have names that do not match, and what is mounted below is another
 * filesystem.
 */
#include <stdlib.h>
#include <string.h>

#include "glob.h"
#include "matches.h"
#include "mem.h"
#include "term.h"

static char *real_directory(const struct rule *r, size_t anchor)
{
	size_t len = r->real_path ? strlen(r->real_path) : anchor;
	char *dir = mem_resize(NULL, len + 2, 1);

	memcpy(dir, r->real_path ? r->real_path : r->path, len);
	if (!len || dir[len - 1] != '/')
		dir[len++] = '/';
	dir[len] = '\0';
	return dir;
}

/**
 * matches_add() - add the pattern of a rule
 * @m: patterns
 * @rule: the rule, which has to outlive them; nothing is added if it has no
 *	pattern
 * @policy: index of its policy
 */
void matches_add(struct matches *m, const struct rule *rule, size_t policy)
{
	struct match *match;
	size_t anchor;

	if (rule->type != FIM_RULE_PATTERN)
		return;
	anchor = glob_anchor(rule->path);
	mem_grow(m->v, m->nr, m->cap);
	match = &m->v[m->nr];
	match->rule = rule;
	match->policy = policy;
	if (fim_glob_compile(&match->glob, rule->path + anchor,
			     strlen(rule->path + anchor)))
		return;
	match->dir = real_directory(rule, anchor);
	match->name = mem_dup(rule->path, anchor);
	m->nr++;
}

static int by_directory(const void *a, const void *b)
{
	const struct match *x = a, *y = b;

	return strcmp(x->dir, y->dir);
}

/**
 * matches_sort() - let those of one directory follow each other
 * @m: all patterns
 */
void matches_sort(struct matches *m)
{
	if (m->nr)
		qsort(m->v, m->nr, sizeof(*m->v), by_directory);
}

/**
 * matches_end() - the end of those of one directory
 * @m: sorted patterns
 * @first: index of the first of them
 *
 * Return: index of the one behind the last.
 */
size_t matches_end(const struct matches *m, size_t first)
{
	size_t i = first + 1;

	while (i < m->nr && !by_directory(&m->v[first], &m->v[i]))
		i++;
	return i;
}

static bool matches(const struct match *match, const char *path,
		    enum fim_glob_part part)
{
	struct fim_glob_walk walk = fim_glob_begin(&match->glob, part);
	size_t len = strlen(match->dir);

	if (strncmp(path, match->dir, len))
		return false;
	fim_glob_back(&match->glob, &walk, path + len, strlen(path + len));
	return fim_glob_accepts(&match->glob, &walk);
}

/**
 * match_has() - whether a pattern matches a path
 * @match: the pattern
 * @path: the path, without symbolic links
 *
 * Return: true if so.
 */
bool match_has(const struct match *match, const char *path)
{
	return matches(match, path, FIM_GLOB_WHOLE);
}

/* Whether a pattern begins at a mount or below: its author knows of it. */
static bool begins_in(const struct matches *m, const char *mount)
{
	const struct match *match;
	size_t len = strlen(mount);

	for (match = m->v; match < m->v + m->nr; match++)
		if (!strncmp(match->dir, mount, len) && match->dir[len] == '/')
			return true;
	return false;
}

/**
 * matches_warn() - warn of a mount where a pattern would match if it were none
 * @m: patterns
 * @mount: where it is, without a slash at its end
 */
void matches_warn(const struct matches *m, const char *mount)
{
	const struct match *match;

	if (begins_in(m, mount))
		return;
	for (match = m->v; match < m->v + m->nr; match++)
		if (matches(match, mount, FIM_GLOB_BELOW) ||
		    matches(match, mount, FIM_GLOB_WHOLE))
			term_warning("%s is mounted there, and the pattern '%s' does not reach into it: write another one that begins there",
				     mount, match->rule->path);
}

/**
 * matches_free() - free what patterns hold
 * @m: empty afterwards
 */
void matches_free(struct matches *m)
{
	struct match *match;

	for (match = m->v; match < m->v + m->nr; match++) {
		free(match->dir);
		free(match->name);
	}
	free(m->v);
	*m = (struct matches){ 0 };
}
