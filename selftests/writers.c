// SPDX-License-Identifier: GPL-2.0
/*
 * writers.c - files that were open for writing before a rule protects them
 *
 * They are reported when the policy is applied, and the descriptor is of no use
 * from then on, whatever is tried with it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <linux/falloc.h>

#include "scene.h"
#include "uring.h"

#define SIZE (64 * 1024)

/* A file with something in it, to copy from. */
static int source(void)
{
	int fd = memfd_create("source", MFD_CLOEXEC);

	if (fd >= 0 && (ftruncate(fd, SIZE) || lseek(fd, 0, SEEK_SET)))
		return -1;
	return fd;
}

static int do_write(int fd)
{
	return sys(write(fd, "x", 1));
}

static int do_pwrite(int fd)
{
	return sys(pwrite(fd, "x", 1, 7));
}

static int do_writev(int fd)
{
	struct iovec iov[2] = { { "x", 1 }, { "y", 1 } };

	return sys(writev(fd, iov, 2));
}

static int do_pwritev2(int fd)
{
	struct iovec iov = { "x", 1 };

	return sys(pwritev2(fd, &iov, 1, 0, RWF_SYNC));
}

static int do_splice(int fd)
{
	int ends[2];
	int err;

	if (pipe2(ends, O_CLOEXEC) || write(ends[1], "x", 1) != 1)
		return errno;
	err = sys(splice(ends[0], NULL, fd, NULL, 1, 0));
	close(ends[0]);
	close(ends[1]);
	return err;
}

static int do_vmsplice(int fd)
{
	struct iovec iov = { "x", 1 };
	int ends[2];
	int err;

	if (pipe2(ends, O_CLOEXEC) || vmsplice(ends[1], &iov, 1, 0) != 1)
		return errno;
	err = sys(splice(ends[0], NULL, fd, NULL, 1, 0));
	close(ends[0]);
	close(ends[1]);
	return err;
}

static int do_sendfile(int fd)
{
	int in = source();
	int err = sys(sendfile(fd, in, NULL, 10));

	close(in);
	return err;
}

/* From a file of the same filesystem, or it is not tried everywhere. */
static int do_copy_file_range(int fd)
{
	char path[64];
	loff_t from = 0;
	loff_t to = 4096;
	int in;
	int err;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	in = open(path, O_RDONLY | O_CLOEXEC);
	err = sys(copy_file_range(in, &from, fd, &to, 10, 0));
	close(in);
	return err;
}

static int do_allocate(int fd)
{
	return sys(fallocate(fd, 0, 0, 2 * SIZE));
}

static int do_punch(int fd)
{
	return sys(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
			     4096));
}

static int do_zero(int fd)
{
	return sys(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 4096));
}

static int do_collapse(int fd)
{
	return sys(fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, 4096));
}

static int do_insert(int fd)
{
	return sys(fallocate(fd, FALLOC_FL_INSERT_RANGE, 0, 4096));
}

static int do_unshare(int fd)
{
	return sys(fallocate(fd, FALLOC_FL_UNSHARE_RANGE, 0, 4096));
}

static int do_ftruncate(int fd)
{
	return sys(ftruncate(fd, 1));
}

static int do_aio(int fd)
{
	return aio_write(fd, 0);
}

/* With what is done by io_uring: SQPOLL writes from a kernel thread. */
static int by_uring(int fd, unsigned int flags)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_WRITE,
		.flags = IOSQE_FIXED_FILE,
		.addr = (unsigned long)"x",
		.len = 1,
	};
	struct uring ring;
	int err;

	err = uring_open(&ring, flags);
	if (err)
		return err;
	err = sys(syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES,
			  &fd, 1));
	if (!err) {
		err = uring_do(&ring, &sqe);
		err = err < 0 ? -err : 0;
	}
	uring_close(&ring);
	return err;
}

static int do_uring(int fd)
{
	return by_uring(fd, 0);
}

static int do_sqpoll(int fd)
{
	return by_uring(fd, IORING_SETUP_SQPOLL);
}

static int do_reopen(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fim_opened(open(path, O_WRONLY | O_CLOEXEC));
}

