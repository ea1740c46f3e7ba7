// SPDX-License-Identifier: GPL-2.0
/*
 * append.c - files that may be appended to, and not changed otherwise
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <linux/falloc.h>
#include <linux/loop.h>

#include "disk.h"
#include "fault.h"
#include "request.h"
#include "scene.h"
#include "uring.h"

#define NOAPPEND 0x20	/* RWF_NOAPPEND, 6.9 */
#define ROUNDS 25

static int apply(const FIXTURE_DATA(scene) *self, const char *name,
		 const char *annotation)
{
	static const char policy[] =
		"apiVersion: security.kubearmor.com/v1\n"
		"kind: KubeArmorHostPolicy\n"
		"metadata: {name: %s, annotations: {%s}}\n"
		"spec:\n"
		"  nodeSelector: {matchLabels: {kubernetes.io/hostname: '*'}}\n"
		"  action: %s\n"
		"  file:\n"
		"    matchDirectories:\n"
		"    - {dir: %s/, recursive: true, readOnly: true}\n";

	if (!self->action)
		return 0;
	return fim_apply_yaml(fim_fmt(policy, name, annotation, self->action,
				      self->tree.prot));
}

static int protect_append(const FIXTURE_DATA(scene) *self)
{
	return apply(self, "t", "fim/append: Allow");
}

static int open_f(const FIXTURE_DATA(scene) *self, int flags)
{
	return open(at(self, "a/prot/f"), flags | O_CLOEXEC, 0644);
}

static const char *on_f(const FIXTURE_DATA(scene) *self, const char *op)
{
	return fim_fmt("%s %s/f", op, self->tree.prot);
}

static int put(int fd)
{
	return sys(write(fd, "x", 1));
}

static int put_at(int fd)
{
	return sys(pwrite(fd, "x", 1, 0));
}

static int put_flags(int fd, int flags)
{
	struct iovec iov = { "x", 1 };

	return sys(syscall(SYS_pwritev2, fd, &iov, 1, 0, 0, flags));
}

/* What the file begins with is what it began with. */
#define EXPECT_KEPT() do { \
	char _begin[4] = ""; \
	int _fd = open_f(self, O_RDONLY); \
	EXPECT_EQ(4, pread(_fd, _begin, 4, 0)); \
	EXPECT_EQ(0, memcmp("base", _begin, 4)); \
	close(_fd); \
} while (0)

TEST_F(scene, M04_appended)
{
	struct iovec iov[2] = { { "x", 1 }, { "y", 1 } };
	int fd;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect_append(self));
	EXPECT_PASSED(0, system(fim_fmt("echo x >>%s", at(self, "a/prot/f"))));
	EXPECT_PASSED(0, fim_opened(open_f(self, O_RDWR | O_APPEND)));
	fd = open_f(self, O_WRONLY | O_APPEND | O_CREAT);
	ASSERT_LE(0, fd);
	EXPECT_PASSED(0, put(fd));
	EXPECT_PASSED(0, put_at(fd));
	EXPECT_PASSED(0, sys(writev(fd, iov, 2)));
	EXPECT_PASSED(0, sys(pwritev(fd, iov, 2, 0)));
	EXPECT_PASSED(0, put_flags(fd, RWF_SYNC));
	EXPECT_EQ(4 + 2 + 1 + 1 + 2 + 2 + 1, lseek(fd, 0, SEEK_END));
	EXPECT_KEPT();
	close(fd);
}

TEST_F(scene, M04_changed_otherwise)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, protect_append(self));
	EXPECT_DECIDED(on_f(self, "open"), 0, fim_opened(open_f(self, O_WRONLY)));
	EXPECT_DECIDED(on_f(self, "open"), 0,
		       fim_opened(open_f(self, O_WRONLY | O_CREAT | O_TRUNC)));
	EXPECT_DECIDED(on_f(self, "open"), 0,
		       fim_opened(open_f(self, O_WRONLY | O_APPEND | O_TRUNC)));
	EXPECT_DECIDED(on_f(self, "setattr"), 0,
		       sys(truncate(at(self, "a/prot/f"), 1)));
	EXPECT_DECIDED(on_f(self, "setattr"), 0,
		       sys(chmod(at(self, "a/prot/f"), 0600)));
	EXPECT_DECIDED(fim_fmt("create %s/new", self->tree.prot), 0,
		       fim_opened(open(at(self, "a/prot/new"), O_WRONLY |
				       O_APPEND | O_CREAT | O_CLOEXEC, 0644)));
	EXPECT_DECIDED(on_f(self, "unlink"), 0,
		       sys(unlink(at(self, "a/prot/f"))));
}

