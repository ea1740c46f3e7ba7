// SPDX-License-Identifier: GPL-2.0
/*
 * waiting.c - a rule for a path that does not exist takes hold the moment it
 * does
 *
 * However the name comes, and whoever makes it: who made it is protected from
 * with his next instruction.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "request.h"
#include "scene.h"

#define ROUNDS 1000
#define RULES 50

/* Apply a policy for a directory below root, which need not exist. */
static int await(const FIXTURE_DATA(scene) *self, const char *dir)
{
	return fim_apply_dirs("t", self->action, fim_fmt("%s/", at(self, dir)),
			      NULL);
}

static unsigned int waiting(FIXTURE_DATA(scene) *self)
{
	struct fim_status st;

	return fim_status(&self->nl, &st) ? -1U : st.waiting;
}

/* How many records of a type there are about a directory. */
static unsigned int told(FIXTURE_DATA(scene) *self, unsigned long long since,
			 unsigned int type, const char *dir)
{
	const char *path = fim_fmt("%s/", at(self, dir));
	struct fim_events events;
	unsigned int n = 0;
	size_t i;

	if (fim_events_since(&self->nl, since, &events))
		return -1U;
	for (i = 0; i < events.count; i++) {
		const struct fim_event *ev = &events.event[i];
		const char *got = fim_bytes(ev, FIM_EVENT_A_PATH);

		/* With the slash of the rule or without */
		if (ev->type == type && !strncmp(got, path, strlen(path) - 1))
			n++;
	}
	fim_events_free(&events);
	return n;
}

/* Create a file in a directory: 0 or an errno. */
static int create_in(const char *dir)
{
	const char *path = fim_fmt("%s/new", dir);
	int err = fim_opened(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666));

	if (!err)
		unlink(path);
	return err;
}

static int by_mkdir(const char *dir, const char *spare)
{
	(void)spare;
	return sys(mkdir(dir, 0777));
}

static int by_rename(const char *dir, const char *spare)
{
	return sys(mkdir(spare, 0777)) ?: sys(rename(spare, dir));
}

static int by_exchange(const char *dir, const char *spare)
{
	int err = sys(mkdir(spare, 0777)) ?: fim_write_file(dir, "a file");

	return err ?: sys(syscall(SYS_renameat2, AT_FDCWD, spare, AT_FDCWD, dir,
				  2 /* RENAME_EXCHANGE */));
}

static int by_symlink(const char *dir, const char *spare)
{
	return sys(mkdir(spare, 0777)) ?: sys(symlink(spare, dir));
}

static const struct {
	const char *name;
	int (*make)(const char *dir, const char *spare);
} makers[] = {
	{ "mkdir", by_mkdir },
	{ "rename", by_rename },
	{ "symlink", by_symlink },
};

struct job {
	int (*make)(const char *dir, const char *spare);
	const char *dir;
	const char *spare;
};

/* What there is to be refused comes right behind. */
static int make_and_create(const void *arg)
{
	const struct job *job = arg;
	int err = job->make(job->dir, job->spare);

	if (err)
		return 200;
	return create_in(job->dir);
}

static void takes_hold(struct __test_metadata *_metadata,
		       FIXTURE_DATA(scene) *self, uid_t uid)
{
	int want = self->block ? EACCES : 0;
	unsigned long long since;
	struct job job;
	pid_t pid;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(makers); i++) {
		job = (struct job) {
			.make = makers[i].make,
			.dir = at(self, fim_fmt("open/d/%s", makers[i].name)),
			.spare = at(self, fim_fmt("open/d/%s.spare",
						  makers[i].name)),
		};
		ASSERT_EQ(0, await(self, fim_fmt("open/d/%s", makers[i].name)));
		EXPECT_EQ(1, waiting(self));
		since = last_seq(&self->nl);
		EXPECT_EQ(want, fim_run(uid, make_and_create, &job, &pid))
			TH_LOG("by %s", makers[i].name);
		EXPECT_EQ(0, waiting(self));
		EXPECT_EQ(1, told(self, since, FIM_EVENT_ARMED,
				  fim_fmt("open/d/%s", makers[i].name)))
			TH_LOG("by %s", makers[i].name);
		/* Making it is no violation. */
		EXPECT_EQ(NULL, strstr(fim_records(&self->nl, since), " mkdir "));
		if (self->block)
			EXPECT_STREQ(line_of(self, fim_fmt("create %s/new",
							   job.dir), pid),
				     fim_records(&self->nl, since));
	}
}

