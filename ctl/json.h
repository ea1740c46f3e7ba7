/* SPDX-License-Identifier: GPL-2.0 */
/*
 * json.h - JSON that is always valid UTF-8, whatever bytes go into it
 */
#ifndef FIMCTL_JSON_H
#define FIMCTL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "buf.h"

cJSON *json_object(void);
cJSON *json_list(void);
void json_add(cJSON *object, const char *key, cJSON *value);
void json_append(cJSON *list, cJSON *value);
void json_add_number(cJSON *object, const char *key, uint64_t value);
void json_add_bool(cJSON *object, const char *key, bool value);
void json_add_string(cJSON *object, const char *key, const char *value);
void json_add_bytes(cJSON *object, const char *key, const void *bytes,
		    size_t len);
void json_append_bytes(cJSON *list, const void *bytes, size_t len);
const char *json_text(const cJSON *object, const char *key);
cJSON *json_tags(const char *tags, size_t len);
void json_write(struct buf *out, const cJSON *json, bool pretty);
void json_print(const cJSON *json, bool pretty);

#endif /* FIMCTL_JSON_H */
