// SPDX-License-Identifier: GPL-2.0
/*
 * pattern.c - rules about what a pattern matches
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/fs.h>

#include "disk.h"
#include "harness.h"

FIXTURE(pattern) {
	struct fim_nl nl;
	struct fim_tree tree;
};

/*
 *   root, a tmpfs
 *   ├── a/prot/
 *   │   ├── bob/.ssh/keys  bob/notes/keys  bob/way -> notes
 *   │   └── x.php  w/y.php  w/y.txt  w/empty/
 *   └── open/  dir/keys  link -> dir
 */
FIXTURE_SETUP(pattern)
{
	static const char *const names[] = {
		"a/prot/bob/", "a/prot/bob/.ssh/", "a/prot/bob/notes/",
		"a/prot/w/", "a/prot/w/empty/", "open/dir/",
		"a/prot/bob/.ssh/keys", "a/prot/bob/notes/keys",
		"a/prot/x.php", "a/prot/w/y.php", "a/prot/w/y.txt",
		"open/dir/keys", NULL,
	};

	self->nl.fd = -1;
	if (FIM_BARE())
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(&self->tree, FIM_TMPFS));
	ASSERT_EQ(0, fim_tree_fill(&self->tree, names));
	ASSERT_EQ(0, symlink("notes", fim_tree_at(&self->tree,
						  "a/prot/bob/way")));
	ASSERT_EQ(0, symlink("dir", fim_tree_at(&self->tree, "open/link")));
}

FIXTURE_TEARDOWN(pattern)
{
	if (self->nl.fd < 0)
		return;
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

#define NEEDS_MODULE() NEEDS(FIM_BARE() ? "needs the module" : NULL)

static const char *at(const FIXTURE_DATA(pattern) *self, const char *path)
{
	return fim_tree_at(&self->tree, path);
}

#define HEAD "apiVersion: security.kubearmor.com/v1\n" \
	"kind: KubeArmorHostPolicy\n" \
	"metadata:\n  name: t\n" \
	"spec:\n" \
	"  nodeSelector:\n    matchLabels:\n" \
	"      kubernetes.io/hostname: '*'\n"

static int apply(const FIXTURE_DATA(pattern) *self, const char *pattern,
		 const char *action)
{
	static const char *const yaml = HEAD
		"  file:\n    matchPatterns:\n"
		"    - pattern: %s/%s\n      readOnly: true\n"
		"  action: %s\n";

	return fim_apply_yaml(fim_fmt(yaml, self->tree.prot, pattern, action));
}

static int writes(const FIXTURE_DATA(pattern) *self, const char *path)
{
	return fim_write_to(open(at(self, path), O_WRONLY | O_CREAT, 0644));
}

static int renames(const FIXTURE_DATA(pattern) *self, const char *from,
		   const char *to)
{
	return sys(rename(at(self, from), at(self, to)));
}

/* "*" is within a name, "**" is not; what does not match is free. */
TEST_F(pattern, what_matches)
{
	static const struct {
		const char *pattern;
		const char *path;
		int err;
	} cases[] = {
		{ "*.php", "a/prot/x.php", EACCES },
		{ "*.php", "a/prot/new.php", EACCES },
		{ "*.php", "a/prot/w/y.php", 0 },
		{ "**.php", "a/prot/w/y.php", EACCES },
		{ "**.php", "a/prot/w/new.php", EACCES },
		{ "**.php", "a/prot/w/y.txt", 0 },
		{ "?.php", "a/prot/x.php", EACCES },
		{ "?/y.*", "a/prot/w/y.txt", EACCES },
		{ "[a-w]/y.*", "a/prot/w/y.txt", EACCES },
		{ "[^a-w]/y.*", "a/prot/w/y.txt", 0 },
		{ "{bob,w}/**", "a/prot/w/empty/new", EACCES },
		{ "{bob,alice}/**", "a/prot/w/empty/new", 0 },
		{ "*/.ssh/**", "a/prot/bob/.ssh/keys", EACCES },
		{ "*/.ssh/**", "a/prot/bob/notes/keys", 0 },
		{ "*/.ssh/**", "open/dir/keys", 0 },
	};
	size_t i;

	NEEDS_MODULE();
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ASSERT_EQ(0, apply(self, cases[i].pattern, "Block"));
		EXPECT_EQ(cases[i].err, writes(self, cases[i].path))
			TH_LOG("%s for %s", cases[i].pattern, cases[i].path);
	}
}

