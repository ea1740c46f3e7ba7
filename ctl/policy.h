/* SPDX-License-Identifier: GPL-2.0 */
/*
 * policy.h - policies as plain structures, wherever they came from
 */
#ifndef FIMCTL_POLICY_H
#define FIMCTL_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counts.h"
#include "../uapi/fim.h"
#include "diag.h"

#define POLICY_API_VERSION "security.kubearmor.com/v1"
#define POLICY_POSTURE "kubearmor-file-posture"

/** @SOURCES_LEN_MAX: most bytes of a rule's sources; they share a message */
#define SOURCES_LEN_MAX 45056

/* Annotations of fim's own: what is done about what gets past every rule */
#define POLICY_OURS "fim/"
#define POLICY_RAW POLICY_OURS "raw-device"
#define POLICY_MODULES POLICY_OURS "modules"
#define POLICY_KEXEC POLICY_OURS "kexec"

/**
 * enum bypass - ways past every rule that a policy can say something about
 * @BYPASS_RAW: writing to the devices of its filesystems
 * @BYPASS_MODULES: loading a module
 * @BYPASS_KEXEC: loading a kernel to boot
 */
enum bypass {
	BYPASS_RAW,
	BYPASS_MODULES,
	BYPASS_KEXEC,
	BYPASS_NR,
};

/**
 * struct bypass_info - one of them
 * @annotation: in which a policy says it
 * @attr: enum fim_policy_attr
 * @usual: enum fim_action of a policy that does not say
 */
struct bypass_info {
	const char *annotation;
	uint16_t attr;
	uint8_t usual;
};

extern const struct bypass_info bypass_infos[BYPASS_NR];
#define POLICY_APPEND POLICY_OURS "append"

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
 * struct source - an executable that a rule is about
 * @at: where the file names it
 * @path: its path
 */
struct source {
	struct mark at;
	char *path;
};

/**
 * struct rule - one rule of a policy
 * @at: where the file names @path
 * @type: enum fim_rule_type
 * @flags: enum fim_rule_flags
 * @path: what it protects; of a FIM_RULE_PATTERN the pattern
 * @sources: executables that it is about; none: all
 * @nr_sources: how many
 * @cap_sources: room in @sources
 * @attrs: what it sets by itself
 * @state: enum fim_rule_state, if the kernel gave it
 * @sources_waiting: how many of @sources do not exist, likewise
 * @real_path: where @path led, if the kernel says so; may be NULL
 * @devices: what its filesystem lies on, for the kernel; NULL if none
 * @nr_devices: how many
 */
struct rule {
	struct mark at;
	uint8_t type;
	uint32_t flags;
	char *path;
	struct source *sources;
	size_t nr_sources;
	size_t cap_sources;
	struct attrs attrs;
	uint8_t state;
	uint32_t sources_waiting;
	char *real_path;
	uint32_t *devices;
	size_t nr_devices;
};

/**
 * struct label - a label that a policy selects by, or that it has itself
 * @at: where the file names its value
 * @key: its key
 * @value: its value
 */
struct label {
	struct mark at;
	char *key;
	char *value;
};

/**
 * struct expression - an expression that a policy selects containers by
 * @key: "namespace" or "label"
 * @not_in: the operator is NotIn
 * @values: the values, each ended by a NUL; a label's as key=value
 * @values_len: bytes in @values, those NULs included
 */
struct expression {
	char *key;
	bool not_in;
	char *values;
	size_t values_len;
};

/**
 * struct remarks - labels, or annotations, of a policy itself
 * @v: them
 * @nr: how many
 * @cap: room in @v
 */
struct remarks {
	struct label *v;
	size_t nr;
	size_t cap;
};

/**
 * struct policy - one policy
 * @at: where its document begins
 * @name_at: where the file gives its name
 * @name: unique
 * @namespace: NULL if none
 * @kind: enum fim_policy_kind
 * @bypasses: enum fim_action about each enum bypass; 0 if unset
 * @append: what it keeps from being changed may be appended to
 * @posture: enum fim_action, unset if it has none of its own
 * @attrs: for rules that set none: those of spec.file, else those of spec
 * @spec_attrs: those of spec
 * @file_attrs: those of spec.file
 * @labels: of its selector
 * @nr_labels: how many
 * @cap_labels: room in @labels
 * @expressions: of its selector
 * @nr_expressions: how many
 * @cap_expressions: room in @expressions
 * @own_labels: its own
 * @annotations: its own
 * @rules: in the file's order
 * @nr_rules: how many
 * @cap_rules: room in @rules
 * @containers: ids of the containers that it is for
 * @nr_containers: how many
 * @cap_containers: room in @containers
 * @refused: operations refused, if the kernel gave it
 * @audited: operations let through with a record, likewise
 * @counts: what became of each operation, likewise; NULL if not
 */
struct policy {
	struct mark at;
	struct mark name_at;
	char *name;
	char *namespace;
	uint8_t kind;
	uint8_t bypasses[BYPASS_NR];
	bool append;
	uint8_t posture;
	struct attrs attrs;
	struct attrs spec_attrs;
	struct attrs file_attrs;
	struct label *labels;
	size_t nr_labels;
	size_t cap_labels;
	struct expression *expressions;
	size_t nr_expressions;
	size_t cap_expressions;
	struct remarks own_labels;
	struct remarks annotations;
	struct rule *rules;
	size_t nr_rules;
	size_t cap_rules;
	char **containers;
	size_t nr_containers;
	size_t cap_containers;
	uint64_t refused;
	uint64_t audited;
	struct counts *counts;
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
void policies_drop_last(struct policies *set);
void policies_drop(struct policies *set, size_t i);
struct policy *policies_find(const struct policies *set, const char *name);
size_t policies_rules(const struct policies *set);
void policies_set_action(struct policies *set, uint8_t action);
void policies_check(const struct policies *set, struct diags *diags);
void policies_free(struct policies *set);

struct rule *policy_add_rule(struct policy *p);
struct label *policy_add_label(struct policy *p);
struct label *policy_add_remark(struct policy *p, bool annotation);
struct expression *policy_add_expression(struct policy *p);
struct source *rule_add_source(struct rule *r);
void rule_copy_sources(struct rule *to, const struct rule *from);
int rule_compare_sources(const struct rule *a, const struct rule *b);
uint8_t rule_action(const struct policy *p, const struct rule *r);
bool rule_is_conditional(const struct policy *p, const struct rule *r);
void policy_inherit(struct policy *p);
bool rule_is_implied(const struct rule *r);
size_t policy_rules(const struct policy *p);
size_t policy_waiting(const struct policy *p);
void policy_drop_implied(struct policy *p);
void policy_bind(struct policy *p, const char *container);
void policy_unbind(struct policy *p);
void policy_free(struct policy *p);
void attrs_copy(struct attrs *to, const struct attrs *from);
void attrs_free(struct attrs *a);

const char *policy_kind_name(uint8_t kind);
const char *policy_action_name(uint8_t action);
uint8_t policy_action(const char *name);

#endif /* FIMCTL_POLICY_H */
