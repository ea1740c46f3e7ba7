// SPDX-License-Identifier: GPL-2.0
/*
 * coalesce.c - violations that are the same are one record, which counts them;
 * a flood from one source does not hide another's violations; all adds up
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/elf.h>

#include "harness.h"
#include "request.h"

/* Users that no other test is, whose budgets nobody else uses up. */
#define FLOODER 12345
#define OTHER 12346
/* What the flood changes at last */
#define FILES 32

FIXTURE(coalesce) {
	struct fim_nl nl;
	struct fim_tree tree;
	struct fim_status before;
	struct fim_events events;
	const char *dir;
	const char *f;
};

/*
 *   root, a tmpfs
 *   ├── a/prot/{f,g}  <- rule
 *   └── open/
 */
FIXTURE_SETUP(coalesce)
{
	self->nl.fd = -1;
	if (FIM_BARE())
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(&self->tree, FIM_TMPFS));
	self->dir = fim_fmt("%s/", self->tree.prot);
	self->f = fim_fmt("%sf", self->dir);
	ASSERT_EQ(0, fim_write_file(self->f, "base"));
	ASSERT_EQ(0, fim_write_file(fim_fmt("%sg", self->dir), "base"));
	ASSERT_EQ(0, chmod(self->f, 0666));
	ASSERT_EQ(0, chmod(self->dir, 0777));
}

FIXTURE_TEARDOWN(coalesce)
{
	if (self->nl.fd < 0)
		return;
	fim_events_free(&self->events);
	fim_nl_do(&self->nl, FIM_CMD_TXN_ABORT);
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

#define NEEDS_MODULE() NEEDS(FIM_BARE() ? "needs the module" : NULL)

static int protect(FIXTURE_DATA(coalesce) *self, const char *action)
{
	return fim_apply_dirs("t", action, self->dir, NULL) ?:
	       fim_settle(&self->nl, &self->before);
}

/* What was recorded since protect(), once all of it is. */
static int look(FIXTURE_DATA(coalesce) *self, struct fim_status *st)
{
	fim_events_free(&self->events);
	return fim_settle(&self->nl, st) ?:
	       fim_events_since(&self->nl, self->before.last_seq,
				&self->events);
}

static unsigned long long count_of(const struct fim_event *ev)
{
	return fim_has(ev, FIM_EVENT_A_COUNT) ? fim_u64(ev, FIM_EVENT_A_COUNT) :
						1;
}

/* Of violations, how many records there are, and what they stand for. */
static unsigned long long sum(const struct fim_events *events, size_t *records)
{
	unsigned long long operations = 0;
	size_t i;

	*records = 0;
	for (i = 0; i < events->count; i++) {
		if (events->event[i].type != FIM_EVENT_VIOLATION)
			continue;
		operations += count_of(&events->event[i]);
		(*records)++;
	}
	return operations;
}

/*
 * The first one is told at once, the others by one record a second later.
 */
TEST_F(coalesce, same)
{
	struct fim_event *ev;
	struct fim_status st;
	int i;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self, "Block"));
	for (i = 0; i < 5; i++)
		EXPECT_EQ(EACCES, sys(chmod(self->f, 0600)));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(self->before.last_seq + 1, st.last_seq);
	EXPECT_EQ(4, st.pending);
	EXPECT_TRUE(adds_up(&st));
	ASSERT_EQ(0, look(self, &st));
	ASSERT_EQ(2, self->events.count);
	ev = self->events.event;
	EXPECT_EQ(1, count_of(&ev[0]));
	EXPECT_FALSE(fim_has(&ev[0], FIM_EVENT_A_LAST_TIME));
	EXPECT_EQ(4, count_of(&ev[1]));
	EXPECT_LT(fim_u64(&ev[0], FIM_EVENT_A_TIME),
		  fim_u64(&ev[1], FIM_EVENT_A_TIME));
	EXPECT_LT(fim_u64(&ev[1], FIM_EVENT_A_TIME),
		  fim_u64(&ev[1], FIM_EVENT_A_LAST_TIME));
	EXPECT_STREQ(self->f, fim_bytes(&ev[1], FIM_EVENT_A_PATH));
	EXPECT_STREQ("t", fim_bytes(&ev[1], FIM_EVENT_A_POLICY));
	EXPECT_STREQ(fim_bytes(&ev[0], FIM_EVENT_A_EXE),
		     fim_bytes(&ev[1], FIM_EVENT_A_EXE));
	EXPECT_EQ(getpid(), fim_u32(&ev[1], FIM_EVENT_A_TGID));
	EXPECT_EQ(fim_flags(&ev[0]), fim_flags(&ev[1]));
	EXPECT_EQ(self->before.refused + 5, st.refused);
	EXPECT_EQ(self->before.recorded + 5, st.recorded);
	EXPECT_EQ(self->before.coalesced + 3, st.coalesced);
	EXPECT_EQ(self->before.limited, st.limited);
	/* Then the next is a first one again. */
	EXPECT_EQ(EACCES, sys(chmod(self->f, 0600)));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(0, st.pending);
	EXPECT_EQ(self->before.recorded + 6, st.recorded);
}

