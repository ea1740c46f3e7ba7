/* SPDX-License-Identifier: GPL-2.0 */
/*
 * config.h - what is set in /etc/fim/fim.conf
 */
#ifndef FIMCTL_CONFIG_H
#define FIMCTL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"

#define CONFIG_FILE "/etc/fim/fim.conf"

/**
 * struct config - settings
 * @cluster_name: what alerts give as ClusterName
 * @file_posture: posture of policies that have none; FIM_ACTION_UNSET if unset
 * @cluster_id: what alerts give as cluster_id; NULL if unset, as all that follow
 * @workload: likewise
 * @instance_group: as instanceGroup
 * @instance_id: as instanceID
 * @unprotected_start: a container starts whose policies can't be put into force
 * @seal: fim.service seals the module, and heeds no fim=off: "seal" is given, and
 *	is not "no"
 * @broken: the file has errors, which were printed
 * @unread: the file may not be read, which was printed
 */
struct config {
	const char *cluster_name;
	uint8_t file_posture;
	const char *cluster_id;
	const char *workload;
	const char *instance_group;
	const char *instance_id;
	bool unprotected_start;
	bool seal;
	bool broken;
	bool unread;
};

const struct config *config_get(void);
void config_load(const char *path);
void config_parse(const char *file, const char *data, size_t len,
		  struct diags *diags);

#endif /* FIMCTL_CONFIG_H */
