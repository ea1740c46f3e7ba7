// SPDX-License-Identifier: GPL-2.0
/*
 * test_lint.c - tests of ctl/lint_*.c: what check warns of, and
 * what can't be put into force
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "helper.h"
#include "lint.h"

#include "kselftest_harness.h"

#define HEAD_WITH(more)                              \
	"apiVersion: security.kubearmor.com/v1\n"    \
	"kind: KubeArmorHostPolicy\n"                \
	"metadata: {name: p" more "}\n"              \
	"spec:\n"                                    \
	"  nodeSelector: {matchLabels: {kubernetes.io/hostname: '*'}}\n" \
	"  file:\n"
#define HEAD HEAD_WITH("")
#define APPENDS HEAD_WITH(", annotations: {fim/append: Allow}")
#define ALLOWS HEAD_WITH(", annotations: {kubearmor-file-posture: allow}")
/* rules begin in line 8 */
#define DIRS HEAD "    matchDirectories:\n"
#define FILES HEAD "    matchPaths:\n"
#define PATTERNS HEAD "    matchPatterns:\n"

typedef void (*look)(const struct policies *set, struct diags *diags);

/* Return: all that is said of a policy. */
static char *said(const char *input, look look)
{
	struct parsed p;
	char *text;

	parse_text(&p, input);
	look(&p.set, &p.diags);
	text = print_diags(&p);
	parsed_free(&p);
	return text;
}

/**
 * struct unwise - a policy that something is said of
 * @input: the policy
 * @text: part of what is said, at the place; NULL if nothing is
 */
struct unwise {
	const char *input;
	const char *text;
};

static const struct unwise rules[] = {
	/* shadows */
	{ DIRS "    - {dir: /a/, readOnly: true}\n"
	       "    - {dir: /a/, readOnly: true}\n",
	  "t.yaml:9:13: warning: this rule never decides: the one for the same path in line 8" },
	{ DIRS "    - {dir: /a/, readOnly: true, action: Audit}\n"
	       "    - {dir: /a/, recursive: true}\n",
	  "t.yaml:8:13: warning: this rule never decides" },
	{ DIRS "    - {dir: /a/, readOnly: true}\n"
	       "    - {dir: /a/, recursive: true, readOnly: true, action: Audit}\n",
	  NULL },
	{ DIRS "    - {dir: /a/, readOnly: true}\n"
	       "    - {dir: /a/, action: Allow, fromSource: [{path: /b}]}\n",
	  "t.yaml:9:13: warning: what this Allow covers and no rule decides is audited" },
	{ DIRS "    - {dir: /a/, readOnly: true, fromSource: [{path: /b}]}\n"
	       "    - {dir: /a/, action: Audit, fromSource: [{path: /b}], readOnly: true}\n",
	  "t.yaml:9:13: warning: this rule never decides" },
	/* the one is about changes, the other about reads */
	{ DIRS "    - {dir: /a/, readOnly: true}\n"
	       "    - {dir: /a/, readOnly: true, action: Allow}\n",
	  "t.yaml:9:13: warning: what this Allow" },
	{ DIRS "    - {dir: /a/, readOnly: true}\n"
	       "    - {dir: /a/, readOnly: true, pts: false}\n", NULL },
	{ DIRS "    - {dir: /a/, readOnly: true}\n"
	       "    - {dir: /a/, readOnly: true, ownerOnly: true}\n", NULL },
	{ DIRS "    - {dir: /a/, readOnly: true}\n"
	       "    - {dir: /a/b/, readOnly: true}\n", NULL },
	/* whole directories */
	{ DIRS "    - {dir: /etc/, recursive: true, readOnly: true}\n",
	  "t.yaml:8:13: warning: '/etc/' is blocked as a whole: passwords" },
	{ DIRS "    - {dir: /etc/, readOnly: true}\n", NULL },
	{ DIRS "    - {dir: /etc/, recursive: true, readOnly: true, action: Audit}\n",
	  NULL },
	{ DIRS "    - {dir: /etc/, recursive: true, readOnly: true}\n"
	       "    - {dir: /etc/x/, action: Allow}\n", NULL },
	{ DIRS "    - {dir: /usr/lib/, recursive: true}\n",
	  "t.yaml:8:13: warning: reading '/usr/lib/' is blocked, too" },
	/* appending */
	{ APPENDS "    matchDirectories: [{dir: /a/, readOnly: true}]\n", NULL },
	{ APPENDS "    matchDirectories: [{dir: /a/, readOnly: true, action: Allow}, {dir: /a/}]\n",
	  "t.yaml:3:18: warning: 'fim/append: Allow' has no effect" },
	/* Allow */
	{ DIRS "    - {dir: /a/, action: Allow}\n"
	       "    - {dir: /a/b/, action: Audit}\n",
	  "t.yaml:8:13: warning: this Allow never decides: no rule blocks or audits '/a/'" },
	/* an exception to what is in force already */
	{ DIRS "    - {dir: /a/, action: Allow}\n", NULL },
	{ ALLOWS "    matchDirectories: [{dir: /a/, action: Allow, fromSource: [{path: /b}]}]\n",
	  NULL },
	/* who runs it, may also where a nearer rule is for all */
	{ ALLOWS "    matchDirectories:\n"
		 "    - {dir: /a/, recursive: true, action: Allow, fromSource: [{path: /b}]}\n"
		 "    - {dir: /a/b/, readOnly: true}\n", NULL },
	{ ALLOWS "    matchDirectories:\n"
		 "    - {dir: /a/, recursive: true, action: Allow, fromSource: [{path: /b}]}\n"
		 "    matchPaths: [{path: /a/b/c, readOnly: true}]\n", NULL },
	{ ALLOWS "    matchDirectories:\n"
		 "    - {dir: /a/, recursive: true, action: Allow, fromSource: [{path: /b}]}\n"
		 "    - {dir: /ab/, readOnly: true}\n",
	  "this Allow never decides" },
	{ ALLOWS "    matchDirectories:\n"
		 "    - {dir: /a/, recursive: true, action: Allow, ownerOnly: true}\n"
		 "    - {dir: /a/b/, readOnly: true}\n",
	  "this Allow never decides" },
	{ DIRS "    - {dir: /a/, recursive: true}\n"
	       "    - {dir: /a/b/, action: Allow}\n", NULL },
	{ FILES "    - {path: /a/b, action: Allow}\n"
	  "    matchDirectories: [{dir: /a/}]\n", NULL },
	{ FILES "    - {path: /a/b, action: Allow}\n"
	  "    matchDirectories: [{dir: /b/}]\n", "this Allow never decides" },
	{ FILES "    - {path: /a/b, action: Allow}\n"
	  "    matchPatterns: [{pattern: /**}]\n", NULL },
};

