// SPDX-License-Identifier: GPL-2.0
/*
 * node.c - YAML as a tree that knows its places
 *
 * libyaml's events are made into a tree without recursion, so the depth of a
 * hostile file costs no stack. Depth and number of values are bounded, and
 * aliases are refused, which is what makes nested documents explode.
 */
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "arena.h"
#include "mem.h"
#include "node.h"
#include "text.h"

/**
 * struct frame - a list or map that is not complete yet
 * @node: it
 * @tail: where its next child is linked
 * @nr: children so far
 */
struct frame {
	struct node *node;
	struct node **tail;
	size_t nr;
};

/**
 * struct build - a document that is being read
 * @file: for marks
 * @diags: where errors go
 * @arena: holds the nodes of this document
 * @root: its first node
 * @stack: lists and maps that are open, outermost first
 * @depth: how many
 * @total: nodes of this file so far
 */
struct build {
	const char *file;
	struct diags *diags;
	struct arena arena;
	struct node *root;
	struct frame stack[NODE_DEPTH_MAX];
	size_t depth;
	size_t total;
};

static struct mark mark_of(const struct build *b, const yaml_mark_t *at)
{
	return (struct mark){ b->file, at->line + 1, at->column + 1 };
}

static int by_value(const void *a, const void *b)
{
	const struct node *x = *(const struct node *const *)a;
	const struct node *y = *(const struct node *const *)b;
	int diff;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	diff = memcmp(x->value, y->value, x->len);
	if (diff)
		return diff;
	if (x->at.line != y->at.line)
		return x->at.line < y->at.line ? -1 : 1;
	return x->at.column < y->at.column ? -1 : x->at.column > y->at.column;
}

static void compare_keys(struct build *b, struct node **key, size_t nr)
{
	size_t i;

	/* Sorting is fast whatever the keys; a hash can be made to collide. */
	qsort(key, nr, sizeof(*key), by_value);
	for (i = 1; i < nr; i++)
		if (key[i]->len == key[i - 1]->len &&
		    !memcmp(key[i]->value, key[i - 1]->value, key[i]->len))
			diag_error(b->diags, &key[i]->at,
				   "key '%s' is given twice, first in line %u",
				   key[i]->value, key[i - 1]->at.line);
}

static void check_keys(struct build *b, const struct frame *f)
{
	struct node **key, *n;
	size_t nr = 0;

	if (f->nr < 4)
		return;
	key = mem_resize(NULL, f->nr / 2 + 1, sizeof(*key));
	for (n = f->node->child; n; n = n->next->next)
		if (n->type == NODE_SCALAR)
			key[nr++] = n;
	if (nr)
		compare_keys(b, key, nr);
	free(key);
}

static bool key_is_next(const struct build *b)
{
	const struct frame *f = b->depth ? &b->stack[b->depth - 1] : NULL;

	return f && f->node->type == NODE_MAP && !(f->nr & 1);
}

static struct node *add_node(struct build *b, enum node_type type,
			     const yaml_mark_t *at)
{
	struct node *n = arena_alloc(&b->arena, sizeof(*n));
	struct frame *f = b->depth ? &b->stack[b->depth - 1] : NULL;

	n->at = mark_of(b, at);
	n->type = type;
	b->total++;
	if (!f) {
		b->root = n;
		return n;
	}
	if (type != NODE_SCALAR && key_is_next(b))
		diag_error(b->diags, &n->at,
			   "a key must be a string, this is %s",
			   node_describe(n));
	*f->tail = n;
	f->tail = &n->next;
	f->nr++;
	return n;
}

static void add_scalar(struct build *b, const yaml_event_t *ev)
{
	struct node *n = add_node(b, NODE_SCALAR, &ev->start_mark);
	char *value;

	value = arena_alloc(&b->arena, ev->data.scalar.length + 1);
	memcpy(value, ev->data.scalar.value, ev->data.scalar.length);
	n->value = value;
	n->len = ev->data.scalar.length;
	n->plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static int open_node(struct build *b, enum node_type type,
		     const yaml_mark_t *at)
{
	struct node *n = add_node(b, type, at);

	if (b->depth == NODE_DEPTH_MAX) {
		diag_error(b->diags, &n->at, "nested deeper than %d levels",
			   NODE_DEPTH_MAX);
		return -1;
	}
	b->stack[b->depth++] = (struct frame){ n, &n->child, 0 };
	return 0;
}

static void close_node(struct build *b)
{
	const struct frame *f = &b->stack[--b->depth];

	if (f->node->type == NODE_MAP)
		check_keys(b, f);
}

static const yaml_char_t *tag_of(const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		return ev->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT:
		return ev->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:
		return ev->data.mapping_start.tag;
	default:
		return NULL;
	}
}

