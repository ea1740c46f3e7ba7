// SPDX-License-Identifier: GPL-2.0
/*
 * opens.c - opens that give the means to change a file
 */
#define _GNU_SOURCE
#include "ops.h"

TEST_F_TIMEOUT(ops, opens, 120)
{
	run_cases(_metadata, self, &fim_open_cases, 0, variant->action);
}

TEST_F_TIMEOUT(ops, opens_unprivileged, 120)
{
	as_nobody(_metadata, self, &fim_open_cases, variant->action);
}

/*
 * An open with O_CREAT asks whether it may create before it has looked whether
 * the file exists, if no name of it is cached. Only what it comes to counts.
 */
TEST_F(ops, create_uncached)
{
	const char *action = variant->action;
	const char *cell = fim_fmt("%s/x", self->tree.prot);
	const char *f = fim_fmt("%s/f", cell);
	const char *new = fim_fmt("%s/new", cell);
	const char *by;
	unsigned long long since;
	int want;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_cell_make(fim_fmt("%s/a/prot/x", self->tree.build), 0));
	ASSERT_EQ(0, fim_tree_mount(&self->tree));
	ASSERT_EQ(0, apply(&self->tree, action));
	want = action && !strcmp(action, "Block") ? EACCES : 0;
	by = fim_fmt("errno %d by %d under t", want, getpid());

	since = last_seq(&self->nl);
	ASSERT_EQ(0, fim_drop_caches("2"));
	EXPECT_EQ(0, fim_opened(open(f, O_CREAT | O_RDONLY, 0600)));
	ASSERT_EQ(0, fim_drop_caches("2"));
	EXPECT_EQ(EEXIST, fim_opened(open(f, O_CREAT | O_EXCL | O_WRONLY, 0600)));
	EXPECT_STREQ("", records(&self->nl, since));

	since = last_seq(&self->nl);
	ASSERT_EQ(0, fim_drop_caches("2"));
	EXPECT_EQ(want, fim_opened(open(f, O_CREAT | O_WRONLY, 0600)));
	EXPECT_STREQ(action ? fim_fmt("%s open %s %s\n", action, f, by) : "",
		     records(&self->nl, since));

	since = last_seq(&self->nl);
	ASSERT_EQ(0, fim_drop_caches("2"));
	EXPECT_EQ(want, fim_opened(open(new, O_CREAT | O_WRONLY, 0600)));
	EXPECT_STREQ(action ? fim_fmt("%s create %s %s\n", action, new, by) : "",
		     records(&self->nl, since));
}

TEST_HARNESS_MAIN