/* It is recorded once, by the path that the policy means. */
TEST_F(pattern, record)
{
	unsigned long long since;

	NEEDS_MODULE();
	ASSERT_EQ(0, apply(self, "**.php", "Audit"));
	since = last_seq(&self->nl);
	EXPECT_EQ(0, writes(self, "a/prot/w/y.php"));
	EXPECT_EQ(0, writes(self, "a/prot/w/y.txt"));
	EXPECT_STREQ(fim_fmt("Audit open %s errno 0 by %d under t\n",
			     at(self, "a/prot/w/y.php"), getpid()),
		     fim_records(&self->nl, since));
	ASSERT_EQ(0, apply(self, "**.php", "Block"));
	since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, sys(unlink(at(self, "a/prot/x.php"))));
	EXPECT_STREQ(fim_fmt("Block unlink %s errno %d by %d under t\n",
			     at(self, "a/prot/x.php"), EACCES, getpid()),
		     fim_records(&self->nl, since));
}

/* A file is named by its pattern at both ends of a rename or link. */
TEST_F(pattern, names_come_and_go)
{
	NEEDS_MODULE();
	ASSERT_EQ(0, apply(self, "**.php", "Block"));
	EXPECT_EQ(EACCES, renames(self, "a/prot/w/y.txt", "a/prot/w/z.php"));
	EXPECT_EQ(EACCES, renames(self, "a/prot/w/y.php", "a/prot/w/z.txt"));
	EXPECT_EQ(EACCES, sys(link(at(self, "a/prot/x.php"),
				   at(self, "open/x"))));
	EXPECT_EQ(EACCES, sys(link(at(self, "open/dir/keys"),
				   at(self, "a/prot/k.php"))));
	EXPECT_EQ(EACCES, sys(symlink("/etc/passwd", at(self, "a/prot/k.php"))));
	EXPECT_EQ(EACCES, sys(mkdir(at(self, "a/prot/k.php"), 0755)));
	EXPECT_EQ(0, renames(self, "a/prot/w/y.txt", "a/prot/w/z.txt"));
	EXPECT_EQ(0, sys(link(at(self, "open/dir/keys"), at(self, "a/prot/k"))));
}

/* A directory takes the names below it along, whatever is in it today. */
TEST_F(pattern, directories_on_the_way)
{
	NEEDS_MODULE();
	ASSERT_EQ(0, apply(self, "*/.ssh/keys", "Block"));
	EXPECT_EQ(EACCES, renames(self, "a/prot/bob/.ssh", "a/prot/bob/old"));
	EXPECT_EQ(EACCES, renames(self, "a/prot/bob", "open/bob"));
	EXPECT_EQ(EACCES, renames(self, "open/dir", "a/prot/alice"));
	EXPECT_EQ(EACCES, renames(self, "a/prot", "a/other"));
	EXPECT_EQ(EACCES, sys(mount("none", at(self, "a/prot/bob/.ssh"),
				    "tmpfs", 0, NULL)));
	EXPECT_EQ(EACCES, sys(mount(at(self, "open/dir"), at(self, "a/prot/bob"),
				    NULL, MS_BIND, NULL)));
	EXPECT_EQ(0, renames(self, "a/prot/bob/notes", "a/prot/bob/old"));
	EXPECT_EQ(0, sys(mount("none", at(self, "a/prot/bob/old"), "tmpfs", 0,
			       NULL)));
	EXPECT_EQ(0, sys(umount(at(self, "a/prot/bob/old"))));
	/* An empty one has nothing to take along. */
	EXPECT_EQ(0, sys(mkdir(at(self, "a/prot/eve"), 0755)));
	EXPECT_EQ(0, sys(mkdir(at(self, "a/prot/eve/.ssh"), 0755)));
	EXPECT_EQ(EACCES, writes(self, "a/prot/eve/.ssh/keys"));
	EXPECT_EQ(0, sys(rmdir(at(self, "a/prot/eve/.ssh"))));
	EXPECT_EQ(0, sys(chmod(at(self, "a/prot/bob"), 0700)));
}

