// SPDX-License-Identifier: GPL-2.0
/*
 * spread.c - mounts whose hook is told of another place than the one that is
 * mounted on: what is on top of that, what is beneath, and where it spreads to
 *
 * A descriptor and "." name a directory although something is mounted on it.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "newmount.h"
#include "scene.h"

/* The tree's filesystem sends what is mounted on it, and receives. */
static int share(const FIXTURE_DATA(scene) *self)
{
	return sys(mount(NULL, self->tree.mnt, NULL, MS_SHARED, NULL));
}

/* A directory or file of nobody's, by a descriptor and by its name */
struct place {
	const char *name;
	const char *fd;
	int open;
};

static int make_place(struct place *p, const char *name)
{
	p->name = name;
	p->open = open(name, O_PATH | O_CLOEXEC);
	p->fd = fim_fmt("/proc/self/fd/%d", p->open);
	return p->open < 0 ? errno : 0;
}

/* Takes away all that is mounted there. */
static void clear(const struct place *p)
{
	while (!umount2(p->name, MNT_DETACH))
		;
	close(p->open);
}

static int mount_on(const struct place *p)
{
	return sys(mount("fim", p->fd, "tmpfs", 0, NULL));
}

static int bind_on(const struct place *p, const char *what)
{
	return sys(mount(what, p->fd, NULL, MS_BIND, NULL));
}

/* The place of the hook is in "other", and what is mounted on is protected. */
static void mount_on_the_top(struct __test_metadata *_metadata,
			     FIXTURE_DATA(scene) *self)
{
	const char *prot = self->tree.prot;
	const char *file = at(self, "a/prot/f");
	struct place p;

	ASSERT_EQ(0, make_place(&p, fim_fmt("%s/d", self->tree.other)));
	EXPECT_PASSED(0, sys(mount(prot, p.name, NULL, MS_BIND, NULL)));
	EXPECT_DECIDED(fim_fmt("mount %s", prot), 0, mount_on(&p));
	EXPECT_EQ(self->block ? 0 : ENOENT, sys(access(file, F_OK)));
	clear(&p);
	EXPECT_EQ(0, access(file, F_OK));

	ASSERT_EQ(0, make_place(&p, fim_fmt("%s/f", self->tree.other)));
	EXPECT_PASSED(0, sys(mount(file, p.name, NULL, MS_BIND, NULL)));
	EXPECT_DECIDED(fim_fmt("mount %s", file), 0,
		       bind_on(&p, at(self, "open/f")));
	clear(&p);

	/* On the way to it */
	ASSERT_EQ(0, make_place(&p, fim_fmt("%s/d", self->tree.other)));
	EXPECT_PASSED(0, sys(mount(at(self, "a"), p.name, NULL, MS_BIND, NULL)));
	EXPECT_DECIDED(fim_fmt("mount %s (guard)", at(self, "a")), 0,
		       mount_on(&p));
	clear(&p);

	/* And beside it */
	ASSERT_EQ(0, make_place(&p, fim_fmt("%s/d", self->tree.other)));
	EXPECT_PASSED(0, sys(mount(at(self, "a/beside"), p.name, NULL, MS_BIND,
				   NULL)));
	EXPECT_PASSED(0, mount_on(&p));
	clear(&p);
}

/* A tree that is shared, and places in "other" */
static int share_and_protect(const FIXTURE_DATA(scene) *self)
{
	const char *other = self->tree.other;

	return sys(mkdir(fim_fmt("%s/d", other), 0755)) ?:
	       fim_write_file(fim_fmt("%s/f", other), "") ?:
	       share(self) ?: protect(self);
}

TEST_F(scene, D05_mount_on_top_of_a_bind)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, share_and_protect(self));
	mount_on_the_top(_metadata, self);
	EXPECT_EQ(0, mount(NULL, self->tree.mnt, NULL, MS_PRIVATE, NULL));
}

