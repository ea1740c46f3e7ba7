// SPDX-License-Identifier: GPL-2.0
/*
 * test_limits.c - tests of ctl/schema*.c and node.c: large and hostile files
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "helper.h"
#include "skip.h"

#include "kselftest_harness.h"

#define RULES                                        \
	"apiVersion: security.kubearmor.com/v1\n"    \
	"kind: KubeArmorHostPolicy\n"                \
	"metadata:\n"                                \
	"  name: p\n"                                \
	"spec:\n"                                    \
	"  nodeSelector:\n"                          \
	"    matchLabels:\n"                         \
	"      kubernetes.io/hostname: '*'\n"        \
	"  file:\n"                                  \
	"    matchDirectories:\n"

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void repeat(struct buf *to, const char *what, size_t len)
{
	size_t n = strlen(what);

	while (to->len < len)
		buf_add(to, what, n);
}

/* Ten megabytes of one thing are refused in bounded time and memory. */
FIXTURE(flood) {
	struct buf data;
};

FIXTURE_VARIANT(flood) {
	const char *head;
	const char *unit;
};

FIXTURE_VARIANT_ADD(flood, lists) { "", "[" };
FIXTURE_VARIANT_ADD(flood, maps) { "", "{a: " };
FIXTURE_VARIANT_ADD(flood, items) { "", "- " };
FIXTURE_VARIANT_ADD(flood, keys) { "", "? " };
FIXTURE_VARIANT_ADD(flood, entries) { "a:\n", "- b\n" };
FIXTURE_VARIANT_ADD(flood, flow_entries) { "[", "a," };
FIXTURE_VARIANT_ADD(flood, quotes) { "", "\"" };
FIXTURE_VARIANT_ADD(flood, long_scalar) { "a: '", "x" };
FIXTURE_VARIANT_ADD(flood, anchors) { "", "&a " };
FIXTURE_VARIANT_ADD(flood, documents) { "", "---\n" };
FIXTURE_VARIANT_ADD(flood, bad_documents) { "", "---\n- a\n" };
FIXTURE_VARIANT_ADD(flood, comments) { "", "# comment\n" };
FIXTURE_VARIANT_ADD(flood, aliases) { "", "a: &x [*x, *x]\n" };
FIXTURE_VARIANT_ADD(flood, tags) { "", "!!str " };
FIXTURE_VARIANT_ADD(flood, same_keys) { "", "a: b\n" };

/* FLOOD_KIB makes the megabytes less, for valgrind. */
FIXTURE_SETUP(flood)
{
	const char *kib = getenv("FLOOD_KIB");

	self->data = (struct buf){ 0 };
	buf_adds(&self->data, variant->head);
	repeat(&self->data, variant->unit, (kib ? atol(kib) : 10240) << 10);
}

FIXTURE_TEARDOWN(flood)
{
	buf_free(&self->data);
}

/* Three seconds at most; the rest is for sanitizers. */
TEST_F_TIMEOUT(flood, is_refused, 120)
{
	struct parsed p;

	parse_bytes(&p, self->data.data, self->data.len);
	EXPECT_NE(0, p.diags.errors);
	parsed_free(&p);
}

TEST(depth_is_bounded)
{
	struct parsed p;

	parse_text(&p, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[");
	ASSERT_EQ(1, p.diags.nr);
	EXPECT_NE(NULL, strstr(p.diags.v[0].text, "nested deeper than 32"));
	EXPECT_EQ(33, p.diags.v[0].at.column);
	parsed_free(&p);
}

/* libyaml alone takes minutes, as it compares each with all before it. */
TEST(tag_directives)
{
	struct buf data = { 0 };
	struct parsed p;
	int i;

	for (i = 0; i < 100000; i++)
		buf_addf(&data, "%%TAG !%d! b\n", i);
	buf_adds(&data, "---\n");
	parse_bytes(&p, data.data, data.len);
	ASSERT_EQ(1, p.diags.nr);
	EXPECT_EQ(1, p.diags.v[0].at.line);
	EXPECT_NE(NULL, strstr(p.diags.v[0].text, "tags are not supported"));
	parsed_free(&p);
	buf_free(&data);
}

TEST(many_rules)
{
	struct buf data = { 0 };
	struct parsed p;
	double start;
	int i;

	buf_adds(&data, RULES);
	for (i = 0; i < 10000; i++)
		buf_addf(&data, "    - dir: /d/%d/\n      readOnly: true\n"
			 "      recursive: true\n", i);
	start = seconds();
	parse_bytes(&p, data.data, data.len);
	/* A fifth of this without a sanitizer or valgrind. */
	EXPECT_GT(20, seconds() - start);
	EXPECT_EQ(0, p.diags.nr);
	EXPECT_EQ(10000, p.set.v[0].nr_rules);
	parsed_free(&p);
	buf_free(&data);
}

TEST(too_many_rules)
{
	struct buf data = { 0 };
	struct parsed p;
	int i;

	buf_adds(&data, RULES);
	for (i = 0; i <= FIM_RULES_MAX; i++)
		buf_adds(&data, "    - {dir: /d/, readOnly: true}\n");
	parse_bytes(&p, data.data, data.len);
	ASSERT_EQ(1, p.diags.nr);
	EXPECT_NE(NULL, strstr(p.diags.v[0].text, "more than 65536 rules"));
	parsed_free(&p);
	buf_free(&data);
}

TEST(lengths)
{
	struct buf data = { 0 };
	struct parsed p;

	buf_adds(&data, RULES "    - dir: /");
	repeat(&data, "a/", data.len + FIM_PATH_MAX - 1);
	buf_adds(&data, "\n      readOnly: true\n");
	parse_bytes(&p, data.data, data.len);
	EXPECT_EQ(0, p.diags.nr);
	parsed_free(&p);

	buf_clear(&data);
	buf_adds(&data, RULES "    - dir: /");
	repeat(&data, "a/", data.len + FIM_PATH_MAX + 1);
	buf_adds(&data, "\n      readOnly: true\n");
	parse_bytes(&p, data.data, data.len);
	ASSERT_EQ(1, p.diags.nr);
	EXPECT_NE(NULL, strstr(p.diags.v[0].text, "longer than 4095 bytes"));
	parsed_free(&p);
	buf_free(&data);
}

/* A file is known to be broken though none of its messages was kept. */
TEST(skipped_files)
{
	static const char many[] = "many", one[] = "o\033ne", warned[] = "warned";
	struct mark at = { .file = many };
	struct diags diags = { 0 };
	struct skipped skipped = { 0 };
	int i;

	for (i = 0; i < DIAG_MAX + 5; i++) {
		at.line = i + 1;
		at.column = 2;
		diag_error(&diags, &at, "error %d", i);
	}
	at.file = warned;
	diag_warning(&diags, &at, "unwise");
	at.file = one;
	diag_error(&diags, &at, "wrong");
	at.file = many;
	diag_error(&diags, &at, "given twice");
	EXPECT_TRUE(diag_is_bad(&diags, many));
	EXPECT_TRUE(diag_is_bad(&diags, one));
	EXPECT_FALSE(diag_is_bad(&diags, warned));
	skip_note_bad(&skipped, &diags);
	ASSERT_EQ(2, skipped.nr);
	EXPECT_STREQ("many:1:2: error 0; the file is skipped", skipped.lines[0]);
	EXPECT_STREQ("o\\x1bne is skipped", skipped.lines[1]);
	skip_free(&skipped);
	diag_free(&diags);
}

TEST_HARNESS_MAIN
