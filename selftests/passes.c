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
	struct fim_outcome want = { .records = "" };
	struct fim_outcome got = {};
	unsigned long long since;
	char *before;
	char *after;
	size_t i;

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
		got.err = fim_case_run(c, &at, 0, NULL);
		got.records = records(&self->nl, since);
		if (c->flags & FIM_CASE_OPTIONAL && fim_unsupported(got.err))
			got.err = c->err;
		EXPECT_EQ(c->err, got.err)
			case_log(c);
		EXPECT_STREQ("", got.records)
			case_log(c);
		want.err = c->err;
		if (c->id)
			fim_tell(c->id, c->name, 0, &want, &got);
	}
	after = fim_snapshot(self->tree.prot);
	EXPECT_STREQ("", fim_changes(before, after));
	free(before);
	free(after);
}

static int deny(const char *cell)
{
	return sys(chmod(cell, 0755)) ?:
	       sys(chmod(fim_fmt("%s/sub", cell), 0755)) ?:
	       sys(chmod(fim_fmt("%s/f", cell), 0644));
}

/*
 * Whom the file's own permissions keep out is refused by them, with the error
 * that they give, as ever: there is no violation to record.
 */
TEST_F(ops, permission_denied)
{
	static const struct fim_cases *const tables[] = {
		&fim_open_cases, &fim_name_cases,
	};
	const char *cell = fim_fmt("%s/denied", self->tree.prot);
	const char *twin = fim_fmt("%s/denied", self->tree.open);
	const char *peer = fim_fmt("%s/peer/", self->tree.open);
	struct fim_place at = {
		.fd = AT_FDCWD, .dir = fim_fmt("%s/", cell), .peer = peer, .rw = -1,
	};
	struct fim_place beside = {
		.fd = AT_FDCWD, .dir = fim_fmt("%s/", twin), .peer = peer, .rw = -1,
	};
	struct fim_outcome want = { .records = "" };
	struct fim_outcome got = {};
	unsigned long long since;
	size_t t;
	size_t i;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_cell_make(fim_fmt("%s/a/prot/denied", self->tree.build),
				   0));
	ASSERT_EQ(0, fim_cell_make(fim_fmt("%s/open/denied", self->tree.build),
				   0));
	ASSERT_EQ(0, fim_cell_make(fim_fmt("%s/open/peer", self->tree.build), 0));
	ASSERT_EQ(0, fim_tree_mount(&self->tree));
	ASSERT_EQ(0, deny(cell));
	ASSERT_EQ(0, deny(twin));
	ASSERT_EQ(0, deny(fim_fmt("%s/peer", self->tree.open)));
	ASSERT_EQ(0, apply(&self->tree, variant->action));
	for (t = 0; t < ARRAY_SIZE(tables); t++) {
		for (i = 0; i < tables[t]->count; i++) {
			const struct fim_case *c = &tables[t]->cases[i];

			if (c->flags & (FIM_CASE_ROOT | FIM_CASE_OPTIONAL))
				continue;
			since = last_seq(&self->nl);
			want.err = fim_case_run(c, &beside, FIM_NOBODY, NULL);
			got.err = fim_case_run(c, &at, FIM_NOBODY, NULL);
			got.records = records(&self->nl, since);
			EXPECT_NE(0, want.err)
				case_log(c);
			EXPECT_EQ(want.err, got.err)
				case_log(c);
			EXPECT_STREQ("", got.records)
				case_log(c);
			if (c->id)
				fim_tell(c->id, fim_fmt("%s, kept out by modes",
							c->name), FIM_NOBODY,
					 &want, &got);
		}
	}
}

TEST_HARNESS_MAIN
