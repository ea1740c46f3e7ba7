// SPDX-License-Identifier: GPL-2.0
/*
 * The commands that tell which policies and rules are in force. uapi/fim.h
 * describes them.
 */
#include <linux/mutex.h>
#include <net/genetlink.h>

#include "netlink.h"
#include "nl_policy.h"
#include "policy.h"
#include "tree.h"

static int fill_text(struct sk_buff *skb, const struct fim_text *text,
		     int action, int severity, int tags, int message)
{
	if ((text->action && nla_put_u8(skb, action, text->action)) ||
	    (text->severity && nla_put_u8(skb, severity, text->severity)) ||
	    (text->tags && nla_put(skb, tags, text->tags_len, text->tags)) ||
	    (text->message && nla_put_string(skb, message, text->message)))
		return -EMSGSIZE;
	return 0;
}

static int fill_account(struct sk_buff *skb, const struct fim_policy *policy)
{
	static const int attrs[] = {
		[FIM_TALLY_REFUSED] = FIM_POLICY_A_REFUSED,
		[FIM_TALLY_AUDITED] = FIM_POLICY_A_AUDITED,
		[FIM_TALLY_RECORDED] = FIM_POLICY_A_RECORDED,
		[FIM_TALLY_COALESCED] = FIM_POLICY_A_COALESCED,
		[FIM_TALLY_LOST] = FIM_POLICY_A_LOST,
	};
	struct fim_counts counts;
	unsigned int i;

	fim_tallies_read(&policy->tallies, &counts);
	for (i = 0; i < ARRAY_SIZE(attrs); i++)
		if (nla_put_u64_64bit(skb, attrs[i], fim_counts_sum(&counts, i),
				      FIM_POLICY_A_PAD))
			return -EMSGSIZE;
	return fim_netlink_put_counts(skb, FIM_POLICY_A_COUNT, &counts);
}

