// SPDX-License-Identifier: GPL-2.0
/*
 * What rules are bound to: the inodes that their paths lead to, and those that
 * they led to before a mount hid them.
 */
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/path.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "container.h"
#include "object.h"
#include "pause.h"
#include "policy.h"

/**
 * fim_binding_put() - drop a reference to a binding
 * @binding: the binding, or NULL
 *
 * Context: process; may sleep.
 */
void fim_binding_put(struct fim_binding *binding)
{
	struct fim_binding *left;
	unsigned int i;

	while (binding && refcount_dec_and_test(&binding->ref)) {
		left = binding->left;
		fim_route_free(&binding->route);
		for (i = 0; i < binding->rule->nr_sources; i++)
			fim_route_free(&binding->sources[i]);
		fim_container_put(binding->container);
		fim_policy_put(binding->policy);
		kfree(binding);
		binding = left;
	}
}

/**
 * fim_binding_armed() - whether a binding's directory is there
 * @binding: the binding
 *
 * Return: whether the path led to a directory whose inode is still held.
 */
bool fim_binding_armed(const struct fim_binding *binding)
{
	return fim_route_arrives(&binding->route);
}

/**
 * fim_binding_sources_waiting() - how many of a rule's sources do not exist
 * @binding: the rule
 *
 * Return: how many.
 */
unsigned int fim_binding_sources_waiting(const struct fim_binding *binding)
{
	unsigned int i, nr = 0;

	for (i = 0; i < binding->rule->nr_sources; i++)
		nr += !fim_route_arrives(&binding->sources[i]);
	return nr;
}

/**
 * fim_guard_action() - how a rule keeps the names on the way to its path
 * @binding: the rule
 *
 * They are kept from everybody, whoever the rule itself is about.
 *
 * Return: enum fim_action; FIM_ACTION_UNSET if it has no need to.
 */
u8 fim_guard_action(const struct fim_binding *binding)
{
	const struct fim_rule *rule = binding->rule;
	u8 action = fim_rule_action(rule);

	if (action != FIM_ACTION_ALLOW)
		return action;
	/* Who is allowed anything is not kept from anything. */
	if ((!(rule->flags & FIM_RULE_READONLY) &&
	     !fim_rule_is_personal(rule)) ||
	    binding->policy->posture == FIM_ACTION_ALLOW)
		return FIM_ACTION_UNSET;
	return binding->policy->posture;
}

/**
 * fim_reads_refused() - whether reads may come to more than being let through
 * @binding: the rule
 *
 * Return: true if some reader may be refused or recorded.
 */
bool fim_reads_refused(const struct fim_binding *binding)
{
	const struct fim_rule *rule = binding->rule;

	if (fim_rule_action(rule) != FIM_ACTION_ALLOW)
		return !(rule->flags & FIM_RULE_READONLY);
	return fim_guard_action(binding) && fim_rule_is_personal(rule);
}

static struct fim_binding *alloc_binding(const struct fim_rule *rule,
					 struct fim_container *container)
{
	struct fim_binding *binding;

	binding = kzalloc(struct_size(binding, sources, rule->nr_sources),
			  GFP_KERNEL);
	if (!binding)
		return NULL;
	refcount_set(&binding->ref, 1);
	refcount_inc(&rule->policy->ref);
	binding->policy = rule->policy;
	binding->rule = rule;
	if (container)
		refcount_inc(&container->ref);
	binding->container = container;
	INIT_LIST_HEAD(&binding->node);
	return binding;
}

/* @root: the container's, or NULL */
static int resolve_all(struct fim_binding *binding, const struct path *root)
{
	const struct fim_rule *rule = binding->rule;
	unsigned int i;
	int err;

	err = fim_resolve(rule->path, rule->type != FIM_RULE_FILE,
			  !(rule->flags & FIM_RULE_IMPLIED), root,
			  &binding->route);
	for (i = 0; !err && i < rule->nr_sources; i++)
		err = fim_resolve(rule->sources[i].path, false, true, root,
				  &binding->sources[i]);
	return err;
}

