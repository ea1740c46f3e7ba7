// SPDX-License-Identifier: GPL-2.0
/*
 * feed.c - made-up records through the formats and sinks of fimctl watch
 *
 *   feed FORMAT WHERE FIRST COUNT [PAUSE_MS]
 *   feed keys
 *   feed metrics
 *
 * Programs that alerts are meant for then say whether they can read them; the
 * journal is where JOURNAL_SOCKET says. The
 * records differ: with and without each attribute, of every type and operation,
 * and with every byte that a name can hold.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "array.h"
#include "format.h"
#include "metrics.h"
#include "record.h"
#include "sink.h"

static volatile sig_atomic_t interrupted, hung_up;

static void on_hangup(int signal)
{
	(void)signal;
	hung_up = 1;
}

static void on_term(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* A byte of the number in the name, and one more, so that pairs come up. */
static void put_name(struct record *r, int attr, uint64_t seq)
{
	unsigned char name[] = { '/', 'a', seq % 255 + 1, seq / 255 % 255 + 1,
				 'z', '=', '|', '\\', '"', '\n', 'x' };

	nla_put(r->msg, attr, sizeof(name), name);
}

static void put_odd(struct record *r, uint64_t seq)
{
	static const unsigned char junk[64] = { 1, 2, 3, 0, 255, '\n', 0x1b };
	int attr = 1 + seq % FIM_EVENT_A_MAX;

	record_begin(r, seq, seq % (FIM_EVENT_MAX + 2));
	nla_put_u8(r->msg, FIM_EVENT_A_OP, seq % (FIM_OP_MAX + 2));
	nla_put_u8(r->msg, FIM_EVENT_A_ACTION, seq % 4);
	nla_put_u32(r->msg, FIM_EVENT_A_ERRNO, seq % 3 ? EACCES : 0);
	nla_put_u32(r->msg, FIM_EVENT_A_SYSCALL, seq % 500);
	nla_put_u32(r->msg, FIM_EVENT_A_ARCH, seq % 2 ? AUDIT_ARCH_X86_64 :
							AUDIT_ARCH_AARCH64);
	put_name(r, FIM_EVENT_A_PATH, seq);
	put_name(r, FIM_EVENT_A_CMDLINE, seq * 7);
	if (seq % 3)
		put_name(r, FIM_EVENT_A_TARGET, seq * 11);
	/* These two the module checks. */
	if (attr == FIM_EVENT_A_SEQ || attr == FIM_EVENT_A_SEVERITY)
		attr = FIM_EVENT_A_TTY;
	nla_put(r->msg, attr, seq % 64, junk);
}

static cJSON *make(uint64_t seq)
{
	struct record r;
	cJSON *alert;

	if (seq % 500 == 250)
		return alert_lost(seq, seq + 7, &seq);
	if (seq % 500 == 251)
		return alert_restarted(seq);
	if (seq % 2) {
		put_touch(&r, seq);
		put_name(&r, FIM_EVENT_A_TARGET, seq);
	} else {
		put_odd(&r, seq);
	}
	record_parse(&r);
	alert = alert_json(r.tb);
	record_free(&r);
	return alert;
}

static format_writer writer(const char *name)
{
	static const struct {
		const char *name;
		format_writer writer;
	} writers[] = {
		{ "text", format_text },	{ "json", format_json },
		{ "pretty-json", format_pretty }, { "ecs", format_ecs },
		{ "cef", format_cef },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(writers); i++)
		if (!strcmp(writers[i].name, name))
			return writers[i].writer;
	return NULL;
}

static int list_keys(void)
{
	const struct alert_key *k;
	size_t i;

	for (i = 0; (k = alert_key_at(i)); i++)
		printf("%s %s %s\n", k->key, k->ecs ? k->ecs : "-",
		       k->cef ? k->cef : "-");
	return 0;
}

static int show_metrics(void)
{
	struct hook hook[] = { { .name = (char *)"security_x", .state = 1 },
			       { .name = (char *)"security_y", .state = 99 } };
	struct counts counts = { { [FIM_OP_MKDIR] = { 0, 0, 1, 2, 3, 4, 5 } } };
	struct policy policy[] = { { .name = (char *)"plain" },
				   { .name = (char *)"q\"b\\e\033n\nx\xff",
				     .counts = &counts } };
	struct policies policies = { .v = policy, .nr = 2 };
	struct hooks hooks = { .v = hook, .nr = 2 };
	struct status st = { .version = (char *)"1", .number = { 0 } };
	struct buf out = { 0 };
	size_t i;

	for (i = 0; i <= FIM_STATUS_A_MAX; i++)
		st.number[i] = UINT64_MAX - i;
	metrics_write(&out, &st, &hooks, &policies);
	fwrite(out.data, 1, out.len, stdout);
	buf_free(&out);
	return 0;
}

static int feed(struct sink *s, uint64_t first, uint64_t count, long pause)
{
	uint64_t seq;
	cJSON *alert;
	int err = 0;

	for (seq = first; !err && seq < first + count; seq++) {
		alert = make(seq);
		err = sink_put(s, alert);
		cJSON_Delete(alert);
		if (pause)
			usleep(pause * 1000);
	}
	return err ? err : sink_settle(s);
}

int main(int argc, char **argv)
{
	struct sink s = { .interrupted = &interrupted, .reopen = &hung_up };
	struct sigaction hangup = { .sa_handler = on_hangup };
	struct sigaction term = { .sa_handler = on_term };
	int err;

	if (argc == 2 && !strcmp(argv[1], "keys"))
		return list_keys();
	if (argc == 2 && !strcmp(argv[1], "metrics"))
		return show_metrics();
	if (argc < 5 || !sink_find(&s, argv[2]))
		return 2;
	if (s.type == &sink_journal && getenv("JOURNAL_SOCKET"))
		s.where = getenv("JOURNAL_SOCKET");
	s.format = writer(argv[1]);
	if (!s.format)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGHUP, &hangup, NULL);
	sigaction(SIGTERM, &term, NULL);
	err = sink_open(&s);
	if (!err)
		err = feed(&s, strtoull(argv[3], NULL, 10),
			   strtoull(argv[4], NULL, 10),
			   argc > 5 ? atol(argv[5]) : 0);
	sink_close(&s);
	return err ? 1 : 0;
}
