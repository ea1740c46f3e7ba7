// SPDX-License-Identifier: GPL-2.0
/*
 * overlay.c - an overlay and its layers: a rule about one of them, and what is
 * done by way of the other
 *
 * A file of the merged directory is another object than the file of the layer
 * that it shows. A rule is about the one that its path leads to; an operation
 * on the merged directory that the overlay carries out in a layer is an
 * operation on that one as well.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <linux/fs.h>

#include "harness.h"

FIXTURE(overlay) {
	struct fim_nl nl;
	struct fim_tree tree;
	const char *missing;
	bool block;
	const char *action;
	const char *layers;
};

FIXTURE_VARIANT(overlay) {
	enum fim_fs fs;
	const char *action;
};

/*
 *   root/open/  lower/  f g sub/x    files of this layer only
 *               upper/  u            one of that layer only
 *               work/
 *   root/a/prot/                     the merged directory is mounted here
 */
FIXTURE_VARIANT_ADD(overlay, ext4_block) {
	.fs = FIM_EXT4,
	.action = "Block",
};

FIXTURE_VARIANT_ADD(overlay, ext4_audit) {
	.fs = FIM_EXT4,
	.action = "Audit",
};

FIXTURE_VARIANT_ADD(overlay, tmpfs_block) {
	.fs = FIM_TMPFS,
	.action = "Block",
};

FIXTURE_VARIANT_ADD(overlay, tmpfs_audit) {
	.fs = FIM_TMPFS,
	.action = "Audit",
};

static const char *in_layer(const FIXTURE_DATA(overlay) *self, const char *name)
{
	return fim_fmt("%s/%s", self->tree.open, name);
}

static const char *merged(const FIXTURE_DATA(overlay) *self, const char *name)
{
	return fim_fmt("%s/%s", self->tree.prot, name);
}

static int mount_overlay(const FIXTURE_DATA(overlay) *self)
{
	return sys(mount("overlay", self->tree.prot, "overlay", 0,
			 fim_fmt("lowerdir=%s,upperdir=%s,workdir=%s",
				 in_layer(self, "lower"),
				 in_layer(self, "upper"),
				 in_layer(self, "work"))));
}

FIXTURE_SETUP(overlay)
{
	static const char *const dirs[] = { "lower", "lower/sub", "upper", "work" };
	static const char *const files[] = {
		"lower/f", "lower/g", "lower/sub/x", "upper/u",
	};
	size_t i;

	self->nl.fd = -1;
	self->action = variant->action;
	self->block = !strcmp(variant->action, "Block");
	self->missing = FIM_BARE() ? "needs the module" :
			fim_tree_missing(variant->fs);
	if (self->missing)
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(&self->tree, variant->fs));
	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		ASSERT_EQ(0, mkdir(in_layer(self, dirs[i]), 0755));
	}
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		ASSERT_EQ(0, fim_write_file(in_layer(self, files[i]), "base"));
	}
	ASSERT_EQ(0, mount_overlay(self));
}

