/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Containers that policies are bound to: whose tasks are a container's, and
 * where its paths begin.
 */
#ifndef FIM_CONTAINER_H
#define FIM_CONTAINER_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct fim_caller;
struct fim_object;
struct fim_policy;
struct path;
struct pid;
struct pid_namespace;

/**
 * struct fim_container - a container; constant, but for @entrance, @serial and @node
 * @ref: holders: the list of containers, policies, bindings, records being made
 * @id: unique
 * @cgroup: id of its cgroup (v2), which is not held
 * @level: that cgroup's depth
 * @cgroup_dir: inode of that cgroup's directory, a reference
 * @root: inode of its root directory, a reference
 * @mnt_ns: inode number of its mount namespace; 0 if it has none of its own
 * @init: its first process, a reference
 * @pid_ns: its pid namespace, which @init keeps; NULL if it is not the first
 *	process of one
 * @exec_id: how often that had executed something, and whoever made it
 * @entered: it had changed its root when the container was added
 * @identity: opaque to us; or NULL
 * @identity_len: length of @identity
 * @entrance: a path to the root directory, held only while the container is
 *	added, under fim_policy_lock; else NULL
 * @serial: in the order in which they were added, from 1; under fim_policy_lock
 * @node: in the list of containers, under fim_policy_lock
 */
struct fim_container {
	refcount_t ref;
	char *id;
	u64 cgroup;
	int level;
	struct fim_object *cgroup_dir;
	struct fim_object *root;
	u32 mnt_ns;
	struct pid *init;
	const struct pid_namespace *pid_ns;
	u64 exec_id;
	bool entered;
	void *identity;
	unsigned int identity_len;
	const struct path *entrance;
	unsigned long serial;
	struct list_head node;
};

/**
 * struct fim_bound - that a policy holds for a container
 * @container: the container, a reference
 * @node: in the policy, under fim_policy_lock
 */
struct fim_bound {
	struct fim_container *container;
	struct list_head node;
};

/* In a hook */
bool fim_container_has_cgroup(const struct fim_container *container,
			      const struct cgroup *cgroup);
bool fim_container_has(const struct fim_container *container,
		       const struct fim_caller *caller);
bool fim_container_is_changed(const struct fim_container *container,
			      const struct fim_caller *caller);

/* In process context, under fim_policy_lock */
struct fim_container *fim_container_alloc(const char *id);
int fim_container_set_cgroup(struct fim_container *container, int fd);
int fim_container_set_root(struct fim_container *container, int fd,
			   struct path *root);
int fim_container_set_init(struct fim_container *container, u32 pid);
struct fim_container *fim_container_find(const char *id);
struct fim_container *fim_container_after(unsigned long serial);
unsigned int fim_container_count(void);
int fim_container_add(struct fim_container *container);
void fim_container_discard(struct fim_container *container);
int fim_container_remove(struct fim_container *container);
bool fim_container_is_gone(const struct fim_container *container);
bool fim_containers_reap(void);
int fim_container_bind(struct fim_container *container,
		       struct fim_policy *policy);
void fim_container_unbind(const struct fim_container *container,
			  struct fim_policy *policy);
int fim_container_bind_rules(struct fim_container *container,
			     struct fim_policy *policy);
bool fim_container_is_bound(const struct fim_container *container,
			    const struct fim_policy *policy);
int fim_container_root(const struct fim_container *container,
		       struct path *root);
void fim_container_put(struct fim_container *container);
void fim_containers_exit(void);

#endif /* FIM_CONTAINER_H */
