// SPDX-License-Identifier: GPL-2.0
/*
 * test_export.c - tests of ctl/export.c, emit.c and meta.c: what get prints is
 * what was applied
 */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "export.h"
#include "helper.h"
#include "json.h"
#include "mem.h"
#include "meta.h"

#include "kselftest_harness.h"

/* Messages that a careless writer of YAML gets wrong. */
static const char *const texts[] = {
	"plain", "two words", "true", "No", "null", "~", "y", "123", "1e3",
	"0x10", "-", "- a", "a: b", "a #b", "#", " lead", "trail ", "'", "\"",
	"\\", "a\nb\n", "\t", "\r\n", "\x01\x1b\x7f", "\xc2\x85", "\xe2\x80\xa8",
	"\xe2\x80\xae", "\xef\xbb\xbf", "\xef\xbf\xbd", "\xc3\xa4\xf0\x9f\x98\x80",
	"*a", "&a", "!a", "%a", "@a", "`a", "{a", "[a", "|", ">", "?", ":", ",",
	"2001-01-01", ".inf", "=", "<<", "---", "...",
};

static void say(struct policy *p, enum bypass which, uint8_t action)
{
	struct label *remark = policy_add_remark(p, true);

	p->bypasses[which] = action;
	remark->key = mem_string(bypass_infos[which].annotation);
	remark->value = mem_string(policy_action_name(action));
}

static void make_policy(struct policy *p, const char *text)
{
	struct label *l = policy_add_label(p);
	struct rule *r = policy_add_rule(p);

	p->name = mem_string("p");
	p->namespace = mem_string("n");
	p->kind = FIM_KIND_HOST;
	say(p, BYPASS_RAW, FIM_ACTION_BLOCK);
	say(p, BYPASS_MODULES, FIM_ACTION_AUDIT);
	p->spec_attrs = (struct attrs){
		.action = FIM_ACTION_AUDIT, .severity = 7,
		.tags = mem_dup("a", 2), .tags_len = 2,
		.message = mem_string(text),
	};
	policy_inherit(p);
	l->key = mem_string("kubearmor.io/hostname");
	l->value = mem_string("*,web");
	r->type = FIM_RULE_DIRECTORY;
	r->flags = FIM_RULE_READONLY | FIM_RULE_RECURSIVE;
	r->path = mem_dup(NULL, 0);
	free(r->path);
	r->path = mem_resize(NULL, strlen(text) + 3, 1);
	/* Any text will do for a path but one that is refused as such. */
	snprintf(r->path, strlen(text) + 3, "/%s/", text);
	if (strchr(text, '/') || !strcmp(text, "..") || !strcmp(text, "."))
		strcpy(r->path, "/");
	r->attrs.message = mem_string(text);
	r->attrs.tags = mem_dup("x\0y", 4);
	r->attrs.tags_len = 4;
	r->attrs.action = FIM_ACTION_BLOCK;
	r->attrs.severity = 10;
}

static bool same_attrs(const struct attrs *a, const struct attrs *b)
{
	return a->action == b->action && a->severity == b->severity &&
	       a->tags_len == b->tags_len &&
	       !memcmp(a->tags, b->tags, a->tags_len) &&
	       !strcmp(a->message, b->message);
}

static bool same_policy(const struct policy *a, const struct policy *b)
{
	return !strcmp(a->name, b->name) &&
	       !strcmp(a->namespace, b->namespace) &&
	       same_attrs(&a->attrs, &b->attrs) &&
	       !memcmp(a->bypasses, b->bypasses, sizeof(a->bypasses)) &&
	       a->nr_labels == b->nr_labels && a->nr_rules == b->nr_rules &&
	       !strcmp(a->labels[0].key, b->labels[0].key) &&
	       !strcmp(a->labels[0].value, b->labels[0].value) &&
	       a->rules[0].flags == b->rules[0].flags &&
	       !strcmp(a->rules[0].path, b->rules[0].path) &&
	       same_attrs(&a->rules[0].attrs, &b->rules[0].attrs);
}

static void export_as(const struct policy *p, struct buf *out, bool json)
{
	cJSON *tree;

	if (!json) {
		export_yaml(p, out);
		return;
	}
	tree = export_json(p);
	json_write(out, tree, true);
	cJSON_Delete(tree);
}

FIXTURE(round_trip) {
	struct buf out;
};

FIXTURE_VARIANT(round_trip) {
	bool json;
};

FIXTURE_VARIANT_ADD(round_trip, yaml) { .json = false };
FIXTURE_VARIANT_ADD(round_trip, json) { .json = true };

FIXTURE_SETUP(round_trip)
{
	self->out = (struct buf){ 0 };
}

