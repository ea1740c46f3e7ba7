// SPDX-License-Identifier: GPL-2.0
/*
 * request.c - requests that stage a policy
 */
#include <string.h>

#include "request.h"

/**
 * fim_put_nest() - put a nest of attributes in a request
 * @msg: the request
 * @nest: number of the nest
 * @puts: what it holds; PUT_END ends it
 */
void fim_put_nest(struct nl_msg *msg, int nest, const struct fim_put *puts)
{
	struct nlattr *start = nla_nest_start(msg, nest);

	for (; puts->attr >= 0; puts++) {
		if (puts->len == -1)
			nla_put_string(msg, puts->attr, puts->text);
		else if (puts->text)
			nla_put(msg, puts->attr, puts->len, puts->text);
		else if (puts->len == 1)
			nla_put_u8(msg, puts->attr, puts->value);
		else
			nla_put(msg, puts->attr, puts->len, &puts->value);
	}
	nla_nest_end(msg, start);
}

int fim_policy_add(struct fim_nl *nl, const char *name, int action)
{
	const struct fim_put puts[] = {
		PUT_STRING(FIM_POLICY_A_NAME, name),
		PUT_U8(FIM_POLICY_A_KIND, FIM_KIND_HOST),
		PUT_U8(FIM_POLICY_A_ACTION, action),
		PUT_U8(FIM_POLICY_A_SEVERITY, 5),
		PUT_END
	};
	struct nl_msg *msg = fim_msg(nl, FIM_CMD_POLICY_ADD, 0);

	fim_put_nest(msg, FIM_A_POLICY, puts);
	return fim_nl_call(nl, msg, NULL, NULL);
}

static const struct fim_put *name_only(const char *name, struct fim_put *puts)
{
	puts[0] = (struct fim_put)PUT_STRING(FIM_POLICY_A_NAME, name);
	puts[1] = (struct fim_put)PUT_END;
	return puts;
}

int fim_policy_del(struct fim_nl *nl, const char *name)
{
	struct nl_msg *msg = fim_msg(nl, FIM_CMD_POLICY_DEL, 0);
	struct fim_put puts[2];

	fim_put_nest(msg, FIM_A_POLICY, name_only(name, puts));
	return fim_nl_call(nl, msg, NULL, NULL);
}

int fim_rule_add(struct fim_nl *nl, const char *policy, const char *dir)
{
	const struct fim_put rule[] = {
		PUT_U8(FIM_RULE_A_TYPE, FIM_RULE_DIRECTORY),
		PUT_BYTES(FIM_RULE_A_PATH, dir, strlen(dir)),
		PUT_U32(FIM_RULE_A_FLAGS, FIM_RULE_RECURSIVE | FIM_RULE_READONLY),
		PUT_END
	};
	struct nl_msg *msg = fim_msg(nl, FIM_CMD_RULE_ADD, 0);
	struct fim_put puts[2];

	fim_put_nest(msg, FIM_A_POLICY, name_only(policy, puts));
	fim_put_nest(msg, FIM_A_RULE, rule);
	return fim_nl_call(nl, msg, NULL, NULL);
}

/**
 * fim_pause() - open a maintenance window
 * @nl: the socket
 * @seconds: how long; 0: without the attribute
 * @reason: why; NULL: without the attribute
 *
 * Return: 0 or an errno.
 */
int fim_pause(struct fim_nl *nl, unsigned int seconds, const char *reason)
{
	struct nl_msg *msg = fim_msg(nl, FIM_CMD_PAUSE, 0);

	if (seconds)
		nla_put_u32(msg, FIM_A_SECONDS, seconds);
	if (reason)
		nla_put_string(msg, FIM_A_REASON, reason);
	return fim_nl_call(nl, msg, NULL, NULL);
}

/**
 * fim_commit_on_trial() - commit what is to be rolled back
 * @nl: the socket
 * @seconds: after how long
 *
 * Return: 0 or an errno.
 */
int fim_commit_on_trial(struct fim_nl *nl, unsigned int seconds)
{
	struct nl_msg *msg = fim_msg(nl, FIM_CMD_TXN_COMMIT, 0);

	nla_put_u32(msg, FIM_A_SECONDS, seconds);
	return fim_nl_call(nl, msg, NULL, NULL);
}
