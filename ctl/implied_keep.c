// SPDX-License-Identifier: GPL-2.0
/*
 * implied_keep.c - implied rules of a policy that is replaced
 *
 * Until they are looked for again, the new one has what the old one had.
 */
#include <string.h>

#include "implied.h"
#include "matches.h"
#include "mem.h"

static void append_copy(struct policy *to, const struct rule *r,
			const struct mark *at)
{
	struct rule *copy = policy_add_rule(to);

	*copy = (struct rule){ .at = *at, .type = r->type, .flags = r->flags,
			       .path = mem_string(r->path) };
	attrs_copy(&copy->attrs, &r->attrs);
}

/**
 * implied_append() - give a policy the implied rules of another one
 * @to: the policy
 * @from: where to copy from
 * @at: the place to name if the kernel refuses one
 */
void implied_append(struct policy *to, const struct policy *from,
		    const struct mark *at)
{
	const struct rule *r;

	for (r = from->rules; r < from->rules + from->nr_rules; r++)
		if (rule_is_implied(r))
			append_copy(to, r, at);
}

/* The directory's rule that an implied one follows from, or NULL. */
static const struct rule *find_directory(const struct policy *p,
					 const char *path)
{
	const struct rule *r, *best = NULL;
	size_t len, best_len = 0;

	for (r = p->rules; r < p->rules + p->nr_rules; r++) {
		len = strlen(r->path);
		if (r->type != FIM_RULE_DIRECTORY || rule_is_implied(r) ||
		    len <= best_len || strncmp(path, r->path, len))
			continue;
		if (!(r->flags & FIM_RULE_RECURSIVE) && strchr(path + len, '/'))
			continue;
		best = r;
		best_len = len;
	}
	return best;
}

/* The rule that an implied one follows from, as far as the paths tell. */
static const struct rule *find_parent(const struct policy *p,
				      const struct matches *patterns,
				      const char *path)
{
	const struct match *match = matches_nearest(patterns, path);
	const struct rule *dir = find_directory(p, path);

	if (match && (!dir || strlen(match->dir) >= strlen(dir->path)))
		return match->rule;
	return dir;
}

/**
 * implied_keep() - let a new policy keep implied rules of the old one
 * @to: the new one
 * @before: the one that it replaces
 *
 * Return: whether there are any.
 */
bool implied_keep(struct policy *to, const struct policy *before)
{
	struct matches patterns = { 0 };
	struct policy kept = { 0 };
	const struct rule *r, *parent;
	bool any;

	for (r = to->rules; r < to->rules + to->nr_rules; r++)
		matches_add(&patterns, r, 0);
	for (r = before->rules; r < before->rules + before->nr_rules; r++) {
		parent = rule_is_implied(r) ?
			 find_parent(to, &patterns, r->path) : NULL;
		if (!parent)
			continue;
		append_copy(&kept, r, &to->name_at);
		/* What the old policy said about it counts no more. */
		attrs_free(&kept.rules[kept.nr_rules - 1].attrs);
		attrs_copy(&kept.rules[kept.nr_rules - 1].attrs,
			   &parent->attrs);
	}
	any = kept.nr_rules;
	implied_append(to, &kept, &to->name_at);
	policy_free(&kept);
	matches_free(&patterns);
	return any;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same_rule(const struct rule *a, const struct rule *b)
{
	const struct attrs *x = &a->attrs, *y = &b->attrs;

	return a->type == b->type && a->flags == b->flags &&
	       !strcmp(a->path, b->path) && x->action == y->action &&
	       x->severity == y->severity && x->tags_len == y->tags_len &&
	       (!x->tags_len || !memcmp(x->tags, y->tags, x->tags_len)) &&
	       same_text(x->message, y->message);
}

static const struct rule *next_implied(const struct policy *p,
				       const struct rule *r)
{
	for (; r < p->rules + p->nr_rules; r++)
		if (rule_is_implied(r))
			return r;
	return NULL;
}

/**
 * implied_same() - whether two policies have the same implied rules
 * @a: a policy
 * @b: another one
 *
 * Return: true if so, in the same order.
 */
bool implied_same(const struct policy *a, const struct policy *b)
{
	const struct rule *x = next_implied(a, a->rules);
	const struct rule *y = next_implied(b, b->rules);

	while (x && y && same_rule(x, y)) {
		x = next_implied(a, x + 1);
		y = next_implied(b, y + 1);
	}
	return !x && !y;
}
