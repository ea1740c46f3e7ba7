// SPDX-License-Identifier: GPL-2.0
/*
 * raw.c - the block devices below a filesystem with protected directories
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <linux/nilfs2_api.h>
#include <linux/nvme_ioctl.h>
#include <linux/udf_fs_i.h>

#include "disk.h"
#include "harness.h"
#include "press.h"
#include "request.h"

#define IMAGE "/mnt/ext4/raw.img"
#define MNT "/run/raw"
#define PROT MNT "/prot"
#define SIZE (16 << 20)
#define NODES 8
#define POLICY_RAW "fim/raw-device: "

/**
 * enum layout - what the filesystem lies on
 * @WHOLE: a disk
 * @PARTITION: the first of two partitions of it
 * @MAPPED: a device mapper's device that lies on the disk
 */
enum layout { WHOLE, PARTITION, MAPPED };

FIXTURE(raw) {
	struct fim_nl nl;
	const char *missing;
	const char *disk;
	const char *alias;
	const char *device;
	const char *hit[NODES];
	const char *spared[NODES];
	bool block;
};

FIXTURE_VARIANT(raw) {
	enum layout layout;
	const char *action;
	const char *raw;
};

/*
 *   /mnt/ext4/raw.img  <-  disk: a loop device  <-  alias: another one
 *                                ^
 *                          device, mounted on /run/raw, with prot/ and open/
 */
FIXTURE_VARIANT_ADD(raw, whole_block) { WHOLE, "Block", "Block" };
FIXTURE_VARIANT_ADD(raw, whole_unset) { WHOLE, "Block", NULL };
FIXTURE_VARIANT_ADD(raw, whole_block_under_audit) { WHOLE, "Audit", "block" };
FIXTURE_VARIANT_ADD(raw, partition_block) { PARTITION, "Block", "Block" };
FIXTURE_VARIANT_ADD(raw, partition_audit) { PARTITION, "Block", "Audit" };
FIXTURE_VARIANT_ADD(raw, mapped_block) { MAPPED, "Block", "Block" };
FIXTURE_VARIANT_ADD(raw, mapped_unset) { MAPPED, "Audit", NULL };

static int make_image(void)
{
	int fd = open(IMAGE, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int err = fd < 0 ? errno : sys(ftruncate(fd, SIZE));

	if (fd >= 0)
		close(fd);
	return err;
}

static int make_device(FIXTURE_DATA(raw) *self, enum layout layout)
{
	int err;

	self->hit[0] = self->disk;
	self->hit[1] = self->alias;
	/* What the image lies in, and what has nothing to do with it. */
	self->hit[2] = "/dev/vdb";
	self->spared[0] = "/dev/vda";
	self->device = self->disk;
	switch (layout) {
	case WHOLE:
		return 0;
	case PARTITION:
		err = fim_partition(self->disk, 1, 1 << 20, 8 << 20) ?:
		      fim_partition(self->disk, 2, 9 << 20, 4 << 20);
		self->device = fim_fmt("%sp1", self->disk);
		self->spared[1] = fim_fmt("%sp2", self->disk);
		break;
	default:
		err = fim_dm_make(self->disk, SIZE / 512, &self->device);
		break;
	}
	self->hit[3] = self->device;
	return err;
}

FIXTURE_SETUP(raw)
{
	self->nl.fd = -1;
	self->block = variant->raw && !strcasecmp(variant->raw, "Block");
	self->missing = FIM_BARE() ? "needs the module" :
			fim_tree_missing(FIM_EXT4);
	if (!self->missing && variant->layout == MAPPED &&
	    access("/dev/mapper/control", F_OK))
		self->missing = "no device mapper";
	if (!self->missing && access("/sys/dev/block", F_OK))
		self->missing = "no sysfs";
	if (self->missing)
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, make_image());
	self->disk = fim_loop_free();
	ASSERT_NE(NULL, self->disk);
	ASSERT_EQ(0, fim_loop_set(self->disk, IMAGE, O_RDWR));
	self->alias = fim_loop_free();
	ASSERT_NE(NULL, self->alias);
	ASSERT_EQ(0, fim_loop_set(self->alias, self->disk, O_RDWR));
	ASSERT_EQ(0, make_device(self, variant->layout));
	ASSERT_EQ(0, system(fim_fmt("mke2fs -F %s >/dev/null 2>&1",
				    self->device)));
	mkdir(MNT, 0755);
	ASSERT_EQ(0, sys(mount(self->device, MNT, "ext4", 0, NULL)));
	ASSERT_EQ(0, mkdir(PROT, 0755));
	ASSERT_EQ(0, mkdir(MNT "/open", 0755));
}

