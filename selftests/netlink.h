/* SPDX-License-Identifier: GPL-2.0 */
/*
 * netlink.h - the tests' own client of the module
 *
 * It is not fimctl's, so that a mistake in one is seen by the other. Functions
 * return 0 or an errno, the kernel's own and not one of libnl's.
 */
#ifndef _FIM_TEST_NETLINK_H
#define _FIM_TEST_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/fim.h>
#include <netlink/msg.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>

/**
 * struct fim_nl - a socket to the module
 * @fd: the socket
 * @family: number of the family "fim"
 * @group: number of its group "events"
 * @connected: connected to the kernel: requests are sent without an address
 * @seq: number of the last request
 * @extack: text of the last refusal, "" if it had none
 * @offs: offset of the attribute to blame in that request, 0 if none
 */
struct fim_nl {
	int fd;
	int family;
	int group;
	bool connected;
	unsigned int seq;
	char extack[256];
	unsigned int offs;
};

typedef void (*fim_nl_cb)(struct nlattr **attrs, void *arg);

int fim_nl_open(struct fim_nl *nl);
void fim_nl_close(struct fim_nl *nl);
int fim_nl_join(struct fim_nl *nl);

struct nl_msg *fim_msg(const struct fim_nl *nl, int cmd, int flags);
struct nl_msg *fim_big_msg(const struct fim_nl *nl, int cmd, int flags);
int fim_nl_send(struct fim_nl *nl, struct nl_msg *msg);
int fim_nl_receive(struct fim_nl *nl, fim_nl_cb cb, void *arg);
int fim_nl_call(struct fim_nl *nl, struct nl_msg *msg, fim_nl_cb cb, void *arg);
int fim_nl_do(struct fim_nl *nl, int cmd);
int fim_nl_dump(struct fim_nl *nl, int cmd, fim_nl_cb cb, void *arg);

/**
 * struct fim_status - FIM_A_STATUS as numbers
 */
struct fim_status {
	unsigned int state, policies, rules, waiting, marks, pending, ring_size;
	unsigned long long generation, refused, audited, recorded, lost;
	unsigned long long coalesced, limited;
	unsigned long long first_seq, last_seq;
	unsigned char boot_id[16];
	char backend[16];
};

int fim_status(struct fim_nl *nl, struct fim_status *st);
int fim_settle(struct fim_nl *nl, struct fim_status *st);
int fim_hook_state(struct fim_nl *nl, const char *name);
int fim_delete_all(struct fim_nl *nl);

/**
 * struct fim_event - one record
 * @seq: its number
 * @type: enum fim_event_type
 * @a: its attributes by number, NULL where it has none
 */
struct fim_event {
	unsigned long long seq;
	unsigned int type;
	struct nlattr *a[FIM_EVENT_A_MAX + 1];
};

/**
 * struct fim_events - records in the order in which they came
 */
struct fim_events {
	size_t count;
	struct fim_event *event;
};

int fim_events_since(struct fim_nl *nl, unsigned long long seq,
		     struct fim_events *events);
void fim_events_add(struct nlattr **attrs, void *events);
void fim_events_free(struct fim_events *events);
const struct fim_event *fim_violation(const struct fim_events *events);

bool fim_has(const struct fim_event *ev, int attr);
unsigned long long fim_u64(const struct fim_event *ev, int attr);
unsigned int fim_u32(const struct fim_event *ev, int attr);
unsigned int fim_u8(const struct fim_event *ev, int attr);
unsigned int fim_flags(const struct fim_event *ev);
const char *fim_bytes(const struct fim_event *ev, int attr);
size_t fim_len(const struct fim_event *ev, int attr);

/*
 * The name of an operation, an action or a type of record in the texts below.
 */
extern const char *const fim_op_names[FIM_OP_MAX + 1];
extern const char *const fim_action_names[FIM_ACTION_MAX + 1];

const char *fim_records(struct fim_nl *nl, unsigned long long since);

#endif /* _FIM_TEST_NETLINK_H */
