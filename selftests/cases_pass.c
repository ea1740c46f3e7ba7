// SPDX-License-Identifier: GPL-2.0
/*
 * cases_pass.c - what is no change, and must pass without a record
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <linux/fs.h>

#include "cases.h"

#define PLACE const struct fim_place *at

static int read_file(PLACE)
{
	char buf[16];

	return sys(read(fim_case_open(at, "f", O_RDONLY), buf, sizeof(buf)));
}

static int read_noatime(PLACE)
{
	return fim_opened(fim_case_open(at, "f", O_RDONLY | O_NOATIME));
}

static int stat_file(PLACE)
{
	struct stat st;

	return sys(fstatat(at->fd, fim_in(at, "f"), &st, 0));
}

static int list_dir(PLACE)
{
	DIR *dir = fdopendir(fim_case_open(at, "", O_RDONLY | O_DIRECTORY));

	return dir && readdir(dir) ? 0 : errno;
}

static int read_link(PLACE)
{
	char buf[16];

	return sys(readlinkat(at->fd, fim_in(at, "l"), buf, sizeof(buf)));
}

static int access_w(PLACE)
{
	return sys(faccessat(at->fd, fim_in(at, "f"), W_OK, 0));
}

static int get_xattr(PLACE)
{
	char buf[16];

	return sys(getxattr(fim_full(at, "f"), "trusted.fim", buf, sizeof(buf)));
}

static int get_flags(PLACE)
{
	int flags;

	return sys(ioctl(fim_case_open(at, "f", O_RDONLY), FS_IOC_GETFLAGS,
			 &flags));
}

static int stat_fs(PLACE)
{
	struct statvfs st;

	return sys(fstatvfs(fim_case_open(at, "", O_PATH), &st));
}

static int change_dir(PLACE)
{
	return sys(fchdir(fim_case_open(at, "", O_RDONLY)));
}

static int execute(PLACE)
{
	int fd = fim_case_open(at, "exe", O_RDONLY);
	int status = 0;
	pid_t pid;

	pid = fork();
	if (!pid) {
		setenv("FIM_TEST_EXIT", "1", 1);
		execveat(fd, "", (char *[]){ "exe", NULL }, environ,
			 AT_EMPTY_PATH);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}

static int map_private(PLACE)
{
	int fd = fim_case_open(at, "f", O_RDONLY);
	char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	if (map == MAP_FAILED)
		return errno;
	map[0] = 'x';
	return sys(mprotect(map, 4096, PROT_READ | PROT_EXEC));
}

static int map_shared_read(PLACE)
{
	int fd = fim_case_open(at, "f", O_RDONLY);

	return mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ?
	       errno : 0;
}

static int create_existing(PLACE)
{
	return fim_opened(fim_case_open(at, "f", O_CREAT | O_RDONLY));
}

static int create_excl_existing(PLACE)
{
	return fim_opened(fim_case_open(at, "f", O_CREAT | O_EXCL | O_WRONLY));
}

static int mkdir_existing(PLACE)
{
	return sys(mkdirat(at->fd, fim_in(at, "d"), 0755));
}

static int unlink_missing(PLACE)
{
	return sys(unlinkat(at->fd, fim_in(at, "missing"), 0));
}

static int write_missing(PLACE)
{
	return fim_opened(fim_case_open(at, "missing", O_WRONLY));
}

static int write_dir(PLACE)
{
	return fim_opened(fim_case_open(at, "d", O_WRONLY));
}

static int write_fifo(PLACE)
{
	int reader = fim_case_open(at, "fifo", O_RDONLY | O_NONBLOCK);

	return reader < 0 ? errno :
	       fim_write_to(fim_case_open(at, "fifo", O_WRONLY | O_NONBLOCK));
}

static int write_device(PLACE)
{
	return fim_write_to(fim_case_open(at, "null", O_WRONLY | O_TRUNC));
}

static int write_socket(PLACE)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	/* Nobody listens: what counts is that looking it up passes. */
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", fim_full(at, "sock"));
	return sys(connect(fd, (struct sockaddr *)&sun, sizeof(sun)));
}