static bool is_merge(const yaml_event_t *ev)
{
	return ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       ev->data.scalar.length == 2 &&
	       !memcmp(ev->data.scalar.value, "<<", 2);
}

/* No text for a message, and a C string would be another key. */
static bool holds_nul(const yaml_event_t *ev)
{
	return memchr(ev->data.scalar.value, 0, ev->data.scalar.length);
}

static int refuse_key(struct build *b, const yaml_event_t *ev)
{
	struct mark at = mark_of(b, &ev->start_mark);

	if (is_merge(ev))
		diag_error(b->diags, &at,
			   "merge key '<<': merge keys are not supported; repeat what it merges");
	else if (holds_nul(ev))
		diag_error(b->diags, &at, "a key holds a NUL byte");
	else
		return 0;
	return -1;
}

/* What is in YAML but not in a policy: the file is read no further. */
static int refuse_event(struct build *b, const yaml_event_t *ev)
{
	struct mark at = mark_of(b, &ev->start_mark);

	if (ev->type == YAML_ALIAS_EVENT) {
		diag_error(b->diags, &at,
			   "alias '*%s': aliases are not supported; repeat the value",
			   ev->data.alias.anchor);
		return -1;
	}
	if (tag_of(ev)) {
		diag_error(b->diags, &at,
			   "tag '%s': YAML tags are not supported; remove it",
			   tag_of(ev));
		return -1;
	}
	if (b->total >= NODE_NR_MAX) {
		diag_error(b->diags, &at, "more than %d values in one file",
			   NODE_NR_MAX);
		return -1;
	}
	if (ev->type == YAML_SCALAR_EVENT && key_is_next(b))
		return refuse_key(b, ev);
	return 0;
}

static int take_event(struct build *b, const yaml_event_t *ev)
{
	if (refuse_event(b, ev))
		return -1;
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		add_scalar(b, ev);
		return 0;
	case YAML_SEQUENCE_START_EVENT:
		return open_node(b, NODE_LIST, &ev->start_mark);
	case YAML_MAPPING_START_EVENT:
		return open_node(b, NODE_MAP, &ev->start_mark);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_node(b);
		return 0;
	default:
		return 0;
	}
}

/* libyaml counts characters; the text is known to be valid UTF-8. */
static bool is_tab_at(const char *data, size_t len, size_t index)
{
	const char *p = data, *end = data + len;

	for (; p < end; p++)
		if ((*p & 0xc0) != 0x80 && !index--)
			return *p == '\t';
	return false;
}

static void syntax_error(struct build *b, const yaml_parser_t *p,
			 const char *data, size_t len)
{
	struct mark at = mark_of(b, &p->problem_mark);
	const char *hint = "";

	if (p->error == YAML_MEMORY_ERROR) {
		diag_error(b->diags, &at, "out of memory");
		return;
	}
	if (is_tab_at(data, len, p->problem_mark.index))
		hint = "; indent with spaces, not tabs";
	if (p->context)
		diag_error(b->diags, &at, "%s %s (line %zu)%s", p->problem,
			   p->context, p->context_mark.line + 1, hint);
	else
		diag_error(b->diags, &at, "%s%s", p->problem, hint);
}

static bool is_allowed(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' || c == 0x85 ||
	       (c >= 0x20 && c <= 0x7e) || (c >= 0xa0 && c < 0xfffe) ||
	       c >= 0x10000;
}

static void bad_character(struct diags *diags, const struct mark *at,
			  const unsigned char *p, size_t len)
{
	if (at->line == 1 && at->column == 1 && len > 1 &&
	    ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff)))
		diag_error(diags, at, "this is UTF-16; save it as UTF-8");
	else if (!*p)
		diag_error(diags, at, "a NUL byte: this is no text file");
	else
		diag_error(diags, at,
			   "byte 0x%02x: not valid UTF-8 text; is this a policy file?",
			   *p);
}

