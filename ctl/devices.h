/* SPDX-License-Identifier: GPL-2.0 */
/*
 * devices.h - the block devices that a path's filesystem lies on
 */
#ifndef FIMCTL_DEVICES_H
#define FIMCTL_DEVICES_H

#include <stddef.h>
#include <stdint.h>

#include "../uapi/fim.h"
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

void devices_below(const char *sys, unsigned int major, unsigned int minor,
		   struct devices *set);
void devices_find(struct policy *p);

#endif /* FIMCTL_DEVICES_H */
