/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hit.h - what a policy "t" has to refuse or record, for fixtures that have nl
 * and block
 */
#ifndef _FIM_TEST_HIT_H
#define _FIM_TEST_HIT_H

#include <unistd.h>

#include "harness.h"
#include "press.h"

/* The record of what this process did: "unlink /p/f" */
static inline const char *fim_hit(bool block, const char *what)
{
	return fim_fmt("%s %s errno %d by %d under t\n",
		       block ? "Block" : "Audit", what, block ? EACCES : 0,
		       getpid());
}

#define EXPECT_HIT(what, call) do { \
	unsigned long long _since = last_seq(&self->nl); \
	EXPECT_EQ(self->block ? EACCES : 0, call) \
		TH_LOG("%s", #call); \
	EXPECT_STREQ(fim_hit(self->block, what), \
		     fim_records(&self->nl, _since)) \
		TH_LOG("%s", #call); \
	if (self->block) \
		EXPECT_PRESSED(&self->nl, 0, call); \
} while (0)

#endif /* _FIM_TEST_HIT_H */
