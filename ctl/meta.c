// SPDX-License-Identifier: GPL-2.0
/*
 * meta.c - what the kernel keeps for us about a policy
 *
 * The kernel is the only place where policies are kept. What it has no
 * attribute for it keeps as a blob in compact JSON, with the keys that a policy
 * has them under; all but matchLabels are left out if they are empty:
 * {"matchLabels":{"kubernetes.io/hostname":"*"},"matchExpressions":[...],
 *  "labels":{},"annotations":{},"spec":{"severity":1},"file":{"severity":2}}
 */
#include <string.h>

#include "export.h"
#include "json.h"
#include "mem.h"
#include "meta.h"
#include "selector.h"

static bool is_set(const struct attrs *a)
{
	return a->action || a->severity || a->tags_len || a->message;
}

static cJSON *attrs_tree(const struct attrs *a)
{
	cJSON *tree = json_object();

	export_attrs(tree, a);
	return tree;
}

/**
 * meta_write() - append a policy's metadata
 * @p: the policy
 * @out: appended to
 */
void meta_write(const struct policy *p, struct buf *out)
{
	cJSON *meta = json_object();

	json_add(meta, "matchLabels", export_labels(p->labels, p->nr_labels));
	if (p->nr_expressions)
		json_add(meta, "matchExpressions", export_expressions(p));
	if (p->own_labels.nr)
		json_add(meta, "labels", export_labels(p->own_labels.v,
						       p->own_labels.nr));
	if (p->annotations.nr)
		json_add(meta, "annotations",
			 export_labels(p->annotations.v, p->annotations.nr));
	/* The kernel has one level of the two; most policies, too. */
	if (is_set(&p->file_attrs)) {
		json_add(meta, "spec", attrs_tree(&p->spec_attrs));
		json_add(meta, "file", attrs_tree(&p->file_attrs));
	}
	json_write(out, meta, false);
	cJSON_Delete(meta);
}

/**
 * meta_fits() - whether the kernel will keep a policy's metadata
 * @p: the policy
 *
 * Return: true if it will.
 */
bool meta_fits(const struct policy *p)
{
	struct buf meta = { 0 };
	bool fits;

	meta_write(p, &meta);
	fits = meta.len <= FIM_META_MAX;
	buf_free(&meta);
	return fits;
}

static void set_label(struct label *l, const cJSON *json)
{
	l->key = mem_string(json->string);
	l->value = mem_string(json->valuestring);
}

static void read_pod_labels(struct policy *p, const cJSON *labels)
{
	const cJSON *l;

	if (!cJSON_IsObject(labels))
		return;
	cJSON_ArrayForEach(l, labels)
		if (cJSON_IsString(l))
			set_label(policy_add_label(p), l);
}

static void read_values(struct expression *e, const cJSON *values)
{
	struct buf all = { 0 };
	const cJSON *value;

	cJSON_ArrayForEach(value, values)
		if (cJSON_IsString(value))
			buf_add(&all, value->valuestring,
				strlen(value->valuestring) + 1);
	e->values = all.data;
	e->values_len = all.len;
}

static void read_expressions(struct policy *p, const cJSON *list)
{
	const cJSON *e, *key, *operator;
	struct expression *expression;

	cJSON_ArrayForEach(e, list) {
		key = cJSON_GetObjectItemCaseSensitive(e, "key");
		operator = cJSON_GetObjectItemCaseSensitive(e, "operator");
		if (!cJSON_IsString(key) || !cJSON_IsString(operator))
			continue;
		expression = policy_add_expression(p);
		expression->key = mem_string(key->valuestring);
		expression->not_in = !strcmp(operator->valuestring, "NotIn");
		read_values(expression,
			    cJSON_GetObjectItemCaseSensitive(e, "values"));
	}
}

static void read_selector(struct policy *p, const cJSON *labels)
{
	const cJSON *l;

	cJSON_ArrayForEach(l, labels)
		if (l->string && selector_known(l->string) &&
		    cJSON_IsString(l) &&
		    !selector_check(l->string, l->valuestring))
			set_label(policy_add_label(p), l);
	if (p->nr_labels)
		return;
	policy_add_label(p);
	p->labels[0].key = mem_string("kubernetes.io/hostname");
	p->labels[0].value = mem_string("*");
}

