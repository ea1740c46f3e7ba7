/* SPDX-License-Identifier: GPL-2.0 */
/*
 * explain.h - what the module says to an operation that might be
 */
#ifndef FIMCTL_EXPLAIN_H
#define FIMCTL_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link.h"

/**
 * struct question - an operation that might be
 * @path: of its object
 * @op: enum fim_op
 * @exe: the caller's executable; NULL: one that no rule names
 * @uid: the caller's
 * @tty: it has a controlling terminal
 */
struct question {
	const char *path;
	uint8_t op;
	const char *exe;
	uint32_t uid;
	bool tty;
};

/**
 * struct fit - a rule on the way; see enum fim_explain_rule_attr
 * @policy: its policy
 * @rule: its index
 * @action: enum fim_action
 * @fit: enum fim_explain_fit
 */
struct fit {
	char *policy;
	uint32_t rule;
	uint8_t action;
	uint8_t fit;
};

/**
 * struct step - a name on the way; see enum fim_explain_step_attr
 * @path: from the root of its filesystem
 * @depth: 0 for the object itself
 * @marks: enum fim_explain_marks
 * @fits: its rules
 * @nr: how many
 * @cap: room in @fits
 */
struct step {
	char *path;
	uint32_t depth;
	uint32_t marks;
	struct fit *fits;
	size_t nr;
	size_t cap;
};

/**
 * struct answer - what would become of it; see enum fim_explain_attr
 * @path: where the path led
 * @op: enum fim_op
 * @action: enum fim_action
 * @why: enum fim_explain_why
 * @policy: whose rule decided; NULL if none did
 * @rule: its index
 * @steps: from the object up
 * @nr: how many
 * @cap: room in @steps
 */
struct answer {
	char *path;
	uint8_t op;
	uint8_t action;
	uint8_t why;
	char *policy;
	uint32_t rule;
	struct step *steps;
	size_t nr;
	size_t cap;
};

struct nl_msg *explain_message(int family, const struct question *q);
int explain_take(uint8_t cmd, struct nlattr **top, void *arg);
int explain_ask(struct link *l, const struct question *q, struct answer *a);
void explain_free(struct answer *a);
const char *explain_why_name(uint8_t why);
const char *explain_fit_name(uint8_t fit);

#endif /* FIMCTL_EXPLAIN_H */
