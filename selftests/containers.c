// SPDX-License-Identifier: GPL-2.0
/*
 * containers.c - a policy that holds for a container holds for its tasks, on its
 * files, and for nobody else
 *
 * The containers here are made as a runtime makes them: a cgroup, a mount
 * namespace, a root directory that is pivoted into; added to the module between
 * the one and the other.
 *
 *   container's /   sbin/  usr/bin/  bin -> usr/bin  tmp/  vol/  (proc/)
 *                   ^^^^^  ^^^^^^^^ protected by Block rules for /sbin/, /bin/
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contain.h"
#include "harness.h"
#include "request.h"

/**
 * struct job - something to do as a task of a container
 * @c: the container, or NULL: as a host's task
 * @cgroup: whether to enter its cgroup
 * @mounts: whether to enter its mount namespace
 * @unshare: namespaces to leave then
 * @run: what to do
 * @path: for @run
 */
struct job {
	const struct fim_container *c;
	bool cgroup;
	bool mounts;
	int unshare;
	int (*run)(const char *path);
	const char *path;
};

static int do_job(const void *arg)
{
	const struct job *job = arg;
	int ns, err = 0;

	if (job->mounts) {
		ns = open(fim_fmt("/proc/%d/ns/mnt", job->c->init), O_RDONLY);
		if (job->cgroup)
			err = fim_cgroup_enter(job->c->cgroup, getpid());
		err = err ?: sys(setns(ns, CLONE_NEWNS));
		close(ns);
	} else if (job->cgroup) {
		err = fim_cgroup_enter(job->c->cgroup, getpid());
	}
	if (!err && job->unshare)
		err = sys(unshare(job->unshare));
	return err ? 200 : job->run(job->path);
}

static int as(const struct fim_container *c, int (*run)(const char *path),
	      const char *path)
{
	const struct job job = { c, true, true, 0, run, path };

	return fim_run(0, do_job, &job, NULL);
}

static int on_host(int (*run)(const char *path), const char *path)
{
	const struct job job = { .run = run, .path = path };

	return fim_run(0, do_job, &job, NULL);
}

static int create(const char *path)
{
	int err = fim_opened(open(path, O_WRONLY | O_CREAT | O_EXCL, 0666));

	return err ?: sys(unlink(path));
}

static int write_to(const char *path)
{
	return fim_opened(open(path, O_WRONLY));
}

static int read_from(const char *path)
{
	return fim_opened(open(path, O_RDONLY));
}

static int rename_away(const char *path)
{
	const char *to = fim_fmt("%s.away", path);

	return sys(rename(path, to)) ?: sys(rename(to, path));
}

static int mount_over(const char *path)
{
	return sys(mount("none", path, "tmpfs", 0, NULL)) ?:
	       sys(umount2(path, 0));
}

static int bind_over(const char *path)
{
	return sys(mount("/tmp", path, NULL, MS_BIND, NULL)) ?:
	       sys(umount2(path, 0));
}

static int pivot_to(const char *path)
{
	return sys(mount(path, path, NULL, MS_BIND, NULL)) ?: sys(chdir(path)) ?:
	       sys(syscall(SYS_pivot_root, ".", ".")) ?:
	       sys(umount2(".", MNT_DETACH));
}

FIXTURE(containers) {
	struct fim_nl nl;
	const char *missing;
	struct fim_container a, b;
};

FIXTURE_SETUP(containers)
{
	self->nl.fd = -1;
	self->missing = FIM_BARE() ? "needs the module" :
			access(CGROUPS "/cgroup.procs", F_OK) ?
			"needs cgroup2 at " CGROUPS : NULL;
	if (self->missing)
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	mkdir(PLACE, 0777);
	ASSERT_EQ(0, sys(mount("none", PLACE, "tmpfs", 0, NULL)));
	ASSERT_EQ(0, fim_container_make(&self->a, "fim-a"));
	ASSERT_EQ(0, fim_container_make(&self->b, "fim-b"));
}

FIXTURE_TEARDOWN(containers)
{
	if (self->missing)
		return;
	fim_container_end(&self->a);
	fim_container_end(&self->b);
	EXPECT_STREQ("", fim_container_list(&self->nl));
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	/* Nothing of it is kept busy. */
	EXPECT_EQ(0, sys(umount2(PLACE, 0)));
	rmdir(PLACE);
	fim_nl_close(&self->nl);
}

