/* SPDX-License-Identifier: GPL-2.0 */
/*
 * load.h - the policies that the options -f of a command name
 */
#ifndef FIMCTL_LOAD_H
#define FIMCTL_LOAD_H

#include <stdbool.h>

#include "skip.h"
#include "source.h"

/**
 * struct load - policies as they were read
 * @paths: arguments of options -f
 * @nr: how many
 * @cap: room in @paths
 * @ignore: leave out what are no file rules
 * @keep_going: leave out the files that are not valid, and go on
 * @action: enum fim_action that replaces Block and Audit, if it is set
 * @sources: the files' names
 * @set: the policies
 * @diags: what is wrong with them
 * @skipped: what was left out
 */
struct load {
	const char **paths;
	size_t nr;
	size_t cap;
	bool ignore;
	bool keep_going;
	uint8_t action;
	struct sources sources;
	struct policies set;
	struct diags diags;
	struct skipped skipped;
};

void load_add(struct load *l, const char *path);
void load_read(struct load *l);
void load_drop_bad(struct load *l);
int load_nothing(void);
int load_finish(struct load *l);
int load_select(struct load *l, bool **selected);
void load_set_postures(struct load *l);
void load_free(struct load *l);

#endif /* FIMCTL_LOAD_H */
