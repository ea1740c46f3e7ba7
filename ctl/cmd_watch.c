// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_watch.c - fimctl watch: show alerts as they happen, or hand them on
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "cmd.h"
#include "filter.h"
#include "follow.h"
#include "format.h"
#include "mem.h"
#include "place.h"
#include "sink.h"
#include "term.h"

const struct opt watch_opts[] = {
	{ 0, "since", "N|boot|now", "begin with this record; now if not given" },
	{ 0, "state", "FILE", "begin where the last one stopped that had it" },
	{ 0, "to", "WHERE", "stdout, journal, syslog://HOST[:PORT], or /FILE" },
	{ 'o', "output", "FORMAT", "text, json, pretty-json, ecs or cef" },
	{ 0, "limit", "N", "stop after N alerts" },
	{ 0, "policy", "REGEX", "only alerts of these policies" },
	{ 0, "operation", "REGEX", "only these operations" },
	{ 0, "action", "REGEX", "only these actions" },
	{ 0, "pod", "REGEX", "only of these pods" },
	{ 0, "container", "REGEX", "only of these containers, by name or id" },
	{ 0, "resource", "REGEX", "only about these paths" },
	{ 0, "source", "REGEX", "only by these command lines or executables" },
	{ 0, "label", "REGEX", "only of what has these labels" },
	{ 0 },
};

static const format_writer writers[] = {
	[FORMAT_TEXT] = format_text,
	[FORMAT_JSON] = format_json,
	[FORMAT_PRETTY] = format_pretty,
	[FORMAT_ECS] = format_ecs,
	[FORMAT_CEF] = format_cef,
};

/**
 * struct watch - what is to be shown, and where
 * @follow: where following stands
 * @filter: which alerts
 * @sink: where to
 * @from: the first record wanted
 * @has_from: @from is set
 * @limit: alerts left to be shown
 * @has_limit: @limit was given
 * @format: enum format
 * @state: file that keeps the place, or NULL
 * @saved: what is in it
 * @stale: it was said that it can't be written
 * @failed: a message was printed
 * @self: this process's id in the initial pid namespace, "" if it can't be told
 * @temporary: absolute path of what becomes @state, NULL if unknown
 * @others: a record that is not this process's own has come since @saved
 */
struct watch {
	struct follow follow;
	struct filter filter;
	struct sink sink;
	struct place from;
	bool has_from;
	uint64_t limit;
	bool has_limit;
	int format;
	const char *state;
	struct place saved;
	bool stale;
	bool failed;
	char self[16];
	char *temporary;
	bool others;
};

/* Inode number of the initial pid namespace: PROC_PID_INIT_INO */
#define INITIAL_PID_NS 0xeffffffcU

static volatile sig_atomic_t interrupted, hung_up;

static void on_signal(int signal)
{
	if (signal == SIGHUP)
		hung_up = 1;
	else
		interrupted = 1;
}

static void find_self(struct watch *w)
{
	struct stat st;

	if (!stat("/proc/self/ns/pid", &st) && st.st_ino == INITIAL_PID_NS)
		snprintf(w->self, sizeof(w->self), "%d", getpid());
}

static const char *text_of(const cJSON *alert, const char *key)
{
	const cJSON *value = cJSON_GetObjectItem(alert, key);

	/* A number's text as it is printed: see json_add_number() */
	return value && value->valuestring ? value->valuestring : "";
}

/* Ids come again: one of an earlier process is older than the following. */
static bool is_own(const struct watch *w, const cJSON *alert)
{
	return *w->self && !strcmp(text_of(alert, "HostPID"), w->self) &&
	       strtoull(text_of(alert, "Sequence"), NULL, 10) >
	       w->follow.last_before;
}

/*
 * Whether a record of this process is about the writing of an earlier one, or
 * of the place behind it. To show it, too, would make one more, and so on for
 * ever.
 */
static bool is_writing(const struct watch *w, const cJSON *alert)
{
	return !strcmp(text_of(alert, "FileOperation"), "write") ||
	       (w->temporary &&
		!strcmp(text_of(alert, "Resource"), w->temporary));
}

static int show(const cJSON *alert, void *arg)
{
	bool own = is_own(arg, alert);
	struct watch *w = arg;
	int err;

	w->others |= !own;
	if ((own && is_writing(w, alert)) || !filter_match(&w->filter, alert))
		return 0;
	err = sink_put(&w->sink, alert);
	if (err) {
		w->failed = err != -EINTR;
		return err;
	}
	return w->has_limit && !--w->limit;
}

/* What is in the state file is behind what was shown, never before it. */
static bool settle(void *arg)
{
	struct watch *w = arg;
	int err = sink_settle(&w->sink);

	if (err) {
		w->failed = err != -EINTR;
		return false;
	}
	/* To note that the place was noted would never end. */
	if (!w->state || !w->others || (w->saved.next == w->follow.place.next &&
			  !memcmp(w->saved.boot_id, w->follow.place.boot_id,
				  BOOT_ID_SIZE)))
		return true;
	err = place_write(w->state, &w->follow.place);
	/* What is in it is older, so nothing is missed: alerts matter more. */
	if (err) {
		if (!w->stale)
			term_warning("can't write %s: %s; after a restart alerts come again",
				     w->state, strerror(-err));
		w->stale = true;
		return true;
	}
	w->saved = w->follow.place;
	w->others = false;
	w->stale = false;
	return true;
}

