/* SPDX-License-Identifier: GPL-2.0 */
/*
 * config.h - what alerts say about this machine that it does not know itself
 */
#ifndef FIMCTL_CONFIG_H
#define FIMCTL_CONFIG_H

/**
 * struct config - settings
 * @cluster_name: what alerts give as ClusterName
 */
struct config {
	const char *cluster_name;
};

const struct config *config_get(void);

#endif /* FIMCTL_CONFIG_H */
