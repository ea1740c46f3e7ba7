// SPDX-License-Identifier: GPL-2.0
/*
 * Which rule decides for an operation: the one of the nearest marked ancestor,
 * and of those that mark the same inode, the strictest.
 *
 * All of this runs inside a hook: under RCU with preemption off, without a
 * lock, memory or sleep.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/mount.h>
#include <linux/sched/signal.h>

#include "container.h"
#include "fim_task.h"
#include "rule.h"
#include "tree.h"

DEFINE_STATIC_KEY_FALSE(fim_reads_matter);

/**
 * fim_concerns() - whether a rule is about the operations of a caller at all
 * @binding: the rule, and the container that it is bound for, if any
 * @access: the operation
 * @caller: who; NULL: somebody
 *
 * Context: any in which RCU protects @binding.
 * Return: false for who is not in the container, or changes mounts that are
 * not its own.
 */
bool fim_concerns(const struct fim_binding *binding,
		  const struct fim_access *access,
		  const struct fim_caller *caller)
{
	if (!binding->container)
		return !access->inner;
	if (access->inner)
		return fim_container_is_changed(binding->container, caller);
	return fim_container_has(binding->container, caller);
}

/* @depth: 0 for the directory itself, 1 for its entries, and so on */
static bool covers(const struct fim_rule *rule, unsigned int depth)
{
	if (rule->type == FIM_RULE_FILE)
		return !depth;
	return depth <= 1 || (rule->flags & FIM_RULE_RECURSIVE);
}

/* A new object will be its directory's owner's, as far as rules go. */
static bool is_owner(const struct fim_caller *caller,
		     const struct dentry *object)
{
	const struct inode *inode = READ_ONCE(object->d_inode);

	if (!inode)
		inode = READ_ONCE(READ_ONCE(object->d_parent)->d_inode);
	return caller && inode && uid_eq(inode->i_uid, caller->fsuid);
}

/*
 * Whether operation and caller are what a rule is about that covers the object.
 * Of a caller that is not known, the worse is assumed.
 */
static bool applies(const struct fim_rule *rule,
		    const struct fim_access *access,
		    const struct fim_caller *caller,
		    const struct dentry *object)
{
	bool allows = fim_rule_action(rule) == FIM_ACTION_ALLOW;
	bool reads = access->op == FIM_OP_READ;

	if ((rule->flags & FIM_RULE_READONLY) && reads != allows)
		return false;
	if ((rule->flags & FIM_RULE_OWNER_ONLY) &&
	    is_owner(caller, object) != allows)
		return false;
	if (rule->flags & FIM_RULE_TTY)
		return caller ? caller->tty : !allows;
	return true;
}

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
		return rank(action_a) > rank(action_b);
	return !is_canonical(b) && is_canonical(a);
}

/*
 * The rule of a mark that decides, or NULL. @left: then an Allow rule that
 * covers the object and does not apply, if there is one; of several that of the
 * strictest posture.
 */
static const struct fim_binding *best_of(const struct fim_mark *mark,
					 unsigned int depth,
					 const struct fim_access *access,
					 const struct fim_caller *caller,
					 const struct dentry *object,
					 const struct fim_binding **left)
{
	const struct fim_binding *binding, *best = NULL;
	unsigned int i;

	*left = NULL;
	for (i = 0; i < mark->nr; i++) {
		binding = mark->bindings[i];
		if (!covers(binding->rule, depth) ||
		    !fim_concerns(binding, access, caller))
			continue;
		if (applies(binding->rule, access, caller, object)) {
			if (is_better(binding, best))
				best = binding;
		} else if (fim_rule_action(binding->rule) == FIM_ACTION_ALLOW &&
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

/* A posture decides only if no rule does, even one that is farther away. */
static void match_tree(const struct fim_ruleset *rs,
		       const struct fim_access *access,
		       const struct fim_caller *caller,
		       const struct dentry *object, struct fim_match *match)
{
	const struct dentry *dentry = object, *parent;
	const struct fim_binding *best, *left;
	struct fim_match posture = { .object = object };
	const struct fim_mark *mark;
	unsigned int depth;

	for (depth = 0;; depth++) {
		mark = fim_mark_find(rs, READ_ONCE(dentry->d_inode),
				     FIM_MARK_TREE);
		if (mark) {
			best = best_of(mark, depth, access, caller, object,
				       &left);
			if (best) {
				set_match(match, best, dentry,
					  fim_rule_action(best->rule));
				return;
			}
			if (left && !posture.binding)
				set_match(&posture, left, dentry,
					  left->policy->posture);
		}
		parent = READ_ONCE(dentry->d_parent);
		if (parent == dentry)
			break;
		dentry = parent;
	}
	if (dentry != dentry->d_sb->s_root &&
	    (READ_ONCE(dentry->d_flags) & DCACHE_DISCONNECTED)) {
		best = best_of_sb(rs, dentry->d_sb, access, caller);
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

static void match_one(const struct fim_ruleset *rs,
		      const struct fim_access *access,
		      const struct fim_caller *caller,
		      const struct dentry *object, struct fim_match *match)
{
	*match = (struct fim_match){ .object = object };
	match_tree(rs, access, caller, object, match);
	if (access->removes)
		match_guard(rs, access, caller, object, match);
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
		if (match->binding &&
		    fim_guard_action(rule->binding) <= match->action)
			continue;
		/* A mount of the list is not followed: it may be gone. */
		if (!match->object)
			match->object = access->mnt->mnt_root;
		set_match(match, rule->binding, match->object,
			  fim_guard_action(rule->binding));
		match->guard = rule->path;
	}
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

/**
 * fim_caller_read() - find out what rules ask about the current task
 * @caller: what to fill
 *
 * Context: under RCU; the credentials and the terminal are current's own.
 */
void fim_caller_read(struct fim_caller *caller)
{
	caller->fsuid = current_fsuid();
	/* Compared with NULL only. */
	caller->tty = READ_ONCE(current->signal->tty);
	caller->cgroup = NULL;
#ifdef CONFIG_CGROUPS
	rcu_read_lock();
	caller->cgroup = task_dfl_cgroup(current);
	rcu_read_unlock();
#endif
	caller->mnt_ns = fim_mnt_ns_inum();
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
	/* A container's mounts are looked at again now and then only. */
	if (access->inner)
		return FIM_RECHECK_NONE;
	switch (access->op) {
	case FIM_OP_MOUNT:
	case FIM_OP_MOVE_MOUNT:
	case FIM_OP_UMOUNT:
		/*
		 * It may spread to a mount that a path enters. Not looked at by
		 * this task: it may be who has to serve what is mounted.
		 */
		return (rs->nr_mounts > 1 ? FIM_RECHECK_LATER : 0) |
		       (rs->nr_waiting ? FIM_RECHECK_WAITING : 0);
	}
	/* What an ioctl makes or destroys, no hook hears of. */
	if (access->op == FIM_OP_IOCTL && access->reach == FIM_REACH_SB)
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
	verdict->rest = (struct fim_match){};
	if (access->other) {
		match_one(rs, access, caller, access->other, &verdict->rest);
		if (verdict->rest.action > verdict->match.action)
			swap(verdict->match, verdict->rest);
	}
	verdict->action = verdict->match.action;
}
