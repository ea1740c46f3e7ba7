/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a hook's arguments to the operation.
 */
#ifndef FIM_DECODE_H
#define FIM_DECODE_H

#include "fim_ftrace.h"

#define ARG(type, n)	((type)fim_ftrace_argument(fregs, n))

struct file;
struct fim_access;
struct fim_hook;

bool fim_mnt_ns_is_initial(const void *mnt_ns);
const struct dentry *fim_decode_file(const struct file *file);
const struct dentry *fim_decode_upper(const struct file *file);
const struct dentry *fim_decode_server(const struct fim_hook *hook,
				       struct ftrace_regs *fregs);
bool fim_decode(const struct fim_hook *hook, struct ftrace_regs *fregs,
		struct fim_access *access);
u8 fim_decode_spreading(void);
bool fim_mnt_ns_is_kept(void);
void fim_decode_init(void);

#endif /* FIM_DECODE_H */
