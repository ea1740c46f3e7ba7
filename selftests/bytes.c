// SPDX-License-Identifier: GPL-2.0
/*
 * bytes.c - names, paths and programs that are made to mislead a record
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

FIXTURE(bytes) {
	struct fim_nl nl;
	struct fim_tree tree;
	struct fim_events events;
	unsigned long long since;
};

/*
 *   root, a tmpfs
 *   ├── a/prot/f  <- rule "a/prot/", Block
 *   └── open/
 */
FIXTURE_SETUP(bytes)
{
	self->nl.fd = -1;
	if (FIM_BARE())
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(&self->tree, FIM_TMPFS));
	ASSERT_EQ(0, fim_write_file(fim_fmt("%s/f", self->tree.prot), "base"));
}

FIXTURE_TEARDOWN(bytes)
{
	if (self->nl.fd < 0)
		return;
	fim_events_free(&self->events);
	EXPECT_EQ(0, chdir("/"));
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

#define NEEDS_MODULE() NEEDS(FIM_BARE() ? "needs the module" : NULL)

static int protect(FIXTURE_DATA(bytes) *self)
{
	int ret = fim_apply_dirs("t", "Block", fim_fmt("%s/", self->tree.prot),
				 NULL);

	self->since = last_seq(&self->nl);
	return ret;
}

static const struct fim_event *only(FIXTURE_DATA(bytes) *self)
{
	fim_events_free(&self->events);
	if (fim_events_since(&self->nl, self->since, &self->events) ||
	    self->events.count != 1)
		return NULL;
	self->since = self->events.event[0].seq;
	return fim_violation(&self->events);
}

/*
 * Names are bytes: what a file is called is what its record says.
 */
TEST_F(bytes, names)
{
	static const char *const names[] = {
		"a\nb", "\n", "\t", "\033[2K", "\"", "\\", "\x7f", "\x01",
		"\xff\xfe", "\xc3", "\xe2\x80\xaetxt", "\xed\xa0\x80", " ",
		"-rf", "*", "$(id)", "%s%n", "...", "deleted (deleted)", "#1",
	};
	const struct fim_event *ev;
	const char *path;
	size_t i;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self));
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		path = fim_fmt("%s/%s", self->tree.prot, names[i]);
		EXPECT_EQ(EACCES, sys(mkdir(path, 0755)));
		ev = only(self);
		ASSERT_NE(NULL, ev);
		EXPECT_STREQ(path, fim_bytes(ev, FIM_EVENT_A_PATH));
		EXPECT_EQ(EACCES, sys(symlink(names[i], path)));
		ev = only(self);
		ASSERT_NE(NULL, ev);
		EXPECT_STREQ(path, fim_bytes(ev, FIM_EVENT_A_PATH));
		EXPECT_STREQ(names[i], fim_bytes(ev, FIM_EVENT_A_TARGET));
	}
}

TEST_F(bytes, every_byte)
{
	char name[] = "?x";
	const struct fim_event *ev;
	const char *path;
	int c;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self));
	for (c = 1; c < 256; c++) {
		if (c == '/')
			continue;
		name[0] = c;
		path = fim_fmt("%s/%s", self->tree.prot, name);
		EXPECT_EQ(EACCES, sys(mkdir(path, 0755)));
		ev = only(self);
		ASSERT_NE(NULL, ev);
		EXPECT_STREQ(path, fim_bytes(ev, FIM_EVENT_A_PATH));
	}
}

/*
 * @levels directories of 200 bytes each, the last of which becomes the working
 * directory. Return: an errno.
 */
static int dig(const char *from, int levels)
{
	char name[201];
	int err = sys(chdir(from));
	int i;

	memset(name, 'd', 200);
	name[200] = '\0';
	for (i = 0; i < levels && !err; i++)
		err = sys(mkdir(name, 0755)) ?: sys(chdir(name));
	return err;
}

/* A path that a system call can just name is recorded to its last byte. */
TEST_F(bytes, long_path)
{
	char cwd[PATH_MAX];
	const struct fim_event *ev;
	const char *path;
	char name[256];
	size_t len;

	NEEDS_MODULE();
	ASSERT_EQ(0, dig(self->tree.prot, 19));
	ASSERT_NE(NULL, getcwd(cwd, sizeof(cwd)));
	len = PATH_MAX - 1 - strlen(cwd) - 1;
	len = len > 255 ? 255 : len;
	memset(name, 'n', len);
	name[len] = '\0';
	path = fim_fmt("%s/%s", cwd, name);
	ASSERT_LT(4000, strlen(path));
	ASSERT_EQ(0, protect(self));
	EXPECT_EQ(EACCES, sys(mkdir(path, 0755)));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_STREQ(path, fim_bytes(ev, FIM_EVENT_A_PATH));
	EXPECT_EQ(0, fim_flags(ev) & FIM_EVENT_CUT);
}

/* Names can be nested deeper than a path can be long. */
TEST_F(bytes, path_without_end)
{
	const struct fim_event *ev;
	const char *path;
	size_t len;

	NEEDS_MODULE();
	ASSERT_EQ(0, dig(self->tree.prot, 60));
	ASSERT_EQ(0, protect(self));
	EXPECT_EQ(EACCES, sys(mkdir("new", 0755)));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(FIM_EVENT_CUT, fim_flags(ev) & FIM_EVENT_CUT);
	path = fim_bytes(ev, FIM_EVENT_A_PATH);
	len = strlen(path);
	EXPECT_LT(1000, len);
	/* One of its ends is left to find it by. */
	EXPECT_TRUE(!strncmp(path, self->tree.prot, strlen(self->tree.prot)) ||
		    !strcmp(path + len - 4, "/new"));
}

