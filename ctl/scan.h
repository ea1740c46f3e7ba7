/* SPDX-License-Identifier: GPL-2.0 */
/*
 * scan.h - files in protected trees that have names elsewhere, too
 */
#ifndef FIMCTL_SCAN_H
#define FIMCTL_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "../kmod/glob.h"

/**
 * struct scan_tree - a directory that a rule protects
 * @path: where it is, without symbolic links
 * @name: what the policy calls it; ends with "/"
 * @recursive: everything below it is protected, too
 * @action: what its rule does: the greater, the stricter
 * @wanted: its files are of interest; else only the names in it
 * @glob: it is only about files whose path below it matches; NULL: about all.
 *	In a search either no tree has one, or all do and have the same @path
 * @owner: for the caller: the rule
 * @group: for the caller: index of its policy
 * @place: its own
 */
struct scan_tree {
	const char *path;
	const char *name;
	bool recursive;
	int action;
	bool wanted;
	const struct fim_glob *glob;
	const void *owner;
	size_t group;
	struct scan_place *place;
};

/**
 * struct scan_file - a file that has several names
 * @dev: its device
 * @ino: its inode number, 0 of a free place in the table
 * @links: how many names it has
 * @seen: how many of them were found in the trees
 * @mixed: its names are in trees whose rules differ in action
 * @tree: the strictest tree that has a name of it
 * @path: one of those names, or NULL if all were found
 */
struct scan_file {
	uint64_t dev;
	uint64_t ino;
	uint32_t links;
	uint32_t seen;
	bool mixed;
	const struct scan_tree *tree;
	char *path;
};

/**
 * struct scan - a search through trees
 * @trees: the trees
 * @nr_trees: how many
 * @cap_trees: room in @trees
 * @places: the directories that they are, by device and inode number
 * @nr_places: how many
 * @files: the files that have several names, a hash table
 * @nr_files: how many
 * @cap_files: room in @files, a power of two
 * @looked_at: names looked at
 * @unread: directories that could not be read
 * @collect: files not known yet are remembered
 * @progress: told now and then where the search is; may be NULL
 * @trouble: told what could not be read; may be NULL
 * @told: when @progress was called last
 */
struct scan {
	struct scan_tree *trees;
	size_t nr_trees;
	size_t cap_trees;
	struct scan_place *places;
	size_t nr_places;
	struct scan_file *files;
	size_t nr_files;
	size_t cap_files;
	uint64_t looked_at;
	uint64_t unread;
	bool collect;
	void (*progress)(const char *where, uint64_t files);
	void (*trouble)(const char *path, int error);
	struct timespec told;
};

void scan_add(struct scan *s, const struct scan_tree *tree);
void scan_run(struct scan *s);
bool scan_is_exposed(const struct scan_file *f);
void scan_free(struct scan *s);

#endif /* FIMCTL_SCAN_H */
