// SPDX-License-Identifier: GPL-2.0
/*
 * btrfs.c - subvolumes: made, and destroyed, by ioctls that ask no hook
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/btrfs.h>

#include "disk.h"
#include "harness.h"
#include "hit.h"

#define IMAGE "/mnt/ext4/btrfs.img"
#define TOP "/run/btrfs-top"
#define MNT "/run/btrfs"
#define SIZE (128 << 20)
#define OTHER_IMAGE "/mnt/ext4/btrfs2.img"
#define OTHER "/run/btrfs-other"

FIXTURE(btrfs) {
	struct fim_nl nl;
	const char *missing;
	const char *disk;
	bool block;
};

FIXTURE_VARIANT(btrfs) {
	const char *action;
};

FIXTURE_VARIANT_ADD(btrfs, block) { "Block" };
FIXTURE_VARIANT_ADD(btrfs, audit) { "Audit" };

static int in_dir(const char *dir, unsigned long cmd, const char *name)
{
	struct btrfs_ioctl_vol_args args = {};
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err;

	strcpy(args.name, name);
	err = fd < 0 ? errno : sys(ioctl(fd, cmd, &args));
	if (fd >= 0)
		close(fd);
	return err;
}

static int create(const char *dir, const char *name)
{
	return in_dir(dir, BTRFS_IOC_SUBVOL_CREATE, name);
}

static int destroy(const char *dir, const char *name)
{
	return in_dir(dir, BTRFS_IOC_SNAP_DESTROY, name);
}

static int snapshot(const char *of, const char *dir, const char *name)
{
	struct btrfs_ioctl_vol_args_v2 args = {};
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err;

	args.fd = open(of, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	strcpy(args.name, name);
	err = sys(ioctl(fd, BTRFS_IOC_SNAP_CREATE_V2, &args));
	close(args.fd);
	close(fd);
	return err;
}

static int make_image(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int err = fd < 0 ? errno : sys(ftruncate(fd, SIZE));

	close(fd);
	return err;
}

/*
 *   TOP         the filesystem's root:  @/  the subvolume mounted on MNT
 *   MNT         usr/bin/f   <- protected      snapshots/
 */
FIXTURE_SETUP(btrfs)
{
	self->nl.fd = -1;
	self->block = !strcmp(variant->action, "Block");
	self->missing = FIM_BARE() ? "needs the module" :
			access("/usr/bin/mkfs.btrfs", X_OK) ? "no mkfs.btrfs" :
			fim_tree_missing(FIM_EXT4) ?:
			fim_module("btrfs") ? "no btrfs" : NULL;
	if (self->missing)
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, make_image(IMAGE));
	ASSERT_EQ(0, system("mkfs.btrfs -q -f " IMAGE));
	self->disk = fim_loop_free();
	ASSERT_EQ(0, fim_loop_set(self->disk, IMAGE, O_RDWR));
	mkdir(TOP, 0755);
	mkdir(MNT, 0755);
	ASSERT_EQ(0, sys(mount(self->disk, TOP, "btrfs", 0, NULL)));
	ASSERT_EQ(0, create(TOP, "@"));
	ASSERT_EQ(0, sys(mount(self->disk, MNT, "btrfs", 0, "subvol=@")));
	ASSERT_EQ(0, mkdir(MNT "/usr", 0755));
	ASSERT_EQ(0, mkdir(MNT "/usr/bin", 0755));
	ASSERT_EQ(0, mkdir(MNT "/snapshots", 0755));
	ASSERT_EQ(0, fim_write_file(MNT "/usr/bin/f", "base"));
}

FIXTURE_TEARDOWN(btrfs)
{
	if (self->nl.fd < 0)
		return;
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, sys(umount2(MNT, 0)));
	EXPECT_EQ(0, sys(umount2(TOP, 0)));
	rmdir(MNT);
	rmdir(TOP);
	EXPECT_EQ(0, fim_loop_clear(self->disk));
	unlink(IMAGE);
	fim_nl_close(&self->nl);
}

#define EXPECT_SPARED(call) do { \
	unsigned long long _since = last_seq(&self->nl); \
	EXPECT_EQ(0, call) \
		TH_LOG("%s", #call); \
	EXPECT_STREQ("", fim_records(&self->nl, _since)) \
		TH_LOG("%s", #call); \
} while (0)

TEST_F(btrfs, D24_in_the_directory)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, create(MNT "/usr/bin", "old"));
	ASSERT_EQ(0, fim_apply_dirs("t", variant->action, MNT "/usr/bin/",
				    NULL));
	EXPECT_HIT("ioctl " MNT "/usr/bin", create(MNT "/usr/bin", "new"));
	EXPECT_HIT("ioctl " MNT "/usr/bin",
		   snapshot(MNT, MNT "/usr/bin", "snap"));
	EXPECT_HIT("ioctl " MNT "/usr/bin", destroy(MNT "/usr/bin", "old"));
	EXPECT_EQ(self->block ? 0 : ENOENT,
		  sys(access(MNT "/usr/bin/old", F_OK)));
}

