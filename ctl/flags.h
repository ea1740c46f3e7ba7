/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flags.h - flag arguments of system calls by name
 */
#ifndef FIMCTL_FLAGS_H
#define FIMCTL_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void flags_open(char *to, size_t size, bool arm64, uint32_t value);
bool flags_open_creates(uint32_t value);
void flags_at(char *to, size_t size, uint32_t value);
void flags_unlink(char *to, size_t size, uint32_t value);
void flags_rename(char *to, size_t size, uint32_t value);
void flags_xattr(char *to, size_t size, uint32_t value);
void flags_fallocate(char *to, size_t size, uint32_t value);

#endif /* FIMCTL_FLAGS_H */
