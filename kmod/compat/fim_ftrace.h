/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arguments of a traced function, and where it goes on, without the full
 * registers where the kernel can do without them.
 */
#ifndef FIM_COMPAT_FTRACE_H
#define FIM_COMPAT_FTRACE_H

#include <linux/ftrace.h>
#include <linux/ptrace.h>

#include "probed.h"

#if defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) || \
	defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS)
#define FIM_HAVE_FTRACE
#endif

#ifndef FIM_HAVE_FTRACE

/* Then a hook is given all registers by a kprobe, and an ops is but a name. */
struct fim_no_ftrace_ops {
	char name;
};

#define ftrace_ops		fim_no_ftrace_ops
#define ftrace_regs		pt_regs
#define ftrace_get_regs(regs)	(regs)
#define FIM_FTRACE_OPS(callback) {}

#else

/* Until 5.11 a callback is given the registers themselves. */
#ifndef FIM_HAVE_FTRACE_REGS
#define ftrace_regs		pt_regs
#define ftrace_get_regs(regs)	(regs)
#endif

#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
#define FIM_FTRACE_SAVE_ARGS	0
#else
#define FIM_FTRACE_SAVE_ARGS	FTRACE_OPS_FL_SAVE_REGS
#endif

#define FIM_FTRACE_OPS(callback) {					\
	.func = callback,						\
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT |	\
		 FIM_FTRACE_SAVE_ARGS,					\
}

#endif /* FIM_HAVE_FTRACE */

#if defined(FIM_HAVE_FTRACE) && defined(FIM_HAVE_FTRACE_REGS_ARGUMENT)

#define fim_ftrace_argument(fregs, n)	ftrace_regs_get_argument(fregs, n)
#define fim_ftrace_redirect(fregs, ip) \
	ftrace_regs_set_instruction_pointer(fregs, ip)

#elif defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)

#define fim_ftrace_argument(fregs, n) \
	regs_get_kernel_argument(&(fregs)->regs, n)
#define fim_ftrace_redirect(fregs, ip) \
	ftrace_instruction_pointer_set(fregs, ip)

#else

#define fim_ftrace_argument(fregs, n) \
	regs_get_kernel_argument(ftrace_get_regs(fregs), n)
#define fim_ftrace_redirect(fregs, ip) \
	instruction_pointer_set(ftrace_get_regs(fregs), ip)

#endif

#endif /* FIM_COMPAT_FTRACE_H */
