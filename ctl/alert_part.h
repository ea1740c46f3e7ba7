/* SPDX-License-Identifier: GPL-2.0 */
/*
 * alert_part.h - keys of an alert that take more than a look at an attribute
 */
#ifndef FIMCTL_ALERT_PART_H
#define FIMCTL_ALERT_PART_H

#include "alert.h"

void alert_add_data(cJSON *to, const struct alert_key *k, struct nlattr **tb);
void alert_add_data_map(cJSON *to, const struct alert_key *k,
			struct nlattr **tb);
void alert_add_container(cJSON *to, const struct alert_key *k,
			 struct nlattr **tb);
void alert_add_configured(cJSON *to, const struct alert_key *k,
			  struct nlattr **tb);

#endif /* FIMCTL_ALERT_PART_H */
