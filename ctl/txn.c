// SPDX-License-Identifier: GPL-2.0
/*
 * txn.c - changes of the ruleset as one transaction
 *
 * Rules go in batches, so that 10 000 of them take some hundred messages. The
 * kernel names the one that it refuses by the offset of an attribute, from
 * which its place in the file is found again.
 */
#include <errno.h>
#include <string.h>

#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "buf.h"
#include "glob.h"
#include "meta.h"
#include "mem.h"
#include "status.h"
#include "txn.h"

/* Room was made by link_message() for the largest of all messages. */
static void put(struct nl_msg *msg, int attr, const void *bytes, size_t len)
{
	if (nla_put(msg, attr, len, bytes))
		mem_dup(NULL, SIZE_MAX);
}

static void put_u8(struct nl_msg *msg, int attr, uint8_t value)
{
	put(msg, attr, &value, sizeof(value));
}

static void put_string(struct nl_msg *msg, int attr, const char *value)
{
	put(msg, attr, value, strlen(value) + 1);
}

static struct nlattr *nest(struct nl_msg *msg, int attr)
{
	struct nlattr *start = nla_nest_start(msg, attr | NLA_F_NESTED);

	if (!start)
		mem_dup(NULL, SIZE_MAX);
	return start;
}

static void put_name(struct nl_msg *msg, const char *name)
{
	struct nlattr *start = nest(msg, FIM_A_POLICY);

	put_string(msg, FIM_POLICY_A_NAME, name);
	nla_nest_end(msg, start);
}

/**
 * txn_policy_message() - a policy as a request
 * @family: of the connection
 * @p: the policy
 *
 * Return: FIM_CMD_POLICY_ADD.
 */
struct nl_msg *txn_policy_message(int family, const struct policy *p)
{
	struct nl_msg *msg = link_message(family, FIM_CMD_POLICY_ADD, false);
	struct nlattr *start = nest(msg, FIM_A_POLICY);
	const struct attrs *a = &p->attrs;
	struct buf meta = { 0 };
	size_t i;

	put_string(msg, FIM_POLICY_A_NAME, p->name);
	put_u8(msg, FIM_POLICY_A_KIND, p->kind);
	put_u8(msg, FIM_POLICY_A_ACTION, a->action);
	for (i = 0; i < BYPASS_NR; i++)
		if (p->bypasses[i])
			put_u8(msg, bypass_infos[i].attr, p->bypasses[i]);
	if (p->append)
		put(msg, FIM_POLICY_A_APPEND, NULL, 0);
	if (p->namespace)
		put_string(msg, FIM_POLICY_A_NAMESPACE, p->namespace);
	if (a->severity)
		put_u8(msg, FIM_POLICY_A_SEVERITY, a->severity);
	if (a->tags_len)
		put(msg, FIM_POLICY_A_TAGS, a->tags, a->tags_len);
	if (a->message)
		put_string(msg, FIM_POLICY_A_MESSAGE, a->message);
	if (p->posture)
		put_u8(msg, FIM_POLICY_A_POSTURE, p->posture);
	meta_write(p, &meta);
	put(msg, FIM_POLICY_A_META, meta.data, meta.len);
	buf_free(&meta);
	for (i = 0; i < p->nr_containers; i++)
		put_string(msg, FIM_POLICY_A_CONTAINER, p->containers[i]);
	nla_nest_end(msg, start);
	return msg;
}

static void put_rule(struct nl_msg *msg, const struct rule *r)
{
	struct nlattr *start = nest(msg, FIM_A_RULE);
	const struct attrs *a = &r->attrs;
	size_t path = r->type == FIM_RULE_PATTERN ? glob_anchor(r->path) :
						    strlen(r->path), i;

	put_u8(msg, FIM_RULE_A_TYPE, r->type);
	put(msg, FIM_RULE_A_PATH, r->path, path);
	if (r->path[path])
		put(msg, FIM_RULE_A_GLOB, r->path + path,
		    strlen(r->path + path));
	put(msg, FIM_RULE_A_FLAGS, &r->flags, sizeof(r->flags));
	if (a->action)
		put_u8(msg, FIM_RULE_A_ACTION, a->action);
	if (a->severity)
		put_u8(msg, FIM_RULE_A_SEVERITY, a->severity);
	if (a->tags_len)
		put(msg, FIM_RULE_A_TAGS, a->tags, a->tags_len);
	if (a->message)
		put_string(msg, FIM_RULE_A_MESSAGE, a->message);
	if (r->nr_devices)
		put(msg, FIM_RULE_A_DEVICES, r->devices,
		    r->nr_devices * sizeof(*r->devices));
	for (i = 0; i < r->nr_sources; i++)
		put(msg, FIM_RULE_A_SOURCE, r->sources[i].path,
		    strlen(r->sources[i].path));
	nla_nest_end(msg, start);
}

static uint32_t message_length(struct nl_msg *msg)
{
	return nlmsg_hdr(msg)->nlmsg_len;
}

/* An upper limit of what put_rule() adds. */
static size_t rule_size(const struct rule *r)
{
	size_t size = 128 + strlen(r->path) + r->attrs.tags_len +
		      r->nr_devices * sizeof(*r->devices), i;

	if (r->attrs.message)
		size += strlen(r->attrs.message);
	for (i = 0; i < r->nr_sources; i++)
		size += NLA_HDRLEN + NLA_ALIGNTO + strlen(r->sources[i].path);
	return size;
}

