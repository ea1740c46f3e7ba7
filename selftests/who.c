// SPDX-License-Identifier: GPL-2.0
/*
 * who.c - who does it, and what he looks like, makes no difference
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <linux/loop.h>

#include "scene.h"

/* A child's operation is decided as if it were this process's. */
#define EXPECT_CHILD(name, uid, fn) do { \
	unsigned long long _since = last_seq(&self->nl); \
	struct fim_outcome _want = { self->block ? EACCES : 0 }; \
	struct fim_outcome _got = {}; \
	const char *_name = name; \
	pid_t _pid = 0; \
	_got.err = fim_run(uid, fn, self, &_pid); \
	_got.records = settled(self, _since); \
	_want.records = line_of(self, _name, _pid); \
	EXPECT_EQ(_want.err, _got.err); \
	EXPECT_STREQ(_want.records, _got.records); \
	fim_tell(NULL, _name, uid, &_want, &_got); \
} while (0)

static int write_f(const FIXTURE_DATA(scene) *self)
{
	return fim_write_to(open(at(self, "a/prot/f"), O_WRONLY | O_CLOEXEC));
}

static int with_name_of_another(const void *arg)
{
	return sys(prctl(PR_SET_NAME, "dpkg")) ?: write_f(arg);
}

TEST_F(scene, I01_name_of_another)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	EXPECT_CHILD(fim_fmt("open %s", at(self, "a/prot/f")), 0,
		     with_name_of_another);
}

/* Another program under a trusted one's path, in a namespace of one's own */
static int with_path_of_another(const void *arg)
{
	const FIXTURE_DATA(scene) *self = arg;
	const char *script = fim_fmt("echo x >%s", at(self, "a/prot/f"));
	int status = 0;
	pid_t pid;

	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("/usr/bin/busybox", "/usr/bin/hello", NULL, MS_BIND, NULL))
		return errno;
	pid = vfork();
	if (!pid) {
		execl("/usr/bin/hello", "sh", "-c", script, NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 2)
		return ECHILD;
	return WEXITSTATUS(status) ? EACCES : 0;
}

TEST_F(scene, I04_path_of_another)
{
	unsigned long long since = last_seq(&self->nl);
	const char *got;
	int err;

	NEEDS(self->missing);
	NEEDS(access("/usr/bin/hello", F_OK) ? "no program to spoof" : NULL);
	ASSERT_EQ(0, protect(self));
	since = last_seq(&self->nl);
	err = fim_run(0, with_path_of_another, self, NULL);
	EXPECT_EQ(self->block ? EACCES : 0, err);
	got = settled(self, since);
	if (self->action) {
		EXPECT_EQ(got, strstr(got, fim_fmt("%s open %s ", self->action,
						   at(self, "a/prot/f"))));
	} else {
		EXPECT_STREQ("", got);
	}
}

/* What a process that nobody waits for came to, told through shared memory */
struct told {
	volatile pid_t pid;
	volatile int err;
	volatile int done;
};

TEST_F(scene, I14_daemon)
{
	struct fim_outcome want = { self->block ? EACCES : 0 };
	struct fim_outcome got = {};
	unsigned long long since;
	struct told *told;
	pid_t pid;
	int i;

	NEEDS(self->missing);
	told = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, told);
	ASSERT_EQ(0, protect(self));
	since = last_seq(&self->nl);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		setsid();
		if (fork())
			_exit(0);
		/* Until the parent is gone, and process 1 is it */
		for (i = 0; i < 500 && getppid() != 1; i++)
			usleep(10000);
		told->pid = getpid();
		told->err = write_f(self);
		told->done = 1;
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	for (i = 0; i < 1000 && !told->done; i++)
		usleep(10000);
	got.err = told->err;
	got.records = settled(self, since);
	want.records = line_of(self, fim_fmt("open %s", at(self, "a/prot/f")),
			       told->pid);
	EXPECT_EQ(want.err, got.err);
	EXPECT_STREQ(want.records, got.records);
	fim_tell(NULL, "a daemon's open", 0, &want, &got);
}

#ifdef __x86_64__
void injected(void);
asm(".globl injected\ninjected: syscall\nint3\n");

static const char byte = 'x';

