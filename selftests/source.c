// SPDX-License-Identifier: GPL-2.0
/*
 * source.c - rules about processes that run an executable
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

/* A copy of this program writes to a file, or renames one, if it is told to. */
static void __attribute__((constructor)) act_if_told(void)
{
	const char *path = getenv("FIM_TEST_WRITE");
	const char *from = getenv("FIM_TEST_RENAME");

	const char *child = getenv("FIM_TEST_CHILD");

	if (path && child) {
		unsetenv("FIM_TEST_CHILD");
		execl(child, child, NULL);
		_exit(200);
	}
	if (path && from)
		_exit(sys(rename(from, path)));
	if (path)
		_exit(fim_write_to(open(path, O_WRONLY | O_CREAT, 0644)));
}

FIXTURE(source) {
	struct fim_nl nl;
	struct fim_tree tree;
};

static int copy_self(const char *to)
{
	char buffer[65536];
	int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	ssize_t n;

	if (in < 0 || out < 0)
		return errno;
	while ((n = read(in, buffer, sizeof(buffer))) > 0)
		if (write(out, buffer, n) != n)
			return errno;
	close(in);
	close(out);
	return 0;
}

/*
 *   root, a tmpfs
 *   ├── a/prot/  f  sub/g
 *   └── open/  f  updater  copy -> a copy of it, no link
 */
FIXTURE_SETUP(source)
{
	static const char *const names[] = {
		"a/prot/sub/", "a/prot/f", "a/prot/sub/g", "open/f", NULL,
	};

	self->nl.fd = -1;
	if (FIM_BARE())
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(&self->tree, FIM_TMPFS));
	ASSERT_EQ(0, fim_tree_fill(&self->tree, names));
	ASSERT_EQ(0, copy_self(fim_tree_at(&self->tree, "open/updater")));
	ASSERT_EQ(0, copy_self(fim_tree_at(&self->tree, "open/copy")));
}

