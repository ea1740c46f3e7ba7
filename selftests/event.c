// SPDX-License-Identifier: GPL-2.0
/*
 * event.c - records as the tests read them
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "netlink.h"
#include "press.h"

const char *const fim_op_names[FIM_OP_MAX + 1] = {
	[FIM_OP_UNSPEC] = "?",
	[FIM_OP_CREATE] = "create",
	[FIM_OP_LINK] = "link",
	[FIM_OP_UNLINK] = "unlink",
	[FIM_OP_SYMLINK] = "symlink",
	[FIM_OP_MKDIR] = "mkdir",
	[FIM_OP_RMDIR] = "rmdir",
	[FIM_OP_MKNOD] = "mknod",
	[FIM_OP_RENAME] = "rename",
	[FIM_OP_SETATTR] = "setattr",
	[FIM_OP_SETXATTR] = "setxattr",
	[FIM_OP_REMOVEXATTR] = "removexattr",
	[FIM_OP_SETACL] = "setacl",
	[FIM_OP_REMOVEACL] = "removeacl",
	[FIM_OP_FILEATTR] = "fileattr",
	[FIM_OP_OPEN] = "open",
	[FIM_OP_IOCTL] = "ioctl",
	[FIM_OP_MOUNT] = "mount",
	[FIM_OP_MOVE_MOUNT] = "move_mount",
	[FIM_OP_UMOUNT] = "umount",
	[FIM_OP_PIVOT_ROOT] = "pivot_root",
	[FIM_OP_WRITE] = "write",
	[FIM_OP_MMAP] = "mmap",
	[FIM_OP_MPROTECT] = "mprotect",
	[FIM_OP_QUOTA_ON] = "quota_on",
	[FIM_OP_RAW] = "raw",
	[FIM_OP_FCNTL] = "fcntl",
	[FIM_OP_READ] = "read",
	[FIM_OP_MODULE] = "module",
	[FIM_OP_KEXEC] = "kexec",
};

const char *const fim_action_names[FIM_ACTION_MAX + 1] = {
	[FIM_ACTION_UNSET] = "Unset",
	[FIM_ACTION_ALLOW] = "Allow",
	[FIM_ACTION_AUDIT] = "Audit",
	[FIM_ACTION_BLOCK] = "Block",
};

bool fim_has(const struct fim_event *ev, int attr)
{
	return ev && ev->a[attr];
}

size_t fim_len(const struct fim_event *ev, int attr)
{
	return fim_has(ev, attr) ? nla_len(ev->a[attr]) : 0;
}

/*
 * Numbers: those that are absent, or have another width than the header says,
 * read as all ones, which no test expects.
 */
unsigned long long fim_u64(const struct fim_event *ev, int attr)
{
	return fim_len(ev, attr) == 8 ? nla_get_u64(ev->a[attr]) : -1ULL;
}

unsigned int fim_u32(const struct fim_event *ev, int attr)
{
	return fim_len(ev, attr) == 4 ? nla_get_u32(ev->a[attr]) : -1U;
}

unsigned int fim_u8(const struct fim_event *ev, int attr)
{
	return fim_len(ev, attr) == 1 ? nla_get_u8(ev->a[attr]) : -1U;
}

/* The flags, of which there may be none. */
unsigned int fim_flags(const struct fim_event *ev)
{
	return fim_has(ev, FIM_EVENT_A_FLAGS) ? fim_u32(ev, FIM_EVENT_A_FLAGS) :
	       0;
}

/**
 * fim_bytes() - what a string or bytes attribute holds
 * @ev: the record
 * @attr: the attribute
 *
 * Return: its bytes with a NUL after the last, "(absent)" without it. Freed
 * with the records.
 */
const char *fim_bytes(const struct fim_event *ev, int attr)
{
	return fim_has(ev, attr) ? nla_data(ev->a[attr]) : "(absent)";
}

/*
 * A copy that outlives the receive buffer and ends in a NUL even where the
 * attribute does not.
 */
static struct nlattr *copy(const struct nlattr *nla)
{
	size_t len = sizeof(*nla) + nla_len(nla);
	struct nlattr *new = calloc(1, len + 1);

	if (!new)
		abort();
	memcpy(new, nla, len);
	return new;
}

/**
 * fim_events_add() - take the record out of a message
 * @attrs: the attributes of the message
 * @arg: struct fim_events, appended to
 */
void fim_events_add(struct nlattr **attrs, void *arg)
{
	struct nlattr *tb[FIM_EVENT_A_MAX + 1];
	struct fim_events *events = arg;
	struct fim_event *ev;
	int i;

	if (!attrs[FIM_A_EVENT])
		return;
	if (!(events->count % 64)) {
		events->event = reallocarray(events->event, events->count + 64,
					     sizeof(*events->event));
		if (!events->event)
			abort();
	}
	ev = &events->event[events->count++];
	memset(ev, 0, sizeof(*ev));
	nla_parse_nested(tb, FIM_EVENT_A_MAX, attrs[FIM_A_EVENT], NULL);
	for (i = 0; i <= FIM_EVENT_A_MAX; i++)
		if (tb[i])
			ev->a[i] = copy(tb[i]);
	ev->seq = fim_u64(ev, FIM_EVENT_A_SEQ);
	ev->type = fim_u8(ev, FIM_EVENT_A_TYPE);
}