static int change_mode(const void *f)
{
	return sys(chmod(f, 0600));
}

/* Return: how many milliseconds it took, or INT_MAX if it went wrong. */
static int four_times(const char *f)
{
	struct timespec from, to;
	int i, refused = 0;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (i = 0; i < 4; i++)
		refused += fim_run(0, change_mode, f, NULL) == EACCES;
	clock_gettime(CLOCK_MONOTONIC, &to);
	return refused != 4 ? INT_MAX :
	       (to.tv_sec - from.tv_sec) * 1000 +
	       (to.tv_nsec - from.tv_nsec) / 1000000;
}

TEST_F(coalesce, several_processes)
{
	const struct fim_event *ev;
	struct fim_status st;
	bool fast = false;
	int try;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self, "Block"));
	/* They are to be within coalesce_ms. */
	for (try = 0; !fast && try < 20; try++) {
		ASSERT_EQ(0, fim_settle(&self->nl, &self->before));
		fast = four_times(self->f) < 200;
	}
	if (!fast)
		SKIP(return, "this machine is too slow");
	ASSERT_EQ(0, look(self, &st));
	ASSERT_EQ(2, self->events.count);
	ev = &self->events.event[1];
	EXPECT_EQ(3, count_of(ev));
	EXPECT_EQ(FIM_EVENT_TASKS, fim_flags(ev));
	EXPECT_EQ(fim_u32(&self->events.event[0], FIM_EVENT_A_TGID),
		  fim_u32(ev, FIM_EVENT_A_TGID));
}

static int change_mode_by_program(const void *f)
{
	execlp("chmod", "chmod", "600", f, NULL);
	return errno;
}

static int open_for_writing(const void *f)
{
	return fim_opened(open(f, O_WRONLY | O_CLOEXEC));
}

/*
 * What differs in anything that an alert is about has a record of its own.
 */
