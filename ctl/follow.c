// SPDX-License-Identifier: GPL-2.0
/*
 * follow.c - the module's records one after the other, with no gap
 *
 * Records have dense numbers. The group tells of new ones, the ring holds the
 * last ones: a number that is not the next one, a socket that overflowed, and
 * a look at the module's last number every other second (a message can be
 * dropped without a trace) all lead to the ring. What it holds no longer is
 * reported as lost. What was shown before is skipped.
 *
 * What waits at the socket may be older than all that the ring still holds, so
 * it is taken first, after an overflow too.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

#include "alert.h"
#include "attr.h"
#include "follow.h"
#include "mem.h"
#include "term.h"

/** @CHECK_MS: how often the module is asked for its last number */
#define CHECK_MS	2000
/** @RECEIVE_BUFFER: bytes of records that may wait to be shown */
#define RECEIVE_BUFFER	(8 << 20)
/** @BURST: messages taken before signals and the module are looked after */
#define BURST		256

/* Return: true if it was shown. */
static bool show(struct follow *f, cJSON *alert)
{
	int err = f->sink(alert, f->arg);

	if (err)
		f->stop = true;
	cJSON_Delete(alert);
	return err >= 0;
}

/* Operations that a record tells, of which its total is counted. */
static uint64_t operations_of(struct nlattr **tb)
{
	if (attr_number(tb[FIM_EVENT_A_TYPE]) != FIM_EVENT_VIOLATION)
		return 0;
	return attr_number(tb[FIM_EVENT_A_COUNT]);
}

/* What the ring held no longer, before a record that it does. */
static cJSON *missed(const struct follow *f, struct nlattr **tb)
{
	uint64_t lost = attr_number(tb[FIM_EVENT_A_TOTAL]) -
			operations_of(tb) - f->place.total;

	return alert_lost(f->place.next, attr_number(tb[FIM_EVENT_A_SEQ]) - 1,
			  f->place.counted ? &lost : NULL);
}

static void pass(struct follow *f, uint64_t total)
{
	f->place.counted = true;
	f->place.total = total;
}

/**
 * follow_stored() - take a record from the ring
 * @f: where following stands
 * @tb: the record
 *
 * The ring gives records in order, so what is skipped is there no more.
 */
void follow_stored(struct follow *f, struct nlattr **tb)
{
	uint64_t total = attr_number(tb[FIM_EVENT_A_TOTAL]);
	uint64_t seq = attr_number(tb[FIM_EVENT_A_SEQ]);

	if (f->stop || seq < f->place.next)
		return;
	if (seq > f->place.next && show(f, missed(f, tb))) {
		f->place.next = seq;
		pass(f, total - operations_of(tb));
	}
	if (!f->stop && show(f, alert_json(tb))) {
		f->place.next = seq + 1;
		pass(f, total);
	}
}

/**
 * follow_live() - take a record from the group
 * @f: where following stands
 * @tb: the record
 */
void follow_live(struct follow *f, struct nlattr **tb)
{
	uint64_t seq = attr_number(tb[FIM_EVENT_A_SEQ]);

	if (f->behind || seq > f->place.next)
		f->behind = true;
	else
		follow_stored(f, tb);
}

static int take_stored(uint8_t cmd, struct nlattr **top, void *arg)
{
	struct nlattr *tb[FIM_EVENT_A_MAX + 1];

	(void)cmd;
	if (alert_parse(top[FIM_A_EVENT], tb))
		return -EBADMSG;
	follow_stored(arg, tb);
	return 0;
}

static int read_ring(struct follow *f)
{
	struct nl_msg *msg = link_message(f->ask.family, FIM_CMD_EVENT_GET,
					  true);

	f->behind = false;
	if (nla_put_u64(msg, FIM_A_SINCE, f->place.next))
		mem_dup(NULL, SIZE_MAX);
	return link_request(&f->ask, msg, take_stored, f);
}

