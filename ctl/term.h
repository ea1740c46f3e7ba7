/* SPDX-License-Identifier: GPL-2.0 */
/*
 * term.h - messages for people: colour on terminals, errors on stderr
 */
#ifndef FIMCTL_TERM_H
#define FIMCTL_TERM_H

#include <stdio.h>

#define TERM_BOLD	"\033[1m"
#define TERM_RED	"\033[1;31m"
#define TERM_GREEN	"\033[1;32m"
#define TERM_YELLOW	"\033[1;33m"

const char *term_on(FILE *to, const char *style);
const char *term_off(FILE *to);
void term_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void term_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void term_progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void term_text(FILE *to, const void *bytes, size_t len);
int term_finish(void);

#endif /* FIMCTL_TERM_H */
