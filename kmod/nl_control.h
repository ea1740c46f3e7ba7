/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands about what the module itself does: windows, trials, the seal.
 */
#ifndef FIM_NL_CONTROL_H
#define FIM_NL_CONTROL_H

struct genl_info;
struct sk_buff;

int fim_nl_pause(struct sk_buff *skb, struct genl_info *info);
int fim_nl_resume(struct sk_buff *skb, struct genl_info *info);
int fim_nl_confirm(struct sk_buff *skb, struct genl_info *info);
int fim_nl_seal(struct sk_buff *skb, struct genl_info *info);
int fim_nl_fill_control(struct sk_buff *skb);

#endif /* FIM_NL_CONTROL_H */
