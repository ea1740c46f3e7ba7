// SPDX-License-Identifier: GPL-2.0
/*
 * json.c - JSON that is always valid UTF-8, whatever bytes go into it
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "mem.h"
#include "text.h"

static void *check(void *p)
{
	/* cJSON answers NULL for nothing but a lack of memory, as used here. */
	if (!p)
		mem_dup(NULL, SIZE_MAX);
	return p;
}

/**
 * json_object() - make an empty object
 *
 * Return: the object, never NULL.
 */
cJSON *json_object(void)
{
	return check(cJSON_CreateObject());
}

/**
 * json_list() - make an empty list
 *
 * Return: the list, never NULL.
 */
cJSON *json_list(void)
{
	return check(cJSON_CreateArray());
}

/**
 * json_add() - put a value into an object
 * @object: takes @value over
 * @key: its key
 * @value: the value
 */
void json_add(cJSON *object, const char *key, cJSON *value)
{
	if (!cJSON_AddItemToObject(object, key, check(value)))
		check(NULL);
}

/**
 * json_append() - put a value at the end of a list
 * @list: takes @value over
 * @value: the value
 */
void json_append(cJSON *list, cJSON *value)
{
	if (!cJSON_AddItemToArray(list, check(value)))
		check(NULL);
}

/**
 * json_add_number() - put an integer into an object
 * @object: where to
 * @key: its key
 * @value: the integer
 */
void json_add_number(cJSON *object, const char *key, uint64_t value)
{
	char digits[24];

	/* cJSON's own numbers are doubles and lose what is above 2^53. */
	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	json_add(object, key, cJSON_CreateRaw(digits));
}

/**
 * json_add_bool() - put a boolean into an object
 * @object: where to
 * @key: its key
 * @value: the boolean
 */
void json_add_bool(cJSON *object, const char *key, bool value)
{
	json_add(object, key, cJSON_CreateBool(value));
}

static cJSON *bytes_value(const void *bytes, size_t len)
{
	struct buf text = { 0 };
	cJSON *value;

	text_replace(&text, bytes, len);
	value = check(cJSON_CreateString(text.data ? text.data : ""));
	buf_free(&text);
	return value;
}

/**
 * json_add_string() - put a string into an object
 * @object: where to
 * @key: its key
 * @value: any bytes; what is no UTF-8 becomes U+FFFD
 */
void json_add_string(cJSON *object, const char *key, const char *value)
{
	json_add(object, key, bytes_value(value, strlen(value)));
}

/**
 * json_add_bytes() - put bytes into an object
 * @object: where to
 * @key: their key
 * @bytes: any bytes
 * @len: how many
 *
 * What is no UTF-8 becomes U+FFFD. Then, and only then, a second key, the first
 * one followed by "Hex", holds the exact bytes in hexadecimal.
 */
void json_add_bytes(cJSON *object, const char *key, const void *bytes,
		    size_t len)
{
	struct buf name = { 0 }, hex = { 0 };

	json_add(object, key, bytes_value(bytes, len));
	if (text_valid(bytes, len) && !(len && memchr(bytes, 0, len)))
		return;
	buf_addf(&name, "%sHex", key);
	buf_hex(&hex, bytes, len);
	json_add(object, name.data, cJSON_CreateString(hex.data));
	buf_free(&name);
	buf_free(&hex);
}

/**
 * json_append_bytes() - put bytes at the end of a list
 * @list: where to
 * @bytes: any bytes; what is no UTF-8 becomes U+FFFD
 * @len: how many
 */
void json_append_bytes(cJSON *list, const void *bytes, size_t len)
{
	json_append(list, bytes_value(bytes, len));
}

/**
 * json_text() - a member that is a string
 * @object: the object, or NULL
 * @key: the member's key
 *
 * Return: the string; NULL if there is no such member, or if it is none.
 */
const char *json_text(const cJSON *object, const char *key)
{
	cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_GetStringValue(item);
}

/**
 * json_tags() - make a list of tags
 * @tags: the tags, each ended by a NUL
 * @len: bytes with those NULs
 *
 * Return: the list.
 */
cJSON *json_tags(const char *tags, size_t len)
{
	cJSON *list = json_list();
	size_t n;

	for (; len; tags += n, len -= n) {
		n = strnlen(tags, len);
		json_append_bytes(list, tags, n);
		n += n < len;
	}
	return list;
}

static void write_compact(struct buf *out, const cJSON *json)
{
	char *text = check(cJSON_PrintUnformatted(json));

	text_json_escape(out, text);
	cJSON_free(text);
}

/* cJSON's own form has tabs after colons. Recursion is as deep as our trees. */
static void write_pretty(struct buf *out, const cJSON *json, int indent)
{
	const bool is_list = cJSON_IsArray(json);
	const cJSON *child;
	cJSON *key;

	if (!json->child) {
		write_compact(out, json);
		return;
	}
	buf_addc(out, is_list ? '[' : '{');
	cJSON_ArrayForEach(child, json) {
		buf_addf(out, "%s\n%*s", child == json->child ? "" : ",",
			 indent + 2, "");
		if (!is_list) {
			key = check(cJSON_CreateStringReference(child->string));
			write_compact(out, key);
			cJSON_Delete(key);
			buf_adds(out, ": ");
		}
		write_pretty(out, child, indent + 2);
	}
	buf_addf(out, "\n%*s%c", indent, "", is_list ? ']' : '}');
}

/**
 * json_write() - append JSON as text that is safe on a terminal
 * @out: appended to, without a newline at the end
 * @json: the JSON
 * @pretty: on several lines
 */
void json_write(struct buf *out, const cJSON *json, bool pretty)
{
	if (pretty)
		write_pretty(out, json, 0);
	else
		write_compact(out, json);
}

/**
 * json_print() - print JSON and a newline to standard output
 * @json: the JSON
 * @pretty: on several lines
 */
void json_print(const cJSON *json, bool pretty)
{
	struct buf out = { 0 };

	json_write(&out, json, pretty);
	buf_addc(&out, '\n');
	fwrite(out.data, 1, out.len, stdout);
	buf_free(&out);
}
