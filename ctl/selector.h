/* SPDX-License-Identifier: GPL-2.0 */
/*
 * selector.h - which hosts a policy is for
 */
#ifndef FIMCTL_SELECTOR_H
#define FIMCTL_SELECTOR_H

#include <stdbool.h>

#include "policy.h"

bool selector_known(const char *key);
const char *selector_check(const char *key, const char *value);
const char *selector_check_key(const char *key);
const char *selector_check_value(const char *key, const char *value);
const char *selector_check_member(const char *key, const char *value);
bool selector_takes_name(const struct policy *p);
bool selector_matches(const struct policy *p, const char *host);

#endif /* FIMCTL_SELECTOR_H */
