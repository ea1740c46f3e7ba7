// SPDX-License-Identifier: GPL-2.0
/*
 * test_schema.c - tests of ctl/schema.c: each error of a policy, with its place
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "helper.h"

#include "kselftest_harness.h"

#define HEAD                                         \
	"apiVersion: security.kubearmor.com/v1\n"    \
	"kind: KubeArmorHostPolicy\n"                \
	"metadata:\n"                                \
	"  name: p\n"
#define SELECT                                       \
	"  nodeSelector:\n"                          \
	"    matchLabels:\n"                         \
	"      kubernetes.io/hostname: '*'\n"
/* spec begins in line 5, rules in line 11 */
#define SPEC HEAD "spec:\n" SELECT
#define RULES SPEC "  file:\n" "    matchDirectories:\n"
#define RULE RULES "    - dir: /etc/\n" "      readOnly: true\n"
/* 13 is the first free line of the rule */

/**
 * struct bad - a policy that is refused
 * @input: the file
 * @line: of the error
 * @column: of the error
 * @message: part of its text
 */
struct bad {
	const char *input;
	unsigned int line;
	unsigned int column;
	const char *message;
};

static const struct bad bads[] = {
	/* no policy at all */
	{ "", 1, 1, "there is no policy" },
	{ "# only a comment\n", 1, 1, "there is no policy" },
	{ "---\n...\n", 1, 1, "there is no policy" },
	{ "just text\n", 1, 1, "a policy is a mapping, this is a string" },
	{ "- a\n- b\n", 1, 1, "a policy is a mapping, this is a list" },
	{ "\x7f" "ELF\x02\x01", 1, 1, "not valid UTF-8 text" },
	{ "a: \xff\n", 1, 4, "byte 0xff: not valid UTF-8" },
	{ "# \xc3\xa4\n\xc3\xa4: \xe2\x82\n", 2, 4, "byte 0xe2" },
	{ "\xff\xfe" "a", 1, 1, "UTF-16" },
	/* syntax */
	{ "a: [b\n", 2, 1, "did not find expected" },
	{ "a:\n\tb: c\n", 2, 1, "indent with spaces, not tabs" },
	{ "# \xc3\xa4\xc3\xb6\na:\n\tb: c\n", 3, 1, "not tabs" },
	{ "a: b: c\n", 1, 5, "mapping values are not allowed" },
	{ HEAD "x: *p\n", 5, 4, "alias '*p': aliases are not supported" },
	{ HEAD "x: !!binary aGk=\n", 5, 4, "YAML tags are not supported" },
	{ "? [a]\n: b\n", 1, 3, "a key must be a string" },
	{ HEAD "kind: x\n", 5, 1, "key 'kind' is given twice, first in line 2" },
	/* the head */
	{ "kind: KubeArmorHostPolicy\n", 1, 1, "has no 'apiVersion'" },
	{ "kind: KubeArmorHostPolicy\n", 1, 1, "has no 'metadata'" },
	{ "kind: KubeArmorHostPolicy\n", 1, 1, "has no 'spec'" },
	{ "apiVersion: v1\n", 1, 13, "must be security.kubearmor.com/v1" },
	{ "apiVersion: v1\n", 1, 1, "has no 'kind'" },
	{ "kind: KubeArmorPolicy\n", 1, 7,
	  "kind 'KubeArmorPolicy' is not supported yet" },
	{ "kind: KubeArmorClusterPolicy\n", 1, 7,
	  "kind 'KubeArmorClusterPolicy' is not supported yet" },
	{ "kind: Pod\n", 1, 7, "kind 'Pod' is no policy" },
	{ "kind: List\n", 1, 7, "give the items of this list one by one" },
	{ "kind: 5\n", 1, 7, "'kind' must be a string, but 5 is a number" },
	{ "kind: [a]\n", 1, 7, "'kind' must be a string, this is a list" },
	{ HEAD "Spec: {}\n", 5, 1, "unknown key 'Spec'; did you mean 'spec'?" },
	{ HEAD "status: {}\n", 5, 1, "'status' is not supported: the Kube" },
	{ HEAD "zzzzzzzz: 1\n", 5, 1, "unknown key 'zzzzzzzz'" },
	/* metadata */
	{ "metadata: x\n", 1, 11, "'metadata' must be a mapping" },
	{ "metadata:\n", 1, 10, "'metadata' has no value" },
	{ "metadata: {}\n", 1, 11, "'metadata' has no 'name'" },
	{ "metadata: {name: A}\n", 1, 18, "lower case letters" },
	{ "metadata: {name: a_b}\n", 1, 18, "lower case letters" },
	{ "metadata: {name: -a}\n", 1, 18, "lower case letters" },
	{ "metadata: {name: a-}\n", 1, 18, "lower case letters" },
	{ "metadata: {name: a..b}\n", 1, 18, "lower case letters" },
	{ "metadata: {name: a.-b}\n", 1, 18, "lower case letters" },
	{ "metadata: {name: ''}\n", 1, 18, "lower case letters" },
	{ "metadata: {name: 1e3}\n", 1, 18, "put quotes around it" },
	{ "metadata: {name: on}\n", 1, 18, "but on is a boolean in YAML" },
	{ "metadata: {name: \"a\\0b\"}\n", 1, 18, "holds a NUL byte" },
	{ "metadata: {name: a, namespace: a.b}\n", 1, 32, "lower case" },
	{ "metadata: {uid: 1}\n", 1, 12, "'uid' is not supported" },
	{ "metadata: {labels: {a: 1}}\n", 1, 24, "'a' must be a string" },
	{ "metadata: {annotations: []}\n", 1, 25, "must be a mapping" },
	/* spec */
	{ HEAD "spec: {}\n", 5, 7, "'spec' has no 'nodeSelector'" },
	{ HEAD "spec: {}\n", 5, 7, "'spec' has no 'file'" },
	{ SPEC "  process: {}\n", 9, 3,
	  "'process' is not supported: fim enforces file rules only" },
	{ SPEC "  network: {}\n", 9, 3, "'network' is not supported" },
	{ SPEC "  capabilities: {}\n", 9, 3, "'capabilities' is not" },
	{ SPEC "  syscalls: {}\n", 9, 3, "'syscalls' is not supported" },
	{ SPEC "  presets: []\n", 9, 3, "'presets' is not supported" },
	{ SPEC "  apparmor: x\n", 9, 3, "'apparmor' is not supported" },
	{ SPEC "  device: []\n", 9, 3, "'device' is not supported" },
	{ SPEC "  selector: {}\n", 9, 13, "has a 'nodeSelector'" },
	{ SPEC "  flie: {}\n", 9, 3, "did you mean 'file'?" },
	{ SPEC "  file: []\n", 9, 9, "'file' must be a mapping" },
	{ SPEC "  file: {}\n", 9, 9, "'file' has no 'matchDirectories'" },
	{ SPEC "  file:\n    matchPaths: []\n", 10, 5,
	  "'matchPaths' is not supported" },
	{ SPEC "  file:\n    matchPatterns: []\n", 10, 5,
	  "'matchPatterns' is not supported" },
	{ SPEC "  file:\n    matchDirectories: []\n", 10, 23, "is empty" },
	{ SPEC "  file:\n    matchDirectories: {}\n", 10, 23, "be a list" },
	/* attributes, at each level */
	{ SPEC "  severity: 0\n", 9, 13, "from 1 to 10, not '0'" },
	{ SPEC "  severity: 11\n", 9, 13, "from 1 to 10, not '11'" },
	{ SPEC "  severity: -1\n", 9, 13, "from 1 to 10, not '-1'" },
	{ SPEC "  severity: abc\n", 9, 13, "from 1 to 10, not 'abc'" },
	{ SPEC "  severity: 5.0\n", 9, 13, "from 1 to 10, not '5.0'" },
	{ SPEC "  severity: 05\n", 9, 13, "from 1 to 10, not '05'" },
	{ SPEC "  severity: 1e1\n", 9, 13, "from 1 to 10, not '1e1'" },
	{ SPEC "  severity: 99999999999999999999\n", 9, 13, "from 1 to 10" },
	{ SPEC "  severity: '5'\n", 9, 13, "remove the quotes" },
	{ SPEC "  severity:\n", 9, 12, "'severity' has no value" },
	{ SPEC "  severity: [1]\n", 9, 13, "this is a list" },
	{ SPEC "  action: Allow\n", 9, 11, "'Allow' is not supported yet" },
	{ SPEC "  action: Deny\n", 9, 11, "must be Block or Audit, not 'Deny'" },
	{ SPEC "  action: true\n", 9, 11, "'action' must be a string" },
	{ SPEC "  tags: a\n", 9, 9, "'tags' must be a list" },
	{ SPEC "  tags: [1]\n", 9, 10, "'tags' must be a string" },
	{ SPEC "  tags: ['']\n", 9, 10, "an empty tag" },
	{ SPEC "  tags: [[]]\n", 9, 10, "this is a list" },
	{ SPEC "  message: 1\n", 9, 12, "'message' must be a string" },
	{ SPEC "  message: \"\\0\"\n", 9, 12, "holds a NUL byte" },
	/* rules */
	{ RULES "    - x\n", 11, 7, "must be a mapping, this is a string" },
	{ RULES "    - readOnly: true\n", 11, 7, "has no 'dir'" },
	{ RULES "    - dir: /etc\n", 11, 12, "must end with '/'; write '/etc/'" },
	{ RULES "    - dir: etc/\n", 11, 12, "must begin with '/'" },
	{ RULES "    - dir: ''\n", 11, 12, "'dir' is empty" },
	{ RULES "    - dir:\n", 11, 11, "'dir' has no value" },
	{ RULES "    - dir: //\n", 11, 12, "an empty part ('//')" },
	{ RULES "    - dir: /a//b/\n", 11, 12, "an empty part ('//')" },
	{ RULES "    - dir: /a/./b/\n", 11, 12, "has a '.' in it" },
	{ RULES "    - dir: /a/../\n", 11, 12, "has a '..' in it" },
	{ RULES "    - dir: \"/a\\0/\"\n", 11, 12, "holds a NUL byte" },
	{ RULES "    - dir: [/a/]\n", 11, 12, "must be a string" },
	{ RULES "    - dir: /a/\n", 11, 7, "lacks 'readOnly: true'" },
	{ RULE "      readonly: true\n", 13, 7, "did you mean 'readOnly'?" },
	{ RULES "    - dir: /a/\n      readOnly: false\n", 12, 17,
	  "'readOnly: false' is not supported yet" },
	{ RULES "    - dir: /a/\n      readOnly: yes\n", 12, 17,
	  "must be true or false, not 'yes'" },
	{ RULES "    - dir: /a/\n      readOnly: 'true'\n", 12, 17,
	  "this is a string; remove the quotes" },
	{ RULES "    - dir: /a/\n      readOnly: 1\n", 12, 17, "not '1'" },
	{ RULES "    - dir: /a/\n      readOnly:\n", 12, 16, "has no value" },
	{ RULES "    - dir: /a/\n      readOnly: {}\n", 12, 17, "a mapping" },
	{ RULE "      recursive: tRue\n", 13, 18, "not 'tRue'" },
	{ RULE "      ownerOnly: true\n", 13, 7, "'ownerOnly' is not supp" },
	{ RULE "      fromSource: []\n", 13, 7, "'fromSource' is not supp" },
	{ RULE "      pts: false\n", 13, 7, "'pts' is not supported" },
	{ RULE "      severity: 11\n", 13, 17, "from 1 to 10" },
	{ RULE "      dir: /b/\n", 13, 7, "key 'dir' is given twice" },
	{ RULE "      path: /b\n", 13, 7, "unknown key 'path'" },
	/* the selector */
	{ HEAD "spec: {nodeSelector: {}}\n", 5, 22, "has no 'matchLabels'" },
	{ HEAD "spec: {nodeSelector: {matchExpressions: []}}\n", 5, 23,
	  "'matchExpressions' is not supported" },
	{ HEAD "spec: {nodeSelector: {matchLabels: {}}}\n", 5, 36,
	  "'matchLabels' is empty" },
	{ HEAD "spec: {nodeSelector: {matchLabels: {app: x}}}\n", 5, 37,
	  "label 'app' is not supported in a nodeSelector" },
	{ HEAD "spec: {nodeSelector: {matchLabels: {kubearmor.io/hostname: ''}}}\n",
	  5, 60, "is empty" },
	{ HEAD "spec: {nodeSelector: {matchLabels: {kubearmor.io/hostname: 'a,,b'}}}\n",
	  5, 60, "an empty host name" },
	{ HEAD "spec: {nodeSelector: {matchLabels: {kubearmor.io/hostname: 'a, b'}}}\n",
	  5, 60, "holds a space" },
	{ HEAD "spec: {nodeSelector: {matchLabels: {kubearmor.io/hostnamereg: '('}}}\n",
	  5, 63, "is no POSIX extended regular expression" },
	{ HEAD "spec: {nodeSelector: {matchLabels: {kubearmor.io/hostnamereg: '\\d'}}}\n",
	  5, 63, "write [0-9] for \\d" },
	{ HEAD "spec: {nodeSelector: {matchLabels: {kubearmor.io/hostnamereg: "
	  "'((a{99}){99}){99}'}}}\n",
	  5, 63, "repeats too often" },
	/* several documents */
	{ RULE "---\n" RULE, 17, 9,
	  "policy 'p' is given twice, first at t.yaml:4:9" },
};

