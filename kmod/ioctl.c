// SPDX-License-Identifier: GPL-2.0
/*
 * Which ioctls change a file or a whole filesystem.
 *
 * On what is protected, what is not known to read only is refused: filesystems
 * come up with new commands, few of them ask the LSM, and one that does not
 * exist fails anyway. Numbers that are not in the kernel's public headers are
 * from those of ext4, f2fs and xfs.
 */
#include <linux/btrfs.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/fscrypt.h>
#include <linux/fsverity.h>
#include <linux/ioctl.h>
#include <linux/magic.h>
#include <linux/msdos_fs.h>
#include <asm/ioctls.h>

#include "fim_fs.h"
#include "ioctl.h"
#include "object.h"
#include "tree.h"

#define EXT4_IOC_SETFSUUID	_IOC(_IOC_WRITE, 'f', 44, 0)
#define EXT4_IOC_GETSTATE	_IOW('f', 41, __u32)
#define EXT4_IOC_GET_ES_CACHE	_IOWR('f', 42, struct fiemap)
#define EXT4_IOC_GETFSUUID	_IOC(_IOC_READ, 'f', 44, 0)

#ifndef FS_IOC_READ_VERITY_METADATA	/* 5.12 */
#define FS_IOC_READ_VERITY_METADATA \
	_IOC(_IOC_READ | _IOC_WRITE, 'f', 135, 5 * sizeof(__u64))
#endif

#define EXT4_MOVE_EXT		15
#define EXT4_SET_TUNE_SB_PARAM	46	/* 6.18 */
#define EXT4_IOC_GROUP_EXTEND	_IOW('f', 7, unsigned long)
#define EXT4_IOC_RESIZE_FS	_IOW('f', 16, __u64)
#define EXT4_IOC_PRECACHE_EXTENTS	_IO('f', 18)
#define EXT4_IOC_CHECKPOINT	_IOW('f', 43, __u32)

#define F2FS_IOCTL_MAGIC	0xf5
#define F2FS_GARBAGE_COLLECT	6
#define F2FS_WRITE_CHECKPOINT	7
#define F2FS_MOVE_RANGE		9
#define F2FS_FLUSH_DEVICE	10
#define F2FS_GARBAGE_COLLECT_RANGE	11
#define F2FS_GET_FEATURES	12
#define F2FS_GET_PIN_FILE	14
#define F2FS_PRECACHE_EXTENTS	15
#define F2FS_RESIZE_FS		16
#define F2FS_GET_COMPRESS_BLOCKS	17
#define F2FS_GET_COMPRESS_OPTION	21

#define XFS_GETBMAP		38
#define XFS_FSGETXATTRA		45
#define XFS_FREE_EOFBLOCKS	58
#define XFS_GETFSMAP		59
#define XFS_SCRUB_METADATA	60
#define XFS_AG_GEOMETRY		61
#define XFS_GETPARENTS		62
#define XFS_GETPARENTS_BY_HANDLE	63
#define XFS_SCRUBV_METADATA	64
#define XFS_RTGROUP_GEOMETRY	65
#define XFS_FSGEOMETRY		100
#define XFS_FSBULKSTAT		101
#define XFS_BULKSTAT_SINGLE	102
#define XFS_INUMBERS		103
#define XFS_PATH_TO_FSHANDLE	104
#define XFS_PATH_TO_HANDLE	105
#define XFS_FD_TO_HANDLE	106
#define XFS_OPEN_BY_HANDLE	107
#define XFS_READLINK_BY_HANDLE	108
#define XFS_GROWFSDATA		110
#define XFS_GROWFSLOG		111
#define XFS_GROWFSRT		112
#define XFS_FSCOUNTS		113
#define XFS_GET_RESBLKS		115
#define XFS_ATTRLIST_BY_HANDLE	122
#define XFS_ATTRMULTI_BY_HANDLE	123
#define XFS_GOINGDOWN		125	/* also of ext4 and f2fs */
#define XFS_FSGEOMETRY_V4	124
#define XFS_FSGEOMETRY_NEW	126
#define XFS_BULKSTAT		127
#define XFS_INUMBERS_NEW	128
#define OCFS2_REFLINK		4

#define BCACHEFS_IOCTL_MAGIC	0xbc
#define BCACHEFS_SUBVOLUME_CREATE	16
#define BCACHEFS_SUBVOLUME_DESTROY	17
#define FIM_BCACHEFS_MAGIC	0xca451a4e

#define XFS_DIOINFO		30
#define XFS_GETBMAPA		44
#define XFS_GETBMAPX		56

