// SPDX-License-Identifier: GPL-2.0
/*
 * record.c - what a record says of who did what, compared with the truth
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>
#include <linux/audit.h>

#include "harness.h"
#include "uring.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "Which AUDIT_ARCH is this?"
#endif

FIXTURE(record) {
	struct fim_nl nl;
	struct fim_tree tree;
	struct fim_events events;
	unsigned long long since;
	const char *f;
	const char *new;
};

/* Of two rules the first has all from its policy, the second nothing. */
#define POLICY \
	"apiVersion: security.kubearmor.com/v1\n" \
	"kind: KubeArmorHostPolicy\n" \
	"metadata:\n" \
	"  name: t\n" \
	"spec:\n" \
	"  nodeSelector:\n" \
	"    matchLabels:\n" \
	"      kubernetes.io/hostname: '*'\n" \
	"  severity: 3\n" \
	"  tags: [one, two]\n" \
	"  message: hands off\n" \
	"  action: Block\n" \
	"  file:\n" \
	"    matchDirectories:\n" \
	"    - dir: %s/\n" \
	"      readOnly: true\n" \
	"      recursive: true\n" \
	"    - dir: %s/a/\n" \
	"      readOnly: true\n" \
	"      severity: 9\n" \
	"      tags: [three]\n" \
	"      message: the other rule\n" \
	"      action: Audit\n"

/*
 *   root, a tmpfs
 *   ├── a/        <- rule "a/", Audit
 *   │   └── prot/f   <- rule "a/prot/", Block
 *   └── open/
 */
FIXTURE_SETUP(record)
{
	self->nl.fd = -1;
	if (FIM_BARE())
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(&self->tree, FIM_TMPFS));
	self->f = fim_fmt("%s/f", self->tree.prot);
	self->new = fim_fmt("%s/new", self->tree.prot);
	ASSERT_EQ(0, fim_write_file(self->f, "base"));
	ASSERT_EQ(0, chmod(self->f, 0666));
	ASSERT_EQ(0, fim_apply_yaml(fim_fmt(POLICY, self->tree.prot,
					    self->tree.root)));
	self->since = last_seq(&self->nl);
}

FIXTURE_TEARDOWN(record)
{
	if (self->nl.fd < 0)
		return;
	fim_events_free(&self->events);
	EXPECT_EQ(0, fim_initial_mounts());
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

#define NEEDS_MODULE() NEEDS(FIM_BARE() ? "needs the module" : NULL)

/* The only record since the policy was applied, or NULL. */
static const struct fim_event *only(FIXTURE_DATA(record) *self)
{
	struct fim_status st;

	fim_events_free(&self->events);
	if (fim_settle(&self->nl, &st) ||
	    fim_events_since(&self->nl, self->since, &self->events) ||
	    self->events.count != 1)
		return NULL;
	return fim_violation(&self->events);
}

static const char *link_of(const char *path)
{
	char text[PATH_MAX];
	ssize_t len = readlink(path, text, sizeof(text) - 1);

	text[len < 0 ? 0 : len] = '\0';
	return fim_fmt("%s", text);
}

static unsigned int inode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_ino;
}

static unsigned long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

