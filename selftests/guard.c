// SPDX-License-Identifier: GPL-2.0
/*
 * guard.c - what gives a protected path its meaning is protected too
 *
 * The directories above a rule's directory and the symbolic links on its path
 * may not be moved, removed or replaced. All else about them is free.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <linux/fs.h>

#include "harness.h"
#include "press.h"

FIXTURE(guard) {
	struct fim_nl nl;
	struct fim_tree tree;
	const char *missing;
};

FIXTURE_VARIANT(guard) {
	enum fim_fs fs;
};

/*
 *   /mnt/…/fim      root       guard
 *   ├── a           ancestor   guard
 *   │   ├── prot/   <- rule
 *   │   │   └── x/
 *   │   └── other/  sibling    free
 *   ├── open/x/     elsewhere  free
 *   └── link -> a   guard where the rule is "root/link/prot/"
 */
FIXTURE_VARIANT_ADD(guard, ext4) {
	.fs = FIM_EXT4,
};

FIXTURE_VARIANT_ADD(guard, tmpfs) {
	.fs = FIM_TMPFS,
};

FIXTURE_VARIANT_ADD(guard, overlay) {
	.fs = FIM_OVERLAY,
};

FIXTURE_SETUP(guard)
{
	struct fim_tree *tree = &self->tree;

	self->nl.fd = -1;
	self->missing = FIM_BARE() ? "needs the module" :
			fim_tree_missing(variant->fs);
	if (self->missing)
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(tree, variant->fs));
	ASSERT_EQ(0, fim_cell_make(fim_fmt("%s/a/prot/x", tree->build), 0));
	ASSERT_EQ(0, fim_cell_make(fim_fmt("%s/open/x", tree->build), 0));
	ASSERT_EQ(0, mkdir(fim_fmt("%s/a/other", tree->build), 0755));
	ASSERT_EQ(0, fim_tree_mount(tree));
}

FIXTURE_TEARDOWN(guard)
{
	EXPECT_EQ(0, fim_initial_mounts());
	if (self->nl.fd >= 0) {
		EXPECT_EQ(0, fim_delete_all(&self->nl));
	}
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

static int move(const char *from, const char *to, unsigned int flags)
{
	return sys(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags));
}

/* What must not have happened is undone, for the sake of the next test. */
static int rename_away(const char *victim, const char *other)
{
	const char *to = fim_fmt("%s-moved", other);
	int err = move(victim, to, 0);

	if (!err)
		move(to, victim, 0);
	return err;
}

static int rename_onto(const char *victim, const char *other)
{
	return move(other, victim, 0);
}

static int exchange_from(const char *victim, const char *other)
{
	int err = move(victim, other, RENAME_EXCHANGE);

	if (!err)
		move(victim, other, RENAME_EXCHANGE);
	return err;
}

static int exchange_with(const char *victim, const char *other)
{
	return exchange_from(other, victim);
}

static int remove_dir(const char *victim, const char *other)
{
	(void)other;
	return sys(rmdir(victim));
}

static int remove_name(const char *victim, const char *other)
{
	(void)other;
	return sys(unlink(victim));
}

/**
 * struct attack - a way to take a name away
 * @name: its name
 * @run: does it; returns an errno
 * @op: what the record must call it
 * @target: what follows "other" in the record's target, NULL if it has none
 */
struct attack {
	const char *name;
	int (*run)(const char *victim, const char *other);
	enum fim_op op;
	const char *target;
};

static const struct attack dir_attacks[] = {
	{ "rename_away", rename_away, FIM_OP_RENAME, "-moved" },
	{ "rename_onto", rename_onto, FIM_OP_RENAME, "" },
	{ "exchange_from", exchange_from, FIM_OP_RENAME, "" },
	{ "exchange_with", exchange_with, FIM_OP_RENAME, "" },
	{ "rmdir", remove_dir, FIM_OP_RMDIR, NULL },
};

static const struct attack link_attacks[] = {
	{ "rename_away", rename_away, FIM_OP_RENAME, "-moved" },
	{ "rename_onto", rename_onto, FIM_OP_RENAME, "" },
	{ "exchange_from", exchange_from, FIM_OP_RENAME, "" },
	{ "exchange_with", exchange_with, FIM_OP_RENAME, "" },
	{ "unlink", remove_name, FIM_OP_UNLINK, NULL },
};

