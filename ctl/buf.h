/* SPDX-License-Identifier: GPL-2.0 */
/*
 * buf.h - a string of bytes that grows
 */
#ifndef FIMCTL_BUF_H
#define FIMCTL_BUF_H

#include <stddef.h>

/**
 * struct buf - a string of bytes that grows
 * @data: the bytes with a NUL behind them, or NULL as long as it is empty
 * @len: how many, without that NUL
 * @cap: bytes allocated
 */
struct buf {
	char *data;
	size_t len;
	size_t cap;
};

void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_addc(struct buf *b, char c);
void buf_adds(struct buf *b, const char *s);
void buf_addf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void buf_hex(struct buf *b, const void *bytes, size_t len);
void buf_clear(struct buf *b);
void buf_free(struct buf *b);

#endif /* FIMCTL_BUF_H */
