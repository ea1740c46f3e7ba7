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

#include "contained.h"

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

/* What a container has at a path keeps no policy from the others. */
TEST_F(containers, a_path_that_is_a_file)
{
	const struct fim_container *a = &self->a;
	const char *boot = fim_fmt("%s/boot", a->root);
	struct fim_status st;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_container_add(&self->nl, a, fim_container_root(a),
				       NULL));
	ASSERT_EQ(0, fim_container_start(a));
	ASSERT_EQ(0, fim_write_file(boot, ""));
	ASSERT_EQ(0, fim_container_apply(&self->nl, "p", "fim-a", "/boot/"));
	EXPECT_EQ(EACCES, as(a, create, "/sbin/new"));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(1, st.waiting);
	EXPECT_EQ(0, unlink(boot));
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

TEST_HARNESS_MAIN
