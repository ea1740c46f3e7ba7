// SPDX-License-Identifier: GPL-2.0
/*
 * test_scan.c - tests of ctl/scan.c: files with other names, in trees made up
 *
 *   in/f         also out/f               one name outside
 *   in/both      also in/sub/both         all names inside
 *   in/three     also in/sub/three, out/three
 *   in/sub/deep/g    also out/g
 *   in/single                             one name only
 *   in/link  -> ../out                    not followed
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "helper.h"
#include "scan.h"

#include "kselftest_harness.h"

FIXTURE(tree) {
	char path[32];
	char *names[8];
	char *paths[8];
	size_t nr;
	struct scan scan;
};

FIXTURE_SETUP(tree)
{
	memset(self, 0, sizeof(*self));
	if (!has_openat2())
		SKIP(_exit(SKIPPED), "no openat2(), as under valgrind");
	strcpy(self->path, "/tmp/fimctl.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->path));
	ASSERT_EQ(0, sh(self->path,
			"mkdir -p in/sub/deep out && cd in &&"
			"touch f both three sub/deep/g single &&"
			"ln f ../out/f && ln both sub/both &&"
			"ln three sub/three && ln three ../out/three &&"
			"ln sub/deep/g ../out/g && ln -s ../out link"));
}

FIXTURE_TEARDOWN(tree)
{
	scan_free(&self->scan);
	for (; self->nr; self->nr--) {
		free(self->names[self->nr - 1]);
		free(self->paths[self->nr - 1]);
	}
	ASSERT_EQ(0, sh(self->path, "rm -rf in out copy"));
	EXPECT_EQ(0, rmdir(self->path));
}

static void add(FIXTURE_DATA(tree) *self, const char *dir, bool recursive,
		int action, bool wanted)
{
	struct buf path = { 0 }, name = { 0 };

	buf_addf(&path, "%s/%s", self->path, dir);
	buf_addf(&name, "/%s/", dir);
	self->paths[self->nr] = path.data;
	self->names[self->nr++] = name.data;
	scan_add(&self->scan, &(struct scan_tree){
		.path = path.data, .name = name.data, .recursive = recursive,
		.action = action, .wanted = wanted,
	});
}

static int by_path(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All that are exposed: "path:outside " each, sorted, "!" behind mixed ones. */
static const char *found(const struct scan *s)
{
	static char text[4096];
	char *v[64];
	size_t i, nr = 0;

	for (i = 0; i < s->cap_files; i++) {
		const struct scan_file *f = &s->files[i];

		if (!scan_is_exposed(f) || !f->tree->wanted)
			continue;
		if (asprintf(&v[nr], "%s:%d%s ", f->path,
			     (int)(f->links - f->seen), f->mixed ? "!" : "") > 0)
			nr++;
	}
	qsort(v, nr, sizeof(*v), by_path);
	text[0] = '\0';
	for (i = 0; i < nr; i++) {
		strcat(text, v[i]);
		free(v[i]);
	}
	return text;
}

static bool same(const char *text, const char *a, const char *b)
{
	return !strcmp(text, a) || !strcmp(text, b);
}

/* Which of several names is met first is the filesystem's affair. */
#define ALL(three) "/in/f:1 /in/sub/deep/g:1 " three ":1 "

TEST_F(tree, recursive)
{
	add(self, "in", true, 3, true);
	scan_run(&self->scan);
	EXPECT_TRUE(same(found(&self->scan), ALL("/in/sub/three"),
			 "/in/f:1 /in/sub/deep/g:1 /in/three:1 ")) {
		TH_LOG("%s", found(&self->scan));
	}
	EXPECT_EQ(0, self->scan.unread);
}

TEST_F(tree, not_recursive)
{
	add(self, "in", false, 3, true);
	scan_run(&self->scan);
	EXPECT_STREQ("/in/both:1 /in/f:1 /in/three:2 ", found(&self->scan));
}

