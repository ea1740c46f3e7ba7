/* SPDX-License-Identifier: GPL-2.0 */
/*
 * export.h - policies in KubeArmor's language again
 */
#ifndef FIMCTL_EXPORT_H
#define FIMCTL_EXPORT_H

#include <cjson/cJSON.h>

#include "buf.h"
#include "policy.h"

void export_attrs(cJSON *to, const struct attrs *a);
cJSON *export_labels(const struct label *labels, size_t nr);
cJSON *export_expressions(const struct policy *p);
cJSON *export_json(const struct policy *p);
void export_yaml(const struct policy *p, struct buf *out);

#endif /* FIMCTL_EXPORT_H */