/*
 * @victim is refused to every attack; @other is a name on its filesystem, which
 * knows it as @inner.
 */
static void attack(struct __test_metadata *_metadata,
		   FIXTURE_DATA(guard) *self, const struct attack *attacks,
		   const char *victim, const char *other, const char *inner,
		   bool guard)
{
	/* The kernel itself keeps a mount point of ours from being removed. */
	bool mounted = !strcmp(victim, self->tree.mnt);
	unsigned long long since;
	struct stat before = {};
	struct stat after = {};
	const char *want;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dir_attacks); i++) {
		const struct attack *a = &attacks[i];

		if (mounted && a->run(victim, other) == EBUSY)
			continue;
		since = last_seq(&self->nl);
		EXPECT_EQ(0, lstat(victim, &before));
		EXPECT_EQ(EACCES, a->run(victim, other))
			TH_LOG("%s of %s", a->name, victim);
		want = fim_fmt("Block %s %s%s%s%s%s errno 13 by %d under t\n",
			       fim_op_names[a->op], victim,
			       a->target ? " -> " : "", a->target ? inner : "",
			       a->target ?: "", guard ? " (guard)" : "",
			       getpid());
		EXPECT_STREQ(want, fim_records(&self->nl, since))
			TH_LOG("%s of %s", a->name, victim);
		EXPECT_EQ(0, lstat(victim, &after));
		EXPECT_EQ(before.st_ino, after.st_ino);
		EXPECT_EQ(before.st_ctim.tv_nsec, after.st_ctim.tv_nsec);
		EXPECT_PRESSED(&self->nl, 0, a->run(victim, other));
	}
}

static int protect(const char *dir)
{
	return fim_apply_dirs("t", "Block", dir, NULL);
}

TEST_F(guard, ancestors)
{
	const struct fim_tree *tree = &self->tree;
	const char *spare = fim_fmt("%s/open/x/d", tree->root);

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(fim_fmt("%s/", tree->prot)));
	attack(_metadata, self, dir_attacks, fim_fmt("%s/a", tree->root), spare,
	       "/fim/open/x/d", true);
	/* An ancestor of the spare as well: of these two, only these. */
	EXPECT_EQ(EACCES, rename_away(tree->root, fim_fmt("%s/new", tree->mnt)));
	EXPECT_EQ(EACCES, rmdir(tree->root) ? errno : 0);
	ASSERT_EQ(0, fim_own_mounts());
	attack(_metadata, self, dir_attacks, fim_fmt("%s/a", tree->root), spare,
	       "/fim/open/x/d", true);
}

/*
 * The way from the root to the mount point is part of the path: whoever moves
 * /mnt puts another /mnt/… in its place. A mount point can be moved by a task
 * in whose mount namespace it is none.
 */
TEST_F(guard, ancestors_on_another_filesystem)
{
	const struct fim_tree *tree = &self->tree;

	NEEDS(self->missing);
	fim_remove_tree("/spare");
	ASSERT_EQ(0, mkdir("/spare", 0755));
	ASSERT_EQ(0, protect(fim_fmt("%s/", tree->prot)));
	attack(_metadata, self, dir_attacks, "/mnt", "/spare", "/spare", true);
	attack(_metadata, self, dir_attacks, tree->mnt, "/spare", "/spare", true);
	ASSERT_EQ(0, fim_own_mounts());
	ASSERT_EQ(0, umount2(tree->mnt, MNT_DETACH));
	attack(_metadata, self, dir_attacks, tree->mnt, "/spare", "/spare", true);
	EXPECT_EQ(0, rmdir("/spare"));
}

TEST_F(guard, directory_itself)
{
	const struct fim_tree *tree = &self->tree;
	const char *spare = fim_fmt("%s/open/x/d", tree->root);
	unsigned long long since;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(fim_fmt("%s/", tree->prot)));
	attack(_metadata, self, dir_attacks, tree->prot, spare, "/fim/open/x/d",
	       false);

	/* Its attributes are, those of the directories above it are not. */
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, sys(chmod(tree->prot, 0)));
	EXPECT_STREQ(fim_fmt("Block setattr %s errno 13 by %d under t\n",
			     tree->prot, getpid()),
		     fim_records(&self->nl, since));
}

