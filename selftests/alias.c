// SPDX-License-Identifier: GPL-2.0
/*
 * alias.c - operations of each kind by every other route to the same objects
 *
 * A rule is about objects. However a task came to one, what it does is refused
 * and recorded under the path that the policy names.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness.h"

#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif

/* Not the operation failed but the way to it. */
#define LOST_WAY 254

FIXTURE(alias) {
	struct fim_nl nl;
	struct fim_tree tree;
	const char *missing;
	int before;
};

FIXTURE_VARIANT(alias) {
	enum fim_fs fs;
};

/*
 *   root                      other, a tmpfs
 *   ├── a/prot/  <- rule      ├── bind      mount point of some routes
 *   │   └── x/                ├── door   -> root/a/prot
 *   └── open/                 └── slash  -> /
 *       ├── x/  the peer
 *       └── twin/
 */
FIXTURE_VARIANT_ADD(alias, ext4) {
	.fs = FIM_EXT4,
};

FIXTURE_VARIANT_ADD(alias, tmpfs) {
	.fs = FIM_TMPFS,
};

FIXTURE_VARIANT_ADD(alias, overlay) {
	.fs = FIM_OVERLAY,
};

FIXTURE_SETUP(alias)
{
	struct fim_tree *tree = &self->tree;

	self->nl.fd = -1;
	self->before = -1;
	self->missing = fim_tree_missing(variant->fs);
	if (self->missing)
		return;
	if (!FIM_BARE()) {
		ASSERT_EQ(0, fim_nl_open(&self->nl));
		ASSERT_EQ(0, fim_delete_all(&self->nl));
	}
	ASSERT_EQ(0, fim_tree_make(tree, variant->fs));
	ASSERT_EQ(0, fim_cell_make(fim_fmt("%s/a/prot/x", tree->build), 0));
	ASSERT_EQ(0, fim_cell_make(fim_fmt("%s/open/x", tree->build), 0));
	ASSERT_EQ(0, fim_cell_make(fim_fmt("%s/open/twin", tree->build), 0));
	ASSERT_EQ(0, fim_tree_mount(tree));
	ASSERT_EQ(0, mkdir(fim_fmt("%s/bind", tree->other), 0755));
	ASSERT_EQ(0, symlink(tree->prot, fim_fmt("%s/door", tree->other)));
	ASSERT_EQ(0, symlink("/", fim_fmt("%s/slash", tree->other)));
	self->before = open(fim_fmt("%s/x", tree->prot),
			    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, self->before);
	if (!FIM_BARE()) {
		ASSERT_EQ(0, fim_apply_dirs("t", "Block",
					    fim_fmt("%s/", tree->prot), NULL));
	}
	ASSERT_EQ(0, fim_own_mounts());
}

