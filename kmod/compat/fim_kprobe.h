/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a kprobe is given, as what a hook takes: a kernel with ftrace may hand
 * out less than all registers, in another order.
 */
#ifndef FIM_COMPAT_KPROBE_H
#define FIM_COMPAT_KPROBE_H

#include <linux/ptrace.h>
#include <linux/string.h>

#include "fim_ftrace.h"

#if defined(CONFIG_ARM64) && defined(FIM_HAVE_FTRACE) && \
	defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)

#ifdef arch_ftrace_regs
struct fim_regs_room {
	struct __arch_ftrace_regs regs;
};

#define fim_room_regs(room)	((struct ftrace_regs *)&(room)->regs)
#else
struct fim_regs_room {
	struct ftrace_regs regs;
};

#define fim_room_regs(room)	(&(room)->regs)
#endif

static inline struct ftrace_regs *fim_kprobe_enter(struct pt_regs *regs,
						   struct fim_regs_room *room)
{
	memcpy(room->regs.regs, regs->regs, sizeof(room->regs.regs));
	room->regs.sp = regs->sp;
	room->regs.pc = regs->pc;
	return fim_room_regs(room);
}

static inline void fim_kprobe_leave(struct pt_regs *regs,
				    const struct fim_regs_room *room)
{
	regs->pc = room->regs.pc;
}

#else

/* There the registers are the first that it has, and all that a hook uses. */
struct fim_regs_room {
};

static inline struct ftrace_regs *fim_kprobe_enter(struct pt_regs *regs,
						   struct fim_regs_room *room)
{
	return (struct ftrace_regs *)regs;
}

static inline void fim_kprobe_leave(struct pt_regs *regs,
				    const struct fim_regs_room *room)
{
}

#endif

/* At a function's entry */
static inline unsigned long fim_kprobe_return_address(const struct pt_regs *regs)
{
#ifdef CONFIG_ARM64
	return regs->regs[30];
#else
	return *(unsigned long *)regs->sp;
#endif
}

#endif /* FIM_COMPAT_KPROBE_H */
