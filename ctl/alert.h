/* SPDX-License-Identifier: GPL-2.0 */
/*
 * alert.h - records of the module as KubeArmor's alerts
 */
#ifndef FIMCTL_ALERT_H
#define FIMCTL_ALERT_H

#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <netlink/attr.h>

#include "../uapi/fim.h"

/**
 * enum alert_as - how a value goes into the Elastic Common Schema
 * @ALERT_AS_IS: as it is in the alert
 * @ALERT_AS_TEXT: a number there, a string here
 * @ALERT_AS_NUMBER: a string there, a number here
 */
enum alert_as {
	ALERT_AS_IS,
	ALERT_AS_TEXT,
	ALERT_AS_NUMBER,
};

/**
 * struct alert_key - a key of an alert
 * @key: the key, as KubeArmor has it if it has it; the journal's field is made
 *	of it
 * @add: puts it into an alert, or leaves it out; NULL if no record has it
 * @attr: enum fim_event_attr that it comes from
 * @ecs: its name in the Elastic Common Schema, NULL if that says it otherwise
 * @cef: its name in the Common Event Format, likewise
 * @as: its type in the Elastic Common Schema
 */
struct alert_key {
	const char *key;
	void (*add)(cJSON *to, const struct alert_key *k, struct nlattr **tb);
	int attr;
	const char *ecs;
	const char *cef;
	enum alert_as as;
};

int alert_parse(struct nlattr *event, struct nlattr **tb);
const struct alert_key *alert_key(const char *name);
const struct alert_key *alert_key_at(size_t i);
cJSON *alert_json(struct nlattr **tb);
void alert_add_time(cJSON *to, const char *key, uint64_t ns);
cJSON *alert_lost(uint64_t from, uint64_t to, const uint64_t *operations);
cJSON *alert_restarted(uint64_t next);

#endif /* FIMCTL_ALERT_H */
