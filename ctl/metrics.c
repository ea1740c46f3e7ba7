// SPDX-License-Identifier: GPL-2.0
/*
 * metrics.c - the module's state and counters for Prometheus
 *
 * The text format that node_exporter's textfile collector reads. Names and
 * units follow Prometheus' conventions.
 */
#include <inttypes.h>
#include <string.h>

#include "array.h"
#include "metrics.h"
#include "op.h"
#include "text.h"

/* The numbers of struct status that are metrics. */
static const struct {
	const char *name;
	const char *type;
	const char *help;
	int attr;
} numbers[] = {
	{ "fim_policies", "gauge", "Policies in force.",
	  FIM_STATUS_A_POLICIES },
	{ "fim_rules", "gauge", "Rules in force, waiting ones included.",
	  FIM_STATUS_A_RULES },
	{ "fim_rules_waiting", "gauge", "Rules whose path does not exist.",
	  FIM_STATUS_A_WAITING },
	{ "fim_marked_inodes", "gauge", "Inodes that are marked.",
	  FIM_STATUS_A_MARKS },
	{ "fim_commits_total", "counter", "Changes of the policies in force.",
	  FIM_STATUS_A_GENERATION },
	{ "fim_operations_refused_total", "counter", "Operations refused.",
	  FIM_STATUS_A_REFUSED },
	{ "fim_operations_audited_total", "counter",
	  "Operations let through with a record.", FIM_STATUS_A_AUDITED },
	{ "fim_operations_passed_total", "counter",
	  "Operations, of those audited, that a maintenance window let through.",
	  FIM_STATUS_A_PASSED },
	{ "fim_pause_left_seconds", "gauge",
	  "Time until the maintenance window ends, 0 if none is open.",
	  FIM_STATUS_A_PAUSE_LEFT },
	{ "fim_trial_left_seconds", "gauge",
	  "Time until policies on trial are rolled back, 0 if none are.",
	  FIM_STATUS_A_TRIAL_LEFT },
	{ "fim_sealed", "gauge", "1 if the module is sealed until reboot.",
	  FIM_STATUS_A_SEALED },
	{ "fim_operations_recorded_total", "counter",
	  "Operations, of those refused and audited, that have a record.",
	  FIM_STATUS_A_RECORDED },
	{ "fim_operations_lost_total", "counter",
	  "Operations, of those refused and audited, that could not be recorded.",
	  FIM_STATUS_A_LOST },
	{ "fim_operations_coalesced_total", "counter",
	  "Operations, of those recorded, that another's record counts.",
	  FIM_STATUS_A_COALESCED },
	{ "fim_operations_limited_total", "counter",
	  "Operations that are only counted, as their source had too many.",
	  FIM_STATUS_A_LIMITED },
	{ "fim_operations_missed_total", "counter",
	  "Operations that a hook was not asked about, with kprobes only.",
	  FIM_STATUS_A_MISSED },
	{ "fim_commands_denied_total", "counter",
	  "Control commands that were refused.", FIM_STATUS_A_DENIED },
	{ "fim_operations_pending", "gauge",
	  "Operations whose record is not complete yet.",
	  FIM_STATUS_A_PENDING },
	{ "fim_records_total", "counter", "Records made.",
	  FIM_STATUS_A_LAST_SEQ },
	{ "fim_ring_capacity_records", "gauge",
	  "Most records that the ring holds.", FIM_STATUS_A_RING_SIZE },
};

