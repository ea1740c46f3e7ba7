// SPDX-License-Identifier: GPL-2.0
/*
 * AppArmor's globs. A glob is made into an automaton that has a state for each
 * of its places (Glushkov's), as many as a word has bits: a match looks at each
 * byte of the path once, and for that at each state once at most, whatever the
 * glob and the path.
 *
 * Also compiled into fimctl, without the kernel.
 */
#ifdef __KERNEL__
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/string.h>
#else
#include <errno.h>
#include <string.h>
#define __ffs64(word) __builtin_ctzll(word)
#endif

#include "glob.h"

/**
 * struct seq - a part of a glob
 * @first: states that its first byte may be taken by
 * @last: states that its last byte may be taken by
 * @empty: whether it may be of no bytes at all
 */
struct seq {
	__u64 first;
	__u64 last;
	bool empty;
};

/**
 * struct group - a {a,b} that is being read
 * @outer: what was before it
 * @any: the alternatives so far
 */
struct group {
	struct seq outer;
	struct seq any;
};

/**
 * struct parser - a glob being read
 * @glob: what is made
 * @text: its first byte
 * @at: the next byte
 * @end: behind its last byte
 * @seq: what was read of the innermost group
 * @groups: the groups around
 * @depth: how many
 */
struct parser {
	struct fim_glob *glob;
	const char *text;
	const char *at;
	const char *end;
	struct seq seq;
	struct group groups[FIM_GLOB_DEPTH];
	unsigned int depth;
};

static const struct seq nothing = { .empty = true };

static void append(struct parser *p, struct seq next)
{
	struct seq *seq = &p->seq;
	__u64 states;

	for (states = next.first; states; states &= states - 1)
		p->glob->before[__ffs64(states)] |= seq->last;
	if (seq->empty)
		seq->first |= next.first;
	seq->last = next.last | (next.empty ? seq->last : 0);
	seq->empty = seq->empty && next.empty;
}

static int add_state(struct parser *p, __u64 *state)
{
	if (p->glob->nr == FIM_GLOB_STATES)
		return -E2BIG;
	*state = 1ULL << p->glob->nr++;
	return 0;
}

/* Lets a state take any byte but NUL, and but "/" unless @slash. */
static void take_any(struct fim_glob *glob, __u64 state, bool slash)
{
	unsigned int c;

	for (c = 1; c < 256; c++)
		if (slash || c != '/')
			glob->takes[c] |= state;
}

static int add_byte(struct parser *p, __u8 byte)
{
	__u64 state;

	if (!byte)
		return -EINVAL;
	if (add_state(p, &state))
		return -E2BIG;
	p->glob->takes[byte] |= state;
	append(p, (struct seq){ .first = state, .last = state });
	return 0;
}

static int add_any(struct parser *p)
{
	__u64 state;

	if (add_state(p, &state))
		return -E2BIG;
	take_any(p->glob, state, false);
	append(p, (struct seq){ .first = state, .last = state });
	return 0;
}

/* "*" and "**"; where a whole name is due, at least one byte of it. */
static int add_star(struct parser *p)
{
	const char *star = p->at - 1;
	bool many = p->at < p->end && *p->at == '*';
	bool whole;
	__u64 state;
	int err;

	while (p->at < p->end && *p->at == '*')
		p->at++;
	whole = (star == p->text || star[-1] == '/') &&
		(p->at == p->end || *p->at == '/');
	if (whole) {
		err = add_any(p);
		if (err)
			return err;
	}
	if (add_state(p, &state))
		return -E2BIG;
	take_any(p->glob, state, many);
	p->glob->before[__ffs64(state)] |= state;
	append(p, (struct seq){ .first = state, .last = state, .empty = true });
	return 0;
}

/* The next byte of a class, or -EINVAL at the end. */
static int class_byte(struct parser *p)
{
	if (p->at < p->end && *p->at == '\\')
		p->at++;
	if (p->at == p->end || !*p->at)
		return -EINVAL;
	return (__u8)*p->at++;
}

/* What a class says of "/" does not count: a class is within a name. */
static int add_class(struct parser *p)
{
	bool not = p->at < p->end && *p->at == '^';
	bool in[256] = {};
	int from, to, c;
	bool any = false;
	__u64 state;

	p->at += not;
	do {
		from = class_byte(p);
		to = from;
		if (p->end - p->at >= 2 && p->at[0] == '-' && p->at[1] != ']') {
			p->at++;
			to = class_byte(p);
		}
		if (from < 0 || to < from || p->at == p->end)
			return -EINVAL;
		for (c = from; c <= to; c++)
			in[c] = true;
	} while (*p->at != ']');
	p->at++;

	if (add_state(p, &state))
		return -E2BIG;
	for (c = 1; c < 256; c++) {
		if (c == '/' || in[c] == not)
			continue;
		p->glob->takes[c] |= state;
		any = true;
	}
	if (!any)
		return -EINVAL;
	append(p, (struct seq){ .first = state, .last = state });
	return 0;
}

