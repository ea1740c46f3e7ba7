// SPDX-License-Identifier: GPL-2.0
/*
 * account.c - nothing is lost silently, and no moment is unprotected
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/fs.h>

#include "harness.h"
#include "request.h"

#define TASKS 8
#define PER_TASK 500

FIXTURE(account) {
	struct fim_nl nl;
	struct fim_tree tree;
	struct fim_status before;
	const char *dir;
};

/*
 *   root, a tmpfs
 *   ├── a/prot/f  <- rule
 *   └── open/f
 */
FIXTURE_SETUP(account)
{
	self->nl.fd = -1;
	if (FIM_BARE())
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(&self->tree, FIM_TMPFS));
	self->dir = fim_fmt("%s/", self->tree.prot);
	ASSERT_EQ(0, fim_write_file(fim_fmt("%sf", self->dir), "base"));
	ASSERT_EQ(0, chmod(self->dir, 0777));
	ASSERT_EQ(0, fim_write_file(fim_fmt("%s/f", self->tree.open), "open"));
}

FIXTURE_TEARDOWN(account)
{
	if (self->nl.fd < 0)
		return;
	fim_nl_do(&self->nl, FIM_CMD_TXN_ABORT);
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

#define NEEDS_MODULE() NEEDS(FIM_BARE() ? "needs the module" : NULL)

static int protect(FIXTURE_DATA(account) *self, const char *action)
{
	int ret = fim_apply_dirs("t", action, self->dir, NULL);

	return ret ?: fim_status(&self->nl, &self->before);
}

static int violate(const char *dir, int i)
{
	switch (i % 4) {
	case 0:
		return fim_opened(open(fim_fmt("%sf", dir), O_WRONLY | O_CLOEXEC));
	case 1:
		return sys(chmod(fim_fmt("%sf", dir), 0600));
	case 2:
		return sys(mkdir(fim_fmt("%snew", dir), 0755));
	}
	return sys(rename(fim_fmt("%sf", dir), fim_fmt("%sg", dir)));
}

/* Return: how often it was not refused, at most 255. */
static int violate_often(const char *dir, int count)
{
	int passed = 0;
	int i;

	for (i = 0; i < count; i++)
		passed += violate(dir, i) != EACCES;
	return passed > 255 ? 255 : passed;
}

/* Wait for @n children. Return: the sum of what they exited with. */
static int reap(int n)
{
	int status;
	int sum = 0;

	while (n-- && wait(&status) > 0)
		sum += WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	return sum;
}

static void start(const char *dir, int tasks, int count)
{
	fflush(NULL);
	while (tasks--)
		if (!fork())
			_exit(violate_often(dir, count));
}

/**
 * struct ring - what the ring holds since a record
 * @records: how many records
 * @operations: how many operations these stand for
 * @dense: no number is missing between them
 */
struct ring {
	unsigned long long records;
	unsigned long long operations;
	bool dense;
};

static struct ring ring_since(struct fim_nl *nl, unsigned long long seq)
{
	struct ring ring = { .dense = true };
	struct fim_events events;
	size_t i;

	if (fim_events_since(nl, seq, &events))
		return (struct ring){};
	ring.records = events.count;
	for (i = 0; i < events.count; i++) {
		const struct fim_event *ev = &events.event[i];

		if (i && ev->seq != ev[-1].seq + 1)
			ring.dense = false;
		if (ev->type == FIM_EVENT_VIOLATION)
			ring.operations += fim_has(ev, FIM_EVENT_A_COUNT) ?
					   fim_u64(ev, FIM_EVENT_A_COUNT) : 1;
	}
	fim_events_free(&events);
	return ring;
}

TEST_F_TIMEOUT(account, processes, 300)
{
	struct fim_status st;
	struct ring ring;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self, "Block"));
	start(self->dir, TASKS, 4 * PER_TASK);
	EXPECT_EQ(0, reap(TASKS));
	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	EXPECT_EQ(self->before.refused + TASKS * 4 * PER_TASK, st.refused);
	EXPECT_EQ(self->before.audited, st.audited);
	EXPECT_EQ(0, st.pending);
	EXPECT_EQ(st.refused + st.audited, st.recorded + st.lost);
	EXPECT_EQ(self->before.lost, st.lost);
	/* What the ring holds is the end of it, number by number. */
	EXPECT_LE(st.last_seq - st.first_seq + 1, st.ring_size);
	ring = ring_since(&self->nl, st.first_seq - 1);
	EXPECT_EQ(st.last_seq - st.first_seq + 1, ring.records);
	EXPECT_TRUE(ring.dense);
	if (st.first_seq <= self->before.last_seq + 1) {
		ring = ring_since(&self->nl, self->before.last_seq);
		EXPECT_EQ(TASKS * 4 * PER_TASK, ring.operations);
	}
}

