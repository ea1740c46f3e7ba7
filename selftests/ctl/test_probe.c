// SPDX-License-Identifier: GPL-2.0
/*
 * test_probe.c - tests of ctl/probe.c: what it says of systems that are made up
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "helper.h"
#include "probe.h"

#include "kselftest_harness.h"

#define CONFIG "CONFIG_MODULES=y\nCONFIG_SECURITY=y\nCONFIG_KPROBES=y\n"   \
	"CONFIG_DYNAMIC_FTRACE=y\nCONFIG_DYNAMIC_FTRACE_WITH_ARGS=y\n"      \
	"# CONFIG_LTO_CLANG is not set\nCONFIG_NET=y\nCONFIG_TMPFS=y\n" \
	"CONFIG_X86_64=y\nCONFIG_IO_URING=y\nCONFIG_FS_POSIX_ACL=y\n"

/* A system below self->root, whose kernel is "9" and has all. */
FIXTURE(system) {
	char root[32];
	struct probe probe;
};

static void shell(const char *root, const char *text)
{
	struct buf command = { 0 };

	buf_addf(&command, "cd %s && { %s\n}", root, text);
	if (system(command.data))
		abort();
	buf_free(&command);
}

FIXTURE_SETUP(system)
{
	strcpy(self->root, "/tmp/fimctl.XXXXXX");
	self->probe = (struct probe){ 0 };
	ASSERT_NE(NULL, mkdtemp(self->root));
	shell(self->root,
	      "mkdir -p boot proc/sys/kernel sys/kernel/tracing sys/kernel/security "
	      "sys/module/module/parameters sys/module/fim lib/modules/9/build "
	      "sys/firmware/efi/efivars; cat >boot/config-9 <<'end'\n" CONFIG "end\n"
	      "touch lib/modules/9/build/Makefile; echo 0 >sys/module/fim/refcnt\n"
	      "echo 1 >proc/sys/kernel/ftrace_enabled\n"
	      "echo 0 >proc/sys/kernel/modules_disabled\n"
	      "echo '[none] integrity' >sys/kernel/security/lockdown\n"
	      "for f in inode_rename inode_link inode_create inode_unlink inode_symlink "
	      "inode_mkdir inode_rmdir inode_mknod inode_setattr inode_setxattr "
	      "inode_removexattr file_open file_ioctl sb_mount move_mount sb_umount "
	      "sb_pivotroot quota_on sb_delete file_permission mmap_file file_mprotect "
	      "file_fcntl kernel_load_data kernel_read_file inode_setsecctx "
	      "inode_file_setattr uring_cmd; do\n"
	      "echo \"ffffffff81000000 T security_$f\" >>proc/kallsyms\n"
	      "echo security_$f >>sys/kernel/tracing/available_filter_functions; done\n"
	      "for f in count_mounts set_posix_acl; do\n"
	      "echo \"ffffffff81000000 T $f\" >>proc/kallsyms\n"
	      "echo $f >>sys/kernel/tracing/available_filter_functions; done");
}

FIXTURE_TEARDOWN(system)
{
	char command[64];

	probe_free(&self->probe);
	snprintf(command, sizeof(command), "rm -rf %s", self->root);
	EXPECT_EQ(0, system(command));
}

/* Its state, or -1 if it was not looked at; then @text is part of what it says. */
static int state_of(const struct probe *p, const char *what, const char *text)
{
	size_t i;

	for (i = 0; i < p->nr; i++)
		if (!strcmp(p->items[i].what, what) &&
		    strstr(p->items[i].text, text))
			return p->items[i].state;
	return -1;
}

TEST_F(system, whole)
{
	size_t i;

	probe_read(&self->probe, self->root, "9");
	EXPECT_EQ(PROBE_OK, probe_worst(&self->probe));
	for (i = 0; i < self->probe.nr; i++) {
		EXPECT_EQ(PROBE_OK, self->probe.items[i].state) {
			TH_LOG("%s: %s", self->probe.items[i].what,
			       self->probe.items[i].text);
		}
	}
	EXPECT_EQ(0, strncmp(self->probe.config, self->root, strlen(self->root)));
	EXPECT_STREQ("/boot/config-9", self->probe.config + strlen(self->root));
}