static void read_remarks(struct policy *p, const cJSON *remarks,
			 bool annotation)
{
	const cJSON *l;

	if (!cJSON_IsObject(remarks))
		return;
	cJSON_ArrayForEach(l, remarks)
		if (cJSON_IsString(l))
			set_label(policy_add_remark(p, annotation), l);
}

static void read_tags(struct attrs *a, const cJSON *tags)
{
	struct buf all = { 0 };
	const cJSON *tag;

	cJSON_ArrayForEach(tag, tags)
		if (cJSON_IsString(tag))
			buf_add(&all, tag->valuestring,
				strlen(tag->valuestring) + 1);
	a->tags = all.data;
	a->tags_len = all.len;
}

static void read_attrs(struct attrs *a, const cJSON *json)
{
	const cJSON *severity, *message, *action;

	severity = cJSON_GetObjectItemCaseSensitive(json, "severity");
	message = cJSON_GetObjectItemCaseSensitive(json, "message");
	action = cJSON_GetObjectItemCaseSensitive(json, "action");
	if (cJSON_IsNumber(severity) && severity->valueint >= 1 &&
	    severity->valueint <= 10)
		a->severity = severity->valueint;
	if (cJSON_IsString(message))
		a->message = mem_string(message->valuestring);
	if (cJSON_IsString(action))
		a->action = policy_action(action->valuestring);
	read_tags(a, cJSON_GetObjectItemCaseSensitive(json, "tags"));
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_attrs(const struct attrs *a, const struct attrs *b)
{
	return a->action == b->action && a->severity == b->severity &&
	       a->tags_len == b->tags_len && same_text(a->message, b->message) &&
	       (!a->tags_len || !memcmp(a->tags, b->tags, a->tags_len));
}

/* What the kernel enforces is the truth: two levels only if they come to it. */
static void read_levels(struct policy *p, const cJSON *spec, const cJSON *file)
{
	struct attrs in_force;

	attrs_copy(&in_force, &p->attrs);
	read_attrs(&p->spec_attrs, spec);
	read_attrs(&p->file_attrs, file);
	policy_inherit(p);
	if (!cJSON_IsObject(file) || !same_attrs(&in_force, &p->attrs)) {
		attrs_free(&p->file_attrs);
		attrs_free(&p->spec_attrs);
		attrs_free(&p->attrs);
		attrs_copy(&p->attrs, &in_force);
		attrs_copy(&p->spec_attrs, &in_force);
	}
	attrs_free(&in_force);
}

/**
 * meta_read() - take a policy's metadata from what the kernel kept
 * @p: its labels, annotations and levels of attributes are set; its kind and
 *	attributes are known
 * @meta: the bytes; may be NULL if @len is 0
 * @len: how many
 *
 * Whoever else applies policies may put anything there, or nothing. As the
 * policy is in force here, it then counts as one for every host.
 */
void meta_read(struct policy *p, const void *meta, size_t len)
{
	cJSON *json = len ? cJSON_ParseWithLength(meta, len) : NULL;
	const cJSON *labels;

	labels = cJSON_GetObjectItemCaseSensitive(json, "matchLabels");
	if (p->kind == FIM_KIND_CONTAINER || p->kind == FIM_KIND_CLUSTER) {
		read_pod_labels(p, labels);
		read_expressions(p, cJSON_GetObjectItemCaseSensitive(json,
							"matchExpressions"));
	} else {
		read_selector(p, labels);
	}
	read_remarks(p, cJSON_GetObjectItemCaseSensitive(json, "labels"),
		     false);
	read_remarks(p, cJSON_GetObjectItemCaseSensitive(json, "annotations"),
		     true);
	read_levels(p, cJSON_GetObjectItemCaseSensitive(json, "spec"),
		    cJSON_GetObjectItemCaseSensitive(json, "file"));
	cJSON_Delete(json);
}
