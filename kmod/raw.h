/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing to the block devices below filesystems with protected directories.
 */
#ifndef FIM_RAW_H
#define FIM_RAW_H

#include <linux/types.h>

struct file;

bool fim_raw_is_refused(const struct file *file);

#endif /* FIM_RAW_H */