FIXTURE_TEARDOWN(source)
{
	if (self->nl.fd < 0)
		return;
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

#define NEEDS_MODULE() NEEDS(FIM_BARE() ? "needs the module" : NULL)

static const char *at(const FIXTURE_DATA(source) *self, const char *path)
{
	return fim_tree_at(&self->tree, path);
}

/* A rule of a policy, in YAML; @source: or NULL for everybody */
static const char *rule(const FIXTURE_DATA(source) *self, const char *dir,
			const char *action, const char *source)
{
	const char *from = source ?
		fim_fmt("      fromSource:\n      - path: %s\n",
			at(self, source)) : "";

	return fim_fmt("    - dir: %s/\n      recursive: true\n"
		       "      readOnly: %s\n      action: %s\n%s",
		       at(self, dir), strcmp(action, "Allow") ? "true" : "false",
		       action, from);
}

/* A policy of one or two rules */
static int apply(const char *posture, const char *rules, const char *more)
{
	static const char *const yaml =
		"apiVersion: security.kubearmor.com/v1\n"
		"kind: KubeArmorHostPolicy\n"
		"metadata:\n  name: t\n"
		"  annotations:\n    kubearmor-file-posture: %s\n"
		"spec:\n"
		"  nodeSelector:\n    matchLabels:\n"
		"      kubernetes.io/hostname: '*'\n"
		"  file:\n    matchDirectories:\n%s%s";

	return fim_apply_yaml(fim_fmt(yaml, posture, rules, more));
}

/* Block for all, but not for the updater */
static int apply_exception(const FIXTURE_DATA(source) *self)
{
	return apply("block", rule(self, "a/prot", "Block", NULL),
		     rule(self, "a/prot", "Allow", "open/updater"));
}

/* What a program gets that is called @name and writes to a file. */
static int writes_as(const char *exe, const char *name, const char *path)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		setenv("FIM_TEST_WRITE", path, 1);
		execl(exe, name, NULL);
		_exit(200);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int writes(const FIXTURE_DATA(source) *self, const char *exe,
		  const char *path)
{
	return writes_as(at(self, exe), exe, at(self, path));
}

TEST_F(source, exception)
{
	unsigned long long since;

	NEEDS_MODULE();
	ASSERT_EQ(0, apply_exception(self));
	since = last_seq(&self->nl);
	EXPECT_EQ(0, writes(self, "open/updater", "a/prot/f"));
	EXPECT_EQ(0, writes(self, "open/updater", "a/prot/new"));
	EXPECT_EQ(0, writes(self, "open/updater", "a/prot/sub/g"));
	EXPECT_STREQ("", fim_records(&self->nl, since));
	EXPECT_EQ(EACCES, writes(self, "open/copy", "a/prot/f"));
	EXPECT_EQ(EACCES, fim_write_to(open(at(self, "a/prot/f"), O_WRONLY)));
	EXPECT_EQ(0, writes(self, "open/copy", "open/f"));
}

/* Neither a name, nor a copy, nor a path of another view passes for it. */
TEST_F(source, pretenders)
{
	const char *updater = at(self, "open/updater");
	const char *f = at(self, "a/prot/f");

	NEEDS_MODULE();
	ASSERT_EQ(0, apply_exception(self));
	EXPECT_EQ(EACCES, writes_as(at(self, "open/copy"), updater, f));
	EXPECT_EQ(0, writes_as(updater, "something else", f));
	ASSERT_EQ(0, symlink("updater", at(self, "open/link")));
	EXPECT_EQ(0, writes(self, "open/link", "a/prot/f"));

	ASSERT_EQ(0, fim_own_mounts());
	ASSERT_EQ(0, mount(at(self, "open/copy"), updater, NULL, MS_BIND, NULL));
	EXPECT_EQ(EACCES, writes_as(updater, updater, f));
	EXPECT_EQ(0, umount(updater));
	EXPECT_EQ(0, writes_as(updater, updater, f));
}

/* Who is traced may be doing it for somebody else. */
TEST_F(source, traced)
{
	const char *updater = at(self, "open/updater");
	int status;
	pid_t pid;

	NEEDS_MODULE();
	ASSERT_EQ(0, apply_exception(self));
	pid = fork();
	if (!pid) {
		setenv("FIM_TEST_WRITE", at(self, "a/prot/f"), 1);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execl(updater, updater, NULL);
		_exit(200);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFSTOPPED(status));
	ASSERT_EQ(0, ptrace(PTRACE_CONT, pid, NULL, NULL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(EACCES, WEXITSTATUS(status));
}

/* What it starts is not the updater. */
TEST_F(source, children)
{
	NEEDS_MODULE();
	ASSERT_EQ(0, apply_exception(self));
	ASSERT_EQ(0, setenv("FIM_TEST_CHILD", at(self, "open/copy"), 1));
	EXPECT_EQ(EACCES, writes(self, "open/updater", "a/prot/f"));
	ASSERT_EQ(0, unsetenv("FIM_TEST_CHILD"));
	EXPECT_EQ(0, writes(self, "open/updater", "a/prot/f"));
}

static int renames_by(const FIXTURE_DATA(source) *self, const char *exe,
		      const char *from, const char *to)
{
	int err;

	setenv("FIM_TEST_RENAME", at(self, from), 1);
	err = writes(self, exe, to);
	unsetenv("FIM_TEST_RENAME");
	return err;
}

/* Whom an exception trusts nobody but he may change or replace. */
TEST_F(source, the_trusted_is_kept)
{
	const char *updater = at(self, "open/updater");
	unsigned long long since;

	NEEDS_MODULE();
	ASSERT_EQ(0, apply_exception(self));
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, fim_write_to(open(updater, O_WRONLY)));
	EXPECT_STREQ(fim_fmt("Block open %s (guard) errno %d by %d under t\n",
			     updater, EACCES, getpid()),
		     fim_records(&self->nl, since));
	EXPECT_EQ(EACCES, sys(chmod(updater, 0700)));
	EXPECT_EQ(EACCES, sys(unlink(updater)));
	EXPECT_EQ(EACCES, sys(rename(at(self, "open/copy"), updater)));
	EXPECT_EQ(EACCES, sys(rename(updater, at(self, "open/moved"))));
	EXPECT_EQ(EACCES, sys(rename(at(self, "open"), at(self, "moved"))));
	EXPECT_EQ(EACCES, sys(mount(at(self, "open/copy"), updater, NULL,
				    MS_BIND, NULL)));
	EXPECT_EQ(EACCES, sys(mount("none", at(self, "open"), "tmpfs", 0,
				    NULL)));
	EXPECT_EQ(EACCES, renames_by(self, "open/copy", "open/f",
				     "open/updater"));
	/* Its directory is nobody's otherwise, and it can be read. */
	EXPECT_EQ(0, sys(rename(at(self, "open/f"), at(self, "open/g"))));
	EXPECT_EQ(0, fim_opened(open(updater, O_RDONLY)));
	EXPECT_EQ(0, writes(self, "open/updater", "a/prot/f"));
}

/* Trust goes with the path: to what is there, and away from what was. */
TEST_F(source, replaced)
{
	NEEDS_MODULE();
	ASSERT_EQ(0, link(at(self, "open/updater"), at(self, "open/old")));
	ASSERT_EQ(0, apply_exception(self));
	ASSERT_EQ(0, renames_by(self, "open/updater", "open/copy",
				"open/updater"));
	EXPECT_EQ(0, writes(self, "open/updater", "a/prot/f"));
	EXPECT_EQ(EACCES, writes(self, "open/old", "a/prot/f"));
	EXPECT_EQ(0, fim_write_to(open(at(self, "open/old"), O_WRONLY)));
}

/*
 * What an exception lets somebody take away is nobody's any more. The filesystem can
 * be made read-only all the same.
 */
TEST_F(source, moved_away)
{
	const char *mnt = self->tree.mnt;

	NEEDS_MODULE();
	ASSERT_EQ(0, apply_exception(self));
	EXPECT_EQ(EACCES, renames_by(self, "open/copy", "a/prot", "open/old"));
	ASSERT_EQ(0, renames_by(self, "open/updater", "a/prot", "open/old"));
	EXPECT_EQ(0, fim_write_file(at(self, "open/old/f"), "new"));
	EXPECT_EQ(0, unlink(at(self, "open/old/f")));
	EXPECT_EQ(0, mount(NULL, mnt, NULL, MS_REMOUNT | MS_RDONLY, NULL));
	EXPECT_EQ(0, mount(NULL, mnt, NULL, MS_REMOUNT, NULL));
}

/* Under Audit anybody may, with a record, and the rule follows. */
TEST_F(source, replaced_by_anybody)
{
	unsigned long long since;

	NEEDS_MODULE();
	ASSERT_EQ(0, apply("audit", rule(self, "a/prot", "Audit", NULL),
			   rule(self, "a/prot", "Allow", "open/updater")));
	since = last_seq(&self->nl);
	ASSERT_EQ(0, rename(at(self, "open/copy"), at(self, "open/updater")));
	EXPECT_NE(NULL, strstr(fim_records(&self->nl, since), "Audit rename"));
	since = last_seq(&self->nl);
	EXPECT_EQ(0, writes(self, "open/updater", "a/prot/f"));
	EXPECT_STREQ("", fim_records(&self->nl, since));
}

TEST_F(source, not_there_yet)
{
	char out[4096] = "";

	NEEDS_MODULE();
	ASSERT_EQ(0, rename(at(self, "open/updater"), at(self, "open/later")));
	ASSERT_EQ(0, apply_exception(self));
	EXPECT_EQ(EACCES, writes(self, "open/later", "a/prot/f"));
	ASSERT_EQ(0, rename(at(self, "open/later"), at(self, "open/updater")));
	EXPECT_EQ(0, writes(self, "open/updater", "a/prot/f"));
	ASSERT_EQ(0, fim_ctl(NULL, (const char *[]){ "get", "-o", "yaml", NULL },
			     out, sizeof(out)));
	EXPECT_NE(NULL, strstr(out, at(self, "open/updater")));
}

/* Only some programs may not; all others may. */
TEST_F(source, block_one)
{
	NEEDS_MODULE();
	ASSERT_EQ(0, apply("audit", rule(self, "a/prot", "Block",
					 "open/updater"), ""));
	EXPECT_EQ(EACCES, writes(self, "open/updater", "a/prot/f"));
	EXPECT_EQ(0, writes(self, "open/copy", "a/prot/f"));
	/* But the way to the directory is kept from everybody. */
	EXPECT_EQ(EACCES, sys(rename(at(self, "a"), at(self, "b"))));
}

/* A rule about the caller beats a nearer one that is about nobody. */
TEST_F(source, beats_a_nearer_rule)
{
	NEEDS_MODULE();
	ASSERT_EQ(0, apply("block", rule(self, "a/prot/sub", "Block", NULL),
			   rule(self, "a/prot", "Allow", "open/updater")));
	EXPECT_EQ(0, writes(self, "open/updater", "a/prot/sub/g"));
	EXPECT_EQ(EACCES, writes(self, "open/copy", "a/prot/sub/g"));
	/* Whom the Allow is not about is left to the posture. */
	EXPECT_EQ(EACCES, writes(self, "open/copy", "a/prot/f"));
	ASSERT_EQ(0, apply("block", rule(self, "a/prot/sub", "Block",
					 "open/updater"),
			   rule(self, "a/prot", "Allow", "open/updater")));
	EXPECT_EQ(EACCES, writes(self, "open/updater", "a/prot/sub/g"));
	EXPECT_EQ(0, writes(self, "open/updater", "a/prot/f"));
}

static int opened(const FIXTURE_DATA(source) *self, const char *path)
{
	return open(at(self, path), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
}

static bool comes_to_be_refused(int fd)
{
	int i;

	for (i = 0; i < 100 && !sys(pwrite(fd, "x", 1, 0)); i++)
		usleep(100000);
	return sys(pwrite(fd, "x", 1, 0)) == EACCES;
}

/* What an update brings in may be open for writing to somebody else. */
TEST_F(source, C01_moved_in_while_open)
{
	int file, below, twin;

	NEEDS_MODULE();
	ASSERT_EQ(0, apply_exception(self));
	ASSERT_EQ(0, mkdir(at(self, "open/d"), 0755));
	file = opened(self, "open/h");
	below = opened(self, "open/d/i");
	twin = opened(self, "open/j");
	/* Else the search a second after the commit finds them. */
	sleep(3);
	ASSERT_EQ(0, renames_by(self, "open/updater", "open/h", "a/prot/h"));
	EXPECT_TRUE(comes_to_be_refused(file));
	ASSERT_EQ(0, renames_by(self, "open/updater", "open/d", "a/prot/d"));
	EXPECT_TRUE(comes_to_be_refused(below));
	EXPECT_EQ(0, sys(rename(at(self, "open/j"), at(self, "open/k"))));
	sleep(2);
	EXPECT_EQ(0, sys(pwrite(twin, "x", 1, 0)));
	close(file);
	close(below);
	close(twin);
}

TEST_HARNESS_MAIN
