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

#define FAULTS "/sys/kernel/debug/"
#define ROUNDS 3

static const struct fim_cases *const tables[] = {
	&fim_name_cases, &fim_attr_cases, &fim_open_cases,
};

static const char *set_all(const char *const set[][2], size_t count)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc" };
	size_t i, k;

	for (k = 0; k < ARRAY_SIZE(kinds); k++)
		for (i = 0; i < count; i++)
			if (fim_write_file(fim_fmt(FAULTS "%s/%s", kinds[k],
						   set[i][0]), set[i][1]))
				return "this kernel does not inject faults";
	return NULL;
}

/* From now on those fail that make_it_fail() has named. */
static const char *begin_faults(void)
{
	static const char *const set[][2] = {
		{ "task-filter", "Y" }, { "ignore-gfp-wait", "N" },
		{ "interval", "1" }, { "times", "-1" }, { "space", "0" },
		{ "verbose", "0" }, { "probability", "10" },
	};

	fim_write_file(FAULTS "fail_page_alloc/min-order", "0");
	return set_all(set, ARRAY_SIZE(set));
}

static void end_faults(void)
{
	static const char *const set[][2] = { { "probability", "0" } };

	set_all(set, ARRAY_SIZE(set));
}

static int make_it_fail(const char *pid)
{
	return fim_write_file(fim_fmt("/proc/%s/make-it-fail", pid), "1");
}

/* Return: how many there are. */
static int make_workers_fail(void)
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
		    !make_it_fail(entry->d_name))
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

	return make_it_fail("self") ?: press->c->run(press->at);
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

	NEEDS(self->missing ?: variant->action ? NULL : "without a policy");
	NEEDS(begin_faults());
	end_faults();
	ASSERT_EQ(0, make_cells(self, rw));
	tree = fim_snapshot(self->tree.prot);
	ASSERT_EQ(0, apply(&self->tree, variant->action));
	ASSERT_EQ(0, fim_own_mounts());
	ASSERT_EQ(0, fim_settle(&self->nl, &before));
	EXPECT_LT(0, make_workers_fail());

	ASSERT_EQ(NULL, begin_faults());
	/* What is let through changes the cells, and can be done once. */
	for (round = 0; round < (blocked ? ROUNDS : 1); round++)
		for (t = 0; t < ARRAY_SIZE(tables); t++)
			for (i = 0; i < tables[t]->count; i++)
				press_case(self, &tables[t]->cases[i],
					   rw[t][i], &sum);
	end_faults();

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