/* Adds a, for which the policy holds, and starts both. */
static int add_and_start(FIXTURE_DATA(containers) *self)
{
	return fim_container_apply(&self->nl, "p", NULL, NULL) ?:
	       fim_container_add(&self->nl, &self->a, fim_container_root(&self->a), "p") ?:
	       fim_container_add(&self->nl, &self->b, fim_container_root(&self->b), NULL) ?:
	       fim_container_start(&self->a) ?: fim_container_start(&self->b);
}

TEST_F(containers, its_tasks_on_its_files)
{
	const struct fim_container *a = &self->a, *b = &self->b;

	NEEDS(self->missing);
	ASSERT_EQ(0, add_and_start(self));
	EXPECT_STREQ("fim-a p\nfim-b\n", fim_container_list(&self->nl));

	EXPECT_EQ(EACCES, as(a, create, "/sbin/new"));
	EXPECT_EQ(EACCES, as(a, create, "/bin/new"));
	EXPECT_EQ(EACCES, as(a, create, "/usr/bin/new"));
	EXPECT_EQ(EACCES, as(a, write_to, "/sbin/f"));
	EXPECT_EQ(0, as(a, read_from, "/sbin/f"));
	EXPECT_EQ(0, as(a, create, "/tmp/new"));
	EXPECT_EQ(0, as(a, create, "/usr/new"));

	EXPECT_EQ(0, as(b, create, "/sbin/new"));
	EXPECT_EQ(0, as(b, create, "/usr/bin/new"));

	EXPECT_EQ(0, on_host(create, fim_fmt("%s/sbin/new", a->root)));
	EXPECT_EQ(0, on_host(create, fim_fmt("/proc/%d/root/sbin/new",
					     a->init)));
	EXPECT_EQ(0, on_host(create, "/run/new"));
}

TEST_F(containers, it_gets_out_by_no_namespace)
{
	const struct fim_container *a = &self->a;
	struct job job = { a, true, true, 0, create, "/sbin/new" };

	NEEDS(self->missing);
	ASSERT_EQ(0, add_and_start(self));

	job.unshare = CLONE_NEWNS;
	EXPECT_EQ(EACCES, fim_run(0, do_job, &job, NULL));
	job.unshare = CLONE_NEWUSER | CLONE_NEWNS;
	EXPECT_EQ(EACCES, fim_run(0, do_job, &job, NULL));
	job.unshare = CLONE_NEWCGROUP;
	EXPECT_EQ(EACCES, fim_run(0, do_job, &job, NULL));
	/* As nsenter and as who gets at a cgroupfs */
	job = (struct job) { a, false, true, 0, create, "/sbin/new" };
	EXPECT_EQ(EACCES, fim_run(0, do_job, &job, NULL));
	/* In the cgroup, on the host's mounts: its files by another name */
	job = (struct job) { a, true, false, 0, create,
			     fim_fmt("%s/sbin/new", a->root) };
	EXPECT_EQ(EACCES, fim_run(0, do_job, &job, NULL));
	job.path = "/run/new";
	EXPECT_EQ(0, fim_run(0, do_job, &job, NULL));
}

TEST_F(containers, a_cgroup_below_is_the_containers)
{
	struct fim_container below = self->a;

	NEEDS(self->missing);
	ASSERT_EQ(0, add_and_start(self));
	below.cgroup = fim_fmt("%s/below", self->a.cgroup);
	ASSERT_EQ(0, sys(mkdir(below.cgroup, 0777)));
	EXPECT_EQ(EACCES, as(&below, create, "/sbin/new"));
	EXPECT_EQ(0, as(&below, create, "/tmp/new"));
	EXPECT_EQ(0, sys(rmdir(below.cgroup)));
}

TEST_F(containers, the_way_to_its_paths_is_kept_from_its_tasks_only)
{
	const struct fim_container *a = &self->a, *b = &self->b;

	NEEDS(self->missing);
	ASSERT_EQ(0, add_and_start(self));

	EXPECT_EQ(EACCES, as(a, rename_away, "/usr"));
	EXPECT_EQ(EACCES, as(a, rename_away, "/sbin"));
	EXPECT_EQ(EACCES, as(a, rename_away, "/bin"));
	EXPECT_EQ(0, as(a, rename_away, "/tmp"));
	EXPECT_EQ(0, as(b, rename_away, "/usr"));
	EXPECT_EQ(0, on_host(rename_away, fim_fmt("%s/usr", a->root)));
}