TEST_F(guard, ancestors_are_free_otherwise)
{
	const struct fim_tree *tree = &self->tree;
	const char *a = fim_fmt("%s/a", tree->root);
	unsigned long long since;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(fim_fmt("%s/", tree->prot)));
	since = last_seq(&self->nl);
	EXPECT_EQ(0, chmod(a, 0711));
	EXPECT_EQ(0, chown(a, 1, 1));
	EXPECT_EQ(0, utimensat(AT_FDCWD, a, NULL, 0));
	EXPECT_EQ(0, setxattr(a, "trusted.fim", "1", 1, 0));
	EXPECT_EQ(0, fim_write_file(fim_fmt("%s/new", a), "new"));
	EXPECT_EQ(0, unlink(fim_fmt("%s/new", a)));
	EXPECT_EQ(0, rename(fim_fmt("%s/other", a), fim_fmt("%s/other2", a)));
	EXPECT_EQ(0, rmdir(fim_fmt("%s/other2", a)));
	EXPECT_EQ(0, mkdir(fim_fmt("%s/a2", tree->root), 0755));
	EXPECT_EQ(0, rename(fim_fmt("%s/a2", tree->root),
			    fim_fmt("%s/a3", tree->root)));
	EXPECT_STREQ("", fim_records(&self->nl, since));
}

/*
 * Names that begin like the rule's are other names.
 */
TEST_F(guard, prefix)
{
	static const char *const names[] = {
		"prot2", "prot.bak", "pro", "prot ", "Prot",
	};
	const struct fim_tree *tree = &self->tree;
	unsigned long long since;
	const char *dir;
	size_t i;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(fim_fmt("%s/", tree->prot)));
	since = last_seq(&self->nl);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		dir = fim_fmt("%s/a/%s", tree->root, names[i]);
		EXPECT_EQ(0, fim_cell_make(dir, 0));
		EXPECT_EQ(0, fim_write_file(fim_fmt("%s/f", dir), "new"));
		EXPECT_EQ(0, fim_remove_tree(dir));
	}
	EXPECT_STREQ("", fim_records(&self->nl, since));
}

TEST_F(guard, forty_levels_deep)
{
	const struct fim_tree *tree = &self->tree;
	const char *dir = tree->prot;
	unsigned long long since;
	int i;

	NEEDS(self->missing);
	for (i = 0; i < 40; i++) {
		dir = fim_fmt("%s/d%d", dir, i);
		ASSERT_EQ(0, mkdir(dir, 0755));
	}
	ASSERT_EQ(0, fim_write_file(fim_fmt("%s/f", dir), "base"));
	ASSERT_EQ(0, protect(fim_fmt("%s/", tree->prot)));
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, fim_write_file(fim_fmt("%s/f", dir), "new"));
	EXPECT_STREQ(fim_fmt("Block open %s/f errno 13 by %d under t\n", dir,
			     getpid()), fim_records(&self->nl, since));
}

/*
 * A rule for the root of a filesystem.
 */
TEST_F(guard, filesystem_root)
{
	const struct fim_tree *tree = &self->tree;
	unsigned long long since;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(fim_fmt("%s/", tree->mnt)));
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, sys(mkdir(fim_fmt("%s/new", tree->mnt), 0755)));
	EXPECT_EQ(EACCES, sys(chmod(tree->mnt, 0700)));
	EXPECT_EQ(EACCES, fim_write_file(fim_fmt("%s/x/f", tree->open), "new"));
	EXPECT_STREQ(fim_fmt("Block mkdir %s/new errno 13 by %d under t\n"
			     "Block setattr %s errno 13 by %d under t\n"
			     "Block open %s/x/f errno 13 by %d under t\n",
			     tree->mnt, getpid(), tree->mnt, getpid(),
			     tree->open, getpid()),
		     fim_records(&self->nl, since));
}

/**
 * struct link_way - a rule's path by way of symbolic links
 * @link: the first link, below @root as all here
 * @text: what it holds; an absolute text begins at @root
 * @second: a link that @text goes through, NULL if there is none
 * @second_text: what that one holds
 * @rule: the rule
 */
struct link_way {
	const char *link;
	const char *text;
	const char *second;
	const char *second_text;
	const char *rule;
};

