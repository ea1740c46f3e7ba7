/* SPDX-License-Identifier: GPL-2.0 */
/*
 * load.h - the policies that the options -f of a command name
 */
#ifndef FIMCTL_LOAD_H
#define FIMCTL_LOAD_H

#include "source.h"

/**
 * struct load - policies as they were read
 * @sources: the files' names
 * @set: the policies
 * @diags: what is wrong with them
 * @nr: options -f so far
 */
struct load {
	struct sources sources;
	struct policies set;
	struct diags diags;
	size_t nr;
};

void load_add(struct load *l, const char *path);
int load_finish(struct load *l);
void load_free(struct load *l);

#endif /* FIMCTL_LOAD_H */
