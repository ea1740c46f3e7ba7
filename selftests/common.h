/* SPDX-License-Identifier: GPL-2.0 */
/*
 * common.h - what the tests share
 *
 * Helpers return 0 or an errno, or a text, and never judge: the line that
 * fails is the test's own.
 *
 * Where things happen. A rule's path is resolved in the root of process 1, so
 * filesystems are mounted and policies are applied in the initial mount
 * namespace. A test then enters a mount namespace of its own
 * (fim_own_mounts()), does there what it is about, and its mounts go with it.
 * fim_ctl() goes back to the initial one by itself.
 */
#ifndef _FIM_TEST_COMMON_H
#define _FIM_TEST_COMMON_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif

#ifndef __printf
#define __printf(a, b) __attribute__((__format__(printf, a, b)))
#endif

/* The errno of a system call, 0 if it succeeded. */
#define sys(call) ((call) < 0 ? errno : 0)

/* A user without any capability. */
#define FIM_NOBODY 1000

struct fim_nl;

/* Nanoseconds in a second */
#define FIM_NS 1000000000LL

long long fim_now(clockid_t clock);
unsigned int fim_parameter(const char *name);
long long fim_budget_since(long long begin);
int fim_opened(int fd);
int fim_write_to(int fd);
int fim_write_file(const char *path, const char *text);
int fim_remove_tree(const char *path);
const char *fim_fmt(const char *fmt, ...) __printf(1, 2);

int fim_run(uid_t uid, int (*fn)(const void *), const void *arg, pid_t *pid);
int fim_map_root(uid_t uid, gid_t gid);
int fim_copied_mounts(void);
int fim_own_mounts(void);
int fim_initial_mounts(void);
int fim_drop_caches(const char *what);
int fim_module(const char *name);

int fim_ctl(const char *input, const char *const argv[], char *output,
	    size_t size);
int fim_apply_yaml(const char *yaml);
int fim_apply_dirs(const char *name, const char *action, ...)
	__attribute__((sentinel));
int fim_delete(const char *name);

/* What a tree looks like: all but inode numbers and access times. */
char *fim_snapshot(const char *dir);
const char *fim_changes(const char *before, const char *after);

/**
 * enum fim_fs - filesystems under test
 */
enum fim_fs {
	FIM_EXT4,
	FIM_TMPFS,
	FIM_OVERLAY,
};

/**
 * struct fim_tree - a tree on one of them
 * @fs: the filesystem
 * @mnt: where it is mounted
 * @root: the tree
 * @build: where it is made before fim_tree_mount(): @root, or in the lower
 *	layer of an overlay, so that operations on it must copy up
 * @prot: the directory that tests protect, "@root/a/prot"
 * @open: a directory beside it that no rule names, "@root/open"
 * @other: an empty tmpfs, for names and mount points elsewhere
 */
struct fim_tree {
	enum fim_fs fs;
	const char *mnt;
	char root[PATH_MAX];
	char build[PATH_MAX];
	char prot[PATH_MAX];
	char open[PATH_MAX];
	const char *other;
};

const char *fim_tree_missing(enum fim_fs fs);
int fim_tree_make(struct fim_tree *tree, enum fim_fs fs);
int fim_tree_fill(const struct fim_tree *tree, const char *const *names);
const char *fim_tree_at(const struct fim_tree *tree, const char *name);
int fim_tree_mount(struct fim_tree *tree);
int fim_tree_remove(struct fim_tree *tree);

#endif /* _FIM_TEST_COMMON_H */
