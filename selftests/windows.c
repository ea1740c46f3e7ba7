// SPDX-License-Identifier: GPL-2.0
/*
 * windows.c - maintenance windows, and commits on trial
 *
 * A test's name begins with its number in the attack catalogue, if it has one:
 * attacks/table.awk reads it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/fs.h>

#include "harness.h"
#include "request.h"

#define REASON "apt-get upgrade"

FIXTURE(windows) {
	struct fim_nl nl;
	struct fim_nl other;
	struct fim_tree tree;
	const char *missing;
	const char *dir;
	const char *file;
	int old;
};

FIXTURE_VARIANT(windows) {
	enum fim_fs fs;
};

FIXTURE_VARIANT_ADD(windows, ext4_block) { .fs = FIM_EXT4 };
FIXTURE_VARIANT_ADD(windows, tmpfs_block) { .fs = FIM_TMPFS };
FIXTURE_VARIANT_ADD(windows, overlay_block) { .fs = FIM_OVERLAY };

/*
 *   root
 *   ├── a/prot/  f  open for writing since before the rule
 *   └── open/
 */
FIXTURE_SETUP(windows)
{
	struct fim_tree *tree = &self->tree;

	self->nl.fd = -1;
	self->old = -1;
	self->missing = FIM_BARE() ? "needs the module" :
			fim_tree_missing(variant->fs);
	if (self->missing)
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_nl_open(&self->other));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(tree, variant->fs));
	ASSERT_EQ(0, fim_write_file(fim_fmt("%s/a/prot/f", tree->build), "base"));
	ASSERT_EQ(0, fim_tree_mount(tree));
	self->dir = fim_fmt("%s/", tree->prot);
	self->file = fim_fmt("%s/f", tree->prot);
	self->old = open(self->file, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, self->old);
	ASSERT_EQ(0, fim_apply_dirs("t", "Block", self->dir, NULL));
}

