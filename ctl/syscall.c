// SPDX-License-Identifier: GPL-2.0
/*
 * syscall.c - system calls by name, with the arguments that say something
 *
 * Arguments that are pointers are left out: what they pointed at is gone, and
 * what matters of it, the kernel has put into the record.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <linux/audit.h>

#include "array.h"
#include "flags.h"
#include "syscall.h"
#include "syscall_names.h"

/** @X32_BIT: set in the numbers of x32 calls, which are else x86-64's */
#define X32_BIT 0x40000000

/**
 * enum kind - how an argument is shown
 * @SKIP: not at all
 * @INT: 32 bits with sign, in decimal: a descriptor, AT_FDCWD, an id or -1
 * @LENGTH: a length with sign, in decimal
 * @HEX: a number, in hexadecimal
 * @MODE: permission bits, in octal
 * @OPEN: O_*
 * @AT: AT_*
 * @UNLINK: AT_REMOVEDIR
 * @RENAME: RENAME_*
 * @XATTR: XATTR_*
 * @FALLOC: FALLOC_FL_*
 */
enum kind {
	SKIP,
	INT,
	LENGTH,
	HEX,
	MODE,
	OPEN,
	AT,
	UNLINK,
	RENAME,
	XATTR,
	FALLOC,
};

/**
 * struct arg - an argument
 * @key: what it is called; names by which KubeArmor calls it come first
 * @kind: how it is shown
 */
struct arg {
	const char *key;
	uint8_t kind;
};

/**
 * struct call - a system call that a record can be about
 * @name: its name, on every architecture that has it
 * @arg: its arguments up to the last one that is shown
 */
struct call {
	const char *name;
	struct arg arg[SYSCALL_ARGS];
};

#define NO		{ NULL, SKIP }
#define DIRFD		{ "fd", INT }
#define OLDFD		{ "oldfd", INT }
#define NEWFD		{ "newfd", INT }
#define UID		{ "uid", INT }
#define GID		{ "gid", INT }

static const struct call calls[] = {
	{ "open", { NO, { "flags", OPEN }, { "mode", MODE } } },
	{ "creat", { NO, { "mode", MODE } } },
	{ "openat", { DIRFD, NO, { "flags", OPEN }, { "mode", MODE } } },
	{ "openat2", { DIRFD } },
	{ "open_by_handle_at", { DIRFD, NO, { "flags", OPEN } } },
	{ "linkat", { OLDFD, NO, NEWFD, NO, { "flags", AT } } },
	{ "symlinkat", { NO, NEWFD } },
	{ "unlinkat", { DIRFD, NO, { "flags", UNLINK } } },
	{ "mkdir", { NO, { "mode", MODE } } },
	{ "mkdirat", { DIRFD, NO, { "mode", MODE } } },
	{ "mknod", { NO, { "mode", MODE }, { "dev", HEX } } },
	{ "mknodat", { DIRFD, NO, { "mode", MODE }, { "dev", HEX } } },
	{ "renameat", { OLDFD, NO, NEWFD } },
	{ "renameat2", { OLDFD, NO, NEWFD, NO, { "flags", RENAME } } },
	{ "chmod", { NO, { "mode", MODE } } },
	{ "fchmod", { DIRFD, { "mode", MODE } } },
	{ "fchmodat", { DIRFD, NO, { "mode", MODE } } },
	{ "fchmodat2", { DIRFD, NO, { "mode", MODE }, { "flags", AT } } },
	{ "chown", { NO, UID, GID } },
	{ "chown32", { NO, UID, GID } },
	{ "lchown", { NO, UID, GID } },
	{ "lchown32", { NO, UID, GID } },
	{ "fchown", { DIRFD, UID, GID } },
	{ "fchown32", { DIRFD, UID, GID } },
	{ "fchownat", { DIRFD, NO, UID, GID, { "flags", AT } } },
	{ "truncate", { NO, { "length", LENGTH } } },
	{ "ftruncate", { DIRFD, { "length", LENGTH } } },
	{ "ftruncate64", { DIRFD } },
	{ "fallocate", { DIRFD, { "mode", FALLOC } } },
	{ "futimesat", { DIRFD } },
	{ "utimensat", { DIRFD, NO, NO, { "flags", AT } } },
	{ "utimensat_time64", { DIRFD, NO, NO, { "flags", AT } } },
	{ "setxattr", { NO, NO, NO, { "size", LENGTH }, { "flags", XATTR } } },
	{ "lsetxattr", { NO, NO, NO, { "size", LENGTH }, { "flags", XATTR } } },
	{ "fsetxattr", { DIRFD, NO, NO, { "size", LENGTH }, { "flags", XATTR } } },
	{ "setxattrat", { DIRFD, NO, { "flags", AT } } },
	{ "fremovexattr", { DIRFD } },
	{ "removexattrat", { DIRFD, NO, { "flags", AT } } },
	{ "ioctl", { DIRFD, { "cmd", HEX } } },
	{ "file_setattr", { DIRFD, NO, NO, { "size", LENGTH }, { "flags", AT } } },
	{ "bind", { DIRFD } },
	{ "init_module", { NO, { "size", LENGTH } } },
	{ "finit_module", { DIRFD, NO, { "flags", HEX } } },
	{ "kexec_load", { NO, { "segments", LENGTH }, NO, { "flags", HEX } } },
	{ "kexec_file_load", { DIRFD, { "initrd_fd", INT }, NO, NO, { "flags", HEX } } },
};

