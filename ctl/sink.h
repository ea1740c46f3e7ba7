/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sink.h - where alerts go
 */
#ifndef FIMCTL_SINK_H
#define FIMCTL_SINK_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "format.h"

struct sink;
struct syslog;

/**
 * struct sink_type - a kind of place that alerts go to
 * @open: gets ready; NULL if there is nothing to do
 * @put: hands an alert over; waits as long as it takes, but not beyond a signal
 * @settle: makes sure that what was put survives this process; NULL if it does
 * @close: undoes @open; NULL if there is nothing to do
 *
 * All but @close return 0 or -errno; -EINTR after a signal.
 */
struct sink_type {
	int (*open)(struct sink *s);
	int (*put)(struct sink *s, const cJSON *alert);
	int (*settle)(struct sink *s);
	void (*close)(struct sink *s);
};

/**
 * struct sink - where alerts go
 * @type: what kind of place
 * @where: which one: a path, or a host and a port
 * @format: makes text of an alert
 * @interrupted: set by a signal; nothing waits any longer then
 * @reopen: set by a signal: the file was moved away
 * @unsettled: something was put since all was settled
 * @fd: the file or socket, -1 if there is none
 * @syslog: the connection's state
 */
struct sink {
	const struct sink_type *type;
	const char *where;
	format_writer format;
	const volatile sig_atomic_t *interrupted;
	volatile sig_atomic_t *reopen;
	bool unsettled;
	int fd;
	struct syslog *syslog;
};

extern const struct sink_type sink_stdout, sink_file, sink_journal, sink_syslog;

bool sink_is_server(const char *where);
bool sink_find(struct sink *s, const char *to);
int sink_open(struct sink *s);
int sink_put(struct sink *s, const cJSON *alert);
int sink_settle(struct sink *s);
void sink_close(struct sink *s);

bool sink_wait(struct sink *s, int fd, short events, int ms);
unsigned int sink_priority(const cJSON *alert);

#endif /* FIMCTL_SINK_H */
