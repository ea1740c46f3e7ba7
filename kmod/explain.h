/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command that explains, for the table in netlink.c.
 */
#ifndef FIM_EXPLAIN_H
#define FIM_EXPLAIN_H

#include <net/netlink.h>

#include "fim.h"

struct genl_info;
struct sk_buff;

extern const struct nla_policy fim_explain_attrs[FIM_EXPLAIN_A_MAX + 1];

int fim_nl_explain(struct sk_buff *skb, struct genl_info *info);

#endif /* FIM_EXPLAIN_H */
