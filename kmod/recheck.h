/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looking again where the paths of rules lead.
 */
#ifndef FIM_RECHECK_H
#define FIM_RECHECK_H

#include <linux/types.h>

void fim_policy_recheck(bool all);
void fim_policy_recheck_later(void);
void fim_recheck(unsigned int what);
int fim_policy_refresh(void);
bool fim_policy_tidy(void);
void fim_recheck_all(void);
void fim_recheck_settle(void);
void fim_policy_recheck_twice(void);
void fim_recheck_stop(void);

#endif /* FIM_RECHECK_H */
