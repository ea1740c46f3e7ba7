/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lint.h - what is allowed in a policy and yet unwise
 */
#ifndef FIMCTL_LINT_H
#define FIMCTL_LINT_H

#include <stdbool.h>

#include "diag.h"
#include "policy.h"

void lint_rules(const struct policies *set, struct diags *diags);
void lint_namespaces(const struct policies *set, struct diags *diags);
void lint_paths(const struct policies *set, bool all, struct diags *diags);
void lint_mounts(const struct policies *set, const char *fstab,
		 struct diags *diags);

#endif /* FIMCTL_LINT_H */
