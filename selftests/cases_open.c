// SPDX-License-Identifier: GPL-2.0
/*
 * cases_open.c - opens that give the means to change a file
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/openat2.h>

#include "cases.h"

#define PLACE const struct fim_place *at

static int open_wronly(PLACE)
{
	return fim_write_to(fim_case_open(at, "f", O_WRONLY));
}

static int open_rdwr(PLACE)
{
	return fim_opened(fim_case_open(at, "f", O_RDWR));
}

static int open_append(PLACE)
{
	return fim_write_to(fim_case_open(at, "f", O_WRONLY | O_APPEND));
}

static int open_trunc(PLACE)
{
	return fim_opened(fim_case_open(at, "f", O_RDONLY | O_TRUNC));
}

static int open_wronly_trunc(PLACE)
{
	return fim_opened(fim_case_open(at, "f", O_WRONLY | O_TRUNC));
}

static int open_creat_trunc(PLACE)
{
	return fim_write_to(fim_case_open(at, "f",
					  O_WRONLY | O_CREAT | O_TRUNC));
}

static int open_mode3(PLACE)
{
	return fim_opened(fim_case_open(at, "f", O_ACCMODE));
}

static int open_tmpfile(PLACE)
{
	return fim_opened(fim_case_open(at, "", O_TMPFILE | O_RDWR));
}

static int open_openat2(PLACE)
{
	struct open_how how = { .flags = O_WRONLY };

	return fim_write_to(syscall(SYS_openat2, at->fd, fim_in(at, "f"), &how,
				    sizeof(how)));
}

static int open_symlink(PLACE)
{
	return fim_write_to(fim_case_open(at, "l", O_WRONLY));
}

static int open_dots(PLACE)
{
	return fim_write_to(fim_case_open(at, "d/../sub/.././f", O_WRONLY));
}

static int reopen(PLACE, int flags)
{
	int fd = fim_case_open(at, "f", flags);

	if (fd < 0)
		return errno;
	return fim_write_to(open(fim_fmt("/proc/self/fd/%d", fd),
				 O_WRONLY | O_CLOEXEC));
}

static int reopen_rdonly(PLACE)
{
	return reopen(at, O_RDONLY);
}

static int reopen_path(PLACE)
{
	return reopen(at, O_PATH);
}

static int reopen_map(PLACE)
{
	int fd = fim_case_open(at, "f", O_RDONLY);
	char *map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	if (map == MAP_FAILED)
		return errno;
	return fim_write_to(open(fim_fmt("/proc/self/map_files/%lx-%lx",
					 (unsigned long)map,
					 (unsigned long)map + 4096),
				 O_WRONLY | O_CLOEXEC));
}

static int reopen_task(PLACE)
{
	int fd = fim_case_open(at, "f", O_RDONLY);

	if (fd < 0)
		return errno;
	return fim_write_to(open(fim_fmt("/proc/%d/task/%d/fd/%d", getpid(),
					 getpid(), fd), O_RDWR | O_CLOEXEC));
}

#define OPTIONAL FIM_CASE_OPTIONAL
#define PROC FIM_CASE_PROC
#define SILENT FIM_CASE_SILENT
#define SAMPLE FIM_CASE_SAMPLE

static const struct fim_case cases[] = {
	{ "open_wronly", "A01", open_wronly, 0, FIM_OP_OPEN, "f",
	  .flags = SAMPLE },
	{ "open_rdwr", "A02", open_rdwr, 0, FIM_OP_OPEN, "f", .flags = SILENT },
	{ "open_append", "A09", open_append, 0, FIM_OP_OPEN, "f" },
	{ "open_trunc", "A03", open_trunc, 0, FIM_OP_OPEN, "f",
	  .flags = SAMPLE },
	{ "open_wronly_trunc", "A03", open_wronly_trunc, 0, FIM_OP_OPEN, "f" },
	{ "open_creat_trunc", "A03", open_creat_trunc, 0, FIM_OP_OPEN, "f" },
	{ "open_mode3", "A02", open_mode3, 0, FIM_OP_OPEN, "f",
	  .flags = SILENT },
	{ "open_tmpfile", "B05", open_tmpfile, 0, FIM_OP_OPEN, "#",
	  .flags = SILENT | OPTIONAL | FIM_CASE_COPIES_UP },
	{ "open_openat2", "A01", open_openat2, 0, FIM_OP_OPEN, "f" },
	{ "open_symlink", "B16", open_symlink, 0, FIM_OP_OPEN, "f" },
	{ "open_dots", "A01", open_dots, 0, FIM_OP_OPEN, "f" },
	{ "reopen_rdonly", "C04", reopen_rdonly, 0, FIM_OP_OPEN, "f",
	  .flags = PROC | SAMPLE },
	{ "reopen_path", "C04", reopen_path, 0, FIM_OP_OPEN, "f",
	  .flags = PROC },
	{ "reopen_map", "B21", reopen_map, 0, FIM_OP_OPEN, "f",
	  .flags = FIM_CASE_ROOT | PROC },
	{ "reopen_task", "B21", reopen_task, 0, FIM_OP_OPEN, "f",
	  .flags = PROC },
};

const struct fim_cases fim_open_cases = { "opens", cases, ARRAY_SIZE(cases) };
