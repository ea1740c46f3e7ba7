/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Putting rulesets into force.
 */
#ifndef FIM_PUBLISH_H
#define FIM_PUBLISH_H

#include <linux/types.h>

struct fim_policy;
struct fim_ruleset;

struct fim_ruleset *fim_current_ruleset(void);
struct fim_policy *fim_policy_in_force(const char *name);
int fim_put_into_force(struct fim_policy **policies, unsigned int nr,
		       u64 generation, bool settling);
bool fim_put_again_into_force(struct fim_policy **policies, unsigned int nr);
void fim_update_writers(struct fim_policy **policies, unsigned int nr,
			u64 generation, bool settling);
bool fim_writers_guarded(void);
bool fim_bindings_published(void);
int fim_policy_init(void);
void fim_policy_exit(void);

#endif /* FIM_PUBLISH_H */
