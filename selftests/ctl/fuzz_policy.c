// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_policy.c - a fuzz target: any bytes as a policy file, and as fim.conf
 *
 * Whatever they are, reading them ends without a fault. A file without an error
 * is written out again and read once more: that has no error either and comes to
 * the same text. All of it is also made into messages for the kernel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/msg.h>

#include "buf.h"
#include "config.h"
#include "export.h"
#include "lint.h"
#include "schema.h"
#include "txn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_to_nowhere(struct diags *diags)
{
	static FILE *nowhere;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	if (nowhere)
		diag_print(diags, nowhere);
}

static void parse(const void *data, size_t size, bool ignore,
		  struct policies *set, struct diags *diags)
{
	schema_parse("fuzz", data, size, ignore, set, diags);
	policies_check(set, diags);
	lint_rules(set, diags);
}

static void export_all(const struct policies *set, struct buf *out)
{
	size_t i;

	for (i = 0; i < set->nr; i++) {
		buf_adds(out, "---\n");
		export_yaml(&set->v[i], out);
	}
}

static void read_again(const struct policies *set)
{
	struct buf first = { 0 }, second = { 0 };
	struct policies back = { 0 };
	struct diags diags = { 0 };

	export_all(set, &first);
	parse(first.data, first.len, false, &back, &diags);
	export_all(&back, &second);
	if (diags.errors || strcmp(first.data, second.data)) {
		diag_print(&diags, stderr);
		fprintf(stderr, "%s\nbecame\n%s\n", first.data, second.data);
		abort();
	}
	buf_free(&first);
	buf_free(&second);
	policies_free(&back);
	diag_free(&diags);
}

static void make_messages(const struct policies *set)
{
	struct txn_batch batch;
	const struct policy *p;

	for (p = set->v; p < set->v + set->nr; p++) {
		nlmsg_free(txn_policy_message(1, p));
		batch = (struct txn_batch){ 0 };
		for (; batch.first < p->nr_rules; batch.first += batch.nr)
			nlmsg_free(txn_rules_message(1, p, &batch));
	}
}

static void try(const void *data, size_t size, bool ignore)
{
	struct policies set = { 0 };
	struct diags diags = { 0 };

	parse(data, size, ignore, &set, &diags);
	if (!diags.errors && set.nr) {
		read_again(&set);
		make_messages(&set);
	}
	print_to_nowhere(&diags);
	policies_free(&set);
	diag_free(&diags);
}

static void try_config(const void *data, size_t size)
{
	struct diags diags = { 0 };

	config_parse("fuzz", size ? data : "", size, &diags);
	print_to_nowhere(&diags);
	diag_free(&diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try(data, size, false);
	try(data, size, true);
	try_config(data, size);
	return 0;
}
