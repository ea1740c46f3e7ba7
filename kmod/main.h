/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of the module.
 */
#ifndef FIM_MAIN_H
#define FIM_MAIN_H

#include <linux/types.h>

#include "fim.h"

enum fim_state fim_state(void);
bool fim_sealed(void);
void fim_seal(void);
void fim_set_health(bool healthy);

#endif /* FIM_MAIN_H */
