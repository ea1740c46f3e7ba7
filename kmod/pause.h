/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The maintenance window: for a while, what rules refuse is let through and
 * recorded.
 */
#ifndef FIM_PAUSE_H
#define FIM_PAUSE_H

#include <linux/types.h>

struct fim_verdict;

/**
 * struct fim_window - a maintenance window, or the time that a trial has
 * @reason: why, or NULL if there is no window
 * @since: when it was opened, nanoseconds since 1970
 * @until: when it ends unless before, likewise
 * @opener: who opened it: his login uid or, if it was never set, his uid
 */
struct fim_window {
	char *reason;
	u64 since;
	u64 until;
	u32 opener;
};

/* In a hook */
bool fim_pause_open(void);
void fim_pause_decide(struct fim_verdict *verdict);

/* In process context, under fim_policy_lock */
int fim_pause(u32 seconds, const char *reason);
int fim_resume(void);
void fim_pause_tidy(void);
void fim_pause_tidy_soon(void);
const char *fim_pause_reason(void);
u32 fim_pause_left(void);

/* Without it */
void fim_pause_stop(void);

#endif /* FIM_PAUSE_H */
