// SPDX-License-Identifier: GPL-2.0
/*
 * load.c - the policies that the options -f of a command name
 */
#include <stdlib.h>

#include "cmd.h"
#include "config.h"
#include "load.h"
#include "mem.h"

/**
 * load_add() - note the argument of one option
 * @l: where
 * @path: file, directory, or "-" for standard input; outlives @l
 */
void load_add(struct load *l, const char *path)
{
	mem_grow(l->paths, l->nr, l->cap);
	l->paths[l->nr++] = path;
}

/**
 * load_read() - read the policies, once all options are known
 * @l: where from and where to
 */
void load_read(struct load *l)
{
	size_t i;

	for (i = 0; i < l->nr; i++)
		source_load(&l->sources, l->paths[i], l->ignore, &l->set,
			    &l->diags);
	if (l->action)
		policies_set_action(&l->set, l->action);
	policies_check(&l->set, &l->diags);
}

/**
 * load_finish() - print what is wrong with the policies
 * @l: the policies
 *
 * What the configuration file was to say about them may have to do with it, so
 * an error there counts as well.
 *
 * Return: EXIT_OK if they may be used, else the exit code.
 */
int load_finish(struct load *l)
{
	diag_print(&l->diags, stderr);
	if (l->diags.errors || config_get()->broken)
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
	free(l->paths);
	*l = (struct load){ 0 };
}
