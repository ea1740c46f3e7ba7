// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - the commands of fimctl
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd.h"
#include "config.h"
#include "term.h"

const struct command commands[] = {
	{ "apply", "-f FILE|DIR|- [--action Block|Audit] [--dry-run] [--try TIME] [--prune] "
	  "[--keep-going] [--no-scan] [--ignore-unsupported]",
	  "put policies into force, all of them or none", apply_opts,
	  cmd_apply },
	{ "confirm", "[-o json]", "keep what 'apply --try' put into force",
	  control_opts, cmd_confirm },
	{ "delete", "NAME...", "remove policies, all of them or none", NULL,
	  cmd_delete },
	{ "get", "[NAME] [-o table|yaml|json]",
	  "show the policies that are in force", get_opts, cmd_get },
	{ "check", "-f FILE|DIR|- [--all] [--ignore-unsupported]",
	  "check policies; takes neither root nor the module", check_opts,
	  cmd_check },
	{ "explain", "PATH [--op OP] [--as EXE] [--uid N] [--tty] [-o json]",
	  "show which rules decide for a path, and why", explain_opts,
	  cmd_explain },
	{ "recommend", "[NAME] [--tag TEXT]... [--dir DIR] [-o table|json]",
	  "list ready-made policies, or print one", recommend_opts,
	  cmd_recommend },
	{ "watch", "[--since N|boot|now] [--state FILE] [--to WHERE] [-o FORMAT] "
	  "[--limit N] [FILTER...]",
	  "show alerts as they happen, or hand them on", watch_opts, cmd_watch },
	{ "container", "list|add|delete ID...|scan [--pid N] [--id ID] [--name NAME] "
	  "[--namespace NAME] [--label KEY=VALUE]... [-o table|json]",
	  "containers that policies hold for", container_opts, cmd_container },
	{ "oci-hook", "[--created]", "an OCI runtime's hook: adds and forgets a container",
	  oci_hook_opts, cmd_oci_hook },
	{ "pause", "--for TIME --reason TEXT [-o json]",
	  "open a maintenance window, which ends by itself", pause_opts,
	  cmd_pause },
	{ "resume", "[-o json]", "end the maintenance window", control_opts,
	  cmd_resume },
	{ "seal", "[--configured|--check] [-o json]",
	  "let no policy change and no window open until reboot", seal_opts,
	  cmd_seal },
	{ "status", "[-o json|prometheus]", "show what the module does", status_opts,
	  cmd_status },
	{ "probe", "[--root DIR] [--kernel RELEASE] [-o json]",
	  "say whether this kernel can be protected; takes no module", probe_opts,
	  cmd_probe },
	{ "selftest", "", "make every hook of the module prove itself", NULL,
	  cmd_selftest },
	{ "version", "", "show the version", NULL, cmd_version },
	{ "help", "[COMMAND]", "show help", NULL, cmd_help },
	{ 0 },
};

static const struct command *find_command(const char *name)
{
	const struct command *cmd;

	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		name = "help";
	if (!strcmp(name, "--version"))
		name = "version";
	for (cmd = commands; cmd->name; cmd++)
		if (!strcmp(cmd->name, name))
			return cmd;
	return NULL;
}

static void list_commands(FILE *to)
{
	const struct command *cmd;

	fprintf(to, "usage: fimctl COMMAND [ARGUMENT...]\n\n");
	for (cmd = commands; cmd->name; cmd++)
		fprintf(to, "  %-9s %s\n", cmd->name, cmd->help);
	fprintf(to, "\nfimctl help COMMAND tells more about one.\n");
}

int cmd_help(const struct command *cmd, int argc, char **argv)
{
	const struct command *about;

	if (argc > 2)
		return opt_usage(cmd, "one command at a time");
	if (argc < 2) {
		list_commands(stdout);
		return EXIT_OK;
	}
	about = find_command(argv[1]);
	if (!about)
		return opt_usage(cmd, "there is no command '%s'", argv[1]);
	opt_help(about);
	return EXIT_OK;
}

static int wants_help(int argc, char **argv)
{
	return argc == 2 &&
	       (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"));
}

/*
 * Of the standard streams each is open, and one that was closed fails as it did:
 * a file or a socket in its place would be written to by mistake. There may be no
 * /dev yet.
 */
static bool fill_standard_streams(void)
{
	int fd;

	for (fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/", O_PATH) != fd)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	const struct command *cmd;
	int code = EXIT_OK;

	/* Writing into a pipe that was closed is an error like others. */
	signal(SIGPIPE, SIG_IGN);
	if (!fill_standard_streams())
		return EX_OSERR;
	if (argc < 2) {
		list_commands(stderr);
		return EXIT_INVALID;
	}
	cmd = find_command(argv[1]);
	if (!cmd) {
		term_error("there is no command '%s'; see fimctl help",
			   argv[1]);
		return EXIT_INVALID;
	}
	if (wants_help(argc - 1, argv + 1)) {
		opt_help(cmd);
	} else {
		config_load(CONFIG_FILE);
		code = cmd->run(cmd, argc - 1, argv + 1);
	}
	if (term_finish() && code == EXIT_OK)
		code = EXIT_FAILED;
	return code;
}
