// SPDX-License-Identifier: GPL-2.0
/*
 * load.c - the policies that the options -f of a command name
 */
#include "cmd.h"
#include "load.h"

/**
 * load_add() - read the policies of one option
 * @l: where to
 * @path: file, directory, or "-" for standard input
 */
void load_add(struct load *l, const char *path)
{
	l->nr++;
	source_load(&l->sources, path, &l->set, &l->diags);
}

/**
 * load_finish() - check the policies together and print what is wrong
 * @l: the policies
 *
 * Return: EXIT_OK if they may be used, else the exit code.
 */
int load_finish(struct load *l)
{
	policies_check(&l->set, &l->diags);
	diag_print(&l->diags, stderr);
	if (l->diags.errors)
		return EXIT_INVALID;
	return l->sources.unreadable ? EXIT_FAILED : EXIT_OK;
}

/**
 * load_free() - free all of it
 * @l: empty afterwards
 */
void load_free(struct load *l)
{
	policies_free(&l->set);
	diag_free(&l->diags);
	sources_free(&l->sources);
	l->nr = 0;
}