TEST_F(system, only_release)
{
	char *release = probe_only_release(self->root);

	EXPECT_STREQ("9", release);
	free(release);
	shell(self->root, "mkdir lib/modules/8");
	EXPECT_EQ(NULL, probe_only_release(self->root));
	shell(self->root, "mkdir lib/modules/7");
	EXPECT_EQ(NULL, probe_only_release(self->root));
	shell(self->root, "rm -r lib/modules");
	EXPECT_EQ(NULL, probe_only_release(self->root));
}

/**
 * struct flaw - one thing that is otherwise
 * @change: what makes it so
 * @what: what shows it
 * @state: how
 * @text: part of what is said
 * @worst: what it comes to
 */
static const struct flaw {
	const char *change;
	const char *what;
	int state;
	const char *text;
	int worst;
} flaws[] = {
	{ "sed -i /CONFIG_SECURITY/d boot/config-9", "CONFIG_SECURITY", PROBE_NEEDED,
	  "no LSM function", PROBE_NEEDED },
	{ "sed -i s/CONFIG_TMPFS=y/CONFIG_TMPFS=n/ boot/config-9", "CONFIG_TMPFS",
	  PROBE_NEEDED, "", PROBE_NEEDED },
	{ "sed -i s/WITH_ARGS/WITH_REGS/ boot/config-9",
	  "CONFIG_DYNAMIC_FTRACE_WITH_ARGS", PROBE_OK, "", PROBE_OK },
	{ "sed -i /WITH_ARGS/d boot/config-9", "CONFIG_DYNAMIC_FTRACE_WITH_ARGS",
	  PROBE_LOST, "by kprobes", PROBE_LOST },
	{ "echo CONFIG_LTO_CLANG=y >>boot/config-9", "CONFIG_LTO_CLANG", PROBE_NEEDED,
	  "inlined", PROBE_NEEDED },
	{ "echo CONFIG_RANDSTRUCT=y >>boot/config-9", "CONFIG_RANDSTRUCT", PROBE_NEEDED,
	  "must be off", PROBE_NEEDED },
	{ "echo CONFIG_GCC_PLUGIN_RANDSTRUCT=y >>boot/config-9", "CONFIG_RANDSTRUCT",
	  PROBE_NEEDED, "must be off", PROBE_NEEDED },
	{ "mv boot/config-9 lib/modules/9/config", "CONFIG_SECURITY", PROBE_OK, "",
	  PROBE_OK },
	{ "rm boot/config-9", "configuration", PROBE_UNKNOWN,
	  "/boot/config-9, ", PROBE_UNKNOWN },
	{ "rm boot/config-9", "configuration", PROBE_UNKNOWN,
	  "/lib/modules/9/build/.config", PROBE_UNKNOWN },
	{ "echo >boot/config-9", "configuration", PROBE_UNKNOWN, "no options",
	  PROBE_UNKNOWN },
	{ "sed -i /sb_umount/d proc/kallsyms", "security_sb_umount", PROBE_NEEDED,
	  "unmounting", PROBE_NEEDED },
	{ "sed -i /mmap_file/d proc/kallsyms", "security_mmap_file", PROBE_NEEDED,
	  "mapping", PROBE_NEEDED },
	{ "sed -i /count_mounts/d proc/kallsyms", "count_mounts", PROBE_NEEDED,
	  "spread", PROBE_NEEDED },
	{ "sed -i /inode_setsecctx/d proc/kallsyms", "security_inode_setsecctx",
	  PROBE_LOST, "labels", PROBE_LOST },
	{ "sed -i /set_posix_acl/d proc/kallsyms", "set_posix_acl", PROBE_LOST,
	  "file servers", PROBE_LOST },
	{ "sed -i /set_posix_acl/d proc/kallsyms; sed -i /POSIX_ACL/d boot/config-9",
	  "set_posix_acl", -1, "", PROBE_OK },
	{ "sed -i /uring_cmd/d proc/kallsyms", "security_uring_cmd", PROBE_LOST,
	  "NVMe", PROBE_LOST },
	{ "sed -i /inode_file_setattr/d proc/kallsyms", "security_inode_file_setattr",
	  PROBE_NEEDED, "file_setattr(2)", PROBE_NEEDED },
	{ "sed -i s/X86_64/ARM64/ boot/config-9", "architecture", PROBE_OK, "", PROBE_OK },
	{ "sed -i s/X86_64/RISCV/ boot/config-9", "architecture", PROBE_NEEDED,
	  "neither", PROBE_NEEDED },
	{ "sed -i s/security_sb_delete/fsnotify_sb_delete/ proc/kallsyms",
	  "security_sb_delete", PROBE_OK, "", PROBE_OK },
	{ "sed -i s/security_sb_delete/x_security_sb_delete/ proc/kallsyms",
	  "security_sb_delete", PROBE_NEEDED, "", PROBE_NEEDED },
	{ "rm proc/kallsyms", "functions", PROBE_UNKNOWN, "/boot/System.map-9, ", PROBE_UNKNOWN },
	{ "mv proc/kallsyms boot/System.map-9", "security_inode_rename", PROBE_OK, "",
	  PROBE_OK },
	{ "mv proc/kallsyms lib/modules/9/System.map", "security_inode_rename", PROBE_OK, "",
	  PROBE_OK },
	{ "sed /sb_umount/d proc/kallsyms >boot/System.map-9", "security_sb_umount",
	  PROBE_NEEDED, "unmounting", PROBE_NEEDED },
	{ "rm proc/kallsyms; "
	  "echo 'ffffffffffffffff B The real System.map is elsewhere' >boot/System.map-9",
	  "functions", PROBE_UNKNOWN, "no symbols in /", PROBE_UNKNOWN },
	{ "echo 'ffffffffffffffff B The real System.map is elsewhere' >boot/System.map-9",
	  "security_inode_rename", PROBE_OK, "", PROBE_OK },
	{ "sed -i /file_open/d sys/kernel/tracing/available_filter_functions", "tracefs",
	  PROBE_NEEDED, "can't reach security_file_open", PROBE_NEEDED },
	{ "rm -r sys/kernel/tracing", "tracefs", PROBE_UNKNOWN, "when that kernel runs",
	  PROBE_UNKNOWN },
	{ "rm -r sys/kernel/tracing; sed -i /WITH_ARGS/d boot/config-9",
	  "CONFIG_DYNAMIC_FTRACE_WITH_ARGS", PROBE_LOST, "", PROBE_LOST },
	{ "echo 0 >proc/sys/kernel/ftrace_enabled", "kernel.ftrace_enabled",
	  PROBE_NEEDED, "sysctl", PROBE_NEEDED },
	{ "echo 1 >proc/sys/kernel/modules_disabled", "kernel.modules_disabled",
	  PROBE_NEEDED, "next boot", PROBE_NEEDED },
	{ "echo Y >sys/module/module/parameters/sig_enforce", "module signatures",
	  PROBE_NOTE, "signed", PROBE_OK },
	{ "echo 'none [integrity]' >sys/kernel/security/lockdown", "lockdown",
	  PROBE_NOTE, "signed", PROBE_OK },
	{ "printf '\\6\\0\\0\\0\\1' >sys/firmware/efi/efivars/"
	  "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", "Secure Boot", PROBE_NOTE,
	  "mokutil", PROBE_OK },
	{ "printf '\\6\\0\\0\\0\\0' >sys/firmware/efi/efivars/"
	  "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", "Secure Boot", PROBE_OK,
	  "", PROBE_OK },
	{ "rm -r lib/modules", "headers", PROBE_NOTE, "not installed", PROBE_OK },
	{ "rm -r sys/module/fim", "module", PROBE_NOTE, "not loaded", PROBE_OK },
	{ "mkdir proc/self; echo '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 none rw' "
	  ">proc/self/mountinfo", "cgroup v2", PROBE_OK, "", PROBE_OK },
	{ "mkdir proc/self; echo '30 23 0:26 / /sys/fs/cgroup rw - cgroup none rw,cpu' "
	  ">proc/self/mountinfo", "cgroup v2", PROBE_NOTE, "not mounted", PROBE_OK },
	{ "mkdir -p usr/bin usr/sbin; cp /bin/true usr/bin/crun; cp /bin/true usr/sbin/runc",
	  "runtimes", PROBE_NOTE, "runc, crun; none of them", PROBE_OK },
	{ "mkdir -p usr/bin etc/docker; cp /bin/true usr/bin/dockerd; "
	  "echo '/usr/libexec/fim-runc' >etc/docker/daemon.json", "runtimes", PROBE_NOTE,
	  "dockerd; fimctl is called by /etc/docker/daemon.json", PROBE_OK },
};

