// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_control.c - fimctl pause, resume, confirm and seal: what the module does as
 * a whole
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <netlink/attr.h>

#include "cmd.h"
#include "config.h"
#include "json.h"
#include "link.h"
#include "mem.h"
#include "seconds.h"
#include "status.h"
#include "term.h"
#include "text.h"

const struct opt pause_opts[] = {
	{ 0, "for", "TIME", "how long: 90s, 15m, 2h; 24h at most" },
	{ 0, "reason", "TEXT", "why; stands in the records" },
	{ 'o', "output", "FORMAT", "json; for people if not given" },
	{ 0 },
};

const struct opt control_opts[] = {
	{ 'o', "output", "FORMAT", "json; for people if not given" },
	{ 0 },
};

const struct opt seal_opts[] = {
	{ 0, "configured", NULL, "only if fim.conf says so" },
	{ 0, "check", NULL, "only tell whether fim.conf says so" },
	{ 'o', "output", "FORMAT", "json; for people if not given" },
	{ 0 },
};

/**
 * struct control - one of these commands
 * @cmd: enum fim_cmd
 * @seconds: of FIM_CMD_PAUSE
 * @reason: likewise
 * @failed: what is said if it is refused
 * @format: enum format
 */
struct control {
	uint8_t cmd;
	uint32_t seconds;
	const char *reason;
	const char *failed;
	int format;
};

static void print_state_json(const struct status *st)
{
	cJSON *json = json_object();

	json_add_string(json, "state",
			status_state_name(st->number[FIM_STATUS_A_STATE]));
	json_add_number(json, "generation",
			st->number[FIM_STATUS_A_GENERATION]);
	status_add_control(json, st);
	json_print(json, true);
	cJSON_Delete(json);
}

static int show_state(struct link *l, int format)
{
	struct status st;
	int code = EXIT_OK;

	if (status_get(l, &st)) {
		code = link_report(l, "done, but the state can't be read");
	} else if (format == FORMAT_JSON) {
		print_state_json(&st);
	} else {
		printf("state      ");
		status_print_state(&st);
	}
	status_free(&st);
	return code;
}

static int run(const struct control *c)
{
	struct nl_msg *msg;
	struct link l;
	int code;

	if (link_open(&l))
		return link_report(&l, NULL);
	msg = link_message(l.family, c->cmd, false);
	if (c->seconds &&
	    (nla_put_u32(msg, FIM_A_SECONDS, c->seconds) ||
	     nla_put_string(msg, FIM_A_REASON, c->reason)))
		mem_dup(NULL, SIZE_MAX);
	if (link_request(&l, msg, NULL, NULL))
		code = link_report(&l, c->failed);
	else
		code = show_state(&l, c->format);
	link_close(&l);
	return code;
}

static bool take_format(const struct command *cmd, int *format)
{
	*format = opt_format(cmd, 1U << FORMAT_JSON);
	return *format >= 0;
}

/* A reason is one line of text, as it stands in logs. */
static const char *reason_fault(const char *reason)
{
	if (!reason || !*reason)
		return "give the reason with --reason";
	if (strlen(reason) > FIM_REASON_MAX)
		return "the reason is longer than 255 bytes";
	if (!text_valid(reason, strlen(reason)) || strpbrk(reason, "\r\n"))
		return "the reason is not one line of UTF-8 text";
	return NULL;
}

int cmd_pause(const struct command *cmd, int argc, char **argv)
{
	struct control control = {
		.cmd = FIM_CMD_PAUSE,
		.failed = "no window is opened",
	};
	const char *fault, *time = NULL;
	int c;

	while ((c = opt_next(cmd, argc, argv)) != -1) {
		if (c == '?')
			return EXIT_INVALID;
		if (opt_is(cmd, c, "for"))
			time = optarg;
		else if (opt_is(cmd, c, "reason"))
			control.reason = optarg;
		else if (!take_format(cmd, &control.format))
			return EXIT_INVALID;
	}
	if (optind < argc)
		return opt_usage(cmd, "unexpected argument '%s'", argv[optind]);
	if (!time)
		return opt_usage(cmd, "give the time with --for");
	control.seconds = seconds_parse(time);
	if (!control.seconds)
		return opt_usage(cmd, "'%s' is no time as 90s, 15m or 2h", time);
	if (control.seconds > FIM_PAUSE_MAX)
		return opt_usage(cmd, "'%s' is longer than a window can be, %u h",
				 time, FIM_PAUSE_MAX / 3600);
	fault = reason_fault(control.reason);
	if (fault)
		return opt_usage(cmd, "%s", fault);
	return run(&control);
}

/* Those without an argument */
static int plain(const struct command *cmd, int argc, char **argv,
		 uint8_t what, const char *failed)
{
	struct control control = { .cmd = what, .failed = failed };
	int c;

	while ((c = opt_next(cmd, argc, argv)) != -1)
		if (c == '?' || !take_format(cmd, &control.format))
			return EXIT_INVALID;
	if (optind < argc)
		return opt_usage(cmd, "unexpected argument '%s'", argv[optind]);
	return run(&control);
}

int cmd_resume(const struct command *cmd, int argc, char **argv)
{
	return plain(cmd, argc, argv, FIM_CMD_RESUME, "no window is closed");
}

int cmd_confirm(const struct command *cmd, int argc, char **argv)
{
	return plain(cmd, argc, argv, FIM_CMD_CONFIRM, "nothing is confirmed");
}

/* What can't be understood may say "seal". */
static bool is_unclear(const struct config *config)
{
	return config->broken || config->unread;
}

static int check_configured(const struct config *config)
{
	if (!is_unclear(config))
		return config->seal ? EXIT_OK : EXIT_FAILED;
	term_error("what %s says is not clear: 'seal' counts as set",
		   CONFIG_FILE);
	return EXIT_OK;
}

static int seal_configured(const struct control *control,
			   const struct config *config)
{
	if (!is_unclear(config))
		return config->seal ? run(control) : EXIT_OK;
	term_error("what %s says is not clear: not sealed", CONFIG_FILE);
	return EXIT_INVALID;
}

int cmd_seal(const struct command *cmd, int argc, char **argv)
{
	struct control control = {
		.cmd = FIM_CMD_SEAL,
		.failed = "not sealed",
	};
	bool configured = false, check = false;
	int c;

	while ((c = opt_next(cmd, argc, argv)) != -1) {
		if (c == '?')
			return EXIT_INVALID;
		if (opt_is(cmd, c, "configured"))
			configured = true;
		else if (opt_is(cmd, c, "check"))
			check = true;
		else if (!take_format(cmd, &control.format))
			return EXIT_INVALID;
	}
	if (optind < argc)
		return opt_usage(cmd, "unexpected argument '%s'", argv[optind]);
	if (check)
		return check_configured(config_get());
	if (configured)
		return seal_configured(&control, config_get());
	return run(&control);
}
