// SPDX-License-Identifier: GPL-2.0
/*
 * ioctls.c - what changes a file, or a whole filesystem, by its number; what
 * only reads passes
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/fscrypt.h>
#include <linux/fsverity.h>
#include <linux/btrfs.h>

#include "scene.h"

#define EXT4_IOC_SETVERSION _IOW('f', 4, long)
#define EXT4_IOC_GROUP_EXTEND _IOW('f', 7, unsigned long)
#define EXT4_IOC_MIGRATE _IO('f', 9)
#define EXT4_IOC_ALLOC_DA_BLKS _IO('f', 12)
#define EXT4_IOC_SWAP_BOOT _IO('f', 17)
#define EXT4_IOC_PRECACHE_EXTENTS _IO('f', 18)
#define EXT4_IOC_CLEAR_ES_CACHE _IO('f', 40)
#define EXT4_IOC_MOVE_EXT _IOWR('f', 15, __u64[5])
#define EXT4_IOC_RESIZE_FS _IOW('f', 16, __u64)
#define EXT4_IOC_SET_TUNE_SB_PARAM _IOW('f', 46, __u32[58])
#define F2FS_IOC_MOVE_RANGE _IOWR(0xf5, 9, __u64[4])
#define XFS_IOC_GETFSMAP _IOWR('X', 59, __u64[24])
#define XFS_IOC_SCRUB_METADATA _IOWR('X', 60, __u64[8])
#define XFS_IOC_ATTRLIST_BY_HANDLE _IOW('X', 122, __u64[10])
#define XFS_IOC_FSGROWFSDATA _IOW('X', 110, __u64[2])
#define XFS_IOC_OPEN_BY_HANDLE _IOWR('X', 107, __u64[7])
#define XFS_IOC_SWAPEXT _IOWR('X', 109, __u64[24])
#define EXT4_IOC_SETFSUUID _IOC(_IOC_WRITE, 'f', 44, 0)
#define OCFS2_IOC_REFLINK _IOW('o', 4, __u64[3])
#define BCH_IOCTL_SUBVOLUME_CREATE _IOW(0xbc, 16, __u64[4])
#define BCH_IOCTL_SUBVOLUME_DESTROY _IOW(0xbc, 17, __u64[4])
#define GETFSUUID _IOR(0x15, 0, __u8[17])
#define GETFSSYSFSPATH _IOR(0x15, 1, __u8[129])
#define GETLBMD_CAP _IOWR(0x15, 2, __u8[16])
#define IOC_SHUTDOWN _IOR('X', 125, unsigned int)

/* So large that nothing that an ioctl writes or reads misses it. */
static union {
	int flags;
	unsigned long number;
	struct fsxattr xattr;
	struct fiemap fiemap;
	struct fsverity_enable_arg verity;
	struct fscrypt_policy_v1 policy;
	char bytes[4096];
} arg;

/* The descriptor that a call is made on */
enum on {
	ON_FILE,
	ON_DIR,
	ON_OUTSIDE,
};

/**
 * struct call - an ioctl
 * @id: its number in the attack catalogue
 * @name: its name
 * @cmd: the command
 * @on: the descriptor, open for reading only
 * @op: what the record calls it, NULL if it changes nothing
 * @get: command that fills the argument first, if it works; 0 for none
 */
struct call {
	const char *id;
	const char *name;
	unsigned long cmd;
	enum on on;
	const char *op;
	unsigned long get;
};

#define CALL(id, cmd, on, ...) { id, #cmd, cmd, on, __VA_ARGS__ }

