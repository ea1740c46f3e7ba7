// SPDX-License-Identifier: GPL-2.0
/*
 * value.c - YAML nodes as values of a type, checked
 *
 * Each function notes its error and returns false, so that the caller goes on
 * to the next key and a file's errors show in one run.
 */
#include <string.h>

#include "../uapi/fim.h"
#include "glob.h"
#include "policy.h"
#include "value.h"

/** @FILE_NAME_MAX: longest name in a directory, on every Linux filesystem */
#define FILE_NAME_MAX 255

static void wrong_type(struct diags *d, const struct node *n, const char *what,
		       const char *wanted)
{
	if (node_is_null(n))
		diag_error(d, &n->at,
			   "'%s' has no value; give it one or remove the key",
			   what);
	else
		diag_error(d, &n->at, "'%s' must be %s, this is %s", what,
			   wanted, node_describe(n));
}

/**
 * value_is_map() - check that a node is a mapping
 * @d: where the error goes
 * @n: the node
 * @what: its key
 *
 * Return: true if it is.
 */
bool value_is_map(struct diags *d, const struct node *n, const char *what)
{
	if (n->type == NODE_MAP)
		return true;
	wrong_type(d, n, what, "a mapping");
	return false;
}

/**
 * value_is_list() - check that a node is a list
 * @d: where the error goes
 * @n: the node
 * @what: its key
 *
 * Return: true if it is.
 */
bool value_is_list(struct diags *d, const struct node *n, const char *what)
{
	if (n->type == NODE_LIST)
		return true;
	wrong_type(d, n, what, "a list");
	return false;
}

/**
 * value_is_text() - check that a node is a string without NULs
 * @d: where the error goes
 * @n: the node
 * @what: its key
 *
 * Return: true if it is.
 */
bool value_is_text(struct diags *d, const struct node *n, const char *what)
{
	if (n->type == NODE_SCALAR && !node_is_null(n) && !node_is_string(n)) {
		diag_error(d, &n->at,
			   "'%s' must be a string, but %s is %s in YAML; put quotes around it",
			   what, n->value, node_describe(n));
		return false;
	}
	if (!node_is_string(n)) {
		wrong_type(d, n, what, "a string");
		return false;
	}
	if (memchr(n->value, 0, n->len)) {
		diag_error(d, &n->at, "'%s' holds a NUL byte", what);
		return false;
	}
	return true;
}

static bool is_word(const struct node *n, const char *const *word)
{
	for (; *word; word++)
		if (node_is(n, *word))
			return true;
	return false;
}

/**
 * value_bool() - read a boolean
 * @d: where the error goes
 * @n: the node
 * @what: its key
 * @value: set if it is one
 *
 * Return: true if it is one.
 */
bool value_bool(struct diags *d, const struct node *n, const char *what,
		bool *value)
{
	static const char *const yes[] = { "true", "True", "TRUE", NULL };
	static const char *const no[] = { "false", "False", "FALSE", NULL };

	if (n->type != NODE_SCALAR || node_is_null(n)) {
		wrong_type(d, n, what, "true or false");
		return false;
	}
	*value = is_word(n, yes);
	if (n->plain && (*value || is_word(n, no)))
		return true;
	if (*value || is_word(n, no))
		diag_error(d, &n->at,
			   "'%s' must be true or false, this is a string; remove the quotes",
			   what);
	else
		diag_error(d, &n->at,
			   "'%s' must be true or false, not '%s'", what,
			   n->value);
	return false;
}

/**
 * value_severity() - read a severity
 * @d: where the error goes
 * @n: the node
 * @value: set if it is one
 *
 * Return: true if it is one.
 */
bool value_severity(struct diags *d, const struct node *n, uint8_t *value)
{
	const char *s = n->value;

	if (n->type != NODE_SCALAR || node_is_null(n)) {
		wrong_type(d, n, "severity", "an integer from 1 to 10");
		return false;
	}
	if ((n->len == 1 && *s >= '1' && *s <= '9') || node_is(n, "10")) {
		*value = n->len == 2 ? 10 : *s - '0';
		if (n->plain)
			return true;
		diag_error(d, &n->at,
			   "'severity' must be an integer, this is a string; remove the quotes");
		return false;
	}
	diag_error(d, &n->at,
		   "'severity' must be an integer from 1 to 10, not '%s'", s);
	return false;
}

/**
 * value_action() - read an action
 * @d: where the error goes
 * @n: the node
 * @value: set if it is one, to enum fim_action
 *
 * Return: true if it is one.
 */
bool value_action(struct diags *d, const struct node *n, uint8_t *value)
{
	if (!value_is_text(d, n, "action"))
		return false;
	*value = policy_action(n->value);
	if (*value)
		return true;
	diag_error(d, &n->at, "'action' must be Block, Audit or Allow, not '%s'",
		   n->value);
	return false;
}

/**
 * value_posture() - read what happens to what no rule decides
 * @d: where the error goes
 * @n: the node
 * @what: its key
 * @value: set if it is one, to enum fim_action
 *
 * Return: true if it is one.
 */
bool value_posture(struct diags *d, const struct node *n, const char *what,
		   uint8_t *value)
{
	if (!value_is_text(d, n, what))
		return false;
	*value = policy_action(n->value);
	if (*value)
		return true;
	diag_error(d, &n->at, "'%s' must be audit, block or allow, not '%s'",
		   what, n->value);
	return false;
}