TEST_F(record, policy)
{
	const struct fim_event *ev;

	NEEDS_MODULE();
	EXPECT_EQ(EACCES, fim_write_file(self->f, "new"));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(FIM_KIND_HOST, fim_u8(ev, FIM_EVENT_A_KIND));
	EXPECT_STREQ("t", fim_bytes(ev, FIM_EVENT_A_POLICY));
	EXPECT_EQ(0, fim_u32(ev, FIM_EVENT_A_RULE));
	EXPECT_EQ(3, fim_u8(ev, FIM_EVENT_A_SEVERITY));
	EXPECT_EQ(8, fim_len(ev, FIM_EVENT_A_TAGS));
	EXPECT_EQ(0, memcmp("one\0two", fim_bytes(ev, FIM_EVENT_A_TAGS), 8));
	EXPECT_STREQ("hands off", fim_bytes(ev, FIM_EVENT_A_MESSAGE));
	EXPECT_EQ(FIM_ACTION_BLOCK, fim_u8(ev, FIM_EVENT_A_ACTION));
	EXPECT_EQ(EACCES, fim_u32(ev, FIM_EVENT_A_ERRNO));

	self->since = last_seq(&self->nl);
	EXPECT_EQ(0, sys(mkdir(fim_fmt("%s/a/d", self->tree.root), 0755)));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(1, fim_u32(ev, FIM_EVENT_A_RULE));
	EXPECT_EQ(9, fim_u8(ev, FIM_EVENT_A_SEVERITY));
	EXPECT_STREQ("three", fim_bytes(ev, FIM_EVENT_A_TAGS));
	EXPECT_STREQ("the other rule", fim_bytes(ev, FIM_EVENT_A_MESSAGE));
	EXPECT_EQ(FIM_ACTION_AUDIT, fim_u8(ev, FIM_EVENT_A_ACTION));
	EXPECT_EQ(0, fim_u32(ev, FIM_EVENT_A_ERRNO));
}

TEST_F(record, object_and_time)
{
	unsigned long long before = now();
	const struct fim_event *ev;
	struct stat st;

	NEEDS_MODULE();
	ASSERT_EQ(0, stat(self->f, &st));
	EXPECT_EQ(EACCES, sys(truncate(self->f, 0)));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(self->since + 1, ev->seq);
	EXPECT_LE(before, fim_u64(ev, FIM_EVENT_A_TIME));
	EXPECT_GE(now(), fim_u64(ev, FIM_EVENT_A_TIME));
	EXPECT_STREQ(self->f, fim_bytes(ev, FIM_EVENT_A_PATH));
	EXPECT_FALSE(fim_has(ev, FIM_EVENT_A_TARGET));
	EXPECT_EQ(st.st_ino, fim_u64(ev, FIM_EVENT_A_INO));
	EXPECT_EQ(major(st.st_dev) << 20 | minor(st.st_dev),
		  fim_u32(ev, FIM_EVENT_A_DEV));
}

TEST_F(record, task)
{
	const struct fim_event *ev;
	char self_exe[PATH_MAX];
	char cmdline[4096] = "";
	char cwd[PATH_MAX];
	int fd;
	ssize_t len;

	NEEDS_MODULE();
	ASSERT_EQ(0, prctl(PR_SET_NAME, "na\nme\xff"));
	ASSERT_EQ(0, chdir(self->tree.open));
	EXPECT_EQ(EACCES, fim_write_file(self->f, "new"));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(getpid(), fim_u32(ev, FIM_EVENT_A_PID));
	EXPECT_EQ(getpid(), fim_u32(ev, FIM_EVENT_A_TGID));
	EXPECT_EQ(getppid(), fim_u32(ev, FIM_EVENT_A_PPID));
	EXPECT_EQ(getpid(), fim_u32(ev, FIM_EVENT_A_NS_TGID));
	EXPECT_EQ(getppid(), fim_u32(ev, FIM_EVENT_A_NS_PPID));
	EXPECT_EQ(0, fim_u32(ev, FIM_EVENT_A_UID));
	EXPECT_EQ(0, fim_u32(ev, FIM_EVENT_A_EUID));
	EXPECT_EQ(0, fim_u32(ev, FIM_EVENT_A_GID));
	EXPECT_STREQ("na\nme\xff", fim_bytes(ev, FIM_EVENT_A_COMM));
	snprintf(self_exe, sizeof(self_exe), "%s", link_of("/proc/self/exe"));
	EXPECT_STREQ(self_exe, fim_bytes(ev, FIM_EVENT_A_EXE));
	EXPECT_STREQ(link_of(fim_fmt("/proc/%d/exe", getppid())),
		     fim_bytes(ev, FIM_EVENT_A_PARENT_EXE));
	ASSERT_NE(NULL, getcwd(cwd, sizeof(cwd)));
	EXPECT_STREQ(cwd, fim_bytes(ev, FIM_EVENT_A_CWD));
	fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	len = read(fd, cmdline, sizeof(cmdline));
	close(fd);
	ASSERT_EQ(len, fim_len(ev, FIM_EVENT_A_CMDLINE));
	EXPECT_EQ(0, memcmp(cmdline, fim_bytes(ev, FIM_EVENT_A_CMDLINE), len));
	EXPECT_EQ(inode_of("/proc/self/ns/mnt"), fim_u32(ev, FIM_EVENT_A_MNT_NS));
	EXPECT_EQ(inode_of("/proc/self/ns/pid"), fim_u32(ev, FIM_EVENT_A_PID_NS));
	EXPECT_STREQ((const char *)getauxval(AT_EXECFN),
		     fim_bytes(ev, FIM_EVENT_A_EXECUTED));
	EXPECT_EQ(0, fim_flags(ev));
}

