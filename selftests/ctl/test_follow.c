// SPDX-License-Identifier: GPL-2.0
/*
 * test_follow.c - tests of ctl/follow.c: each record once, or said to be lost
 */
#include <errno.h>
#include <string.h>

#include "buf.h"
#include "follow.h"
#include "helper.h"
#include "record.h"

#include "kselftest_harness.h"

/* Set to refuse an alert, as a sink does that a signal interrupts. */
static bool fails;

static int note(const cJSON *alert, void *arg)
{
	cJSON *from = cJSON_GetObjectItem(alert, "LostFrom");
	cJSON *to = cJSON_GetObjectItem(alert, "LostTo");
	cJSON *seq = cJSON_GetObjectItem(alert, "Sequence");
	cJSON *lost = cJSON_GetObjectItem(alert, "Lost");

	if (fails)
		return -EINTR;
	if (from)
		buf_addf(arg, "lost %s-%s%s%s ", from->valuestring,
			 to->valuestring, lost ? " of " : "",
			 lost ? lost->valuestring : "");
	else
		buf_addf(arg, "%s ", seq->valuestring);
	return 0;
}

/* Each stands for two operations, as do all before. */
static void feed(struct follow *f, bool live, uint64_t seq)
{
	struct record r;

	record_begin(&r, seq, FIM_EVENT_VIOLATION);
	nla_put_u64(r.msg, FIM_EVENT_A_COUNT, 2);
	nla_put_u64(r.msg, FIM_EVENT_A_TOTAL, 2 * seq);
	record_parse(&r);
	if (live)
		follow_live(f, r.tb);
	else
		follow_stored(f, r.tb);
	record_free(&r);
}

FIXTURE(follow) {
	struct follow f;
	struct buf seen;
};

FIXTURE_SETUP(follow)
{
	self->seen = (struct buf){ 0 };
	buf_adds(&self->seen, "");
	self->f = (struct follow){ .place.next = 5, .sink = note,
				   .arg = &self->seen };
}

FIXTURE_TEARDOWN(follow)
{
	buf_free(&self->seen);
}

TEST_F(follow, in_order)
{
	feed(&self->f, true, 5);
	feed(&self->f, true, 6);
	EXPECT_STREQ("5 6 ", self->seen.data);
	EXPECT_FALSE(self->f.behind);
}

TEST_F(follow, twice)
{
	feed(&self->f, true, 4);
	feed(&self->f, true, 5);
	feed(&self->f, true, 5);
	feed(&self->f, false, 5);
	feed(&self->f, false, 6);
	EXPECT_STREQ("5 6 ", self->seen.data);
}

TEST_F(follow, gap_is_read_from_the_ring)
{
	feed(&self->f, true, 5);
	feed(&self->f, true, 8);
	feed(&self->f, true, 9);
	EXPECT_STREQ("5 ", self->seen.data);
	EXPECT_TRUE(self->f.behind);
	self->f.behind = false;
	feed(&self->f, false, 6);
	feed(&self->f, false, 7);
	feed(&self->f, false, 8);
	feed(&self->f, false, 9);
	feed(&self->f, true, 9);
	feed(&self->f, true, 10);
	EXPECT_STREQ("5 6 7 8 9 10 ", self->seen.data);
}

TEST_F(follow, what_the_ring_lost)
{
	feed(&self->f, false, 8);
	feed(&self->f, false, 11);
	EXPECT_STREQ("lost 5-7 8 lost 9-10 of 4 11 ", self->seen.data);
	EXPECT_EQ(22, self->f.place.total);
}

TEST_F(follow, what_the_ring_lost_since_a_place)
{
	self->f.place.counted = true;
	self->f.place.total = 8;
	feed(&self->f, false, 8);
	EXPECT_STREQ("lost 5-7 of 6 8 ", self->seen.data);
}

TEST_F(follow, what_was_not_shown_comes_next)
{
	fails = true;
	feed(&self->f, true, 5);
	fails = false;
	EXPECT_TRUE(self->f.stop);
	EXPECT_EQ(5, self->f.place.next);
	feed(&self->f, true, 6);
	EXPECT_EQ(5, self->f.place.next);
	EXPECT_STREQ("", self->seen.data);
}

TEST_HARNESS_MAIN
