/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attaching the hooks, by ftrace.
 */
#ifndef FIM_ATTACH_H
#define FIM_ATTACH_H

#include <linux/types.h>

#define FIM_BACKEND	"ftrace"

int fim_attach(void);
int fim_attach_on_demand(bool wanted);
void fim_detach(void);

#endif /* FIM_ATTACH_H */