TEST_F(coalesce, different)
{
	const char *g = fim_fmt("%sg", self->dir);
	const char *h = fim_fmt("%sh", self->dir);
	struct fim_status st;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self, "Block"));
	EXPECT_EQ(EACCES, sys(chmod(self->f, 0600)));
	EXPECT_EQ(EACCES, sys(chmod(g, 0600)));
	EXPECT_EQ(EACCES, sys(mkdir(h, 0755)));
	EXPECT_EQ(EACCES, sys(mkfifo(h, 0755)));
	EXPECT_EQ(EACCES, sys(symlink("a", h)));
	EXPECT_EQ(EACCES, sys(symlink("b", h)));
	EXPECT_EQ(EACCES, sys(rename(self->f, g)));
	EXPECT_EQ(EACCES, sys(rename(g, self->f)));
	/* By another user, and by another program */
	EXPECT_EQ(EACCES, open_for_writing(self->f));
	EXPECT_EQ(EACCES, fim_run(OTHER, open_for_writing, self->f, NULL));
	EXPECT_EQ(1, fim_run(0, change_mode_by_program, self->f, NULL));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(0, st.pending);
	EXPECT_EQ(self->before.last_seq + 11, st.last_seq);
	EXPECT_EQ(self->before.coalesced, st.coalesced);
	EXPECT_TRUE(adds_up(&st));
	/* And under another policy */
	ASSERT_EQ(0, fim_apply_dirs("t2", "Block", self->dir, NULL));
	ASSERT_EQ(0, fim_delete("t"));
	ASSERT_EQ(0, protect(self, "Block"));
	EXPECT_EQ(EACCES, sys(chmod(self->f, 0600)));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(0, st.pending);
	EXPECT_EQ(self->before.last_seq + 1, st.last_seq);
}

static int run_script(const void *script)
{
	execl(script, script, NULL);
	return errno;
}

/* Two of the same name */
static int make_scripts(const FIXTURE_DATA(coalesce) *self, const char **script,
			const char *text)
{
	int i, err = 0;

	for (i = 0; i < 2 && !err; i++) {
		const char *dir = fim_fmt("%s/%d", self->tree.open, i);

		script[i] = fim_fmt("%s/script", dir);
		err = sys(mkdir(dir, 0755)) ?: fim_write_file(script[i], text) ?:
		      sys(chmod(script[i], 0755));
	}
	return err;
}

static void run_scripts(struct __test_metadata *_metadata,
			FIXTURE_DATA(coalesce) *self, const char **script)
{
	struct fim_status st;
	int i;

	ASSERT_EQ(0, protect(self, "Block"));
	for (i = 0; i < 4; i++)
		EXPECT_NE(0, fim_run(0, run_script, script[i % 2], NULL));
	ASSERT_EQ(0, look(self, &st));
	EXPECT_EQ(self->before.refused + 4, st.refused);
	ASSERT_EQ(4, self->events.count);
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(1, count_of(&self->events.event[i]));
		EXPECT_STREQ(script[i % 2],
			     fim_bytes(&self->events.event[i],
				       FIM_EVENT_A_EXECUTED));
	}
}

/* Of scripts the interpreter is the executable, and their names may be equal. */
TEST_F(coalesce, scripts)
{
	const char *script[2];

	NEEDS_MODULE();
	ASSERT_EQ(0, make_scripts(self, script,
				  fim_fmt("#!/bin/sh\n: >%s\n", self->f)));
	run_scripts(_metadata, self, script);
}

#ifdef __x86_64__
/* A 32-bit program that does chmod(@path, 0600), and exits with its errno */
static int write_program(const char *file, const char *path)
{
	static const unsigned char code[] = {
		0xb8, 15, 0, 0, 0,		/* mov $15,%eax */
		0xbb, 0, 0, 0, 0,		/* mov $path,%ebx */
		0xb9, 0x80, 1, 0, 0,		/* mov $0600,%ecx */
		0xcd, 0x80,			/* int $0x80 */
		0xf7, 0xd8, 0x93,		/* neg %eax; xchg %eax,%ebx */
		0xb8, 1, 0, 0, 0, 0xcd, 0x80,	/* mov $1,%eax; int $0x80 */
	};
	struct {
		struct elf32_hdr head;
		struct elf32_phdr load;
		unsigned char code[sizeof(code)];
		char path[256];
	} program = {
		.head = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32,
				     ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC,
			.e_machine = EM_386,
			.e_version = EV_CURRENT,
			.e_phoff = sizeof(struct elf32_hdr),
			.e_ehsize = sizeof(struct elf32_hdr),
			.e_phentsize = sizeof(struct elf32_phdr),
			.e_phnum = 1,
		},
		.load = {
			.p_type = PT_LOAD,
			.p_vaddr = 0x10000000,
			.p_filesz = sizeof(program),
			.p_memsz = sizeof(program),
			.p_flags = PF_R | PF_X,
			.p_align = 0x1000,
		},
	};
	const char *base = (const char *)&program;
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0755), err;
	__u32 at = program.load.p_vaddr + (program.path - base);

	program.head.e_entry = program.load.p_vaddr +
			       ((const char *)program.code - base);
	memcpy(program.code, code, sizeof(code));
	memcpy(program.code + 6, &at, sizeof(at));
	snprintf(program.path, sizeof(program.path), "%s", path);
	err = fd < 0 ? errno :
	      write(fd, &program, sizeof(program)) != sizeof(program);
	close(fd);
	return err;
}

