// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_get.c - fimctl get: show the policies that are in force
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "export.h"
#include "json.h"
#include "link.h"
#include "mem.h"
#include "ruleset.h"
#include "term.h"
#include "text.h"

const struct opt get_opts[] = {
	{ 'o', "output", "FORMAT", "table, yaml or json" },
	{ 0 },
};

/* Names that other programs gave may hold anything. */
static char *shown_name(const struct policy *p)
{
	struct buf name = { 0 };

	text_escape(&name, p->name, strlen(p->name));
	return name.data ? name.data : mem_string("");
}

static void print_row(const struct policy *p, const char *name, int width)
{
	printf("%-*s  %-19s  %-6s  %5zu  %7zu  %7" PRIu64 "  %7" PRIu64 "\n",
	       width, name, policy_kind_name(p->kind),
	       policy_action_name(p->attrs.action), policy_rules(p),
	       policy_waiting(p), p->refused, p->audited);
}

static void print_table(const struct policy *p, size_t nr)
{
	char **name = mem_resize(NULL, nr + 1, sizeof(*name));
	size_t i, width = strlen("NAME");

	for (i = 0; i < nr; i++) {
		name[i] = shown_name(&p[i]);
		if (strlen(name[i]) > width)
			width = strlen(name[i]);
	}
	printf("%-*s  %-19s  %-6s  %5s  %7s  %7s  %7s\n", (int)width, "NAME",
	       "KIND", "ACTION", "RULES", "WAITING", "REFUSED", "AUDITED");
	for (i = 0; i < nr; i++) {
		print_row(&p[i], name[i], width);
		free(name[i]);
	}
	free(name);
}

static void print_yaml(const struct policy *p, size_t nr)
{
	struct buf out = { 0 };
	size_t i;

	for (i = 0; i < nr; i++) {
		if (i)
			buf_adds(&out, "---\n");
		export_yaml(&p[i], &out);
	}
	if (out.len)
		fwrite(out.data, 1, out.len, stdout);
	buf_free(&out);
}

static void print_json(const struct policy *p, size_t nr)
{
	cJSON *list = json_list();
	size_t i;

	for (i = 0; i < nr; i++)
		json_append(list, export_json(&p[i]));
	json_print(list, true);
	cJSON_Delete(list);
}

static void print_policies(const struct policy *p, size_t nr, int format)
{
	if (format == FORMAT_YAML)
		print_yaml(p, nr);
	else if (format == FORMAT_JSON)
		print_json(p, nr);
	else
		print_table(p, nr);
}

static int get(struct link *l, const char *name, int format)
{
	const struct policy *p;
	struct policies set;
	int code = EXIT_OK;

	if (ruleset_get(l, &set)) {
		code = link_report(l, "can't read the policies");
		goto out;
	}
	p = name ? policies_find(&set, name) : set.v;
	if (name && !p) {
		term_error("there is no policy '%s'", name);
		code = EXIT_FAILED;
		goto out;
	}
	print_policies(p, name ? 1 : set.nr, format);
out:
	policies_free(&set);
	return code;
}

int cmd_get(const struct command *cmd, int argc, char **argv)
{
	int c, format = FORMAT_DEFAULT, code;
	struct link l;

	while ((c = opt_next(cmd, argc, argv)) != -1) {
		if (c == '?')
			return EXIT_INVALID;
		format = opt_format(cmd, 1U << FORMAT_TABLE |
				    1U << FORMAT_YAML | 1U << FORMAT_JSON);
		if (format < 0)
			return EXIT_INVALID;
	}
	if (argc - optind > 1)
		return opt_usage(cmd, "one policy at a time");
	if (argv[optind] && opt_policy(cmd, argv[optind]))
		return EXIT_INVALID;
	if (link_open(&l))
		return link_report(&l, NULL);
	code = get(&l, argv[optind], format);
	link_close(&l);
	return code;
}
