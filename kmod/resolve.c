// SPDX-License-Identifier: GPL-2.0
/*
 * From a path to the inodes that give it its meaning: the root, every directory
 * and every symbolic link that is passed on the way, the directories that mounts
 * cover, and the goal.
 *
 * The kernel's own path walk tells only where a path ends, so this one goes
 * name by name and follows symbolic links itself. It starts at the root of
 * process 1, whoever asks, or at that of a container.
 */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs_struct.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "decode.h"
#include "fim_namei.h"
#include "object.h"
#include "resolve.h"

/* apparmorfs, which like procfs has links that lead past any text */
#define FIM_AAFS_MAGIC	0x5a3c69f0
#define FIM_VBOXSF_MAGIC	0x786f4256
#define FIM_CONFIGFS_MAGIC	0x62656570

/**
 * struct walk - a path walk
 * @root: where absolute names start
 * @at: where the walk is
 * @rest: names to go, with symbolic links already put in; ours to free
 * @text: where the walk is, as text, "" at the root
 * @len: length of @text
 * @links: symbolic links followed
 * @contained: it leads through a container, whose links matter to itself only
 * @theirs: one of them belongs to @owner, who is not root
 * @owner: to whom
 * @missing: the name that does not exist, in @rest
 * @route: what was passed
 */
struct walk {
	struct path root;
	struct path at;
	char *rest;
	char text[PATH_MAX];
	size_t len;
	unsigned int links;
	bool contained;
	bool theirs;
	kuid_t owner;
	const char *missing;
	struct fim_route *route;
};

/*
 * With whose rights paths are walked: often it is whoever happens to create a
 * name that a rule waits for.
 */
static const struct cred *fim_cred;

/* Where the rules in force begin: addresses to compare; under fim_policy_lock */
static struct path kept_root;

/*
 * The root of process 1: only that process can move it, or who traces it, which
 * shall not take the rules in force along.
 */
static bool initial_root(struct path *root)
{
	struct task_struct *init;
	bool ok = false;

	rcu_read_lock();
	init = init_pid_ns.child_reaper;
	if (init)
		get_task_struct(init);
	rcu_read_unlock();
	if (!init)
		return false;

	task_lock(init);
	if (init->fs) {
		get_fs_root(init->fs, root);
		ok = true;
	}
	task_unlock(init);
	put_task_struct(init);
	if (ok && kept_root.mnt && !path_equal(root, &kept_root)) {
		path_put(root);
		ok = false;
	}
	return ok;
}

/**
 * fim_root_keep() - let rules begin at the root that process 1 has now, whatever
 *	becomes of that
 *
 * Context: process, under fim_policy_lock, with the first policy in force.
 */
void fim_root_keep(void)
{
	struct path root;

	if (!initial_root(&root))
		return;
	/* It can't be unmounted without a record, and is only compared. */
	kept_root = root;
	path_put(&root);
}

/**
 * fim_root_forget() - there are no rules any more
 *
 * Context: process, under fim_policy_lock.
 */
void fim_root_forget(void)
{
	kept_root = (struct path){};
}

/**
 * fim_root_is_kept() - whether process 1 is where the rules in force begin
 *
 * Context: process, under fim_policy_lock.
 * Return: false if it has another root directory or mount namespace by now.
 */
bool fim_root_is_kept(void)
{
	struct path root;

	if (!kept_root.mnt)
		return true;
	if (!initial_root(&root))
		return false;
	path_put(&root);
	return fim_mnt_ns_is_kept();
}

/**
 * fim_in_initial_root() - whether the caller sees the paths of process 1
 *
 * Return: true if the root directories are the same.
 */
bool fim_in_initial_root(void)
{
	struct path theirs, ours;
	bool same;

	if (!initial_root(&theirs))
		return false;
	get_fs_root(current->fs, &ours);
	same = path_equal(&theirs, &ours);
	path_put(&ours);
	path_put(&theirs);
	return same;
}

static int add_step(struct walk *walk, struct inode *inode,
		    enum fim_mark_kind kind, const char *path)
{
	struct fim_route *route = walk->route;
	struct fim_step *steps, *step;

