/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies, their rules, and what the rules are bound to.
 */
#ifndef FIM_POLICY_H
#define FIM_POLICY_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "account.h"
#include "fim.h"
#include "resolve.h"

/* For what is not lost without a word if there is no memory */
#define FIM_GFP_QUIET	(GFP_KERNEL | __GFP_NOWARN)

struct fim_container;
struct fim_glob;
struct netlink_ext_ack;
struct nlattr;

/**
 * struct fim_text - what rules inherit from their policy
 * @action: enum fim_action
 * @severity: 1 to 10, or 0 for none
 * @tags: bytes, each tag ended by a NUL; or NULL
 * @tags_len: length of @tags
 * @message: string, or NULL
 */
struct fim_text {
	u8 action;
	u8 severity;
	char *tags;
	unsigned int tags_len;
	char *message;
};

/**
 * struct fim_policy - a policy; all but the counters is constant once it is
 *	committed
 * @ref: holders: rulesets, bindings, the transaction, records being made
 * @name: unique
 * @namespace: or NULL
 * @kind: enum fim_policy_kind
 * @raw: enum fim_action: about writing to the devices below its directories
 * @modules: enum fim_action: about loading modules; FIM_ACTION_UNSET for nothing
 * @kexec: the same about loading a kernel to boot
 * @append: what its rules keep from being changed may be appended to
 * @posture: enum fim_action, for what an Allow rule covers and does not allow
 * @text: for rules that set nothing of their own
 * @meta: opaque to us; or NULL
 * @meta_len: length of @meta
 * @rules: struct fim_rule in order
 * @nr_rules: how many
 * @containers: struct fim_bound, of a policy with a selector: for which it
 *	holds, under fim_policy_lock
 * @tallies: what became of the operations that its rules decided
 * @node: in the transaction, under fim_policy_lock
 */
struct fim_policy {
	refcount_t ref;
	char *name;
	char *namespace;
	u8 kind;
	u8 posture;
	u8 raw;
	u8 modules;
	u8 kexec;
	bool append;
	struct fim_text text;
	void *meta;
	unsigned int meta_len;
	struct list_head rules;
	unsigned int nr_rules;
	struct list_head containers;
	struct fim_tallies tallies;
	struct list_head node;
};

/**
 * struct fim_program - an executable that a rule is about
 * @path: as the policy names it
 * @len: its length
 */
struct fim_program {
	char *path;
	unsigned int len;
};

/**
 * struct fim_rule - a rule; constant once it is committed, but for @bindings
 * @policy: the policy that owns it
 * @index: place in the policy
 * @type: enum fim_rule_type
 * @flags: enum fim_rule_flags
 * @text: what it sets of its own
 * @path: as the policy names it; all but a file's ends with "/"
 * @path_len: its length
 * @glob: of a pattern: what is below @path; or NULL
 * @glob_text: the same as the policy has it
 * @glob_len: length of @glob_text
 * @sources: executables whose processes it is about; of all if there are none
 * @nr_sources: how many
 * @devices: below its filesystem, besides those that the kernel knows; or NULL
 * @nr_devices: how many
 * @bindings: what it is bound to now, references, under fim_policy_lock: one of
 *	a host policy, one for each container of a policy with a selector
 * @node: in the policy
 */
struct fim_rule {
	struct fim_policy *policy;
	u32 index;
	u8 type;
	u32 flags;
	struct fim_text text;
	char *path;
	unsigned int path_len;
	struct fim_glob *glob;
	char *glob_text;
	unsigned int glob_len;
	struct fim_program *sources;
	unsigned int nr_sources;
	u32 *devices;
	unsigned int nr_devices;
	struct list_head bindings;
	struct list_head node;
};

/**
 * struct fim_binding - a rule and the inodes that its paths led to once;
 *	constant, but for @node
 * @ref: holders: the rule, rulesets
 * @rule: the rule
 * @policy: its policy, a reference, so that the rule stays
 * @container: whose tasks and whose files it is about, a reference; or NULL
 * @route: the inodes
 * @node: in the rule, under fim_policy_lock
 * @sources: those of each of the rule's sources
 */
struct fim_binding {
	refcount_t ref;
	const struct fim_rule *rule;
	struct fim_policy *policy;
	struct fim_container *container;
	struct fim_route route;
	struct list_head node;
	struct fim_route sources[];
};

/**
 * enum fim_renewal - what resolving a rule's paths again came to
 * @FIM_RENEWED_NONE: they lead where they led
 * @FIM_RENEWED_SOURCES: some source's leads elsewhere
 * @FIM_RENEWED_PATH: the rule's own does
 */
enum fim_renewal {
	FIM_RENEWED_NONE,
	FIM_RENEWED_SOURCES,
	FIM_RENEWED_PATH,
};

/* Without the "/" at the end of a directory's */
static inline unsigned int fim_rule_path_len(const struct fim_rule *rule)
{
	return rule->path_len - (rule->type != FIM_RULE_FILE);
}

/* Whether it depends on the caller if the rule applies. */
static inline bool fim_rule_is_personal(const struct fim_rule *rule)
{
	return rule->nr_sources ||
	       (rule->flags & (FIM_RULE_OWNER_ONLY | FIM_RULE_TTY));
}

static inline u8 fim_rule_action(const struct fim_rule *rule)
{
	return rule->text.action ?: rule->policy->text.action;
}

/* Whether what the rule keeps from being changed may be appended to. */
static inline bool fim_rule_appends(const struct fim_rule *rule)
{
	return rule->policy->append && (rule->flags & FIM_RULE_READONLY) &&
	       fim_rule_action(rule) != FIM_ACTION_ALLOW;
}

/* Protects transactions, the making of rulesets, and fim_rule.bindings. */
extern struct mutex fim_policy_lock;

bool fim_reads_refused(const struct fim_binding *binding);
u8 fim_guard_action(const struct fim_binding *binding);
bool fim_binding_armed(const struct fim_binding *binding);
unsigned int fim_binding_sources_waiting(const struct fim_binding *binding);
void fim_binding_put(struct fim_binding *binding);
void fim_policy_put(struct fim_policy *policy);
void fim_policy_retire(struct fim_policy *policy);
struct fim_policy *fim_policy_alloc(const char *name);
struct fim_policy *fim_policy_find(struct list_head *list, const char *name);
struct fim_rule *fim_rule_alloc(struct fim_policy *policy, const char *path,
				unsigned int len);
int fim_rule_set_glob(struct fim_rule *rule, const struct nlattr *attr,
		      struct netlink_ext_ack *extack);
int fim_rule_add_source(struct fim_rule *rule, const struct nlattr *attr);
int fim_rule_set_devices(struct fim_rule *rule, const struct nlattr *attr,
			 struct netlink_ext_ack *extack);
void fim_rule_remove(struct fim_rule *rule);
int fim_rule_bind(struct fim_rule *rule);
int fim_rule_bind_to(struct fim_rule *rule, struct fim_container *container);
void fim_rule_unbind_from(struct fim_rule *rule,
			  const struct fim_container *container);
int fim_binding_renew(struct fim_binding **binding);
int fim_binding_forget(struct fim_binding **binding);

#endif /* FIM_POLICY_H */