FIXTURE_TEARDOWN(round_trip)
{
	buf_free(&self->out);
}

TEST_F(round_trip, texts)
{
	struct policy p;
	struct parsed back;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(texts); i++) {
		p = (struct policy){ 0 };
		make_policy(&p, texts[i]);
		buf_clear(&self->out);
		export_as(&p, &self->out, variant->json);
		parse_bytes(&back, self->out.data, self->out.len);
		EXPECT_EQ(0, back.diags.nr) {
			TH_LOG("%s: %s", self->out.data, back.diags.v[0].text);
		}
		if (!back.diags.nr) {
			EXPECT_TRUE(same_policy(&p, &back.set.v[0])) {
				TH_LOG("changed: %s", self->out.data);
			}
		}
		parsed_free(&back);
		policy_free(&p);
	}
}

/* Once more, and not one byte is different. */
TEST_F(round_trip, is_stable)
{
	struct buf again = { 0 };
	struct policy p = { 0 };
	struct parsed back;

	make_policy(&p, "a\nb");
	export_as(&p, &self->out, variant->json);
	parse_bytes(&back, self->out.data, self->out.len);
	ASSERT_EQ(0, back.diags.nr);
	export_as(&back.set.v[0], &again, variant->json);
	EXPECT_STREQ(self->out.data, again.data);
	buf_free(&again);
	parsed_free(&back);
	policy_free(&p);
}

TEST(yaml_looks_like_this)
{
	struct buf out = { 0 };
	struct policy p = { 0 };

	make_policy(&p, "say");
	export_yaml(&p, &out);
	EXPECT_STREQ("apiVersion: security.kubearmor.com/v1\n"
		     "kind: KubeArmorHostPolicy\n"
		     "metadata:\n"
		     "  name: p\n"
		     "  namespace: \"n\"\n"
		     "  annotations:\n"
		     "    fim/raw-device: Block\n"
		     "    fim/modules: Audit\n"
		     "spec:\n"
		     "  nodeSelector:\n"
		     "    matchLabels:\n"
		     "      kubearmor.io/hostname: \"*,web\"\n"
		     "  severity: 7\n"
		     "  tags:\n"
		     "  - a\n"
		     "  message: say\n"
		     "  action: Audit\n"
		     "  file:\n"
		     "    matchDirectories:\n"
		     "    - dir: /say/\n"
		     "      recursive: true\n"
		     "      readOnly: true\n"
		     "      severity: 10\n"
		     "      tags:\n"
		     "      - x\n"
		     "      - \"y\"\n"
		     "      message: say\n"
		     "      action: Block\n",
		     out.data);
	buf_free(&out);
	policy_free(&p);
}

/* What follows from a rule is not shown as if it had been written. */
TEST(implied_rules_are_left_out)
{
	struct buf with = { 0 }, without = { 0 };
	struct policy p = { 0 };
	struct rule *r;

	make_policy(&p, "x");
	export_yaml(&p, &without);
	r = policy_add_rule(&p);
	r->type = FIM_RULE_FILE;
	r->flags = FIM_RULE_READONLY | FIM_RULE_IMPLIED;
	r->path = mem_string("/y");
	export_yaml(&p, &with);
	EXPECT_STREQ(without.data, with.data);
	EXPECT_EQ(1, policy_rules(&p));
	EXPECT_EQ(1, policy_waiting(&p));
	buf_free(&with);
	buf_free(&without);
	policy_free(&p);
}

#define WHOLE                                         \
	"apiVersion: security.kubearmor.com/v1\n"     \
	"kind: KubeArmorHostPolicy\n"                 \
	"metadata:\n"                                 \
	"  name: whole\n"                             \
	"  labels:\n"                                 \
	"    app: \"1\"\n"                            \
	"  annotations:\n"                            \
	"    kubearmor-file-posture: audit\n"         \
	"spec:\n"                                     \
	"  nodeSelector:\n"                           \
	"    matchLabels:\n"                          \
	"      kubernetes.io/hostname: \"*\"\n"       \
	"  severity: 1\n"                             \
	"  action: Audit\n"                           \
	"  file:\n"                                   \
	"    severity: 2\n"                           \
	"    message: of file\n"                      \
	"    matchPatterns:\n"                        \
	"    - pattern: \"/a/**/[bc]\"\n"             \
	"      ownerOnly: true\n"                     \
	"    matchPaths:\n"                           \
	"    - path: /b\n"                            \
	"      pts: false\n"                          \
	"      fromSource:\n"                         \
	"      - path: /bin/x\n"                      \
	"      - path: /bin/z\n"                      \
	"      action: Allow\n"                       \
	"    matchDirectories:\n"                     \
	"    - dir: /c/\n"                            \
	"      readOnly: true\n"

