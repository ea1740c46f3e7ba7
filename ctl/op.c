// SPDX-License-Identifier: GPL-2.0
/*
 * op.c - operations by name
 */
#include <string.h>

#include "../uapi/fim.h"
#include "op.h"

/* An operation that has no name does not compile. */
#pragma GCC diagnostic error "-Wswitch"

/**
 * op_name() - the name of an operation
 * @op: enum fim_op
 *
 * Return: the name; "unknown" for one from a newer module.
 */
const char *op_name(uint64_t op)
{
	if (op > FIM_OP_MAX)
		return "unknown";
	switch ((enum fim_op)op) {
	case FIM_OP_CREATE:
		return "create";
	case FIM_OP_LINK:
		return "link";
	case FIM_OP_UNLINK:
		return "unlink";
	case FIM_OP_SYMLINK:
		return "symlink";
	case FIM_OP_MKDIR:
		return "mkdir";
	case FIM_OP_RMDIR:
		return "rmdir";
	case FIM_OP_MKNOD:
		return "mknod";
	case FIM_OP_RENAME:
		return "rename";
	case FIM_OP_SETATTR:
		return "setattr";
	case FIM_OP_SETXATTR:
		return "setxattr";
	case FIM_OP_REMOVEXATTR:
		return "removexattr";
	case FIM_OP_SETACL:
		return "setacl";
	case FIM_OP_REMOVEACL:
		return "removeacl";
	case FIM_OP_FILEATTR:
		return "fileattr";
	case FIM_OP_OPEN:
		return "open";
	case FIM_OP_IOCTL:
		return "ioctl";
	case FIM_OP_MOUNT:
		return "mount";
	case FIM_OP_MOVE_MOUNT:
		return "move_mount";
	case FIM_OP_UMOUNT:
		return "umount";
	case FIM_OP_PIVOT_ROOT:
		return "pivot_root";
	case FIM_OP_WRITE:
		return "write";
	case FIM_OP_MMAP:
		return "mmap";
	case FIM_OP_MPROTECT:
		return "mprotect";
	case FIM_OP_QUOTA_ON:
		return "quota_on";
	case FIM_OP_RAW:
		return "raw";
	case FIM_OP_READ:
		return "read";
	case FIM_OP_MODULE:
		return "module";
	case FIM_OP_KEXEC:
		return "kexec";
	case FIM_OP_FCNTL:
		return "fcntl";
	case FIM_OP_UNSPEC:
	case __FIM_OP_LAST:
		break;
	}
	return "unknown";
}

/**
 * op_find() - an operation by its name
 * @name: the name, or "write" for what begins with opening for it
 *
 * Return: enum fim_op; FIM_OP_UNSPEC if there is none of that name.
 */
uint8_t op_find(const char *name)
{
	uint8_t op;

	if (!strcmp(name, "write"))
		return FIM_OP_OPEN;
	for (op = FIM_OP_UNSPEC + 1; op <= FIM_OP_MAX; op++)
		if (!strcmp(name, op_name(op)))
			return op;
	return FIM_OP_UNSPEC;
}
