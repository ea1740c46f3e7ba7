// SPDX-License-Identifier: GPL-2.0
/*
 * schema.c - KubeArmor's policy language: documents, their head and spec
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "meta.h"
#include "parse.h"
#include "schema.h"
#include "suggest.h"
#include "value.h"

#define NO_FILES "fim enforces file rules only"
#define FOREIGN .why = NO_FILES, .instead = true, .foreign = true

static const struct field spec_fields[] = {
	{ .key = "nodeSelector", .read = parse_node_selector },
	{ .key = "selector", .read = parse_selector },
	{ .key = "file", .read = parse_file, .required = true },
	{ .key = "process", FOREIGN },
	{ .key = "network", FOREIGN },
	{ .key = "capabilities", FOREIGN },
	{ .key = "syscalls", FOREIGN },
	{ .key = "presets", FOREIGN },
	{ .key = "apparmor", FOREIGN },
	{ .key = "selinux", FOREIGN },
	{ .key = "device", FOREIGN },
	ATTR_FIELDS,
};

static void read_spec(struct parse *p, const struct node *n)
{
	bool host = p->policy->kind == FIM_KIND_HOST;

	p->attrs = &p->policy->spec_attrs;
	READ_MAP(p, n, "spec", spec_fields);
	if (n->type != NODE_MAP)
		return;
	if (host && !parse_find(n, "nodeSelector"))
		diag_error(p->diags, &n->at, "'spec' has no 'nodeSelector'");
	if (!host && !parse_find(n, "selector"))
		diag_error(p->diags, &n->at, "'spec' has no 'selector'");
}

static void read_api_version(struct parse *p, const struct node *n)
{
	if (value_is_text(p->diags, n, "apiVersion") &&
	    !node_is(n, POLICY_API_VERSION))
		diag_error(p->diags, &n->at,
			   "'apiVersion' must be " POLICY_API_VERSION ", not '%s'",
			   n->value);
}

static void read_name(struct parse *p, const struct node *n)
{
	p->policy->name_at = n->at;
	if (value_name(p->diags, n, "name", true, FIM_NAME_MAX))
		p->policy->name = mem_dup(n->value, n->len);
}

static void read_namespace(struct parse *p, const struct node *n)
{
	if (value_name(p->diags, n, "namespace", false, 63))
		p->policy->namespace = mem_dup(n->value, n->len);
}

/* kubectl's copy of the whole policy, as it was when it was applied. */
#define KUBECTL_COPY "kubectl.kubernetes.io/last-applied-configuration"

/* Return: false if it is one that says what is enforced, and wrong. */
static bool read_annotation(struct parse *p, const struct node *key)
{
	const struct node *n = key->next;
	size_t i;

	if (node_is(key, POLICY_POSTURE))
		return value_posture(p->diags, n, POLICY_POSTURE,
				     &p->policy->posture);
	for (i = 0; i < BYPASS_NR; i++)
		if (node_is(key, bypass_infos[i].annotation))
			return value_bypass(p->diags, n, key->value,
					    &p->policy->bypasses[i]);
	if (node_is(key, POLICY_APPEND))
		return value_allow(p->diags, n, POLICY_APPEND,
				   &p->policy->append);
	if (strncmp(key->value, POLICY_OURS, strlen(POLICY_OURS)))
		return true;
	diag_error(p->diags, &key->at,
		   "unknown annotation '%s'; fim's are '" POLICY_RAW "', '"
		   POLICY_MODULES "', '" POLICY_KEXEC "' and '" POLICY_APPEND
		   "'",
		   key->value);
	return false;
}

static void read_remark(struct parse *p, const struct node *key,
			bool annotation)
{
	const struct node *n = key->next;
	struct label *remark;

	/* An annotation may well be empty. */
	if (!value_is_text(p->diags, n, key->value))
		return;
	if (annotation &&
	    (node_is(key, KUBECTL_COPY) || !read_annotation(p, key)))
		return;
	remark = policy_add_remark(p->policy, annotation);
	remark->at = n->at;
	remark->key = mem_dup(key->value, key->len);
	remark->value = mem_dup(n->value, n->len);
}

