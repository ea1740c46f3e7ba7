// SPDX-License-Identifier: GPL-2.0
/*
 * attributes.c - changing what is known about a file
 */
#define _GNU_SOURCE
#include "ops.h"

TEST_F_TIMEOUT(ops, attributes, 120)
{
	run_cases(_metadata, self, &fim_attr_cases, 0, variant->action);
}

TEST_F_TIMEOUT(ops, attributes_unprivileged, 120)
{
	as_nobody(_metadata, self, &fim_attr_cases, variant->action);
}

TEST_HARNESS_MAIN