TEST(unwise_rules)
{
	char *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(rules); i++) {
		text = said(rules[i].input, lint_rules);
		EXPECT_TRUE(rules[i].text ? !!strstr(text, rules[i].text) :
					    !*text) {
			TH_LOG("case %zu: %s", i, text);
		}
		free(text);
	}
}

#define IN(kind, more, selector)                       \
	"apiVersion: security.kubearmor.com/v1\n"    \
	"kind: " kind "\n"                           \
	"metadata: {name: p" more "}\n"              \
	"spec:\n"                                    \
	"  " selector "\n"                           \
	"  file: {matchPaths: [{path: /a}]}\n"

/* Without one it is for more than it would be in Kubernetes. */
TEST(no_namespace)
{
	static const struct unwise cases[] = {
		{ IN("KubeArmorPolicy", "", "selector: {matchLabels: {a: b}}"),
		  "t.yaml:3:18: warning: policy 'p' holds in every namespace" },
		{ IN("KubeArmorPolicy", ", namespace: default",
		     "selector: {matchLabels: {a: b}}"), NULL },
		{ IN("KubeArmorClusterPolicy", "",
		     "selector: {matchExpressions: [{key: namespace, operator: In, values: [n]}]}"),
		  NULL },
		{ FILES "    - {path: /a}\n", NULL },
	};
	char *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		text = said(cases[i].input, lint_namespaces);
		EXPECT_TRUE(cases[i].text ? !!strstr(text, cases[i].text) : !*text) {
			TH_LOG("case %zu: %s", i, text);
		}
		free(text);
	}
}

/* Nothing is said of the policies that come with it, alone or together. */
TEST(ready_made)
{
	static const char *const files[] = {
		"package-manager.yaml", "*.yaml",
	};
	struct buf command = { 0 }, data = { 0 };
	struct parsed p;
	char chunk[4096], *text;
	size_t i, n;
	FILE *f;

	for (i = 0; i < ARRAY_SIZE_OF(files); i++) {
		buf_clear(&command);
		buf_clear(&data);
		buf_addf(&command, "cd ../../policies && "
			 "for f in %s; do echo ---; cat $f; done", files[i]);
		f = popen(command.data, "r");
		while ((n = fread(chunk, 1, sizeof(chunk), f)))
			buf_add(&data, chunk, n);
		ASSERT_EQ(0, pclose(f));
		parse_bytes(&p, data.data, data.len);
		lint_rules(&p.set, &p.diags);
		lint_namespaces(&p.set, &p.diags);
		text = print_diags(&p);
		EXPECT_STREQ("", text);
		EXPECT_NE(0, policies_rules(&p.set));
		free(text);
		parsed_free(&p);
	}
	buf_free(&command);
	buf_free(&data);
}

