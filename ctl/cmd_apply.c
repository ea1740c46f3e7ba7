// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_apply.c - fimctl apply: put policies into force, all of them or none
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "devices.h"
#include "container.h"
#include "implied.h"
#include "link.h"
#include "lint.h"
#include "load.h"
#include "mem.h"
#include "ruleset.h"
#include "seconds.h"
#include "status.h"
#include "term.h"
#include "txn.h"
#include "writer.h"

const struct opt apply_opts[] = {
	{ 'f', "file", "PATH", "file, directory or - for standard input" },
	{ 0, "action", "ACTION", "Block or Audit, whichever the files say" },
	{ 0, "dry-run", NULL, "let the kernel check them and change nothing" },
	{ 0, "keep-going", NULL, "leave out what is not valid or is refused" },
	{ 0, "try", "TIME", "roll back after 90s, 5m… unless confirmed; 1h at most" },
	{ 0, "prune", NULL, "remove the policies that are not among them" },
	{ 0, "no-scan", NULL, "don't look for mounts and other names of files" },
	{ 0, "ignore-unsupported", NULL, "leave out what is about no files" },
	{ 0 },
};

/**
 * struct apply - what is to be applied
 * @load: the policies
 * @selected: for each of them, whether it is for this host
 * @staged: which of them was staged last
 * @before: what was in force
 * @now: what is in force once they are applied
 * @generation: number of the commit that put them into force
 * @last: number of the last record before it
 * @trial: seconds after which it is rolled back unless it is confirmed, or 0
 * @dry_run: stage them only
 * @prune: remove all others
 * @no_scan: leave it at that
 */
struct apply {
	struct load load;
	bool *selected;
	size_t staged;
	struct policies before;
	struct policies now;
	uint64_t generation;
	uint64_t last;
	uint32_t trial;
	bool dry_run;
	bool prune;
	bool no_scan;
};

static bool is_applied(const struct apply *a, const char *name)
{
	const struct policy *p = policies_find(&a->load.set, name);

	return p && a->selected[p - a->load.set.v];
}

/* What is left out may be in force, by a file that was right. */
static bool prunes(const struct apply *a)
{
	return a->prune && !a->load.skipped.nr;
}

/* The transaction is open, so what is in force now stays until the commit. */
static int stage_prune(struct apply *a, struct link *l)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < a->before.nr; i++)
		if (!is_applied(a, a->before.v[i].name))
			err = txn_delete(l, a->before.v[i].name);
	return err;
}

/*
 * What an earlier apply found stays protected until the new search is done, if
 * the policy still has a rule about it.
 */
static bool keep_implied(struct apply *a)
{
	struct policies *set = &a->load.set;
	const struct policy *before;
	bool any = false;
	size_t i;

	for (i = 0; i < set->nr; i++) {
		before = policies_find(&a->before, set->v[i].name);
		if (before && a->selected[i])
			any |= implied_keep(&set->v[i], before);
	}
	return any;
}

static void drop_implied(struct apply *a)
{
	size_t i;

	for (i = 0; i < a->load.set.nr; i++)
		policy_drop_implied(&a->load.set.v[i]);
}

static int refuse(struct apply *a, struct link *l, const struct policy *p,
		  int code, const char *why)
{
	a->staged = p - a->load.set.v;
	diag_error(&a->load.diags, &p->name_at, "policy '%s' %s", p->name, why);
	return link_fail(l, code, "%s", why);
}

static int stage_policy(struct apply *a, struct link *l, struct policy *p)
{
	if (!prunes(a) && ruleset_clashes(&a->before, p))
		return refuse(a, l, p, -EEXIST,
			      "has the name of one in force that is of another kind or namespace: delete that before");
	devices_find(p, &a->load.diags);
	return txn_add(l, p, &a->load.diags);
}

static bool any_for_containers(const struct apply *a)
{
	size_t i;

	for (i = 0; i < a->load.set.nr; i++)
		if (a->load.set.v[i].kind != FIM_KIND_HOST)
			return true;
	return false;
}

/* The transaction is open, so no container is added until it is over. */
static int bind_containers(struct apply *a, struct link *l)
{
	struct containers all;
	const char *why;
	struct policy *p;
	int err;

	if (!any_for_containers(a))
		return 0;
	err = containers_get(l, &all);
	for (p = a->load.set.v; !err && p < a->load.set.v + a->load.set.nr;
	     p++) {
		why = containers_bind(&all, p);
		if (why)
			err = refuse(a, l, p, -E2BIG, why);
	}
	containers_free(&all);
	return err;
}