static void *violate_in_thread(void *dir)
{
	return (void *)(long)violate_often(dir, PER_TASK);
}

TEST_F_TIMEOUT(account, threads, 300)
{
	pthread_t thread[TASKS];
	struct fim_status st;
	void *passed;
	int i;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self, "Block"));
	for (i = 0; i < TASKS; i++) {
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, violate_in_thread,
					    (void *)self->dir));
	}
	for (i = 0; i < TASKS; i++) {
		ASSERT_EQ(0, pthread_join(thread[i], &passed));
		EXPECT_EQ(NULL, passed);
	}
	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	EXPECT_EQ(self->before.refused + TASKS * PER_TASK, st.refused);
	EXPECT_EQ(st.refused + st.audited, st.recorded + st.lost);
	EXPECT_EQ(self->before.lost, st.lost);
}

TEST_F_TIMEOUT(account, audited, 300)
{
	const char *f = fim_fmt("%sf", self->dir);
	struct fim_status st;
	int i;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self, "Audit"));
	fflush(NULL);
	for (i = 0; i < TASKS; i++) {
		if (!fork()) {
			int failed = 0;
			int n;

			for (n = 0; n < PER_TASK; n++)
				failed += chmod(f, 0600) < 0;
			_exit(failed > 255 ? 255 : failed);
		}
	}
	EXPECT_EQ(0, reap(TASKS));
	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	EXPECT_EQ(self->before.audited + TASKS * PER_TASK, st.audited);
	EXPECT_EQ(self->before.refused, st.refused);
	EXPECT_EQ(st.refused + st.audited, st.recorded + st.lost);
	EXPECT_EQ(self->before.lost, st.lost);
}

/* The policy's own account is the same. */

static void count_cb(struct nlattr **attrs, void *arg)
{
	struct nlattr *tb[FIM_POLICY_A_MAX + 1];
	unsigned long long *count = arg;

	if (!attrs[FIM_A_POLICY])
		return;
	nla_parse_nested(tb, FIM_POLICY_A_MAX, attrs[FIM_A_POLICY], NULL);
	if (tb[FIM_POLICY_A_REFUSED])
		count[0] = nla_get_u64(tb[FIM_POLICY_A_REFUSED]);
	if (tb[FIM_POLICY_A_AUDITED])
		count[1] = nla_get_u64(tb[FIM_POLICY_A_AUDITED]);
}

TEST_F(account, policy)
{
	unsigned long long count[2] = { -1ULL, -1ULL };

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self, "Block"));
	EXPECT_EQ(0, violate_often(self->dir, 100));
	ASSERT_EQ(0, fim_nl_dump(&self->nl, FIM_CMD_POLICY_GET, count_cb, count));
	EXPECT_EQ(100, count[0]);
	EXPECT_EQ(0, count[1]);
}

/*
 * The policy's account adds up like that of all.
 */
static void balance_cb(struct nlattr **attrs, void *arg)
{
	struct nlattr *tb[FIM_POLICY_A_MAX + 1];
	unsigned long long *balance = arg;

	if (!attrs[FIM_A_POLICY])
		return;
	nla_parse_nested(tb, FIM_POLICY_A_MAX, attrs[FIM_A_POLICY], NULL);
	balance[0] = nla_get_u64(tb[FIM_POLICY_A_REFUSED]) +
		     nla_get_u64(tb[FIM_POLICY_A_AUDITED]);
	balance[1] = nla_get_u64(tb[FIM_POLICY_A_RECORDED]) +
		     nla_get_u64(tb[FIM_POLICY_A_LOST]);
	balance[2] = nla_get_u64(tb[FIM_POLICY_A_COALESCED]);
}

