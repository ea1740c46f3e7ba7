/* SPDX-License-Identifier: GPL-2.0 */
/*
 * probe.h - whether a kernel can be protected, and what would be lost there
 */
#ifndef FIMCTL_PROBE_H
#define FIMCTL_PROBE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * enum probe_state - what came of one look
 * @PROBE_OK: it is there, or not in the way
 * @PROBE_LOST: it is not; the module works, with less
 * @PROBE_NEEDED: it is not, and the module does not load
 * @PROBE_UNKNOWN: it can't be found out
 * @PROBE_NOTE: neither good nor bad, and good to know
 */
enum probe_state {
	PROBE_OK,
	PROBE_LOST,
	PROBE_NEEDED,
	PROBE_UNKNOWN,
	PROBE_NOTE,
};

/**
 * struct probe_item - one look
 * @what: what was looked for: an option, a function, a setting
 * @state: what came of it
 * @text: what it means, or what is lost; to be freed
 */
struct probe_item {
	const char *what;
	enum probe_state state;
	char *text;
};

/**
 * struct probe - all of them
 * @release: the kernel's, as uname -r has it
 * @other: it is not the one that runs, of which alone this system says more
 * @config: the file that its options were read from, below the root that was
 *	looked at; NULL if there is none
 * @items: in order
 * @nr: how many
 * @cap: room in @items
 */
struct probe {
	char *release;
	bool other;
	char *config;
	struct probe_item *items;
	size_t nr;
	size_t cap;
};

char *probe_only_release(const char *root);
void probe_read(struct probe *p, const char *root, const char *release);
enum probe_state probe_worst(const struct probe *p);
const char *probe_state_name(enum probe_state state);
void probe_free(struct probe *p);

#endif /* FIMCTL_PROBE_H */
