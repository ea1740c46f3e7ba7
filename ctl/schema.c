// SPDX-License-Identifier: GPL-2.0
/*
 * schema.c - KubeArmor's policy language
 *
 * One table per mapping of the language says which keys it may have and what
 * reads them. A key that KubeArmor has and we do not is in its table too, with
 * the reason: nothing is skipped, as a rule that is not enforced must not look
 * as if it were.
 */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "buf.h"
#include "mem.h"
#include "meta.h"
#include "node.h"
#include "schema.h"
#include "selector.h"
#include "suggest.h"
#include "value.h"

/**
 * struct parse - where reading stands
 * @diags: where errors go
 * @set: where policies go
 * @policy: the policy being read; its attributes are those of spec
 * @rule: the rule being read
 * @attrs: those of the level being read: spec, file or a rule
 * @file_attrs: those of spec.file, which override those of spec
 * @documents: documents that were not empty
 * @host: the kind is one that fim has
 */
struct parse {
	struct diags *diags;
	struct policies *set;
	struct policy *policy;
	struct rule *rule;
	struct attrs *attrs;
	struct attrs file_attrs;
	size_t documents;
	bool host;
};

/**
 * struct field - a key that a mapping may have
 * @key: the key
 * @read: reads its value; NULL if we do not have it
 * @why: the reason then
 * @required: an error if it is missing
 * @instead: if it is there, what is required may be missing: its own error
 *	says what is wrong
 */
struct field {
	const char *key;
	void (*read)(struct parse *p, const struct node *n);
	const char *why;
	bool required;
	bool instead;
};

#define FIELDS_MAX 24

static void unknown_key(struct parse *p, const struct node *key,
			const struct field *fields, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (suggest(key->value, fields[i].key)) {
			diag_error(p->diags, &key->at,
				   "unknown key '%s'; did you mean '%s'?",
				   key->value, fields[i].key);
			return;
		}
	}
	diag_error(p->diags, &key->at, "unknown key '%s'", key->value);
}

static void read_field(struct parse *p, const struct node *key,
		       const struct field *fields, size_t nr, bool *seen)
{
	size_t i;

	for (i = 0; i < nr && !node_is(key, fields[i].key); i++)
		;
	if (i == nr) {
		unknown_key(p, key, fields, nr);
		return;
	}
	/* One given twice has had its error; the first is read. */
	if (seen[i])
		return;
	seen[i] = true;
	if (fields[i].read)
		fields[i].read(p, key->next);
	else
		diag_error(p->diags, &key->at, "'%s' is not supported: %s",
			   key->value, fields[i].why);
}

static void check_required(struct parse *p, const struct node *map,
			   const char *what, const struct field *fields,
			   size_t nr, const bool *seen)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (fields[i].instead && seen[i])
			return;
	for (i = 0; i < nr; i++)
		if (fields[i].required && !seen[i])
			diag_error(p->diags, &map->at, "'%s' has no '%s'",
				   what, fields[i].key);
}

static void read_map(struct parse *p, const struct node *map,
		     const char *what, const struct field *fields, size_t nr)
{
	bool seen[FIELDS_MAX] = { false };
	const struct node *key;

	if (!value_is_map(p->diags, map, what))
		return;
	for (key = map->child; key; key = key->next->next)
		if (key->type == NODE_SCALAR)
			read_field(p, key, fields, nr, seen);
	check_required(p, map, what, fields, nr, seen);
}

#define READ_MAP(p, map, what, fields)                               \
	do {                                                         \
		_Static_assert(ARRAY_SIZE(fields) <= FIELDS_MAX, ""); \
		read_map(p, map, what, fields, ARRAY_SIZE(fields));   \
	} while (0)

static void read_severity(struct parse *p, const struct node *n)
{
	value_severity(p->diags, n, &p->attrs->severity);
}

static void read_action(struct parse *p, const struct node *n)
{
	value_action(p->diags, n, &p->attrs->action);
}

