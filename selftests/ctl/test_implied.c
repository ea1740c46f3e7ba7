// SPDX-License-Identifier: GPL-2.0
/*
 * test_implied.c - tests of ctl/implied.c: which rules follow from which
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "buf.h"
#include "helper.h"
#include "implied.h"
#include "mem.h"

#include "kselftest_harness.h"

/** @BLOCK, @AUDIT: what rules do here */
#define BLOCK FIM_ACTION_BLOCK
#define AUDIT FIM_ACTION_AUDIT

FIXTURE(ns) {
	char path[32];
	struct policies now;
	struct implied found[4];
	bool wanted[4];
	struct buf text;
};

FIXTURE_SETUP(ns)
{
	memset(self, 0, sizeof(*self));
	if (!has_openat2())
		SKIP(_exit(SKIPPED), "no openat2(), as under valgrind");
	strcpy(self->path, "/tmp/fimctl.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->path));
	if (unshare(CLONE_NEWNS) ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL))
		SKIP(_exit(SKIPPED), "no mount namespace of its own");
	/* A filesystem of our own, so that all of it goes with the namespace. */
	ASSERT_EQ(0, mount("tmpfs", self->path, "tmpfs", 0, NULL));
	ASSERT_EQ(0, sh(self->path, "mkdir -p a/b/c a/d out"));
}

FIXTURE_TEARDOWN(ns)
{
	implied_free(self->found, self->now.nr);
	policies_free(&self->now);
	buf_free(&self->text);
	umount2(self->path, MNT_DETACH);
	rmdir(self->path);
}

static struct policy *add_policy(FIXTURE_DATA(ns) *self, uint8_t action,
				 bool wanted)
{
	struct policy *p = policies_add(&self->now);

	p->name = mem_string("p");
	p->attrs.action = action;
	self->wanted[self->now.nr - 1] = wanted;
	return p;
}

static struct rule *add_rule(FIXTURE_DATA(ns) *self, struct policy *p,
			     const char *dir, bool recursive)
{
	struct rule *r = policy_add_rule(p);
	struct buf path = { 0 };

	buf_addf(&path, "%s/%s", self->path, dir);
	r->type = FIM_RULE_DIRECTORY;
	r->flags = FIM_RULE_READONLY | (recursive ? FIM_RULE_RECURSIVE : 0);
	r->state = FIM_RULE_ARMED;
	r->path = path.data;
	return r;
}

