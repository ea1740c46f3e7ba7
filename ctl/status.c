// SPDX-License-Identifier: GPL-2.0
/*
 * status.c - the module's state and hooks
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "attr.h"
#include "mem.h"
#include "status.h"
#include "term.h"

/**
 * status_take() - read a reply that holds the module's state
 * @cmd: the command
 * @top: its attributes
 * @arg: struct status that is set; empty before
 *
 * Return: 0 or -EBADMSG.
 */
int status_take(uint8_t cmd, struct nlattr **top, void *arg)
{
	struct nlattr *tb[FIM_STATUS_A_MAX + 1], *boot_id;
	struct status *st = arg;
	int i;

	(void)cmd;
	if (!top[FIM_A_STATUS] ||
	    nla_parse_nested(tb, FIM_STATUS_A_MAX, top[FIM_A_STATUS], NULL))
		return -EBADMSG;
	for (i = 0; i <= FIM_STATUS_A_MAX; i++)
		st->number[i] = attr_number(tb[i]);
	counts_take(&st->counts, top[FIM_A_STATUS], FIM_STATUS_A_COUNT);
	free(st->version);
	free(st->backend);
	free(st->weaker);
	free(st->reason);
	st->version = attr_string(tb[FIM_STATUS_A_VERSION]);
	st->backend = attr_string(tb[FIM_STATUS_A_BACKEND]);
	st->weaker = attr_string(tb[FIM_STATUS_A_WEAKER]);
	st->reason = attr_string(tb[FIM_STATUS_A_PAUSE_REASON]);
	/* A flag has no bytes that would be its number. */
	st->number[FIM_STATUS_A_SEALED] = !!tb[FIM_STATUS_A_SEALED];
	boot_id = tb[FIM_STATUS_A_BOOT_ID];
	if (boot_id && nla_len(boot_id) == BOOT_ID_SIZE)
		memcpy(st->boot_id, nla_data(boot_id), BOOT_ID_SIZE);
	return 0;
}

/**
 * status_get() - ask for the module's state
 * @l: the connection
 * @st: set; to be freed by status_free()
 *
 * Return: 0 or -errno.
 */
int status_get(struct link *l, struct status *st)
{
	*st = (struct status){ 0 };
	return link_command(l, FIM_CMD_STATUS_GET, status_take, st);
}

/**
 * status_free() - free what a state holds
 * @st: empty afterwards
 */
void status_free(struct status *st)
{
	free(st->version);
	free(st->backend);
	free(st->weaker);
	free(st->reason);
	*st = (struct status){ 0 };
}

/**
 * status_state_name() - the name of a state of the module
 * @state: enum fim_state
 *
 * Return: the name; "unknown" for one from a newer module.
 */
const char *status_state_name(uint64_t state)
{
	static const char *const name[] = {
		[FIM_STATE_DISARMED] = "disarmed",
		[FIM_STATE_ARMED] = "armed",
		[FIM_STATE_PAUSED] = "paused",
		[FIM_STATE_SEALED] = "sealed",
		[FIM_STATE_DEGRADED] = "degraded",
	};

	return state <= FIM_STATE_MAX ? name[state] : "unknown";
}

/**
 * status_print_state() - print the state, and what it will not be for long
 * @st: the module's state
 */
void status_print_state(const struct status *st)
{
	uint64_t state = st->number[FIM_STATUS_A_STATE];
	bool good = state == FIM_STATE_ARMED || state == FIM_STATE_SEALED;

	printf("%s%s%s", term_on(stdout, good ? TERM_GREEN : TERM_RED),
	       status_state_name(state), term_off(stdout));
	if (st->reason) {
		printf("%s for %" PRIu64 " s more: ",
		       state == FIM_STATE_PAUSED ? "" : ", paused",
		       st->number[FIM_STATUS_A_PAUSE_LEFT]);
		term_text(stdout, st->reason, strlen(st->reason));
	}
	if (st->number[FIM_STATUS_A_TRIAL_LEFT])
		printf(", on trial: rolled back in %" PRIu64
		       " s unless it is confirmed",
		       st->number[FIM_STATUS_A_TRIAL_LEFT]);
	if (st->number[FIM_STATUS_A_SEALED] && state != FIM_STATE_SEALED)
		printf(", sealed");
	printf("\n");
}

/**
 * status_add_control() - put into JSON what is paused, on trial or sealed
 * @to: the object
 * @st: the module's state
 */
