// SPDX-License-Identifier: GPL-2.0
/*
 * test_selector.c - tests of ctl/selector.c: which hosts a policy is for
 */
#include "helper.h"
#include "selector.h"

#include "kselftest_harness.h"

#define NAME "kubernetes.io/hostname"
#define ARMOR "kubearmor.io/hostname"
#define PATTERN "kubearmor.io/hostnamereg"

TEST(matches)
{
	static const struct {
		const char *key;
		const char *value;
		const char *host;
		bool matches;
	} cases[] = {
		{ NAME, "web1", "web1", true },
		{ NAME, "web1", "web11", false },
		{ NAME, "web11", "web1", false },
		{ NAME, "*", "web1", true },
		{ ARMOR, "db1,web1", "web1", true },
		{ ARMOR, "db1,web1", "db1", true },
		{ ARMOR, "db1,web1", "db1,web1", false },
		{ ARMOR, "db1,*", "web1", true },
		{ ARMOR, "web*", "web1", false },
		{ PATTERN, "^web[0-9]+$", "web12", true },
		{ PATTERN, "^web[0-9]+$", "xweb12", false },
		{ PATTERN, "web", "my-web-1", true },
		{ PATTERN, "a{2,3}", "caab", true },
		{ PATTERN, "^(db|web)\\.", "web.example", true },
		{ PATTERN, "^(db|web)\\.", "webxexample", false },
	};
	struct label label;
	struct policy p = { .labels = &label, .nr_labels = 1 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		label = (struct label){ .key = (char *)cases[i].key,
					.value = (char *)cases[i].value };
		EXPECT_EQ(NULL, selector_check(label.key, label.value));
		EXPECT_EQ(cases[i].matches,
			  selector_matches(&p, cases[i].host)) {
			TH_LOG("case %zu", i);
		}
	}
}

TEST(all_labels_must_match)
{
	struct label labels[] = {
		{ .key = NAME, .value = "web1" },
		{ .key = PATTERN, .value = "^db" },
	};
	struct policy p = { .labels = labels, .nr_labels = 2 };

	EXPECT_FALSE(selector_matches(&p, "web1"));
	labels[1].value = "^web";
	EXPECT_TRUE(selector_matches(&p, "web1"));
}

TEST_HARNESS_MAIN