FIXTURE_TEARDOWN(overlay)
{
	EXPECT_EQ(0, fim_initial_mounts());
	if (self->nl.fd >= 0) {
		EXPECT_EQ(0, fim_delete_all(&self->nl));
	}
	if (self->tree.mnt)
		umount2(self->tree.prot, MNT_DETACH);
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

static int protect(const FIXTURE_DATA(overlay) *self, const char *dir)
{
	return fim_apply_dirs("t", self->action, fim_fmt("%s/", dir), NULL);
}

static int protect_append(const FIXTURE_DATA(overlay) *self, const char *dir)
{
	static const char policy[] =
		"apiVersion: security.kubearmor.com/v1\n"
		"kind: KubeArmorHostPolicy\n"
		"metadata: {name: t, annotations: {fim/append: Allow}}\n"
		"spec:\n"
		"  nodeSelector: {matchLabels: {kubernetes.io/hostname: '*'}}\n"
		"  action: %s\n"
		"  file: {matchDirectories: [{dir: %s/, readOnly: true}]}\n";

	return fim_apply_yaml(fim_fmt(policy, self->action, dir));
}

static int append(const char *path)
{
	return fim_write_to(open(path, O_WRONLY | O_APPEND | O_CLOEXEC));
}

/* An operation that the rule decides: by which name, and what it is called. */
#define EXPECT_REFUSED(op, path, call) do { \
	unsigned long long _since = last_seq(&self->nl); \
	struct fim_outcome _want = { self->block ? EACCES : 0 }; \
	struct fim_outcome _got = { call, "" }; \
	_want.records = fim_fmt("%s %s %s errno %d by %d under t\n", \
				self->action, op, path, _want.err, getpid()); \
	_got.records = fim_records(&self->nl, _since); \
	EXPECT_EQ(_want.err, _got.err) \
		TH_LOG("%s", #call); \
	EXPECT_STREQ(_want.records, _got.records) \
		TH_LOG("%s", #call); \
	fim_tell(NULL, fim_fmt("%s %s", op, path), 0, &_want, &_got); \
} while (0)

#define EXPECT_FREE(passed, call) do { \
	unsigned long long _since = last_seq(&self->nl); \
	struct fim_outcome _want = { passed, "" }; \
	struct fim_outcome _got = { call, "" }; \
	_got.records = fim_records(&self->nl, _since); \
	EXPECT_EQ(_want.err, _got.err) \
		TH_LOG("%s", #call); \
	EXPECT_STREQ("", _got.records) \
		TH_LOG("%s", #call); \
	fim_tell(NULL, "nobody's business", 0, &_want, &_got); \
} while (0)

/*
 * The layers are other objects: a rule about the merged directory is not about
 * them. Whoever can reach them needs a rule there as well.
 */
TEST_F(overlay, D19_merged_named_layers_written)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self, self->tree.prot));
	EXPECT_FREE(0, append(in_layer(self, "upper/u")));
	EXPECT_FREE(0, fim_write_file(in_layer(self, "upper/new"), "new"));
	EXPECT_REFUSED("open", merged(self, "u"), append(merged(self, "u")));
}

TEST_F(overlay, D19_layers_named_as_well)
{
	const char *u = in_layer(self, "upper/u");

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_apply_dirs("t", self->action,
				    fim_fmt("%s/", self->tree.prot),
				    fim_fmt("%s/", in_layer(self, "upper")),
				    fim_fmt("%s/", in_layer(self, "lower")),
				    NULL));
	EXPECT_REFUSED("open", u, append(u));
	EXPECT_REFUSED("open", in_layer(self, "lower/g"),
		       append(in_layer(self, "lower/g")));
	/* What only the overlay itself puts there */
	EXPECT_REFUSED("mknod", in_layer(self, "upper/g"),
		       sys(mknod(in_layer(self, "upper/g"), S_IFCHR, 0)));
	EXPECT_REFUSED("setxattr", in_layer(self, "upper"),
		       sys(setxattr(in_layer(self, "upper"),
				    "trusted.overlay.opaque", "y", 1, 0)));
	/* One operation, refused once, though the layer has a rule, too */
	if (self->block) {
		EXPECT_REFUSED("open", merged(self, "u"),
			       append(merged(self, "u")));
		EXPECT_REFUSED("unlink", merged(self, "f"),
			       sys(unlink(merged(self, "f"))));
	}
}

/* No copy is made for what is refused. */
TEST_F(overlay, D20_refused_before_it_is_copied_up)
{
	const char *f = merged(self, "f");
	char *before, *after;

	NEEDS(self->missing);
	NEEDS(self->block ? NULL : "it is to be refused");
	ASSERT_EQ(0, protect(self, self->tree.prot));
	before = fim_snapshot(in_layer(self, "upper"));
	EXPECT_REFUSED("open", f, append(f));
	EXPECT_REFUSED("setattr", f, sys(chmod(f, 0600)));
	EXPECT_REFUSED("setattr", f, sys(truncate(f, 0)));
	EXPECT_REFUSED("setxattr", f, sys(setxattr(f, "trusted.fim", "1", 1, 0)));
	EXPECT_REFUSED("unlink", f, sys(unlink(f)));
	EXPECT_REFUSED("rmdir", merged(self, "sub"),
		       sys(rmdir(merged(self, "sub"))));
	EXPECT_REFUSED("create", merged(self, "sub/new"),
		       fim_write_file(merged(self, "sub/new"), "new"));
	EXPECT_FREE(0, fim_opened(open(f, O_RDONLY | O_CLOEXEC)));
	after = fim_snapshot(in_layer(self, "upper"));
	EXPECT_STREQ("", fim_changes(before, after));
	free(before);
	free(after);
}