static int protect_pattern(const FIXTURE_DATA(btrfs) *self)
{
	static const char policy[] =
		"apiVersion: security.kubearmor.com/v1\n"
		"kind: KubeArmorHostPolicy\n"
		"metadata: {name: t}\n"
		"spec:\n"
		"  nodeSelector: {matchLabels: {kubernetes.io/hostname: '*'}}\n"
		"  action: %s\n"
		"  file: {matchPatterns: [{pattern: " MNT "/home/*/keys/**, readOnly: true}]}\n";

	return fim_apply_yaml(fim_fmt(policy, self->block ? "Block" : "Audit"));
}

/* A subvolume comes or goes with all that a pattern matches in it. */
TEST_F(btrfs, D24_below_a_pattern)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, mkdir(MNT "/home", 0755));
	ASSERT_EQ(0, create(MNT "/home", "u"));
	ASSERT_EQ(0, create(MNT "/home/u", "keys"));
	ASSERT_EQ(0, create(MNT "/home/u/keys", "k"));
	ASSERT_EQ(0, mkdir(MNT "/home/u/keys/k/d", 0755));
	ASSERT_EQ(0, mkdir(MNT "/home/u/mail", 0755));
	ASSERT_EQ(0, protect_pattern(self));
	EXPECT_SPARED(create(MNT "/home/u/mail", "new"));
	EXPECT_SPARED(destroy(MNT "/home/u/mail", "new"));
	EXPECT_SPARED(snapshot(MNT "/home/u", MNT "/snapshots", "1"));
	EXPECT_SPARED(destroy(MNT "/snapshots", "1"));
	EXPECT_HIT("ioctl " MNT "/home/u/keys/k/d",
		   create(MNT "/home/u/keys/k/d", "new"));
	EXPECT_HIT("ioctl " MNT "/home", snapshot(MNT, MNT "/home", "v"));
	if (!self->block)
		ASSERT_EQ(0, destroy(MNT "/home/u/keys/k/d", "new"));
	EXPECT_HIT("ioctl " MNT "/home/u/keys", destroy(MNT "/home/u/keys", "k"));
	EXPECT_HIT("ioctl " MNT "/home/u", destroy(MNT "/home/u", "keys"));
	EXPECT_HIT("ioctl " MNT "/home", destroy(MNT "/home", "u"));
	EXPECT_EQ(self->block ? 0 : ENOENT, sys(access(MNT "/home/u", F_OK)));
}

/* Snapshots are made and thrown away; the rule's directory is in one of them. */
TEST_F(btrfs, M01_snapshots_elsewhere)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, fim_apply_dirs("t", variant->action, MNT "/usr/bin/",
				    NULL));
	EXPECT_SPARED(snapshot(MNT, MNT "/snapshots", "1"));
	EXPECT_SPARED(fim_write_file(MNT "/snapshots/1/usr/bin/f", "mine"));
	EXPECT_SPARED(destroy(MNT "/snapshots", "1"));
	EXPECT_SPARED(create(MNT, "var"));
	EXPECT_SPARED(destroy(MNT, "var"));
	EXPECT_SPARED(sys(rename(MNT "/snapshots", MNT "/snap")));
}

/* The subvolume that the rule's path goes through, by the one above it */
TEST_F(btrfs, D24_subvolume_on_the_way)
{
	NEEDS(self->missing);
	/* As it is mounted, nothing comes of it but under Block. */
	if (!self->block)
		SKIP(return, "the kernel goes on to destroy what is mounted");
	ASSERT_EQ(0, fim_apply_dirs("t", variant->action, MNT "/usr/bin/",
				    NULL));
	EXPECT_HIT("ioctl " MNT "/usr/bin", destroy(TOP, "@"));
	EXPECT_EQ(0, access(MNT "/usr/bin/f", F_OK));
	EXPECT_NE(0, sys(rename(TOP "/@", TOP "/@old")));
}

/* A rule waits for a name that comes as a subvolume. */
TEST_F(btrfs, H07_name_appears_as_a_subvolume)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, fim_apply_dirs("t", variant->action, MNT "/later/", NULL));
	ASSERT_EQ(0, create(MNT, "later"));
	EXPECT_HIT("create " MNT "/later/f",
		   fim_opened(open(MNT "/later/f",
				   O_CREAT | O_WRONLY | O_CLOEXEC, 0600)));
	ASSERT_EQ(0, fim_delete("t"));
	ASSERT_EQ(0, fim_apply_dirs("t", variant->action, MNT "/snap/", NULL));
	ASSERT_EQ(0, snapshot(MNT, MNT, "snap"));
	EXPECT_HIT("open " MNT "/snap/usr/bin/f",
		   fim_opened(open(MNT "/snap/usr/bin/f",
				   O_WRONLY | O_CLOEXEC)));
}

