// SPDX-License-Identifier: GPL-2.0
/*
 * passthrough.c - commands that a disk is sent past its filesystem and past the
 * block layer
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/hdreg.h>
#include <linux/nbd.h>
#include <linux/nvme_ioctl.h>
#include <linux/sed-opal.h>
#include <scsi/scsi_ioctl.h>
#include <scsi/sg.h>

#include "disk.h"
#include "harness.h"
#include "uring.h"

#define MNT "/run/passthrough"
#define PROT MNT "/prot"
#define SECTOR 512
/* Near its end, where the filesystem has nothing. */
#define SECTOR_NR 8000

#ifndef NVME_URING_CMD_IO
#define NVME_URING_CMD_IO _IOWR('N', 0x80, __u64[9])
#define NVME_URING_CMD_ADMIN _IOWR('N', 0x82, __u64[9])
#endif
#define URING_CMD 46	/* IORING_OP_URING_CMD */

enum kind { NVME, SCSI };

FIXTURE(passthrough) {
	struct fim_nl nl;
	const char *missing;
	const char *disk;
	bool block;
};

FIXTURE_VARIANT(passthrough) {
	enum kind kind;
	const char *raw;
};

FIXTURE_VARIANT_ADD(passthrough, nvme_block) { NVME, "Block" };
FIXTURE_VARIANT_ADD(passthrough, nvme_audit) { NVME, "Audit" };
FIXTURE_VARIANT_ADD(passthrough, scsi_block) { SCSI, "Block" };
FIXTURE_VARIANT_ADD(passthrough, scsi_audit) { SCSI, "Audit" };

/* The node of that pattern, once it has appeared, or NULL. */
static const char *node_of(const char *pattern)
{
	const char *node = NULL;
	glob_t found;
	int tries;

	for (tries = 0; !node && tries < 100; tries++) {
		if (!glob(pattern, 0, NULL, &found)) {
			node = fim_fmt("%s", found.gl_pathv[0]);
			globfree(&found);
		} else {
			usleep(50000);
		}
	}
	return node;
}

static const char *find_disk(enum kind kind)
{
	if (kind == NVME)
		return fim_module("nvme") ? NULL : node_of("/dev/nvme0n1");
	return fim_module("sd_mod") || fim_module("sg") ||
	       fim_module("scsi_debug") ? NULL : node_of("/dev/sd?");
}

FIXTURE_SETUP(passthrough)
{
	self->nl.fd = -1;
	self->block = !strcmp(variant->raw, "Block");
	self->missing = FIM_BARE() ? "needs the module" : NULL;
	if (self->missing)
		return;
	self->disk = find_disk(variant->kind);
	if (!self->disk) {
		self->missing = "no such disk";
		return;
	}
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, system(fim_fmt("mke2fs -F %s >/dev/null 2>&1",
				    self->disk)));
	mkdir(MNT, 0755);
	ASSERT_EQ(0, sys(mount(self->disk, MNT, "ext4", 0, NULL)));
	ASSERT_EQ(0, mkdir(PROT, 0755));
}

FIXTURE_TEARDOWN(passthrough)
{
	if (self->nl.fd < 0)
		return;
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	umount2(MNT, 0);
	rmdir(MNT);
	fim_nl_close(&self->nl);
}

static int protect(const char *raw)
{
	static const char policy[] =
		"apiVersion: security.kubearmor.com/v1\n"
		"kind: KubeArmorHostPolicy\n"
		"metadata:\n"
		"  name: t\n"
		"  annotations: {'fim/raw-device': %s}\n"
		"spec:\n"
		"  nodeSelector: {matchLabels: {kubernetes.io/hostname: '*'}}\n"
		"  action: Block\n"
		"  file: {matchDirectories: [{dir: " PROT "/, readOnly: true}]}\n";

	return fim_apply_yaml(fim_fmt(policy, raw));
}

static int by_nvme(int fd, char *block, bool write)
{
	struct nvme_passthru_cmd cmd = {
		.opcode = write ? 1 : 2,
		.nsid = 1,
		.addr = (uintptr_t)block,
		.data_len = SECTOR,
		.cdw10 = SECTOR_NR,
	};

	return ioctl(fd, NVME_IOCTL_IO_CMD, &cmd) ? errno : 0;
}