static int map(int fd, int prot, int flags)
{
	void *m = mmap(NULL, 4096, prot, flags, fd, 0);

	if (m == MAP_FAILED)
		return errno;
	munmap(m, 4096);
	return 0;
}

static int do_mmap(int fd)
{
	return map(fd, PROT_READ | PROT_WRITE, MAP_SHARED);
}

static int do_mmap_validate(int fd)
{
	return map(fd, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE);
}

static int do_mprotect(int fd)
{
	void *m = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	int err;

	if (m == MAP_FAILED)
		return errno;
	err = sys(mprotect(m, 4096, PROT_READ | PROT_WRITE));
	munmap(m, 4096);
	return err;
}

/**
 * struct use - what is done with a descriptor
 * @id: its number in the attack catalogue
 * @name: its name
 * @run: does it; returns an errno
 * @op: what the record calls it, NULL if it changes nothing
 */
struct use {
	const char *id;
	const char *name;
	int (*run)(int fd);
	const char *op;
};

static const struct use uses[] = {
	{ "C01", "write", do_write, "write" },
	{ "C01", "pwrite", do_pwrite, "write" },
	{ "C01", "writev", do_writev, "write" },
	{ "C01", "pwritev2", do_pwritev2, "write" },
	{ "C01", "splice", do_splice, "write" },
	{ "C01", "vmsplice", do_vmsplice, "write" },
	{ "C01", "sendfile", do_sendfile, "write" },
	{ "C01", "copy_file_range", do_copy_file_range, "write" },
	{ "C01", "aio", do_aio, "write" },
	{ "C01", "io_uring", do_uring, "write" },
	{ "E05", "io_uring SQPOLL", do_sqpoll, "write" },
	{ "A20", "fallocate", do_allocate, "write" },
	{ "A20", "punch hole", do_punch, "write" },
	{ "A20", "zero range", do_zero, "write" },
	{ "A20", "collapse range", do_collapse, "write" },
	{ "A20", "insert range", do_insert, "write" },
	{ "A20", "unshare range", do_unshare, "write" },
	{ "A11", "ftruncate", do_ftruncate, "setattr" },
	{ "C04", "reopen", do_reopen, "open" },
	{ "C06", "mmap", do_mmap, "mmap" },
	{ "C06", "mmap, MAP_SHARED_VALIDATE", do_mmap_validate, "mmap" },
	{ "C07", "mprotect", do_mprotect, "mprotect" },
};

static int do_read(int fd)
{
	char byte;

	return sys(pread(fd, &byte, 1, 0));
}

