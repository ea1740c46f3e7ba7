/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A record as the attribute that is kept and sent.
 */
#ifndef FIM_RECORD_H
#define FIM_RECORD_H

#include <linux/types.h>

#include "budget.h"
#include "fim.h"

struct fim_container;
struct fim_blanks;
struct fim_policy;
struct fim_rule;
struct fim_slot;
struct fim_subject;
struct fim_subject_text;
struct fim_window;
struct sk_buff;

/**
 * struct fim_event - a record that is complete
 * @type: enum fim_event_type
 * @source: who has it made, us if it is all 0
 * @flags: enum fim_event_flags
 * @time: nanoseconds since 1970
 * @count: operations that it stands for, or 0
 * @last_time: of the last of them, or 0
 * @state: of FIM_EVENT_STATE and FIM_EVENT_SEALED, and if there is @window
 * @window: or NULL
 * @passed: of FIM_EVENT_RESUMED, operations that were let through
 * @cmd: enum fim_cmd, of FIM_EVENT_DENIED
 * @error: of FIM_EVENT_DENIED and FIM_EVENT_SELFTESTED, an errno
 * @policy: or NULL
 * @rule: of @policy, or NULL
 * @container: that it is about, or for which @rule is bound, or NULL
 * @slot: of FIM_EVENT_VIOLATION, or NULL
 * @subject: who
 * @text: the rest about him, or NULL
 */
struct fim_event {
	enum fim_event_type type;
	struct fim_source source;
	u32 flags;
	u64 time;
	u64 count;
	u64 last_time;
	enum fim_state state;
	const struct fim_window *window;
	u64 passed;
	u8 cmd;
	u32 error;
	const struct fim_policy *policy;
	const struct fim_rule *rule;
	const struct fim_container *container;
	const struct fim_slot *slot;
	const struct fim_subject *subject;
	const struct fim_subject_text *text;
};

struct sk_buff *fim_record_body(const struct fim_event *event);
struct sk_buff *fim_record_make(const struct fim_event *event, const void *body,
				unsigned int len, struct fim_blanks *blanks);

#endif /* FIM_RECORD_H */