static int write_through_link(PLACE)
{
	return fim_write_to(fim_case_open(at, "away", O_WRONLY));
}

static int lock_file(PLACE)
{
	return sys(flock(fim_case_open(at, "f", O_RDONLY), LOCK_EX));
}

static int lease_file(PLACE)
{
	return sys(fcntl(fim_case_open(at, "f", O_RDONLY), F_SETLEASE, F_RDLCK));
}

static int watch_file(PLACE)
{
	return sys(inotify_add_watch(inotify_init1(IN_CLOEXEC),
				     fim_full(at, "f"), IN_ALL_EVENTS));
}

static int copy_out(PLACE)
{
	int in = fim_case_open(at, "f", O_RDONLY);
	int out = openat(at->fd, fim_out(at, "copy"),
			 O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return sys(sendfile(out, in, NULL, 16));
}

static int sync_file(PLACE)
{
	return sys(fsync(fim_case_open(at, "f", O_RDONLY)));
}

#define PASS(fn, ...) { .name = #fn, .run = fn, __VA_ARGS__ }

static const struct fim_case cases[] = {
	PASS(read_file, .id = "M01"),
	PASS(read_noatime, .id = "F14"),
	PASS(stat_file, .id = "M01"),
	PASS(list_dir, .id = "M01"),
	PASS(read_link, .id = "M01"),
	PASS(access_w, .id = "M01"),
	PASS(get_xattr, .id = "M09"),
	PASS(get_flags, .id = "M09", .flags = FIM_CASE_OPTIONAL),
	PASS(stat_fs, .id = "M09"),
	PASS(change_dir, .id = "M01"),
	PASS(execute, .id = "E10"),
	PASS(map_private, .id = "C09"),
	PASS(map_shared_read, .id = "M01"),
	PASS(create_existing, .id = "A07"),
	PASS(create_excl_existing, .err = EEXIST),
	PASS(mkdir_existing, .err = EEXIST),
	PASS(unlink_missing, .err = ENOENT),
	PASS(write_missing, .err = ENOENT),
	PASS(write_dir, .err = EISDIR),
	PASS(write_fifo, .id = "A26"),
	PASS(write_device, .id = "A26"),
	PASS(write_socket, .id = "A26", .err = ECONNREFUSED),
	PASS(write_through_link, .id = "B15"),
	PASS(lock_file, .id = "F15"),
	PASS(lease_file, .id = "F15"),
	PASS(watch_file, .id = "F15"),
	PASS(copy_out, .id = "M09"),
	PASS(sync_file, .id = "M09"),
};

const struct fim_cases fim_pass_cases = { "passes", cases, ARRAY_SIZE(cases) };

static int copy_self(const char *path)
{
	int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int out = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	struct stat st;
	int err;

	err = sys(fstat(in, &st)) ?: sys(sendfile(out, in, NULL, st.st_size));
	close(in);
	close(out);
	return err;
}

static int make_socket(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err;

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	err = sys(bind(fd, (struct sockaddr *)&sun, sizeof(sun)));
	close(fd);
	return err;
}

/**
 * fim_pass_cell_make() - make the one cell that these cases share
 * @tree: a tree before fim_tree_mount()
 *
 * Beside what every cell has: exe, a program; fifo, null, sock, which are no
 * files; away, a symbolic link to a file outside.
 *
 * Return: 0 or an errno.
 */
int fim_pass_cell_make(const struct fim_tree *tree)
{
	const char *dir = fim_fmt("%s/a/prot/pass", tree->build);
	const char *open = fim_fmt("%s/open/pass", tree->build);

	return fim_cell_make(dir, 0) ?: fim_cell_make(open, 0) ?:
	       copy_self(fim_fmt("%s/exe", dir)) ?:
	       sys(mkfifo(fim_fmt("%s/fifo", dir), 0666)) ?:
	       sys(mknod(fim_fmt("%s/null", dir), S_IFCHR | 0666,
			 makedev(1, 3))) ?:
	       make_socket(fim_fmt("%s/sock", dir)) ?:
	       sys(symlink(fim_fmt("%s/pass/f", tree->open),
			   fim_fmt("%s/away", dir)));
}
