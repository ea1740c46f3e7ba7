/* SPDX-License-Identifier: GPL-2.0 */
/*
 * skip.h - what was left out of an apply that goes on all the same
 */
#ifndef FIMCTL_SKIP_H
#define FIMCTL_SKIP_H

#include <stddef.h>

#include "diag.h"

/**
 * struct skipped - what was left out, one line each
 * @lines: printable, as diagnostics are
 * @nr: how many
 * @cap: room in @lines
 */
struct skipped {
	char **lines;
	size_t nr;
	size_t cap;
};

void skip_note(struct skipped *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void skip_note_bad(struct skipped *s, const struct diags *diags);
void skip_log(const struct skipped *s);
void skip_all(struct skipped *s);
void skip_free(struct skipped *s);

#endif /* FIMCTL_SKIP_H */
