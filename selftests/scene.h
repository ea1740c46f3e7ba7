/* SPDX-License-Identifier: GPL-2.0 */
/*
 * scene.h - a protected tree and what is around it, for tests that are not rows
 * of a table
 *
 * A test's name begins with the number in the attack catalogue of what it is
 * about: attacks/table.awk reads it.
 */
#ifndef _FIM_TEST_SCENE_H
#define _FIM_TEST_SCENE_H

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "press.h"

FIXTURE(scene) {
	struct fim_nl nl;
	struct fim_tree tree;
	const char *missing;
	const char *action;
	bool block;
};

FIXTURE_VARIANT(scene) {
	enum fim_fs fs;
	const char *action;
};

/*
 *   root                 another filesystem:  other/  an empty tmpfs
 *   ├── a/
 *   │   ├── prot/  f  sub/g  sub/deep/      <- what tests protect
 *   │   └── beside/
 *   └── open/  f  d/
 */
FIXTURE_VARIANT_ADD(scene, ext4_block) {
	.fs = FIM_EXT4,
	.action = "Block",
};

FIXTURE_VARIANT_ADD(scene, ext4_audit) {
	.fs = FIM_EXT4,
	.action = "Audit",
};

FIXTURE_VARIANT_ADD(scene, tmpfs_block) {
	.fs = FIM_TMPFS,
	.action = "Block",
};

FIXTURE_VARIANT_ADD(scene, tmpfs_audit) {
	.fs = FIM_TMPFS,
	.action = "Audit",
};

FIXTURE_VARIANT_ADD(scene, overlay_block) {
	.fs = FIM_OVERLAY,
	.action = "Block",
};

FIXTURE_VARIANT_ADD(scene, overlay_audit) {
	.fs = FIM_OVERLAY,
	.action = "Audit",
};

/* No policy: everything passes, and there is nothing to record. */
FIXTURE_VARIANT_ADD(scene, ext4_none) {
	.fs = FIM_EXT4,
};

FIXTURE_VARIANT_ADD(scene, tmpfs_none) {
	.fs = FIM_TMPFS,
};

FIXTURE_VARIANT_ADD(scene, overlay_none) {
	.fs = FIM_OVERLAY,
};

FIXTURE_SETUP(scene)
{
	static const char *const dirs[] = {
		"a/prot/sub", "a/prot/sub/deep", "a/beside", "open/d",
	};
	static const char *const files[] = {
		"a/prot/f", "a/prot/sub/g", "open/f",
	};
	struct fim_tree *tree = &self->tree;
	size_t i;

	self->nl.fd = -1;
	self->action = variant->action;
	self->block = variant->action && !strcmp(variant->action, "Block");
	self->missing = FIM_BARE() ? "needs the module" :
			fim_tree_missing(variant->fs);
	if (self->missing)
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(tree, variant->fs));
	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		ASSERT_EQ(0, mkdir(fim_fmt("%s/%s", tree->build, dirs[i]), 0777));
	}
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		ASSERT_EQ(0, fim_write_file(fim_fmt("%s/%s", tree->build,
						    files[i]), "base"));
	}
	ASSERT_EQ(0, fim_tree_mount(tree));
}

FIXTURE_TEARDOWN(scene)
{
	EXPECT_EQ(0, fim_initial_mounts());
	if (self->nl.fd >= 0) {
		EXPECT_EQ(0, fim_delete_all(&self->nl));
	}
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

/* A path below the root of the tree. */
static inline const char *at(const FIXTURE_DATA(scene) *self, const char *path)
{
	return fim_fmt("%s/%s", self->tree.root, path);
}

/* What is about the policy itself has no variant without one. */
#define NEEDS_POLICY() \
	NEEDS(self->missing ?: self->action ? NULL : "without a policy")

static inline int protect(const FIXTURE_DATA(scene) *self)
{
	if (!self->action)
		return 0;
	return fim_apply_dirs("t", self->action,
			      fim_fmt("%s/", self->tree.prot), NULL);
}

/*
 * The record of an operation, if there is a policy: "open PATH",
 * "mount PATH (guard)".
 */
static inline const char *line_of(const FIXTURE_DATA(scene) *self,
				  const char *what, pid_t pid)
{
	if (!self->action)
		return "";
	return fim_fmt("%s %s errno %d by %d under t\n", self->action, what,
		       self->block ? EACCES : 0, pid);
}

/* Records for kernel threads are completed by one, too: that takes a moment. */
static inline const char *settled(FIXTURE_DATA(scene) *self,
				  unsigned long long since)
{
	struct fim_status st;

	return fim_settle(&self->nl, &st) ? "not settled" :
	       fim_records(&self->nl, since);
}

/* What an operation of this process came to, and had to come to. */
#define EXPECT_OUTCOME(name, wanted, line, call) do { \
	unsigned long long _since = last_seq(&self->nl); \
	struct fim_outcome _want = { wanted, line }; \
	struct fim_outcome _got = { call, "" }; \
	_got.records = settled(self, _since); \
	EXPECT_EQ(_want.err, _got.err) \
		TH_LOG("%s", #call); \
	EXPECT_STREQ(_want.records, _got.records) \
		TH_LOG("%s", #call); \
	fim_tell(NULL, name, 0, &_want, &_got); \
} while (0)

/*
 * An operation of this process was refused, or else came to @passed, and there
 * is one record of it if there is a policy.
 */
#define EXPECT_DECIDED(what, passed, call) do { \
	const char *_what = what; \
	EXPECT_OUTCOME(_what, self->block ? EACCES : (passed), \
		       line_of(self, _what, getpid()), call); \
	if (self->block) \
		EXPECT_PRESSED(&self->nl, passed, call); \
} while (0)

/* An operation that is nobody's business. */
#define EXPECT_PASSED(passed, call) \
	EXPECT_OUTCOME("nobody's business", passed, "", call)

#endif /* _FIM_TEST_SCENE_H */
