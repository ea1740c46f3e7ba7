// SPDX-License-Identifier: GPL-2.0
/*
 * test_txn.c - tests of ctl/txn.c and link.c: requests, and the errors they get
 */
#include <errno.h>
#include <string.h>

#include <linux/genetlink.h>
#include <netlink/genl/genl.h>

#include "attr.h"
#include "helper.h"
#include "link.h"
#include "mem.h"
#include "txn.h"

#include "kselftest_harness.h"

#define FAMILY 33

static void add_rule(struct policy *p, const char *path)
{
	struct rule *r = policy_add_rule(p);

	r->type = FIM_RULE_DIRECTORY;
	r->flags = FIM_RULE_READONLY;
	r->path = mem_string(path);
}

static void make_policy(struct policy *p, size_t rules)
{
	struct label *l = policy_add_label(p);
	char path[64];
	size_t i;

	p->name = mem_string("test");
	p->kind = FIM_KIND_HOST;
	p->attrs.action = FIM_ACTION_BLOCK;
	l->key = mem_string("kubernetes.io/hostname");
	l->value = mem_string("*");
	for (i = 0; i < rules; i++) {
		snprintf(path, sizeof(path), "/some/where/%zu/", i);
		add_rule(p, path);
	}
}

TEST(policy_message)
{
	struct nlattr *tb[FIM_A_MAX + 1], *in[FIM_POLICY_A_MAX + 1];
	struct policy p = { 0 };
	struct nl_msg *msg;
	struct genlmsghdr *hdr;

	make_policy(&p, 0);
	p.attrs.severity = 3;
	msg = txn_policy_message(FAMILY, &p);
	hdr = genlmsg_hdr(nlmsg_hdr(msg));
	EXPECT_EQ(FAMILY, nlmsg_hdr(msg)->nlmsg_type);
	EXPECT_EQ(FIM_CMD_POLICY_ADD, hdr->cmd);
	EXPECT_EQ(FIM_GENL_VERSION, hdr->version);
	ASSERT_EQ(0, genlmsg_parse(nlmsg_hdr(msg), 0, tb, FIM_A_MAX, NULL));
	ASSERT_NE(NULL, tb[FIM_A_POLICY]);
	EXPECT_NE(0, tb[FIM_A_POLICY]->nla_type & NLA_F_NESTED);
	ASSERT_EQ(0, nla_parse_nested(in, FIM_POLICY_A_MAX, tb[FIM_A_POLICY],
				      NULL));
	EXPECT_STREQ("test", nla_get_string(in[FIM_POLICY_A_NAME]));
	EXPECT_EQ(FIM_KIND_HOST, attr_number(in[FIM_POLICY_A_KIND]));
	EXPECT_EQ(FIM_ACTION_BLOCK, attr_number(in[FIM_POLICY_A_ACTION]));
	EXPECT_EQ(3, attr_number(in[FIM_POLICY_A_SEVERITY]));
	EXPECT_EQ(NULL, in[FIM_POLICY_A_TAGS]);
	EXPECT_EQ(NULL, in[FIM_POLICY_A_NAMESPACE]);
	EXPECT_NE(NULL, in[FIM_POLICY_A_META]);
	EXPECT_EQ(NULL, in[FIM_POLICY_A_RAW]);
	EXPECT_EQ(NULL, in[FIM_POLICY_A_MODULES]);
	EXPECT_EQ(NULL, in[FIM_POLICY_A_KEXEC]);
	EXPECT_EQ(NULL, in[FIM_POLICY_A_APPEND]);
	nlmsg_free(msg);
	p.append = true;
	msg = txn_policy_message(FAMILY, &p);
	ASSERT_EQ(0, genlmsg_parse(nlmsg_hdr(msg), 0, tb, FIM_A_MAX, NULL));
	ASSERT_EQ(0, nla_parse_nested(in, FIM_POLICY_A_MAX, tb[FIM_A_POLICY],
				      NULL));
	EXPECT_NE(NULL, in[FIM_POLICY_A_APPEND]);
	nlmsg_free(msg);
	policy_free(&p);
}

