/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The functions of the kernel that are hooked.
 */
#ifndef FIM_HOOK_H
#define FIM_HOOK_H

#include <linux/types.h>

#include "fim.h"
#include "fim_ftrace.h"

struct fim_ruleset;

/**
 * enum fim_demand - when a hook is attached
 * @FIM_DEMAND_NONE: always
 * @FIM_DEMAND_WRITERS: while fim_writers_exist(), or some rule lets files be
 *	appended to
 * @FIM_DEMAND_LOADS: while the ruleset has fim_ruleset.loads
 */
enum fim_demand {
	FIM_DEMAND_NONE,
	FIM_DEMAND_WRITERS,
	FIM_DEMAND_LOADS,
	FIM_DEMAND_NR,
};

/**
 * struct fim_hook - a hooked function
 * @symbol: its name
 * @loses: what is not protected without it
 * @ops: how it is attached; hooks that find their object at the same place of
 *	their arguments share one
 * @op: enum fim_op
 * @required: the module does not arm without it
 * @demand: enum fim_demand; the same of all that share @ops
 * @by_uring: it has an io_uring command instead of a file and its arguments
 * @by_spreading: it has the namespace that a copy of a mount is for
 * @by_server: file servers call it, and no other hook; what others call it for
 *	has been decided about
 * @by_file: it has a file of which the kernel takes what it loads
 * @addr: where it is, 0 if this kernel has none; constant while attached
 * @traced: a kprobe there is served by ftrace; constant while attached
 * @fired: the self-test made it fire; written by hooks, too
 * @state: enum fim_hook_state, written by attaching and by the self-test
 */
struct fim_hook {
	const char *symbol;
	const char *loses;
	struct ftrace_ops *ops;
	u8 op;
	bool required;
	u8 demand;
	bool by_uring;
	bool by_spreading;
	bool by_server;
	bool by_file;
	unsigned long addr;
	bool traced;
	bool fired;
	u8 state;
};

/* What sets an ACL, and asks nobody */
#define FIM_SET_POSIX_ACL	"set_posix_acl"

/* What the kernel asks whether a namespace has room for a mount */
#define FIM_COUNT_MOUNTS	"count_mounts"

extern struct fim_hook fim_hooks[];
extern const unsigned int fim_nr_hooks;

struct fim_hook *fim_hook_find(unsigned long ip);
void fim_hook_decide(const struct fim_ruleset *rs, unsigned long ip,
		     struct ftrace_regs *fregs);
unsigned long fim_hook_addr(const char *symbol);
void fim_hook_call(const struct fim_hook *hook, unsigned long parent_ip,
		   struct ftrace_regs *fregs);

#endif /* FIM_HOOK_H */
