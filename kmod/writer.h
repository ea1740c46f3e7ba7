/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that were open for writing before a rule came to protect them.
 */
#ifndef FIM_WRITER_H
#define FIM_WRITER_H

#include <linux/list.h>
#include <linux/types.h>

struct fim_object;
struct fim_ruleset;

/**
 * struct fim_writer - such a file
 * @object: its inode, a reference
 * @canary: it is the self-test's, and stays
 * @seen: it has been looked at whether to record it
 * @told: it has been recorded
 * @node: in fim_writers
 */
struct fim_writer {
	struct fim_object *object;
	bool canary;
	bool seen;
	bool told;
	struct list_head node;
};

/**
 * enum fim_writers_found - what a search came to, as bits
 * @FIM_WRITERS_NONE: nothing that was not known
 * @FIM_WRITERS_ADDED: some that were not known: a new ruleset is due
 * @FIM_WRITERS_MISSED: some that there was no memory for, or there may be some
 *	where a filesystem is just being remounted or unmounted
 */
enum fim_writers_found {
	FIM_WRITERS_NONE = 0,
	FIM_WRITERS_ADDED = 1 << 0,
	FIM_WRITERS_MISSED = 1 << 1,
};

/* Under fim_policy_lock, as all that follows */
extern struct list_head fim_writers;

int fim_writers_add_canary(struct fim_object *object);
unsigned int fim_writers_find(const struct fim_ruleset *rs);
bool fim_writers_tell(const struct fim_ruleset *rs, bool settling);
void fim_writers_leave(const struct fim_ruleset *rs, struct list_head *leaving);
void fim_writers_return(struct list_head *leaving);
void fim_writers_free(struct list_head *leaving);
bool fim_writers_exist(void);

#endif /* FIM_WRITER_H */
