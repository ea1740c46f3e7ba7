/* SPDX-License-Identifier: GPL-2.0 */
/*
 * schema.h - KubeArmor's policy language
 */
#ifndef FIMCTL_SCHEMA_H
#define FIMCTL_SCHEMA_H

#include <stdbool.h>

#include "diag.h"
#include "policy.h"

void schema_parse(const char *file, const void *data, size_t len, bool ignore,
		  struct policies *set, struct diags *diags);

#endif /* FIMCTL_SCHEMA_H */
