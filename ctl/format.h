/* SPDX-License-Identifier: GPL-2.0 */
/*
 * format.h - alerts as text, in every format that fimctl watch has
 */
#ifndef FIMCTL_FORMAT_H
#define FIMCTL_FORMAT_H

#include <cjson/cJSON.h>

#include "buf.h"

/**
 * typedef format_writer - appends an alert in a format
 * @alert: the alert
 * @out: appended to; what is appended ends with a newline and is safe on a
 *	terminal
 */
typedef void (*format_writer)(const cJSON *alert, struct buf *out);

void format_json(const cJSON *alert, struct buf *out);
void format_pretty(const cJSON *alert, struct buf *out);
void format_text(const cJSON *alert, struct buf *out);
void format_ecs(const cJSON *alert, struct buf *out);
void format_cef(const cJSON *alert, struct buf *out);

const char *format_value(const cJSON *alert, const char *key);
void format_plain(const cJSON *value, struct buf *out);

#endif /* FIMCTL_FORMAT_H */
