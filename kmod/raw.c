// SPDX-License-Identifier: GPL-2.0
/*
 * Writing to the block devices below filesystems with protected directories.
 *
 * It gets past every rule on such a filesystem. It is refused only if a policy
 * says so, as it is how filesystems are checked, grown and repaired. The kernel
 * itself, which mounts them, asks no hook.
 *
 * What takes a descriptor that is open for writing is decided about at its open.
 */
#include <linux/blkdev.h>
#include <linux/blkpg.h>
#include <linux/cciss_ioctl.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <linux/loop.h>
#include <linux/major.h>
#include <linux/mmc/ioctl.h>
#include <linux/nbd.h>
#include <linux/nilfs2_api.h>
#include <linux/nvme_ioctl.h>
#include <linux/raid/md_u.h>
#include <linux/sed-opal.h>
#include <linux/udf_fs_i.h>
#include <linux/user_namespace.h>
#include <scsi/scsi_ioctl.h>
#include <scsi/sg.h>

#include "event.h"
#include "pause.h"
#include "policy.h"
#include "raw.h"
#include "rule.h"
#include "tree.h"

#ifndef NVME_IOCTL_IO64_CMD_VEC		/* 5.18 */
#define NVME_IOCTL_IO64_CMD_VEC	_IOWR('N', 0x49, struct nvme_passthru_cmd64)
#endif

#define CDROM_SEND_PACKET	0x5393

/**
 * enum effect - what a command to a device does, by a descriptor that is for
 *	reading
 * @NONE: it reads
 * @CHANGES: it changes what the device holds
 * @MAY_CHANGE: it hands the device a command that stands in memory of the
 *	caller's, which may change while it is looked at
 */
enum effect { NONE, CHANGES, MAY_CHANGE };

/* By their numbers: a 32-bit program's have another size. */
static enum effect effect_on_nvme(unsigned int cmd)
{
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(NVME_IOCTL_SUBMIT_IO):
	case _IOC_NR(NVME_IOCTL_IO_CMD):
	case _IOC_NR(NVME_IOCTL_IO64_CMD):
	case _IOC_NR(NVME_IOCTL_IO64_CMD_VEC):
		return CHANGES;
	case _IOC_NR(NVME_IOCTL_ADMIN_CMD):
	case _IOC_NR(NVME_IOCTL_ADMIN64_CMD):
		return MAY_CHANGE;
	}
	return NONE;
}

/*
 * What erases, what sets other keys or bounds for what is there, and what shows
 * something else in its place. Others lock, unlock, and tell.
 */
static enum effect effect_on_opal(unsigned int cmd)
{
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(IOC_OPAL_REVERT_TPR):
	case _IOC_NR(IOC_OPAL_LR_SETUP):
	case _IOC_NR(IOC_OPAL_ENABLE_DISABLE_MBR):
	case _IOC_NR(IOC_OPAL_ERASE_LR):
	case _IOC_NR(IOC_OPAL_SECURE_ERASE_LR):
	case _IOC_NR(IOC_OPAL_PSID_REVERT_TPR):
	case _IOC_NR(IOC_OPAL_MBR_DONE):
	case _IOC_NR(IOC_OPAL_WRITE_SHADOW_MBR):
	case _IOC_NR(IOC_OPAL_GENERIC_TABLE_RW):
	case 240:	/* IOC_OPAL_REVERT_LSP */
	case 242:	/* IOC_OPAL_REACTIVATE_LSP */
	case 243:	/* IOC_OPAL_LR_SET_START_LEN */
	case 244:	/* IOC_OPAL_ENABLE_DISABLE_LR */
		return CHANGES;
	}
	return NONE;
}