static int on_message(struct nl_msg *msg, void *arg)
{
	struct follow *f = arg;

	return link_from_kernel(msg) &&
	       nlmsg_hdr(msg)->nlmsg_type == f->ask.family ? NL_OK : NL_SKIP;
}

/* No message of a group answers a request. */
static int on_sequence(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

static int on_event(struct nl_msg *msg, void *arg)
{
	struct nlattr *top[FIM_A_MAX + 1], *tb[FIM_EVENT_A_MAX + 1];
	uint8_t cmd;

	if (!link_parse(msg, &cmd, top) && cmd == FIM_CMD_EVENT &&
	    !alert_parse(top[FIM_A_EVENT], tb))
		follow_live(arg, tb);
	return NL_OK;
}

static int join_group(struct follow *f)
{
	int group, err, size = RECEIVE_BUFFER;

	group = genl_ctrl_resolve_grp(f->events, FIM_GENL_NAME,
				      FIM_MCGRP_EVENTS);
	if (group < 0)
		return group;
	/* Root may go above the limit for all; the size is no more than a wish. */
	setsockopt(nl_socket_get_fd(f->events), SOL_SOCKET, SO_RCVBUFFORCE,
		   &size, sizeof(size));
	err = nl_socket_set_nonblocking(f->events);
	return err ? err : nl_socket_add_membership(f->events, group);
}

static int listen_open(struct follow *f)
{
	int err;

	f->events = nl_socket_alloc();
	f->cb = nl_cb_alloc(NL_CB_DEFAULT);
	if (!f->events || !f->cb)
		mem_dup(NULL, SIZE_MAX);
	nl_cb_set(f->cb, NL_CB_MSG_IN, NL_CB_CUSTOM, on_message, f);
	nl_cb_set(f->cb, NL_CB_VALID, NL_CB_CUSTOM, on_event, f);
	nl_cb_set(f->cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_sequence, NULL);
	err = link_connect(f->events);
	return err ? err : join_group(f);
}

static void listen_close(struct follow *f)
{
	nl_socket_free(f->events);
	if (f->cb)
		nl_cb_put(f->cb);
	f->events = NULL;
	f->cb = NULL;
}

/**
 * follow_open() - connect to the module and listen
 * @f: @sink and @arg are set, the rest is 0
 *
 * Return: 0, or -errno with a text in @f->ask.error.
 */
int follow_open(struct follow *f)
{
	int err = link_open(&f->ask);

	if (err)
		return err;
	err = listen_open(f);
	if (!err)
		return 0;
	f->ask.error = (struct link_error){
		.code = err == -NLE_PERM ? -EPERM : -EIO,
	};
	snprintf(f->ask.error.text, sizeof(f->ask.error.text), "%s",
		 nl_geterror(err));
	listen_close(f);
	return f->ask.error.code;
}

/**
 * follow_start() - decide which record comes first
 * @f: an open one, so that nothing is missed from here on
 * @from: the first record wanted, NULL for new ones only
 *
 * Return: 0, or -errno with a text in @f->ask.error.
 */
int follow_start(struct follow *f, const struct place *from)
{
	struct status st;
	uint64_t last;
	bool same;
	int err;

	err = status_get(&f->ask, &st);
	last = st.number[FIM_STATUS_A_LAST_SEQ];
	memcpy(f->place.boot_id, st.boot_id, sizeof(st.boot_id));
	status_free(&st);
	if (err)
		return err;
	f->last_before = last;
	f->place.next = last + 1;
	f->place.counted = !last;
	f->place.total = 0;
	if (!from)
		return 0;
	same = from->any_boot || !memcmp(from->boot_id, f->place.boot_id,
					 sizeof(from->boot_id));
	f->place.next = from->next ? from->next : 1;
	f->place.counted = from->counted || f->place.next == 1;
	f->place.total = from->total;
	f->behind = true;
	/* A number from before the module was loaded anew. */
	if (!same || f->place.next > last + 1) {
		if (show(f, alert_restarted(f->place.next))) {
			f->place.next = 1;
			pass(f, 0);
		} else {
			f->place = *from;
		}
	}
	return 0;
}

static int reopen(struct follow *f)
{
	struct follow again = *f;
	int err;

	follow_close(f);
	again.ask = (struct link){ 0 };
	again.events = NULL;
	again.cb = NULL;
	again.overrun = false;
	f->gone = true;
	err = follow_open(&again);
	if (!err)
		err = follow_start(&again, &f->place);
	if (err) {
		follow_close(&again);
		f->ask.error = again.ask.error;
		return err == -ENOENT ? 0 : err;
	}
	again.gone = false;
	*f = again;
	/* libnl's callbacks point at the structure that they were set for. */
	nl_cb_set(f->cb, NL_CB_MSG_IN, NL_CB_CUSTOM, on_message, f);
	nl_cb_set(f->cb, NL_CB_VALID, NL_CB_CUSTOM, on_event, f);
	return 0;
}

static int lose_module(struct follow *f)
{
	if (!f->gone)
		term_error("the module was unloaded; waiting for it");
	f->gone = true;
	return 0;
}

static int check_module(struct follow *f)
{
	struct status st;
	bool same;
	int err;

	if (f->gone)
		return reopen(f);
	err = status_get(&f->ask, &st);
	same = !memcmp(st.boot_id, f->place.boot_id, sizeof(st.boot_id));
	if (st.number[FIM_STATUS_A_LAST_SEQ] >= f->place.next)
		f->behind = true;
	status_free(&st);
	if (err == -ENOENT)
		return lose_module(f);
	if (!err && !same)
		return reopen(f);
	return err;
}

static void receive(struct follow *f)
{
	int i, err;

	for (i = 0; i < BURST && !f->stop && !f->behind; i++) {
		err = nl_recvmsgs(f->events, f->cb);
		f->drained = err == -NLE_AGAIN;
		if (f->drained)
			return;
		/* An overflow, or anything else that may have cost a record. */
		if (err < 0)
			f->overrun = true;
	}
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Return: false if a signal came. */
static bool wait_for_events(struct follow *f, int64_t deadline,
			    const volatile sig_atomic_t *interrupted)
{
	struct pollfd fd[] = {
		{ .fd = f->gone ? -1 : nl_socket_get_fd(f->events),
		  .events = POLLIN },
		{ .fd = f->watches_stdout ? STDOUT_FILENO : -1 },
	};
	int64_t left = deadline - now_ms();
	struct timespec timeout = { 0 };
	sigset_t block, old;

	if (left > 0)
		timeout = (struct timespec){ left / 1000,
					     left % 1000 * 1000000 };
	/* Signals are let in by ppoll() only, so none slips in before it. */
	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &old);
	if (!*interrupted)
		ppoll(fd, 2, &timeout, &old);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (fd[1].revents & (POLLERR | POLLHUP))
		f->stop = true;
	f->drained = !fd[0].revents;
	if (!*interrupted && fd[0].revents)
		receive(f);
	return !*interrupted;
}

/**
 * follow_run() - show records until there is reason to stop
 * @f: a started one
 * @interrupted: set by a signal
 *
 * Return: 0, or -errno with a text in @f->ask.error.
 */
int follow_run(struct follow *f, const volatile sig_atomic_t *interrupted)
{
	int64_t check = now_ms() + CHECK_MS;
	int err = 0;

	while (!err && !f->stop && !*interrupted) {
		if (f->behind && !f->gone) {
			err = read_ring(f);
			if (err == -ENOENT)
				err = lose_module(f);
			continue;
		}
		if (f->settle && !f->settle(f->arg))
			break;
		if (!wait_for_events(f, check, interrupted))
			break;
		if (f->drained && (f->overrun || now_ms() >= check)) {
			f->overrun = false;
			err = check_module(f);
			check = now_ms() + CHECK_MS;
		}
	}
	return err;
}

/**
 * follow_close() - end following
 * @f: an open one, or one that could not be opened
 */
void follow_close(struct follow *f)
{
	listen_close(f);
	link_close(&f->ask);
}
