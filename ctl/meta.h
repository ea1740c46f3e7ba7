/* SPDX-License-Identifier: GPL-2.0 */
/*
 * meta.h - what the kernel keeps for us about a policy
 */
#ifndef FIMCTL_META_H
#define FIMCTL_META_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "policy.h"

void meta_write(const struct policy *p, struct buf *out);
bool meta_fits(const struct policy *p);
void meta_read(struct policy *p, const void *meta, size_t len);

#endif /* FIMCTL_META_H */