static void read_message(struct parse *p, const struct node *n)
{
	if (!value_is_text(p->diags, n, "message"))
		return;
	if (n->len > FIM_TEXT_MAX)
		diag_error(p->diags, &n->at,
			   "'message' is longer than %d bytes", FIM_TEXT_MAX);
	else if (n->len)
		p->attrs->message = mem_dup(n->value, n->len);
}

static void read_tag(struct parse *p, const struct node *n, struct buf *tags)
{
	if (!value_is_text(p->diags, n, "tags"))
		return;
	if (n->len)
		buf_add(tags, n->value, n->len + 1);
	else
		diag_error(p->diags, &n->at, "'tags' holds an empty tag");
}

static void read_tags(struct parse *p, const struct node *n)
{
	struct buf tags = { 0 };
	const struct node *tag;

	if (!value_is_list(p->diags, n, "tags"))
		return;
	for (tag = n->child; tag; tag = tag->next)
		read_tag(p, tag, &tags);
	if (tags.len > FIM_TEXT_MAX) {
		diag_error(p->diags, &n->at,
			   "'tags' are longer than %d bytes together",
			   FIM_TEXT_MAX);
		buf_free(&tags);
		return;
	}
	/* An empty list is as good as none to KubeArmor too. */
	p->attrs->tags = tags.data;
	p->attrs->tags_len = tags.len;
}

#define ATTR_FIELDS                                  \
	{ .key = "severity", .read = read_severity }, \
	{ .key = "tags", .read = read_tags },         \
	{ .key = "message", .read = read_message },   \
	{ .key = "action", .read = read_action }

static void read_dir(struct parse *p, const struct node *n)
{
	p->rule->at = n->at;
	if (value_directory(p->diags, n))
		p->rule->path = mem_dup(n->value, n->len);
}

static void read_recursive(struct parse *p, const struct node *n)
{
	bool on;

	if (value_bool(p->diags, n, "recursive", &on) && on)
		p->rule->flags |= FIM_RULE_RECURSIVE;
}

static void read_read_only(struct parse *p, const struct node *n)
{
	bool on;

	if (!value_bool(p->diags, n, "readOnly", &on))
		return;
	if (on)
		p->rule->flags |= FIM_RULE_READONLY;
	else
		diag_error(p->diags, &n->at,
			   "'readOnly: false' is not supported yet: it would refuse reading too");
}

static const struct field rule_fields[] = {
	{ .key = "dir", .read = read_dir, .required = true },
	{ .key = "recursive", .read = read_recursive },
	{ .key = "readOnly", .read = read_read_only },
	{ .key = "ownerOnly", .why = "rules for all but the owner are not done yet" },
	{ .key = "fromSource", .why = "rules by executable are not done yet" },
	{ .key = "pts", .why = "rules by terminal are not done yet" },
	ATTR_FIELDS,
};

static bool has_key(const struct node *map, const char *name)
{
	const struct node *key;

	for (key = map->child; key; key = key->next->next)
		if (node_is(key, name))
			return true;
	return false;
}

static void read_rule(struct parse *p, const struct node *n)
{
	struct attrs *above = p->attrs;

	p->rule = policy_add_rule(p->policy);
	p->rule->at = n->at;
	p->rule->type = FIM_RULE_DIRECTORY;
	p->attrs = &p->rule->attrs;
	READ_MAP(p, n, "matchDirectories", rule_fields);
	if (n->type == NODE_MAP && !has_key(n, "readOnly"))
		diag_error(p->diags, &n->at,
			   "this rule lacks 'readOnly: true': refusing reads is not supported yet");
	p->attrs = above;
}

static void read_directories(struct parse *p, const struct node *n)
{
	const struct node *rule;

	if (!value_is_list(p->diags, n, "matchDirectories"))
		return;
	if (!n->child)
		diag_error(p->diags, &n->at, "'matchDirectories' is empty");
	for (rule = n->child; rule; rule = rule->next)
		read_rule(p, rule);
}