static enum effect effect_of(unsigned int cmd)
{
	switch (cmd) {
	case BLKPG:
	case LOOP_CHANGE_FD:
	case LOOP_SET_STATUS:
	case LOOP_SET_STATUS64:
	case NBD_SET_SOCK:
	case NBD_SET_SIZE:
	case NBD_SET_SIZE_BLOCKS:
	case NBD_CLEAR_SOCK:
	case ADD_NEW_DISK:
	case HOT_ADD_DISK:
#ifdef NVME_URING_CMD_IO		/* 5.19 */
	case NVME_URING_CMD_IO:
	case NVME_URING_CMD_IO_VEC:
#endif
		return CHANGES;
	case SG_IO:
	case SCSI_IOCTL_SEND_COMMAND:
	case CDROM_SEND_PACKET:
	case HDIO_DRIVE_CMD:
	case HDIO_DRIVE_TASK:
	case HDIO_DRIVE_TASKFILE:
	case MMC_IOC_CMD:
	case MMC_IOC_MULTI_CMD:
#ifdef NVME_URING_CMD_ADMIN
	case NVME_URING_CMD_ADMIN:
	case NVME_URING_CMD_ADMIN_VEC:
#endif
		return MAY_CHANGE;
	}
	switch (_IOC_TYPE(cmd)) {
	case 'N':
		return effect_on_nvme(cmd);
	case 'p':
		return effect_on_opal(cmd);
	case CCISS_IOC_MAGIC:
		return _IOC_NR(cmd) == _IOC_NR(CCISS_PASSTHRU) ||
		       _IOC_NR(cmd) == _IOC_NR(CCISS_BIG_PASSTHRU) ?
			       MAY_CHANGE : NONE;
	}
	return NONE;
}

/*
 * Commands that are handed on past the partition that they are given to, and what
 * they go to may be another namespace or area of the same device.
 */
static bool goes_anywhere(unsigned int cmd)
{
	switch (_IOC_TYPE(cmd)) {
	case MMC_BLOCK_MAJOR:
	case CCISS_IOC_MAGIC:
	case 'p':	/* OPAL */
		return true;
	case 'N':
		return effect_on_nvme(cmd) == MAY_CHANGE;
	}
	return false;
}

/*
 * The device that a command to one is about, or 0 if that can't be told. What is
 * no matter of the block layer goes to the whole disk, and one of device-mapper's
 * to one of those below.
 */
static dev_t target_of(const struct file *file, unsigned int cmd)
{
	struct gendisk *disk;

	if (!S_ISBLK(file_inode(file)->i_mode) || goes_anywhere(cmd))
		return 0;
	/* An open file holds both. */
	disk = I_BDEV(file->f_mapping->host)->bd_disk;
	if (!strncmp(disk->disk_name, "dm-", 3))
		return 0;
	return disk_devt(disk);
}

/* Takes a rule that concerns the caller and is stricter than the best so far. */
static void take_stricter(const struct fim_binding **best,
			  const struct fim_binding *binding,
			  const struct fim_access *access,
			  const struct fim_caller *caller)
{
	if (fim_concerns(binding, access, caller) &&
	    (!*best || binding->policy->raw > (*best)->policy->raw))
		*best = binding;
}

/*
 * The strictest of the host's rule and of the caller's container's about a
 * device or, if it is 0, about any.
 */
static const struct fim_binding *find_rule(const struct fim_ruleset *rs,
					   dev_t device,
					   const struct fim_access *access)
{
	const struct fim_binding *best = NULL;
	struct fim_caller caller;
	unsigned int i;

	fim_caller_read(&caller);
	for (i = 0; i < rs->nr_devices; i++)
		if (!device || rs->devices[i].device == device)
			take_stricter(&best, rs->devices[i].binding, access,
				      &caller);
	return best;
}

/*
 * The same about the devices of a filesystem, whichever these are, or if it is
 * NULL of any btrfs
 */
static const struct fim_binding *find_sb_rule(const struct fim_ruleset *rs,
					      const struct super_block *sb,
					      const struct fim_access *access)
{
	const struct fim_binding *best = NULL;
	struct fim_caller caller;
	unsigned int i;

	fim_caller_read(&caller);
	for (i = 0; i < rs->nr_sbs; i++)
		if (sb ? rs->sbs[i].sb == sb : rs->sbs[i].btrfs)
			take_stricter(&best, rs->sbs[i].raw, access, &caller);
	return best;
}

/* What may change a device is what it is asked by all day: not recorded. */
static bool is_refused(const struct file *file,
		       const struct fim_binding *binding,
		       const struct fim_access *access, bool certain)
{
	struct fim_verdict verdict;

	if (!binding || (!certain && binding->policy->raw != FIM_ACTION_BLOCK))
		return false;
	verdict = (struct fim_verdict){
		.action = binding->policy->raw,
		.match = {
			.binding = binding,
			.object = file->f_path.dentry,
			.guard = fim_goal_path(binding),
		},
		.rest = { .object = file->f_path.dentry },
	};
	fim_pause_decide(&verdict);
	fim_event_violation(access, &verdict, FIM_RECHECK_NONE);
	return verdict.action == FIM_ACTION_BLOCK;
}

