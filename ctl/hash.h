/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hash.h - a stable key of what happened, so that alerts can be told apart
 */
#ifndef FIMCTL_HASH_H
#define FIMCTL_HASH_H

#include <netlink/attr.h>

#include "buf.h"

void hash_record(struct nlattr **tb, struct buf *hex);

#endif /* FIMCTL_HASH_H */
