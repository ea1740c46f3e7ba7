// SPDX-License-Identifier: GPL-2.0
/*
 * A record as the attribute that is kept and sent.
 */
#include <linux/errno.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "container.h"
#include "policy.h"
#include "record.h"
#include "pause.h"
#include "ring.h"
#include "rule.h"
#include "slot.h"
#include "subject.h"

static int put_string(struct sk_buff *skb, int attr, const char *string)
{
	return string ? nla_put_string(skb, attr, string) : 0;
}

static int put_path(struct sk_buff *skb, int attr, const char *path)
{
	return path ? nla_put(skb, attr, strlen(path), path) : 0;
}

static int fill_policy(struct sk_buff *skb, const struct fim_event *event)
{
	const struct fim_text *rule, *policy = &event->policy->text;
	const struct fim_text none = {};
	const struct fim_text *tags;
	u8 severity;

	rule = event->rule ? &event->rule->text : &none;
	tags = rule->tags ? rule : policy;
	severity = rule->severity ?: policy->severity;

	if (nla_put_u8(skb, FIM_EVENT_A_KIND, event->policy->kind) ||
	    nla_put_string(skb, FIM_EVENT_A_POLICY, event->policy->name) ||
	    put_string(skb, FIM_EVENT_A_NAMESPACE, event->policy->namespace) ||
	    (severity && nla_put_u8(skb, FIM_EVENT_A_SEVERITY, severity)) ||
	    (tags->tags && nla_put(skb, FIM_EVENT_A_TAGS, tags->tags_len,
				   tags->tags)) ||
	    put_string(skb, FIM_EVENT_A_MESSAGE,
		       rule->message ?: policy->message))
		return -EMSGSIZE;
	if (!event->rule)
		return 0;
	if (nla_put_u32(skb, FIM_EVENT_A_RULE, event->rule->index))
		return -EMSGSIZE;
	if (event->slot)
		return 0;
	return nla_put(skb, FIM_EVENT_A_PATH, event->rule->path_len,
		       event->rule->path);
}

static int fill_container(struct sk_buff *skb,
			  const struct fim_container *container)
{
	if (nla_put_string(skb, FIM_EVENT_A_CONTAINER, container->id))
		return -EMSGSIZE;
	return container->identity_len ?
	       nla_put(skb, FIM_EVENT_A_IDENTITY, container->identity_len,
		       container->identity) : 0;
}

static int fill_slot(struct sk_buff *skb, const struct fim_slot *slot)
{
	if ((slot->path_len && nla_put(skb, FIM_EVENT_A_PATH, slot->path_len,
				       slot->path)) ||
	    (slot->target_len && nla_put(skb, FIM_EVENT_A_TARGET,
					 slot->target_len, slot->target)) ||
	    (slot->ino && nla_put_u64_64bit(skb, FIM_EVENT_A_INO, slot->ino,
					    FIM_EVENT_A_PAD)) ||
	    nla_put_u32(skb, FIM_EVENT_A_DEV, slot->dev))
		return -EMSGSIZE;
	return 0;
}

/* What was decided, if anything was done */
static int fill_verdict(struct sk_buff *skb, const struct fim_slot *slot)
{
	u32 error = slot->action == FIM_ACTION_BLOCK ? EACCES : 0;
	u8 action = min_t(u8, slot->action, FIM_ACTION_MAX);

	/* Block without an error: a window was open. */
	if (nla_put_u8(skb, FIM_EVENT_A_ACTION, action) ||
	    nla_put_u32(skb, FIM_EVENT_A_ERRNO, error) ||
	    nla_put_u8(skb, FIM_EVENT_A_OP, slot->op))
		return -EMSGSIZE;
	return 0;
}

static int fill_syscall(struct sk_buff *skb, const struct fim_subject *subject)
{
	u64 args[ARRAY_SIZE(subject->args)];
	unsigned int i;

	if (!subject->arch || subject->syscall < 0)
		return 0;
	for (i = 0; i < ARRAY_SIZE(args); i++)
		args[i] = subject->args[i];
	if (nla_put_u32(skb, FIM_EVENT_A_ARCH, subject->arch) ||
	    nla_put_s32(skb, FIM_EVENT_A_SYSCALL, subject->syscall))
		return -EMSGSIZE;
	return nla_put(skb, FIM_EVENT_A_ARGS, sizeof(args), args);
}

