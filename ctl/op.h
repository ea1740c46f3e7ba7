/* SPDX-License-Identifier: GPL-2.0 */
/*
 * op.h - operations by name
 */
#ifndef FIMCTL_OP_H
#define FIMCTL_OP_H

#include <stdint.h>

const char *op_name(uint64_t op);
uint8_t op_find(const char *name);

#endif /* FIMCTL_OP_H */
