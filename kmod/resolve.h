/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a path to the inodes that give it its meaning.
 */
#ifndef FIM_RESOLVE_H
#define FIM_RESOLVE_H

#include <linux/types.h>

struct fim_object;
struct path;
struct vfsmount;

/**
 * enum fim_mark_kind - what a marked inode is to a rule. The low bits of an
 *	inode's address, which are 0, hold it in a key of the tree.
 * @FIM_MARK_TREE: the rule's directory: what lies in it is protected
 * @FIM_MARK_GUARD: an entry on the way there, which may not be taken away
 * @FIM_MARK_ANCHOR: the last directory on the way that exists: if the next name
 *	appears in it, the rule can take hold
 * @FIM_MARK_WRITER: no entry on a way but a file that was open for writing before
 *	a rule came to protect it
 */
enum fim_mark_kind {
	FIM_MARK_TREE,
	FIM_MARK_GUARD,
	FIM_MARK_ANCHOR,
	FIM_MARK_WRITER,
};

/**
 * struct fim_step - one entry on the way of a path
 * @object: its inode, a reference
 * @kind: what it is to the rule
 * @mnt: the mount that is entered with it, or NULL; an address to compare
 * @covered: a mount that is entered is mounted on it
 * @path: where it is, from the root on, without a "/" at the end; of an anchor
 *	the name that is missing in it
 */
struct fim_step {
	struct fim_object *object;
	enum fim_mark_kind kind;
	const struct vfsmount *mnt;
	bool covered;
	char *path;
};

/**
 * struct fim_route - what a path led to
 * @steps: the entries on the way; the last one is the goal if @complete, else
 *	the anchor
 * @nr: how many
 * @room: for how many there is room
 * @complete: whether every name of the path exists
 */
struct fim_route {
	struct fim_step *steps;
	unsigned int nr;
	unsigned int room;
	bool complete;
};

/* Its goal, or the anchor; what resolved has at least one step. */
static inline const struct fim_step *fim_route_end(const struct fim_route *route)
{
	return &route->steps[route->nr - 1];
}

bool fim_route_arrives(const struct fim_route *route);
int fim_resolve(const char *name, bool directory, bool lasting,
		const struct path *root, struct fim_route *route);
void fim_route_free(struct fim_route *route);
int fim_lookup(const char *name, struct path *path);
bool fim_in_initial_root(void);
void fim_root_keep(void);
void fim_root_forget(void);
bool fim_root_is_kept(void);
int fim_resolve_init(void);
void fim_resolve_exit(void);

#endif /* FIM_RESOLVE_H */
