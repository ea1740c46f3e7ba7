/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mounts that spread from other mount namespaces to the initial one.
 */
#ifndef FIM_SPREAD_H
#define FIM_SPREAD_H

#include <linux/types.h>

struct fim_access;
struct fim_caller;
struct fim_hook;
struct fim_ruleset;

bool fim_spread_decide(const struct fim_ruleset *rs,
		       const struct fim_access *access,
		       const struct fim_caller *caller);
bool fim_spread_is_refused(struct fim_hook *hook, const void *mnt_ns);

#endif /* FIM_SPREAD_H */
