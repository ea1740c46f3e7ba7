/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The end of a filesystem that rules are about.
 */
#ifndef FIM_SB_DELETE_H
#define FIM_SB_DELETE_H

#include <linux/srcu.h>

struct ftrace_regs;

extern struct srcu_struct fim_sb_delete_srcu;

void fim_sb_delete_init(void);
void fim_sb_delete_check(unsigned long parent_ip, struct ftrace_regs *fregs);

#endif /* FIM_SB_DELETE_H */