	if (route->nr == route->room) {
		unsigned int room = route->room ? 2 * route->room : 8;

		steps = krealloc(route->steps, array_size(room, sizeof(*steps)),
				 GFP_KERNEL);
		if (!steps)
			return -ENOMEM;
		route->steps = steps;
		route->room = room;
	}

	step = &route->steps[route->nr];
	step->kind = kind;
	step->mnt = NULL;
	step->covered = false;
	step->path = kstrdup(path, GFP_KERNEL);
	if (!step->path)
		return -ENOMEM;
	step->object = fim_object_get(inode);
	if (!step->object) {
		kfree(step->path);
		return -ENOMEM;
	}
	route->nr++;
	return 0;
}

/*
 * Whoever destroys a subvolume names it by the directory that holds it, and its
 * dentry, which knows that, may have left memory by then.
 */
static void note_parent(struct walk *walk, struct dentry *dentry)
{
	struct dentry *parent = dget_parent(dentry);

	WRITE_ONCE(walk->route->steps[walk->route->nr - 1].object->parent,
		   d_inode(parent));
	dput(parent);
}

/* The next name of walk->rest, which loses it; NULL at the end. */
static char *next_name(char **rest)
{
	char *name;

	do {
		name = strsep(rest, "/");
	} while (name && !*name);
	return name;
}

static void step_up(struct walk *walk)
{
	struct dentry *parent;

	if (path_equal(&walk->at, &walk->root))
		return;
	while (walk->at.dentry == walk->at.mnt->mnt_root)
		if (!follow_up(&walk->at))
			return;
	parent = dget_parent(walk->at.dentry);
	dput(walk->at.dentry);
	walk->at.dentry = parent;

	while (walk->len && walk->text[--walk->len] != '/')
		;
	walk->text[walk->len] = '\0';
}

/*
 * A user must not choose what a rule protects, or a rule about a name in his
 * directory would protect all the system. His link may lead to what is his.
 */
static int note_owner(struct walk *walk, const struct inode *link)
{
	if (walk->contained || uid_eq(link->i_uid, GLOBAL_ROOT_UID))
		return 0;
	if (walk->theirs && !uid_eq(link->i_uid, walk->owner))
		return -ELOOP;
	walk->theirs = true;
	walk->owner = link->i_uid;
	return 0;
}

/* Puts the target of a symbolic link in front of the names to go. */
static noinline int follow_link(struct walk *walk, struct dentry *link,
				const char *names)
{
	DEFINE_DELAYED_CALL(done);
	const char *target;
	char *rest;
	int err;

	if (++walk->links > MAXSYMLINKS)
		return -ELOOP;
	if (link->d_sb->s_magic == PROC_SUPER_MAGIC ||
	    link->d_sb->s_magic == FIM_AAFS_MAGIC)
		return -EOPNOTSUPP;
	err = note_owner(walk, d_inode(link));
	if (err)
		return err;

	target = vfs_get_link(link, &done);
	if (IS_ERR(target))
		return PTR_ERR(target);
	if (*target == '/') {
		path_put(&walk->at);
		walk->at = walk->root;
		path_get(&walk->at);
		walk->len = 0;
		walk->text[0] = '\0';
	}
	rest = kasprintf(GFP_KERNEL, "%s/%s", target, names ?: "");
	do_delayed_call(&done);
	if (!rest)
		return -ENOMEM;
	kfree(walk->rest);
	walk->rest = rest;
	return 0;
}

/* The directories that mounts cover at the place just reached. */
static int add_covered(struct walk *walk, const struct path *place)
{
	struct path path = *place;
	struct fim_step *step;
	int err = 0;

	path_get(&path);
	while (!err && path.dentry == path.mnt->mnt_root &&
	       path.mnt != walk->at.mnt && follow_up(&path)) {
		err = add_step(walk, d_inode(path.dentry), FIM_MARK_GUARD,
			       walk->text);
		if (err)
			break;
		step = &walk->route->steps[walk->route->nr - 1];
		step->covered = true;
		/* A mount takes along what is mounted on its root. */
		if (path.mnt != walk->at.mnt)
			step->mnt = path.mnt;
	}
	path_put(&path);
	return err;
}

