// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_probe.c - fimctl probe: say whether this kernel can be protected
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd.h"
#include "json.h"
#include "mem.h"
#include "probe.h"
#include "term.h"

const struct opt probe_opts[] = {
	{ 'o', "output", "FORMAT", "json" },
	{ 0, "root", "DIR", "look at a system below this directory" },
	{ 0, "kernel", "RELEASE", "look at this kernel, not the running one" },
	{ 0 },
};

static const char *verdict(enum probe_state worst)
{
	switch (worst) {
	case PROBE_NEEDED:
		return "the module can't work with this kernel";
	case PROBE_UNKNOWN:
		return "nothing is in the way, as far as can be found out";
	case PROBE_LOST:
		return "the module works with this kernel, with less";
	default:
		return "the module works with this kernel";
	}
}

static void print_text(const struct probe *p)
{
	static const char *const words[] = {
		[PROBE_LOST] = "lost", [PROBE_NEEDED] = "missing",
		[PROBE_UNKNOWN] = "unknown", [PROBE_NOTE] = "note",
	};
	const struct probe_item *item;
	size_t ok = 0;

	printf("kernel: %s\n", p->release);
	if (p->config)
		printf("options of: %s\n", p->config);
	for (item = p->items; item < p->items + p->nr; item++) {
		if (item->state == PROBE_OK)
			ok++;
		else
			printf("  %-8s%s: %s\n", words[item->state], item->what,
			       item->text);
	}
	printf("  %-8s%zu of %zu\n", "ok", ok, p->nr);
	printf("%s\n", verdict(probe_worst(p)));
}

static void print_json(const struct probe *p)
{
	cJSON *json = json_object(), *list = json_list(), *entry;
	const struct probe_item *item;

	json_add_string(json, "kernel", p->release);
	if (p->config)
		json_add_string(json, "config", p->config);
	json_add_string(json, "verdict", probe_state_name(probe_worst(p)));
	for (item = p->items; item < p->items + p->nr; item++) {
		entry = json_object();
		json_add_string(entry, "what", item->what);
		json_add_string(entry, "state", probe_state_name(item->state));
		if (*item->text)
			json_add_string(entry, "text", item->text);
		json_append(list, entry);
	}
	json_add(json, "items", list);
	json_print(json, true);
	cJSON_Delete(json);
}

static int exit_code(enum probe_state worst)
{
	switch (worst) {
	case PROBE_NEEDED:
		return EXIT_FAILED;
	case PROBE_UNKNOWN:
	case PROBE_LOST:
		return EXIT_SKIPPED;
	default:
		return EXIT_OK;
	}
}

static bool is_directory(const char *path)
{
	struct stat st;

	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return true;
	term_error("%s: there is no such directory", path);
	return false;
}

/* Which kernel is meant: the running one is not that of another system. */
static char *choose_release(const char *root, const char *wanted)
{
	char *release;

	if (wanted || !*root)
		return mem_string(wanted);
	release = probe_only_release(root);
	if (!release)
		term_error("%s/lib/modules is not of one kernel: say which by --kernel",
			   root);
	return release;
}

int cmd_probe(const struct command *cmd, int argc, char **argv)
{
	const char *root = "", *wanted = NULL;
	int c, format = FORMAT_DEFAULT, code;
	struct probe p = { 0 };
	char *release;

	while ((c = opt_next(cmd, argc, argv)) != -1) {
		if (c == '?')
			return EXIT_INVALID;
		if (opt_is(cmd, c, "root"))
			root = optarg;
		else if (opt_is(cmd, c, "kernel"))
			wanted = optarg;
		else
			format = opt_format(cmd, 1U << FORMAT_JSON);
		if (format < 0)
			return EXIT_INVALID;
	}
	if (optind < argc)
		return opt_usage(cmd, "unexpected argument '%s'", argv[optind]);
	if (*root && !is_directory(root))
		return EXIT_FAILED;
	/* This system is more than its files. */
	if (!strcmp(root, "/"))
		root = "";
	release = choose_release(root, wanted);
	if (*root && !release)
		return EXIT_INVALID;
	probe_read(&p, root, release);
	free(release);
	if (format == FORMAT_JSON)
		print_json(&p);
	else
		print_text(&p);
	code = exit_code(probe_worst(&p));
	probe_free(&p);
	return code;
}