static int as_three_users(const void *arg)
{
	const FIXTURE_DATA(record) *self = arg;

	if (setresgid(7, 8, 9) || setresuid(4, 0, 6))
		return errno;
	return fim_write_file(self->f, "new");
}

TEST_F(record, users)
{
	const struct fim_event *ev;

	NEEDS_MODULE();
	EXPECT_EQ(EACCES, fim_run(0, as_three_users, self, NULL));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(4, fim_u32(ev, FIM_EVENT_A_UID));
	EXPECT_EQ(0, fim_u32(ev, FIM_EVENT_A_EUID));
	EXPECT_EQ(7, fim_u32(ev, FIM_EVENT_A_GID));
}

static int log_in(const void *arg)
{
	const FIXTURE_DATA(record) *self = arg;

	if (fim_write_file("/proc/self/loginuid", "1234"))
		return ENOSYS;
	return fim_write_file(self->f, "new");
}

TEST_F(record, login)
{
	const struct fim_event *ev;
	int err;

	NEEDS_MODULE();
	err = fim_run(0, log_in, self, NULL);
	if (err == ENOSYS)
		SKIP(return, "this kernel has no login uid");
	EXPECT_EQ(EACCES, err);
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(1234, fim_u32(ev, FIM_EVENT_A_LOGINUID));
	EXPECT_TRUE(fim_has(ev, FIM_EVENT_A_SESSIONID));
}

static void *in_thread(void *arg)
{
	const FIXTURE_DATA(record) *self = arg;
	pid_t *tid = malloc(sizeof(*tid));

	*tid = fim_write_file(self->f, "new") == EACCES ?
	       syscall(SYS_gettid) : -1;
	return tid;
}

TEST_F(record, thread)
{
	const struct fim_event *ev;
	pthread_t thread;
	pid_t *tid;

	NEEDS_MODULE();
	ASSERT_EQ(0, pthread_create(&thread, NULL, in_thread, self));
	ASSERT_EQ(0, pthread_join(thread, (void **)&tid));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(*tid, fim_u32(ev, FIM_EVENT_A_PID));
	EXPECT_EQ(getpid(), fim_u32(ev, FIM_EVENT_A_TGID));
	free(tid);
}

static int in_pid_namespace(const void *arg)
{
	const FIXTURE_DATA(record) *self = arg;

	if (getpid() != 1)
		return EINVAL;
	return fim_write_file(self->f, "new");
}

static int enter_pid_namespace(const void *arg)
{
	pid_t pid;
	int err;

	if (unshare(CLONE_NEWPID))
		return errno;
	err = fim_run(0, in_pid_namespace, arg, &pid);
	return err != EACCES ? err : pid & 0xff;
}