static bool device_is_refused(const struct file *file, dev_t device,
			      bool certain)
{
	const struct fim_access access = { .op = FIM_OP_RAW };
	const struct fim_ruleset *rs;
	bool refused;

	rcu_read_lock_sched_notrace();
	rs = rcu_dereference_sched(fim_ruleset);
	refused = is_refused(file, find_rule(rs, device, &access), &access,
			     certain);
	rcu_read_unlock_sched_notrace();
	return refused;
}

/**
 * fim_raw_open_is_refused() - decide about opening a device for writing
 * @file: the device or another special file; held by the hook's caller
 *
 * The generic node of a SCSI disk does not tell which disk it is.
 *
 * Context: inside a hook.
 * Return: true if it is to be refused. It is recorded if some rule is about it.
 */
bool fim_raw_open_is_refused(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (S_ISBLK(inode->i_mode))
		return device_is_refused(file, inode->i_rdev, true);
	return S_ISCHR(inode->i_mode) && imajor(inode) == SCSI_GENERIC_MAJOR &&
	       device_is_refused(file, 0, false);
}

/* Without it, the kernel lets a descriptor for reading only read. */
static bool may_send_anything(void)
{
	return current_user_ns() == &init_user_ns &&
	       cap_raised(current_cred()->cap_effective, CAP_SYS_RAWIO);
}

/* Those by which files come to lie on other devices or in other blocks */
static enum effect effect_of_move(unsigned int cmd)
{
	switch (cmd) {
	case UDF_RELOCATE_BLOCKS:
	case BTRFS_IOC_ADD_DEV:
	case BTRFS_IOC_RM_DEV:
	case BTRFS_IOC_RM_DEV_V2:
		return CHANGES;
	case BTRFS_IOC_DEV_REPLACE:
		/* or asks how far that is */
	case NILFS_IOCTL_CLEAN_SEGMENTS:
	case NILFS_IOCTL_SET_SUINFO:
		/* as it is told to; its cleaner asks for it all day */
		return MAY_CHANGE;
	}
	return NONE;
}

/**
 * fim_raw_move_is_refused() - decide about what moves a filesystem's blocks
 * @rs: the ruleset
 * @file: on the filesystem; held by the hook's caller
 * @cmd: the command
 *
 * What they are moved to no rule knows: it might be a loop device over a file,
 * or another file's blocks.
 *
 * Context: inside a hook.
 * Return: as fim_raw_ioctl_is_refused().
 */
bool fim_raw_move_is_refused(const struct fim_ruleset *rs,
			     const struct file *file, unsigned int cmd)
{
	const struct fim_access access = { .op = FIM_OP_RAW };
	enum effect effect = effect_of_move(cmd);
	const struct super_block *sb = file_inode(file)->i_sb;

	if (effect == NONE)
		return false;
	return is_refused(file,
			  find_sb_rule(rs, fim_raw_takes_device(cmd) ? NULL : sb,
				       &access),
			  &access, effect == CHANGES);
}

/**
 * fim_raw_ioctl_is_refused() - decide about a command to a device
 * @file: the device; held by the hook's caller
 * @cmd: the command
 *
 * Context: inside a hook.
 * Return: true if it is to be refused. It is recorded if some rule is about it,
 * and if it is refused or certain to change what the device holds.
 */
bool fim_raw_ioctl_is_refused(const struct file *file, unsigned int cmd)
{
	const struct inode *inode = file_inode(file);
	enum effect effect = effect_of(cmd);

	if (effect == NONE)
		return false;
	/* The node of an eMMC's RPMB asks for no capability. */
	if (effect == MAY_CHANGE && !may_send_anything() &&
	    !(S_ISCHR(inode->i_mode) && _IOC_TYPE(cmd) == MMC_BLOCK_MAJOR))
		return false;
	/* Its number is 1, which is another device's something else. */
	if (cmd == SCSI_IOCTL_SEND_COMMAND && S_ISCHR(inode->i_mode) &&
	    imajor(inode) != SCSI_GENERIC_MAJOR)
		return false;
	return device_is_refused(file, target_of(file, cmd), effect == CHANGES);
}