TEST_F(scene, H07_however_it_comes)
{
	NEEDS_POLICY();
	takes_hold(_metadata, self, 0);
}

TEST_F(scene, H07_whoever_makes_it)
{
	NEEDS_POLICY();
	ASSERT_EQ(0, chmod(at(self, "open/d"), 0777));
	takes_hold(_metadata, self, FIM_NOBODY);
}

TEST_F(scene, H07_by_exchange)
{
	struct job job = {
		.make = by_exchange,
		.dir = at(self, "open/d/x"),
		.spare = at(self, "open/d/x.spare"),
	};

	NEEDS_POLICY();
	ASSERT_EQ(0, await(self, "open/d/x"));
	EXPECT_EQ(self->block ? EACCES : 0,
		  fim_run(0, make_and_create, &job, NULL));
}

/* Rules for open/d/0 and so on, all of which wait. */
static int await_many(FIXTURE_DATA(scene) *self)
{
	int err = fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN) ?:
		  fim_policy_add(&self->nl, "t", FIM_ACTION_BLOCK);
	int i;

	for (i = 0; i < RULES && !err; i++)
		err = fim_rule_add(&self->nl, "t",
				   at(self, fim_fmt("open/d/%d/", i)));
	return err ?: fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT);
}

/* mkdir d && open(d/f, O_CREAT), a thousand times */
TEST_F_TIMEOUT(scene, H07_before_the_next_instruction, 1500)
{
	unsigned int slipped = 0;
	const char *dir;
	int fd, err;
	int i;

	NEEDS_POLICY();
	if (!self->block || self->tree.fs == FIM_OVERLAY)
		SKIP(return, "another filesystem does it");
	for (i = 0; i < ROUNDS; i++) {
		if (!(i % RULES)) {
			ASSERT_EQ(0, fim_delete_all(&self->nl));
			ASSERT_EQ(0, fim_remove_tree(at(self, "open/d")));
			ASSERT_EQ(0, mkdir(at(self, "open/d"), 0777));
			ASSERT_EQ(0, await_many(self));
		}
		dir = at(self, fim_fmt("open/d/%d", i % RULES));
		err = sys(mkdir(dir, 0777));
		fd = open(fim_fmt("%s/f", dir), O_WRONLY | O_CREAT, 0666);
		if (err || fd >= 0 || errno != EACCES)
			slipped++;
		if (fd >= 0)
			close(fd);
	}
	EXPECT_EQ(0, slipped);
}

/* mkdir -p: each name that comes is one less to wait for. */
TEST_F(scene, H07_several_levels)
{
	unsigned long long since;

	NEEDS_POLICY();
	ASSERT_EQ(0, await(self, "open/d/x/y/z"));
	since = last_seq(&self->nl);
	EXPECT_PASSED(0, sys(mkdir(at(self, "open/d/x"), 0777)));
	EXPECT_PASSED(0, fim_write_file(at(self, "open/d/x/f"), "free"));
	EXPECT_EQ(1, waiting(self));
	EXPECT_PASSED(0, sys(mkdir(at(self, "open/d/x/y"), 0777)));
	EXPECT_PASSED(0, sys(mkdir(at(self, "open/d/x/y/other"), 0777)));
	EXPECT_EQ(1, waiting(self));
	EXPECT_PASSED(0, sys(mkdir(at(self, "open/d/x/y/z"), 0777)));
	EXPECT_EQ(0, waiting(self));
	EXPECT_EQ(1, told(self, since, FIM_EVENT_ARMED, "open/d/x/y/z"));
	EXPECT_DECIDED(fim_fmt("mkdir %s", at(self, "open/d/x/y/z/new")), 0,
		       sys(mkdir(at(self, "open/d/x/y/z/new"), 0777)));
	/* And now the way there is guarded. */
	EXPECT_EQ(self->block ? EACCES : 0,
		  sys(rename(at(self, "open/d/x"), at(self, "open/d/x2"))));
}

