// SPDX-License-Identifier: GPL-2.0
/*
 * diag.c - what is wrong with a policy file, and where
 *
 * Messages are collected, as a file is read in several passes, and printed in
 * the order of their places, as a compiler does.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "diag.h"
#include "mem.h"
#include "term.h"
#include "text.h"

static void add(struct diags *d, const struct mark *at, bool warning,
		const char *fmt, va_list ap)
	__attribute__((format(printf, 4, 0)));

/* The same as before is the common case; others may come twice. */
static void note_bad(struct diags *d, const char *file)
{
	if (d->nr_bad && d->bad[d->nr_bad - 1] == file)
		return;
	mem_grow(d->bad, d->nr_bad, d->cap_bad);
	d->bad[d->nr_bad++] = file;
}

static void add(struct diags *d, const struct mark *at, bool warning,
		const char *fmt, va_list ap)
{
	struct diag *new, *last;

	if (!warning) {
		d->errors++;
		note_bad(d, at->file);
	}
	if (d->nr >= DIAG_MAX) {
		d->dropped++;
		return;
	}
	mem_grow(d->v, d->nr, d->cap);
	new = &d->v[d->nr];
	last = d->nr ? new - 1 : NULL;
	*new = (struct diag){ .at = *at, .warning = warning };
	if (last)
		new->run = last->run + (last->at.file != at->file);
	if (vasprintf(&new->text, fmt, ap) < 0)
		new->text = mem_string("out of memory");
	d->nr++;
}

/**
 * diag_error() - note an error
 * @d: added to
 * @at: where
 * @fmt: as for printf; no newline at the end
 */
void diag_error(struct diags *d, const struct mark *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, at, false, fmt, ap);
	va_end(ap);
}

/**
 * diag_warning() - note a warning
 * @d: added to
 * @at: where
 * @fmt: as for printf; no newline at the end
 */
void diag_warning(struct diags *d, const struct mark *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, at, true, fmt, ap);
	va_end(ap);
}

/**
 * diag_is_bad() - whether there is an error about a file
 * @d: the messages
 * @file: its name, by address
 *
 * Return: true if so.
 */
bool diag_is_bad(const struct diags *d, const char *file)
{
	size_t i;

	for (i = 0; i < d->nr_bad; i++)
		if (d->bad[i] == file)
			return true;
	return false;
}

static int by_place(const void *a, const void *b)
{
	const struct diag *x = a, *y = b;

	if (x->run != y->run)
		return x->run < y->run ? -1 : 1;
	if (x->at.line != y->at.line)
		return x->at.line < y->at.line ? -1 : 1;
	if (x->at.column != y->at.column)
		return x->at.column < y->at.column ? -1 : 1;
	return strcmp(x->text, y->text);
}

static void print_one(const struct diag *diag, FILE *to)
{
	struct buf line = { 0 };

	text_escape(&line, diag->at.file, strlen(diag->at.file));
	if (diag->at.line)
		buf_addf(&line, ":%u:%u", diag->at.line, diag->at.column);
	fprintf(to, "%s%s:%s ", term_on(to, TERM_BOLD), line.data,
		term_off(to));
	if (diag->warning)
		fprintf(to, "%swarning:%s ", term_on(to, TERM_YELLOW),
			term_off(to));
	else
		fprintf(to, "%serror:%s ", term_on(to, TERM_RED), term_off(to));
	buf_clear(&line);
	text_escape(&line, diag->text, strlen(diag->text));
	fprintf(to, "%s\n", line.data ? line.data : "");
	buf_free(&line);
}

/**
 * diag_print() - print all messages in the order of their places
 * @d: sorted on the way
 * @to: where to
 */
void diag_print(struct diags *d, FILE *to)
{
	size_t i;

	if (d->nr)
		qsort(d->v, d->nr, sizeof(*d->v), by_place);
	for (i = 0; i < d->nr; i++)
		print_one(&d->v[i], to);
	if (d->dropped)
		fprintf(to, "fimctl: %zu more messages are not shown\n",
			d->dropped);
}

/**
 * diag_free() - forget all messages
 * @d: empty afterwards
 */
void diag_free(struct diags *d)
{
	size_t i;

	for (i = 0; i < d->nr; i++)
		free(d->v[i].text);
	free(d->v);
	free(d->bad);
	*d = (struct diags){ 0 };
}