/* What a 32-bit program was executed by stands elsewhere. */
TEST_F(coalesce, scripts_of_32_bits)
{
	const char *program = fim_fmt("%s/program", self->tree.open);
	const char *script[2];

	NEEDS_MODULE();
	ASSERT_EQ(0, write_program(program, self->f));
	ASSERT_EQ(0, make_scripts(self, script, fim_fmt("#!%s\n", program)));
	if (fim_run(0, run_script, script[0], NULL) == ENOEXEC)
		SKIP(return, "no 32-bit programs here");
	run_scripts(_metadata, self, script);
}
#endif

/* What became of operations, by enum fim_op and enum fim_count_attr */
struct counts {
	unsigned long long nr[FIM_OP_MAX + 1][FIM_COUNT_A_MAX + 1];
};

static void count_cb(struct nlattr **attrs, void *arg)
{
	struct nlattr *count[FIM_COUNT_A_MAX + 1], *nla;
	struct counts *counts = arg;
	int left, i;

	if (!attrs[FIM_A_POLICY])
		return;
	nla_for_each_nested(nla, attrs[FIM_A_POLICY], left) {
		if (nla_type(nla) != FIM_POLICY_A_COUNT)
			continue;
		nla_parse_nested(count, FIM_COUNT_A_MAX, nla, NULL);
		for (i = FIM_COUNT_A_REFUSED; i <= FIM_COUNT_A_MAX; i++)
			counts->nr[nla_get_u8(count[FIM_COUNT_A_OP])][i] =
				nla_get_u64(count[i]);
	}
}

#define EXPECT_COUNTS(op, refused, audited, recorded, coalesced) \
	do { \
		EXPECT_EQ(refused, counts.nr[op][FIM_COUNT_A_REFUSED]); \
		EXPECT_EQ(audited, counts.nr[op][FIM_COUNT_A_AUDITED]); \
		EXPECT_EQ(recorded, counts.nr[op][FIM_COUNT_A_RECORDED]); \
		EXPECT_EQ(coalesced, counts.nr[op][FIM_COUNT_A_COALESCED]); \
		EXPECT_EQ(0, counts.nr[op][FIM_COUNT_A_LOST]); \
	} while (0)

/* A policy has its account by operation. */
TEST_F(coalesce, counts_by_operation)
{
	const char *h = fim_fmt("%sh", self->dir);
	struct counts counts = {};
	struct fim_status st;
	int i;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self, "Block"));
	for (i = 0; i < 5; i++)
		EXPECT_EQ(EACCES, sys(chmod(self->f, 0600)));
	EXPECT_EQ(EACCES, sys(mkdir(h, 0755)));
	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	ASSERT_EQ(0, fim_nl_dump(&self->nl, FIM_CMD_POLICY_GET, count_cb,
				 &counts));
	EXPECT_COUNTS(FIM_OP_SETATTR, 5, 0, 5, 3);
	EXPECT_COUNTS(FIM_OP_MKDIR, 1, 0, 1, 0);
	EXPECT_COUNTS(FIM_OP_OPEN, 0, 0, 0, 0);
	/* It begins anew when it is replaced. */
	ASSERT_EQ(0, protect(self, "Audit"));
	counts = (struct counts){};
	EXPECT_EQ(0, sys(chmod(self->f, 0600)));
	ASSERT_EQ(0, fim_nl_dump(&self->nl, FIM_CMD_POLICY_GET, count_cb,
				 &counts));
	EXPECT_COUNTS(FIM_OP_SETATTR, 0, 1, 1, 0);
	EXPECT_COUNTS(FIM_OP_MKDIR, 0, 0, 0, 0);
}

