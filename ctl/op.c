// SPDX-License-Identifier: GPL-2.0
/*
 * op.c - operations by name
 */
#include "../uapi/fim.h"
#include "array.h"
#include "op.h"

/**
 * op_name() - the name of an operation
 * @op: enum fim_op
 *
 * Return: the name; "unknown" for one from a newer module.
 */
const char *op_name(uint64_t op)
{
	static const char *const name[] = {
		[FIM_OP_CREATE] = "create",
		[FIM_OP_LINK] = "link",
		[FIM_OP_UNLINK] = "unlink",
		[FIM_OP_SYMLINK] = "symlink",
		[FIM_OP_MKDIR] = "mkdir",
		[FIM_OP_RMDIR] = "rmdir",
		[FIM_OP_MKNOD] = "mknod",
		[FIM_OP_RENAME] = "rename",
		[FIM_OP_SETATTR] = "setattr",
		[FIM_OP_SETXATTR] = "setxattr",
		[FIM_OP_REMOVEXATTR] = "removexattr",
		[FIM_OP_SETACL] = "setacl",
		[FIM_OP_REMOVEACL] = "removeacl",
		[FIM_OP_FILEATTR] = "fileattr",
		[FIM_OP_OPEN] = "open",
		[FIM_OP_IOCTL] = "ioctl",
		[FIM_OP_MOUNT] = "mount",
		[FIM_OP_MOVE_MOUNT] = "move_mount",
		[FIM_OP_UMOUNT] = "umount",
		[FIM_OP_PIVOT_ROOT] = "pivot_root",
	};

	if (op >= ARRAY_SIZE(name) || !name[op])
		return "unknown";
	return name[op];
}
