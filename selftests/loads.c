// SPDX-License-Identifier: GPL-2.0
/*
 * loads.c - kernel modules, and kernels to boot by kexec, that are loaded while
 * a policy says something about it
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness.h"
#include "press.h"
#include "request.h"

#define MNT "/run/loads"
#define PROT MNT "/prot"
#define GARBAGE MNT "/garbage"
/* The module under test, which is loaded already: the kernel reads all of it. */
#define MODULE "/fim.ko"

FIXTURE(loads) {
	struct fim_nl nl;
	const char *missing;
};

FIXTURE_VARIANT(loads) {
	const char *action;
	const char *said;
};

FIXTURE_VARIANT_ADD(loads, tmpfs_block) {
	.action = "Audit",
	.said = "Block",
};

FIXTURE_VARIANT_ADD(loads, tmpfs_audit) {
	.action = "Block",
	.said = "Audit",
};

FIXTURE_VARIANT_ADD(loads, tmpfs_none) {
	.action = "Block",
};

FIXTURE_SETUP(loads)
{
	self->nl.fd = -1;
	self->missing = FIM_BARE() ? "needs the module" : NULL;
	if (self->missing)
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	mkdir(MNT, 0755);
	ASSERT_EQ(0, sys(mount("loads", MNT, "tmpfs", 0, NULL)));
	ASSERT_EQ(0, mkdir(PROT, 0755));
	/* As long as a module's header: less is not looked at. */
	ASSERT_EQ(0, fim_write_file(GARBAGE, fim_fmt("%-4096s", "no module")));
}

FIXTURE_TEARDOWN(loads)
{
	if (self->nl.fd < 0)
		return;
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	umount2(MNT, MNT_DETACH);
	rmdir(MNT);
	fim_nl_close(&self->nl);
}

static int say(const FIXTURE_VARIANT(loads) *variant, const char *annotation)
{
	static const char policy[] =
		"apiVersion: security.kubearmor.com/v1\n"
		"kind: KubeArmorHostPolicy\n"
		"metadata:\n"
		"  name: t\n"
		"  annotations: {%s%s%s}\n"
		"spec:\n"
		"  nodeSelector: {matchLabels: {kubernetes.io/hostname: '*'}}\n"
		"  action: %s\n"
		"  file: {matchDirectories: [{dir: " PROT "/, readOnly: true}]}\n";

	return fim_apply_yaml(fim_fmt(policy, variant->said ? annotation : "",
				      variant->said ? ": " : "",
				      variant->said ?: "", variant->action));
}

static bool blocks(const FIXTURE_VARIANT(loads) *variant)
{
	return variant->said && !strcmp(variant->said, "Block");
}

static const char *line_of(const FIXTURE_VARIANT(loads) *variant,
			   const char *op, const char *path)
{
	if (!variant->said)
		return "";
	return fim_fmt("%s %s %s errno %d by %d under t\n", variant->said, op,
		       path, blocks(variant) ? EACCES : 0, getpid());
}

/* It is refused or ends with @passed, and there is one record if it is to be. */
#define EXPECT_LOAD(op, path, passed, call) do { \
	unsigned long long _since = last_seq(&self->nl); \
	EXPECT_EQ(blocks(variant) ? EACCES : (passed), call) \
		TH_LOG("%s", #call); \
	EXPECT_STREQ(line_of(variant, op, path), \
		     fim_records(&self->nl, _since)) \
		TH_LOG("%s", #call); \
	if (blocks(variant)) \
		EXPECT_PRESSED(&self->nl, passed, call); \
} while (0)

#define EXPECT_SPARED(passed, call) do { \
	unsigned long long _since = last_seq(&self->nl); \
	EXPECT_EQ(passed, call) TH_LOG("%s", #call); \
	EXPECT_STREQ("", fim_records(&self->nl, _since)) TH_LOG("%s", #call); \
} while (0)

static int load_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = fd < 0 ? errno : sys(syscall(SYS_finit_module, fd, "", 0));

	close(fd);
	return err;
}

static int load_memory(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *image;
	int err;

	if (fd < 0 || fstat(fd, &st))
		return -1;
	image = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (image == MAP_FAILED)
		return -1;
	err = sys(syscall(SYS_init_module, image, st.st_size, ""));
	munmap(image, st.st_size);
	return err;
}

/* Unloads: with no segments there is nothing else to it. */
static int kexec_nothing(void)
{
	return sys(syscall(SYS_kexec_load, 0, 0, NULL, 0));
}

static int kexec_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = fd < 0 ? errno :
		sys(syscall(SYS_kexec_file_load, fd, -1, 0, NULL, 4));

	close(fd);
	return err;
}