static const struct field file_fields[] = {
	{ .key = "matchDirectories", .read = read_directories,
	  .required = true },
	{ .key = "matchPaths", .instead = true,
	  .why = "rules for single files are not done yet" },
	{ .key = "matchPatterns", .instead = true,
	  .why = "rules by pattern are not done yet" },
	ATTR_FIELDS,
};

static void read_file(struct parse *p, const struct node *n)
{
	struct attrs *above = p->attrs;

	p->attrs = &p->file_attrs;
	READ_MAP(p, n, "file", file_fields);
	p->attrs = above;
}

static void read_label(struct parse *p, const struct node *key)
{
	const struct node *n = key->next;
	struct label *label;
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
	if (bad) {
		diag_error(p->diags, &n->at, "'%s' %s", key->value, bad);
		return;
	}
	label = policy_add_label(p->policy);
	label->at = n->at;
	label->key = mem_dup(key->value, key->len);
	label->value = mem_dup(n->value, n->len);
}

static void read_match_labels(struct parse *p, const struct node *n)
{
	const struct node *key;

	if (!value_is_map(p->diags, n, "matchLabels"))
		return;
	if (!n->child)
		diag_error(p->diags, &n->at,
			   "'matchLabels' is empty; to select every host write kubernetes.io/hostname: \"*\"");
	for (key = n->child; key; key = key->next->next)
		if (key->type == NODE_SCALAR)
			read_label(p, key);
	if (!meta_fits(p->policy))
		diag_error(p->diags, &n->at,
			   "'matchLabels' are longer than %d bytes together",
			   FIM_META_MAX);
}

static const struct field selector_fields[] = {
	{ .key = "matchLabels", .read = read_match_labels, .required = true },
	{ .key = "matchExpressions", .why = "KubeArmorHostPolicy has none" },
};

static void read_node_selector(struct parse *p, const struct node *n)
{
	READ_MAP(p, n, "nodeSelector", selector_fields);
}

static void read_selector(struct parse *p, const struct node *n)
{
	/* A kind that has selectors was refused, which says it all. */
	if (p->host)
		diag_error(p->diags, &n->at,
			   "'selector' is not supported: a KubeArmorHostPolicy has a 'nodeSelector'");
}

#define NO_FILES "fim enforces file rules only"

static const struct field spec_fields[] = {
	{ .key = "nodeSelector", .read = read_node_selector },
	{ .key = "file", .read = read_file, .required = true },
	{ .key = "selector", .read = read_selector },
	{ .key = "process", .why = NO_FILES, .instead = true },
	{ .key = "network", .why = NO_FILES, .instead = true },
	{ .key = "capabilities", .why = NO_FILES, .instead = true },
	{ .key = "syscalls", .why = NO_FILES, .instead = true },
	{ .key = "presets", .why = NO_FILES, .instead = true },
	{ .key = "apparmor", .why = NO_FILES, .instead = true },
	{ .key = "device", .why = NO_FILES, .instead = true },
	ATTR_FIELDS,
};

