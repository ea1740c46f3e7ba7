// SPDX-License-Identifier: GPL-2.0
/*
 * Which rule decides for an operation: one about the caller's executable before
 * all others, then the one of the nearest marked ancestor, and of those that
 * mark the same inode, the most exact and the strictest.
 *
 * All of this runs inside a hook: under RCU with preemption off, without a
 * lock, memory or sleep.
 */
#include <linux/mount.h>

#include "ioctl.h"
#include "mount.h"
#include "rule.h"
#include "tree.h"

DEFINE_STATIC_KEY_FALSE(fim_reads_matter);

/* How rules on the same inode are told apart: Block, Allow, Audit. */
static unsigned int rank(u8 action)
{
	static const u8 ranks[] = {
		[FIM_ACTION_AUDIT] = 1,
		[FIM_ACTION_ALLOW] = 2,
		[FIM_ACTION_BLOCK] = 3,
	};

	return ranks[action];
}

/**
 * fim_goal_path() - where a rule leads to
 * @binding: the rule; its path led somewhere, or waits for a name
 *
 * Return: the path of its last step.
 */
const char *fim_goal_path(const struct fim_binding *binding)
{
	return fim_route_end(&binding->route)->path;
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

/* Of rules that mark the same inode */
static bool is_better(const struct fim_binding *a, const struct fim_binding *b)
{
	u8 action_a, action_b;

	if (!b)
		return true;
	if (!a->rule->nr_sources != !b->rule->nr_sources)
		return a->rule->nr_sources;
	if (!a->rule->glob != !b->rule->glob)
		return a->rule->glob;
	action_a = fim_rule_action(a->rule);
	action_b = fim_rule_action(b->rule);
	if (action_a != action_b)
		return rank(action_a) > rank(action_b);
	if (fim_rule_appends(a->rule) != fim_rule_appends(b->rule))
		return fim_rule_appends(b->rule);
	return !is_canonical(b) && is_canonical(a);
}

/*
 * The rule of a mark that decides, or NULL; @mark: or NULL for none. @left: then an Allow rule that
 * covers the object and does not apply, if there is one; of several that of the
 * strictest posture.
 */
static const struct fim_binding *best_of(const struct fim_mark *mark,
					 const struct fim_access *access,
					 const struct fim_caller *caller,
					 struct fim_place *place,
					 const struct fim_binding **left)
{
	const struct fim_binding *binding, *best = NULL;
	enum fim_explain_fit fit;
	unsigned int i;

	*left = NULL;
	for (i = 0; mark && i < mark->nr; i++) {
		binding = mark->bindings[i];
		if (!fim_concerns(binding, access, caller))
			continue;
		fit = fim_fit(binding, access, caller, place);
		if (fit == FIM_FIT_APPLIES) {
			if (is_better(binding, best))
				best = binding;
		} else if (fim_fit_covers(fit) &&
			   fim_rule_action(binding->rule) == FIM_ACTION_ALLOW &&
			   (!*left || binding->policy->posture >
				      (*left)->policy->posture)) {
			*left = binding;
		}
	}
	return best;
}

static const struct fim_binding *stricter(const struct fim_binding *a,
					  const struct fim_binding *b)
{
	return !a || (b && fim_guard_action(b) > fim_guard_action(a)) ? b : a;
}

/* For what is done to @sb as a whole, or by who knows what name; NULL: to all. */
static const struct fim_binding *best_of_sb(const struct fim_ruleset *rs,
					    const struct super_block *sb,
					    const struct fim_access *access,
					    const struct fim_caller *caller)
{
	bool reads = access->op == FIM_OP_READ;
	const struct fim_binding *binding, *best = NULL;
	unsigned int i;

	for (i = 0; i < rs->nr_sbs; i++) {
		if (sb && rs->sbs[i].sb != sb)
			continue;
		binding = reads ? rs->sbs[i].reads : rs->sbs[i].binding;
		/* The self-test's rule does not stand for the others. */
		if (binding && (sb || binding->policy->kind) &&
		    fim_concerns(binding, access, caller))
			best = stricter(best, binding);
	}
	return best;
}

static void set_match(struct fim_match *match,
		      const struct fim_binding *binding,
		      const struct dentry *mark, u8 action)
{
	match->binding = binding;
	match->mark = mark;
	match->action = action;
}

/*
 * A posture decides only if no rule does, even one that is farther away; a rule
 * without sources only if no rule with the caller's does.
 */
static void match_tree(const struct fim_ruleset *rs,
		       const struct fim_access *access,
		       const struct fim_caller *caller,
		       const struct dentry *object, struct fim_match *match)
{
	struct fim_place place = { .mark = object, .object = object };
	struct fim_match posture = { .object = object };
	const struct fim_binding *best, *left;
	const struct dentry *parent;
	const struct fim_mark *mark;

	for (;; place.depth++) {
		mark = fim_mark_find(rs, READ_ONCE(place.mark->d_inode),
				     FIM_MARK_TREE);
		best = best_of(mark, access, caller, &place, &left);
		if (best && (!match->binding || best->rule->nr_sources))
			set_match(match, best, place.mark,
				  fim_rule_action(best->rule));
		if (best && (best->rule->nr_sources || !rs->sources))
			return;
		if (left && !posture.binding)
			set_match(&posture, left, place.mark,
				  left->policy->posture);
		parent = READ_ONCE(place.mark->d_parent);
		if (parent == place.mark)
			break;
		place.mark = parent;
	}
	if (match->binding)
		return;
	if (parent != parent->d_sb->s_root &&
	    (READ_ONCE(parent->d_flags) & DCACHE_DISCONNECTED)) {
		best = best_of_sb(rs, parent->d_sb, access, caller);
		if (best)
			set_match(match, best, NULL, fim_guard_action(best));
	} else if (posture.action > FIM_ACTION_ALLOW) {
		*match = posture;
	}
}

/* Where a rule's path leads over an inode */
static const char *guard_path(const struct fim_binding *binding,
			      const struct fim_mark *mark)
{
	const struct fim_route *route = &binding->route;
	unsigned int i;

	for (i = 0; i < route->nr - 1; i++)
		if (route->steps[i].object == mark->object)
			break;
	return route->steps[i].path;
}

static void match_guard(const struct fim_ruleset *rs,
			const struct fim_access *access,
			const struct fim_caller *caller,
			const struct dentry *object, struct fim_match *match)
{
	const struct fim_binding *guarded = NULL;
	const struct fim_mark *mark;
	unsigned int i;

	mark = fim_mark_find(rs, READ_ONCE(object->d_inode), FIM_MARK_GUARD);
	if (!mark)
		return;
	for (i = 0; i < mark->nr; i++)
		if (fim_concerns(mark->bindings[i], access, caller))
			guarded = stricter(guarded, mark->bindings[i]);
	if (!guarded)
		return;
	/* A subdirectory's rule may be stricter than that of its directory. */
	if (match->binding && fim_guard_action(guarded) <= match->action)
		return;
	set_match(match, guarded, object, fim_guard_action(guarded));
	match->guard = guard_path(guarded, mark);
}

/*
 * An executable that an Allow rule trusts, or an entry on the way to one: who
 * changes that, may what the rule allows.
 */
static void match_trusted(const struct fim_ruleset *rs,
			  const struct fim_access *access,
			  const struct fim_caller *caller,
			  const struct dentry *object, enum fim_mark_kind kind,
			  struct fim_match *match)
{
	const struct fim_trust *trust;
	const struct fim_mark *mark;
	unsigned int i;

	mark = fim_mark_find(rs, READ_ONCE(object->d_inode), kind);
	for (i = 0; mark && i < mark->nr_trusts; i++) {
		trust = &mark->trusts[i];
		if (!fim_concerns(trust->binding, access, caller) ||
		    (kind == FIM_MARK_TREE &&
		     fim_is_trusted(trust->binding, caller)))
			continue;
		if (match->binding && trust->action <= match->action)
			continue;
		set_match(match, trust->binding, object, trust->action);
		match->guard = trust->path;
	}
}

static void match_one(const struct fim_ruleset *rs,
		      const struct fim_access *access,
		      const struct fim_caller *caller,
		      const struct dentry *object, struct fim_match *match)
{
	*match = (struct fim_match){ .object = object };
	match_tree(rs, access, caller, object, match);
	if (access->removes)
		match_guard(rs, access, caller, object, match);
	if (!rs->sources || access->op == FIM_OP_READ)
		return;
	match_trusted(rs, access, caller, object, FIM_MARK_TREE, match);
	if (access->removes)
		match_trusted(rs, access, caller, object, FIM_MARK_GUARD, match);
}

/* A mount takes along what is in it. */
static void match_mount(const struct fim_ruleset *rs,
			const struct fim_access *access,
			const struct fim_caller *caller,
			struct fim_match *match)
{
	const struct fim_mount_rule *rule;
	unsigned int i;

	for (i = 0; i < rs->nr_mounts; i++) {
		rule = &rs->mounts[i];
		if (!access->any_mount && rule->mnt != access->mnt)
			continue;
		if (!fim_concerns(rule->binding, access, caller))
			continue;
		/* The self-test's mount can't be moved. */
		if (access->any_mount && !rule->binding->policy->kind)
			continue;
		/* Nor the root; and to unmount it is to make it read-only. */
		if (rule->root && !access->detaches)
			continue;
		if (match->binding && rule->action <= match->action)
			continue;
		/* A mount of the list is not followed: it may be gone. */
		if (!match->object)
			match->object = access->mnt->mnt_root;
		set_match(match, rule->binding, match->object, rule->action);
		match->guard = rule->path;
	}
}

/* Whether a rule's path enters a mount that goes along with another one */
static bool takes_along(const struct fim_ruleset *rs,
			const struct fim_mount *mount)
{
	const struct fim_mark *mark;

	if (!fim_mount_is_attached(mount) ||
	    !fim_mount_sends(READ_ONCE(mount->parent)))
		return false;
	mark = fim_mark_find(rs, READ_ONCE(mount->mountpoint->d_inode),
			     FIM_MARK_GUARD);
	return mark && mark->covered;
}

/* Return: false if mounts have changed meanwhile. */
static bool match_all_taken(const struct fim_ruleset *rs,
			    const struct fim_access *sent,
			    const struct fim_caller *caller,
			    struct fim_match *match)
{
	struct fim_mount_walk walk;
	struct fim_match its;

	fim_mount_walk_start(&walk, sent->mnt);
	do {
		if (takes_along(rs, walk.at)) {
			match_one(rs, sent, caller, walk.at->mountpoint, &its);
			if (its.action > match->action)
				*match = its;
		}
		if (!sent->detaches)
			return true;
		if (!fim_mount_walk_next(&walk))
			return false;
	} while (walk.at);
	return true;
}

/*
 * A mount that goes takes along those on its mount point that receive from where
 * it is, whatever namespaces they and it are in.
 */
static void match_spreading(const struct fim_ruleset *rs,
			    const struct fim_access *access,
			    const struct fim_caller *caller,
			    struct fim_match *match)
{
	struct fim_access sent = *access;
	unsigned int tries;

	sent.inner = false;
	for (tries = 0; tries < 10; tries++)
		if (match_all_taken(rs, &sent, caller, match))
			return;
	/* Any may have been there. */
	sent.any_mount = true;
	match_mount(rs, &sent, caller, match);
}

static void match_reach(const struct fim_ruleset *rs,
			const struct fim_access *access,
			const struct fim_caller *caller,
			struct fim_match *match)
{
	const struct fim_binding *binding;

	if (access->reach == FIM_REACH_OBJECT)
		return;
	binding = best_of_sb(rs, access->reach == FIM_REACH_SB ?
				 access->dentry->d_sb : NULL, access, caller);
	/* What the object's own rule lets pass reaches past the object. */
	if (!binding || (match->binding &&
			 fim_guard_action(binding) <= match->action))
		return;
	set_match(match, binding, NULL, fim_guard_action(binding));
	/* What is in danger is the rule's directory. */
	match->guard = fim_goal_path(binding);
}

/* Whether a rule's path leads over a name, and elsewhere without it. */
static bool is_followed(const struct fim_ruleset *rs,
			const struct dentry *dentry)
{
	const struct inode *inode = dentry ? READ_ONCE(dentry->d_inode) : NULL;
	const struct fim_mark *mark;

	if (fim_mark_find(rs, inode, FIM_MARK_TREE))
		return true;
	mark = fim_mark_find(rs, inode, FIM_MARK_GUARD);
	return mark && (mark->followed || mark->nr);
}

/* Whether some rule may take hold once a name exists. */
static bool is_awaited(const struct fim_ruleset *rs, const struct dentry *dentry)
{
	const struct dentry *parent = READ_ONCE(dentry->d_parent);
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
		name = fim_route_end(mark->routes[i])->path;
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

/*
 * An unmount that is let through may spread to where paths lead, so they are
 * looked at if it is of or on a filesystem that some enter; by a worker, as in
 * fim_moves(). From a user namespace it spreads only if somebody has mounts there
 * send, and anybody may unmount there: that is found when all paths are looked at
 * now and then.
 */
static enum fim_recheck moves_elsewhere(const struct fim_ruleset *rs,
					const struct fim_access *access)
{
	const struct fim_mount *mount;

	if (access->op != FIM_OP_UMOUNT || current_user_ns() != &init_user_ns)
		return FIM_RECHECK_NONE;
	mount = fim_mount_of(access->mnt);
	if (!fim_sb_marked(mount->mnt.mnt_sb) &&
	    !fim_sb_marked(READ_ONCE(mount->mountpoint)->d_sb))
		return FIM_RECHECK_NONE;
	return rs->nr_mounts > 1 || rs->sources || rs->waits ?
		       FIM_RECHECK_LATER : FIM_RECHECK_NONE;
}

/* Whether a file is open for writing, or a directory may hold one that is. */
static bool may_be_written(const struct dentry *dentry)
{
	const struct inode *inode = dentry ? READ_ONCE(dentry->d_inode) : NULL;

	return inode && (S_ISDIR(inode->i_mode) ||
			 atomic_read(&inode->i_writecount) > 0 ||
			 /* An overlay's may be so by a layer below. */
			 READ_ONCE(dentry->d_flags) & DCACHE_OP_REAL);
}

/*
 * Who is allowed to may bring in what somebody else has open for writing. It
 * counts as open before the rule then.
 */
static bool brings_writer(const struct fim_ruleset *rs,
			  const struct fim_access *access)
{
	struct fim_verdict verdict;

	if (access->op != FIM_OP_RENAME && access->op != FIM_OP_LINK)
		return false;
	if (!may_be_written(access->dentry) && !may_be_written(access->other))
		return false;
	fim_decide(rs, access, NULL, &verdict);
	return verdict.action > FIM_ACTION_ALLOW;
}

static enum fim_recheck moves(const struct fim_ruleset *rs,
			      const struct fim_access *access)
{
	/* A container's mounts are looked at again now and then only. */
	if (access->inner)
		return moves_elsewhere(rs, access);
	switch (access->op) {
	case FIM_OP_MOUNT:
	case FIM_OP_MOVE_MOUNT:
	case FIM_OP_UMOUNT:
		/* It may spread to a mount that a path enters. */
		if (rs->waits)
			return FIM_RECHECK_ALL;
		return rs->nr_mounts > 1 || rs->sources ? FIM_RECHECK_LATER :
							  FIM_RECHECK_NONE;
	}
	/* What an ioctl makes or destroys, no hook hears of. */
	if (access->op == FIM_OP_IOCTL && access->reach == FIM_REACH_SB &&
	    fim_ioctl_moves_names(access->dentry->d_sb))
		return FIM_RECHECK_ALL;
	if (access->op == FIM_OP_IOCTL &&
	    fim_mark_find(rs, READ_ONCE(access->dentry->d_inode),
			  FIM_MARK_ANCHOR))
		return FIM_RECHECK_WAITING;
	if (access->removes && (is_followed(rs, access->dentry) ||
				is_followed(rs, access->above) ||
				is_followed(rs, access->other)))
		return FIM_RECHECK_ALL;
	if (access->removes && (is_watched(rs, access->dentry) ||
				is_watched(rs, access->other)))
		return FIM_RECHECK_WAITING;
	if (access->op == FIM_OP_RENAME && is_awaited(rs, access->dentry))
		return FIM_RECHECK_WAITING;
	return access->made && is_awaited(rs, access->made) ?
		       FIM_RECHECK_WAITING : FIM_RECHECK_NONE;
}

/**
 * fim_moves() - what to look at again when an operation is over
 * @rs: the ruleset
 * @access: the operation, which is let through
 *
 * Context: any in which RCU protects @rs.
 * Return: enum fim_recheck: all, if paths of rules may lead elsewhere then; those
 * that wait, if one may wait elsewhere or no more; or none. With any of them,
 * FIM_RECHECK_WRITERS, if what is open for writing may have come to be protected.
 */
unsigned int fim_moves(const struct fim_ruleset *rs,
		       const struct fim_access *access)
{
	return moves(rs, access) |
	       (brings_writer(rs, access) ? FIM_RECHECK_WRITERS : 0);
}

/**
 * fim_decide() - decide about an operation
 * @rs: the ruleset
 * @access: the operation
 * @caller: who; NULL: somebody
 * @verdict: what is to be done
 *
 * Context: any in which RCU protects @rs.
 */
void fim_decide(const struct fim_ruleset *rs, const struct fim_access *access,
		const struct fim_caller *caller, struct fim_verdict *verdict)
{
	verdict->match = (struct fim_match){};
	if (access->dentry)
		match_one(rs, access, caller, access->dentry, &verdict->match);
	if (access->above) {
		match_one(rs, access, caller, access->above, &verdict->rest);
		if (!verdict->match.binding ||
		    verdict->rest.action > verdict->match.action)
			verdict->match = verdict->rest;
	}
	match_reach(rs, access, caller, &verdict->match);
	if (access->mnt || access->any_mount)
		match_mount(rs, access, caller, &verdict->match);
	if (rs->covers && access->op == FIM_OP_UMOUNT && access->mnt)
		match_spreading(rs, access, caller, &verdict->match);
	verdict->rest = (struct fim_match){};
	if (access->other) {
		match_one(rs, access, caller, access->other, &verdict->rest);
		if (verdict->rest.action > verdict->match.action)
			swap(verdict->match, verdict->rest);
	}
	verdict->action = verdict->match.action;
}
