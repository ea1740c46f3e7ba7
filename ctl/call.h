/* SPDX-License-Identifier: GPL-2.0 */
/*
 * call.h - the system call of a record
 */
#ifndef FIMCTL_CALL_H
#define FIMCTL_CALL_H

#include <netlink/attr.h>

#include "syscall.h"

void call_decode(struct nlattr **tb, struct syscall_info *info);

#endif /* FIMCTL_CALL_H */
