/* SPDX-License-Identifier: GPL-2.0 */
/*
 * request.h - requests that stage a policy, as the tests of the protocol send
 * them
 */
#ifndef _FIM_TEST_REQUEST_H
#define _FIM_TEST_REQUEST_H

#include "netlink.h"

/**
 * struct fim_put - an attribute to put in a request
 * @attr: its number
 * @len: how many bytes; 0: none, -1: @text and its NUL
 * @value: a number of @len bytes, if @text is NULL
 * @text: bytes
 */
struct fim_put {
	int attr;
	int len;
	unsigned long long value;
	const char *text;
};

#define PUT_U8(a, v) { .attr = (a), .len = 1, .value = (v) }
#define PUT_U32(a, v) { .attr = (a), .len = 4, .value = (v) }
#define PUT_STRING(a, s) { .attr = (a), .len = -1, .text = (s) }
#define PUT_BYTES(a, s, n) { .attr = (a), .len = (n), .text = (s) }
#define PUT_END { .attr = -1 }

void fim_put_nest(struct nl_msg *msg, int nest, const struct fim_put *puts);

int fim_policy_add(struct fim_nl *nl, const char *name, int action);
int fim_policy_del(struct fim_nl *nl, const char *name);
int fim_pause(struct fim_nl *nl, unsigned int seconds, const char *reason);
int fim_commit_on_trial(struct fim_nl *nl, unsigned int seconds);
int fim_rule_add(struct fim_nl *nl, const char *policy, const char *dir);

#endif /* _FIM_TEST_REQUEST_H */
