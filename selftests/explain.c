// SPDX-License-Identifier: GPL-2.0
/*
 * explain.c - what fimctl explain says is what happens
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

FIXTURE(explain) {
	struct fim_nl nl;
	struct fim_tree tree;
};

/*
 *   root, a tmpfs
 *   ├── a/prot/  f  sub/g  link -> f
 *   └── open/  f  d/
 */
FIXTURE_SETUP(explain)
{
	static const char *const names[] = {
		"a/prot/sub/", "open/d/", "a/prot/f", "a/prot/sub/g", "open/f",
		"open/exe", NULL,
	};

	self->nl.fd = -1;
	if (FIM_BARE())
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(&self->tree, FIM_TMPFS));
	ASSERT_EQ(0, fim_tree_fill(&self->tree, names));
	ASSERT_EQ(0, symlink("f", fim_tree_at(&self->tree, "a/prot/link")));
}

FIXTURE_TEARDOWN(explain)
{
	if (self->nl.fd < 0)
		return;
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

#define NEEDS_MODULE() NEEDS(FIM_BARE() ? "needs the module" : NULL)

static const char *at(const FIXTURE_DATA(explain) *self, const char *path)
{
	return fim_tree_at(&self->tree, path);
}

static int apply(const FIXTURE_DATA(explain) *self)
{
	static const char *const yaml =
		"apiVersion: security.kubearmor.com/v1\n"
		"kind: KubeArmorHostPolicy\n"
		"metadata:\n  name: t\n"
		"  annotations:\n    kubearmor-file-posture: block\n"
		"spec:\n"
		"  nodeSelector:\n    matchLabels:\n"
		"      kubernetes.io/hostname: '*'\n"
		"  file:\n"
		"    matchDirectories:\n"
		"    - dir: %s/\n      recursive: true\n      readOnly: true\n"
		"      action: Block\n"
		"    - dir: %s/\n      recursive: true\n      action: Allow\n"
		"      fromSource:\n      - path: %s\n"
		"    matchPatterns:\n"
		"    - pattern: %s/**.php\n      action: Allow\n";

	return fim_apply_yaml(fim_fmt(yaml, self->tree.prot, self->tree.prot,
				      at(self, "open/exe"), self->tree.prot));
}

/* The answer, in JSON without what is between tokens; or the error. */
static const char *ask(const char *path, const char *op, const char *exe)
{
	const char *const argv[] = {
		"explain", path, "--op", op, "-o", "json",
		exe ? "--as" : NULL, exe, NULL,
	};
	static char out[16384];
	char *from, *to = out;

	out[0] = '\0';
	if (fim_ctl(NULL, argv, out, sizeof(out)))
		return out;
	for (from = out; *from; from++)
		if (*from != ' ' && *from != '\t' && *from != '\n')
			*to++ = *from;
	*to = '\0';
	return out;
}

/* It is asked first and then done. */
TEST_F(explain, as_it_happens)
{
	static const struct {
		const char *op;
		const char *path;
	} cases[] = {
		{ "open", "a/prot/f" }, { "open", "a/prot/link" },
		{ "open", "a/prot/sub/g" }, { "open", "open/f" },
		{ "create", "a/prot/new" }, { "create", "a/prot/new.php" },
		{ "create", "open/new" }, { "mkdir", "a/prot/sub/new" },
		{ "mkdir", "open/new.d" }, { "unlink", "a/prot/sub/g" },
		{ "rename", "a" }, { "rename", "open/d" }, { "setattr", "a" },
		{ "setattr", "a/prot" }, { "read", "a/prot/f" },
	};
	bool refused;
	size_t i;
	int err;

	NEEDS_MODULE();
	ASSERT_EQ(0, apply(self));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *path = at(self, cases[i].path);
		const char *op = cases[i].op;

		refused = strstr(ask(path, op, NULL), "\"refused\":true");
		ASSERT_TRUE(refused || strstr(ask(path, op, NULL),
					      "\"refused\":false"));
		if (!strcmp(op, "open"))
			err = fim_write_to(open(path, O_WRONLY));
		else if (!strcmp(op, "read"))
			err = fim_opened(open(path, O_RDONLY));
		else if (!strcmp(op, "create"))
			err = fim_write_file(path, "");
		else if (!strcmp(op, "mkdir"))
			err = sys(mkdir(path, 0755));
		else if (!strcmp(op, "unlink"))
			err = sys(unlink(path));
		else if (!strcmp(op, "rename"))
			err = sys(rename(path, fim_fmt("%s.moved", path)));
		else
			err = sys(chmod(path, 0700));
		EXPECT_EQ(refused ? EACCES : 0, err)
			TH_LOG("%s %s", op, path);
	}
}

TEST_F(explain, why)
{
	const char *exe = at(self, "open/exe");
	const char *f = at(self, "a/prot/f");
	const char *answer;

	NEEDS_MODULE();
	ASSERT_EQ(0, apply(self));
	answer = ask(f, "open", NULL);
	EXPECT_NE(NULL, strstr(answer, "\"why\":\"rule\",\"policy\":\"t\",\"rule\":0"));
	EXPECT_NE(NULL, strstr(answer, "notaboutthisexecutable"));
	EXPECT_NE(NULL, strstr(answer, "patterndoesnotmatch"));
	answer = ask(f, "open", exe);
	EXPECT_NE(NULL, strstr(answer, "\"why\":\"rule\",\"policy\":\"t\",\"rule\":1"));
	EXPECT_NE(NULL, strstr(answer, "\"refused\":false"));
	EXPECT_NE(NULL, strstr(ask(at(self, "a"), "rename", NULL),
			       "\"why\":\"guard\""));
	/* What is trusted is kept. */
	EXPECT_NE(NULL, strstr(ask(exe, "open", NULL), "\"why\":\"guard\""));
	EXPECT_NE(NULL, strstr(ask(at(self, "open/f"), "open", NULL),
			       "\"why\":\"none\""));
}

TEST_F(explain, what_can_not_be)
{
	NEEDS_MODULE();
	ASSERT_EQ(0, apply(self));
	EXPECT_NE(NULL, strstr(ask(at(self, "a/prot/none"), "unlink", NULL),
			       "the path can't be found"));
	EXPECT_NE(NULL, strstr(ask(at(self, "a/none/new"), "create", NULL),
			       "the path can't be found"));
	EXPECT_NE(NULL, strstr(ask(at(self, "a/prot/f/new"), "create", NULL),
			       "the path can't be found"));
	EXPECT_NE(NULL, strstr(ask(self->tree.mnt, "mount", NULL),
			       "a mount, a device or the kernel can't be explained"));
	EXPECT_NE(NULL, strstr(ask(at(self, "a/prot/f"), "open", "/none"),
			       "the executable can't be found"));
	/* A question changes nothing. */
	EXPECT_EQ(ENOENT, fim_opened(open(at(self, "open/none"), O_RDONLY)));
	ask(at(self, "open/none"), "create", NULL);
	EXPECT_EQ(ENOENT, fim_opened(open(at(self, "open/none"), O_RDONLY)));
}

TEST_HARNESS_MAIN
