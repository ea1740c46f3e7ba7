/* SPDX-License-Identifier: GPL-2.0 */
/*
 * status.h - the module's state and hooks
 */
#ifndef FIMCTL_STATUS_H
#define FIMCTL_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counts.h"
#include "json.h"
#include "link.h"

/** @BOOT_ID_SIZE: bytes of FIM_STATUS_A_BOOT_ID */
#define BOOT_ID_SIZE 16

/**
 * struct status - the module's state; see enum fim_status_attr
 * @version: its version
 * @backend: how its hooks are attached
 * @weaker: in what that is weaker, or NULL
 * @reason: why a maintenance window is open, or NULL
 * @boot_id: drawn when it was loaded
 * @number: the attributes that are numbers, by attribute
 * @counts: what became of each operation
 */
struct status {
	char *version;
	char *backend;
	char *weaker;
	char *reason;
	uint8_t boot_id[BOOT_ID_SIZE];
	uint64_t number[FIM_STATUS_A_MAX + 1];
	struct counts counts;
};

/**
 * struct hook - one hook; see enum fim_hook_attr
 * @name: the kernel function
 * @loses: what is not protected without it
 * @state: enum fim_hook_state
 * @required: the module does not arm without it
 */
struct hook {
	char *name;
	char *loses;
	uint8_t state;
	bool required;
};

/**
 * struct hooks - all hooks
 * @v: the hooks
 * @nr: how many
 * @cap: room in @v
 */
struct hooks {
	struct hook *v;
	size_t nr;
	size_t cap;
};

int status_take(uint8_t cmd, struct nlattr **top, void *arg);
int status_get(struct link *l, struct status *st);
void status_free(struct status *st);
const char *status_state_name(uint64_t state);
void status_print_state(const struct status *st);
void status_add_control(cJSON *to, const struct status *st);

int hooks_get(struct link *l, struct hooks *hooks);
void hooks_print(const struct hooks *hooks, int indent);
void hooks_free(struct hooks *hooks);
const char *hook_state_name(uint64_t state);

#endif /* FIMCTL_STATUS_H */
