/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sha256.h - SHA-256 (FIPS 180-4)
 */
#ifndef FIMCTL_SHA256_H
#define FIMCTL_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32

void sha256(const void *data, size_t len, uint8_t digest[SHA256_SIZE]);

#endif /* FIMCTL_SHA256_H */
