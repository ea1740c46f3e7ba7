/* SPDX-License-Identifier: GPL-2.0 */
/*
 * op.h - operations by name
 */
#ifndef FIMCTL_OP_H
#define FIMCTL_OP_H

#include <stdint.h>

const char *op_name(uint64_t op);

#endif /* FIMCTL_OP_H */