FIXTURE_TEARDOWN(windows)
{
	if (self->nl.fd < 0)
		return;
	fim_nl_do(&self->nl, FIM_CMD_CONFIRM);
	fim_nl_do(&self->nl, FIM_CMD_TXN_ABORT);
	fim_nl_do(&self->nl, FIM_CMD_RESUME);
	if (self->old >= 0)
		close(self->old);
	fim_nl_close(&self->other);
	EXPECT_EQ(0, fim_initial_mounts());
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

static const char *in(const FIXTURE_DATA(windows) *self, const char *name)
{
	return fim_fmt("%s/%s", self->tree.prot, name);
}

static unsigned int state_of(struct fim_nl *nl)
{
	struct fim_status st;

	return fim_status(nl, &st) ? 99 : st.state;
}

/* What a window lets through, as it is recorded, and what is refused else. */
#define EXPECT_IN_WINDOW(open, what, call) do { \
	unsigned long long _since = last_seq(&self->nl); \
	int _err = (open) ? 0 : EACCES; \
	struct fim_outcome _want = { \
		_err, fim_fmt("Block %s errno %d by %d under t\n", what, _err, getpid()), \
	}; \
	struct fim_outcome _got = { call, "" }; \
	_got.records = fim_records(&self->nl, _since); \
	EXPECT_EQ(_want.err, _got.err) \
		TH_LOG("%s", #call); \
	EXPECT_STREQ(_want.records, _got.records) \
		TH_LOG("%s", #call); \
	fim_tell(NULL, what, 0, &_want, &_got); \
} while (0)

static int put_flags(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int flags = FS_NODUMP_FL, err;

	if (fd < 0)
		return errno;
	err = sys(ioctl(fd, FS_IOC_SETFLAGS, &flags));
	close(fd);
	return err;
}

/* One of each kind of hook, all by the same decision. */
static void try_all(struct __test_metadata *_metadata,
		    FIXTURE_DATA(windows) *self, bool open_now)
{
	const char *new = in(self, "new"), *old = in(self, "old");

	EXPECT_IN_WINDOW(open_now, fim_fmt("mkdir %s", new), sys(mkdir(new, 0755)));
	if (!open_now)
		old = new;
	else
		EXPECT_IN_WINDOW(true, fim_fmt("rename %s -> %s", new, old),
				 sys(rename(new, old)));
	EXPECT_IN_WINDOW(open_now, fim_fmt("mount %s", self->tree.prot),
			 sys(mount("none", self->tree.prot, "tmpfs", 0, NULL)));
	if (open_now) {
		EXPECT_EQ(0, sys(umount(self->tree.prot)));
		/* A worker sees that the path leads there again. */
		usleep(500000);
		EXPECT_IN_WINDOW(true, fim_fmt("rmdir %s", old), sys(rmdir(old)));
	}
	EXPECT_IN_WINDOW(open_now, fim_fmt("open %s", self->file),
			 fim_opened(open(self->file, O_WRONLY | O_CLOEXEC)));
	EXPECT_IN_WINDOW(open_now, fim_fmt("setattr %s", self->file),
			 sys(chmod(self->file, 0640)));
	EXPECT_IN_WINDOW(open_now, fim_fmt("write %s", self->file),
			 sys(write(self->old, "x", 1)));
	if (self->tree.fs == FIM_EXT4)
		EXPECT_IN_WINDOW(open_now, fim_fmt("fileattr %s", self->file),
				 put_flags(self->file));
}

static const struct fim_event *find(const struct fim_events *events,
				    unsigned int type)
{
	size_t i;

	for (i = 0; i < events->count; i++)
		if (events->event[i].type == type)
			return &events->event[i];
	return NULL;
}

TEST_F(windows, I16_window_open)
{
	const struct fim_event *opened, *closed;
	struct fim_events events;
	unsigned long long since;

	NEEDS(self->missing);
	try_all(_metadata, self, false);
	since = last_seq(&self->nl);
	ASSERT_EQ(0, fim_pause(&self->nl, 600, REASON));
	EXPECT_EQ(FIM_STATE_PAUSED, state_of(&self->nl));
	try_all(_metadata, self, true);
	/* The hooks are as good as before, and are asked. */
	EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_SELFTEST));
	EXPECT_EQ(FIM_STATE_PAUSED, state_of(&self->nl));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_RESUME));
	EXPECT_EQ(FIM_STATE_ARMED, state_of(&self->nl));
	try_all(_metadata, self, false);

	ASSERT_EQ(0, fim_events_since(&self->nl, since, &events));
	opened = find(&events, FIM_EVENT_PAUSED);
	closed = find(&events, FIM_EVENT_RESUMED);
	ASSERT_NE(NULL, opened);
	ASSERT_NE(NULL, closed);
	EXPECT_STREQ(REASON, fim_bytes(opened, FIM_EVENT_A_REASON));
	EXPECT_STREQ(REASON, fim_bytes(closed, FIM_EVENT_A_REASON));
	EXPECT_EQ(getpid(), fim_u32(opened, FIM_EVENT_A_TGID));
	EXPECT_EQ(getpid(), fim_u32(closed, FIM_EVENT_A_TGID));
	EXPECT_TRUE(fim_has(closed, FIM_EVENT_A_OPENER));
	EXPECT_EQ(fim_u64(opened, FIM_EVENT_A_SINCE),
		  fim_u64(closed, FIM_EVENT_A_SINCE));
	EXPECT_EQ(fim_u64(opened, FIM_EVENT_A_SINCE) + 600 * FIM_NS,
		  fim_u64(closed, FIM_EVENT_A_UNTIL));
	/* All that try_all() did */
	EXPECT_LE(self->tree.fs == FIM_EXT4 ? 8 : 7,
		  fim_u64(closed, FIM_EVENT_A_PASSED));
	EXPECT_EQ(FIM_STATE_ARMED, fim_u8(closed, FIM_EVENT_A_STATE));
	fim_events_free(&events);
}

/* As dpkg installs a file: beside it, and over it. */
TEST_F(windows, I10_package_in_a_window)
{
	const char *new = in(self, "f.dpkg-new");

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_pause(&self->nl, 600, REASON));
	EXPECT_IN_WINDOW(true, fim_fmt("create %s", new),
			 fim_write_file(new, "evil"));
	EXPECT_IN_WINDOW(true, fim_fmt("setattr %s", new), sys(chmod(new, 04755)));
	EXPECT_IN_WINDOW(true, fim_fmt("rename %s -> %s", new, self->file),
			 sys(rename(new, self->file)));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_RESUME));
	EXPECT_IN_WINDOW(false, fim_fmt("rename %s -> %s", self->file, new),
			 sys(rename(self->file, new)));
}

TEST_F(windows, what_a_window_takes)
{
	NEEDS(self->missing);
	EXPECT_EQ(ENOENT, fim_nl_do(&self->nl, FIM_CMD_RESUME));
	EXPECT_STREQ("no maintenance window is open", self->nl.extack);
	EXPECT_EQ(EINVAL, fim_pause(&self->nl, 0, REASON));
	EXPECT_EQ(EINVAL, fim_pause(&self->nl, 5, NULL));
	EXPECT_EQ(EINVAL, fim_pause(&self->nl, 5, ""));
	EXPECT_EQ(ERANGE, fim_pause(&self->nl, FIM_PAUSE_MAX + 1, REASON));
	EXPECT_STREQ("a window is open for 1 second to 24 hours", self->nl.extack);
	EXPECT_EQ(FIM_STATE_ARMED, state_of(&self->nl));
	EXPECT_EQ(0, fim_pause(&self->nl, FIM_PAUSE_MAX, REASON));
	/* Another takes its place, a shorter one too. */
	EXPECT_EQ(0, fim_pause(&self->nl, 1, REASON));
	sleep(2);
	EXPECT_EQ(FIM_STATE_ARMED, state_of(&self->nl));
	EXPECT_EQ(EACCES, sys(mkdir(in(self, "new"), 0755)));
}

