// SPDX-License-Identifier: GPL-2.0
/*
 * load.c - the policies that the options -f of a command name
 */
#include <stdlib.h>

#include "cmd.h"
#include "config.h"
#include "hostname.h"
#include "load.h"
#include "mem.h"
#include "selector.h"
#include "term.h"

/**
 * load_add() - note the argument of one option
 * @l: where
 * @path: file, directory, or "-" for standard input; outlives @l
 */
void load_add(struct load *l, const char *path)
{
	mem_grow(l->paths, l->nr, l->cap);
	l->paths[l->nr++] = path;
}

/**
 * load_drop_bad() - leave out policies of files with errors, if it goes on
 * @l: the policies, and what is wrong with them
 *
 * The file is what is left out, not the policy: of a file that is not valid
 * nobody knows what the rest of it was to mean.
 */
void load_drop_bad(struct load *l)
{
	size_t i = 0;

	while (l->keep_going && i < l->set.nr)
		if (diag_is_bad(&l->diags, l->set.v[i].at.file))
			policies_drop(&l->set, i);
		else
			i++;
}

/**
 * load_read() - read the policies, once all options are known
 * @l: where from and where to
 */
void load_read(struct load *l)
{
	size_t i;

	for (i = 0; i < l->nr; i++)
		source_load(&l->sources, l->paths[i], l->ignore, &l->set,
			    &l->diags);
	load_drop_bad(l);
	if (l->action)
		policies_set_action(&l->set, l->action);
	policies_check(&l->set, &l->diags);
	load_drop_bad(l);
}

/**
 * load_nothing() - say that all policies were left out
 *
 * Return: EXIT_INVALID.
 */
int load_nothing(void)
{
	term_error("no policy is left; nothing was applied");
	return EXIT_INVALID;
}

/* Nothing that is wrong may disarm what is right. */
static int go_on(struct load *l)
{
	skip_note_bad(&l->skipped, &l->diags);
	if (l->sources.unreadable)
		skip_note(&l->skipped, "%zu files can't be read and are skipped",
			  l->sources.unreadable);
	if (config_get()->broken)
		skip_note(&l->skipped, "%s has errors", CONFIG_FILE);
	return l->set.nr ? EXIT_OK : load_nothing();
}

/**
 * load_finish() - print what is wrong with the policies
 * @l: the policies
 *
 * What the configuration file was to say about them may have to do with it, so
 * an error there counts as well.
 *
 * Return: EXIT_OK if they may be used, else the exit code.
 */
int load_finish(struct load *l)
{
	diag_print(&l->diags, stderr);
	if (l->keep_going)
		return go_on(l);
	if (l->diags.errors || config_get()->broken)
		return EXIT_INVALID;
	return l->sources.unreadable ? EXIT_FAILED : EXIT_OK;
}

#define NAMELESS "goes by the host's name, which neither the kernel nor /etc/hostname has yet"

/*
 * Early in a boot it may be for this host all the same: to leave it out in silence
 * would be to seal without it.
 */
static int drop_nameless(struct load *l)
{
	const struct policy *p;
	size_t i = 0;

	/* Warnings have been printed. */
	diag_free(&l->diags);
	while (i < l->set.nr) {
		p = &l->set.v[i];
		if (!selector_takes_name(p)) {
			i++;
			continue;
		}
		diag_error(&l->diags, &p->name_at, "policy '%s' " NAMELESS, p->name);
		if (!l->keep_going) {
			i++;
			continue;
		}
		skip_note(&l->skipped, "%s:%u:%u: policy '%s' " NAMELESS "; it is skipped",
			  p->name_at.file, p->name_at.line, p->name_at.column,
			  p->name);
		policies_drop(&l->set, i);
	}
	diag_print(&l->diags, stderr);
	if (!l->keep_going && l->diags.errors)
		return EXIT_INVALID;
	return l->set.nr ? EXIT_OK : load_nothing();
}

/**
 * load_select() - tell which of the policies are for this host
 * @l: the policies; where they go by a name that the host has not yet, they are left
 *	out, if it goes on
 * @selected: set to a bool for each of them, to be freed
 *
 * Return: EXIT_OK, else the exit code.
 */
int load_select(struct load *l, bool **selected)
{
	struct buf host = { 0 };
	const struct policy *p;
	int code = EXIT_OK;
	size_t i;

	if (!hostname_get(&host))
		code = drop_nameless(l);
	*selected = mem_resize(NULL, l->set.nr + 1, sizeof(**selected));
	for (i = 0; i < l->set.nr; i++) {
		p = &l->set.v[i];
		(*selected)[i] = p->kind != FIM_KIND_HOST ||
				 selector_matches(p, host.data);
	}
	buf_free(&host);
	return code;
}

static bool has_allow(const struct policy *p)
{
	const struct rule *r;

	for (r = p->rules; r < p->rules + p->nr_rules; r++)
		if (rule_action(p, r) == FIM_ACTION_ALLOW)
			return true;
	return false;
}

/**
 * load_set_postures() - give policies the posture of the configuration
 * @l: the policies
 *
 * Of those without an Allow, no posture decides anything.
 */
void load_set_postures(struct load *l)
{
	struct policy *p;

	for (p = l->set.v; p < l->set.v + l->set.nr; p++)
		if (!p->posture && has_allow(p))
			p->posture = config_get()->file_posture;
	/* What was asked for on the command line goes before it. */
	if (l->action)
		policies_set_action(&l->set, l->action);
}

/**
 * load_free() - free all of it
 * @l: empty afterwards
 */
void load_free(struct load *l)
{
	policies_free(&l->set);
	diag_free(&l->diags);
	sources_free(&l->sources);
	skip_free(&l->skipped);
	free(l->paths);
	*l = (struct load){ 0 };
}