static int append_text(struct walk *walk, const char *name)
{
	size_t len = strlen(name);

	if (walk->len + 1 + len >= sizeof(walk->text))
		return -ENAMETOOLONG;
	walk->text[walk->len++] = '/';
	memcpy(walk->text + walk->len, name, len + 1);
	walk->len += len;
	return 0;
}

static int step_down(struct walk *walk, const char *name, const char *names)
{
	size_t before = walk->len;
	struct path next;
	int err;

	err = append_text(walk, name);
	if (err)
		return err;
	err = vfs_path_lookup(walk->at.dentry, walk->at.mnt, name, 0, &next);
	if (err == -ENOENT)
		walk->missing = name;
	if (err)
		return err;

	err = add_covered(walk, &next);
	if (!err)
		err = add_step(walk, d_inode(next.dentry), FIM_MARK_GUARD,
			       walk->text);
	if (!err)
		note_parent(walk, next.dentry);
	if (!err && next.mnt != walk->at.mnt)
		walk->route->steps[walk->route->nr - 1].mnt = next.mnt;
	if (!err && d_is_symlink(next.dentry)) {
		walk->len = before;
		walk->text[before] = '\0';
		err = follow_link(walk, next.dentry, names);
		path_put(&next);
		return err;
	}
	if (err) {
		path_put(&next);
		return err;
	}
	path_put(&walk->at);
	walk->at = next;
	return 0;
}

static int walk_names(struct walk *walk)
{
	char *cursor = walk->rest;
	char *name, *before;
	int err;

	while ((name = next_name(&cursor))) {
		if (!strcmp(name, "."))
			continue;
		if (!d_is_dir(walk->at.dentry))
			return -ENOTDIR;
		if (!strcmp(name, "..")) {
			step_up(walk);
			continue;
		}
		before = walk->rest;
		err = step_down(walk, name, cursor);
		if (err)
			return err;
		if (walk->rest != before)
			cursor = walk->rest;
	}
	return 0;
}

/*
 * Whether the name may lead to another inode as soon as nobody uses this one: in
 * procfs, below tracefs, in configfs but for its directories, on shares of virtual
 * machines (9p that caches nothing, vboxsf), and in an overlay a file of a lower
 * layer that has more names there.
 */
static bool is_made_anew(const struct dentry *dentry)
{
	switch (dentry->d_sb->s_magic) {
	case PROC_SUPER_MAGIC:
		return true;
	case V9FS_MAGIC:
		return dentry->d_op &&
		       dentry->d_op->d_delete == always_delete_dentry;
	case FIM_CONFIGFS_MAGIC:
		return !d_is_dir(dentry);
	case TRACEFS_MAGIC:
	case FIM_VBOXSF_MAGIC:
		return dentry != dentry->d_sb->s_root;
	}
	return dentry->d_flags & DCACHE_OP_REAL && !d_is_dir(dentry) &&
	       inode_unhashed(d_inode(dentry));
}

/* An automount that nothing is mounted on yet: what will be is what is meant. */
static bool is_empty_automount(const struct dentry *dentry)
{
	return dentry->d_sb->s_magic == AUTOFS_SUPER_MAGIC &&
	       dentry == dentry->d_sb->s_root;
}

/* The goal: usually the last step, but a link may end in "." or "..". */
static int add_goal(struct walk *walk, bool directory, bool lasting)
{
	struct fim_route *route = walk->route;
	struct fim_step *last = &route->steps[route->nr - 1];
	int err;

	if (d_is_dir(walk->at.dentry) != directory)
		return directory ? -ENOTDIR : -EISDIR;
	if (is_empty_automount(walk->at.dentry)) {
		walk->missing = ".";
		return -ENOENT;
	}
	if (lasting && is_made_anew(walk->at.dentry))
		return -EOPNOTSUPP;
	if (walk->theirs &&
	    !uid_eq(d_inode(walk->at.dentry)->i_uid, walk->owner))
		return -ELOOP;
	/* The root's step is about what is mounted over it: the goal has no name. */
	if (route->nr == 1 ||
	    last->object->inode != d_inode(walk->at.dentry)) {
		err = add_step(walk, d_inode(walk->at.dentry), FIM_MARK_TREE,
			       walk->text);
		if (err)
			return err;
		last = &route->steps[route->nr - 1];
	}
	last->kind = FIM_MARK_TREE;
	return 0;
}

