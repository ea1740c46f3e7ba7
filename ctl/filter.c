// SPDX-License-Identifier: GPL-2.0
/*
 * filter.c - which alerts are wanted
 *
 * Expressions are regular ones, as karmor's are: anywhere in the value, in any
 * case. Of one option given several times one has to match, of different
 * options all. What says that records are lost is always wanted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "filter.h"
#include "format.h"
#include "mem.h"

/* The keys of an alert that an option looks at; one of them has to match. */
static const struct {
	const char *option;
	const char *key[2];
} filters[] = {
	{ "policy", { "PolicyName" } },
	{ "operation", { "Operation", "FileOperation" } },
	{ "action", { "Action" } },
	{ "pod", { "PodName" } },
	{ "container", { "ContainerName", "ContainerID" } },
	{ "resource", { "Resource", "Target" } },
	{ "source", { "Source", "ProcessName" } },
	{ "label", { "Labels" } },
};

static int find(const char *option)
{
	int i;

	for (i = 0; i < (int)ARRAY_SIZE(filters); i++)
		if (!strcmp(filters[i].option, option))
			return i;
	return -1;
}

/**
 * filter_has() - whether there is such a filter
 * @option: its name
 *
 * Return: true if there is.
 */
bool filter_has(const char *option)
{
	return find(option) >= 0;
}

/**
 * filter_add() - want less
 * @f: added to
 * @option: the name of a filter that there is
 * @expression: a POSIX extended regular expression
 *
 * Return: 0, or -EINVAL if it is none.
 */
int filter_add(struct filter *f, const char *option, const char *expression)
{
	struct filter_term *term;

	mem_grow(f->term, f->nr, f->cap);
	term = &f->term[f->nr];
	term->what = find(option);
	if (regcomp(&term->regex, expression,
		    REG_EXTENDED | REG_ICASE | REG_NOSUB))
		return -EINVAL;
	f->nr++;
	return 0;
}

static bool match_term(const struct filter_term *term, const cJSON *alert)
{
	const char *value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(filters[term->what].key); i++) {
		if (!filters[term->what].key[i])
			break;
		value = format_value(alert, filters[term->what].key[i]);
		if (value && !regexec(&term->regex, value, 0, NULL, 0))
			return true;
	}
	return false;
}

/**
 * filter_match() - whether an alert is wanted
 * @f: what is wanted
 * @alert: the alert
 *
 * Return: true if it is.
 */
bool filter_match(const struct filter *f, const cJSON *alert)
{
	const char *operation = format_value(alert, "Operation");
	bool asked[ARRAY_SIZE(filters)] = { 0 };
	bool matched[ARRAY_SIZE(filters)] = { 0 };
	size_t i;

	if (operation && (!strcmp(operation, "RecordsLost") ||
			  !strcmp(operation, "ModuleReloaded")))
		return true;
	for (i = 0; i < f->nr; i++) {
		asked[f->term[i].what] = true;
		if (match_term(&f->term[i], alert))
			matched[f->term[i].what] = true;
	}
	return !memcmp(asked, matched, sizeof(asked));
}

/**
 * filter_free() - free what a filter holds
 * @f: empty afterwards
 */
void filter_free(struct filter *f)
{
	size_t i;

	for (i = 0; i < f->nr; i++)
		regfree(&f->term[i].regex);
	free(f->term);
	*f = (struct filter){ 0 };
}