static void catch_signals(const struct watch *w)
{
	/* Without SA_RESTART a blocked write ends, too. */
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	if (w->sink.type == &sink_file)
		sigaction(SIGHUP, &sa, NULL);
}

/* Without a place to go on from, all that the ring holds is new. */
static int read_state(struct watch *w)
{
	struct place place;
	int err;

	if (!w->state)
		return 0;
	err = place_read(w->state, &place);
	if (!err)
		w->from = place;
	else if (err == -EBADMSG || !w->has_from)
		w->from = (struct place){ .any_boot = true, .next = 1 };
	w->has_from = true;
	if (err == -EBADMSG)
		term_warning("%s holds no place; all records are taken to be new",
			     w->state);
	else if (err && err != -ENOENT)
		term_error("can't read %s: %s", w->state, strerror(-err));
	return err == -EBADMSG || err == -ENOENT ? 0 : err;
}

static int run(struct watch *w)
{
	struct follow *f = &w->follow;
	int err;

	err = follow_open(f);
	if (!err)
		err = follow_start(f, w->has_from ? &w->from : NULL);
	if (!err)
		err = follow_run(f, &interrupted);
	if (err)
		err = link_report(&f->ask, "can't listen");
	else if (!settle(w) && w->failed)
		err = EXIT_FAILED;
	follow_close(f);
	return w->failed ? EXIT_FAILED : err;
}

static int watch(struct watch *w)
{
	int err;

	w->others = true;
	w->follow.sink = show;
	w->follow.settle = settle;
	w->follow.arg = w;
	w->follow.watches_stdout = w->sink.type == &sink_stdout;
	w->sink.format = writers[w->format];
	w->sink.interrupted = &interrupted;
	w->sink.reopen = &hung_up;
	if (read_state(w))
		return EXIT_FAILED;
	catch_signals(w);
	err = sink_open(&w->sink) ? EXIT_FAILED : run(w);
	sink_close(&w->sink);
	return err;
}

static bool parse_number(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return !errno && *text >= '0' && *text <= '9' && !*end;
}

static bool parse_since(struct watch *w)
{
	w->has_from = strcmp(optarg, "now");
	w->from = (struct place){ .any_boot = true, .next = 1 };
	return !w->has_from || !strcmp(optarg, "boot") ||
	       parse_number(optarg, &w->from.next);
}

static int parse_format(const struct command *cmd, struct watch *w)
{
	w->format = opt_format(cmd, 1U << FORMAT_TEXT | 1U << FORMAT_JSON |
			       1U << FORMAT_PRETTY | 1U << FORMAT_ECS |
			       1U << FORMAT_CEF);
	return w->format < 0 ? EXIT_INVALID : EXIT_OK;
}

static int parse_option(const struct command *cmd, int c, struct watch *w)
{
	const char *name = opt_name(cmd, c);

	if (!strcmp(name, "output"))
		return parse_format(cmd, w);
	if (filter_has(name))
		return filter_add(&w->filter, name, optarg) ?
		       opt_usage(cmd, "'%s' is no regular expression",
				 optarg) : EXIT_OK;
	if (!strcmp(name, "since"))
		return parse_since(w) ? EXIT_OK :
		       opt_usage(cmd, "'%s' is no record number", optarg);
	if (!strcmp(name, "to"))
		return sink_find(&w->sink, optarg) ? EXIT_OK :
		       opt_usage(cmd, "there is no place '%s'", optarg);
	if (!strcmp(name, "state")) {
		w->state = optarg;
		return EXIT_OK;
	}
	w->has_limit = true;
	if (!parse_number(optarg, &w->limit) || !w->limit)
		return opt_usage(cmd, "'%s' is no number above 0", optarg);
	return EXIT_OK;
}

/* A line for each alert where lines count; text where people look. */
static int choose_format(const struct command *cmd, struct watch *w)
{
	const bool lines = w->sink.type == &sink_syslog;

	if (w->format == FORMAT_DEFAULT)
		w->format = w->sink.type == &sink_stdout ? FORMAT_TEXT :
							   FORMAT_JSON;
	if (lines && (w->format == FORMAT_TEXT || w->format == FORMAT_PRETTY))
		return opt_usage(cmd, "syslog takes json, ecs or cef");
	return EXIT_OK;
}

int cmd_watch(const struct command *cmd, int argc, char **argv)
{
	struct watch w = { .format = FORMAT_DEFAULT };
	int c, err = EXIT_OK;

	sink_find(&w.sink, "stdout");
	while (!err && (c = opt_next(cmd, argc, argv)) != -1)
		err = c == '?' ? EXIT_INVALID : parse_option(cmd, c, &w);
	if (!err && optind < argc)
		err = opt_usage(cmd, "unexpected argument '%s'", argv[optind]);
	if (!err)
		err = choose_format(cmd, &w);
	find_self(&w);
	if (w.state)
		w.temporary = place_temporary(w.state);
	if (!err)
		err = watch(&w);
	filter_free(&w.filter);
	free(w.temporary);
	return err;
}
