// SPDX-License-Identifier: GPL-2.0
/*
 * The self-test: proves that each hook fires, by calling its function, and by
 * trying each operation through the VFS, on a file system of its own, whose
 * directory every ruleset protects.
 *
 * Nothing but the hook stands in the way there, so an operation that succeeds
 * or that is refused without the hook having fired shows a dead hook: one that
 * the compiler has inlined, that a tracer has taken away, or whose argument is
 * elsewhere.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "attach.h"
#include "fim_fs.h"
#include "hook.h"
#include "main.h"
#include "mount.h"
#include "object.h"
#include "policy.h"
#include "recheck.h"
#include "resolve.h"
#include "selftest.h"
#include "selftest_direct.h"
#include "writer.h"

static unsigned int selftest_interval = 60;
module_param(selftest_interval, uint, 0444);
MODULE_PARM_DESC(selftest_interval, "seconds between self-tests, and looks at where paths lead, 0 for none");

#define PROTECTED	"protected"

/* Set up once; used under fim_selftest_lock. */
static DEFINE_MUTEX(fim_selftest_lock);
static struct file_system_type *fs_type;
static struct vfsmount *mnt;
static struct dentry *dir;	/* the protected directory */
static struct dentry *reg;	/* a file in it */
static struct dentry *subdir;	/* a directory in it */
static struct dentry *negative;	/* a name in it that does not exist */
static struct fim_policy *canary;
/* What is unmounted as a test: an address to compare; and whether it ended. */
static const struct super_block *scratch_sb;
static bool scratch_ended;
/* Who calls the hooked functions. An address to compare. */
static const struct task_struct *caller;

static void run_selftest(struct work_struct *work);
static DECLARE_DELAYED_WORK(selftest_work, run_selftest);

/**
 * fim_selftest_policy() - the policy that protects the self-test's directory
 *
 * Return: the policy, of kind FIM_KIND_UNSPEC: it is never shown.
 */
struct fim_policy *fim_selftest_policy(void)
{
	return canary;
}

/**
 * fim_selftest_is_caller() - whether the current task calls hooked functions as
 *	a test
 *
 * Return: true if it does.
 */
bool fim_selftest_is_caller(void)
{
	return READ_ONCE(caller) == current;
}

/**
 * fim_selftest_sb() - the self-test's own filesystem
 *
 * Return: the superblock, which ends with fim_selftest_exit().
 */
const struct super_block *fim_selftest_sb(void)
{
	return mnt->mnt_sb;
}

/**
 * fim_selftest_owns() - whether a filesystem is unmounted as a test
 * @sb: the filesystem
 *
 * Return: true if no rule is about it.
 */
bool fim_selftest_owns(const struct super_block *sb)
{
	return READ_ONCE(scratch_sb) == sb;
}

/**
 * fim_selftest_ends() - a filesystem ends where its inodes would be let go
 * @sb: the filesystem
 *
 * Return: true if that was the test.
 */
bool fim_selftest_ends(const struct super_block *sb)
{
	if (!fim_selftest_owns(sb))
		return false;
	WRITE_ONCE(scratch_ended, true);
	return true;
}

static struct file *open_at_root(const char *name, int flags)
{
	struct path root = { .mnt = mnt, .dentry = mnt->mnt_root };

	return fim_file_open_root(&root, name, flags, 0600);
}

/* The function itself; nothing comes of it if its hook is dead. */
static int try_direct(const struct fim_hook *hook)
{
	struct fim_selftest_files files = {
		.path = { .mnt = mnt, .dentry = dir },
		.reg = reg,
		.subdir = subdir,
		.negative = negative,
		.file = open_at_root(PROTECTED "/file", O_RDONLY),
	};
	int err;

	if (IS_ERR(files.file))
		return PTR_ERR(files.file);
	WRITE_ONCE(caller, current);
	err = fim_selftest_direct(hook, &files);
	WRITE_ONCE(caller, NULL);
	fput(files.file);
	return err;
}

static int try_open(const char *name, int flags)
{
	struct file *file = open_at_root(name, flags);

	if (IS_ERR(file))
		return PTR_ERR(file);
	fput(file);
	return 0;
}

