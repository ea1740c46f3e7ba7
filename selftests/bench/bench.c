// SPDX-License-Identifier: GPL-2.0
/*
 * bench - what system calls cost, in instructions
 *
 *	bench run DIRECTORY	prints "NAME INSTRUCTIONS" for each operation,
 *				on files of DIRECTORY, which is made
 *	bench clock		prints "clock RATIO": ticks of the time stamp
 *				counter per instruction, 1000 is one to one
 *	bench dirs DIRECTORY N	makes DIRECTORY/0 to N-1
 *
 * Under "qemu -icount shift=0" the time stamp counter counts the guest's
 * instructions. An operation is run in batches, short enough for most to see
 * no timer tick; what the cheapest batch took is what the operation costs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <x86intrin.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define BATCHES 120
#define CALLS 40

static int dir_fd, file_fd;
static char buffer[64];

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int op_read(void)
{
	return pread(file_fd, buffer, sizeof(buffer), 0) < 0 ? -1 : 0;
}

static int op_write(void)
{
	return pwrite(file_fd, buffer, sizeof(buffer), 0) < 0 ? -1 : 0;
}

static int op_stat(void)
{
	struct stat st;

	return fstatat(dir_fd, "file", &st, 0);
}

static int op_open_read(void)
{
	int fd = openat(dir_fd, "file", O_RDONLY);

	return fd < 0 ? -1 : close(fd);
}

static int op_open_write(void)
{
	int fd = openat(dir_fd, "file", O_WRONLY);

	return fd < 0 ? -1 : close(fd);
}

static int op_create_unlink(void)
{
	int fd = openat(dir_fd, "new", O_CREAT | O_EXCL | O_WRONLY, 0600);

	return fd < 0 || close(fd) ? -1 : unlinkat(dir_fd, "new", 0);
}

static int op_rename(void)
{
	if (renameat(dir_fd, "other", dir_fd, "moved"))
		return -1;
	return renameat(dir_fd, "moved", dir_fd, "other");
}

static const struct {
	const char *name;
	int (*call)(void);
} ops[] = {
	{ "read", op_read },
	{ "write", op_write },
	{ "stat", op_stat },
	{ "open-read", op_open_read },
	{ "open-write", op_open_write },
	{ "create-unlink", op_create_unlink },
	{ "rename-twice", op_rename },
};

static unsigned long long measure(int (*call)(void))
{
	unsigned long long best = ~0ULL, start, took;
	int batch, i;

	for (batch = 0; batch < BATCHES; batch++) {
		start = __rdtsc();
		for (i = 0; i < CALLS; i++)
			if (call())
				die("an operation failed");
		took = __rdtsc() - start;
		if (took < best)
			best = took;
	}
	return best / CALLS;
}

static void make_file(const char *name)
{
	int fd = openat(dir_fd, name, O_CREAT | O_RDWR, 0600);

	if (fd < 0 || write(fd, buffer, sizeof(buffer)) < 0 || close(fd))
		die(name);
}

/* DIRECTORY and what is missing above it. */
static void make_dirs(char *path)
{
	char *slash = path;

	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			die(path);
		*slash = '/';
	}
	if (mkdir(path, 0755) && errno != EEXIST)
		die(path);
}

static void run(char *dir)
{
	size_t i;

	make_dirs(dir);
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY);
	if (dir_fd < 0)
		die(dir);
	make_file("file");
	make_file("other");
	file_fd = openat(dir_fd, "file", O_RDWR);
	/* leave no writing back to be done meanwhile */
	sync();
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		printf("%s %llu\n", ops[i].name, measure(ops[i].call));
}

static void dirs(char *dir, int n)
{
	char name[32];
	int i;

	make_dirs(dir);
	if (chdir(dir))
		die(dir);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%d", i);
		if (mkdir(name, 0755))
			die(name);
	}
}

/* Two instructions, 100 000 times; the best of ten, as with the calls. */
static void clock_ratio(void)
{
	unsigned long long best = ~0ULL, start, took;
	unsigned long n;
	int i;

	for (i = 0; i < 10; i++) {
		n = 100000;
		start = __rdtsc();
		asm volatile("1: dec %0; jnz 1b" : "+r"(n));
		took = __rdtsc() - start;
		if (took < best)
			best = took;
	}
	printf("clock %llu\n", best / 200);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "run"))
		run(argv[2]);
	else if (argc == 4 && !strcmp(argv[1], "dirs"))
		dirs(argv[2], atoi(argv[3]));
	else if (argc == 2 && !strcmp(argv[1], "clock"))
		clock_ratio();
	else
		return 2;
	return 0;
}
