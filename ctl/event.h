/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event.h - what the module's own events are called
 */
#ifndef FIMCTL_EVENT_H
#define FIMCTL_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

const char *event_operation(uint64_t type);
bool event_message(uint64_t type, uint64_t count, struct buf *out);
const char *event_flag_name(unsigned int bit);
const char *event_command_name(uint64_t cmd);

#endif /* FIMCTL_EVENT_H */