/* Tries what one hook is there to refuse; -EACCES is what is hoped for. */
static int try_operation(u8 op)
{
	struct inode *parent = d_inode(dir);
	struct iattr attr = { .ia_valid = ATTR_MODE, .ia_mode = 0600 };
	int err;

	if (op == FIM_OP_CREATE)
		return try_open(PROTECTED "/new", O_WRONLY | O_CREAT);
	if (op == FIM_OP_OPEN)
		return try_open(PROTECTED "/file", O_WRONLY);
	/* These two take the inode's lock themselves. */
	if (op == FIM_OP_SETXATTR)
		return vfs_setxattr(fim_idmap reg, "user.fim", "", 0, 0);
	if (op == FIM_OP_REMOVEXATTR)
		return vfs_removexattr(fim_idmap reg, "user.fim");
#ifdef FIM_HAVE_SET_ACL
	if (op == FIM_OP_SETACL)
		return vfs_set_acl(fim_idmap reg, XATTR_NAME_POSIX_ACL_ACCESS,
				   NULL);
	if (op == FIM_OP_REMOVEACL)
		return vfs_remove_acl(fim_idmap reg,
				      XATTR_NAME_POSIX_ACL_ACCESS);
#endif
#ifdef FIM_HAVE_FILE_SETATTR
	if (op == FIM_OP_FILEATTR) {
		struct file_kattr fa;

		fileattr_fill_flags(&fa, FS_NODUMP_FL);
		return vfs_fileattr_set(fim_idmap reg, &fa);
	}
#endif
	if (op == FIM_OP_SETATTR) {
		inode_lock(d_inode(reg));
		err = notify_change(fim_idmap reg, &attr, NULL);
		inode_unlock(d_inode(reg));
		return err;
	}

	err = -EOPNOTSUPP;
	inode_lock_nested(parent, I_MUTEX_PARENT);
	switch (op) {
	case FIM_OP_LINK:
		err = vfs_link(reg, fim_idmap parent, negative, NULL);
		break;
	case FIM_OP_UNLINK:
		err = vfs_unlink(fim_idmap parent, reg, NULL);
		break;
	case FIM_OP_SYMLINK:
		err = fim_vfs_symlink(parent, negative);
		break;
	case FIM_OP_MKDIR:
		err = fim_vfs_mkdir(parent, negative);
		break;
	case FIM_OP_RMDIR:
		err = fim_vfs_rmdir(parent, subdir);
		break;
	case FIM_OP_MKNOD:
		err = fim_vfs_mknod(parent, negative);
		break;
	case FIM_OP_RENAME:
		err = fim_vfs_rename(dir, reg, negative);
		break;
	}
	inode_unlock(parent);
	return err;
}

/*
 * Mounts and unmounts a filesystem. No inode of it is held: were the hook dead,
 * it would end with a busy inode.
 */
static int try_sb_delete(struct fim_hook *hook)
{
	struct vfsmount *scratch = kern_mount(fs_type);

	if (IS_ERR(scratch))
		return PTR_ERR(scratch);
	WRITE_ONCE(scratch_ended, false);
	WRITE_ONCE(scratch_sb, scratch->mnt_sb);
	kern_unmount(scratch);
	WRITE_ONCE(scratch_sb, NULL);
	hook->fired = READ_ONCE(scratch_ended);
	return -EACCES;
}

/* Modules can't get at what calls the others through the VFS. */
static bool has_way(const struct fim_hook *hook)
{
	return hook->op != FIM_OP_UNSPEC && hook->op < FIM_OP_IOCTL &&
	       !hook->by_server;
}

/* Returns 0 if the hook fires, -EIO if it does not, -ENOMEM if who knows. */
static int test_hook(struct fim_hook *hook)
{
	int err;

	WRITE_ONCE(hook->fired, false);
	if (hook->op == FIM_OP_UNSPEC)
		err = try_sb_delete(hook);
	else
		err = try_direct(hook);
	/* What a dead hook would let through would change the test's files. */
	if (err == -EACCES && READ_ONCE(hook->fired) && has_way(hook)) {
		WRITE_ONCE(hook->fired, false);
		err = try_operation(hook->op);
	}
	if (err == -EACCES && READ_ONCE(hook->fired))
		return 0;
	return err == -ENOMEM ? err : -EIO;
}

