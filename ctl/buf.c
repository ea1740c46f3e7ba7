// SPDX-License-Identifier: GPL-2.0
/*
 * buf.c - a string of bytes that grows
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"

static void buf_reserve(struct buf *b, size_t more)
{
	size_t want = b->len + more + 1;

	if (want <= b->cap)
		return;
	/* An overflow asks for everything, which mem_resize() refuses. */
	if (want < b->len)
		want = SIZE_MAX;
	b->cap = want > SIZE_MAX / 2 ? want : want * 2;
	b->data = mem_resize(b->data, b->cap, 1);
}

/**
 * buf_add() - append bytes
 * @b: the buffer
 * @bytes: may be NULL if @len is 0
 * @len: how many
 */
void buf_add(struct buf *b, const void *bytes, size_t len)
{
	buf_reserve(b, len);
	if (len)
		memcpy(b->data + b->len, bytes, len);
	b->len += len;
	b->data[b->len] = '\0';
}

/**
 * buf_addc() - append one byte
 * @b: the buffer
 * @c: the byte
 */
void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

/**
 * buf_adds() - append a string
 * @b: the buffer
 * @s: the string
 */
void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

/**
 * buf_addf() - append formatted text
 * @b: the buffer
 * @fmt: as for printf
 */
void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;

	buf_reserve(b, len);
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += len;
}

/**
 * buf_hex() - append bytes in hexadecimal, lower case
 * @b: the buffer
 * @bytes: may be NULL if @len is 0
 * @len: how many
 */
void buf_hex(struct buf *b, const void *bytes, size_t len)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *p = bytes;
	size_t i;

	for (i = 0; i < len; i++) {
		buf_addc(b, digit[p[i] >> 4]);
		buf_addc(b, digit[p[i] & 15]);
	}
}

/**
 * buf_clear() - make a buffer empty and keep its memory
 * @b: the buffer
 */
void buf_clear(struct buf *b)
{
	b->len = 0;
	if (b->data)
		b->data[0] = '\0';
}

/**
 * buf_free() - make a buffer empty and free its memory
 * @b: the buffer
 */
void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}