/*
 * Labels and annotations of the policy itself are for whoever files it, but
 * for those that say how it is enforced; all are kept and given back, but for
 * kubectl's copy, which may be longer than what the kernel keeps.
 */
static void read_remarks(struct parse *p, const struct node *n,
			 const char *what, bool annotation)
{
	const struct node *key;

	if (!value_is_map(p->diags, n, what))
		return;
	for (key = n->child; key; key = key->next->next)
		if (key->type == NODE_SCALAR)
			read_remark(p, key, annotation);
}

static void read_labels(struct parse *p, const struct node *n)
{
	read_remarks(p, n, "labels", false);
}

static void read_annotations(struct parse *p, const struct node *n)
{
	read_remarks(p, n, "annotations", true);
}

/*
 * What is read elsewhere, as the kind, or what a cluster notes about a policy:
 * a policy that is exported from one has all of that. Nobody wrote it, and
 * nobody takes it for what is enforced, so there is nothing to warn of.
 */
static void read_nothing(struct parse *p, const struct node *n)
{
	(void)p;
	(void)n;
}

static const struct field metadata_fields[] = {
	{ .key = "name", .read = read_name, .required = true },
	{ .key = "namespace", .read = read_namespace },
	{ .key = "labels", .read = read_labels },
	{ .key = "annotations", .read = read_annotations },
	{ .key = "creationTimestamp", .read = read_nothing },
	{ .key = "deletionGracePeriodSeconds", .read = read_nothing },
	{ .key = "deletionTimestamp",
	  .why = "the cluster is deleting the policy; remove it" },
	{ .key = "finalizers", .read = read_nothing },
	{ .key = "generateName", .read = read_nothing },
	{ .key = "generation", .read = read_nothing },
	{ .key = "managedFields", .read = read_nothing },
	{ .key = "ownerReferences", .read = read_nothing },
	{ .key = "resourceVersion", .read = read_nothing },
	{ .key = "selfLink", .read = read_nothing },
	{ .key = "uid", .read = read_nothing },
};

static void read_metadata(struct parse *p, const struct node *n)
{
	READ_MAP(p, n, "metadata", metadata_fields);
	if (p->policy->kind == FIM_KIND_CLUSTER && p->policy->namespace)
		diag_error(p->diags, &n->at,
			   "'namespace' is not supported: a KubeArmorClusterPolicy has none; its selector names namespaces");
}

/* The kind is read before all else: it decides what else is to be said. */
static const struct field policy_fields[] = {
	{ .key = "apiVersion", .read = read_api_version, .required = true },
	{ .key = "kind", .read = read_nothing, .required = true },
	{ .key = "metadata", .read = read_metadata, .required = true },
	{ .key = "spec", .read = read_spec, .required = true },
	{ .key = "status", .read = read_nothing },
};

/* Return: the kind that a misspelt one may have meant, or NULL. */
static const char *suggest_kind(const char *word)
{
	uint8_t kind;

	for (kind = FIM_KIND_HOST; kind <= FIM_KIND_CLUSTER; kind++)
		if (suggest(word, policy_kind_name(kind)))
			return policy_kind_name(kind);
	return NULL;
}

static void wrong_kind(struct parse *p, const struct node *n)
{
	const char *hint = suggest_kind(n->value);

	if (node_is(n, "List"))
		diag_error(p->diags, &n->at,
			   "kind 'List' is no policy, and not taken in a list; give its items instead");
	else if (hint)
		diag_error(p->diags, &n->at,
			   "kind '%s' is no policy; did you mean '%s'?",
			   n->value, hint);
	else
		diag_error(p->diags, &n->at,
			   "kind '%s' is no policy; KubeArmorHostPolicy, KubeArmorPolicy and KubeArmorClusterPolicy are",
			   n->value);
}

