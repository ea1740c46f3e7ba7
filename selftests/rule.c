// SPDX-License-Identifier: GPL-2.0
/*
 * rule.c - which rule decides, and for what
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness.h"

FIXTURE(rule) {
	struct fim_nl nl;
	struct fim_tree tree;
};

/*
 *   root, a tmpfs
 *   ├── a/prot/
 *   │   ├── f
 *   │   ├── sub/  g  deep/h
 *   │   └── empty/
 *   └── open/  f  d/
 */
FIXTURE_SETUP(rule)
{
	static const char *const names[] = {
		"a/prot/sub/", "a/prot/sub/deep/", "a/prot/empty/", "open/d/",
		"a/prot/f", "a/prot/sub/g", "a/prot/sub/deep/h", "open/f",
		NULL,
	};

	self->nl.fd = -1;
	if (FIM_BARE())
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(&self->tree, FIM_TMPFS));
	ASSERT_EQ(0, fim_tree_fill(&self->tree, names));
}

FIXTURE_TEARDOWN(rule)
{
	if (self->nl.fd < 0)
		return;
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

#define NEEDS_MODULE() NEEDS(FIM_BARE() ? "needs the module" : NULL)

/* A path below the root of the tree. */
static const char *at(const FIXTURE_DATA(rule) *self, const char *path)
{
	return fim_tree_at(&self->tree, path);
}

static int write_to(const FIXTURE_DATA(rule) *self, const char *path)
{
	return fim_write_to(open(at(self, path), O_WRONLY | O_CLOEXEC));
}

/*
 * A line of fim_records() for something that this process did.
 */
static const char *line(const FIXTURE_DATA(rule) *self, const char *what,
			const char *path, const char *policy)
{
	return fim_fmt("%s %s errno %d by %d under %s\n", what, at(self, path),
		       strncmp(what, "Block", 5) ? 0 : EACCES, getpid(), policy);
}

/*
 *   a/prot/  <- rule, recursive: false
 *   a/prot/f, sub, empty    entries: protected
 *   a/prot/sub/…            below them: free
 */
TEST_F(rule, not_recursive)
{
	unsigned long long since;

	NEEDS_MODULE();
	ASSERT_EQ(0, fim_apply_dirs("t", "Block",
				    fim_fmt("-%s/", self->tree.prot), NULL));

	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, write_to(self, "a/prot/f"));
	EXPECT_STREQ(line(self, "Block open", "a/prot/f", "t"),
		     fim_records(&self->nl, since));
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, sys(mkdir(at(self, "a/prot/new"), 0755)));
	EXPECT_STREQ(line(self, "Block mkdir", "a/prot/new", "t"),
		     fim_records(&self->nl, since));
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, sys(rmdir(at(self, "a/prot/empty"))));
	EXPECT_STREQ(line(self, "Block rmdir", "a/prot/empty", "t"),
		     fim_records(&self->nl, since));
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, sys(chmod(at(self, "a/prot/sub"), 0700)));
	EXPECT_STREQ(line(self, "Block setattr", "a/prot/sub", "t"),
		     fim_records(&self->nl, since));
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, sys(chmod(at(self, "a/prot"), 0700)));
	EXPECT_STREQ(line(self, "Block setattr", "a/prot", "t"),
		     fim_records(&self->nl, since));
	EXPECT_EQ(EACCES, sys(rename(at(self, "a/prot/sub"),
				     at(self, "open/new"))));
	EXPECT_EQ(EACCES, sys(rename(at(self, "a/prot/sub/g"),
				     at(self, "a/prot/new"))));

	since = last_seq(&self->nl);
	EXPECT_EQ(0, write_to(self, "a/prot/sub/g"));
	EXPECT_EQ(0, write_to(self, "a/prot/sub/deep/h"));
	EXPECT_EQ(0, sys(mkdir(at(self, "a/prot/sub/new"), 0755)));
	EXPECT_EQ(0, sys(rename(at(self, "a/prot/sub/deep"),
				at(self, "a/prot/sub/deeper"))));
	EXPECT_EQ(0, sys(unlink(at(self, "a/prot/sub/g"))));
	EXPECT_STREQ("", fim_records(&self->nl, since));
}

/*
 *   a/prot/      <- rule of "outer"
 *   a/prot/sub/  <- rule of "inner": the nearer one decides
 */
