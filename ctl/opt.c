// SPDX-License-Identifier: GPL-2.0
/*
 * opt.c - options of commands, out of the tables that also make the help
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../uapi/fim.h"
#include "cmd.h"
#include "mem.h"
#include "term.h"

/** @OPTS_MAX: most options of a command */
#define OPTS_MAX 16

/** @OPT_LONG: above every letter: values of options that have none */
#define OPT_LONG 256

/**
 * opt_next() - read the next option
 * @cmd: the command
 * @argc: as main() got it, without what is before the command's name
 * @argv: likewise
 *
 * Return: its letter, or OPT_LONG plus its place in the table if it has none;
 * -1 after the last one; '?' after a message if it is not one, or its argument
 * is empty.
 */
int opt_next(const struct command *cmd, int argc, char **argv)
{
	struct option table[OPTS_MAX + 1] = { 0 };
	char letters[2 * OPTS_MAX + 2] = ":", *p = letters + 1;
	const struct opt *o;
	int i, c;

	for (i = 0, o = cmd->opts; o && o->name && i < OPTS_MAX; i++, o++) {
		table[i].name = o->name;
		table[i].has_arg = o->arg ? required_argument : no_argument;
		table[i].val = o->letter ? o->letter : OPT_LONG + i;
		if (o->letter)
			*p++ = o->letter;
		if (o->letter && o->arg)
			*p++ = ':';
	}
	*p = '\0';
	opterr = 0;
	c = getopt_long(argc, argv, letters, table, NULL);
	if (c == '?' && optopt > 0 && optopt < OPT_LONG)
		opt_usage(cmd, "unknown option -%c", optopt);
	else if (c == '?')
		opt_usage(cmd, "unknown option %s", argv[optind - 1]);
	if (c == ':')
		opt_usage(cmd, "option %s takes an argument",
			  argv[optind - 1]);
	/* A variable that was not set, mostly */
	if (c != -1 && c != '?' && c != ':' && optarg && !*optarg) {
		opt_usage(cmd, "the argument of --%s is empty",
			  opt_name(cmd, c));
		return '?';
	}
	return c == ':' ? '?' : c;
}

/**
 * opt_name() - which option was read
 * @cmd: the command
 * @c: what opt_next() returned for it
 *
 * Return: its long form.
 */
const char *opt_name(const struct command *cmd, int c)
{
	const struct opt *o = cmd->opts;

	if (c >= OPT_LONG)
		return cmd->opts[c - OPT_LONG].name;
	while (o->letter != c)
		o++;
	return o->name;
}

/**
 * opt_is() - whether it was this option that was read
 * @cmd: the command
 * @c: what opt_next() returned for it
 * @name: long form of an option
 *
 * Return: true if it was that one.
 */
bool opt_is(const struct command *cmd, int c, const char *name)
{
	return !strcmp(opt_name(cmd, c), name);
}

/**
 * opt_usage() - say what is wrong with the usage of a command
 * @cmd: the command
 * @fmt: as for printf
 *
 * Return: EXIT_INVALID.
 */
int opt_usage(const struct command *cmd, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return EXIT_INVALID;
	term_error("%s: %s", cmd->name, text);
	free(text);
	fprintf(stderr, "usage: fimctl %s %s\n", cmd->name, cmd->args);
	return EXIT_INVALID;
}

/**
 * opt_policy() - check an argument that is the name of a policy
 * @cmd: the command
 * @name: the argument
 *
 * Return: EXIT_OK, or EXIT_INVALID after a message.
 */
int opt_policy(const struct command *cmd, const char *name)
{
	if (*name && strlen(name) <= FIM_NAME_MAX)
		return EXIT_OK;
	return opt_usage(cmd, "'%.20s' can't be a policy's name", name);
}

/**
 * opt_format() - read the argument of -o
 * @cmd: the command
 * @allowed: a bit for each enum format that it has
 *
 * Return: enum format, or -1 after a message.
 */
int opt_format(const struct command *cmd, unsigned int allowed)
{
	static const char *const name[] = {
		[FORMAT_TABLE] = "table",
		[FORMAT_TEXT] = "text",
		[FORMAT_YAML] = "yaml",
		[FORMAT_JSON] = "json",
		[FORMAT_PRETTY] = "pretty-json",
		[FORMAT_ECS] = "ecs",
		[FORMAT_CEF] = "cef",
		[FORMAT_PROMETHEUS] = "prometheus",
	};
	int i;

	for (i = FORMAT_TABLE; i <= FORMAT_PROMETHEUS; i++)
		if ((allowed & 1U << i) && !strcmp(optarg, name[i]))
			return i;
	opt_usage(cmd, "there is no format '%s'", optarg);
	return -1;
}

/**
 * opt_help() - print the help of a command
 * @cmd: the command
 */
void opt_help(const struct command *cmd)
{
	const struct opt *o;
	char left[64];

	printf("usage: fimctl %s %s\n\n%s\n", cmd->name, cmd->args, cmd->help);
	if (cmd->opts)
		printf("\n");
	for (o = cmd->opts; o && o->name; o++) {
		snprintf(left, sizeof(left), "%c%c%s --%s%s%s",
			 o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
			 o->letter ? "," : " ", o->name, o->arg ? " " : "",
			 o->arg ? o->arg : "");
		printf("  %-24s %s\n", left, o->help);
	}
}
