// SPDX-License-Identifier: GPL-2.0
/*
 * loadfail - loads and unloads a module while the kernel's n-th allocation for
 * it fails, with n = 1, 2, 3, … and larger and larger steps, until neither needs
 * an n-th allocation any more.
 *
 *	loadfail NAME FILE [PARAMETERS]
 *
 * A load may fail for want of memory, and then the module is not there; an
 * unload may not fail. Exits with 1 and says why if it is otherwise, with 2 if
 * the kernel does not inject faults.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../fault.h"

/* More allocations than a load has, with a kernel that does its share */
#define ENOUGH 20000
/* Up to here each; then an n-th part of n more each time */
#define EACH 32

static const char *name, *file, *parameters;
static int fail;

static int is_loaded(void)
{
	char line[512];
	size_t len = strlen(name);
	int found = 0;
	FILE *f = fopen("/proc/modules", "re");

	if (!f)
		return -1;
	while (!found && fgets(line, sizeof(line), f))
		found = !strncmp(line, name, len) && line[len] == ' ';
	fclose(f);
	return found;
}

/* Return: 0 or an errno. @nth: as above, 0 for none; *@met: it came to that. */
static int load(int nth, int *met)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno;
	fault_set(fail, nth);
	if (syscall(SYS_finit_module, fd, parameters, 0))
		err = errno;
	*met = fault_end(fail) && nth;
	close(fd);
	return err;
}

static int unload(int nth, int *met)
{
	int err = 0;

	fault_set(fail, nth);
	if (syscall(SYS_delete_module, name, O_NONBLOCK))
		err = errno;
	*met = fault_end(fail) && nth;
	return err;
}

static int wrong(const char *what, int nth, int err)
{
	fprintf(stderr, "loadfail: %s without allocation %d: %s\n", what, nth,
		strerror(err));
	return 1;
}

static int next(int nth)
{
	return nth + 1 + (nth > EACH ? nth / EACH : 0);
}

/* Return: 0, or 1 after saying what is wrong. */
static int walk_loads(void)
{
	int nth, met = 1, none, err, failed = 0, passed = 0;

	for (nth = 1; met && nth < ENOUGH; nth = next(nth)) {
		err = load(nth, &met);
		if (err && !met)
			return wrong("load", nth, err);
		if (is_loaded() != !err)
			return wrong("half a load", nth, err);
		failed += err != 0;
		passed += !err;
		err = err ? 0 : unload(0, &none);
		if (err)
			return wrong("unload after a load", nth, err);
	}
	printf("%d loads failed, %d passed, up to allocation %d\n", failed,
	       passed, nth);
	/* The last one is to need no such allocation, or they never failed. */
	return met || !failed ? wrong("never a load", nth, 0) : 0;
}

/* Return: as walk_loads(). */
static int walk_unloads(void)
{
	int nth, met = 1, none, err;

	for (nth = 1; met && nth < ENOUGH; nth = next(nth)) {
		err = load(0, &none);
		if (err)
			return wrong("load before an unload", nth, err);
		err = unload(nth, &met);
		if (err || is_loaded())
			return wrong("unload", nth, err);
	}
	printf("unloads passed, up to allocation %d\n", nth);
	return met ? wrong("never an unload", nth, 0) : 0;
}

int main(int argc, char **argv)
{
	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: loadfail NAME FILE [PARAMETERS]\n");
		return 2;
	}
	name = argv[1];
	file = argv[2];
	parameters = argc > 3 ? argv[3] : "";
	fail = fault_open();
	if (fail < 0) {
		perror("loadfail: this kernel injects no faults");
		return 2;
	}
	return walk_loads() || walk_unloads();
}
