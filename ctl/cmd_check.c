// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_check.c - fimctl check: say what is wrong with policies
 */
#include <getopt.h>
#include <stdio.h>

#include "cmd.h"
#include "lint.h"
#include "load.h"
#include "term.h"

#define FSTAB "/etc/fstab"

const struct opt check_opts[] = {
	{ 'f', "file", "PATH", "file, directory or - for standard input" },
	{ 0, "all", NULL, "name each path that does not exist here" },
	{ 0, "ignore-unsupported", NULL, "leave out what is about no files" },
	{ 0 },
};

static int check(struct load *load, bool all)
{
	size_t policies, rules;
	int code;

	load_read(load);
	lint_rules(&load->set, &load->diags);
	lint_namespaces(&load->set, &load->diags);
	lint_paths(&load->set, all, &load->diags);
	lint_mounts(&load->set, FSTAB, &load->diags);
	code = load_finish(load);
	if (code != EXIT_OK)
		return code;
	policies = load->set.nr;
	if (!policies) {
		term_error("no policy is left");
		return EXIT_INVALID;
	}
	rules = policies_rules(&load->set);
	printf("valid: %zu %s, %zu %s\n", policies,
	       policies == 1 ? "policy" : "policies", rules,
	       rules == 1 ? "rule" : "rules");
	return EXIT_OK;
}

int cmd_check(const struct command *cmd, int argc, char **argv)
{
	struct load load = { 0 };
	int c, code = EXIT_INVALID;
	bool all = false;

	while ((c = opt_next(cmd, argc, argv)) != -1) {
		if (c == '?')
			goto out;
		if (opt_is(cmd, c, "file"))
			load_add(&load, optarg);
		else if (opt_is(cmd, c, "all"))
			all = true;
		else
			load.ignore = true;
	}
	if (optind < argc)
		opt_usage(cmd, "unexpected argument '%s'", argv[optind]);
	else if (!load.nr)
		opt_usage(cmd, "give a policy with -f");
	else
		code = check(&load, all);
out:
	load_free(&load);
	return code;
}
