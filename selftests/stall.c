// SPDX-License-Identifier: GPL-2.0
/*
 * stall.c - a caller whose memory takes for ever to read stalls only himself
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/userfaultfd.h>

#include "harness.h"

#define PAGE 4096

FIXTURE(stall) {
	struct fim_nl nl;
	struct fim_tree tree;
	struct fim_status before;
	struct fim_events events;
	const char *f;
	const char *g;
	int fault;
	pid_t pid;
};

/*
 *   root, a tmpfs
 *   ├── a/prot/{f,g}  <- rule
 *   └── open/
 */
FIXTURE_SETUP(stall)
{
	self->nl.fd = -1;
	if (FIM_BARE())
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(&self->tree, FIM_TMPFS));
	self->f = fim_fmt("%s/f", self->tree.prot);
	self->g = fim_fmt("%s/g", self->tree.prot);
	ASSERT_EQ(0, fim_write_file(self->f, "base"));
	ASSERT_EQ(0, fim_write_file(self->g, "base"));
	ASSERT_EQ(0, fim_apply_dirs("t", "Block",
				    fim_fmt("%s/", self->tree.prot), NULL));
	ASSERT_EQ(0, fim_settle(&self->nl, &self->before));
}

FIXTURE_TEARDOWN(stall)
{
	if (self->nl.fd < 0)
		return;
	if (self->pid > 0) {
		kill(self->pid, SIGKILL);
		waitpid(self->pid, NULL, 0);
	}
	fim_events_free(&self->events);
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

#define NEEDS_MODULE() NEEDS(FIM_BARE() ? "needs the module" : NULL)

/* Have our arguments lie at a page. */
static int move_arguments(unsigned long page)
{
	/* Mappings lie below the stack, and the end must not be before the start. */
	if (prctl(PR_SET_MM, PR_SET_MM_ARG_START, page, 0, 0) ||
	    prctl(PR_SET_MM, PR_SET_MM_ARG_END, page + PAGE, 0, 0))
		return errno;
	return 0;
}

/* Return: a page which nobody can read before it is filled, or MAP_FAILED. */
static void *make_page(int *fault)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range.len = PAGE,
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*fault = syscall(SYS_userfaultfd, O_CLOEXEC);
	reg.range.start = (unsigned long)page;
	if (*fault < 0 || page == MAP_FAILED || ioctl(*fault, UFFDIO_API, &api) ||
	    ioctl(*fault, UFFDIO_REGISTER, &reg))
		return MAP_FAILED;
	return page;
}

/* The child violates, while its arguments lie where nobody can read them. */
static int stalled_child(const char *f, int report)
{
	int fault, err;
	void *page = make_page(&fault);

	err = page == MAP_FAILED ? errno : move_arguments((unsigned long)page);
	if (write(report, &err, sizeof(err)) != sizeof(err) || err)
		return 1;
	chmod(f, 0600);
	pause();
	return 0;
}

static int start(FIXTURE_DATA(stall) *self)
{
	int report[2];
	int err = 0;

	if (pipe2(report, O_CLOEXEC))
		return errno;
	fflush(NULL);
	self->pid = fork();
	if (!self->pid)
		_exit(stalled_child(self->f, report[1]));
	if (read(report[0], &err, sizeof(err)) != sizeof(err))
		err = EIO;
	close(report[0]);
	close(report[1]);
	return err;
}

static int wait_until_refused(FIXTURE_DATA(stall) *self)
{
	struct fim_status st;
	int err;
	int i;

	for (i = 0; i < 500; i++) {
		err = fim_status(&self->nl, &st);
		if (err || st.refused > self->before.refused)
			return err;
		usleep(10000);
	}
	return ETIMEDOUT;
}

static const struct fim_event *record_of(const struct fim_events *events,
					 pid_t pid)
{
	size_t i;

	for (i = 0; i < events->count; i++)
		if (events->event[i].type == FIM_EVENT_VIOLATION &&
		    fim_u32(&events->event[i], FIM_EVENT_A_TGID) == pid)
			return &events->event[i];
	return NULL;
}

/*
 * Whether the kernel waits for such memory or gives up reading it: nobody else
 * has to wait, and there is a record.
 */
TEST_F_TIMEOUT(stall, arguments_that_nobody_can_read, 60)
{
	unsigned long long since = self->before.last_seq;
	const struct fim_event *ev;
	struct fim_status st;
	int err;

	NEEDS_MODULE();
	err = start(self);
	if (err == ENOSYS)
		SKIP(return, "no userfaultfd here");
	ASSERT_EQ(0, err);
	ASSERT_EQ(0, wait_until_refused(self));

	/* Others have their records at once. */
	EXPECT_EQ(EACCES, sys(chmod(self->g, 0600)));
	ASSERT_EQ(0, fim_events_since(&self->nl, since, &self->events));
	EXPECT_NE(NULL, record_of(&self->events, getpid()));
	/* Policies can be changed, and hooks be tested. */
	EXPECT_EQ(0, fim_apply_dirs("t2", "Block",
				    fim_fmt("%s/", self->tree.prot), NULL));
	EXPECT_EQ(0, fim_delete("t2"));
	EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_SELFTEST));

	kill(self->pid, SIGKILL);
	EXPECT_EQ(self->pid, waitpid(self->pid, NULL, 0));
	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	EXPECT_TRUE(adds_up(&st));
	EXPECT_EQ(self->before.lost, st.lost);
	fim_events_free(&self->events);
	ASSERT_EQ(0, fim_events_since(&self->nl, since, &self->events));
	ev = record_of(&self->events, self->pid);
	ASSERT_NE(NULL, ev);
	EXPECT_FALSE(fim_has(ev, FIM_EVENT_A_CMDLINE));
	self->pid = 0;
}

static int violate_with_arguments_in_file(const void *arg)
{
	const FIXTURE_DATA(stall) *self = arg;
	int fd = open(fim_fmt("%s/args", self->tree.open),
		      O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *page;

	if (fd < 0 || write(fd, "served\0by\0a file", 17) != 17 ||
	    ftruncate(fd, PAGE))
		return errno;
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (page == MAP_FAILED)
		return errno;
	return move_arguments((unsigned long)page) ?: sys(chmod(self->f, 0600));
}

/*
 * A file may be anybody's to serve: FUSE. What lies in one is not read.
 */
TEST_F(stall, arguments_in_a_file)
{
	const struct fim_event *ev;

	NEEDS_MODULE();
	EXPECT_EQ(EACCES, fim_run(0, violate_with_arguments_in_file, self,
				  NULL));
	ASSERT_EQ(0, fim_events_since(&self->nl, self->before.last_seq,
				      &self->events));
	ev = fim_violation(&self->events);
	ASSERT_NE(NULL, ev);
	EXPECT_FALSE(fim_has(ev, FIM_EVENT_A_CMDLINE));
	EXPECT_TRUE(fim_has(ev, FIM_EVENT_A_EXE));
}

TEST_HARNESS_MAIN