static bool has_diag(const struct parsed *p, const struct bad *bad)
{
	const struct diag *d;

	for (d = p->diags.v; d < p->diags.v + p->diags.nr; d++)
		if (d->at.line == bad->line && d->at.column == bad->column &&
		    strstr(d->text, bad->message))
			return true;
	return false;
}

TEST(errors)
{
	struct parsed p;
	char *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(bads); i++) {
		parse_text(&p, bads[i].input);
		text = print_diags(&p);
		EXPECT_TRUE(has_diag(&p, &bads[i])) {
			TH_LOG("case %zu: wanted %u:%u %s, got:\n%s", i,
			       bads[i].line, bads[i].column, bads[i].message,
			       text);
		}
		free(text);
		parsed_free(&p);
	}
}

/* An input that stops at any byte is refused or read, and no more. */
TEST(cut_anywhere)
{
	static const char whole[] = RULE "      tags: [\"a\\n\", 'b']\n---\n" RULE;
	struct parsed p;
	size_t len;

	for (len = 0; len < sizeof(whole); len++) {
		parse_bytes(&p, whole, len);
		parsed_free(&p);
	}
}

TEST(no_false_errors)
{
	static const char *const good[] = {
		RULE,
		RULE "---\n",
		"%YAML 1.1\n---\n" RULE "...\n",
		"\xef\xbb\xbf" RULE,
		RULE "      recursive: TRUE\n      severity: 10\n"
		"      action: bLOCK\n      message: 'x'\n      tags: []\n",
		RULES "    - dir: /\n      readOnly: True\n",
		RULES "    - &a\n      dir: /.../\n      readOnly: true\n",
		"{\"apiVersion\":\"security.kubearmor.com/v1\",\n"
		"\t\"kind\":\"KubeArmorHostPolicy\",\"metadata\":{\"name\":\"p\","
		"\"labels\":{\"a\":\"b\"},\"annotations\":{\"c\":\"d\"}},"
		"\"spec\":{\"nodeSelector\":{\"matchLabels\":"
		"{\"kubernetes.io/hostname\":\"*\"}},\"file\":"
		"{\"matchDirectories\":[{\"dir\":\"/etc/\",\"readOnly\":true}]}}}",
	};
	struct parsed p;
	char *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(good); i++) {
		parse_text(&p, good[i]);
		text = print_diags(&p);
		EXPECT_EQ(0, p.diags.nr) {
			TH_LOG("case %zu: %s", i, text);
		}
		EXPECT_EQ(1, p.set.nr);
		free(text);
		parsed_free(&p);
	}
}