TEST_F(system, flaws)
{
	const struct flaw *f;

	shell(self->root, "cp -a . ../$(basename $PWD)-whole");
	for (f = flaws; f < flaws + ARRAY_SIZE_OF(flaws); f++) {
		shell(self->root, f->change);
		probe_read(&self->probe, self->root, "9");
		EXPECT_EQ(f->state, state_of(&self->probe, f->what, f->text)) {
			TH_LOG("%s", f->change);
		}
		EXPECT_EQ(f->worst, (int)probe_worst(&self->probe)) {
			TH_LOG("%s", f->change);
		}
		probe_free(&self->probe);
		shell(self->root, "rm -rf ./* && cp -a ../$(basename $PWD)-whole/. .");
	}
	shell(self->root, "rm -rf ../$(basename $PWD)-whole");
}

/* What a kernel is too old for, is none of its losses. */
TEST_F(system, versions)
{
	static const struct {
		const char *release;
		int version;
		int uring;
		int setattr;
	} cases[] = {
		{ "4.19.0-27-amd64", PROBE_NEEDED, -1, -1 },
		{ "5.9.16", PROBE_NEEDED, -1, -1 },
		{ "5.10.0-30-amd64", PROBE_OK, -1, -1 },
		{ "5.18.19", PROBE_OK, -1, -1 },
		{ "5.19.0", PROBE_OK, PROBE_LOST, -1 },
		{ "6.1.0-57-amd64", PROBE_OK, PROBE_LOST, -1 },
		{ "6.17-rc1", PROBE_OK, PROBE_LOST, PROBE_NEEDED },
		{ "10.0", PROBE_OK, PROBE_LOST, PROBE_NEEDED },
		{ "custom", PROBE_NEEDED, -1, -1 },
	};
	size_t i;

	shell(self->root, "sed -i '/uring_cmd/d; /file_setattr/d' proc/kallsyms");
	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		probe_read(&self->probe, self->root, cases[i].release);
		EXPECT_EQ(cases[i].version, state_of(&self->probe, "version", ""));
		EXPECT_EQ(cases[i].uring,
			  state_of(&self->probe, "security_uring_cmd", ""));
		EXPECT_EQ(cases[i].setattr,
			  state_of(&self->probe, "security_inode_file_setattr", "")) {
			TH_LOG("%s", cases[i].release);
		}
		probe_free(&self->probe);
	}
}