/**
 * value_bypass() - read what happens to who gets past every rule
 * @d: where the error goes
 * @n: the node
 * @what: its key
 * @value: set if it is one, to FIM_ACTION_AUDIT or FIM_ACTION_BLOCK
 *
 * Return: true if it is one.
 */
bool value_bypass(struct diags *d, const struct node *n, const char *what,
		  uint8_t *value)
{
	uint8_t action;

	if (!value_is_text(d, n, what))
		return false;
	action = policy_action(n->value);
	if (action == FIM_ACTION_AUDIT || action == FIM_ACTION_BLOCK) {
		*value = action;
		return true;
	}
	diag_error(d, &n->at, "'%s' must be Block or Audit, not '%s'", what,
		   n->value);
	return false;
}

/**
 * value_allow() - read what can only be allowed
 * @d: where the error goes
 * @n: the node
 * @what: its key
 * @value: set if it is
 *
 * Return: true if it is.
 */
bool value_allow(struct diags *d, const struct node *n, const char *what,
		 bool *value)
{
	if (!value_is_text(d, n, what))
		return false;
	*value = policy_action(n->value) == FIM_ACTION_ALLOW;
	if (!*value)
		diag_error(d, &n->at, "'%s' must be Allow, not '%s'", what,
			   n->value);
	return *value;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Labels of letters, digits and inner hyphens; @dots may separate several. */
static bool is_dns_name(const char *s, bool dots)
{
	char before = '.';

	for (; *s; before = *s++) {
		if (is_name_char(*s))
			continue;
		if (*s == '-' && before != '.' && s[1] && s[1] != '.')
			continue;
		if (*s == '.' && dots && before != '.')
			continue;
		return false;
	}
	return before != '.';
}

/**
 * value_name() - check a name as Kubernetes does
 * @d: where the error goes
 * @n: the node
 * @what: its key
 * @dots: whether it may have dots
 * @max: longest one in bytes
 *
 * Return: true if it is one.
 */
bool value_name(struct diags *d, const struct node *n, const char *what,
		bool dots, size_t max)
{
	if (!value_is_text(d, n, what))
		return false;
	if (n->len > max) {
		diag_error(d, &n->at, "'%s' is longer than %zu bytes", what,
			   max);
		return false;
	}
	if (is_dns_name(n->value, dots))
		return true;
	diag_error(d, &n->at,
		   "'%s' must be lower case letters, digits and '-'%s, "
		   "with a letter or digit at both ends, not '%s'",
		   what, dots ? ", or several such parts with '.' between" : "",
		   n->value);
	return false;
}

/* What is wrong with the parts of a path between its slashes. */
static const char *bad_component(const char *path)
{
	const char *p = path + 1;
	size_t len;

	for (; *p; p += len + !!p[len]) {
		len = strcspn(p, "/");
		if (!len)
			return "has an empty part ('//')";
		if (len == 1 && *p == '.')
			return "has a '.' in it; write the path without";
		if (len == 2 && !memcmp(p, "..", 2))
			return "has a '..' in it; write the path without";
		if (len > FILE_NAME_MAX)
			return "has a part longer than 255 bytes";
	}
	return NULL;
}

static const char *bad_ends(const struct node *n)
{
	if (n->len > FIM_PATH_MAX)
		return "is longer than 4095 bytes";
	if (!n->len)
		return "is empty";
	if (n->value[0] != '/')
		return "is not absolute; it must begin with '/'";
	return NULL;
}

/**
 * value_directory() - check the path of a directory
 * @d: where the error goes
 * @n: the node
 *
 * Return: true if it is one.
 */
bool value_directory(struct diags *d, const struct node *n)
{
	const char *bad;

	if (!value_is_text(d, n, "dir"))
		return false;
	bad = bad_ends(n);
	if (bad) {
		diag_error(d, &n->at, "'dir' %s", bad);
		return false;
	}
	if (n->value[n->len - 1] != '/') {
		diag_error(d, &n->at,
			   "'dir' must end with '/'; write '%s/'", n->value);
		return false;
	}
	bad = bad_component(n->value);
	if (bad)
		diag_error(d, &n->at, "'dir' %s", bad);
	return !bad;
}

/**
 * value_path() - check the path of what is no directory
 * @d: where the error goes
 * @n: the node
 * @what: its key
 *
 * Return: true if it is one.
 */
bool value_path(struct diags *d, const struct node *n, const char *what)
{
	const char *bad;

	if (!value_is_text(d, n, what))
		return false;
	bad = bad_ends(n);
	if (!bad && n->value[n->len - 1] == '/')
		bad = "must not end with '/'; a directory goes under matchDirectories as 'dir'";
	if (!bad)
		bad = bad_component(n->value);
	if (bad)
		diag_error(d, &n->at, "'%s' %s", what, bad);
	return !bad;
}

/**
 * value_pattern() - check a pattern
 * @d: where the error goes
 * @n: the node
 *
 * Return: true if it is one.
 */
bool value_pattern(struct diags *d, const struct node *n)
{
	const char *bad;

	if (!value_is_text(d, n, "pattern"))
		return false;
	bad = bad_ends(n);
	if (!bad)
		bad = glob_check(n->value);
	if (bad)
		diag_error(d, &n->at, "'pattern' %s", bad);
	return !bad;
}