TEST_F(record, pid_namespace)
{
	const struct fim_event *ev;
	pid_t parent = 0;
	int low;

	NEEDS_MODULE();
	low = fim_run(0, enter_pid_namespace, self, &parent);
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(low, fim_u32(ev, FIM_EVENT_A_TGID) & 0xff);
	EXPECT_EQ(parent, fim_u32(ev, FIM_EVENT_A_PPID));
	EXPECT_EQ(1, fim_u32(ev, FIM_EVENT_A_NS_TGID));
	EXPECT_EQ(0, fim_u32(ev, FIM_EVENT_A_NS_PPID));
	EXPECT_NE(inode_of("/proc/self/ns/pid"), fim_u32(ev, FIM_EVENT_A_PID_NS));
}

static int in_mount_namespace(const void *arg)
{
	const FIXTURE_DATA(record) *self = arg;

	return fim_own_mounts() ?: fim_write_file(self->f, "new");
}

TEST_F(record, mount_namespace)
{
	const struct fim_event *ev;

	NEEDS_MODULE();
	EXPECT_EQ(EACCES, fim_run(0, in_mount_namespace, self, NULL));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_TRUE(fim_has(ev, FIM_EVENT_A_MNT_NS));
	EXPECT_NE(inode_of("/proc/self/ns/mnt"), fim_u32(ev, FIM_EVENT_A_MNT_NS));
}

static int on_terminal(const void *arg)
{
	const FIXTURE_DATA(record) *self = arg;
	int unlock = 0;
	int ptmx;
	int tty;
	int n;

	ptmx = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	if (ptmx < 0 || ioctl(ptmx, TIOCSPTLCK, &unlock) ||
	    ioctl(ptmx, TIOCGPTN, &n))
		return ENODEV;
	setsid();
	tty = open(fim_fmt("/dev/pts/%d", n), O_RDWR);
	if (tty < 0 || ioctl(tty, TIOCSCTTY, 1))
		return ENODEV;
	return fim_write_file(self->f, "new") == EACCES ? 200 + n : EIO;
}

static int without_terminal(const void *arg)
{
	const FIXTURE_DATA(record) *self = arg;

	return sys(setsid()) ?: fim_write_file(self->f, "new");
}

TEST_F(record, terminal)
{
	const struct fim_event *ev;
	int n;

	NEEDS_MODULE();
	n = fim_run(0, on_terminal, self, NULL);
	if (n == ENODEV)
		SKIP(return, "no pseudo terminals here");
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_STREQ(fim_fmt("pts%d", n - 200), fim_bytes(ev, FIM_EVENT_A_TTY));

	/* A session without a terminal has none. */
	self->since = last_seq(&self->nl);
	EXPECT_EQ(EACCES, fim_run(0, without_terminal, self, NULL));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_FALSE(fim_has(ev, FIM_EVENT_A_TTY));
}

static unsigned long long arg_of(const struct fim_event *ev, int i)
{
	unsigned long long args[6] = {};

	if (fim_len(ev, FIM_EVENT_A_ARGS) != sizeof(args))
		return -1ULL;
	memcpy(args, fim_bytes(ev, FIM_EVENT_A_ARGS), sizeof(args));
	return args[i];
}

TEST_F(record, system_call)
{
	const struct fim_event *ev;

	NEEDS_MODULE();
	EXPECT_EQ(EACCES, sys(syscall(SYS_openat, -100, self->new,
				      O_WRONLY | O_CREAT, 0640)));
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(ARCH, fim_u32(ev, FIM_EVENT_A_ARCH));
	EXPECT_EQ(SYS_openat, fim_u32(ev, FIM_EVENT_A_SYSCALL));
	EXPECT_EQ((unsigned int)-100, (unsigned int)arg_of(ev, 0));
	EXPECT_EQ((unsigned long)self->new, arg_of(ev, 1));
	EXPECT_EQ(O_WRONLY | O_CREAT, arg_of(ev, 2));
	EXPECT_EQ(0640, arg_of(ev, 3));
}

