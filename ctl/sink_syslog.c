// SPDX-License-Identifier: GPL-2.0
/*
 * sink_syslog.c - alerts to a syslog server: RFC 5424 over TCP, counted octets
 *
 * TCP does not say what the server has read. A message is kept until the
 * server's machine has acknowledged it and the connection has been seen alive
 * KEEP_MS later; if it breaks before, the message is sent again on the next one.
 * So a server may get one twice, which its number shows. While there is no
 * server, this waits, and the module's ring holds what comes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "mem.h"
#include "sink.h"
#include "term.h"

/** @KEEP_MS: for how long a message that was acknowledged is kept */
#define KEEP_MS		2000
/** @KEEP_BYTES: messages that were acknowledged are kept up to here */
#define KEEP_BYTES	(4 << 20)
/** @RETRY_MS: how long to wait for a server */
#define RETRY_MS	1000
/** @CONNECT_MS: how long to wait for a connection */
#define CONNECT_MS	5000
/** @PORT: if none is given: where rsyslog's documentation has imtcp listen */
#define PORT		"514"

/**
 * struct frame - a message that may have to be sent again
 * @next: the one after it
 * @end: bytes sent on this connection up to its end
 * @time: when it was sent
 * @len: bytes of @data
 * @data: the message with its count before it
 */
struct frame {
	struct frame *next;
	uint64_t end;
	int64_t time;
	size_t len;
	char *data;
};

/**
 * struct syslog - a connection's state
 * @host: the server
 * @port: its port
 * @first: oldest message that is kept
 * @last: newest one
 * @unsent: first one that is not sent completely
 * @offset: bytes of @unsent that are sent
 * @sent: bytes sent on this connection
 * @kept: bytes of all that are kept
 * @told: it was said that there is no server
 */
struct syslog {
	char *host;
	char *port;
	struct frame *first;
	struct frame *last;
	struct frame *unsent;
	size_t offset;
	uint64_t sent;
	size_t kept;
	bool told;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Header fields are printable ASCII without spaces, and of limited length. */
static void add_word(struct buf *out, const char *text, size_t max)
{
	size_t i;

	for (i = 0; text && text[i] && i < max; i++)
		buf_addc(out, text[i] > ' ' && text[i] < 0x7f ? text[i] : '?');
	buf_adds(out, i ? " " : "- ");
}

static void make_message(struct sink *s, struct buf *out, const cJSON *alert)
{
	const char *number = format_value(alert, "Sequence");
	const char *operation = format_value(alert, "FileOperation");

	buf_addf(out, "<%u>1 ", LOG_AUTHPRIV | sink_priority(alert));
	add_word(out, format_value(alert, "UpdatedTime"), 32);
	add_word(out, format_value(alert, "HostName"), 255);
	buf_adds(out, "fim - ");
	add_word(out, operation ? operation : format_value(alert, "Operation"),
		 32);
	if (number)
		buf_addf(out, "[meta sequenceId=\"%llu\"] ",
			 strtoull(number, NULL, 10) % 2147483647 + 1);
	else
		buf_adds(out, "- ");
	s->format(alert, out);
	out->len--;
}

static void keep_message(struct syslog *y, const struct buf *message)
{
	struct frame *frame = mem_alloc(sizeof(*frame));
	struct buf data = { 0 };

	buf_addf(&data, "%zu ", message->len);
	buf_add(&data, message->data, message->len);
	*frame = (struct frame){ .len = data.len, .data = data.data };
	y->kept += frame->len;
	if (y->last)
		y->last->next = frame;
	else
		y->first = frame;
	y->last = frame;
	if (!y->unsent)
		y->unsent = frame;
}

static void forget_first(struct syslog *y)
{
	struct frame *frame = y->first;

	y->first = frame->next;
	if (!y->first)
		y->last = NULL;
	y->kept -= frame->len;
	free(frame->data);
	free(frame);
}

static uint64_t acknowledged(const struct sink *s)
{
	int left = 0;

	if (ioctl(s->fd, SIOCOUTQ, &left))
		return 0;
	return s->syslog->sent - left;
}

static void forget(struct sink *s)
{
	uint64_t acked = acknowledged(s);
	struct syslog *y = s->syslog;
	int64_t now = now_ms();

	while (y->first && y->first != y->unsent && y->first->end <= acked &&
	       (now - y->first->time >= KEEP_MS || y->kept > KEEP_BYTES))
		forget_first(y);
}

static void disconnect(struct sink *s)
{
	struct syslog *y = s->syslog;

	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	y->unsent = y->first;
	y->offset = 0;
	y->sent = 0;
}

/* A server says nothing; what can be read is the end. */
static bool is_alive(struct sink *s)
{
	char junk[512];
	ssize_t n;

	if (s->fd < 0)
		return false;
	do {
		n = recv(s->fd, junk, sizeof(junk), MSG_DONTWAIT);
	} while (n > 0);
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static int connect_to(struct sink *s, const struct addrinfo *ai)
{
	socklen_t len = sizeof(int);
	int err = 0, on = 1;

	s->fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK |
		       SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return -errno;
	setsockopt(s->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	if (!connect(s->fd, ai->ai_addr, ai->ai_addrlen))
		return 0;
	if (errno != EINPROGRESS) {
		err = errno;
	} else {
		struct pollfd p = { .fd = s->fd, .events = POLLOUT };

		if (poll(&p, 1, CONNECT_MS) <= 0)
			err = ETIMEDOUT;
		else if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &len))
			err = errno;
	}
	if (err) {
		close(s->fd);
		s->fd = -1;
	}
	return -err;
}

static const char *try_connect(struct sink *s)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list, *ai;
	int err;