/* Both names of a rename at their longest. */
TEST_F(bytes, long_names)
{
	const struct fim_event *ev;
	char from[256];
	char to[256];

	NEEDS_MODULE();
	memset(from, 'f', 255);
	memset(to, 't', 255);
	from[255] = '\0';
	to[255] = '\0';
	ASSERT_EQ(0, chdir(self->tree.prot));
	ASSERT_EQ(0, fim_write_file(from, "base"));
	ASSERT_EQ(0, protect(self));
	EXPECT_EQ(EACCES, sys(rename(from, to)));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_STREQ(fim_fmt("%s/%s", self->tree.prot, from),
		     fim_bytes(ev, FIM_EVENT_A_PATH));
	EXPECT_STREQ(fim_fmt("%s/%s", self->tree.prot, to),
		     fim_bytes(ev, FIM_EVENT_A_TARGET));
}

/*
 * Programs. A copy of this one is told by its environment which file to write
 * to, in whatever way it was started.
 */

static void __attribute__((constructor)) write_if_told(void)
{
	const char *path = getenv("FIM_TEST_WRITE");

	if (!path)
		return;
	if (getenv("FIM_TEST_REMOVE"))
		unlink(getenv("FIM_TEST_REMOVE"));
	_exit(fim_opened(open(path, O_WRONLY)) == EACCES ? 0 : 1);
}

static int copy_program(int out)
{
	int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat st;
	int err;

	err = sys(fstat(in, &st)) ?: sys(sendfile(out, in, NULL, st.st_size)) ?:
	      sys(fchmod(out, 0755));
	close(in);
	return err;
}

/* Execute @fd as @argv, to write to the protected file. */
static int execute(FIXTURE_DATA(bytes) *self, int fd, char *const argv[],
		   const char *remove)
{
	int status = -1;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		setenv("FIM_TEST_WRITE", fim_fmt("%s/f", self->tree.prot), 1);
		if (remove)
			setenv("FIM_TEST_REMOVE", remove, 1);
		execveat(fd, "", argv, environ, AT_EMPTY_PATH);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}

/* Not what it calls itself, but what it is. */
TEST_F(bytes, argv0)
{
	char *const argv[] = { "/usr/bin/dpkg", "", "-i\n", NULL };
	const struct fim_event *ev;
	int fd;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self));
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	EXPECT_EQ(0, execute(self, fd, argv, NULL));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_STREQ(program_invocation_short_name,
		     basename(fim_bytes(ev, FIM_EVENT_A_EXE)));
	EXPECT_EQ(19, fim_len(ev, FIM_EVENT_A_CMDLINE));
	EXPECT_EQ(0, memcmp("/usr/bin/dpkg\0\0-i\n",
			    fim_bytes(ev, FIM_EVENT_A_CMDLINE), 19));
}

TEST_F(bytes, executable_removed)
{
	const char *exe = fim_fmt("%s/exe", self->tree.open);
	const struct fim_event *ev;
	int fd;

	NEEDS_MODULE();
	fd = open(exe, O_RDWR | O_CREAT | O_CLOEXEC, 0755);
	ASSERT_EQ(0, copy_program(fd));
	close(fd);
	ASSERT_EQ(0, protect(self));
	fd = open(exe, O_RDONLY | O_CLOEXEC);
	EXPECT_EQ(0, execute(self, fd, (char *[]){ "exe", NULL }, exe));
	close(fd);
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(FIM_EVENT_EXE_DELETED, fim_flags(ev) & FIM_EVENT_EXE_DELETED);
	EXPECT_EQ(exe, strstr(fim_bytes(ev, FIM_EVENT_A_EXE), exe) ? exe : NULL);
}

TEST_F(bytes, executable_without_a_name)
{
	const struct fim_event *ev;
	int fd;

	NEEDS_MODULE();
	fd = memfd_create("ghost", MFD_CLOEXEC);
	ASSERT_EQ(0, copy_program(fd));
	ASSERT_EQ(0, protect(self));
	EXPECT_EQ(0, execute(self, fd, (char *[]){ "ghost", NULL }, NULL));
	close(fd);
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(FIM_EVENT_EXE_DELETED, fim_flags(ev) & FIM_EVENT_EXE_DELETED);
	EXPECT_NE(NULL, strstr(fim_bytes(ev, FIM_EVENT_A_EXE), "memfd:ghost"));
}

/* A command line of a megabyte: the record has its begin, and says so. */
TEST_F(bytes, long_command_line)
{
	static char *argv[10001];
	const struct fim_event *ev;
	size_t i;
	int fd;

	NEEDS_MODULE();
	for (i = 0; i < ARRAY_SIZE(argv) - 1; i++)
		argv[i] = i ? (char *)"an argument of forty bytes, more or less" :
			  (char *)"program";
	ASSERT_EQ(0, protect(self));
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	EXPECT_EQ(0, execute(self, fd, argv, NULL));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(FIM_EVENT_CUT, fim_flags(ev) & FIM_EVENT_CUT);
	EXPECT_LT(1000, fim_len(ev, FIM_EVENT_A_CMDLINE));
	EXPECT_EQ(0, memcmp("program\0an argument",
			    fim_bytes(ev, FIM_EVENT_A_CMDLINE), 19));
}

TEST_HARNESS_MAIN
