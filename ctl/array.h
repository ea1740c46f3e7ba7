/* SPDX-License-Identifier: GPL-2.0 */
/*
 * array.h - how many elements an array has
 */
#ifndef FIMCTL_ARRAY_H
#define FIMCTL_ARRAY_H

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif

#endif /* FIMCTL_ARRAY_H */
