// SPDX-License-Identifier: GPL-2.0
/*
 * The self-test's calls of the hooked functions themselves, on its own files:
 * directly, as a static call is. Nothing comes of one whose hook is dead, so
 * each is called before anything is tried through the VFS.
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/static_call.h>
#include <linux/string.h>

#include "fim_fs.h"
#include "fim_uring.h"
#include "hook.h"
#include "selftest_direct.h"

#define FUNCTION(name) \
	DEFINE_STATIC_CALL_NULL(fim_do_##name, security_##name)

FUNCTION(inode_create);
FUNCTION(inode_link);
FUNCTION(inode_unlink);
FUNCTION(inode_symlink);
FUNCTION(inode_mkdir);
FUNCTION(inode_rmdir);
FUNCTION(inode_mknod);
FUNCTION(inode_rename);
FUNCTION(inode_setattr);
FUNCTION(inode_setxattr);
FUNCTION(inode_removexattr);
#ifdef FIM_HAVE_SET_ACL
FUNCTION(inode_set_acl);
FUNCTION(inode_remove_acl);
#endif
#ifdef FIM_HAVE_FILE_SETATTR
FUNCTION(inode_file_setattr);
#endif
FUNCTION(inode_setsecctx);
#ifdef CONFIG_FS_POSIX_ACL
DEFINE_STATIC_CALL_NULL(fim_do_set_posix_acl, set_posix_acl);
#endif
FUNCTION(file_open);
FUNCTION(file_ioctl);
#ifdef FIM_HAVE_FILE_IOCTL_COMPAT
FUNCTION(file_ioctl_compat);
#endif
#ifdef FIM_HAVE_URING_CMD
FUNCTION(uring_cmd);
#endif
FUNCTION(sb_mount);
FUNCTION(move_mount);
FUNCTION(sb_umount);
FUNCTION(sb_pivotroot);
FUNCTION(quota_on);
FUNCTION(file_permission);
FUNCTION(file_fcntl);
FUNCTION(mmap_file);
FUNCTION(file_mprotect);
FUNCTION(kernel_load_data);
FUNCTION(kernel_read_file);

static int no_count_mounts(const void *mnt_ns, const void *mnt)
{
	return -EOPNOTSUPP;
}

/* The kernel declares it for itself only. */
DEFINE_STATIC_CALL(fim_do_count_mounts, no_count_mounts);

/* A page that stands for a mount namespace */
static void *full_mnt_ns;

#define CALL(name, ...)	static_call(fim_do_##name)(__VA_ARGS__)