#ifdef __x86_64__
TEST_F(record, system_call_of_32_bits)
{
	const struct fim_event *ev;
	char *low;
	long ret;

	NEEDS_MODULE();
	low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	ASSERT_NE(MAP_FAILED, low);
	strcpy(low, self->f);
	/* open(2) as a program of 32 bits calls it */
	asm volatile("int $0x80"
		     : "=a" (ret)
		     : "a" (5), "b" (low), "c" (O_WRONLY), "d" (0)
		     : "memory", "r8", "r9", "r10", "r11");
	if ((int)ret == -ENOSYS)
		SKIP(return, "this kernel has no 32-bit system calls");
	EXPECT_EQ(-EACCES, (int)ret);
	ev = only(self);
	ASSERT_NE(NULL, ev);
	EXPECT_EQ(AUDIT_ARCH_I386, fim_u32(ev, FIM_EVENT_A_ARCH));
	EXPECT_EQ(5, fim_u32(ev, FIM_EVENT_A_SYSCALL));
	EXPECT_EQ((unsigned long)low, arg_of(ev, 0));
	EXPECT_EQ(O_WRONLY, arg_of(ev, 1));
}
#endif

/*
 * io_uring, in the task itself and by a worker: the record names the process
 * that asked for it.
 */
static void by_uring(struct __test_metadata *_metadata,
		     FIXTURE_DATA(record) *self, unsigned int flags)
{
	const struct {
		struct io_uring_sqe sqe;
		enum fim_op op;
		const char *path;
	} ops[] = {
		{ { .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD,
		    .addr = (unsigned long)self->f, .open_flags = O_WRONLY },
		  FIM_OP_OPEN, self->f },
		{ { .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD,
		    .addr = (unsigned long)self->new, .len = 0600,
		    .open_flags = O_WRONLY | O_CREAT }, FIM_OP_CREATE, self->new },
		{ { .opcode = IORING_OP_UNLINKAT, .fd = AT_FDCWD,
		    .addr = (unsigned long)self->f }, FIM_OP_UNLINK, self->f },
		{ { .opcode = IORING_OP_MKDIRAT, .fd = AT_FDCWD,
		    .addr = (unsigned long)self->new, .len = 0700 },
		  FIM_OP_MKDIR, self->new },
		{ { .opcode = IORING_OP_RENAMEAT, .fd = AT_FDCWD,
		    .addr = (unsigned long)self->f, .len = (unsigned int)AT_FDCWD,
		    .addr2 = (unsigned long)self->new }, FIM_OP_RENAME, self->f },
	};
	const struct fim_event *ev;
	struct uring ring;
	size_t i;

	if (uring_open(&ring, 0))
		SKIP(return, "no io_uring here");
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		struct io_uring_sqe sqe = ops[i].sqe;

		if (!uring_knows(&ring, sqe.opcode))
			continue;
		self->since = last_seq(&self->nl);
		sqe.flags = flags;
		EXPECT_EQ(-EACCES, uring_do(&ring, &sqe))
			TH_LOG("operation %zu", i);
		ev = only(self);
		ASSERT_NE(NULL, ev)
			TH_LOG("operation %zu: %s", i,
			       fim_records(&self->nl, self->since));
		EXPECT_EQ(ops[i].op, fim_u8(ev, FIM_EVENT_A_OP));
		EXPECT_STREQ(ops[i].path, fim_bytes(ev, FIM_EVENT_A_PATH));
		EXPECT_EQ(getpid(), fim_u32(ev, FIM_EVENT_A_TGID));
		EXPECT_STREQ(link_of("/proc/self/exe"),
			     fim_bytes(ev, FIM_EVENT_A_EXE));
		/* Left to itself, all but the first goes to a worker or not. */
		if (!flags && i)
			continue;
		EXPECT_EQ(flags ? FIM_EVENT_IO_URING : 0,
			  fim_flags(ev) & FIM_EVENT_IO_URING);
	}
	uring_close(&ring);
}

TEST_F(record, io_uring_worker)
{
	NEEDS_MODULE();
	by_uring(_metadata, self, IOSQE_ASYNC);
}

TEST_F(record, io_uring)
{
	NEEDS_MODULE();
	by_uring(_metadata, self, 0);
}

TEST_HARNESS_MAIN
