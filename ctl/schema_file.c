// SPDX-License-Identifier: GPL-2.0
/*
 * schema_file.c - the section "file" of KubeArmor's policy language
 */
#include <string.h>

#include "mem.h"
#include "parse.h"
#include "value.h"

static void read_dir(struct parse *p, const struct node *n)
{
	p->rule->at = n->at;
	if (value_directory(p->diags, n))
		p->rule->path = mem_dup(n->value, n->len);
}

static void read_path(struct parse *p, const struct node *n)
{
	p->rule->at = n->at;
	if (value_path(p->diags, n, "path"))
		p->rule->path = mem_dup(n->value, n->len);
}

static void read_pattern(struct parse *p, const struct node *n)
{
	p->rule->at = n->at;
	if (value_pattern(p->diags, n))
		p->rule->path = mem_dup(n->value, n->len);
}

static void read_flag(struct parse *p, const struct node *n, const char *what,
		      uint32_t flag)
{
	bool on;

	if (value_bool(p->diags, n, what, &on) && on)
		p->rule->flags |= flag;
}

static void read_recursive(struct parse *p, const struct node *n)
{
	read_flag(p, n, "recursive", FIM_RULE_RECURSIVE);
}

static void read_read_only(struct parse *p, const struct node *n)
{
	read_flag(p, n, "readOnly", FIM_RULE_READONLY);
}

static void read_owner_only(struct parse *p, const struct node *n)
{
	read_flag(p, n, "ownerOnly", FIM_RULE_OWNER_ONLY);
}

/* "pts: true" says what is so without it. */
static void read_pts(struct parse *p, const struct node *n)
{
	bool on;

	if (value_bool(p->diags, n, "pts", &on) && !on)
		p->rule->flags |= FIM_RULE_TTY;
}

static void read_source_path(struct parse *p, const struct node *n)
{
	struct source *source;

	if (!value_path(p->diags, n, "path"))
		return;
	source = rule_add_source(p->rule);
	source->at = n->at;
	source->path = mem_dup(n->value, n->len);
}

#define ONE_BY_ONE "name each executable by its 'path'"

static const struct field source_fields[] = {
	{ .key = "path", .read = read_source_path, .required = true },
	{ .key = "dir", .why = ONE_BY_ONE, .instead = true },
	{ .key = "recursive", .why = ONE_BY_ONE },
};

static void check_sources(struct parse *p, const struct node *n)
{
	size_t len = 0, i;

	for (i = 0; i < p->rule->nr_sources; i++)
		len += strlen(p->rule->sources[i].path);
	if (p->rule->nr_sources > FIM_SOURCES_MAX)
		diag_error(p->diags, &n->at,
			   "'fromSource' names more than %d executables",
			   FIM_SOURCES_MAX);
	else if (len > SOURCES_LEN_MAX)
		diag_error(p->diags, &n->at,
			   "the paths of 'fromSource' are longer than %d bytes together",
			   SOURCES_LEN_MAX);
}

static void read_from_source(struct parse *p, const struct node *n)
{
	const struct node *source;

	if (!value_is_list(p->diags, n, "fromSource"))
		return;
	if (!n->child)
		diag_error(p->diags, &n->at,
			   "'fromSource' is empty; name an executable or remove the key");
	for (source = n->child; source; source = source->next)
		READ_MAP(p, source, "fromSource", source_fields);
	check_sources(p, n);
}

#define RULE_FIELDS                                       \
	{ .key = "readOnly", .read = read_read_only },    \
	{ .key = "ownerOnly", .read = read_owner_only },  \
	ATTR_FIELDS

static const struct field path_fields[] = {
	{ .key = "path", .read = read_path, .required = true },
	{ .key = "dir", .why = "it belongs under matchDirectories",
	  .instead = true },
	{ .key = "fromSource", .read = read_from_source },
	{ .key = "pts", .read = read_pts },
	RULE_FIELDS,
};

static const struct field directory_fields[] = {
	{ .key = "dir", .read = read_dir, .required = true },
	{ .key = "path", .why = "it belongs under matchPaths",
	  .instead = true },
	{ .key = "recursive", .read = read_recursive },
	{ .key = "fromSource", .read = read_from_source },
	{ .key = "pts", .read = read_pts },
	RULE_FIELDS,
};

static const struct field pattern_fields[] = {
	{ .key = "pattern", .read = read_pattern, .required = true },
	{ .key = "recursive", .why = "a pattern says it with '**'" },
	{ .key = "fromSource", .why = "KubeArmor has it for paths and directories only" },
	{ .key = "pts", .why = "KubeArmor has it for paths and directories only" },
	RULE_FIELDS,
};

static void begin_rule(struct parse *p, const struct node *n, uint8_t type)
{
	p->rule = policy_add_rule(p->policy);
	p->rule->at = n->at;
	p->rule->type = type;
	p->attrs = &p->rule->attrs;
}

static const struct node *first_rule(struct parse *p, const struct node *n,
				     const char *what)
{
	if (!value_is_list(p->diags, n, what))
		return NULL;
	if (!n->child)
		diag_error(p->diags, &n->at, "'%s' is empty", what);
	return n->child;
}

static void read_paths(struct parse *p, const struct node *n)
{
	const struct node *rule = first_rule(p, n, "matchPaths");
	struct attrs *above = p->attrs;

	for (; rule; rule = rule->next) {
		begin_rule(p, rule, FIM_RULE_FILE);
		READ_MAP(p, rule, "matchPaths", path_fields);
	}
	p->attrs = above;
}

static void read_directories(struct parse *p, const struct node *n)
{
	const struct node *rule = first_rule(p, n, "matchDirectories");
	struct attrs *above = p->attrs;

	for (; rule; rule = rule->next) {
		begin_rule(p, rule, FIM_RULE_DIRECTORY);
		READ_MAP(p, rule, "matchDirectories", directory_fields);
	}
	p->attrs = above;
}

static void read_patterns(struct parse *p, const struct node *n)
{
	const struct node *rule = first_rule(p, n, "matchPatterns");
	struct attrs *above = p->attrs;

	for (; rule; rule = rule->next) {
		begin_rule(p, rule, FIM_RULE_PATTERN);
		READ_MAP(p, rule, "matchPatterns", pattern_fields);
	}
	p->attrs = above;
}

static const struct field file_fields[] = {
	{ .key = "matchPaths", .read = read_paths },
	{ .key = "matchDirectories", .read = read_directories },
	{ .key = "matchPatterns", .read = read_patterns },
	ATTR_FIELDS,
};

/**
 * parse_file() - read the section "file"
 * @p: where reading stands
 * @n: the value
 */
void parse_file(struct parse *p, const struct node *n)
{
	struct attrs *above = p->attrs;

	p->attrs = &p->policy->file_attrs;
	READ_MAP(p, n, "file", file_fields);
	p->attrs = above;
	if (n->type == NODE_MAP && !parse_find(n, "matchPaths") &&
	    !parse_find(n, "matchDirectories") &&
	    !parse_find(n, "matchPatterns"))
		diag_error(p->diags, &n->at,
			   "'file' has no 'matchPaths', 'matchDirectories' or 'matchPatterns'");
}
