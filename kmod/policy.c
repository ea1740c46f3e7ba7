// SPDX-License-Identifier: GPL-2.0
/*
 * Policies and their rules.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "container.h"
#include "glob.h"
#include "policy.h"

/* Protects transactions, the making of rulesets, and fim_rule.bindings. */
DEFINE_MUTEX(fim_policy_lock);

static void free_text(struct fim_text *text)
{
	kvfree(text->tags);
	kfree(text->message);
}

static void free_rule(struct fim_rule *rule)
{
	free_text(&rule->text);
	while (rule->nr_sources)
		kfree(rule->sources[--rule->nr_sources].path);
	kfree(rule->sources);
	kfree(rule->glob_text);
	kfree(rule->glob);
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
	struct fim_bound *bound, *next_bound;
	struct fim_rule *rule, *next;

	if (!policy || !refcount_dec_and_test(&policy->ref))
		return;
	list_for_each_entry_safe(bound, next_bound, &policy->containers, node) {
		fim_container_put(bound->container);
		kfree(bound);
	}
	list_for_each_entry_safe(rule, next, &policy->rules, node)
		free_rule(rule);
	free_text(&policy->text);
	kvfree(policy->meta);
	kfree(policy->namespace);
	kfree(policy->name);
	kfree(policy);
}

static void drop_bindings(struct fim_rule *rule)
{
	struct fim_binding *binding, *next;

	list_for_each_entry_safe(binding, next, &rule->bindings, node) {
		list_del_init(&binding->node);
		fim_binding_put(binding);
	}
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
	list_for_each_entry(rule, &policy->rules, node)
		drop_bindings(rule);
	fim_policy_put(policy);
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
	INIT_LIST_HEAD(&policy->containers);
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
 * fim_policy_find() - find a policy in a list
 * @list: policies by their node, which the caller keeps as it is
 * @name: its name
 *
 * Return: the policy, or NULL.
 */
struct fim_policy *fim_policy_find(struct list_head *list, const char *name)
{
	struct fim_policy *policy;

	list_for_each_entry(policy, list, node)
		if (!strcmp(policy->name, name))
			return policy;
	return NULL;
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
	INIT_LIST_HEAD(&rule->bindings);
	rule->index = policy->nr_rules++;
	list_add_tail(&rule->node, &policy->rules);
	return rule;
}

/**
 * fim_rule_set_glob() - give a pattern its glob
 * @rule: a rule that is not in force
 * @attr: FIM_RULE_A_GLOB, or NULL
 * @extack: told what is wrong
 *
 * Return: 0, -EINVAL, -E2BIG or -ENOMEM.
 */
int fim_rule_set_glob(struct fim_rule *rule, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	int err;

	if (!attr)
		return 0;
	rule->glob = kmalloc(sizeof(*rule->glob), GFP_KERNEL);
	rule->glob_text = kmemdup(nla_data(attr), nla_len(attr), GFP_KERNEL);
	if (!rule->glob || !rule->glob_text)
		return -ENOMEM;
	rule->glob_len = nla_len(attr);
	err = fim_glob_compile(rule->glob, rule->glob_text, rule->glob_len);
	if (err == -E2BIG)
		NL_SET_ERR_MSG_ATTR(extack, attr, "the glob is too long");
	else if (err)
		NL_SET_ERR_MSG_ATTR(extack, attr, "the glob is not valid");
	return err;
}

/**
 * fim_rule_add_source() - append an executable to a rule's sources
 * @rule: a rule that is not in force nor bound
 * @attr: FIM_RULE_A_SOURCE
 *
 * Return: 0 or -ENOMEM.
 */
int fim_rule_add_source(struct fim_rule *rule, const struct nlattr *attr)
{
	struct fim_program *sources, *source;

	sources = krealloc(rule->sources,
			   array_size(rule->nr_sources + 1, sizeof(*sources)),
			   GFP_KERNEL);
	if (!sources)
		return -ENOMEM;
	rule->sources = sources;
	source = &sources[rule->nr_sources];
	source->len = nla_len(attr);
	source->path = kmemdup_nul(nla_data(attr), source->len, GFP_KERNEL);
	if (!source->path)
		return -ENOMEM;
	rule->nr_sources++;
	return 0;
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
	drop_bindings(rule);
	free_rule(rule);
}
