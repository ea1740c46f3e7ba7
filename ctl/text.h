/* SPDX-License-Identifier: GPL-2.0 */
/*
 * text.h - hostile bytes as text: UTF-8, and what a terminal may be shown
 */
#ifndef FIMCTL_TEXT_H
#define FIMCTL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

size_t text_decode(const void *bytes, size_t len, uint32_t *code);
bool text_valid(const void *bytes, size_t len);
bool text_unsafe(uint32_t code);
void text_escape(struct buf *out, const void *bytes, size_t len);
void text_replace(struct buf *out, const void *bytes, size_t len);
void text_json_escape(struct buf *out, const char *json);

#endif /* FIMCTL_TEXT_H */
