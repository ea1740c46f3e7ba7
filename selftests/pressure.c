// SPDX-License-Identifier: GPL-2.0
/*
 * pressure.c - every operation of the tables while allocations fail at random
 *
 * On a kernel with fault injection ("make check-debug"). What tries an operation
 * has one allocation in ten fail, and so have the kernel's workers; what judges
 * it has none.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdlib.h>

#include "ops.h"
#include "press.h"

#define ROUNDS 3

static const struct fim_cases *const tables[] = {
	&fim_name_cases, &fim_attr_cases, &fim_open_cases,
};

/* Return: how many there are. */
static int press_workers(const char *fail)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char comm[32];
	int count = 0;
	FILE *file;

	while (proc && (entry = readdir(proc))) {
		file = fopen(fim_fmt("/proc/%s/comm", entry->d_name), "re");
		if (!file)
			continue;
		if (fgets(comm, sizeof(comm), file) &&
		    !strncmp(comm, "kworker/", 8) &&
		    !press_task(entry->d_name, fail))
			count++;
		fclose(file);
	}
	closedir(proc);
	return count;
}

struct press {
	const struct fim_case *c;
	const struct fim_place *at;
};

static int press(const void *arg)
{
	const struct press *press = arg;

	return press_self() ?: press->c->run(press->at);
}

/* How often an operation was done, was refused, and was without memory */
struct sum {
	unsigned int done, refused, without;
};

static void press_case(FIXTURE_DATA(ops) *self, const struct fim_case *c,
		       int rw, struct sum *sum)
{
	struct fim_place at = {
		.fd = AT_FDCWD,
		.dir = fim_fmt("%s/%s/", self->tree.prot, c->name),
		.peer = fim_fmt("%s/%s/", self->tree.open, c->name),
		.rw = rw,
	};
	struct press arg = { c, &at };
	int err = fim_run(0, press, &arg, NULL);

	if (!err)
		sum->done++;
	else if (err == EACCES)
		sum->refused++;
	else if (err == ENOMEM)
		sum->without++;
}

static int make_cells(FIXTURE_DATA(ops) *self, int rw[][64])
{
	const struct fim_case *c;
	size_t t, i;
	int err = 0;

	for (t = 0; !err && t < ARRAY_SIZE(tables); t++)
		for (i = 0; !err && i < tables[t]->count; i++)
			err = fim_cells_make(&self->tree, &tables[t]->cases[i],
					     false, 0);
	err = err ?: fim_tree_mount(&self->tree);
	for (t = 0; !err && t < ARRAY_SIZE(tables); t++)
		for (i = 0; !err && i < tables[t]->count; i++) {
			c = &tables[t]->cases[i];
			if (c->flags & FIM_CASE_COPIES_UP)
				err = copy_up(&self->tree, c);
			rw[t][i] = c->flags & FIM_CASE_RW ?
				open(fim_fmt("%s/%s/f", self->tree.prot,
					     c->name), O_RDWR | O_CLOEXEC) : -1;
		}
	return err;
}

/*
 * Nothing is let through that would be refused with memory, and each operation
 * that is refused or audited is accounted for, with a record or as a lost one.
 */
TEST_F_TIMEOUT(ops, J24_allocations_fail_at_random, 1500)
{
	bool blocked = variant->action && !strcmp(variant->action, "Block");
	struct fim_status before, st;
	int rw[ARRAY_SIZE(tables)][64];
	struct sum sum = {};
	char *tree, *after;
	size_t t, i;
	int round;

	NEEDS(self->missing ?: variant->action ? press_missing() :
	      "without a policy");
	ASSERT_EQ(0, make_cells(self, rw));
	tree = fim_snapshot(self->tree.prot);
	ASSERT_EQ(0, apply(&self->tree, variant->action));
	ASSERT_EQ(0, fim_own_mounts());
	ASSERT_EQ(0, fim_settle(&self->nl, &before));
	EXPECT_LT(0, press_workers("1"));

	press_begin();
	/* What is let through changes the cells, and can be done once. */
	for (round = 0; round < (blocked ? ROUNDS : 1); round++)
		for (t = 0; t < ARRAY_SIZE(tables); t++)
			for (i = 0; i < tables[t]->count; i++)
				press_case(self, &tables[t]->cases[i],
					   rw[t][i], &sum);
	press_end();
	EXPECT_LT(0, press_workers("0"));

	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	fprintf(stderr, "# %u done, %u refused, %u without memory\n", sum.done,
		sum.refused, sum.without);
	fprintf(stderr, "# account: %llu refused, %llu audited, %llu lost\n",
		st.refused - before.refused, st.audited - before.audited,
		st.lost - before.lost);
	EXPECT_TRUE(adds_up(&st));
	/* Allocations do fail, for operations and for records. */
	EXPECT_LT(0, sum.without);
	EXPECT_LT(before.lost, st.lost);
	if (blocked) {
		EXPECT_EQ(0, sum.done);
		EXPECT_LT(0, sum.refused);
		EXPECT_LE(before.refused + sum.refused, st.refused);
		after = fim_snapshot(self->tree.prot);
		EXPECT_STREQ("", fim_changes(tree, after));
		free(after);
	} else {
		EXPECT_EQ(0, sum.refused);
		EXPECT_LT(0, sum.done);
		EXPECT_LE(before.audited + sum.done, st.audited);
	}
	free(tree);
	for (t = 0; t < ARRAY_SIZE(tables); t++)
		for (i = 0; i < tables[t]->count; i++)
			if (rw[t][i] >= 0)
				close(rw[t][i]);
}

TEST_HARNESS_MAIN