void status_add_control(cJSON *to, const struct status *st)
{
	if (st->reason) {
		json_add_number(to, "pauseLeft",
				st->number[FIM_STATUS_A_PAUSE_LEFT]);
		json_add_string(to, "pauseReason", st->reason);
	}
	if (st->number[FIM_STATUS_A_TRIAL_LEFT])
		json_add_number(to, "trialLeft",
				st->number[FIM_STATUS_A_TRIAL_LEFT]);
	json_add_bool(to, "sealed", st->number[FIM_STATUS_A_SEALED]);
}

static int take_hook(uint8_t cmd, struct nlattr **top, void *arg)
{
	struct nlattr *tb[FIM_HOOK_A_MAX + 1];
	struct hooks *hooks = arg;
	struct hook *h;

	(void)cmd;
	if (!top[FIM_A_HOOK] ||
	    nla_parse_nested(tb, FIM_HOOK_A_MAX, top[FIM_A_HOOK], NULL) ||
	    !tb[FIM_HOOK_A_NAME])
		return -EBADMSG;
	mem_grow(hooks->v, hooks->nr, hooks->cap);
	h = &hooks->v[hooks->nr++];
	*h = (struct hook){
		.name = attr_string(tb[FIM_HOOK_A_NAME]),
		.loses = attr_string(tb[FIM_HOOK_A_LOSES]),
		.state = attr_number(tb[FIM_HOOK_A_STATE]),
		.required = tb[FIM_HOOK_A_REQUIRED],
	};
	return 0;
}

/**
 * hooks_get() - ask for all hooks
 * @l: the connection
 * @hooks: set; to be freed by hooks_free(), after an error too
 *
 * Return: 0 or -errno.
 */
int hooks_get(struct link *l, struct hooks *hooks)
{
	*hooks = (struct hooks){ 0 };
	return link_dump(l, FIM_CMD_HOOK_GET, take_hook, hooks);
}

static void print_hook(const struct hook *h, int indent)
{
	printf("%*s%s%s: %s%s%s%s\n", indent, "", term_on(stdout, TERM_YELLOW),
	       h->name, hook_state_name(h->state), h->loses ? "; lost: " : "",
	       h->loses ? h->loses : "", term_off(stdout));
}

static size_t count_hooks(const struct hooks *hooks, uint8_t state)
{
	size_t i, nr = 0;

	for (i = 0; i < hooks->nr; i++)
		nr += hooks->v[i].state == state;
	return nr;
}

/**
 * hooks_print() - print how many hooks are proven, and each one that is a fault
 * @hooks: the hooks
 * @indent: of all lines but the first
 *
 * Hooks that nothing needs now are counted on their own: they are no fault, and
 * there is nothing to prove.
 */
void hooks_print(const struct hooks *hooks, int indent)
{
	size_t idle = count_hooks(hooks, FIM_HOOK_IDLE), i;

	printf("%zu of %zu proven", count_hooks(hooks, FIM_HOOK_PROVEN),
	       hooks->nr - idle);
	if (idle)
		printf(", %zu idle", idle);
	printf("\n");
	for (i = 0; i < hooks->nr; i++)
		if (hooks->v[i].state != FIM_HOOK_PROVEN &&
		    hooks->v[i].state != FIM_HOOK_IDLE)
			print_hook(&hooks->v[i], indent);
}

/**
 * hooks_free() - free hooks
 * @hooks: empty afterwards
 */
void hooks_free(struct hooks *hooks)
{
	size_t i;

	for (i = 0; i < hooks->nr; i++) {
		free(hooks->v[i].name);
		free(hooks->v[i].loses);
	}
	free(hooks->v);
	*hooks = (struct hooks){ 0 };
}

/**
 * hook_state_name() - the name of a state of a hook
 * @state: enum fim_hook_state
 *
 * Return: the name; "unknown" for one from a newer module.
 */
const char *hook_state_name(uint64_t state)
{
	static const char *const name[] = {
		[FIM_HOOK_MISSING] = "missing",
		[FIM_HOOK_ATTACHED] = "attached",
		[FIM_HOOK_PROVEN] = "proven",
		[FIM_HOOK_DEAD] = "dead",
		[FIM_HOOK_IDLE] = "idle",
	};
	_Static_assert(ARRAY_SIZE(name) == FIM_HOOK_MAX + 1,
		       "a state of a hook has no name");

	return state <= FIM_HOOK_MAX ? name[state] : "unknown";
}