static void add_head(struct buf *out, const char *name, const char *type,
		     const char *help)
{
	buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Controls are escaped for terminals first, and that form for Prometheus. */
static void add_label(struct buf *out, const char *name, const char *value)
{
	struct buf safe = { 0 };
	size_t i;

	text_escape(&safe, value, strlen(value));
	buf_addf(out, "%s=\"", name);
	for (i = 0; i < safe.len; i++) {
		if (safe.data[i] == '"' || safe.data[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, safe.data[i]);
	}
	buf_addc(out, '"');
	buf_free(&safe);
}

static void add_info(struct buf *out, const struct status *st)
{
	add_head(out, "fim_module_info", "gauge", "The module that is loaded.");
	buf_adds(out, "fim_module_info{");
	add_label(out, "version", st->version ? st->version : "");
	buf_addc(out, ',');
	add_label(out, "backend", st->backend ? st->backend : "");
	buf_adds(out, "} 1\n");
}

static void add_state(struct buf *out, const struct status *st)
{
	uint64_t state;

	add_head(out, "fim_state", "gauge",
		 "1 for the state that the module is in.");
	for (state = 0; state <= FIM_STATE_MAX; state++) {
		buf_adds(out, "fim_state{");
		add_label(out, "state", status_state_name(state));
		buf_addf(out, "} %d\n",
			 state == st->number[FIM_STATUS_A_STATE]);
	}
}

static void add_hooks(struct buf *out, const struct hooks *hooks)
{
	size_t i;

	if (!hooks->nr)
		return;
	add_head(out, "fim_hook_state", "gauge",
		 "The state of each hook: proven or idle; attached, missing or dead is a fault.");
	for (i = 0; i < hooks->nr; i++) {
		buf_adds(out, "fim_hook_state{");
		add_label(out, "hook", hooks->v[i].name);
		buf_addc(out, ',');
		add_label(out, "state", hook_state_name(hooks->v[i].state));
		buf_adds(out, "} 1\n");
	}
}

static bool is_there(const struct counts *c, unsigned int op)
{
	return c && (c->nr[op][FIM_COUNT_A_REFUSED] ||
		     c->nr[op][FIM_COUNT_A_AUDITED]);
}

static void add_policy(struct buf *out, const char *name,
		       const struct policy *p, int attr)
{
	unsigned int op;

	for (op = 0; op <= FIM_OP_MAX; op++) {
		if (!is_there(p->counts, op))
			continue;
		buf_addf(out, "%s{", name);
		add_label(out, "policy", p->name);
		buf_addf(out, ",operation=\"%s\"} %" PRIu64 "\n", op_name(op),
			 p->counts->nr[op][attr]);
	}
}

static void add_policies(struct buf *out, const struct policies *policies)
{
	static const struct {
		const char *name;
		const char *help;
		int attr;
	} metric[] = {
		{ "fim_policy_operations_refused_total",
		  "Operations that a policy's rules refused.",
		  FIM_COUNT_A_REFUSED },
		{ "fim_policy_operations_audited_total",
		  "Operations that a policy's rules let through with a record.",
		  FIM_COUNT_A_AUDITED },
		{ "fim_policy_operations_coalesced_total",
		  "Operations, of both, that another's record counts.",
		  FIM_COUNT_A_COALESCED },
		{ "fim_policy_operations_lost_total",
		  "Operations, of both, that could not be recorded.",
		  FIM_COUNT_A_LOST },
	};
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(metric); i++) {
		add_head(out, metric[i].name, "counter", metric[i].help);
		for (j = 0; j < policies->nr; j++)
			add_policy(out, metric[i].name, &policies->v[j],
				   metric[i].attr);
	}
}

static void add_operations(struct buf *out, const struct status *st)
{
	const uint64_t *nr;
	unsigned int op;

	add_head(out, "fim_file_operations_total", "counter",
		 "Operations refused and audited, by what was tried.");
	for (op = 0; op <= FIM_OP_MAX; op++) {
		nr = st->counts.nr[op];
		if (!is_there(&st->counts, op))
			continue;
		buf_addf(out, "fim_file_operations_total{operation=\"%s\",result=\"refused\"} %"
			 PRIu64 "\n", op_name(op), nr[FIM_COUNT_A_REFUSED]);
		buf_addf(out, "fim_file_operations_total{operation=\"%s\",result=\"audited\"} %"
			 PRIu64 "\n", op_name(op), nr[FIM_COUNT_A_AUDITED]);
	}
}

/**
 * metrics_up() - append whether the module is loaded
 * @out: appended to
 * @up: it is
 */
void metrics_up(struct buf *out, bool up)
{
	add_head(out, "fim_up", "gauge", "1 if the module is loaded.");
	buf_addf(out, "fim_up %d\n", up);
}

/**
 * metrics_write() - append everything that a loaded module tells
 * @out: appended to
 * @st: its state
 * @hooks: its hooks
 * @policies: the policies in force
 */
void metrics_write(struct buf *out, const struct status *st,
		   const struct hooks *hooks, const struct policies *policies)
{
	uint64_t first = st->number[FIM_STATUS_A_FIRST_SEQ];
	uint64_t last = st->number[FIM_STATUS_A_LAST_SEQ];
	size_t i;

	metrics_up(out, true);
	add_info(out, st);
	add_state(out, st);
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		add_head(out, numbers[i].name, numbers[i].type,
			 numbers[i].help);
		buf_addf(out, "%s %" PRIu64 "\n", numbers[i].name,
			 st->number[numbers[i].attr]);
	}
	add_head(out, "fim_ring_records", "gauge",
		 "Newest records, of which the ring holds all.");
	buf_addf(out, "fim_ring_records %" PRIu64 "\n",
		 first ? last - first + 1 : 0);
	add_operations(out, st);
	add_policies(out, policies);
	add_hooks(out, hooks);
}