TEST_F(loads, J20_finit_module)
{
	NEEDS(self->missing);
	EXPECT_EQ(ENOEXEC, load_file(GARBAGE));
	EXPECT_EQ(EEXIST, load_file(MODULE));
	ASSERT_EQ(0, say(variant, "fim/modules"));
	EXPECT_LOAD("module", "/garbage", ENOEXEC, load_file(GARBAGE));
	EXPECT_LOAD("module", MODULE, EEXIST, load_file(MODULE));
	ASSERT_EQ(0, fim_delete("t"));
	EXPECT_SPARED(ENOEXEC, load_file(GARBAGE));
}

TEST_F(loads, J20_init_module)
{
	NEEDS(self->missing);
	EXPECT_EQ(ENOEXEC, load_memory(GARBAGE));
	EXPECT_EQ(EEXIST, load_memory(MODULE));
	ASSERT_EQ(0, say(variant, "fim/modules"));
	EXPECT_LOAD("module", "(absent)", ENOEXEC, load_memory(GARBAGE));
	EXPECT_LOAD("module", "(absent)", EEXIST, load_memory(MODULE));
	ASSERT_EQ(0, fim_delete("t"));
	EXPECT_SPARED(ENOEXEC, load_memory(GARBAGE));
}

TEST_F(loads, J19_kexec_load)
{
	NEEDS(self->missing);
	if (kexec_nothing())
		SKIP(return, "the kernel has no kexec_load(2)");
	ASSERT_EQ(0, say(variant, "fim/kexec"));
	EXPECT_LOAD("kexec", "(absent)", 0, kexec_nothing());
	ASSERT_EQ(0, fim_delete("t"));
	EXPECT_SPARED(0, kexec_nothing());
}

TEST_F(loads, J19_kexec_file_load)
{
	int bare;

	NEEDS(self->missing);
	bare = kexec_file(GARBAGE);
	if (bare == ENOSYS)
		SKIP(return, "the kernel has no kexec_file_load(2)");
	EXPECT_EQ(ENOEXEC, bare);
	ASSERT_EQ(0, say(variant, "fim/kexec"));
	EXPECT_LOAD("kexec", "/garbage", bare, kexec_file(GARBAGE));
	ASSERT_EQ(0, fim_delete("t"));
	EXPECT_SPARED(bare, kexec_file(GARBAGE));
}

/* Each annotation is about its own. */
TEST_F(loads, J19_apart_from_modules)
{
	int kexec;

	NEEDS(self->missing);
	kexec = kexec_file(GARBAGE);
	ASSERT_EQ(0, say(variant, "fim/kexec"));
	EXPECT_SPARED(ENOEXEC, load_file(GARBAGE));
	EXPECT_SPARED(ENOEXEC, load_memory(GARBAGE));
	ASSERT_EQ(0, say(variant, "fim/modules"));
	EXPECT_SPARED(kexec, kexec_file(GARBAGE));
}

TEST_F(loads, I16_in_a_window)
{
	unsigned long long since;

	NEEDS(self->missing);
	ASSERT_EQ(0, say(variant, "fim/modules"));
	ASSERT_EQ(0, fim_pause(&self->nl, 600, "a driver"));
	since = last_seq(&self->nl);
	EXPECT_EQ(ENOEXEC, load_file(GARBAGE));
	EXPECT_STREQ(variant->said ?
		     fim_fmt("%s module /garbage errno 0 by %d under t\n",
			     variant->said, getpid()) : "",
		     fim_records(&self->nl, since));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_RESUME));
	EXPECT_LOAD("module", "/garbage", ENOEXEC, load_file(GARBAGE));
}

/* The hooks are there only while a policy says something about it. */
TEST_F(loads, hooks_come_and_go)
{
	static const char *const hooks[] = {
		"security_kernel_load_data", "security_kernel_read_file",
	};
	size_t i;

	NEEDS(self->missing);
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		EXPECT_EQ(FIM_HOOK_IDLE, fim_hook_state(&self->nl, hooks[i]));
	ASSERT_EQ(0, say(variant, "fim/kexec"));
	EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_SELFTEST));
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		EXPECT_EQ(variant->said ? FIM_HOOK_PROVEN : FIM_HOOK_IDLE,
			  fim_hook_state(&self->nl, hooks[i]));
	ASSERT_EQ(0, fim_delete("t"));
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		EXPECT_EQ(FIM_HOOK_IDLE, fim_hook_state(&self->nl, hooks[i]));
}

TEST_HARNESS_MAIN
