/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loading kernel modules, and kernels to boot by kexec.
 */
#ifndef FIM_LOAD_H
#define FIM_LOAD_H

#include <linux/types.h>

struct fim_hook;
struct ftrace_regs;

bool fim_load_is_refused(struct fim_hook *hook, struct ftrace_regs *fregs);

#endif /* FIM_LOAD_H */