static int open_group(struct parser *p)
{
	if (p->depth == FIM_GLOB_DEPTH)
		return -E2BIG;
	p->groups[p->depth++] = (struct group){ .outer = p->seq };
	p->seq = nothing;
	return 0;
}

static void end_alternative(struct parser *p)
{
	struct seq *any = &p->groups[p->depth - 1].any;

	any->first |= p->seq.first;
	any->last |= p->seq.last;
	any->empty |= p->seq.empty;
	p->seq = nothing;
}

static int close_group(struct parser *p)
{
	struct group *group;

	if (!p->depth)
		return -EINVAL;
	end_alternative(p);
	group = &p->groups[--p->depth];
	p->seq = group->outer;
	append(p, group->any);
	return 0;
}

static int read_one(struct parser *p)
{
	char c = *p->at++;

	switch (c) {
	case '*':
		return add_star(p);
	case '?':
		return add_any(p);
	case '[':
		return add_class(p);
	case '{':
		return open_group(p);
	case '}':
		return close_group(p);
	case ',':
		if (!p->depth)
			return add_byte(p, c);
		end_alternative(p);
		return 0;
	case '\\':
		if (p->at == p->end)
			return -EINVAL;
		return add_byte(p, *p->at++);
	default:
		return add_byte(p, c);
	}
}

/**
 * fim_glob_compile() - make an automaton of a glob
 * @glob: what to fill
 * @text: the glob; what it is matched against begins behind a "/"
 * @len: its length
 *
 * Return: 0; -EINVAL for a glob that is empty, unbalanced or unfinished; -E2BIG
 * for one that needs more than FIM_GLOB_STATES states or has groups nested
 * deeper than FIM_GLOB_DEPTH.
 */
int fim_glob_compile(struct fim_glob *glob, const char *text, size_t len)
{
	struct parser p = {
		.glob = glob, .text = text, .at = text, .end = text + len,
		.seq = nothing,
	};
	int err;

	memset(glob, 0, sizeof(*glob));
	while (p.at < p.end) {
		err = read_one(&p);
		if (err)
			return err;
	}
	if (p.depth || !glob->nr)
		return -EINVAL;
	glob->accept = p.seq.first;
	glob->last = p.seq.last;
	return 0;
}

/* The states that the byte before may be taken by. */
static __u64 before(const struct fim_glob *glob, __u64 states)
{
	__u64 open = 0;

	for (; states; states &= states - 1)
		open |= glob->before[__ffs64(states)];
	return open;
}

/**
 * fim_glob_begin() - begin to match
 * @glob: the glob
 * @part: what of the glob the path has to match
 *
 * Return: what is to be given to fim_glob_back().
 */
struct fim_glob_walk fim_glob_begin(const struct fim_glob *glob,
				    enum fim_glob_part part)
{
	struct fim_glob_walk walk = { .open = glob->last };
	__u64 slash = glob->takes['/'];

	/* What takes a slash and a letter is a "**". */
	if (part == FIM_GLOB_NAMED)
		slash &= ~glob->takes['a'];
	if (part != FIM_GLOB_WHOLE)
		walk.open = before(glob, slash);
	return walk;
}

/**
 * fim_glob_back() - match some more bytes, from their end to their beginning
 * @glob: the glob
 * @walk: where the match is
 * @bytes: the bytes
 * @len: how many
 */
void fim_glob_back(const struct fim_glob *glob, struct fim_glob_walk *walk,
		   const char *bytes, size_t len)
{
	while (len && walk->open) {
		walk->taken = walk->open & glob->takes[(__u8)bytes[--len]];
		walk->open = before(glob, walk->taken);
	}
	if (len)
		walk->taken = 0;
}

/**
 * fim_glob_back_any() - match some more bytes that are not known, or none
 * @glob: the glob
 * @walk: where the match is
 *
 * There is no "/" among them.
 */
void fim_glob_back_any(const struct fim_glob *glob, struct fim_glob_walk *walk)
{
	/* What takes a slash and no letter takes nothing else. */
	__u64 slash = glob->takes['/'] & ~glob->takes['a'];
	__u64 taken = walk->open & ~slash, seen = 0;

	while (taken & ~seen) {
		seen |= taken;
		walk->open |= before(glob, taken);
		taken = walk->open & ~slash;
	}
	walk->taken |= taken;
}
