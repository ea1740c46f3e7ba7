/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that may be appended to and not changed otherwise.
 */
#ifndef FIM_APPEND_H
#define FIM_APPEND_H

#include "fim_fs.h"
#include "tree.h"

struct fim_access;
struct fim_match;
struct fim_verdict;

/**
 * fim_file_is_from_before() - whether a file was open before a rule
 * @rs: the ruleset
 * @file: the file
 * @other: of an overlay's file, the dentry in the other layer; or NULL
 *
 * Return: whether it or the other is marked as such, or may have to be.
 */
static inline bool fim_file_is_from_before(const struct fim_ruleset *rs,
					   const struct file *file,
					   const struct dentry *other)
{
	return rs->lapsing ||
	       fim_mark_find(rs, file_inode(file), FIM_MARK_WRITER) ||
	       (other && fim_mark_find(rs, READ_ONCE(other->d_inode),
				       FIM_MARK_WRITER));
}

/**
 * fim_append_concerns() - whether a rule may be about what a descriptor does
 * @rs: the ruleset
 * @file: the descriptor's file, on a filesystem that is marked
 *
 * Return: false if not, unless the file was open before a rule.
 */
static inline bool fim_append_concerns(const struct fim_ruleset *rs,
				       const struct file *file)
{
	return rs->append && S_ISREG(file_inode(file)->i_mode) &&
	       !fim_file_is_clear(rs, file);
}

bool fim_append_matches(const struct fim_match *match);
void fim_append_decide(const struct fim_ruleset *rs,
		       const struct fim_access *access,
		       struct fim_verdict *verdict);
bool fim_append_ioctl_is_refused(const struct fim_ruleset *rs,
				 const struct file *device, unsigned int cmd);

#endif /* FIM_APPEND_H */