FIXTURE_TEARDOWN(alias)
{
	if (self->before >= 0)
		close(self->before);
	EXPECT_EQ(0, fim_initial_mounts());
	if (self->nl.fd >= 0) {
		EXPECT_EQ(0, fim_delete_all(&self->nl));
	}
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

/**
 * struct way - how a process gets to a directory
 * @tree: the tree
 * @dir: the directory below @tree->root: "a/prot/x" or "open/twin"
 * @before: a descriptor of it from before the policy
 * @c: what to do there
 * @enter: goes there; fills in @at; returns an errno
 */
struct way {
	const struct fim_tree *tree;
	const char *dir;
	int before;
	const struct fim_case *c;
	int (*enter)(const struct way *way, struct fim_place *at);
};

static int go(const void *arg)
{
	const struct way *way = arg;
	struct fim_place at = { .fd = AT_FDCWD, .dir = "", .peer = "", .rw = -1 };
	int err = way->enter(way, &at);

	/* Each has a name of its own, so that no two cases are one record. */
	prctl(PR_SET_NAME, fim_fmt("%d", getpid()));
	if (err) {
		fprintf(stderr, "# no way there: %s\n", strerror(err));
		return err == EOPNOTSUPP ? EOPNOTSUPP : LOST_WAY;
	}
	return way->c->run(&at);
}

/*
 * ALONE: what lies beside the cell, the peer, is not on this route.
 * NO_CAPS: the task has no capability in the initial user namespace.
 * NO_PROC: /proc is out of sight.
 */
enum { ALONE = 1, NO_CAPS = 2, NO_PROC = 4 };

static bool leads_to(const struct fim_case *c, unsigned int route)
{
	if (!(c->flags & FIM_CASE_SAMPLE) || c->flags & FIM_CASE_OPTIONAL)
		return false;
	return !(route & ALONE && c->flags & FIM_CASE_PEER) &&
	       !(route & NO_CAPS && c->flags & FIM_CASE_ROOT) &&
	       !(route & NO_PROC && c->flags & FIM_CASE_PROC);
}

static const struct fim_cases *const tables[] = {
	&fim_name_cases, &fim_attr_cases, &fim_open_cases,
};

static void by_route(struct __test_metadata *_metadata,
		     FIXTURE_DATA(alias) *self,
		     int (*enter)(const struct way *, struct fim_place *),
		     unsigned int route)
{
	struct way way = {
		.tree = &self->tree,
		.dir = "a/prot/x",
		.before = self->before,
		.enter = enter,
	};
	unsigned long long since = last_seq(&self->nl);
	char *before = fim_snapshot(self->tree.root);
	char *after;
	pid_t pid = 0;
	size_t t;
	size_t i;
	int err;

	for (t = 0; t < ARRAY_SIZE(tables) && !FIM_BARE(); t++) {
		for (i = 0; i < tables[t]->count; i++) {
			way.c = &tables[t]->cases[i];
			if (!leads_to(way.c, route))
				continue;
			err = fim_run(0, go, &way, &pid);
			if (err == EOPNOTSUPP)
				SKIP(return, "this way is not open here");
			EXPECT_EQ(EACCES, err)
				TH_LOG("in case %s", way.c->name);
			EXPECT_STREQ(fim_case_record(way.c, &self->tree, "x",
						     "Block", "t", pid),
				     records(&self->nl, since))
				TH_LOG("in case %s", way.c->name);
			since = last_seq(&self->nl);
		}
	}
	after = fim_snapshot(self->tree.root);
	EXPECT_STREQ("", fim_changes(before, after));
	free(before);
	free(after);

	/* The same way to the twin is free. */
	for (t = 0; t < ARRAY_SIZE(tables); t++) {
		way.dir = "open/twin";
		way.c = &tables[t]->cases[0];
		way.before = -1;
		err = fim_run(0, go, &way, &pid);
		if (err == EOPNOTSUPP)
			SKIP(return, "this way is not open here");
		EXPECT_EQ(0, err)
			TH_LOG("in case %s", way.c->name);
	}
	EXPECT_STREQ("", records(&self->nl, since));
}

/*
 * A test for each route: ROUTE(name, flags) { how to get there }
 */
#define ROUTE(route, flags) \
	static int enter_##route(const struct way *way, struct fim_place *at); \
	TEST_F_TIMEOUT(alias, route, 120) \
	{ \
		NEEDS(self->missing); \
		by_route(_metadata, self, enter_##route, flags); \
	} \
	static int enter_##route(const struct way *way, struct fim_place *at)

static int absolute(const struct way *way, struct fim_place *at,
		    const char *prefix)
{
	at->dir = fim_fmt("%s%s/%s/", prefix, way->tree->root, way->dir);
	at->peer = fim_fmt("%s%s/open/x/", prefix, way->tree->root);
	return 0;
}

/* From inside the cell, where the peer is always at the same place. */
static void inside(struct fim_place *at, const char *prefix)
{
	at->dir = prefix;
	at->peer = fim_fmt("%s../../../open/x/", prefix);
}

static int directory(const struct way *way)
{
	return open(fim_fmt("%s/%s", way->tree->root, way->dir),
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

ROUTE(own_mount_namespace, 0)
{
	return absolute(way, at, "");
}

ROUTE(initial_mount_namespace, 0)
{
	return fim_initial_mounts() ?: absolute(way, at, "");
}

ROUTE(directory_descriptor, 0)
{
	inside(at, "");
	at->fd = directory(way);
	return sys(at->fd);
}

ROUTE(directory_descriptor_from_before, 0)
{
	inside(at, "");
	at->fd = way->before < 0 ? directory(way) : way->before;
	return sys(at->fd);
}

ROUTE(relative, 0)
{
	inside(at, "");
	return sys(chdir(fim_fmt("%s/%s", way->tree->root, way->dir)));
}

ROUTE(dots, 0)
{
	at->dir = fim_fmt("%s/%s/d/.././../%s/", way->tree->root, way->dir,
			  strrchr(way->dir, '/') + 1);
	at->peer = fim_fmt("%s/open/../open/x/", way->tree->root);
	return 0;
}

static int bind_mount(const struct way *way, const char *dir)
{
	return fim_own_mounts() ?:
	       sys(mount(fim_fmt("%s%s", way->tree->root, dir),
			 fim_fmt("%s/bind", way->tree->other), NULL, MS_BIND,
			 NULL));
}

ROUTE(bind_mount_of_an_ancestor, 0)
{
	at->dir = fim_fmt("%s/bind/%s/", way->tree->other, way->dir);
	at->peer = fim_fmt("%s/bind/open/x/", way->tree->other);
	return bind_mount(way, "");
}

ROUTE(bind_mount_of_the_directory, ALONE)
{
	at->dir = fim_fmt("%s/bind/%s/", way->tree->other,
			  strrchr(way->dir, '/') + 1);
	return bind_mount(way, strcmp(way->dir, "open/twin") ? "/a/prot" :
			  "/open");
}

ROUTE(bind_mount_of_what_is_below, ALONE)
{
	at->dir = fim_fmt("%s/bind/", way->tree->other);
	return bind_mount(way, fim_fmt("/%s", way->dir));
}

ROUTE(bind_mount_gone, 0)
{
	int err = bind_mount(way, "");

	inside(at, "");
	at->fd = open(fim_fmt("%s/bind/%s", way->tree->other, way->dir),
		      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return err ?: sys(at->fd) ?:
	       sys(umount2(fim_fmt("%s/bind", way->tree->other), MNT_DETACH));
}

ROUTE(open_tree_clone, 0)
{
	int fd = syscall(SYS_open_tree, AT_FDCWD, way->tree->root,
			 OPEN_TREE_CLONE);

	inside(at, "");
	at->fd = openat(fd, way->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return sys(fd) ?: sys(at->fd);
}

ROUTE(proc_self_root, 0)
{
	return absolute(way, at, "/proc/self/root");
}

ROUTE(proc_other_root, 0)
{
	return absolute(way, at, fim_fmt("/proc/%d/root", getppid()));
}

ROUTE(proc_self_cwd, 0)
{
	inside(at, "/proc/self/cwd/");
	return sys(chdir(fim_fmt("%s/%s", way->tree->root, way->dir)));
}

ROUTE(proc_self_fd, 0)
{
	int fd = open(fim_fmt("%s/%s", way->tree->root, way->dir),
		      O_PATH | O_CLOEXEC);

	inside(at, fim_fmt("/proc/self/fd/%d/", fd));
	return sys(fd);
}

ROUTE(chroot_to_an_ancestor, NO_PROC)
{
	at->dir = fim_fmt("/%s/", way->dir);
	at->peer = "/open/x/";
	return sys(chroot(way->tree->root)) ?: sys(chdir("/"));
}

ROUTE(chroot_to_what_is_below, ALONE | NO_PROC)
{
	at->dir = "/";
	return sys(chroot(fim_fmt("%s/%s", way->tree->root, way->dir)));
}

ROUTE(pivot_root, NO_PROC)
{
	const char *bind = fim_fmt("%s/bind", way->tree->other);
	int err;

	at->dir = fim_fmt("/%s/", way->dir);
	at->peer = "/open/x/";
	err = bind_mount(way, "") ?: sys(chdir(bind));
	if (err)
		return err;
	/* An initramfs is never left this way. */
	if (syscall(SYS_pivot_root, ".", "."))
		return errno == EINVAL ? EOPNOTSUPP : errno;
	return sys(umount2(".", MNT_DETACH));
}

ROUTE(symlink_to_the_directory, 0)
{
	if (!strcmp(way->dir, "open/twin"))
		return absolute(way, at, "");
	at->dir = fim_fmt("%s/door/x/", way->tree->other);
	at->peer = fim_fmt("%s/door/../../open/x/", way->tree->other);
	return 0;
}

ROUTE(symlink_to_the_root, 0)
{
	return absolute(way, at, fim_fmt("%s/slash", way->tree->other));
}

ROUTE(user_namespace, NO_CAPS)
{
	return sys(unshare(CLONE_NEWUSER | CLONE_NEWNS)) ?:
	       fim_write_file("/proc/self/uid_map", "0 0 1") ?:
	       absolute(way, at, "");
}

struct handle {
	struct file_handle head;
	unsigned char bytes[MAX_HANDLE_SZ];
};

static int by_handle(int mount, const char *path, int flags, bool drop)
{
	struct handle handle = { .head.handle_bytes = MAX_HANDLE_SZ };
	int id;

	if (name_to_handle_at(AT_FDCWD, path, &handle.head, &id, 0))
		return -1;
	if (drop && fim_drop_caches("2"))
		return -1;
	return open_by_handle_at(mount, &handle.head, flags | O_CLOEXEC);
}

ROUTE(directory_by_handle, 0)
{
	int mount = open(way->tree->mnt, O_RDONLY | O_CLOEXEC);

	inside(at, "");
	at->fd = by_handle(mount, fim_fmt("%s/%s", way->tree->root, way->dir),
			   O_RDONLY | O_DIRECTORY, false);
	return sys(at->fd);
}

/*
 * A file whose handle is opened while no name of it is cached hangs nowhere:
 * it has no directory to walk up from. It is refused all the same.
 */
TEST_F(alias, file_by_handle)
{
	const char *path = fim_fmt("%s/x/f", self->tree.prot);
	const struct fim_event *ev;
	struct fim_events events;
	unsigned long long since;
	char buf[8];
	int mount;
	int fd;

	NEEDS(self->missing ?: FIM_BARE() ? "needs the module" : NULL);
	mount = open(self->tree.mnt, O_RDONLY | O_CLOEXEC);
	fd = by_handle(mount, path, O_RDONLY, true);
	if (fd < 0 && errno == EOPNOTSUPP)
		SKIP(return, "this filesystem has no handles");
	ASSERT_LE(0, fd);
	EXPECT_EQ(5, read(fd, buf, sizeof(buf)));
	close(fd);

	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, fim_opened(by_handle(mount, path, O_WRONLY, true)));
	ASSERT_EQ(0, fim_events_since(&self->nl, since, &events));
	EXPECT_EQ(1, events.count);
	ev = fim_violation(&events);
	EXPECT_EQ(FIM_OP_OPEN, fim_u8(ev, FIM_EVENT_A_OP));
	EXPECT_EQ(EACCES, fim_u32(ev, FIM_EVENT_A_ERRNO));
	fim_events_free(&events);

	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, fim_opened(by_handle(mount, path, O_RDONLY | O_TRUNC,
					       true)));
	EXPECT_STRNE("", records(&self->nl, since));
	close(mount);
}

TEST_HARNESS_MAIN