static int by_scsi(int fd, char *block, bool write)
{
	unsigned char cdb[10] = {
		write ? 0x2a : 0x28, 0, 0, 0, SECTOR_NR >> 8, SECTOR_NR & 0xff,
		0, 0, 1,
	};
	struct sg_io_hdr hdr = {
		.interface_id = 'S',
		.dxfer_direction = write ? SG_DXFER_TO_DEV : SG_DXFER_FROM_DEV,
		.cmd_len = sizeof(cdb),
		.dxfer_len = SECTOR,
		.dxferp = block,
		.cmdp = cdb,
		.timeout = 5000,
	};

	if (ioctl(fd, SG_IO, &hdr))
		return errno;
	return hdr.status || hdr.host_status ? EIO : 0;
}

static int command(enum kind kind, const char *node, int flags, char *block,
		   bool write)
{
	int fd = open(node, flags | O_CLOEXEC);
	int err;

	if (fd < 0)
		return errno;
	err = kind == NVME ? by_nvme(fd, block, write) :
			     by_scsi(fd, block, write);
	close(fd);
	return err;
}

/* What the block holds now, by the block layer. */
static char first_byte(const char *disk)
{
	char c = 0;
	int fd = open(disk, O_RDONLY | O_CLOEXEC);

	ioctl(fd, _IO(0x12, 97), 0);	/* BLKFLSBUF */
	if (pread(fd, &c, 1, (off_t)SECTOR_NR * SECTOR) != 1)
		c = '?';
	close(fd);
	return c;
}

static const char *line(const FIXTURE_DATA(passthrough) *self,
			const char *node)
{
	return fim_fmt("%s raw " PROT " -> %s errno %d by %d under t\n",
		       self->block ? "Block" : "Audit",
		       strrchr(node, '/'), self->block ? EACCES : 0, getpid());
}

