// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_status.c - fimctl status: show what the module does
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "cgroup.h"
#include "cmd.h"
#include "container.h"
#include "json.h"
#include "link.h"
#include "metrics.h"
#include "op.h"
#include "ruleset.h"
#include "status.h"
#include "term.h"

/** @HOLDING_SHOWN: of how many containers people are told which policies hold */
#define HOLDING_SHOWN 16

const struct opt status_opts[] = {
	{ 'o', "output", "FORMAT", "json or prometheus; for people if not given" },
	{ 0 },
};

/* The numbers of struct status as JSON, in this order. */
static const struct {
	const char *key;
	int attr;
} numbers[] = {
	{ "generation", FIM_STATUS_A_GENERATION },
	{ "policies", FIM_STATUS_A_POLICIES },
	{ "rules", FIM_STATUS_A_RULES },
	{ "waiting", FIM_STATUS_A_WAITING },
	{ "marks", FIM_STATUS_A_MARKS },
	{ "refused", FIM_STATUS_A_REFUSED },
	{ "audited", FIM_STATUS_A_AUDITED },
	{ "passed", FIM_STATUS_A_PASSED },
	{ "recorded", FIM_STATUS_A_RECORDED },
	{ "coalesced", FIM_STATUS_A_COALESCED },
	{ "limited", FIM_STATUS_A_LIMITED },
	{ "lost", FIM_STATUS_A_LOST },
	{ "pending", FIM_STATUS_A_PENDING },
	{ "firstSequence", FIM_STATUS_A_FIRST_SEQ },
	{ "lastSequence", FIM_STATUS_A_LAST_SEQ },
	{ "ringSize", FIM_STATUS_A_RING_SIZE },
	{ "containers", FIM_STATUS_A_CONTAINERS },
};

static void boot_id_text(const struct status *st, struct buf *out)
{
	buf_hex(out, st->boot_id, sizeof(st->boot_id));
}

static cJSON *hook_json(const struct hook *h)
{
	cJSON *hook = json_object();

	json_add_string(hook, "name", h->name);
	json_add_string(hook, "state", hook_state_name(h->state));
	json_add_bool(hook, "required", h->required);
	if (h->loses)
		json_add_string(hook, "loses", h->loses);
	return hook;
}

static cJSON *count_json(const struct status *st, unsigned int op)
{
	static const struct {
		const char *key;
		int attr;
	} counts[] = {
		{ "refused", FIM_COUNT_A_REFUSED },
		{ "audited", FIM_COUNT_A_AUDITED },
		{ "recorded", FIM_COUNT_A_RECORDED },
		{ "coalesced", FIM_COUNT_A_COALESCED },
		{ "lost", FIM_COUNT_A_LOST },
	};
	cJSON *count = json_object();
	size_t i;

	json_add_string(count, "operation", op_name(op));
	for (i = 0; i < ARRAY_SIZE(counts); i++)
		json_add_number(count, counts[i].key,
				st->counts.nr[op][counts[i].attr]);
	return count;
}

static cJSON *counts_json(const struct status *st)
{
	cJSON *list = json_list();
	unsigned int op;

	for (op = 0; op <= FIM_OP_MAX; op++)
		if (st->counts.nr[op][FIM_COUNT_A_REFUSED] ||
		    st->counts.nr[op][FIM_COUNT_A_AUDITED])
			json_append(list, count_json(st, op));
	return list;
}

static cJSON *holding_json(const struct container *c)
{
	cJSON *json = json_object(), *list = json_list();
	size_t i;

	json_add_string(json, "container", c->id);
	if (c->identity.name)
		json_add_string(json, "name", c->identity.name);
	for (i = 0; i < c->nr_policies; i++)
		json_append_bytes(list, c->policies[i],
				  strlen(c->policies[i]));
	json_add(json, "policies", list);
	return json;
}

static void print_json(const struct status *st, const struct hooks *hooks,
		       const struct containers *all)
{
	cJSON *json = json_object(), *list = json_list(), *holding = json_list();
	struct buf boot_id = { 0 };
	size_t i;

	boot_id_text(st, &boot_id);
	if (st->version)
		json_add_string(json, "version", st->version);
	json_add_string(json, "state",
			status_state_name(st->number[FIM_STATUS_A_STATE]));
	status_add_control(json, st);
	if (st->backend)
		json_add_string(json, "backend", st->backend);
	if (st->weaker) {
		json_add_string(json, "weaker", st->weaker);
		json_add_number(json, "missed",
				st->number[FIM_STATUS_A_MISSED]);
	}
	json_add_string(json, "bootID", boot_id.data);
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		json_add_number(json, numbers[i].key,
				st->number[numbers[i].attr]);
	json_add_bool(json, "cgroupV2", cgroup_has_v2());
	for (i = 0; i < all->nr; i++)
		json_append(holding, holding_json(&all->v[i]));
	json_add(json, "holding", holding);
	json_add(json, "operations", counts_json(st));
	for (i = 0; i < hooks->nr; i++)
		json_append(list, hook_json(&hooks->v[i]));
	json_add(json, "hooks", list);
	json_print(json, true);
	cJSON_Delete(json);
	buf_free(&boot_id);
}

/* Which policies hold where: for people, of the first containers. */
static void print_holding(const struct containers *all)
{
	const struct container *c = all->v, *end = c + all->nr;
	size_t i;

	for (; c < end && c < all->v + HOLDING_SHOWN; c++) {
		printf("           ");
		term_text(stdout, c->id, strnlen(c->id, 12));
		printf(" ");
		term_text(stdout, c->identity.name ? c->identity.name : "-",
			  c->identity.name ? strlen(c->identity.name) : 1);
		printf(": %s", c->nr_policies ? "" : "no policy");
		for (i = 0; i < c->nr_policies; i++) {
			printf("%s", i ? ", " : "");
			term_text(stdout, c->policies[i],
				  strlen(c->policies[i]));
		}
		printf("\n");
	}
	if (c < end)
		printf("           and %zu more: fimctl container list\n",
		       (size_t)(end - c));
}

