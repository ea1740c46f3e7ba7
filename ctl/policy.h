/* SPDX-License-Identifier: GPL-2.0 */
/*
 * policy.h - policies as plain structures, wherever they came from
 */
#ifndef FIMCTL_POLICY_H
#define FIMCTL_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../uapi/fim.h"
#include "diag.h"

#define POLICY_API_VERSION "security.kubearmor.com/v1"

/**
 * struct attrs - what a policy sets and a rule may override
 * @action: enum fim_action
 * @severity: 1 to 10, 0 if unset
 * @tags: the tags, each ended by a NUL; NULL if unset
 * @tags_len: bytes in @tags, those NULs included
 * @message: NULL if unset
 */
struct attrs {
	uint8_t action;
	uint8_t severity;
	char *tags;
	size_t tags_len;
	char *message;
};

/**
 * struct rule - one rule of a policy
 * @at: where the file names @path
 * @type: enum fim_rule_type
 * @flags: enum fim_rule_flags
 * @path: what it protects
 * @attrs: what it sets by itself
 * @state: enum fim_rule_state, if the kernel gave it
 * @real_path: where @path led, if the kernel says so; may be NULL
 */
struct rule {
	struct mark at;
	uint8_t type;
	uint32_t flags;
	char *path;
	struct attrs attrs;
	uint8_t state;
	char *real_path;
};

/**
 * struct label - a label that a policy selects hosts by
 * @at: where the file names its value
 * @key: one that selector_known() knows
 * @value: as selector_check() takes it
 */
struct label {
	struct mark at;
	char *key;
	char *value;
};

/**
 * struct policy - one policy
 * @at: where its document begins
 * @name_at: where the file gives its name
 * @name: unique
 * @namespace: NULL if none
 * @kind: enum fim_policy_kind
 * @attrs: for rules that set none
 * @labels: of its node selector
 * @nr_labels: how many
 * @cap_labels: room in @labels
 * @rules: in the file's order
 * @nr_rules: how many
 * @cap_rules: room in @rules
 * @refused: operations refused, if the kernel gave it
 * @audited: operations let through with a record, likewise
 */
struct policy {
	struct mark at;
	struct mark name_at;
	char *name;
	char *namespace;
	uint8_t kind;
	struct attrs attrs;
	struct label *labels;
	size_t nr_labels;
	size_t cap_labels;
	struct rule *rules;
	size_t nr_rules;
	size_t cap_rules;
	uint64_t refused;
	uint64_t audited;
};

/**
 * struct policies - policies in order
 * @v: the policies
 * @nr: how many
 * @cap: room in @v
 */
struct policies {
	struct policy *v;
	size_t nr;
	size_t cap;
};

struct policy *policies_add(struct policies *set);
struct policy *policies_find(const struct policies *set, const char *name);
size_t policies_rules(const struct policies *set);
void policies_check(const struct policies *set, struct diags *diags);
void policies_free(struct policies *set);

struct rule *policy_add_rule(struct policy *p);
struct label *policy_add_label(struct policy *p);
bool rule_is_implied(const struct rule *r);
size_t policy_rules(const struct policy *p);
size_t policy_waiting(const struct policy *p);
void policy_drop_implied(struct policy *p);
void policy_free(struct policy *p);
void attrs_copy(struct attrs *to, const struct attrs *from);
void attrs_free(struct attrs *a);

const char *policy_kind_name(uint8_t kind);
const char *policy_action_name(uint8_t action);

#endif /* FIMCTL_POLICY_H */
