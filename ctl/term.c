// SPDX-License-Identifier: GPL-2.0
/*
 * term.c - messages for people: colour on terminals, errors on stderr
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "term.h"
#include "text.h"

static bool wants_colour(FILE *to)
{
	const char *term = getenv("TERM");

	return isatty(fileno(to)) && !getenv("NO_COLOR") && term &&
	       strcmp(term, "dumb");
}

/**
 * term_on() - what begins a style
 * @to: where the text goes
 * @style: TERM_*
 *
 * Return: @style on a terminal, else "".
 */
const char *term_on(FILE *to, const char *style)
{
	return wants_colour(to) ? style : "";
}

/**
 * term_off() - what ends a style
 * @to: where the text goes
 *
 * Return: the sequence on a terminal, else "".
 */
const char *term_off(FILE *to)
{
	return wants_colour(to) ? "\033[m" : "";
}

/**
 * term_error() - print "fimctl: text" to stderr
 * @fmt: as for printf; what it yields may hold hostile bytes
 */
void term_error(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;
	fputs("fimctl: ", stderr);
	term_text(stderr, text, len);
	fputc('\n', stderr);
	free(text);
}

/* A line that is to be overwritten by whatever comes next. */
static bool line_is_progress;

static void end_progress(void)
{
	if (line_is_progress)
		fputs("\r\033[K", stderr);
	line_is_progress = false;
}

/**
 * term_warning() - print "warning: text" to stderr
 * @fmt: as for printf; what it yields may hold hostile bytes
 */
void term_warning(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;
	end_progress();
	fprintf(stderr, "%swarning:%s ", term_on(stderr, TERM_YELLOW),
		term_off(stderr));
	term_text(stderr, text, len);
	fputc('\n', stderr);
	free(text);
}

/**
 * term_progress() - show on a terminal what is being done
 * @fmt: as for printf; what it yields may hold hostile bytes. An empty text
 *	takes the last one away.
 */
void term_progress(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;
	end_progress();
	if (len && isatty(STDERR_FILENO)) {
		term_text(stderr, text, len);
		fflush(stderr);
		line_is_progress = true;
	}
	free(text);
}

/**
 * term_text() - print bytes in a form that is safe on a terminal
 * @to: where to
 * @bytes: any bytes
 * @len: how many
 */
void term_text(FILE *to, const void *bytes, size_t len)
{
	struct buf out = { 0 };

	text_escape(&out, bytes, len);
	if (out.len)
		fwrite(out.data, 1, out.len, to);
	buf_free(&out);
}

/**
 * term_finish() - see to it that all output has been written
 *
 * Return: 0, or -1 after a message. A reader that has gone is told nothing.
 */
int term_finish(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	if (errno != EPIPE)
		term_error("can't write: %s", strerror(errno));
	return -1;
}
