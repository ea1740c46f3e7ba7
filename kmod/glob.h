/* SPDX-License-Identifier: GPL-2.0 */
/*
 * AppArmor's globs, matched from the end of a path to its beginning: the order
 * in which a hook comes by the names.
 */
#ifndef FIM_GLOB_H
#define FIM_GLOB_H

#include <linux/types.h>

#ifndef __KERNEL__
#include <stdbool.h>
#include <stddef.h>
#endif

#define FIM_GLOB_STATES		64
#define FIM_GLOB_DEPTH		8

/**
 * struct fim_glob - a compiled glob; constant. A state is a place of the glob
 *	that takes one byte.
 * @nr: how many states
 * @accept: states that the first byte of a path may be taken by
 * @last: states that its last byte may be taken by
 * @before: of each state: those that the byte before may be taken by
 * @takes: of each byte: the states that take it
 */
struct fim_glob {
	unsigned int nr;
	__u64 accept;
	__u64 last;
	__u64 before[FIM_GLOB_STATES];
	__u64 takes[256];
};

/**
 * enum fim_glob_part - what of a glob a path has to match
 * @FIM_GLOB_WHOLE: all of it
 * @FIM_GLOB_BELOW: its beginning, so that something below the path may match all
 * @FIM_GLOB_NAMED: its beginning up to a "/" of the glob's own, not of a "**"
 */
enum fim_glob_part {
	FIM_GLOB_WHOLE,
	FIM_GLOB_BELOW,
	FIM_GLOB_NAMED,
};

/**
 * struct fim_glob_walk - a match on its way back
 * @open: states that the byte before may be taken by
 * @taken: states that took the last byte that was looked at
 */
struct fim_glob_walk {
	__u64 open;
	__u64 taken;
};

int fim_glob_compile(struct fim_glob *glob, const char *text, size_t len);
struct fim_glob_walk fim_glob_begin(const struct fim_glob *glob,
				    enum fim_glob_part part);
void fim_glob_back(const struct fim_glob *glob, struct fim_glob_walk *walk,
		   const char *bytes, size_t len);
void fim_glob_back_any(const struct fim_glob *glob, struct fim_glob_walk *walk);

/**
 * fim_glob_accepts() - whether the path matches
 * @glob: the glob
 * @walk: the match, at the first byte of the path
 *
 * Return: true if it does.
 */
static inline bool fim_glob_accepts(const struct fim_glob *glob,
				    const struct fim_glob_walk *walk)
{
	return walk->taken & glob->accept;
}

#endif /* FIM_GLOB_H */
