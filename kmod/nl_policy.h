/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands about policies, for the table in netlink.c.
 */
#ifndef FIM_NL_POLICY_H
#define FIM_NL_POLICY_H

#include <net/netlink.h>

#include "fim.h"

struct genl_info;
struct netlink_callback;
struct sk_buff;

/* Tells the sender what is wrong with which attribute. Return: @err. */
static inline int fim_nl_refuse(struct netlink_ext_ack *extack,
				const struct nlattr *attr, const char *text,
				int err)
{
	NL_SET_BAD_ATTR(extack, attr);
	extack->_msg = text;
	return err;
}

extern const struct nla_policy fim_policy_attrs[FIM_POLICY_A_MAX + 1];
extern const struct nla_policy fim_rule_attrs[FIM_RULE_A_MAX + 1];

const char *fim_nl_bind_error(int err);
int fim_nl_policy_get(struct sk_buff *skb, struct netlink_callback *cb);
int fim_nl_rule_get(struct sk_buff *skb, struct netlink_callback *cb);
int fim_nl_txn_begin(struct sk_buff *skb, struct genl_info *info);
int fim_nl_policy_add(struct sk_buff *skb, struct genl_info *info);
int fim_nl_rule_add(struct sk_buff *skb, struct genl_info *info);
int fim_nl_policy_del(struct sk_buff *skb, struct genl_info *info);
int fim_nl_txn_commit(struct sk_buff *skb, struct genl_info *info);
int fim_nl_txn_abort(struct sk_buff *skb, struct genl_info *info);

#endif /* FIM_NL_POLICY_H */