/* Those of any filesystem that has them; their arguments may grow. */
#define FS_IOCTL_MAGIC		0x15
#define FS_GETFSUUID		0	/* 6.9 */
#define FS_GETFSSYSFSPATH	1
#define FS_GETLBMD_CAP		2	/* 6.17 */

#define BTRFS_SUBVOL_SYNC_WAIT	65	/* 6.13 */
#define BTRFS_ENCODED_READ	64	/* 5.18 */
#define BTRFS_NR(name)		_IOC_NR(BTRFS_IOC_##name)

/*
 * Those that name, beside their own, a descriptor that is open for writing, or
 * two of that kind, and ask nobody about it.
 */
static bool takes_writer(unsigned int cmd)
{
	unsigned int nr = _IOC_NR(cmd);

	switch (_IOC_TYPE(cmd)) {
	case 'f':
		return nr == EXT4_MOVE_EXT;
	case F2FS_IOCTL_MAGIC:
		return nr == F2FS_MOVE_RANGE;
	}
	return fim_ioctl_reaches_all(cmd);
}

/* The inode number of every subvolume's root */
#define BTRFS_SUBVOLUME_INO	256

static bool is_subvolume_in(const struct fim_mark *mark,
			    const struct inode *dir)
{
	const struct inode *inode;
	const struct dentry *dentry, *parent;

	if (!mark->key || !fim_object_held(mark->object))
		return false;
	inode = mark->object->inode;
	if (inode->i_sb != dir->i_sb || inode->i_ino != BTRFS_SUBVOLUME_INO)
		return false;
	dentry = fim_first_alias(inode);
	parent = dentry ? READ_ONCE(dentry->d_parent) : NULL;
	/* Its dentry has left memory, or is one that a file handle has made. */
	if (parent == dentry)
		return READ_ONCE(mark->object->parent) == dir;
	return READ_ONCE(parent->d_inode) == dir;
}

/*
 * Whether a directory holds a subvolume on the way of a rule: what else is
 * destroyed in there, old snapshots for one, is nobody's business. Which one is
 * meant stands in memory of the caller's, which may change.
 */
static bool holds_subvolume(const struct fim_ruleset *rs,
			    const struct inode *dir)
{
	unsigned int i;

	if (dir->i_sb->s_magic != BTRFS_SUPER_MAGIC)
		return false;
	for (i = 0; i <= rs->mask; i++)
		if (is_subvolume_in(&rs->marks[i], dir))
			return true;
	return false;
}

/**
 * fim_ioctl_changes_sb() - whether an ioctl reaches past its descriptor
 * @rs: the ruleset
 * @inode: what the descriptor is of, held by the caller
 * @cmd: the command
 *
 * Context: inside a hook.
 * Return: true if it changes or removes what may be anywhere on the
 * filesystem, or the filesystem's own identity.
 */
bool fim_ioctl_changes_sb(const struct fim_ruleset *rs,
			  const struct inode *inode, unsigned int cmd)
{
	unsigned int nr = _IOC_NR(cmd);

	if ((rs->nr_writers || rs->append) && takes_writer(cmd))
		return true;
	switch (_IOC_TYPE(cmd)) {
	case BTRFS_IOCTL_MAGIC:
		/* The second version names it by a number, too. */
		return (nr == BTRFS_NR(SNAP_DESTROY) &&
			holds_subvolume(rs, inode)) ||
		       nr == BTRFS_NR(SNAP_DESTROY_V2) ||
		       nr == BTRFS_NR(DEFAULT_SUBVOL) ||
		       cmd == FS_IOC_SETFSLABEL;
	case 'X':
		return nr == XFS_ATTRMULTI_BY_HANDLE || nr == XFS_GOINGDOWN;
	case 'o':
		/* It names what to make by text, and asks no hook. */
		return nr == OCFS2_REFLINK;
	case BCACHEFS_IOCTL_MAGIC:
		/* So do these. */
		return nr == BCACHEFS_SUBVOLUME_CREATE ||
		       nr == BCACHEFS_SUBVOLUME_DESTROY;
	case 'f':
		return nr == EXT4_SET_TUNE_SB_PARAM ||
		       (nr == _IOC_NR(EXT4_IOC_SETFSUUID) &&
			_IOC_DIR(cmd) == _IOC_DIR(EXT4_IOC_SETFSUUID));
	}
	return false;
}

/**
 * fim_ioctl_moves_names() - whether what fim_ioctl_changes_sb() names may make
 *	names and remove them
 * @sb: the filesystem
 *
 * Where it only fails, it is no reason to look at all paths again.
 *
 * Return: true if it may.
 */
bool fim_ioctl_moves_names(const struct super_block *sb)
{
	switch (sb->s_magic) {
	case BTRFS_SUPER_MAGIC:
	case OCFS2_SUPER_MAGIC:
	case FIM_BCACHEFS_MAGIC:
		return true;
	}
	return false;
}

