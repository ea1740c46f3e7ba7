/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Violations that are the same, for a short time: one record counts them.
 */
#ifndef FIM_COALESCE_H
#define FIM_COALESCE_H

#include <linux/sched.h>
#include <linux/types.h>

#include "budget.h"

struct fim_container;
struct fim_policy;
struct fim_rule;
struct fim_slot;
struct sk_buff;

/**
 * struct fim_identity - what violations have in common that are the same, with
 *	the paths of their slots; compared as bytes
 * @policy: whose rule decided
 * @rule: that rule
 * @container: for which it is bound, or NULL
 * @source: whose they are
 * @tty: address of the controlling terminal
 * @ino: inode number of the object, or 0
 * @exe_ino: of the executable, or 0
 * @executed: hash of the path by which it was executed, which tells a script from
 *	others of its interpreter; 0 if it can't be read without waiting
 * @exe_dev: its device
 * @exe_generation: of its inode, whose number may be another's soon
 * @dev: device of the object's filesystem
 * @flags: enum fim_event_flags
 * @euid: effective uid
 * @fsuid: owner of what is created
 * @loginuid: of the session
 * @sessionid: audit session
 * @mnt_ns: mount namespace
 * @op: enum fim_op
 * @action: enum fim_action, or FIM_ACTION_PASSED
 * @wide: of policy, container, operation, action and source alone, as the source
 *	had too many
 * @comm: name of the task
 */
struct fim_identity {
	const struct fim_policy *policy;
	const struct fim_rule *rule;
	const struct fim_container *container;
	struct fim_source source;
	const void *tty;
	u64 ino;
	u64 exe_ino;
	u64 executed;
	u32 exe_dev;
	u32 exe_generation;
	u32 dev;
	u32 flags;
	u32 euid;
	u32 fsuid;
	u32 loginuid;
	u32 sessionid;
	u32 mnt_ns;
	u8 op;
	u8 action;
	bool wide;
	char comm[TASK_COMM_LEN];
};

void fim_identity_read(struct fim_identity *id, const struct fim_slot *slot);
bool fim_coalesce_count(struct fim_identity *id, const struct fim_slot *slot);
bool fim_coalesce_open(const struct fim_identity *id,
		       const struct fim_slot *slot, const struct sk_buff *body,
		       u32 flags);
void fim_coalesce_flush(void);
int fim_coalesce_init(void);
void fim_coalesce_exit(void);

#endif /* FIM_COALESCE_H */