/* Make a traced process write a byte: what the call returned, as an errno. */
static int make_write(pid_t pid, int fd)
{
	struct user_regs_struct regs;
	int status;

	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) ||
	    waitpid(pid, &status, 0) != pid ||
	    ptrace(PTRACE_GETREGS, pid, NULL, &regs))
		return ECHILD;
	regs.orig_rax = -1;
	regs.rax = SYS_write;
	regs.rdi = fd;
	regs.rsi = (unsigned long)&byte;
	regs.rdx = 1;
	regs.rip = (unsigned long)injected;
	if (ptrace(PTRACE_SETREGS, pid, NULL, &regs) ||
	    ptrace(PTRACE_CONT, pid, NULL, NULL) ||
	    waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    WSTOPSIG(status) != SIGTRAP ||
	    ptrace(PTRACE_GETREGS, pid, NULL, &regs))
		return ECHILD;
	return (long)regs.rax < 0 ? -(long)regs.rax : 0;
}

static const char *cannot(void)
{
	return NULL;
}
#else
static int make_write(pid_t pid, int fd)
{
	return ENOSYS;
}

static const char *cannot(void)
{
	return "not known how to do it on this architecture";
}
#endif

/* The debugger of who holds a descriptor: the record names the holder. */
TEST_F(scene, C10_holder_is_traced)
{
	struct fim_outcome want = { self->block ? EACCES : 0 };
	struct fim_outcome got = {};
	unsigned long long since;
	pid_t pid;
	int fd;

	NEEDS(self->missing ?: cannot());
	fd = open(at(self, "a/prot/f"), O_RDWR);
	ASSERT_LE(0, fd);
	fflush(NULL);
	pid = fork();
	if (!pid)
		for (;;)
			pause();
	close(fd);
	ASSERT_EQ(0, protect(self));
	since = last_seq(&self->nl);
	got.err = make_write(pid, fd);
	got.records = settled(self, since);
	want.records = line_of(self, fim_fmt("write %s", at(self, "a/prot/f")),
			       pid);
	EXPECT_EQ(want.err, got.err);
	EXPECT_STREQ(want.records, got.records);
	fim_tell(NULL, "the holder's write", 0, &want, &got);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int open_only(const void *arg)
{
	return fim_opened(open(at(arg, "a/prot/f"), O_WRONLY | O_CLOEXEC));
}

/* Writing takes the bit away. There is nothing to write by. */
TEST_F(scene, F13_setuid_bit)
{
	struct stat st;

	NEEDS(self->missing);
	ASSERT_EQ(0, chmod(at(self, "a/prot/f"), 04777));
	ASSERT_EQ(0, protect(self));
	EXPECT_CHILD(fim_fmt("open %s", at(self, "a/prot/f")), FIM_NOBODY,
		     open_only);
	ASSERT_EQ(0, stat(at(self, "a/prot/f"), &st));
	EXPECT_EQ(04777, st.st_mode & 07777);
}

/* The node of a new device is made by a kernel thread, which has no memory. */
TEST_F(scene, C17_kernel_thread)
{
	const char *node = "/dev/loop77";
	const char *want = fim_fmt("%s mknod %s errno %d ",
				   self->action ?: "", node,
				   self->block ? EACCES : 0);
	unsigned long long since;
	int control;
	const char *got;

	NEEDS(self->missing);
	NEEDS(self->tree.fs == FIM_TMPFS ? NULL : "a tmpfs does it");
	control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	NEEDS(control < 0 ? "no loop devices" : NULL);
	if (self->action)
		ASSERT_EQ(0, fim_apply_dirs("t", self->action, "/dev/", NULL));
	since = last_seq(&self->nl);
	EXPECT_LE(0, ioctl(control, LOOP_CTL_ADD, 77));
	got = settled(self, since);
	EXPECT_EQ(self->block ? ENOENT : 0, sys(access(node, F_OK)));
	if (self->action) {
		EXPECT_NE(NULL, strstr(got, want))
			TH_LOG("%s", got);
	} else {
		EXPECT_STREQ("", got);
	}
	/* What is no file is free, and so is a read. */
	EXPECT_PASSED(0, fim_write_to(open("/dev/null", O_WRONLY)));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	/* Up to 5.10 it returns the number. */
	EXPECT_LE(0, ioctl(control, LOOP_CTL_REMOVE, 77));
	unlink(node);
	close(control);
}

TEST_HARNESS_MAIN
