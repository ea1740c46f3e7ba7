// SPDX-License-Identifier: GPL-2.0
/*
 * sink_journal.c - alerts to systemd-journald, with a field for each key
 *
 * The native protocol, as systemd documents it: a datagram holds fields, each
 * "NAME=value" and a newline or, if the value has a newline, the name and a
 * newline, the length in 64 bits of little endian, the value and a newline.
 */
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "array.h"
#include "sink.h"
#include "term.h"
#include "text.h"

/** @RETRY_MS: how long to wait for a journal that is not there */
#define RETRY_MS	1000
/** @SEND_BUFFER: room for a record, whatever its strings are */
#define SEND_BUFFER	(8 << 20)
/** @MESSAGE_ID: of all alerts, for the journal's catalogue and for filters */
#define MESSAGE_ID	"5b3f1c6e0d2a4c1f9a7e8d4b6c2f0a91"

static void add_field(struct buf *out, const char *name, const char *value)
{
	uint64_t len = strlen(value), le = htole64(len);

	buf_adds(out, name);
	if (strchr(value, '\n')) {
		buf_addc(out, '\n');
		buf_add(out, &le, sizeof(le));
	} else {
		buf_addc(out, '=');
	}
	buf_add(out, value, len);
	buf_addc(out, '\n');
}

/* PolicyName becomes FIM_POLICY_NAME. */
static void field_name(struct buf *out, const char *key)
{
	const char *p;

	for (p = key; *p; p++) {
		if (p > key && isupper((unsigned char)*p) &&
		    islower((unsigned char)p[-1]))
			buf_addc(out, '_');
		buf_addc(out, toupper((unsigned char)*p));
	}
}

/* A list is a field that is there several times, a map has a field for each. */
static void add_value(struct buf *out, const char *prefix, const char *key,
		      const cJSON *value)
{
	struct buf name = { 0 };
	const cJSON *item;

	buf_addf(&name, "%s_", prefix);
	field_name(&name, key);
	if (value->valuestring)
		add_field(out, name.data, value->valuestring);
	cJSON_ArrayForEach(item, value) {
		if (item->string)
			add_value(out, name.data, item->string, item);
		else
			add_field(out, name.data, item->valuestring);
	}
	buf_free(&name);
}

/* Fit for a line of journalctl: what was done to what, and by whom. */
static void add_message(struct buf *out, const cJSON *alert)
{
	static const char *const keys[] = {
		"FileOperation", "Resource", "Message", "ProcessName",
		"PolicyName",
	};
	static const char *const before[] = { "", " ", ": ", "; by ",
					      "; policy " };
	const char *result = format_value(alert, "Result"), *value;
	struct buf message = { 0 };
	size_t i;

	if (result)
		buf_adds(&message, strcmp(result, "Passed") ? "refused " :
							      "audited ");
	else
		buf_addf(&message, "%s", format_value(alert, "Operation"));
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		value = format_value(alert, keys[i]);
		if (!value)
			continue;
		/* The other fields have it as it is. */
		buf_adds(&message, before[i]);
		text_escape(&message, value, strlen(value));
	}
	add_field(out, "MESSAGE", message.data);
	buf_free(&message);
}

static void make_entry(struct buf *out, const cJSON *alert)
{
	char priority[12];
	const cJSON *value;

	add_message(out, alert);
	snprintf(priority, sizeof(priority), "%u", sink_priority(alert));
	add_field(out, "PRIORITY", priority);
	add_field(out, "SYSLOG_IDENTIFIER", "fim");
	add_field(out, "MESSAGE_ID", MESSAGE_ID);
	cJSON_ArrayForEach(value, alert)
		add_value(out, "FIM", value->string, value);
}

static int open_journal(struct sink *s)
{
	int size = SEND_BUFFER;

	s->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return -errno;
	if (setsockopt(s->fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(s->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return 0;
}

static int send_entry(struct sink *s, const struct buf *entry)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", s->where);
	/* Waits while the journal is slow; a signal ends that. */
	if (sendto(s->fd, entry->data, entry->len, MSG_NOSIGNAL,
		   (struct sockaddr *)&to, sizeof(to)) >= 0)
		return 0;
	return -errno;
}

static int put_journal(struct sink *s, const cJSON *alert)
{
	struct buf entry = { 0 };
	bool told = false;
	int err;

	make_entry(&entry, alert);
	while ((err = send_entry(s, &entry))) {
		if (err == -EMSGSIZE || err == -EACCES || err == -EPERM)
			break;
		if (!told && err != -EINTR)
			term_warning("can't reach the journal: %s; waiting",
				     strerror(-err));
		told = told || err != -EINTR;
		if (!sink_wait(s, -1, 0, err == -EINTR ? 0 : RETRY_MS)) {
			err = -EINTR;
			break;
		}
	}
	if (err && err != -EINTR)
		term_error("can't send to the journal: %s", strerror(-err));
	buf_free(&entry);
	return err;
}

const struct sink_type sink_journal = {
	.open = open_journal,
	.put = put_journal,
};