TEST_F(containers, its_mounts_are_kept_once_it_runs)
{
	const struct fim_container *a = &self->a, *b = &self->b;
	struct job job = { a, true, true, CLONE_NEWNS, mount_over, "/sbin" };

	NEEDS(self->missing);
	ASSERT_EQ(0, add_and_start(self));

	EXPECT_EQ(EACCES, as(a, mount_over, "/sbin"));
	EXPECT_EQ(EACCES, as(a, bind_over, "/usr/bin"));
	EXPECT_EQ(EACCES, as(a, mount_over, "/usr"));
	EXPECT_EQ(EACCES, as(a, pivot_to, "/tmp"));
	EXPECT_EQ(0, as(a, mount_over, "/tmp"));
	EXPECT_EQ(0, as(b, mount_over, "/sbin"));
	EXPECT_EQ(0, as(b, bind_over, "/usr/bin"));
	/* What it makes in a namespace of its own is nobody else's matter. */
	EXPECT_EQ(0, fim_run(0, do_job, &job, NULL));
}

TEST_F(containers, a_host_policy_holds_for_it_too)
{
	const struct fim_container *a = &self->a, *b = &self->b;
	const char *dir = fim_fmt("%s/tmp", a->root);

	NEEDS(self->missing);
	ASSERT_EQ(0, add_and_start(self));
	ASSERT_EQ(0, fim_apply_dirs("h", "Block", fim_fmt("%s/", dir), NULL));
	EXPECT_EQ(EACCES, as(a, create, "/tmp/new"));
	EXPECT_EQ(EACCES, on_host(create, fim_fmt("%s/new", dir)));
	EXPECT_EQ(0, as(b, create, "/tmp/new"));
	EXPECT_EQ(EACCES, as(a, create, "/sbin/new"));
	ASSERT_EQ(0, fim_delete("h"));
	EXPECT_EQ(0, as(a, create, "/tmp/new"));
}

TEST_F(containers, a_directory_that_two_share)
{
	const struct fim_container *a = &self->a, *b = &self->b;
	const char *shared = PLACE "/shared";

	NEEDS(self->missing);
	ASSERT_EQ(0, sys(mkdir(shared, 0777)));
	ASSERT_EQ(0, sys(mount(shared, fim_fmt("%s/vol", a->root), NULL,
			       MS_BIND, NULL)));
	ASSERT_EQ(0, sys(mount(shared, fim_fmt("%s/vol", b->root), NULL,
			       MS_BIND, NULL)));
	ASSERT_EQ(0, fim_container_apply(&self->nl, "p", NULL, "/vol/"));
	ASSERT_EQ(0, fim_container_add(&self->nl, a, fim_container_root(a), "p"));
	ASSERT_EQ(0, fim_container_start(a));
	ASSERT_EQ(0, fim_container_start(b));

	EXPECT_EQ(EACCES, as(a, create, "/vol/new"));
	EXPECT_EQ(0, as(b, create, "/vol/new"));
	EXPECT_EQ(0, on_host(create, fim_fmt("%s/new", shared)));
	ASSERT_EQ(0, fim_container_add(&self->nl, b,
				       fim_fmt("/proc/%d/root", b->init), "p"));
	EXPECT_EQ(EACCES, as(b, create, "/vol/new"));
	EXPECT_EQ(0, on_host(create, fim_fmt("%s/new", shared)));

	EXPECT_EQ(0, fim_container_delete(&self->nl, "fim-b"));
	EXPECT_EQ(0, as(b, create, "/vol/new"));
	EXPECT_EQ(EACCES, as(a, create, "/vol/new"));
	EXPECT_EQ(0, sys(umount2(fim_fmt("%s/vol", a->root), 0)));
	EXPECT_EQ(0, sys(umount2(fim_fmt("%s/vol", b->root), 0)));
}

