// SPDX-License-Identifier: GPL-2.0
/*
 * test_explain.c - tests of ctl/explain.c and op.c: the question, and what is
 * made of an answer
 */
#include <errno.h>
#include <string.h>

#include <linux/genetlink.h>
#include <netlink/genl/genl.h>

#include "attr.h"
#include "explain.h"
#include "helper.h"
#include "op.h"

#include "kselftest_harness.h"

#define FAMILY 33

TEST(operations)
{
	uint8_t op;

	for (op = 1; op <= FIM_OP_MAX; op++)
		if (op != FIM_OP_WRITE)
			EXPECT_EQ(op, op_find(op_name(op)));
	EXPECT_EQ(FIM_OP_OPEN, op_find("write"));
	EXPECT_EQ(FIM_OP_UNSPEC, op_find("unknown"));
	EXPECT_EQ(FIM_OP_UNSPEC, op_find(""));
}

TEST(question)
{
	const struct question q = {
		.path = "/a", .op = FIM_OP_UNLINK, .exe = "/bin/b", .uid = 7,
		.tty = true,
	};
	struct nlattr *tb[FIM_A_MAX + 1], *in[FIM_EXPLAIN_A_MAX + 1];
	struct nl_msg *msg = explain_message(FAMILY, &q);

	EXPECT_EQ(FIM_CMD_EXPLAIN, genlmsg_hdr(nlmsg_hdr(msg))->cmd);
	ASSERT_EQ(0, genlmsg_parse(nlmsg_hdr(msg), 0, tb, FIM_A_MAX, NULL));
	ASSERT_EQ(0, nla_parse_nested(in, FIM_EXPLAIN_A_MAX, tb[FIM_A_EXPLAIN],
				      NULL));
	EXPECT_EQ(2, nla_len(in[FIM_EXPLAIN_A_PATH]));
	EXPECT_EQ(FIM_OP_UNLINK, attr_number(in[FIM_EXPLAIN_A_OP]));
	EXPECT_EQ(6, nla_len(in[FIM_EXPLAIN_A_EXE]));
	EXPECT_EQ(7, attr_number(in[FIM_EXPLAIN_A_UID]));
	EXPECT_NE(NULL, in[FIM_EXPLAIN_A_TTY]);
	nlmsg_free(msg);
}

static void put_fit(struct nl_msg *msg, uint32_t rule, uint8_t fit)
{
	struct nlattr *nest = nla_nest_start(msg, FIM_STEP_A_RULE);

	nla_put_string(msg, FIM_FIT_A_POLICY, "p");
	nla_put_u32(msg, FIM_FIT_A_RULE, rule);
	nla_put_u8(msg, FIM_FIT_A_ACTION, FIM_ACTION_BLOCK);
	nla_put_u8(msg, FIM_FIT_A_FIT, fit);
	nla_nest_end(msg, nest);
}

static void put_step(struct nl_msg *msg, const char *path, uint32_t rules)
{
	struct nlattr *nest = nla_nest_start(msg, FIM_EXPLAIN_A_STEP);
	uint32_t i;

	nla_put(msg, FIM_STEP_A_PATH, strlen(path), path);
	nla_put_u32(msg, FIM_STEP_A_DEPTH, rules);
	nla_put_u32(msg, FIM_STEP_A_MARKS, FIM_EXPLAIN_TREE);
	for (i = 0; i < rules; i++)
		put_fit(msg, i, i ? FIM_FIT_SOURCE : FIM_FIT_APPLIES);
	nla_nest_end(msg, nest);
}

/* What came in @msg, once it is complete. */
static int take(struct nl_msg *msg, struct answer *a)
{
	struct nlattr *tb[FIM_A_MAX + 1];

	if (genlmsg_parse(nlmsg_hdr(msg), 0, tb, FIM_A_MAX, NULL))
		return -EINVAL;
	*a = (struct answer){ 0 };
	return explain_take(FIM_CMD_EXPLAIN, tb, a);
}

TEST(answer)
{
	struct nl_msg *msg = link_message(FAMILY, FIM_CMD_EXPLAIN, false);
	struct nlattr *nest = nla_nest_start(msg, FIM_A_EXPLAIN);
	struct answer a;

	nla_put(msg, FIM_EXPLAIN_A_PATH, 4, "/a/b");
	nla_put_u8(msg, FIM_EXPLAIN_A_ACTION, FIM_ACTION_BLOCK);
	nla_put_u8(msg, FIM_EXPLAIN_A_WHY, FIM_WHY_RULE);
	nla_put_string(msg, FIM_EXPLAIN_A_POLICY, "p");
	nla_put_u32(msg, FIM_EXPLAIN_A_RULE, 0);
	put_step(msg, "/a/b", 0);
	put_step(msg, "/a", 2);
	nla_nest_end(msg, nest);
	ASSERT_EQ(0, take(msg, &a));
	EXPECT_STREQ("/a/b", a.path);
	EXPECT_EQ(FIM_ACTION_BLOCK, a.action);
	EXPECT_STREQ("rule", explain_why_name(a.why));
	ASSERT_EQ(2, a.nr);
	EXPECT_EQ(0, a.steps[0].nr);
	EXPECT_STREQ("/a", a.steps[1].path);
	ASSERT_EQ(2, a.steps[1].nr);
	EXPECT_STREQ("p", a.steps[1].fits[1].policy);
	EXPECT_EQ(1, a.steps[1].fits[1].rule);
	EXPECT_STREQ("not about this executable",
		     explain_fit_name(a.steps[1].fits[1].fit));
	explain_free(&a);
	nlmsg_free(msg);
}

TEST(answer_without_a_path)
{
	struct nl_msg *msg = link_message(FAMILY, FIM_CMD_EXPLAIN, false);
	struct nlattr *nest = nla_nest_start(msg, FIM_A_EXPLAIN);
	struct answer a;

	nla_put_u8(msg, FIM_EXPLAIN_A_ACTION, FIM_ACTION_BLOCK);
	nla_nest_end(msg, nest);
	EXPECT_EQ(-EBADMSG, take(msg, &a));
	explain_free(&a);
	nlmsg_free(msg);
}

TEST(newer_words)
{
	EXPECT_STREQ("unknown", explain_why_name(200));
	EXPECT_STREQ("unknown", explain_fit_name(200));
}

TEST_HARNESS_MAIN
