/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many records a source may have made.
 */
#ifndef FIM_BUDGET_H
#define FIM_BUDGET_H

#include <linux/types.h>

/**
 * struct fim_source - whose violations share a budget
 * @cgroup: id of the cgroup (v2): of a container, a service, a session
 * @uid: real uid in the initial user namespace
 * @pad: 0, as it is compared as bytes
 */
struct fim_source {
	u64 cgroup;
	u32 uid;
	u32 pad;
};

void fim_source_read(struct fim_source *source);
bool fim_budget_spend(const struct fim_source *source);
int fim_budget_init(void);

#endif /* FIM_BUDGET_H */