static int do_map_private(int fd)
{
	return map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

static int do_map_read(int fd)
{
	return map(fd, PROT_READ | PROT_EXEC, MAP_SHARED);
}

static int do_protect_private(int fd)
{
	char *m = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	int err;

	if (m == MAP_FAILED)
		return errno;
	err = sys(mprotect(m, 4096, PROT_READ | PROT_WRITE));
	if (!err)
		*m = 'x';
	munmap(m, 4096);
	return err;
}

static int do_sync(int fd)
{
	return sys(fsync(fd));
}

static const struct use free_uses[] = {
	{ "M01", "read", do_read },
	{ "C09", "private mapping", do_map_private },
	{ "C09", "read-only shared mapping", do_map_read },
	{ "C09", "private mapping made writable", do_protect_private },
	{ "M01", "fsync", do_sync },
};

static int open_rw(const FIXTURE_DATA(scene) *self, const char *path)
{
	int fd = open(at(self, path), O_RDWR | O_CLOEXEC);

	if (fd >= 0 && ftruncate(fd, SIZE))
		return -1;
	return fd;
}

/*
 * What the kernel makes of several operations is one record with their number;
 * a call that is made once more has one more.
 */
static bool all_lines_are(const char *records, const char *line)
{
	size_t len = strcspn(line, "\n");

	if (!*records || !len)
		return false;
	while (*records) {
		if (strncmp(records, line, len))
			return false;
		records += len;
		if (!strncmp(records, " x", 2))
			records += 2 + strspn(records + 2, "0123456789");
		if (*records++ != '\n')
			return false;
	}
	return true;
}

/* What io_uring leaves to do for this task may interrupt it: then once more. */
static int run(const struct use *use, int fd)
{
	int err;

	do {
		err = use->run(fd);
	} while (err == EINTR);
	return err;
}

static void try_uses(struct __test_metadata *_metadata,
		     FIXTURE_DATA(scene) *self, int fd, int twin)
{
	struct fim_outcome want = { .err = self->block ? EACCES : 0 };
	struct fim_outcome got = {};
	unsigned long long since;
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(uses); i++) {
		const struct use *u = &uses[i];

		since = last_seq(&self->nl);
		err = run(u, twin);
		EXPECT_STREQ("", fim_records(&self->nl, since))
			TH_LOG("%s %s beside the tree", u->id, u->name);
		if (fim_unsupported(err)) {
			TH_LOG("%s: not here: %s", u->name, strerror(err));
			continue;
		}
		EXPECT_EQ(0, err)
			TH_LOG("%s %s beside the tree", u->id, u->name);
		since = last_seq(&self->nl);
		got.err = run(u, fd);
		EXPECT_EQ(want.err, got.err)
			TH_LOG("%s %s", u->id, u->name);
		want.records = line_of(self, fim_fmt("%s %s/f", u->op,
						     self->tree.prot), getpid());
		got.records = settled(self, since);
		if (!self->block && all_lines_are(got.records, want.records))
			got.records = want.records;
		EXPECT_STREQ(want.records, got.records)
			TH_LOG("%s %s", u->id, u->name);
		fim_tell(u->id, u->name, 0, &want, &got);
		if (!self->block)
			ASSERT_EQ(0, ftruncate(fd, SIZE));
	}
	for (i = 0; i < ARRAY_SIZE(free_uses); i++) {
		since = last_seq(&self->nl);
		EXPECT_EQ(0, free_uses[i].run(fd))
			TH_LOG("%s %s", free_uses[i].id, free_uses[i].name);
		EXPECT_STREQ("", fim_records(&self->nl, since))
			TH_LOG("%s %s", free_uses[i].id, free_uses[i].name);
	}
}

TEST_F(scene, C01_descriptor_from_before)
{
	char *before;
	char *after;
	int twin;
	int fd;

	NEEDS(self->missing);
	fd = open_rw(self, "a/prot/f");
	twin = open_rw(self, "open/f");
	ASSERT_LE(0, fd);
	ASSERT_LE(0, twin);
	ASSERT_EQ(0, protect(self));
	before = fim_snapshot(self->tree.prot);
	try_uses(_metadata, self, fd, twin);
	after = fim_snapshot(self->tree.prot);
	if (self->block)
		EXPECT_STREQ("", fim_changes(before, after));
	close(fd);
	close(twin);
}

static const struct fim_event *find_writer(const struct fim_events *events,
					   const char *path)
{
	size_t i;

	for (i = 0; i < events->count; i++)
		if (events->event[i].type == FIM_EVENT_WRITER &&
		    !strcmp(path, fim_bytes(&events->event[i], FIM_EVENT_A_PATH)))
			return &events->event[i];
	return NULL;
}

TEST_F(scene, C01_writers_are_reported)
{
	const char *f = fim_fmt("%s/f", self->tree.prot);
	const char *g = fim_fmt("%s/sub/g", self->tree.prot);
	const struct fim_event *ev;
	unsigned long long since;
	struct fim_events events;
	size_t writers = 0;
	int fds[4];
	size_t i;

	NEEDS_POLICY();
	since = last_seq(&self->nl);
	fds[0] = open_rw(self, "a/prot/f");
	fds[1] = open_rw(self, "a/prot/f");
	fds[2] = open_rw(self, "a/prot/sub/g");
	fds[3] = open_rw(self, "open/f");
	ASSERT_EQ(0, protect(self));
	ASSERT_EQ(0, fim_events_since(&self->nl, since, &events));
	for (i = 0; i < events.count; i++)
		writers += events.event[i].type == FIM_EVENT_WRITER;
	EXPECT_EQ(2, writers);
	ev = find_writer(&events, f);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(2, fim_u64(ev, FIM_EVENT_A_COUNT));
	EXPECT_EQ(0, fim_flags(ev) & FIM_EVENT_MAPPED);
	EXPECT_STREQ("t", fim_bytes(ev, FIM_EVENT_A_POLICY));
	ev = find_writer(&events, g);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(1, fim_u64(ev, FIM_EVENT_A_COUNT));
	fim_events_free(&events);
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
}