/*
 * What was counted is told before the policy goes that it is about.
 */
TEST_F(coalesce, policy_deleted)
{
	struct fim_status st;
	int i;

	NEEDS_MODULE();
	ASSERT_EQ(0, protect(self, "Block"));
	for (i = 0; i < 5; i++)
		EXPECT_EQ(EACCES, sys(chmod(self->f, 0600)));
	ASSERT_EQ(0, fim_delete("t"));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(0, st.pending);
	ASSERT_EQ(0, look(self, &st));
	ASSERT_EQ(3, self->events.count);
	EXPECT_EQ(4, count_of(&self->events.event[1]));
	EXPECT_EQ(FIM_EVENT_DELETED, self->events.event[2].type);
	EXPECT_EQ(self->before.recorded + 5, st.recorded);
}

/*
 * As many directories with names of their own, and at last something else: of
 * many files, as the budget may have grown a little just before.
 * Return: how often it was not refused.
 */
static int flood(const void *arg)
{
	const FIXTURE_DATA(coalesce) *self = arg;
	unsigned int i, nr = 2 * fim_parameter("burst");
	int made = 0;

	for (i = 0; i < nr; i++)
		made += sys(mkdir(fim_fmt("%s%u", self->dir, i), 0755)) !=
			EACCES;
	for (i = 0; i < FILES; i++)
		made += sys(chmod(fim_fmt("%sfile%u", self->dir, i), 0600)) !=
			EACCES;
	return made > 255 ? 255 : made;
}

/*
 * Who has used up his budget is counted. Who has not has his record at once.
 */
TEST_F_TIMEOUT(coalesce, flood, 60)
{
	unsigned int burst = fim_parameter("burst");
	unsigned int all = 2 * burst + FILES + 1;
	long long begin = fim_now(CLOCK_MONOTONIC);
	const struct fim_event *various[FIM_OP_MAX + 1] = {};
	unsigned long long operations, since;
	struct fim_status st;
	const char *path;
	size_t records;
	size_t i;

	NEEDS_MODULE();
	ASSERT_LT(0, burst);
	for (i = 0; i < FILES; i++)
		ASSERT_EQ(0, fim_write_file(fim_fmt("%sfile%zu", self->dir, i),
					    "base"));
	ASSERT_EQ(0, protect(self, "Block"));
	since = self->before.last_seq;
	ASSERT_EQ(0, fim_run(FLOODER, flood, self, NULL));
	if (fim_budget_since(begin) >= 2 * burst)
		SKIP(return, "this machine is slower than a budget grows");
	self->before.last_seq = last_seq(&self->nl);
	EXPECT_EQ(EACCES, fim_run(OTHER, open_for_writing, self->f, NULL));
	ASSERT_EQ(0, fim_events_since(&self->nl, self->before.last_seq,
				      &self->events));
	for (i = 0; i < self->events.count; i++)
		if (fim_u32(&self->events.event[i], FIM_EVENT_A_UID) == OTHER)
			break;
	EXPECT_LT(i, self->events.count);

	self->before.last_seq = since;
	ASSERT_EQ(0, look(self, &st));
	EXPECT_EQ(self->before.refused + all, st.refused);
	EXPECT_EQ(self->before.recorded + all, st.recorded);
	EXPECT_EQ(self->before.lost, st.lost);
	EXPECT_LT(self->before.limited, st.limited);
	EXPECT_GE(self->before.limited + burst + FILES, st.limited);
	EXPECT_TRUE(adds_up(&st));
	for (i = 0; i < self->events.count; i++)
		if (fim_flags(&self->events.event[i]) & FIM_EVENT_VARIOUS)
			various[fim_u8(&self->events.event[i],
				       FIM_EVENT_A_OP)] = &self->events.event[i];
	/* Another kind of operation is not hidden by many of one. */
	ASSERT_NE(NULL, various[FIM_OP_MKDIR]);
	ASSERT_NE(NULL, various[FIM_OP_SETATTR]);
	EXPECT_GE(FILES, count_of(various[FIM_OP_SETATTR]));
	path = fim_bytes(various[FIM_OP_SETATTR], FIM_EVENT_A_PATH);
	EXPECT_EQ(path, strstr(path, fim_fmt("%sfile", self->dir)));
	for (i = FIM_OP_MKDIR; i <= FIM_OP_SETATTR;
	     i += FIM_OP_SETATTR - FIM_OP_MKDIR) {
		EXPECT_EQ(FLOODER, fim_u32(various[i], FIM_EVENT_A_UID));
		EXPECT_STREQ("t", fim_bytes(various[i], FIM_EVENT_A_POLICY));
		EXPECT_EQ(FIM_ACTION_BLOCK,
			  fim_u8(various[i], FIM_EVENT_A_ACTION));
	}
	if (st.first_seq > since + 1)
		SKIP(return, "the ring has no room for all of it");
	operations = sum(&self->events, &records);
	EXPECT_EQ(all, operations);
	EXPECT_EQ(records, operations -
			   (st.coalesced - self->before.coalesced));
}