/* Of a kernel that does not run, nothing is said that is true of the one that does. */
TEST(another_kernel)
{
	struct probe probe = { 0 };

	probe_read(&probe, "", "9-there-is-none");
	EXPECT_EQ(PROBE_UNKNOWN, state_of(&probe, "configuration", ""));
	EXPECT_EQ(NULL, probe.config);
	EXPECT_EQ(PROBE_UNKNOWN, state_of(&probe, "functions",
					  "/boot/System.map-9-there-is-none"));
	EXPECT_EQ(-1, state_of(&probe, "functions", "kallsyms"));
	EXPECT_EQ(-1, state_of(&probe, "configuration", "/proc"));
	EXPECT_EQ(-1, state_of(&probe, "security_inode_rename", ""));
	EXPECT_EQ(-1, state_of(&probe, "tracefs", ""));
	EXPECT_EQ(-1, state_of(&probe, "kernel.ftrace_enabled", ""));
	EXPECT_EQ(-1, state_of(&probe, "module", ""));
	probe_free(&probe);
}

/* The module's own table has these, and no others that every kernel has. */
TEST_F(system, the_functions_are_the_module_s)
{
	FILE *f = popen("sed -n -e 's/^\\s\\+HOOK[A-Z_]*(\\([a-z_]*\\).*/security_\\1/p' "
			"-e 's/^.*\\.symbol = \"\\([a-z_]*\\)\",$/\\1/p' ../../kmod/hook.c", "r");
	char name[64];
	int nr = 0;

	probe_read(&self->probe, self->root, "9");
	while (fscanf(f, "%63s", name) == 1) {
		nr++;
		EXPECT_EQ(PROBE_OK, state_of(&self->probe, name, "")) {
			TH_LOG("%s", name);
		}
	}
	pclose(f);
	EXPECT_LT(20, nr);
}

TEST_HARNESS_MAIN