/* Trees in one another, in any order, count each name once. */
TEST_F(tree, nested)
{
	static const char *const orders[][4] = {
		{ "in", "in/sub", "in/sub/deep", "in" },
		{ "in/sub/deep", "in/sub", "in", "in/sub" },
		{ "in/sub", "in", "in/sub/deep", "in" },
		{ "in/sub", "in", "in/sub", "in" },
	};
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE_OF(orders); i++) {
		for (j = 0; j < 4; j++)
			add(self, orders[i][j], true, 3, true);
		scan_run(&self->scan);
		EXPECT_EQ(4, self->scan.nr_files);
		EXPECT_NE(NULL, strstr(found(&self->scan), "/f:1 "));
		EXPECT_NE(NULL, strstr(found(&self->scan), "/g:1 "));
		EXPECT_EQ(NULL, strstr(found(&self->scan), "both"));
		EXPECT_NE(NULL, strstr(found(&self->scan), "three:1 "));
		scan_free(&self->scan);
		for (; self->nr; self->nr--) {
			free(self->names[self->nr - 1]);
			free(self->paths[self->nr - 1]);
		}
	}
}

TEST_F(tree, not_recursive_in_recursive)
{
	add(self, "in/sub", false, 3, true);
	add(self, "in", true, 3, true);
	scan_run(&self->scan);
	EXPECT_EQ(NULL, strstr(found(&self->scan), "both"));
	EXPECT_NE(NULL, strstr(found(&self->scan), "/in/sub/deep/g:1 "));
	EXPECT_NE(NULL, strstr(found(&self->scan), "three:1 "));
}

/* Of an inner tree that is less strict, the stricter name counts. */
TEST_F(tree, mixed)
{
	add(self, "in", true, 3, true);
	add(self, "in/sub", true, 2, true);
	add(self, "out", true, 3, true);
	scan_run(&self->scan);
	EXPECT_NE(NULL, strstr(found(&self->scan), "both:0! "));
	EXPECT_NE(NULL, strstr(found(&self->scan), "three:0! "));
	EXPECT_NE(NULL, strstr(found(&self->scan), "/g:0! "));
	EXPECT_EQ(NULL, strstr(found(&self->scan), "/f:"));
}

/* Names in other policies' trees are inside, too, and their files not ours. */
TEST_F(tree, unwanted)
{
	add(self, "out", true, 3, false);
	add(self, "in", true, 3, true);
	scan_run(&self->scan);
	EXPECT_STREQ("", found(&self->scan));
	scan_free(&self->scan);
	add(self, "in", true, 3, false);
	scan_run(&self->scan);
	EXPECT_EQ(0, self->scan.nr_files);
}

TEST_F(tree, hostile_names)
{
	ASSERT_EQ(0, sh(self->path,
			"rm -rf in out; mkdir in out; cd in; "
			"n=$(printf 'a\\n\\033[2J\\377 \\\\040'); echo >\"$n\"; "
			"ln \"$n\" ../out/x; echo >-rf; ln -- -rf ../out/y; "
			"mkdir ' ' '...'; echo >...//z; ln ...//z ../out/z"));
	add(self, "in", true, 3, true);
	scan_run(&self->scan);
	EXPECT_STREQ("/in/-rf:1 /in/.../z:1 /in/a\n\033[2J\377 \\040:1 ",
		     found(&self->scan));
}

static unsigned int troubles;

static void count_trouble(const char *path, int error)
{
	(void)path;
	(void)error;
	troubles++;
}

/* Deeper than a path may be, and than there are descriptors. */
TEST_F(tree, deep)
{
	struct rlimit limit = { 16, 16 };
	char name[128];
	int i, fd, next;

	memset(name, 'd', 100);
	name[100] = '\0';
	add(self, "in", true, 3, true);
	fd = open(self->paths[0], O_RDONLY | O_DIRECTORY);
	for (i = 0; i < 60; i++) {
		ASSERT_EQ(0, mkdirat(fd, name, 0700));
		next = openat(fd, name, O_RDONLY | O_DIRECTORY);
		close(fd);
		fd = next;
	}
	close(fd);
	troubles = 0;
	self->scan.trouble = count_trouble;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	scan_run(&self->scan);
	EXPECT_EQ(1, troubles);
	EXPECT_NE(NULL, strstr(found(&self->scan), "/in/sub/deep/g:1 "));
}

