// SPDX-License-Identifier: GPL-2.0
/*
 * lint_rules.c - rules that are allowed and yet unwise, by what they say alone
 */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "config.h"
#include "lint.h"
#include "mem.h"

/* Of rules on one object, the kernel takes the one with the highest. */
static int rank(uint8_t action)
{
	return action == FIM_ACTION_BLOCK ? 3 : action == FIM_ACTION_ALLOW ? 2 : 1;
}

/** @WHOSE: flags that say whose operations a rule is about */
#define WHOSE (FIM_RULE_OWNER_ONLY | FIM_RULE_TTY)

/* Whether they are about the same object and the same tasks. */
static int compare(const struct rule *a, const struct rule *b)
{
	uint32_t whose_a = a->flags & WHOSE, whose_b = b->flags & WHOSE;
	int diff;

	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (!a->path || !b->path)
		return !!a->path - !!b->path;
	diff = strcmp(a->path, b->path);
	if (diff)
		return diff;
	if (whose_a != whose_b)
		return whose_a < whose_b ? -1 : 1;
	return rule_compare_sources(a, b);
}

static int by_object(const void *x, const void *y)
{
	const struct rule *a = *(const struct rule *const *)x;
	const struct rule *b = *(const struct rule *const *)y;
	int diff = compare(a, b);

	/* Of two alike, the first in the file comes first. */
	return diff ? diff : a < b ? -1 : a > b;
}

/** @COVERS: what rules cover: reads, changes, what is further below */
#define COVERS 8

static unsigned int covers(const struct policy *p, const struct rule *r)
{
	unsigned int mask = r->flags & FIM_RULE_RECURSIVE ? 4 : 0;

	if (!(r->flags & FIM_RULE_READONLY))
		return mask | 3;
	return mask | (rule_action(p, r) == FIM_ACTION_ALLOW ? 1 : 2);
}

/* The first of the strictest rules for each extent. */
static void find_best(const struct policy *p, const struct rule **rule,
		      size_t nr, const struct rule **best)
{
	const struct rule **at;
	size_t i;

	for (i = 0; i < nr; i++) {
		at = &best[covers(p, rule[i])];
		if (!*at || rank(rule_action(p, rule[i])) >
			    rank(rule_action(p, *at)))
			*at = rule[i];
	}
}

static bool is_shadowed(const struct policy *p, const struct rule *r,
			const struct rule *by)
{
	unsigned int mine = covers(p, r), its = covers(p, by);
	int diff = rank(rule_action(p, by)) - rank(rule_action(p, r));

	if (by == r || (its & mine) != mine)
		return false;
	return diff > 0 || (!diff && (its != mine || by < r));
}

static void check_group(const struct policy *p, const struct rule **rule,
			size_t nr, struct diags *diags)
{
	const struct rule *best[COVERS] = { NULL };
	size_t i, j;

	find_best(p, rule, nr, best);
	for (i = 0; i < nr; i++) {
		for (j = 0; j < COVERS; j++)
			if (best[j] && is_shadowed(p, rule[i], best[j]))
				break;
		if (j < COVERS)
			diag_warning(diags, &rule[i]->at,
				     "this rule never decides: the one for the same path in line %u does",
				     best[j]->at.line);
	}
}

static void check_shadows(const struct policy *p, struct diags *diags)
{
	const struct rule **sorted;
	size_t i, first = 0;

	sorted = mem_resize(NULL, p->nr_rules + 1, sizeof(*sorted));
	for (i = 0; i < p->nr_rules; i++)
		sorted[i] = &p->rules[i];
	qsort(sorted, p->nr_rules, sizeof(*sorted), by_object);
	for (i = 1; i <= p->nr_rules; i++) {
		if (i < p->nr_rules && !compare(sorted[first], sorted[i]))
			continue;
		if (i - first > 1 && sorted[first]->path)
			check_group(p, &sorted[first], i - first, diags);
		first = i;
	}
	free(sorted);
}

static bool is_general_block(const struct policy *p, const struct rule *r)
{
	return rule_action(p, r) == FIM_ACTION_BLOCK && !r->nr_sources &&
	       !(r->flags & WHOSE) && r->path;
}