static const struct call calls[] = {
	CALL("F09", FS_IOC_SETFLAGS, ON_FILE, "fileattr", FS_IOC_GETFLAGS),
	CALL("F09", FS_IOC_SETFLAGS, ON_DIR, "fileattr", FS_IOC_GETFLAGS),
	CALL("F09", FS_IOC_FSSETXATTR, ON_FILE, "fileattr", FS_IOC_FSGETXATTR),
	CALL("F09", FS_IOC_FSSETXATTR, ON_DIR, "fileattr", FS_IOC_FSGETXATTR),
	CALL("F09", FS_IOC_SETVERSION, ON_FILE, "ioctl"),
	CALL("F09", EXT4_IOC_SETVERSION, ON_FILE, "ioctl"),
	CALL("F09", EXT4_IOC_MIGRATE, ON_FILE, "ioctl"),
	CALL("F09", EXT4_IOC_ALLOC_DA_BLKS, ON_FILE, "ioctl"),
	CALL("F09", EXT4_IOC_SWAP_BOOT, ON_FILE, "ioctl"),
	CALL("F09", EXT4_IOC_CLEAR_ES_CACHE, ON_FILE, "ioctl"),
	CALL("F09", FS_IOC_ENABLE_VERITY, ON_FILE, "ioctl"),
	CALL("F09", FS_IOC_SET_ENCRYPTION_POLICY, ON_DIR, "ioctl"),
	CALL("D24", BTRFS_IOC_SUBVOL_CREATE, ON_DIR, "ioctl"),
	CALL("D24", BTRFS_IOC_SUBVOL_CREATE_V2, ON_DIR, "ioctl"),
	CALL("D24", BTRFS_IOC_SNAP_CREATE_V2, ON_DIR, "ioctl"),
	CALL("D24", BTRFS_IOC_SUBVOL_SETFLAGS, ON_DIR, "ioctl"),
	CALL("D24", BTRFS_IOC_SNAP_DESTROY, ON_DIR, "ioctl"),
	/* What reaches past its descriptor; never a valid argument */
	CALL("F09", IOC_SHUTDOWN, ON_OUTSIDE, "ioctl"),
	CALL("F09", EXT4_IOC_SETFSUUID, ON_OUTSIDE, "ioctl"),
	CALL("F09", EXT4_IOC_SET_TUNE_SB_PARAM, ON_OUTSIDE, "ioctl"),
	CALL("D24", BTRFS_IOC_SNAP_DESTROY_V2, ON_OUTSIDE, "ioctl"),
	CALL("D24", BTRFS_IOC_DEFAULT_SUBVOL, ON_OUTSIDE, "ioctl"),
	CALL("F09", OCFS2_IOC_REFLINK, ON_OUTSIDE, "ioctl"),
	CALL("D24", BCH_IOCTL_SUBVOLUME_CREATE, ON_OUTSIDE, "ioctl"),
	CALL("D24", BCH_IOCTL_SUBVOLUME_DESTROY, ON_OUTSIDE, "ioctl"),
	CALL("F09", FS_IOC_SETFSLABEL, ON_OUTSIDE, "ioctl"),
	/* Whoever reads, copies or asks a file whether it is a terminal */
	CALL("M01", FS_IOC_GETFLAGS, ON_FILE, NULL),
	CALL("M01", FS_IOC_GETFLAGS, ON_DIR, NULL),
	CALL("M01", FS_IOC_FSGETXATTR, ON_FILE, NULL),
	CALL("M01", FS_IOC_GETVERSION, ON_FILE, NULL),
	CALL("M01", FS_IOC_FIEMAP, ON_FILE, NULL),
	CALL("M01", FS_IOC_MEASURE_VERITY, ON_FILE, NULL),
	CALL("M01", FIGETBSZ, ON_FILE, NULL),
	CALL("M01", FIBMAP, ON_FILE, NULL),
	CALL("M01", FIONREAD, ON_FILE, NULL),
	CALL("M01", FIOQSIZE, ON_FILE, NULL),
	CALL("M01", TCGETS, ON_FILE, NULL),
	CALL("M01", TCGETS, ON_DIR, NULL),
	CALL("M01", TIOCGWINSZ, ON_FILE, NULL),
	CALL("M01", FIOCLEX, ON_FILE, NULL),
	CALL("M01", FIONBIO, ON_FILE, NULL),
	CALL("M01", FITRIM, ON_FILE, NULL),
	CALL("M01", FITRIM, ON_OUTSIDE, NULL),
	CALL("M01", EXT4_IOC_PRECACHE_EXTENTS, ON_OUTSIDE, NULL),
	CALL("M01", FS_IOC_GETFSLABEL, ON_FILE, NULL),
	CALL("M01", GETFSUUID, ON_FILE, NULL),
	CALL("M01", GETFSSYSFSPATH, ON_FILE, NULL),
	CALL("M01", GETLBMD_CAP, ON_FILE, NULL),
	/* e2fsck and debugfs, of an image in a file */
	CALL("M01", BLKDISCARDZEROES, ON_FILE, NULL),
	CALL("M01", BLKGETSIZE64, ON_FILE, NULL),
	/* By the root of a filesystem, and about all of it */
	CALL("M01", EXT4_IOC_GROUP_EXTEND, ON_DIR, NULL),
	CALL("M01", EXT4_IOC_RESIZE_FS, ON_DIR, NULL),
	CALL("M01", FS_IOC_ADD_ENCRYPTION_KEY, ON_DIR, NULL),
	CALL("M01", BTRFS_IOC_SYNC, ON_DIR, NULL),
	CALL("M01", BTRFS_IOC_SCRUB, ON_DIR, NULL),
	CALL("M01", BTRFS_IOC_BALANCE_V2, ON_DIR, NULL),
	CALL("M01", BTRFS_IOC_RESIZE, ON_DIR, NULL),
	CALL("M01", BTRFS_IOC_SEND, ON_DIR, NULL),
	/* xfsdump, xfs_growfs, xfs_scrub and xfs_spaceman */
	CALL("M01", XFS_IOC_GETFSMAP, ON_DIR, NULL),
	CALL("M01", XFS_IOC_SCRUB_METADATA, ON_DIR, NULL),
	CALL("M01", XFS_IOC_FSGROWFSDATA, ON_DIR, NULL),
	CALL("M01", XFS_IOC_OPEN_BY_HANDLE, ON_DIR, NULL),
	CALL("M01", XFS_IOC_ATTRLIST_BY_HANDLE, ON_DIR, NULL),
	/* What has to do with other files only */
	CALL("M01", BTRFS_IOC_SNAP_DESTROY, ON_OUTSIDE, NULL),
	CALL("M01", EXT4_IOC_MOVE_EXT, ON_OUTSIDE, NULL),
	CALL("M01", F2FS_IOC_MOVE_RANGE, ON_OUTSIDE, NULL),
	CALL("M01", XFS_IOC_SWAPEXT, ON_OUTSIDE, NULL),
	CALL("M09", FS_IOC_GET_ENCRYPTION_POLICY, ON_FILE, NULL),
};

