// SPDX-License-Identifier: GPL-2.0
/*
 * link.c - the netlink connection to the module
 *
 * One request is under way at a time. What another process sends to the socket
 * is dropped: anyone may send to a netlink port, only the kernel sends from 0.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

#include "cmd.h"
#include "link.h"
#include "mem.h"
#include "term.h"

/**
 * struct exchange - one request under way
 * @handler: takes replies; may be NULL
 * @arg: for @handler
 * @error: where the kernel's refusal goes
 * @done: the kernel has answered
 */
struct exchange {
	link_handler handler;
	void *arg;
	struct link_error *error;
	bool done;
};

static void set_error(struct link_error *error, int code, const char *text)
{
	error->code = code;
	snprintf(error->text, sizeof(error->text), "%s", text);
}

/* libnl has its own error numbers and keeps no errno. */
static int nl_to_errno(int nlerr)
{
	switch (-nlerr) {
	case NLE_OBJ_NOTFOUND:
		return -ENOENT;
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_NOMEM:
		return -ENOBUFS;
	case NLE_AGAIN:
		return -EAGAIN;
	case NLE_MSG_TOOSHORT:
	case NLE_MSG_TRUNC:
		return -EBADMSG;
	default:
		return -EIO;
	}
}

static void set_nl_error(struct link_error *error, int nlerr)
{
	set_error(error, nl_to_errno(nlerr), nl_geterror(nlerr));
}

/* The attributes of an extended ACK, in the @len bytes at @tlv. */
static void parse_extack(const void *tlv, int len, struct link_error *error)
{
	const struct nlattr *nla = tlv;
	int rem = len, n;

	for (; nla_ok(nla, rem); nla = nla_next(nla, &rem)) {
		n = nla_len(nla);
		if (nla_type(nla) == NLMSGERR_ATTR_MSG && n > 0)
			snprintf(error->text, sizeof(error->text), "%.*s", n,
				 (const char *)nla_data(nla));
		if (nla_type(nla) == NLMSGERR_ATTR_OFFS &&
		    n >= (int)sizeof(uint32_t)) {
			error->at_attr = true;
			error->offset = nla_get_u32(nla);
		}
	}
}

/**
 * link_parse_error() - read a message of type NLMSG_ERROR or NLMSG_DONE
 * @nlh: the message; its length has been checked against what was received
 * @error: set
 *
 * Both hold an error number. NLMSG_ERROR goes on with the request it is about,
 * of which there is only the header if NLM_F_CAPPED is set. The extended ACK
 * follows if NLM_F_ACK_TLVS is set.
 */
void link_parse_error(const struct nlmsghdr *nlh, struct link_error *error)
{
	const struct nlmsgerr *e = nlmsg_data(nlh);
	int len = nlmsg_datalen(nlh), skip = NLMSG_ALIGN(sizeof(e->error));

	*error = (struct link_error){ 0 };
	if (len < (int)sizeof(e->error)) {
		/* A dump that ends well may end without a number. */
		if (nlh->nlmsg_type == NLMSG_ERROR)
			set_error(error, -EBADMSG, "the kernel's answer is cut");
		return;
	}
	set_error(error, e->error, strerror(-e->error));
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		if (len < (int)sizeof(*e))
			return;
		skip = sizeof(*e);
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED)) {
			if (e->msg.nlmsg_len < NLMSG_HDRLEN ||
			    e->msg.nlmsg_len > (uint32_t)len)
				return;
			skip += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
		}
	}
	if ((nlh->nlmsg_flags & NLM_F_ACK_TLVS) && skip < len)
		parse_extack((const char *)e + skip, len - skip, error);
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	struct exchange *x = arg;
	const struct nlmsghdr *nlh = (const void *)((char *)e - NLMSG_HDRLEN);

	(void)from;
	link_parse_error(nlh, x->error);
	x->done = true;
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	(void)msg;
	x->done = true;
	return NL_STOP;
}

static int on_finish(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	if (!x->error->code)
		link_parse_error(nlmsg_hdr(msg), x->error);
	x->done = true;
	return NL_STOP;
}