#define SET(name)							\
	static_call_update(fim_do_##name, (typeof(security_##name) *)	\
			   fim_hook_addr("security_" #name))

/**
 * fim_selftest_direct_init() - learn where the functions are
 *
 * What a kernel lacks stays NULL: its hook is not tested.
 *
 * Context: process, after they have been looked up.
 */
void fim_selftest_direct_init(void)
{
	SET(inode_create);
	SET(inode_link);
	SET(inode_unlink);
	SET(inode_symlink);
	SET(inode_mkdir);
	SET(inode_rmdir);
	SET(inode_mknod);
	SET(inode_rename);
	SET(inode_setattr);
	SET(inode_setxattr);
	SET(inode_removexattr);
#ifdef FIM_HAVE_SET_ACL
	SET(inode_set_acl);
	SET(inode_remove_acl);
#endif
#ifdef FIM_HAVE_FILE_SETATTR
	SET(inode_file_setattr);
#endif
	SET(inode_setsecctx);
#ifdef CONFIG_FS_POSIX_ACL
	static_call_update(fim_do_set_posix_acl, (typeof(set_posix_acl) *)
			   fim_hook_addr(FIM_SET_POSIX_ACL));
#endif
	SET(file_open);
	SET(file_ioctl);
#ifdef FIM_HAVE_FILE_IOCTL_COMPAT
	SET(file_ioctl_compat);
#endif
#ifdef FIM_HAVE_URING_CMD
	SET(uring_cmd);
#endif
	SET(sb_mount);
	SET(move_mount);
	SET(sb_umount);
	SET(sb_pivotroot);
	SET(quota_on);
	SET(file_permission);
	SET(file_fcntl);
	SET(mmap_file);
	SET(file_mprotect);
	SET(kernel_load_data);
	SET(kernel_read_file);
	static_call_update(fim_do_count_mounts, (typeof(no_count_mounts) *)
			   fim_hook_addr(FIM_COUNT_MOUNTS));
}

/**
 * fim_selftest_is_mnt_ns() - whether a mount namespace is the self-test's
 * @mnt_ns: the namespace, an address
 *
 * Return: whether it is.
 */
bool fim_selftest_is_mnt_ns(const void *mnt_ns)
{
	return mnt_ns && mnt_ns == READ_ONCE(full_mnt_ns);
}

/*
 * All bits are set, so that the namespace has as many mounts as can be counted:
 * were the hook dead, there would be no room for one more, and nothing else
 * would be looked at.
 */
static int try_count_mounts(void)
{
	void *page = kmalloc(PAGE_SIZE, GFP_KERNEL);
	int err;

	if (!page)
		return -ENOMEM;
	memset(page, 0xff, PAGE_SIZE);
	WRITE_ONCE(full_mnt_ns, page);
	err = CALL(count_mounts, page, NULL);
	WRITE_ONCE(full_mnt_ns, NULL);
	kfree(page);
	return err;
}

static int try_mprotect(struct file *file)
{
	struct vm_area_struct *vma = kzalloc(sizeof(*vma), GFP_KERNEL);
	int err;

	if (!vma)
		return -ENOMEM;
	vma->vm_file = file;
	*(unsigned long *)&vma->vm_flags = VM_SHARED;
	err = CALL(file_mprotect, vma, PROT_WRITE, PROT_WRITE);
	kfree(vma);
	return err;
}

static int call_ioctl(const struct fim_hook *hook, struct file *file)
{
#ifdef FIM_HAVE_URING_CMD
	if (hook->by_uring) {
		struct io_uring_cmd cmd = {
			.file = file,
			.cmd_op = FS_IOC_SETVERSION,
		};

		return CALL(uring_cmd, &cmd);
	}
#endif
#ifdef FIM_HAVE_FILE_IOCTL_COMPAT
	if (strstr(hook->symbol, "compat"))
		return CALL(file_ioctl_compat, file, FS_IOC_SETVERSION, 0);
#endif
	return CALL(file_ioctl, file, FS_IOC_SETVERSION, 0);
}

static int call_with_file(const struct fim_hook *hook, struct file *file)
{
	switch (hook->op) {
	case FIM_OP_OPEN:
		/* A file of our own: nobody else looks at what it is for. */
		file->f_flags |= O_WRONLY;
		return CALL(file_open, file);
	case FIM_OP_IOCTL:
		return call_ioctl(hook, file);
	case FIM_OP_WRITE:
		return CALL(file_permission, file, MAY_WRITE);
	case FIM_OP_FCNTL:
		file->f_flags |= O_WRONLY;
		return CALL(file_fcntl, file, F_SETFL, 0);
	case FIM_OP_MMAP:
		return CALL(mmap_file, file, PROT_WRITE, MAP_SHARED);
	case FIM_OP_MPROTECT:
		return try_mprotect(file);
	case FIM_OP_MODULE:
		if (hook->by_file)
			return CALL(kernel_read_file, file, READING_MODULE,
				    true);
		return CALL(kernel_load_data, LOADING_MODULE, true);
	}
	return -EOPNOTSUPP;
}

/* A name appears, goes, or is another one's. */
static int call_with_name(const struct fim_hook *hook,
			  const struct fim_selftest_files *files)
{
	struct inode *dir = d_inode(files->path.dentry);

	switch (hook->op) {
	case FIM_OP_CREATE:
		return CALL(inode_create, dir, files->negative, 0600);
	case FIM_OP_LINK:
		return CALL(inode_link, files->reg, dir, files->negative);
	case FIM_OP_UNLINK:
		return CALL(inode_unlink, dir, files->reg);
	case FIM_OP_SYMLINK:
		return CALL(inode_symlink, dir, files->negative, "fim");
	case FIM_OP_MKDIR:
		return CALL(inode_mkdir, dir, files->negative, 0700);
	case FIM_OP_RMDIR:
		return CALL(inode_rmdir, dir, files->subdir);
	case FIM_OP_MKNOD:
		return CALL(inode_mknod, dir, files->negative, S_IFIFO | 0600,
			    0);
	case FIM_OP_RENAME:
		return CALL(inode_rename, dir, files->reg, dir,
			    files->negative, 0);
	}
	return -EOPNOTSUPP;
}

static int call_as_server(const struct fim_hook *hook, struct dentry *reg)
{
	if (hook->op == FIM_OP_SETXATTR)
		return CALL(inode_setsecctx, reg, NULL, 0);
#if defined(CONFIG_FS_POSIX_ACL) && defined(FIM_HAVE_SET_ACL)
	return CALL(set_posix_acl, fim_idmap reg, ACL_TYPE_ACCESS, NULL);
#elif defined(CONFIG_FS_POSIX_ACL)
	return CALL(set_posix_acl, fim_idmap d_inode(reg), ACL_TYPE_ACCESS,
		    NULL);
#else
	return -EOPNOTSUPP;
#endif
}

static int call_with_attribute(const struct fim_hook *hook,
			       struct dentry *reg)
{
	struct iattr attr = { .ia_valid = ATTR_MODE, .ia_mode = 0600 };

	if (hook->by_server)
		return call_as_server(hook, reg);
	switch (hook->op) {
	case FIM_OP_SETATTR:
		return CALL(inode_setattr, fim_setattr_idmap reg, &attr);
	case FIM_OP_SETXATTR:
		return CALL(inode_setxattr, fim_idmap reg, "user.fim", "", 0,
			    0);
	case FIM_OP_REMOVEXATTR:
		return CALL(inode_removexattr, fim_idmap reg, "user.fim");
#ifdef FIM_HAVE_SET_ACL
	case FIM_OP_SETACL:
		return CALL(inode_set_acl, fim_idmap reg,
			    XATTR_NAME_POSIX_ACL_ACCESS, NULL);
	case FIM_OP_REMOVEACL:
		return CALL(inode_remove_acl, fim_idmap reg,
			    XATTR_NAME_POSIX_ACL_ACCESS);
#endif
#ifdef FIM_HAVE_FILE_SETATTR
	case FIM_OP_FILEATTR: {
		struct file_kattr fa;

		fileattr_fill_flags(&fa, FS_NODUMP_FL);
		return CALL(inode_file_setattr, reg, &fa);
	}
#endif
	}
	return -EOPNOTSUPP;
}

static int call_with_mount(const struct fim_hook *hook,
			   const struct fim_selftest_files *files)
{
	const struct path *path = &files->path;

	if (hook->by_spreading)
		return try_count_mounts();
	switch (hook->op) {
	case FIM_OP_MOUNT:
		return CALL(sb_mount, NULL, path, NULL, 0, NULL);
	case FIM_OP_MOVE_MOUNT:
		return CALL(move_mount, path, path);
	case FIM_OP_UMOUNT:
		return CALL(sb_umount, path->mnt, 0);
	case FIM_OP_PIVOT_ROOT:
		return CALL(sb_pivotroot, path, path);
	case FIM_OP_QUOTA_ON:
		return CALL(quota_on, files->reg);
	}
	return -EOPNOTSUPP;
}

/**
 * fim_selftest_direct() - call a hooked function so that it is to be refused
 * @hook: the hook
 * @files: the self-test's files
 *
 * Context: process; may sleep.
 * Return: -EACCES is what is hoped for; -ENOMEM.
 */
int fim_selftest_direct(const struct fim_hook *hook,
			const struct fim_selftest_files *files)
{
	if (hook->op <= FIM_OP_RENAME)
		return call_with_name(hook, files);
	if (hook->op <= FIM_OP_FILEATTR)
		return call_with_attribute(hook, files->reg);
	if (hook->op <= FIM_OP_IOCTL || hook->op == FIM_OP_WRITE ||
	    hook->op == FIM_OP_MMAP || hook->op == FIM_OP_MPROTECT ||
	    hook->op == FIM_OP_FCNTL || hook->op == FIM_OP_MODULE)
		return call_with_file(hook, files->file);
	return call_with_mount(hook, files);
}