/**
 * struct names - the table of an architecture
 * @arch: AUDIT_ARCH_*
 * @names: one after the other, by number; without pointers, of which each
 *	would take two words and a relocation
 * @end: behind the last
 */
static const struct names {
	uint32_t arch;
	const char *names;
	const char *end;
} tables[] = {
#define TABLE(array) array, array + sizeof(array) - 1
#ifdef HAVE_X86_NAMES
	{ AUDIT_ARCH_X86_64, TABLE(names_x86_64) },
	{ AUDIT_ARCH_I386, TABLE(names_i386) },
#endif
	{ AUDIT_ARCH_AARCH64, TABLE(names_arm64) },
};

static const char *nth_name(const struct names *table, int nr)
{
	const char *name = table->names;

	for (; nr > 0 && name < table->end; nr--)
		name += strlen(name) + 1;
	return nr == 0 && name < table->end && *name ? name : NULL;
}

/**
 * syscall_name() - the name of a system call
 * @arch: AUDIT_ARCH_*
 * @nr: its number there
 *
 * Return: the name in lower case, or NULL if it is not known.
 */
const char *syscall_name(uint32_t arch, int nr)
{
	size_t i;

	if (arch == AUDIT_ARCH_X86_64 && nr >= X32_BIT)
		nr -= X32_BIT;
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		if (tables[i].arch == arch)
			return nth_name(&tables[i], nr);
	return NULL;
}

static void show_arg(char *to, size_t size, uint32_t arch, enum kind kind,
		     uint64_t value)
{
	switch (kind) {
	case SKIP:
		break;
	case INT:
		/* The kernel looks at 32 bits of the register. */
		snprintf(to, size, "%d", (int32_t)value);
		break;
	case LENGTH:
		snprintf(to, size, "%lld", arch & __AUDIT_ARCH_64BIT ?
			 (long long)value : (long long)(int32_t)value);
		break;
	case HEX:
		snprintf(to, size, "0x%x", (uint32_t)value);
		break;
	case MODE:
		snprintf(to, size, "%#o", (uint16_t)value);
		break;
	case OPEN:
		flags_open(to, size, arch == AUDIT_ARCH_AARCH64, value);
		break;
	case AT:
		flags_at(to, size, value);
		break;
	case UNLINK:
		flags_unlink(to, size, value);
		break;
	case RENAME:
		flags_rename(to, size, value);
		break;
	case XATTR:
		flags_xattr(to, size, value);
		break;
	case FALLOC:
		flags_fallocate(to, size, value);
		break;
	}
}

static struct syscall_pair *add_pair(struct syscall_info *info, const char *key)
{
	struct syscall_pair *pair = &info->pair[info->nr++];

	pair->key = key;
	pair->value[0] = '\0';
	return pair;
}

static void add_name(struct syscall_info *info, const char *name, int nr)
{
	struct syscall_pair *pair = add_pair(info, "syscall");
	char *p = pair->value;

	if (!name) {
		snprintf(p, sizeof(pair->value), "SYS_%d", nr);
		return;
	}
	snprintf(p, sizeof(pair->value), "SYS_%s", name);
	for (; *p; p++)
		*p = toupper((unsigned char)*p);
}

static bool is_shown(const struct call *call, size_t i, const uint64_t *args)
{
	if (call->arg[i].kind == SKIP)
		return false;
	/* A mode counts only if something is created, flags only if set. */
	if (call->arg[i].kind == MODE && i && call->arg[i - 1].kind == OPEN)
		return flags_open_creates(args[i - 1]);

	switch (call->arg[i].kind) {
	case AT:
	case UNLINK:
	case RENAME:
	case XATTR:
		return (uint32_t)args[i];
	default:
		return true;
	}
}

static void add_args(struct syscall_info *info, uint32_t arch,
		     const struct call *call, const uint64_t *args)
{
	struct syscall_pair *pair;
	size_t i;

	for (i = 0; i < SYSCALL_ARGS; i++) {
		if (!is_shown(call, i, args))
			continue;
		pair = add_pair(info, call->arg[i].key);
		show_arg(pair->value, sizeof(pair->value), arch,
			 call->arg[i].kind, args[i]);
	}
}

/**
 * syscall_decode() - tell what there is to tell about a system call
 * @arch: AUDIT_ARCH_*
 * @nr: its number there
 * @args: its SYSCALL_ARGS arguments, or NULL if they are not known
 * @info: set
 */
void syscall_decode(uint32_t arch, int nr, const uint64_t *args,
		    struct syscall_info *info)
{
	const char *name = syscall_name(arch, nr);
	size_t i;

	info->nr = 0;
	add_name(info, name, nr);
	if (!name || !args)
		return;
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (!strcmp(calls[i].name, name))
			add_args(info, arch, &calls[i], args);
}
