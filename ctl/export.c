// SPDX-License-Identifier: GPL-2.0
/*
 * export.c - policies in KubeArmor's language again
 *
 * One tree for both formats: JSON is printed from it, and YAML is written from
 * it by emit.c. schema.c reads either and gets the same policy.
 */
#include "array.h"
#include "emit.h"
#include "export.h"
#include "json.h"

/**
 * export_attrs() - add attributes that are set
 * @to: added to
 * @a: the attributes
 */
void export_attrs(cJSON *to, const struct attrs *a)
{
	if (a->severity)
		json_add_number(to, "severity", a->severity);
	if (a->tags_len)
		json_add(to, "tags", json_tags(a->tags, a->tags_len));
	if (a->message)
		json_add_string(to, "message", a->message);
	if (a->action)
		json_add_string(to, "action", policy_action_name(a->action));
}

/**
 * export_labels() - labels as a tree
 * @labels: the labels
 * @nr: how many
 *
 * Return: the tree; to be deleted by the caller.
 */
cJSON *export_labels(const struct label *labels, size_t nr)
{
	cJSON *tree = json_object();
	size_t i;

	for (i = 0; i < nr; i++)
		json_add_string(tree, labels[i].key, labels[i].value);
	return tree;
}

static cJSON *export_expression(const struct expression *e)
{
	cJSON *tree = json_object();

	json_add_string(tree, "key", e->key);
	json_add_string(tree, "operator", e->not_in ? "NotIn" : "In");
	json_add(tree, "values", json_tags(e->values, e->values_len));
	return tree;
}

/**
 * export_expressions() - the expressions of a policy's selector as a tree
 * @p: the policy
 *
 * Return: the tree; to be deleted by the caller.
 */
cJSON *export_expressions(const struct policy *p)
{
	cJSON *list = json_list();
	size_t i;

	for (i = 0; i < p->nr_expressions; i++)
		if (p->expressions[i].key)
			json_append(list, export_expression(&p->expressions[i]));
	return list;
}

/**
 * struct list_name - how a type of rules is written
 * @list: the key of their list
 * @path: the key of what they protect
 */
static const struct list_name {
	const char *list;
	const char *path;
} list_names[] = {
	[FIM_RULE_FILE] = { "matchPaths", "path" },
	[FIM_RULE_DIRECTORY] = { "matchDirectories", "dir" },
	[FIM_RULE_PATTERN] = { "matchPatterns", "pattern" },
};

static cJSON *export_sources(const struct rule *r)
{
	cJSON *list = json_list(), *source;
	size_t i;

	for (i = 0; i < r->nr_sources; i++) {
		source = json_object();
		json_add_string(source, "path", r->sources[i].path);
		json_append(list, source);
	}
	return list;
}

static cJSON *export_rule(const struct rule *r)
{
	cJSON *rule = json_object();

	json_add_string(rule, list_names[r->type].path, r->path);
	if (r->flags & FIM_RULE_RECURSIVE)
		json_add_bool(rule, "recursive", true);
	if (r->flags & FIM_RULE_READONLY)
		json_add_bool(rule, "readOnly", true);
	if (r->flags & FIM_RULE_OWNER_ONLY)
		json_add_bool(rule, "ownerOnly", true);
	if (r->flags & FIM_RULE_TTY)
		json_add_bool(rule, "pts", false);
	if (r->nr_sources)
		json_add(rule, "fromSource", export_sources(r));
	export_attrs(rule, &r->attrs);
	return rule;
}

/* Lists come in the order of their first rules, so that indices stay. */
static cJSON *export_file(const struct policy *p)
{
	cJSON *file = json_object(), *list;
	const struct rule *r;

	export_attrs(file, &p->file_attrs);
	for (r = p->rules; r < p->rules + p->nr_rules; r++) {
		if (rule_is_implied(r) || r->type >= ARRAY_SIZE(list_names) ||
		    !list_names[r->type].list)
			continue;
		list = cJSON_GetObjectItemCaseSensitive(file,
							list_names[r->type].list);
		if (!list) {
			list = json_list();
			json_add(file, list_names[r->type].list, list);
		}
		json_append(list, export_rule(r));
	}
	return file;
}

static cJSON *export_selector(const struct policy *p)
{
	cJSON *selector = json_object();

	if (p->nr_labels)
		json_add(selector, "matchLabels",
			 export_labels(p->labels, p->nr_labels));
	if (p->nr_expressions)
		json_add(selector, "matchExpressions", export_expressions(p));
	return selector;
}

static cJSON *export_spec(const struct policy *p)
{
	cJSON *spec = json_object();

	json_add(spec, p->kind == FIM_KIND_HOST ? "nodeSelector" : "selector",
		 export_selector(p));
	export_attrs(spec, &p->spec_attrs);
	json_add(spec, "file", export_file(p));
	return spec;
}

/**
 * export_json() - a policy as a tree
 * @p: the policy
 *
 * Return: the tree; to be deleted by the caller.
 */
cJSON *export_json(const struct policy *p)
{
	cJSON *policy = json_object(), *metadata = json_object();

	json_add_string(metadata, "name", p->name);
	if (p->namespace)
		json_add_string(metadata, "namespace", p->namespace);
	if (p->own_labels.nr)
		json_add(metadata, "labels", export_labels(p->own_labels.v,
							   p->own_labels.nr));
	if (p->annotations.nr)
		json_add(metadata, "annotations",
			 export_labels(p->annotations.v, p->annotations.nr));
	json_add_string(policy, "apiVersion", POLICY_API_VERSION);
	json_add_string(policy, "kind", policy_kind_name(p->kind));
	json_add(policy, "metadata", metadata);
	json_add(policy, "spec", export_spec(p));
	return policy;
}

/**
 * export_yaml() - append a policy as YAML
 * @p: the policy
 * @out: appended to
 */
void export_yaml(const struct policy *p, struct buf *out)
{
	cJSON *policy = export_json(p);

	emit_yaml(policy, out);
	cJSON_Delete(policy);
}