/* A posture lets an Allow stand for itself. */
TEST(posture_makes_an_allow_decide)
{
	char *text = said("apiVersion: security.kubearmor.com/v1\n"
			  "kind: KubeArmorHostPolicy\n"
			  "metadata: {name: p, annotations: {kubearmor-file-posture: block}}\n"
			  "spec:\n"
			  "  nodeSelector: {matchLabels: {kubernetes.io/hostname: '*'}}\n"
			  "  file: {matchPaths: [{path: /a, action: Allow, "
			  "fromSource: [{path: /b}]}]}\n",
			  lint_rules);

	EXPECT_STREQ("", text);
	free(text);
}

/* A thousand of one path are looked at in bounded time. */
TEST(many_alike)
{
	struct buf data = { 0 };
	char *text;
	int i;

	buf_adds(&data, DIRS);
	for (i = 0; i < 20000; i++)
		buf_adds(&data, "    - {dir: /a/, readOnly: true}\n");
	text = said(data.data, lint_rules);
	EXPECT_NE(NULL, strstr(text, "18999 more messages are not shown"));
	free(text);
	buf_clear(&data);
	buf_adds(&data, DIRS);
	for (i = 0; i < 60000; i++)
		buf_adds(&data, "    - {dir: /etc/, recursive: true, readOnly: true}\n");
	text = said(data.data, lint_rules);
	EXPECT_NE(NULL, strstr(text, "more messages are not shown"));
	free(text);
	buf_free(&data);
}

FIXTURE(disk) {
	char dir[32];
};

FIXTURE_SETUP(disk)
{
	strcpy(self->dir, "/tmp/fimlint.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	ASSERT_EQ(0, sh(self->dir, "mkdir real; ln -s real link; "
			"echo '#!/bin/sh' >script; echo x >file; "
			"printf x >exe; chmod 755 script exe"));
}

FIXTURE_TEARDOWN(disk)
{
	EXPECT_EQ(0, sh("/tmp", "rm -rf fimlint.*"));
}

static void all_paths(const struct policies *set, struct diags *diags)
{
	lint_paths(set, true, diags);
}

static void few_paths(const struct policies *set, struct diags *diags)
{
	lint_paths(set, false, diags);
}

static const struct unwise paths[] = {
	{ DIRS "    - {dir: %s/real/}\n", NULL },
	{ DIRS "    - {dir: %s/none/}\n", "8:13: warning: '%s/none/' does not ex" },
	{ DIRS "    - {dir: %s/file/}\n", "is no directory here" },
	{ DIRS "    - {dir: %s/link/}\n",
	  "8:13: warning: '%s/link/' leads to '%s/real' by a symbolic link" },
	{ FILES "    - {path: %s/file}\n", NULL },
	{ FILES "    - {path: %s/real}\n", "is a directory here; it belongs" },
	{ FILES "    - {path: %s/file/x}\n", "is no directory here, or below" },
	{ FILES "    - {path: %s/file, fromSource: [{path: %s/none}]}\n",
	  "/none' does not exist here" },
	{ FILES "    - {path: %s/file, fromSource: [{path: %s/script}]}\n",
	  "/script' is a script here" },
	{ FILES "    - {path: %s/file, fromSource: [{path: %s/file}]}\n",
	  "/file' is no executable here" },
	{ FILES "    - {path: %s/file, fromSource: [{path: %s/exe}]}\n", NULL },
	{ PATTERNS "    - {pattern: '%s/real/*'}\n", NULL },
	{ PATTERNS "    - {pattern: '%s/none/*'}\n", "/none/' does not exist" },
};

/* Puts the directory's name in for each %s. Return: to be freed. */
static char *fill(const char *text, const char *dir)
{
	struct buf out = { 0 };
	const char *p;

	for (; (p = strstr(text, "%s")); text = p + 2) {
		buf_add(&out, text, p - text);
		buf_adds(&out, dir);
	}
	buf_adds(&out, text);
	return out.data;
}

TEST_F(disk, unwise_paths)
{
	char *input, *wanted, *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(paths); i++) {
		input = fill(paths[i].input, self->dir);
		wanted = paths[i].text ? fill(paths[i].text, self->dir) : NULL;
		text = said(input, all_paths);
		EXPECT_TRUE(wanted ? !!strstr(text, wanted) : !*text) {
			TH_LOG("case %zu: %s", i, text);
		}
		free(input);
		free(wanted);
		free(text);
	}
}

