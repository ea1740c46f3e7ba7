// SPDX-License-Identifier: GPL-2.0
/*
 * skip.c - what was left out of an apply that goes on all the same
 *
 * A machine that boots has nobody who reads stderr, and may have no syslog yet.
 * So each line goes to the kernel's log, which journald and syslog daemons take
 * over when they come.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <syslog.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "skip.h"
#include "term.h"
#include "text.h"

/** @TEXT_MAX: the kernel's log refuses lines from 1024 bytes on */
#define TEXT_MAX 900

/**
 * skip_note() - note what is left out
 * @s: where
 * @fmt: as for printf; may hold hostile bytes
 */
void skip_note(struct skipped *s, const char *fmt, ...)
{
	struct buf line = { 0 };
	char *text;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		text = mem_string("out of memory");
	text_escape(&line, text, strlen(text));
	free(text);
	mem_grow(s->lines, s->nr, s->cap);
	s->lines[s->nr++] = line.data;
}

static bool is_first(const struct diags *d, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (d->bad[k] == d->bad[i])
			return false;
	return true;
}

static const struct diag *first_error(const struct diags *d, const char *file)
{
	const struct diag *diag;

	for (diag = d->v; diag < d->v + d->nr; diag++)
		if (!diag->warning && diag->at.file == file)
			return diag;
	return NULL;
}

/**
 * skip_note_bad() - note each file that has an error, with its first one
 * @s: where
 * @diags: all errors, in order
 */
void skip_note_bad(struct skipped *s, const struct diags *diags)
{
	const struct diag *diag;
	const char *file;
	size_t i;

	for (i = 0; i < diags->nr_bad; i++) {
		file = diags->bad[i];
		if (!is_first(diags, i))
			continue;
		diag = first_error(diags, file);
		if (!diag)
			skip_note(s, "%s is skipped", file);
		else if (diag->at.line)
			skip_note(s, "%s:%u:%u: %s; the file is skipped", file,
				  diag->at.line, diag->at.column, diag->text);
		else
			skip_note(s, "%s: %s; the file is skipped", file,
				  diag->text);
	}
}

/* One write is one record; its priority is the line's beginning. */
static bool to_kernel(int fd, const char *text)
{
	struct buf line = { 0 };
	bool written;

	buf_addf(&line, "<%d>fimctl: %.*s\n", LOG_USER | LOG_ERR, TEXT_MAX, text);
	written = write(fd, line.data, line.len) == (ssize_t)line.len;
	buf_free(&line);
	return written;
}

/**
 * skip_log() - tell the kernel's log, or else syslog
 * @s: what was left out
 */
void skip_log(const struct skipped *s)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY);
	size_t i;

	for (i = 0; i < s->nr; i++)
		if (fd < 0 || !to_kernel(fd, s->lines[i]))
			syslog(LOG_ERR | LOG_AUTHPRIV, "%s", s->lines[i]);
	if (fd >= 0)
		close(fd);
}

/**
 * skip_all() - there is no module: what is left out is all of it
 * @s: one line more afterwards, which is printed and logged
 */
void skip_all(struct skipped *s)
{
	struct utsname uts;

	if (uname(&uts))
		return;
	skip_note(s,
		  "no module in Linux %s: nothing is protected; 'modprobe fim' and 'dkms status' say why",
		  uts.release);
	term_error("%s", s->lines[s->nr - 1]);
	skip_log(s);
}

/**
 * skip_free() - forget it
 * @s: empty afterwards
 */
void skip_free(struct skipped *s)
{
	size_t i;

	for (i = 0; i < s->nr; i++)
		free(s->lines[i]);
	free(s->lines);
	*s = (struct skipped){ 0 };
}
