/* SPDX-License-Identifier: GPL-2.0 */
/*
 * harness.h - kselftest's harness, and what every fixture does with it
 *
 * Environment: FIM_BARE=1 runs the operations on a machine without the module,
 * to prove that they succeed where nothing is protected. Tests that need the
 * module are skipped then.
 */
#ifndef _FIM_TEST_HARNESS_H
#define _FIM_TEST_HARNESS_H

/* Of the harness's own comparisons: signed constants against sizes. */
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wunused-parameter"

#include "kselftest_harness.h"

/* Who runs a program ends it if it hangs; a kernel that checks itself is slow. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 600

#include "cases.h"
#include "common.h"
#include "netlink.h"
#include "outcome.h"

#define FIM_BARE() (!!getenv("FIM_BARE"))

/*
 * A test's first statement: SKIP() in a fixture's setup does not skip the test.
 */
#define NEEDS(missing) do { \
	if (missing) \
		SKIP(return, "%s", missing); \
} while (0)

/*
 * The number of the newest record, when all that happened has been told: what
 * is the same as a moment ago is told a moment later.
 */
static inline unsigned long long last_seq(struct fim_nl *nl)
{
	struct fim_status st;

	return fim_settle(nl, &st) ? -1ULL : st.last_seq;
}

static inline const char *records(struct fim_nl *nl, unsigned long long since)
{
	return nl->fd < 0 ? "" : fim_records(nl, since);
}

/*
 * Every operation that was refused or audited is accounted for.
 */
static inline bool adds_up(const struct fim_status *st)
{
	return st->refused + st->audited ==
	       st->recorded + st->lost + st->pending;
}

#endif /* _FIM_TEST_HARNESS_H */
