// SPDX-License-Identifier: GPL-2.0
/*
 * call.c - the system call of a record
 */
#include <string.h>

#include "../uapi/fim.h"
#include "attr.h"
#include "call.h"

/**
 * call_decode() - tell what there is to tell about a record's system call
 * @tb: attributes of the record
 * @info: set; empty if there was none
 */
void call_decode(struct nlattr **tb, struct syscall_info *info)
{
	struct nlattr *nla = tb[FIM_EVENT_A_ARGS];
	uint64_t args[SYSCALL_ARGS];

	if (attr_number(tb[FIM_EVENT_A_FLAGS]) & FIM_EVENT_IO_URING) {
		info->nr = 1;
		info->pair[0] = (struct syscall_pair){ "syscall", "io_uring" };
		return;
	}
	info->nr = 0;
	if (!tb[FIM_EVENT_A_SYSCALL])
		return;
	if (nla && nla_len(nla) == sizeof(args))
		memcpy(args, nla_data(nla), sizeof(args));
	else
		nla = NULL;
	syscall_decode(attr_number(tb[FIM_EVENT_A_ARCH]),
		       (int32_t)attr_number(tb[FIM_EVENT_A_SYSCALL]),
		       nla ? args : NULL, info);
}
