/* SPDX-License-Identifier: GPL-2.0 */
/*
 * enforce.h - what of the language the module can put into force
 */
#ifndef FIMCTL_ENFORCE_H
#define FIMCTL_ENFORCE_H

#include "diag.h"
#include "policy.h"

void enforce_check(const struct policies *set, struct diags *diags);

#endif /* FIMCTL_ENFORCE_H */
