/* SPDX-License-Identifier: GPL-2.0 */
/*
 * emit.h - YAML out of a tree
 */
#ifndef FIMCTL_EMIT_H
#define FIMCTL_EMIT_H

#include <cjson/cJSON.h>

#include "buf.h"

void emit_yaml(const cJSON *json, struct buf *out);

#endif /* FIMCTL_EMIT_H */
