// SPDX-License-Identifier: GPL-2.0
/*
 * sink.c - where alerts go, and standard output as one such place
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "sink.h"

static int put_stdout(struct sink *s, const cJSON *alert)
{
	struct buf text = { 0 };
	int err = 0;

	s->format(alert, &text);
	if (fwrite(text.data, 1, text.len, stdout) != text.len ||
	    fflush(stdout))
		err = -errno;
	buf_free(&text);
	return err;
}

const struct sink_type sink_stdout = { .put = put_stdout };

/**
 * sink_find() - understand where alerts are to go
 * @s: @type and @where are set
 * @to: "stdout", "journal", "syslog://HOST[:PORT]" or the path of a file
 *
 * Return: false if it is none of these.
 */
bool sink_find(struct sink *s, const char *to)
{
	static const char scheme[] = "syslog://";

	s->fd = -1;
	s->where = to;
	if (!strcmp(to, "stdout")) {
		s->type = &sink_stdout;
	} else if (!strcmp(to, "journal")) {
		s->type = &sink_journal;
		s->where = "/run/systemd/journal/socket";
	} else if (!strncmp(to, scheme, strlen(scheme)) &&
		   sink_is_server(to + strlen(scheme))) {
		s->type = &sink_syslog;
		s->where = to + strlen(scheme);
	} else if (*to == '/') {
		s->type = &sink_file;
	} else {
		return false;
	}
	return true;
}

/**
 * sink_open() - get ready to take alerts
 * @s: @type, @where, @format, @interrupted and @reopen are set
 *
 * Return: 0 or -errno.
 */
int sink_open(struct sink *s)
{
	s->fd = -1;
	return s->type->open ? s->type->open(s) : 0;
}

/**
 * sink_put() - hand an alert over
 * @s: an open one
 * @alert: the alert
 *
 * Return: 0 or -errno; -EINTR after a signal.
 */
int sink_put(struct sink *s, const cJSON *alert)
{
	s->unsettled = true;
	return s->type->put(s, alert);
}

/**
 * sink_settle() - make sure that what was put survives this process
 * @s: an open one
 *
 * Return: 0 or -errno; -EINTR after a signal.
 */
int sink_settle(struct sink *s)
{
	int err = s->type->settle ? s->type->settle(s) : 0;

	if (!err)
		s->unsettled = false;
	return err;
}

/**
 * sink_close() - take no more alerts
 * @s: an open one, or one that could not be opened
 */
void sink_close(struct sink *s)
{
	if (s->type->close)
		s->type->close(s);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/**
 * sink_wait() - wait for a descriptor, or just wait
 * @s: whose @interrupted ends the wait
 * @fd: the descriptor, -1 for none
 * @events: as poll() takes them
 * @ms: for so long at most
 *
 * Return: false after a signal that ends all.
 */
bool sink_wait(struct sink *s, int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	/* A signal just before is seen when the time is up. */
	if (!*s->interrupted)
		poll(&p, 1, ms);
	return !*s->interrupted;
}

/**
 * sink_priority() - how urgent an alert is
 * @alert: the alert
 *
 * Return: a level of syslog.
 */
unsigned int sink_priority(const cJSON *alert)
{
	const char *severity = format_value(alert, "Severity");
	int value = severity ? atoi(severity) : 0;

	if (format_value(alert, "Lost"))
		return LOG_ERR;
	if (!format_value(alert, "Result"))
		return LOG_NOTICE;
	if (value >= 9)
		return LOG_CRIT;
	if (value >= 7)
		return LOG_ERR;
	return !value || value >= 4 ? LOG_WARNING : LOG_NOTICE;
}
