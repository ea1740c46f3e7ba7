/* SPDX-License-Identifier: GPL-2.0 */
/*
 * alert.h - records of the module as KubeArmor's alerts
 */
#ifndef FIMCTL_ALERT_H
#define FIMCTL_ALERT_H

#include <stdint.h>

#include <cjson/cJSON.h>
#include <netlink/attr.h>

#include "../uapi/fim.h"
#include "buf.h"

int alert_parse(struct nlattr *event, struct nlattr **tb);
cJSON *alert_json(struct nlattr **tb);
cJSON *alert_lost(uint64_t from, uint64_t to);
cJSON *alert_restarted(void);
void alert_text(const cJSON *alert, struct buf *out);

#endif /* FIMCTL_ALERT_H */