TEST_F(tree, many)
{
	ASSERT_EQ(0, sh(self->path, "cd in; i=0; while [ $i -lt 1000 ]; do "
			"echo >m$i; i=$((i + 1)); done; "
			"cp -al . ../copy; mkdir sub/x; ln m1 sub/x/m1"));
	add(self, "in", true, 3, true);
	scan_run(&self->scan);
	/* and both, f, g, three and single */
	EXPECT_EQ(1005, self->scan.nr_files);
}

TEST_F(tree, missing_and_gone)
{
	troubles = 0;
	self->scan.trouble = count_trouble;
	add(self, "nowhere", true, 3, true);
	add(self, "in/f", true, 3, true);
	add(self, "in/link", true, 3, true);
	scan_run(&self->scan);
	EXPECT_EQ(2, troubles);
	EXPECT_EQ(0, self->scan.nr_files);
}

/* A directory becomes a symbolic link, and one again, and goes, for ever. */
static void churn(const char *path)
{
	char dir[64], link[64], gone[64];

	snprintf(dir, sizeof(dir), "%s/in/sub", path);
	snprintf(link, sizeof(link), "%s/in/swap", path);
	snprintf(gone, sizeof(gone), "%s/in/gone", path);
	for (;;) {
		syscall(SYS_renameat2, AT_FDCWD, dir, AT_FDCWD, link,
			RENAME_EXCHANGE);
		mkdir(gone, 0700);
		rmdir(gone);
	}
}

TEST_F(tree, changes_meanwhile)
{
	pid_t child;
	int i;

	ASSERT_EQ(0, sh(self->path, "mkdir out/secret && echo >out/secret/s && "
			"ln out/secret/s out/secret/t && "
			"ln -s ../out/secret in/swap"));
	child = fork();
	if (!child)
		churn(self->path);
	for (i = 0; i < 500; i++) {
		add(self, "in", true, 3, true);
		scan_run(&self->scan);
		EXPECT_EQ(NULL, strstr(found(&self->scan), "/s:"));
		EXPECT_EQ(NULL, strstr(found(&self->scan), "/t:"));
		EXPECT_EQ(0, self->scan.unread);
		scan_free(&self->scan);
		free(self->names[--self->nr]);
		free(self->paths[self->nr]);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* Mounted things are trees of their own, or none. */
TEST_F(tree, mounts)
{
	struct buf from = { 0 }, to = { 0 };

	if (unshare(CLONE_NEWNS) ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL))
		SKIP(return, "no mount namespace of its own");
	buf_addf(&from, "%s/in/sub", self->path);
	buf_addf(&to, "%s/in/bind", self->path);
	ASSERT_EQ(0, mkdir(to.data, 0700));
	ASSERT_EQ(0, mount(from.data, to.data, "none", MS_BIND, NULL));
	ASSERT_EQ(0, sh(self->path, "echo >out/a && ln out/a out/b && "
			"mount --bind out/a in/single"));
	add(self, "in", true, 3, true);
	scan_run(&self->scan);
	EXPECT_NE(NULL, strstr(found(&self->scan), "three:1 "));
	EXPECT_NE(NULL, strstr(found(&self->scan), "/g:1 "));
	EXPECT_EQ(NULL, strstr(found(&self->scan), "single"));
	scan_free(&self->scan);
	/* The mount is a tree, too: its names are the same ones. */
	add(self, "in/bind", true, 3, true);
	add(self, "in", true, 3, true);
	scan_run(&self->scan);
	EXPECT_EQ(NULL, strstr(found(&self->scan), "both"));
	EXPECT_NE(NULL, strstr(found(&self->scan), "three:1 "));
	EXPECT_EQ(0, sh(self->path, "umount in/single"));
	umount2(to.data, MNT_DETACH);
	buf_free(&from);
	buf_free(&to);
}

TEST_HARNESS_MAIN
