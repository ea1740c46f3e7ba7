// SPDX-License-Identifier: GPL-2.0
/*
 * Containers that policies are bound to, and where their paths begin.
 *
 * A container is known by its cgroup's id and by the inodes of the cgroup's
 * directory and of its root. Inodes are given back when their filesystem goes,
 * so none of this keeps a container from ending.
 */
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mm.h>
#include <linux/nsproxy.h>
#include <linux/path.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "container.h"
#include "decode.h"
#include "event.h"
#include "fim.h"
#include "fim_task.h"
#include "object.h"
#include "policy.h"
#include "publish.h"
#include "recheck.h"
#include "tree.h"
#include "trial.h"
#include "txn.h"

/* In the order in which they were added; under fim_policy_lock. */
static LIST_HEAD(fim_containers);
static unsigned int fim_nr_containers;

/**
 * fim_container_alloc() - make a container that is not added yet
 * @id: its id
 *
 * Return: the container with a reference for the caller, or NULL without
 * memory.
 */
struct fim_container *fim_container_alloc(const char *id)
{
	struct fim_container *container;

	container = kzalloc(sizeof(*container), GFP_KERNEL);
	if (!container)
		return NULL;
	refcount_set(&container->ref, 1);
	INIT_LIST_HEAD(&container->node);
	container->id = kstrdup(id, GFP_KERNEL);
	if (!container->id) {
		kfree(container);
		return NULL;
	}
	return container;
}

/**
 * fim_container_put() - drop a reference to a container
 * @container: the container, or NULL
 *
 * Context: process; may sleep.
 */
void fim_container_put(struct fim_container *container)
{
	if (!container || !refcount_dec_and_test(&container->ref))
		return;
	if (container->cgroup_dir)
		fim_object_put(container->cgroup_dir);
	if (container->root)
		fim_object_put(container->root);
	put_pid(container->init);
	kvfree(container->identity);
	kfree(container->id);
	kfree(container);
}

/**
 * fim_container_set_cgroup() - tell a container's cgroup
 * @container: not added yet
 * @fd: the current task's descriptor of the cgroup's directory
 *
 * Return: 0, -EBADF, -EOPNOTSUPP or -ENOMEM.
 */
int fim_container_set_cgroup(struct fim_container *container, int fd)
{
#ifdef CONFIG_CGROUPS
	struct cgroup *cgroup = cgroup_get_from_fd(fd);
	struct file *file;

	if (IS_ERR(cgroup))
		return -EBADF;
	container->cgroup = cgroup_id(cgroup);
	container->level = cgroup->level;
	cgroup_put(cgroup);
	/* Every task is in the topmost one. */
	if (!container->level)
		return -EBADF;
	file = fget(fd);
	if (!file)
		return -EBADF;
	container->cgroup_dir = fim_object_get(file_inode(file));
	fput(file);
	return container->cgroup_dir ? 0 : -ENOMEM;
#else
	return -EOPNOTSUPP;
#endif
}

static bool is_in_cgroup(struct task_struct *task,
			 const struct fim_container *container)
{
	bool is = false;

#ifdef CONFIG_CGROUPS
	rcu_read_lock();
	is = fim_container_has_cgroup(container, task_dfl_cgroup(task));
	rcu_read_unlock();
#endif
	return is;
}

/**
 * fim_container_set_init() - tell a container's first process
 * @container: not added yet, but its cgroup is known
 * @nr: the process' number in the current task's pid namespace
 *
 * Return: 0, or -ESRCH if there is no such process in the container's cgroup.
 */
int fim_container_set_init(struct fim_container *container, u32 nr)
{
	struct pid *pid = find_get_pid(nr);
	struct task_struct *task = get_pid_task(pid, PIDTYPE_TGID);
	int err = -ESRCH;

	container->init = pid;
	if (!task)
		return err;
	/* Who shares a namespace of others is told apart by the rest. */
	if (pid->level && pid->numbers[pid->level].nr == 1)
		container->pid_ns = ns_of_pid(pid);
	container->exec_id = READ_ONCE(task->self_exec_id);
	task_lock(task);
	if (task->nsproxy && is_in_cgroup(task, container)) {
		if (!fim_mnt_ns_is_initial(task->nsproxy->mnt_ns))
			container->mnt_ns = fim_nsproxy_mnt_inum(task->nsproxy);
		err = 0;
	}
	task_unlock(task);
	put_task_struct(task);
	return err;
}