/* Whether a function ran without its hook since this was asked before. */
static bool missed_since(void)
{
	static u64 before;
	u64 now = fim_attach_missed();

	if (now == before)
		return false;
	pr_err("fim: %llu operations ran without their hook\n", now - before);
	before = now;
	return true;
}

static bool root_is_kept(void)
{
	static bool told;
	bool kept = fim_root_is_kept();

	if (!kept && !told)
		pr_err("fim: process 1 has another root directory or mount namespace: rules stay where they are\n");
	told = !kept;
	return kept;
}

/**
 * fim_selftest() - make every hook fire, and note which did
 *
 * Context: process; may sleep.
 * Lets go of files that nobody can write to any more, and tries again to guard
 * those that could not be.
 *
 * Return: 0; -EIO if one did not, and the state is changed accordingly; -ENOMEM
 * if one could not be tested, and it stays as it was.
 */
int fim_selftest(void)
{
	struct fim_hook *hook;
	unsigned int i;
	int ret, err = 0;
	bool guarded, missed, kept;

	guarded = fim_policy_tidy();
	mutex_lock(&fim_selftest_lock);
	/* Which hooks are attached stays as it is meanwhile. */
	mutex_lock(&fim_policy_lock);
	for (i = 0; i < fim_nr_hooks; i++) {
		hook = &fim_hooks[i];
		if (!hook->addr || READ_ONCE(hook->state) == FIM_HOOK_IDLE)
			continue;
		ret = test_hook(hook);
		if (!ret)
			WRITE_ONCE(hook->state, FIM_HOOK_PROVEN);
		if (ret == -ENOMEM)
			err = err ?: ret;
		if (ret != -EIO)
			continue;
		if (hook->state != FIM_HOOK_DEAD)
			pr_err("fim: %s does not fire: %s is not protected\n",
			       hook->symbol, hook->loses);
		WRITE_ONCE(hook->state, FIM_HOOK_DEAD);
		err = -EIO;
	}
	missed = missed_since();
	kept = root_is_kept();
	mutex_unlock(&fim_policy_lock);
	fim_sb_filter_trim();
	if (err != -ENOMEM)
		fim_set_health(!err && guarded && !missed && kept);
	mutex_unlock(&fim_selftest_lock);
	return err;
}

static void run_selftest(struct work_struct *work)
{
	/* What has changed unseen, as by another machine, is found by then. */
	fim_policy_recheck(true);
	fim_selftest();
	schedule_delayed_work(&selftest_work, selftest_interval * HZ);
}

/**
 * fim_selftest_proven() - how many hooks are proven
 *
 * Return: their number.
 */
unsigned int fim_selftest_proven(void)
{
	unsigned int i, nr = 0;

	for (i = 0; i < fim_nr_hooks; i++)
		nr += READ_ONCE(fim_hooks[i].state) == FIM_HOOK_PROVEN;
	return nr;
}

static struct dentry *make_directory(struct dentry *parent, const char *name)
{
	struct dentry *dentry;
	int err;

	dentry = d_alloc_name(parent, name);
	if (!dentry)
		return ERR_PTR(-ENOMEM);
	inode_lock_nested(d_inode(parent), I_MUTEX_PARENT);
	d_add(dentry, NULL);
	err = fim_vfs_mkdir(d_inode(parent), dentry);
	inode_unlock(d_inode(parent));
	if (!err)
		return dentry;
	dput(dentry);
	return ERR_PTR(err);
}

static int make_files(void)
{
	struct file *file;

	dir = make_directory(mnt->mnt_root, PROTECTED);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	subdir = make_directory(dir, "subdir");
	if (IS_ERR(subdir))
		return PTR_ERR(subdir);
	negative = d_alloc_name(dir, "negative");
	if (!negative)
		return -ENOMEM;
	file = open_at_root(PROTECTED "/file", O_RDONLY | O_CREAT);
	if (IS_ERR(file))
		return PTR_ERR(file);
	reg = dget(file->f_path.dentry);
	fput(file);
	return 0;
}

