// SPDX-License-Identifier: GPL-2.0
/*
 * test_text.c - tests of ctl/text.c: UTF-8 and what a terminal may be shown; and
 * of ctl/seconds.c
 */
#include <string.h>

#include "helper.h"
#include "seconds.h"
#include "text.h"

#include "kselftest_harness.h"

static const struct {
	const char *bytes;
	size_t len;
	const char *escaped;
	const char *replaced;
} cases[] = {
	{ "plain", 5, "plain", "plain" },
	{ "", 0, "", "" },
	{ "a\nb\tc\rd", 7, "a\\nb\\tc\\rd", "a\nb\tc\rd" },
	{ "back\\slash", 10, "back\\\\slash", "back\\slash" },
	{ "\033[31m", 5, "\\x1b[31m", "\033[31m" },
	{ "\x7f", 1, "\\x7f", "\x7f" },
	{ "\0", 1, "\\x00", "\xef\xbf\xbd" },
	{ "\xc2\x9b", 2, "\\u009b", "\xc2\x9b" },
	{ "\xe2\x80\xae", 3, "\\u202e", "\xe2\x80\xae" },
	{ "\xf3\xa0\x81\x81", 4, "\\U000e0041", "\xf3\xa0\x81\x81" },
	{ "\xc3\xa4\xf0\x9f\x98\x80", 6, "\xc3\xa4\xf0\x9f\x98\x80",
	  "\xc3\xa4\xf0\x9f\x98\x80" },
	{ "\xff", 1, "\\xff", "\xef\xbf\xbd" },
	/* overlong, surrogate, above the last plane, cut */
	{ "\xc0\xaf", 2, "\\xc0\\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xed\xa0\x80", 3, "\\xed\\xa0\\x80",
	  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80",
	  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "a\xe2\x82", 3, "a\\xe2\\x82", "a\xef\xbf\xbd\xef\xbf\xbd" },
};

TEST(escape)
{
	struct buf out = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		buf_clear(&out);
		buf_adds(&out, "");
		text_escape(&out, cases[i].bytes, cases[i].len);
		EXPECT_STREQ(cases[i].escaped, out.data);
	}
	buf_free(&out);
}

TEST(replace)
{
	struct buf out = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		buf_clear(&out);
		buf_adds(&out, "");
		text_replace(&out, cases[i].bytes, cases[i].len);
		EXPECT_STREQ(cases[i].replaced, out.data);
		EXPECT_TRUE(text_valid(out.data, out.len));
	}
	buf_free(&out);
}

/* Whatever two bytes there are, no control character comes out. */
TEST(escape_of_all_pairs)
{
	struct buf out = { 0 };
	unsigned char pair[2];
	uint32_t code;
	size_t at, n;
	int i, bad = 0;

	for (i = 0; i < 0x10000; i++) {
		pair[0] = i >> 8;
		pair[1] = i;
		buf_clear(&out);
		text_escape(&out, pair, 2);
		for (at = 0; at < out.len; at += n) {
			n = text_decode(out.data + at, out.len - at, &code);
			if (!n || text_unsafe(code)) {
				bad++;
				break;
			}
		}
	}
	EXPECT_EQ(0, bad);
	buf_free(&out);
}

TEST(json_escape)
{
	struct buf out = { 0 };

	text_json_escape(&out,
			 "{\"a\":\"\x7f\xc2\x85\xe2\x80\xae\xf3\xa0\x81\x81\xc3\xa4\"}");
	EXPECT_STREQ("{\"a\":\"\\u007f\\u0085\\u202e\\udb40\\udc41\xc3\xa4\"}",
		     out.data);
	buf_free(&out);
}

TEST(seconds)
{
	static const struct {
		const char *text;
		uint32_t seconds;
	} times[] = {
		{ "1", 1 }, { "90s", 90 }, { "15m", 900 }, { "2h", 7200 },
		{ "4294967295", 4294967295 }, { "4294967296", 0 },
		{ "71582789m", 0 }, { "", 0 }, { "0", 0 }, { "m", 0 },
		{ "-1", 0 }, { " 5", 0 }, { "5 m", 0 }, { "5ms", 0 },
		{ "5d", 0 }, { "99999999999999999999", 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(times); i++)
		EXPECT_EQ(times[i].seconds, seconds_parse(times[i].text));
}

TEST_HARNESS_MAIN