/* The root of the first process, a reference, if it is the container's. */
static int init_root(const struct fim_container *container, struct path *root)
{
	struct task_struct *init;

	init = get_pid_task(container->init, PIDTYPE_TGID);
	if (!init)
		return -ESRCH;
	root->dentry = NULL;
	task_lock(init);
	if (init->fs)
		get_fs_root(init->fs, root);
	task_unlock(init);
	put_task_struct(init);
	if (!root->dentry)
		return -ESRCH;
	if (fim_object_held(container->root) &&
	    d_inode(root->dentry) == container->root->inode)
		return 0;
	path_put(root);
	return -ESRCH;
}

/**
 * fim_container_set_root() - tell a container's root directory
 * @container: not added yet, but its first process is known
 * @fd: the current task's descriptor of it
 * @root: where to put its path, a reference, if 0 is returned
 *
 * Return: 0, -EBADF, -ENOTDIR or -ENOMEM.
 */
int fim_container_set_root(struct fim_container *container, int fd,
			   struct path *root)
{
	struct file *file = fget_raw(fd);
	struct path its;
	int err = 0;

	if (!file)
		return -EBADF;
	if (!S_ISDIR(file_inode(file)->i_mode)) {
		err = -ENOTDIR;
	} else {
		container->root = fim_object_get(file_inode(file));
		if (!container->root)
			err = -ENOMEM;
	}
	if (!err) {
		*root = file->f_path;
		path_get(root);
		container->entered = !init_root(container, &its);
		if (container->entered)
			path_put(&its);
	}
	fput(file);
	return err;
}

/**
 * fim_container_root() - where a container's paths begin
 * @container: the container
 * @root: where to put the path, a reference, if 0 is returned
 *
 * Context: process, under fim_policy_lock.
 * Return: 0, or -ESRCH if its first process has ended or has another root.
 */
int fim_container_root(const struct fim_container *container,
		       struct path *root)
{
	lockdep_assert_held(&fim_policy_lock);

	if (!container->entrance)
		return init_root(container, root);
	*root = *container->entrance;
	path_get(root);
	return 0;
}

/**
 * fim_container_find() - find a container
 * @id: its id
 *
 * Context: process, under fim_policy_lock, as all that follow.
 * Return: the container, or NULL.
 */
struct fim_container *fim_container_find(const char *id)
{
	struct fim_container *container;

	lockdep_assert_held(&fim_policy_lock);

	list_for_each_entry(container, &fim_containers, node)
		if (!strcmp(container->id, id))
			return container;
	return NULL;
}

/**
 * fim_container_after() - go through the containers, some of which may go
 *	meanwhile
 * @serial: of the one before, or 0
 *
 * Return: the container, or NULL.
 */
struct fim_container *fim_container_after(unsigned long serial)
{
	struct fim_container *container;

	lockdep_assert_held(&fim_policy_lock);

	list_for_each_entry(container, &fim_containers, node)
		if (container->serial > serial)
			return container;
	return NULL;
}

/**
 * fim_container_count() - how many containers there are
 *
 * Return: their number.
 */
unsigned int fim_container_count(void)
{
	lockdep_assert_held(&fim_policy_lock);

	return fim_nr_containers;
}

/**
 * fim_container_is_bound() - whether a policy holds for a container
 * @container: the container
 * @policy: the policy
 *
 * Return: whether it does.
 */
bool fim_container_is_bound(const struct fim_container *container,
			    const struct fim_policy *policy)
{
	const struct fim_bound *bound;

	lockdep_assert_held(&fim_policy_lock);

	list_for_each_entry(bound, &policy->containers, node)
		if (bound->container == container)
			return true;
	return false;
}

/**
 * fim_container_bind() - have a policy hold for a container, from its next rule
 *	on
 * @container: the container
 * @policy: the policy
 *
 * Return: 0 or -ENOMEM.
 */
int fim_container_bind(struct fim_container *container,
		       struct fim_policy *policy)
{
	struct fim_bound *bound;

	if (fim_container_is_bound(container, policy))
		return 0;
	bound = kzalloc(sizeof(*bound), GFP_KERNEL);
	if (!bound)
		return -ENOMEM;
	refcount_inc(&container->ref);
	bound->container = container;
	list_add_tail(&bound->node, &policy->containers);
	return 0;
}

/**
 * fim_container_unbind() - have a policy not hold for a container any more
 * @container: the container
 * @policy: the policy; the ruleset in force may still say so
 *
 * Context: may sleep.
 */
void fim_container_unbind(const struct fim_container *container,
			  struct fim_policy *policy)
{
	struct fim_bound *bound, *next;
	struct fim_rule *rule;

	list_for_each_entry(rule, &policy->rules, node)
		fim_rule_unbind_from(rule, container);
	list_for_each_entry_safe(bound, next, &policy->containers, node) {
		if (bound->container != container)
			continue;
		list_del(&bound->node);
		fim_container_put(bound->container);
		kfree(bound);
	}
}