static void print_counters(const uint64_t *n, const struct containers *all)
{
	printf("policies   %" PRIu64 " with %" PRIu64 " rules, %" PRIu64
	       " waiting; %" PRIu64 " inodes marked\n",
	       n[FIM_STATUS_A_POLICIES], n[FIM_STATUS_A_RULES],
	       n[FIM_STATUS_A_WAITING], n[FIM_STATUS_A_MARKS]);
	printf("containers %" PRIu64 "%s\n", n[FIM_STATUS_A_CONTAINERS],
	       cgroup_has_v2() ? "" :
	       "; this host has no cgroup v2, so none can be protected");
	print_holding(all);
	printf("operations %" PRIu64 " refused, %" PRIu64 " audited",
	       n[FIM_STATUS_A_REFUSED], n[FIM_STATUS_A_AUDITED]);
	if (n[FIM_STATUS_A_PASSED])
		printf(", %" PRIu64 " of these in maintenance windows",
		       n[FIM_STATUS_A_PASSED]);
	printf("\n");
	printf("recorded   %" PRIu64 " in %" PRIu64 " records, %s%" PRIu64
	       " lost%s, %" PRIu64 " pending\n",
	       n[FIM_STATUS_A_RECORDED],
	       n[FIM_STATUS_A_RECORDED] - n[FIM_STATUS_A_COALESCED],
	       n[FIM_STATUS_A_LOST] ? term_on(stdout, TERM_RED) : "",
	       n[FIM_STATUS_A_LOST],
	       n[FIM_STATUS_A_LOST] ? term_off(stdout) : "",
	       n[FIM_STATUS_A_PENDING]);
	printf("records    %" PRIu64 " to %" PRIu64 "; the ring holds %" PRIu64
	       "\n",
	       n[FIM_STATUS_A_FIRST_SEQ], n[FIM_STATUS_A_LAST_SEQ],
	       n[FIM_STATUS_A_RING_SIZE]);
}

static void print_weaker(const struct status *st)
{
	uint64_t missed = st->number[FIM_STATUS_A_MISSED];

	if (st->weaker)
		printf("weaker     %s\nmissed     %s%" PRIu64 " operations%s\n",
		       st->weaker, missed ? term_on(stdout, TERM_RED) : "",
		       missed, missed ? term_off(stdout) : "");
}

static void print_text(const struct status *st, const struct hooks *hooks,
		       const struct containers *all)
{
	struct buf boot_id = { 0 };

	boot_id_text(st, &boot_id);
	printf("state      ");
	status_print_state(st);
	printf("module     fim %s, hooks by %s\n",
	       st->version ? st->version : "?",
	       st->backend ? st->backend : "?");
	print_weaker(st);
	print_counters(st->number, all);
	printf("changes    %" PRIu64 " commits since it was loaded as %s\n",
	       st->number[FIM_STATUS_A_GENERATION], boot_id.data);
	printf("hooks      ");
	hooks_print(hooks, 11);
	buf_free(&boot_id);
}

static void print_buf(struct buf *out)
{
	fwrite(out->data, 1, out->len, stdout);
	buf_free(out);
}

static void print_metrics(const struct status *st, const struct hooks *hooks,
			  const struct policies *policies)
{
	struct buf out = { 0 };

	metrics_write(&out, st, hooks, policies);
	print_buf(&out);
}

/* Whoever collects metrics wants to be told this, too. */
static int absent(const struct link *l, int format)
{
	struct buf out = { 0 };

	if (format == FORMAT_PROMETHEUS && l->error.code == -ENOENT) {
		metrics_up(&out, false);
		print_buf(&out);
	}
	return link_report(l, NULL);
}

static int show(struct link *l, int format)
{
	struct status st = { 0 };
	struct hooks hooks = { 0 };
	struct policies policies = { 0 };
	struct containers all = { 0 };
	int err, code = EXIT_OK;

	err = status_get(l, &st);
	if (!err)
		err = hooks_get(l, &hooks);
	if (!err && format == FORMAT_PROMETHEUS)
		err = ruleset_get(l, &policies);
	else if (!err)
		err = containers_get(l, &all);
	if (err)
		code = link_report(l, "can't read the status");
	else if (format == FORMAT_PROMETHEUS)
		print_metrics(&st, &hooks, &policies);
	else if (format == FORMAT_JSON)
		print_json(&st, &hooks, &all);
	else
		print_text(&st, &hooks, &all);
	containers_free(&all);
	policies_free(&policies);
	hooks_free(&hooks);
	status_free(&st);
	return code;
}

int cmd_status(const struct command *cmd, int argc, char **argv)
{
	int c, format = FORMAT_DEFAULT, code;
	struct link l;

	while ((c = opt_next(cmd, argc, argv)) != -1) {
		if (c == '?')
			return EXIT_INVALID;
		format = opt_format(cmd, 1U << FORMAT_JSON |
				    1U << FORMAT_PROMETHEUS);
		if (format < 0)
			return EXIT_INVALID;
	}
	if (optind < argc)
		return opt_usage(cmd, "unexpected argument '%s'", argv[optind]);
	if (link_open(&l))
		return absent(&l, format);
	code = show(&l, format);
	link_close(&l);
	return code;
}
