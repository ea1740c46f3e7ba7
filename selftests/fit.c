// SPDX-License-Identifier: GPL-2.0
/*
 * fit.c - whether a rule is about an access: reads and changes, owners,
 * terminals; and what Allow and its posture make of it
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "request.h"

FIXTURE(fit) {
	struct fim_nl nl;
	struct fim_tree tree;
};

/*
 *   root, a tmpfs
 *   ├── a/prot/
 *   │   ├── f  link -> f  exe
 *   │   └── sub/g
 *   └── open/f
 */
FIXTURE_SETUP(fit)
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
	ASSERT_EQ(0, symlink("f", fim_tree_at(&self->tree, "a/prot/link")));
	ASSERT_EQ(0, fim_write_file(fim_tree_at(&self->tree, "a/prot/exe"),
				    "#!/bin/sh\nexit 0\n"));
	ASSERT_EQ(0, chmod(fim_tree_at(&self->tree, "a/prot/exe"), 0755));
}

FIXTURE_TEARDOWN(fit)
{
	if (self->nl.fd < 0)
		return;
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

#define NEEDS_MODULE() NEEDS(FIM_BARE() ? "needs the module" : NULL)

static const char *at(const FIXTURE_DATA(fit) *self, const char *path)
{
	return fim_tree_at(&self->tree, path);
}

static int reads(const FIXTURE_DATA(fit) *self, const char *path)
{
	return fim_opened(open(at(self, path), O_RDONLY | O_CLOEXEC));
}

static int writes(const FIXTURE_DATA(fit) *self, const char *path)
{
	return fim_write_to(open(at(self, path), O_WRONLY | O_CLOEXEC));
}

/* Appends a rule about a directory of the tree to the policy that is staged. */
static int add(FIXTURE_DATA(fit) *self, const char *dir, unsigned int flags,
	       int action)
{
	const char *path = at(self, dir);
	const struct fim_put rule[] = {
		PUT_U8(FIM_RULE_A_TYPE, FIM_RULE_DIRECTORY),
		PUT_BYTES(FIM_RULE_A_PATH, path, strlen(path)),
		PUT_U32(FIM_RULE_A_FLAGS, flags | FIM_RULE_RECURSIVE),
		PUT_U8(FIM_RULE_A_ACTION, action),
		PUT_END,
	};
	const struct fim_put policy[] = {
		PUT_STRING(FIM_POLICY_A_NAME, "t"), PUT_END,
	};
	struct nl_msg *msg = fim_msg(&self->nl, FIM_CMD_RULE_ADD, 0);

	fim_put_nest(msg, FIM_A_POLICY, policy);
	fim_put_nest(msg, FIM_A_RULE, rule);
	return fim_nl_call(&self->nl, msg, NULL, NULL);
}

/* @posture: or 0 */
static int begin(FIXTURE_DATA(fit) *self, int posture)
{
	const struct fim_put policy[] = {
		PUT_STRING(FIM_POLICY_A_NAME, "t"),
		PUT_U8(FIM_POLICY_A_KIND, FIM_KIND_HOST),
		PUT_U8(FIM_POLICY_A_ACTION, FIM_ACTION_BLOCK),
		{ .attr = posture ? FIM_POLICY_A_POSTURE : -1, .len = 1,
		  .value = posture },
		PUT_END,
	};
	struct nl_msg *msg;
	int err = fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN);

	if (err)
		return err;
	msg = fim_msg(&self->nl, FIM_CMD_POLICY_ADD, 0);
	fim_put_nest(msg, FIM_A_POLICY, policy);
	return fim_nl_call(&self->nl, msg, NULL, NULL);
}

static int commit(FIXTURE_DATA(fit) *self)
{
	return fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT);
}

/* What a child as a user gets, with the descriptors it inherits. */
static int read_as(uid_t uid, const char *path)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (setresuid(uid, uid, uid))
			_exit(255);
		_exit(fim_opened(open(path, O_RDONLY)));
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int write_as(uid_t uid, const char *path)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (setresuid(uid, uid, uid))
			_exit(255);
		_exit(fim_write_to(open(path, O_WRONLY)));
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int executes(const char *path)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		execl(path, path, NULL);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

