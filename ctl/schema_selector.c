// SPDX-License-Identifier: GPL-2.0
/*
 * schema_selector.c - whom a policy of KubeArmor's is for
 *
 * A host policy selects hosts by labels; one for containers selects them by
 * their pods' labels; one for a cluster by namespaces and labels.
 */
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "meta.h"
#include "parse.h"
#include "selector.h"
#include "value.h"

static void add_label(struct parse *p, const struct node *key)
{
	const struct node *n = key->next;
	struct label *label = policy_add_label(p->policy);

	label->at = n->at;
	label->key = mem_dup(key->value, key->len);
	label->value = mem_dup(n->value, n->len);
}

static void read_host_label(struct parse *p, const struct node *key)
{
	const struct node *n = key->next;
	const char *bad;

	if (!selector_known(key->value)) {
		diag_error(p->diags, &key->at,
			   "label '%s' is not supported in a nodeSelector; "
			   "kubernetes.io/hostname, kubearmor.io/hostname and "
			   "kubearmor.io/hostnamereg are",
			   key->value);
		return;
	}
	if (!value_is_text(p->diags, n, key->value))
		return;
	bad = selector_check(key->value, n->value);
	if (bad)
		diag_error(p->diags, &n->at, "'%s' %s", key->value, bad);
	else
		add_label(p, key);
}

static void read_pod_label(struct parse *p, const struct node *key)
{
	const char *bad = selector_check_key(key->value);

	if (bad)
		diag_error(p->diags, &key->at, "label '%s' %s", key->value,
			   bad);
	if (!value_is_text(p->diags, key->next, key->value))
		return;
	bad = bad ? NULL : selector_check_value(key->value, key->next->value);
	if (bad)
		diag_error(p->diags, &key->next->at, "'%s' %s", key->value,
			   bad);
	else
		add_label(p, key);
}

static void read_labels(struct parse *p, const struct node *n,
			void (*read)(struct parse *p, const struct node *key),
			const char *empty)
{
	const struct node *key;

	if (!value_is_map(p->diags, n, "matchLabels"))
		return;
	if (!n->child)
		diag_error(p->diags, &n->at, "'matchLabels' is empty%s", empty);
	for (key = n->child; key; key = key->next->next)
		if (key->type == NODE_SCALAR)
			read(p, key);
}

static void read_host_labels(struct parse *p, const struct node *n)
{
	read_labels(p, n, read_host_label,
		    "; to select every host write kubernetes.io/hostname: \"*\"");
}

static void read_pod_labels(struct parse *p, const struct node *n)
{
	read_labels(p, n, read_pod_label, "");
}

static void read_key(struct parse *p, const struct node *n)
{
	bool cluster = p->policy->kind == FIM_KIND_CLUSTER;

	if (!value_is_text(p->diags, n, "key"))
		return;
	if (node_is(n, "label") || (cluster && node_is(n, "namespace")))
		p->expression->key = mem_dup(n->value, n->len);
	else if (cluster)
		diag_error(p->diags, &n->at,
			   "'key' must be namespace or label, not '%s'",
			   n->value);
	else
		diag_error(p->diags, &n->at,
			   "'key' must be label, not '%s'%s", n->value,
			   node_is(n, "namespace") ?
			   ": a KubeArmorPolicy is for its own namespace" : "");
}

static void read_operator(struct parse *p, const struct node *n)
{
	if (!value_is_text(p->diags, n, "operator"))
		return;
	p->expression->not_in = node_is(n, "NotIn");
	if (!p->expression->not_in && !node_is(n, "In"))
		diag_error(p->diags, &n->at,
			   "'operator' must be In or NotIn, not '%s'",
			   n->value);
}

static void read_values(struct parse *p, const struct node *n)
{
	struct buf values = { 0 };
	const struct node *value;

	if (!value_is_list(p->diags, n, "values"))
		return;
	if (!n->child)
		diag_error(p->diags, &n->at, "'values' is empty");
	for (value = n->child; value; value = value->next) {
		if (!value_is_text(p->diags, value, "values"))
			continue;
		if (value->len)
			buf_add(&values, value->value, value->len + 1);
		else
			diag_error(p->diags, &value->at,
				   "'values' holds an empty value");
	}
	p->expression->values = values.data;
	p->expression->values_len = values.len;
}

static const struct field expression_fields[] = {
	{ .key = "key", .read = read_key, .required = true },
	{ .key = "operator", .read = read_operator, .required = true },
	{ .key = "values", .read = read_values, .required = true },
};

/* Whether the values may be those of the key, which may come behind them. */
static void check_values(struct parse *p, const struct node *values)
{
	const struct expression *e = p->expression;
	const struct node *n;
	const char *bad;

	if (!e->key || !values || values->type != NODE_LIST)
		return;
	for (n = values->child; n; n = n->next) {
		if (!node_is_string(n) || memchr(n->value, 0, n->len) || !n->len)
			continue;
		bad = selector_check_member(e->key, n->value);
		if (bad)
			diag_error(p->diags, &n->at, "'%s' %s", n->value, bad);
	}
}

static void read_expressions(struct parse *p, const struct node *n)
{
	const struct node *e;

	if (!value_is_list(p->diags, n, "matchExpressions"))
		return;
	if (!n->child)
		diag_error(p->diags, &n->at, "'matchExpressions' is empty");
	for (e = n->child; e; e = e->next) {
		p->expression = policy_add_expression(p->policy);
		READ_MAP(p, e, "matchExpressions", expression_fields);
		if (e->type == NODE_MAP)
			check_values(p, parse_find(e, "values"));
	}
}

static const struct field host_fields[] = {
	{ .key = "matchLabels", .read = read_host_labels, .required = true },
	{ .key = "matchExpressions", .why = "KubeArmorHostPolicy has none" },
};

static const struct field pod_fields[] = {
	{ .key = "matchLabels", .read = read_pod_labels },
	{ .key = "matchExpressions", .read = read_expressions },
};

static const struct field cluster_fields[] = {
	{ .key = "matchExpressions", .read = read_expressions,
	  .required = true },
	{ .key = "matchLabels",
	  .why = "KubeArmorClusterPolicy has matchExpressions only",
	  .instead = true },
};

/**
 * parse_node_selector() - read the selector of a policy for hosts
 * @p: where reading stands
 * @n: the value
 */
void parse_node_selector(struct parse *p, const struct node *n)
{
	if (p->policy->kind == FIM_KIND_HOST)
		READ_MAP(p, n, "nodeSelector", host_fields);
	else
		diag_error(p->diags, &n->at,
			   "'nodeSelector' is not supported: a %s has a 'selector'",
			   policy_kind_name(p->policy->kind));
}

/**
 * parse_selector() - read the selector of a policy for containers
 * @p: where reading stands
 * @n: the value
 */
void parse_selector(struct parse *p, const struct node *n)
{
	if (p->policy->kind == FIM_KIND_HOST) {
		diag_error(p->diags, &n->at,
			   "'selector' is not supported: a KubeArmorHostPolicy has a 'nodeSelector'");
		return;
	}
	if (p->policy->kind == FIM_KIND_CLUSTER) {
		READ_MAP(p, n, "selector", cluster_fields);
		return;
	}
	READ_MAP(p, n, "selector", pod_fields);
	if (n->type == NODE_MAP && !parse_find(n, "matchLabels") &&
	    !parse_find(n, "matchExpressions"))
		diag_error(p->diags, &n->at,
			   "'selector' has no 'matchLabels' or 'matchExpressions'");
}
