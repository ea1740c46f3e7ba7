/* SPDX-License-Identifier: GPL-2.0 */
/*
 * uring.h - as much of io_uring and aio as a test needs: one operation at a time
 */
#ifndef _FIM_TEST_URING_H
#define _FIM_TEST_URING_H

#include <linux/io_uring.h>
#include <stdbool.h>

/**
 * struct uring - a ring
 * @fd: its descriptor
 * @size: size of its mapping
 * @map: the mapping of both queues
 * @sqes: the mapping of the entries to submit
 * @params: where things are in them
 */
struct uring {
	int fd;
	unsigned long size;
	char *map;
	struct io_uring_sqe *sqes;
	struct io_uring_params params;
};

int uring_open(struct uring *ring, unsigned int flags);
int uring_do(struct uring *ring, const struct io_uring_sqe *sqe);
bool uring_knows(const struct uring *ring, __u8 opcode);
void uring_close(struct uring *ring);

int aio_write(int fd, int flags);

#endif /* _FIM_TEST_URING_H */