TEST_F(containers, a_policy_takes_hold_in_what_runs)
{
	const struct fim_container *a = &self->a;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_container_add(&self->nl, a, fim_container_root(a), NULL));
	ASSERT_EQ(0, fim_container_start(a));
	EXPECT_EQ(0, as(a, create, "/sbin/new"));
	/* One that is not there is one that has ended meanwhile. */
	ASSERT_EQ(0, fim_container_apply(&self->nl, "q", "fim-x", NULL));
	EXPECT_EQ(0, as(a, create, "/sbin/new"));
	ASSERT_EQ(0, fim_container_apply(&self->nl, "p", "fim-a", NULL));
	EXPECT_STREQ("fim-a p\n", fim_container_list(&self->nl));
	EXPECT_EQ(EACCES, as(a, create, "/sbin/new"));
	EXPECT_EQ(0, as(a, create, "/tmp/new"));
	/* Replaced by one that is not for it */
	ASSERT_EQ(0, fim_container_apply(&self->nl, "p", NULL, NULL));
	EXPECT_EQ(0, as(a, create, "/sbin/new"));
	ASSERT_EQ(0, fim_container_apply(&self->nl, "p", "fim-a", NULL));
	EXPECT_EQ(EACCES, as(a, create, "/sbin/new"));
	EXPECT_EQ(0, fim_delete("p"));
	EXPECT_EQ(0, as(a, create, "/sbin/new"));
	EXPECT_STREQ("fim-a\n", fim_container_list(&self->nl));
}

/* Its first process is not in its root yet, where paths would be resolved. */
TEST_F(containers, a_policy_comes_while_it_is_set_up)
{
	const struct fim_container *a = &self->a;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_container_add(&self->nl, a, fim_container_root(a),
				       NULL));
	ASSERT_EQ(0, fim_container_apply(&self->nl, "p", "fim-a", NULL));
	ASSERT_EQ(0, fim_container_start(a));
	/* Rules are looked after a second after a commit. */
	sleep(3);
	EXPECT_EQ(EACCES, as(a, create, "/sbin/new"));
	EXPECT_EQ(0, as(a, create, "/tmp/new"));
}

static int make_and_create(const char *path)
{
	return sys(mkdir(path, 0777)) ? 201 : create(fim_fmt("%s/new", path));
}

TEST_F(containers, a_path_that_does_not_exist_yet)
{
	const struct fim_container *a = &self->a;
	struct fim_status st;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_container_apply(&self->nl, "p", NULL, "/boot/"));
	ASSERT_EQ(0, fim_container_add(&self->nl, a, fim_container_root(a), "p"));
	ASSERT_EQ(0, fim_container_start(a));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(1, st.waiting);
	EXPECT_EQ(3, st.rules);
	EXPECT_EQ(EACCES, as(a, make_and_create, "/boot"));
	EXPECT_EQ(0, on_host(create, fim_fmt("%s/boot/new", a->root)));
}

TEST_F(containers, it_ends)
{
	struct fim_container *a = &self->a;
	unsigned long long since;
	struct fim_status st;

	NEEDS(self->missing);
	ASSERT_EQ(0, add_and_start(self));
	/* By the runtime's word; a second one changes nothing. */
	EXPECT_EQ(0, fim_container_delete(&self->nl, "fim-a"));
	EXPECT_EQ(ENOENT, fim_container_delete(&self->nl, "fim-a"));
	EXPECT_STREQ("fim-b\n", fim_container_list(&self->nl));
	EXPECT_EQ(0, as(a, create, "/sbin/new"));
	/* Again, as it runs: its root is that of its first process now. */
	ASSERT_EQ(0, fim_container_add(&self->nl, a,
				       fim_fmt("/proc/%d/root", a->init), "p"));
	EXPECT_EQ(EACCES, as(a, create, "/sbin/new"));
	/* By its cgroup's end */
	since = last_seq(&self->nl);
	fim_container_end(a);
	EXPECT_STREQ("fim-b\n", fim_container_list(&self->nl));
	EXPECT_EQ(0, on_host(create, fim_fmt("%s/sbin/new", a->root)));
	EXPECT_LT(since, last_seq(&self->nl));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(0, st.waiting);
}