/* What can be opened in a window is no way to go on when it is over. */
TEST_F(windows, opened_in_a_window)
{
	int fd;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_pause(&self->nl, 600, REASON));
	ASSERT_EQ(0, fim_write_file(in(self, "new"), ""));
	fd = open(in(self, "new"), O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(1, write(fd, "x", 1));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_RESUME));
	EXPECT_EQ(EACCES, sys(write(fd, "x", 1)));
	close(fd);
}

/* Opens a window and is killed. */
static pid_t open_and_die(void)
{
	struct fim_nl nl;
	pid_t pid = fork();

	if (!pid) {
		if (!fim_nl_open(&nl) && !fim_pause(&nl, 5, REASON))
			kill(getpid(), SIGKILL);
		_exit(1);
	}
	return pid;
}

/* Sets the clock forward and back, for as long as it lives. */
static pid_t turn_clock(void)
{
	struct timespec ts;
	pid_t pid = fork();
	int hours = 1;

	if (pid)
		return pid;
	for (;;) {
		clock_gettime(CLOCK_REALTIME, &ts);
		ts.tv_sec += hours * 3600;
		clock_settime(CLOCK_REALTIME, &ts);
		hours = -hours;
		usleep(50000);
	}
}

TEST_F(windows, I17_window_expiry)
{
	long long before, after, at, last = 0, first = 0;
	const struct fim_event *closed;
	struct fim_outcome want = { EACCES, "", "" }, got = { 0, "", "" };
	struct fim_events events;
	unsigned long long since;
	long long real;
	int fd, i, status, passed = 0;
	pid_t clock, opener;

	NEEDS(self->missing);
	real = fim_now(CLOCK_REALTIME) - fim_now(CLOCK_BOOTTIME);
	since = last_seq(&self->nl);
	before = fim_now(CLOCK_BOOTTIME);
	opener = open_and_die();
	ASSERT_EQ(opener, waitpid(opener, &status, 0));
	after = fim_now(CLOCK_BOOTTIME);
	ASSERT_TRUE(WIFSIGNALED(status));
	clock = turn_clock();
	fd = open(self->file, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	do {
		at = fim_now(CLOCK_BOOTTIME);
		if (fim_opened(open(self->file, O_WRONLY | O_CLOEXEC)) == 0) {
			last = at;
			passed++;
		} else if (!first) {
			first = fim_now(CLOCK_BOOTTIME);
		}
	} while (at < after + 6 * FIM_NS);
	kill(clock, SIGKILL);
	waitpid(clock, NULL, 0);
	TH_LOG("%d opens; the last began %lld ms, the first refusal was %lld ms after the window",
	       passed, (last - after) / 1000000, (first - after) / 1000000);
	EXPECT_LT(0, passed);
	EXPECT_LE(last, after + 5 * FIM_NS);
	EXPECT_LE(before + 5 * FIM_NS, first);
	/* Nothing passed after a refusal. */
	EXPECT_LE(last, first);
	/* The descriptor from within it is found by now. */
	for (i = 0; i < 100 && !sys(write(fd, "x", 1)); i++)
		usleep(20000);
	got.err = sys(write(fd, "x", 1));
	EXPECT_EQ(EACCES, got.err);
	close(fd);
	fim_tell(NULL, "write when the window is over", 0, &want, &got);
	EXPECT_EQ(FIM_STATE_ARMED, state_of(&self->nl));
	ASSERT_EQ(0, fim_events_since(&self->nl, since, &events));
	closed = find(&events, FIM_EVENT_RESUMED);
	ASSERT_NE(NULL, closed);
	EXPECT_TRUE(fim_flags(closed) & FIM_EVENT_KTHREAD);
	EXPECT_LE((unsigned long long)passed, fim_u64(closed, FIM_EVENT_A_PASSED));
	EXPECT_EQ((unsigned int)opener,
		  fim_u32(find(&events, FIM_EVENT_PAUSED), FIM_EVENT_A_TGID));
	fim_events_free(&events);
	/* As it was, for the tests that follow. */
	real += fim_now(CLOCK_BOOTTIME);
	clock_settime(CLOCK_REALTIME, &(struct timespec){
		.tv_sec = real / FIM_NS, .tv_nsec = real % FIM_NS });
}

/*
 * Trials
 */

static int stage(struct fim_nl *nl, const char *name, const char *dir)
{
	return fim_nl_do(nl, FIM_CMD_TXN_BEGIN) ?:
	       fim_policy_add(nl, name, FIM_ACTION_BLOCK) ?:
	       fim_rule_add(nl, name, dir);
}

/* Whether something can be made in a directory: 0 or EACCES. */
static int try(const char *dir)
{
	const char *new = fim_fmt("%s/new", dir);
	int err = sys(mkdir(new, 0755));

	if (!err)
		rmdir(new);
	return err;
}

/* Replaces "t" by a rule for open/, and adds "u" for the tmpfs elsewhere. */
static int begin_trial(FIXTURE_DATA(windows) *self, unsigned int seconds)
{
	return stage(&self->nl, "t", fim_fmt("%s/", self->tree.open)) ?:
	       fim_policy_add(&self->nl, "u", FIM_ACTION_BLOCK) ?:
	       fim_rule_add(&self->nl, "u", fim_fmt("%s/", self->tree.other)) ?:
	       fim_commit_on_trial(&self->nl, seconds);
}

TEST_F(windows, trial_is_rolled_back)
{
	struct fim_status before, st;
	struct fim_events events;
	unsigned long long since;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_status(&self->nl, &before));
	since = last_seq(&self->nl);
	ASSERT_EQ(0, begin_trial(self, 2));
	EXPECT_EQ(0, try(self->tree.prot));
	EXPECT_EQ(EACCES, try(self->tree.open));
	EXPECT_EQ(EACCES, try(self->tree.other));
	/* Others wait; who began it goes on, and that goes with it. */
	EXPECT_EQ(EBUSY, fim_nl_do(&self->other, FIM_CMD_TXN_BEGIN));
	EXPECT_STREQ("a trial is pending: confirm it, or wait until it is rolled back",
		     self->other.extack);
	EXPECT_EQ(EBUSY, fim_nl_do(&self->other, FIM_CMD_SEAL));
	ASSERT_EQ(0, stage(&self->nl, "v", self->dir));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT));
	EXPECT_EQ(EACCES, try(self->tree.prot));
	/* What is staged when the time is over does not come into force later. */
	ASSERT_EQ(0, stage(&self->nl, "w", fim_fmt("%s/", self->tree.other)));
	sleep(3);
	EXPECT_EQ(ENOTCONN, fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT));
	EXPECT_EQ(EACCES, try(self->tree.prot));
	EXPECT_EQ(0, try(self->tree.open));
	EXPECT_EQ(0, try(self->tree.other));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(before.policies, st.policies);
	EXPECT_EQ(before.rules, st.rules);
	EXPECT_EQ(before.marks, st.marks);
	EXPECT_EQ(before.generation + 3, st.generation);
	ASSERT_EQ(0, fim_events_since(&self->nl, since, &events));
	EXPECT_NE(NULL, find(&events, FIM_EVENT_TRIED));
	EXPECT_NE(NULL, find(&events, FIM_EVENT_ROLLED_BACK));
	EXPECT_NE(NULL, find(&events, FIM_EVENT_DELETED));
	fim_events_free(&events);
	EXPECT_EQ(ENOENT, fim_nl_do(&self->nl, FIM_CMD_CONFIRM));
	EXPECT_EQ(0, fim_nl_do(&self->other, FIM_CMD_TXN_BEGIN));
	EXPECT_EQ(0, fim_nl_do(&self->other, FIM_CMD_TXN_ABORT));
}