static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	(void)msg;
	set_error(x->error, -EINTR, "the policies changed meanwhile");
	return NL_OK;
}

static int on_message(struct nl_msg *msg, void *arg)
{
	(void)arg;
	return link_from_kernel(msg) ? NL_OK : NL_SKIP;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct nlattr *tb[FIM_A_MAX + 1];
	struct exchange *x = arg;
	uint8_t cmd;
	int err;

	/* After an error the rest of a dump is only read to its end. */
	if (!x->handler || x->error->code)
		return NL_OK;
	err = link_parse(msg, &cmd, tb);
	if (!err)
		err = x->handler(cmd, tb, x->arg);
	if (err)
		set_error(x->error, err, strerror(-err));
	return NL_OK;
}

/**
 * link_from_kernel() - whether the kernel sent a message
 * @msg: the message
 *
 * Return: true if it did.
 */
bool link_from_kernel(struct nl_msg *msg)
{
	const struct sockaddr_nl *from = nlmsg_get_src(msg);

	return from->nl_family == AF_NETLINK && !from->nl_pid;
}

/**
 * link_parse() - read the attributes of a message of the family
 * @msg: the message
 * @cmd: set to its command
 * @tb: set, FIM_A_MAX + 1 of them
 *
 * Return: 0 or -EBADMSG.
 */
int link_parse(struct nl_msg *msg, uint8_t *cmd, struct nlattr **tb)
{
	static struct nla_policy policy[FIM_A_MAX + 1] = {
		[FIM_A_STATUS] = { .type = NLA_NESTED },
		[FIM_A_HOOK] = { .type = NLA_NESTED },
		[FIM_A_POLICY] = { .type = NLA_NESTED },
		[FIM_A_RULE] = { .type = NLA_NESTED },
		[FIM_A_EVENT] = { .type = NLA_NESTED },
		[FIM_A_SINCE] = { .type = NLA_U64 },
	};
	struct nlmsghdr *nlh = nlmsg_hdr(msg);

	if (!genlmsg_valid_hdr(nlh, 0))
		return -EBADMSG;
	if (genlmsg_parse(nlh, 0, tb, FIM_A_MAX, policy) < 0)
		return -EBADMSG;
	*cmd = genlmsg_hdr(nlh)->cmd;
	return 0;
}

static void set_options(struct link *l)
{
	int fd = nl_socket_get_fd(l->sock), on = 1;

	/*
	 * Without these an old kernel says less, and that is all. Requests are
	 * not echoed: their offsets are known here.
	 */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	nl_socket_set_buffer_size(l->sock, 4 * LINK_MSG_MAX, 4 * LINK_MSG_MAX);
}

/**
 * link_connect() - connect a socket that hears none but the kernel
 * @sock: the socket
 *
 * Else what somebody sends would pass for the answer to the next question.
 * Groups that it joins are heard from anybody.
 *
 * Return: as genl_connect().
 */
int link_connect(struct nl_sock *sock)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	char sent_before;
	int err = genl_connect(sock), fd = nl_socket_get_fd(sock);

	if (err)
		return err;
	if (connect(fd, (const struct sockaddr *)&kernel, sizeof(kernel)))
		return -nl_syserr2nlerr(errno);
	while (recv(fd, &sent_before, 1, MSG_DONTWAIT) >= 0)
		;
	return 0;
}

/**
 * link_open() - connect to the module
 * @l: set
 *
 * Return: 0; -ENOENT if the module is not loaded; -errno. After an error the
 * connection is closed and @l->error is set.
 */
int link_open(struct link *l)
{
	int err;

	*l = (struct link){ 0 };
	l->sock = nl_socket_alloc();
	if (!l->sock)
		mem_dup(NULL, SIZE_MAX);
	err = link_connect(l->sock);
	if (!err) {
		set_options(l);
		l->family = genl_ctrl_resolve(l->sock, FIM_GENL_NAME);
		err = l->family < 0 ? l->family : 0;
	}
	if (err) {
		set_nl_error(&l->error, err);
		link_close(l);
	}
	return l->error.code;
}

