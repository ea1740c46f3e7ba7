// SPDX-License-Identifier: GPL-2.0
/*
 * ruleset.c - the policies that are in force
 *
 * Policies and rules are two lists, so the ruleset may be replaced between
 * them. The number of commits, asked for before and after, tells.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "buf.h"
#include "mem.h"
#include "meta.h"
#include "ruleset.h"
#include "status.h"

/** @TRIES: how often the lists are asked for if they change meanwhile */
#define TRIES 16

/**
 * struct load - lists being read
 * @set: the policies
 * @at: index of the one whose rules are being read
 */
struct load {
	struct policies *set;
	size_t at;
};

/**
 * struct attr_numbers - where struct attrs is in a set of attributes
 * @action: number of the action
 * @severity: number of the severity
 * @tags: number of the tags
 * @message: number of the message
 */
struct attr_numbers {
	int action;
	int severity;
	int tags;
	int message;
};

static void take_attrs(struct attrs *a, struct nlattr **tb,
		       const struct attr_numbers *nr)
{
	struct nlattr *tags = tb[nr->tags];

	a->action = attr_number(tb[nr->action]);
	a->severity = attr_number(tb[nr->severity]);
	a->message = attr_string(tb[nr->message]);
	if (tags && nla_len(tags)) {
		a->tags = mem_dup(nla_data(tags), nla_len(tags));
		a->tags_len = nla_len(tags);
	}
}

/* Other programs may ask for it without the annotation. */
static void add_annotation(struct policy *p, const char *key, uint8_t action)
{
	struct label *remark;
	size_t i;

	for (i = 0; i < p->annotations.nr; i++)
		if (!strcmp(p->annotations.v[i].key, key))
			return;
	remark = policy_add_remark(p, true);
	remark->key = mem_string(key);
	remark->value = mem_string(policy_action_name(action));
}

static int take_policy(uint8_t cmd, struct nlattr **top, void *arg)
{
	static const struct attr_numbers nr = {
		FIM_POLICY_A_ACTION, FIM_POLICY_A_SEVERITY, FIM_POLICY_A_TAGS,
		FIM_POLICY_A_MESSAGE,
	};
	struct nlattr *tb[FIM_POLICY_A_MAX + 1], *meta;
	struct load *load = arg;
	struct policy *p;
	size_t i;

	(void)cmd;
	if (!top[FIM_A_POLICY] ||
	    nla_parse_nested(tb, FIM_POLICY_A_MAX, top[FIM_A_POLICY], NULL) ||
	    !tb[FIM_POLICY_A_NAME])
		return -EBADMSG;
	p = policies_add(load->set);
	p->name = attr_string(tb[FIM_POLICY_A_NAME]);
	p->namespace = attr_string(tb[FIM_POLICY_A_NAMESPACE]);
	p->kind = attr_number(tb[FIM_POLICY_A_KIND]);
	p->posture = attr_number(tb[FIM_POLICY_A_POSTURE]);
	p->refused = attr_number(tb[FIM_POLICY_A_REFUSED]);
	p->audited = attr_number(tb[FIM_POLICY_A_AUDITED]);
	p->counts = mem_alloc(sizeof(*p->counts));
	*p->counts = (struct counts){ 0 };
	counts_take(p->counts, top[FIM_A_POLICY], FIM_POLICY_A_COUNT);
	take_attrs(&p->attrs, tb, &nr);
	meta = tb[FIM_POLICY_A_META];
	meta_read(p, meta ? nla_data(meta) : NULL, meta ? nla_len(meta) : 0);
	for (i = 0; i < BYPASS_NR; i++) {
		p->bypasses[i] = attr_number(tb[bypass_infos[i].attr]);
		if (p->bypasses[i] != bypass_infos[i].usual)
			add_annotation(p, bypass_infos[i].annotation,
				       p->bypasses[i]);
	}
	p->append = tb[FIM_POLICY_A_APPEND];
	if (p->append)
		add_annotation(p, POLICY_APPEND, FIM_ACTION_ALLOW);
	return 0;
}

