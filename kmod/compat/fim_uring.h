/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What io_uring hands to a file's driver: a command and the file.
 */
#ifndef FIM_COMPAT_URING_H
#define FIM_COMPAT_URING_H

#include "probed.h"

#if defined(FIM_HAVE_URING_CMD_HEADER)
#include <linux/io_uring/cmd.h>
#elif defined(FIM_HAVE_URING_CMD)
#include <linux/io_uring.h>
#else
/* No kernel before 5.19 has such commands. */
struct io_uring_cmd {
	struct file *file;
	u32 cmd_op;
};
#endif

#endif /* FIM_COMPAT_URING_H */
