// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_apply.c - fimctl apply: put policies into force, all of them or none
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "link.h"
#include "load.h"
#include "mem.h"
#include "ruleset.h"
#include "selector.h"
#include "term.h"
#include "txn.h"

const struct opt apply_opts[] = {
	{ 'f', "file", "PATH", "file, directory or - for standard input" },
	{ 0, "dry-run", NULL, "let the kernel check them and change nothing" },
	{ 0, "prune", NULL, "remove the policies that are not among them" },
	{ 0 },
};

/**
 * struct apply - what is to be applied
 * @load: the policies
 * @selected: for each of them, whether it is for this host
 * @before: what was in force, if others are to be removed
 * @dry_run: stage them only
 * @prune: remove all others
 */
struct apply {
	struct load load;
	bool *selected;
	struct policies before;
	bool dry_run;
	bool prune;
};

static int select_policies(struct apply *a)
{
	const struct policies *set = &a->load.set;
	char host[256];
	size_t i;

	if (gethostname(host, sizeof(host))) {
		term_error("can't tell this host's name: %s", strerror(errno));
		return EXIT_FAILED;
	}
	host[sizeof(host) - 1] = '\0';
	a->selected = mem_resize(NULL, set->nr + 1, sizeof(*a->selected));
	for (i = 0; i < set->nr; i++)
		a->selected[i] = selector_matches(&set->v[i], host);
	return EXIT_OK;
}

static bool is_applied(const struct apply *a, const char *name)
{
	const struct policy *p = policies_find(&a->load.set, name);

	return p && a->selected[p - a->load.set.v];
}

/* The transaction is open, so what is in force now stays until the commit. */
static int stage_prune(struct apply *a, struct link *l)
{
	size_t i;
	int err;

	err = ruleset_get(l, &a->before);
	for (i = 0; !err && i < a->before.nr; i++)
		if (!is_applied(a, a->before.v[i].name))
			err = txn_delete(l, a->before.v[i].name);
	return err;
}

static int stage(struct apply *a, struct link *l)
{
	const struct policies *set = &a->load.set;
	size_t i;
	int err = 0;

	for (i = 0; !err && i < set->nr; i++)
		if (a->selected[i])
			err = txn_add(l, &set->v[i], &a->load.diags);
	if (!err && a->prune)
		err = stage_prune(a, l);
	return err;
}

static void print_rules(size_t nr, size_t waiting)
{
	printf(" (%zu %s", nr, nr == 1 ? "rule" : "rules");
	if (waiting)
		printf(", %zu waiting", waiting);
	printf(")\n");
}

/* The kernel keeps the rules in their order, with implied ones among them. */
static void warn_waiting(struct apply *a, const struct policy *p,
			 const struct policy *now)
{
	const struct rule *r = p->rules, *end = p->rules + p->nr_rules;
	size_t i;

	for (i = 0; i < now->nr_rules && r < end; i++) {
		if (rule_is_implied(&now->rules[i]))
			continue;
		if (now->rules[i].state == FIM_RULE_WAITING)
			diag_warning(&a->load.diags, &r->at,
				     "'%s' does not exist; the rule takes hold when it does",
				     r->path);
		r++;
	}
}

static void print_applied(struct apply *a, const struct policies *now)
{
	const struct policies *set = &a->load.set;
	const struct policy *p, *in_force;
	size_t i;

	for (i = 0; i < set->nr; i++) {
		p = &set->v[i];
		if (!a->selected[i]) {
			printf("%s: not for this host\n", p->name);
			continue;
		}
		in_force = now ? policies_find(now, p->name) : NULL;
		printf("%s: %s", p->name,
		       a->dry_run ? "would be applied" : "applied");
		print_rules(p->nr_rules,
			    in_force ? policy_waiting(in_force) : 0);
		if (in_force)
			warn_waiting(a, p, in_force);
	}
}

/* Names that other programs gave may hold anything. */
static void print_pruned(const struct apply *a)
{
	const struct policy *p = a->before.v;
	size_t i;

	for (i = 0; i < a->before.nr; i++, p++) {
		if (is_applied(a, p->name))
			continue;
		term_text(stdout, p->name, strlen(p->name));
		printf(": %s\n", a->dry_run ? "would be removed" : "removed");
	}
}

static int report_applied(struct apply *a, struct link *l)
{
	struct policies now = { 0 };
	int code = EXIT_OK;

	print_pruned(a);
	if (a->dry_run) {
		print_applied(a, NULL);
		return EXIT_OK;
	}
	/* It is in force whatever this says; what waits is not known then. */
	if (ruleset_get(l, &now))
		code = link_report(l, "applied, but can't be read back");
	print_applied(a, code == EXIT_OK ? &now : NULL);
	policies_free(&now);
	/* What was done comes before what is to be said about it. */
	fflush(stdout);
	diag_print(&a->load.diags, stderr);
	return code;
}

static int transact(struct apply *a, struct link *l)
{
	int err = txn_begin(l);

	if (err)
		return link_report(l, "nothing was applied");
	err = stage(a, l);
	if (!err && !a->dry_run)
		err = txn_commit(l);
	if (err || a->dry_run)
		txn_abort(l);
	if (!err)
		return report_applied(a, l);
	if (!a->load.diags.errors)
		return link_report(l, "nothing was applied");
	diag_print(&a->load.diags, stderr);
	term_error("nothing was applied");
	return EXIT_INVALID;
}

static int apply(struct apply *a)
{
	struct link l;
	int code;

	code = load_finish(&a->load);
	if (code == EXIT_OK)
		code = select_policies(a);
	if (code != EXIT_OK)
		return code;
	/* Warnings have been printed; what is to come is the kernel's. */
	diag_free(&a->load.diags);
	if (link_open(&l))
		return link_report(&l, NULL);
	code = transact(a, &l);
	link_close(&l);
	return code;
}

int cmd_apply(const struct command *cmd, int argc, char **argv)
{
	struct apply a = { 0 };
	int c, code = EXIT_INVALID;

	while ((c = opt_next(cmd, argc, argv)) != -1) {
		if (c == '?')
			goto out;
		if (opt_is(cmd, c, "file"))
			load_add(&a.load, optarg);
		else if (opt_is(cmd, c, "dry-run"))
			a.dry_run = true;
		else
			a.prune = true;
	}
	if (optind < argc)
		opt_usage(cmd, "unexpected argument '%s'", argv[optind]);
	else if (!a.load.nr)
		opt_usage(cmd, "give a policy with -f");
	else
		code = apply(&a);
out:
	load_free(&a.load);
	policies_free(&a.before);
	free(a.selected);
	return code;
}
