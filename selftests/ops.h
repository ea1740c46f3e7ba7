/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ops.h - every operation of a table, on every filesystem, with every action
 */
#ifndef _FIM_TEST_OPS_H
#define _FIM_TEST_OPS_H

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

FIXTURE(ops) {
	struct fim_nl nl;
	struct fim_tree tree;
	const char *missing;
	int skipped;
};

FIXTURE_VARIANT(ops) {
	enum fim_fs fs;
	const char *action;
};

/*
 *   ext4                      tmpfs                    overlay
 *   ├── a/prot/  <- rule      ├── a/prot/  <- rule     merged  a/prot/  <- rule
 *   └── open/                 └── open/                lower   all files, so
 *                                                              that each change
 *                                                              must copy up
 *
 *   Block: EACCES, one record, nothing changed
 *   Audit: done, one record
 *   none:  done, no record
 */
FIXTURE_VARIANT_ADD(ops, ext4_block) {
	.fs = FIM_EXT4,
	.action = "Block",
};

FIXTURE_VARIANT_ADD(ops, ext4_audit) {
	.fs = FIM_EXT4,
	.action = "Audit",
};

FIXTURE_VARIANT_ADD(ops, ext4_none) {
	.fs = FIM_EXT4,
};

FIXTURE_VARIANT_ADD(ops, tmpfs_block) {
	.fs = FIM_TMPFS,
	.action = "Block",
};

FIXTURE_VARIANT_ADD(ops, tmpfs_audit) {
	.fs = FIM_TMPFS,
	.action = "Audit",
};

FIXTURE_VARIANT_ADD(ops, tmpfs_none) {
	.fs = FIM_TMPFS,
};

FIXTURE_VARIANT_ADD(ops, overlay_block) {
	.fs = FIM_OVERLAY,
	.action = "Block",
};

FIXTURE_VARIANT_ADD(ops, overlay_audit) {
	.fs = FIM_OVERLAY,
	.action = "Audit",
};

FIXTURE_VARIANT_ADD(ops, overlay_none) {
	.fs = FIM_OVERLAY,
};

FIXTURE_SETUP(ops)
{
	self->nl.fd = -1;
	self->missing = fim_tree_missing(variant->fs);
	if (FIM_BARE() && variant->action)
		self->missing = "needs the module";
	if (self->missing)
		return;
	if (!FIM_BARE()) {
		ASSERT_EQ(0, fim_nl_open(&self->nl));
		ASSERT_EQ(0, fim_delete_all(&self->nl));
	}
	ASSERT_EQ(0, fim_tree_make(&self->tree, variant->fs));
}

