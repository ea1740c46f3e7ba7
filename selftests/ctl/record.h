/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record.h - records as the module sends them, made up
 */
#ifndef RECORD_H
#define RECORD_H

#include <errno.h>
#include <string.h>

#include <linux/audit.h>
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

static inline void put_text(struct record *r, int attr, const char *text)
{
	nla_put(r->msg, attr, strlen(text), text);
}

/* What the use case's simulation leads to on a host. */
static inline void put_touch(struct record *r, uint64_t seq)
{
	static const uint64_t args[6] = { 0xffffff9c, 1, 0x941, 0666 };
	static const char cmdline[] = "touch\0file";
	static const char tags[] = "NIST\0MITRE";

	record_begin(r, seq, FIM_EVENT_VIOLATION);
	nla_put_u8(r->msg, FIM_EVENT_A_KIND, FIM_KIND_HOST);
	nla_put_string(r->msg, FIM_EVENT_A_POLICY, "harden");
	nla_put_u8(r->msg, FIM_EVENT_A_SEVERITY, 1);
	nla_put(r->msg, FIM_EVENT_A_TAGS, sizeof(tags), tags);
	nla_put_string(r->msg, FIM_EVENT_A_MESSAGE, "Detected");
	nla_put_u8(r->msg, FIM_EVENT_A_ACTION, FIM_ACTION_BLOCK);
	nla_put_u32(r->msg, FIM_EVENT_A_ERRNO, EACCES);
	nla_put_u8(r->msg, FIM_EVENT_A_OP, FIM_OP_CREATE);
	put_text(r, FIM_EVENT_A_PATH, "/sbin/file");
	nla_put_u32(r->msg, FIM_EVENT_A_ARCH, AUDIT_ARCH_X86_64);
	nla_put_u32(r->msg, FIM_EVENT_A_SYSCALL, 257);
	nla_put(r->msg, FIM_EVENT_A_ARGS, sizeof(args), args);
	nla_put_u32(r->msg, FIM_EVENT_A_TGID, 16462);
	nla_put_u32(r->msg, FIM_EVENT_A_PPID, 16435);
	nla_put_u32(r->msg, FIM_EVENT_A_NS_TGID, 167);
	nla_put_u32(r->msg, FIM_EVENT_A_NS_PPID, 160);
	nla_put_u32(r->msg, FIM_EVENT_A_UID, 0);
	nla_put_u32(r->msg, FIM_EVENT_A_EUID, 0);
	put_text(r, FIM_EVENT_A_COMM, "touch");
	put_text(r, FIM_EVENT_A_EXE, "/usr/bin/touch");
	put_text(r, FIM_EVENT_A_PARENT_EXE, "/usr/bin/bash");
	put_text(r, FIM_EVENT_A_CWD, "/usr/sbin");
	nla_put(r->msg, FIM_EVENT_A_CMDLINE, sizeof(cmdline), cmdline);
	nla_put_string(r->msg, FIM_EVENT_A_TTY, "pts0");
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
