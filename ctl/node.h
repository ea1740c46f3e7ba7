/* SPDX-License-Identifier: GPL-2.0 */
/*
 * node.h - YAML as a tree that knows its places
 */
#ifndef FIMCTL_NODE_H
#define FIMCTL_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"

/** @NODE_DEPTH_MAX: deepest nesting taken; a policy needs 7, in a List 9 */
#define NODE_DEPTH_MAX	32
/** @NODE_NR_MAX: most values in a file; FIM_RULES_MAX full rules fit */
#define NODE_NR_MAX	4000000

enum node_type {
	NODE_SCALAR,
	NODE_LIST,
	NODE_MAP,
};

/**
 * struct node - a value in a YAML document
 * @at: where it begins
 * @len: of a scalar: bytes in @value
 * @type: enum node_type
 * @plain: of a scalar: written without quotes, so it may be no string
 * @value: of a scalar: UTF-8 with a NUL behind it; may hold NULs if it is no key
 * @child: of a list: first element; of a map: first key, its value follows it
 * @next: next element, value or key
 */
struct node {
	struct mark at;
	uint32_t len;
	uint8_t type;
	bool plain;
	const char *value;
	struct node *child;
	struct node *next;
};

typedef void (*node_visit)(const struct node *root, void *arg);

void node_parse(const char *file, const void *data, size_t len,
		struct diags *diags, node_visit visit, void *arg);
const char *node_describe(const struct node *n);
bool node_is(const struct node *n, const char *s);
bool node_is_null(const struct node *n);
bool node_is_string(const struct node *n);

#endif /* FIMCTL_NODE_H */
