// SPDX-License-Identifier: GPL-2.0
/*
 * common.c - what the tests share: processes, namespaces, fimctl
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

static int initial_mnt = -1;

/**
 * fim_opened() - what an open came to
 * @fd: the descriptor, closed if it is one
 *
 * Return: 0 or the errno.
 */
int fim_opened(int fd)
{
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/**
 * fim_write_to() - write a byte to what was opened
 * @fd: the descriptor, closed if it is one
 *
 * Return: 0, or the errno of the open or else of the write.
 */
int fim_write_to(int fd)
{
	int err;

	if (fd < 0)
		return errno;
	err = sys(write(fd, "x", 1));
	close(fd);
	return err;
}

int fim_write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int err;

	if (fd < 0)
		return errno;
	err = sys(write(fd, text, strlen(text)));
	close(fd);
	return err;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/**
 * fim_remove_tree() - rm -rf
 * @path: what to remove
 *
 * Return: 0, also if there was nothing, or an errno.
 */
int fim_remove_tree(const char *path)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) && errno != ENOENT)
		return errno;
	return 0;
}

/**
 * fim_now() - the time
 * @clock: by which clock
 *
 * Return: nanoseconds.
 */
long long fim_now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * FIM_NS + ts.tv_nsec;
}

/**
 * fim_parameter() - a number that the module was loaded with, or has by itself
 * @name: of its parameter
 *
 * Return: the number, 0 if there is none.
 */
unsigned int fim_parameter(const char *name)
{
	const char *path = fim_fmt("/sys/module/fim/parameters/%s", name);
	char text[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (read(fd, text, sizeof(text) - 1) < 0)
			text[0] = '\0';
		close(fd);
	}
	return atoi(text);
}

/**
 * fim_budget_since() - records that a source may have had
 * @begin: since when, by CLOCK_MONOTONIC
 *
 * Return: the most that its budget allows, with all of it left at the begin.
 */
long long fim_budget_since(long long begin)
{
	long long seconds = (fim_now(CLOCK_MONOTONIC) - begin) / FIM_NS + 1;

	return fim_parameter("burst") + seconds * fim_parameter("rate");
}

/**
 * fim_fmt() - a string that need not be freed
 * @fmt: as for printf
 *
 * A test is a process, and short: what it asked for goes with it.
 *
 * Return: the string.
 */
const char *fim_fmt(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	va_end(ap);
	return text;
}

/**
 * fim_run() - do something in a process of its own
 * @uid: user to be, 0 to stay
 * @fn: what to do; returns an errno
 * @arg: handed to @fn
 * @pid: set to the process's id, may be NULL
 *
 * Directories, descriptors and namespaces that @fn changes are its own.
 *
 * Return: what @fn returned, ECHILD if it died of a signal.
 */
int fim_run(uid_t uid, int (*fn)(const void *), const void *arg, pid_t *pid)
{
	int status = 0;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child < 0)
		return errno;
	if (!child) {
		if (uid && (setresgid(uid, uid, uid) || setresuid(uid, uid, uid)))
			_exit(errno);
		_exit(fn(arg));
	}
	if (pid)
		*pid = child;
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}

/**
 * fim_module() - load a module that the machine's image has, with what it needs
 * @name: its name
 *
 * Return: 0 or an errno: ENOENT if there is none.
 */
int fim_module(const char *name)
{
	static const char load[] =
		"cd /vm/modules/%s 2>/dev/null || exit 2\n"
		"for file in *.ko; do\n"
		"	module=${file#*-}\n"
		"	module=$(echo ${module%%.ko} | tr - _)\n"
		"	[ -d /sys/module/$module ] || insmod $file || exit 1\n"
		"done";
	int status = system(fim_fmt(load, name));

	if (!WIFEXITED(status))
		return ECHILD;
	return WEXITSTATUS(status) == 2 ? ENOENT :
	       WEXITSTATUS(status) ? EIO : 0;
}

/**
 * fim_map_root() - be root in the user namespace that was just entered
 * @uid: who that is outside of it
 * @gid: and his group
 *
 * Return: 0 or an errno.
 */
int fim_map_root(uid_t uid, gid_t gid)
{
	/* A process that has changed its user does not own its files in /proc. */
	prctl(PR_SET_DUMPABLE, 1);
	return fim_write_file("/proc/self/setgroups", "deny") ?:
	       fim_write_file("/proc/self/uid_map", fim_fmt("0 %u 1", uid)) ?:
	       fim_write_file("/proc/self/gid_map", fim_fmt("0 %u 1", gid));
}

/**
 * fim_copied_mounts() - enter a copy of the mount namespace, whose mounts send to
 *	those that they are copies of, and receive from them, if these are shared
 *
 * Return: 0 or an errno.
 */
