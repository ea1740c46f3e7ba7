/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bad.h - policies that are refused, and the beginnings of some
 */
#ifndef BAD_H
#define BAD_H

#include <stdlib.h>
#include <string.h>

#include "helper.h"

#define HEAD                                         \
	"apiVersion: security.kubearmor.com/v1\n"    \
	"kind: KubeArmorHostPolicy\n"                \
	"metadata:\n"                                \
	"  name: p\n"
#define SELECT                                       \
	"  nodeSelector:\n"                          \
	"    matchLabels:\n"                         \
	"      kubernetes.io/hostname: '*'\n"
/* spec begins in line 5, rules in line 11 */
#define SPEC HEAD "spec:\n" SELECT
#define RULES SPEC "  file:\n" "    matchDirectories:\n"
#define RULE RULES "    - dir: /etc/\n" "      readOnly: true\n"
/* 13 is the first free line of the rule */

/**
 * struct bad - a policy that is refused
 * @input: the file
 * @line: of the error
 * @column: of the error
 * @message: part of its text
 */
struct bad {
	const char *input;
	unsigned int line;
	unsigned int column;
	const char *message;
};

static inline bool has_diag(const struct parsed *p, const struct bad *bad)
{
	const struct diag *d;

	for (d = p->diags.v; d < p->diags.v + p->diags.nr; d++)
		if (d->at.line == bad->line && d->at.column == bad->column &&
		    strstr(d->text, bad->message))
			return true;
	return false;
}

/* Return: NULL if the error shows, else what was said, to be freed. */
static inline char *missed(const struct bad *bad)
{
	struct parsed p;
	char *text;

	parse_text(&p, bad->input);
	text = has_diag(&p, bad) ? NULL : print_diags(&p);
	parsed_free(&p);
	return text;
}

/* In a test: each of an array of struct bad shows its error. */
#define EXPECT_ALL_REFUSED(bads) do {                                        \
	char *_text;                                                         \
	size_t _i;                                                           \
									     \
	for (_i = 0; _i < ARRAY_SIZE_OF(bads); _i++) {                       \
		_text = missed(&(bads)[_i]);                                 \
		EXPECT_EQ(NULL, _text) {                                     \
			TH_LOG("case %zu: wanted %u:%u %s, got:\n%s", _i,    \
			       (bads)[_i].line, (bads)[_i].column,           \
			       (bads)[_i].message, _text);                   \
		}                                                            \
		free(_text);                                                 \
	}                                                                    \
} while (0)

#endif /* BAD_H */