TEST(values)
{
	const struct policy *policy;
	struct parsed p;

	parse_text(&p, RULE "      recursive: true\n      severity: 3\n"
			    "      tags: [r]\n      action: audit\n"
			    "    - dir: /b/\n      readOnly: true\n"
			    "    severity: 2\n    message: of file\n"
			    "  severity: 1\n  message: of spec\n"
			    "  tags: [s, t]\n");
	ASSERT_EQ(0, p.diags.nr);
	policy = &p.set.v[0];
	EXPECT_STREQ("p", policy->name);
	EXPECT_EQ(FIM_KIND_HOST, policy->kind);
	EXPECT_EQ(FIM_ACTION_BLOCK, policy->attrs.action);
	EXPECT_EQ(2, policy->attrs.severity);
	EXPECT_STREQ("of file", policy->attrs.message);
	EXPECT_EQ(4, policy->attrs.tags_len);
	EXPECT_EQ(0, memcmp("s\0t", policy->attrs.tags, 4));
	ASSERT_EQ(2, policy->nr_rules);
	EXPECT_STREQ("/etc/", policy->rules[0].path);
	EXPECT_EQ(11, policy->rules[0].at.line);
	EXPECT_EQ(12, policy->rules[0].at.column);
	EXPECT_EQ(FIM_RULE_READONLY | FIM_RULE_RECURSIVE,
		  policy->rules[0].flags);
	EXPECT_EQ(3, policy->rules[0].attrs.severity);
	EXPECT_EQ(FIM_ACTION_AUDIT, policy->rules[0].attrs.action);
	EXPECT_EQ(2, policy->rules[0].attrs.tags_len);
	EXPECT_EQ(FIM_RULE_READONLY, policy->rules[1].flags);
	EXPECT_EQ(0, policy->rules[1].attrs.action);
	EXPECT_EQ(NULL, policy->rules[1].attrs.tags);
	parsed_free(&p);
}

/* Of two errors in one rule and one in the next, each shows, in order. */
TEST(all_errors_in_one_run)
{
	struct parsed p;
	char *text;

	parse_text(&p, RULES "    - dir: /a\n      readOnly: yes\n"
			     "    - dir: b/\n      readOnly: true\n"
			     "  severity: 99\n");
	text = print_diags(&p);
	EXPECT_STREQ("t.yaml:11:12: error: 'dir' must end with '/'; write '/a/'\n"
		     "t.yaml:12:17: error: 'readOnly' must be true or false, not 'yes'\n"
		     "t.yaml:13:12: error: 'dir' is not absolute; it must begin with '/'\n"
		     "t.yaml:15:13: error: 'severity' must be an integer from 1 to 10, not '99'\n",
		     text);
	free(text);
	parsed_free(&p);
}

TEST(hostile_text_is_escaped)
{
	struct parsed p;
	char *text;

	parse_text(&p, "\"a\\e[2J\\u202e\": 1\n");
	text = print_diags(&p);
	EXPECT_EQ(NULL, strchr(text, '\033'));
	EXPECT_NE(NULL, strstr(text, "a\\x1b[2J\\u202e"));
	free(text);
	parsed_free(&p);
}

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

TEST_HARNESS_MAIN
