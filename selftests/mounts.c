// SPDX-License-Identifier: GPL-2.0
/*
 * mounts.c - nothing is mounted on a protected tree or on its way, and the
 * filesystem that it is on stays
 *
 * In the initial mount namespace, that is, or where a mount spreads to there.
 * In any other, mounts change what paths mean for nobody else, and service
 * managers and container runtimes live on them.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "newmount.h"
#include "scene.h"

static int mount_tmpfs(const FIXTURE_DATA(scene) *self, const char *place)
{
	return sys(mount("fim", place, "tmpfs", 0, NULL));
}

static int mount_bind(const FIXTURE_DATA(scene) *self, const char *place)
{
	return sys(mount(at(self, "open/d"), place, NULL, MS_BIND, NULL));
}

static int mount_file(const FIXTURE_DATA(scene) *self, const char *place)
{
	return sys(mount(at(self, "open/f"), place, NULL, MS_BIND, NULL));
}

static int mount_overlay(const FIXTURE_DATA(scene) *self, const char *place)
{
	return sys(mount("fim", place, "overlay", 0,
			 fim_fmt("lowerdir=%s:%s", at(self, "open/d"),
				 self->tree.other)));
}

static int mount_itself(const FIXTURE_DATA(scene) *self, const char *place)
{
	return sys(mount(place, place, NULL, MS_BIND | MS_REC, NULL));
}

static int move_tree(const FIXTURE_DATA(scene) *self, const char *place)
{
	return move_here(syscall(SYS_open_tree, AT_FDCWD, at(self, "open/d"),
				 TREE_CLONE), place, 0);
}

static int move_tmpfs(const FIXTURE_DATA(scene) *self, const char *place)
{
	return move_here(new_tmpfs(), place, 0);
}

/**
 * struct way - a way to mount something somewhere
 * @name: its name
 * @run: does it; returns an errno
 * @op: what the record calls it
 * @file: on a file, and not on a directory
 */
struct way {
	const char *name;
	int (*run)(const FIXTURE_DATA(scene) *self, const char *place);
	const char *op;
	bool file;
};

static const struct way ways[] = {
	{ "tmpfs", mount_tmpfs, "mount" },
	{ "bind", mount_bind, "mount" },
	{ "overlay", mount_overlay, "mount" },
	{ "bind itself", mount_itself, "mount" },
	{ "open_tree", move_tree, "move_mount" },
	{ "fsmount", move_tmpfs, "move_mount" },
	{ "bind of a file", mount_file, "mount", true },
};

/*
 * A worker looks at the paths again after a mount or unmount. Waits until it has
 * found what was there before, and goes on finding it.
 */
static int wait_for_marks(FIXTURE_DATA(scene) *self, unsigned int marks)
{
	struct fim_status st;
	int same = 0, i, err;

	for (i = 0; i < 500 && same < 5; i++) {
		usleep(10000);
		err = fim_status(&self->nl, &st);
		if (err)
			return err;
		same = st.marks == marks ? same + 1 : 0;
	}
	return same < 5 ? ETIMEDOUT : 0;
}

static void try_ways(struct __test_metadata *_metadata,
		     FIXTURE_DATA(scene) *self, const char *place, bool file,
		     bool decided, const char *suffix)
{
	struct fim_outcome want = { .err = decided && self->block ? EACCES : 0 };
	struct fim_outcome got = {};
	unsigned long long since;
	struct fim_status st;
	size_t i;

	if (self->nl.fd >= 0)
		ASSERT_EQ(0, fim_status(&self->nl, &st));
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		if (ways[i].file != file)
			continue;
		since = last_seq(&self->nl);
		got.err = ways[i].run(self, place);
		want.records = decided ?
			line_of(self, fim_fmt("%s %s%s", ways[i].op, place,
					      suffix), getpid()) : "";
		got.records = fim_records(&self->nl, since);
		EXPECT_EQ(want.err, got.err)
			TH_LOG("%s on %s", ways[i].name, place);
		EXPECT_STREQ(want.records, got.records)
			TH_LOG("%s on %s", ways[i].name, place);
		fim_tell(NULL, fim_fmt("%s on %s", ways[i].name, place), 0,
			 &want, &got);
		if (want.err)
			EXPECT_PRESSED(&self->nl, 0, ways[i].run(self, place));
		if (got.err)
			continue;
		umount2(place, MNT_DETACH);
		if (self->nl.fd >= 0)
			ASSERT_EQ(0, wait_for_marks(self, st.marks));
	}
}

TEST_F(scene, D05_mount_over_the_directory)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	try_ways(_metadata, self, self->tree.prot, false, true, "");
	try_ways(_metadata, self, at(self, "a/beside"), false, false, "");
}

