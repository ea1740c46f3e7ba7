// SPDX-License-Identifier: GPL-2.0
/*
 * test_config.c - tests of ctl/config.c
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../uapi/fim.h"
#include "config.h"
#include "helper.h"

#include "kselftest_harness.h"

/* Return: what is printed about a file, to be freed. */
static char *parse(const char *text)
{
	struct parsed p = { 0 };
	char *out;

	config_parse("fim.conf", text, strlen(text), &p.diags);
	out = print_diags(&p);
	diag_free(&p.diags);
	return out;
}

TEST(settings)
{
	char *out;

	EXPECT_STREQ("default", config_get()->cluster_name);
	EXPECT_EQ(FIM_ACTION_UNSET, config_get()->file_posture);
	out = parse("# a comment\n\n  # another\ncluster-name = a = b \t\n"
		    "\tfile-posture=Block\r\nseal = yes\n");
	EXPECT_STREQ("", out);
	EXPECT_STREQ("a = b", config_get()->cluster_name);
	EXPECT_EQ(FIM_ACTION_BLOCK, config_get()->file_posture);
	EXPECT_TRUE(config_get()->seal);
	free(out);
}

TEST(errors)
{
	static const struct {
		const char *text;
		const char *out;
	} bad[] = {
		{ "x\n", "fim.conf:1:1: error: this is no 'key = value'\n" },
		{ "\n  = a\n", "fim.conf:2:3: error: unknown key ''\n" },
		{ "file-posure = audit\n", "fim.conf:1:1: error: unknown key "
		  "'file-posure'; did you mean 'file-posture'?\n" },
		{ "nothing = audit\n", "fim.conf:1:1: error: unknown key 'nothing'\n" },
		{ "file-posture = deny\n", "fim.conf:1:1: error: 'file-posture' "
		  "must be audit, block or allow, not 'deny'\n" },
		{ "seal = true\n", "fim.conf:1:1: error: 'seal' must be yes or no, "
		  "not 'true'\n" },
		{ "file-posture =\n", "fim.conf:1:1: error: 'file-posture' has no value\n" },
		{ "cluster-name = a\ncluster-name = b\n", "fim.conf:2:1: error: "
		  "key 'cluster-name' is given twice, first in line 1\n" },
		{ "a = \xff\n", "fim.conf: error: this is no UTF-8 text\n" },
		/* all of them in one run */
		{ "x\ny = 1\n", "fim.conf:1:1: error: this is no 'key = value'\n"
		  "fim.conf:2:1: error: unknown key 'y'\n" },
	};
	char *out;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(bad); i++) {
		out = parse(bad[i].text);
		EXPECT_STREQ(bad[i].out, out);
		free(out);
	}
}

/* What is not "no" is not taken for it. */
TEST(seal)
{
	static const struct {
		const char *text;
		bool seal;
	} cases[] = {
		{ "# seal = yes\n", false },
		{ "seal = yes\n", true },
		{ "seal = no\n", false },
		{ "seal = true\n", true },
		{ "seal = Yes\n", true },
		{ "seal = yes  # policy 7\n", true },
		{ "seal = no # for now\n", true },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		free(parse(cases[i].text));
		EXPECT_EQ(cases[i].seal, config_get()->seal) {
			TH_LOG("%s", cases[i].text);
		}
	}
}

TEST(no_file)
{
	config_load("/nonexistent/fim.conf");
	EXPECT_FALSE(config_get()->broken);
	config_load("/proc/self/environ/x");
	EXPECT_FALSE(config_get()->broken);
	EXPECT_FALSE(config_get()->unread);
	/* A directory is no file. */
	config_load("/proc/self");
	EXPECT_TRUE(config_get()->broken);
}

/* There is something by that name, so somebody wanted settings. */
TEST(link_to_nothing)
{
	char path[] = "/tmp/fimctl.XXXXXX";

	ASSERT_LE(0, mkstemp(path));
	ASSERT_EQ(0, unlink(path));
	ASSERT_EQ(0, symlink("/nonexistent/fim.conf", path));
	config_load(path);
	EXPECT_TRUE(config_get()->broken);
	unlink(path);
}

/* Who may not read it does not know that there is nothing in it. */
TEST(unreadable)
{
	char path[] = "/tmp/fimctl.XXXXXX";

	ASSERT_LE(0, mkstemp(path));
	ASSERT_EQ(0, chmod(path, 0));
	if (!getuid())
		ASSERT_EQ(0, seteuid(65534));
	config_load(path);
	EXPECT_TRUE(config_get()->unread);
	EXPECT_FALSE(config_get()->broken);
	if (!getuid())
		ASSERT_EQ(0, seteuid(0));
	unlink(path);
}

TEST_HARNESS_MAIN