/* A whole tree comes at once, files and all. */
TEST_F(scene, H07_all_levels_by_rename)
{
	NEEDS_POLICY();
	ASSERT_EQ(0, await(self, "open/x/sub/deep"));
	ASSERT_EQ(0, rename(at(self, "a/prot"), at(self, "open/x")));
	EXPECT_EQ(0, waiting(self));
	EXPECT_DECIDED(fim_fmt("mkdir %s", at(self, "open/x/sub/deep/new")), 0,
		       sys(mkdir(at(self, "open/x/sub/deep/new"), 0777)));
}

/* Where the rule waits is moved away, and made anew. */
TEST_F(scene, H07_anchor_moved_and_made_again)
{
	NEEDS_POLICY();
	ASSERT_EQ(0, await(self, "open/d/x"));
	ASSERT_EQ(0, rename(at(self, "open/d"), at(self, "open/moved")));
	EXPECT_PASSED(0, sys(mkdir(at(self, "open/moved/x"), 0777)));
	EXPECT_PASSED(0, fim_write_file(at(self, "open/moved/x/f"), "free"));
	EXPECT_EQ(1, waiting(self));
	ASSERT_EQ(0, mkdir(at(self, "open/d"), 0777));
	ASSERT_EQ(0, mkdir(at(self, "open/d/x"), 0777));
	EXPECT_DECIDED(fim_fmt("mkdir %s", at(self, "open/d/x/new")), 0,
		       sys(mkdir(at(self, "open/d/x/new"), 0777)));
	EXPECT_EQ(0, waiting(self));
}

TEST_F(scene, H07_anchor_removed_and_made_again)
{
	NEEDS_POLICY();
	ASSERT_EQ(0, await(self, "open/d/x/y"));
	ASSERT_EQ(0, rmdir(at(self, "open/d")));
	ASSERT_EQ(0, mkdir(at(self, "open/d"), 0777));
	ASSERT_EQ(0, mkdir(at(self, "open/d/x"), 0777));
	ASSERT_EQ(0, mkdir(at(self, "open/d/x/y"), 0777));
	EXPECT_EQ(0, waiting(self));
	EXPECT_DECIDED(fim_fmt("mkdir %s", at(self, "open/d/x/y/new")), 0,
		       sys(mkdir(at(self, "open/d/x/y/new"), 0777)));
}

/* An Audit rule lets its directory be removed, and follows the new one. */
TEST_F(scene, H08_removed_and_made_again)
{
	unsigned long long since;
	int i;

	NEEDS_POLICY();
	NEEDS(self->tree.fs == FIM_OVERLAY ? "another filesystem does it" :
	      NULL);
	if (self->block)
		SKIP(return, "a Block rule does not let its directory go");
	ASSERT_EQ(0, mkdir(at(self, "open/d/x"), 0777));
	ASSERT_EQ(0, await(self, "open/d/x"));
	for (i = 0; i < 20; i++) {
		since = last_seq(&self->nl);
		ASSERT_EQ(0, rmdir(at(self, "open/d/x")));
		EXPECT_EQ(1, waiting(self));
		EXPECT_EQ(1, told(self, since, FIM_EVENT_UNARMED, "open/d/x"));
		ASSERT_EQ(0, mkdir(at(self, "open/d/x"), 0777));
		EXPECT_EQ(0, waiting(self));
		EXPECT_EQ(1, told(self, since, FIM_EVENT_ARMED, "open/d/x"));
		EXPECT_DECIDED(fim_fmt("create %s", at(self, "open/d/x/new")),
			       0, fim_write_file(at(self, "open/d/x/new"), ""));
		ASSERT_EQ(0, unlink(at(self, "open/d/x/new")));
	}
}

