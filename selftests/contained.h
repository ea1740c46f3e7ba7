/* SPDX-License-Identifier: GPL-2.0 */
/*
 * contained.h - two containers, and what their tasks do
 */
#ifndef _FIM_TEST_CONTAINED_H
#define _FIM_TEST_CONTAINED_H

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
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

static inline int do_job(const void *arg)
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

static inline int as(const struct fim_container *c,
		     int (*run)(const char *path), const char *path)
{
	const struct job job = { c, true, true, 0, run, path };

	return fim_run(0, do_job, &job, NULL);
}

static inline int on_host(int (*run)(const char *path), const char *path)
{
	const struct job job = { .run = run, .path = path };

	return fim_run(0, do_job, &job, NULL);
}

static inline int create(const char *path)
{
	int err = fim_opened(open(path, O_WRONLY | O_CREAT | O_EXCL, 0666));

	return err ?: sys(unlink(path));
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
static inline int add_and_start(FIXTURE_DATA(containers) *self)
{
	return fim_container_apply(&self->nl, "p", NULL, NULL) ?:
	       fim_container_add(&self->nl, &self->a, fim_container_root(&self->a), "p") ?:
	       fim_container_add(&self->nl, &self->b, fim_container_root(&self->b), NULL) ?:
	       fim_container_start(&self->a) ?: fim_container_start(&self->b);
}

#endif /* _FIM_TEST_CONTAINED_H */