	err = getaddrinfo(s->syslog->host, s->syslog->port, &hints, &list);
	if (err)
		return gai_strerror(err);
	err = -EADDRNOTAVAIL;
	for (ai = list; ai; ai = ai->ai_next) {
		err = connect_to(s, ai);
		if (!err)
			break;
	}
	freeaddrinfo(list);
	return err ? strerror(-err) : NULL;
}

static int reconnect(struct sink *s)
{
	struct syslog *y = s->syslog;
	const char *why;

	disconnect(s);
	while ((why = try_connect(s))) {
		if (!y->told)
			term_warning("can't reach %s: %s; waiting", s->where,
				     why);
		y->told = true;
		if (!sink_wait(s, -1, 0, RETRY_MS))
			return -EINTR;
	}
	if (y->told)
		term_warning("%s is reached", s->where);
	y->told = false;
	return 0;
}

/* Return: 0 when all is sent, 1 to try again, -errno. */
static int send_some(struct sink *s)
{
	struct syslog *y = s->syslog;
	struct frame *frame = y->unsent;
	ssize_t n;

	if (!frame)
		return 0;
	n = send(s->fd, frame->data + y->offset, frame->len - y->offset,
		 MSG_NOSIGNAL);
	if (n < 0 && errno == EAGAIN)
		return sink_wait(s, s->fd, POLLOUT | POLLIN, RETRY_MS) ?
		       1 : -EINTR;
	if (n < 0) {
		disconnect(s);
		return 1;
	}
	y->sent += n;
	y->offset += n;
	if (y->offset == frame->len) {
		frame->end = y->sent;
		frame->time = now_ms();
		y->unsent = frame->next;
		y->offset = 0;
	}
	return 1;
}

static int send_all(struct sink *s)
{
	int err;

	do {
		err = is_alive(s) ? 0 : reconnect(s);
		if (!err)
			err = send_some(s);
	} while (err == 1);
	return err;
}

static int put_syslog(struct sink *s, const cJSON *alert)
{
	struct buf message = { 0 };
	int err;

	make_message(s, &message, alert);
	keep_message(s->syslog, &message);
	buf_free(&message);
	err = send_all(s);
	if (!err)
		forget(s);
	return err;
}

static int settle_syslog(struct sink *s)
{
	struct syslog *y = s->syslog;
	int err = 0, ms = 1;

	while (y->first && !err) {
		err = send_all(s);
		if (err || acknowledged(s) == y->sent)
			break;
		err = sink_wait(s, s->fd, POLLIN, ms) ? 0 : -EINTR;
		ms = ms < 64 ? 2 * ms : ms;
	}
	if (!err && y->first)
		forget(s);
	return err;
}

static bool is_ipv6(const char *text)
{
	size_t len = strcspn(text, "%");
	char address[INET6_ADDRSTRLEN];
	struct in6_addr in6;

	if (len >= sizeof(address))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	return inet_pton(AF_INET6, address, &in6) == 1;
}

static bool is_port(const char *text)
{
	size_t len = strspn(text, "0123456789");
	int n = len < 6 ? atoi(text) : 0;

	return !text[len] && n > 0 && n <= 65535;
}

/* HOST, HOST:PORT, [HOST] or [HOST]:PORT; where the port is is in @port. */
static bool split(const char *where, const char **host, size_t *len,
		  const char **port)
{
	const char *rest;

	*host = where + (*where == '[');
	if (is_ipv6(where))
		*len = strlen(where);
	else
		*len = strcspn(*host, *where == '[' ? "]" : ":]");
	rest = *host + *len;
	if (*where == '[' && *rest++ != ']')
		return false;
	*port = *rest ? rest + 1 : PORT;
	return *len && (!*rest || *rest == ':') && is_port(*port);
}

/**
 * sink_is_server() - whether a syslog server can be there
 * @where: the place
 *
 * Return: true if so.
 */
bool sink_is_server(const char *where)
{
	const char *host, *port;
	size_t len;

	return split(where, &host, &len, &port);
}

static int open_syslog(struct sink *s)
{
	struct syslog *y = mem_alloc(sizeof(*y));
	const char *host, *port;
	size_t len;

	*y = (struct syslog){ 0 };
	s->syslog = y;
	if (!split(s->where, &host, &len, &port))
		return -EINVAL;
	y->host = mem_dup(host, len);
	y->port = mem_string(port);
	return 0;
}

static void close_syslog(struct sink *s)
{
	struct syslog *y = s->syslog;

	while (y && y->first)
		forget_first(y);
	if (y) {
		free(y->host);
		free(y->port);
	}
	free(y);
	s->syslog = NULL;
}

const struct sink_type sink_syslog = {
	.open = open_syslog,
	.put = put_syslog,
	.settle = settle_syslog,
	.close = close_syslog,
};
