// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_explain.c - fimctl explain: show which rules decide for a path, and why
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "cmd.h"
#include "explain.h"
#include "json.h"
#include "mem.h"
#include "op.h"
#include "ruleset.h"
#include "term.h"

const struct opt explain_opts[] = {
	{ 0, "op", "OP", "the operation; write (to open for it) if not given" },
	{ 0, "as", "EXE", "the executable that does it" },
	{ 0, "uid", "N", "the user id of who does it; 0 if not given" },
	{ 0, "tty", NULL, "it has a controlling terminal" },
	{ 'o', "output", "FORMAT", "json" },
	{ 0 },
};

static const struct {
	uint32_t bit;
	const char *name;
	const char *text;
} marks[] = {
	{ FIM_EXPLAIN_TREE, "tree", "the path of a rule" },
	{ FIM_EXPLAIN_GUARD, "guard", "on the way to one" },
	{ FIM_EXPLAIN_ANCHOR, "anchor", "a rule waits for a name in it" },
	{ FIM_EXPLAIN_WRITER, "writer", "open for writing since before a rule" },
};

/* Return: what a rule protects, or NULL if it is gone meanwhile. */
static const char *rule_path(const struct policies *set, const char *name,
			     uint32_t rule)
{
	const struct policy *p = name ? policies_find(set, name) : NULL;

	return p && rule < p->nr_rules ? p->rules[rule].path : NULL;
}

/* Whether what is refused or recorded passes if it only appends. */
static bool may_append(const struct answer *a, const struct policies *set)
{
	const struct policy *p = a->policy ? policies_find(set, a->policy) :
					     NULL;

	return a->op == FIM_OP_OPEN && a->why == FIM_WHY_RULE &&
	       a->action > FIM_ACTION_ALLOW && p && p->append &&
	       a->rule < p->nr_rules &&
	       (p->rules[a->rule].flags & FIM_RULE_READONLY);
}

static cJSON *fit_json(const struct fit *f, const struct policies *set)
{
	const char *path = rule_path(set, f->policy, f->rule);
	cJSON *json = json_object();

	json_add_string(json, "policy", f->policy);
	json_add_number(json, "rule", f->rule);
	if (path)
		json_add_string(json, "path", path);
	json_add_string(json, "action", policy_action_name(f->action));
	json_add_bool(json, "applies", f->fit == FIM_FIT_APPLIES);
	if (f->fit != FIM_FIT_APPLIES)
		json_add_string(json, "why", explain_fit_name(f->fit));
	return json;
}

static cJSON *step_json(const struct step *s, const struct policies *set)
{
	cJSON *json = json_object(), *names = json_list(), *rules = json_list();
	size_t i;

	json_add_string(json, "path", s->path);
	json_add_number(json, "depth", s->depth);
	for (i = 0; i < ARRAY_SIZE(marks); i++)
		if (s->marks & marks[i].bit)
			json_append_bytes(names, marks[i].name,
					  strlen(marks[i].name));
	for (i = 0; i < s->nr; i++)
		json_append(rules, fit_json(&s->fits[i], set));
	json_add(json, "marks", names);
	json_add(json, "rules", rules);
	return json;
}

static void print_json(const struct answer *a, const struct policies *set)
{
	const char *path = rule_path(set, a->policy, a->rule);
	cJSON *json = json_object(), *steps = json_list();
	size_t i;

	json_add_string(json, "path", a->path);
	json_add_string(json, "operation", op_name(a->op));
	if (a->action)
		json_add_string(json, "action", policy_action_name(a->action));
	json_add_bool(json, "refused", a->action == FIM_ACTION_BLOCK);
	if (may_append(a, set))
		json_add_bool(json, "append", true);
	json_add_string(json, "why", explain_why_name(a->why));
	if (a->policy) {
		json_add_string(json, "policy", a->policy);
		json_add_number(json, "rule", a->rule);
	}
	if (path)
		json_add_string(json, "rulePath", path);
	for (i = 0; i < a->nr; i++)
		json_append(steps, step_json(&a->steps[i], set));
	json_add(json, "steps", steps);
	json_print(json, true);
	cJSON_Delete(json);
}

/* Names and paths may hold anything. */
static void print_text(const char *text)
{
	term_text(stdout, text, strlen(text));
}

static void print_rule(const struct policies *set, const char *policy,
		       uint32_t rule)
{
	const char *path = rule_path(set, policy, rule);

	print_text(policy);
	printf(" rule %u", rule);
	if (path) {
		printf(", ");
		print_text(path);
	}
}

static void print_verdict(const struct answer *a, const struct policies *set)
{
	static const char *const verdict[] = {
		[FIM_ACTION_UNSET] = "passes: no rule has anything to say",
		[FIM_ACTION_ALLOW] = "passes",
		[FIM_ACTION_AUDIT] = "passes and is recorded",
		[FIM_ACTION_BLOCK] = "is refused and recorded",
	};
	bool refused = a->action == FIM_ACTION_BLOCK;

	print_text(a->path);
	printf(": %s%s %s%s%s\n", refused ? term_on(stdout, TERM_RED) : "",
	       op_name(a->op), a->action < ARRAY_SIZE(verdict) ?
	       verdict[a->action] : "unknown", refused ? term_off(stdout) : "",
	       may_append(a, set) ? ", but to append passes" : "");
}