static const struct link_way link_ways[] = {
	/* as /bin -> usr/bin and a rule for /bin/ */
	{ "link", "a/prot", NULL, NULL, "link/" },
	/* a link in the middle */
	{ "link", "a", NULL, NULL, "link/prot/" },
	/* an absolute one */
	{ "link", "/a", NULL, NULL, "link/prot/" },
	/* one that leads to another */
	{ "link", "open/second", "open/second", "../a", "link/prot/" },
};

static const char *text_of(const struct fim_tree *tree, const char *text)
{
	return *text == '/' ? fim_fmt("%s%s", tree->root, text) : text;
}

static void by_link(struct __test_metadata *_metadata,
		    FIXTURE_DATA(guard) *self, const struct link_way *way)
{
	const struct fim_tree *tree = &self->tree;
	const char *spare = fim_fmt("%s/open/x/l", tree->root);
	const char *link = fim_fmt("%s/%s", tree->root, way->link);
	const char *rule = fim_fmt("%s/%s", tree->root, way->rule);
	const char *want = fim_fmt("Block open %sx/f errno 13 by %d under t\n",
				   rule, getpid());
	unsigned long long since;

	NEEDS(self->missing);
	ASSERT_EQ(0, symlink(text_of(tree, way->text), link));
	if (way->second) {
		ASSERT_EQ(0, symlink(way->second_text,
				     fim_fmt("%s/%s", tree->root, way->second)));
	}
	ASSERT_EQ(0, protect(rule));

	/* By both names the same object, under the name that the rule has. */
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, fim_write_file(fim_fmt("%sx/f", rule), "new"));
	EXPECT_STREQ(want, fim_records(&self->nl, since));
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, fim_write_file(fim_fmt("%s/x/f", tree->prot), "new"));
	EXPECT_STREQ(want, fim_records(&self->nl, since));

	attack(_metadata, self, link_attacks, link, spare, "/fim/open/x/l",
	       true);
	if (way->second) {
		attack(_metadata, self, link_attacks,
		       fim_fmt("%s/%s", tree->root, way->second), spare,
		       "/fim/open/x/l", true);
	}
	/* Where the links lead, the directories are guards as ever. */
	attack(_metadata, self, dir_attacks, fim_fmt("%s/a", tree->root),
	       fim_fmt("%s/open/x/d", tree->root), "/fim/open/x/d", true);
	/* Who owns a link is not what it means. */
	since = last_seq(&self->nl);
	EXPECT_EQ(0, lchown(link, 1, 1));
	EXPECT_STREQ("", fim_records(&self->nl, since));
}

TEST_F(guard, symlink_is_the_directory)
{
	by_link(_metadata, self, &link_ways[0]);
}

TEST_F(guard, symlink_on_the_way)
{
	by_link(_metadata, self, &link_ways[1]);
}

TEST_F(guard, symlink_absolute)
{
	by_link(_metadata, self, &link_ways[2]);
}

TEST_F(guard, symlink_to_symlink)
{
	by_link(_metadata, self, &link_ways[3]);
}

/*
 * As on a system where /bin -> usr/bin and the policy names both: one
 * operation, one record, and each name is guarded.
 */
TEST_F(guard, symlink_and_directory_both_named)
{
	const struct fim_tree *tree = &self->tree;
	const char *link = fim_fmt("%s/link", tree->root);
	struct fim_events events;
	unsigned long long since;
	const char *path;

	NEEDS(self->missing);
	ASSERT_EQ(0, symlink("a/prot", link));
	ASSERT_EQ(0, fim_apply_dirs("t", "Block", fim_fmt("%s/", link),
				    fim_fmt("%s/", tree->prot), NULL));
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, fim_write_file(fim_fmt("%s/x/f", tree->prot), "new"));
	ASSERT_EQ(0, fim_events_since(&self->nl, since, &events));
	EXPECT_EQ(1, events.count);
	path = fim_bytes(fim_violation(&events), FIM_EVENT_A_PATH);
	EXPECT_TRUE(!strcmp(path, fim_fmt("%s/x/f", tree->prot)) ||
		    !strcmp(path, fim_fmt("%s/x/f", link)))
		TH_LOG("path %s", path);
	fim_events_free(&events);

	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, sys(unlink(link)));
	EXPECT_STREQ(fim_fmt("Block unlink %s (guard) errno 13 by %d under t\n",
			     link, getpid()), fim_records(&self->nl, since));
}

TEST_HARNESS_MAIN