TEST_F(windows, trial_is_confirmed)
{
	NEEDS(self->missing);
	EXPECT_EQ(ERANGE, fim_commit_on_trial(&self->nl, FIM_TRIAL_MAX + 1));
	ASSERT_EQ(0, begin_trial(self, 2));
	ASSERT_EQ(0, fim_nl_do(&self->other, FIM_CMD_CONFIRM));
	sleep(3);
	EXPECT_EQ(0, try(self->tree.prot));
	EXPECT_EQ(EACCES, try(self->tree.open));
	EXPECT_EQ(EACCES, try(self->tree.other));
}

/* Nobody is left to roll it back but the kernel, nor any policy in force. */
TEST_F(windows, trial_whose_author_is_gone)
{
	int err;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_nl_do(&self->other, FIM_CMD_TXN_BEGIN));
	ASSERT_EQ(0, fim_policy_del(&self->other, "t"));
	ASSERT_EQ(0, fim_commit_on_trial(&self->other, 2));
	fim_nl_close(&self->other);
	EXPECT_EQ(0, try(self->tree.prot));
	err = sys(syscall(SYS_delete_module, "fim", O_NONBLOCK));
	EXPECT_EQ(EWOULDBLOCK, err);
	sleep(3);
	EXPECT_EQ(EACCES, try(self->tree.prot));
}

TEST_HARNESS_MAIN
