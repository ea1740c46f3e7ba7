// SPDX-License-Identifier: GPL-2.0
/*
 * text.c - hostile bytes as text: UTF-8, and what a terminal may be shown
 *
 * File names, command lines and YAML come from whoever can make them. The C
 * library's own functions are not used here, as they follow the locale.
 */
#include <string.h>

#include "array.h"
#include "text.h"

static size_t sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if ((lead & 0xf0) == 0xe0)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

/**
 * text_decode() - decode one character of UTF-8
 * @bytes: where it begins
 * @len: bytes that there are, not 0
 * @code: set to its code point
 *
 * Overlong forms, surrogates and what lies above U+10FFFF are not UTF-8.
 *
 * Return: its length in bytes, 0 if there is no character.
 */
size_t text_decode(const void *bytes, size_t len, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = bytes;
	size_t n = sequence_length(p[0]);
	uint32_t c;
	size_t i;

	if (!n || n > len)
		return 0;
	c = n == 1 ? p[0] : p[0] & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*code = c;
	return n;
}

/**
 * text_valid() - whether bytes are UTF-8
 * @bytes: may be NULL if @len is 0
 * @len: how many
 *
 * Return: true if they are.
 */
bool text_valid(const void *bytes, size_t len)
{
	const char *p = bytes, *end = p + len;
	uint32_t code;
	size_t n;

	for (; p < end; p += n) {
		n = text_decode(p, end - p, &code);
		if (!n)
			return false;
	}
	return true;
}

/**
 * text_unsafe() - whether a character may not be shown as it is
 * @code: its code point
 *
 * Controls steer a terminal; format characters (bidirectional overrides, zero
 * widths, tags) make a name look like another one; separators break a line.
 *
 * Return: true if it has to be escaped.
 */
bool text_unsafe(uint32_t code)
{
	static const struct {
		uint32_t from, to;
	} range[] = {
		{ 0x0000, 0x001f },   { 0x007f, 0x009f },
		{ 0x00ad, 0x00ad },   { 0x061c, 0x061c },
		{ 0x180e, 0x180e },   { 0x200b, 0x200f },
		{ 0x2028, 0x202e },   { 0x2060, 0x206f },
		{ 0xfeff, 0xfeff },   { 0xfff9, 0xfffb },
		{ 0xfffe, 0xffff },   { 0xe0000, 0xe007f },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(range); i++)
		if (code >= range[i].from && code <= range[i].to)
			return true;
	return false;
}

static void escape_code(struct buf *out, uint32_t code)
{
	switch (code) {
	case '\n':
		buf_adds(out, "\\n");
		break;
	case '\t':
		buf_adds(out, "\\t");
		break;
	case '\r':
		buf_adds(out, "\\r");
		break;
	default:
		if (code < 0x80)
			buf_addf(out, "\\x%02x", (unsigned int)code);
		else if (code < 0x10000)
			buf_addf(out, "\\u%04x", (unsigned int)code);
		else
			buf_addf(out, "\\U%08x", (unsigned int)code);
	}
}

/**
 * text_escape() - append bytes in a form that is safe on a terminal
 * @out: appended to
 * @bytes: any bytes; may be NULL if @len is 0
 * @len: how many
 *
 * What is unsafe or no UTF-8 becomes \n, \t, \r, \xNN, \uNNNN or \UNNNNNNNN,
 * and a backslash becomes two, so that the form can be read back.
 */
void text_escape(struct buf *out, const void *bytes, size_t len)
{
	const unsigned char *p = bytes, *end = p + len;
	uint32_t code;
	size_t n;

	for (; p < end; p += n) {
		n = text_decode(p, end - p, &code);
		if (!n) {
			buf_addf(out, "\\x%02x", *p);
			n = 1;
		} else if (code == '\\') {
			buf_adds(out, "\\\\");
		} else if (text_unsafe(code)) {
			escape_code(out, code);
		} else {
			buf_add(out, p, n);
		}
	}
}

/**
 * text_replace() - append bytes as valid UTF-8 without NULs
 * @out: appended to
 * @bytes: any bytes; may be NULL if @len is 0
 * @len: how many
 *
 * Each byte that is not part of a character, and each NUL, becomes U+FFFD.
 */
void text_replace(struct buf *out, const void *bytes, size_t len)
{
	const char *p = bytes, *end = p + len;
	uint32_t code;
	size_t n;

	for (; p < end; p += n) {
		n = text_decode(p, end - p, &code);
		if (n && code)
			buf_add(out, p, n);
		else
			buf_adds(out, "\xef\xbf\xbd");
		if (!n)
			n = 1;
	}
}

/**
 * text_json_escape() - make JSON safe to be shown on a terminal
 * @out: appended to
 * @json: JSON that is valid UTF-8
 *
 * Beyond ASCII, JSON has characters in strings only, where \uXXXX says the
 * same; so the text need not be parsed. The same goes for DEL.
 */
void text_json_escape(struct buf *out, const char *json)
{
	const char *p = json, *end = p + strlen(json);
	uint32_t code;
	size_t n;

	for (; p < end; p += n) {
		n = text_decode(p, end - p, &code);
		if (!n) {
			buf_adds(out, "\\ufffd");
			n = 1;
		} else if (code < 0x7f || !text_unsafe(code)) {
			buf_add(out, p, n);
		} else if (code < 0x10000) {
			buf_addf(out, "\\u%04x", (unsigned int)code);
		} else {
			code -= 0x10000;
			buf_addf(out, "\\u%04x\\u%04x",
				 0xd800u + (unsigned int)(code >> 10),
				 0xdc00u + (unsigned int)(code & 0x3ff));
		}
	}
}