static void read_spec(struct parse *p, const struct node *n)
{
	p->attrs = &p->policy->attrs;
	READ_MAP(p, n, "spec", spec_fields);
	if (p->host && n->type == NODE_MAP && !has_key(n, "nodeSelector"))
		diag_error(p->diags, &n->at, "'spec' has no 'nodeSelector'");
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

/*
 * Labels and annotations of the policy itself are for whoever files it; they
 * change nothing about what is enforced, so they may be there and are not kept.
 */
static void read_remarks(struct parse *p, const struct node *n)
{
	const struct node *key;

	if (!value_is_map(p->diags, n, "labels and annotations"))
		return;
	for (key = n->child; key; key = key->next->next)
		if (key->type == NODE_SCALAR)
			value_is_text(p->diags, key->next, key->value);
}

#define BY_SERVER "the Kubernetes API server sets it; remove it"

static const struct field metadata_fields[] = {
	{ .key = "name", .read = read_name, .required = true },
	{ .key = "namespace", .read = read_namespace },
	{ .key = "labels", .read = read_remarks },
	{ .key = "annotations", .read = read_remarks },
	{ .key = "creationTimestamp", .why = BY_SERVER },
	{ .key = "generation", .why = BY_SERVER },
	{ .key = "managedFields", .why = BY_SERVER },
	{ .key = "resourceVersion", .why = BY_SERVER },
	{ .key = "uid", .why = BY_SERVER },
};

static void read_metadata(struct parse *p, const struct node *n)
{
	READ_MAP(p, n, "metadata", metadata_fields);
}

/* The kind is read before all else: it decides what else is to be said. */
static void read_nothing(struct parse *p, const struct node *n)
{
	(void)p;
	(void)n;
}

static const struct field policy_fields[] = {
	{ .key = "apiVersion", .read = read_api_version, .required = true },
	{ .key = "kind", .read = read_nothing, .required = true },
	{ .key = "metadata", .read = read_metadata, .required = true },
	{ .key = "spec", .read = read_spec, .required = true },
	{ .key = "status", .why = BY_SERVER },
};

static const struct node *find_value(const struct node *map, const char *name)
{
	const struct node *key;

	for (key = map->child; key; key = key->next->next)
		if (node_is(key, name))
			return key->next;
	return NULL;
}

/*
 * Return: whether the rest of the document is worth a look: it is one of
 * KubeArmor's policies, if maybe of a kind that we do not have.
 */
static bool check_kind(struct parse *p, const struct node *root)
{
	const struct node *n = find_value(root, "kind");

	p->host = !n || node_is(n, "KubeArmorHostPolicy");
	if (p->host)
		return true;
	if (!value_is_text(p->diags, n, "kind"))
		return true;
	if (node_is(n, "KubeArmorPolicy") ||
	    node_is(n, "KubeArmorClusterPolicy")) {
		diag_error(p->diags, &n->at,
			   "kind '%s' is not supported yet; 'KubeArmorHostPolicy' is",
			   n->value);
		return true;
	}
	diag_error(p->diags, &n->at,
		   "kind '%s' is no policy; 'KubeArmorHostPolicy' is%s",
		   n->value, node_is(n, "List") ?
		   ", so give the items of this list one by one" : "");
	return false;
}

static void inherit(struct attrs *to, struct attrs *from)
{
	if (from->action)
		to->action = from->action;
	if (from->severity)
		to->severity = from->severity;
	if (from->tags) {
		free(to->tags);
		to->tags = from->tags;
		to->tags_len = from->tags_len;
	}
	if (from->message) {
		free(to->message);
		to->message = from->message;
	}
	*from = (struct attrs){ 0 };
}

static void read_document(const struct node *root, void *arg)
{
	struct parse *p = arg;

	/* What comes behind a "---" at the end of a file. */
	if (node_is_null(root))
		return;
	p->documents++;
	if (root->type != NODE_MAP) {
		diag_error(p->diags, &root->at,
			   "a policy is a mapping, this is %s",
			   node_describe(root));
		return;
	}
	if (!check_kind(p, root))
		return;
	p->policy = policies_add(p->set);
	p->policy->at = root->at;
	p->policy->name_at = root->at;
	p->policy->kind = FIM_KIND_HOST;
	READ_MAP(p, root, "policy", policy_fields);
	/*
	 * The kernel has one level of defaults: with file rules only, those of
	 * spec.file and of spec come to the same.
	 */
	inherit(&p->policy->attrs, &p->file_attrs);
	if (!p->policy->attrs.action)
		p->policy->attrs.action = FIM_ACTION_BLOCK;
}

/**
 * schema_parse() - read the policies of a file
 * @file: name for messages; outlives the policies
 * @data: the file's bytes
 * @len: how many
 * @set: policies are appended here; only to be used if there was no error
 * @diags: where errors go
 */
void schema_parse(const char *file, const void *data, size_t len,
		  struct policies *set, struct diags *diags)
{
	struct parse p = { .diags = diags, .set = set };
	size_t errors = diags->errors;

	node_parse(file, data, len, diags, read_document, &p);
	if (!p.documents && diags->errors == errors)
		diag_error(diags, &(struct mark){ file, 1, 1 },
			   "there is no policy in this file");
}
