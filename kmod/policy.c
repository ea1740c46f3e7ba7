// SPDX-License-Identifier: GPL-2.0
/*
 * Policies, their rules, and what the rules are bound to.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "object.h"
#include "policy.h"

/* Protects transactions, the making of rulesets, and fim_rule.binding. */
DEFINE_MUTEX(fim_policy_lock);

static void free_text(struct fim_text *text)
{
	kvfree(text->tags);
	kfree(text->message);
}

static void free_rule(struct fim_rule *rule)
{
	free_text(&rule->text);
	kfree(rule->devices);
	kfree(rule->path);
	kfree(rule);
}

/**
 * fim_policy_put() - drop a reference to a policy
 * @policy: the policy, or NULL
 *
 * Context: process.
 */
void fim_policy_put(struct fim_policy *policy)
{
	struct fim_rule *rule, *next;

	if (!policy || !refcount_dec_and_test(&policy->ref))
		return;
	list_for_each_entry_safe(rule, next, &policy->rules, node)
		free_rule(rule);
	free_text(&policy->text);
	kvfree(policy->meta);
	kfree(policy->namespace);
	kfree(policy->name);
	kfree(policy);
}

/**
 * fim_binding_put() - drop a reference to a binding
 * @binding: the binding, or NULL
 *
 * Context: process; may sleep.
 */
void fim_binding_put(struct fim_binding *binding)
{
	if (!binding || !refcount_dec_and_test(&binding->ref))
		return;
	fim_route_free(&binding->route);
	fim_policy_put(binding->policy);
	kfree(binding);
}

/**
 * fim_policy_retire() - drop a policy that is neither staged nor in force
 * @policy: the policy, or NULL; the reference of whoever staged it goes
 *
 * A rule owns a binding, which owns the policy, which owns the rule: undone
 * here.
 *
 * Context: process; may sleep.
 */
void fim_policy_retire(struct fim_policy *policy)
{
	struct fim_rule *rule;

	if (!policy)
		return;
	list_for_each_entry(rule, &policy->rules, node) {
		fim_binding_put(rule->binding);
		rule->binding = NULL;
	}
	fim_policy_put(policy);
}

/**
 * fim_binding_armed() - whether a binding's directory is there
 * @binding: the binding
 *
 * Return: whether the path led to a directory whose inode is still held.
 */
bool fim_binding_armed(const struct fim_binding *binding)
{
	const struct fim_route *route = &binding->route;

	return route->complete &&
	       fim_object_held(route->steps[route->nr - 1].object);
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
	if (!(rule->flags & (FIM_RULE_READONLY | FIM_RULE_OWNER_ONLY |
			     FIM_RULE_TTY)) ||
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
	return fim_guard_action(binding) &&
	       (rule->flags & (FIM_RULE_OWNER_ONLY | FIM_RULE_TTY));
}

/**
 * fim_policy_alloc() - make a policy without rules
 * @name: its name
 *
 * Return: the policy with a reference for the caller, or NULL without memory.
 */
struct fim_policy *fim_policy_alloc(const char *name)
{
	struct fim_policy *policy = kzalloc(sizeof(*policy), GFP_KERNEL);

	if (!policy)
		return NULL;
	refcount_set(&policy->ref, 1);
	policy->posture = FIM_ACTION_AUDIT;
	INIT_LIST_HEAD(&policy->rules);
	INIT_LIST_HEAD(&policy->node);
	policy->raw = FIM_ACTION_AUDIT;
	policy->name = kstrdup(name, GFP_KERNEL);
	if (!policy->name) {
		kfree(policy);
		return NULL;
	}
	return policy;
}

/**
 * fim_rule_alloc() - append a rule to a policy that is not in force
 * @policy: the policy
 * @path: the rule's path, bytes without NUL
 * @len: its length
 *
 * Return: the rule, which the policy owns, or NULL without memory.
 */
struct fim_rule *fim_rule_alloc(struct fim_policy *policy, const char *path,
				unsigned int len)
{
	struct fim_rule *rule = kzalloc(sizeof(*rule), GFP_KERNEL);

	if (!rule)
		return NULL;
	rule->path = kmemdup_nul(path, len, GFP_KERNEL);
	if (!rule->path) {
		kfree(rule);
		return NULL;
	}
	rule->path_len = len;
	rule->policy = policy;
	rule->index = policy->nr_rules++;
	list_add_tail(&rule->node, &policy->rules);
	return rule;
}

/**
 * fim_rule_set_devices() - give a rule the devices that its sender found
 * @rule: a rule that is not in force
 * @attr: FIM_RULE_A_DEVICES, or NULL
 * @extack: told what is wrong
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int fim_rule_set_devices(struct fim_rule *rule, const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	if (!attr || !nla_len(attr))
		return 0;
	if (nla_len(attr) % sizeof(*rule->devices)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "not a list of devices");
		return -EINVAL;
	}
	rule->devices = kmemdup(nla_data(attr), nla_len(attr), GFP_KERNEL);
	if (!rule->devices)
		return -ENOMEM;
	rule->nr_devices = nla_len(attr) / sizeof(*rule->devices);
	return 0;
}

/**
 * fim_rule_remove() - take the last rule of a staged policy away again
 * @rule: the rule
 */
void fim_rule_remove(struct fim_rule *rule)
{
	lockdep_assert_held(&fim_policy_lock);

	rule->policy->nr_rules--;
	list_del(&rule->node);
	fim_binding_put(rule->binding);
	free_rule(rule);
}

static struct fim_binding *alloc_binding(struct fim_rule *rule)
{
	struct fim_binding *binding = kzalloc(sizeof(*binding), GFP_KERNEL);

	if (!binding)
		return NULL;
	refcount_set(&binding->ref, 1);
	refcount_inc(&rule->policy->ref);
	binding->policy = rule->policy;
	binding->rule = rule;
	return binding;
}

static struct fim_binding *make_binding(struct fim_rule *rule)
{
	struct fim_binding *binding = alloc_binding(rule);
	int err;

	if (!binding)
		return ERR_PTR(-ENOMEM);
	err = fim_resolve(rule->path, rule->type == FIM_RULE_DIRECTORY,
			  &binding->route);
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
 * fim_rule_bind() - resolve a rule's path, again if need be
 * @rule: the rule
 *
 * Context: process, under fim_policy_lock.
 * Return: 1 if the path leads elsewhere than before, 0 if not, or what
 * fim_resolve() says; then the rule stays bound as it was.
 */
int fim_rule_bind(struct fim_rule *rule)
{
	struct fim_binding *binding;

	lockdep_assert_held(&fim_policy_lock);

	binding = make_binding(rule);
	if (IS_ERR(binding))
		return PTR_ERR(binding);
	if (rule->binding && same_route(&rule->binding->route,
					&binding->route)) {
		fim_binding_put(binding);
		return 0;
	}
	fim_binding_put(rule->binding);
	rule->binding = binding;
	return 1;
}

/**
 * fim_rule_unbind() - bind a rule to nothing, as its directory is gone
 * @rule: the rule
 *
 * Context: process, under fim_policy_lock.
 * Return: 1, or -ENOMEM: then it stays bound as it was.
 */
int fim_rule_unbind(struct fim_rule *rule)
{
	struct fim_binding *binding = alloc_binding(rule);

	lockdep_assert_held(&fim_policy_lock);

	if (!binding)
		return -ENOMEM;
	fim_binding_put(rule->binding);
	rule->binding = binding;
	return 1;
}