static int resolve(struct fim_binding *binding)
{
	struct path root;
	int err;

	if (!binding->container)
		return resolve_all(binding, NULL);
	err = fim_container_root(binding->container, &root);
	if (err)
		return err;
	err = resolve_all(binding, &root);
	path_put(&root);
	return err;
}

static struct fim_binding *make_binding(const struct fim_rule *rule,
					struct fim_container *container)
{
	struct fim_binding *binding = alloc_binding(rule, container);
	int err;

	if (!binding)
		return ERR_PTR(-ENOMEM);
	err = resolve(binding);
	if (err) {
		fim_binding_put(binding);
		return ERR_PTR(err);
	}
	return binding;
}

static bool same_route(const struct fim_route *a, const struct fim_route *b)
{
	unsigned int i;

	if (a->complete != b->complete || a->nr != b->nr)
		return false;
	for (i = 0; i < a->nr; i++)
		if (a->steps[i].object != b->steps[i].object ||
		    a->steps[i].kind != b->steps[i].kind ||
		    a->steps[i].mnt != b->steps[i].mnt ||
		    strcmp(a->steps[i].path, b->steps[i].path))
			return false;
	return true;
}

/**
 * fim_rule_bind_to() - resolve a rule's path for the first time
 * @rule: the rule
 * @container: in whose root, or NULL: in that of process 1
 *
 * Context: process, under fim_policy_lock.
 * Return: 0, also if the container's first process is not in its root yet, or
 * has ended; else what fim_resolve() says.
 */
int fim_rule_bind_to(struct fim_rule *rule, struct fim_container *container)
{
	struct fim_binding *binding;

	lockdep_assert_held(&fim_policy_lock);

	binding = make_binding(rule, container);
	/* It waits, and is resolved when that process is in its root. */
	if (container && PTR_ERR(binding) == -ESRCH)
		binding = alloc_binding(rule, container) ?: ERR_PTR(-ENOMEM);
	if (IS_ERR(binding))
		return PTR_ERR(binding);
	list_add_tail(&binding->node, &rule->bindings);
	return 0;
}

/**
 * fim_rule_bind() - resolve the path of a rule that was just added
 * @rule: the rule
 *
 * Context: process, under fim_policy_lock.
 * Return: 0, or what fim_rule_bind_to() says.
 */
int fim_rule_bind(struct fim_rule *rule)
{
	struct fim_bound *bound;
	int err;

	if (rule->policy->kind == FIM_KIND_HOST)
		return fim_rule_bind_to(rule, NULL);
	list_for_each_entry(bound, &rule->policy->containers, node) {
		err = fim_rule_bind_to(rule, bound->container);
		if (err)
			return err;
	}
	return 0;
}

/**
 * fim_rule_unbind_from() - a container goes, or was not to be
 * @rule: the rule
 * @container: the container
 *
 * Context: process, under fim_policy_lock; may sleep.
 */
void fim_rule_unbind_from(struct fim_rule *rule,
			  const struct fim_container *container)
{
	struct fim_binding *binding, *next;

	list_for_each_entry_safe(binding, next, &rule->bindings, node)
		if (binding->container == container) {
			list_del_init(&binding->node);
			fim_binding_put(binding);
		}
}

static enum fim_renewal compare(const struct fim_binding *old,
				const struct fim_binding *fresh)
{
	unsigned int i;

	if (!same_route(&old->route, &fresh->route))
		return FIM_RENEWED_PATH;
	for (i = 0; i < fresh->rule->nr_sources; i++)
		if (!same_route(&old->sources[i], &fresh->sources[i]))
			return FIM_RENEWED_SOURCES;
	return FIM_RENEWED_NONE;
}

/*
 * Whether a path leads elsewhere because something was mounted or unmounted on
 * its way, and not because of another name.
 */
static bool moved_by_mount(const struct fim_route *old,
			   const struct fim_route *fresh)
{
	const struct fim_step *a, *b;
	unsigned int i;

	/* Which root they begin at is not a matter of their names. */
	if (!old->nr || !fresh->nr || old->steps[0].object != fresh->steps[0].object)
		return false;
	for (i = 1; i < old->nr && i < fresh->nr; i++) {
		a = &old->steps[i];
		b = &fresh->steps[i];
		if (a->mnt != b->mnt)
			return true;
		/* Another mount may have the address of one that has gone. */
		if (a->object != b->object)
			return a->mnt;
	}
	return (i < old->nr && old->steps[i].mnt) ||
	       (i < fresh->nr && fresh->steps[i].mnt);
}

