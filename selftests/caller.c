// SPDX-License-Identifier: GPL-2.0
/*
 * caller.c - what a record says of where its caller is, and what it was run as
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

FIXTURE(caller) {
	struct fim_nl nl;
	struct fim_tree tree;
	struct fim_events events;
	unsigned long long since;
	const char *f;
};

/*
 *   root, a tmpfs
 *   ├── a/prot/f  <- rule
 *   └── open/
 */
FIXTURE_SETUP(caller)
{
	self->nl.fd = -1;
	if (FIM_BARE())
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(&self->tree, FIM_TMPFS));
	self->f = fim_fmt("%s/f", self->tree.prot);
	ASSERT_EQ(0, fim_write_file(self->f, "base"));
	ASSERT_EQ(0, fim_apply_dirs("t", "Block",
				    fim_fmt("%s/", self->tree.prot), NULL));
	self->since = last_seq(&self->nl);
}

FIXTURE_TEARDOWN(caller)
{
	if (self->nl.fd < 0)
		return;
	fim_events_free(&self->events);
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

#define NEEDS_MODULE() NEEDS(FIM_BARE() ? "needs the module" : NULL)

/* The only violation since the policy was applied, or NULL. */
static const struct fim_event *only(FIXTURE_DATA(caller) *self)
{
	struct fim_status st;

	if (fim_settle(&self->nl, &st) ||
	    fim_events_since(&self->nl, self->since, &self->events))
		return NULL;
	return fim_violation(&self->events);
}

/* Where "/proc/self/cgroup" says we are in the one hierarchy of version 2. */
static const char *cgroup_path(void)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[PATH_MAX] = "";
	const char *path = "";

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "0::", 3))
			path = fim_fmt("%s", line + 3);
	}
	if (file)
		fclose(file);
	return path;
}

static const char *enter_cgroup(const char *mnt)
{
	if (mkdir(mnt, 0755) || mount("none", mnt, "cgroup2", 0, NULL) ||
	    mkdir(fim_fmt("%s/fim-test", mnt), 0755) ||
	    fim_write_file(fim_fmt("%s/fim-test/cgroup.procs", mnt), "0"))
		return NULL;
	return cgroup_path();
}

TEST_F(caller, cgroup)
{
	const char *mnt = fim_fmt("%s/cgroup", self->tree.other);
	const struct fim_event *ev;
	struct stat st = {};
	const char *path;

	NEEDS_MODULE();
	path = enter_cgroup(mnt);
	if (!path || !*path) {
		umount(mnt);
		SKIP(return, "no cgroups here");
	}
	EXPECT_EQ(EACCES, fim_write_file(self->f, "new"));
	ev = only(self);
	EXPECT_NE(NULL, ev);
	EXPECT_STREQ("/fim-test", path);
	EXPECT_STREQ(path, fim_bytes(ev, FIM_EVENT_A_CGROUP_PATH));
	EXPECT_EQ(0, stat(fim_fmt("%s/fim-test", mnt), &st));
	EXPECT_EQ(st.st_ino, fim_u64(ev, FIM_EVENT_A_CGROUP));
	EXPECT_EQ(0, fim_write_file(fim_fmt("%s/cgroup.procs", mnt), "0"));
	EXPECT_EQ(0, sys(rmdir(fim_fmt("%s/fim-test", mnt))));
	EXPECT_EQ(0, sys(umount(mnt)));
	EXPECT_EQ(0, sys(rmdir(mnt)));
}

static int run_script(const void *script)
{
	execl(script, script, NULL);
	return errno;
}

/* Its interpreter is what violates, but by its own name. */
TEST_F(caller, script)
{
	const char *script = fim_fmt("%s/script", self->tree.open);
	const struct fim_event *ev;

	NEEDS_MODULE();
	ASSERT_EQ(0, fim_write_file(script, fim_fmt("#!/bin/sh\necho >%s\n",
						    self->f)));
	ASSERT_EQ(0, chmod(script, 0755));
	EXPECT_NE(0, fim_run(0, run_script, script, NULL));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_STREQ(realpath("/bin/sh", NULL), fim_bytes(ev, FIM_EVENT_A_EXE));
	EXPECT_STREQ(script, fim_bytes(ev, FIM_EVENT_A_EXECUTED));
	EXPECT_STREQ("script", fim_bytes(ev, FIM_EVENT_A_COMM));
}

TEST_HARNESS_MAIN