static int stage(struct apply *a, struct link *l)
{
	const struct policies *set = &a->load.set;
	size_t i;
	int err = bind_containers(a, l);

	for (i = 0; !err && i < set->nr; i++) {
		if (!a->selected[i])
			continue;
		a->staged = i;
		err = stage_policy(a, l, &set->v[i]);
	}
	if (!err && prunes(a))
		err = stage_prune(a, l);
	return err;
}

static int begin_and_stage(struct apply *a, struct link *l)
{
	struct status st;
	bool kept;
	int err;

	err = txn_begin(l);
	if (err)
		return err;
	err = status_get(l, &st);
	a->last = st.number[FIM_STATUS_A_LAST_SEQ];
	status_free(&st);
	if (!err)
		err = ruleset_get(l, &a->before);
	if (err)
		return err;
	kept = !a->dry_run && keep_implied(a);
	err = stage(a, l);
	if (!err || !kept || !txn_is_policy_fault(l))
		return err;
	/* It may be one of those kept, which are no reason to fail. */
	txn_abort(l);
	drop_implied(a);
	diag_free(&a->load.diags);
	err = txn_begin(l);
	return err ? err : stage(a, l);
}

static void print_rules(const struct policy *p, size_t waiting)
{
	size_t nr = policy_rules(p);

	printf(" (%zu %s", nr, nr == 1 ? "rule" : "rules");
	if (waiting)
		printf(", %zu waiting", waiting);
	if (p->kind != FIM_KIND_HOST)
		printf(", %zu %s", p->nr_containers,
		       p->nr_containers == 1 ? "container" : "containers");
	printf(")\n");
}

/* Implied ones come last here, and may be anywhere in what the kernel has. */
static void warn_waiting(struct apply *a, const struct policy *p,
			 const struct policy *now)
{
	const struct rule *r = p->rules, *end = p->rules + policy_rules(p);
	size_t i;

	for (i = 0; i < now->nr_rules && r < end; i++) {
		if (rule_is_implied(&now->rules[i]))
			continue;
		if (now->rules[i].state == FIM_RULE_WAITING)
			diag_warning(&a->load.diags, &r->at,
				     "'%s' does not exist; the rule takes hold when it does",
				     r->path);
		if (now->rules[i].sources_waiting && r->nr_sources)
			diag_warning(&a->load.diags, &r->sources[0].at,
				     "of %zu executables %u do not exist; the rule knows them when they do",
				     r->nr_sources,
				     now->rules[i].sources_waiting);
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
		print_rules(p, in_force ? policy_waiting(in_force) : 0);
		if (in_force && p->kind == FIM_KIND_HOST)
			warn_waiting(a, p, in_force);
	}
}

/* Names that other programs gave may hold anything. */
static void print_pruned(const struct apply *a)
{
	const struct policy *p = a->before.v;
	size_t i;

	for (i = 0; i < a->before.nr; i++, p++) {
		if (!prunes(a) || is_applied(a, p->name))
			continue;
		term_text(stdout, p->name, strlen(p->name));
		printf(": %s\n", a->dry_run ? "would be removed" : "removed");
	}
}

static int report_applied(struct apply *a, struct link *l)
{
	int code = EXIT_OK;

	print_pruned(a);
	if (a->dry_run) {
		print_applied(a, NULL);
		return EXIT_OK;
	}
	/* It is in force whatever this says; what waits is not known then. */
	if (ruleset_get(l, &a->now))
		code = link_report(l, "applied, but can't be read back");
	print_applied(a, code == EXIT_OK ? &a->now : NULL);
	/* What was done comes before what is to be said about it. */
	fflush(stdout);
	diag_print(&a->load.diags, stderr);
	diag_free(&a->load.diags);
	return code;
}

static void print_count(size_t nr, const char *one, const char *many)
{
	if (nr)
		printf(" %zu %s", nr, nr == 1 ? one : many);
}

static void print_implied(const struct policy *p, const struct implied *found)
{
	if (!found->mounts && !found->files)
		return;
	printf("%s: protects", p->name);
	print_count(found->mounts, "mount", "mounts");
	if (found->mounts && found->files)
		printf(" and");
	print_count(found->files, "file with other names",
		    "files with other names");
	printf(", too\n");
}

