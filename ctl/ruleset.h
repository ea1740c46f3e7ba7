/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ruleset.h - the policies that are in force
 */
#ifndef FIMCTL_RULESET_H
#define FIMCTL_RULESET_H

#include "link.h"
#include "policy.h"

int ruleset_get(struct link *l, struct policies *set);
bool ruleset_clashes(const struct policies *in_force, const struct policy *p);

#endif /* FIMCTL_RULESET_H */
