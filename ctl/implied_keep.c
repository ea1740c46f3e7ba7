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

/* The length of the rule's directory if it is about a path, or 0. */
static size_t covering_length(const struct rule *r, const char *path)
{
	struct matches pattern = { 0 };
	size_t len = strlen(r->path);

	if (rule_is_implied(r))
		return 0;
	if (r->type == FIM_RULE_PATTERN) {
		matches_add(&pattern, r, 0);
		len = matches_nearest(&pattern, path);
		matches_free(&pattern);
		return len;
	}
	if (r->type != FIM_RULE_DIRECTORY || strncmp(path, r->path, len) ||
	    (!(r->flags & FIM_RULE_RECURSIVE) && strchr(path + len, '/')))
		return 0;
	return len;
}

/* The rule that an implied one follows from, as far as the paths tell. */
static const struct rule *find_parent(const struct policy *p,
				      const struct rule *implied)
{
	const struct rule *r, *best = NULL;
	size_t len, best_len = 0;

	for (r = p->rules; r < p->rules + p->nr_rules; r++) {
		len = covering_length(r, implied->path);
		if (len <= best_len)
			continue;
		best = r;
		best_len = len;
	}
	return best;
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
	const struct mark at = to->name_at;
	const struct rule *r, *parent;
	struct attrs attrs;
	bool any = false;

	for (r = before->rules; r < before->rules + before->nr_rules; r++) {
		parent = rule_is_implied(r) ? find_parent(to, r) : NULL;
		if (!parent)
			continue;
		/* What the old policy said about it counts no more. */
		attrs_copy(&attrs, &parent->attrs);
		append_copy(to, r, &at);
		attrs_free(&to->rules[to->nr_rules - 1].attrs);
		to->rules[to->nr_rules - 1].attrs = attrs;
		any = true;
	}
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
