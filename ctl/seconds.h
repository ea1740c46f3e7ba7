/* SPDX-License-Identifier: GPL-2.0 */
/*
 * seconds.h - times as they are given on the command line
 */
#ifndef FIMCTL_SECONDS_H
#define FIMCTL_SECONDS_H

#include <stdint.h>

uint32_t seconds_parse(const char *text);

#endif /* FIMCTL_SECONDS_H */
