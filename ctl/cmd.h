/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cmd.h - the commands of fimctl and what they have in common
 */
#ifndef FIMCTL_CMD_H
#define FIMCTL_CMD_H

#include <stdbool.h>
#include <stddef.h>

/**
 * enum exit_code - how fimctl ends
 * @EXIT_OK: done
 * @EXIT_FAILED: failed
 * @EXIT_INVALID: wrong usage, or a policy that is not valid
 * @EXIT_ABSENT: the module is not loaded
 * @EXIT_SKIPPED: done, but for what was skipped
 */
enum exit_code {
	EXIT_OK,
	EXIT_FAILED,
	EXIT_INVALID,
	EXIT_ABSENT,
	EXIT_SKIPPED,
};

/**
 * struct opt - an option of a command
 * @letter: its short form, 0 if none
 * @name: its long form
 * @arg: what its argument is called, NULL if it takes none
 * @help: what it does, in half a line
 */
struct opt {
	char letter;
	const char *name;
	const char *arg;
	const char *help;
};

/**
 * struct command - a command
 * @name: its name
 * @args: what its arguments are called
 * @help: what it does, in half a line
 * @opts: its options, ended by one without a name; NULL if none
 * @run: does it; returns enum exit_code
 */
struct command {
	const char *name;
	const char *args;
	const char *help;
	const struct opt *opts;
	int (*run)(const struct command *cmd, int argc, char **argv);
};

extern const struct command commands[];

extern const struct opt apply_opts[], check_opts[], container_opts[], explain_opts[],
	oci_hook_opts[],
	get_opts[], watch_opts[], status_opts[], recommend_opts[],
	probe_opts[], pause_opts[], control_opts[], seal_opts[];

int cmd_apply(const struct command *cmd, int argc, char **argv);
int cmd_check(const struct command *cmd, int argc, char **argv);
int cmd_confirm(const struct command *cmd, int argc, char **argv);
int cmd_container(const struct command *cmd, int argc, char **argv);
int cmd_delete(const struct command *cmd, int argc, char **argv);
int cmd_explain(const struct command *cmd, int argc, char **argv);
int cmd_get(const struct command *cmd, int argc, char **argv);
int cmd_help(const struct command *cmd, int argc, char **argv);
int cmd_oci_hook(const struct command *cmd, int argc, char **argv);
int cmd_pause(const struct command *cmd, int argc, char **argv);
int cmd_probe(const struct command *cmd, int argc, char **argv);
int cmd_recommend(const struct command *cmd, int argc, char **argv);
int cmd_resume(const struct command *cmd, int argc, char **argv);
int cmd_seal(const struct command *cmd, int argc, char **argv);
int cmd_selftest(const struct command *cmd, int argc, char **argv);
int cmd_status(const struct command *cmd, int argc, char **argv);
int cmd_version(const struct command *cmd, int argc, char **argv);
int cmd_watch(const struct command *cmd, int argc, char **argv);

/**
 * enum format - how output looks
 * @FORMAT_DEFAULT: for people
 * @FORMAT_TABLE: one line each
 * @FORMAT_TEXT: one block each
 * @FORMAT_YAML: KubeArmor's language
 * @FORMAT_JSON: JSON
 * @FORMAT_PRETTY: JSON on several lines
 * @FORMAT_ECS: the Elastic Common Schema
 * @FORMAT_CEF: the Common Event Format
 * @FORMAT_PROMETHEUS: Prometheus' text format
 */
enum format {
	FORMAT_DEFAULT,
	FORMAT_TABLE,
	FORMAT_TEXT,
	FORMAT_YAML,
	FORMAT_JSON,
	FORMAT_PRETTY,
	FORMAT_ECS,
	FORMAT_CEF,
	FORMAT_PROMETHEUS,
};

int opt_next(const struct command *cmd, int argc, char **argv);
const char *opt_name(const struct command *cmd, int c);
bool opt_is(const struct command *cmd, int c, const char *name);
int opt_usage(const struct command *cmd, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int opt_policy(const struct command *cmd, const char *name);
int opt_format(const struct command *cmd, unsigned int allowed);
void opt_help(const struct command *cmd);

#endif /* FIMCTL_CMD_H */
