/* SPDX-License-Identifier: GPL-2.0 */
/*
 * implied.h - rules that follow from a policy's and from what is on the disk
 */
#ifndef FIMCTL_IMPLIED_H
#define FIMCTL_IMPLIED_H

#include <stdbool.h>
#include <stddef.h>

#include "policy.h"

/**
 * struct implied - rules that follow for one policy
 * @rules: the rules, mounts first, as a policy of its own
 * @mounts: how many of them are about mounts
 * @files: how many are about files
 */
struct implied {
	struct policy rules;
	size_t mounts;
	size_t files;
};

void implied_find(const struct policies *now, const bool *wanted,
		  struct implied *found);
void implied_append(struct policy *to, const struct policy *from,
		    const struct mark *at);
bool implied_keep(struct policy *to, const struct policy *before);
bool implied_same(const struct policy *a, const struct policy *b);
void implied_free(struct implied *found, size_t nr);

#endif /* FIMCTL_IMPLIED_H */
