// SPDX-License-Identifier: GPL-2.0
/*
 * outcome.c - what the tests say to the table of the attack catalogue
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "common.h"
#include "outcome.h"

static const char *records_text(const struct fim_outcome *want,
				const struct fim_outcome *got)
{
	if (!*got->records)
		return "no record";
	return strcmp(want->records, got->records) ? "other records" : "record";
}

static const char *text(const struct fim_outcome *want,
			const struct fim_outcome *got)
{
	const char *changes = "";

	if (got->changes)
		changes = *got->changes ? ", changed" : ", unchanged";
	/* What a call returned may stand negative for an error. */
	return fim_fmt("%s, %s%s", got->err > 0 ? strerrorname_np(got->err) : "ok",
		       records_text(want, got), changes);
}

/**
 * fim_tell() - say what a case came to
 * @id: its number in the catalogue; NULL: what the test's own name says
 * @name: what was done
 * @uid: who did it
 * @want: what it had to come to; its changes matter by being empty or not
 * @got: what it came to
 */
void fim_tell(const char *id, const char *name, uid_t uid,
	      const struct fim_outcome *want, const struct fim_outcome *got)
{
	/* Unbuffered: the harness ends a test by _exit(). */
	fprintf(stderr, "# case\t%s\t%s\t%s\t%s\t%s\n", id ?: "-", name,
		uid ? "a user" : "root", text(want, want), text(want, got));
}

/**
 * fim_tell_missing() - say that a case can't be tried here
 * @id: its number in the catalogue
 * @name: what was to be done
 * @why: what is missing
 */
void fim_tell_missing(const char *id, const char *name, const char *why)
{
	fprintf(stderr, "# case\t%s\t%s\troot\t-\t%s\n", id, name, why);
}