/*
 * One call that writes in many pieces is one record, which counts them.
 */
TEST_F(account, one_call)
{
	unsigned long long balance[3] = { -1ULL, -1ULL, -1ULL };
	const char *f = fim_fmt("%sf", self->dir);
	const char *source = fim_fmt("%s/big", self->tree.open);
	struct fim_events events;
	struct fim_event *ev;
	struct fim_status st;
	size_t size = 1 << 20;
	int in, out;

	NEEDS_MODULE();
	in = open(source, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ASSERT_LE(0, in);
	ASSERT_EQ(0, ftruncate(in, size));
	out = open(f, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, out);
	ASSERT_EQ(0, protect(self, "Audit"));
	EXPECT_EQ(size, sendfile(out, in, NULL, size));
	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	EXPECT_LT(self->before.audited, st.audited);
	ASSERT_EQ(0, fim_events_since(&self->nl, self->before.last_seq,
				      &events));
	ASSERT_EQ(1, events.count);
	ev = &events.event[0];
	EXPECT_EQ(FIM_EVENT_VIOLATION, ev->type);
	EXPECT_EQ(st.audited - self->before.audited,
		  fim_u64(ev, FIM_EVENT_A_COUNT));
	/* Newer kernels ask once for all pieces. */
	EXPECT_EQ(st.audited > self->before.audited + 1,
		  fim_has(ev, FIM_EVENT_A_LAST_TIME));
	if (fim_has(ev, FIM_EVENT_A_LAST_TIME))
		EXPECT_LE(fim_u64(ev, FIM_EVENT_A_TIME),
			  fim_u64(ev, FIM_EVENT_A_LAST_TIME));
	ASSERT_EQ(16, fim_len(ev, FIM_EVENT_A_BOOT_ID));
	EXPECT_EQ(0, memcmp(nla_data(ev->a[FIM_EVENT_A_BOOT_ID]), st.boot_id,
			    16));
	ASSERT_EQ(0, fim_nl_dump(&self->nl, FIM_CMD_POLICY_GET, balance_cb,
				 balance));
	EXPECT_EQ(st.audited - self->before.audited, balance[0]);
	EXPECT_EQ(balance[0], balance[1]);
	EXPECT_EQ(balance[0] - 1, balance[2]);
	/* The next calls are more of the same, and told later. */
	EXPECT_EQ(1, pwrite(out, "x", 1, 0));
	EXPECT_EQ(1, pwrite(out, "x", 1, 0));
	fim_events_free(&events);
	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	ASSERT_EQ(0, fim_events_since(&self->nl, self->before.last_seq,
				      &events));
	ASSERT_EQ(2, events.count);
	EXPECT_EQ(2, fim_u64(&events.event[1], FIM_EVENT_A_COUNT));
	fim_events_free(&events);
	close(in);
	close(out);
}

static int ask_as_user(const void *arg)
{
	struct fim_nl nl;
	int err = fim_nl_open(&nl);

	return err ?: fim_nl_do(&nl, *(const int *)arg);
}

/*
 * Who tries a command that he may not give leaves a record.
 */
TEST_F(account, denied)
{
	const int begin = FIM_CMD_TXN_BEGIN;
	struct fim_events events;
	struct fim_event *ev;
	struct fim_status st;

	NEEDS_MODULE();
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(EPERM, fim_run(FIM_NOBODY, ask_as_user, &begin, NULL));
	ASSERT_EQ(0, fim_events_since(&self->nl, st.last_seq, &events));
	ASSERT_EQ(1, events.count);
	ev = &events.event[0];
	EXPECT_EQ(FIM_EVENT_DENIED, ev->type);
	ASSERT_EQ(1, fim_len(ev, FIM_EVENT_A_CMD));
	EXPECT_EQ(FIM_CMD_TXN_BEGIN, nla_get_u8(ev->a[FIM_EVENT_A_CMD]));
	EXPECT_EQ(EPERM, fim_u32(ev, FIM_EVENT_A_ERRNO));
	EXPECT_NE(0, fim_u32(ev, FIM_EVENT_A_UID));
	EXPECT_EQ(fim_u32(ev, FIM_EVENT_A_EUID),
		  fim_u32(ev, FIM_EVENT_A_FSUID));
	EXPECT_EQ(1, fim_u64(ev, FIM_EVENT_A_COUNT));
	EXPECT_TRUE(fim_has(ev, FIM_EVENT_A_EXE_INO));
	fim_events_free(&events);
	/* Who may leaves none. */
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
	EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_ABORT));
	ASSERT_EQ(0, fim_events_since(&self->nl, st.last_seq, &events));
	EXPECT_EQ(0, events.count);
	fim_events_free(&events);
}

