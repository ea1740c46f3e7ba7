// SPDX-License-Identifier: GPL-2.0
/*
 * test_document.c - tests of ctl/node.c and ctl/schema.c: a file's text and
 * syntax, and where its policies are: documents, lists, a List
 */
#include <stdlib.h>
#include <string.h>

#include "bad.h"
#include "helper.h"

#include "kselftest_harness.h"

static const struct bad bads[] = {
	/* no policy at all */
	{ "", 1, 1, "there is no policy" },
	{ "# only a comment\n", 1, 1, "there is no policy" },
	{ "---\n...\n", 1, 1, "there is no policy" },
	{ "just text\n", 1, 1, "a policy is a mapping, this is a string" },
	{ "- a\n- b\n", 2, 3, "a policy is a mapping, this is a string" },
	{ "- []\n", 1, 3, "a policy is a mapping, this is a list" },
	{ "[]\n", 1, 1, "there is no policy" },
	{ "\x7f" "ELF\x02\x01", 1, 1, "not valid UTF-8 text" },
	{ "a: \xff\n", 1, 4, "byte 0xff: not valid UTF-8" },
	{ "# \xc3\xa4\n\xc3\xa4: \xe2\x82\n", 2, 4, "byte 0xe2" },
	{ "\xff\xfe" "a", 1, 1, "UTF-16" },
	/* lines end as they do in what libyaml says */
	{ "a:\r\n\xff", 2, 1, "byte 0xff" },
	{ "a:\rb:\r \xff", 3, 2, "byte 0xff" },
	{ "a:\r\rb: c: d\r", 3, 5, "mapping values are not allowed" },
	{ "a:\xc2\x85\xe2\x80\xa8\xe2\x80\xa9\xff", 4, 1, "byte 0xff" },
	/* syntax */
	{ "a: [b\n", 2, 1, "did not find expected" },
	{ "a:\n\tb: c\n", 2, 1, "indent with spaces, not tabs" },
	{ "# \xc3\xa4\xc3\xb6\na:\n\tb: c\n", 3, 1, "not tabs" },
	{ "a: b: c\n", 1, 5, "mapping values are not allowed" },
	{ HEAD "x: *p\n", 5, 4, "alias '*p': aliases are not supported" },
	{ HEAD "x: !!binary aGk=\n", 5, 4, "YAML tags are not supported" },
	{ "%TAG ! b\n---\n" RULE, 1, 1, "'%TAG': YAML tags are not" },
	{ RULE "...\r# c\r%TAG !a! b\r--- {}\n", 15, 1, "'%TAG': YAML" },
	/* libyaml wants no "..." before it */
	{ RULE "%TAG !a! b\n---\n" RULE, 13, 1, "'%TAG': YAML tags" },
	{ HEAD "<<: *p\n", 5, 1, "merge keys are not supported" },
	{ HEAD "x: [{a: b, ? << : {c: d}}]\n", 5, 14, "merge keys are not" },
	{ HEAD "\"<<\": {}\n", 5, 1, "unknown key '<<'" },
	{ "- <<\n", 1, 3, "a policy is a mapping, this is a string" },
	{ RULE "      \"readOnly\\0x\": true\n", 13, 7,
	  "a key holds a NUL byte" },
	{ "metadata: {labels: {\"a\\0\": b}}\n", 1, 21,
	  "a key holds a NUL byte" },
	{ HEAD "spec: {nodeSelector: {matchLabels: "
	  "{\"kubearmor.io/hostname\\0\": a}}}\n", 5, 37,
	  "a key holds a NUL byte" },
	{ "? [a]\n: b\n", 1, 3, "a key must be a string" },
	{ HEAD "kind: x\n", 5, 1, "key 'kind' is given twice, first in line 2" },
	/* a List */
	{ "kind: List\n", 1, 1, "'List' has no 'items'" },
	{ "kind: List\n", 1, 1, "'List' has no 'apiVersion'" },
	{ "kind: List\napiVersion: v2\n", 2, 13, "must be v1, not 'v2'" },
	{ "kind: List\nspec: {}\n", 2, 1, "unknown key 'spec'" },
	{ "kind: List\nitems: {}\n", 2, 8, "'items' must be a list" },
	{ "kind: List\napiVersion: v1\nitems: []\n", 1, 1,
	  "there is no policy" },
	{ "kind: List\nitems: [{kind: Pod}]\n", 2, 16, "'Pod' is no policy" },
	{ "kind: List\nitems:\n- x\n", 3, 3, "a policy is a mapping" },
	{ "kind: List\nitems: [{kind: List, items: []}]\n", 2, 16,
	  "not taken in a list" },
	{ "[{kind: List}]\n", 1, 9, "not taken in a list" },
	{ "kind: List\nitems:\n- kind: KubeArmorHostPolicy\n", 3, 3,
	  "'policy' has no 'spec'" },
	/* several documents */
	{ RULE "---\n" RULE, 17, 9,
	  "policy 'p' is given twice, first at t.yaml:4:9" },
};

