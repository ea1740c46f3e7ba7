// SPDX-License-Identifier: GPL-2.0
/*
 * test_selector.c - tests of ctl/selector.c and hostname.c: which hosts a policy is
 * for, and what this one is called
 */
#include <stdlib.h>
#include <unistd.h>

#include "helper.h"
#include "hostname.h"
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

/* Of a host without a name nothing is known but what holds for all. */
TEST(takes_name)
{
	static const struct {
		const char *key;
		const char *value;
		bool takes;
	} cases[] = {
		{ NAME, "*", false },
		{ ARMOR, "*", false },
		{ ARMOR, "web1,*", false },
		{ PATTERN, ".*", false },
		{ NAME, "web1", true },
		{ NAME, "(none)", true },
		{ ARMOR, "web1,db1", true },
		{ PATTERN, "^web", true },
	};
	struct label labels[2] = { { .key = (char *)NAME, .value = (char *)"*" } };
	struct policy p = { .kind = FIM_KIND_HOST, .labels = labels };
	size_t i;

	EXPECT_FALSE(selector_takes_name(&p));
	p.nr_labels = 2;
	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		labels[1] = (struct label){ .key = (char *)cases[i].key,
					    .value = (char *)cases[i].value };
		EXPECT_EQ(cases[i].takes, selector_takes_name(&p)) {
			TH_LOG("case %zu", i);
		}
	}
	p.kind = FIM_KIND_CONTAINER;
	EXPECT_FALSE(selector_takes_name(&p));
}

TEST(host_name)
{
	static const struct {
		const char *kernel;
		const char *file;
		const char *name;
		bool known;
	} cases[] = {
		{ "web1", "db1\n", "web1", true },
		{ "web1", NULL, "web1", true },
		{ "(none)", "db1\n", "db1", true },
		{ "(none)", "db1", "db1", true },
		{ "localhost", "# db2\n\n \tdb1 db2\n", "db1", true },
		{ "", "db1\n", "db1", true },
		{ "localhost", "localhost\n", "localhost", true },
		{ "(none)", NULL, "(none)", false },
		{ "(none)", "", "(none)", false },
		{ "(none)", "# db1", "(none)", false },
		{ "localhost", " \t", "localhost", false },
		{ "", NULL, "", false },
	};
	char file[] = "/tmp/fim-test.XXXXXX";
	struct buf name = { 0 };
	const char *path;
	bool known;
	size_t i;
	FILE *f;

	close(mkstemp(file));
	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		f = fopen(file, "w");
		ASSERT_NE(NULL, f);
		fputs(cases[i].file ?: "", f);
		fclose(f);
		path = cases[i].file ? file : "/nonexistent";
		known = hostname_find(cases[i].kernel, path, &name);
		EXPECT_EQ(cases[i].known, known) {
			TH_LOG("case %zu", i);
		}
		EXPECT_STREQ(cases[i].name, name.data);
	}
	unlink(file);
	buf_free(&name);
}

TEST_HARNESS_MAIN