/*
 * A task that is killed between its violation and its return to user space
 * leaves a record like any other.
 */
TEST_F_TIMEOUT(account, killed, 300)
{
	struct fim_status st;
	pid_t pid[TASKS];
	int round;
	int i;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self, "Block"));
	for (round = 0; round < 20; round++) {
		fflush(NULL);
		for (i = 0; i < TASKS; i++) {
			pid[i] = fork();
			if (!pid[i])
				_exit(violate_often(self->dir, 1000000));
		}
		usleep(10000);
		for (i = 0; i < TASKS; i++)
			kill(pid[i], SIGKILL);
		reap(TASKS);
	}
	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	EXPECT_LT(self->before.refused, st.refused);
	EXPECT_EQ(st.refused + st.audited, st.recorded + st.lost);
	EXPECT_EQ(self->before.lost, st.lost);
}

/*
 * A listener hears of a record when it is complete.
 */
TEST_F(account, listener)
{
	struct fim_events events = {};
	struct timeval timeout = { .tv_sec = 5 };
	struct fim_nl listener;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self, "Block"));
	ASSERT_EQ(0, fim_nl_open(&listener));
	ASSERT_EQ(0, fim_nl_join(&listener));
	setsockopt(listener.fd, SOL_SOCKET, SO_RCVTIMEO, &timeout,
		   sizeof(timeout));
	EXPECT_EQ(EACCES, violate(self->dir, 0));
	EXPECT_EQ(-1, fim_nl_receive(&listener, fim_events_add, &events));
	ASSERT_EQ(1, events.count);
	EXPECT_EQ(self->before.last_seq + 1, events.event[0].seq);
	EXPECT_EQ(FIM_EVENT_VIOLATION, events.event[0].type);
	EXPECT_STREQ(fim_fmt("%sf", self->dir),
		     fim_bytes(&events.event[0], FIM_EVENT_A_PATH));
	fim_events_free(&events);
	fim_nl_close(&listener);
}

/* A user that no other test is, who may make as many records as he likes. */
#define FLOODER 12347
#define FLOOD 600

static int make_many(const void *dir)
{
	int made = 0;
	int i;

	for (i = 0; i < FLOOD; i++)
		made += sys(mkdir(fim_fmt("%s%d", (const char *)dir, i),
				  0755)) != EACCES;
	return made > 255 ? 255 : made;
}

/*
 * A listener that sleeps through a flood does not hold it up, is told that it
 * missed something, and reads it from the ring.
 */
