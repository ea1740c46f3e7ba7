// SPDX-License-Identifier: GPL-2.0
/*
 * faults.c - allocations fail, one after the other
 *
 * On a kernel with fault injection ("make check-debug") each operation is done
 * with its n-th allocation failing (fault.h), n = 1, 2, 3, … until it needs no
 * n-th allocation any more; what takes long with larger and larger steps.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.h"
#include "harness.h"
#include "press.h"
#include "request.h"

/* Operations need a few dozens, a transaction some hundred. */
#define ENOUGH 5000
/* An n-th part of n more each time */
#define EACH ENOUGH
#define LONG 12

FIXTURE(faults) {
	struct fim_nl nl;
	struct fim_tree tree;
	struct fim_status before;
	const char *dir, *open, *goal, *missing;
	int writer;
};

static const char *prepare(void)
{
	int fd;

	if (FIM_BARE())
		return "needs the module";
	fd = fault_open();
	if (fd < 0)
		return "this kernel does not inject faults";
	close(fd);
	return NULL;
}

/*
 *   root, a tmpfs
 *   ├── a/prot/f  <- rule of policy "t"
 *   └── open/f    <- the goal, of policy "u", which tests apply
 */
FIXTURE_SETUP(faults)
{
	self->nl.fd = -1;
	self->missing = prepare();
	if (self->missing)
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(&self->tree, FIM_TMPFS));
	self->dir = fim_fmt("%s/", self->tree.prot);
	self->open = fim_fmt("%s/", self->tree.open);
	self->goal = self->open;
	ASSERT_EQ(0, fim_write_file(fim_fmt("%sf", self->dir), "base"));
	ASSERT_EQ(0, fim_write_file(fim_fmt("%sf", self->open), "open"));
	ASSERT_EQ(0, fim_apply_dirs("t", "Block", self->dir, NULL));
	ASSERT_EQ(0, fim_status(&self->nl, &self->before));
}

FIXTURE_TEARDOWN(faults)
{
	if (self->nl.fd < 0)
		return;
	fim_nl_do(&self->nl, FIM_CMD_TXN_ABORT);
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

typedef int (*operation)(FIXTURE_DATA(faults) *self);

/* How the same operation ended, with one allocation failing after the other */
struct walk {
	int tried;
	int passed;
	int last;
};

static struct walk walk(FIXTURE_DATA(faults) *self, operation op,
			operation check, int part)
{
	struct walk walk = {};
	int nth = 0, err = 0, fd = fault_open();
	bool failed;

	if (fd < 0)
		abort();
	do {
		nth += 1 + nth / part;
		fault_set(fd, nth);
		walk.last = op(self);
		failed = fault_end(fd);
		walk.tried++;
		walk.passed += !walk.last;
		err = check ? check(self) : 0;
	} while (failed && !err && nth < ENOUGH);
	close(fd);
	fprintf(stderr, "# %d allocations, %d of them failed, %d times without harm\n",
		nth - 1, walk.tried - 1, walk.passed);
	if (err) {
		fprintf(stderr, "# after allocation %d failed (%s): %s\n",
			nth, strerror(walk.last), strerror(err));
		walk.last = -1;
	}
	return walk;
}

static int accounted(FIXTURE_DATA(faults) *self)
{
	struct fim_status st;

	return fim_status(&self->nl, &st) ?: !adds_up(&st) ? EBADE : 0;
}

static int write_f(FIXTURE_DATA(faults) *self)
{
	return fim_opened(open(fim_fmt("%sf", self->dir),
			       O_WRONLY | O_CLOEXEC));
}

static int make_directory(FIXTURE_DATA(faults) *self)
{
	return sys(mkdir(fim_fmt("%snew", self->dir), 0755));
}

static int rename_f(FIXTURE_DATA(faults) *self)
{
	return sys(rename(fim_fmt("%sf", self->dir),
			  fim_fmt("%sg", self->open)));
}

static int change_mode(FIXTURE_DATA(faults) *self)
{
	return sys(chmod(fim_fmt("%sf", self->dir), 0600));
}

static int move_in(FIXTURE_DATA(faults) *self)
{
	return sys(rename(fim_fmt("%sf", self->open),
			  fim_fmt("%sg", self->dir)));
}

TEST_F_TIMEOUT(faults, J24_nothing_is_let_through, 1500)
{
	static const operation operations[] = {
		write_f, make_directory, rename_f, change_mode, move_in,
	};
	struct fim_status st;
	size_t i;

	NEEDS(self->missing);
	for (i = 0; i < ARRAY_SIZE(operations); i++) {
		struct walk w = walk(self, operations[i], accounted, EACH);

		EXPECT_EQ(0, w.passed);
		EXPECT_EQ(EACCES, w.last);
		EXPECT_LT(1, w.tried);
	}
	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	/* At least the last of each, where nothing failed */
	EXPECT_LE(self->before.refused + ARRAY_SIZE(operations), st.refused);
	EXPECT_EQ(st.refused + st.audited, st.recorded + st.lost);
}

static int apply(FIXTURE_DATA(faults) *self)
{
	int err = fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN);

	if (!err)
		err = fim_policy_add(&self->nl, "u", FIM_ACTION_BLOCK);
	if (!err)
		err = fim_rule_add(&self->nl, "u", self->goal);
	return err ?: fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT);
}

