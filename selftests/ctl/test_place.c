// SPDX-License-Identifier: GPL-2.0
/*
 * test_place.c - tests of ctl/place.c: the file that keeps the place
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper.h"
#include "place.h"

#include "kselftest_harness.h"

FIXTURE(place) {
	char dir[64];
	char path[80];
};

FIXTURE_SETUP(place)
{
	strcpy(self->dir, "/tmp/fim-place.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	snprintf(self->path, sizeof(self->path), "%s/state", self->dir);
}

FIXTURE_TEARDOWN(place)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", self->dir);
	EXPECT_EQ(0, system(command));
}

TEST_F(place, there_and_back)
{
	struct place in = { .next = UINT64_MAX }, out;
	struct stat st;
	int i;

	for (i = 0; i < BOOT_ID_SIZE; i++)
		in.boot_id[i] = i * 17;
	ASSERT_EQ(0, place_write(self->path, &in));
	in.next = 7;
	ASSERT_EQ(0, place_write(self->path, &in));
	ASSERT_EQ(0, place_read(self->path, &out));
	EXPECT_EQ(7, out.next);
	EXPECT_FALSE(out.any_boot);
	EXPECT_FALSE(out.counted);
	in.counted = true;
	in.total = 1ULL << 63;
	ASSERT_EQ(0, place_write(self->path, &in));
	ASSERT_EQ(0, place_read(self->path, &out));
	EXPECT_EQ(7, out.next);
	EXPECT_TRUE(out.counted);
	EXPECT_EQ(1ULL << 63, out.total);
	EXPECT_EQ(0, memcmp(in.boot_id, out.boot_id, BOOT_ID_SIZE));
	ASSERT_EQ(0, stat(self->path, &st));
	EXPECT_EQ(0600, st.st_mode & 0777);
}

TEST_F(place, is_replaced_whole)
{
	struct place in = { .next = 1 };
	char new_path[96];
	struct stat before, after;

	ASSERT_EQ(0, place_write(self->path, &in));
	ASSERT_EQ(0, stat(self->path, &before));
	/* Left by a crash. */
	snprintf(new_path, sizeof(new_path), "%s.new", self->path);
	ASSERT_EQ(0, link(self->path, new_path));
	ASSERT_EQ(0, unlink(new_path));
	ASSERT_EQ(0, place_write(self->path, &in));
	ASSERT_EQ(0, stat(self->path, &after));
	EXPECT_NE(before.st_ino, after.st_ino);
	EXPECT_NE(0, access(new_path, F_OK));
}

TEST_F(place, errors)
{
	static const char *const wrong[] = {
		"", "\n", "fim 1", "fim 2 00112233445566778899aabbccddeeff 1\n",
		"fim 1 00112233445566778899aabbccddee 1\n",
		"fim 1 00112233445566778899aabbccddeeff\n",
		"fim 1 00112233445566778899aabbccddeeff 1",
		"fim 1 00112233445566778899aabbccddeeff x\n",
		"fim 1 00112233445566778899aabbccddeeff 1 x\n",
		"fim 1 00112233445566778899aabbccddeeff 1 2 3\n",
	};
	struct place place;
	FILE *file;
	size_t i;

	EXPECT_EQ(-ENOENT, place_read(self->path, &place));
	for (i = 0; i < ARRAY_SIZE_OF(wrong); i++) {
		file = fopen(self->path, "w");
		fputs(wrong[i], file);
		fclose(file);
		EXPECT_EQ(-EBADMSG, place_read(self->path, &place)) {
			TH_LOG("%s", wrong[i]);
		}
	}
	EXPECT_EQ(-ENOENT, place_write("/nowhere/at/all", &place));
}

TEST_HARNESS_MAIN