/* Open a file that a lease is held on: asleep until it is broken. */
static int sleep_in_open(const void *f)
{
	int fd = open(f, O_WRONLY | O_CLOEXEC);

	pause();
	return fd;
}

/*
 * Tasks that sleep in what they are recorded for keep others from nothing.
 */
TEST_F_TIMEOUT(coalesce, asleep, 60)
{
	unsigned int i, slots = fim_parameter("slots");
	unsigned int nr = slots < 256 ? slots : 256;
	struct fim_status st;
	pid_t pid[256];
	int lease;

	NEEDS_MODULE();
	ASSERT_LT(0, nr);
	signal(SIGIO, SIG_IGN);
	lease = open(self->f, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, lease);
	ASSERT_EQ(0, sys(fcntl(lease, F_SETLEASE, F_RDLCK)));
	ASSERT_EQ(0, protect(self, "Audit"));
	fflush(NULL);
	for (i = 0; i < nr; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			if (setresuid(FLOODER, FLOODER, FLOODER))
				_exit(1);
			_exit(sleep_in_open(self->f));
		}
	}
	do {
		usleep(10000);
		ASSERT_EQ(0, fim_status(&self->nl, &st));
	} while (st.audited < self->before.audited + nr);
	/* As many as it left free, of those that others had left. */
	EXPECT_LE(slots / 2 - 2, st.pending);
	EXPECT_GE(slots / 2 + 2, st.pending);
	EXPECT_EQ(nr, st.pending + st.lost - self->before.lost);
	EXPECT_TRUE(adds_up(&st));

	self->before.last_seq = st.last_seq;
	EXPECT_EQ(0, sys(chmod(self->f, 0666)));
	ASSERT_EQ(0, fim_events_since(&self->nl, self->before.last_seq,
				      &self->events));
	EXPECT_NE(NULL, fim_violation(&self->events));

	EXPECT_EQ(0, sys(fcntl(lease, F_SETLEASE, F_UNLCK)));
	close(lease);
	for (i = 0; i < nr; i++) {
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
	}
	ASSERT_EQ(0, look(self, &st));
	EXPECT_TRUE(adds_up(&st));
	EXPECT_EQ(0, st.pending);
}

TEST_HARNESS_MAIN
