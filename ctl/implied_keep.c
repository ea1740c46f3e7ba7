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
	rule_copy_sources(copy, r);
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

/**
 * struct choice - the rule that an implied one follows from, as far as we know
 * @policy: the new policy
 * @implied: the implied rule
 * @some: it was about some callers only
 * @rule: the best of the new policy so far; NULL if none
 * @fit: how well that suits
 * @len: how long the path of its directory is
 */
struct choice {
	const struct policy *policy;
	const struct rule *implied;
	bool some;
	const struct rule *rule;
	int fit;
	size_t len;
};

/* Best about the same callers; else about all, that nobody may more meanwhile. */
static int fit_of(const struct choice *c, const struct rule *r)
{
	const uint32_t whose = FIM_RULE_OWNER_ONLY | FIM_RULE_TTY;
	bool some = rule_is_conditional(c->policy, r);

	if (some == c->some && !rule_compare_sources(r, c->implied) &&
	    !((r->flags ^ c->implied->flags) & whose))
		return 2;
	return !some;
}

static void consider(struct choice *c, const struct rule *r, size_t len)
{
	int fit = fit_of(c, r);

	if (c->rule && fit != c->fit) {
		if (fit < c->fit)
			return;
	} else if (c->rule && len != c->len) {
		if (len < c->len)
			return;
	} else if (c->rule && rule_action(c->policy, r) <=
			      rule_action(c->policy, c->rule)) {
		return;
	}
	c->rule = r;
	c->fit = fit;
	c->len = len;
}

static bool is_in(const char *path, const struct rule *dir)
{
	size_t len = strlen(dir->path);

	return dir->type == FIM_RULE_DIRECTORY && !rule_is_implied(dir) &&
	       !strncmp(path, dir->path, len) &&
	       ((dir->flags & FIM_RULE_RECURSIVE) || !strchr(path + len, '/'));
}

/* The rule that an implied one follows from, as far as the paths tell. */
static const struct rule *find_parent(const struct policy *to,
				      const struct matches *patterns,
				      const struct policy *before,
				      const struct rule *implied)
{
	struct choice c = { .policy = to, .implied = implied,
			    .some = rule_is_conditional(before, implied) };
	const struct match *match, *end = patterns->v + patterns->nr;
	const struct rule *r;

	for (r = to->rules; r < to->rules + to->nr_rules; r++)
		if (is_in(implied->path, r))
			consider(&c, r, strlen(r->path));
	for (match = patterns->v; match < end; match++)
		if (match_has(match, implied->path))
			consider(&c, match->rule, strlen(match->dir));
	return c.rule;
}

static void append_kept(struct policy *to, const struct rule *implied,
			const struct rule *parent, const struct mark *at)
{
	const uint32_t own = FIM_RULE_IMPLIED | FIM_RULE_RECURSIVE;
	struct rule *kept = policy_add_rule(to);

	/* What the old policy said about it counts no more. */
	*kept = (struct rule){
		.at = *at, .type = implied->type,
		.flags = (implied->flags & own) | (parent->flags & ~own),
		.path = mem_string(implied->path),
	};
	attrs_copy(&kept->attrs, &parent->attrs);
	rule_copy_sources(kept, parent);
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
			 find_parent(to, &patterns, before, r) : NULL;
		if (parent)
			append_kept(&kept, r, parent, &to->name_at);
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
	       !rule_compare_sources(a, b) && x->severity == y->severity &&
	       x->tags_len == y->tags_len &&
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