static int fill_policy(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct fim_policy *policy)
{
	void *header = fim_netlink_dump_header(skb, cb, FIM_CMD_POLICY_GET);
	struct nlattr *nest;

	if (!header)
		return -EMSGSIZE;
	nest = nla_nest_start(skb, FIM_A_POLICY);
	if (!nest || nla_put_string(skb, FIM_POLICY_A_NAME, policy->name) ||
	    (policy->namespace && nla_put_string(skb, FIM_POLICY_A_NAMESPACE,
						 policy->namespace)) ||
	    nla_put_u8(skb, FIM_POLICY_A_KIND, policy->kind) ||
	    fill_text(skb, &policy->text, FIM_POLICY_A_ACTION,
		      FIM_POLICY_A_SEVERITY, FIM_POLICY_A_TAGS,
		      FIM_POLICY_A_MESSAGE) ||
	    (policy->meta && nla_put(skb, FIM_POLICY_A_META, policy->meta_len,
				     policy->meta)) ||
	    nla_put_u8(skb, FIM_POLICY_A_POSTURE, policy->posture) ||
	    nla_put_u32(skb, FIM_POLICY_A_RULES, policy->nr_rules) ||
	    nla_put_u8(skb, FIM_POLICY_A_RAW, policy->raw) ||
	    (policy->modules && nla_put_u8(skb, FIM_POLICY_A_MODULES,
					   policy->modules)) ||
	    (policy->kexec && nla_put_u8(skb, FIM_POLICY_A_KEXEC,
					 policy->kexec)) ||
	    (policy->append && nla_put_flag(skb, FIM_POLICY_A_APPEND)) ||
	    fill_account(skb, policy)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	genl_dump_check_consistent(cb, header);
	genlmsg_end(skb, header);
	return 0;
}

/* Where a host rule's path led; each container has its own answer. */
static int fill_real_path(struct sk_buff *skb, const struct fim_rule *rule)
{
	const struct fim_route *route = NULL;
	const struct fim_binding *binding;
	const char *real;
	size_t len;

	list_for_each_entry(binding, &rule->bindings, node)
		if (!binding->container)
			route = &binding->route;
	if (!route || !route->complete)
		return 0;
	real = route->steps[route->nr - 1].path;
	len = strlen(real);
	if (len == fim_rule_path_len(rule) && !memcmp(real, rule->path, len))
		return 0;
	return nla_put(skb, FIM_RULE_A_REAL_PATH, len, real);
}

/* A rule may be bound more than once: sources that are missing everywhere */
static unsigned int sources_waiting(const struct fim_rule *rule)
{
	unsigned int nr = list_empty(&rule->bindings) ? 0 : UINT_MAX;
	const struct fim_binding *binding;

	list_for_each_entry(binding, &rule->bindings, node)
		nr = min(nr, fim_binding_sources_waiting(binding));
	return nr;
}

static int fill_match(struct sk_buff *skb, const struct fim_rule *rule)
{
	unsigned int i, waiting = sources_waiting(rule);

	if (rule->glob_text && nla_put(skb, FIM_RULE_A_GLOB, rule->glob_len,
				       rule->glob_text))
		return -EMSGSIZE;
	for (i = 0; i < rule->nr_sources; i++)
		if (nla_put(skb, FIM_RULE_A_SOURCE, rule->sources[i].len,
			    rule->sources[i].path))
			return -EMSGSIZE;
	return waiting ? nla_put_u32(skb, FIM_RULE_A_SOURCES_WAITING, waiting) :
			 0;
}

static u8 rule_state(const struct fim_rule *rule)
{
	const struct fim_binding *binding;

	if (list_empty(&rule->bindings))
		return FIM_RULE_UNBOUND;
	list_for_each_entry(binding, &rule->bindings, node)
		if (fim_binding_armed(binding))
			return FIM_RULE_ARMED;
	return FIM_RULE_WAITING;
}

static int fill_rule(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct fim_rule *rule)
{
	void *header = fim_netlink_dump_header(skb, cb, FIM_CMD_RULE_GET);
	struct nlattr *nest;

	if (!header)
		return -EMSGSIZE;
	nest = nla_nest_start(skb, FIM_A_RULE);
	if (!nest ||
	    nla_put_string(skb, FIM_RULE_A_POLICY, rule->policy->name) ||
	    nla_put_u32(skb, FIM_RULE_A_INDEX, rule->index) ||
	    nla_put_u8(skb, FIM_RULE_A_TYPE, rule->type) ||
	    nla_put(skb, FIM_RULE_A_PATH, rule->path_len, rule->path) ||
	    nla_put_u32(skb, FIM_RULE_A_FLAGS, rule->flags) ||
	    fill_text(skb, &rule->text, FIM_RULE_A_ACTION,
		      FIM_RULE_A_SEVERITY, FIM_RULE_A_TAGS,
		      FIM_RULE_A_MESSAGE) ||
	    nla_put_u8(skb, FIM_RULE_A_STATE, rule_state(rule)) ||
	    fill_real_path(skb, rule) || fill_match(skb, rule) ||
	    (rule->devices &&
	     nla_put(skb, FIM_RULE_A_DEVICES,
		     rule->nr_devices * sizeof(*rule->devices),
		     rule->devices))) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	genl_dump_check_consistent(cb, header);
	genlmsg_end(skb, header);
	return 0;
}

static struct fim_ruleset *begin_dump(struct netlink_callback *cb)
{
	struct fim_ruleset *rs;

	mutex_lock(&fim_policy_lock);
	rs = rcu_dereference_protected(fim_ruleset,
				       lockdep_is_held(&fim_policy_lock));
	/* Never 0, which would mean that there is nothing to compare. */
	cb->seq = (u32)rs->generation + 1 ?: 1;
	return rs;
}

int fim_nl_policy_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fim_ruleset *rs = begin_dump(cb);
	const struct fim_policy *policy;
	int err = 0;

	for (; cb->args[0] < rs->nr_policies && !err; cb->args[0]++) {
		policy = rs->policies[cb->args[0]];
		err = policy->kind ? fill_policy(skb, cb, policy) : 0;
		if (err)
			break;
	}
	mutex_unlock(&fim_policy_lock);
	return err && !skb->len ? err : skb->len;
}

/* The rules of a policy from number cb->args[1] on */
static int fill_rules(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct fim_policy *policy)
{
	const struct fim_rule *rule;
	int err;

	if (!policy->kind)
		return 0;
	list_for_each_entry(rule, &policy->rules, node) {
		if (rule->index < cb->args[1])
			continue;
		err = fill_rule(skb, cb, rule);
		if (err)
			return err;
		cb->args[1]++;
	}
	return 0;
}

int fim_nl_rule_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fim_ruleset *rs = begin_dump(cb);
	int err = 0;

	for (; cb->args[0] < rs->nr_policies; cb->args[0]++, cb->args[1] = 0) {
		err = fill_rules(skb, cb, rs->policies[cb->args[0]]);
		if (err)
			break;
	}
	mutex_unlock(&fim_policy_lock);
	return err && !skb->len ? err : skb->len;
}