TEST_F(rule, nearest_directory_decides)
{
	unsigned long long since;

	NEEDS_MODULE();
	ASSERT_EQ(0, fim_apply_dirs("outer", "Block",
				    fim_fmt("%s/", self->tree.prot), NULL));
	ASSERT_EQ(0, fim_apply_dirs("inner", "Audit",
				    fim_fmt("%s/sub/", self->tree.prot), NULL));

	since = last_seq(&self->nl);
	EXPECT_EQ(0, write_to(self, "a/prot/sub/deep/h"));
	EXPECT_STREQ(line(self, "Audit open", "a/prot/sub/deep/h", "inner"),
		     fim_records(&self->nl, since));
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, write_to(self, "a/prot/f"));
	EXPECT_STREQ(line(self, "Block open", "a/prot/f", "outer"),
		     fim_records(&self->nl, since));

	/* An operation on both is refused, and is one operation. */
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, sys(rename(at(self, "a/prot/sub/g"),
				     at(self, "a/prot/new"))));
	EXPECT_STREQ(fim_fmt("Block rename %s -> %s errno 13 by %d under outer\n",
			     at(self, "a/prot/new"), at(self, "a/prot/sub/g"),
			     getpid()), fim_records(&self->nl, since));
}

TEST_F(rule, nearest_directory_decides_the_other_way)
{
	unsigned long long since;

	NEEDS_MODULE();
	ASSERT_EQ(0, fim_apply_dirs("outer", "Audit",
				    fim_fmt("%s/", self->tree.prot), NULL));
	ASSERT_EQ(0, fim_apply_dirs("inner", "Block",
				    fim_fmt("%s/sub/", self->tree.prot), NULL));

	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, write_to(self, "a/prot/sub/g"));
	EXPECT_STREQ(line(self, "Block open", "a/prot/sub/g", "inner"),
		     fim_records(&self->nl, since));
	since = last_seq(&self->nl);
	EXPECT_EQ(0, write_to(self, "a/prot/f"));
	EXPECT_STREQ(line(self, "Audit open", "a/prot/f", "outer"),
		     fim_records(&self->nl, since));
	/* The inner directory is an entry that the inner rule protects. */
	EXPECT_EQ(EACCES, sys(chmod(at(self, "a/prot/sub"), 0700)));
}

TEST_F(rule, block_before_audit)
{
	static const char *const order[][2] = {
		{ "Audit", "Block" }, { "Block", "Audit" },
	};
	unsigned long long since;
	size_t i;

	NEEDS_MODULE();
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		const char *dir = fim_fmt("%s/", self->tree.prot);

		ASSERT_EQ(0, fim_delete_all(&self->nl));
		ASSERT_EQ(0, fim_apply_dirs("first", order[i][0], dir, NULL));
		ASSERT_EQ(0, fim_apply_dirs("second", order[i][1], dir, NULL));
		since = last_seq(&self->nl);
		EXPECT_EQ(EACCES, write_to(self, "a/prot/f"));
		EXPECT_STREQ(line(self, "Block open", "a/prot/f",
				  i ? "first" : "second"),
			     fim_records(&self->nl, since));
	}
}

/*
 * A new policy of the same name takes the place of the old one.
 */
TEST_F(rule, replaced)
{
	unsigned long long since;

	NEEDS_MODULE();
	ASSERT_EQ(0, fim_apply_dirs("t", "Block",
				    fim_fmt("%s/", self->tree.prot), NULL));
	EXPECT_EQ(EACCES, write_to(self, "a/prot/f"));
	ASSERT_EQ(0, fim_apply_dirs("t", "Block",
				    fim_fmt("%s/", self->tree.open), NULL));
	since = last_seq(&self->nl);
	EXPECT_EQ(0, write_to(self, "a/prot/f"));
	EXPECT_STREQ("", fim_records(&self->nl, since));
	EXPECT_EQ(EACCES, write_to(self, "open/f"));
}

TEST_F(rule, deleted)
{
	struct fim_status st;

	NEEDS_MODULE();
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(0, st.policies);
	EXPECT_EQ(0, st.rules);
	EXPECT_EQ(0, st.marks);
	ASSERT_EQ(0, fim_apply_dirs("t", "Block",
				    fim_fmt("%s/", self->tree.prot), NULL));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(1, st.policies);
	EXPECT_EQ(1, st.rules);
	EXPECT_LT(1, st.marks);
	EXPECT_EQ(0, st.waiting);
	EXPECT_EQ(EACCES, write_to(self, "a/prot/f"));
	ASSERT_EQ(0, fim_delete("t"));
	EXPECT_EQ(0, write_to(self, "a/prot/f"));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(0, st.policies);
	EXPECT_EQ(0, st.marks);
}

TEST_F(rule, waits_for_its_directory)
{
	struct fim_status st;

	NEEDS_MODULE();
	ASSERT_EQ(0, fim_apply_dirs("t", "Block", at(self, "later/"),
				    fim_fmt("%s/", self->tree.prot), NULL));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(2, st.rules);
	EXPECT_EQ(1, st.waiting);
	EXPECT_EQ(EACCES, write_to(self, "a/prot/f"));
}

/*
 * A rule for a file is none for a directory, and nothing is half applied.
 */
