// SPDX-License-Identifier: GPL-2.0
/*
 * test_schema.c - tests of ctl/schema.c: each error of a policy, with its place
 */
#include <stdlib.h>
#include <string.h>

#include "bad.h"
#include "helper.h"

#include "kselftest_harness.h"

#define TEN "1234567890"
#define PATHS SPEC "  file:\n" "    matchPaths:\n"
#define PATTERNS SPEC "  file:\n" "    matchPatterns:\n"
#define OTHER(kind)                                  \
	"apiVersion: security.kubearmor.com/v1\n"    \
	"kind: " kind "\n"                           \
	"metadata:\n"                                \
	"  name: p\n"                                \
	"spec:\n"
#define CONTAINER OTHER("KubeArmorPolicy")
#define CLUSTER OTHER("KubeArmorClusterPolicy")

static const struct bad bads[] = {
	/* the head */
	{ "kind: KubeArmorHostPolicy\n", 1, 1, "has no 'apiVersion'" },
	{ "kind: KubeArmorHostPolicy\n", 1, 1, "has no 'metadata'" },
	{ "kind: KubeArmorHostPolicy\n", 1, 1, "has no 'spec'" },
	{ "apiVersion: v1\n", 1, 13, "must be security.kubearmor.com/v1" },
	{ "apiVersion: v1\n", 1, 1, "has no 'kind'" },
	{ "kind: KubeArmorHostPolcy\n", 1, 7,
	  "is no policy; did you mean 'KubeArmorHostPolicy'?" },
	{ "kind: Pod\n", 1, 7, "kind 'Pod' is no policy" },
	{ "kind: 5\n", 1, 7, "'kind' must be a string, but 5 is a number" },
	{ "kind: [a]\n", 1, 7, "'kind' must be a string, this is a list" },
	{ HEAD "Spec: {}\n", 5, 1, "unknown key 'Spec'; did you mean 'spec'?" },
	{ HEAD "state: {}\n", 5, 1, "unknown key 'state'" },
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
	{ "metadata: {uids: 1}\n", 1, 12, "unknown key 'uids'" },
	{ "metadata: {deletionTimestamp: x}\n", 1, 12,
	  "'deletionTimestamp' is not supported: the cluster is deleting" },
	{ "metadata: {labels: {a: 1}}\n", 1, 24, "'a' must be a string" },
	{ "metadata: {annotations: []}\n", 1, 25, "must be a mapping" },
	{ "metadata: {annotations: {fim/raw-device: Allow}}\n", 1, 42,
	  "'fim/raw-device' must be Block or Audit, not 'Allow'" },
	{ "metadata: {annotations: {fim/modules: Allow}}\n", 1, 39,
	  "'fim/modules' must be Block or Audit, not 'Allow'" },
	{ "metadata: {annotations: {fim/kexec: Deny}}\n", 1, 37,
	  "'fim/kexec' must be Block or Audit, not 'Deny'" },
	{ "metadata: {annotations: {fim/append: Block}}\n", 1, 38,
	  "'fim/append' must be Allow, not 'Block'" },
	{ "metadata: {annotations: {fim/rawdevice: Block}}\n", 1, 26,
	  "unknown annotation 'fim/rawdevice'; fim's are 'fim/raw-device', "
	  "'fim/modules', 'fim/kexec' and 'fim/append'" },
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
	{ SPEC "  file: {}\n", 9, 9, "'file' has no 'matchPaths', 'match" },
	{ SPEC "  file:\n    matchPaths: []\n", 10, 17, "is empty" },
	{ SPEC "  file:\n    matchPatterns: []\n", 10, 20, "is empty" },
	{ SPEC "  file:\n    matchPath: []\n", 10, 5, "mean 'matchPaths'?" },
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
	{ SPEC "  action: Deny\n", 9, 11, "Block, Audit or Allow, not 'Deny'" },
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
	{ RULE "      readonly: true\n", 13, 7, "did you mean 'readOnly'?" },
	{ RULES "    - dir: /a/\n      readOnly: yes\n", 12, 17,
	  "must be true or false, not 'yes'" },
	{ RULES "    - dir: /a/\n      readOnly: 'true'\n", 12, 17,
	  "this is a string; remove the quotes" },
	{ RULES "    - dir: /a/\n      readOnly: 1\n", 12, 17, "not '1'" },
	{ RULES "    - dir: /a/\n      readOnly:\n", 12, 16, "has no value" },
	{ RULES "    - dir: /a/\n      readOnly: {}\n", 12, 17, "a mapping" },
	{ RULE "      recursive: tRue\n", 13, 18, "not 'tRue'" },
	{ RULE "      ownerOnly: 'true'\n", 13, 18, "remove the quotes" },
	{ RULE "      pts: 0\n", 13, 12, "must be true or false, not '0'" },
	{ RULE "      fromSource: []\n", 13, 19, "'fromSource' is empty" },
	{ RULE "      fromSource: /bin/a\n", 13, 19, "must be a list" },
	{ RULE "      fromSource: [/bin/a]\n", 13, 20, "must be a mapping" },
	{ RULE "      fromSource: [{}]\n", 13, 20, "has no 'path'" },
	{ RULE "      fromSource: [{path: a}]\n", 13, 27, "begin with '/'" },
	{ RULE "      fromSource: [{path: /a/}]\n", 13, 27, "not end with '/'" },
	{ RULE "      fromSource: [{dir: /a/}]\n", 13, 21, "each executable" },
	{ RULE "      severity: 11\n", 13, 17, "from 1 to 10" },
	{ RULE "      dir: /b/\n", 13, 7, "key 'dir' is given twice" },
	{ RULE "      path: /b\n", 13, 7, "it belongs under matchPaths" },
	/* paths */
	{ PATHS "    - dir: /b/\n", 11, 7, "it belongs under matchDirectories" },
	{ PATHS "    - readOnly: true\n", 11, 7, "has no 'path'" },
	{ PATHS "    - path: /b/\n", 11, 13, "'path' must not end with '/'" },
	{ PATHS "    - path: b\n", 11, 13, "must begin with '/'" },
	{ PATHS "    - path: ''\n", 11, 13, "'path' is empty" },
	{ PATHS "    - path: //b\n", 11, 13, "an empty part ('//')" },
	{ PATHS "    - path: /a/../b\n", 11, 13, "has a '..' in it" },
	{ PATHS "    - path: /a/..\n", 11, 13, "has a '..' in it" },
	{ PATHS "    - path: /.\n", 11, 13, "has a '.' in it" },
	{ PATHS "    - path: /a\n      recursive: true\n", 12, 7,
	  "unknown key 'recursive'" },
	/* patterns */
	{ PATTERNS "    - path: /b\n", 11, 7, "has no 'pattern'" },
	{ PATTERNS "    - pattern: b*\n", 11, 16, "must begin with '/'" },
	{ PATTERNS "    - pattern: /a//*\n", 11, 16, "an empty part" },
	{ PATTERNS "    - pattern: /a/./*\n", 11, 16, "has a '.' in it" },
	{ PATTERNS "    - pattern: '/a/[b'\n", 11, 16, "'[' without its ']'" },
	{ PATTERNS "    - pattern: '/a/[]'\n", 11, 16, "'[' without its ']'" },
	{ PATTERNS "    - pattern: '/a/[b/c]'\n", 11, 16, "a '/' in a [set]" },
	{ PATTERNS "    - pattern: '/a/[z-a]'\n", 11, 16, "runs backwards" },
	{ PATTERNS "    - pattern: '/a/{b,c'\n", 11, 16, "'{' without its '}'" },
	{ PATTERNS "    - pattern: '/a/b}'\n", 11, 16, "'}' without its '{'" },
	{ PATTERNS "    - pattern: '/a/{b}'\n", 11, 16, "without a ','" },
	{ PATTERNS "    - pattern: /a/\n", 11, 16, "must not end with '/'" },
	{ PATTERNS "    - pattern: '/a/*/'\n", 11, 16, "must not end with '/'" },
	{ PATTERNS "    - pattern: /a/" TEN TEN TEN TEN TEN TEN "1234*\n", 11, 16,
	  "may stand" },
	{ PATTERNS "    - pattern: '/a/***'\n", 11, 16, "write '**'" },
	{ PATTERNS "    - pattern: '/a\\'\n", 11, 16, "ends with a" },
	{ PATTERNS "    - pattern: /a/*\n      recursive: true\n", 12, 7,
	  "a pattern says it with '**'" },
	{ PATTERNS "    - pattern: /a/*\n      fromSource: []\n", 12, 7,
	  "for paths and directories only" },
	/* posture */
	{ "metadata: {annotations: {kubearmor-file-posture: deny}}\n", 1, 50,
	  "must be audit, block or allow, not 'deny'" },
	/* selectors of containers */
	{ CONTAINER "  selector: {}\n", 6, 13, "no 'matchLabels' or 'match" },
	{ CONTAINER "  file: {}\n", 6, 3, "'spec' has no 'selector'" },
	{ CONTAINER "  nodeSelector: {}\n", 6, 17, "has a 'selector'" },
	{ CONTAINER "  selector: {matchLabels: {}}\n", 6, 27, "is empty" },
	{ CONTAINER "  selector: {matchLabels: {app: 5}}\n", 6, 33, "quotes" },
	{ CONTAINER "  selector: {matchLabels: {a: -b}}\n", 6, 31, "'a' must be" },
	{ CONTAINER "  selector: {matchLabels: {/a: b}}\n", 6, 28, "no valid pre" },
	{ CONTAINER "  selector: {matchExpressions: []}\n", 6, 32, "is empty" },
	{ CONTAINER "  selector: {matchExpressions: [{}]}\n", 6, 33, "no 'key'" },
	{ CONTAINER "  selector: {matchExpressions: [{key: namespace}]}\n", 6, 39,
	  "is for its own namespace" },
	{ CONTAINER "  selector: {matchExpressions: [{operator: Exists}]}\n", 6, 44,
	  "must be In or NotIn" },
	{ CONTAINER "  selector: {matchExpressions: [{key: label, operator: In, "
	  "values: [a]}]}\n", 6, 69, "write key=value" },
	{ CLUSTER "  selector: {matchLabels: {a: b}}\n", 6, 14,
	  "has matchExpressions only" },
	{ CLUSTER "  selector: {matchExpressions: [{key: pod}]}\n", 6, 39,
	  "must be namespace or label" },
	{ CLUSTER "  selector: {matchExpressions: [{key: namespace, operator: In, "
	  "values: [A b]}]}\n", 6, 73, "is no name of a namespace" },
	{ CLUSTER "  selector: {matchExpressions: [{key: namespace, operator: In, "
	  "values: []}]}\n", 6, 72, "'values' is empty" },
	{ "kind: KubeArmorClusterPolicy\nmetadata: {name: a, namespace: b}\n",
	  2, 11, "a KubeArmorClusterPolicy has none" },
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
};

