// SPDX-License-Identifier: GPL-2.0
/*
 * emit.c - YAML out of a tree
 *
 * Block style as Kubernetes writes it. Strings that some reader of YAML could
 * take for anything else are quoted.
 */
#include <string.h>

#include "emit.h"
#include "text.h"

/* Plain only if it is made of harmless characters and is no word of YAML's. */
static bool needs_quotes(const char *s)
{
	static const char *const word[] = { "true", "false", "yes", "no", "on",
					    "off", "y", "n", "null", NULL };
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t i;

	if (!*s || (*s != '/' && !strchr(letters, *s)))
		return true;
	for (i = 0; word[i]; i++)
		if (!strcasecmp(s, word[i]))
			return true;
	for (; *s; s++)
		if (!strchr(letters, *s) && !strchr("0123456789/._- ", *s))
			return true;
	return s[-1] == ' ';
}

static void emit_code(struct buf *out, uint32_t code)
{
	if (code < 0x100)
		buf_addf(out, "\\x%02x", (unsigned int)code);
	else if (code < 0x10000)
		buf_addf(out, "\\u%04x", (unsigned int)code);
	else
		buf_addf(out, "\\U%08x", (unsigned int)code);
}

static void emit_quoted(struct buf *out, const char *s)
{
	const char *end = s + strlen(s);
	uint32_t code;
	size_t n;

	buf_addc(out, '"');
	for (; s < end; s += n) {
		n = text_decode(s, end - s, &code);
		if (!n) {
			code = 0xfffd;
			n = 1;
		}
		if (code == '"' || code == '\\')
			buf_addf(out, "\\%c", (int)code);
		else if (code == '\n')
			buf_adds(out, "\\n");
		else if (code == '\t')
			buf_adds(out, "\\t");
		else if (code == 0xfffd || text_unsafe(code))
			emit_code(out, code);
		else
			buf_add(out, s, n);
	}
	buf_addc(out, '"');
}

static void emit_scalar(const cJSON *json, struct buf *out)
{
	if (cJSON_IsBool(json))
		buf_adds(out, cJSON_IsTrue(json) ? "true" : "false");
	else if (cJSON_IsRaw(json))
		buf_adds(out, json->valuestring);
	else if (!cJSON_IsString(json))
		buf_adds(out, "null");
	else if (needs_quotes(json->valuestring))
		emit_quoted(out, json->valuestring);
	else
		buf_adds(out, json->valuestring);
}

static bool is_block(const cJSON *json)
{
	return (cJSON_IsObject(json) || cJSON_IsArray(json)) && json->child;
}

static void emit_block(const cJSON *json, struct buf *out, unsigned int indent,
		       bool inline_first);

/* What comes behind "key:" or "-". */
static void emit_value(const cJSON *json, struct buf *out, unsigned int indent)
{
	if (is_block(json)) {
		buf_addc(out, '\n');
		emit_block(json, out, indent, false);
		return;
	}
	buf_addc(out, ' ');
	if (cJSON_IsObject(json))
		buf_adds(out, "{}");
	else if (cJSON_IsArray(json))
		buf_adds(out, "[]");
	else
		emit_scalar(json, out);
	buf_addc(out, '\n');
}

static void emit_item(const cJSON *item, struct buf *out, unsigned int indent)
{
	buf_addc(out, '-');
	if (cJSON_IsObject(item) && is_block(item)) {
		buf_addc(out, ' ');
		emit_block(item, out, indent + 2, true);
	} else {
		emit_value(item, out, indent + 2);
	}
}

/* Recursion is as deep as export.c's tree. */
static void emit_block(const cJSON *json, struct buf *out, unsigned int indent,
		       bool inline_first)
{
	const cJSON *child;

	cJSON_ArrayForEach(child, json) {
		if (!inline_first)
			buf_addf(out, "%*s", (int)indent, "");
		inline_first = false;
		if (cJSON_IsArray(json)) {
			emit_item(child, out, indent);
			continue;
		}
		if (needs_quotes(child->string))
			emit_quoted(out, child->string);
		else
			buf_adds(out, child->string);
		buf_addc(out, ':');
		/* A list begins under its key, as Kubernetes has it. */
		emit_value(child, out,
			   cJSON_IsArray(child) ? indent : indent + 2);
	}
}

/**
 * emit_yaml() - append a tree as YAML
 * @json: an object with something in it
 * @out: appended to
 */
void emit_yaml(const cJSON *json, struct buf *out)
{
	emit_block(json, out, 0, false);
}
