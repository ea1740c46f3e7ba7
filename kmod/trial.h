/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trials: a commit that is rolled back unless somebody confirms it.
 */
#ifndef FIM_TRIAL_H
#define FIM_TRIAL_H

#include <linux/types.h>

struct fim_container;
struct fim_policy;

/* All but the last two under fim_policy_lock */
int fim_trial_prepare(u32 owner);
bool fim_trial_keep(struct fim_policy *policy);
void fim_trial_start(u32 seconds);
void fim_trial_drop(void);
int fim_trial_confirm(void);
bool fim_trial_pending(void);
bool fim_trial_is_of(u32 owner);
u32 fim_trial_left(void);
struct fim_policy *fim_trial_policy(const char *name);
void fim_trial_unbind(const struct fim_container *container);
void fim_trial_disown(u32 owner);
bool fim_trial_may_be_of(u32 owner);
void fim_trial_stop(void);

#endif /* FIM_TRIAL_H */