/* All of the language, byte for byte. */
TEST(whole_language)
{
	struct buf out = { 0 };
	struct parsed p;

	parse_text(&p, WHOLE);
	ASSERT_EQ(0, p.diags.nr) {
		TH_LOG("%s", p.diags.v[0].text);
	}
	export_yaml(&p.set.v[0], &out);
	EXPECT_STREQ(WHOLE, out.data);
	buf_free(&out);
	parsed_free(&p);
}

/* What the kernel has no attribute for comes back from what it keeps. */
TEST(levels_come_back)
{
	struct policy back = { 0 };
	struct buf meta = { 0 };
	struct parsed p;

	parse_text(&p, WHOLE);
	meta_write(&p.set.v[0], &meta);
	attrs_copy(&back.attrs, &p.set.v[0].attrs);
	meta_read(&back, meta.data, meta.len);
	EXPECT_EQ(1, back.spec_attrs.severity);
	EXPECT_EQ(2, back.file_attrs.severity);
	EXPECT_EQ(FIM_ACTION_AUDIT, back.spec_attrs.action);
	EXPECT_STREQ("of file", back.file_attrs.message);
	ASSERT_EQ(1, back.own_labels.nr);
	EXPECT_STREQ("1", back.own_labels.v[0].value);
	ASSERT_EQ(1, back.annotations.nr);
	EXPECT_STREQ("audit", back.annotations.v[0].value);
	policy_free(&back);

	/* Another severity is in force: that is what is shown. */
	attrs_copy(&back.attrs, &p.set.v[0].attrs);
	back.attrs.severity = 9;
	meta_read(&back, meta.data, meta.len);
	EXPECT_EQ(9, back.spec_attrs.severity);
	EXPECT_EQ(0, back.file_attrs.severity);
	EXPECT_EQ(9, back.attrs.severity);
	policy_free(&back);
	buf_free(&meta);
	parsed_free(&p);
}

TEST(expressions_come_back)
{
	static const char text[] =
		"apiVersion: security.kubearmor.com/v1\n"
		"kind: KubeArmorClusterPolicy\n"
		"metadata:\n"
		"  name: p\n"
		"spec:\n"
		"  selector:\n"
		"    matchExpressions:\n"
		"    - key: namespace\n"
		"      operator: NotIn\n"
		"      values:\n"
		"      - a\n"
		"      - b\n"
		"  file:\n"
		"    matchPaths:\n"
		"    - path: /b\n";
	struct buf out = { 0 };
	struct parsed p;

	parse_text(&p, text);
	ASSERT_EQ(0, p.diags.nr);
	export_yaml(&p.set.v[0], &out);
	EXPECT_STREQ(text, out.data);
	buf_free(&out);
	parsed_free(&p);
}

TEST(meta)
{
	struct policy p = { 0 }, back = { 0 };
	struct buf out = { 0 };

	make_policy(&p, "x");
	meta_write(&p, &out);
	EXPECT_STREQ("{\"matchLabels\":{\"kubearmor.io/hostname\":\"*,web\"},"
		     "\"annotations\":{\"fim/raw-device\":\"Block\","
		     "\"fim/modules\":\"Audit\"}}",
		     out.data);
	meta_read(&back, out.data, out.len);
	ASSERT_EQ(1, back.nr_labels);
	EXPECT_STREQ("*,web", back.labels[0].value);
	policy_free(&back);
	policy_free(&p);
	buf_free(&out);
}

/* What other senders may have put there. */
TEST(foreign_meta)
{
	static const char *const meta[] = {
		"", "x", "{}", "[]", "{\"matchLabels\":1}",
		"{\"matchLabels\":{\"app\":\"x\"}}",
		"{\"matchLabels\":{\"kubernetes.io/hostname\":5}}",
		"{\"matchLabels\":{\"kubernetes.io/hostname\":\"\"}}",
		"{\"matchLabels\":{\"kubernetes.io/hostname\":\"a,\"}}",
		"{\"labels\":[1],\"annotations\":5,\"spec\":[],\"file\":{\"tags\":7,"
		"\"severity\":\"a\",\"message\":1,\"action\":\"x\"}}",
	};
	struct policy p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(meta); i++) {
		p = (struct policy){ 0 };
		meta_read(&p, meta[i], strlen(meta[i]));
		ASSERT_EQ(1, p.nr_labels);
		EXPECT_STREQ("kubernetes.io/hostname", p.labels[0].key);
		EXPECT_STREQ("*", p.labels[0].value);
		policy_free(&p);
	}
}

TEST_HARNESS_MAIN