/**
 * txn_rules_message() - some rules of a policy as a request
 * @family: of the connection
 * @p: the policy; it has a rule with the index @batch->first
 * @batch: @first is where to begin; the rest is set
 *
 * Return: FIM_CMD_RULE_ADD with one rule at least.
 */
struct nl_msg *txn_rules_message(int family, const struct policy *p,
				 struct txn_batch *batch)
{
	struct nl_msg *msg = link_message(family, FIM_CMD_RULE_ADD, false);
	const struct rule *r = &p->rules[batch->first];
	const struct rule *end = p->rules + p->nr_rules;

	put_name(msg, p->name);
	batch->nr = 0;
	do {
		put_rule(msg, r++);
		batch->end[batch->nr++] = message_length(msg);
	} while (r < end && batch->nr < TXN_BATCH_MAX &&
		 message_length(msg) + rule_size(r) <= TXN_RULES_MAX);
	return msg;
}

/**
 * txn_rule_at() - find the rule that an attribute belongs to
 * @p: the policy
 * @batch: as txn_rules_message() set it
 * @offset: of the attribute in that message
 *
 * Return: the rule, or NULL if it belongs to none.
 */
const struct rule *txn_rule_at(const struct policy *p,
			       const struct txn_batch *batch, uint32_t offset)
{
	const size_t before = NLMSG_HDRLEN + GENL_HDRLEN +
		nla_total_size(nla_total_size(strlen(p->name) + 1));
	size_t i;

	if (offset < before)
		return NULL;
	for (i = 0; i < batch->nr; i++)
		if (offset < batch->end[i])
			return &p->rules[batch->first + i];
	return NULL;
}

/**
 * txn_is_policy_fault() - whether a policy was refused for what it says
 * @l: the connection, after FIM_CMD_POLICY_ADD or FIM_CMD_RULE_ADD
 *
 * Return: true if it was, or a filesystem on a rule's path does not answer.
 */
bool txn_is_policy_fault(const struct link *l)
{
	switch (l->error.code) {
	case -EINVAL:
	case -ENOTDIR:
	case -EISDIR:
	case -ELOOP:
	case -EOPNOTSUPP:
	case -E2BIG:
	case -ENAMETOOLONG:
	case -EEXIST:
		return true;
	case -ENOMEM:
	case -EINTR:
		return false;
	default:
		return l->error.at_attr;
	}
}

static void blame(struct diags *diags, const struct policy *p,
		  const struct rule *r, const char *text)
{
	if (r)
		diag_error(diags, &r->at, "'%s': %s", r->path, text);
	else
		diag_error(diags, &p->name_at, "policy '%s': %s", p->name,
			   text);
}

static int add_rules(struct link *l, const struct policy *p,
		     struct diags *diags)
{
	struct txn_batch batch = { 0 };
	const struct rule *r = NULL;
	struct nl_msg *msg;

	for (; batch.first < p->nr_rules; batch.first += batch.nr) {
		msg = txn_rules_message(l->family, p, &batch);
		if (!link_request(l, msg, NULL, NULL))
			continue;
		if (l->error.at_attr)
			r = txn_rule_at(p, &batch, l->error.offset);
		if (txn_is_policy_fault(l))
			blame(diags, p, r, l->error.text);
		return l->error.code;
	}
	return 0;
}

/**
 * txn_begin() - open a transaction
 * @l: the connection
 *
 * Return: 0 or -errno: -EBUSY if another one is open.
 */
int txn_begin(struct link *l)
{
	return link_command(l, FIM_CMD_TXN_BEGIN, NULL, NULL);
}

/**
 * txn_add() - stage a policy with its rules
 * @l: the connection
 * @p: the policy
 * @diags: where an error goes that is the policy's fault
 *
 * Return: 0 or -errno; see txn_is_policy_fault().
 */
int txn_add(struct link *l, const struct policy *p, struct diags *diags)
{
	if (!link_request(l, txn_policy_message(l->family, p), NULL, NULL))
		return add_rules(l, p, diags);
	if (txn_is_policy_fault(l))
		blame(diags, p, NULL, l->error.text);
	return l->error.code;
}

/**
 * txn_delete() - stage the removal of a policy
 * @l: the connection
 * @name: its name
 *
 * Return: 0 or -errno: -ENOENT if there is none of that name.
 */
int txn_delete(struct link *l, const char *name)
{
	struct nl_msg *msg = link_message(l->family, FIM_CMD_POLICY_DEL, false);

	put_name(msg, name);
	return link_request(l, msg, NULL, NULL);
}

/**
 * txn_commit() - put what was staged into force
 * @l: the connection
 * @seconds: after which it is rolled back unless it is confirmed, 0 for never
 * @generation: set to the number of commits with this one; may be NULL
 *
 * Return: 0 or -errno.
 */
int txn_commit(struct link *l, uint32_t seconds, uint64_t *generation)
{
	struct nl_msg *msg = link_message(l->family, FIM_CMD_TXN_COMMIT, false);
	struct status st = { 0 };
	int err;

	if (seconds)
		put(msg, FIM_A_SECONDS, &seconds, sizeof(seconds));
	err = link_request(l, msg, status_take, &st);
	if (generation)
		*generation = st.number[FIM_STATUS_A_GENERATION];
	status_free(&st);
	return err;
}

/**
 * txn_abort() - throw away what was staged
 * @l: the connection; the error of the last request stays
 */
void txn_abort(struct link *l)
{
	struct link_error error = l->error;

	/* Should this fail, closing the socket does the same. */
	link_command(l, FIM_CMD_TXN_ABORT, NULL, NULL);
	l->error = error;
}