TEST_F_TIMEOUT(account, listener_overrun, 300)
{
	struct fim_events events = {};
	struct fim_nl listener;
	struct fim_status st;
	bool overrun = false;
	struct ring ring;
	int err;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self, "Block"));
	ASSERT_EQ(0, fim_nl_open(&listener));
	ASSERT_EQ(0, fim_nl_join(&listener));
	EXPECT_EQ(0, fim_run(FLOODER, make_many, self->dir, NULL));
	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	EXPECT_EQ(self->before.refused + FLOOD, st.refused);
	EXPECT_LE(self->before.last_seq + FLOOD, st.last_seq);
	fcntl(listener.fd, F_SETFL, O_NONBLOCK);
	do {
		err = fim_nl_receive(&listener, fim_events_add, &events);
		overrun |= err == ENOBUFS;
	} while (err != EAGAIN);
	EXPECT_TRUE(overrun);
	EXPECT_LT(events.count, FLOOD);
	ring = ring_since(&self->nl, st.first_seq - 1);
	EXPECT_EQ(st.last_seq - st.first_seq + 1, ring.records);
	EXPECT_TRUE(ring.dense);
	fim_events_free(&events);
	fim_nl_close(&listener);
}

/*
 * The ruleset is replaced again and again: no writer finds a moment in which
 * neither the old nor the new one holds.
 */
TEST_F_TIMEOUT(account, policy_swapped_under_load, 300)
{
	struct fim_status st;
	int i;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self, "Block"));
	start(self->dir, TASKS, PER_TASK);
	for (i = 0; i < 50; i++) {
		ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
		ASSERT_EQ(0, fim_policy_add(&self->nl, "t", FIM_ACTION_BLOCK));
		ASSERT_EQ(0, fim_rule_add(&self->nl, "t", self->dir));
		ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT));
	}
	EXPECT_EQ(0, reap(TASKS));
	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	EXPECT_EQ(self->before.generation + 50, st.generation);
	EXPECT_EQ(self->before.refused + TASKS * PER_TASK, st.refused);
	EXPECT_EQ(st.refused + st.audited, st.recorded + st.lost);
}

/* The same by fimctl, as an administrator does it. */
TEST_F_TIMEOUT(account, fimctl_apply_under_load, 300)
{
	struct fim_status st;
	int i;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self, "Block"));
	start(self->dir, TASKS / 2, PER_TASK);
	for (i = 0; i < 10; i++) {
		EXPECT_EQ(0, fim_apply_dirs("t", "Block", self->dir, NULL));
	}
	EXPECT_EQ(0, reap(TASKS / 2));
	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	EXPECT_EQ(self->before.refused + TASKS / 2 * PER_TASK, st.refused);
}

/*
 * A symbolic link that leads here and there, by turns, as an attacker would
 * have it: whatever a task gets to open for writing is not protected.
 */

struct race {
	const char *here;
	const char *there;
	volatile bool stop;
};

static void *swap_links(void *arg)
{
	struct race *race = arg;

	while (!race->stop)
		syscall(SYS_renameat2, AT_FDCWD, race->here, AT_FDCWD,
			race->there, RENAME_EXCHANGE);
	return NULL;
}

TEST_F(account, symlink_race)
{
	struct race race = {
		.here = fim_fmt("%s/here", self->tree.open),
		.there = fim_fmt("%s/there", self->tree.open),
	};
	struct stat protected;
	time_t end = time(NULL) + 3;
	pthread_t thread;
	struct stat st;
	int refused = 0;
	int opened = 0;
	int fd;

	NEEDS_MODULE();
	ASSERT_EQ(0, stat(fim_fmt("%sf", self->dir), &protected));
	ASSERT_EQ(0, symlink("f", race.here));
	ASSERT_EQ(0, symlink(fim_fmt("%sf", self->dir), race.there));
	ASSERT_EQ(0, protect(self, "Block"));
	ASSERT_EQ(0, pthread_create(&thread, NULL, swap_links, &race));
	while (time(NULL) < end) {
		fd = open(race.here, O_WRONLY | O_CLOEXEC);
		if (fd < 0) {
			refused++;
			continue;
		}
		opened++;
		if (fstat(fd, &st) || st.st_ino == protected.st_ino) {
			EXPECT_NE(protected.st_ino, st.st_ino);
			break;
		}
		close(fd);
	}
	race.stop = true;
	pthread_join(thread, NULL);
	/* The race was one. */
	EXPECT_LT(0, opened);
	EXPECT_LT(0, refused);
}

TEST_HARNESS_MAIN