/*
 * How many earlier goals a rule is about, at most; of more, the first: the last
 * are what somebody has mounted there meanwhile.
 */
#define LEFT_MAX	8

static bool may_leave(const struct fim_binding *old,
		      const struct fim_binding *fresh)
{
	const struct fim_binding *left;
	unsigned int nr = 0;

	for (left = old->left; left; left = left->left)
		nr++;
	/* What is only recorded may be mounted and unmounted, too. */
	return nr < LEFT_MAX && fim_binding_armed(old) && !fim_pause_open() &&
	       fim_rule_action(old->rule) != FIM_ACTION_AUDIT &&
	       moved_by_mount(&old->route, &fresh->route);
}

/**
 * fim_binding_tidy() - let go of earlier goals that are gone, or the rule's again
 * @binding: the binding
 *
 * Context: process, under fim_policy_lock; may sleep.
 * Return: whether there were any.
 */
bool fim_binding_tidy(struct fim_binding *binding)
{
	const struct fim_object *goal = NULL;
	struct fim_binding **next = &binding->left, *left;
	bool any = false;

	lockdep_assert_held(&fim_policy_lock);

	if (fim_binding_armed(binding))
		goal = fim_route_end(&binding->route)->object;
	while ((left = *next)) {
		if (fim_binding_armed(left) &&
		    fim_route_end(&left->route)->object != goal) {
			next = &left->left;
			continue;
		}
		*next = left->left;
		left->left = NULL;
		fim_binding_put(left);
		any = true;
	}
	return any;
}

/*
 * What a rule kept from being changed it goes on keeping if its path leads
 * elsewhere by a mount or an unmount that nobody could refuse: who made that may
 * have another way to it. Until its filesystem ends, or the policy is applied
 * again; what is done in a maintenance window is meant. Takes over the reference
 * to @old.
 */
static void leave_behind(struct fim_binding *old, struct fim_binding *fresh)
{
	if (may_leave(old, fresh)) {
		fresh->left = old;
		return;
	}
	fresh->left = old->left;
	if (fresh->left)
		refcount_inc(&fresh->left->ref);
	fim_binding_put(old);
}

static void replace_binding(struct fim_binding **old, struct fim_binding *new)
{
	list_replace_init(&(*old)->node, &new->node);
	leave_behind(*old, new);
	fim_binding_tidy(new);
	*old = new;
}

/**
 * fim_binding_renew() - resolve a rule's paths again
 * @binding: what it is bound to; replaced if one leads elsewhere than before
 *
 * Context: process, under fim_policy_lock.
 * Return: enum fim_renewal, or what fim_resolve() says; then the rule stays
 * bound as it was.
 */
int fim_binding_renew(struct fim_binding **binding)
{
	struct fim_binding *fresh;
	enum fim_renewal renewal;

	lockdep_assert_held(&fim_policy_lock);

	fresh = make_binding((*binding)->rule, (*binding)->container);
	if (IS_ERR(fresh))
		return PTR_ERR(fresh);
	renewal = compare(*binding, fresh);
	if (renewal)
		replace_binding(binding, fresh);
	else
		fim_binding_put(fresh);
	return renewal;
}

/**
 * fim_binding_forget() - bind a rule to nothing, as its directory is gone
 * @binding: what it is bound to; replaced
 *
 * Context: process, under fim_policy_lock.
 * Return: FIM_RENEWED_PATH, or -ENOMEM: then it stays bound as it was.
 */
int fim_binding_forget(struct fim_binding **binding)
{
	struct fim_binding *fresh;

	lockdep_assert_held(&fim_policy_lock);

	fresh = alloc_binding((*binding)->rule, (*binding)->container);
	if (!fresh)
		return -ENOMEM;
	replace_binding(binding, fresh);
	return FIM_RENEWED_PATH;
}