TEST_F(scene, D05_mount_inside)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	try_ways(_metadata, self, at(self, "a/prot/sub/deep"), false, true, "");
	try_ways(_metadata, self, at(self, "open/d"), false, false, "");
}

TEST_F(scene, D06_mount_over_a_file)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	try_ways(_metadata, self, at(self, "a/prot/f"), true, true, "");
	try_ways(_metadata, self, at(self, "open/f"), true, false, "");
}

TEST_F(scene, D07_mount_over_an_ancestor)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	try_ways(_metadata, self, at(self, "a"), false, true, " (guard)");
	try_ways(_metadata, self, self->tree.root, false, true, " (guard)");
	try_ways(_metadata, self, self->tree.mnt, false, true, " (guard)");
	/* What an Audit rule lets through is gone again. */
	EXPECT_EQ(0, access(at(self, "a/prot/f"), F_OK));
}

/*
 * Who looks up "/" finds the root below all the same, but not who enters the
 * namespace, nor a service in a copy of it. Only what is refused can be tried.
 */
TEST_F(scene, D07_mount_over_the_root)
{
	const char *moved = self->tree.other;
	int fd;

	NEEDS(self->missing);
	if (!self->block)
		SKIP(return, "the system would have another root");
	ASSERT_EQ(0, protect(self));
	try_ways(_metadata, self, "/", false, true, " (guard)");
	EXPECT_DECIDED("move_mount / (guard)", 0,
		       sys(mount(moved, "/", NULL, MS_MOVE, NULL)));
	fd = open(moved, O_PATH | O_CLOEXEC);
	EXPECT_DECIDED("move_mount / (guard)", 0, move_here(fd, "/", 0));
	EXPECT_PASSED(0, sys(mount(NULL, "/", NULL, MS_SHARED, NULL)));
	EXPECT_PASSED(0, sys(mount(NULL, "/", NULL, MS_PRIVATE, NULL)));
}

TEST_F(scene, D09_move_beneath)
{
	const char *mnt = self->tree.mnt;
	unsigned long long since;
	int err;

	NEEDS(self->missing);
	err = try_beneath(self->tree.other);
	if (err == EINVAL)
		SKIP(return, "no MOVE_MOUNT_BENEATH here");
	ASSERT_EQ(0, err);
	ASSERT_EQ(0, protect(self));
	since = last_seq(&self->nl);
	err = move_here(new_tmpfs(), mnt, MOVE_BENEATH);
	EXPECT_EQ(self->block ? EACCES : 0, err);
	EXPECT_STREQ(line_of(self, fim_fmt("move_mount %s (guard)", mnt),
			     getpid()), fim_records(&self->nl, since));
}

/*
 * The hook of mount(2) can't tell what is moved, so that every move is refused
 * while a rule's path enters a mount; that of move_mount(2) can.
 */
TEST_F(scene, D09_move_a_mount)
{
	const char *from = at(self, "open/d");
	const char *to = fim_fmt("%s/d", self->tree.other);
	int fd;

	NEEDS(self->missing);
	ASSERT_EQ(0, mkdir(to, 0755));
	ASSERT_EQ(0, mount("fim", from, "tmpfs", 0, NULL));
	ASSERT_EQ(0, protect(self));
	EXPECT_DECIDED(fim_fmt("move_mount %s", self->tree.prot), 0,
		       sys(mount(from, self->tree.prot, NULL, MS_MOVE, NULL)));
	if (!self->block) {
		EXPECT_EQ(0, umount2(self->tree.prot, MNT_DETACH));
		EXPECT_EQ(0, mount("fim", from, "tmpfs", 0, NULL));
	}
	fd = open(from, O_PATH | O_CLOEXEC);
	EXPECT_PASSED(0, move_here(fd, to, 0));
	EXPECT_EQ(0, umount2(to, MNT_DETACH));
}

TEST_F(scene, D09_move_the_filesystem_away)
{
	const char *to = fim_fmt("%s/d", self->tree.other);
	const char *mnt = self->tree.mnt;
	int fd;

	NEEDS(self->missing);
	ASSERT_EQ(0, mkdir(to, 0755));
	ASSERT_EQ(0, protect(self));
	EXPECT_DECIDED(fim_fmt("move_mount %s (guard)", mnt), 0,
		       sys(mount(mnt, to, NULL, MS_MOVE, NULL)));
	if (!self->block) {
		ASSERT_EQ(0, fim_delete_all(&self->nl));
		ASSERT_EQ(0, mount(to, mnt, NULL, MS_MOVE, NULL));
		ASSERT_EQ(0, protect(self));
	}
	fd = open(mnt, O_PATH | O_CLOEXEC);
	EXPECT_DECIDED(fim_fmt("move_mount %s (guard)", mnt), 0,
		       move_here(fd, to, 0));
	if (!self->block) {
		ASSERT_EQ(0, fim_delete_all(&self->nl));
		ASSERT_EQ(0, mount(to, mnt, NULL, MS_MOVE, NULL));
	}
}