/**
 * fim_ioctl_makes_name() - whether an ioctl makes a name that no hook hears of
 * @cmd: the command
 *
 * Return: true if it makes one in the directory of its descriptor.
 */
bool fim_ioctl_makes_name(unsigned int cmd)
{
	if (_IOC_TYPE(cmd) != BTRFS_IOCTL_MAGIC)
		return false;
	switch (_IOC_NR(cmd)) {
	case BTRFS_NR(SNAP_CREATE):
	case BTRFS_NR(SUBVOL_CREATE):
	case BTRFS_NR(SNAP_CREATE_V2):
	case BTRFS_NR(SUBVOL_CREATE_V2):
		return true;
	}
	return false;
}

/**
 * fim_ioctl_changes_entry() - whether an ioctl makes or removes a name that no
 *	hook hears of
 * @cmd: the command
 *
 * Return: true if it does so in the directory of its descriptor.
 */
bool fim_ioctl_changes_entry(unsigned int cmd)
{
	return fim_ioctl_makes_name(cmd) ||
	       (_IOC_TYPE(cmd) == BTRFS_IOCTL_MAGIC &&
		_IOC_NR(cmd) == BTRFS_NR(SNAP_DESTROY));
}

static bool xfs_only_reads(unsigned int nr)
{
	switch (nr) {
	case XFS_DIOINFO:
	case XFS_GETBMAP:
	case XFS_GETBMAPA:
	case XFS_GETBMAPX:
	case XFS_GETPARENTS:
	case XFS_GETPARENTS_BY_HANDLE:
	case XFS_FSGETXATTRA:
	case XFS_GETFSMAP:
	case XFS_AG_GEOMETRY:
	case XFS_RTGROUP_GEOMETRY:
	case XFS_FSBULKSTAT:
	/* Another hook hears of the open. */
	case XFS_OPEN_BY_HANDLE:
	case XFS_READLINK_BY_HANDLE:
	case XFS_ATTRLIST_BY_HANDLE:
	case XFS_FSCOUNTS:
	case XFS_GET_RESBLKS:
	case XFS_FSGEOMETRY_V4:
	/* The whole filesystem's care */
	case XFS_FREE_EOFBLOCKS:
	case XFS_SCRUB_METADATA:
	case XFS_SCRUBV_METADATA:
	case XFS_GROWFSDATA:
	case XFS_GROWFSLOG:
	case XFS_GROWFSRT:
	case XFS_FSGEOMETRY:
	case XFS_BULKSTAT_SINGLE:
	case XFS_INUMBERS:
	case XFS_PATH_TO_FSHANDLE:
	case XFS_PATH_TO_HANDLE:
	case XFS_FD_TO_HANDLE:
	case XFS_FSGEOMETRY_NEW:
	case XFS_BULKSTAT:
	case XFS_INUMBERS_NEW:
		return true;
	}
	return false;
}

static bool f2fs_only_reads(unsigned int nr)
{
	switch (nr) {
	case F2FS_GET_FEATURES:
	case F2FS_GET_PIN_FILE:
	case F2FS_PRECACHE_EXTENTS:
	case F2FS_GET_COMPRESS_BLOCKS:
	case F2FS_GET_COMPRESS_OPTION:
	/* The whole filesystem's care */
	case F2FS_GARBAGE_COLLECT:
	case F2FS_GARBAGE_COLLECT_RANGE:
	case F2FS_WRITE_CHECKPOINT:
	case F2FS_FLUSH_DEVICE:
	case F2FS_RESIZE_FS:
		return true;
	}
	return false;
}

