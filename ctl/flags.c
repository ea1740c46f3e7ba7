// SPDX-License-Identifier: GPL-2.0
/*
 * flags.c - flag arguments of system calls by name
 *
 * Values are those of the architecture that made the call, which need not be
 * the one that we run on, so they stand here and not in a system header.
 */
#include <stdio.h>
#include <string.h>

#include "flags.h"

/**
 * struct flag - one flag
 * @name: its name; ends the table if NULL
 * @bits: its bits; those of several bits come before their parts
 */
struct flag {
	const char *name;
	uint32_t bits;
};

static void append(char *to, size_t size, const char *text)
{
	size_t len = strlen(to);

	snprintf(to + len, size - len, "%s%s", len ? "|" : "", text);
}

static uint32_t append_flags(char *to, size_t size, const struct flag *flag,
			     uint32_t value)
{
	for (; flag->name; flag++) {
		if ((value & flag->bits) != flag->bits)
			continue;
		append(to, size, flag->name);
		value &= ~flag->bits;
	}
	return value;
}

static void append_rest(char *to, size_t size, uint32_t value)
{
	char hex[16];

	if (!value && *to)
		return;
	snprintf(hex, sizeof(hex), value ? "0x%x" : "%x", value);
	append(to, size, hex);
}

static void show(char *to, size_t size, const struct flag *flag, uint32_t value)
{
	*to = '\0';
	append_rest(to, size, append_flags(to, size, flag, value));
}

/** @O_ACCESS: the access mode, which is a number and no set of bits */
#define O_ACCESS	3
#define O_CREATE	0100

static const struct flag open_common[] = {
	{ "O_CREAT", O_CREATE },
	{ "O_EXCL", 0200 },
	{ "O_NOCTTY", 0400 },
	{ "O_TRUNC", 01000 },
	{ "O_APPEND", 02000 },
	{ "O_NONBLOCK", 04000 },
	{ "O_SYNC", 04010000 },
	{ "O_DSYNC", 010000 },
	{ "O_ASYNC", 020000 },
	{ "O_NOATIME", 01000000 },
	{ "O_CLOEXEC", 02000000 },
	{ "O_PATH", 010000000 },
	{ NULL, 0 },
};

static const struct flag open_x86[] = {
	{ "O_TMPFILE", 020200000 },
	{ "O_DIRECT", 040000 },
	{ "O_LARGEFILE", 0100000 },
	{ "O_DIRECTORY", 0200000 },
	{ "O_NOFOLLOW", 0400000 },
	{ NULL, 0 },
};

static const struct flag open_arm64[] = {
	{ "O_TMPFILE", 020040000 },
	{ "O_DIRECTORY", 040000 },
	{ "O_NOFOLLOW", 0100000 },
	{ "O_DIRECT", 0200000 },
	{ "O_LARGEFILE", 0400000 },
	{ NULL, 0 },
};

/**
 * flags_open() - show the flags of open
 * @to: set to the text
 * @size: its size, 256 at least
 * @arm64: the call was made on arm64, where some have other values
 * @value: the flags
 */
void flags_open(char *to, size_t size, bool arm64, uint32_t value)
{
	static const char *const access[] = { "O_RDONLY", "O_WRONLY", "O_RDWR",
					      "O_ACCMODE" };

	*to = '\0';
	append(to, size, access[value & O_ACCESS]);
	value = append_flags(to, size, open_common, value & ~O_ACCESS);
	value = append_flags(to, size, arm64 ? open_arm64 : open_x86, value);
	append_rest(to, size, value);
}

/**
 * flags_open_creates() - whether open looks at its mode
 * @value: its flags
 *
 * Return: true with O_CREAT or O_TMPFILE.
 */
bool flags_open_creates(uint32_t value)
{
	return value & (O_CREATE | 020000000);
}

/**
 * flags_at() - show AT_* flags
 * @to: set to the text
 * @size: its size
 * @value: the flags
 */
void flags_at(char *to, size_t size, uint32_t value)
{
	static const struct flag flag[] = {
		{ "AT_SYMLINK_NOFOLLOW", 0x100 },
		{ "AT_SYMLINK_FOLLOW", 0x400 },
		{ "AT_NO_AUTOMOUNT", 0x800 },
		{ "AT_EMPTY_PATH", 0x1000 },
		{ NULL, 0 },
	};

	show(to, size, flag, value);
}

/**
 * flags_unlink() - show the flags of unlinkat
 * @to: set to the text
 * @size: its size
 * @value: the flags
 */
void flags_unlink(char *to, size_t size, uint32_t value)
{
	static const struct flag flag[] = {
		{ "AT_REMOVEDIR", 0x200 },
		{ NULL, 0 },
	};

	show(to, size, flag, value);
}

/**
 * flags_rename() - show the flags of renameat2
 * @to: set to the text
 * @size: its size
 * @value: the flags
 */
void flags_rename(char *to, size_t size, uint32_t value)
{
	static const struct flag flag[] = {
		{ "RENAME_NOREPLACE", 1 },
		{ "RENAME_EXCHANGE", 2 },
		{ "RENAME_WHITEOUT", 4 },
		{ NULL, 0 },
	};

	show(to, size, flag, value);
}

/**
 * flags_xattr() - show the flags of setxattr
 * @to: set to the text
 * @size: its size
 * @value: the flags
 */
void flags_xattr(char *to, size_t size, uint32_t value)
{
	static const struct flag flag[] = {
		{ "XATTR_CREATE", 1 },
		{ "XATTR_REPLACE", 2 },
		{ NULL, 0 },
	};

	show(to, size, flag, value);
}

/**
 * flags_fallocate() - show the mode of fallocate
 * @to: set to the text
 * @size: its size
 * @value: the mode
 */
void flags_fallocate(char *to, size_t size, uint32_t value)
{
	static const struct flag flag[] = {
		{ "FALLOC_FL_KEEP_SIZE", 0x01 },
		{ "FALLOC_FL_PUNCH_HOLE", 0x02 },
		{ "FALLOC_FL_COLLAPSE_RANGE", 0x08 },
		{ "FALLOC_FL_ZERO_RANGE", 0x10 },
		{ "FALLOC_FL_INSERT_RANGE", 0x20 },
		{ "FALLOC_FL_UNSHARE_RANGE", 0x40 },
		{ NULL, 0 },
	};

	show(to, size, flag, value);
}
