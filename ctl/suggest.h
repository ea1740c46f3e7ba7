/* SPDX-License-Identifier: GPL-2.0 */
/*
 * suggest.h - what a misspelt word may have meant
 */
#ifndef FIMCTL_SUGGEST_H
#define FIMCTL_SUGGEST_H

#include <stdbool.h>

bool suggest(const char *word, const char *candidate);

#endif /* FIMCTL_SUGGEST_H */
