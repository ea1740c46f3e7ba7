// SPDX-License-Identifier: GPL-2.0
/*
 * cases_attr.c - operations that change what is known about a file
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <linux/capability.h>
#include <linux/fs.h>

#include "acl.h"
#include "cases.h"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_file_setattr
#define SYS_file_setattr 469
#endif

#define PLACE const struct fim_place *at

static const struct timespec times[2] = { { 1, 1 }, { 2, 2 } };

static int chmod_f(PLACE)
{
	return sys(chmod(fim_full(at, "f"), 04755));
}

static int chmod_dir(PLACE)
{
	return sys(fchmodat(at->fd, fim_in(at, "d"), 0700, 0));
}

static int chmod_cell(PLACE)
{
	return sys(fchmodat(at->fd, fim_in(at, ""), 0711, 0));
}

static int fchmod_ro(PLACE)
{
	return sys(fchmod(fim_case_open(at, "f", O_RDONLY), 0600));
}

static int fchmodat_f(PLACE)
{
	return sys(fchmodat(at->fd, fim_in(at, "f"), 0600, 0));
}

static int fchmodat2_f(PLACE)
{
	return sys(syscall(SYS_fchmodat2, at->fd, fim_in(at, "f"), 0600,
			   AT_SYMLINK_NOFOLLOW));
}

static int chown_f(PLACE)
{
	return sys(chown(fim_full(at, "f"), 1, 1));
}

static int fchown_ro(PLACE)
{
	return sys(fchown(fim_case_open(at, "f", O_RDONLY), 1, 1));
}

static int lchown_symlink(PLACE)
{
	return sys(fchownat(at->fd, fim_in(at, "l"), 1, 1,
			    AT_SYMLINK_NOFOLLOW));
}

static int utimes_f(PLACE)
{
	return sys(utimensat(at->fd, fim_in(at, "f"), times, 0));
}

static int utimes_now(PLACE)
{
	return sys(utimensat(at->fd, fim_in(at, "f"), NULL, 0));
}

static int utimes_symlink(PLACE)
{
	return sys(utimensat(at->fd, fim_in(at, "l"), times,
			     AT_SYMLINK_NOFOLLOW));
}

static int utimes_cell(PLACE)
{
	return sys(utimensat(at->fd, fim_in(at, ""), times, 0));
}

static int futimens_ro(PLACE)
{
	return sys(futimens(fim_case_open(at, "f", O_RDONLY), times));
}

static int truncate_zero(PLACE)
{
	return sys(truncate(fim_full(at, "f"), 0));
}

static int truncate_extend(PLACE)
{
	return sys(truncate(fim_full(at, "f"), 1 << 20));
}

static int ftruncate_before(PLACE)
{
	return sys(ftruncate(at->rw, 0));
}

static int setxattr_trusted(PLACE)
{
	return sys(setxattr(fim_full(at, "f"), "trusted.fim", "2", 1, 0));
}

static int setxattr_user(PLACE)
{
	return sys(setxattr(fim_full(at, "f"), "user.fim", "2", 1, 0));
}

static int lsetxattr_dir(PLACE)
{
	return sys(lsetxattr(fim_full(at, "d"), "trusted.fim", "2", 1, 0));
}

static int fsetxattr_ro(PLACE)
{
	return sys(fsetxattr(fim_case_open(at, "f", O_RDONLY), "trusted.fim",
			     "2", 1, 0));
}

static int set_capability(PLACE)
{
	struct vfs_cap_data cap = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data = { { .permitted = 1 << CAP_NET_RAW } },
	};

	return sys(setxattr(fim_full(at, "f"), "security.capability", &cap,
			    sizeof(cap), 0));
}

static int set_opaque(PLACE)
{
	return sys(setxattr(fim_full(at, "d"), "trusted.overlay.opaque", "y", 1,
			    0));
}

static int set_label(PLACE)
{
	return sys(setxattr(fim_full(at, "f"), "security.fim", "x", 1, 0));
}

static int removexattr_trusted(PLACE)
{
	return sys(removexattr(fim_full(at, "f"), "trusted.fim"));
}

static int removexattr_user(PLACE)
{
	return sys(removexattr(fim_full(at, "g"), "user.fim"));
}

static int fremovexattr_ro(PLACE)
{
	return sys(fremovexattr(fim_case_open(at, "f", O_RDONLY),
				"trusted.fim"));
}

static int setacl_access(PLACE)
{
	return sys(setxattr(fim_full(at, "f"), ACL_ACCESS, &acl_user,
			    sizeof(acl_user), 0));
}

static int setacl_default(PLACE)
{
	return sys(setxattr(fim_full(at, "d"), ACL_DEFAULT, &acl_user,
			    sizeof(acl_user), 0));
}

static int removeacl(PLACE)
{
	return sys(removexattr(fim_full(at, "acl"), ACL_ACCESS));
}

static int setflags(PLACE)
{
	int fd = fim_case_open(at, "f", O_RDONLY);
	int flags;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags))
		return errno;
	flags |= FS_NODUMP_FL;
	return sys(ioctl(fd, FS_IOC_SETFLAGS, &flags));
}

static int fssetxattr(PLACE)
{
	int fd = fim_case_open(at, "f", O_RDONLY);
	struct fsxattr fsx;

	if (ioctl(fd, FS_IOC_FSGETXATTR, &fsx))
		return errno;
	fsx.fsx_xflags |= FS_XFLAG_NODUMP;
	return sys(ioctl(fd, FS_IOC_FSSETXATTR, &fsx));
}

static int file_setattr(PLACE)
{
	struct {
		__u64 xflags;
		__u32 extsize, nextents, projid, cowextsize;
	} fa = { .xflags = FS_XFLAG_NODUMP };

	return sys(syscall(SYS_file_setattr, at->fd, fim_in(at, "f"), &fa,
			   sizeof(fa), 0));
}

#define ROOT FIM_CASE_ROOT
#define OPTIONAL FIM_CASE_OPTIONAL
#define SAMPLE FIM_CASE_SAMPLE

static const struct fim_case cases[] = {
	{ "chmod", "F01", chmod_f, 0, FIM_OP_SETATTR, "f", .flags = SAMPLE },
	{ "chmod_dir", "F04", chmod_dir, 0, FIM_OP_SETATTR, "d" },
	{ "chmod_cell", "F04", chmod_cell, 0, FIM_OP_SETATTR, "" },
	{ "fchmod", "F01", fchmod_ro, 0, FIM_OP_SETATTR, "f" },
	{ "fchmodat", "F01", fchmodat_f, 0, FIM_OP_SETATTR, "f" },
	{ "fchmodat2", "F01", fchmodat2_f, 0, FIM_OP_SETATTR, "f",
	  .flags = OPTIONAL },
	{ "chown", "F04", chown_f, 0, FIM_OP_SETATTR, "f", .flags = ROOT },
	{ "fchown", "F04", fchown_ro, 0, FIM_OP_SETATTR, "f", .flags = ROOT },
	{ "lchown_symlink", "F04", lchown_symlink, 0, FIM_OP_SETATTR, "l",
	  .flags = ROOT },
	{ "utimes", "F03", utimes_f, 0, FIM_OP_SETATTR, "f" },
	{ "utimes_now", "F03", utimes_now, 0, FIM_OP_SETATTR, "f" },
	{ "utimes_symlink", "F03", utimes_symlink, 0, FIM_OP_SETATTR, "l" },
	{ "utimes_cell", "F04", utimes_cell, 0, FIM_OP_SETATTR, "" },
	{ "futimens", "F03", futimens_ro, 0, FIM_OP_SETATTR, "f" },
	{ "truncate", "A10", truncate_zero, 0, FIM_OP_SETATTR, "f" },
	{ "truncate_extend", "A10", truncate_extend, 0, FIM_OP_SETATTR, "f" },
	{ "ftruncate_before", "A11", ftruncate_before, 0, FIM_OP_SETATTR, "f",
	  .flags = FIM_CASE_RW },
	{ "setxattr", "F05", setxattr_trusted, 0, FIM_OP_SETXATTR, "f",
	  .flags = ROOT | SAMPLE },
	{ "setxattr_user", "F05", setxattr_user, 0, FIM_OP_SETXATTR, "f",
	  .flags = OPTIONAL },
	{ "lsetxattr_dir", "F05", lsetxattr_dir, 0, FIM_OP_SETXATTR, "d",
	  .flags = ROOT },
	{ "fsetxattr", "F05", fsetxattr_ro, 0, FIM_OP_SETXATTR, "f",
	  .flags = ROOT },
	{ "set_capability", "F07", set_capability, 0, FIM_OP_SETXATTR, "f",
	  .flags = ROOT },
	{ "set_opaque", "F07", set_opaque, 0, FIM_OP_SETXATTR, "d",
	  .flags = ROOT | OPTIONAL },
	{ "set_label", "F07", set_label, 0, FIM_OP_SETXATTR, "f",
	  .flags = ROOT | OPTIONAL },
	{ "removexattr", "F05", removexattr_trusted, 0, FIM_OP_REMOVEXATTR,
	  "f", .flags = ROOT },
	{ "removexattr_user", "F05", removexattr_user, 0, FIM_OP_REMOVEXATTR,
	  "g", .flags = OPTIONAL },
	{ "fremovexattr", "F05", fremovexattr_ro, 0, FIM_OP_REMOVEXATTR, "f",
	  .flags = ROOT },
	{ "setacl", "F08", setacl_access, 0, FIM_OP_SETACL, "f",
	  .flags = OPTIONAL },
	{ "setacl_default", "F08", setacl_default, 0, FIM_OP_SETACL, "d",
	  .flags = OPTIONAL },
	{ "removeacl", "F08", removeacl, 0, FIM_OP_REMOVEACL, "acl",
	  .flags = OPTIONAL },
	{ "setflags", "F09", setflags, 0, FIM_OP_FILEATTR, "f",
	  .flags = OPTIONAL },
	{ "fssetxattr", "F09", fssetxattr, 0, FIM_OP_FILEATTR, "f",
	  .flags = OPTIONAL },
	{ "file_setattr", "F10", file_setattr, 0, FIM_OP_FILEATTR, "f",
	  .flags = OPTIONAL },
};

const struct fim_cases fim_attr_cases = {
	"attributes", cases, ARRAY_SIZE(cases)
};