static struct rule *add_pattern(FIXTURE_DATA(ns) *self, struct policy *p,
				const char *pattern)
{
	struct rule *r = add_rule(self, p, pattern, false);

	r->type = FIM_RULE_PATTERN;
	return r;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All rules found: "policy:path:flags " each, sorted. */
static const char *find(FIXTURE_DATA(ns) *self)
{
	char *v[64];
	size_t i, j, nr = 0, skip = strlen(self->path);

	implied_find(&self->now, self->wanted, self->found);
	for (i = 0; i < self->now.nr; i++) {
		const struct policy *p = &self->found[i].rules;

		for (j = 0; j < p->nr_rules && nr < 64; j++)
			if (asprintf(&v[nr], "%zu:%s:%s%s%s ", i,
				     p->rules[j].path + skip,
				     p->rules[j].type == FIM_RULE_FILE ? "f" :
									 "d",
				     p->rules[j].flags & FIM_RULE_RECURSIVE ?
				     "r" : "",
				     p->rules[j].flags & FIM_RULE_IMPLIED ?
				     "" : "!") > 0)
				nr++;
	}
	qsort(v, nr, sizeof(*v), compare);
	buf_adds(&self->text, "");
	for (i = 0; i < nr; i++) {
		buf_adds(&self->text, v[i]);
		free(v[i]);
	}
	return self->text.data;
}

/**
 * struct mounts_case - mounts and what follows
 * @make: makes them
 * @recursive: the rule for "a/" is
 * @want: what is found
 */
static const struct mounts_case {
	const char *make;
	bool recursive;
	const char *want;
} cases[] = {
	{ "true", true, "" },
	{ "mount -t tmpfs x a/b", true, "0:/a/b/:dr " },
	{ "mount -t tmpfs x a/b", false, "" },
	{ "mount -t tmpfs x a", true, "" },
	{ "mount -t tmpfs x out", true, "" },
	{ "mkdir ab && mount -t tmpfs x ab", true, "" },
	{ "mount -t tmpfs x a/b && mkdir a/b/e && mount -t tmpfs x a/b/e", true,
	  "0:/a/b/:dr 0:/a/b/e/:dr " },
	{ "mount -t tmpfs x a/b && mount -t tmpfs x a/b", true, "0:/a/b/:dr " },
	{ "mount -t tmpfs x a/b/c && mount -t tmpfs x a/b && mkdir a/b/c", true,
	  "0:/a/b/:dr " },
	{ "mount -t proc x a/b && mount -t sysfs x a/d", true, "" },
	{ "echo >out/f && echo >a/f && mount --bind out/f a/f", true,
	  "0:/a/f:f " },
	{ "echo >out/f && echo >a/f && mount --bind out/f a/f", false,
	  "0:/a/f:f " },
	{ "echo >out/f && echo >a/b/f && mount --bind out/f a/b/f", false, "" },
	{ "mkdir 'a/ \\x' && mount -t tmpfs x 'a/ \\x'", true,
	  "0:/a/ \\x/:dr " },
	{ "mount -t tmpfs x a/b && echo >a/b/f && ln a/b/f a/b/g", true,
	  "0:/a/b/:dr " },
	{ "echo >a/f && ln a/f out/f", true, "0:/a/f:f " },
	{ "echo >a/f && ln a/f out/f", false, "0:/a/f:f " },
	{ "echo >a/b/f && ln a/b/f a/f", true, "" },
	{ "echo >a/b/f && ln a/b/f a/f", false, "0:/a/f:f " },
	{ "mkfifo a/f && ln a/f out/f", true, "0:/a/f:f " },
	{ "ln -s x a/f && ln a/f out/f", true, "" },
	{ "mkdir out/e && echo >out/e/f && ln out/e/f out/f &&"
	  "mount --bind out/e a/b", true, "0:/a/b/:dr 0:/a/b/f:f " },
	{ "mount --bind a a/b && echo >a/f && ln a/f a/d/f", true,
	  "0:/a/b/:dr " },
};

TEST_F(ns, cases)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		struct policy *p = add_policy(self, BLOCK, true);

		ASSERT_EQ(0, mount("tmpfs", self->path, "tmpfs", 0, NULL));
		ASSERT_EQ(0, sh(self->path, "mkdir -p a/b/c a/d out"));
		ASSERT_EQ(0, sh(self->path, cases[i].make));
		add_rule(self, p, "a/", cases[i].recursive);
		EXPECT_STREQ(cases[i].want, find(self)) {
			TH_LOG("%s", cases[i].make);
		}
		implied_free(self->found, self->now.nr);
		policies_free(&self->now);
		buf_clear(&self->text);
		umount2(self->path, MNT_DETACH);
	}
}

/* The nearest rule decides, as it would without the mount. */
TEST_F(ns, nearest)
{
	struct policy *p;

	ASSERT_EQ(0, sh(self->path, "mount -t tmpfs x a/b/c"));
	p = add_policy(self, BLOCK, true);
	add_rule(self, p, "a/", true);
	p = add_policy(self, AUDIT, true);
	add_rule(self, p, "a/b/", true)->attrs.severity = 7;
	EXPECT_STREQ("1:/a/b/c/:dr ", find(self));
	EXPECT_EQ(7, self->found[1].rules.rules[0].attrs.severity);
}

/* What is about containers says nothing about the host's files. */
TEST_F(ns, containers)
{
	struct policy *p = add_policy(self, BLOCK, true);

	add_rule(self, p, "a/", true);
	p = add_policy(self, BLOCK, false);
	p->kind = FIM_KIND_CONTAINER;
	add_rule(self, p, "a/b/", true);
	add_rule(self, p, "a/b/c/", true);
	ASSERT_EQ(0, sh(self->path, "mount -t tmpfs none a/b/c"));
	EXPECT_STREQ("0:/a/b/c/:dr ", find(self));
}

TEST_F(ns, two_say_the_same)
{
	struct policy *p;

	ASSERT_EQ(0, sh(self->path, "mount -t tmpfs x a/b/c"));
	p = add_policy(self, BLOCK, true);
	add_rule(self, p, "a/", true);
	add_rule(self, p, "a/", false);
	p = add_policy(self, AUDIT, true);
	add_rule(self, p, "a/", true);
	EXPECT_STREQ("0:/a/b/c/:dr 1:/a/b/c/:dr ", find(self));
}