static int fill_subject(struct sk_buff *skb, const struct fim_subject *subject)
{
	if (nla_put_u32(skb, FIM_EVENT_A_PID, subject->pid) ||
	    nla_put_u32(skb, FIM_EVENT_A_TGID, subject->tgid) ||
	    nla_put_u32(skb, FIM_EVENT_A_PPID, subject->ppid) ||
	    nla_put_u32(skb, FIM_EVENT_A_NS_TGID, subject->ns_tgid) ||
	    nla_put_u32(skb, FIM_EVENT_A_NS_PPID, subject->ns_ppid) ||
	    nla_put_u32(skb, FIM_EVENT_A_UID, subject->uid) ||
	    nla_put_u32(skb, FIM_EVENT_A_EUID, subject->euid) ||
	    nla_put_u32(skb, FIM_EVENT_A_GID, subject->gid) ||
	    (subject->loginuid != (u32)-1 &&
	     nla_put_u32(skb, FIM_EVENT_A_LOGINUID, subject->loginuid)) ||
	    (subject->sessionid != (u32)-1 &&
	     nla_put_u32(skb, FIM_EVENT_A_SESSIONID, subject->sessionid)) ||
	    nla_put(skb, FIM_EVENT_A_COMM, strlen(subject->comm),
		    subject->comm) ||
	    (subject->cgroup &&
	     nla_put_u64_64bit(skb, FIM_EVENT_A_CGROUP, subject->cgroup,
			       FIM_EVENT_A_PAD)) ||
	    (subject->mnt_ns &&
	     nla_put_u32(skb, FIM_EVENT_A_MNT_NS, subject->mnt_ns)) ||
	    nla_put_u32(skb, FIM_EVENT_A_PID_NS, subject->pid_ns) ||
	    nla_put_u32(skb, FIM_EVENT_A_FSUID, subject->fsuid) ||
	    nla_put_u32(skb, FIM_EVENT_A_NS_PID, subject->ns_pid))
		return -EMSGSIZE;
	return fill_syscall(skb, subject);
}

static int fill_text(struct sk_buff *skb, const struct fim_subject_text *text)
{
	if (put_path(skb, FIM_EVENT_A_EXE, text->exe) ||
	    (text->exe_ino &&
	     (nla_put_u64_64bit(skb, FIM_EVENT_A_EXE_INO, text->exe_ino,
				FIM_EVENT_A_PAD) ||
	      nla_put_u32(skb, FIM_EVENT_A_EXE_DEV, text->exe_dev))) ||
	    put_path(skb, FIM_EVENT_A_PARENT_EXE, text->parent_exe) ||
	    put_path(skb, FIM_EVENT_A_CWD, text->cwd) ||
	    put_path(skb, FIM_EVENT_A_CGROUP_PATH, text->cgroup) ||
	    (text->executed_len && nla_put(skb, FIM_EVENT_A_EXECUTED,
					   text->executed_len,
					   text->executed)) ||
	    (text->cmdline_len && nla_put(skb, FIM_EVENT_A_CMDLINE,
					  text->cmdline_len, text->cmdline)) ||
	    (*text->tty && nla_put_string(skb, FIM_EVENT_A_TTY, text->tty)))
		return -EMSGSIZE;
	return 0;
}

static int fill_control(struct sk_buff *skb, const struct fim_event *event)
{
	switch (event->type) {
	case FIM_EVENT_STATE:
	case FIM_EVENT_SEALED:
		return nla_put_u8(skb, FIM_EVENT_A_STATE, event->state);
	case FIM_EVENT_DENIED:
		if (!event->cmd)
			return 0;
		return nla_put_u8(skb, FIM_EVENT_A_CMD, event->cmd) ?:
		       nla_put_u32(skb, FIM_EVENT_A_ERRNO, event->error);
	case FIM_EVENT_SELFTESTED:
		return nla_put_u32(skb, FIM_EVENT_A_ERRNO, event->error);
	default:
		return 0;
	}
}

static int fill_window(struct sk_buff *skb, const struct fim_event *event)
{
	const struct fim_window *window = event->window;

	if (nla_put_u8(skb, FIM_EVENT_A_STATE, event->state) ||
	    put_string(skb, FIM_EVENT_A_REASON, window->reason) ||
	    nla_put_u64_64bit(skb, FIM_EVENT_A_SINCE, window->since,
			      FIM_EVENT_A_PAD) ||
	    nla_put_u64_64bit(skb, FIM_EVENT_A_UNTIL, window->until,
			      FIM_EVENT_A_PAD) ||
	    nla_put_u32(skb, FIM_EVENT_A_OPENER, window->opener))
		return -EMSGSIZE;
	return event->type != FIM_EVENT_RESUMED ? 0 :
	       nla_put_u64_64bit(skb, FIM_EVENT_A_PASSED, event->passed,
				 FIM_EVENT_A_PAD);
}

static void *reserve_u64(struct sk_buff *skb, int attr)
{
	struct nlattr *nla = nla_reserve_64bit(skb, attr, sizeof(u64),
					       FIM_EVENT_A_PAD);

	return nla ? nla_data(nla) : NULL;
}