TEST_F(containers, what_a_record_tells)
{
	const struct fim_container *a = &self->a;
	struct fim_events events;
	const struct fim_event *ev;
	unsigned long long since;

	NEEDS(self->missing);
	ASSERT_EQ(0, add_and_start(self));
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, as(a, create, "/bin/new"));
	ASSERT_EQ(0, fim_events_since(&self->nl, since, &events));
	ev = fim_violation(&events);
	ASSERT_NE(NULL, ev);
	EXPECT_STREQ("fim-a", fim_bytes(ev, FIM_EVENT_A_CONTAINER));
	EXPECT_STREQ("who it is", fim_bytes(ev, FIM_EVENT_A_IDENTITY));
	EXPECT_EQ(FIM_KIND_CONTAINER, fim_u8(ev, FIM_EVENT_A_KIND));
	EXPECT_STREQ("/bin/new", fim_bytes(ev, FIM_EVENT_A_PATH));
	fim_events_free(&events);

	ASSERT_EQ(0, fim_apply_dirs("h", "Block", fim_fmt("%s/tmp/", a->root),
				    NULL));
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, as(a, create, "/tmp/new"));
	ASSERT_EQ(0, fim_events_since(&self->nl, since, &events));
	ev = fim_violation(&events);
	ASSERT_NE(NULL, ev);
	EXPECT_FALSE(fim_has(ev, FIM_EVENT_A_CONTAINER));
	EXPECT_FALSE(fim_has(ev, FIM_EVENT_A_IDENTITY));
	fim_events_free(&events);
}

TEST_F(containers, what_is_refused)
{
	const struct fim_container *a = &self->a;
	int cgroup = open(a->cgroup, O_RDONLY), top = open(CGROUPS, O_RDONLY);
	int other = open(self->b.cgroup, O_RDONLY);
	int root = open(a->root, O_PATH), file = open("/proc/self/stat", O_RDONLY);
	unsigned long long now = fim_generation(&self->nl);
	const struct {
		const char *text;
		int err;
		struct fim_put puts[8];
	} cases[] = {
#define CGROUP(fd) PUT_U32(FIM_CONTAINER_A_CGROUP_FD, fd)
#define ROOT(fd) PUT_U32(FIM_CONTAINER_A_ROOT_FD, fd)
#define PID(pid) PUT_U32(FIM_CONTAINER_A_PID, pid)
#define GENERATION(n) { .attr = FIM_CONTAINER_A_GENERATION, .len = 8, .value = (n) }
#define ID PUT_STRING(FIM_CONTAINER_A_ID, "x")
		{ "a container has no id", EINVAL, { CGROUP(cgroup), PUT_END } },
		{ "a container needs a cgroup, a root, a process and a generation",
		  EINVAL, { ID, CGROUP(cgroup), ROOT(root), PID(a->init), PUT_END } },
		{ "not a cgroup (v2) below the root's", EBADF,
		  { ID, CGROUP(root), ROOT(root), PID(a->init), GENERATION(now), PUT_END } },
		{ "not a cgroup (v2) below the root's", EBADF,
		  { ID, CGROUP(top), ROOT(root), PID(a->init), GENERATION(now), PUT_END } },
		{ "there is no such process in that cgroup", ESRCH,
		  { ID, CGROUP(other), ROOT(root), PID(a->init), GENERATION(now), PUT_END } },
		{ "there is no such process in that cgroup", ESRCH,
		  { ID, CGROUP(cgroup), ROOT(root), PID(1 << 30), GENERATION(now), PUT_END } },
		{ "the root is not a directory", ENOTDIR,
		  { ID, CGROUP(cgroup), ROOT(file), PID(a->init), GENERATION(now), PUT_END } },
		{ "the root is not a directory", EBADF,
		  { ID, CGROUP(cgroup), ROOT(999), PID(a->init), GENERATION(now), PUT_END } },
		{ "the policies have changed", EAGAIN,
		  { ID, CGROUP(cgroup), ROOT(root), PID(a->init), GENERATION(now + 1), PUT_END } },
		{ "there is no policy of that name", ENOENT,
		  { ID, CGROUP(cgroup), ROOT(root), PID(a->init), GENERATION(now),
		    PUT_STRING(FIM_CONTAINER_A_POLICY, "none"), PUT_END } },
	};
	size_t i;

	NEEDS(self->missing);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		EXPECT_EQ(cases[i].err, fim_container_add_with(&self->nl, cases[i].puts));
		EXPECT_STREQ(cases[i].text, self->nl.extack);
	}
	EXPECT_STREQ("", fim_container_list(&self->nl));

	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
	EXPECT_EQ(EBUSY, fim_container_add(&self->nl, a, fim_container_root(a), NULL));
	EXPECT_STREQ("a transaction is open", self->nl.extack);
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_ABORT));
	EXPECT_EQ(0, fim_container_add(&self->nl, a, fim_container_root(a), NULL));
	EXPECT_EQ(EEXIST, fim_container_add(&self->nl, a, fim_container_root(a), NULL));
	EXPECT_STREQ("there is a container of that id", self->nl.extack);

	ASSERT_EQ(0, fim_apply_dirs("h", "Block", "/run/none/", NULL));
	EXPECT_EQ(EINVAL, fim_container_add(&self->nl, &self->b,
					    fim_container_root(&self->b), "h"));
	EXPECT_STREQ("a host policy holds for all", self->nl.extack);
	close(cgroup);
	close(other);
	close(top);
	close(root);
	close(file);
}

