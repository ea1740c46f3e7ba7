// SPDX-License-Identifier: GPL-2.0
/*
 * test_node.c - tests of ctl/node.c: which scalars are strings to everyone
 */
#include <string.h>

#include "helper.h"
#include "node.h"

#include "kselftest_harness.h"

TEST(strings)
{
	static const char *const no[] = {
		"", "~", "null", "Null", "true", "FALSE", "yes", "No", "on",
		"OFF", "0", "1", "-1", "+1", "007", "1_000", "0x1f", "0o7",
		"0b1", "1.5", ".5", "1.", "1e3", "1.5E-7", ".inf", "-.INF",
		".NaN", "12345678901234567890",
	};
	static const char *const yes[] = {
		"a", "y", "n", "nulls", "1a", "1.2.3", "-", "+", ".", "..",
		"1e", "e5", "/", "0xg", "1-2", "--1", "2001-01-01", "a b",
	};
	struct node n = { .type = NODE_SCALAR, .plain = true };
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(no); i++) {
		n.value = no[i];
		n.len = strlen(no[i]);
		n.plain = true;
		EXPECT_FALSE(node_is_string(&n)) {
			TH_LOG("'%s'", no[i]);
		}
		n.plain = false;
		EXPECT_TRUE(node_is_string(&n));
	}
	for (i = 0; i < ARRAY_SIZE_OF(yes); i++) {
		n.value = yes[i];
		n.len = strlen(yes[i]);
		n.plain = true;
		EXPECT_TRUE(node_is_string(&n)) {
			TH_LOG("'%s'", yes[i]);
		}
	}
}

static void visit(const struct node *root, void *arg)
{
	const struct node *key = root->child;
	int *nr = arg;

	++*nr;
	if (root->type != NODE_MAP)
		return;
	/* "b" is in line 2 of its document's file, behind two characters */
	if (node_is(key, "\xc3\xa4") && key->next->at.column == 4)
		*nr += 100;
}

TEST(documents_and_places)
{
	static const char text[] = "\xc3\xa4: b\n---\n[c]\n---\n";
	struct diags diags = { 0 };
	int nr = 0;

	node_parse("t", text, strlen(text), &diags, visit, &nr);
	EXPECT_EQ(0, diags.nr);
	EXPECT_EQ(103, nr);
	diag_free(&diags);
}

TEST_HARNESS_MAIN