/* Who excepts something below knows what he does. */
static bool has_exception(const struct policies *set, const char *path)
{
	const struct policy *p;
	const struct rule *r;
	size_t len = strlen(path);

	for (p = set->v; p < set->v + set->nr; p++)
		for (r = p->rules; r < p->rules + p->nr_rules; r++)
			if (rule_action(p, r) == FIM_ACTION_ALLOW && r->path &&
			    !strncmp(r->path, path, len))
				return true;
	return false;
}

static const struct {
	const char *path;
	const char *why;
} whole[] = {
	{ "/", "nothing can be written any more, logs and temporary files included" },
	{ "/etc/", "passwords, resolv.conf and packages change files there" },
	{ "/var/", "logs, databases, mail and the package manager live there" },
	{ "/run/", "every daemon writes there" },
	{ "/tmp/", "every program may write there" },
	{ "/home/", "users' files live there" },
	{ "/root/", "root's shell writes there" },
};

/* @excepted: of each of these, whether something below is excepted */
static void check_whole(const struct policy *p, const struct rule *r,
			const bool *excepted, struct diags *diags)
{
	size_t i;

	if (r->type != FIM_RULE_DIRECTORY || !is_general_block(p, r) ||
	    !(r->flags & FIM_RULE_RECURSIVE))
		return;
	for (i = 0; i < ARRAY_SIZE(whole); i++)
		if (!excepted[i] && !strcmp(r->path, whole[i].path))
			diag_warning(diags, &r->at,
				     "'%s' is blocked as a whole: %s; name what matters, or except what changes with Allow",
				     r->path, whole[i].why);
}

static void check_reads(const struct policy *p, const struct rule *r,
			struct diags *diags)
{
	static const char *const system[] = {
		"/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/usr/",
		"/usr/bin/", "/usr/sbin/", "/usr/lib/", "/etc/", "/dev/",
	};
	size_t i;

	if (r->type != FIM_RULE_DIRECTORY || !is_general_block(p, r) ||
	    (r->flags & FIM_RULE_READONLY))
		return;
	for (i = 0; i < ARRAY_SIZE(system); i++)
		if (!strcmp(r->path, system[i]))
			diag_warning(diags, &r->at,
				     "reading '%s' is blocked, too: no program starts any more; did you mean 'readOnly: true'?",
				     r->path);
}

/**
 * struct paths - the paths of rules that block or audit, sorted
 * @v: the rules
 * @nr: how many
 * @patterns: there are patterns among them, which may lead anywhere
 */
struct paths {
	const struct rule **v;
	size_t nr;
	bool patterns;
};

static int by_path(const void *x, const void *y)
{
	return strcmp((*(const struct rule *const *)x)->path,
		      (*(const struct rule *const *)y)->path);
}

static void find_paths(const struct policies *set, struct paths *paths)
{
	const struct policy *p;
	const struct rule *r;

	paths->v = mem_resize(NULL, policies_rules(set) + 1,
			      sizeof(*paths->v));
	for (p = set->v; p < set->v + set->nr; p++)
		for (r = p->rules; r < p->rules + p->nr_rules; r++) {
			if (!r->path || rule_action(p, r) == FIM_ACTION_ALLOW)
				continue;
			paths->v[paths->nr++] = r;
			paths->patterns |= r->type == FIM_RULE_PATTERN;
		}
	if (paths->nr)
		qsort(paths->v, paths->nr, sizeof(*paths->v), by_path);
}

static bool has_path(const struct paths *paths, const char *path, size_t len)
{
	char *copy = mem_dup(path, len);
	const struct rule key = { .path = copy }, *wanted = &key;
	bool hit;

	hit = paths->nr && bsearch(&wanted, paths->v, paths->nr,
				   sizeof(*paths->v), by_path);
	free(copy);
	return hit;
}

/* Whether some rule is about what is below a directory. */
static bool has_below(const struct paths *paths, const char *dir)
{
	size_t first = 0, end = paths->nr, middle;

	while (first < end) {
		middle = first + (end - first) / 2;
		if (strcmp(paths->v[middle]->path, dir) < 0)
			first = middle + 1;
		else
			end = middle;
	}
	return first < paths->nr &&
	       !strncmp(paths->v[first]->path, dir, strlen(dir));
}