FIXTURE_TEARDOWN(raw)
{
	if (self->nl.fd < 0)
		return;
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	umount2(MNT, 0);
	rmdir(MNT);
	if (variant->layout == MAPPED)
		EXPECT_EQ(0, fim_dm_remove());
	if (self->alias)
		EXPECT_EQ(0, fim_loop_clear(self->alias));
	if (self->disk)
		EXPECT_EQ(0, fim_loop_clear(self->disk));
	unlink(IMAGE);
	fim_nl_close(&self->nl);
}

static int protect(const char *action, const char *raw)
{
	static const char policy[] =
		"apiVersion: security.kubearmor.com/v1\n"
		"kind: KubeArmorHostPolicy\n"
		"metadata:\n"
		"  name: t\n"
		"  annotations: {%s%s}\n"
		"spec:\n"
		"  nodeSelector: {matchLabels: {kubernetes.io/hostname: '*'}}\n"
		"  action: %s\n"
		"  file: {matchDirectories: [{dir: " PROT "/, readOnly: true}]}\n";

	return fim_apply_yaml(fim_fmt(policy, raw ? POLICY_RAW : "",
				      raw ? raw : "", action));
}

static const char *raw_line(const FIXTURE_DATA(raw) *self, const char *node)
{
	return fim_fmt("%s raw " PROT " -> %s errno %d by %d under t\n",
		       self->block ? "Block" : "Audit",
		       strrchr(node, '/'), self->block ? EACCES : 0, getpid());
}