static const struct nlattr *find_nth(struct nlattr *nest, int type, int nth)
{
	struct nlattr *nla;
	int rest;

	nla_for_each_nested(nla, nest, rest)
		if (nla_type(nla) == type && !nth--)
			return nla;
	return NULL;
}

static bool is_bytes(const struct nlattr *nla, const char *text)
{
	return nla && nla_len(nla) == (int)strlen(text) &&
	       !memcmp(nla_data(nla), text, strlen(text));
}

/* A pattern goes as directory and glob; each source by itself. */
TEST(whole_rule)
{
	struct nlattr *tb[FIM_A_MAX + 1], *in[FIM_POLICY_A_MAX + 1], *nest;
	struct txn_batch batch = { 0 };
	struct policy p = { 0 };
	struct nl_msg *msg;

	make_policy(&p, 0);
	p.posture = FIM_ACTION_ALLOW;
	msg = txn_policy_message(FAMILY, &p);
	ASSERT_EQ(0, genlmsg_parse(nlmsg_hdr(msg), 0, tb, FIM_A_MAX, NULL));
	ASSERT_EQ(0, nla_parse_nested(in, FIM_POLICY_A_MAX, tb[FIM_A_POLICY],
				      NULL));
	EXPECT_EQ(FIM_ACTION_ALLOW, attr_number(in[FIM_POLICY_A_POSTURE]));
	nlmsg_free(msg);

	add_rule(&p, "/a/b/c*/[d]");
	p.rules[0].type = FIM_RULE_PATTERN;
	rule_add_source(&p.rules[0])->path = mem_string("/bin/x");
	rule_add_source(&p.rules[0])->path = mem_string("/bin/y");
	msg = txn_rules_message(FAMILY, &p, &batch);
	ASSERT_EQ(0, genlmsg_parse(nlmsg_hdr(msg), 0, tb, FIM_A_MAX, NULL));
	nest = tb[FIM_A_RULE];
	EXPECT_TRUE(is_bytes(find_nth(nest, FIM_RULE_A_PATH, 0), "/a/b/"));
	EXPECT_TRUE(is_bytes(find_nth(nest, FIM_RULE_A_GLOB, 0), "c*/[d]"));
	EXPECT_TRUE(is_bytes(find_nth(nest, FIM_RULE_A_SOURCE, 0), "/bin/x"));
	EXPECT_TRUE(is_bytes(find_nth(nest, FIM_RULE_A_SOURCE, 1), "/bin/y"));
	EXPECT_EQ(NULL, find_nth(nest, FIM_RULE_A_SOURCE, 2));
	nlmsg_free(msg);
	policy_free(&p);
}

/* As many and as long sources as the schema takes have room. */
TEST(largest_rule)
{
	struct txn_batch batch = { 0 };
	struct policy p = { 0 };
	struct nl_msg *msg;
	char path[FIM_PATH_MAX + 1];
	int i;

	make_policy(&p, 0);
	memset(path, 'a', FIM_PATH_MAX);
	path[0] = '/';
	path[FIM_PATH_MAX] = '\0';
	add_rule(&p, path);
	add_rule(&p, path);
	p.rules[0].attrs.tags = mem_dup(path, FIM_TEXT_MAX);
	p.rules[0].attrs.tags_len = FIM_TEXT_MAX;
	p.rules[0].attrs.message = mem_string(path);
	path[SOURCES_LEN_MAX / FIM_SOURCES_MAX] = '\0';
	for (i = 0; i < FIM_SOURCES_MAX; i++)
		rule_add_source(&p.rules[0])->path = mem_string(path);
	msg = txn_rules_message(FAMILY, &p, &batch);
	EXPECT_EQ(1, batch.nr);
	EXPECT_GT(UINT16_MAX, nlmsg_hdr(msg)->nlmsg_len);
	nlmsg_free(msg);
	policy_free(&p);
}