static int call(const struct call *c, int fd)
{
	memset(&arg, 0, sizeof(arg));
	if (c->on == ON_OUTSIDE)
		memset(&arg, 0xff, sizeof(arg));
	if (c->get)
		ioctl(fd, c->get, &arg);
	return sys(ioctl(fd, c->cmd, &arg));
}

TEST_F(scene, F09_by_number)
{
	const FIXTURE_DATA(scene) *s = self;
	struct fim_outcome want = {}, got = {};
	unsigned long long since;
	int fd[3], twin[2];
	const char *path;
	int passed;
	size_t i;

	NEEDS(self->missing);
	fd[ON_FILE] = open(at(s, "a/prot/f"), O_RDONLY | O_CLOEXEC);
	fd[ON_DIR] = open(at(s, "a/prot/sub"), O_RDONLY | O_CLOEXEC);
	fd[ON_OUTSIDE] = open(at(s, "open/f"), O_RDONLY | O_CLOEXEC);
	twin[ON_FILE] = fd[ON_OUTSIDE];
	twin[ON_DIR] = open(at(s, "open/d"), O_RDONLY | O_CLOEXEC);
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		const struct call *c = &calls[i];
		bool outside = c->on == ON_OUTSIDE;

		/* What it comes to where no rule is: mostly a refusal, too */
		ASSERT_EQ(0, fim_delete_all(&self->nl));
		passed = call(c, outside ? fd[ON_OUTSIDE] : twin[c->on]);
		ASSERT_EQ(0, protect(self));
		if (!outside && c->on == ON_FILE)
			EXPECT_PASSED(passed, call(c, twin[c->on]));

		since = last_seq(&self->nl);
		got.err = call(c, fd[c->on]);
		want.err = c->op && self->block ? EACCES : passed;
		EXPECT_EQ(want.err, got.err)
			TH_LOG("%s %s", c->id, c->name);
		path = outside ? self->tree.prot :
		       at(s, c->on == ON_DIR ? "a/prot/sub" : "a/prot/f");
		want.records = c->op ? line_of(s, fim_fmt("%s %s", c->op, path),
					       getpid()) : "";
		got.records = fim_records(&self->nl, since);
		EXPECT_STREQ(want.records, got.records)
			TH_LOG("%s %s", c->id, c->name);
		fim_tell(c->id, c->name, 0, &want, &got);
		if (c->op && self->block)
			EXPECT_PRESSED(&self->nl, passed, call(c, fd[c->on]));
	}
	for (i = 0; i < ARRAY_SIZE(fd); i++)
		close(fd[i]);
	close(twin[ON_DIR]);
}

