// SPDX-License-Identifier: GPL-2.0
/*
 * Which rule decides for an operation: the one of the nearest marked ancestor,
 * and of those that mark the same inode, the strictest.
 *
 * All of this runs inside a hook: under RCU with preemption off, without a
 * lock, memory or sleep.
 */
#include <linux/mount.h>

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
	if (rule->type == FIM_RULE_FILE)
		return !depth;
	return depth <= 1 || (rule->flags & FIM_RULE_RECURSIVE);
}

/**
 * fim_goal_path() - where a rule leads to
 * @binding: the rule; its path led somewhere, or waits for a name
 *
 * Return: the path of its last step.
 */
const char *fim_goal_path(const struct fim_binding *binding)
{
	return binding->route.steps[binding->route.nr - 1].path;
}

/*
 * Whether the rule's path leads to its directory without a symbolic link, so
 * that it is the name to report if another rule says the same of it.
 */
static bool is_canonical(const struct fim_binding *binding)
{
	const char *real = fim_goal_path(binding);
	size_t len = fim_rule_path_len(binding->rule);

	return strlen(real) == len && !memcmp(real, binding->rule->path, len);
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

/* For what is done to it as a whole, or by who knows what name. */
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
	if (!mark || !mark->guarded)
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

/* A mount takes along what is in it. */
static void match_mount(const struct fim_ruleset *rs,
			const struct fim_access *access,
			struct fim_match *match)
{
	const struct fim_mount_rule *rule;
	unsigned int i;

	for (i = 0; i < rs->nr_mounts; i++) {
		rule = &rs->mounts[i];
		if (!access->any_mount && rule->mnt != access->mnt)
			continue;
		/* The self-test's mount can't be moved. */
		if (access->any_mount && !rule->binding->policy->kind)
			continue;
		/* Nor the root; and to unmount it is to make it read-only. */
		if (rule->root && !access->detaches)
			continue;
		if (match->binding && fim_rule_action(rule->binding->rule) <=
				      action_of(match))
			continue;
		match->binding = rule->binding;
		/* A mount of the list is not followed: it may be gone. */
		if (!match->object)
			match->object = access->mnt->mnt_root;
		match->mark = match->object;
		match->guard = rule->path;
	}
}

static void match_reach(const struct fim_ruleset *rs,
			const struct fim_access *access,
			struct fim_match *match)
{
	if (match->binding || access->reach == FIM_REACH_OBJECT)
		return;
	if (access->reach == FIM_REACH_SB)
		match->binding = best_of_sb(rs, access->dentry->d_sb);
	else
		match->binding = rs->strictest;
	/* What is in danger is the rule's directory. */
	if (match->binding)
		match->guard = fim_goal_path(match->binding);
}

/* Whether some rule may take hold once a name exists. */
static bool is_awaited(const struct fim_ruleset *rs, const struct dentry *dentry)
{
	const struct dentry *parent = READ_ONCE(dentry->d_parent);
	const struct fim_route *route;
	const struct fim_mark *mark;
	const char *name;
	unsigned int i;

	mark = fim_mark_find(rs, READ_ONCE(parent->d_inode), FIM_MARK_ANCHOR);
	if (!mark)
		return false;
	/* Which names are the same there is the filesystem's own business. */
	if (READ_ONCE(parent->d_flags) & DCACHE_OP_COMPARE)
		return true;
	for (i = 0; i < mark->nr; i++) {
		route = &mark->bindings[i]->route;
		name = route->steps[route->nr - 1].path;
		if (strlen(name) == dentry->d_name.len &&
		    !memcmp(name, dentry->d_name.name, dentry->d_name.len))
			return true;
	}
	return false;
}

/* Whether the path of a rule that waits leads over a name, if there is one. */
static bool is_watched(const struct fim_ruleset *rs, const struct dentry *dentry)
{
	const struct fim_mark *mark;

	if (!dentry)
		return false;
	mark = fim_mark_find(rs, READ_ONCE(dentry->d_inode), FIM_MARK_GUARD);
	return mark && mark->watched;
}

/**
 * fim_moves() - which rules to look after when an operation is over
 * @rs: the ruleset
 * @access: the operation, which is let through
 *
 * Context: any in which RCU protects @rs.
 * Return: all, if paths of rules may lead elsewhere then; those that wait, if
 * one may wait elsewhere or no more; or none.
 */
enum fim_recheck fim_moves(const struct fim_ruleset *rs,
			   const struct fim_access *access)
{
	switch (access->op) {
	case FIM_OP_MOUNT:
	case FIM_OP_MOVE_MOUNT:
	case FIM_OP_UMOUNT:
		/* It may spread to a mount that a path enters. */
		return rs->nr_mounts > 1 ? FIM_RECHECK_ALL :
		       rs->nr_waiting ? FIM_RECHECK_WAITING : FIM_RECHECK_NONE;
	}
	if (access->removes && (is_watched(rs, access->dentry) ||
				is_watched(rs, access->other)))
		return FIM_RECHECK_WAITING;
	if (access->op == FIM_OP_RENAME && is_awaited(rs, access->dentry))
		return FIM_RECHECK_WAITING;
	return access->made && is_awaited(rs, access->made) ?
		       FIM_RECHECK_WAITING : FIM_RECHECK_NONE;
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
	verdict->match = (struct fim_match){};
	if (access->dentry)
		match_one(rs, access->dentry, access->removes, &verdict->match);
	if (access->above && !verdict->match.binding)
		match_one(rs, access->above, access->removes, &verdict->match);
	match_reach(rs, access, &verdict->match);
	if (access->mnt || access->any_mount)
		match_mount(rs, access, &verdict->match);
	verdict->rest = (struct fim_match){};
	if (access->other) {
		match_one(rs, access->other, access->removes, &verdict->rest);
		if (action_of(&verdict->rest) > action_of(&verdict->match))
			swap(verdict->match, verdict->rest);
	}
	verdict->action = action_of(&verdict->match);
}
