/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A watch of the kernel's audit, as "auditctl -w DIRECTORY -p PERMISSIONS" makes
 * it.
 */
#ifndef BENCH_AUDIT_H
#define BENCH_AUDIT_H

#include <linux/audit.h>
#include <string.h>

/**
 * struct audit_watch - what AUDIT_ADD_RULE takes
 * @rule: the rule
 * @path: the directory, as the rule's buffer
 */
struct audit_watch {
	struct audit_rule_data rule;
	char path[256];
};

/**
 * audit_watch() - make a watch
 * @watch: set
 * @dir: the directory, shorter than 256 bytes
 * @perm: AUDIT_PERM_*
 *
 * Return: how many bytes of @watch are to be sent.
 */
static inline size_t audit_watch(struct audit_watch *watch, const char *dir,
				 __u32 perm)
{
	size_t len = strlen(dir);

	*watch = (struct audit_watch){ .rule = {
		.flags = AUDIT_FILTER_EXIT,
		.action = AUDIT_ALWAYS,
		.field_count = 2,
		.fields = { AUDIT_DIR, AUDIT_PERM },
		.fieldflags = { AUDIT_EQUAL, AUDIT_EQUAL },
		.values = { len, perm },
		.buflen = len,
	} };
	memset(watch->rule.mask, 0xff, sizeof(watch->rule.mask));
	memcpy(watch->path, dir, len);
	return sizeof(watch->rule) + len;
}

#endif /* BENCH_AUDIT_H */