/* A policy of one rule, bound by hand: no path leads to its directory. */
static int make_policy(void)
{
	struct fim_binding *binding;
	struct fim_step *step;
	struct fim_rule *rule;

	canary = fim_policy_alloc("self-test");
	if (!canary)
		return -ENOMEM;
	canary->text.action = FIM_ACTION_BLOCK;
	canary->append = true;
	rule = fim_rule_alloc(canary, "/", 1);
	binding = kzalloc(sizeof(*binding), GFP_KERNEL);
	step = kzalloc(sizeof(*step), GFP_KERNEL);
	if (!rule || !binding || !step)
		goto nomem;
	rule->type = FIM_RULE_DIRECTORY;
	rule->flags = FIM_RULE_RECURSIVE | FIM_RULE_READONLY;

	step->path = kstrdup("", GFP_KERNEL);
	step->object = fim_object_get(d_inode(dir));
	step->kind = FIM_MARK_TREE;
	step->mnt = mnt;
	if (!step->path || !step->object)
		goto nomem_step;
	binding->rule = rule;
	binding->policy = canary;
	refcount_inc(&canary->ref);
	binding->route.steps = step;
	binding->route.nr = 1;
	binding->route.room = 1;
	binding->route.complete = true;
	refcount_set(&binding->ref, 1);
	list_add(&binding->node, &rule->bindings);
	return 0;

nomem_step:
	fim_object_put(step->object);
	kfree(step->path);
nomem:
	kfree(step);
	kfree(binding);
	return -ENOMEM;
}

static int make_writer(void)
{
	struct fim_object *object = fim_object_get(d_inode(reg));
	int err = -ENOMEM;

	mutex_lock(&fim_policy_lock);
	if (object)
		err = fim_writers_add_canary(object);
	mutex_unlock(&fim_policy_lock);
	if (err)
		fim_object_put(object);
	return err;
}

/**
 * fim_selftest_init() - make what the self-test needs
 *
 * Context: process, before hooks are attached.
 * Return: 0 or -errno.
 */
int fim_selftest_init(void)
{
	int err;

	fs_type = get_fs_type("tmpfs");
	if (!fs_type) {
		pr_err("fim: the self-test needs tmpfs\n");
		return -ENODEV;
	}
	mnt = kern_mount(fs_type);
	if (IS_ERR(mnt)) {
		err = PTR_ERR(mnt);
		mnt = NULL;
		goto err;
	}
	if (!fim_mount_learn(mnt)) {
		pr_err("fim: this kernel lays struct mount out in a way of its own\n");
		err = -EOPNOTSUPP;
		goto err;
	}
	err = make_files();
	if (!err)
		err = make_policy();
	if (!err)
		err = make_writer();
	if (!err)
		return 0;
err:
	fim_selftest_exit();
	return err;
}

/**
 * fim_selftest_start() - test for the first time, and from then on regularly
 *
 * Return: 0; -EIO if a hook is dead, or -ENOMEM.
 */
int fim_selftest_start(void)
{
	int err;

	fim_selftest_direct_init();
	err = fim_selftest();
	if (!err && selftest_interval)
		schedule_delayed_work(&selftest_work, selftest_interval * HZ);
	return err;
}

/**
 * fim_selftest_stop() - no self-test from here on
 */
void fim_selftest_stop(void)
{
	cancel_delayed_work_sync(&selftest_work);
}

static void put_dentry(struct dentry *dentry)
{
	if (!IS_ERR(dentry))
		dput(dentry);
}

/**
 * fim_selftest_exit() - free what the self-test needs
 *
 * Context: process, when hooks are detached and no ruleset is left.
 */
void fim_selftest_exit(void)
{
	fim_writers_free(&fim_writers);
	fim_policy_retire(canary);
	canary = NULL;
	put_dentry(reg);
	put_dentry(negative);
	put_dentry(subdir);
	put_dentry(dir);
	if (mnt)
		kern_unmount(mnt);
	module_put(fs_type->owner);
}
