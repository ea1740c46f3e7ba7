// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_version.c - fimctl version: show the version
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "term.h"

#ifndef VERSION
#error "the Makefile says what version this is"
#endif

/* Anyone may read this, while asking the module takes a capability. */
static void print_module(void)
{
	FILE *f = fopen("/sys/module/fim/version", "re");
	char line[64];

	if (!f)
		return;
	if (fgets(line, sizeof(line), f)) {
		printf("module fim ");
		term_text(stdout, line, strcspn(line, "\n"));
		printf("\n");
	}
	fclose(f);
}

int cmd_version(const struct command *cmd, int argc, char **argv)
{
	if (opt_next(cmd, argc, argv) != -1)
		return EXIT_INVALID;
	if (optind < argc)
		return opt_usage(cmd, "unexpected argument '%s'", argv[optind]);
	printf("fimctl %s\n", VERSION);
	print_module();
	return EXIT_OK;
}
