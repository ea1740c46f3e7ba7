/* SPDX-License-Identifier: GPL-2.0 */
/*
 * counts.h - what became of each operation
 */
#ifndef FIMCTL_COUNTS_H
#define FIMCTL_COUNTS_H

#include <stdint.h>

#include <netlink/attr.h>

#include "../uapi/fim.h"

/**
 * struct counts - what became of each operation
 * @nr: by enum fim_op and enum fim_count_attr
 */
struct counts {
	uint64_t nr[FIM_OP_MAX + 1][FIM_COUNT_A_MAX + 1];
};

void counts_take(struct counts *counts, struct nlattr *nest, int attr);

#endif /* FIMCTL_COUNTS_H */