/* Reading is refused by whatever name; what does not open anything is not. */
TEST_F(fit, reads_are_refused)
{
	const char *alias = fim_fmt("%s/alias", self->tree.other);
	unsigned long long since;
	struct stat st;
	char text[16];

	NEEDS_MODULE();
	EXPECT_EQ(0, executes(at(self, "a/prot/exe")));
	ASSERT_EQ(0, begin(self, 0));
	ASSERT_EQ(0, add(self, "a/prot/", 0, FIM_ACTION_BLOCK));
	ASSERT_EQ(0, commit(self));

	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, reads(self, "a/prot/f"));
	EXPECT_STREQ(fim_fmt("Block read %s errno %d by %d under t\n",
			     at(self, "a/prot/f"), EACCES, getpid()),
		     fim_records(&self->nl, since));
	EXPECT_EQ(EACCES, reads(self, "a/prot/link"));
	EXPECT_EQ(EACCES, reads(self, "a/prot"));
	EXPECT_EQ(EACCES, reads(self, "a/prot/sub"));
	EXPECT_EQ(EACCES, reads(self, "a/prot/sub/g"));
	EXPECT_EQ(EACCES, writes(self, "a/prot/f"));
	EXPECT_EQ(EACCES, executes(at(self, "a/prot/exe")));

	ASSERT_EQ(0, fim_own_mounts());
	ASSERT_EQ(0, mkdir(alias, 0755));
	ASSERT_EQ(0, mount(self->tree.prot, alias, NULL, MS_BIND, NULL));
	EXPECT_EQ(EACCES, fim_opened(open(fim_fmt("%s/f", alias), O_RDONLY)));
	EXPECT_EQ(0, umount(alias));

	/* What was counted with others is told a little later. */
	usleep(600000);
	since = last_seq(&self->nl);
	EXPECT_EQ(0, stat(at(self, "a/prot/f"), &st));
	EXPECT_EQ(1, readlink(at(self, "a/prot/link"), text, sizeof(text)));
	EXPECT_EQ(0, fim_opened(open(at(self, "a/prot/f"), O_PATH)));
	EXPECT_EQ(0, reads(self, "a"));
	EXPECT_EQ(0, reads(self, "open/f"));
	EXPECT_STREQ("", fim_records(&self->nl, since));
}

/* The hook on reads looks no longer when no rule is about them. */
TEST_F(fit, reads_are_free_again)
{
	NEEDS_MODULE();
	ASSERT_EQ(0, begin(self, 0));
	ASSERT_EQ(0, add(self, "a/prot/", 0, FIM_ACTION_BLOCK));
	ASSERT_EQ(0, commit(self));
	EXPECT_EQ(EACCES, reads(self, "a/prot/f"));
	ASSERT_EQ(0, begin(self, 0));
	ASSERT_EQ(0, add(self, "a/prot/", FIM_RULE_READONLY, FIM_ACTION_BLOCK));
	ASSERT_EQ(0, commit(self));
	EXPECT_EQ(0, reads(self, "a/prot/f"));
	EXPECT_EQ(EACCES, writes(self, "a/prot/f"));
}

TEST_F(fit, reads_are_audited)
{
	unsigned long long since;

	NEEDS_MODULE();
	ASSERT_EQ(0, begin(self, 0));
	ASSERT_EQ(0, add(self, "a/prot/", 0, FIM_ACTION_AUDIT));
	ASSERT_EQ(0, commit(self));
	since = last_seq(&self->nl);
	EXPECT_EQ(0, reads(self, "a/prot/f"));
	EXPECT_STREQ(fim_fmt("Audit read %s errno 0 by %d under t\n",
			     at(self, "a/prot/f"), getpid()),
		     fim_records(&self->nl, since));
}

/* Allow below a Block: an exception, without a record. */
TEST_F(fit, allow_is_an_exception)
{
	unsigned long long since;

	NEEDS_MODULE();
	ASSERT_EQ(0, begin(self, FIM_ACTION_BLOCK));
	ASSERT_EQ(0, add(self, "a/prot/", 0, FIM_ACTION_BLOCK));
	ASSERT_EQ(0, add(self, "a/prot/sub/", 0, FIM_ACTION_ALLOW));
	ASSERT_EQ(0, commit(self));
	since = last_seq(&self->nl);
	EXPECT_EQ(0, reads(self, "a/prot/sub/g"));
	EXPECT_EQ(0, writes(self, "a/prot/sub/g"));
	EXPECT_STREQ("", fim_records(&self->nl, since));
	EXPECT_EQ(EACCES, reads(self, "a/prot/f"));
	EXPECT_EQ(EACCES, writes(self, "a/prot/f"));
}

