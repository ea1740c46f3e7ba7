/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family; uapi/fim.h describes it.
 */
#ifndef FIM_NETLINK_H
#define FIM_NETLINK_H

#include <linux/types.h>

struct fim_counts;
struct genl_info;
struct netlink_callback;
struct sk_buff;

void *fim_netlink_reply_header(struct sk_buff *skb, struct genl_info *info);
int fim_netlink_reply_status(struct genl_info *info);
void *fim_netlink_dump_header(struct sk_buff *skb, struct netlink_callback *cb,
			      u8 cmd);
int fim_netlink_put_counts(struct sk_buff *skb, int attr,
			   const struct fim_counts *counts);
void fim_netlink_notify(const void *record, unsigned int len);
int fim_netlink_init(void);
void fim_netlink_exit(void);

#endif /* FIM_NETLINK_H */