/* It was refused, or came to @passed, and there is one record of it. */
#define EXPECT_HIT(node, passed, call) do { \
	unsigned long long _since = last_seq(&self->nl); \
	EXPECT_EQ(self->block ? EACCES : (passed), (call)) \
		TH_LOG("%s: %s", node, #call); \
	EXPECT_STREQ(raw_line(self, node), fim_records(&self->nl, _since)) \
		TH_LOG("%s: %s", node, #call); \
	if (self->block) \
		EXPECT_PRESSED(&self->nl, passed, call); \
} while (0)

#define EXPECT_SPARED(node, passed, call) do { \
	unsigned long long _since = last_seq(&self->nl); \
	EXPECT_EQ(passed, (call)) \
		TH_LOG("%s: %s", node, #call); \
	EXPECT_STREQ("", fim_records(&self->nl, _since)) \
		TH_LOG("%s: %s", node, #call); \
} while (0)

static int try_open(const char *node, int flags)
{
	return fim_opened(open(node, flags | O_CLOEXEC));
}

TEST_F(raw, G01_opened_for_writing)
{
	size_t i;

	NEEDS(self->missing);
	for (i = 0; i < NODES && self->hit[i]; i++)
		if (try_open(self->hit[i], O_WRONLY))
			SKIP(return, "the kernel itself refuses");
	ASSERT_EQ(0, protect(variant->action, variant->raw));
	for (i = 0; i < NODES && self->hit[i]; i++) {
		EXPECT_HIT(self->hit[i], 0, try_open(self->hit[i], O_WRONLY));
		EXPECT_HIT(self->hit[i], 0, try_open(self->hit[i], O_RDWR));
		EXPECT_HIT(self->hit[i], 0,
			   try_open(self->hit[i], O_RDONLY | O_TRUNC));
		EXPECT_SPARED(self->hit[i], 0,
			      try_open(self->hit[i], O_RDONLY));
	}
	for (i = 0; i < NODES && self->spared[i]; i++)
		EXPECT_SPARED(self->spared[i], 0,
			      try_open(self->spared[i], O_RDWR));
	ASSERT_EQ(0, fim_delete("t"));
	for (i = 0; i < NODES && self->hit[i]; i++)
		EXPECT_SPARED(self->hit[i], 0, try_open(self->hit[i], O_RDWR));
}

TEST_F(raw, G02_by_a_node_of_ones_own)
{
	const char *node = "/tmp/node";
	struct stat st;
	size_t i;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(variant->action, variant->raw));
	for (i = 0; i < NODES && self->hit[i]; i++) {
		ASSERT_EQ(0, stat(self->hit[i], &st));
		ASSERT_EQ(0, mknod(node, S_IFBLK | 0600, st.st_rdev));
		EXPECT_HIT(node, 0, try_open(node, O_WRONLY));
		EXPECT_SPARED(node, 0, try_open(node, O_RDONLY));
		EXPECT_EQ(0, unlink(node));
	}
}

TEST_F(raw, I16_in_a_window)
{
	unsigned long long since;
	const char *found;
	size_t i;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(variant->action, variant->raw));
	ASSERT_EQ(0, fim_pause(&self->nl, 600, "fsck"));
	for (i = 0; i < NODES && self->hit[i]; i++) {
		since = last_seq(&self->nl);
		EXPECT_EQ(0, try_open(self->hit[i], O_WRONLY));
		found = fim_records(&self->nl, since);
		EXPECT_EQ(found, strstr(found, self->block ? "Block raw" : "Audit raw"))
			TH_LOG("%s: %s", self->hit[i], found);
		EXPECT_NE(NULL, strstr(found, "errno 0"));
	}
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_RESUME));
	for (i = 0; i < NODES && self->hit[i]; i++) {
		EXPECT_EQ(self->block ? EACCES : 0,
			  try_open(self->hit[i], O_WRONLY));
	}
}

/* By a descriptor for reading, reopened */
TEST_F(raw, G02_reopened)
{
	const char *node;
	int fd;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(variant->action, variant->raw));
	fd = open(self->device, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	node = fim_fmt("/proc/self/fd/%d", fd);
	EXPECT_HIT(self->device, 0, try_open(node, O_WRONLY));
	EXPECT_EQ(0, close(fd));
}

static int by_ioctl(const char *node, unsigned long cmd, void *arg)
{
	int fd = open(node, O_RDONLY | O_CLOEXEC);
	int err = fd < 0 ? errno : sys(ioctl(fd, cmd, arg));

	if (fd >= 0)
		close(fd);
	return err;
}

/* What puts other blocks in the place of a file's, by any descriptor */
TEST_F(raw, G06_blocks_moved)
{
	static const unsigned long cleaning[] = {
		NILFS_IOCTL_CLEAN_SEGMENTS, NILFS_IOCTL_SET_SUINFO,
	};
	const char *dir = MNT "/open";
	size_t i;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(variant->action, variant->raw));
	EXPECT_HIT(dir, ENOTTY, by_ioctl(dir, UDF_RELOCATE_BLOCKS, NULL));
	EXPECT_SPARED(dir, ENOTTY, by_ioctl(dir, UDF_GETEASIZE, NULL));
	/* The cleaner's all day: recorded only if it is refused */
	for (i = 0; i < ARRAY_SIZE(cleaning); i++)
		if (self->block)
			EXPECT_HIT(dir, ENOTTY,
				   by_ioctl(dir, cleaning[i], NULL));
		else
			EXPECT_SPARED(dir, ENOTTY,
				      by_ioctl(dir, cleaning[i], NULL));
	EXPECT_SPARED(dir, ENOTTY, by_ioctl(dir, NILFS_IOCTL_SYNC, NULL));
	dir = "/mnt/ext4";
	EXPECT_SPARED(dir, ENOTTY, by_ioctl(dir, UDF_RELOCATE_BLOCKS, NULL));
	for (i = 0; i < ARRAY_SIZE(cleaning); i++)
		EXPECT_SPARED(dir, ENOTTY, by_ioctl(dir, cleaning[i], NULL));
}

