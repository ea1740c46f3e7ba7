/* SPDX-License-Identifier: GPL-2.0 */
/*
 * helper.h - what several tests of fimctl need
 */
#ifndef HELPER_H
#define HELPER_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "policy.h"

/** @SKIPPED: how a test ends that SKIP()s in its setup, which can't just return */
#define SKIPPED 255

#define ARRAY_SIZE_OF(a) (sizeof(a) / sizeof((a)[0]))

/**
 * struct parsed - what became of a file
 * @set: its policies
 * @diags: its errors
 */
struct parsed {
	struct policies set;
	struct diags diags;
};

void parse_bytes(struct parsed *p, const void *data, size_t len);
void parse_ignoring(struct parsed *p, const char *text);
void parse_text(struct parsed *p, const char *text);
void parsed_free(struct parsed *p);
char *print_diags(struct parsed *p);
bool has_openat2(void);
int sh(const char *dir, const char *commands);

#endif /* HELPER_H */