/* A rule of the text about the mount, one that waits, one that is not ours. */
TEST_F(ns, left_out)
{
	struct policy *p;

	ASSERT_EQ(0, sh(self->path, "mount -t tmpfs x a/b/c; "
			"mount -t tmpfs x a/d; mount -t tmpfs x out; "
			"mkdir out/x; mount -t tmpfs x out/x"));
	p = add_policy(self, BLOCK, true);
	add_rule(self, p, "a/", true);
	add_rule(self, p, "a/b/c/", true);
	p = add_policy(self, BLOCK, false);
	add_rule(self, p, "a/d/", true);
	add_rule(self, p, "out/", true)->state = FIM_RULE_WAITING;
	EXPECT_STREQ("", find(self));
}

/* Through a link: the rules have the policy's name for the place. */
TEST_F(ns, other_name)
{
	struct policy *p = add_policy(self, BLOCK, true);
	struct rule *r = add_rule(self, p, "l/", true);

	ASSERT_EQ(0, sh(self->path, "mount -t tmpfs x a/b; ln -s a l; "
			"echo >a/d/f; ln a/d/f out/f"));
	r->real_path = mem_dup(self->path, strlen(self->path));
	r->real_path = mem_resize(r->real_path, 64, 1);
	strcat(r->real_path, "/a");
	EXPECT_STREQ("0:/l/b/:dr 0:/l/d/f:f ", find(self));
}

/* Of a file that an Audit rule would have, the Block rule's name wins. */
TEST_F(ns, stricter_name)
{
	struct policy *p;

	ASSERT_EQ(0, sh(self->path, "echo >a/b/f; ln a/b/f a/d/f"));
	p = add_policy(self, AUDIT, true);
	add_rule(self, p, "a/b/", true);
	p = add_policy(self, BLOCK, true);
	add_rule(self, p, "a/d/", true);
	EXPECT_NE(NULL, strstr(find(self), "1:/a/"));
	EXPECT_EQ(0, self->found[0].rules.nr_rules);
}

/**
 * struct pattern_case - files with other names, and what follows from a pattern
 * @pattern: the pattern
 * @make: makes them
 * @want: what is found
 */
static const struct pattern_case {
	const char *pattern;
	const char *make;
	const char *want;
} pattern_cases[] = {
	{ "a/*.conf", "echo >a/x.conf", "" },
	{ "a/*.conf", "echo >a/x.conf && ln a/x.conf a/y.conf", "" },
	{ "a/*.conf", "echo >a/x.conf && ln a/x.conf a/x", "0:/a/x.conf:f " },
	{ "a/*.conf", "echo >a/x.conf && ln a/x.conf out/x.conf",
	  "0:/a/x.conf:f " },
	{ "a/*.conf", "echo >a/x && ln a/x out/x", "" },
	{ "a/*.conf", "echo >a/b/x.conf && ln a/b/x.conf out/x", "" },
	{ "a/**/f", "echo >a/b/c/f && ln a/b/c/f out/f", "0:/a/b/c/f:f " },
	{ "a/**/f", "echo >a/b/c/f && ln a/b/c/f a/d/f", "" },
	{ "a/**/f", "echo >a/f && ln a/f out/f", "" },
};

TEST_F(ns, patterns)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(pattern_cases); i++) {
		const struct pattern_case *c = &pattern_cases[i];

		ASSERT_EQ(0, mount("tmpfs", self->path, "tmpfs", 0, NULL));
		ASSERT_EQ(0, sh(self->path, "mkdir -p a/b/c a/d out"));
		ASSERT_EQ(0, sh(self->path, c->make));
		add_pattern(self, add_policy(self, BLOCK, true), c->pattern);
		EXPECT_STREQ(c->want, find(self)) {
			TH_LOG("%s: %s", c->pattern, c->make);
		}
		implied_free(self->found, self->now.nr);
		policies_free(&self->now);
		buf_clear(&self->text);
		umount2(self->path, MNT_DETACH);
	}
}

/* A nearer rule decides about the name that matches, and so about none. */
TEST_F(ns, pattern_is_not_nearest)
{
	struct policy *p;
	struct rule *r;
	int i;

	ASSERT_EQ(0, sh(self->path, "for f in a/f a/b/f a/b/c/f a/d/f; do "
			"echo >$f; ln $f out/$(echo $f | tr / _); done"));
	p = add_policy(self, BLOCK, true);
	add_pattern(self, p, "a/**");
	add_rule(self, p, "a/b/", false);
	add_pattern(self, p, "a/b/c/*");
	for (i = 1; i < 3; i++) {
		p->rules[i].attrs.action = FIM_ACTION_ALLOW;
		p->rules[i].flags &= ~FIM_RULE_READONLY;
	}
	add_rule(self, p, "a/d/f", false)->type = FIM_RULE_FILE;
	EXPECT_STREQ("0:/a/f:f ", find(self));
	implied_free(self->found, 1);
	buf_clear(&self->text);
	/* Who allows reading only, decides about no change. */
	for (r = p->rules; r < p->rules + p->nr_rules; r++)
		r->flags |= FIM_RULE_READONLY;
	EXPECT_STREQ("0:/a/b/c/f:f 0:/a/b/f:f 0:/a/f:f ", find(self));
}

