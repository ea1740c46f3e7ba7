// SPDX-License-Identifier: GPL-2.0
/*
 * test_sink.c - tests of ctl/sink*.c: what files and servers are handed
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "helper.h"
#include "json.h"
#include "record.h"
#include "sink.h"

#include "kselftest_harness.h"

static volatile sig_atomic_t interrupted, hung_up;

static int put(struct sink *s, uint64_t seq)
{
	struct record r;
	cJSON *alert;
	int err;

	put_touch(&r, seq);
	record_parse(&r);
	alert = alert_json(r.tb);
	err = sink_put(s, alert);
	cJSON_Delete(alert);
	record_free(&r);
	return err;
}

static void init(struct sink *s)
{
	*s = (struct sink){ .format = format_json, .interrupted = &interrupted,
			    .reopen = &hung_up };
	signal(SIGPIPE, SIG_IGN);
}

TEST(places)
{
	static const struct {
		const char *to;
		const struct sink_type *type;
	} cases[] = {
		{ "stdout", &sink_stdout },
		{ "journal", &sink_journal },
		{ "/var/log/x", &sink_file },
		{ "syslog://host", &sink_syslog },
		{ "syslog://[::1]:99", &sink_syslog },
		{ "syslog://[::1]", &sink_syslog },
		{ "syslog://::1", &sink_syslog },
		{ "syslog://fe80::1%lo", &sink_syslog },
		{ "syslog://h:65535", &sink_syslog },
		/* nobody would ever be there */
		{ "syslog://", NULL },
		{ "syslog://:514", NULL },
		{ "syslog://[]:514", NULL },
		{ "syslog://[::1", NULL },
		{ "syslog://::1]", NULL },
		{ "syslog://[::1]514", NULL },
		{ "syslog://[::1]:", NULL },
		{ "syslog://h:", NULL },
		{ "syslog://h:0", NULL },
		{ "syslog://h:65536", NULL },
		{ "syslog://h:+1", NULL },
		{ "syslog://h:99999999999999999999", NULL },
		{ "syslog://h:514/tcp", NULL },
		{ "syslog://h:514:514", NULL },
		{ "file", NULL },
		{ "", NULL },
	};
	struct sink s;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		s.type = NULL;
		EXPECT_EQ(!!cases[i].type, sink_find(&s, cases[i].to));
		EXPECT_EQ(cases[i].type, s.type);
	}
}

TEST(urgency)
{
	static const struct {
		const char *key[2];
		const char *value[2];
		unsigned int priority;
	} cases[] = {
		{ { "Operation" }, { "PolicyApplied" }, LOG_NOTICE },
		{ { "Lost" }, { "3" }, LOG_ERR },
		{ { "Result" }, { "Passed" }, LOG_WARNING },
		{ { "Result", "Severity" }, { "Passed", "1" }, LOG_NOTICE },
		{ { "Result", "Severity" }, { "Passed", "4" }, LOG_WARNING },
		{ { "Result", "Severity" }, { "Passed", "7" }, LOG_ERR },
		{ { "Result", "Severity" }, { "Passed", "10" }, LOG_CRIT },
	};
	cJSON *alert;
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		alert = json_object();
		for (k = 0; k < 2 && cases[i].key[k]; k++)
			json_add_string(alert, cases[i].key[k],
					cases[i].value[k]);
		EXPECT_EQ(cases[i].priority, sink_priority(alert));
		cJSON_Delete(alert);
	}
}

static int lines(const char *path)
{
	FILE *file = fopen(path, "r");
	int c, nr = 0;

	while (file && (c = getc(file)) != EOF)
		nr += c == '\n';
	if (file)
		fclose(file);
	return file ? nr : -1;
}