/* "unshare --mount --propagation unchanged" */
TEST_F(scene, D05_mount_on_top_of_a_bind_elsewhere)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, share_and_protect(self));
	ASSERT_EQ(0, fim_copied_mounts());
	mount_on_the_top(_metadata, self);
	EXPECT_EQ(0, fim_initial_mounts());
	EXPECT_EQ(0, mount(NULL, self->tree.mnt, NULL, MS_PRIVATE, NULL));
}

/* Where nothing receives, nothing is covered but by the name of the bind. */
TEST_F(scene, D05_mount_on_top_of_a_private_bind)
{
	struct place p;

	NEEDS(self->missing);
	ASSERT_EQ(0, mkdir(fim_fmt("%s/d", self->tree.other), 0755));
	ASSERT_EQ(0, make_place(&p, fim_fmt("%s/d", self->tree.other)));
	ASSERT_EQ(0, protect(self));
	EXPECT_PASSED(0, sys(mount(self->tree.prot, p.name, NULL, MS_BIND,
				   NULL)));
	EXPECT_PASSED(0, mount_on(&p));
	EXPECT_EQ(0, access(at(self, "a/prot/f"), F_OK));
	EXPECT_EQ(self->block ? EACCES : 0,
		  fim_write_file(at(self, "a/prot/f"), "new"));
	clear(&p);
}

/*
 * procfs below a protected directory is left out by "fimctl apply": what is
 * mounted on it covers nothing else, and what is mounted beneath it does as soon
 * as it goes.
 */
TEST_F(scene, D09_move_beneath_what_is_left_out)
{
	const char *place = at(self, "a/prot/sub/deep");
	unsigned long long since;
	const char *got;
	int err;

	NEEDS(self->missing);
	err = try_beneath(self->tree.other);
	if (err == EINVAL)
		SKIP(return, "no MOVE_MOUNT_BENEATH here");
	ASSERT_EQ(0, err);
	ASSERT_EQ(0, mount("fim", place, "proc", 0, NULL));
	ASSERT_EQ(0, protect(self));
	EXPECT_PASSED(0, move_here(new_tmpfs(), place, 0));
	EXPECT_PASSED(0, sys(umount2(place, MNT_DETACH)));
	since = last_seq(&self->nl);
	EXPECT_EQ(self->block ? EACCES : 0,
		  move_here(new_tmpfs(), place, MOVE_BENEATH));
	got = fim_records(&self->nl, since);
	if (!self->action) {
		EXPECT_STREQ("", got);
	} else {
		EXPECT_EQ(got, strstr(got, fim_fmt("%s move_mount %s ",
						   self->action, place)))
			TH_LOG("%s", got);
		EXPECT_EQ(got + strlen(got) - 1, strchr(got, '\n'));
	}
	while (!umount2(place, MNT_DETACH))
		;
}

/* In a user namespace of its own, whose mounts somebody else has send. */
static int mount_in_user_namespace(const FIXTURE_DATA(scene) *self, int ready,
				   int go)
{
	uid_t uid = getuid();
	gid_t gid = getgid();
	char c = 0;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) ||
	    fim_map_root(uid, gid) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    write(ready, &c, 1) != 1 || read(go, &c, 1) != 1)
		return 126;
	return sys(mount("fim", self->tree.prot, "tmpfs", 0, NULL));
}

static int set_group(const char *from, pid_t pid)
{
	const char *to = fim_fmt("/proc/%d/root%s", pid, from);

	return fim_own_mounts() ?:
	       sys(syscall(SYS_move_mount, AT_FDCWD,
			   fim_fmt("/proc/1/root%s", from), AT_FDCWD, to,
			   MOVE_SET_GROUP));
}