/*
 * chattr +i, and a project id, for real: where they can be set, they can't be
 * here.
 */
TEST_F(scene, F09_chattr)
{
	int flags = 0;
	struct fsxattr fsx = {};
	const char *f = at(self, "a/prot/f");
	int fd, twin;

	NEEDS(self->missing);
	fd = open(f, O_RDONLY | O_CLOEXEC);
	twin = open(at(self, "open/f"), O_RDONLY | O_CLOEXEC);
	/* Without its other flags, ext4 would store the file in another way. */
	ioctl(twin, FS_IOC_GETFLAGS, &flags);
	flags |= FS_NODUMP_FL;
	if (ioctl(twin, FS_IOC_SETFLAGS, &flags))
		SKIP(return, "no inode flags here");
	ASSERT_EQ(0, protect(self));
	EXPECT_DECIDED(fim_fmt("fileattr %s", f), 0,
		       sys(ioctl(fd, FS_IOC_SETFLAGS, &flags)));
	EXPECT_PASSED(0, sys(ioctl(fd, FS_IOC_GETFLAGS, &flags)));
	EXPECT_EQ(!self->block, !!(flags & FS_NODUMP_FL));
	EXPECT_PASSED(0, sys(ioctl(fd, FS_IOC_FSGETXATTR, &fsx)));
	fsx.fsx_xflags ^= FS_XFLAG_NOATIME;
	EXPECT_DECIDED(fim_fmt("fileattr %s", f), 0,
		       sys(ioctl(fd, FS_IOC_FSSETXATTR, &fsx)));
	EXPECT_PASSED(0, sys(ioctl(twin, FS_IOC_FSSETXATTR, &fsx)));
	close(fd);
	close(twin);
}

/*
 * An exchange of blocks with a file of one's own, which names the descriptor
 * from before as the other side and asks no hook.
 */
