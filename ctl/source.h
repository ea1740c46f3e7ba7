/* SPDX-License-Identifier: GPL-2.0 */
/*
 * source.h - policy files: a file, a directory of them, or standard input
 */
#ifndef FIMCTL_SOURCE_H
#define FIMCTL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "diag.h"
#include "policy.h"

/**
 * struct sources - names of files that policies point at
 * @v: the names
 * @nr: how many
 * @cap: room in @v
 * @unreadable: files that could not be read, each with its message
 */
struct sources {
	char **v;
	size_t nr;
	size_t cap;
	size_t unreadable;
};

int source_read(const char *path, struct buf *out, struct diags *diags);
void source_load(struct sources *s, const char *path, bool ignore,
		 struct policies *set, struct diags *diags);
void sources_free(struct sources *s);

#endif /* FIMCTL_SOURCE_H */
