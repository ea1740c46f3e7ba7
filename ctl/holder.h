/* SPDX-License-Identifier: GPL-2.0 */
/*
 * holder.h - who has a file open for writing
 */
#ifndef FIMCTL_HOLDER_H
#define FIMCTL_HOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct held - a file that somebody has open for writing
 * @path: where it is; any bytes
 * @dev: its filesystem's device, as the kernel has it and procfs shows it
 * @stat_dev: its device as stat() has it, which may be another; 0 if not known
 * @ino: its inode number
 * @count: how often it is open for writing
 * @mapped: a mapping of it is shared and writable
 */
struct held {
	char *path;
	uint64_t dev;
	uint64_t stat_dev;
	uint64_t ino;
	uint64_t count;
	bool mapped;
};

/**
 * enum holder_kind - how a file is held
 * @HOLDER_FD: by a descriptor
 * @HOLDER_MAPPING: by a mapping that is shared and writable
 * @HOLDER_KEPT: by another mapping, of a descriptor for writing that is closed
 * @HOLDER_LOOP: by a loop device
 * @HOLDER_SWAP: as swap space
 */
enum holder_kind {
	HOLDER_FD,
	HOLDER_MAPPING,
	HOLDER_KEPT,
	HOLDER_LOOP,
	HOLDER_SWAP,
};

/**
 * struct holder - somebody who has a file open for writing
 * @file: index of the file
 * @kind: how
 * @pid: process id, of the first three kinds
 * @fd: number of the descriptor, of the first kind
 * @name: the process's, or that of the loop device
 */
struct holder {
	size_t file;
	enum holder_kind kind;
	pid_t pid;
	int fd;
	char *name;
};

/**
 * struct holders - all who were found
 * @v: the holders
 * @nr: how many
 * @cap: room in @v
 */
struct holders {
	struct holder *v;
	size_t nr;
	size_t cap;
};

void held_stat(struct held *file);
void holders_find(struct holders *found, const struct held *files, size_t nr);
void holder_print(const struct holder *h, const struct held *file);
void holders_free(struct holders *found);

#endif /* FIMCTL_HOLDER_H */