/* What is copied up does not change the layer below. */
TEST_F(overlay, D20_lower_protected_merged_written)
{
	const char *lower = in_layer(self, "lower");
	char *before, *after;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self, lower));
	before = fim_snapshot(lower);
	EXPECT_FREE(0, append(merged(self, "f")));
	EXPECT_FREE(0, sys(chmod(merged(self, "g"), 0600)));
	EXPECT_FREE(0, sys(rename(merged(self, "g"), merged(self, "g2"))));
	EXPECT_FREE(0, sys(unlink(merged(self, "g2"))));
	EXPECT_FREE(0, sys(unlink(merged(self, "sub/x"))));
	EXPECT_FREE(0, sys(rmdir(merged(self, "sub"))));
	after = fim_snapshot(lower);
	EXPECT_STREQ("", fim_changes(before, after));
	free(before);
	free(after);
	EXPECT_REFUSED("open", fim_fmt("%s/f", lower),
		       append(fim_fmt("%s/f", lower)));
}

/* A container's root over a protected /usr, in its own namespace */
TEST_F(overlay, M07_over_a_protected_directory)
{
	const char *usr = self->tree.prot;
	const char *opts = fim_fmt("lowerdir=%s", usr);
	const char *there = fim_fmt("%s/usr", self->tree.other);

	NEEDS(self->missing);
	/* In the place of the fixture's: here the tree is a plain directory. */
	ASSERT_EQ(0, umount2(usr, 0));
	ASSERT_EQ(0, fim_write_file(merged(self, "sh"), "base"));
	ASSERT_EQ(0, mkdir(there, 0755));
	ASSERT_EQ(0, mkdir(fim_fmt("%s/up", self->tree.other), 0755));
	ASSERT_EQ(0, mkdir(fim_fmt("%s/work", self->tree.other), 0755));
	ASSERT_EQ(0, protect(self, usr));
	ASSERT_EQ(0, fim_own_mounts());
	EXPECT_FREE(0, sys(mount("overlay", there, "overlay", 0,
				 fim_fmt("%s,upperdir=%s/up,workdir=%s/work",
					 opts, self->tree.other,
					 self->tree.other))));
	EXPECT_FREE(0, append(fim_fmt("%s/sh", there)));
	EXPECT_FREE(0, fim_write_file(fim_fmt("%s/new", there), "new"));
	EXPECT_FREE(0, sys(unlink(fim_fmt("%s/sh", there))));
	EXPECT_REFUSED("open", merged(self, "sh"), append(merged(self, "sh")));
	EXPECT_EQ(0, umount2(there, MNT_DETACH));
}

/*
 * A rule about the upper layer, and a file that is there already: up to 6.4 the
 * overlay opens it under the name that it has in the merged directory.
 */
static int set_flags(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), flags = FS_NODUMP_FL, err;

	err = fd < 0 ? errno : sys(ioctl(fd, FS_IOC_SETFLAGS, &flags));
	close(fd);
	return err;
}

TEST_F(overlay, D20_upper_protected_merged_written)
{
	const char *upper = in_layer(self, "upper");
	const char *u = fim_fmt("%s/u", upper);
	int err;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self, upper));
	EXPECT_REFUSED("open", u, append(merged(self, "u")));
	EXPECT_REFUSED("setattr", u, sys(chmod(merged(self, "u"), 0600)));
	EXPECT_REFUSED("setattr", u, sys(truncate(merged(self, "u"), 1)));
	err = set_flags(merged(self, "u"));
	if (err != ENOTTY)
		EXPECT_REFUSED("fileattr", u, set_flags(merged(self, "u")));
	EXPECT_FREE(0, fim_opened(open(merged(self, "u"), O_RDONLY | O_CLOEXEC)));
	if (self->block) {
		/* Whatever the overlay has to do in it, it can't. */
		EXPECT_EQ(EACCES, append(merged(self, "f")));
		EXPECT_EQ(EACCES, sys(unlink(merged(self, "g"))));
		EXPECT_EQ(EACCES, sys(unlink(merged(self, "u"))));
		EXPECT_EQ(EACCES, sys(mkdir(merged(self, "new"), 0755)));
	}
	EXPECT_REFUSED("open", u, append(u));
}

