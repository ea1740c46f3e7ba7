// SPDX-License-Identifier: GPL-2.0
/*
 * parse.c - mappings by their tables, and the keys of several of them
 *
 * One table per mapping of the language says which keys it may have and what
 * reads them. A key that KubeArmor has and we do not is in its table too, with
 * the reason: nothing is skipped, as a rule that is not enforced must not look
 * as if it were.
 */
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "parse.h"
#include "suggest.h"
#include "value.h"

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

static void refuse_key(struct parse *p, const struct node *key,
		       const struct field *field)
{
	if (field->foreign && p->ignore)
		diag_warning(p->diags, &key->at, "'%s' is left out: %s",
			     key->value, field->why);
	else
		diag_error(p->diags, &key->at, "'%s' is not supported: %s%s",
			   key->value, field->why, field->foreign ?
			   "; --ignore-unsupported leaves it out" : "");
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
		refuse_key(p, key, &fields[i]);
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

/**
 * parse_map() - read a mapping by its table
 * @p: where reading stands
 * @map: the node that is to be one
 * @what: its key
 * @fields: its table
 * @nr: lines of that, FIELDS_MAX at most
 */
void parse_map(struct parse *p, const struct node *map, const char *what,
	       const struct field *fields, size_t nr)
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

/**
 * parse_find() - find a key's value
 * @map: a mapping
 * @name: the key
 *
 * Return: the value, or NULL.
 */
const struct node *parse_find(const struct node *map, const char *name)
{
	const struct node *key;

	for (key = map->child; key; key = key->next->next)
		if (node_is(key, name))
			return key->next;
	return NULL;
}

/**
 * parse_severity() - read a severity
 * @p: where reading stands
 * @n: the value
 */
void parse_severity(struct parse *p, const struct node *n)
{
	value_severity(p->diags, n, &p->attrs->severity);
}

/**
 * parse_action() - read an action
 * @p: where reading stands
 * @n: the value
 */
void parse_action(struct parse *p, const struct node *n)
{
	value_action(p->diags, n, &p->attrs->action);
}

/**
 * parse_message() - read a message
 * @p: where reading stands
 * @n: the value
 */
void parse_message(struct parse *p, const struct node *n)
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

/**
 * parse_tags() - read tags
 * @p: where reading stands
 * @n: the value
 */
void parse_tags(struct parse *p, const struct node *n)
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
