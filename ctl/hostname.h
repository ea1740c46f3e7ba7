/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hostname.h - what this host is called
 */
#ifndef FIMCTL_HOSTNAME_H
#define FIMCTL_HOSTNAME_H

#include <stdbool.h>

#include "buf.h"

bool hostname_find(const char *kernel, const char *file, struct buf *name);
bool hostname_get(struct buf *name);

#endif /* FIMCTL_HOSTNAME_H */