/* Return: the rules found for a policy, NULL if it was not searched for. */
static const struct implied *found_for(const struct apply *a,
				       const struct implied *found,
				       const char *name)
{
	const struct policy *p = policies_find(&a->now, name);

	return p ? &found[p - a->now.v] : NULL;
}

/* Return: whether there is a policy that has to be replaced. */
static bool take_implied(struct apply *a, const struct implied *found,
			 bool *changed)
{
	struct policies *set = &a->load.set;
	const struct implied *its;
	bool any = false;
	size_t i;

	for (i = 0; i < set->nr; i++) {
		its = found_for(a, found, set->v[i].name);
		changed[i] = a->selected[i] && its &&
			     !implied_same(&set->v[i], &its->rules);
		if (!changed[i])
			continue;
		policy_drop_implied(&set->v[i]);
		implied_append(&set->v[i], &its->rules, &set->v[i].name_at);
		any = true;
	}
	return any;
}

/* Nobody's change since then is to be undone by what was read then. */
static int check_generation(const struct apply *a, struct link *l)
{
	struct status st;
	int err = status_get(l, &st);

	if (!err && st.number[FIM_STATUS_A_GENERATION] != a->generation) {
		err = -ESTALE;
		l->error = (struct link_error){
			.code = err,
			.text = "policies were changed meanwhile; apply again",
		};
	}
	status_free(&st);
	return err;
}

static int commit_implied(struct apply *a, struct link *l, const bool *changed)
{
	const struct policies *set = &a->load.set;
	int err = txn_begin(l);
	size_t i;

	if (!err)
		err = check_generation(a, l);
	for (i = 0; !err && i < set->nr; i++)
		if (changed[i])
			err = stage_policy(a, l, &set->v[i]);
	if (!err)
		err = txn_commit(l, 0, NULL);
	if (!err)
		return EXIT_OK;
	txn_abort(l);
	diag_print(&a->load.diags, stderr);
	return link_report(l, "applied, but without mounts and other names of files");
}

static int add_implied(struct apply *a, struct link *l)
{
	struct implied *found = mem_alloc(a->now.nr * sizeof(*found));
	bool *wanted = mem_alloc(a->now.nr), *changed;
	const struct implied *its;
	int code = EXIT_OK;
	size_t i;

	for (i = 0; i < a->now.nr; i++)
		wanted[i] = a->now.v[i].kind == FIM_KIND_HOST &&
			    is_applied(a, a->now.v[i].name);
	implied_find(&a->now, wanted, found);
	changed = mem_alloc(a->load.set.nr);
	if (take_implied(a, found, changed))
		code = commit_implied(a, l, changed);
	for (i = 0; code == EXIT_OK && i < a->load.set.nr; i++) {
		its = found_for(a, found, a->load.set.v[i].name);
		if (its && a->selected[i])
			print_implied(&a->load.set.v[i], its);
	}
	implied_free(found, a->now.nr);
	free(found);
	free(wanted);
	free(changed);
	return code;
}

static int finish(struct apply *a, struct link *l)
{
	int code = report_applied(a, l);

	if (code == EXIT_OK && !a->dry_run && !a->no_scan)
		code = add_implied(a, l);
	if (a->dry_run)
		return code;
	if (a->trial)
		printf("on trial: rolled back after %u s unless 'fimctl confirm' is given\n",
		       a->trial);
	fflush(stdout);
	if (writers_report(l, a->last + 1))
		return link_report(l, "applied, but who has files open for writing is not known");
	return code;
}

/*
 * A policy that the kernel refuses is left out, and what was staged with it: the
 * rules before the refused one are staged as well. One that is in force by that
 * name stays.
 */
static bool skip_refused(struct apply *a, struct link *l)
{
	struct policies *set = &a->load.set;
	size_t i = a->staged;

	if (!a->load.keep_going || !a->load.diags.errors ||
	    !txn_is_policy_fault(l))
		return false;
	txn_abort(l);
	policies_free(&a->before);
	diag_print(&a->load.diags, stderr);
	skip_note(&a->load.skipped, "%s:%u:%u: policy '%s' is refused and skipped: %s",
		  set->v[i].name_at.file, set->v[i].name_at.line,
		  set->v[i].name_at.column, set->v[i].name, l->error.text);
	diag_free(&a->load.diags);
	policies_drop(set, i);
	memmove(&a->selected[i], &a->selected[i + 1],
		(set->nr - i) * sizeof(*a->selected));
	return true;
}