TEST(errors)
{
	EXPECT_ALL_REFUSED(bads);
}

TEST(no_false_errors)
{
	static const char *const good[] = {
		RULE,
		RULE "      recursive: TRUE\n      severity: 10\n"
		"      action: bLOCK\n      message: 'x'\n      tags: []\n",
		RULES "    - dir: /\n      readOnly: True\n",
		RULES "    - dir: /\n",
		PATHS "    - path: /a\n      readOnly: false\n      pts: false\n"
		"      ownerOnly: true\n      action: Allow\n"
		"      fromSource: [{path: /bin/a}, {path: /bin/b}]\n",
		PATTERNS "    - pattern: /a/" TEN TEN TEN TEN TEN "{1234,567}\\12345[a-z1-9]**\n",
		PATTERNS "    - pattern: '/{a,b{c,d}}/[a-c]?*/**/[]x]'\n",
		PATHS "    - path: /a\n    matchPatterns:\n    - pattern: /*\n"
		"    matchDirectories:\n    - dir: /b/\n",
		CONTAINER "  selector: {matchLabels: {app.io/a: b-c, kubearmor.io/c: '*'}}\n"
		"  file: {matchPaths: [{path: /a}]}\n",
		CONTAINER "  selector: {matchExpressions: [{key: label, operator: NotIn, "
		"values: [a=b, c/d=e]}]}\n  file: {matchPaths: [{path: /a}]}\n",
		CLUSTER "  selector: {matchExpressions: [{key: namespace, operator: In, "
		"values: [a, '*']}]}\n  file: {matchPaths: [{path: /a}]}\n",
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
	EXPECT_EQ(1, policy->spec_attrs.severity);
	EXPECT_EQ(2, policy->file_attrs.severity);
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

TEST(conditions)
{
	const struct policy *policy;
	struct parsed p;

	parse_text(&p, "metadata: {name: q, annotations: "
		   "{kubearmor-file-posture: Block}}\nkind: KubeArmorHostPolicy\n"
		   "apiVersion: security.kubearmor.com/v1\nspec:\n" SELECT
		   "  file:\n    matchPatterns: [{pattern: /a*, ownerOnly: true}]\n"
		   "    matchPaths:\n    - {path: /b, pts: false, fromSource: "
		   "[{path: /x}, {path: /y}]}\n    - {path: /c, pts: true}\n");
	ASSERT_EQ(0, p.diags.nr);
	policy = &p.set.v[0];
	EXPECT_EQ(FIM_ACTION_BLOCK, policy->posture);
	ASSERT_EQ(3, policy->nr_rules);
	EXPECT_EQ(FIM_RULE_PATTERN, policy->rules[0].type);
	EXPECT_STREQ("/a*", policy->rules[0].path);
	EXPECT_EQ(FIM_RULE_OWNER_ONLY, policy->rules[0].flags);
	EXPECT_EQ(FIM_RULE_FILE, policy->rules[1].type);
	EXPECT_EQ(FIM_RULE_TTY, policy->rules[1].flags);
	ASSERT_EQ(2, policy->rules[1].nr_sources);
	EXPECT_STREQ("/x", policy->rules[1].sources[0].path);
	EXPECT_STREQ("/y", policy->rules[1].sources[1].path);
	EXPECT_EQ(0, policy->rules[2].flags);
	parsed_free(&p);
}

/* Each thing left out is said, and a policy with nothing else is, too. */
TEST(ignoring)
{
	struct parsed p;
	char *text;

	parse_ignoring(&p, RULE "  process: {}\n  network: {}\n---\n"
		       HEAD "spec:\n" SELECT "  syscalls: {}\n");
	text = print_diags(&p);
	EXPECT_STREQ("t.yaml:13:3: warning: 'process' is left out: fim enforces file rules only\n"
		     "t.yaml:14:3: warning: 'network' is left out: fim enforces file rules only\n"
		     "t.yaml:19:9: warning: policy 'p' is left out: it has no file rules\n"
		     "t.yaml:24:3: warning: 'syscalls' is left out: fim enforces file rules only\n",
		     text);
	EXPECT_EQ(1, p.set.nr);
	free(text);
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

/* Of --action: what blocks and audits does the one, what allows stays. */
TEST(another_action)
{
	const struct policy *policy;
	struct parsed p;

	parse_text(&p, RULE "      action: Audit\n"
		       "    - dir: /a/\n" "      action: Allow\n"
		       "    - dir: /b/\n");
	policies_set_action(&p.set, FIM_ACTION_AUDIT);
	policy = &p.set.v[0];
	EXPECT_EQ(FIM_ACTION_AUDIT, policy->spec_attrs.action);
	EXPECT_EQ(FIM_ACTION_AUDIT, policy->attrs.action);
	EXPECT_EQ(FIM_ACTION_AUDIT, policy->rules[0].attrs.action);
	EXPECT_EQ(FIM_ACTION_ALLOW, policy->rules[1].attrs.action);
	EXPECT_EQ(FIM_ACTION_UNSET, policy->rules[2].attrs.action);
	policies_set_action(&p.set, FIM_ACTION_BLOCK);
	EXPECT_EQ(FIM_ACTION_BLOCK, policy->attrs.action);
	EXPECT_EQ(FIM_ACTION_BLOCK, policy->rules[0].attrs.action);
	EXPECT_EQ(FIM_ACTION_ALLOW, policy->rules[1].attrs.action);
	parsed_free(&p);
}

/* Who only wants to see what would be refused, is refused nothing. */
TEST(audit_is_all_audit)
{
	static const char text[] =
		"apiVersion: security.kubearmor.com/v1\n"
		"kind: KubeArmorHostPolicy\n"
		"metadata:\n"
		"  name: p\n"
		"  annotations:\n"
		"    kubearmor-file-posture: block\n"
		"    fim/raw-device: Block\n"
		"    fim/modules: Block\n"
		"    fim/kexec: Audit\n"
		"spec:\n" SELECT
		"  file: {matchPaths: [{path: /a, action: Allow}]}\n";
	const struct policy *policy;
	struct parsed p;
	size_t i;

	parse_text(&p, text);
	policies_set_action(&p.set, FIM_ACTION_AUDIT);
	policy = &p.set.v[0];
	EXPECT_EQ(FIM_ACTION_AUDIT, policy->posture);
	EXPECT_EQ(FIM_ACTION_AUDIT, policy->bypasses[BYPASS_RAW]);
	EXPECT_EQ(FIM_ACTION_AUDIT, policy->bypasses[BYPASS_MODULES]);
	EXPECT_EQ(FIM_ACTION_AUDIT, policy->bypasses[BYPASS_KEXEC]);
	/* As a policy that is applied again it is the same. */
	for (i = 0; i < policy->annotations.nr; i++)
		EXPECT_STREQ("Audit", policy->annotations.v[i].value);
	/* Nor does it refuse more than the policy says, the other way. */
	policies_set_action(&p.set, FIM_ACTION_BLOCK);
	EXPECT_EQ(FIM_ACTION_AUDIT, policy->posture);
	EXPECT_EQ(FIM_ACTION_AUDIT, policy->bypasses[BYPASS_KEXEC]);
	parsed_free(&p);
}

TEST_HARNESS_MAIN
