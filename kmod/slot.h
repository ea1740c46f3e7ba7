/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records in the making. A hook can't allocate memory, so there is a fixed
 * number of them.
 */
#ifndef FIM_SLOT_H
#define FIM_SLOT_H

#include <linux/limits.h>
#include <linux/llist.h>
#include <linux/sched.h>
#include <linux/task_work.h>
#include <linux/types.h>

#include "budget.h"
#include "subject.h"

/* 6.4: workers of user space that are not io_uring's, of vhost for one */
#ifndef PF_USER_WORKER
#define PF_USER_WORKER	0
#endif

/* Tasks that do not return to user space, or not with what they are now */
#define FIM_NEVER_RETURNS	(PF_KTHREAD | PF_IO_WORKER | PF_USER_WORKER | \
				 PF_EXITING | PF_DUMPCORE)

struct fim_access;
struct fim_container;
struct fim_policy;
struct fim_rule;
struct fim_verdict;

/**
 * enum fim_slot_doubt - whether the operation took place at all
 * @FIM_SLOT_CERTAIN: it did
 * @FIM_SLOT_DOUBTED: an open was told that it may not create, or that it may
 *	with a record, before it was looked whether the file exists
 * @FIM_SLOT_VOID: the file existed: there is nothing to record
 */
enum fim_slot_doubt {
	FIM_SLOT_CERTAIN,
	FIM_SLOT_DOUBTED,
	FIM_SLOT_VOID,
};

/**
 * struct fim_slot - a record in the making; whoever took the slot owns it
 * @work: to finish it when @task returns to user space
 * @node: or in a worker, if @task never does
 * @task: whose operation it is; a reference only if a worker finishes it
 * @source: whose violations count together
 * @recheck: enum fim_recheck
 * @policy: of the rule that decided, a reference; it keeps @rule; NULL if there
 *	is nothing to record, and then there is nothing in what follows
 * @rule: that rule
 * @container: for which it is bound, a reference; or NULL
 * @doubt: enum fim_slot_doubt, written by @task only
 * @doubted: whether it was in doubt at first
 * @op: enum fim_op
 * @action: enum fim_action, or FIM_ACTION_PASSED
 * @flags: enum fim_event_flags
 * @time: nanoseconds since 1970
 * @ino: inode number of the object, or 0
 * @dev: device of its filesystem, as FIM_EVENT_A_DEV
 * @joinable: more of the same by @task, before it returns to user space, is
 *	counted here; written by @task only
 * @count: operations that it stands for
 * @last_time: of the last of them
 * @subject: who
 * @path: the object
 * @path_len: length of @path
 * @target: the other name, if @target_len
 * @target_len: length of @target
 */
struct fim_slot {
	struct callback_head work;
	struct llist_node node;
	struct task_struct *task;
	struct fim_source source;
	u8 recheck;
	struct fim_policy *policy;
	const struct fim_rule *rule;
	struct fim_container *container;
	u8 doubt;
	bool doubted;
	u8 op;
	u8 action;
	u32 flags;
	u64 time;
	u64 ino;
	u32 dev;
	bool joinable;
	u64 count;
	u64 last_time;
	struct fim_subject subject;
	unsigned int path_len;
	unsigned int target_len;
	char path[PATH_MAX];
	char target[PATH_MAX];
};

struct fim_slot *fim_slot_take(void);
void fim_slot_put_rule(struct fim_slot *slot);
void fim_slot_give(struct fim_slot *slot);
void fim_slot_fill(struct fim_slot *slot, const struct fim_access *access,
		   const struct fim_verdict *verdict);
struct fim_slot *fim_slot_find_doubted(void);
bool fim_slot_has(const struct fim_verdict *verdict);
bool fim_slot_join(const struct fim_access *access,
		   const struct fim_verdict *verdict);
unsigned int fim_slots_taken(void);
int fim_slots_init(void);
void fim_slots_exit(void);

#endif /* FIM_SLOT_H */
