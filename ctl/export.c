// SPDX-License-Identifier: GPL-2.0
/*
 * export.c - policies in KubeArmor's language again
 *
 * One tree for both formats: JSON is printed from it, and YAML is written from
 * it by emit.c. schema.c reads either and gets the same policy.
 */
#include "emit.h"
#include "export.h"
#include "json.h"

static void export_attrs(cJSON *to, const struct attrs *a)
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

static cJSON *export_rule(const struct rule *r, const char *key)
{
	cJSON *rule = json_object();

	json_add_string(rule, key, r->path);
	if (r->flags & FIM_RULE_RECURSIVE)
		json_add_bool(rule, "recursive", true);
	if (r->flags & FIM_RULE_READONLY)
		json_add_bool(rule, "readOnly", true);
	export_attrs(rule, &r->attrs);
	return rule;
}

static cJSON *export_rules(const struct policy *p, uint8_t type,
			   const char *key)
{
	const struct rule *r;
	cJSON *rules = json_list();

	for (r = p->rules; r < p->rules + p->nr_rules; r++)
		if (r->type == type && !rule_is_implied(r))
			json_append(rules, export_rule(r, key));
	return rules;
}

static cJSON *export_file(const struct policy *p)
{
	cJSON *file = json_object(), *rules;

	/* Another program may have made these; schema.c does not take them. */
	rules = export_rules(p, FIM_RULE_FILE, "path");
	if (rules->child)
		json_add(file, "matchPaths", rules);
	else
		cJSON_Delete(rules);
	json_add(file, "matchDirectories",
		 export_rules(p, FIM_RULE_DIRECTORY, "dir"));
	return file;
}

static cJSON *export_selector(const struct policy *p)
{
	cJSON *selector = json_object(), *labels = json_object();
	size_t i;

	for (i = 0; i < p->nr_labels; i++)
		json_add_string(labels, p->labels[i].key, p->labels[i].value);
	json_add(selector, "matchLabels", labels);
	return selector;
}

static cJSON *export_spec(const struct policy *p)
{
	cJSON *spec = json_object();

	json_add(spec, "nodeSelector", export_selector(p));
	export_attrs(spec, &p->attrs);
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