static bool btrfs_only_reads(unsigned int cmd)
{
	if (cmd == FS_IOC_GETFSLABEL || cmd == FICLONE || cmd == FICLONERANGE ||
	    cmd == FIDEDUPERANGE)
		return true;
	switch (_IOC_NR(cmd)) {
	case BTRFS_NR(TREE_SEARCH):
	case BTRFS_NR(INO_LOOKUP):
	case BTRFS_NR(SPACE_INFO):
	case BTRFS_NR(DEV_INFO):
	case BTRFS_NR(FS_INFO):
	case BTRFS_NR(INO_PATHS):
	case BTRFS_NR(LOGICAL_INO):
	case BTRFS_NR(GET_DEV_STATS):
	case BTRFS_NR(LOGICAL_INO_V2):
	case BTRFS_NR(GET_SUBVOL_INFO):
	case BTRFS_NR(GET_SUBVOL_ROOTREF):
	case BTRFS_NR(INO_LOOKUP_USER):
	case BTRFS_NR(SEND):
	/* The whole filesystem's care, and waiting for it */
	case BTRFS_NR(SYNC):
	case BTRFS_NR(WAIT_SYNC):
	case BTRFS_NR(SCRUB):
	case BTRFS_NR(SCRUB_CANCEL):
	case BTRFS_NR(SCRUB_PROGRESS):
	case BTRFS_NR(BALANCE_V2):
	case BTRFS_NR(BALANCE_CTL):
	case BTRFS_NR(BALANCE_PROGRESS):
	case BTRFS_NR(RESIZE):
	case BTRFS_NR(ADD_DEV):
	case BTRFS_NR(RM_DEV):
	case BTRFS_NR(RM_DEV_V2):
	case BTRFS_NR(DEV_REPLACE):
	case BTRFS_SUBVOL_SYNC_WAIT:
		return true;
	case BTRFS_NR(SUBVOL_GETFLAGS):
		return cmd == BTRFS_IOC_SUBVOL_GETFLAGS;
	/* Others have the same numbers: SUBVOL_CREATE_V2, ENCODED_WRITE. */
	case BTRFS_NR(START_SYNC):
	case BTRFS_ENCODED_READ:
	case BTRFS_NR(GET_FEATURES):
		return _IOC_DIR(cmd) == _IOC_READ;
	}
	return false;
}

/**
 * fim_ioctl_only_reads() - whether an ioctl leaves its file as it is
 * @inode: the file, held by the caller
 * @cmd: the command
 *
 * Clones and deduplication pass too: they need a descriptor that is open for
 * writing, or do not change what is read. So does what is done to a filesystem
 * by the descriptor of its root, and changes none of its files.
 *
 * Return: true if it does, or if another hook decides about it.
 */
bool fim_ioctl_only_reads(const struct inode *inode, unsigned int cmd)
{
	/* Who asks a file for a terminal, a socket or a disk is told no. */
	if (_IOC_TYPE(cmd) == 'T' || _IOC_TYPE(cmd) == 0x89 ||
	    _IOC_TYPE(cmd) == 0x12)
		return true;
	if (_IOC_TYPE(cmd) == BTRFS_IOCTL_MAGIC)
		return btrfs_only_reads(cmd);
	if (_IOC_TYPE(cmd) == FS_IOCTL_MAGIC)
		return _IOC_NR(cmd) == FS_GETFSUUID ||
		       _IOC_NR(cmd) == FS_GETFSSYSFSPATH ||
		       _IOC_NR(cmd) == FS_GETLBMD_CAP;

	switch (cmd) {
	case FIOQSIZE:
	case FIBMAP:
	case FIGETBSZ:
	case FS_IOC_FIEMAP:
	case FIFREEZE:
	case FITHAW:
	case FITRIM:
	case EXT4_IOC_GROUP_EXTEND:
	case EXT4_IOC_RESIZE_FS:
	case EXT4_IOC_PRECACHE_EXTENTS:
	case EXT4_IOC_CHECKPOINT:
	case FAT_IOCTL_GET_ATTRIBUTES:
	case FAT_IOCTL_GET_VOLUME_ID:
	case VFAT_IOCTL_READDIR_BOTH:
	case VFAT_IOCTL_READDIR_SHORT:
	case FS_IOC_ADD_ENCRYPTION_KEY:
	case FS_IOC_GETFLAGS:
	case FS_IOC32_GETFLAGS:
	case FS_IOC_GETVERSION:
	case FS_IOC32_GETVERSION:
	case FS_IOC_FSGETXATTR:
	case FS_IOC_GET_ENCRYPTION_PWSALT:
	case FS_IOC_GET_ENCRYPTION_POLICY:
	case FS_IOC_GET_ENCRYPTION_POLICY_EX:
	case FS_IOC_GET_ENCRYPTION_KEY_STATUS:
	case FS_IOC_GET_ENCRYPTION_NONCE:
	case FS_IOC_MEASURE_VERITY:
	case FS_IOC_READ_VERITY_METADATA:
	case EXT4_IOC_GETSTATE:
	case EXT4_IOC_GET_ES_CACHE:
	case EXT4_IOC_GETFSUUID:
		return true;
#ifdef FIM_HAVE_FILE_SETATTR
	/* security_inode_file_setattr(), or the filesystem by itself */
	case FS_IOC_SETFLAGS:
	case FS_IOC32_SETFLAGS:
	case FS_IOC_FSSETXATTR:
		return inode->i_op->fileattr_set;
#endif
	}
	if (_IOC_TYPE(cmd) == F2FS_IOCTL_MAGIC)
		return f2fs_only_reads(_IOC_NR(cmd));
	return _IOC_TYPE(cmd) == 'X' && xfs_only_reads(_IOC_NR(cmd));
}