TEST_F(rule, not_a_directory)
{
	struct fim_status before;
	struct fim_status after;

	NEEDS_MODULE();
	ASSERT_EQ(0, fim_status(&self->nl, &before));
	EXPECT_NE(0, fim_apply_dirs("t", "Block",
				    fim_fmt("%s/", self->tree.prot),
				    at(self, "open/f/"), NULL));
	ASSERT_EQ(0, fim_status(&self->nl, &after));
	EXPECT_EQ(before.generation, after.generation);
	EXPECT_EQ(0, after.policies);
	EXPECT_EQ(0, write_to(self, "a/prot/f"));
}

static bool was_unarmed(FIXTURE_DATA(rule) *self, unsigned long long since)
{
	struct fim_events events;
	bool found = false;
	size_t i;

	if (fim_events_since(&self->nl, since, &events))
		return false;
	for (i = 0; i < events.count; i++)
		if (events.event[i].type == FIM_EVENT_UNARMED &&
		    !strcmp(fim_bytes(&events.event[i], FIM_EVENT_A_POLICY), "t"))
			found = true;
	fim_events_free(&events);
	return found;
}

/*
 * A filesystem that its policy lets go takes the rule's directory along. That
 * the rule waits from then on is recorded.
 */
TEST_F(rule, filesystem_unmounted)
{
	unsigned long long since;
	struct fim_status st;
	int i;

	NEEDS_MODULE();
	ASSERT_EQ(0, fim_apply_dirs("t", "Audit",
				    fim_fmt("%s/", self->tree.prot), NULL));
	since = last_seq(&self->nl);
	ASSERT_EQ(0, umount(self->tree.mnt))
		TH_LOG("unmounting %s: %m", self->tree.mnt);
	/* The filesystem is gone; the ruleset learns it a moment later. */
	for (i = 0; i < 500 && !was_unarmed(self, since); i++)
		usleep(10000);
	EXPECT_TRUE(was_unarmed(self, since));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(1, st.rules);
	EXPECT_EQ(1, st.waiting);
}

static int find_waiting(FIXTURE_DATA(rule) *self, unsigned int waiting)
{
	struct fim_status st;
	int i, err;

	for (i = 0; i < 500; i++) {
		err = fim_status(&self->nl, &st);
		if (err || st.waiting == waiting)
			return err;
		usleep(10000);
	}
	return ETIMEDOUT;
}

static int exchange(const char *a, const char *b)
{
	return sys(syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b,
			   RENAME_EXCHANGE));
}

/* Under Audit a path may come to lead to what no rule can be about. */
TEST_F(rule, replaced_by_a_file)
{
	const char *prot = self->tree.prot;
	const char *other = fim_fmt("%s.other", prot);
	unsigned long long since;

	NEEDS_MODULE();
	ASSERT_EQ(0, fim_apply_dirs("t", "Audit", fim_fmt("%s/", prot), NULL));
	since = last_seq(&self->nl);
	ASSERT_EQ(0, fim_write_file(other, ""));
	ASSERT_EQ(0, exchange(prot, other));
	EXPECT_EQ(0, find_waiting(self, 1));
	EXPECT_TRUE(was_unarmed(self, since));

	/* Whatever is mounted next has all paths looked at. */
	ASSERT_EQ(0, exchange(prot, other));
	ASSERT_EQ(0, mount("fim", self->tree.other, "tmpfs", 0, NULL));
	EXPECT_EQ(0, find_waiting(self, 0));
	EXPECT_EQ(0, umount(self->tree.other));
}

/*
 * A policy of a hundred directories.
 */
TEST_F(rule, many)
{
	char *yaml = NULL;
	unsigned long long since;
	size_t size;
	FILE *out;
	int i;

	NEEDS_MODULE();
	out = open_memstream(&yaml, &size);
	fprintf(out, "apiVersion: security.kubearmor.com/v1\n"
		"kind: KubeArmorHostPolicy\n"
		"metadata:\n  name: t\n"
		"spec:\n  nodeSelector:\n    matchLabels:\n"
		"      kubernetes.io/hostname: '*'\n"
		"  file:\n    matchDirectories:\n");
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, mkdir(fim_fmt("%s/d%d", self->tree.prot, i), 0755));
		fprintf(out, "    - dir: %s/d%d/\n      recursive: true\n"
			"      readOnly: true\n", self->tree.prot, i);
	}
	fclose(out);
	ASSERT_EQ(0, fim_apply_yaml(yaml));
	free(yaml);
	for (i = 0; i < 100; i++) {
		const char *path = fim_fmt("a/prot/d%d/new", i);

		since = last_seq(&self->nl);
		EXPECT_EQ(EACCES, sys(mkdir(at(self, path), 0755)));
		EXPECT_STREQ(line(self, "Block mkdir", path, "t"),
			     fim_records(&self->nl, since));
	}
	EXPECT_EQ(0, write_to(self, "a/prot/f"));
}

TEST_HARNESS_MAIN
