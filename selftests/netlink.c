// SPDX-License-Identifier: GPL-2.0
/*
 * netlink.c - the tests' own client of the module
 *
 * libnl builds and takes apart messages. Sending and receiving are done here,
 * because libnl folds the kernel's errors into fewer of its own.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "common.h"
#include "netlink.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* A dump's datagrams are at most 32 KiB, an event's at most one page more. */
#define RECEIVE_SIZE (128 * 1024)

struct ctrl {
	int family;
	int group;
};

static void ctrl_cb(struct nlattr **attrs, void *arg)
{
	struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	struct ctrl *ctrl = arg;
	struct nlattr *grp;
	int rem;

	if (attrs[CTRL_ATTR_FAMILY_ID])
		ctrl->family = nla_get_u16(attrs[CTRL_ATTR_FAMILY_ID]);
	if (!attrs[CTRL_ATTR_MCAST_GROUPS])
		return;
	nla_for_each_nested(grp, attrs[CTRL_ATTR_MCAST_GROUPS], rem) {
		nla_parse_nested(tb, CTRL_ATTR_MCAST_GRP_MAX, grp, NULL);
		if (!strcmp(nla_get_string(tb[CTRL_ATTR_MCAST_GRP_NAME]),
			    FIM_MCGRP_EVENTS))
			ctrl->group = nla_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

/**
 * fim_nl_open() - open a socket to the module
 * @nl: filled in
 *
 * Return: 0, ENOENT if the family is not there, or another errno.
 */
int fim_nl_open(struct fim_nl *nl)
{
	struct ctrl ctrl = {};
	struct nl_msg *msg;
	int one = 1;
	int err;

	memset(nl, 0, sizeof(*nl));
	nl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (nl->fd < 0)
		return errno;
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));

	nl->family = GENL_ID_CTRL;
	msg = fim_msg(nl, CTRL_CMD_GETFAMILY, 0);
	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, FIM_GENL_NAME);
	err = fim_nl_call(nl, msg, ctrl_cb, &ctrl);
	if (err) {
		close(nl->fd);
		nl->fd = -1;
		return err;
	}
	nl->family = ctrl.family;
	nl->group = ctrl.group;
	return 0;
}

void fim_nl_close(struct fim_nl *nl)
{
	if (nl->fd >= 0)
		close(nl->fd);
	nl->fd = -1;
}

/**
 * fim_nl_join() - become a listener of the group "events"
 * @nl: the socket
 *
 * Return: 0 or an errno.
 */
int fim_nl_join(struct fim_nl *nl)
{
	return sys(setsockopt(nl->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			      &nl->group, sizeof(nl->group)));
}

static struct nl_msg *begin(const struct fim_nl *nl, int cmd, int flags,
			    size_t size)
{
	struct nl_msg *msg = nlmsg_alloc_size(size);

	if (!msg)
		abort();
	flags |= NLM_F_REQUEST;
	if (!(flags & NLM_F_DUMP))
		flags |= NLM_F_ACK;
	genlmsg_put(msg, 0, 0, nl->family, 0, flags, cmd, FIM_GENL_VERSION);
	return msg;
}

/**
 * fim_msg() - begin a request
 * @nl: the socket that it will be sent on
 * @cmd: enum fim_cmd
 * @flags: NLM_F_DUMP or 0
 *
 * Return: a message for fim_nl_call(), which frees it.
 */
struct nl_msg *fim_msg(const struct fim_nl *nl, int cmd, int flags)
{
	return begin(nl, cmd, flags, 2 * FIM_PATH_MAX);
}

/**
 * fim_big_msg() - begin a request of up to 128 KiB
 * @nl: the socket that it will be sent on
 * @cmd: enum fim_cmd
 * @flags: NLM_F_DUMP or 0
 *
 * Return: a message for fim_nl_call(), which frees it.
 */
struct nl_msg *fim_big_msg(const struct fim_nl *nl, int cmd, int flags)
{
	return begin(nl, cmd, flags, 128 * 1024);
}

/**
 * fim_nl_send() - send a request and free it
 * @nl: the socket
 * @msg: from fim_msg()
 *
 * Return: 0 or an errno.
 */
int fim_nl_send(struct fim_nl *nl, struct nl_msg *msg)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	int err;

	nlh->nlmsg_seq = ++nl->seq;
	err = nl->connected ?
	      sys(send(nl->fd, nlh, nlh->nlmsg_len, 0)) :
	      sys(sendto(nl->fd, nlh, nlh->nlmsg_len, 0,
			 (struct sockaddr *)&kernel, sizeof(kernel)));
	nlmsg_free(msg);
	return err;
}