/*
 * What the overlay opens obeys the flags of the merged file, which can be
 * cleared: it is not for appending only.
 */
TEST_F(overlay, A23_upper_protected_merged_appended)
{
	const char *u = in_layer(self, "upper/u");
	int fd;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect_append(self, in_layer(self, "upper")));
	EXPECT_FREE(0, append(u));
	EXPECT_REFUSED("open", u, fim_opened(open(merged(self, "u"), O_WRONLY |
						  O_APPEND | O_CLOEXEC)));
	if (self->block)
		return;
	fd = open(merged(self, "u"), O_WRONLY | O_APPEND | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_FREE(0, sys(fcntl(fd, F_SETFL, 0)));
	EXPECT_REFUSED("write", u, sys(pwrite(fd, "x", 1, 0)));
	close(fd);
}

/* The same by what was open, or mapped, before: the file of the layer. */
TEST_F(overlay, C07_upper_protected_merged_mapped)
{
	const char *u = in_layer(self, "upper/u");
	void *map;
	int fd;

	NEEDS(self->missing);
	fd = open(merged(self, "u"), O_RDWR | O_CLOEXEC);
	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, protect(self, in_layer(self, "upper")));
	EXPECT_REFUSED("write", u, sys(pwrite(fd, "x", 1, 0)));
	EXPECT_REFUSED("mprotect", u,
		       sys(mprotect(map, 4096, PROT_READ | PROT_WRITE)));
	close(fd);
	munmap(map, 4096);
}

/* The same by a descriptor that was open before the rule */
TEST_F(overlay, C06_upper_protected_merged_open_before)
{
	int fd, old;
	char *page;

	NEEDS(self->missing);
	fd = open(merged(self, "u"), O_RDWR | O_CLOEXEC);
	ASSERT_LT(0, fd);
	old = open(merged(self, "g"), O_RDWR | O_CLOEXEC);
	ASSERT_LT(0, old);
	ASSERT_EQ(0, protect(self, in_layer(self, "upper")));
	EXPECT_REFUSED("mmap", in_layer(self, "upper/u"), ({
		page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			    0);
		page == MAP_FAILED ? errno : munmap(page, 4096);
	}));
	/* To read, and for itself only, it may be mapped. */
	page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	EXPECT_NE(MAP_FAILED, page);
	munmap(page, 4096);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	EXPECT_NE(MAP_FAILED, page);
	munmap(page, 4096);
	close(old);
	close(fd);
}

static int apply_rule(FIXTURE_DATA(overlay) *self, const char *list,
		      const char *key, const char *path)
{
	static const char policy[] =
		"apiVersion: security.kubearmor.com/v1\n"
		"kind: KubeArmorHostPolicy\n"
		"metadata: {name: t}\n"
		"spec:\n"
		"  nodeSelector: {matchLabels: {kubernetes.io/hostname: '*'}}\n"
		"  action: %s\n"
		"  file: {%s: [{%s: %s, readOnly: true}]}\n";

	return fim_apply_yaml(fim_fmt(policy, self->action, list, key, path));
}

/*
 * A file of the lower layer that has more names there has another inode each
 * time that it is looked up: a rule about its path would not hold.
 */
TEST_F(overlay, H17_lower_hard_link_is_refused)
{
	const char *path = merged(self, "h");

	NEEDS(self->missing);
	umount2(self->tree.prot, 0);
	ASSERT_EQ(0, sys(link(in_layer(self, "lower/f"),
			      in_layer(self, "lower/h"))));
	ASSERT_EQ(0, mount_overlay(self));
	EXPECT_EQ(2, apply_rule(self, "matchPaths", "path", path));
	EXPECT_EQ(0, apply_rule(self, "matchPaths", "path",
				merged(self, "g")));
	EXPECT_EQ(0, apply_rule(self, "matchPatterns", "pattern", path));
	EXPECT_EQ(0, fim_write_file("/proc/sys/vm/drop_caches", "2"));
	EXPECT_REFUSED("open", path,
		       fim_opened(open(path, O_WRONLY | O_CLOEXEC)));
}

TEST_HARNESS_MAIN