/* Of rules on one directory: Block, Allow, Audit. */
TEST_F(fit, allow_beats_audit)
{
	unsigned long long since;

	NEEDS_MODULE();
	ASSERT_EQ(0, begin(self, 0));
	ASSERT_EQ(0, add(self, "a/prot/", 0, FIM_ACTION_AUDIT));
	ASSERT_EQ(0, add(self, "a/prot/", 0, FIM_ACTION_ALLOW));
	ASSERT_EQ(0, commit(self));
	since = last_seq(&self->nl);
	EXPECT_EQ(0, writes(self, "a/prot/f"));
	EXPECT_STREQ("", fim_records(&self->nl, since));
	ASSERT_EQ(0, begin(self, 0));
	ASSERT_EQ(0, add(self, "a/prot/", 0, FIM_ACTION_ALLOW));
	ASSERT_EQ(0, add(self, "a/prot/", 0, FIM_ACTION_BLOCK));
	ASSERT_EQ(0, commit(self));
	EXPECT_EQ(EACCES, writes(self, "a/prot/f"));
}

/* Allow and read-only: changes are left to the posture. */
TEST_F(fit, posture)
{
	static const struct {
		int posture;
		int err;
		const char *record;
	} cases[] = {
		{ 0, 0, "Audit" },
		{ FIM_ACTION_AUDIT, 0, "Audit" },
		{ FIM_ACTION_BLOCK, EACCES, "Block" },
		{ FIM_ACTION_ALLOW, 0, "" },
	};
	unsigned long long since;
	const char *want;
	size_t i;

	NEEDS_MODULE();
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ASSERT_EQ(0, begin(self, cases[i].posture));
		ASSERT_EQ(0, add(self, "a/prot/", FIM_RULE_READONLY,
				 FIM_ACTION_ALLOW));
		ASSERT_EQ(0, commit(self));
		since = last_seq(&self->nl);
		EXPECT_EQ(0, reads(self, "a/prot/f"));
		EXPECT_EQ(0, writes(self, "open/f"));
		EXPECT_EQ(cases[i].err, writes(self, "a/prot/f"));
		want = "";
		if (*cases[i].record)
			want = fim_fmt("%s open %s errno %d by %d under t\n",
				       cases[i].record, at(self, "a/prot/f"),
				       cases[i].err, getpid());
		EXPECT_STREQ(want, fim_records(&self->nl, since));
	}
}

TEST_F(fit, owner)
{
	const char *f = at(self, "a/prot/f");

	NEEDS_MODULE();
	ASSERT_EQ(0, chmod(f, 0666));
	ASSERT_EQ(0, chown(f, FIM_NOBODY, -1));
	ASSERT_EQ(0, begin(self, 0));
	ASSERT_EQ(0, add(self, "a/prot/", FIM_RULE_OWNER_ONLY,
			 FIM_ACTION_BLOCK));
	ASSERT_EQ(0, commit(self));
	EXPECT_EQ(0, read_as(FIM_NOBODY, f));
	EXPECT_EQ(0, write_as(FIM_NOBODY, f));
	EXPECT_EQ(EACCES, read_as(FIM_NOBODY + 1, f));
	EXPECT_EQ(EACCES, write_as(0, f));
	/* A new name is its directory's owner's to make. */
	EXPECT_EQ(0, sys(mkdir(at(self, "a/prot/new"), 0755)));

	ASSERT_EQ(0, begin(self, FIM_ACTION_BLOCK));
	ASSERT_EQ(0, add(self, "a/prot/", FIM_RULE_OWNER_ONLY |
			 FIM_RULE_READONLY, FIM_ACTION_ALLOW));
	ASSERT_EQ(0, commit(self));
	EXPECT_EQ(0, read_as(FIM_NOBODY, f));
	EXPECT_EQ(EACCES, write_as(FIM_NOBODY, f));
	EXPECT_EQ(EACCES, read_as(FIM_NOBODY + 1, f));
	EXPECT_EQ(EACCES, read_as(0, f));
}

/* What a child without a terminal gets, and one that has made one its own. */
static int read_with_tty(const char *path, bool tty)
{
	pid_t pid = fork();
	int status, fd;

	if (!pid) {
		setsid();
		fd = tty ? posix_openpt(O_RDWR | O_NOCTTY) : -1;
		if (tty) {
			if (grantpt(fd) || unlockpt(fd))
				_exit(254);
			fd = open(ptsname(fd), O_RDWR | O_NOCTTY);
			if (fd < 0 || ioctl(fd, TIOCSCTTY, 0))
				_exit(255);
		}
		_exit(fim_opened(open(path, O_RDONLY)));
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

TEST_F(fit, terminal)
{
	NEEDS_MODULE();
	ASSERT_EQ(0, begin(self, 0));
	ASSERT_EQ(0, add(self, "a/prot/", FIM_RULE_TTY, FIM_ACTION_BLOCK));
	ASSERT_EQ(0, commit(self));
	EXPECT_EQ(0, read_with_tty(at(self, "a/prot/f"), false));
	EXPECT_EQ(EACCES, read_with_tty(at(self, "a/prot/f"), true));
}

TEST_HARNESS_MAIN
