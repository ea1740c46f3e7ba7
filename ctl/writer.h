/* SPDX-License-Identifier: GPL-2.0 */
/*
 * writer.h - files that were open for writing when a rule came
 */
#ifndef FIMCTL_WRITER_H
#define FIMCTL_WRITER_H

#include <stdint.h>

#include "link.h"

int writers_report(struct link *l, uint64_t since);

#endif /* FIMCTL_WRITER_H */
