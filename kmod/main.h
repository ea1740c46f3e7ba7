/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of the module.
 */
#ifndef FIM_MAIN_H
#define FIM_MAIN_H

#include "fim.h"

enum fim_state fim_state(void);
void fim_set_state(enum fim_state state);

#endif /* FIM_MAIN_H */
