/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mounts.h - what is mounted where
 */
#ifndef FIMCTL_MOUNTS_H
#define FIMCTL_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct mount - a mount
 * @id: as in STATX_MNT_ID
 * @path: where it is; any bytes
 * @type: of its filesystem: "ext4"
 * @source: what was mounted, as who did called it: "/dev/sda1"; may be empty
 * @options: of its filesystem, as procfs writes them: "rw,logdev=/dev/sdb1"; may
 *	be empty
 */
struct mount {
	uint64_t id;
	char *path;
	char *type;
	char *source;
	char *options;
};

/**
 * struct mounts - all mounts of a namespace
 * @v: the mounts, a lower one before what is mounted over it
 * @nr: how many
 * @cap: room in @v
 */
struct mounts {
	struct mount *v;
	size_t nr;
	size_t cap;
};

bool mounts_parse_line(struct mounts *set, char *line);
int mounts_read(struct mounts *set, const char *file);
void mounts_unescape(char *s);
char *mount_option(const struct mount *m, const char *key);
bool mount_is_interface(const struct mount *m);
void mounts_free(struct mounts *set);

#endif /* FIMCTL_MOUNTS_H */
