/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands about containers, for the table in netlink.c.
 */
#ifndef FIM_NL_CONTAINER_H
#define FIM_NL_CONTAINER_H

#include <net/netlink.h>

#include "fim.h"

struct fim_policy;
struct genl_info;
struct netlink_callback;
struct sk_buff;

extern const struct nla_policy fim_container_attrs[FIM_CONTAINER_A_MAX + 1];

int fim_nl_bind_containers(struct fim_policy *policy,
			   const struct nlattr *nest);
int fim_nl_container_get(struct sk_buff *skb, struct netlink_callback *cb);
int fim_nl_container_add(struct sk_buff *skb, struct genl_info *info);
int fim_nl_container_del(struct sk_buff *skb, struct genl_info *info);

#endif /* FIM_NL_CONTAINER_H */