/* A symbolic link can stand in for a directory that the pattern names. */
TEST_F(pattern, links_on_the_way)
{
	NEEDS_MODULE();
	ASSERT_EQ(0, apply(self, "*/.ssh/keys", "Block"));
	EXPECT_EQ(EACCES, sys(symlink("/tmp", at(self, "a/prot/eve"))));
	EXPECT_EQ(0, sys(mkdir(at(self, "a/prot/eve"), 0755)));
	EXPECT_EQ(EACCES, sys(symlink("/tmp", at(self, "a/prot/eve/.ssh"))));
	EXPECT_EQ(EACCES, renames(self, "open/link", "a/prot/eve/.ssh"));
	EXPECT_EQ(EACCES, renames(self, "a/prot/bob/way", "a/prot/eve/.ssh"));
	EXPECT_EQ(0, renames(self, "a/prot/bob/way", "a/prot/eve/way"));
	EXPECT_EQ(0, sys(symlink("/tmp", at(self, "a/prot/bob/tmp"))));
	EXPECT_EQ(0, sys(unlink(at(self, "a/prot/bob/tmp"))));
	/* Anything can be below a "**": the link itself is not named. */
	ASSERT_EQ(0, apply(self, "**.php", "Block"));
	EXPECT_EQ(0, sys(symlink("/tmp", at(self, "a/prot/w/tmp"))));
	EXPECT_EQ(EACCES, renames(self, "a/prot/w", "a/prot/v"));
}

/* The nearest rule decides, and on one directory the pattern. */
TEST_F(pattern, precedence)
{
	static const char *const yaml = HEAD
		"  file:\n"
		"    matchDirectories:\n"
		"    - dir: %s/\n      recursive: true\n      readOnly: true\n"
		"      action: Block\n"
		"    matchPatterns:\n"
		"    - pattern: %s/**.txt\n      action: Allow\n";

	NEEDS_MODULE();
	ASSERT_EQ(0, fim_apply_yaml(fim_fmt(yaml, self->tree.prot,
					    self->tree.prot)));
	EXPECT_EQ(0, writes(self, "a/prot/w/y.txt"));
	EXPECT_EQ(0, writes(self, "a/prot/w/new.txt"));
	EXPECT_EQ(EACCES, writes(self, "a/prot/w/y.php"));
	EXPECT_EQ(0, renames(self, "a/prot/w/y.txt", "a/prot/w/z.txt"));
	/* What holds more than the exception is about is none of it. */
	EXPECT_EQ(EACCES, renames(self, "a/prot/w", "a/prot/v"));
	EXPECT_EQ(EACCES, renames(self, "a/prot/w", "open/v"));
	EXPECT_EQ(EACCES, renames(self, "a/prot", "a/other"));
	EXPECT_EQ(EACCES, sys(symlink("/tmp", at(self, "a/prot/w/link"))));
	EXPECT_EQ(0, sys(symlink("/tmp", at(self, "a/prot/w/link.txt"))));
}

