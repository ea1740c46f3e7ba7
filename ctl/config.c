// SPDX-License-Identifier: GPL-2.0
/*
 * config.c - what alerts say about this machine that it does not know itself
 *
 * These are the defaults; whoever adds a configuration file adds it here.
 */
#include "config.h"

/**
 * config_get() - the settings
 *
 * Return: the settings, which do not change.
 */
const struct config *config_get(void)
{
	static const struct config config = { .cluster_name = "default" };

	return &config;
}
