// SPDX-License-Identifier: GPL-2.0
/*
 * A module that wants to redirect a function that fim hooks, as a live patch
 * does. Only one may: whoever comes second must be told.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static void leave_alone(unsigned long ip, unsigned long parent_ip,
			struct ftrace_ops *ops, void *regs)
{
}

static struct ftrace_ops rival_ops = {
	/* What it is given is of another type from kernel to kernel. */
	.func = (ftrace_func_t)(void *)leave_alone,
	.flags = FTRACE_OPS_FL_IPMODIFY |
		 (IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) ?
		  0 : FTRACE_OPS_FL_SAVE_REGS),
};

static char *function = "security_inode_unlink";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "what to redirect");

static int __init rival_init(void)
{
	int err;

	err = ftrace_set_filter(&rival_ops, function, strlen(function), 0) ?:
	      register_ftrace_function(&rival_ops);
	/* What the filter took is not freed with the module. */
	if (err)
		ftrace_set_filter(&rival_ops, NULL, 0, 1);
	return err;
}

static void __exit rival_exit(void)
{
	unregister_ftrace_function(&rival_ops);
	ftrace_set_filter(&rival_ops, NULL, 0, 1);
}

module_init(rival_init);
module_exit(rival_exit);

MODULE_DESCRIPTION("Redirects a function that fim hooks");
MODULE_LICENSE("GPL");
