// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a task is a container's: by its cgroup, its mount namespace or its pid
 * namespace.
 */
#include <linux/cgroup.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>

#include "container.h"
#include "fit.h"
#include "object.h"

#ifdef CONFIG_CGROUPS
/**
 * fim_container_has_cgroup() - whether a cgroup is a container's or below it
 * @container: the container
 * @cgroup: the cgroup, held by the caller
 *
 * Return: whether it is.
 */
bool fim_container_has_cgroup(const struct fim_container *container,
			      const struct cgroup *cgroup)
{
	/* Ancestors are held by their descendants. */
	struct cgroup *ancestor = cgroup_ancestor((struct cgroup *)cgroup,
						  container->level);

	return ancestor && cgroup_id(ancestor) == container->cgroup;
}
#else
bool fim_container_has_cgroup(const struct fim_container *container,
			      const struct cgroup *cgroup)
{
	return false;
}
#endif

static bool is_below_pid_ns(const struct pid_namespace *ns,
			    const struct fim_container *container)
{
	/* Ancestors are held by their descendants. */
	while (ns && ns->level > container->pid_ns->level)
		ns = ns->parent;
	return ns == container->pid_ns;
}

/*
 * The number is another namespace's as soon as nobody is in this one, so it counts
 * while the first process lives: fim_containers_reap() looks where that is.
 */
static bool is_in_mnt_ns(const struct fim_container *container,
			 const struct fim_caller *caller)
{
	const u32 mnt_ns = READ_ONCE(container->mnt_ns);

	return mnt_ns && caller->mnt_ns == mnt_ns &&
	       !hlist_empty(&container->init->tasks[PIDTYPE_TGID]);
}

/**
 * fim_container_has() - whether a task is a container's
 * @container: the container
 * @caller: the task; NULL: somebody, who may be
 *
 * Who leaves the cgroup is still in the mount namespace, who leaves that is
 * still in the cgroup, and its pid namespace a task never leaves.
 *
 * Context: any in which RCU protects @caller.
 * Return: whether it is.
 */
bool fim_container_has(const struct fim_container *container,
		       const struct fim_caller *caller)
{
	if (!caller)
		return true;
	if (is_in_mnt_ns(container, caller))
		return true;
	if (container->pid_ns && is_below_pid_ns(caller->pid_ns, container))
		return true;
	return caller->cgroup &&
	       fim_container_has_cgroup(container, caller->cgroup);
}

/*
 * Whether current still makes the container: its first process, before it has
 * changed its root to the container's and executed the container's program. Who
 * has, may change its root as often as it likes.
 */
static bool is_setting_up(const struct fim_container *container)
{
	const struct fs_struct *fs = current->fs;
	const struct dentry *root;

	if (container->entered || task_tgid(current) != container->init ||
	    current->self_exec_id != container->exec_id || !fs)
		return false;
	/* RCU keeps it, should another thread change it. */
	root = READ_ONCE(fs->root.dentry);
	return READ_ONCE(root->d_inode) != container->root->inode;
}

/**
 * fim_container_is_changed() - whether a mount changes what a container's paths
 *	mean
 * @container: the container
 * @caller: who mounts, unmounts or moves in his mount namespace: current
 *
 * Context: as fim_container_has().
 * Return: whether it does.
 */
bool fim_container_is_changed(const struct fim_container *container,
			      const struct fim_caller *caller)
{
	return is_in_mnt_ns(container, caller) && !is_setting_up(container);
}