static int delete(FIXTURE_DATA(faults) *self)
{
	return fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN) ?:
	       fim_policy_del(&self->nl, "u") ?:
	       fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT);
}

static bool in_force;

/* All of it took place, or nothing; "t" holds whatever came of it. */
static int all_or_nothing(FIXTURE_DATA(faults) *self)
{
	struct fim_status st;
	bool refused;

	fim_nl_do(&self->nl, FIM_CMD_TXN_ABORT);
	if (write_f(self) != EACCES || fim_status(&self->nl, &st))
		return EBADE;
	in_force = st.policies == 2;
	refused = fim_opened(open(fim_fmt("%sf", self->open),
				  O_WRONLY | O_CLOEXEC)) == EACCES;
	return in_force != refused ? EBADE : 0;
}

static int then_delete(FIXTURE_DATA(faults) *self)
{
	return all_or_nothing(self) ?: in_force ? delete(self) : 0;
}

static int then_apply(FIXTURE_DATA(faults) *self)
{
	return all_or_nothing(self) ?: in_force ? 0 : apply(self);
}

TEST_F_TIMEOUT(faults, J24_apply_is_all_or_nothing, 1500)
{
	struct walk w;

	NEEDS(self->missing);
	w = walk(self, apply, then_delete, EACH);
	EXPECT_EQ(0, w.last);
	EXPECT_LT(20, w.tried);
	EXPECT_EQ(EACCES, write_f(self));
}

TEST_F_TIMEOUT(faults, J24_delete_is_all_or_nothing, 1500)
{
	struct walk w;

	NEEDS(self->missing);
	ASSERT_EQ(0, apply(self));
	w = walk(self, delete, then_apply, EACH);
	EXPECT_EQ(0, w.last);
	EXPECT_LT(10, w.tried);
	EXPECT_EQ(EACCES, write_f(self));
}

/* What there was no memory for is tried again, a second later. */
static int becomes_refused(FIXTURE_DATA(faults) *self, operation op)
{
	int i;

	for (i = 0; i < 100; i++) {
		if (op(self) == EACCES)
			return 0;
		usleep(100000);
	}
	return ETIMEDOUT;
}

static int make_goal(FIXTURE_DATA(faults) *self)
{
	return sys(mkdir(self->goal, 0755));
}

static int change_goal(FIXTURE_DATA(faults) *self)
{
	return sys(chmod(self->goal, 0755));
}

static int takes_hold(FIXTURE_DATA(faults) *self)
{
	if (access(self->goal, F_OK))
		return 0;
	return becomes_refused(self, change_goal) ?: delete(self) ?:
	       sys(rmdir(self->goal)) ?: apply(self);
}

TEST_F_TIMEOUT(faults, J24_what_is_awaited_is_protected, 1500)
{
	struct walk w;

	NEEDS(self->missing);
	self->goal = fim_fmt("%swait/", self->open);
	ASSERT_EQ(0, apply(self));
	w = walk(self, make_goal, takes_hold, EACH);
	EXPECT_EQ(0, w.last);
	EXPECT_LT(2, w.tried);
}

