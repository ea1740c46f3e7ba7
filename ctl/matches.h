/* SPDX-License-Identifier: GPL-2.0 */
/*
 * matches.h - what patterns match, and what is out of their reach
 */
#ifndef FIMCTL_MATCHES_H
#define FIMCTL_MATCHES_H

#include <stdbool.h>
#include <stddef.h>

#include "../kmod/glob.h"
#include "policy.h"

/**
 * struct match - a pattern that is in force
 * @rule: its rule
 * @policy: index of its policy
 * @dir: the directory that it begins with, where it really is; ends with "/"
 * @name: what the policy calls it; ends with "/"
 * @glob: the rest
 */
struct match {
	const struct rule *rule;
	size_t policy;
	char *dir;
	char *name;
	struct fim_glob glob;
};

/**
 * struct matches - patterns
 * @v: sorted by directory
 * @nr: how many
 * @cap: room in @v
 */
struct matches {
	struct match *v;
	size_t nr;
	size_t cap;
};

void matches_add(struct matches *m, const struct rule *rule, size_t policy);
void matches_sort(struct matches *m);
size_t matches_end(const struct matches *m, size_t first);
bool match_has(const struct match *match, const char *path);
void matches_warn(const struct matches *m, const char *mount);
void matches_free(struct matches *m);

#endif /* FIMCTL_MATCHES_H */
