/* SPDX-License-Identifier: GPL-2.0 */
/*
 * outcome.h - what the tests say to the table of the attack catalogue
 *
 * attacks/table.awk reads the lines. A test asserts for itself; what it says
 * here is what it asserted and what it saw.
 */
#ifndef _FIM_TEST_OUTCOME_H
#define _FIM_TEST_OUTCOME_H

#include <sys/types.h>

/**
 * struct fim_outcome - what one operation came to
 * @err: its errno
 * @records: what was recorded, as fim_records() says it
 * @changes: how the tree differs, as fim_changes() says it; NULL if nobody
 *	looked
 */
struct fim_outcome {
	int err;
	const char *records;
	const char *changes;
};

void fim_tell_missing(const char *id, const char *name, const char *why);
void fim_tell(const char *id, const char *name, uid_t uid,
	      const struct fim_outcome *want, const struct fim_outcome *got);

#endif /* _FIM_TEST_OUTCOME_H */
