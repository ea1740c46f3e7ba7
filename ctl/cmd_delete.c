// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_delete.c - fimctl delete: remove policies, all of them or none
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "link.h"
#include "term.h"
#include "txn.h"

static int stage(struct link *l, char **name)
{
	int err = 0;

	for (; !err && *name; name++)
		err = txn_delete(l, *name);
	if (err != -ENOENT)
		return err;
	term_error("there is no policy '%s'; nothing was removed", name[-1]);
	return err;
}

static int transact(struct link *l, char **name)
{
	int err = txn_begin(l);

	if (err)
		return link_report(l, "nothing was removed");
	err = stage(l, name);
	if (err)
		txn_abort(l);
	if (err == -ENOENT)
		return EXIT_FAILED;
	if (!err)
		err = txn_commit(l, 0, NULL);
	if (err)
		return link_report(l, "nothing was removed");
	for (; *name; name++)
		printf("%s: removed\n", *name);
	return EXIT_OK;
}

static int check_names(const struct command *cmd, char **name)
{
	int code = EXIT_OK;

	if (!*name)
		return opt_usage(cmd, "give the name of a policy");
	for (; code == EXIT_OK && *name; name++)
		code = opt_policy(cmd, *name);
	return code;
}

int cmd_delete(const struct command *cmd, int argc, char **argv)
{
	struct link l;
	int code;

	if (opt_next(cmd, argc, argv) != -1)
		return EXIT_INVALID;
	code = check_names(cmd, argv + optind);
	if (code != EXIT_OK)
		return code;
	if (link_open(&l))
		return link_report(&l, NULL);
	code = transact(&l, argv + optind);
	link_close(&l);
	return code;
}
