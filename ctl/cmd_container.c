// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_container.c - fimctl container: which containers there are, and those
 * that no hook has added
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "container.h"
#include "export.h"
#include "json.h"
#include "mem.h"
#include "runtimes.h"
#include "term.h"

const struct opt container_opts[] = {
	{ 0, "pid", "N", "add: its first process" },
	{ 0, "id", "ID", "add: its id; pid-N if not given" },
	{ 0, "name", "NAME", "add: its name" },
	{ 0, "namespace", "NAME", "add: the namespace of its pod" },
	{ 0, "label", "KEY=VALUE", "add: a label; may be given again" },
	{ 'o', "output", "FORMAT", "list: table or json" },
	{ 0 },
};

/**
 * struct args - what the command line says
 * @pid: of the process, or 0
 * @id: or NULL
 * @identity: name, namespace and labels
 * @format: enum format
 */
struct args {
	pid_t pid;
	const char *id;
	struct identity identity;
	int format;
};

static void print_bytes(const char *text, int len, int width)
{
	term_text(stdout, text, len);
	printf("%*s", len < width ? width - len + 1 : 1, "");
}

static void print_text(const char *text, int width)
{
	print_bytes(text ? text : "-", text ? (int)strlen(text) : 1, width);
}

static void print_done(const char *id, const char *what)
{
	term_text(stdout, id, strlen(id));
	printf(": %s\n", what);
}

static void print_one(const struct container *c)
{
	const struct identity *id = &c->identity;
	struct buf pod = { 0 };
	size_t i;

	if (id->namespace || id->pod)
		buf_addf(&pod, "%s/%s", id->namespace ? id->namespace : "-",
			 id->pod ? id->pod : "-");
	print_bytes(c->id, strnlen(c->id, 12), 12);
	print_text(id->name, 16);
	print_text(pod.data, 24);
	printf("%-8d", (int)c->pid);
	for (i = 0; i < c->nr_policies; i++) {
		printf("%s", i ? ", " : " ");
		term_text(stdout, c->policies[i], strlen(c->policies[i]));
	}
	printf("%s\n", c->nr_policies ? "" : " -");
	buf_free(&pod);
}

static cJSON *to_json(const struct container *c)
{
	struct buf identity = { 0 };
	cJSON *json = json_object(), *list = json_list();
	size_t i;

	json_add_string(json, "id", c->id);
	if (c->pid)
		json_add_number(json, "pid", c->pid);
	json_add_number(json, "cgroup", c->cgroup);
	identity_write(&c->identity, &identity);
	json_add(json, "identity", cJSON_Parse(identity.data));
	buf_free(&identity);
	for (i = 0; i < c->nr_policies; i++)
		json_append_bytes(list, c->policies[i],
				  strlen(c->policies[i]));
	json_add(json, "policies", list);
	return json;
}

static int list_all(struct link *l, const struct args *args)
{
	struct containers set;
	cJSON *json;
	size_t i;

	if (containers_get(l, &set)) {
		containers_free(&set);
		return link_report(l, "can't list containers");
	}
	if (args->format == FORMAT_JSON) {
		json = json_list();
		for (i = 0; i < set.nr; i++)
			json_append(json, to_json(&set.v[i]));
		json_print(json, true);
		cJSON_Delete(json);
	} else if (set.nr) {
		printf("%-12s %-16s %-24s %-8s %s\n", "CONTAINER", "NAME",
		       "POD", "PID", "POLICIES");
		for (i = 0; i < set.nr; i++)
			print_one(&set.v[i]);
	}
	containers_free(&set);
	return EXIT_OK;
}

static int add(struct link *l, struct args *args)
{
	char id[32], root[32];

	snprintf(id, sizeof(id), "pid-%d", (int)args->pid);
	snprintf(root, sizeof(root), "/proc/%d/root", (int)args->pid);
	if (!args->id)
		args->id = id;
	if (!args->identity.name)
		args->identity.name = mem_string(args->id);
	if (container_add(l, args->id, args->pid, root, &args->identity))
		return link_report(l, args->id);
	print_done(args->id, "added");
	return EXIT_OK;
}

static int scan(struct link *l)
{
	struct runnings all = { 0 };
	int code = EXIT_OK, err;
	size_t i, nr = 0;

	runtimes_find(&all);
	for (i = 0; i < all.nr; i++) {
		err = container_add_bundle(l, all.v[i].id, all.v[i].pid,
					   all.v[i].bundle, true);
		if (!err) {
			print_done(all.v[i].id, "added");
			nr++;
		} else if (err != -EEXIST) {
			code = link_report(l, all.v[i].id);
		}
	}
	printf("%zu found, %zu added\n", all.nr, nr);
	runtimes_free(&all);
	return code;
}

static int delete_each(struct link *l, char **ids)
{
	int code = EXIT_OK;

	for (; *ids; ids++) {
		if (container_delete(l, *ids))
			code = link_report(l, *ids);
		else
			print_done(*ids, "deleted");
	}
	return code;
}

static bool take_opt(const struct command *cmd, int c, struct args *args)
{
	char *end;
	long n;

	if (opt_is(cmd, c, "pid")) {
		errno = 0;
		n = strtol(optarg, &end, 10);
		args->pid = n;
		return *optarg && !*end && !errno && n > 0 && n <= INT_MAX;
	}
	if (opt_is(cmd, c, "id"))
		args->id = optarg;
	else if (opt_is(cmd, c, "name"))
		args->identity.name = mem_string(optarg);
	else if (opt_is(cmd, c, "namespace"))
		args->identity.namespace = mem_string(optarg);
	else if (opt_is(cmd, c, "label"))
		return identity_add_labels(&args->identity, optarg);
	return true;
}

static int run(const struct command *cmd, struct args *args, char **words)
{
	struct link l;
	char **id;
	int code;

	if (strcmp(words[0], "list") && strcmp(words[0], "add") &&
	    strcmp(words[0], "delete") && strcmp(words[0], "scan"))
		return opt_usage(cmd, "there is no '%s'", words[0]);
	if (!strcmp(words[0], "add") && !args->pid)
		return opt_usage(cmd, "give its process: --pid N");
	for (id = words + 1; *id; id++)
		if (!**id)
			return opt_usage(cmd, "an id is empty");
	if (!strcmp(words[0], "delete") != !!words[1])
		return opt_usage(cmd, words[1] ? "'%s' takes no more words" :
				 "'%s' takes ids", words[0]);
	if (link_open(&l))
		return link_report(&l, NULL);
	if (!strcmp(words[0], "list"))
		code = list_all(&l, args);
	else if (!strcmp(words[0], "add"))
		code = add(&l, args);
	else if (!strcmp(words[0], "scan"))
		code = scan(&l);
	else
		code = delete_each(&l, words + 1);
	link_close(&l);
	return code;
}

int cmd_container(const struct command *cmd, int argc, char **argv)
{
	struct args args = { .format = FORMAT_DEFAULT };
	int c, code;

	while ((c = opt_next(cmd, argc, argv)) != -1) {
		if (c == '?')
			return EXIT_INVALID;
		if (c == 'o')
			args.format = opt_format(cmd, 1U << FORMAT_TABLE |
						      1U << FORMAT_JSON);
		if (args.format < 0)
			return EXIT_INVALID;
		if (!take_opt(cmd, c, &args))
			return opt_usage(cmd, "'%s' is no value of that option",
					 optarg);
	}
	if (optind == argc)
		return opt_usage(cmd, "list, add, delete or scan?");
	code = run(cmd, &args, argv + optind);
	identity_free(&args.identity);
	return code;
}