/*
 * Somebody has so many open that they are not all told of at once. They are counted
 * by their numbers, as the ring has not room for all if others fill it.
 */
TEST_F(scene, C01_very_many_writers)
{
	unsigned long long since;
	long long start;
	int fds[600];
	size_t i;

	NEEDS_POLICY();
	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = open(at(self, fim_fmt("a/prot/many%zu", i)),
			      O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		ASSERT_LE(0, fds[i]);
	}
	since = last_seq(&self->nl);
	start = fim_now(CLOCK_MONOTONIC);
	ASSERT_EQ(0, protect(self));
	/* All are guarded, and told of in three goes, a second apart. */
	EXPECT_EQ(self->block ? -1 : 1, write(fds[599], "x", 1));
	for (i = 0; i < 200 && last_seq(&self->nl) < since + ARRAY_SIZE(fds);
	     i++)
		usleep(100000);
	EXPECT_LE(since + ARRAY_SIZE(fds), last_seq(&self->nl));
	EXPECT_LT(FIM_NS * 9 / 10, fim_now(CLOCK_MONOTONIC) - start);
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		EXPECT_EQ(0, unlink(at(self, fim_fmt("a/prot/many%zu", i))));
}

/*
 * Files are looked for again a second after a commit, when one that was opened
 * and recorded since may still be open: that is no news unless it stays so.
 */
TEST_F(scene, C01_open_since_is_not_reported)
{
	const char *f = fim_fmt("%s/f", self->tree.prot);
	unsigned long long since;
	struct fim_events events;
	bool found = true;
	int fd, tries;

	NEEDS_POLICY();
	NEEDS(self->block ? "refused" : NULL);
	/* Two searches find it open if the machine is busy, or one is due. */
	for (tries = 0; found && tries < 5; tries++) {
		/* Another search may be due, for what was in force before. */
		usleep(1200 * 1000);
		ASSERT_EQ(0, protect(self));
		since = last_seq(&self->nl);
		usleep(700 * 1000);
		fd = open_rw(self, "a/prot/f");
		usleep(700 * 1000);
		close(fd);
		usleep(1200 * 1000);
		ASSERT_EQ(0, fim_events_since(&self->nl, since, &events));
		ASSERT_LT(0, events.count);
		EXPECT_STREQ(f, fim_bytes(&events.event[events.count - 1],
					  FIM_EVENT_A_PATH));
		found = find_writer(&events, f);
		fim_events_free(&events);
	}
	EXPECT_FALSE(found);
}

TEST_F(scene, C05_mapping_is_reported)
{
	const char *f = fim_fmt("%s/f", self->tree.prot);
	unsigned long long since;
	struct fim_events events;
	void *m;
	int fd;

	NEEDS_POLICY();
	fd = open_rw(self, "a/prot/f");
	m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, m);
	close(fd);
	since = last_seq(&self->nl);
	ASSERT_EQ(0, protect(self));
	ASSERT_EQ(0, fim_events_since(&self->nl, since, &events));
	ASSERT_NE(NULL, find_writer(&events, f));
	EXPECT_EQ(FIM_EVENT_MAPPED,
		  fim_flags(find_writer(&events, f)) & FIM_EVENT_MAPPED);
	fim_events_free(&events);
	munmap(m, 4096);
}

/* What was mapped for reading can't be made writable later. */
TEST_F(scene, C07_mapping_from_before)
{
	void *m;
	int fd;

	NEEDS(self->missing);
	fd = open_rw(self, "a/prot/f");
	m = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, m);
	close(fd);
	ASSERT_EQ(0, protect(self));
	EXPECT_DECIDED(fim_fmt("mprotect %s/f", self->tree.prot), 0,
		       sys(mprotect(m, 4096, PROT_READ | PROT_WRITE)));
	munmap(m, 4096);
}

TEST_HARNESS_MAIN
