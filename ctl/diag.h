/* SPDX-License-Identifier: GPL-2.0 */
/*
 * diag.h - what is wrong with a policy file, and where
 */
#ifndef FIMCTL_DIAG_H
#define FIMCTL_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct mark - a place in a file
 * @file: the file's name as it was given; outlives the mark
 * @line: from 1; 0 if the file as a whole is meant
 * @column: from 1, in characters
 */
struct mark {
	const char *file;
	uint32_t line;
	uint32_t column;
};

/**
 * struct diag - one error or warning
 * @at: where
 * @run: counts the changes of file, so that sorting keeps the files' order
 * @warning: nothing is refused for it
 * @text: one line without a newline; may hold hostile bytes until printed
 */
struct diag {
	struct mark at;
	uint32_t run;
	bool warning;
	char *text;
};

/** @DIAG_MAX: messages kept; a hostile file could cause millions */
#define DIAG_MAX 1000

/**
 * struct diags - all that is wrong
 * @v: the messages
 * @nr: how many are kept
 * @cap: room in @v
 * @errors: errors, those not kept included
 * @dropped: messages not kept
 * @bad: files that errors are about, whether or not those were kept
 * @nr_bad: how many; a file may be there several times
 * @cap_bad: room in @bad
 */
struct diags {
	struct diag *v;
	size_t nr;
	size_t cap;
	size_t errors;
	size_t dropped;
	const char **bad;
	size_t nr_bad;
	size_t cap_bad;
};

void diag_error(struct diags *d, const struct mark *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void diag_warning(struct diags *d, const struct mark *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool diag_is_bad(const struct diags *d, const char *file);
void diag_print(struct diags *d, FILE *to);
void diag_free(struct diags *d);

#endif /* FIMCTL_DIAG_H */