/*
 * Whether some rule is about it, or a directory above it; or below it, if it is
 * about the caller's executable, which comes before what is nearer. If no rule
 * refuses anything, it is an exception to those that are in force.
 */
static bool is_covered(const struct paths *paths, const struct rule *r)
{
	size_t len = strlen(r->path);

	if (!paths->nr || paths->patterns || r->type == FIM_RULE_PATTERN)
		return true;
	if (r->nr_sources && r->type == FIM_RULE_DIRECTORY &&
	    has_below(paths, r->path))
		return true;
	if (has_path(paths, r->path, len))
		return true;
	while (len) {
		if (r->path[len - 1] == '/' && has_path(paths, r->path, len))
			return true;
		len--;
	}
	return false;
}

static void check_allow(const struct policy *p, const struct rule *r,
			const struct paths *paths, bool *told,
			struct diags *diags)
{
	uint8_t posture = p->posture ? p->posture : config_get()->file_posture;

	if (!posture && rule_is_conditional(p, r)) {
		if (!*told)
			diag_warning(diags, &r->at,
				     "what this Allow covers and no rule decides is audited, reads too; say so by the annotation '"
				     POLICY_POSTURE ": audit', or 'allow' or 'block'");
		*told = true;
		return;
	}
	if (rule_is_conditional(p, r) && posture != FIM_ACTION_ALLOW)
		return;
	if (!is_covered(paths, r))
		diag_warning(diags, &r->at,
			     "this Allow never decides: no rule blocks or audits '%s'",
			     r->path);
}

static void check_allows(const struct policies *set, struct diags *diags)
{
	struct paths paths = { 0 };
	const struct policy *p;
	const struct rule *r;
	bool told;

	find_paths(set, &paths);
	for (p = set->v; p < set->v + set->nr; p++) {
		told = false;
		if (p->kind != FIM_KIND_HOST)
			continue;
		for (r = p->rules; r < p->rules + p->nr_rules; r++)
			if (r->path && rule_action(p, r) == FIM_ACTION_ALLOW)
				check_allow(p, r, &paths, &told, diags);
	}
	free(paths.v);
}

static void check_append(const struct policy *p, struct diags *diags)
{
	const struct rule *r;

	if (!p->append)
		return;
	for (r = p->rules; r < p->rules + p->nr_rules; r++)
		if ((r->flags & FIM_RULE_READONLY) &&
		    rule_action(p, r) != FIM_ACTION_ALLOW)
			return;
	diag_warning(diags, &p->name_at,
		     "'" POLICY_APPEND
		     ": Allow' has no effect: no rule blocks or audits with readOnly: true");
}

/**
 * lint_rules() - warn of rules that are unwise by what they say alone
 * @set: the policies; those with errors as far as they were understood
 * @diags: where warnings go
 */
void lint_rules(const struct policies *set, struct diags *diags)
{
	bool excepted[ARRAY_SIZE(whole)];
	const struct policy *p;
	const struct rule *r;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(whole); i++)
		excepted[i] = has_exception(set, whole[i].path);
	for (p = set->v; p < set->v + set->nr; p++) {
		check_shadows(p, diags);
		check_append(p, diags);
		for (r = p->rules; r < p->rules + p->nr_rules; r++) {
			check_whole(p, r, excepted, diags);
			check_reads(p, r, diags);
		}
	}
	check_allows(set, diags);
}

/**
 * lint_namespaces() - warn of policies that hold in more namespaces than they would in
 *	Kubernetes
 * @set: the policies
 * @diags: where warnings go
 */
void lint_namespaces(const struct policies *set, struct diags *diags)
{
	const struct policy *p;

	for (p = set->v; p < set->v + set->nr; p++)
		if (p->kind == FIM_KIND_CONTAINER && !p->namespace)
			diag_warning(diags, &p->name_at,
				     "policy '%s' holds in every namespace, where Kubernetes takes it for one of 'default'; name the one that it is for by 'namespace'",
				     p->name);
}