/* What does not exist is told in a line for each file. */
TEST(absent_paths)
{
	char *text = said(FILES "    - {path: /none/a}\n    - {path: /none/b}\n"
			  "    - {path: /proc/version}\n", few_paths);

	EXPECT_NE(NULL, strstr(text, "8:14: warning: 2 of 3 rules wait for paths that "
			       "do not exist here: /none/a, /none/b\n")) {
		TH_LOG("%s", text);
	}
	free(text);
	text = said(FILES "    - {path: /none/a}\n    - {path: /none/b}\n"
		    "    - {path: /none/c}\n    - {path: /none/d}\n", few_paths);
	EXPECT_NE(NULL, strstr(text, "4 of 4 rules wait for paths that do not exist "
			       "here: /none/a, /none/b, /none/c, …"));
	EXPECT_EQ(NULL, strstr(text, "/none/d"));
	free(text);
	text = said(FILES "    - {path: /proc/version, fromSource: [{path: /none/x}, "
		    "{path: /none/y}, {path: /bin/sh}]}\n"
		    "    - {path: /proc/uptime, fromSource: [{path: /none/x}]}\n",
		    few_paths);
	EXPECT_NE(NULL, strstr(text, "3 of 4 executables do not exist here: "
			       "/none/x, /none/y\n")) {
		TH_LOG("%s", text);
	}
	free(text);
	text = said(FILES "    - {path: /proc/version}\n    - {path: /none/b}\n",
		    few_paths);
	EXPECT_NE(NULL, strstr(text, "9:14: warning: '/none/b' does not exist here"));
	free(text);
}

static char fstab[64];

static void mounts(const struct policies *set, struct diags *diags)
{
	lint_mounts(set, fstab, diags);
}

TEST_F(disk, late_mounts)
{
	static const struct unwise cases[] = {
		{ DIRS "    - {dir: /srv/, recursive: true, readOnly: true}\n",
		  "8:13: warning: '/srv/a b' of " },
		{ DIRS "    - {dir: /srv/, readOnly: true}\n", "'/srv/a b'" },
		{ DIRS "    - {dir: /deep/, readOnly: true}\n", NULL },
		{ DIRS "    - {dir: /deep/a/b/}\n", "has 'nofail'" },
		{ DIRS "    - {dir: /deep/, recursive: true}\n", "'/deep/a/b'" },
		{ DIRS "    - {dir: /srv/, recursive: true, action: Audit}\n", NULL },
		{ DIRS "    - {dir: /sr/, recursive: true}\n", NULL },
		{ DIRS "    - {dir: /net/, recursive: true}\n", "has '_netdev'" },
		{ DIRS "    - {dir: /typed/, recursive: true}\n", "has 'nfs4'" },
		{ DIRS "    - {dir: /fuse/, recursive: true}\n", "has 'fuse.sshfs'" },
		{ DIRS "    - {dir: /local/, recursive: true}\n", NULL },
		{ DIRS "    - {dir: /auto/, recursive: true}\n", NULL },
		{ DIRS "    - {dir: /plain/, recursive: true}\n", NULL },
		{ DIRS "    - {dir: /hand/, recursive: true}\n", NULL },
		{ FILES "    - {path: /net}\n", NULL },
		{ DIRS "    - {dir: /net/, recursive: true, fromSource: "
		  "[{path: /bin/x}]}\n", NULL },
	};
	char *text;
	size_t i;

	ASSERT_EQ(0, sh(self->dir,
		"printf '%s\\n' '# a comment' 'UUID=1 /srv/a\\040b ext4 rw,nofail 0 2' "
		"'host:/x /net/ nfs _netdev 0 0' '/dev/x none swap nofail 0 0' "
		"'/dev/x /auto/a ext4 nofail,x-systemd.automount 0 0' "
		"'/dev/x /plain/a ext4 defaults 0 0' "
		"'/dev/x /deep/a/b ext4 nofail 0 0' "
		"'host:/x /typed/a nfs4 defaults 0 0' "
		"'a@b:/x /fuse/a fuse.sshfs rw 0 0' "
		"'/x /local/a fuse.bindfs rw 0 0' "
		"'/dev/x /hand/a ext4 noauto,nofail 0 0' >fstab"));
	snprintf(fstab, sizeof(fstab), "%s/fstab", self->dir);
	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		text = said(cases[i].input, mounts);
		EXPECT_TRUE(cases[i].text ? !!strstr(text, cases[i].text) : !*text) {
			TH_LOG("case %zu: %s", i, text);
		}
		free(text);
	}
	strcpy(fstab, "/nonexistent");
	text = said(cases[0].input, mounts);
	EXPECT_STREQ("", text);
	free(text);
}

/* What is for another host is not looked for on this one. */
TEST(other_hosts)
{
	char *text = said("apiVersion: security.kubearmor.com/v1\n"
			  "kind: KubeArmorHostPolicy\n"
			  "metadata: {name: p}\n"
			  "spec:\n"
			  "  nodeSelector: {matchLabels: {kubernetes.io/hostname: no-such-host}}\n"
			  "  file: {matchPaths: [{path: /none/such}]}\n",
			  all_paths);

	EXPECT_STREQ("", text);
	free(text);
}

TEST_HARNESS_MAIN
