// SPDX-License-Identifier: GPL-2.0
/*
 * registry.c - containers are added, listed and forgotten
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "contained.h"

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

static ino_t mnt_ns(pid_t pid)
{
	struct stat st;

	return stat(fim_fmt("/proc/%d/ns/mnt", pid), &st) ? 0 : st.st_ino;
}

struct reuse {
	ino_t number;
	const char *path;
};

/* The kernel hands out the lowest number that is free. */
static int create_in_namespace(const void *arg)
{
	const struct reuse *reuse = arg;
	int i;

	for (i = 0; i < 200; i++) {
		if (unshare(CLONE_NEWNS))
			return errno;
		if (mnt_ns(getpid()) == reuse->number)
			return create(reuse->path);
		usleep(10000);
	}
	return ETIMEDOUT;
}

/* Its mount namespace has ended with it, whose number is another one's then. */
TEST_F(containers, a_namespace_of_the_same_number)
{
	struct reuse reuse;

	NEEDS(self->missing);
	ASSERT_EQ(0, add_and_start(self));
	reuse.number = mnt_ns(self->a.init);
	reuse.path = fim_fmt("%s/sbin/new", self->a.root);
	ASSERT_NE(0, reuse.number);
	kill(self->a.init, SIGKILL);
	ASSERT_EQ(self->a.init, waitpid(self->a.init, NULL, 0));
	self->a.init = 0;
	EXPECT_EQ(0, fim_run(0, create_in_namespace, &reuse, NULL));
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