FIXTURE_TEARDOWN(ops)
{
	EXPECT_EQ(0, fim_initial_mounts());
	if (self->nl.fd >= 0) {
		EXPECT_EQ(0, fim_delete_all(&self->nl));
	}
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

static int apply(const struct fim_tree *tree, const char *action)
{
	if (!action)
		return 0;
	return fim_apply_dirs("t", action, fim_fmt("%s/", tree->prot), NULL);
}

#define case_log(c) TH_LOG("in case %s (%s)", (c)->name, (c)->id ?: "-")

/*
 * Whether a case cannot be done here. It must succeed where nothing is refused
 * or be marked optional.
 */
static bool impossible(FIXTURE_DATA(ops) *self, const struct fim_case *c, int err)
{
	if (!(c->flags & FIM_CASE_OPTIONAL) || !fim_unsupported(err))
		return false;
	fprintf(stderr, "# %s: not here: %s\n", c->name, strerror(err));
	if (c->id)
		fim_tell_missing(c->id, c->name, strerror(err));
	self->skipped++;
	return true;
}

static bool check_twin(struct __test_metadata *_metadata,
		       FIXTURE_DATA(ops) *self, const struct fim_case *c,
		       uid_t uid)
{
	struct fim_place at = {
		.fd = AT_FDCWD,
		.dir = fim_fmt("%s/%s.twin/", self->tree.open, c->name),
		.peer = fim_fmt("%s/%s.peer/", self->tree.open, c->name),
		.rw = -1,
	};
	unsigned long long since = last_seq(&self->nl);
	int err;

	if (c->flags & FIM_CASE_RW)
		at.rw = open(fim_fmt("%sf", at.dir), O_RDWR | O_CLOEXEC);
	err = fim_case_run(c, &at, uid, NULL);
	if (impossible(self, c, err))
		return false;
	EXPECT_EQ(c->err, err)
		case_log(c);
	EXPECT_STREQ("", records(&self->nl, since))
		case_log(c);
	return true;
}

/*
 * What a case can change.
 */
static char *look(FIXTURE_DATA(ops) *self, const struct fim_case *c)
{
	char *cell = fim_snapshot(fim_fmt("%s/%s", self->tree.prot, c->name));
	char *peer;
	char *both;

	if (!(c->flags & FIM_CASE_PEER))
		return cell;
	peer = fim_snapshot(fim_fmt("%s/%s", self->tree.open, c->name));
	both = (char *)fim_fmt("%s%s", cell, peer);
	free(cell);
	free(peer);
	return both;
}

/*
 * Return: how many operations are accounted to a rule.
 */
static int check_case(struct __test_metadata *_metadata,
		      FIXTURE_DATA(ops) *self, const struct fim_case *c,
		      const struct fim_place *at, uid_t uid, const char *action)
{
	bool blocked = action && !strcmp(action, "Block");
	bool silent = c->flags & FIM_CASE_SILENT;
	unsigned long long since = last_seq(&self->nl);
	struct fim_outcome want = { .err = blocked ? EACCES : c->err };
	struct fim_outcome got = {};
	char *before = look(self, c);
	char *after;
	pid_t pid = 0;

	got.err = fim_case_run(c, at, uid, &pid);
	got.records = records(&self->nl, since);
	/* What the filesystem can't do was let through before it said so. */
	if (!blocked && impossible(self, c, got.err))
		return *got.records ? 1 : 0;
	want.records = action ? fim_case_record(c, &self->tree, c->name, action,
						"t", pid) : "";
	EXPECT_EQ(want.err, got.err)
		case_log(c);
	EXPECT_STREQ(want.records, got.records)
		case_log(c);
	after = look(self, c);
	if (blocked) {
		want.changes = "";
		got.changes = fim_changes(before, after);
		EXPECT_STREQ("", got.changes)
			case_log(c);
	} else if (!silent) {
		/* Seen to change something, or its refusal proves nothing. */
		want.changes = "some";
		got.changes = fim_changes(before, after);
		EXPECT_STRNE("", got.changes)
			case_log(c);
	}
	if (c->id)
		fim_tell(c->id, c->name, uid, &want, &got);
	free(before);
	free(after);
	return action ? 1 : 0;
}

static void check_counters(struct __test_metadata *_metadata,
			   struct fim_nl *nl, const struct fim_status *before,
			   const char *action, unsigned int count)
{
	bool blocked = action && !strcmp(action, "Block");
	bool audited = action && !blocked;
	struct fim_status st;

	EXPECT_EQ(0, fim_status(nl, &st));
	EXPECT_EQ(before->refused + (blocked ? count : 0), st.refused);
	EXPECT_EQ(before->audited + (audited ? count : 0), st.audited);
	EXPECT_EQ(before->lost, st.lost);
	EXPECT_TRUE(adds_up(&st));
}

/*
 * An overlay copies a directory up before a nameless file in it is decided
 * about. That is no change of it, but its times and its link count show it.
 */
static int copy_up(const struct fim_tree *tree, const struct fim_case *c)
{
	int err = sys(chmod(fim_fmt("%s/%s", tree->prot, c->name), 0777));

	if (!err && c->flags & FIM_CASE_PEER)
		err = sys(chmod(fim_fmt("%s/%s", tree->open, c->name), 0777));
	return err;
}

static inline void run_cases(struct __test_metadata *_metadata,
			     FIXTURE_DATA(ops) *self,
			     const struct fim_cases *table, uid_t uid,
			     const char *action)
{
	bool blocked = action && !strcmp(action, "Block");
	struct fim_status st = {};
	unsigned int count = 0;
	char *before;
	char *after;
	int rw[64];
	size_t i;

	NEEDS(self->missing);
	for (i = 0; i < table->count; i++) {
		ASSERT_EQ(0, fim_cells_make(&self->tree, &table->cases[i],
					    blocked, uid));
	}
	ASSERT_EQ(0, fim_tree_mount(&self->tree));
	for (i = 0; i < table->count; i++) {
		const struct fim_case *c = &table->cases[i];

		if (c->flags & FIM_CASE_COPIES_UP) {
			ASSERT_EQ(0, copy_up(&self->tree, c));
		}
		rw[i] = c->flags & FIM_CASE_RW ?
			open(fim_fmt("%s/%s/f", self->tree.prot, c->name),
			     O_RDWR | O_CLOEXEC) : -1;
	}
	before = fim_snapshot(self->tree.prot);
	ASSERT_EQ(0, apply(&self->tree, action));
	ASSERT_EQ(0, fim_own_mounts());
	if (self->nl.fd >= 0) {
		ASSERT_EQ(0, fim_status(&self->nl, &st));
	}

	for (i = 0; i < table->count; i++) {
		const struct fim_case *c = &table->cases[i];
		struct fim_place at = {
			.fd = AT_FDCWD,
			.dir = fim_fmt("%s/%s/", self->tree.prot, c->name),
			.peer = fim_fmt("%s/%s/", self->tree.open, c->name),
			.rw = rw[i],
		};

		if ((uid && c->flags & FIM_CASE_ROOT) ||
		    (blocked && !check_twin(_metadata, self, c, uid)))
			continue;
		count += check_case(_metadata, self, c, &at, uid, action);
	}

	/* Few may be left out, or the table proves nothing. */
	EXPECT_LE(self->skipped, 8);
	if (self->nl.fd >= 0)
		check_counters(_metadata, &self->nl, &st, action, count);
	if (blocked) {
		/* What the disk holds, too. */
		if (self->tree.fs != FIM_TMPFS && !uid) {
			EXPECT_EQ(0, fim_drop_caches("3"));
		}
		after = fim_snapshot(self->tree.prot);
		EXPECT_STREQ("", fim_changes(before, after));
		free(after);
	}
	free(before);
	for (i = 0; i < table->count; i++)
		if (rw[i] >= 0)
			close(rw[i]);
}

/*
 * As a user without any capability, who owns the files. The twins prove that
 * he could.
 */
static inline void as_nobody(struct __test_metadata *_metadata,
			     FIXTURE_DATA(ops) *self,
			     const struct fim_cases *table, const char *action)
{
	NEEDS(self->missing);
	if (!action || strcmp(action, "Block"))
		SKIP(return, "who does it matters to a refusal only");
	run_cases(_metadata, self, table, FIM_NOBODY, action);
}

#endif /* _FIM_TEST_OPS_H */