/**
 * link_close() - end a connection, and its transaction if one is open
 * @l: as link_open() set it
 */
void link_close(struct link *l)
{
	nl_socket_free(l->sock);
	l->sock = NULL;
}

/**
 * link_fail() - fail a request that is not worth to be made
 * @l: the connection
 * @code: -errno
 * @fmt: why, as printf() has it
 *
 * Return: @code.
 */
int link_fail(struct link *l, int code, const char *fmt, ...)
{
	va_list ap;

	l->error = (struct link_error){ .code = code };
	va_start(ap, fmt);
	vsnprintf(l->error.text, sizeof(l->error.text), fmt, ap);
	va_end(ap);
	return code;
}

/**
 * link_message() - begin a request
 * @family: of the connection
 * @cmd: enum fim_cmd
 * @dump: it asks for a list
 *
 * Return: the message with room for LINK_MSG_MAX bytes; link_request() takes
 * it over.
 */
struct nl_msg *link_message(int family, uint8_t cmd, bool dump)
{
	struct nl_msg *msg = nlmsg_alloc_size(LINK_MSG_MAX);

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0,
				 dump ? NLM_F_DUMP : 0, cmd, FIM_GENL_VERSION))
		mem_dup(NULL, SIZE_MAX);
	return msg;
}

static struct nl_cb *make_callbacks(struct exchange *x)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);

	if (!cb)
		mem_dup(NULL, SIZE_MAX);
	nl_cb_set(cb, NL_CB_MSG_IN, NL_CB_CUSTOM, on_message, NULL);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, x);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, x);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, x);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, x);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, x);
	return cb;
}

/**
 * link_request() - send a request and wait for the answer
 * @l: the connection
 * @msg: the request; freed
 * @handler: takes the replies; may be NULL
 * @arg: for @handler
 *
 * Return: 0 or -errno, which is then in @l->error with a text. -EINTR: what a
 * dump lists changed meanwhile.
 */
int link_request(struct link *l, struct nl_msg *msg, link_handler handler,
		 void *arg)
{
	struct exchange x = { handler, arg, &l->error, false };
	struct nl_cb *cb = make_callbacks(&x);
	int err;

	l->error = (struct link_error){ 0 };
	err = nl_send_auto(l->sock, msg);
	while (err >= 0 && !x.done)
		err = nl_recvmsgs(l->sock, cb);
	/* What the kernel said itself is better than what libnl makes of it. */
	if (err < 0 && !l->error.code)
		set_nl_error(&l->error, err);
	nlmsg_free(msg);
	nl_cb_put(cb);
	return l->error.code;
}

/**
 * link_command() - send a request that has no attributes
 * @l: the connection
 * @cmd: enum fim_cmd
 * @handler: takes the reply; may be NULL
 * @arg: for @handler
 *
 * Return: as link_request().
 */
int link_command(struct link *l, uint8_t cmd, link_handler handler, void *arg)
{
	return link_request(l, link_message(l->family, cmd, false), handler,
			    arg);
}

/**
 * link_dump() - ask for a list
 * @l: the connection
 * @cmd: enum fim_cmd
 * @handler: takes the entries
 * @arg: for @handler
 *
 * Return: as link_request().
 */
int link_dump(struct link *l, uint8_t cmd, link_handler handler, void *arg)
{
	return link_request(l, link_message(l->family, cmd, true), handler,
			    arg);
}

/**
 * link_report() - print the last error
 * @l: the connection
 * @what: what was tried, or NULL
 *
 * Return: the exit code that goes with it.
 */
int link_report(const struct link *l, const char *what)
{
	const struct link_error *e = &l->error;

	if (e->code == -ENOENT && !l->sock) {
		term_error("the module is not loaded; load it with: modprobe fim");
		return EXIT_ABSENT;
	}
	term_error("%s%s%s%s", what ? what : "", what ? ": " : "", e->text,
		   e->code == -EPERM ?
		   "; this takes root in the initial namespaces" : "");
	return EXIT_FAILED;
}
