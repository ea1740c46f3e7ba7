/* SPDX-License-Identifier: GPL-2.0 */
/*
 * acl.h - a POSIX ACL as its extended attribute holds it
 */
#ifndef _FIM_TEST_ACL_H
#define _FIM_TEST_ACL_H

#include <linux/types.h>

#define ACL_ACCESS "system.posix_acl_access"
#define ACL_DEFAULT "system.posix_acl_default"

/* user::rw- user:1000:rw- group::r-- mask::rw- other::r-- */
static const struct {
	__le32 version;
	struct {
		__le16 tag, perm;
		__le32 id;
	} entry[5];
} acl_user = {
	.version = 2,
	.entry = {
		{ 0x01, 6, 0xffffffff },
		{ 0x02, 6, 1000 },
		{ 0x04, 4, 0xffffffff },
		{ 0x10, 6, 0xffffffff },
		{ 0x20, 4, 0xffffffff },
	},
};

#endif /* _FIM_TEST_ACL_H */