/* The exit code of what went well, but for what was left out. */
static int report_skipped(const struct apply *a, int code)
{
	const struct skipped *s = &a->load.skipped;

	if (!s->nr)
		return code;
	if (!a->dry_run)
		skip_log(s);
	if (code != EXIT_OK)
		return code;
	term_error("%zu skipped; %s", s->nr,
		   a->dry_run ? "the others are valid" :
				"the others are in force");
	return EXIT_SKIPPED;
}

static int transact(struct apply *a, struct link *l)
{
	int err;

	do {
		err = begin_and_stage(a, l);
	} while (err && skip_refused(a, l));
	if (!err && !a->dry_run && a->load.set.nr)
		err = txn_commit(l, a->trial, &a->generation);
	if (err || a->dry_run || !a->load.set.nr)
		txn_abort(l);
	if (!err && !a->load.set.nr)
		return load_nothing();
	if (!err)
		return finish(a, l);
	if (!a->load.diags.errors)
		return link_report(l, "nothing was applied");
	diag_print(&a->load.diags, stderr);
	term_error("nothing was applied");
	return EXIT_INVALID;
}

/* At boot, what is left out is all of it then. */
static int report_absent(struct apply *a, const struct link *l)
{
	int code = link_report(l, NULL);

	if (code == EXIT_ABSENT && a->load.keep_going && !a->dry_run)
		skip_all(&a->load.skipped);
	return code;
}

static int apply(struct apply *a)
{
	struct link l;
	int code;

	load_read(&a->load);
	if (!a->load.diags.errors || a->load.keep_going) {
		load_drop_bad(&a->load);
		lint_rules(&a->load.set, &a->load.diags);
		containers_warn(&a->load.set, &a->load.diags);
	}
	code = load_finish(&a->load);
	load_set_postures(&a->load);
	if (code == EXIT_OK)
		code = load_select(&a->load, &a->selected);
	if (code != EXIT_OK)
		return report_skipped(a, code);
	/* Warnings have been printed; what is to come is the kernel's. */
	diag_free(&a->load.diags);
	if (link_open(&l))
		return report_absent(a, &l);
	code = report_skipped(a, transact(a, &l));
	link_close(&l);
	return code;
}

static bool set_action(struct apply *a)
{
	a->load.action = policy_action(optarg);
	return a->load.action == FIM_ACTION_BLOCK ||
	       a->load.action == FIM_ACTION_AUDIT;
}

int cmd_apply(const struct command *cmd, int argc, char **argv)
{
	struct apply a = { 0 };
	bool bad_action = false, bad_time = false;
	int c, code = EXIT_INVALID;

	while ((c = opt_next(cmd, argc, argv)) != -1) {
		if (c == '?')
			goto out;
		if (opt_is(cmd, c, "file"))
			load_add(&a.load, optarg);
		else if (opt_is(cmd, c, "action"))
			bad_action |= !set_action(&a);
		else if (opt_is(cmd, c, "try"))
			bad_time |= !(a.trial = seconds_parse(optarg));
		else if (opt_is(cmd, c, "dry-run"))
			a.dry_run = true;
		else if (opt_is(cmd, c, "keep-going"))
			a.load.keep_going = true;
		else if (opt_is(cmd, c, "prune"))
			a.prune = true;
		else if (opt_is(cmd, c, "ignore-unsupported"))
			a.load.ignore = true;
		else
			a.no_scan = true;
	}
	if (optind < argc)
		opt_usage(cmd, "unexpected argument '%s'", argv[optind]);
	else if (bad_action)
		opt_usage(cmd, "--action is Block or Audit");
	else if (bad_time || a.trial > FIM_TRIAL_MAX)
		opt_usage(cmd, "--try takes a time as 90s or 5m, 1h at most");
	else if (!a.load.nr)
		opt_usage(cmd, "give a policy with -f");
	else
		code = apply(&a);
out:
	load_free(&a.load);
	policies_free(&a.before);
	policies_free(&a.now);
	free(a.selected);
	return code;
}
