// SPDX-License-Identifier: GPL-2.0
/*
 * names.c - making, removing and moving names
 */
#define _GNU_SOURCE
#include "ops.h"

TEST_F_TIMEOUT(ops, names, 120)
{
	run_cases(_metadata, self, &fim_name_cases, 0, variant->action);
}

TEST_F_TIMEOUT(ops, names_unprivileged, 120)
{
	as_nobody(_metadata, self, &fim_name_cases, variant->action);
}

TEST_HARNESS_MAIN