TEST_F(ns, stricter_pattern)
{
	struct policy *p;

	ASSERT_EQ(0, sh(self->path, "echo >a/f; ln a/f a/g"));
	p = add_policy(self, AUDIT, true);
	add_pattern(self, p, "a/*");
	p = add_policy(self, BLOCK, true);
	add_pattern(self, p, "a/f");
	EXPECT_STREQ("1:/a/f:f ", find(self));
}

TEST_F(ns, keep_of_pattern)
{
	struct policy old = { 0 }, new = { 0 };

	ASSERT_EQ(0, sh(self->path, "echo >a/f; ln a/f out/f"));
	add_pattern(self, add_policy(self, BLOCK, true), "a/*");
	find(self);
	implied_append(&old, &self->found[0].rules, &old.at);
	ASSERT_EQ(1, old.nr_rules);
	add_pattern(self, &new, "a/*.c");
	EXPECT_FALSE(implied_keep(&new, &old));
	add_pattern(self, &new, "a/?")->attrs.severity = 9;
	EXPECT_TRUE(implied_keep(&new, &old));
	ASSERT_EQ(3, new.nr_rules);
	EXPECT_EQ(9, new.rules[2].attrs.severity);
	policy_free(&old);
	policy_free(&new);
}

TEST_F(ns, keep)
{
	struct policy old = { 0 }, new = { 0 };

	ASSERT_EQ(0, sh(self->path, "mount -t tmpfs x a/b; "
			"echo >a/f; ln a/f out/f; echo >a/d/f; "
			"ln a/d/f out/g"));
	add_rule(self, add_policy(self, BLOCK, true), "a/", true);
	find(self);
	implied_append(&old, &self->found[0].rules, &old.at);
	EXPECT_EQ(3, old.nr_rules);
	EXPECT_TRUE(implied_same(&old, &self->found[0].rules));
	EXPECT_FALSE(implied_same(&old, &new));

	add_rule(self, &new, "out/", true);
	EXPECT_FALSE(implied_keep(&new, &old));
	add_rule(self, &new, "a/", false)->attrs.severity = 9;
	EXPECT_TRUE(implied_keep(&new, &old));
	/* What is further down is none of the new rule's. */
	ASSERT_EQ(3, new.nr_rules);
	EXPECT_EQ(9, new.rules[2].attrs.severity);
	EXPECT_NE(NULL, strstr(new.rules[2].path, "/a/f"));
	policy_drop_implied(&new);
	EXPECT_EQ(2, new.nr_rules);
	policy_free(&old);
	policy_free(&new);
}

static void add_source(struct rule *r, const char *path)
{
	rule_add_source(r)->path = mem_string(path);
}

/* "action:sources " of each rule about a path */
static const char *actions_at(FIXTURE_DATA(ns) *self, const struct policy *p,
			      const char *dir)
{
	size_t skip = strlen(self->path) + 1;
	const struct rule *r;

	buf_clear(&self->text);
	buf_adds(&self->text, "");
	for (r = p->rules; r < p->rules + p->nr_rules; r++)
		if (rule_is_implied(r) && !strcmp(r->path + skip, dir))
			buf_addf(&self->text, "%u:%s ",
				 r->attrs.action ? r->attrs.action :
						   p->attrs.action,
				 r->nr_sources ? r->sources[0].path : "");
	return self->text.data;
}

/* An Allow of one program is none of all others, in a mount and afterwards. */
TEST_F(ns, sources_are_copied)
{
	struct policy copy = { 0 }, *p = add_policy(self, BLOCK, true);
	struct rule *r;

	ASSERT_EQ(0, sh(self->path, "mount -t tmpfs x a/b"));
	add_rule(self, p, "a/", true)->attrs.action = BLOCK;
	r = add_rule(self, p, "a/", true);
	r->attrs.action = FIM_ACTION_ALLOW;
	add_source(r, "/bin/dpkg");
	find(self);
	implied_append(&copy, &self->found[0].rules, &copy.at);
	EXPECT_STREQ("3: 1:/bin/dpkg ", actions_at(self, &copy, "a/b/"));
	EXPECT_TRUE(implied_same(&copy, &self->found[0].rules));
	strcpy(copy.rules[1].sources[0].path, "/bin/dpk");
	EXPECT_FALSE(implied_same(&copy, &self->found[0].rules));
	policy_free(&copy);
}

