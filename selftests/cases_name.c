// SPDX-License-Identifier: GPL-2.0
/*
 * cases_name.c - operations that make, remove or move a name
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/fs.h>
#include <linux/openat2.h>

#include "cases.h"

#define PLACE const struct fim_place *at

static int create_wronly(PLACE)
{
	return fim_write_to(fim_case_open(at, "new", O_CREAT | O_WRONLY));
}

static int create_rdonly(PLACE)
{
	return fim_opened(fim_case_open(at, "new", O_CREAT | O_RDONLY));
}

static int create_excl(PLACE)
{
	return fim_opened(fim_case_open(at, "new", O_CREAT | O_EXCL | O_RDWR));
}

static int create_creat(PLACE)
{
	return fim_write_to(creat(fim_full(at, "new"), 0600));
}

static int create_openat2(PLACE)
{
	struct open_how how = { .flags = O_CREAT | O_WRONLY, .mode = 0644 };

	return fim_write_to(syscall(SYS_openat2, at->fd, fim_in(at, "new"),
				    &how, sizeof(how)));
}

static int make(PLACE, mode_t mode, dev_t dev)
{
	return sys(mknodat(at->fd, fim_in(at, "new"), mode | 0600, dev));
}

static int mknod_reg(PLACE)
{
	return make(at, S_IFREG, 0);
}

static int mknod_fifo(PLACE)
{
	return make(at, S_IFIFO, 0);
}

static int mknod_sock(PLACE)
{
	return make(at, S_IFSOCK, 0);
}

static int mknod_char(PLACE)
{
	return make(at, S_IFCHR, makedev(1, 3));
}

static int mknod_block(PLACE)
{
	return make(at, S_IFBLK, makedev(7, 0));
}

static int bind_unix(PLACE)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", fim_full(at, "new"));
	return sys(bind(fd, (struct sockaddr *)&sun, sizeof(sun)));
}

static int mkdir_new(PLACE)
{
	return sys(mkdirat(at->fd, fim_in(at, "new"), 0755));
}

static int symlink_new(PLACE)
{
	return sys(symlinkat("/etc/shadow", at->fd, fim_in(at, "new")));
}

static int link_out(PLACE)
{
	return sys(linkat(at->fd, fim_in(at, "f"), at->fd, fim_out(at, "new"),
			  0));
}

static int link_in(PLACE)
{
	return sys(linkat(at->fd, fim_out(at, "f"), at->fd, fim_in(at, "new"),
			  0));
}

static int link_inside(PLACE)
{
	return sys(linkat(at->fd, fim_in(at, "f"), at->fd, fim_in(at, "new"),
			  0));
}

static int link_symlink_out(PLACE)
{
	return sys(linkat(at->fd, fim_in(at, "l"), at->fd, fim_out(at, "new"),
			  0));
}

static int link_tmpfile(PLACE)
{
	int fd = openat(at->fd, *at->peer ? at->peer : ".",
			O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	return sys(linkat(AT_FDCWD, fim_fmt("/proc/self/fd/%d", fd), at->fd,
			  fim_in(at, "new"), AT_SYMLINK_FOLLOW));
}

static int unlink_f(PLACE)
{
	return sys(unlinkat(at->fd, fim_in(at, "f"), 0));
}

static int unlink_symlink(PLACE)
{
	return sys(unlinkat(at->fd, fim_in(at, "l"), 0));
}

static int unlink_below(PLACE)
{
	return sys(unlinkat(at->fd, fim_in(at, "sub/x"), 0));
}

static int rmdir_d(PLACE)
{
	return sys(unlinkat(at->fd, fim_in(at, "d"), AT_REMOVEDIR));
}

static int move(PLACE, const char *from, const char *to, unsigned int flags)
{
	return sys(syscall(SYS_renameat2, at->fd, from, at->fd, to, flags));
}

static int rename_in(PLACE)
{
	return move(at, fim_out(at, "f"), fim_in(at, "new"), 0);
}

static int rename_replace(PLACE)
{
	return move(at, fim_out(at, "f"), fim_in(at, "f"), 0);
}

static int rename_out(PLACE)
{
	return move(at, fim_in(at, "f"), fim_out(at, "new"), 0);
}

static int rename_out_replace(PLACE)
{
	return move(at, fim_in(at, "f"), fim_out(at, "f"), 0);
}

static int rename_inside(PLACE)
{
	return move(at, fim_in(at, "f"), fim_in(at, "new"), 0);
}

static int rename_inside_replace(PLACE)
{
	return move(at, fim_in(at, "g"), fim_in(at, "f"), 0);
}

static int rename_noreplace(PLACE)
{
	return move(at, fim_in(at, "f"), fim_in(at, "new"), RENAME_NOREPLACE);
}

static int rename_dir_in(PLACE)
{
	return move(at, fim_out(at, "sub"), fim_in(at, "new"), 0);
}

static int rename_dir_out(PLACE)
{
	return move(at, fim_in(at, "sub"), fim_out(at, "new"), 0);
}

static int rename_dir_replace(PLACE)
{
	return move(at, fim_out(at, "sub"), fim_in(at, "d"), 0);
}

static int exchange_in(PLACE)
{
	return move(at, fim_out(at, "f"), fim_in(at, "f"), RENAME_EXCHANGE);
}

static int exchange_out(PLACE)
{
	return move(at, fim_in(at, "f"), fim_out(at, "f"), RENAME_EXCHANGE);
}

static int exchange_inside(PLACE)
{
	return move(at, fim_in(at, "f"), fim_in(at, "g"), RENAME_EXCHANGE);
}

static int exchange_dir(PLACE)
{
	return move(at, fim_out(at, "sub"), fim_in(at, "sub"), RENAME_EXCHANGE);
}

static int rename_whiteout(PLACE)
{
	return move(at, fim_in(at, "f"), fim_out(at, "new"), RENAME_WHITEOUT);
}

#define ROOT FIM_CASE_ROOT
#define OPTIONAL FIM_CASE_OPTIONAL
#define PEER FIM_CASE_PEER
#define SAMPLE FIM_CASE_SAMPLE

static const struct fim_case cases[] = {
	{ "create_wronly", "A05", create_wronly, 0, FIM_OP_CREATE, "new",
	  .flags = SAMPLE },
	{ "create_rdonly", "A06", create_rdonly, 0, FIM_OP_CREATE, "new" },
	{ "create_excl", "A05", create_excl, 0, FIM_OP_CREATE, "new" },
	{ "create_creat", "A05", create_creat, 0, FIM_OP_CREATE, "new" },
	{ "create_openat2", "A05", create_openat2, 0, FIM_OP_CREATE, "new" },
	{ "mknod_reg", "A15", mknod_reg, 0, FIM_OP_CREATE, "new" },
	{ "mknod_fifo", "A15", mknod_fifo, 0, FIM_OP_MKNOD, "new" },
	{ "mknod_sock", "A15", mknod_sock, 0, FIM_OP_MKNOD, "new" },
	{ "mknod_char", "A15", mknod_char, 0, FIM_OP_MKNOD, "new",
	  .flags = ROOT },
	{ "mknod_block", "A15", mknod_block, 0, FIM_OP_MKNOD, "new",
	  .flags = ROOT },
	{ "bind_unix", "A17", bind_unix, 0, FIM_OP_MKNOD, "new" },
	{ "mkdir", "A14", mkdir_new, 0, FIM_OP_MKDIR, "new", .flags = SAMPLE },
	{ "symlink", "A16", symlink_new, 0, FIM_OP_SYMLINK, "new",
	  .text = "/etc/shadow" },
	{ "link_out", "B01", link_out, 0, FIM_OP_LINK, "f", .out = "new",
	  .flags = PEER | SAMPLE },
	{ "link_in", "B04", link_in, 0, FIM_OP_LINK, "new", .out = "f",
	  .flags = PEER },
	{ "link_inside", "B04", link_inside, 0, FIM_OP_LINK, "f", .to = "new" },
	{ "link_symlink_out", "B01", link_symlink_out, 0, FIM_OP_LINK, "l",
	  .out = "new", .flags = PEER },
	{ "link_tmpfile", "B06", link_tmpfile, 0, FIM_OP_LINK, "new",
	  .out = "#", .flags = PEER | OPTIONAL | FIM_CASE_PROC | FIM_CASE_COPIES_UP },
	{ "unlink", "A12", unlink_f, 0, FIM_OP_UNLINK, "f", .flags = SAMPLE },
	{ "unlink_symlink", "B15", unlink_symlink, 0, FIM_OP_UNLINK, "l" },
	{ "unlink_below", "A12", unlink_below, 0, FIM_OP_UNLINK, "sub/x" },
	{ "rmdir", "A13", rmdir_d, 0, FIM_OP_RMDIR, "d" },
	{ "rename_in", "B07", rename_in, 0, FIM_OP_RENAME, "new", .out = "f",
	  .flags = PEER | SAMPLE },
	{ "rename_replace", "B07", rename_replace, 0, FIM_OP_RENAME, "f",
	  .out = "f", .flags = PEER },
	{ "rename_out", "B08", rename_out, 0, FIM_OP_RENAME, "f", .out = "new",
	  .flags = PEER | SAMPLE },
	{ "rename_out_replace", "B08", rename_out_replace, 0, FIM_OP_RENAME,
	  "f", .out = "f", .flags = PEER },
	{ "rename_inside", NULL, rename_inside, 0, FIM_OP_RENAME, "f",
	  .to = "new" },
	{ "rename_inside_replace", NULL, rename_inside_replace, 0,
	  FIM_OP_RENAME, "g", .to = "f" },
	{ "rename_noreplace", NULL, rename_noreplace, 0, FIM_OP_RENAME, "f",
	  .to = "new" },
	{ "rename_dir_in", "B07", rename_dir_in, 0, FIM_OP_RENAME, "new",
	  .out = "sub", .flags = PEER },
	{ "rename_dir_out", "B08", rename_dir_out, 0, FIM_OP_RENAME, "sub",
	  .out = "new", .flags = PEER },
	{ "rename_dir_replace", "B07", rename_dir_replace, 0, FIM_OP_RENAME,
	  "d", .out = "sub", .flags = PEER },
	{ "exchange_in", "B10", exchange_in, 0, FIM_OP_RENAME, "f", .out = "f",
	  .flags = PEER },
	{ "exchange_out", "B10", exchange_out, 0, FIM_OP_RENAME, "f",
	  .out = "f", .flags = PEER | SAMPLE },
	{ "exchange_inside", "B10", exchange_inside, 0, FIM_OP_RENAME, "f",
	  .to = "g" },
	{ "exchange_dir", "B10", exchange_dir, 0, FIM_OP_RENAME, "sub",
	  .out = "sub", .flags = PEER },
	{ "rename_whiteout", NULL, rename_whiteout, 0, FIM_OP_RENAME, "f",
	  .out = "new", .flags = PEER | ROOT | OPTIONAL },
};

const struct fim_cases fim_name_cases = { "names", cases, ARRAY_SIZE(cases) };
