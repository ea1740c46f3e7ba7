// SPDX-License-Identifier: GPL-2.0
/*
 * Which rule decides for an operation: the one of the nearest marked ancestor,
 * and of those that mark the same inode, the strictest.
 *
 * All of this runs inside a hook: under RCU with preemption off, without a
 * lock, memory or sleep.
 */
#include "rule.h"
#include "tree.h"

static u8 action_of(const struct fim_match *match)
{
	return match->binding ? fim_rule_action(match->binding->rule) :
				FIM_ACTION_UNSET;
}

/* @depth: 0 for the directory itself, 1 for its entries, and so on */
static bool applies(const struct fim_rule *rule, unsigned int depth)
{
	return depth <= 1 || (rule->flags & FIM_RULE_RECURSIVE);
}

/*
 * Whether the rule's path leads to its directory without a symbolic link, so
 * that it is the name to report if another rule says the same of it.
 */
static bool is_canonical(const struct fim_binding *binding)
{
	const struct fim_route *route = &binding->route;
	const char *real = route->steps[route->nr - 1].path;
	const struct fim_rule *rule = binding->rule;

	return strlen(real) + 1 == rule->path_len &&
	       !memcmp(real, rule->path, rule->path_len - 1);
}

static bool is_better(const struct fim_binding *a, const struct fim_binding *b)
{
	u8 action_a, action_b;

	if (!b)
		return true;
	action_a = fim_rule_action(a->rule);
	action_b = fim_rule_action(b->rule);
	if (action_a != action_b)
		return action_a > action_b;
	return !is_canonical(b) && is_canonical(a);
}

static const struct fim_binding *best_of(const struct fim_mark *mark,
					 unsigned int depth)
{
	const struct fim_binding *best = NULL;
	unsigned int i;

	for (i = 0; i < mark->nr; i++)
		if (applies(mark->bindings[i]->rule, depth) &&
		    is_better(mark->bindings[i], best))
			best = mark->bindings[i];
	return best;
}

/* Opened by handle, and not known yet where it lies: the strictest decides. */
static const struct fim_binding *best_of_sb(const struct fim_ruleset *rs,
					    const struct super_block *sb)
{
	unsigned int i;

	for (i = 0; i < rs->nr_sbs; i++)
		if (rs->sbs[i].sb == sb)
			return rs->sbs[i].binding;
	return NULL;
}

static void match_tree(const struct fim_ruleset *rs,
		       const struct dentry *object, struct fim_match *match)
{
	const struct dentry *dentry = object, *parent;
	const struct fim_mark *mark;
	unsigned int depth;

	for (depth = 0;; depth++) {
		mark = fim_mark_find(rs, READ_ONCE(dentry->d_inode),
				     FIM_MARK_TREE);
		if (mark) {
			match->binding = best_of(mark, depth);
			if (match->binding) {
				match->mark = dentry;
				return;
			}
		}
		parent = READ_ONCE(dentry->d_parent);
		if (parent == dentry)
			break;
		dentry = parent;
	}
	if (dentry != dentry->d_sb->s_root &&
	    (READ_ONCE(dentry->d_flags) & DCACHE_DISCONNECTED))
		match->binding = best_of_sb(rs, dentry->d_sb);
}

static void match_guard(const struct fim_ruleset *rs,
			const struct dentry *object, struct fim_match *match)
{
	const struct fim_mark *mark;

	mark = fim_mark_find(rs, READ_ONCE(object->d_inode), FIM_MARK_GUARD);
	if (!mark)
		return;
	/* A subdirectory's rule may be stricter than that of its directory. */
	if (match->binding &&
	    fim_rule_action(mark->guarded->rule) <= action_of(match))
		return;
	match->binding = mark->guarded;
	match->mark = object;
	match->guard = mark->path;
}

static void match_one(const struct fim_ruleset *rs, const struct dentry *object,
		      bool removes, struct fim_match *match)
{
	*match = (struct fim_match){ .object = object };
	match_tree(rs, object, match);
	if (removes)
		match_guard(rs, object, match);
}

/**
 * fim_decide() - decide about an operation
 * @rs: the ruleset
 * @access: the operation
 * @verdict: what is to be done
 *
 * Context: any in which RCU protects @rs.
 */
void fim_decide(const struct fim_ruleset *rs, const struct fim_access *access,
		struct fim_verdict *verdict)
{
	match_one(rs, access->dentry, access->removes, &verdict->match);
	verdict->rest = (struct fim_match){};
	if (access->other) {
		match_one(rs, access->other, access->removes, &verdict->rest);
		if (action_of(&verdict->rest) > action_of(&verdict->match))
			swap(verdict->match, verdict->rest);
	}
	verdict->action = action_of(&verdict->match);
}