TEST(errors)
{
	EXPECT_ALL_REFUSED(bads);
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
		/* what is no directive, and a comment */
		"# %TAG ! b\n" RULE "      message: \"a\n%TAG ! b\n\"\n",
		RULE "      message: '\n%TAG ! b\n%TAG ! b'\n",
		RULE "      message: |\n       %TAG ! b\n",
		RULE "      tags: [a\n%TAG ! b]\n",
	};
	struct parsed p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(good); i++) {
		parse_text(&p, good[i]);
		EXPECT_EQ(0, p.diags.nr) {
			TH_LOG("case %zu: %s", i, p.diags.v[0].text);
		}
		EXPECT_EQ(1, p.set.nr);
		parsed_free(&p);
	}
}

/* As get prints JSON. */
TEST(list)
{
	struct parsed p;

	parse_text(&p, "[{\"kind\":\"KubeArmorHostPolicy\",\"metadata\":{\"name\":\"a\"}},\n"
		   "{\"kind\":\"KubeArmorPolicy\",\"metadata\":{\"name\":\"b\"}}]");
	ASSERT_EQ(2, p.set.nr);
	EXPECT_STREQ("a", p.set.v[0].name);
	EXPECT_STREQ("b", p.set.v[1].name);
	EXPECT_EQ(FIM_KIND_CONTAINER, p.set.v[1].kind);
	EXPECT_EQ(2, p.set.v[1].at.line);
	parsed_free(&p);
}

/* As kubectl get -o yaml prints them. */
TEST(exported)
{
	static const char text[] =
		"apiVersion: v1\n"
		"items:\n"
		"- apiVersion: security.kubearmor.com/v1\n"
		"  kind: KubeArmorPolicy\n"
		"  metadata:\n"
		"    annotations:\n"
		"      kubectl.kubernetes.io/last-applied-configuration: |\n"
		"        {\"apiVersion\":\"security.kubearmor.com/v1\"}\n"
		"      team: web\n"
		"    creationTimestamp: \"2025-01-31T09:00:00Z\"\n"
		"    finalizers: [a.io/b]\n"
		"    generateName: a-\n"
		"    generation: 2\n"
		"    managedFields:\n"
		"    - apiVersion: security.kubearmor.com/v1\n"
		"      fieldsType: FieldsV1\n"
		"      fieldsV1:\n"
		"        f:metadata: {f:annotations: {.: {}, f:team: {}}}\n"
		"      manager: kubectl\n"
		"      operation: Update\n"
		"    name: a\n"
		"    namespace: shop\n"
		"    ownerReferences: []\n"
		"    resourceVersion: \"4711\"\n"
		"    selfLink: /apis\n"
		"    uid: 0d9f0a5e-0000-4000-8000-000000000000\n"
		"  spec:\n"
		"    file: {matchPaths: [{path: /a}]}\n"
		"    selector: {matchLabels: {app: web}}\n"
		"  status: {status: OK}\n"
		"- apiVersion: security.kubearmor.com/v1\n"
		"  kind: KubeArmorHostPolicy\n"
		"  metadata: {creationTimestamp: null, name: b}\n"
		"  spec:\n"
		"    file: {matchDirectories: [{dir: /b/}]}\n"
		"    nodeSelector: {matchLabels: {kubernetes.io/hostname: '*'}}\n"
		"kind: List\n"
		"metadata: {resourceVersion: \"\", selfLink: \"\"}\n";
	const struct policy *policy;
	struct parsed p;
	char *said;

	parse_text(&p, text);
	said = print_diags(&p);
	EXPECT_STREQ("", said);
	free(said);
	ASSERT_EQ(2, p.set.nr);
	policy = &p.set.v[0];
	EXPECT_STREQ("a", policy->name);
	EXPECT_STREQ("shop", policy->namespace);
	EXPECT_EQ(FIM_KIND_CONTAINER, policy->kind);
	EXPECT_EQ(1, policy->nr_rules);
	ASSERT_EQ(1, policy->annotations.nr);
	EXPECT_STREQ("team", policy->annotations.v[0].key);
	policy = &p.set.v[1];
	EXPECT_STREQ("b", policy->name);
	EXPECT_EQ(FIM_KIND_HOST, policy->kind);
	EXPECT_EQ(1, policy->nr_rules);
	EXPECT_EQ(31, policy->at.line);
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

TEST_HARNESS_MAIN