/*
 * Return: the kind of a document; that of most if there is none; 0 if the rest
 * is not worth a look.
 */
static uint8_t read_kind(struct parse *p, const struct node *root)
{
	const struct node *n = parse_find(root, "kind");
	uint8_t kind;

	if (!n || !value_is_text(p->diags, n, "kind"))
		return FIM_KIND_HOST;
	for (kind = FIM_KIND_HOST; kind <= FIM_KIND_CLUSTER; kind++)
		if (node_is(n, policy_kind_name(kind)))
			return kind;
	wrong_kind(p, n);
	return 0;
}

static void finish_policy(struct parse *p)
{
	struct policy *policy = p->policy;

	policy_inherit(policy);
	if (!meta_fits(policy))
		diag_error(p->diags, &policy->name_at,
			   "selector, labels, annotations and the like are longer than %d bytes together",
			   FIM_META_MAX);
	if (p->ignore && !policy->nr_rules && policy->name) {
		diag_warning(p->diags, &policy->name_at,
			     "policy '%s' is left out: it has no file rules",
			     policy->name);
		policies_drop_last(p->set);
	}
}

static void read_policy(struct parse *p, const struct node *root)
{
	uint8_t kind;

	p->documents++;
	if (root->type != NODE_MAP) {
		diag_error(p->diags, &root->at,
			   "a policy is a mapping, this is %s",
			   node_describe(root));
		return;
	}
	kind = read_kind(p, root);
	if (!kind)
		return;
	p->policy = policies_add(p->set);
	p->policy->at = root->at;
	p->policy->name_at = root->at;
	p->policy->kind = kind;
	READ_MAP(p, root, "policy", policy_fields);
	finish_policy(p);
}

static void read_policies(struct parse *p, const struct node *list)
{
	const struct node *item;

	for (item = list->child; item; item = item->next)
		read_policy(p, item);
}

static void read_list_version(struct parse *p, const struct node *n)
{
	if (value_is_text(p->diags, n, "apiVersion") && !node_is(n, "v1"))
		diag_error(p->diags, &n->at,
			   "'apiVersion' of a List must be v1, not '%s'",
			   n->value);
}

static void read_items(struct parse *p, const struct node *n)
{
	if (value_is_list(p->diags, n, "items"))
		read_policies(p, n);
}

static const struct field list_fields[] = {
	{ .key = "apiVersion", .read = read_list_version, .required = true },
	{ .key = "kind", .read = read_nothing, .required = true },
	{ .key = "metadata", .read = read_nothing },
	{ .key = "items", .read = read_items, .required = true },
};

static bool is_list(const struct node *root)
{
	const struct node *kind;

	if (root->type != NODE_MAP)
		return false;
	kind = parse_find(root, "kind");
	return kind && node_is(kind, "List");
}

static void read_document(const struct node *root, void *arg)
{
	struct parse *p = arg;

	/* What comes behind a "---" at the end of a file. */
	if (node_is_null(root))
		return;
	/* As JSON, which has no documents, has several. */
	if (root->type == NODE_LIST)
		read_policies(p, root);
	/* As kubectl get prints several. */
	else if (is_list(root))
		READ_MAP(p, root, "List", list_fields);
	else
		read_policy(p, root);
}

/**
 * schema_parse() - read the policies of a file
 * @file: name for messages; outlives the policies
 * @data: the file's bytes
 * @len: how many
 * @ignore: leave out what are no file rules, with a warning
 * @set: policies are appended here; only to be used if there was no error
 * @diags: where errors go
 */
void schema_parse(const char *file, const void *data, size_t len, bool ignore,
		  struct policies *set, struct diags *diags)
{
	struct parse p = { .diags = diags, .set = set, .ignore = ignore };
	size_t errors = diags->errors;

	node_parse(file, data, len, diags, read_document, &p);
	if (!p.documents && diags->errors == errors)
		diag_error(diags, &(struct mark){ file, 1, 1 },
			   "there is no policy in this file");
}
