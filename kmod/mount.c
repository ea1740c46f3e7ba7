// SPDX-License-Identifier: GPL-2.0
/*
 * What goes with a mount, and where its going spreads to.
 *
 * An unmount takes along what is mounted below, if it is a lazy one, and of each
 * mount that goes the copies on all mounts that receive from the one it was on. No
 * hook is asked about those. Who receives from whom is in lists of struct mount,
 * whose place differs between kernels. It is learned from a mount that has nothing
 * in them: the head of an empty list leads to itself.
 *
 * Mounts are freed by RCU, and so are dentries. The kernel changes the lists under
 * locks that a module can't have, so that a mount may leave one for another while it
 * is looked at. But whatever a list leads to is in a mount: the links of one, or the
 * head of its list, which is told by where mounts can be in memory. So each step is
 * checked, and how many there are is limited.
 */
#include <linux/cache.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/rbtree.h>

#include "mount.h"

/* Two for each mount that a namespace may have by default, see fs.mount-max */
#define STEPS_MAX	250000

/* How mounts lie in memory at least: the kernel has them begin a cache line. */
#define MOUNT_ALIGN	(2 * sizeof(struct list_head))

/* What keeps count of a mount's users */
#ifdef CONFIG_SMP
#define COUNTS_SIZE	sizeof(void __percpu *)
#else
#define COUNTS_SIZE	(2 * sizeof(int))
#endif

/* Where struct mount has what is mounted on it, and whom it shares mounts with */
static unsigned int children_at __ro_after_init;
static unsigned int peers_at __ro_after_init;

static const struct list_head *list_at(const struct fim_mount *mount,
				       unsigned int at)
{
	return (const void *)mount + at;
}

/* The links of its siblings follow the list of its children. */
static const struct list_head *sibling(const struct fim_mount *mount)
{
	return list_at(mount, children_at) + 1;
}

/* Those that only receive follow those that send as well, in a list or hlist. */
static bool has_slaves(const struct fim_mount *mount)
{
	const struct list_head *slaves = list_at(mount, peers_at) + 1;
	const struct list_head *first = READ_ONCE(slaves->next);

	return first && first != slaves;
}

/**
 * fim_mount_learn() - find out how this kernel lays out struct mount
 * @mnt: the root of a mount of the kernel's own, on which nothing is mounted
 *
 * Return: false if it is in no way that is known.
 */
bool fim_mount_learn(const struct vfsmount *mnt)
{
	/* From 6.8 on, a namespace has its mounts in a tree, by one of two nodes. */
	static const size_t sizes[] = {
		sizeof(struct list_head), sizeof(struct rb_node)
	};
	const struct fim_mount *mount = fim_mount_of(mnt);
	const size_t list = sizeof(struct list_head);
	unsigned int children, peers, i;

	if (mount->parent != mount || mount->mountpoint != mnt->mnt_root ||
	    !IS_ALIGNED((unsigned long)mount, MOUNT_ALIGN))
		return false;
	for (i = 0; i < ARRAY_SIZE(sizes) * ARRAY_SIZE(sizes); i++) {
		children = sizeof(*mount) + sizes[i / 2] + COUNTS_SIZE;
		/* children, siblings, filesystem's, device, namespace's, expiry */
		peers = children + 3 * list + sizeof(char *) + sizes[i % 2] +
			list;
		if (!list_empty(list_at(mount, children)) ||
		    !list_empty(list_at(mount, children + list)) ||
		    !list_empty(list_at(mount, peers - list)) ||
		    !list_empty(list_at(mount, peers)))
			continue;
		children_at = children;
		peers_at = peers;
		return !has_slaves(mount);
	}
	return false;
}

/**
 * fim_mount_sends() - whether what is mounted on a mount has copies elsewhere
 * @mount: the mount
 *
 * Context: under RCU.
 * Return: whether some mount receives from it.
 */
bool fim_mount_sends(const struct fim_mount *mount)
{
	return !list_empty(list_at(mount, peers_at)) || has_slaves(mount);
}

/**
 * fim_mount_walk_start() - begin with a mount itself
 * @walk: the way
 * @top: the mount
 *
 * Context: under RCU until the last of fim_mount_walk_next().
 */
void fim_mount_walk_start(struct fim_mount_walk *walk,
			  const struct vfsmount *top)
{
	walk->top = fim_mount_of(top);
	walk->at = walk->top;
	walk->left = STEPS_MAX;
}

/*
 * The mount that links a list of @parent's children, or NULL if the list is another
 * one's by now: its head is half of MOUNT_ALIGN away from where links are.
 */
static const struct fim_mount *child_of(const struct fim_mount *parent,
					const struct list_head *link)
{
	const struct fim_mount *child = (const void *)link - children_at -
					sizeof(*link);

	if (!IS_ALIGNED((unsigned long)child, MOUNT_ALIGN) ||
	    READ_ONCE(child->parent) != parent)
		return NULL;
	return child;
}

/**
 * fim_mount_walk_next() - go on to what is mounted below
 * @walk: the way; at its end @at is NULL
 *
 * Return: false if mounts have changed meanwhile, or are too many: then nothing
 * is known of the rest.
 */
bool fim_mount_walk_next(struct fim_mount_walk *walk)
{
	const struct fim_mount *at = walk->at;
	const struct list_head *next = READ_ONCE(list_at(at, children_at)->next);

	for (; walk->left; walk->left--) {
		if (next != list_at(at, children_at)) {
			walk->left--;
			walk->at = child_of(at, next);
			return walk->at;
		}
		if (at == walk->top) {
			walk->at = NULL;
			return true;
		}
		next = READ_ONCE(sibling(at)->next);
		/* It has gone. */
		if (next == sibling(at))
			return false;
		at = READ_ONCE(at->parent);
	}
	return false;
}