/**
 * struct exception_case - a rule that is nearer to a mount at a/b/c/ than Block
 * @dir: its directory
 * @action: what it does
 * @flags: more than a rule has here
 * @source: whose operations it is about; NULL: all
 * @want: actions of the rules that the mount gets
 */
static const struct exception_case {
	const char *dir;
	uint8_t action;
	uint32_t flags;
	const char *source;
	const char *want;
} exceptions[] = {
	{ "a/b/", FIM_ACTION_ALLOW, 0, "/x", "3: 1:/x " },
	{ "a/b/", FIM_ACTION_ALLOW, FIM_RULE_OWNER_ONLY, NULL, "3: 1: " },
	{ "a/b/", FIM_ACTION_ALLOW, FIM_RULE_TTY, NULL, "3: 1: " },
	{ "a/b/", FIM_ACTION_ALLOW, FIM_RULE_READONLY, NULL, "3: 1: " },
	{ "a/b/", FIM_ACTION_AUDIT, 0, "/x", "3: 2:/x " },
	{ "a/b/", FIM_ACTION_ALLOW, 0, NULL, "1: " },
	{ "a/b/", FIM_ACTION_AUDIT, FIM_RULE_READONLY, NULL, "2: " },
	{ "a/b/c/", FIM_ACTION_ALLOW, 0, "/x", "3: " },
	{ "a/b/c/", FIM_ACTION_ALLOW, 0, NULL, "" },
	/* The caller's executable comes before what is nearer. */
	{ "", FIM_ACTION_BLOCK, 0, "/x", "3: 3:/x " },
	{ "", FIM_ACTION_BLOCK, FIM_RULE_OWNER_ONLY, NULL, "3: " },
};

TEST_F(ns, exceptions)
{
	size_t i, k, nr;
	struct policy *p;
	struct rule *r;

	ASSERT_EQ(0, sh(self->path, "mount -t tmpfs x a/b/c"));
	/* In the same policy, then in another one. */
	for (i = 0; i < 2 * ARRAY_SIZE_OF(exceptions); i++) {
		const struct exception_case *c = &exceptions[i / 2];
		struct policy all = { 0 };

		p = add_policy(self, BLOCK, true);
		add_rule(self, p, "a/", true)->attrs.action = BLOCK;
		if (i % 2)
			p = add_policy(self, AUDIT, true);
		r = add_rule(self, p, c->dir, true);
		r->flags = FIM_RULE_RECURSIVE | c->flags;
		r->attrs.action = c->action;
		if (c->source)
			add_source(r, c->source);
		find(self);
		for (k = 0; k < self->now.nr; k++)
			implied_append(&all, &self->found[k].rules, &all.at);
		EXPECT_STREQ(c->want, actions_at(self, &all, "a/b/c/")) {
			TH_LOG("case %zu", i);
		}
		policy_free(&all);
		nr = self->now.nr;
		implied_free(self->found, nr);
		policies_free(&self->now);
	}
}

/* A file's other name is no way around a Block that has an exception. */
TEST_F(ns, exceptions_and_names)
{
	struct policy *p = add_policy(self, BLOCK, true);
	struct rule *r;

	ASSERT_EQ(0, sh(self->path, "echo >a/b/f; ln a/b/f out/f"));
	add_rule(self, p, "a/", true);
	r = add_rule(self, p, "a/b/", true);
	r->attrs.action = FIM_ACTION_ALLOW;
	add_source(r, "/x");
	EXPECT_STREQ("0:/a/b/f:f ", find(self));
	EXPECT_EQ(0, self->found[0].rules.rules[0].nr_sources);
	implied_free(self->found, 1);
	buf_clear(&self->text);
	/* Without a Block, nothing is said about others. */
	p->rules[0].state = FIM_RULE_WAITING;
	EXPECT_STREQ("", find(self));
}

/* A pattern decides about whom a file's own rule leaves to it. */
TEST_F(ns, pattern_and_exception)
{
	struct policy *p = add_policy(self, BLOCK, true);
	struct rule *r;

	ASSERT_EQ(0, sh(self->path, "echo >a/f; ln a/f out/f"));
	add_pattern(self, p, "a/*");
	r = add_rule(self, p, "a/f", false);
	r->type = FIM_RULE_FILE;
	r->attrs.action = FIM_ACTION_ALLOW;
	add_source(r, "/x");
	EXPECT_STREQ("0:/a/f:f ", find(self));
}

TEST_HARNESS_MAIN
