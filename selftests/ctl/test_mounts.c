// SPDX-License-Identifier: GPL-2.0
/*
 * test_mounts.c - tests of ctl/mounts.c: mountinfo, as the kernel writes it and
 * as it never would
 */
#include <errno.h>
#include <string.h>

#include "helper.h"
#include "mem.h"
#include "mounts.h"

#include "kselftest_harness.h"

/**
 * struct line - a line and what is in it
 * @line: the line
 * @path: its path; NULL if the line is none
 * @type: its type
 * @id: its number
 * @source: what was mounted; NULL if that does not matter
 */
static const struct line {
	const char *line;
	const char *path;
	const char *type;
	uint64_t id;
	const char *source;
} lines[] = {
	{ "36 35 98:0 /a /b rw,noatime master:1 - ext3 /dev/root rw\n",
	  "/b", "ext3", 36, "/dev/root" },
	{ "1 1 0:1 / / rw - rootfs rootfs rw", "/", "rootfs", 1 },
	{ "2 1 8:1 / /x rw shared:1 master:2 unbindable - xfs /dev/a rw",
	  "/x", "xfs", 2 },
	{ "3 1 8:1 / /a\\040b\\011c\\012d\\134e rw - ext4 x rw",
	  "/a b\tc\nd\\e", "ext4", 3, "x" },
	{ "4 1 8:1 / /\\303\\251\\377 rw - ext4 x rw", "/\303\251\377", "ext4",
	  4 },
	{ "5 1 8:1 / /a\\04 rw - ext4 x rw", "/a\\04", "ext4", 5 },
	{ "6 1 8:1 / /a\\ rw - ext4 x rw", "/a\\", "ext4", 6 },
	{ "7 1 8:1 / /a\\477 rw - ext4 x rw", "/a\\477", "ext4", 7 },
	{ "8 1 8:1 / /- rw - - x rw", "/-", "-", 8 },
	{ "9 1 8:1 / /t rw - fuse.a\\040b x rw", "/t", "fuse.a b", 9 },
	{ "10 1 8:1 / /t rw - ext4", "/t", "ext4", 10, "" },
	{ "18446744073709551615 1 8:1 / /t rw - a", "/t", "a", UINT64_MAX },
	{ "18446744073709551616 1 8:1 / /t rw - a" },
	{ "" },
	{ "\n" },
	{ " " },
	{ "      - ext4" },
	{ "-1 1 8:1 / /t rw - ext4 x rw" },
	{ "x 1 8:1 / /t rw - ext4 x rw" },
	{ "1x 1 8:1 / /t rw - ext4 x rw" },
	{ "1 1 8:1 / t rw - ext4 x rw" },
	{ "1 1 8:1 / /t rw shared:1 ext4 x rw" },
	{ "1 1 8:1 / /t rw -" },
	{ "1 1 8:1 / /t rw - " },
	{ "1 1 8:1 /" },
	{ "1 1 8:1 / /t -" },
};

TEST(one_line)
{
	struct mounts set = { 0 };
	char *copy;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(lines); i++) {
		copy = mem_string(lines[i].line);
		EXPECT_EQ(!!lines[i].path, mounts_parse_line(&set, copy)) {
			TH_LOG("%s", lines[i].line);
		}
		free(copy);
		ASSERT_EQ(!!lines[i].path, set.nr);
		if (lines[i].path) {
			EXPECT_STREQ(lines[i].path, set.v[0].path);
			EXPECT_STREQ(lines[i].type, set.v[0].type);
			EXPECT_EQ(lines[i].id, set.v[0].id);
			if (lines[i].source)
				EXPECT_STREQ(lines[i].source, set.v[0].source);
		}
		mounts_free(&set);
	}
}

TEST(interfaces)
{
	static const struct {
		const char *path, *type;
		bool is;
	} cases[] = {
		{ "/proc", "proc", true }, { "/srv", "ext4", false },
		{ "/boot/efi", "autofs", false },
		{ "/proc/sys/fs/binfmt_misc", "autofs", true },
		{ "/processes", "autofs", false },
	};
	struct mount m;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		m = (struct mount){ .path = (char *)cases[i].path,
				    .type = (char *)cases[i].type };
		EXPECT_EQ(cases[i].is, mount_is_interface(&m)) {
			TH_LOG("%s", cases[i].path);
		}
	}
}

TEST(own)
{
	struct mounts set = { 0 };
	bool root = false, proc = false;
	size_t i;

	EXPECT_EQ(-ENOENT, mounts_read(&set, "/nonexistent"));
	ASSERT_EQ(0, mounts_read(&set, "/proc/self/mountinfo"));
	for (i = 0; i < set.nr; i++) {
		root |= !strcmp(set.v[i].path, "/");
		proc |= !strcmp(set.v[i].path, "/proc") &&
			mount_is_interface(&set.v[i]);
	}
	EXPECT_TRUE(root);
	EXPECT_TRUE(proc);
	mounts_free(&set);
}

TEST(options)
{
	static const struct {
		const char *options;
		const char *key;
		const char *value;
	} cases[] = {
		{ "rw,logdev=/dev/a,rtdev=/dev/b", "logdev", "/dev/a" },
		{ "rw,logdev=/dev/a,rtdev=/dev/b", "rtdev", "/dev/b" },
		{ "logdev=/dev/a\\054b\\040c", "logdev", "/dev/a,b c" },
		{ "rw,xlogdev=/dev/a", "logdev", NULL },
		{ "rw,logdevx=/dev/a", "logdev", NULL },
		{ "rw,logdev", "logdev", NULL },
		{ "rw,logdev=", "logdev", "" },
		{ "", "logdev", NULL },
	};
	char line[256], *value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		struct mounts set = { 0 };

		snprintf(line, sizeof(line), "1 1 8:1 / /t rw - xfs /dev/x %s\n",
			 cases[i].options);
		ASSERT_TRUE(mounts_parse_line(&set, line));
		value = mount_option(&set.v[0], cases[i].key);
		if (cases[i].value && value)
			EXPECT_STREQ(cases[i].value, value);
		EXPECT_EQ(!cases[i].value, !value) {
			TH_LOG("%s", cases[i].options);
		}
		free(value);
		mounts_free(&set);
	}
}

TEST_HARNESS_MAIN