TEST(file)
{
	char dir[] = "/tmp/fim-sink.XXXXXX", path[64], old[64], command[80];
	struct sink s;
	FILE *file;

	init(&s);
	ASSERT_NE(NULL, mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/alerts", dir);
	snprintf(old, sizeof(old), "%s/alerts.1", dir);
	file = fopen(path, "w");
	fputs("half a li", file);
	fclose(file);
	ASSERT_TRUE(sink_find(&s, path));
	ASSERT_EQ(0, sink_open(&s));
	EXPECT_EQ(0, put(&s, 1));
	/* logrotate renames; what comes before the signal goes along. */
	ASSERT_EQ(0, rename(path, old));
	EXPECT_EQ(0, put(&s, 2));
	hung_up = 1;
	EXPECT_EQ(0, sink_settle(&s));
	EXPECT_EQ(0, hung_up);
	EXPECT_EQ(0, put(&s, 3));
	EXPECT_EQ(3, lines(old));
	EXPECT_EQ(1, lines(path));
	/* Removed, and nobody says so. */
	ASSERT_EQ(0, unlink(path));
	EXPECT_EQ(0, put(&s, 4));
	EXPECT_EQ(1, lines(path));
	sink_close(&s);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	EXPECT_EQ(0, system(command));
}

TEST(full_disk)
{
	struct sink s;

	init(&s);
	ASSERT_TRUE(sink_find(&s, "/dev/full"));
	ASSERT_EQ(0, sink_open(&s));
	/* It waits, and a signal ends that. */
	interrupted = 1;
	EXPECT_EQ(-EINTR, put(&s, 1));
	interrupted = 0;
	sink_close(&s);
	ASSERT_TRUE(sink_find(&s, "/nowhere/at/all"));
	EXPECT_EQ(-ENOENT, sink_open(&s));
	sink_close(&s);
}

static int listen_at(uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(*port) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 4) ||
	    getsockname(fd, (struct sockaddr *)&at, &len))
		return -1;
	*port = ntohs(at.sin_port);
	return fd;
}

/* One message as RFC 6587 counts it. Return: its number, -1 at the end. */
static long take(FILE *from)
{
	static char message[65536];
	unsigned long len;
	char *number;

	if (fscanf(from, "%lu", &len) != 1 || getc(from) != ' ' ||
	    len >= sizeof(message) || fread(message, 1, len, from) != len)
		return -1;
	message[len] = '\0';
	number = strstr(message, "[meta sequenceId=\"");
	if (strncmp(message, "<85>1 2023-10-03T06:56:50.829165Z ", 34) ||
	    !number || message[len - 1] != '}')
		return -1;
	return strtol(strchr(number, '"') + 1, NULL, 10) - 1;
}

TEST(server)
{
	char to[64];
	uint16_t port = 0;
	int listener = listen_at(&port);
	struct sink s;
	FILE *peer;

	init(&s);
	ASSERT_LE(0, listener);
	snprintf(to, sizeof(to), "syslog://127.0.0.1:%u", port);
	ASSERT_TRUE(sink_find(&s, to));
	ASSERT_EQ(0, sink_open(&s));
	ASSERT_EQ(0, put(&s, 1));
	ASSERT_EQ(0, put(&s, 2));
	peer = fdopen(accept(listener, NULL, NULL), "r");
	EXPECT_EQ(1, take(peer));
	EXPECT_EQ(2, take(peer));
	EXPECT_EQ(0, sink_settle(&s));
	/* Killed with 3 unread: its machine has it, it has not. */
	ASSERT_EQ(0, put(&s, 3));
	EXPECT_EQ(0, sink_settle(&s));
	fclose(peer);
	ASSERT_EQ(0, put(&s, 4));
	peer = fdopen(accept(listener, NULL, NULL), "r");
	EXPECT_EQ(1, take(peer));
	EXPECT_EQ(2, take(peer));
	EXPECT_EQ(3, take(peer));
	EXPECT_EQ(4, take(peer));
	EXPECT_EQ(0, sink_settle(&s));
	/* What was acknowledged two seconds ago does not come again. */
	usleep(2100000);
	EXPECT_EQ(0, sink_settle(&s));
	fclose(peer);
	ASSERT_EQ(0, put(&s, 5));
	peer = fdopen(accept(listener, NULL, NULL), "r");
	EXPECT_EQ(5, take(peer));
	fclose(peer);
	close(listener);
	/* No server: it waits, and a signal ends that. */
	interrupted = 1;
	EXPECT_EQ(-EINTR, put(&s, 6));
	interrupted = 0;
	sink_close(&s);
}

TEST_HARNESS_MAIN