/* What changes a device by a descriptor that is for reading only */
TEST_F(raw, G06_ioctls)
{
	struct loop_info64 info = { .lo_offset = 512 };
	struct nvme_passthru_cmd nvme = { .opcode = 1 };
	struct blkpg_partition part = { .pno = 63 };
	struct blkpg_ioctl_arg arg = {
		.op = BLKPG_DEL_PARTITION,
		.datalen = sizeof(part),
		.data = &part,
	};
	unsigned long long bytes;
	int blkpg, nvme_err;

	NEEDS(self->missing);
	blkpg = by_ioctl(self->disk, BLKPG, &arg);
	nvme_err = by_ioctl(self->disk, NVME_IOCTL_IO_CMD, &nvme);
	EXPECT_NE(0, blkpg);
	EXPECT_NE(0, nvme_err);
	ASSERT_EQ(0, protect(variant->action, variant->raw));
	EXPECT_HIT(self->disk, blkpg, by_ioctl(self->disk, BLKPG, &arg));
	EXPECT_HIT(self->disk, nvme_err,
		   by_ioctl(self->disk, NVME_IOCTL_IO_CMD, &nvme));
	if (self->block)
		EXPECT_HIT(self->alias, 0,
			   by_ioctl(self->alias, LOOP_SET_STATUS64, &info));
	EXPECT_SPARED(self->disk, 0,
		      by_ioctl(self->disk, BLKGETSIZE64, &bytes));
	EXPECT_SPARED(self->disk, 0, by_ioctl(self->disk, BLKFLSBUF, NULL));
	EXPECT_SPARED("/dev/vda", by_ioctl("/dev/vda", BLKPG, &arg),
		      by_ioctl("/dev/vda", BLKPG, &arg));
}

/* The kernel's own use of it, and who only reads */
TEST_F(raw, M01_what_goes_on)
{
	const char *other = "/run/raw-other";
	const char *check = fim_fmt("e2fsck -n %s >/dev/null 2>&1",
				    self->device);
	int checked;

	NEEDS(self->missing);
	checked = system(check);
	ASSERT_EQ(0, protect(variant->action, variant->raw));
	EXPECT_SPARED(MNT, 0, fim_write_file(MNT "/open/f", "new"));
	EXPECT_SPARED(MNT, 0, fim_drop_caches("3"));
	mkdir(other, 0755);
	EXPECT_SPARED(other, 0,
		      sys(mount(self->device, other, "ext4", 0, NULL)));
	EXPECT_SPARED(other, 0, sys(umount2(other, 0)));
	EXPECT_SPARED(MNT, 0, sys(mount(NULL, MNT, NULL,
					MS_REMOUNT | MS_RDONLY, NULL)));
	EXPECT_SPARED(MNT, 0, sys(mount(NULL, MNT, NULL, MS_REMOUNT, NULL)));
	EXPECT_SPARED("dd", 0,
		      system(fim_fmt("dd if=%s of=/dev/null bs=64k count=4 2>/dev/null",
				     self->device)));
	if (!access("/usr/bin/blkid", X_OK))
		EXPECT_SPARED("blkid", 0,
			      system(fim_fmt("blkid -p %s >/dev/null",
					     self->device)));
	if (!access("/usr/bin/e2fsck", X_OK))
		EXPECT_SPARED("e2fsck", checked, system(check));
	rmdir(other);
}

TEST_HARNESS_MAIN
