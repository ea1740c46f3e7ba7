// SPDX-License-Identifier: GPL-2.0
/*
 * passes.c - what must pass, and leave no record
 */
#define _GNU_SOURCE
#include "ops.h"

/*
 * What is no change passes, and nobody is bothered with a record of it.
 */
TEST_F(ops, passes)
{
	const struct fim_cases *table = &fim_pass_cases;
	struct fim_place at = { .fd = AT_FDCWD, .rw = -1 };
	unsigned long long since;
	char *before;
	char *after;
	size_t i;
	int err;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_pass_cell_make(&self->tree));
	ASSERT_EQ(0, fim_tree_mount(&self->tree));
	ASSERT_EQ(0, apply(&self->tree, variant->action));
	ASSERT_EQ(0, fim_own_mounts());
	before = fim_snapshot(self->tree.prot);
	at.dir = fim_fmt("%s/pass/", self->tree.prot);
	at.peer = fim_fmt("%s/pass/", self->tree.open);

	for (i = 0; i < table->count; i++) {
		const struct fim_case *c = &table->cases[i];

		since = last_seq(&self->nl);
		err = fim_case_run(c, &at, 0, NULL);
		if (c->flags & FIM_CASE_OPTIONAL && fim_unsupported(err))
			err = c->err;
		EXPECT_EQ(c->err, err)
			case_log(c);
		EXPECT_STREQ("", records(&self->nl, since))
			case_log(c);
	}
	after = fim_snapshot(self->tree.prot);
	EXPECT_STREQ("", fim_changes(before, after));
	free(before);
	free(after);
}

/*
 * Whom the file's own permissions keep out is refused by them, as ever: there
 * is no violation to record.
 */
TEST_F(ops, permission_denied)
{
	const char *cell = fim_fmt("%s/denied", self->tree.prot);
	struct fim_place at = {
		.fd = AT_FDCWD,
		.dir = fim_fmt("%s/", cell),
		.peer = "",
		.rw = -1,
	};
	unsigned long long since;
	size_t i;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_cell_make(fim_fmt("%s/a/prot/denied", self->tree.build),
				   0));
	ASSERT_EQ(0, fim_tree_mount(&self->tree));
	ASSERT_EQ(0, chmod(cell, 0755));
	ASSERT_EQ(0, chmod(fim_fmt("%s/f", cell), 0644));
	ASSERT_EQ(0, apply(&self->tree, variant->action));
	since = last_seq(&self->nl);
	for (i = 0; i < fim_open_cases.count; i++) {
		const struct fim_case *c = &fim_open_cases.cases[i];
		int err;

		if (c->flags & (FIM_CASE_ROOT | FIM_CASE_OPTIONAL))
			continue;
		err = fim_case_run(c, &at, FIM_NOBODY, NULL);
		EXPECT_EQ(EACCES, err)
			case_log(c);
	}
	EXPECT_STREQ("", records(&self->nl, since));
}

TEST_HARNESS_MAIN
