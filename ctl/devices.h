/* SPDX-License-Identifier: GPL-2.0 */
/*
 * devices.h - the block devices that a path's filesystem lies on
 */
#ifndef FIMCTL_DEVICES_H
#define FIMCTL_DEVICES_H

#include <stddef.h>
#include <stdint.h>

#include "../uapi/fim.h"
#include "diag.h"
#include "mounts.h"
#include "policy.h"

/**
 * struct devices - block devices
 * @v: each as FIM_EVENT_A_DEV
 * @nr: how many; what is above FIM_DEVICES_MAX is left out
 */
struct devices {
	uint32_t v[FIM_DEVICES_MAX];
	size_t nr;
};

void devices_add(struct devices *set, unsigned int major, unsigned int minor);
void devices_add_named(struct devices *set, const struct mount *m,
		       const struct mark *at, struct diags *diags);
void devices_below(const char *sys, const char *proc, struct devices *set);
void devices_find(struct policy *p, struct diags *diags);

#endif /* FIMCTL_DEVICES_H */
