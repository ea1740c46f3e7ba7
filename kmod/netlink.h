/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family; uapi/fim.h describes it.
 */
#ifndef FIM_NETLINK_H
#define FIM_NETLINK_H

void fim_netlink_notify(const void *record, unsigned int len);
int fim_netlink_init(void);
void fim_netlink_exit(void);

#endif /* FIM_NETLINK_H */