/**
 * fim_events_since() - read the ring
 * @nl: the socket
 * @seq: the last record that is not wanted any more
 * @events: filled in; fim_events_free() frees it
 *
 * Return: 0 or an errno.
 */
int fim_events_since(struct fim_nl *nl, unsigned long long seq,
		     struct fim_events *events)
{
	struct nl_msg *msg = fim_msg(nl, FIM_CMD_EVENT_GET, NLM_F_DUMP);

	memset(events, 0, sizeof(*events));
	nla_put_u64(msg, FIM_A_SINCE, seq + 1);
	return fim_nl_call(nl, msg, fim_events_add, events);
}

void fim_events_free(struct fim_events *events)
{
	size_t i;
	int a;

	for (i = 0; i < events->count; i++)
		for (a = 0; a <= FIM_EVENT_A_MAX; a++)
			free(events->event[i].a[a]);
	free(events->event);
	memset(events, 0, sizeof(*events));
}

/**
 * fim_violation() - the only violation among records
 * @events: the records
 *
 * Return: the record, or NULL if there are none or several.
 */
const struct fim_event *fim_violation(const struct fim_events *events)
{
	const struct fim_event *found = NULL;
	size_t i;

	for (i = 0; i < events->count; i++) {
		if (events->event[i].type != FIM_EVENT_VIOLATION)
			continue;
		if (found)
			return NULL;
		found = &events->event[i];
	}
	return found;
}

static const char *name_of(const char *const *names, unsigned int max,
			   unsigned int value)
{
	return value <= max ? names[value] : "(absent)";
}

/*
 * Names may hold any byte, and a nameless file's is its inode number.
 */
static void put_path(FILE *out, const char *bytes)
{
	for (; *bytes; bytes++) {
		if (isprint((unsigned char)*bytes))
			fputc(*bytes, out);
		else
			fprintf(out, "\\x%02x", (unsigned char)*bytes);
		if (bytes[0] == '/' && bytes[1] == '#') {
			fputs("#", out);
			break;
		}
	}
}

static void put_violation(FILE *out, const struct fim_event *ev)
{
	fprintf(out, "%s %s ",
		name_of(fim_action_names, FIM_ACTION_MAX,
			fim_u8(ev, FIM_EVENT_A_ACTION)),
		name_of(fim_op_names, FIM_OP_MAX, fim_u8(ev, FIM_EVENT_A_OP)));
	put_path(out, fim_bytes(ev, FIM_EVENT_A_PATH));
	if (fim_has(ev, FIM_EVENT_A_TARGET)) {
		fputs(" -> ", out);
		put_path(out, fim_bytes(ev, FIM_EVENT_A_TARGET));
	}
	if (fim_flags(ev) & FIM_EVENT_GUARD)
		fputs(" (guard)", out);
	fprintf(out, " errno %d by %d under %s",
		(int)fim_u32(ev, FIM_EVENT_A_ERRNO),
		(int)fim_u32(ev, FIM_EVENT_A_TGID),
		fim_bytes(ev, FIM_EVENT_A_POLICY));
	if (fim_has(ev, FIM_EVENT_A_COUNT) &&
	    fim_u64(ev, FIM_EVENT_A_COUNT) != 1)
		fprintf(out, " x%llu", fim_u64(ev, FIM_EVENT_A_COUNT));
	fputc('\n', out);
}

/**
 * fim_records() - what was recorded, as text
 * @nl: the socket
 * @since: the last record that is not wanted any more
 *
 * Where allocations are made to fail, a loss is told a while after them, so that
 * it may be any test's.
 *
 * Return: a line for each violation and else each loss, "" if there are none:
 * "Block rename /p/f -> /q errno 13 by 4711 under t". Valid until the next call.
 */
const char *fim_records(struct fim_nl *nl, unsigned long long since)
{
	static char text[16384];
	struct fim_events events;
	struct fim_status st;
	FILE *out = fmemopen(text, sizeof(text), "w");
	size_t i;
	int err;

	text[0] = '\0';
	/* What is the same as a moment ago is told a moment later. */
	fim_settle(nl, &st);
	err = fim_events_since(nl, since, &events);
	if (err)
		fprintf(out, "dump failed: %s\n", strerror(err));
	for (i = 0; i < events.count; i++) {
		const struct fim_event *ev = &events.event[i];

		if (ev->seq <= since)
			fprintf(out, "record %llu was not asked for\n", ev->seq);
		if (ev->type == FIM_EVENT_VIOLATION)
			put_violation(out, ev);
		else if (ev->type == FIM_EVENT_LOST && press_missing())
			fprintf(out, "lost %llu\n",
				fim_u64(ev, FIM_EVENT_A_COUNT));
	}
	fclose(out);
	fim_events_free(&events);
	return text;
}
