// SPDX-License-Identifier: GPL-2.0
/*
 * test_keep.c - tests of ctl/implied_keep.c: what a new policy keeps of an old one
 */
#include <stdio.h>

#include "helper.h"
#include "implied.h"
#include "mem.h"

#include "kselftest_harness.h"

/** @BLOCK, @AUDIT: what rules do here */
#define BLOCK FIM_ACTION_BLOCK
#define AUDIT FIM_ACTION_AUDIT

static struct rule *add_text(struct policy *p, const char *dir,
			     uint8_t action, const char *source)
{
	struct rule *r = policy_add_rule(p);

	*r = (struct rule){ .type = FIM_RULE_DIRECTORY,
			    .flags = FIM_RULE_READONLY | FIM_RULE_RECURSIVE,
			    .path = mem_string(dir), .attrs.action = action };
	if (source)
		rule_add_source(r)->path = mem_string(source);
	return r;
}

/* "action:source " of each implied rule; all are about one path. */
static const char *kept(const struct policy *p)
{
	static char text[64];
	const struct rule *r;
	char *end = text;

	*end = '\0';
	for (r = p->rules; r < p->rules + p->nr_rules; r++)
		if (rule_is_implied(r))
			end += sprintf(end, "%u:%s ", r->attrs.action,
				       r->nr_sources ? r->sources[0].path : "");
	return text;
}

/*
 * Until the new search is over, a rule that follows has what the rule says that
 * it followed from, wherever that stands in the text.
 */
TEST(exceptions)
{
	struct policy old = { 0 }, new = { 0 };

	add_text(&old, "/a/b/c/", BLOCK, NULL)->flags |= FIM_RULE_IMPLIED;
	add_text(&old, "/a/b/c/", FIM_ACTION_ALLOW, "/x")->flags |=
		FIM_RULE_IMPLIED;

	add_text(&new, "/a/b/", FIM_ACTION_ALLOW, "/x");
	add_text(&new, "/a/", FIM_ACTION_ALLOW, "/y");
	add_text(&new, "/a/", AUDIT, NULL);
	add_text(&new, "/a/", BLOCK, NULL);
	EXPECT_TRUE(implied_keep(&new, &old));
	EXPECT_STREQ("3: 1:/x ", kept(&new));
	policy_free(&new);

	/* Without that one, the strictest of those for all. */
	add_text(&new, "/a/b/", FIM_ACTION_ALLOW, "/y");
	add_text(&new, "/a/", AUDIT, NULL);
	EXPECT_TRUE(implied_keep(&new, &old));
	EXPECT_STREQ("2: 2: ", kept(&new));
	policy_free(&new);

	/* What allows reading is no Block of changes. */
	add_text(&new, "/a/b/", FIM_ACTION_ALLOW, NULL);
	add_text(&new, "/a/", BLOCK, NULL);
	policy_free(&old);
	add_text(&old, "/a/b/c/", BLOCK, NULL)->flags |= FIM_RULE_IMPLIED;
	EXPECT_TRUE(implied_keep(&new, &old));
	EXPECT_STREQ("3: ", kept(&new));
	policy_free(&new);

	/* Nor is one of them for all that is only for some now. */
	add_text(&new, "/a/", FIM_ACTION_ALLOW, "/x");
	EXPECT_TRUE(implied_keep(&new, &old));
	EXPECT_STREQ("1:/x ", kept(&new));
	policy_free(&new);

	/* The pattern that is as near does not take its place either. */
	add_text(&new, "/a/**", FIM_ACTION_ALLOW, NULL)->type = FIM_RULE_PATTERN;
	add_text(&new, "/a/", BLOCK, NULL)->flags &= ~FIM_RULE_READONLY;
	EXPECT_TRUE(implied_keep(&new, &old));
	EXPECT_STREQ("3: ", kept(&new));
	EXPECT_FALSE(new.rules[2].flags & FIM_RULE_READONLY);
	policy_free(&new);
	policy_free(&old);
}

TEST_HARNESS_MAIN