static void print_why(const struct answer *a, const struct policies *set)
{
	static const char *const why[] = {
		[FIM_WHY_RULE] = "decided by",
		[FIM_WHY_POSTURE] =
			"covered and not allowed, so the posture decides, of",
		[FIM_WHY_GUARD] = "it is on the way to what is protected by",
		[FIM_WHY_FILESYSTEM] =
			"where it is can't be told, so the filesystem's strictest decides:",
	};

	if (!a->policy)
		return;
	printf("%s ", a->why < ARRAY_SIZE(why) && why[a->why] ?
	       why[a->why] : explain_why_name(a->why));
	print_rule(set, a->policy, a->rule);
	printf("\n");
}

static bool is_decisive(const struct answer *a, const struct fit *f)
{
	return a->policy && f->rule == a->rule && !strcmp(f->policy, a->policy);
}

static void print_step(const struct answer *a, const struct step *s,
		       const struct policies *set)
{
	const struct fit *f;
	const char *sep = "";
	size_t i;

	printf("  ");
	print_text(s->path);
	printf(" (");
	for (i = 0; i < ARRAY_SIZE(marks); i++) {
		if (!(s->marks & marks[i].bit))
			continue;
		printf("%s%s", sep, marks[i].text);
		sep = "; ";
	}
	printf(")\n");
	for (f = s->fits; f < s->fits + s->nr; f++) {
		printf("    %c %-5s  ", is_decisive(a, f) ? '*' : ' ',
		       policy_action_name(f->action));
		print_rule(set, f->policy, f->rule);
		printf(": %s\n", explain_fit_name(f->fit));
	}
}

static void print_answer(const struct answer *a, const struct policies *set)
{
	size_t i;

	print_verdict(a, set);
	print_why(a, set);
	if (a->nr)
		printf("\nFrom the object up, by its filesystem's paths; * decides:\n");
	for (i = 0; i < a->nr; i++)
		print_step(a, &a->steps[i], set);
}

static int explain(const struct question *q, int format)
{
	struct policies set = { 0 };
	struct answer a = { 0 };
	struct link l;
	int code = EXIT_OK;

	if (link_open(&l))
		return link_report(&l, NULL);
	if (explain_ask(&l, q, &a))
		code = link_report(&l, q->path);
	else if (ruleset_get(&l, &set))
		code = link_report(&l, "can't read the policies");
	else if (format == FORMAT_JSON)
		print_json(&a, &set);
	else
		print_answer(&a, &set);
	policies_free(&set);
	explain_free(&a);
	link_close(&l);
	return code;
}

/* Return: an absolute path, to be freed; NULL after a message. */
static char *absolute(const struct command *cmd, const char *path)
{
	struct buf full = { 0 };
	char *cwd = NULL;

	if (!*path) {
		opt_usage(cmd, "the path is empty");
		return NULL;
	}
	if (*path != '/') {
		cwd = getcwd(NULL, 0);
		if (!cwd) {
			opt_usage(cmd,
				  "'%s' does not begin with '/', and this directory has no path: %s",
				  path, strerror(errno));
			return NULL;
		}
		buf_addf(&full, "%s/", cwd);
	}
	free(cwd);
	buf_adds(&full, path);
	if (full.len <= FIM_PATH_MAX)
		return full.data;
	opt_usage(cmd, "the path is longer than %u bytes", FIM_PATH_MAX);
	buf_free(&full);
	return NULL;
}

static int read_uid(const struct command *cmd, uint32_t *uid)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(optarg, &end, 10);
	if (*optarg < '0' || *optarg > '9' || *end || errno || n >= UINT32_MAX)
		return opt_usage(cmd, "'%s' is no user id", optarg);
	*uid = n;
	return EXIT_OK;
}

static int read_option(const struct command *cmd, int c, struct question *q,
		       int *format)
{
	if (opt_is(cmd, c, "op")) {
		q->op = op_find(optarg);
		if (!q->op)
			return opt_usage(cmd, "there is no operation '%s'",
					 optarg);
	} else if (opt_is(cmd, c, "as")) {
		q->exe = optarg;
	} else if (opt_is(cmd, c, "uid")) {
		return read_uid(cmd, &q->uid);
	} else if (opt_is(cmd, c, "tty")) {
		q->tty = true;
	} else {
		*format = opt_format(cmd, 1U << FORMAT_JSON);
		if (*format < 0)
			return EXIT_INVALID;
	}
	return EXIT_OK;
}

int cmd_explain(const struct command *cmd, int argc, char **argv)
{
	struct question q = { .op = FIM_OP_OPEN };
	int c, format = FORMAT_DEFAULT, code = EXIT_INVALID;
	char *path, *exe = NULL;

	while ((c = opt_next(cmd, argc, argv)) != -1)
		if (c == '?' || read_option(cmd, c, &q, &format))
			return EXIT_INVALID;
	if (argc - optind != 1)
		return opt_usage(cmd, "give one path");
	path = absolute(cmd, argv[optind]);
	if (path && q.exe)
		exe = absolute(cmd, q.exe);
	if (path && (exe || !q.exe)) {
		q.path = path;
		q.exe = exe;
		code = explain(&q, format);
	}
	free(path);
	free(exe);
	return code;
}
