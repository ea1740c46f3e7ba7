// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_oci_hook.c - fimctl oci-hook: an OCI runtime's hook
 *
 * At createRuntime the container's root, with all that is mounted in it, is made
 * but not entered yet, and its first process waits in its cgroup: the container
 * is added and bound to the policies that are for it before its first
 * instruction. At poststop it is forgotten. The state on standard input tells
 * which of the two it is.
 *
 * Not at createContainer: that hook runs in the container's namespaces, where
 * the module, which serves the initial network and user namespace, is not to
 * be reached.
 *
 * With --created it is not the runtime's own hook, but called between "create"
 * and "start": the root is entered, and the first process waits still.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "bundle.h"
#include "cmd.h"
#include "config.h"
#include "container.h"
#include "file.h"
#include "term.h"

const struct opt oci_hook_opts[] = {
	{ 0, "created", NULL, "called after create, before start" },
	{ 0 },
};

static int forget(struct link *l, const struct oci_state *state)
{
	int err = container_delete(l, state->id);

	/* The kernel may have found out by itself. */
	return err == -ENOENT && l->sock ? 0 : err;
}

/* What is to become of a container that can't be protected, is configured. */
static int give_up(const char *id, const char *why)
{
	bool start = config_get()->unprotected_start &&
		     !config_get()->broken;

	openlog("fimctl", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_ERR, "container %s %s: %s", id ? id : "?",
	       start ? "starts without its policies" : "is not started", why);
	term_error("container %s %s: %s", id ? id : "?",
		   start ? "starts without its policies" : "is not started",
		   why);
	return start ? EXIT_OK : EXIT_FAILED;
}

static int run(const struct oci_state *state, bool created)
{
	struct link l;
	bool absent;
	int err;

	if (config_get()->broken && !state->stopped)
		return give_up(state->id, CONFIG_FILE " has errors");
	err = link_open(&l);
	if (!err)
		err = state->stopped ? forget(&l, state) :
				       container_add_bundle(&l, state->id,
							    state->pid,
							    state->bundle,
							    created);
	absent = err == -ENOENT && !l.sock;
	link_close(&l);
	if (!err)
		return EXIT_OK;
	/* It has ended; what the module keeps of it, it finds to be gone. */
	if (state->stopped)
		return EXIT_OK;
	return give_up(state->id, absent ? "the module is not loaded" :
				  l.error.text);
}

int cmd_oci_hook(const struct command *cmd, int argc, char **argv)
{
	struct buf text = { 0 };
	struct oci_state state;
	bool created = false;
	const char *why;
	int c, code;

	while ((c = opt_next(cmd, argc, argv)) != -1) {
		if (c == '?')
			return EXIT_INVALID;
		created = true;
	}
	if (optind < argc)
		return opt_usage(cmd, "the state comes on standard input");
	if (file_read_stream(stdin, &text))
		buf_clear(&text);
	why = oci_state_parse(&state, text.data, text.len);
	if (why) {
		term_error("the state on standard input: %s", why);
		code = give_up(NULL, why);
	} else {
		code = run(&state, created);
	}
	oci_state_free(&state);
	buf_free(&text);
	return code;
}