TEST_F(scene, H08_moved_and_made_again)
{
	NEEDS_POLICY();
	if (self->block)
		SKIP(return, "a Block rule does not let its directory go");
	ASSERT_EQ(0, mkdir(at(self, "open/d/x"), 0777));
	ASSERT_EQ(0, await(self, "open/d/x"));
	ASSERT_EQ(0, rename(at(self, "open/d/x"), at(self, "open/moved")));
	EXPECT_EQ(1, waiting(self));
	EXPECT_PASSED(0, fim_write_file(at(self, "open/moved/new"), "free"));
	ASSERT_EQ(0, mkdir(at(self, "open/d/x"), 0777));
	EXPECT_DECIDED(fim_fmt("create %s", at(self, "open/d/x/new")), 0,
		       fim_write_file(at(self, "open/d/x/new"), ""));
}

static int umount_elsewhere(const void *place)
{
	return unshare(CLONE_NEWNS) || umount2(place, MNT_DETACH) ? errno : 0;
}

/*
 * An unmount in a namespace that sends to ours takes the filesystem from here.
 * Where that is not refused it is found at once: not because the filesystem ends,
 * which somebody uses, nor by the look that follows a commit a second later.
 */
TEST_F(scene, D11_umount_that_propagates)
{
	const char *mnt = self->tree.mnt;
	const char *place = at(self, "open/d");
	unsigned long long since;
	int user, i;

	NEEDS_POLICY();
	ASSERT_EQ(0, mount("fim", place, "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(at(self, "open/d/x"), 0777));
	user = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, user);
	ASSERT_EQ(0, mount(NULL, mnt, NULL, MS_SHARED, NULL));
	ASSERT_EQ(0, await(self, "open/d/x"));
	sleep(2);
	EXPECT_EQ(0, waiting(self));
	since = last_seq(&self->nl);
	EXPECT_EQ(self->block ? EACCES : 0,
		  fim_run(0, umount_elsewhere, place, NULL));
	for (i = 0; !self->block && i < 200 && waiting(self) != 1; i++)
		usleep(10000);
	EXPECT_EQ(!self->block, waiting(self));
	EXPECT_EQ(!self->block,
		  told(self, since, FIM_EVENT_UNARMED, "open/d/x"));
	EXPECT_EQ(self->block ? EACCES : ENOENT,
		  create_in(at(self, "open/d/x")));
	close(user);
	if (self->block) {
		ASSERT_EQ(0, fim_delete_all(&self->nl));
		EXPECT_EQ(0, umount2(place, 0));
	}
	EXPECT_EQ(0, mount(NULL, mnt, NULL, MS_PRIVATE, NULL));
}

/* mount && echo x > d/new: the name comes with a filesystem. */
TEST_F_TIMEOUT(scene, D26_by_a_mount, 120)
{
	const char *mnt = at(self, "open/d");
	const char *new = at(self, "open/d/x/new");
	unsigned int slipped = 0;
	int i;

	NEEDS_POLICY();
	NEEDS(self->tree.fs == FIM_OVERLAY ? "another filesystem does it" :
	      NULL);
	if (!self->block)
		SKIP(return, "it is to be refused");
	ASSERT_EQ(0, mount("fim", self->tree.other, "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(fim_fmt("%s/x", self->tree.other), 0777));
	for (i = 0; i < 30; i++) {
		ASSERT_EQ(0, await(self, "open/d/x"));
		ASSERT_EQ(0, mount(self->tree.other, mnt, NULL, MS_BIND, NULL));
		slipped += fim_write_file(new, "new") != EACCES;
		ASSERT_EQ(0, fim_delete_all(&self->nl));
		ASSERT_EQ(0, umount2(mnt, 0));
	}
	EXPECT_EQ(0, slipped);
	ASSERT_EQ(0, umount2(self->tree.other, 0));
}

/* As systemd does it, but nobody hears of who passes: this process mounts it. */
static int automount(const char *dir)
{
	int ends[2];

	fim_module("autofs4");
	if (pipe2(ends, O_CLOEXEC))
		return errno;
	return sys(mount("fim", dir, "autofs", 0,
			 fim_fmt("fd=%d,pgrp=%d,minproto=5,maxproto=5,direct",
				 ends[1], getpgrp())));
}

/*
 * A rule for what is mounted when somebody first passes waits for that: one for
 * @rule, which is the automount or a directory above it.
 */
static void wait_for_automount(struct __test_metadata *_metadata,
			       FIXTURE_DATA(scene) *self, const char *rule)
{
	const char *dir = at(self, "open/d/auto");
	unsigned long long since;
	int err;

	NEEDS_POLICY();
	NEEDS(self->tree.fs == FIM_OVERLAY ? "another filesystem does it" :
	      NULL);
	ASSERT_EQ(0, mkdir(dir, 0777));
	err = automount(dir);
	if (err == ENODEV)
		SKIP(return, "no autofs");
	ASSERT_EQ(0, err);
	ASSERT_EQ(0, await(self, rule));
	EXPECT_EQ(1, waiting(self));
	since = last_seq(&self->nl);
	EXPECT_PASSED(0, sys(mount("fim", dir, "tmpfs", 0, NULL)));
	EXPECT_EQ(0, waiting(self));
	EXPECT_EQ(1, told(self, since, FIM_EVENT_ARMED, "open/d/auto"));
	EXPECT_DECIDED(fim_fmt("mkdir %s/new", dir), 0,
		       sys(mkdir(fim_fmt("%s/new", dir), 0777)));
	/* What is there now is what is meant. */
	EXPECT_DECIDED(fim_fmt("mount %s", dir), 0,
		       sys(mount("fim", dir, "tmpfs", 0, NULL)));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_PASSED(0, create_in(dir));
	while (!umount2(dir, 0))
		;
}

TEST_F(scene, D26_automount)
{
	wait_for_automount(_metadata, self, "open/d/auto");
}

TEST_F(scene, D26_automount_below)
{
	wait_for_automount(_metadata, self, "open/d");
}

/* The names beside the one that is awaited are free. */
TEST_F(scene, H07_other_names)
{
	static const char *const names[] = { "x2", "X", "x.bak", "y", "x " };
	size_t i;

	NEEDS_POLICY();
	ASSERT_EQ(0, await(self, "open/d/x"));
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const char *dir = at(self, fim_fmt("open/d/%s", names[i]));

		EXPECT_PASSED(0, sys(mkdir(dir, 0777)));
		EXPECT_PASSED(0, create_in(dir));
	}
	EXPECT_EQ(1, waiting(self));
	/* A file of that name is not what the rule waits for. */
	EXPECT_PASSED(0, fim_write_file(at(self, "open/d/x"), "a file"));
	EXPECT_EQ(1, waiting(self));
	EXPECT_PASSED(0, sys(unlink(at(self, "open/d/x"))));
	EXPECT_PASSED(0, sys(mkdir(at(self, "open/d/x"), 0777)));
	EXPECT_EQ(0, waiting(self));
}

/* A user must not choose what a rule protects. */
TEST_F(scene, H07_users_link)
{
	const char *dir = at(self, "open/d/mine");
	const char *link = at(self, "open/link");

	NEEDS_POLICY();
	ASSERT_EQ(0, await(self, "open/d/mine"));
	ASSERT_EQ(0, sys(symlink(at(self, "a/prot"), link)));
	ASSERT_EQ(0, sys(lchown(link, 65534, 65534)));
	ASSERT_EQ(0, sys(rename(link, dir)));
	EXPECT_EQ(1, waiting(self));
	EXPECT_PASSED(0, create_in(at(self, "a/prot")));
	/* What is his may be protected so. */
	ASSERT_EQ(0, sys(chown(at(self, "a/prot"), 65534, 65534)));
	ASSERT_EQ(0, sys(rename(dir, link)));
	ASSERT_EQ(0, sys(rename(link, dir)));
	EXPECT_EQ(0, waiting(self));
	EXPECT_EQ(self->block ? EACCES : 0, create_in(at(self, "a/prot")));
}

TEST_HARNESS_MAIN