TEST_F(scene, C01_blocks_exchanged)
{
	struct {
		__u32 reserved;
		__u32 donor;
		__u64 from, to, length, moved;
	} move = { .length = 1 };
	char *block = calloc(1, 4096);
	char now = 0;
	int own, old, twin, passed;

	NEEDS(self->missing);
	memset(block, 'o', 4096);
	own = open(at(self, "open/own"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	twin = open(at(self, "open/f"), O_RDWR | O_CLOEXEC);
	old = open(at(self, "a/prot/f"), O_RDWR | O_CLOEXEC);
	ASSERT_EQ(4096, pwrite(own, block, 4096, 0));
	memset(block, 'p', 4096);
	ASSERT_EQ(4096, pwrite(twin, block, 4096, 0));
	ASSERT_EQ(4096, pwrite(old, block, 4096, 0));
	sync();
	ASSERT_EQ(0, protect(self));
	move.donor = twin;
	passed = sys(ioctl(own, EXT4_IOC_MOVE_EXT, &move));
	if (self->action && self->block)
		EXPECT_EQ(EACCES, passed);
	move.moved = 0;
	move.donor = old;
	EXPECT_DECIDED(fim_fmt("ioctl %s", self->tree.prot), passed,
		       sys(ioctl(own, EXT4_IOC_MOVE_EXT, &move)));
	fim_drop_caches("3");
	ASSERT_EQ(1, pread(old, &now, 1, 0));
	if (self->block)
		EXPECT_EQ('p', now);
	close(old);
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, protect(self));
	/* With nobody to write to it, it is nobody's business. */
	move.donor = twin;
	move.moved = 0;
	EXPECT_NE(EACCES, sys(ioctl(own, EXT4_IOC_MOVE_EXT, &move)));
	close(own);
	close(twin);
	free(block);
}

/*
 * XFS takes both sides of an exchange from memory, and may be asked by a
 * descriptor on a filesystem without rules.
 */
TEST_F(scene, C01_blocks_exchanged_from_elsewhere)
{
	unsigned long long exchange[24] = {};
	int elsewhere, old, passed;

	NEEDS(self->missing);
	elsewhere = open("/run", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, elsewhere);
	old = open(at(self, "a/prot/f"), O_RDWR | O_CLOEXEC);
	passed = sys(ioctl(elsewhere, XFS_IOC_SWAPEXT, exchange));
	ASSERT_EQ(0, protect(self));
	EXPECT_DECIDED(fim_fmt("ioctl %s", self->tree.prot), passed,
		       sys(ioctl(elsewhere, XFS_IOC_SWAPEXT, exchange)));
	EXPECT_PASSED(passed, sys(ioctl(elsewhere, XFS_IOC_SCRUB_METADATA,
					exchange)));
	close(old);
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, protect(self));
	/* With nobody to write, it is nobody's business. */
	EXPECT_PASSED(passed, sys(ioctl(elsewhere, XFS_IOC_SWAPEXT, exchange)));
	close(elsewhere);
}

/* What is the same already stays the same, however it is stored. */
TEST_F(scene, A22_deduplication)
{
	union {
		struct file_dedupe_range range;
		char bytes[sizeof(struct file_dedupe_range) +
			   sizeof(struct file_dedupe_range_info)];
	} dedupe;
	int src, dest, twin, passed;

	NEEDS(self->missing);
	src = open(at(self, "open/f"), O_RDONLY | O_CLOEXEC);
	dest = open(at(self, "a/prot/f"), O_RDONLY | O_CLOEXEC);
	twin = open(at(self, "open/f"), O_RDONLY | O_CLOEXEC);
	ASSERT_EQ(0, protect(self));
	memset(&dedupe, 0, sizeof(dedupe));
	dedupe.range.src_length = 4;
	dedupe.range.dest_count = 1;
	dedupe.range.info[0].dest_fd = twin;
	passed = sys(ioctl(src, FIDEDUPERANGE, &dedupe));
	dedupe.range.info[0].dest_fd = dest;
	EXPECT_PASSED(passed, sys(ioctl(src, FIDEDUPERANGE, &dedupe)));
	/* Refused by nobody but, where it has no such thing, the filesystem */
	EXPECT_NE(-EACCES, dedupe.range.info[0].status);
	close(src);
	close(dest);
	close(twin);
}

TEST_HARNESS_MAIN