/* A rule that can't hold leaves nothing of the container behind. */
TEST_F(containers, a_rule_that_can_not_be_bound)
{
	const struct fim_container *a = &self->a;
	struct fim_status before, after;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_container_apply(&self->nl, "p", NULL, "/sbin/f/"));
	ASSERT_EQ(0, fim_status(&self->nl, &before));
	EXPECT_EQ(ENOTDIR, fim_container_add(&self->nl, a, fim_container_root(a), "p"));
	EXPECT_STREQ("the path is not a directory", self->nl.extack);
	EXPECT_STREQ("", fim_container_list(&self->nl));
	ASSERT_EQ(0, fim_status(&self->nl, &after));
	EXPECT_EQ(before.marks, after.marks);
	ASSERT_EQ(0, fim_container_start(a));
	EXPECT_EQ(0, as(a, create, "/sbin/new"));
}

static int commands(const void *arg)
{
	const struct fim_container *c = arg;
	struct fim_nl nl;

	if (fim_nl_open(&nl))
		return 200;
	if (fim_container_delete(&nl, "fim-a") != EPERM)
		return 201;
	if (fim_nl_dump(&nl, FIM_CMD_CONTAINER_GET, fim_container_list_one, NULL) != EPERM)
		return 202;
	return fim_container_add(&nl, c, c->root, NULL);
}

/* Root of a user namespace is nobody. */
static int commands_as_root_of_his_own(const void *arg)
{
	return unshare(CLONE_NEWUSER) ? 203 : commands(arg);
}

TEST_F(containers, who_may)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, add_and_start(self));
	EXPECT_EQ(EPERM, fim_run(FIM_NOBODY, commands, &self->b, NULL));
	EXPECT_EQ(EPERM, fim_run(0, commands_as_root_of_his_own, &self->b,
				 NULL));
	EXPECT_STREQ("fim-a p\nfim-b\n", fim_container_list(&self->nl));
}

struct bound {
	const struct fim_container *container;
	unsigned int messages, policies, others;
};

static void count_bound(struct nlattr **attrs, void *arg)
{
	struct bound *bound = arg;
	struct nlattr *attr;
	bool others = false;
	int rem;

	nla_for_each_nested(attr, attrs[FIM_A_CONTAINER], rem)
		if (nla_type(attr) == FIM_CONTAINER_A_ID)
			others = strcmp(nla_get_string(attr),
					bound->container->id);
	bound->others += others;
	bound->messages += !others;
	nla_for_each_nested(attr, attrs[FIM_A_CONTAINER], rem)
		bound->policies += nla_type(attr) == FIM_CONTAINER_A_POLICY;
}

/* The names alone are more than the length of an attribute can tell. */
TEST_F_TIMEOUT(containers, more_policies_than_a_message_holds, 120)
{
	struct bound bound = { .container = &self->a };
	const unsigned int many = 300;
	unsigned int i;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_container_add(&self->nl, &self->a,
				       fim_container_root(&self->a), NULL));
	ASSERT_EQ(0, fim_container_add(&self->nl, &self->b,
				       fim_container_root(&self->b), NULL));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
	for (i = 0; i < many; i++)
		ASSERT_EQ(0, fim_container_policy(&self->nl,
						  fim_fmt("p%0252u", i),
						  self->a.id));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT));
	ASSERT_EQ(0, fim_nl_dump(&self->nl, FIM_CMD_CONTAINER_GET, count_bound,
				 &bound));
	EXPECT_LT(1, bound.messages);
	EXPECT_EQ(many, bound.policies);
	EXPECT_EQ(1, bound.others);
}

TEST_HARNESS_MAIN