static int devices_of(const char *dir)
{
	struct btrfs_ioctl_fs_info_args args = {};
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = fd < 0 ? errno : sys(ioctl(fd, BTRFS_IOC_FS_INFO, &args));

	close(fd);
	return err ? -err : (int)args.num_devices;
}

static int protect_disk(const FIXTURE_DATA(btrfs) *self)
{
	static const char policy[] =
		"apiVersion: security.kubearmor.com/v1\n"
		"kind: KubeArmorHostPolicy\n"
		"metadata: {name: t%s}\n"
		"spec:\n"
		"  nodeSelector: {matchLabels: {kubernetes.io/hostname: '*'}}\n"
		"  action: Block\n"
		"  file: {matchDirectories: [{dir: " MNT "/usr/bin/, readOnly: true}]}\n";

	return fim_apply_yaml(fim_fmt(policy, self->block ?
				      ", annotations: {'fim/raw-device': Block}" :
				      ""));
}

/* Onto a device of the caller's, where he may write to the blocks */
TEST_F(btrfs, G06_moved_to_another_device)
{
	const char *added, *line = "raw " MNT "/usr/bin -> /@";

	NEEDS(self->missing);
	ASSERT_EQ(0, make_image(OTHER_IMAGE));
	added = fim_loop_free();
	ASSERT_EQ(0, fim_loop_set(added, OTHER_IMAGE, O_RDWR));
	ASSERT_EQ(0, protect_disk(self));
	EXPECT_HIT(line, in_dir(MNT, BTRFS_IOC_ADD_DEV, added));
	EXPECT_SPARED(self->block ? devices_of(MNT) != 1 : devices_of(MNT) != 2);
	if (!self->block)
		EXPECT_HIT(line, in_dir(MNT, BTRFS_IOC_RM_DEV, added));
	ASSERT_EQ(0, fim_delete("t"));
	EXPECT_SPARED(in_dir(MNT, BTRFS_IOC_ADD_DEV, added));
	EXPECT_EQ(2, devices_of(MNT));
	EXPECT_SPARED(in_dir(MNT, BTRFS_IOC_RM_DEV, added));
	EXPECT_EQ(0, fim_loop_clear(added));
	unlink(OTHER_IMAGE);
}

/* Nobody has the subvolume's name in memory. */
TEST_F(btrfs, D24_from_disk)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, create(MNT, "home"));
	ASSERT_EQ(0, mkdir(MNT "/home/keys", 0755));
	ASSERT_EQ(0, create(MNT "/snapshots", "old"));
	ASSERT_EQ(0, fim_apply_dirs("t", variant->action, MNT "/home/keys/",
				    NULL));
	fim_drop_caches("2");
	EXPECT_HIT("ioctl " MNT "/home/keys", destroy(MNT, "home"));
	EXPECT_SPARED(destroy(MNT "/snapshots", "old"));
	EXPECT_EQ(self->block ? 0 : ENOENT, sys(access(MNT "/home/keys", F_OK)));
}

/*
 * Before 6.17 it may have taken the device of the first: of which one it is told
 * stands in memory of the caller's.
 */
TEST_F(btrfs, G03_another_filesystem_grows)
{
	const char *line = "raw " MNT "/usr/bin -> /";
	const char *disk, *added;

	NEEDS(self->missing);
	ASSERT_EQ(0, make_image(OTHER_IMAGE));
	disk = fim_loop_free();
	ASSERT_EQ(0, fim_loop_set(disk, OTHER_IMAGE, O_RDWR));
	ASSERT_EQ(0, system(fim_fmt("mkfs.btrfs -q -f %s", disk)));
	mkdir(OTHER, 0755);
	ASSERT_EQ(0, sys(mount(disk, OTHER, "btrfs", 0, NULL)));
	ASSERT_EQ(0, make_image(OTHER_IMAGE "2"));
	added = fim_loop_free();
	ASSERT_EQ(0, fim_loop_set(added, OTHER_IMAGE "2", O_RDWR));
	ASSERT_EQ(0, protect_disk(self));
	EXPECT_HIT(line, in_dir(OTHER, BTRFS_IOC_ADD_DEV, added));
	EXPECT_EQ(self->block ? 1 : 2, devices_of(OTHER));
	ASSERT_EQ(0, fim_delete("t"));
	if (self->block)
		EXPECT_SPARED(in_dir(OTHER, BTRFS_IOC_ADD_DEV, added));
	EXPECT_EQ(2, devices_of(OTHER));
	EXPECT_EQ(0, sys(umount2(OTHER, 0)));
	rmdir(OTHER);
	EXPECT_EQ(0, fim_loop_clear(added));
	EXPECT_EQ(0, fim_loop_clear(disk));
	unlink(OTHER_IMAGE "2");
	unlink(OTHER_IMAGE);
}

TEST_HARNESS_MAIN
