// SPDX-License-Identifier: GPL-2.0
/*
 * sink_file.c - alerts into a file that logrotate may move away
 *
 * A filesystem that is full is waited for: the ring holds what comes meanwhile.
 * A line is there as a whole or not at all, so a write that was cut short is
 * taken back.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink.h"
#include "term.h"

/** @RETRY_MS: how long to wait for room */
#define RETRY_MS 1000

/* What a crash has left may end within a line. */
static int end_line(int fd)
{
	struct stat st;
	char last;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !st.st_size)
		return 0;
	if (pread(fd, &last, 1, st.st_size - 1) == 1 && last != '\n' &&
	    write(fd, "\n", 1) != 1)
		return -errno;
	return 0;
}

static int open_file(struct sink *s)
{
	int err;

	s->fd = open(s->where, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC |
		     O_NOFOLLOW, 0640);
	err = s->fd < 0 ? -errno : end_line(s->fd);
	if (err)
		term_error("can't open %s: %s", s->where, strerror(-err));
	return err;
}

static int sync_file(const struct sink *s)
{
	return s->unsettled && fdatasync(s->fd) && errno != EINVAL ? -errno : 0;
}

/* What was written goes to the disk, before it can't be got at any more. */
static int reopen(struct sink *s)
{
	int err = sync_file(s);

	if (err)
		return err;
	*s->reopen = 0;
	close(s->fd);
	return open_file(s);
}

/* Return: 0 when all is written, 1 to try again, -errno. */
static int write_once(struct sink *s, const struct buf *text)
{
	struct stat st = { 0 };
	ssize_t n;
	int err;

	if (fstat(s->fd, &st))
		return -errno;
	/* Nobody would read what is written to a file that was removed. */
	if (!st.st_nlink) {
		err = reopen(s);
		return err ? err : 1;
	}
	n = write(s->fd, text->data, text->len);
	if (n == (ssize_t)text->len)
		return 0;
	if (n >= 0) {
		if (S_ISREG(st.st_mode) && ftruncate(s->fd, st.st_size))
			return -errno;
		return 1;
	}
	return errno == ENOSPC || errno == EDQUOT || errno == EINTR ? 1 :
								      -errno;
}

static int put_file(struct sink *s, const cJSON *alert)
{
	struct buf text = { 0 };
	bool told = false;
	int err = *s->reopen ? reopen(s) : 0;

	s->format(alert, &text);
	while (!err) {
		err = write_once(s, &text);
		if (err <= 0)
			break;
		if (!told)
			term_warning("no room for %s; waiting", s->where);
		told = true;
		err = sink_wait(s, -1, 0, RETRY_MS) ? 0 : -EINTR;
		if (!err && *s->reopen)
			err = reopen(s);
	}
	if (err && err != -EINTR)
		term_error("can't write %s: %s", s->where, strerror(-err));
	buf_free(&text);
	return err;
}

static int settle_file(struct sink *s)
{
	/* Also lets go of a file that was moved away while nothing comes. */
	int err = *s->reopen ? reopen(s) : 0;

	if (!err)
		err = sync_file(s);
	if (err)
		term_error("can't write %s: %s", s->where, strerror(-err));
	return err;
}

const struct sink_type sink_file = {
	.open = open_file,
	.put = put_file,
	.settle = settle_file,
};