TEST_F(scene, D05_mount_in_a_user_namespace_made_to_send)
{
	int ready[2], go[2], status = 0, err;
	unsigned long long since;
	char c = 0;
	pid_t pid;

	NEEDS(self->missing);
	ASSERT_EQ(0, share(self));
	ASSERT_EQ(0, protect(self));
	ASSERT_EQ(0, pipe(ready));
	ASSERT_EQ(0, pipe(go));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(go[1]);
		_exit(mount_in_user_namespace(self, ready[1], go[0]));
	}
	ASSERT_EQ(1, read(ready[0], &c, 1));
	err = set_group(self->tree.mnt, pid);
	ASSERT_EQ(0, fim_initial_mounts());
	since = last_seq(&self->nl);
	ASSERT_EQ(1, write(go[1], &c, 1));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	if (err == EINVAL)
		SKIP(return, "no MOVE_MOUNT_SET_GROUP here");
	EXPECT_EQ(0, err);
	EXPECT_EQ(self->block ? EACCES : 0, WEXITSTATUS(status));
	EXPECT_STREQ(line_of(self, fim_fmt("mount %s", self->tree.prot), pid),
		     settled(self, since));
	EXPECT_EQ(self->block ? 0 : ENOENT,
		  sys(access(at(self, "a/prot/f"), F_OK)));
	umount2(self->tree.prot, MNT_DETACH);
	EXPECT_EQ(0, mount(NULL, self->tree.mnt, NULL, MS_PRIVATE, NULL));
}

/* All mounts send and receive, and the tree's directory of mounts has a place. */
static int share_all(const FIXTURE_DATA(scene) *self)
{
	return sys(mkdir(fim_fmt("%s/d", self->tree.other), 0755)) ?:
	       sys(mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL));
}

static int unshare_all(void)
{
	return sys(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

/* Whether an unmount elsewhere is refused, and the path leads where it led to */
#define EXPECT_KEPT(call) do { \
	EXPECT_DECIDED(fim_fmt("umount %s (guard)", self->tree.mnt), 0, call); \
	EXPECT_EQ(0, fim_initial_mounts()); \
	EXPECT_EQ(self->block ? 0 : ENOENT, \
		  sys(access(at(self, "a/prot/f"), F_OK))); \
} while (0)

/* The tree's mount again, for the next test */
static int mount_again(const FIXTURE_DATA(scene) *self, int tree)
{
	int err = 0;

	if (!self->block)
		err = sys(syscall(SYS_move_mount, tree, "", AT_FDCWD,
				  self->tree.mnt, MOVE_FROM_EMPTY_PATH));
	close(tree);
	return err;
}

static int keep(const FIXTURE_DATA(scene) *self)
{
	return syscall(SYS_open_tree, AT_FDCWD, self->tree.mnt,
		       TREE_CLONE | O_CLOEXEC);
}

/* "unshare --mount --propagation unchanged umount DIR" */
TEST_F(scene, D12_unmount_that_spreads)
{
	int tree;

	NEEDS(self->missing);
	ASSERT_EQ(0, share_all(self));
	tree = keep(self);
	ASSERT_LE(0, tree);
	ASSERT_EQ(0, protect(self));
	ASSERT_EQ(0, fim_copied_mounts());
	if (self->block)
		EXPECT_DECIDED(fim_fmt("umount %s (guard)", self->tree.mnt), 0,
			       sys(umount2(self->tree.mnt, 0)));
	EXPECT_KEPT(sys(umount2(self->tree.mnt, MNT_DETACH)));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, mount_again(self, tree));
	EXPECT_EQ(0, unshare_all());
}

/* "mount --rbind / DIR; umount --lazy DIR": it takes along all that is mounted. */
TEST_F(scene, D12_unmount_of_a_tree_that_spreads)
{
	const char *place = fim_fmt("%s/d", self->tree.other);

	NEEDS(self->missing);
	if (!self->block)
		SKIP(return, "it would take along the test's own mounts");
	ASSERT_EQ(0, share_all(self));
	ASSERT_EQ(0, protect(self));
	EXPECT_PASSED(0, sys(mount("/", place, NULL, MS_BIND | MS_REC, NULL)));
	EXPECT_KEPT(sys(umount2(place, MNT_DETACH)));

	/* One that sends nothing */
	EXPECT_PASSED(0, sys(mount(NULL, place, NULL, MS_REC | MS_SLAVE, NULL)));
	EXPECT_PASSED(0, sys(umount2(place, MNT_DETACH)));
	EXPECT_EQ(0, access(at(self, "a/prot/f"), F_OK));
	EXPECT_EQ(0, unshare_all());
}