/* What a daemon had open goes on, and nothing else does. */
TEST_F(scene, M04_open_from_before)
{
	int log, other;

	NEEDS(self->missing);
	log = open_f(self, O_WRONLY | O_APPEND);
	other = open_f(self, O_WRONLY);
	ASSERT_EQ(0, protect_append(self));
	EXPECT_PASSED(0, put(log));
	EXPECT_DECIDED(on_f(self, "fcntl"), 0, sys(fcntl(log, F_SETFL, 0)));
	EXPECT_DECIDED(on_f(self, "write"), 0, put(other));
	close(log);
	close(other);
}

/* The strictest of those that are about the same directory decides. */
TEST_F(scene, A09_other_policies)
{
	unsigned long long since;
	int fd;

	NEEDS_POLICY();
	ASSERT_EQ(0, protect_append(self));
	fd = open_f(self, O_WRONLY | O_APPEND);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, apply(self, "u", ""));
	since = last_seq(&self->nl);
	EXPECT_EQ(self->block ? EACCES : 0,
		  fim_opened(open_f(self, O_WRONLY | O_APPEND)));
	EXPECT_STREQ(fim_fmt("%s %s errno %d by %d under u\n", self->action,
			     on_f(self, "open"), self->block ? EACCES : 0,
			     getpid()),
		     fim_records(&self->nl, since));
	ASSERT_EQ(0, fim_delete("u"));
	EXPECT_PASSED(0, put(fd));
	ASSERT_EQ(0, apply(self, "t", ""));
	EXPECT_DECIDED(on_f(self, "open"), 0,
		       fim_opened(open_f(self, O_WRONLY | O_APPEND)));
	EXPECT_DECIDED(on_f(self, "write"), 0, put(fd));
	close(fd);
}

TEST_F(scene, A23_flag_cleared)
{
	int fd, reader;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect_append(self));
	fd = open_f(self, O_WRONLY | O_APPEND);
	reader = open_f(self, O_RDONLY | O_APPEND);
	ASSERT_LE(0, fd);
	EXPECT_PASSED(0, sys(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK)));
	EXPECT_PASSED(0, sys(fcntl(reader, F_SETFL, O_NONBLOCK)));
	EXPECT_DECIDED(on_f(self, "fcntl"), 0, sys(fcntl(fd, F_SETFL, 0)));
	if (self->block) {
		EXPECT_PASSED(0, put_at(fd));
		EXPECT_KEPT();
	} else {
		EXPECT_DECIDED(on_f(self, "write"), 0, put_at(fd));
		EXPECT_PASSED(0, sys(fcntl(fd, F_SETFL, O_APPEND)));
		EXPECT_PASSED(0, put_at(fd));
	}
	close(reader);
	close(fd);
}

/* Has the policy replaced, or made, by the next commit: as fimctl does, but faster. */
static int begin_replacing(FIXTURE_DATA(scene) *self, bool append)
{
	const struct fim_put puts[] = {
		PUT_STRING(FIM_POLICY_A_NAME, "t"),
		PUT_U8(FIM_POLICY_A_KIND, FIM_KIND_HOST),
		PUT_U8(FIM_POLICY_A_ACTION, FIM_ACTION_BLOCK),
		PUT_U8(FIM_POLICY_A_SEVERITY, 5),
		{ .attr = append ? FIM_POLICY_A_APPEND : -1 },
		PUT_END
	};
	int err = fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN);
	struct nl_msg *msg;

	if (err)
		return err;
	msg = fim_msg(&self->nl, FIM_CMD_POLICY_ADD, 0);
	fim_put_nest(msg, FIM_A_POLICY, puts);
	return fim_nl_call(&self->nl, msg, NULL, NULL) ?:
	       fim_rule_add(&self->nl, "t", fim_fmt("%s/", self->tree.prot));
}

static int replace(FIXTURE_DATA(scene) *self, bool append)
{
	return begin_replacing(self, append) ?:
	       fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT);
}

static void clear_and_put(int fd)
{
	fcntl(fd, F_SETFL, 0);
	if (pwrite(fd, "X", 1, 0) < 0)
		return;
}

static char first_byte(int fd)
{
	char c = '?';

	return pread(fd, &c, 1, 0) == 1 ? c : '?';
}

static const char *log_nr(const FIXTURE_DATA(scene) *self, int nr)
{
	return at(self, fim_fmt("a/prot/log%d", nr));
}

