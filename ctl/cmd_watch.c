// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_watch.c - fimctl watch: show alerts as they happen
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "cmd.h"
#include "follow.h"
#include "json.h"
#include "term.h"

const struct opt watch_opts[] = {
	{ 0, "since", "SEQ", "begin with this record, if it is still held" },
	{ 0, "limit", "N", "stop after N alerts" },
	{ 'o', "output", "FORMAT", "json or text; text if not given" },
	{ 0 },
};

/**
 * struct watch - what is to be shown
 * @since: number of the first record wanted
 * @limit: alerts left to be shown
 * @has_since: @since was given
 * @has_limit: @limit was given
 * @format: enum format
 */
struct watch {
	uint64_t since;
	uint64_t limit;
	bool has_since;
	bool has_limit;
	int format;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
	(void)signal;
	interrupted = 1;
}

static bool show(const cJSON *alert, void *arg)
{
	struct watch *w = arg;
	struct buf text = { 0 };

	if (w->format == FORMAT_JSON) {
		json_print(alert, false);
	} else {
		alert_text(alert, &text);
		fwrite(text.data, 1, text.len, stdout);
		buf_free(&text);
	}
	if (fflush(stdout))
		return false;
	return !w->has_limit || --w->limit;
}

static void catch_signals(void)
{
	/* Without SA_RESTART a blocked write ends, too. */
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

static int watch(struct watch *w)
{
	struct follow f = { .sink = show, .arg = w };
	int err;

	err = follow_open(&f);
	if (err)
		goto out;
	catch_signals();
	err = follow_start(&f, w->has_since ? &w->since : NULL);
	if (!err)
		err = follow_run(&f, &interrupted);
out:
	err = err ? link_report(&f.ask, "can't listen") : EXIT_OK;
	follow_close(&f);
	return err;
}

static bool parse_number(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return !errno && *text >= '0' && *text <= '9' && !*end;
}

static int parse_option(const struct command *cmd, int c, struct watch *w)
{
	if (opt_is(cmd, c, "output")) {
		w->format = opt_format(cmd, 1U << FORMAT_TEXT |
				       1U << FORMAT_JSON);
		return w->format < 0 ? EXIT_INVALID : EXIT_OK;
	}
	if (opt_is(cmd, c, "since")) {
		w->has_since = true;
		if (!parse_number(optarg, &w->since))
			return opt_usage(cmd, "'%s' is no record number",
					 optarg);
		return EXIT_OK;
	}
	w->has_limit = true;
	if (!parse_number(optarg, &w->limit) || !w->limit)
		return opt_usage(cmd, "'%s' is no number above 0", optarg);
	return EXIT_OK;
}

int cmd_watch(const struct command *cmd, int argc, char **argv)
{
	struct watch w = { .format = FORMAT_TEXT };
	int c;

	while ((c = opt_next(cmd, argc, argv)) != -1)
		if (c == '?' || parse_option(cmd, c, &w) != EXIT_OK)
			return EXIT_INVALID;
	if (optind < argc)
		return opt_usage(cmd, "unexpected argument '%s'", argv[optind]);
	return watch(&w);
}
