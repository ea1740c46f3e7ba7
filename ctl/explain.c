// SPDX-License-Identifier: GPL-2.0
/*
 * explain.c - what the module says to an operation that might be
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "array.h"
#include "attr.h"
#include "explain.h"
#include "mem.h"

/* Room was made by link_message() for more than all of it. */
static void put(struct nl_msg *msg, int attr, const void *bytes, size_t len)
{
	if (nla_put(msg, attr, len, bytes))
		mem_dup(NULL, SIZE_MAX);
}

/**
 * explain_message() - a question as a request
 * @family: of the connection
 * @q: the question
 *
 * Return: FIM_CMD_EXPLAIN.
 */
struct nl_msg *explain_message(int family, const struct question *q)
{
	struct nl_msg *msg = link_message(family, FIM_CMD_EXPLAIN, false);
	struct nlattr *nest;

	nest = nla_nest_start(msg, FIM_A_EXPLAIN | NLA_F_NESTED);
	if (!nest)
		mem_dup(NULL, SIZE_MAX);
	put(msg, FIM_EXPLAIN_A_PATH, q->path, strlen(q->path));
	put(msg, FIM_EXPLAIN_A_OP, &q->op, sizeof(q->op));
	if (q->exe)
		put(msg, FIM_EXPLAIN_A_EXE, q->exe, strlen(q->exe));
	put(msg, FIM_EXPLAIN_A_UID, &q->uid, sizeof(q->uid));
	if (q->tty)
		put(msg, FIM_EXPLAIN_A_TTY, NULL, 0);
	nla_nest_end(msg, nest);
	return msg;
}

static int take_fit(struct step *step, struct nlattr *nest)
{
	struct nlattr *tb[FIM_FIT_A_MAX + 1];

	if (nla_parse_nested(tb, FIM_FIT_A_MAX, nest, NULL) ||
	    !tb[FIM_FIT_A_POLICY])
		return -EBADMSG;
	mem_grow(step->fits, step->nr, step->cap);
	step->fits[step->nr++] = (struct fit){
		.policy = attr_string(tb[FIM_FIT_A_POLICY]),
		.rule = attr_number(tb[FIM_FIT_A_RULE]),
		.action = attr_number(tb[FIM_FIT_A_ACTION]),
		.fit = attr_number(tb[FIM_FIT_A_FIT]),
	};
	return 0;
}

static int take_step(struct answer *a, struct nlattr *nest)
{
	struct nlattr *tb[FIM_STEP_A_MAX + 1], *nla;
	struct step *step;
	int rest, err = 0;

	if (nla_parse_nested(tb, FIM_STEP_A_MAX, nest, NULL) ||
	    !tb[FIM_STEP_A_PATH])
		return -EBADMSG;
	mem_grow(a->steps, a->nr, a->cap);
	step = &a->steps[a->nr++];
	*step = (struct step){
		.path = attr_string(tb[FIM_STEP_A_PATH]),
		.depth = attr_number(tb[FIM_STEP_A_DEPTH]),
		.marks = attr_number(tb[FIM_STEP_A_MARKS]),
	};
	nla_for_each_nested(nla, nest, rest)
		if (!err && nla_type(nla) == FIM_STEP_A_RULE)
			err = take_fit(step, nla);
	return err;
}

/**
 * explain_take() - take an answer
 * @cmd: FIM_CMD_EXPLAIN
 * @top: its attributes
 * @arg: the struct answer, which is set
 *
 * Return: 0 or -errno.
 */
int explain_take(uint8_t cmd, struct nlattr **top, void *arg)
{
	struct nlattr *tb[FIM_EXPLAIN_A_MAX + 1], *nla;
	struct answer *a = arg;
	int rest, err = 0;

	(void)cmd;
	if (!top[FIM_A_EXPLAIN] || a->path ||
	    nla_parse_nested(tb, FIM_EXPLAIN_A_MAX, top[FIM_A_EXPLAIN], NULL) ||
	    !tb[FIM_EXPLAIN_A_PATH])
		return -EBADMSG;
	a->path = attr_string(tb[FIM_EXPLAIN_A_PATH]);
	a->op = attr_number(tb[FIM_EXPLAIN_A_OP]);
	a->action = attr_number(tb[FIM_EXPLAIN_A_ACTION]);
	a->why = attr_number(tb[FIM_EXPLAIN_A_WHY]);
	a->policy = attr_string(tb[FIM_EXPLAIN_A_POLICY]);
	a->rule = attr_number(tb[FIM_EXPLAIN_A_RULE]);
	nla_for_each_nested(nla, top[FIM_A_EXPLAIN], rest)
		if (!err && nla_type(nla) == FIM_EXPLAIN_A_STEP)
			err = take_step(a, nla);
	return err;
}

/**
 * explain_ask() - ask the module
 * @l: the connection
 * @q: the question
 * @a: set; to be freed by explain_free(), after an error too
 *
 * Return: 0 or -errno.
 */
int explain_ask(struct link *l, const struct question *q, struct answer *a)
{
	int err;

	*a = (struct answer){ 0 };
	err = link_request(l, explain_message(l->family, q), explain_take, a);
	if (!err && !a->path) {
		err = -EBADMSG;
		l->error = (struct link_error){
			.code = err, .text = "the module did not answer",
		};
	}
	return err;
}

static void step_free(struct step *step)
{
	size_t i;

	for (i = 0; i < step->nr; i++)
		free(step->fits[i].policy);
	free(step->fits);
	free(step->path);
}

/**
 * explain_free() - free what an answer holds
 * @a: empty afterwards
 */
void explain_free(struct answer *a)
{
	size_t i;

	for (i = 0; i < a->nr; i++)
		step_free(&a->steps[i]);
	free(a->steps);
	free(a->path);
	free(a->policy);
	*a = (struct answer){ 0 };
}

static const char *name_of(const char *const *names, size_t nr, size_t i)
{
	return i < nr && names[i] ? names[i] : "unknown";
}

/**
 * explain_why_name() - what decided, in a word
 * @why: enum fim_explain_why
 *
 * Return: the word; "unknown" for one from a newer module.
 */
const char *explain_why_name(uint8_t why)
{
	static const char *const name[] = {
		[FIM_WHY_NONE] = "none",
		[FIM_WHY_RULE] = "rule",
		[FIM_WHY_POSTURE] = "posture",
		[FIM_WHY_GUARD] = "guard",
		[FIM_WHY_FILESYSTEM] = "filesystem",
	};

	return name_of(name, ARRAY_SIZE(name), why);
}

/**
 * explain_fit_name() - whether a rule applies, in a few words
 * @fit: enum fim_explain_fit
 *
 * Return: the words; "unknown" for one from a newer module.
 */
const char *explain_fit_name(uint8_t fit)
{
	static const char *const name[] = {
		[FIM_FIT_APPLIES] = "applies",
		[FIM_FIT_DEPTH] = "not so far below",
		[FIM_FIT_GLOB] = "pattern does not match",
		[FIM_FIT_ACCESS] = "not about this operation",
		[FIM_FIT_OWNER] = "not about this owner",
		[FIM_FIT_TTY] = "about terminals only",
		[FIM_FIT_SOURCE] = "not about this executable",
	};

	return name_of(name, ARRAY_SIZE(name), fit);
}