/* Returns what the file begins with when its policy was replaced twice. */
static char begin_after_replacing(FIXTURE_DATA(scene) *self, const char *log)
{
	int fd = open(log, O_RDWR | O_APPEND | O_CLOEXEC);
	pid_t writer = fork();
	char begin = '?';

	for (; !writer;)
		clear_and_put(fd);
	if (!replace(self, false) && !replace(self, true))
		begin = first_byte(fd);
	kill(writer, SIGKILL);
	waitpid(writer, NULL, 0);
	/* The policy that lets nothing be written does not mind the flag. */
	if (begin == 'b' && (fcntl(fd, F_SETFL, O_APPEND) || put(fd)))
		begin = '!';
	close(fd);
	return begin;
}

/* Neither the policy before lets it be changed, nor the one after it. */
TEST_F_TIMEOUT(scene, A23_policy_replaced_meanwhile, 150)
{
	int twin, i;

	NEEDS_POLICY();
	if (!self->block)
		SKIP(return, "it is to be refused");
	for (i = 0; i < ROUNDS; i++)
		ASSERT_EQ(0, fim_write_file(log_nr(self, i), "base"));
	twin = open(at(self, "open/f"), O_RDWR | O_APPEND | O_CLOEXEC);
	ASSERT_EQ(0, replace(self, true));
	for (i = 0; i < ROUNDS; i++) {
		ASSERT_EQ('b', begin_after_replacing(self, log_nr(self, i)))
			TH_LOG("round %d", i);
	}
	clear_and_put(twin);
	EXPECT_EQ('X', first_byte(twin));
	close(twin);
}

/* Nor is it open for a while if the search for who has it open has no memory. */
TEST_F_TIMEOUT(scene, A23_replaced_without_memory, 1500)
{
	int faults, fd, err, nth = 0;
	bool failed = true;

	NEEDS_POLICY();
	if (!self->block)
		SKIP(return, "it is to be refused");
	NEEDS(self->tree.fs == FIM_TMPFS ? NULL : "another filesystem does it");
	faults = fault_open();
	if (faults < 0)
		SKIP(return, "this kernel does not inject faults");
	while (failed) {
		ASSERT_EQ(0, fim_write_file(log_nr(self, 0), "base"));
		ASSERT_EQ(0, replace(self, true));
		fd = open(log_nr(self, 0), O_RDWR | O_APPEND | O_CLOEXEC);
		ASSERT_EQ(0, begin_replacing(self, false));
		fault_set(faults, ++nth);
		err = fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT);
		failed = fault_end(faults);
		clear_and_put(fd);
		ASSERT_EQ('b', first_byte(fd))
			TH_LOG("allocation %d: %d", nth, err);
		close(fd);
		if (err)
			fim_nl_do(&self->nl, FIM_CMD_TXN_ABORT);
		ASSERT_EQ(0, fim_delete_all(&self->nl));
		ASSERT_EQ(0, unlink(log_nr(self, 0)));
	}
	EXPECT_LT(10, nth);
	close(faults);
}

static int put_by_uring(int fd, int flags)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_WRITE,
		.fd = fd,
		.addr = (unsigned long)"x",
		.len = 1,
		.rw_flags = flags,
	};
	struct uring ring;
	int err;

	err = uring_open(&ring, 0);
	if (err)
		return err;
	err = uring_do(&ring, &sqe);
	uring_close(&ring);
	return err < 0 ? -err : 0;
}

TEST_F(scene, A24_noappend)
{
	int fd, twin;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect_append(self));
	fd = open_f(self, O_WRONLY | O_APPEND);
	twin = open(at(self, "open/f"), O_WRONLY | O_APPEND | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_LE(0, twin);
	if (put_flags(twin, NOAPPEND) == EOPNOTSUPP)
		SKIP(return, "this kernel has no RWF_NOAPPEND");
	EXPECT_PASSED(0, put_flags(twin, NOAPPEND));
	EXPECT_DECIDED(on_f(self, "write"), 0, put_flags(fd, NOAPPEND));
	EXPECT_PASSED(0, put_flags(fd, 0));
	if (self->block)
		EXPECT_KEPT();
	close(fd);
	close(twin);
}