/* The largest that a file may ask for has room. */
TEST(largest_policy)
{
	struct policy p = { 0 };
	struct nl_msg *msg;
	char *big;

	make_policy(&p, 1);
	big = mem_resize(NULL, 40000, 1);
	memset(big, 'x', 40000);
	p.attrs.tags = mem_dup(big, FIM_TEXT_MAX);
	p.attrs.tags_len = FIM_TEXT_MAX;
	p.attrs.message = mem_dup(big, FIM_TEXT_MAX);
	p.namespace = mem_dup(big, FIM_NAME_MAX);
	free(p.labels[0].value);
	p.labels[0].value = mem_dup(big, FIM_META_MAX - 100);
	msg = txn_policy_message(FAMILY, &p);
	EXPECT_GT(LINK_MSG_MAX, nlmsg_hdr(msg)->nlmsg_len);
	nlmsg_free(msg);
	policy_free(&p);
	free(big);
}

static size_t count_rules(struct nl_msg *msg)
{
	struct nlattr *nla;
	size_t nr = 0;
	int rem;

	nlmsg_for_each_attr(nla, nlmsg_hdr(msg), GENL_HDRLEN, rem)
		nr += nla_type(nla) == FIM_A_RULE;
	return nr;
}

TEST(batches)
{
	struct txn_batch batch = { 0 };
	struct policy p = { 0 };
	struct nl_msg *msg;
	size_t nr = 0, messages = 0;

	make_policy(&p, 10000);
	for (; batch.first < p.nr_rules; batch.first += batch.nr) {
		msg = txn_rules_message(FAMILY, &p, &batch);
		EXPECT_GE(TXN_RULES_MAX, nlmsg_hdr(msg)->nlmsg_len);
		EXPECT_EQ(batch.nr, count_rules(msg));
		nr += batch.nr;
		messages++;
		nlmsg_free(msg);
	}
	EXPECT_EQ(10000, nr);
	EXPECT_GT(50, messages);
	policy_free(&p);
}

/* Each attribute of a rule leads back to that rule. */
TEST(offsets)
{
	struct txn_batch batch = { .first = 3 };
	struct nlattr *nla, *in;
	struct policy p = { 0 };
	struct nl_msg *msg;
	char *start;
	int rem, rem_in;
	size_t i = 3;

	make_policy(&p, 9);
	msg = txn_rules_message(FAMILY, &p, &batch);
	start = (char *)nlmsg_hdr(msg);
	EXPECT_EQ(6, batch.nr);
	nlmsg_for_each_attr(nla, nlmsg_hdr(msg), GENL_HDRLEN, rem) {
		if (nla_type(nla) != FIM_A_RULE) {
			EXPECT_EQ(NULL, txn_rule_at(&p, &batch,
						    (char *)nla - start));
			continue;
		}
		EXPECT_EQ(&p.rules[i], txn_rule_at(&p, &batch,
						   (char *)nla - start));
		nla_for_each_nested(in, nla, rem_in)
			EXPECT_EQ(&p.rules[i],
				  txn_rule_at(&p, &batch, (char *)in - start));
		i++;
	}
	EXPECT_EQ(9, i);
	EXPECT_EQ(NULL, txn_rule_at(&p, &batch, 0));
	EXPECT_EQ(NULL, txn_rule_at(&p, &batch, UINT32_MAX));
	nlmsg_free(msg);
	policy_free(&p);
}

/**
 * struct answer - NLMSG_ERROR as the kernel makes it
 */
struct answer {
	union {
		struct nlmsghdr hdr;
		char bytes[512];
	};
};

static void add_tlv(struct answer *a, int type, const void *data, size_t len)
{
	struct nlattr *nla = (void *)(a->bytes + a->hdr.nlmsg_len);

	nla->nla_type = type;
	nla->nla_len = NLA_HDRLEN + len;
	memcpy((char *)nla + NLA_HDRLEN, data, len);
	a->hdr.nlmsg_len += NLA_ALIGN(nla->nla_len);
}

