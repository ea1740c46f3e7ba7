// SPDX-License-Identifier: GPL-2.0
/*
 * cases.c - the cells that the cases work on, and the record they must leave
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "acl.h"
#include "cases.h"

const char *fim_in(const struct fim_place *at, const char *name)
{
	if (!*name && !*at->dir)
		return ".";
	return fim_fmt("%s%s", at->dir, name);
}

const char *fim_out(const struct fim_place *at, const char *name)
{
	return fim_fmt("%s%s", at->peer, name);
}

/**
 * fim_full() - the path of a name in the cell for calls that take no directory
 * @at: the route
 * @name: the name
 *
 * Return: the path, by way of the directory's descriptor if there is one.
 */
const char *fim_full(const struct fim_place *at, const char *name)
{
	if (at->fd == AT_FDCWD)
		return fim_in(at, name);
	return fim_fmt("/proc/self/fd/%d/%s", at->fd, fim_in(at, name));
}

int fim_case_open(const struct fim_place *at, const char *name, int flags)
{
	return openat(at->fd, fim_in(at, name), flags | O_CLOEXEC, 0644);
}

static int give(const char *path, uid_t owner)
{
	return sys(lchown(path, owner, owner));
}

/**
 * fim_cell_make() - make a cell
 * @dir: its directory, in one that exists
 * @owner: whom all of it belongs to
 *
 * Return: 0 or an errno.
 */
int fim_cell_make(const char *dir, uid_t owner)
{
	static const char *const names[] = {
		"", "f", "g", "acl", "d", "sub", "sub/x", "l",
	};
	const char *f = fim_fmt("%s/f", dir);
	const char *acl = fim_fmt("%s/acl", dir);
	size_t i;
	int err;

	err = sys(mkdir(dir, 0777));
	err = err ?: fim_write_file(f, "base\n");
	err = err ?: sys(setxattr(f, "trusted.fim", "1", 1, 0));
	err = err ?: fim_write_file(fim_fmt("%s/g", dir), "other\n");
	err = err ?: fim_write_file(acl, "acl\n");
	err = err ?: sys(mkdir(fim_fmt("%s/d", dir), 0777));
	err = err ?: sys(mkdir(fim_fmt("%s/sub", dir), 0777));
	err = err ?: fim_write_file(fim_fmt("%s/sub/x", dir), "deep\n");
	err = err ?: sys(symlink("f", fim_fmt("%s/l", dir)));
	/* Filesystems without these two are left out by the cases. */
	setxattr(acl, ACL_ACCESS, &acl_user, sizeof(acl_user), 0);
	setxattr(fim_fmt("%s/g", dir), "user.fim", "1", 1, 0);
	for (i = 0; owner && i < ARRAY_SIZE(names) && !err; i++)
		err = give(fim_fmt("%s/%s", dir, names[i]), owner);
	return err;
}

/**
 * fim_cells_make() - make the cells of a case
 * @tree: a tree before fim_tree_mount()
 * @c: the case
 * @twin: whether its twin will run too
 * @owner: whom they belong to
 *
 * Return: 0 or an errno.
 */
int fim_cells_make(const struct fim_tree *tree, const struct fim_case *c,
		   bool twin, uid_t owner)
{
	bool peer = c->flags & FIM_CASE_PEER;
	const char *open = fim_fmt("%s/open/%s", tree->build, c->name);
	int err;

	err = fim_cell_make(fim_fmt("%s/a/prot/%s", tree->build, c->name),
			    owner);
	if (!err && peer)
		err = fim_cell_make(open, owner);
	if (!err && twin)
		err = fim_cell_make(fim_fmt("%s.twin", open), owner);
	if (!err && twin && peer)
		err = fim_cell_make(fim_fmt("%s.peer", open), owner);
	return err;
}

/**
 * fim_unsupported() - whether a kernel or filesystem cannot do something
 * @err: what it came to where nothing is protected
 */
bool fim_unsupported(int err)
{
	return err == ENOSYS || err == EOPNOTSUPP || err == ENOTTY ||
	       err == EINVAL;
}

struct run {
	const struct fim_case *c;
	const struct fim_place *at;
};

static int run_case(const void *arg)
{
	const struct run *run = arg;

	return run->c->run(run->at);
}

/**
 * fim_case_run() - do the operation in a process of its own
 * @c: the case
 * @at: the route to its cell
 * @uid: who does it
 * @pid: set to the process's id
 *
 * Return: its errno.
 */
int fim_case_run(const struct fim_case *c, const struct fim_place *at,
		 uid_t uid, pid_t *pid)
{
	struct run run = { .c = c, .at = at };

	return fim_run(uid, run_case, &run, pid);
}

/**
 * fim_case_record() - what fim_records() must say of a case
 * @c: the case
 * @tree: where it ran
 * @cell: the name of its cell
 * @action: "Block" or "Audit"
 * @policy: whose rule names @tree->prot
 * @pid: the process that did it
 *
 * Return: the text.
 */
const char *fim_case_record(const struct fim_case *c,
			    const struct fim_tree *tree, const char *cell,
			    const char *action, const char *policy, pid_t pid)
{
	const char *target = "";

	if (c->text)
		target = fim_fmt(" -> %s", c->text);
	else if (c->to)
		target = fim_fmt(" -> %s/%s/%s", tree->prot, cell, c->to);
	else if (c->out) /* from the root of its filesystem */
		target = fim_fmt(" -> /fim/open/%s/%s", cell, c->out);
	return fim_fmt("%s %s %s/%s%s%s%s errno %d by %d under %s\n", action,
		       fim_op_names[c->op], tree->prot, cell,
		       *c->path ? "/" : "", c->path, target,
		       strcmp(action, "Block") ? 0 : EACCES, pid, policy);
}
