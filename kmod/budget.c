// SPDX-License-Identifier: GPL-2.0
/*
 * How many records a source may have made: so many at once, so many a second.
 * What is above is not lost, but counted together, see coalesce.c.
 *
 * A source is a cgroup and a user in it. There are so many of them that are
 * known; one that comes when none of these has been idle for long enough to be
 * forgotten shares a budget with all that do, so that who can make himself a
 * new source at will does not get a new budget each time.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "budget.h"

static unsigned int burst = 4096;
module_param(burst, uint, 0444);
MODULE_PARM_DESC(burst, "records that a source may have made at once");

static unsigned int rate = 16;
module_param(rate, uint, 0444);
MODULE_PARM_DESC(rate, "records that a source may have made a second after that");

/**
 * struct bucket - a source's budget; under fim_budget_lock
 * @source: whose
 * @at: when it was last looked at, in jiffies
 * @left: what was left then, in records times HZ
 */
struct bucket {
	struct fim_source source;
	unsigned long at;
	u64 left;
};

#define SOURCES_MAX	256

static DEFINE_SPINLOCK(fim_budget_lock);
/* All of these are under it. */
static struct bucket fim_buckets[SOURCES_MAX];
static unsigned int fim_nr_buckets;
static struct bucket fim_shared;

/**
 * fim_source_read() - whose the current task's violations are
 * @source: where to put it
 *
 * Context: any; takes no lock and does not sleep.
 */
void fim_source_read(struct fim_source *source)
{
	source->uid = from_kuid(&init_user_ns,
				current_real_cred()->uid);
	source->cgroup = 0;
	source->pad = 0;
#ifdef CONFIG_CGROUPS
	rcu_read_lock();
	source->cgroup = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
#endif
}

static u64 all_of_it(void)
{
	return (u64)burst * HZ;
}

static void refill(struct bucket *bucket)
{
	unsigned long now = jiffies;

	bucket->left = min(all_of_it(),
			   bucket->left + (u64)(now - bucket->at) * rate);
	bucket->at = now;
}

static struct bucket *find_bucket(const struct fim_source *source)
{
	struct bucket *bucket, *idle = NULL;
	unsigned int i;

	lockdep_assert_held(&fim_budget_lock);

	for (i = 0; i < fim_nr_buckets; i++) {
		bucket = &fim_buckets[i];
		if (!memcmp(&bucket->source, source, sizeof(*source)))
			return bucket;
		if (!idle) {
			refill(bucket);
			if (bucket->left == all_of_it())
				idle = bucket;
		}
	}
	if (fim_nr_buckets < SOURCES_MAX)
		idle = &fim_buckets[fim_nr_buckets++];
	if (!idle)
		return &fim_shared;
	idle->source = *source;
	idle->at = jiffies;
	idle->left = all_of_it();
	return idle;
}

/**
 * fim_budget_spend() - take a record off a source's budget
 * @source: whose
 *
 * Context: process.
 * Return: whether there was one left.
 */
bool fim_budget_spend(const struct fim_source *source)
{
	struct bucket *bucket;
	bool left;

	spin_lock(&fim_budget_lock);
	bucket = find_bucket(source);
	refill(bucket);
	left = bucket->left >= HZ;
	if (left)
		bucket->left -= HZ;
	spin_unlock(&fim_budget_lock);
	return left;
}

/**
 * fim_budget_init() - get ready
 *
 * Return: 0, or -EINVAL for a parameter out of range.
 */
int fim_budget_init(void)
{
	if (!burst || burst > 1 << 20 || !rate || rate > 1 << 20)
		return -EINVAL;
	fim_shared.left = all_of_it();
	fim_shared.at = jiffies;
	return 0;
}