static void make_answer(struct answer *a, int error, bool capped, size_t echo)
{
	struct nlmsgerr *e = NLMSG_DATA(&a->hdr);

	memset(a, 0, sizeof(*a));
	a->hdr.nlmsg_type = NLMSG_ERROR;
	a->hdr.nlmsg_flags = NLM_F_ACK_TLVS | (capped ? NLM_F_CAPPED : 0);
	a->hdr.nlmsg_len = NLMSG_HDRLEN + sizeof(*e) + (capped ? 0 : echo);
	e->error = error;
	e->msg.nlmsg_len = NLMSG_HDRLEN + echo;
}

TEST(extack)
{
	const uint32_t offset = 48;
	struct link_error error;
	struct answer a;
	int capped;

	for (capped = 0; capped < 2; capped++) {
		make_answer(&a, -ENOTDIR, capped, 64);
		add_tlv(&a, NLMSGERR_ATTR_MSG, "not a directory", 16);
		add_tlv(&a, NLMSGERR_ATTR_OFFS, &offset, 4);
		link_parse_error(&a.hdr, &error);
		EXPECT_EQ(-ENOTDIR, error.code);
		EXPECT_STREQ("not a directory", error.text);
		EXPECT_TRUE(error.at_attr);
		EXPECT_EQ(48, error.offset);
	}
}

TEST(error_without_extack)
{
	struct link_error error;
	struct answer a;

	make_answer(&a, -EPERM, true, 64);
	a.hdr.nlmsg_flags = NLM_F_CAPPED;
	link_parse_error(&a.hdr, &error);
	EXPECT_EQ(-EPERM, error.code);
	EXPECT_STREQ("Operation not permitted", error.text);
	EXPECT_FALSE(error.at_attr);
}

/* Cut at any byte, and with lengths that lie. */
TEST(hostile_extack)
{
	const uint32_t offset = 48;
	struct link_error error;
	struct answer whole;
	struct nlmsghdr *cut;
	struct nlmsgerr *e;
	uint32_t len;

	make_answer(&whole, -EINVAL, false, 64);
	add_tlv(&whole, NLMSGERR_ATTR_MSG, "unterminated", 12);
	add_tlv(&whole, NLMSGERR_ATTR_OFFS, &offset, 4);
	for (len = NLMSG_HDRLEN; len < whole.hdr.nlmsg_len; len++) {
		cut = malloc(len);
		memcpy(cut, &whole, len);
		cut->nlmsg_len = len;
		link_parse_error(cut, &error);
		EXPECT_NE(0, error.code);
		free(cut);
	}
	e = NLMSG_DATA(&whole.hdr);
	for (len = 0; len < 600; len++) {
		e->msg.nlmsg_len = len < 590 ? len : UINT32_MAX - (len - 590);
		link_parse_error(&whole.hdr, &error);
		EXPECT_EQ(-EINVAL, error.code);
	}
}

TEST(end_of_dump)
{
	struct link_error error;
	struct answer a = { 0 };
	int code = -EINTR;

	a.hdr.nlmsg_type = NLMSG_DONE;
	a.hdr.nlmsg_len = NLMSG_HDRLEN;
	link_parse_error(&a.hdr, &error);
	EXPECT_EQ(0, error.code);

	a.hdr.nlmsg_flags = NLM_F_ACK_TLVS;
	memcpy(NLMSG_DATA(&a.hdr), &code, sizeof(code));
	a.hdr.nlmsg_len = NLMSG_HDRLEN + sizeof(code);
	add_tlv(&a, NLMSGERR_ATTR_MSG, "changed", 8);
	link_parse_error(&a.hdr, &error);
	EXPECT_EQ(-EINTR, error.code);
	EXPECT_STREQ("changed", error.text);
}

TEST_HARNESS_MAIN
