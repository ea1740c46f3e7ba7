/* SPDX-License-Identifier: GPL-2.0 */
/*
 * value.h - YAML nodes as values of a type, checked
 */
#ifndef FIMCTL_VALUE_H
#define FIMCTL_VALUE_H

#include <stdbool.h>

#include "diag.h"
#include "node.h"

bool value_is_map(struct diags *d, const struct node *n, const char *what);
bool value_is_list(struct diags *d, const struct node *n, const char *what);
bool value_is_text(struct diags *d, const struct node *n, const char *what);
bool value_bool(struct diags *d, const struct node *n, const char *what,
		bool *value);
bool value_severity(struct diags *d, const struct node *n, uint8_t *value);
bool value_action(struct diags *d, const struct node *n, uint8_t *value);
bool value_name(struct diags *d, const struct node *n, const char *what,
		bool dots, size_t max);
bool value_posture(struct diags *d, const struct node *n, const char *what,
		   uint8_t *value);
bool value_bypass(struct diags *d, const struct node *n, const char *what,
		  uint8_t *value);
bool value_allow(struct diags *d, const struct node *n, const char *what,
		 bool *value);
bool value_directory(struct diags *d, const struct node *n);
bool value_path(struct diags *d, const struct node *n, const char *what);
bool value_pattern(struct diags *d, const struct node *n);

#endif /* FIMCTL_VALUE_H */
