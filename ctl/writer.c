// SPDX-License-Identifier: GPL-2.0
/*
 * writer.c - files that were open for writing when a rule came
 *
 * The kernel finds them and says how often they are open, not who has them: a
 * descriptor belongs to no process. So procfs is searched for them here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "alert.h"
#include "attr.h"
#include "holder.h"
#include "mem.h"
#include "term.h"
#include "writer.h"

/** @DEV_MINOR_BITS: of FIM_EVENT_A_DEV */
#define DEV_MINOR_BITS 20
/** @TOLD_MAX: holders are named so often, then counted */
#define TOLD_MAX 200

/**
 * struct writers - files that were found
 * @v: the files
 * @nr: how many
 * @cap: room in @v
 * @first: number of the first record that there was, 0 if none
 */
struct writers {
	struct held *v;
	size_t nr;
	size_t cap;
	uint64_t first;
};

static int take_record(uint8_t cmd, struct nlattr **top, void *arg)
{
	struct nlattr *tb[FIM_EVENT_A_MAX + 1];
	struct writers *w = arg;
	struct held *file;
	uint64_t dev;

	(void)cmd;
	if (alert_parse(top[FIM_A_EVENT], tb))
		return -EBADMSG;
	if (!w->first)
		w->first = attr_number(tb[FIM_EVENT_A_SEQ]);
	if (attr_number(tb[FIM_EVENT_A_TYPE]) != FIM_EVENT_WRITER)
		return 0;
	dev = attr_number(tb[FIM_EVENT_A_DEV]);
	mem_grow(w->v, w->nr, w->cap);
	file = &w->v[w->nr++];
	*file = (struct held){
		.path = tb[FIM_EVENT_A_PATH] ?
			attr_string(tb[FIM_EVENT_A_PATH]) : mem_string("?"),
		.dev = makedev(dev >> DEV_MINOR_BITS,
			       dev & ((1U << DEV_MINOR_BITS) - 1)),
		.ino = attr_number(tb[FIM_EVENT_A_INO]),
		.count = attr_number(tb[FIM_EVENT_A_COUNT]),
		.mapped = attr_number(tb[FIM_EVENT_A_FLAGS]) & FIM_EVENT_MAPPED,
	};
	held_stat(file);
	return 0;
}

/*
 * What no process has. Descriptors may share what the kernel counts, so only
 * too few of them tell something; mappings tell nothing about how many.
 */
static void report_rest(const struct held *file, const struct holders *found,
			size_t index)
{
	uint64_t fds = 0, others = 0, mappings = 0;
	const struct holder *h;

	for (h = found->v; h < found->v + found->nr; h++) {
		if (h->file != index)
			continue;
		fds += h->kind == HOLDER_FD;
		mappings += h->kind == HOLDER_MAPPING;
		others += h->kind != HOLDER_FD;
	}
	if (!fds && !others)
		term_warning("%s was open for writing, but no process has it open now: closed since, in flight in a socket, or registered with io_uring",
			     file->path);
	else if (!mappings && fds + others < file->count)
		term_warning("%s is open for writing %llu times, but only %llu were found: others may be in flight in a socket or registered with io_uring",
			     file->path, (unsigned long long)file->count,
			     (unsigned long long)(fds + others));
	if (file->mapped && !mappings)
		term_warning("%s is mapped shared and writable, by whom was not found: this can't be taken back",
			     file->path);
}

/* A descriptor that we got from who started us is about to go. */
static void leave_out_own(struct holders *found)
{
	bool inherited;
	size_t i, j, nr = 0;

	for (i = 0; i < found->nr; i++) {
		inherited = false;
		for (j = 0; j < found->nr && found->v[i].pid == getpid(); j++)
			inherited |= found->v[j].file == found->v[i].file &&
				     found->v[j].pid != getpid();
		if (inherited)
			free(found->v[i].name);
		else
			found->v[nr++] = found->v[i];
	}
	found->nr = nr;
}

static void report(const struct writers *w)
{
	struct holders found = { 0 };
	size_t i;

	holders_find(&found, w->v, w->nr);
	leave_out_own(&found);
	for (i = 0; i < found.nr && i < TOLD_MAX; i++)
		holder_print(&found.v[i], &w->v[found.v[i].file]);
	if (found.nr > TOLD_MAX)
		term_warning("%zu more have files open for writing",
			     found.nr - TOLD_MAX);
	for (i = 0; i < w->nr && i < TOLD_MAX; i++)
		report_rest(&w->v[i], &found, i);
	if (w->nr > TOLD_MAX)
		term_warning("%zu files in all were open for writing; see fimctl watch",
			     w->nr);
	holders_free(&found);
}

/**
 * writers_report() - say who has files open that are protected since
 * @l: the connection
 * @since: number of the first record to look at
 *
 * Return: 0 or -errno.
 */
int writers_report(struct link *l, uint64_t since)
{
	struct nl_msg *msg = link_message(l->family, FIM_CMD_EVENT_GET, true);
	struct writers w = { 0 };
	size_t i;
	int err;

	if (nla_put_u64(msg, FIM_A_SINCE, since))
		mem_dup(NULL, SIZE_MAX);
	err = link_request(l, msg, take_record, &w);
	if (!err && w.first > since)
		term_warning("records were lost, so that more files may have been open for writing");
	report(&w);
	for (i = 0; i < w.nr; i++)
		free(w.v[i].path);
	free(w.v);
	return err;
}