static bool is_worker(const char *comm)
{
	char name[8] = "";
	int fd = open(comm, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, name, sizeof(name));

	close(fd);
	return n == sizeof(name) && !strncmp(name, "kworker/", sizeof(name));
}

/* Chooses the kernel's workers that there are, for allocations to fail or not. */
static void press_workers(const char *fails)
{
	glob_t found;
	size_t i;

	if (glob("/proc/[0-9]*/comm", 0, NULL, &found))
		abort();
	for (i = 0; i < found.gl_pathc; i++) {
		if (!is_worker(found.gl_pathv[i]))
			continue;
		*strrchr(found.gl_pathv[i], '/') = '\0';
		press_task(found.gl_pathv[i] + strlen("/proc/"), fails);
	}
	globfree(&found);
}

/* It is a worker who finds where the rule's path leads. */
TEST_F_TIMEOUT(faults, J24_what_is_awaited_by_a_worker, 1500)
{
	int i, late = 0;

	NEEDS(self->missing ?: press_missing());
	self->goal = fim_fmt("%swait/", self->open);
	ASSERT_EQ(0, apply(self));
	for (i = 0; i < 30; i++) {
		press_workers("1");
		press_begin();
		ASSERT_EQ(0, make_goal(self));
		press_end();
		press_workers("0");
		late += change_goal(self) != EACCES;
		ASSERT_EQ(0, takes_hold(self))
			TH_LOG("round %d", i);
	}
	EXPECT_LT(0, late);
}

static int write_by_descriptor(FIXTURE_DATA(faults) *self)
{
	return sys(pwrite(self->writer, "x", 1, 0));
}

static int is_guarded(FIXTURE_DATA(faults) *self)
{
	return all_or_nothing(self) ?: !in_force ? 0 :
	       becomes_refused(self, write_by_descriptor) ?: delete(self);
}

TEST_F_TIMEOUT(faults, J24_writers_are_guarded, 1500)
{
	struct walk w;

	NEEDS(self->missing);
	self->writer = open(fim_fmt("%sf", self->open), O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->writer);
	w = walk(self, apply, is_guarded, LONG);
	close(self->writer);
	EXPECT_EQ(0, w.last);
	EXPECT_LT(20, w.tried);
}

static void nothing(struct nlattr **attrs, void *arg)
{
}

static int ask(FIXTURE_DATA(faults) *self)
{
	static const int dumps[] = {
		FIM_CMD_HOOK_GET, FIM_CMD_POLICY_GET, FIM_CMD_RULE_GET,
		FIM_CMD_EVENT_GET,
	};
	struct fim_status st;
	struct fim_nl nl;
	int err = fim_nl_open(&nl);
	size_t i;

	if (err)
		return err;
	err = fim_status(&nl, &st);
	for (i = 0; !err && i < ARRAY_SIZE(dumps); i++)
		err = fim_nl_dump(&nl, dumps[i], nothing, NULL);
	/* A dump that has failed leaves its socket of no use. */
	fim_nl_close(&nl);
	return err;
}

TEST_F_TIMEOUT(faults, J24_asking, 1500)
{
	struct walk w;

	NEEDS(self->missing);
	w = walk(self, ask, NULL, LONG);
	EXPECT_EQ(0, w.last);
	EXPECT_LT(5, w.tried);
	EXPECT_EQ(EACCES, write_f(self));
}

static int selftest(FIXTURE_DATA(faults) *self)
{
	return fim_nl_do(&self->nl, FIM_CMD_SELFTEST);
}

/* Without memory a hook cannot be tested: that does not make it a dead one. */
static int is_armed(FIXTURE_DATA(faults) *self)
{
	struct fim_status st;

	return fim_status(&self->nl, &st) ?:
	       st.state != FIM_STATE_ARMED ? EBADE : 0;
}

TEST_F_TIMEOUT(faults, J24_selftest, 1500)
{
	struct walk w;

	NEEDS(self->missing);
	w = walk(self, selftest, is_armed, LONG);
	EXPECT_EQ(0, w.last);
	EXPECT_LT(5, w.tried);
}

TEST_HARNESS_MAIN
