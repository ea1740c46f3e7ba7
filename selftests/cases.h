/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cases.h - operations as tables
 *
 * A case is one operation on a small tree of its own, a cell, with another
 * cell beside it, its peer, that no rule names:
 *
 *   root/a/prot/CELL/            protected
 *   root/open/CELL/              its peer
 *   root/open/CELL.twin/         where the same operation must pass
 *   root/open/CELL.peer/         the twin's peer
 *
 *   each holds  f g              files, f with the attribute trusted.fim
 *               acl              a file with an ACL
 *               d/  sub/x        an empty directory, and one that is not
 *               l -> f           a symbolic link
 *
 * The same cases run on every filesystem, with every action, by every route to
 * the cell and as every user.
 */
#ifndef _FIM_TEST_CASES_H
#define _FIM_TEST_CASES_H

#include <fcntl.h>
#include "common.h"
#include "netlink.h"

/**
 * struct fim_place - a route to a cell
 * @fd: directory that the names start from, or AT_FDCWD
 * @dir: what precedes a name in the cell: "" or with a "/" at its end
 * @peer: what precedes a name in its peer, on the same mount
 * @rw: a descriptor of f, open for writing since before the policy, or -1
 */
struct fim_place {
	int fd;
	const char *dir;
	const char *peer;
	int rw;
};

/**
 * enum fim_case_flags
 * @FIM_CASE_ROOT: takes a capability
 * @FIM_CASE_OPTIONAL: not every kernel or filesystem can do it
 * @FIM_CASE_SILENT: changes nothing that a snapshot shows
 * @FIM_CASE_PEER: needs the peer, which not every route reaches
 * @FIM_CASE_RW: needs the descriptor
 * @FIM_CASE_PROC: needs /proc, which not every route leaves in sight
 * @FIM_CASE_COPIES_UP: an overlay copies the cell up before it is decided
 * @FIM_CASE_SAMPLE: one of the few that stand for all where time is short
 */
enum fim_case_flags {
	FIM_CASE_ROOT = 1 << 0,
	FIM_CASE_OPTIONAL = 1 << 1,
	FIM_CASE_SILENT = 1 << 2,
	FIM_CASE_PEER = 1 << 3,
	FIM_CASE_RW = 1 << 4,
	FIM_CASE_PROC = 1 << 5,
	FIM_CASE_COPIES_UP = 1 << 6,
	FIM_CASE_SAMPLE = 1 << 7,
};

/**
 * struct fim_case - one operation
 * @name: its name, that of its cell too
 * @id: its number in the attack catalogue, NULL if it has none
 * @run: does it; returns an errno
 * @err: what @run must come to where it is let through
 * @op: what the record must call it, FIM_OP_UNSPEC if it is no change
 * @path: the object in the cell, "" for the cell, "#" for a nameless file
 * @to: the record's target in the cell
 * @out: the record's target in the peer
 * @text: the record's target as it stands
 * @flags: enum fim_case_flags
 */
struct fim_case {
	const char *name;
	const char *id;
	int (*run)(const struct fim_place *at);
	int err;
	enum fim_op op;
	const char *path;
	const char *to;
	const char *out;
	const char *text;
	unsigned int flags;
};

/**
 * struct fim_cases - a table of them
 */
struct fim_cases {
	const char *name;
	const struct fim_case *cases;
	size_t count;
};

extern const struct fim_cases fim_name_cases;
extern const struct fim_cases fim_attr_cases;
extern const struct fim_cases fim_open_cases;
extern const struct fim_cases fim_pass_cases;

const char *fim_in(const struct fim_place *at, const char *name);
const char *fim_out(const struct fim_place *at, const char *name);
const char *fim_full(const struct fim_place *at, const char *name);
int fim_case_open(const struct fim_place *at, const char *name, int flags);

int fim_cell_make(const char *dir, uid_t owner);
int fim_cells_make(const struct fim_tree *tree, const struct fim_case *c,
		   bool twin, uid_t owner);
int fim_pass_cell_make(const struct fim_tree *tree);
bool fim_unsupported(int err);
int fim_case_run(const struct fim_case *c, const struct fim_place *at,
		 uid_t uid, pid_t *pid);
const char *fim_case_record(const struct fim_case *c,
			    const struct fim_tree *tree, const char *cell,
			    const char *action, const char *policy, pid_t pid);

#endif /* _FIM_TEST_CASES_H */
