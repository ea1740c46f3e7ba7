// SPDX-License-Identifier: GPL-2.0
/*
 * test_devices.c - tests of ctl/devices.c on made-up sysfs trees
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

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

static void below(const char *dir, unsigned int major, unsigned int minor,
		  struct devices *set)
{
	set->nr = 0;
	devices_add(set, major, minor);
	devices_below(dir, dir, set);
}

#define EXPECT_BELOW(want, major, minor) do { \
	below(self->dir, major, minor, &self->set); \
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
	below(self->dir, 254, 0, &self->set);
	qsort(self->set.v, self->set.nr, sizeof(*self->set.v), by_value);
	EXPECT_STREQ("8:0 8:2 8:16 8:17 8:32 9:0 254:0", names(&self->set));
}

TEST_F(devices, btrfs)
{
	ASSERT_EQ(0, sh(self->dir, "mkdir -p fs/btrfs/features fs/btrfs/u/devices\n"
			"ln -s ../../../../block/sde fs/btrfs/u/devices/sde\n"
			"ln -s ../../../../block/sda/sda1 fs/btrfs/u/devices/sda1"));
	below(self->dir, 8, 1, &self->set);
	qsort(self->set.v, self->set.nr, sizeof(*self->set.v), by_value);
	EXPECT_STREQ("8:0 8:1 8:64", names(&self->set));
	EXPECT_BELOW("8:32", 8, 32);
}

/* ext4 on sda1: its journal is in itself, then on sde, then on nothing known. */
TEST_F(devices, ext4_journal)
{
	ASSERT_EQ(0, sh(self->dir, "mkdir -p fs/ext4/sda1 fs/jbd2/sda1-8 77 class\n"
			"ln -s ../block class/block\n"
			"echo 77 >fs/ext4/sda1/journal_task; echo jbd2/sda1-8 >77/comm"));
	EXPECT_BELOW("8:1 8:0", 8, 1);
	ASSERT_EQ(0, sh(self->dir, "mkdir fs/jbd2/sde; echo jbd2/sde >77/comm"));
	EXPECT_BELOW("8:1 8:64 8:0", 8, 1);
	EXPECT_BELOW("8:32", 8, 32);
	ASSERT_EQ(0, sh(self->dir, "rmdir fs/jbd2/sde"));
	EXPECT_BELOW("8:1 8:0", 8, 1);
	ASSERT_EQ(0, sh(self->dir, "mkdir fs/jbd2/sde; echo kworker/sde >77/comm"));
	EXPECT_BELOW("8:1 8:0", 8, 1);
}

/* Return: a block device of this machine, or NULL. */
static const char *block_device(struct stat *st)
{
	static char path[64];
	FILE *f = popen("find /dev -maxdepth 1 -type b | head -n 1", "r");
	bool found = fscanf(f, "%63s", path) == 1 && !stat(path, st);

	pclose(f);
	return found ? path : NULL;
}

TEST_F(devices, xfs)
{
	struct mount m = { .path = (char *)"/srv", .type = (char *)"xfs" };
	const struct mark at = { "p.yaml", 1, 1 };
	struct parsed p = { 0 };
	struct stat st;
	const char *path = block_device(&st);
	char options[256], *text;

	if (!path)
		SKIP(return, "there is no block device here");
	snprintf(options, sizeof(options), "rw,logdev=%s,rtdev=/none,noquota", path);
	m.options = options;
	self->set.nr = 0;
	devices_add_named(&self->set, &m, &at, &p.diags);
	ASSERT_EQ(1, self->set.nr);
	EXPECT_EQ(major(st.st_rdev) << 20 | minor(st.st_rdev), self->set.v[0]);
	text = print_diags(&p);
	EXPECT_NE(NULL, strstr(text, "p.yaml:1:1: warning: the filesystem at '/srv' is on "
			       "'/none', too (rtdev), which is not found: No such file"));
	free(text);
	diag_free(&p.diags);
	m.options = (char *)"rw,logdev=sdb1,rtdev=/dev/null";
	devices_add_named(&self->set, &m, &at, &p.diags);
	EXPECT_EQ(1, self->set.nr);
	EXPECT_EQ(2, p.diags.nr);
	diag_free(&p.diags);
	m.type = (char *)"other";
	devices_add_named(&self->set, &m, &at, &p.diags);
	EXPECT_EQ(0, p.diags.nr);
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
	below(self->dir, 254, 0, &self->set);
	EXPECT_EQ(FIM_DEVICES_MAX, self->set.nr);
}

/* A pattern's are those of the directory that it begins in. */
TEST(of_rules)
{
	static const char *const paths[] = { "/", "/none/", "/**.gz", "/usr/none/*" };
	struct policies set = { 0 };
	struct diags diags = { 0 };
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
	devices_find(p, &diags);
	EXPECT_EQ(0, diags.nr);
	if (!p->rules[0].nr_devices)
		SKIP(goto out, "the root is on no device");
	EXPECT_EQ(0, p->rules[1].nr_devices);
	EXPECT_EQ(p->rules[0].nr_devices, p->rules[2].nr_devices);
	EXPECT_EQ(0, p->rules[3].nr_devices);
out:
	policies_free(&set);
}

TEST_HARNESS_MAIN
