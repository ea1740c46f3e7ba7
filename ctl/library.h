/* SPDX-License-Identifier: GPL-2.0 */
/*
 * library.h - the directory of ready-made policies
 */
#ifndef FIMCTL_LIBRARY_H
#define FIMCTL_LIBRARY_H

#include "buf.h"
#include "diag.h"
#include "policy.h"

/**
 * struct ready - a file of ready-made policies
 * @path: the file
 * @name: what it is called: its name without the ending
 * @summary: what it protects, in a line
 * @text: all of it
 * @set: its policies
 */
struct ready {
	char *path;
	char *name;
	char *summary;
	struct buf text;
	struct policies set;
};

/**
 * struct library - the directory
 * @v: its files, by name
 * @nr: how many
 * @cap: room in @v
 * @diags: what is wrong with them
 */
struct library {
	struct ready *v;
	size_t nr;
	size_t cap;
	struct diags diags;
};

char *library_directory(void);
int library_read(struct library *l, const char *dir);
const struct ready *library_find(const struct library *l, const char *name);
bool ready_has_tag(const struct ready *r, const char *text);
void ready_tags(const struct ready *r, struct buf *tags);
void library_free(struct library *l);

#endif /* FIMCTL_LIBRARY_H */