int fim_copied_mounts(void)
{
	if (initial_mnt < 0)
		initial_mnt = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	return initial_mnt < 0 ? errno : sys(unshare(CLONE_NEWNS));
}

/**
 * fim_own_mounts() - enter a mount namespace of one's own
 *
 * Return: 0 or an errno.
 */
int fim_own_mounts(void)
{
	return fim_copied_mounts() ?:
	       sys(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

/**
 * fim_initial_mounts() - go back to where one of these was first called
 *
 * Return: 0 or an errno.
 */
int fim_initial_mounts(void)
{
	return initial_mnt < 0 ? 0 : sys(setns(initial_mnt, CLONE_NEWNS));
}

/**
 * fim_drop_caches() - make the kernel forget what it can read again
 * @what: "2" for names and inodes, "3" for contents too
 *
 * Return: 0 or an errno.
 */
int fim_drop_caches(const char *what)
{
	sync();
	return fim_write_file("/proc/sys/vm/drop_caches", what);
}

static void exec_ctl(int in, int out, const char *const argv[])
{
	const char *args[16] = { "fimctl" };
	size_t i;

	for (i = 0; argv[i] && i < ARRAY_SIZE(args) - 2; i++)
		args[i + 1] = argv[i];
	if (fim_initial_mounts() || dup2(in, 0) < 0 || dup2(out, 1) < 0 ||
	    dup2(out, 2) < 0)
		_exit(126);
	execvp(args[0], (char *const *)args);
	_exit(127);
}

/**
 * fim_ctl() - run fimctl in the initial mount namespace
 * @input: its standard input, may be NULL
 * @argv: its arguments without its name, NULL at the end
 * @output: what it printed, may be NULL: then a failure is printed
 * @size: size of @output
 *
 * Return: its exit status; 127 if it is not in PATH, 128 if it died.
 */
int fim_ctl(const char *input, const char *const argv[], char *output,
	    size_t size)
{
	int in = memfd_create("in", MFD_CLOEXEC);
	int out = memfd_create("out", MFD_CLOEXEC);
	char text[4096] = "";
	int status = 0;
	ssize_t len;
	pid_t pid;

	if (input && (write(in, input, strlen(input)) < 0 || lseek(in, 0, 0)))
		abort();
	fflush(NULL);
	pid = fork();
	if (!pid)
		exec_ctl(in, out, argv);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		abort();
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
	if (!output) {
		output = text;
		size = sizeof(text);
	}
	len = pread(out, output, size - 1, 0);
	output[len < 0 ? 0 : len] = '\0';
	if (output == text && status)
		fprintf(stderr, "# fimctl %s: exit %d: %s\n", argv[0], status,
			text);
	close(in);
	close(out);
	return status;
}

int fim_apply_yaml(const char *yaml)
{
	return fim_ctl(yaml, (const char *[]){ "apply", "-f", "-", NULL }, NULL,
		       0);
}

/**
 * fim_apply_dirs() - apply a policy of read-only directories
 * @name: its name
 * @action: "Block" or "Audit"
 * @...: directories, each begins and ends with "/"; one that begins with "-"
 *	is not recursive; NULL at the end
 *
 * Return: the exit status of fimctl.
 */
int fim_apply_dirs(const char *name, const char *action, ...)
{
	char *yaml = NULL;
	const char *dir;
	size_t size;
	va_list ap;
	FILE *out;
	int ret;

	out = open_memstream(&yaml, &size);
	fprintf(out,
		"apiVersion: security.kubearmor.com/v1\n"
		"kind: KubeArmorHostPolicy\n"
		"metadata:\n"
		"  name: %s\n"
		"spec:\n"
		"  nodeSelector:\n"
		"    matchLabels:\n"
		"      kubernetes.io/hostname: '*'\n"
		"  severity: 5\n"
		"  action: %s\n"
		"  file:\n"
		"    matchDirectories:\n", name, action);
	va_start(ap, action);
	while ((dir = va_arg(ap, const char *)))
		fprintf(out,
			"    - dir: %s\n"
			"      readOnly: true\n"
			"      recursive: %s\n",
			*dir == '-' ? dir + 1 : dir,
			*dir == '-' ? "false" : "true");
	va_end(ap);
	fclose(out);
	ret = fim_apply_yaml(yaml);
	free(yaml);
	return ret;
}

int fim_delete(const char *name)
{
	return fim_ctl(NULL, (const char *[]){ "delete", name, NULL }, NULL, 0);
}

/*
 * A copy of a test binary is a program that does nothing, for tests that
 * execute one.
 */
static void __attribute__((constructor)) exit_if_told(void)
{
	if (getenv("FIM_TEST_EXIT"))
		_exit(0);
}
