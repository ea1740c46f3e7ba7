/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The self-test's calls of the hooked functions themselves.
 */
#ifndef FIM_SELFTEST_DIRECT_H
#define FIM_SELFTEST_DIRECT_H

#include <linux/path.h>
#include <linux/types.h>

struct dentry;
struct file;
struct fim_hook;

/**
 * struct fim_selftest_files - what the self-test is refused to change
 * @path: its directory
 * @reg: a file in it
 * @file: that one, open for reading; about to be closed
 * @subdir: a directory in it
 * @negative: a name in it that does not exist
 */
struct fim_selftest_files {
	struct path path;
	struct dentry *reg;
	struct file *file;
	struct dentry *subdir;
	struct dentry *negative;
};

void fim_selftest_direct_init(void);
bool fim_selftest_is_mnt_ns(const void *mnt_ns);
int fim_selftest_direct(const struct fim_hook *hook,
			const struct fim_selftest_files *files);

#endif /* FIM_SELFTEST_DIRECT_H */
