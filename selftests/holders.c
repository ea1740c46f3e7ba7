// SPDX-License-Identifier: GPL-2.0
/*
 * holders.c - where a descriptor from before the policy may be kept, and that
 * the hooks on writing are there only for as long as there is one
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "scene.h"
#include "uring.h"

#define SIZE (64 * 1024)

static int do_write(int fd)
{
	return sys(write(fd, "x", 1));
}

static int open_rw(const FIXTURE_DATA(scene) *self, const char *path)
{
	int fd = open(at(self, path), O_RDWR | O_CLOEXEC);

	if (fd >= 0 && ftruncate(fd, SIZE))
		return -1;
	return fd;
}

static int send_fd(int sock, int fd)
{
	char byte = 'x';
	struct iovec iov = { &byte, 1 };
	char control[CMSG_SPACE(sizeof(int))] = {};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sys(sendmsg(sock, &msg, 0));
}

static int receive_fd(int sock)
{
	char byte;
	struct iovec iov = { &byte, 1 };
	char control[CMSG_SPACE(sizeof(int))] = {};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fd = -1;

	if (recvmsg(sock, &msg, 0) == 1 && CMSG_FIRSTHDR(&msg))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* Nobody holds it while the policy is applied. */
TEST_F(scene, C01_descriptor_in_flight)
{
	int socks[2];
	int fd;

	NEEDS(self->missing);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, socks));
	fd = open_rw(self, "a/prot/f");
	ASSERT_EQ(0, send_fd(socks[0], fd));
	close(fd);
	ASSERT_EQ(0, protect(self));
	fd = receive_fd(socks[1]);
	ASSERT_LE(0, fd);
	EXPECT_DECIDED(fim_fmt("write %s/f", self->tree.prot), 0, do_write(fd));
	close(fd);
	close(socks[0]);
	close(socks[1]);
}

/* Registered with io_uring and closed otherwise. */
TEST_F(scene, C01_descriptor_registered)
{
	static const unsigned int flags[] = { 0, IORING_SETUP_SQPOLL };
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_WRITE,
		.flags = IOSQE_FIXED_FILE,
		.addr = (unsigned long)"x",
		.len = 1,
	};
	struct uring ring[2];
	size_t i;
	int fd;

	NEEDS(self->missing);
	fd = open_rw(self, "a/prot/f");
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		if (uring_open(&ring[i], flags[i]))
			SKIP(return, "no io_uring");
		ASSERT_EQ(0, sys(syscall(SYS_io_uring_register, ring[i].fd,
					 IORING_REGISTER_FILES, &fd, 1)));
	}
	close(fd);
	ASSERT_EQ(0, protect(self));
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		EXPECT_DECIDED(fim_fmt("write %s/f", self->tree.prot), -1,
			       -uring_do(&ring[i], &sqe));
		uring_close(&ring[i]);
	}
}

/* The file is moved into the tree with its writer. */
TEST_F(scene, C01_file_moved_in)
{
	int fd;

	NEEDS(self->missing);
	fd = open_rw(self, "open/f");
	if (!self->block)
		ASSERT_EQ(0, protect(self));
	ASSERT_EQ(0, rename(at(self, "open/f"), at(self, "a/prot/moved")));
	ASSERT_EQ(0, protect(self));
	EXPECT_DECIDED(fim_fmt("write %s/moved", self->tree.prot), 0,
		       do_write(fd));
	close(fd);
}

static const char *const on_demand[] = {
	"security_file_permission", "security_mmap_file",
	"security_file_mprotect",
};

static unsigned int attached(struct fim_nl *nl)
{
	unsigned int n = 0;
	int state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(on_demand); i++) {
		state = fim_hook_state(nl, on_demand[i]);
		n += state == FIM_HOOK_PROVEN || state == FIM_HOOK_ATTACHED;
	}
	return n;
}

TEST_F(scene, C01_hooks_come_and_go)
{
	int fd;

	NEEDS_POLICY();
	ASSERT_EQ(0, protect(self));
	EXPECT_EQ(0, attached(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	fd = open_rw(self, "open/f");
	ASSERT_EQ(0, protect(self));
	EXPECT_EQ(0, attached(&self->nl))
		TH_LOG("a writer elsewhere is none");
	close(fd);
	ASSERT_EQ(0, fim_delete_all(&self->nl));

	fd = open_rw(self, "a/prot/f");
	ASSERT_EQ(0, protect(self));
	EXPECT_EQ(3, attached(&self->nl));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_SELFTEST));
	EXPECT_EQ(3, attached(&self->nl));
	close(fd);
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_SELFTEST));
	ASSERT_EQ(0, protect(self));
	EXPECT_EQ(0, attached(&self->nl));

	/* When the policy goes, too. */
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	fd = open_rw(self, "a/prot/f");
	ASSERT_EQ(0, protect(self));
	EXPECT_EQ(3, attached(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, attached(&self->nl));
	EXPECT_PASSED(0, do_write(fd));
	close(fd);
}

TEST_HARNESS_MAIN