TEST_F(scene, D11_umount)
{
	static const int flags[] = { 0, MNT_DETACH, MNT_FORCE, UMOUNT_NOFOLLOW };
	const char *mnt = self->tree.mnt;
	size_t i;

	NEEDS(self->missing);
	if (!self->block)
		SKIP(return, "the payload \"umount\" does it");
	ASSERT_EQ(0, protect(self));
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		EXPECT_DECIDED(fim_fmt("umount %s (guard)", mnt), 0,
			       sys(umount2(mnt, flags[i])));
	}
	/* So the path leads to what it led to. */
	EXPECT_EQ(EACCES, fim_write_file(at(self, "a/prot/f"), "new"));
	EXPECT_PASSED(0, sys(umount2(self->tree.other, 0)));
}

/*
 * A bind mount elsewhere whose root lies in the tree: to make one and to take
 * it away changes no path that the rule is about.
 */
TEST_F(scene, D11_umount_of_an_unrelated_bind)
{
	const char *bind = fim_fmt("%s/d", self->tree.other);

	NEEDS(self->missing);
	ASSERT_EQ(0, mkdir(bind, 0755));
	ASSERT_EQ(0, protect(self));
	EXPECT_PASSED(0, sys(mount(self->tree.prot, bind, NULL, MS_BIND, NULL)));
	EXPECT_PASSED(0, sys(umount2(bind, 0)));
	EXPECT_PASSED(0, sys(mount(at(self, "a"), bind, NULL, MS_BIND, NULL)));
	EXPECT_PASSED(0, sys(umount2(bind, MNT_DETACH)));
}

/*
 * Neither is a protection that rules lean on.
 */
TEST_F(scene, D13_remount_and_propagation)
{
	const char *mnt = self->tree.mnt;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	EXPECT_PASSED(0, sys(mount(NULL, mnt, NULL, MS_REMOUNT | MS_BIND |
				   MS_NOATIME, NULL)));
	EXPECT_PASSED(0, sys(mount(NULL, mnt, NULL, MS_REMOUNT, NULL)));
	EXPECT_PASSED(0, sys(mount(NULL, mnt, NULL, MS_SHARED, NULL)));
	EXPECT_PASSED(0, sys(mount(NULL, mnt, NULL, MS_REC | MS_SLAVE, NULL)));
	EXPECT_PASSED(0, sys(mount(NULL, mnt, NULL, MS_PRIVATE, NULL)));
	EXPECT_DECIDED(fim_fmt("open %s", at(self, "a/prot/f")), 0,
		       fim_write_file(at(self, "a/prot/f"), "new"));
}

/* It fails for another reason where it is let through: no mount point. */
TEST_F(scene, D14_pivot_root)
{
	const char *open = self->tree.open;
	unsigned long long since;
	const char *got;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	since = last_seq(&self->nl);
	EXPECT_EQ(self->block ? EACCES : EINVAL,
		  sys(syscall(SYS_pivot_root, open, open)));
	got = fim_records(&self->nl, since);
	if (!self->action) {
		EXPECT_STREQ("", got);
		return;
	}
	EXPECT_EQ(got, strstr(got, fim_fmt("%s pivot_root ", self->action)))
		TH_LOG("%s", got);
	EXPECT_EQ(got + strlen(got) - 1, strchr(got, '\n'));
}

/* All that is refused above, in a namespace of one's own */
static int live_in_namespace(FIXTURE_DATA(scene) *self,
			     struct __test_metadata *_metadata)
{
	const struct fim_tree *tree = &self->tree;
	const char *root = tree->other;

	try_ways(_metadata, self, tree->prot, false, false, "");
	try_ways(_metadata, self, at(self, "a/prot/sub"), false, false, "");
	try_ways(_metadata, self, at(self, "a/prot/f"), true, false, "");
	try_ways(_metadata, self, at(self, "a"), false, false, "");
	try_ways(_metadata, self, tree->mnt, false, false, "");
	try_ways(_metadata, self, "/usr", false, false, "");
	try_ways(_metadata, self, "/", false, false, "");

	/* What a container runtime does */
	EXPECT_PASSED(0, mount_itself(self, root));
	EXPECT_PASSED(0, sys(chdir(root)));
	EXPECT_PASSED(0, sys(syscall(SYS_pivot_root, ".", ".")));
	EXPECT_PASSED(0, sys(umount2(".", MNT_DETACH)));
	EXPECT_PASSED(0, fim_write_file("/new", "new"));
	return 0;
}

TEST_F(scene, M06_private_namespace)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	ASSERT_EQ(0, fim_own_mounts());
	live_in_namespace(self, _metadata);
}

