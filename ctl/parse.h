/* SPDX-License-Identifier: GPL-2.0 */
/*
 * parse.h - what the parts of the schema have in common
 */
#ifndef FIMCTL_PARSE_H
#define FIMCTL_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "array.h"
#include "diag.h"
#include "node.h"
#include "policy.h"

/**
 * struct parse - where reading stands
 * @diags: where errors go
 * @set: where policies go
 * @policy: the policy being read; its attributes are those of spec
 * @rule: the rule being read
 * @expression: the expression of a selector being read
 * @attrs: those of the level being read: spec, file or a rule
 * @documents: policies so far, those with errors included
 * @ignore: leave out what are no file rules, with a warning
 */
struct parse {
	struct diags *diags;
	struct policies *set;
	struct policy *policy;
	struct rule *rule;
	struct expression *expression;
	struct attrs *attrs;
	size_t documents;
	bool ignore;
};

/**
 * struct field - a key that a mapping may have
 * @key: the key
 * @read: reads its value; NULL if we do not have it
 * @why: the reason then
 * @required: an error if it is missing
 * @instead: if it is there, what is required may be missing: its own error
 *	says what is wrong
 * @foreign: is about something else than files, and may be left out
 */
struct field {
	const char *key;
	void (*read)(struct parse *p, const struct node *n);
	const char *why;
	bool required;
	bool instead;
	bool foreign;
};

/** @FIELDS_MAX: most keys of a mapping */
#define FIELDS_MAX 24

#define READ_MAP(p, map, what, fields)                               \
	do {                                                         \
		_Static_assert(ARRAY_SIZE(fields) <= FIELDS_MAX, ""); \
		parse_map(p, map, what, fields, ARRAY_SIZE(fields));  \
	} while (0)

void parse_map(struct parse *p, const struct node *map, const char *what,
	       const struct field *fields, size_t nr);
const struct node *parse_find(const struct node *map, const char *name);

#define ATTR_FIELDS                                        \
	{ .key = "severity", .read = parse_severity }, \
	{ .key = "tags", .read = parse_tags },         \
	{ .key = "message", .read = parse_message },   \
	{ .key = "action", .read = parse_action }

void parse_severity(struct parse *p, const struct node *n);
void parse_tags(struct parse *p, const struct node *n);
void parse_message(struct parse *p, const struct node *n);
void parse_action(struct parse *p, const struct node *n);

void parse_file(struct parse *p, const struct node *n);
void parse_node_selector(struct parse *p, const struct node *n);
void parse_selector(struct parse *p, const struct node *n);

#endif /* FIMCTL_PARSE_H */