/* By whatever mount the file is reached, the pattern is about the same names. */
TEST_F(pattern, by_another_name)
{
	const char *alias = fim_fmt("%s/alias", self->tree.other);

	NEEDS_MODULE();
	ASSERT_EQ(0, apply(self, "*/.ssh/keys", "Block"));
	ASSERT_EQ(0, fim_own_mounts());
	ASSERT_EQ(0, mkdir(alias, 0755));
	ASSERT_EQ(0, mount(at(self, "a/prot/bob/.ssh"), alias, NULL, MS_BIND,
			   NULL));
	EXPECT_EQ(EACCES, fim_write_to(open(fim_fmt("%s/keys", alias),
					    O_WRONLY)));
	EXPECT_EQ(0, fim_write_to(open(fim_fmt("%s/other", alias),
				       O_WRONLY | O_CREAT, 0644)));
	EXPECT_EQ(0, umount(alias));
}

#define IMAGE "/mnt/ext4/fold.img"
#define FOLD "/run/fold"

#ifndef FS_CASEFOLD_FL
#define FS_CASEFOLD_FL 0x40000000
#endif

/* Returns an errno, or 0: upper and lower case are the same there now. */
static int fold(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int flags = 0;
	int err = sys(ioctl(fd, FS_IOC_GETFLAGS, &flags));

	flags |= FS_CASEFOLD_FL;
	err = err ?: sys(ioctl(fd, FS_IOC_SETFLAGS, &flags));
	close(fd);
	return err;
}

static int writes_at(const char *path)
{
	return fim_write_to(open(path, O_WRONLY | O_CREAT, 0644));
}

/* A name in memory is spelled as whoever came first spelled it. */
TEST_F(pattern, folded_case)
{
	static const struct {
		const char *path;
		int err;
	} cases[] = {
		{ FOLD "/dir/X.CONF", EACCES },
		{ FOLD "/dir/NEW.Conf", EACCES },
		/* The sign for kelvin is a k. */
		{ FOLD "/dir/web.\342\204\252ey", EACCES },
		{ FOLD "/dir/Y.TXT", 0 },
		{ FOLD "/dir/\303\234.txt", 0 },
		{ FOLD "/plain/X.CONF", 0 },
		{ FOLD "/plain/x.conf", EACCES },
	};
	const char *disk;
	size_t i;
	int fd;

	NEEDS_MODULE();
	NEEDS(access("/usr/bin/mkfs.ext4", X_OK) ? "no mkfs.ext4" :
	      fim_tree_missing(FIM_EXT4));
	NEEDS(access("/sys/fs/ext4/features/casefold", F_OK) ?
	      "no CONFIG_UNICODE" : NULL);
	fd = open(IMAGE, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ASSERT_EQ(0, ftruncate(fd, 16 << 20));
	close(fd);
	ASSERT_EQ(0, system("mkfs.ext4 -q -F -O casefold " IMAGE));
	disk = fim_loop_free();
	ASSERT_EQ(0, fim_loop_set(disk, IMAGE, O_RDWR));
	mkdir(FOLD, 0755);
	ASSERT_EQ(0, sys(mount(disk, FOLD, "ext4", 0, NULL)));
	ASSERT_EQ(0, mkdir(FOLD "/dir", 0755));
	ASSERT_EQ(0, mkdir(FOLD "/plain", 0755));
	ASSERT_EQ(0, fold(FOLD "/dir"));
	ASSERT_EQ(0, writes_at(FOLD "/dir/x.conf"));
	ASSERT_EQ(0, writes_at(FOLD "/dir/web.key"));
	ASSERT_EQ(0, writes_at(FOLD "/dir/y.txt"));

	ASSERT_EQ(0, fim_apply_yaml(HEAD
		"  file:\n    matchPatterns:\n"
		"    - pattern: " FOLD "/*/*.{conf,key}\n      readOnly: true\n"
		"  action: Block\n"));
	ASSERT_EQ(0, fim_drop_caches("2"));
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		EXPECT_EQ(cases[i].err, writes_at(cases[i].path))
			TH_LOG("case %zu", i);

	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, sys(umount2(FOLD, 0)));
	EXPECT_EQ(0, fim_loop_clear(disk));
	rmdir(FOLD);
	unlink(IMAGE);
}

TEST_HARNESS_MAIN