/* Returns the line that failed, 0 for none. */
static int live_in_user_namespace(const void *arg)
{
	const FIXTURE_DATA(scene) *self = arg;
	uid_t uid = getuid();
	gid_t gid = getgid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) || fim_map_root(uid, gid))
		return 1;
	if (mount_tmpfs(self, self->tree.prot) ||
	    fim_write_file(at(self, "a/prot/new"), "new"))
		return 2;
	if (umount2(self->tree.prot, MNT_DETACH) ||
	    mount_itself(self, self->tree.prot) ||
	    mount_tmpfs(self, at(self, "a")) || mount_tmpfs(self, "/usr"))
		return 3;
	/* A mount is no way around. */
	if (umount2(at(self, "a"), MNT_DETACH))
		return 4;
	return 0;
}

TEST_F(scene, D18_user_namespace)
{
	uid_t uid;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	for (uid = 0; uid <= FIM_NOBODY; uid += FIM_NOBODY) {
		EXPECT_PASSED(0, fim_run(uid, live_in_user_namespace, self,
					 NULL));
	}
}

/*
 * Into a mount namespace that is a copy of the initial one, whose tree sends to
 * it and receives from it; fim_initial_mounts() is the way back.
 */
static int copy_mounts(const FIXTURE_DATA(scene) *self)
{
	return sys(mount(NULL, self->tree.mnt, NULL, MS_SHARED, NULL)) ?:
	       protect(self) ?: fim_copied_mounts();
}

static int leave_copy(const FIXTURE_DATA(scene) *self)
{
	return fim_initial_mounts() ?:
	       sys(mount(NULL, self->tree.mnt, NULL, MS_PRIVATE, NULL));
}

/* "unshare --mount --propagation unchanged" */
TEST_F(scene, D05_mount_that_propagates)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, copy_mounts(self));
	try_ways(_metadata, self, self->tree.prot, false, true, "");
	try_ways(_metadata, self, at(self, "a/prot/sub/deep"), false, true, "");
	try_ways(_metadata, self, at(self, "a/prot/f"), true, true, "");
	try_ways(_metadata, self, self->tree.mnt, false, true, " (guard)");
	/* What comes to nothing is not held against what comes next. */
	EXPECT_PASSED(ENODEV, sys(mount("fim", self->tree.prot, "no such", 0,
					NULL)));
	try_ways(_metadata, self, at(self, "a/beside"), false, false, "");
	EXPECT_EQ(0, leave_copy(self));
	EXPECT_EQ(0, access(at(self, "a/prot/f"), F_OK));
}

/*
 * Mounts that are shared in a namespace, as service managers and container
 * runtimes make them again, spread, but not to the initial namespace.
 */
static void share_again(struct __test_metadata *_metadata,
			FIXTURE_DATA(scene) *self, unsigned long before)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, copy_mounts(self));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | before, NULL));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL));
	try_ways(_metadata, self, self->tree.prot, false, false, "");
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	try_ways(_metadata, self, self->tree.prot, false, false, "");
	EXPECT_EQ(0, leave_copy(self));
}

TEST_F(scene, M06_private_and_shared_again)
{
	share_again(_metadata, self, MS_PRIVATE);
}

/* It receives what is mounted here. */
TEST_F(scene, M06_slave_and_shared_again)
{
	share_again(_metadata, self, MS_SLAVE);
}

/*
 * A descriptor of the protected directory into a filesystem that has been
 * unmounted lazily, in a namespace where that is allowed.
 */
static int move_to_pipe(const void *place)
{
	return sys(mount("/", place, NULL, MS_MOVE, NULL));
}

/* Who may not mount at all is told so by the kernel, and by nobody else. */
TEST_F(scene, M06_by_who_may_not_mount)
{
	unsigned long long since;
	const char *place;
	int fd[2];

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	ASSERT_EQ(0, pipe(fd));
	place = fim_fmt("/proc/self/fd/%d", fd[0]);
	since = last_seq(&self->nl);
	EXPECT_EQ(EPERM, fim_run(FIM_NOBODY, move_to_pipe, place, NULL));
	EXPECT_EQ(EPERM, fim_run(FIM_NOBODY, move_to_pipe, self->tree.prot,
				 NULL));
	EXPECT_STREQ("", fim_records(&self->nl, since));
	close(fd[0]);
	close(fd[1]);
}

TEST_F(scene, D12_lazy_umount_then_descriptor)
{
	int dir;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	dir = open(self->tree.prot, O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, dir);
	ASSERT_EQ(0, fim_own_mounts());
	ASSERT_EQ(0, umount2(self->tree.mnt, MNT_DETACH));
	EXPECT_DECIDED(fim_fmt("open %s/f", self->tree.prot), 0,
		       fim_write_to(openat(dir, "f", O_WRONLY | O_CLOEXEC)));
	close(dir);
}

TEST_HARNESS_MAIN
