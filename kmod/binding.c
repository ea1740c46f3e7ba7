// SPDX-License-Identifier: GPL-2.0
/*
 * What rules are bound to: the inodes that their paths lead to.
 */
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/path.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "container.h"
#include "object.h"
#include "policy.h"

/**
 * fim_binding_put() - drop a reference to a binding
 * @binding: the binding, or NULL
 *
 * Context: process; may sleep.
 */
void fim_binding_put(struct fim_binding *binding)
{
	unsigned int i;

	if (!binding || !refcount_dec_and_test(&binding->ref))
		return;
	fim_route_free(&binding->route);
	for (i = 0; i < binding->rule->nr_sources; i++)
		fim_route_free(&binding->sources[i]);
	fim_container_put(binding->container);
	fim_policy_put(binding->policy);
	kfree(binding);
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

/*
 * Whether a path leads to what no rule can be about. Only who applies the rule is
 * told so; later it leads nowhere.
 */
static bool leads_astray(int err)
{
	return err == -ELOOP || err == -ENAMETOOLONG || err == -ENOTDIR ||
	       err == -EISDIR || err == -EOPNOTSUPP;
}

/* @root: the container's, or NULL; @old: what the rule was bound to, or NULL */
static int resolve_all(struct fim_binding *binding, const struct path *root,
		       const struct fim_binding *old)
{
	const struct fim_rule *rule = binding->rule;
	unsigned int i;
	int err;

	err = fim_resolve(rule->path, rule->type != FIM_RULE_FILE,
			  !(rule->flags & FIM_RULE_IMPLIED), root,
			  &binding->route);
	/* What waits goes on waiting for the same name. */
	if (leads_astray(err) && old && old->route.complete)
		err = 0;
	for (i = 0; !err && i < rule->nr_sources; i++) {
		err = fim_resolve(rule->sources[i].path, false, true, root,
				  &binding->sources[i]);
		if (leads_astray(err) && old)
			err = 0;
	}
	return err;
}

static int resolve(struct fim_binding *binding, const struct fim_binding *old)
{
	struct path root;
	int err;

	if (!binding->container)
		return resolve_all(binding, NULL, old);
	err = fim_container_root(binding->container, &root);
	if (err)
		return err;
	err = resolve_all(binding, &root, old);
	path_put(&root);
	return err;
}

static struct fim_binding *make_binding(const struct fim_rule *rule,
					struct fim_container *container,
					const struct fim_binding *old)
{
	struct fim_binding *binding = alloc_binding(rule, container);
	int err;

	if (!binding)
		return ERR_PTR(-ENOMEM);
	err = resolve(binding, old);
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

/* A rule that leads nowhere, until it is looked at again */
static int bind_waiting(struct fim_rule *rule, struct fim_container *container)
{
	struct fim_binding *binding = alloc_binding(rule, container);

	if (!binding)
		return -ENOMEM;
	list_add_tail(&binding->node, &rule->bindings);
	return 0;
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

	binding = make_binding(rule, container, NULL);
	/* It waits, and is resolved when that process is in its root. */
	if (container && PTR_ERR(binding) == -ESRCH)
		return bind_waiting(rule, container);
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
		/* What a container has there must not keep it from the others. */
		if (leads_astray(err))
			err = bind_waiting(rule, bound->container);
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

static void replace_binding(struct fim_binding **old, struct fim_binding *new)
{
	list_replace_init(&(*old)->node, &new->node);
	fim_binding_put(*old);
	*old = new;
}

/**
 * fim_binding_renew() - resolve a rule's paths again
 * @binding: what it is bound to; replaced if one leads elsewhere than before
 *
 * Context: process, under fim_policy_lock.
 * Return: enum fim_renewal, or what fim_resolve() says: then the rule stays bound
 * as it was. A path that came to lead to what no rule can be about leads nowhere.
 */
int fim_binding_renew(struct fim_binding **binding)
{
	struct fim_binding *fresh;
	enum fim_renewal renewal;

	lockdep_assert_held(&fim_policy_lock);

	fresh = make_binding((*binding)->rule, (*binding)->container, *binding);
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
