/* SPDX-License-Identifier: GPL-2.0 */
/*
 * metrics.h - the module's state and counters for Prometheus
 */
#ifndef FIMCTL_METRICS_H
#define FIMCTL_METRICS_H

#include <stdbool.h>

#include "buf.h"
#include "policy.h"
#include "status.h"

void metrics_up(struct buf *out, bool up);
void metrics_write(struct buf *out, const struct status *st,
		   const struct hooks *hooks, const struct policies *policies);

#endif /* FIMCTL_METRICS_H */
