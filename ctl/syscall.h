/* SPDX-License-Identifier: GPL-2.0 */
/*
 * syscall.h - system calls by name, with the arguments that say something
 */
#ifndef FIMCTL_SYSCALL_H
#define FIMCTL_SYSCALL_H

#include <stddef.h>
#include <stdint.h>

/** @SYSCALL_ARGS: arguments of a system call */
#define SYSCALL_ARGS 6

/**
 * struct syscall_pair - one thing to tell about a system call
 * @key: what
 * @value: as text
 */
struct syscall_pair {
	const char *key;
	char value[256];
};

/**
 * struct syscall_info - what is to be told about a system call
 * @pair: the name first, then arguments in their order
 * @nr: how many
 */
struct syscall_info {
	struct syscall_pair pair[1 + SYSCALL_ARGS];
	size_t nr;
};

const char *syscall_name(uint32_t arch, int nr);
void syscall_decode(uint32_t arch, int nr, const uint64_t *args,
		    struct syscall_info *info);

#endif /* FIMCTL_SYSCALL_H */
