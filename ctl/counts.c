// SPDX-License-Identifier: GPL-2.0
/*
 * counts.c - what became of each operation
 */
#include "attr.h"
#include "counts.h"

/**
 * counts_take() - read what the module counted
 * @counts: set
 * @nest: the state or the policy that it is part of
 * @attr: of each operation's, enum fim_count_attr
 */
void counts_take(struct counts *counts, struct nlattr *nest, int attr)
{
	struct nlattr *tb[FIM_COUNT_A_MAX + 1], *nla;
	uint64_t op;
	int left, i;

	nla_for_each_nested(nla, nest, left) {
		if (nla_type(nla) != attr ||
		    nla_parse_nested(tb, FIM_COUNT_A_MAX, nla, NULL))
			continue;
		op = attr_number(tb[FIM_COUNT_A_OP]);
		/* A newer module may have more. */
		if (op > FIM_OP_MAX)
			continue;
		for (i = FIM_COUNT_A_REFUSED; i <= FIM_COUNT_A_MAX; i++)
			counts->nr[op][i] = attr_number(tb[i]);
	}
}
