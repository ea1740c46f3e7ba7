/* SPDX-License-Identifier: GPL-2.0 */
/*
 * filter.h - which alerts are wanted
 */
#ifndef FIMCTL_FILTER_H
#define FIMCTL_FILTER_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

/**
 * struct filter_term - one expression
 * @what: place of its option among those of filters
 * @regex: the expression
 */
struct filter_term {
	int what;
	regex_t regex;
};

/**
 * struct filter - which alerts are wanted
 * @term: expressions
 * @nr: how many
 * @cap: room in @term
 */
struct filter {
	struct filter_term *term;
	size_t nr;
	size_t cap;
};

bool filter_has(const char *option);
int filter_add(struct filter *f, const char *option, const char *expression);
bool filter_match(const struct filter *f, const cJSON *alert);
void filter_free(struct filter *f);

#endif /* FIMCTL_FILTER_H */