static int fill_head(struct sk_buff *skb, const struct fim_event *event,
		     struct fim_blanks *blanks)
{
	blanks->seq = reserve_u64(skb, FIM_EVENT_A_SEQ);
	blanks->total = reserve_u64(skb, FIM_EVENT_A_TOTAL);
	if (!blanks->seq || !blanks->total ||
	    nla_put_u8(skb, FIM_EVENT_A_TYPE, event->type) ||
	    nla_put_u64_64bit(skb, FIM_EVENT_A_TIME, event->time,
			      FIM_EVENT_A_PAD) ||
	    (event->flags &&
	     nla_put_u32(skb, FIM_EVENT_A_FLAGS, event->flags)) ||
	    (event->count &&
	     nla_put_u64_64bit(skb, FIM_EVENT_A_COUNT, event->count,
			       FIM_EVENT_A_PAD)) ||
	    (event->last_time &&
	     nla_put_u64_64bit(skb, FIM_EVENT_A_LAST_TIME, event->last_time,
			       FIM_EVENT_A_PAD)) ||
	    nla_put(skb, FIM_EVENT_A_BOOT_ID, sizeof(fim_boot_id),
		    &fim_boot_id))
		return -EMSGSIZE;
	return 0;
}

static int fill_body(struct sk_buff *skb, const struct fim_event *event)
{
	if (fill_control(skb, event) ||
	    (event->window && fill_window(skb, event)) ||
	    (event->policy && fill_policy(skb, event)) ||
	    (event->container && fill_container(skb, event->container)) ||
	    (event->slot && fill_slot(skb, event->slot)) ||
	    (event->type == FIM_EVENT_VIOLATION &&
	     fill_verdict(skb, event->slot)) ||
	    (event->subject && fill_subject(skb, event->subject)) ||
	    (event->text && fill_text(skb, event->text)))
		return -EMSGSIZE;
	return 0;
}

static size_t text_size(const struct fim_text *text)
{
	return nla_total_size(text->tags_len) +
	       (text->message ? nla_total_size(strlen(text->message) + 1) : 0);
}

/* What is small is counted as if it were all there. */
static size_t body_size(const struct fim_event *event)
{
	size_t size = 2 * FIM_EVENT_A_MAX * nla_total_size(sizeof(u64)) +
		      nla_total_size(sizeof(u64[6])) +
		      nla_total_size(2 * TASK_COMM_LEN);

	if (event->window && event->window->reason)
		size += strlen(event->window->reason);
	if (event->policy)
		size += text_size(&event->policy->text) + 2 * FIM_NAME_MAX;
	if (event->rule)
		size += text_size(&event->rule->text) + event->rule->path_len;
	if (event->container)
		size += nla_total_size(strlen(event->container->id) + 1) +
			nla_total_size(event->container->identity_len);
	if (event->slot)
		size += event->slot->path_len + event->slot->target_len;
	if (event->text) {
		size += event->text->cmdline_len + sizeof(event->text->tty) +
			event->text->executed_len;
		size += event->text->exe ? strlen(event->text->exe) : 0;
		size += event->text->parent_exe ?
			strlen(event->text->parent_exe) : 0;
		size += event->text->cwd ? strlen(event->text->cwd) : 0;
		size += event->text->cgroup ? strlen(event->text->cgroup) : 0;
	}
	return size;
}

/**
 * fim_record_body() - write what a record tells but when and how often
 * @event: the record
 *
 * Context: process; may sleep.
 * Return: the attributes, for one or more fim_record_make(), or NULL without
 * memory.
 */
struct sk_buff *fim_record_body(const struct fim_event *event)
{
	struct sk_buff *skb = nlmsg_new(body_size(event), FIM_GFP_QUIET);

	if (skb && WARN_ON_ONCE(fill_body(skb, event))) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

/**
 * fim_record_make() - write a record as the attribute that is sent
 * @event: the record, of which type, flags, times and count are read
 * @body: the rest, as fim_record_body() wrote it
 * @len: its length
 * @blanks: what is to be filled in later
 *
 * Context: process; may sleep.
 * Return: the attribute, or NULL without memory.
 */
struct sk_buff *fim_record_make(const struct fim_event *event, const void *body,
				unsigned int len, struct fim_blanks *blanks)
{
	size_t size = 8 * nla_total_size_64bit(sizeof(u64)) +
		      nla_total_size(sizeof(fim_boot_id)) + len;
	struct sk_buff *skb = nlmsg_new(size, FIM_GFP_QUIET);
	struct nlattr *nest;

	if (!skb)
		return NULL;
	nest = nla_nest_start(skb, FIM_A_EVENT);
	if (WARN_ON_ONCE(!nest || fill_head(skb, event, blanks) ||
			 skb_tailroom(skb) < len)) {
		nlmsg_free(skb);
		return NULL;
	}
	skb_put_data(skb, body, len);
	nla_nest_end(skb, nest);
	return skb;
}