static int take_error(struct fim_nl *nl, struct nlmsghdr *nlh)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	struct nlmsgerr *err = nlmsg_data(nlh);
	size_t skip = sizeof(*err);

	nl->extack[0] = '\0';
	nl->offs = 0;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return -err->error;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += err->msg.nlmsg_len - NLMSG_HDRLEN;
	nlmsg_parse(nlh, skip, tb, NLMSGERR_ATTR_MAX, NULL);
	if (tb[NLMSGERR_ATTR_MSG])
		nla_strlcpy(nl->extack, tb[NLMSGERR_ATTR_MSG],
			    sizeof(nl->extack));
	if (tb[NLMSGERR_ATTR_OFFS])
		nl->offs = nla_get_u32(tb[NLMSGERR_ATTR_OFFS]);
	return -err->error;
}

/*
 * One message. Return: true if it ends the answer, with @err set.
 */
static bool take(struct fim_nl *nl, struct nlmsghdr *nlh, fim_nl_cb cb,
		 void *arg, int *err)
{
	struct nlattr *attrs[FIM_A_MAX + CTRL_ATTR_MAX + 1];

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		*err = take_error(nl, nlh);
		return true;
	}
	if (nlh->nlmsg_type == NLMSG_DONE) {
		*err = nlmsg_datalen(nlh) >= 4 ? -*(int *)nlmsg_data(nlh) : 0;
		return true;
	}
	if (cb && nlh->nlmsg_type == nl->family &&
	    !nlmsg_parse(nlh, GENL_HDRLEN, attrs, ARRAY_SIZE(attrs) - 1, NULL))
		cb(attrs, arg);
	return false;
}

/**
 * fim_nl_receive() - take one datagram
 * @nl: the socket
 * @cb: called for each message of the family, may be NULL
 * @arg: handed to @cb
 *
 * Return: -1 if more is to come, or what ended the answer: 0 or an errno. An
 * error of the socket itself, ENOBUFS or EAGAIN, looks the same.
 */
int fim_nl_receive(struct fim_nl *nl, fim_nl_cb cb, void *arg)
{
	static struct nlmsghdr buf[RECEIVE_SIZE / sizeof(struct nlmsghdr)];
	struct nlmsghdr *nlh = buf;
	int len = recv(nl->fd, buf, sizeof(buf), 0);
	int err = 0;

	if (len < 0)
		return errno;
	for (; nlmsg_ok(nlh, len); nlh = nlmsg_next(nlh, &len))
		if (take(nl, nlh, cb, arg, &err))
			return err;
	return -1;
}

/**
 * fim_nl_call() - send a request, take its answer, free the request
 * @nl: the socket
 * @msg: from fim_msg()
 * @cb: called for each message of the answer, may be NULL
 * @arg: handed to @cb
 *
 * Return: 0 or the errno that the kernel answered.
 */
int fim_nl_call(struct fim_nl *nl, struct nl_msg *msg, fim_nl_cb cb, void *arg)
{
	int err = fim_nl_send(nl, msg);

	if (err)
		return err;
	do
		err = fim_nl_receive(nl, cb, arg);
	while (err < 0);
	return err;
}

int fim_nl_do(struct fim_nl *nl, int cmd)
{
	return fim_nl_call(nl, fim_msg(nl, cmd, 0), NULL, NULL);
}

int fim_nl_dump(struct fim_nl *nl, int cmd, fim_nl_cb cb, void *arg)
{
	return fim_nl_call(nl, fim_msg(nl, cmd, NLM_F_DUMP), cb, arg);
}

static unsigned long long number(struct nlattr *nla)
{
	if (!nla)
		return 0;
	switch (nla_len(nla)) {
	case 1:
		return nla_get_u8(nla);
	case 4:
		return nla_get_u32(nla);
	case 8:
		return nla_get_u64(nla);
	}
	return -1ULL;
}

static void status_cb(struct nlattr **attrs, void *arg)
{
	struct nlattr *tb[FIM_STATUS_A_MAX + 1];
	struct fim_status *st = arg;

	if (!attrs[FIM_A_STATUS])
		return;
	nla_parse_nested(tb, FIM_STATUS_A_MAX, attrs[FIM_A_STATUS], NULL);
	st->state = number(tb[FIM_STATUS_A_STATE]);
	st->policies = number(tb[FIM_STATUS_A_POLICIES]);
	st->rules = number(tb[FIM_STATUS_A_RULES]);
	st->waiting = number(tb[FIM_STATUS_A_WAITING]);
	st->marks = number(tb[FIM_STATUS_A_MARKS]);
	st->pending = number(tb[FIM_STATUS_A_PENDING]);
	st->ring_size = number(tb[FIM_STATUS_A_RING_SIZE]);
	st->generation = number(tb[FIM_STATUS_A_GENERATION]);
	st->refused = number(tb[FIM_STATUS_A_REFUSED]);
	st->audited = number(tb[FIM_STATUS_A_AUDITED]);
	st->recorded = number(tb[FIM_STATUS_A_RECORDED]);
	st->lost = number(tb[FIM_STATUS_A_LOST]);
	st->coalesced = number(tb[FIM_STATUS_A_COALESCED]);
	st->limited = number(tb[FIM_STATUS_A_LIMITED]);
	st->first_seq = number(tb[FIM_STATUS_A_FIRST_SEQ]);
	st->last_seq = number(tb[FIM_STATUS_A_LAST_SEQ]);
	if (tb[FIM_STATUS_A_BACKEND])
		nla_strlcpy(st->backend, tb[FIM_STATUS_A_BACKEND],
			    sizeof(st->backend));
	if (tb[FIM_STATUS_A_BOOT_ID])
		nla_memcpy(st->boot_id, tb[FIM_STATUS_A_BOOT_ID],
			   sizeof(st->boot_id));
}

