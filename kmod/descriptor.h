/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hooks on what is done by an open descriptor.
 */
#ifndef FIM_DESCRIPTOR_H
#define FIM_DESCRIPTOR_H

#include "fim_ftrace.h"

void fim_hook_file_permission(unsigned long ip, unsigned long parent_ip,
			      struct ftrace_ops *ops,
			      struct ftrace_regs *fregs);
void fim_hook_file_fcntl(unsigned long ip, unsigned long parent_ip,
			 struct ftrace_ops *ops, struct ftrace_regs *fregs);
void fim_hook_mapping(unsigned long ip, unsigned long parent_ip,
		      struct ftrace_ops *ops, struct ftrace_regs *fregs);

#endif /* FIM_DESCRIPTOR_H */