/* As libyaml counts lines, which has CR and LF together as one end. */
static bool ends_line(uint32_t c, const unsigned char *next,
		      const unsigned char *end)
{
	if (c == '\r')
		return next == end || *next != '\n';
	return c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/*
 * libyaml would find the same, but says only at which byte.
 */
static int check_text(const char *file, const void *data, size_t len,
		      struct diags *diags)
{
	const unsigned char *p = data, *end = p + len;
	struct mark at = { file, 1, 1 };
	uint32_t code;
	size_t n;

	for (; p < end; p += n) {
		n = text_decode(p, end - p, &code);
		if (!n || !is_allowed(code)) {
			bad_character(diags, &at, p, end - p);
			return -1;
		}
		if (ends_line(code, p + n, end)) {
			at.line++;
			at.column = 1;
		} else {
			at.column++;
		}
	}
	return 0;
}

static void end_document(struct build *b, node_visit visit, void *arg)
{
	if (b->root)
		visit(b->root, arg);
	b->root = NULL;
	arena_free(&b->arena);
}

static void parse_events(struct build *b, yaml_parser_t *parser,
			 const char *data, size_t len, node_visit visit,
			 void *arg)
{
	yaml_event_type_t type = YAML_NO_EVENT;
	yaml_event_t ev;
	int err = 0;

	while (!err && type != YAML_STREAM_END_EVENT) {
		if (!yaml_parser_parse(parser, &ev)) {
			syntax_error(b, parser, data, len);
			break;
		}
		type = ev.type;
		err = take_event(b, &ev);
		yaml_event_delete(&ev);
		if (!err && type == YAML_DOCUMENT_END_EVENT)
			end_document(b, visit, arg);
	}
	arena_free(&b->arena);
}

/* Return: how much deeper the values behind a token are nested. */
static int deeper(yaml_token_type_t type)
{
	switch (type) {
	case YAML_BLOCK_SEQUENCE_START_TOKEN:
	case YAML_BLOCK_MAPPING_START_TOKEN:
	case YAML_FLOW_SEQUENCE_START_TOKEN:
	case YAML_FLOW_MAPPING_START_TOKEN:
		return 1;
	case YAML_BLOCK_END_TOKEN:
	case YAML_FLOW_SEQUENCE_END_TOKEN:
	case YAML_FLOW_MAPPING_END_TOKEN:
		return -1;
	default:
		return 0;
	}
}

/*
 * What ends the reading later on ends it here, so that the time that scanning
 * takes is bounded too.
 *
 * Return: -1 for a directive, 1 at the end, 0 if it goes on.
 */
static int take_token(struct build *b, const yaml_token_t *token)
{
	struct mark at = mark_of(b, &token->start_mark);
	int step = deeper(token->type);

	if (token->type == YAML_TAG_DIRECTIVE_TOKEN) {
		diag_error(b->diags, &at,
			   "directive '%%TAG': YAML tags are not supported; remove it");
		return -1;
	}
	if (step < 0 ? !b->depth : b->depth + step > NODE_DEPTH_MAX)
		return 1;
	b->depth += step;
	return token->type == YAML_STREAM_END_TOKEN ||
	       token->type == YAML_ALIAS_TOKEN || token->type == YAML_TAG_TOKEN;
}

static int scan_tokens(struct build *b, yaml_parser_t *scanner)
{
	yaml_token_t token;
	int end = 0;

	while (!end && yaml_parser_scan(scanner, &token)) {
		end = take_token(b, &token);
		yaml_token_delete(&token);
	}
	return end < 0 ? -1 : 0;
}

static int start_parser(struct build *b, yaml_parser_t *parser,
			const void *data, size_t len)
{
	if (!yaml_parser_initialize(parser)) {
		diag_error(b->diags, &(struct mark){ .file = b->file },
			   "out of memory");
		return -1;
	}
	/* It finds UTF-8 with or without a mark; nothing else came this far. */
	yaml_parser_set_input_string(parser, data, len);
	return 0;
}

/*
 * libyaml compares each %TAG with all before it, and tells of none until all
 * are read: for many that takes hours. Whether a line is one, or goes on with a
 * quoted string, its scanner knows, which compares nothing.
 */
static int refuse_directives(const char *file, const void *data, size_t len,
			     struct diags *diags)
{
	struct build b = { .file = file, .diags = diags };
	yaml_parser_t scanner;
	int err;

	if (!memmem(data, len, "%TAG", 4))
		return 0;
	if (start_parser(&b, &scanner, data, len))
		return -1;
	err = scan_tokens(&b, &scanner);
	yaml_parser_delete(&scanner);
	return err;
}

/**
 * node_parse() - read YAML, one document after the other
 * @file: name for messages; outlives all marks
 * @data: the file's bytes
 * @len: how many
 * @diags: where errors go
 * @visit: called with the root of each document whose syntax is right; the
 *	tree is freed when it returns
 * @arg: handed to @visit
 *
 * Reading ends at the first error of syntax. Documents with keys given twice
 * or keys that are no strings are visited all the same.
 */
void node_parse(const char *file, const void *data, size_t len,
		struct diags *diags, node_visit visit, void *arg)
{
	struct build b = { .file = file, .diags = diags };
	yaml_parser_t parser;

	if (check_text(file, data, len, diags) ||
	    refuse_directives(file, data, len, diags) ||
	    start_parser(&b, &parser, data, len))
		return;
	parse_events(&b, &parser, data, len, visit, arg);
	yaml_parser_delete(&parser);
}

/**
 * node_is() - whether a node is a given scalar, quoted or not
 * @n: the node
 * @s: the string
 *
 * Return: true if it is.
 */
bool node_is(const struct node *n, const char *s)
{
	return n->type == NODE_SCALAR && n->len == strlen(s) &&
	       !memcmp(n->value, s, n->len);
}

static bool is_one_of(const struct node *n, const char *const *word)
{
	for (; *word; word++)
		if (n->len == strlen(*word) &&
		    !strncasecmp(n->value, *word, n->len))
			return true;
	return false;
}

/**
 * node_is_null() - whether a node holds no value
 * @n: the node
 *
 * Return: true for an empty plain scalar, ~ and null.
 */
bool node_is_null(const struct node *n)
{
	static const char *const word[] = { "", "~", "null", NULL };

	return n->type == NODE_SCALAR && n->plain && is_one_of(n, word);
}

static size_t skip(const char *s, size_t i, const char *set)
{
	return i + strspn(s + i, set);
}

static bool is_number(const char *s)
{
	size_t start = s[0] == '-' || s[0] == '+', i = start, digits;

	if (s[i] == '0' && s[i + 1] && strchr("xXoObB", s[i + 1]))
		return !s[skip(s, i + 2, "0123456789abcdefABCDEF_")];
	i = skip(s, i, "0123456789_");
	digits = i - start;
	if (s[i] == '.')
		i = skip(s, i + 1, "0123456789_");
	if (!digits && i < start + 2)
		return false;
	if (s[i] == 'e' || s[i] == 'E') {
		i++;
		i += s[i] == '-' || s[i] == '+';
		if (!s[i])
			return false;
		i = skip(s, i, "0123456789");
	}
	return !s[i];
}

/**
 * node_is_string() - whether a node is a string to every reader of YAML
 * @n: the node
 *
 * A plain yes, 123 or 1e3 is a string to some readers and a boolean or number
 * to others, Kubernetes' among these. Who means a string has to quote it.
 *
 * Return: true if it is.
 */
bool node_is_string(const struct node *n)
{
	static const char *const word[] = {
		"true", "false", "yes", "no", "on", "off", ".inf", "-.inf",
		"+.inf", ".nan", NULL,
	};

	if (n->type != NODE_SCALAR)
		return false;
	return !n->plain || (!node_is_null(n) && !is_one_of(n, word) &&
			     !is_number(n->value));
}

/**
 * node_describe() - what a node is, for messages
 * @n: the node
 *
 * Return: "a list", "a mapping", "empty", "a string" or "no string".
 */
const char *node_describe(const struct node *n)
{
	static const char *const word[] = { "true", "false", "yes", "no", "on",
					    "off", NULL };

	if (n->type == NODE_LIST)
		return "a list";
	if (n->type == NODE_MAP)
		return "a mapping";
	if (node_is_null(n))
		return "empty";
	if (node_is_string(n))
		return "a string";
	return is_one_of(n, word) ? "a boolean" : "a number";
}