/* A pattern is in two parts there. */
static char *rule_path(struct nlattr **tb)
{
	char *path = attr_string(tb[FIM_RULE_A_PATH]), *glob;
	struct buf whole = { 0 };

	if (!tb[FIM_RULE_A_GLOB])
		return path;
	glob = attr_string(tb[FIM_RULE_A_GLOB]);
	buf_addf(&whole, "%s%s", path, glob);
	free(path);
	free(glob);
	return whole.data;
}

static void take_sources(struct rule *r, struct nlattr *nest)
{
	struct nlattr *nla;
	int rest;

	nla_for_each_nested(nla, nest, rest)
		if (nla_type(nla) == FIM_RULE_A_SOURCE)
			rule_add_source(r)->path = attr_string(nla);
}

static int take_rule(uint8_t cmd, struct nlattr **top, void *arg)
{
	static const struct attr_numbers nr = {
		FIM_RULE_A_ACTION, FIM_RULE_A_SEVERITY, FIM_RULE_A_TAGS,
		FIM_RULE_A_MESSAGE,
	};
	struct nlattr *tb[FIM_RULE_A_MAX + 1];
	struct load *load = arg;
	struct rule *r;
	char *name;

	(void)cmd;
	if (!top[FIM_A_RULE] ||
	    nla_parse_nested(tb, FIM_RULE_A_MAX, top[FIM_A_RULE], NULL) ||
	    !tb[FIM_RULE_A_POLICY] || !tb[FIM_RULE_A_PATH])
		return -EBADMSG;
	/* Rules come in the order of the policies. */
	name = attr_string(tb[FIM_RULE_A_POLICY]);
	while (load->at < load->set->nr &&
	       strcmp(load->set->v[load->at].name, name))
		load->at++;
	free(name);
	if (load->at == load->set->nr)
		return -EINTR;
	r = policy_add_rule(&load->set->v[load->at]);
	r->type = attr_number(tb[FIM_RULE_A_TYPE]);
	r->flags = attr_number(tb[FIM_RULE_A_FLAGS]);
	r->path = rule_path(tb);
	take_sources(r, top[FIM_A_RULE]);
	r->sources_waiting = attr_number(tb[FIM_RULE_A_SOURCES_WAITING]);
	r->state = attr_number(tb[FIM_RULE_A_STATE]);
	r->real_path = attr_string(tb[FIM_RULE_A_REAL_PATH]);
	take_attrs(&r->attrs, tb, &nr);
	return 0;
}

static int get_generation(struct link *l, uint64_t *generation)
{
	struct status st;
	int err = status_get(l, &st);

	*generation = st.number[FIM_STATUS_A_GENERATION];
	status_free(&st);
	return err;
}

static int get_once(struct link *l, struct policies *set)
{
	struct load load = { .set = set };
	uint64_t before, after;
	int err;

	err = get_generation(l, &before);
	if (!err)
		err = link_dump(l, FIM_CMD_POLICY_GET, take_policy, &load);
	if (!err)
		err = link_dump(l, FIM_CMD_RULE_GET, take_rule, &load);
	if (!err)
		err = get_generation(l, &after);
	if (!err && before != after) {
		err = -EINTR;
		l->error = (struct link_error){
			.code = err, .text = "the policies keep changing",
		};
	}
	return err;
}

/**
 * ruleset_get() - ask for all policies with their rules
 * @l: the connection
 * @set: set; to be freed by policies_free(), after an error too
 *
 * Return: 0 or -errno.
 */
int ruleset_get(struct link *l, struct policies *set)
{
	int err, i;

	for (i = 0; i < TRIES; i++) {
		*set = (struct policies){ 0 };
		err = get_once(l, set);
		if (err != -EINTR)
			return err;
		policies_free(set);
	}
	return err;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/**
 * ruleset_clashes() - whether a policy would replace another one than itself
 * @in_force: the ruleset
 * @p: the policy
 *
 * Kubernetes has a name in each kind and namespace, FIM has one.
 *
 * Return: whether one of its name is of another kind or, as a KubeArmorPolicy, of
 * another namespace.
 */
bool ruleset_clashes(const struct policies *in_force, const struct policy *p)
{
	const struct policy *its = policies_find(in_force, p->name);

	return its && (its->kind != p->kind ||
		       (p->kind == FIM_KIND_CONTAINER &&
			!same_text(its->namespace, p->namespace)));
}
