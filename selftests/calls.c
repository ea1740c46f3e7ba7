// SPDX-License-Identifier: GPL-2.0
/*
 * calls.c - system calls as programs of 32 bits make them, and the newer ones
 * about mounts
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/fs.h>

#include "request.h"
#include "scene.h"

#ifdef __x86_64__

/* Their numbers for i386 */
#define OPEN32		5
#define UNLINK32	10
#define CHMOD32		15
#define RENAME32	38
#define MKDIR32		39
#define RMDIR32		40
#define IOCTL32		54
#define TRUNCATE32	92
#define UTIMENSAT32	320
#define OPENAT32	295
#define FS_IOC32_SETFLAGS_ _IOW('f', 2, int)

/* What is below 4 GiB, as such a program's memory is. */
static char *low;

static long low_at(const char *text, size_t offset)
{
	return (long)strcpy(low + offset, text);
}

static int call32(long nr, long a, long b, long c, long d)
{
	long ret;

	asm volatile("int $0x80"
		     : "=a" (ret)
		     : "a" (nr), "b" (a), "c" (b), "d" (c), "S" (d)
		     : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}

/* As sys(), which wants errno. */
static int sys32(int ret)
{
	return ret < 0 ? -ret : 0;
}

static int opened32(int ret)
{
	if (ret >= 0)
		close(ret);
	return sys32(ret);
}

static const char *missing32(void)
{
	low = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (low == MAP_FAILED)
		return "no memory below 4 GiB";
	return call32(20 /* getpid */, 0, 0, 0, 0) < 0 ?
	       "this kernel has no 32-bit system calls" : NULL;
}

TEST_F(scene, A01_names_by_32_bit_calls)
{
	const char *f = at(self, "a/prot/f");
	const char *deep = at(self, "a/prot/sub/deep");
	const char *new = at(self, "a/prot/new");
	const char *out = at(self, "open/out");

	NEEDS(self->missing);
	NEEDS(missing32());
	ASSERT_EQ(0, protect(self));
	EXPECT_PASSED(0, opened32(call32(OPEN32, low_at(f, 0), O_RDONLY, 0, 0)));
	EXPECT_PASSED(0, opened32(call32(OPEN32, low_at(at(self, "open/f"), 0),
					 O_RDWR, 0, 0)));
	EXPECT_DECIDED(fim_fmt("open %s", f), 0,
		       opened32(call32(OPEN32, low_at(f, 0), O_WRONLY, 0, 0)));
	EXPECT_DECIDED(fim_fmt("open %s", f), 0,
		       opened32(call32(OPENAT32, AT_FDCWD, low_at(f, 0),
				       O_RDWR, 0)));
	EXPECT_DECIDED(fim_fmt("setattr %s", f), 0,
		       sys32(call32(CHMOD32, low_at(f, 0), 0640, 0, 0)));
	EXPECT_DECIDED(fim_fmt("setattr %s", f), 0,
		       sys32(call32(TRUNCATE32, low_at(f, 0), 1, 0, 0)));
	EXPECT_DECIDED(fim_fmt("setattr %s", f), 0,
		       sys32(call32(UTIMENSAT32, AT_FDCWD, low_at(f, 0), 0, 0)));
	EXPECT_DECIDED(fim_fmt("mkdir %s", new), 0,
		       sys32(call32(MKDIR32, low_at(new, 0), 0755, 0, 0)));
	EXPECT_DECIDED(fim_fmt("rmdir %s", deep), 0,
		       sys32(call32(RMDIR32, low_at(deep, 0), 0, 0, 0)));
	EXPECT_PASSED(0, sys32(call32(MKDIR32, low_at(out, 0), 0755, 0, 0)));
	EXPECT_PASSED(0, sys32(call32(RMDIR32, low_at(out, 0), 0, 0, 0)));
	EXPECT_DECIDED(fim_fmt("unlink %s", f), 0,
		       sys32(call32(UNLINK32, low_at(f, 0), 0, 0, 0)));
}

TEST_F(scene, B08_rename_by_a_32_bit_call)
{
	const char *g = at(self, "a/prot/sub/g");
	const char *out = at(self, "open/out");
	const char *root = self->tree.mnt, *line;
	long from;

	NEEDS(self->missing);
	NEEDS(missing32());
	/* The name outside begins at the root of its filesystem. */
	line = fim_fmt("rename %s -> %s", g, out + strlen(root));
	ASSERT_EQ(0, protect(self));
	from = low_at(g, 0);
	EXPECT_DECIDED(line, 0, sys32(call32(RENAME32, from,
					     low_at(out, 8192), 0, 0)));
}

/* chattr: the number differs from that of 64 bits, and so does the hook. */
TEST_F(scene, F09_chattr_by_a_32_bit_call)
{
	int fd, err, *flags;

	NEEDS(self->missing);
	NEEDS(missing32());
	flags = (int *)(low + 4096);
	fd = open(at(self, "open/f"), O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ioctl(fd, FS_IOC_GETFLAGS, flags);
	*flags |= FS_NODUMP_FL;
	err = sys32(call32(IOCTL32, fd, FS_IOC32_SETFLAGS_, (long)flags, 0));
	close(fd);
	ASSERT_EQ(0, protect(self));
	fd = open(at(self, "open/f"), O_RDONLY | O_CLOEXEC);
	EXPECT_PASSED(err, sys32(call32(IOCTL32, fd, FS_IOC32_SETFLAGS_,
					(long)flags, 0)));
	close(fd);
	fd = open(at(self, "a/prot/f"), O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	if (!err)
		EXPECT_DECIDED(fim_fmt("fileattr %s", at(self, "a/prot/f")), 0,
			       sys32(call32(IOCTL32, fd, FS_IOC32_SETFLAGS_,
					    (long)flags, 0)));
	close(fd);
}

#endif

static int set_attr(const char *path, unsigned int flags,
		    unsigned long long set, unsigned long long clear)
{
	struct mount_attr attr = { .attr_set = set, .attr_clr = clear };

	return sys(mount_setattr(AT_FDCWD, path, flags, &attr, sizeof(attr)));
}

/* It changes what may be done through a mount, not what a path means. */
TEST_F(scene, D13_mount_setattr)
{
	const char *mnt = self->tree.mnt;

	NEEDS(self->missing ?: set_attr(mnt, 0, 0, 0) == ENOSYS ?
	      "no mount_setattr(2) here" : NULL);
	ASSERT_EQ(0, set_attr(mnt, 0, MOUNT_ATTR_RDONLY, 0));
	EXPECT_EQ(0, protect(self));
	EXPECT_PASSED(0, set_attr(mnt, 0, 0, MOUNT_ATTR_RDONLY));
	EXPECT_PASSED(0, set_attr(mnt, AT_RECURSIVE, MOUNT_ATTR_NOATIME,
				  MOUNT_ATTR__ATIME));
	EXPECT_DECIDED(fim_fmt("open %s", at(self, "a/prot/f")), 0,
		       fim_write_file(at(self, "a/prot/f"), "new"));
	EXPECT_PASSED(0, fim_write_file(at(self, "open/f"), "new"));
}

static int reconfigure(const char *mnt, const char *flag)
{
	int fd = fspick(AT_FDCWD, mnt, FSPICK_CLOEXEC);
	int err = fd < 0 ? errno :
		  sys(fsconfig(fd, FSCONFIG_SET_FLAG, flag, NULL, 0)) ?:
		  sys(fsconfig(fd, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0));

	if (fd >= 0)
		close(fd);
	return err;
}

TEST_F(scene, D13_fsconfig_reconfigure)
{
	const char *mnt = self->tree.mnt;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	EXPECT_PASSED(0, reconfigure(mnt, "ro"));
	EXPECT_PASSED(0, reconfigure(mnt, "rw"));
	EXPECT_DECIDED(fim_fmt("open %s", at(self, "a/prot/f")), 0,
		       fim_write_file(at(self, "a/prot/f"), "new"));
}

static int write_in(int dir, const char *name)
{
	return fim_opened(openat(dir, name, O_WRONLY | O_CLOEXEC));
}

/* A mount of the directory that is nowhere, and then elsewhere */
TEST_F(scene, D09_clone_of_the_directory)
{
	const char *line = fim_fmt("open %s", at(self, "a/prot/f"));
	const char *d = at(self, "open/d");
	int tree;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	tree = open_tree(AT_FDCWD, self->tree.prot, OPEN_TREE_CLONE |
			 OPEN_TREE_CLOEXEC);
	ASSERT_LE(0, tree);
	EXPECT_DECIDED(line, 0, write_in(tree, "f"));
	EXPECT_DECIDED(fim_fmt("mkdir %s", at(self, "a/prot/new")), 0,
		       sys(mkdirat(tree, "new", 0755)));
	EXPECT_PASSED(0, sys(move_mount(tree, "", AT_FDCWD, d,
					MOVE_MOUNT_F_EMPTY_PATH)));
	EXPECT_DECIDED(line, 0, fim_opened(open(fim_fmt("%s/f", d),
						O_WRONLY | O_CLOEXEC)));
	close(tree);
	EXPECT_PASSED(0, sys(umount2(d, MNT_DETACH)));
}

TEST_HARNESS_MAIN
