// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_check.c - fimctl check: say what is wrong with policies
 */
#include <getopt.h>
#include <stdio.h>

#include "cmd.h"
#include "load.h"

const struct opt check_opts[] = {
	{ 'f', "file", "PATH", "file, directory or - for standard input" },
	{ 0 },
};

int cmd_check(const struct command *cmd, int argc, char **argv)
{
	struct load load = { 0 };
	int c, code = EXIT_INVALID;

	while ((c = opt_next(cmd, argc, argv)) != -1) {
		if (c == '?')
			goto out;
		load_add(&load, optarg);
	}
	if (optind < argc)
		opt_usage(cmd, "unexpected argument '%s'", argv[optind]);
	else if (!load.nr)
		opt_usage(cmd, "give a policy with -f");
	else
		code = load_finish(&load);
	if (code == EXIT_OK)
		printf("valid: %zu %s, %zu %s\n", load.set.nr,
		       load.set.nr == 1 ? "policy" : "policies",
		       policies_rules(&load.set),
		       policies_rules(&load.set) == 1 ? "rule" : "rules");
out:
	load_free(&load);
	return code;
}
