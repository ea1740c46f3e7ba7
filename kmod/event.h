/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records: born in a hook, finished when the task returns to user space,
 * numbered, kept in a ring and sent.
 */
#ifndef FIM_EVENT_H
#define FIM_EVENT_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "account.h"
#include "fim.h"
#include "rule.h"

struct fim_access;
struct fim_binding;
struct fim_container;
struct fim_event;
struct fim_policy;
struct fim_rule;
struct fim_slot;
struct fim_verdict;
struct fim_window;

/**
 * struct fim_event_stats - what was recorded
 * @account: what became of operations
 * @denied: control commands that were refused
 * @pending: operations whose record is not finished
 * @first_seq: oldest record in the ring, or 0
 * @last_seq: newest record, or 0
 * @ring_size: records that the ring holds at most
 */
struct fim_event_stats {
	struct fim_account account;
	u64 denied;
	u32 pending;
	u64 first_seq;
	u64 last_seq;
	u32 ring_size;
};

extern atomic_t fim_event_doubts;

/* In a hook */
void fim_event_violation(const struct fim_access *access,
			 const struct fim_verdict *verdict,
			 unsigned int moved);
void fim_event_awaited(unsigned int which);
void fim_event_created(void);
void fim_event_not_created(void);

/* In process context */
void fim_event_control(enum fim_event_type type, struct fim_policy *policy,
		       const struct fim_rule *rule);
void fim_event_rule(enum fim_event_type type,
		    const struct fim_binding *binding);
void fim_event_container(enum fim_event_type type,
			 const struct fim_container *container);
void fim_event_state(enum fim_event_type type);
void fim_event_window(enum fim_event_type type, const struct fim_window *window,
		      u64 passed);
void fim_window_open(struct fim_window *window, u32 seconds);
void fim_event_loaded(bool loaded);
void fim_event_selftested(int err);
void fim_event_denied(u8 cmd, int err);
void fim_event_denied_flush(void);
u64 fim_event_denials(void);
int fim_event_emit(const struct fim_event *event);
int fim_event_emit_body(const struct fim_event *event, const void *body,
			unsigned int len);
void fim_event_tell_losses(void);
int fim_event_writer(const struct fim_slot *slot, u64 count, bool mapped);

void fim_event_stats(struct fim_event_stats *stats);
int fim_event_init(void);
void fim_event_drain(void);
void fim_event_exit(void);

#endif /* FIM_EVENT_H */