/* Mounts come and go on all that receives from where "other" is. */
static pid_t churn(const char *other)
{
	const char *dir = fim_fmt("%s/e", other);
	pid_t pid = mkdir(dir, 0755) ? -1 : fork();

	if (pid)
		return pid;
	for (;;) {
		mount("fim", dir, "tmpfs", 0, NULL);
		mount("fim", dir, "tmpfs", 0, NULL);
		umount2(dir, MNT_DETACH);
		umount2(dir, MNT_DETACH);
	}
}

/* The mounts below are looked at without a lock. */
TEST_F_TIMEOUT(scene, D12_while_mounts_change, 300)
{
	const char *place = fim_fmt("%s/d", self->tree.other);
	unsigned int passed = 0, refused = 0;
	pid_t pid;
	int i;

	NEEDS(self->missing);
	if (!self->block)
		SKIP(return, "it is to be refused");
	ASSERT_EQ(0, share_all(self));
	ASSERT_EQ(0, protect(self));
	ASSERT_EQ(0, mount("/", place, NULL, MS_BIND | MS_REC, NULL));
	pid = churn(self->tree.other);
	ASSERT_LT(0, pid);
	for (i = 0; i < 1000; i++)
		passed += !umount2(place, MNT_DETACH);
	EXPECT_EQ(0, passed);
	EXPECT_EQ(0, mount(NULL, place, NULL, MS_REC | MS_SLAVE, NULL));
	for (i = 0; i < 100; i++) {
		refused += umount2(place, MNT_DETACH) != 0;
		ASSERT_EQ(0, mount("/", place, NULL, MS_BIND | MS_REC, NULL));
		ASSERT_EQ(0, mount(NULL, place, NULL, MS_REC | MS_SLAVE, NULL));
	}
	EXPECT_EQ(0, refused);
	EXPECT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	while (!umount2(fim_fmt("%s/e", self->tree.other), MNT_DETACH))
		;
	EXPECT_EQ(0, umount2(place, MNT_DETACH));
	EXPECT_EQ(0, access(at(self, "a/prot/f"), F_OK));
	EXPECT_EQ(0, unshare_all());
}

/* What leaves the rule's mount where it is */
TEST_F(scene, D12_unmount_that_does_not_spread)
{
	const char *place = fim_fmt("%s/d", self->tree.other);
	const char *mnt = self->tree.mnt;

	NEEDS(self->missing);
	ASSERT_EQ(0, share_all(self));
	ASSERT_EQ(0, protect(self));

	/* Without what is mounted below, or with something else there */
	EXPECT_PASSED(0, sys(mount("/", place, NULL, MS_BIND, NULL)));
	EXPECT_PASSED(0, sys(umount2(place, MNT_DETACH)));
	EXPECT_PASSED(0, sys(mount("fim", place, "tmpfs", 0, NULL)));
	EXPECT_PASSED(0, sys(umount2(place, 0)));

	/* "unshare --mount", and what runtimes of containers do */
	ASSERT_EQ(0, fim_copied_mounts());
	EXPECT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL));
	EXPECT_PASSED(0, sys(umount2(mnt, MNT_DETACH)));
	EXPECT_EQ(ENOENT, sys(access(at(self, "a/prot/f"), F_OK)));
	EXPECT_EQ(0, fim_initial_mounts());
	EXPECT_EQ(0, access(at(self, "a/prot/f"), F_OK));
	ASSERT_EQ(0, fim_own_mounts());
	EXPECT_PASSED(0, sys(umount2(mnt, MNT_DETACH)));
	EXPECT_EQ(0, fim_initial_mounts());
	EXPECT_EQ(0, access(at(self, "a/prot/f"), F_OK));
	EXPECT_EQ(0, unshare_all());
}

TEST_HARNESS_MAIN