/**
 * fim_container_bind_rules() - bind the rules that a policy has for a container
 * @container: the container; its @entrance is known
 * @policy: the policy, which is in force; what holds once the ruleset is
 *	made anew
 *
 * Return: 0, or what fim_rule_bind_to() says; then fim_container_discard() is
 * due.
 */
int fim_container_bind_rules(struct fim_container *container,
			     struct fim_policy *policy)
{
	struct fim_rule *rule;
	int err;

	if (fim_container_is_bound(container, policy))
		return 0;
	err = fim_container_bind(container, policy);
	if (err)
		return err;
	list_for_each_entry(rule, &policy->rules, node) {
		err = fim_rule_bind_to(rule, container);
		if (err)
			return err;
	}
	return 0;
}

/**
 * fim_container_discard() - take a container off all policies
 * @container: the container
 *
 * The ruleset in force may still know it.
 */
void fim_container_discard(struct fim_container *container)
{
	struct fim_ruleset *rs = fim_current_ruleset();
	unsigned int i;

	for (i = 0; i < rs->nr_policies; i++)
		fim_container_unbind(container, rs->policies[i]);
	fim_txn_unbind(container);
	fim_trial_unbind(container);
}

/**
 * fim_container_add() - put a container into force
 * @container: the container, bound to its policies; another reference to it is
 *	taken
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM; then fim_container_discard() is due.
 */
int fim_container_add(struct fim_container *container)
{
	static unsigned long serial;
	int err = fim_policy_refresh();

	if (err)
		return err;
	refcount_inc(&container->ref);
	container->serial = ++serial;
	list_add_tail(&container->node, &fim_containers);
	fim_nr_containers++;
	fim_event_container(FIM_EVENT_CONTAINER_ADDED, container);
	fim_recheck_settle();
	return 0;
}

/* Takes a container off the list; what is in force does not change yet. */
static void take_off(struct fim_container *container)
{
	fim_container_discard(container);
	list_del_init(&container->node);
	fim_nr_containers--;
	fim_event_container(FIM_EVENT_CONTAINER_REMOVED, container);
	fim_container_put(container);
}

/**
 * fim_container_remove() - forget a container
 * @container: the container
 *
 * Context: may sleep.
 * Return: 0. Without memory its rules go with the next change.
 */
int fim_container_remove(struct fim_container *container)
{
	take_off(container);
	return fim_policy_refresh();
}

/**
 * fim_container_is_gone() - whether a container has ended
 * @container: the container
 *
 * A cgroup may be emptied and removed by who is in it.
 *
 * Context: may sleep.
 * Return: whether no task can be in it any more, or none that finds its files.
 */
bool fim_container_is_gone(const struct fim_container *container)
{
	struct super_block *sb;
	bool gone, alive;

	if (!fim_object_held(container->root))
		return true;
	rcu_read_lock();
	alive = pid_task(container->init, PIDTYPE_TGID);
	rcu_read_unlock();
	if (alive)
		return false;
	sb = fim_object_lock_sb(container->cgroup_dir);
	if (IS_ERR_OR_NULL(sb))
		return !sb;
	gone = IS_DEADDIR(container->cgroup_dir->inode);
	fim_object_unlock_sb(sb);
	return gone;
}

/* A first process may leave the mount namespace, which then need not last. */
static void forget_mnt_ns(struct fim_container *container)
{
	struct task_struct *init;

	init = get_pid_task(container->init, PIDTYPE_TGID);
	if (!init)
		return;
	task_lock(init);
	if (init->nsproxy &&
	    fim_nsproxy_mnt_inum(init->nsproxy) != container->mnt_ns)
		WRITE_ONCE(container->mnt_ns, 0);
	task_unlock(init);
	put_task_struct(init);
}

/**
 * fim_containers_reap() - forget the containers that are gone
 *
 * Context: may sleep.
 * Return: whether there was any: a new ruleset is due.
 */
bool fim_containers_reap(void)
{
	struct fim_container *container, *next;
	bool any = false;

	lockdep_assert_held(&fim_policy_lock);

	list_for_each_entry_safe(container, next, &fim_containers, node) {
		if (!fim_container_is_gone(container)) {
			forget_mnt_ns(container);
			continue;
		}
		take_off(container);
		any = true;
	}
	return any;
}

/**
 * fim_containers_exit() - forget all containers, which no policy holds for
 *
 * Context: may sleep.
 */
void fim_containers_exit(void)
{
	struct fim_container *container, *next;

	lockdep_assert_held(&fim_policy_lock);

	list_for_each_entry_safe(container, next, &fim_containers, node) {
		list_del_init(&container->node);
		fim_container_put(container);
	}
	fim_nr_containers = 0;
}
