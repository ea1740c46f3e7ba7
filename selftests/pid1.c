// SPDX-License-Identifier: GPL-2.0
/*
 * pid1.c - process 1, in whose root directory the paths of rules begin, is made
 * to go elsewhere by who traces it
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "request.h"
#include "scene.h"

#define FAKE "/run/pid1"

#ifdef __x86_64__
/* Below what the ABI lets a function use without moving the stack pointer */
#define BELOW 1024

static int put_text(unsigned long addr, const char *text)
{
	char words[PATH_MAX] = "";
	size_t i, len = strlen(text) + 1;
	long word;

	memcpy(words, text, len);
	for (i = 0; i < len; i += sizeof(word)) {
		memcpy(&word, words + i, sizeof(word));
		if (ptrace(PTRACE_POKEDATA, 1, addr + i, word))
			return errno;
	}
	return 0;
}

/*
 * Process 1 waits in a system call, behind whose instruction it is stopped: it
 * executes that once more, as another one.
 */
static int inject(const struct user_regs_struct *saved, const char *path)
{
	struct user_regs_struct regs = *saved;
	int status = 0;
	int err;

	regs.rip -= 2;
	regs.rax = SYS_chroot;
	regs.orig_rax = -1;
	regs.rdi = (regs.rsp - BELOW - strlen(path)) & ~7UL;
	err = put_text(regs.rdi, path) ?:
	      sys(ptrace(PTRACE_SETREGS, 1, NULL, &regs)) ?:
	      sys(ptrace(PTRACE_SINGLESTEP, 1, NULL, NULL));
	if (err)
		return err;
	if (waitpid(1, &status, __WALL) != 1 || !WIFSTOPPED(status) ||
	    WSTOPSIG(status) != SIGTRAP)
		return ECHILD;
	err = sys(ptrace(PTRACE_GETREGS, 1, NULL, &regs));
	return err ?: -(int)regs.rax;
}

/* Let process 1 call chroot(). Returns 0 or an errno. */
static int chroot_pid1(const char *path)
{
	struct user_regs_struct saved;
	int status = 0;
	int err;

	if (ptrace(PTRACE_ATTACH, 1, NULL, NULL))
		return errno;
	if (waitpid(1, &status, __WALL) != 1 || !WIFSTOPPED(status))
		return ECHILD;
	err = sys(ptrace(PTRACE_GETREGS, 1, NULL, &saved));
	if (!err) {
		err = inject(&saved, path);
		/* And goes on with its own, which the kernel begins anew. */
		err = sys(ptrace(PTRACE_SETREGS, 1, NULL, &saved)) ?: err;
	}
	return sys(ptrace(PTRACE_DETACH, 1, NULL, NULL)) ?: err;
}

static const char *cannot(void)
{
	return NULL;
}
#else
static int chroot_pid1(const char *path)
{
	return ENOSYS;
}

static const char *cannot(void)
{
	return "not known how to do it on this architecture";
}
#endif

/* The same names as in the tree of the rule, below another directory */
static int make_fake(const FIXTURE_DATA(scene) *self)
{
	const char *prot = self->tree.prot;
	int err;

	mkdir(FAKE, 0755);
	err = sys(mount("fim", FAKE, "tmpfs", 0, NULL));
	if (!err && system(fim_fmt("mkdir -p " FAKE "%s/sub", prot)))
		err = ENOENT;
	return err ?: fim_write_file(fim_fmt(FAKE "%s/f", prot), "fake");
}

static unsigned int state(FIXTURE_DATA(scene) *self)
{
	struct fim_status st;

	return fim_status(&self->nl, &st) ? -1U : st.state;
}

/* All paths are walked again when a maintenance window ends. */
static int recheck(FIXTURE_DATA(scene) *self)
{
	return fim_pause(&self->nl, 60, "to look again") ?:
	       fim_nl_do(&self->nl, FIM_CMD_RESUME);
}

TEST_F(scene, D14_process_1_moved)
{
	const char *f = at(self, "a/prot/f");
	const char *line = fim_fmt("open %s", f);

	NEEDS_POLICY();
	NEEDS(self->tree.fs == FIM_OVERLAY ? "another filesystem does it" :
	      cannot());
	ASSERT_EQ(0, make_fake(self));
	ASSERT_EQ(0, protect(self));
	EXPECT_EQ(FIM_STATE_ARMED, state(self));
	EXPECT_PASSED(0, chroot_pid1(FAKE));

	EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_SELFTEST));
	EXPECT_EQ(FIM_STATE_DEGRADED, state(self));
	EXPECT_EQ(0, recheck(self));
	EXPECT_DECIDED(line, 0, fim_write_file(f, "new"));
	EXPECT_PASSED(0, fim_write_file(at(self, "open/f"), "new"));
	EXPECT_PASSED(0, fim_write_file(fim_fmt(FAKE "%s", f), "new"));

	/* Its working directory is the root that it had. */
	EXPECT_PASSED(0, chroot_pid1("."));
	EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_SELFTEST));
	EXPECT_EQ(FIM_STATE_ARMED, state(self));
	EXPECT_EQ(0, recheck(self));
	EXPECT_DECIDED(line, 0, fim_write_file(f, "new"));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, sys(umount2(FAKE, 0)));
	rmdir(FAKE);
}

TEST_HARNESS_MAIN
