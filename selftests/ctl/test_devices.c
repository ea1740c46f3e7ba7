// SPDX-License-Identifier: GPL-2.0
/*
 * test_devices.c - tests of ctl/devices.c on made-up sysfs trees
 */
#include <stdlib.h>
#include <string.h>

#include "devices.h"
#include "helper.h"
#include "mem.h"

#include "kselftest_harness.h"

/*
 * sda (8:0) with sda1, sda2; sdb (8:16), sdc (8:32); LVM dm-0 (254:0) on sda2
 * and md0 (9:0), which lies on sdb and sdc; sde (8:64), unrelated.
 */
static const char tree[] =
	"mkdir -p dev/block block fs/btrfs\n"
	"disk() { mkdir -p block/$1/slaves; echo $2 >block/$1/dev;"
	" ln -s ../../block/$1 dev/block/$2; }\n"
	"part() { mkdir -p block/$1/$2; echo $3 >block/$1/$2/dev;"
	" echo 1 >block/$1/$2/partition; ln -s ../../block/$1/$2 dev/block/$3; }\n"
	"under() { ln -s ../../../dev/block/$3 block/$1/slaves/$2; }\n"
	"disk sda 8:0; part sda sda1 8:1; part sda sda2 8:2\n"
	"disk sdb 8:16; disk sdc 8:32; disk sde 8:64\n"
	"disk md0 9:0; under md0 sdb 8:16; under md0 sdc 8:32\n"
	"disk dm-0 254:0; under dm-0 sda2 8:2; under dm-0 md0 9:0\n"
	"part sdb sdb1 8:17";

FIXTURE(devices) {
	char dir[32];
	struct devices set;
};

FIXTURE_SETUP(devices)
{
	strcpy(self->dir, "/tmp/fim-test.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	ASSERT_EQ(0, sh(self->dir, tree));
}

FIXTURE_TEARDOWN(devices)
{
	sh("/", "rm -rf /tmp/fim-test.??????");
}

/* "8:1 8:0", sorted by who found them first */
static const char *names(const struct devices *set)
{
	static char text[FIM_DEVICES_MAX * 24];
	char *at = text;
	size_t i;

	*at = '\0';
	for (i = 0; i < set->nr; i++)
		at += sprintf(at, "%s%u:%u", i ? " " : "", set->v[i] >> 20,
			      set->v[i] & 0xfffff);
	return text;
}

#define EXPECT_BELOW(want, major, minor) do { \
	devices_below(self->dir, major, minor, &self->set); \
	EXPECT_STREQ(want, names(&self->set)); \
} while (0)

TEST_F(devices, partition_and_disk)
{
	/* A partition's disk, and no other partition */
	EXPECT_BELOW("8:1 8:0", 8, 1);
	/* All of a disk is written to by its partitions, too. */
	EXPECT_BELOW("8:16 8:17", 8, 16);
	EXPECT_BELOW("8:64", 8, 64);
	/* What sysfs does not know may be written to nevertheless. */
	EXPECT_BELOW("7:7", 7, 7);
	/* No block device */
	EXPECT_BELOW("", 0, 40);
}

static int by_value(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

TEST_F(devices, stacked)
{
	devices_below(self->dir, 254, 0, &self->set);
	qsort(self->set.v, self->set.nr, sizeof(*self->set.v), by_value);
	EXPECT_STREQ("8:0 8:2 8:16 8:17 8:32 9:0 254:0", names(&self->set));
}

TEST_F(devices, btrfs)
{
	ASSERT_EQ(0, sh(self->dir, "mkdir -p fs/btrfs/features fs/btrfs/u/devices\n"
			"ln -s ../../../../block/sde fs/btrfs/u/devices/sde\n"
			"ln -s ../../../../block/sda/sda1 fs/btrfs/u/devices/sda1"));
	devices_below(self->dir, 8, 1, &self->set);
	qsort(self->set.v, self->set.nr, sizeof(*self->set.v), by_value);
	EXPECT_STREQ("8:0 8:1 8:64", names(&self->set));
	EXPECT_BELOW("8:32", 8, 32);
}

/* A loop device's file: of what is in it, its filesystem's device is below. */
TEST_F(devices, loop)
{
	ASSERT_EQ(0, sh(self->dir, "disk() { mkdir -p block/$1/loop; echo $2 >block/$1/dev;"
			" ln -s ../../block/$1 dev/block/$2; }\n"
			"disk loop0 7:0; echo $PWD/gone >block/loop0/loop/backing_file\n"
			"disk loop1 7:1; echo /proc/version >block/loop1/loop/backing_file"));
	EXPECT_BELOW("7:0", 7, 0);
	EXPECT_BELOW("7:1", 7, 1);
}

/* As many as there is room for, and no more. */
TEST_F(devices, many)
{
	ASSERT_EQ(0, sh(self->dir, "for i in $(seq 100); do\n"
			"mkdir block/sd$i; echo 65:$i >block/sd$i/dev\n"
			"ln -s ../../sd$i block/dm-0/slaves/sd$i; done"));
	devices_below(self->dir, 254, 0, &self->set);
	EXPECT_EQ(FIM_DEVICES_MAX, self->set.nr);
}

/* A pattern's are those of the directory that it begins in. */
TEST(of_rules)
{
	static const char *const paths[] = { "/", "/none/", "/**.gz", "/usr/none/*" };
	struct policies set = { 0 };
	struct policy *p = policies_add(&set);
	struct rule *r;
	size_t i;

	p->kind = FIM_KIND_HOST;
	for (i = 0; i < ARRAY_SIZE_OF(paths); i++) {
		r = policy_add_rule(p);
		r->path = mem_string(paths[i]);
		r->type = strchr(paths[i], '*') ? FIM_RULE_PATTERN :
						  FIM_RULE_DIRECTORY;
	}
	devices_find(p);
	if (!p->rules[0].nr_devices)
		SKIP(goto out, "the root is on no device");
	EXPECT_EQ(0, p->rules[1].nr_devices);
	EXPECT_EQ(p->rules[0].nr_devices, p->rules[2].nr_devices);
	EXPECT_EQ(0, p->rules[3].nr_devices);
out:
	policies_free(&set);
}

TEST_HARNESS_MAIN