int fim_status(struct fim_nl *nl, struct fim_status *st)
{
	memset(st, 0, sizeof(*st));
	return fim_nl_call(nl, fim_msg(nl, FIM_CMD_STATUS_GET, 0), status_cb, st);
}

/**
 * fim_settle() - wait until no record is pending
 * @nl: the socket
 * @st: the status then
 *
 * A task that violates a rule finds its record complete when it is back in
 * user space. Only who watches other tasks needs this.
 *
 * Return: 0, ETIMEDOUT after five seconds, or another errno.
 */
int fim_settle(struct fim_nl *nl, struct fim_status *st)
{
	int err;
	int i;

	for (i = 0; i < 500; i++) {
		err = fim_status(nl, st);
		if (err || !st->pending)
			return err;
		usleep(10000);
	}
	return ETIMEDOUT;
}

struct hook {
	const char *name;
	int state;
};

static void hook_cb(struct nlattr **attrs, void *arg)
{
	struct nlattr *tb[FIM_HOOK_A_MAX + 1];
	struct hook *hook = arg;

	if (!attrs[FIM_A_HOOK])
		return;
	nla_parse_nested(tb, FIM_HOOK_A_MAX, attrs[FIM_A_HOOK], NULL);
	if (tb[FIM_HOOK_A_NAME] &&
	    !strcmp(nla_get_string(tb[FIM_HOOK_A_NAME]), hook->name))
		hook->state = number(tb[FIM_HOOK_A_STATE]);
}

/**
 * fim_hook_state() - how a hook is
 * @nl: the socket
 * @name: the kernel function, such as "security_file_open"
 *
 * Return: enum fim_hook_state, FIM_HOOK_MISSING also if the module knows no
 * such hook.
 */
int fim_hook_state(struct fim_nl *nl, const char *name)
{
	struct hook hook = { .name = name, .state = FIM_HOOK_MISSING };

	fim_nl_dump(nl, FIM_CMD_HOOK_GET, hook_cb, &hook);
	return hook.state;
}

struct names {
	size_t count;
	char name[64][FIM_NAME_MAX + 1];
};

static void name_cb(struct nlattr **attrs, void *arg)
{
	struct nlattr *tb[FIM_POLICY_A_MAX + 1];
	struct names *names = arg;

	if (!attrs[FIM_A_POLICY] || names->count == ARRAY_SIZE(names->name))
		return;
	nla_parse_nested(tb, FIM_POLICY_A_MAX, attrs[FIM_A_POLICY], NULL);
	if (tb[FIM_POLICY_A_NAME])
		nla_strlcpy(names->name[names->count++], tb[FIM_POLICY_A_NAME],
			    FIM_NAME_MAX + 1);
}

/**
 * fim_delete_all() - remove every policy
 * @nl: the socket
 *
 * Return: 0 or an errno.
 */
int fim_delete_all(struct fim_nl *nl)
{
	struct names names;
	struct nlattr *nest;
	struct nl_msg *msg;
	size_t i;
	int err;

	do {
		names.count = 0;
		err = fim_nl_dump(nl, FIM_CMD_POLICY_GET, name_cb, &names);
		if (err || !names.count)
			return err;
		err = fim_nl_do(nl, FIM_CMD_TXN_BEGIN);
		for (i = 0; i < names.count && !err; i++) {
			msg = fim_msg(nl, FIM_CMD_POLICY_DEL, 0);
			nest = nla_nest_start(msg, FIM_A_POLICY);
			nla_put_string(msg, FIM_POLICY_A_NAME, names.name[i]);
			nla_nest_end(msg, nest);
			err = fim_nl_call(nl, msg, NULL, NULL);
		}
		err = err ?: fim_nl_do(nl, FIM_CMD_TXN_COMMIT);
	} while (!err && names.count == ARRAY_SIZE(names.name));
	return err;
}
