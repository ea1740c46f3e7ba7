/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record.h - records as the module sends them, made up
 */
#ifndef RECORD_H
#define RECORD_H

#include <netlink/msg.h>

#include "alert.h"

/**
 * struct record - a record
 * @msg: holds its attributes
 * @nest: the nest that they are put into
 * @tb: set by record_parse()
 */
struct record {
	struct nl_msg *msg;
	struct nlattr *nest;
	struct nlattr *tb[FIM_EVENT_A_MAX + 1];
};

static inline void record_begin(struct record *r, uint64_t seq, uint8_t type)
{
	r->msg = nlmsg_alloc();
	r->nest = nla_nest_start(r->msg, FIM_A_EVENT);
	nla_put_u64(r->msg, FIM_EVENT_A_SEQ, seq);
	nla_put_u8(r->msg, FIM_EVENT_A_TYPE, type);
	nla_put_u64(r->msg, FIM_EVENT_A_TIME, 1696316210829165432ULL);
}

static inline int record_parse(struct record *r)
{
	nla_nest_end(r->msg, r->nest);
	return alert_parse(r->nest, r->tb);
}

static inline void record_free(struct record *r)
{
	nlmsg_free(r->msg);
}

#endif /* RECORD_H */
