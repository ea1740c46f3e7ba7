// SPDX-License-Identifier: GPL-2.0
/*
 * uring.c - one operation of io_uring or aio at a time
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/aio_abi.h>

#include "common.h"
#include "uring.h"

#define ENTRIES 4

/**
 * uring_open() - make a ring
 * @ring: filled in
 * @flags: IORING_SETUP_SQPOLL or 0
 *
 * Return: 0 or an errno.
 */
int uring_open(struct uring *ring, unsigned int flags)
{
	struct io_uring_params *p = &ring->params;
	unsigned long sq;
	unsigned long cq;

	memset(ring, 0, sizeof(*ring));
	p->flags = flags;
	ring->fd = syscall(SYS_io_uring_setup, ENTRIES, p);
	if (ring->fd < 0)
		return errno;
	sq = p->sq_off.array + p->sq_entries * sizeof(__u32);
	cq = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
	ring->size = sq > cq ? sq : cq;
	ring->map = mmap(NULL, ring->size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 ring->fd, IORING_OFF_SQ_RING);
	ring->sqes = mmap(NULL, p->sq_entries * sizeof(struct io_uring_sqe),
			  PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd,
			  IORING_OFF_SQES);
	if (ring->map == MAP_FAILED || ring->sqes == MAP_FAILED)
		return errno;
	return 0;
}

static __u32 *word(struct uring *ring, __u32 offset)
{
	return (__u32 *)(ring->map + offset);
}

/**
 * uring_do() - submit an operation and wait for it
 * @ring: the ring
 * @sqe: the operation
 *
 * Return: what the operation returned, or a negative errno.
 */
int uring_do(struct uring *ring, const struct io_uring_sqe *sqe)
{
	const struct io_uring_params *p = &ring->params;
	__u32 tail = *word(ring, p->sq_off.tail);
	__u32 i = tail & *word(ring, p->sq_off.ring_mask);
	unsigned int enter = IORING_ENTER_GETEVENTS;
	struct io_uring_cqe *cqes;
	__u32 head;

	ring->sqes[i] = *sqe;
	word(ring, p->sq_off.array)[i] = i;
	__atomic_store_n(word(ring, p->sq_off.tail), tail + 1, __ATOMIC_RELEASE);
	if (p->flags & IORING_SETUP_SQPOLL)
		enter |= IORING_ENTER_SQ_WAKEUP;
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, enter, NULL, 0) < 0)
		return -errno;
	head = *word(ring, p->cq_off.head);
	if (head == __atomic_load_n(word(ring, p->cq_off.tail), __ATOMIC_ACQUIRE))
		return -EAGAIN;
	cqes = (struct io_uring_cqe *)(ring->map + p->cq_off.cqes);
	i = cqes[head & *word(ring, p->cq_off.ring_mask)].res;
	__atomic_store_n(word(ring, p->cq_off.head), head + 1, __ATOMIC_RELEASE);
	return i;
}

/**
 * uring_knows() - whether the kernel has an operation
 * @ring: the ring
 * @opcode: the operation
 */
bool uring_knows(const struct uring *ring, __u8 opcode)
{
	union {
		struct io_uring_probe probe;
		char room[sizeof(struct io_uring_probe) +
			  256 * sizeof(struct io_uring_probe_op)];
	} u = {};

	return !syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_PROBE,
			&u, 256) &&
	       opcode <= u.probe.last_op &&
	       (u.probe.ops[opcode].flags & IO_URING_OP_SUPPORTED);
}

void uring_close(struct uring *ring)
{
	munmap(ring->sqes, ring->params.sq_entries * sizeof(struct io_uring_sqe));
	munmap(ring->map, ring->size);
	close(ring->fd);
}

/**
 * aio_write() - write a byte at the beginning of a file by io_submit(2)
 * @fd: its descriptor
 * @flags: RWF_* flags
 *
 * Return: 0 or an errno.
 */
int aio_write(int fd, int flags)
{
	struct iocb cb = {
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_fildes = fd,
		.aio_buf = (unsigned long)"x",
		.aio_nbytes = 1,
		.aio_rw_flags = flags,
	};
	struct iocb *cbs[] = { &cb };
	struct io_event event = {};
	aio_context_t ctx = 0;
	int err;

	err = sys(syscall(SYS_io_setup, 1, &ctx));
	if (err)
		return err;
	err = sys(syscall(SYS_io_submit, ctx, 1, cbs));
	if (!err && syscall(SYS_io_getevents, ctx, 1, 1, &event, NULL) == 1 &&
	    (long)event.res < 0)
		err = -event.res;
	syscall(SYS_io_destroy, ctx);
	return err;
}