/* Their flags stand in memory, which may change while it is looked at. */
TEST_F(scene, A24_flags_in_memory)
{
	int fd, err;

	NEEDS(self->missing ?: self->block || !self->action ? NULL :
	      "recorded as often as the kernel tries");
	ASSERT_EQ(0, protect_append(self));
	fd = open_f(self, O_WRONLY | O_APPEND);
	ASSERT_LE(0, fd);
	EXPECT_DECIDED(on_f(self, "write"), 0, aio_write(fd, 0));
	EXPECT_PASSED(0, put(fd));
	err = put_by_uring(open(at(self, "open/f"), O_WRONLY), 0);
	if (err)
		SKIP(return, "io_uring: %s", strerror(err));
	EXPECT_DECIDED(on_f(self, "write"), 0, put_by_uring(fd, 0));
	/* Who uses io_uring may have left it something to do. */
	if (put_flags(open(at(self, "open/f"), O_WRONLY), NOAPPEND) == EOPNOTSUPP)
		EXPECT_PASSED(0, put(fd));
	else
		EXPECT_DECIDED(on_f(self, "write"), 0, put(fd));
	EXPECT_KEPT();
	close(fd);
}

TEST_F(scene, A25_mapped)
{
	void *m;
	int fd;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect_append(self));
	fd = open_f(self, O_RDWR | O_APPEND);
	ASSERT_LE(0, fd);
	EXPECT_DECIDED(on_f(self, "mmap"), 0,
		       mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, 0) ==
		       MAP_FAILED ? errno : 0);
	EXPECT_PASSED(0, mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			      fd, 0) == MAP_FAILED ? errno : 0);
	m = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, m);
	EXPECT_DECIDED(on_f(self, "mprotect"), 0,
		       sys(mprotect(m, 4096, PROT_READ | PROT_WRITE)));
	EXPECT_PASSED(0, put(fd));
	close(fd);
}

TEST_F(scene, A25_hole)
{
	int fd;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect_append(self));
	fd = open_f(self, O_RDWR | O_APPEND);
	ASSERT_LE(0, fd);
	EXPECT_DECIDED(on_f(self, "write"), 0,
		       sys(fallocate(fd, FALLOC_FL_PUNCH_HOLE |
				     FALLOC_FL_KEEP_SIZE, 0, 4096)));
	EXPECT_DECIDED(on_f(self, "write"), 0, sys(fallocate(fd, 0, 0, 8192)));
	EXPECT_DECIDED(on_f(self, "setattr"), 0, sys(ftruncate(fd, 2)));
	EXPECT_PASSED(0, put(fd));
	close(fd);
}

static int lend(const char *loop, int fd)
{
	int dev = open(loop, O_RDWR | O_CLOEXEC);
	int err = dev < 0 ? errno : sys(ioctl(dev, LOOP_SET_FD, fd));

	if (!err)
		err = sys(ioctl(dev, LOOP_CLR_FD, 0));
	close(dev);
	return err;
}

/* The loop driver writes where it likes, and asks nobody. */
TEST_F(scene, A25_loop_device)
{
	const char *loop, *line;
	int fd;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect_append(self));
	loop = fim_loop_free();
	NEEDS(loop ? NULL : "no loop device");
	line = fim_fmt("ioctl %s -> %s", self->tree.prot, strrchr(loop, '/'));
	EXPECT_PASSED(0, lend(loop, open(at(self, "open/f"),
					 O_RDWR | O_CLOEXEC)));
	fd = open_f(self, O_RDWR | O_APPEND);
	ASSERT_LE(0, fd);
	EXPECT_DECIDED(line, 0, lend(loop, fd));
	/* Which one is meant stands in memory of the caller's. */
	EXPECT_DECIDED(line, 0, fim_loop_set(loop, at(self, "open/f"), O_RDWR));
	if (!self->block)
		EXPECT_EQ(0, fim_loop_clear(loop));
	close(fd);
	EXPECT_PASSED(0, fim_loop_set(loop, at(self, "open/f"), O_RDWR));
	EXPECT_EQ(0, fim_loop_clear(loop));
}

/* Nor is it to write by a descriptor that is kept from writing itself. */
TEST_F(scene, C01_lent_to_a_loop_device)
{
	const char *loop, *line;
	int fd;

	NEEDS_POLICY();
	fd = open_f(self, O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, protect(self));
	loop = fim_loop_free();
	NEEDS(loop ? NULL : "no loop device");
	line = fim_fmt("ioctl %s -> %s", self->tree.prot, strrchr(loop, '/'));
	EXPECT_DECIDED(line, 0, lend(loop, fd));
	close(fd);
	EXPECT_PASSED(0, lend(loop, open(at(self, "open/f"),
					 O_RDWR | O_CLOEXEC)));
}

TEST_HARNESS_MAIN
