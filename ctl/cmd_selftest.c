// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_selftest.c - fimctl selftest: make every hook of the module prove itself
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include "cmd.h"
#include "link.h"
#include "status.h"

static int show_hooks(struct link *l)
{
	struct hooks hooks;
	int code = EXIT_OK;

	if (hooks_get(l, &hooks)) {
		code = link_report(l, "can't read the hooks");
	} else {
		printf("hooks: ");
		hooks_print(&hooks, 2);
	}
	hooks_free(&hooks);
	return code;
}

int cmd_selftest(const struct command *cmd, int argc, char **argv)
{
	int err, code;
	struct link l;

	if (opt_next(cmd, argc, argv) != -1)
		return EXIT_INVALID;
	if (optind < argc)
		return opt_usage(cmd, "unexpected argument '%s'", argv[optind]);
	if (link_open(&l))
		return link_report(&l, NULL);
	err = link_command(&l, FIM_CMD_SELFTEST, NULL, NULL);
	if (err && err != -EIO) {
		code = link_report(&l, "the self-test did not run");
	} else {
		code = show_hooks(&l);
		if (err)
			code = EXIT_FAILED;
	}
	link_close(&l);
	return code;
}