/* Refused with a record; else it comes to @passed, @told about or not. */
#define EXPECT_HIT(node, passed, told, call) do { \
	unsigned long long _since = last_seq(&self->nl); \
	EXPECT_EQ(self->block ? EACCES : (passed), call) \
		TH_LOG("%s: %s", node, #call); \
	EXPECT_STREQ(self->block || (told) ? line(self, node) : "", \
		     fim_records(&self->nl, _since)) \
		TH_LOG("%s: %s", node, #call); \
} while (0)

TEST_F(passthrough, G07_written_by_a_descriptor_for_reading)
{
	char block[SECTOR];
	bool told = variant->kind == NVME;
	const char *beside = node_of(told ? "/dev/ng0n1" : "/dev/sg0");

	NEEDS(self->missing);
	memset(block, 'a', sizeof(block));
	ASSERT_EQ(0, command(variant->kind, self->disk, O_RDONLY, block, true));
	ASSERT_EQ('a', first_byte(self->disk));
	ASSERT_EQ(0, protect(variant->raw));
	memset(block, 'b', sizeof(block));
	EXPECT_HIT(self->disk, 0, told,
		   command(variant->kind, self->disk, O_RDONLY, block, true));
	EXPECT_EQ(self->block ? 'a' : 'b', first_byte(self->disk));
	if (!beside)
		SKIP(return, "no device node beside the disk");
	memset(block, 'c', sizeof(block));
	/* Of SCSI's, the open for reading does not do on all kernels. */
	EXPECT_HIT(beside, 0, told,
		   command(variant->kind, beside, O_RDONLY, block, true));
	EXPECT_EQ(self->block ? 'a' : 'c', first_byte(self->disk));
	if (variant->kind == SCSI)
		EXPECT_HIT(beside, 0, false,
			   fim_opened(open(beside, O_RDWR | O_CLOEXEC)));
	ASSERT_EQ(0, fim_delete("t"));
	memset(block, 'd', sizeof(block));
	EXPECT_EQ(0, command(variant->kind, beside, O_RDONLY, block, true));
	EXPECT_EQ('d', first_byte(self->disk));
}

/* The same by the command that was there before SG_IO */
static int by_old_scsi(const char *node, char c)
{
	struct {
		__u32 inlen, outlen;
		/* The command, and right behind it what it writes */
		unsigned char bytes[10 + SECTOR];
	} write = {
		.inlen = SECTOR,
		.bytes = { 0x2a, 0, 0, 0, SECTOR_NR >> 8, SECTOR_NR & 0xff, 0, 0, 1 },
	};
	int fd = open(node, O_RDONLY | O_CLOEXEC);
	int err;

	memset(write.bytes + 10, c, SECTOR);
	err = fd < 0 ? errno : sys(ioctl(fd, SCSI_IOCTL_SEND_COMMAND, &write));
	close(fd);
	return err;
}

static int by_ioctl(const char *node, unsigned long cmd)
{
	char arg[4096] = {};
	int fd = open(node, O_RDONLY | O_CLOEXEC);
	int err = fd < 0 ? errno : sys(ioctl(fd, cmd, arg));

	close(fd);
	return err;
}

TEST_F(passthrough, G07_by_the_old_command)
{
	const char *beside = node_of("/dev/sg0");
	unsigned long long since;
	int version, null;

	NEEDS(self->missing);
	if (variant->kind != SCSI || !beside)
		SKIP(return, "not SCSI");
	if (by_old_scsi(beside, 'a'))
		SKIP(return, "this kernel has no such command");
	ASSERT_EQ('a', first_byte(self->disk));
	version = by_ioctl(beside, SG_GET_VERSION_NUM);
	null = by_ioctl("/dev/null", SCSI_IOCTL_SEND_COMMAND);
	ASSERT_EQ(0, protect(variant->raw));
	EXPECT_HIT(beside, 0, false, by_old_scsi(beside, 'b'));
	EXPECT_EQ(self->block ? 'a' : 'b', first_byte(self->disk));
	/* Of another device it is another command. */
	since = last_seq(&self->nl);
	EXPECT_EQ(null, by_ioctl("/dev/null", SCSI_IOCTL_SEND_COMMAND));
	EXPECT_EQ(version, by_ioctl(beside, SG_GET_VERSION_NUM));
	EXPECT_STREQ("", fim_records(&self->nl, since));
	ASSERT_EQ(0, fim_delete("t"));
	EXPECT_EQ(0, by_old_scsi(beside, 'c'));
	EXPECT_EQ('c', first_byte(self->disk));
}

/* The node beside the disk takes commands to what locks the disk, too. */
TEST_F(passthrough, G07_opal)
{
	const char *beside = node_of("/dev/ng0n1");
	unsigned long long since;
	int erased, locked;

	NEEDS(self->missing);
	if (variant->kind != NVME || !beside)
		SKIP(return, "not NVMe");
	erased = by_ioctl(beside, IOC_OPAL_REVERT_TPR);
	locked = by_ioctl(beside, IOC_OPAL_LOCK_UNLOCK);
	ASSERT_EQ(0, protect(variant->raw));
	EXPECT_HIT(beside, erased, true, by_ioctl(beside, IOC_OPAL_REVERT_TPR));
	since = last_seq(&self->nl);
	EXPECT_EQ(locked, by_ioctl(beside, IOC_OPAL_LOCK_UNLOCK));
	EXPECT_STREQ("", fim_records(&self->nl, since));
}

/* Who may not send what he likes is kept to reading by the kernel. */
static int as_a_user(const void *arg)
{
	return by_ioctl(arg, SG_IO);
}

TEST_F(passthrough, G06_commands)
{
	static const struct { unsigned long cmd; bool told; } cmds[] = {
		{ SG_IO, false },
		{ SCSI_IOCTL_SEND_COMMAND, false },
		{ HDIO_DRIVE_CMD, false },
		{ HDIO_DRIVE_TASK, false },
		{ NVME_IOCTL_ADMIN_CMD, false },
		{ NBD_SET_SIZE, true },
		{ IOC_OPAL_ERASE_LR, true },
		{ IOC_OPAL_REVERT_TPR, true },
		{ IOC_OPAL_MBR_DONE, true },
		{ _IOW('p', 240, __u64) /* IOC_OPAL_REVERT_LSP */, true },
	};
	static const unsigned long reads[] = {
		NVME_IOCTL_ID, HDIO_GETGEO, SG_GET_VERSION_NUM,
		IOC_OPAL_LOCK_UNLOCK, _IO(0x12, 96) /* BLKGETSIZE */,
	};
	unsigned long long since;
	int passed[ARRAY_SIZE(cmds)], read[ARRAY_SIZE(reads)], user;
	size_t i;

	NEEDS(self->missing);
	for (i = 0; i < ARRAY_SIZE(cmds); i++)
		passed[i] = by_ioctl(self->disk, cmds[i].cmd);
	for (i = 0; i < ARRAY_SIZE(reads); i++)
		read[i] = by_ioctl(self->disk, reads[i]);
	ASSERT_EQ(0, chmod(self->disk, 0644));
	user = fim_run(FIM_NOBODY, as_a_user, self->disk, NULL);
	ASSERT_EQ(0, protect(variant->raw));
	for (i = 0; i < ARRAY_SIZE(cmds); i++)
		EXPECT_HIT(self->disk, passed[i], cmds[i].told,
			   by_ioctl(self->disk, cmds[i].cmd));
	since = last_seq(&self->nl);
	for (i = 0; i < ARRAY_SIZE(reads); i++)
		EXPECT_EQ(read[i], by_ioctl(self->disk, reads[i]))
			TH_LOG("command %lx", reads[i]);
	EXPECT_EQ(user, fim_run(FIM_NOBODY, as_a_user, self->disk, NULL));
	/* Another disk is nobody's business. */
	EXPECT_NE(EACCES, by_ioctl("/dev/vda", SG_IO));
	EXPECT_STREQ("", fim_records(&self->nl, since));
	chmod(self->disk, 0600);
}

static int by_uring(struct uring *ring, const char *node, unsigned int cmd)
{
	struct io_uring_sqe sqe = { .opcode = URING_CMD };
	int fd = open(node, O_RDONLY | O_CLOEXEC);
	int err;

	sqe.fd = fd;
	/* Where the command's number is; older headers do not name it. */
	sqe.off = cmd;
	err = -uring_do(ring, &sqe);
	close(fd);
	return err;
}

TEST_F(passthrough, G07_by_io_uring)
{
	const char *beside = variant->kind == NVME ? node_of("/dev/ng0n1") :
						     NULL;
	struct uring ring;

	NEEDS(self->missing);
	if (!beside)
		SKIP(return, "not NVMe");
	ASSERT_EQ(0, uring_open(&ring, 0));
	if (!uring_knows(&ring, URING_CMD))
		SKIP(return, "no such operation");
	ASSERT_EQ(0, protect(variant->raw));
	/* Without the larger entries, NVMe would not take it. */
	EXPECT_HIT(beside, EOPNOTSUPP, true,
		   by_uring(&ring, beside, NVME_URING_CMD_IO));
	EXPECT_HIT(beside, EOPNOTSUPP, false,
		   by_uring(&ring, beside, NVME_URING_CMD_ADMIN));
	uring_close(&ring);
}

/* A command goes to the disk, by whatever partition's node. */
TEST_F(passthrough, G07_by_another_partition)
{
	const char *between = variant->kind == NVME ? "p" : "";
	const char *other, *own;
	char block[SECTOR];

	NEEDS(self->missing);
	ASSERT_EQ(0, sys(umount2(MNT, 0)));
	ASSERT_EQ(0, fim_partition(self->disk, 1, 1 << 20, 1 << 20));
	ASSERT_EQ(0, fim_partition(self->disk, 2, 2 << 20, 5 << 20));
	other = node_of(fim_fmt("%s%s1", self->disk, between));
	own = node_of(fim_fmt("%s%s2", self->disk, between));
	ASSERT_NE(NULL, other);
	ASSERT_NE(NULL, own);
	ASSERT_EQ(0, system(fim_fmt("mke2fs -q -F %s", own)));
	ASSERT_EQ(0, sys(mount(own, MNT, "ext4", 0, NULL)));
	ASSERT_EQ(0, mkdir(PROT, 0755));
	memset(block, 'a', sizeof(block));
	ASSERT_EQ(0, command(variant->kind, self->disk, O_RDONLY, block, true));
	ASSERT_EQ(0, protect(variant->raw));
	memset(block, 'b', sizeof(block));
	EXPECT_HIT(other, 0, variant->kind == NVME,
		   command(variant->kind, other, O_RDONLY, block, true));
	EXPECT_EQ(self->block ? 'a' : 'b', first_byte(self->disk));
	/* By the block layer it writes to itself only. */
	EXPECT_EQ(0, fim_opened(open(other, O_WRONLY | O_CLOEXEC)));
	ASSERT_EQ(0, fim_delete("t"));
	EXPECT_EQ(0, command(variant->kind, other, O_RDONLY, block, true));
	EXPECT_EQ('b', first_byte(self->disk));
	ASSERT_EQ(0, sys(umount2(MNT, 0)));
	EXPECT_EQ(0, fim_partition_remove(self->disk, 1));
	EXPECT_EQ(0, fim_partition_remove(self->disk, 2));
}

TEST_HARNESS_MAIN