/**
 * fim_resolve() - find what gives a path its meaning
 * @name: an absolute path
 * @directory: whether it has to lead to a directory, or to anything else
 * @lasting: whether it has to be the same inode as long as it has the name; one
 *	of many names of a file need not
 * @root: a container's root directory, or NULL: that of process 1
 * @route: where to put what was passed; to be freed with fim_route_free() if
 *	and only if 0 is returned
 *
 * Context: process; may sleep.
 * Return: 0, also if a name of the path does not exist; else -ENOTDIR, -EISDIR,
 * -ELOOP, also for a user's link to what is not his, -EOPNOTSUPP for what is made
 * anew whenever it is looked up, -ENAMETOOLONG, -ENOMEM, or what the filesystem
 * says.
 */
int fim_resolve(const char *name, bool directory, bool lasting,
		const struct path *root, struct fim_route *route)
{
	const struct cred *caller;
	struct walk *walk;
	int err = -ENOMEM;

	memset(route, 0, sizeof(*route));
	walk = kzalloc(sizeof(*walk), GFP_KERNEL);
	if (!walk)
		return -ENOMEM;
	walk->route = route;
	walk->rest = kstrdup(name, GFP_KERNEL);
	if (!walk->rest)
		goto out_walk;
	walk->contained = root;
	if (root) {
		walk->root = *root;
		path_get(&walk->root);
	} else if (!initial_root(&walk->root)) {
		err = -ESRCH;
		goto out_rest;
	}
	walk->at = walk->root;
	path_get(&walk->at);

	caller = override_creds(fim_cred);
	/* Who comes anew, by setns(2) for one, begins at what is mounted on it. */
	err = add_step(walk, d_inode(walk->root.dentry), FIM_MARK_GUARD, "/");
	if (!err)
		err = walk_names(walk);
	if (!err)
		err = add_goal(walk, directory, lasting);
	route->complete = !err;
	/* The root's own mount, which no name leads to */
	if (!err)
		route->steps[0].mnt = walk->root.mnt;
	if (err == -ENOENT && walk->missing)
		err = add_step(walk, d_inode(walk->at.dentry),
			       FIM_MARK_ANCHOR, walk->missing);

	revert_creds(caller);
	path_put(&walk->at);
	path_put(&walk->root);
	if (err)
		fim_route_free(route);
out_rest:
	kfree(walk->rest);
out_walk:
	kfree(walk);
	return err;
}

/**
 * fim_lookup() - find what a path leads to now
 * @name: an absolute path, in the root of process 1
 * @path: what it leads to, through symbolic links; a reference
 *
 * Context: process; may sleep.
 * Return: 0, or what the filesystem says.
 */
int fim_lookup(const char *name, struct path *path)
{
	const struct cred *caller;
	struct path root;
	int err;

	if (!initial_root(&root))
		return -ESRCH;
	caller = override_creds(fim_cred);
	err = vfs_path_lookup(root.dentry, root.mnt, name, LOOKUP_FOLLOW, path);
	revert_creds(caller);
	path_put(&root);
	return err;
}

/**
 * fim_route_arrives() - whether a path leads to something
 * @route: the route, or one that is all zero
 *
 * Return: whether every name exists and the goal's inode is still held.
 */
bool fim_route_arrives(const struct fim_route *route)
{
	return route->complete && fim_object_held(fim_route_end(route)->object);
}

/**
 * fim_route_free() - let go of what fim_resolve() found
 * @route: the route
 */
void fim_route_free(struct fim_route *route)
{
	while (route->nr) {
		struct fim_step *step = &route->steps[--route->nr];

		fim_object_put(step->object);
		kfree(step->path);
	}
	kfree(route->steps);
	route->steps = NULL;
}

/**
 * fim_resolve_init() - prepare for walking paths
 *
 * Return: 0 or -ENOMEM.
 */
int fim_resolve_init(void)
{
	fim_cred = prepare_kernel_cred(&init_task);
	return fim_cred ? 0 : -ENOMEM;
}

/**
 * fim_resolve_exit() - no path is walked from here on
 */
void fim_resolve_exit(void)
{
	put_cred(fim_cred);
}
