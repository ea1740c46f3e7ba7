// SPDX-License-Identifier: GPL-2.0
/*
 * misc.c - what the kernel itself writes for others, what lies below the
 * filesystem, and what is tried against the module
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/quota.h>
#include <sys/resource.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>

#include "disk.h"
#include "request.h"
#include "scene.h"

#define TRACING "/sys/kernel/tracing/"
#define CORE_PATTERN "/proc/sys/kernel/core_pattern"

static int write_f(const FIXTURE_DATA(scene) *self)
{
	return fim_write_file(at(self, "a/prot/f"), "new");
}

/*
 * What the kernel writes
 */

static pid_t crash(bool *dumped)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		setrlimit(RLIMIT_CORE, &unlimited);
		prctl(PR_SET_DUMPABLE, 1);
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	*dumped = WIFSIGNALED(status) && WCOREDUMP(status);
	return pid;
}

TEST_F(scene, A05_core_dump)
{
	const char *core = at(self, "a/prot/core");
	const char *got, *want;
	unsigned long long since;
	size_t length;
	struct fim_status st;
	bool dumped;
	pid_t pid;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_write_file(CORE_PATTERN, at(self, "open/core")));
	crash(&dumped);
	if (!dumped) {
		fim_write_file(CORE_PATTERN, "core");
		SKIP(return, "no core dumps here");
	}
	ASSERT_EQ(0, protect(self));
	ASSERT_EQ(0, fim_write_file(CORE_PATTERN, core));
	since = last_seq(&self->nl);
	pid = crash(&dumped);
	EXPECT_EQ(0, fim_settle(&self->nl, &st));
	EXPECT_EQ(!self->block, dumped);
	EXPECT_EQ(self->block ? ENOENT : 0, sys(access(core, F_OK)));
	/*
	 * If it may create the file, the kernel goes on to truncate it. Each
	 * record is finished by a worker of its own, in whatever order.
	 */
	got = fim_records(&self->nl, since);
	want = line_of(self, fim_fmt("create %s", core), pid);
	EXPECT_NE(NULL, strstr(got, want));
	length = strlen(want);
	if (!self->block) {
		want = line_of(self, fim_fmt("setattr %s", core), pid);
		EXPECT_NE(NULL, strstr(got, want));
		length += strlen(want);
	}
	EXPECT_EQ(length, strlen(got));
	EXPECT_EQ(0, fim_write_file(CORE_PATTERN, "core"));
}

TEST_F(scene, A09_accounting)
{
	const char *got, *want, *twice;
	unsigned long long since;

	NEEDS(self->missing);
	if (acct(at(self, "open/f")))
		SKIP(return, "no accounting here");
	acct(NULL);
	ASSERT_EQ(0, protect(self));
	since = last_seq(&self->nl);
	EXPECT_EQ(self->block ? EACCES : 0, sys(acct(at(self, "a/prot/f"))));
	acct(NULL);
	/* Newer kernels open the file a second time if they may. */
	got = settled(self, since);
	want = line_of(self, fim_fmt("open %s", at(self, "a/prot/f")), getpid());
	twice = fim_fmt("%.*s x2\n", (int)strcspn(want, "\n"), want);
	if (self->block || strcmp(twice, got))
		EXPECT_STREQ(want, got);
}

/* No swap file, but that is found out later. */
TEST_F(scene, A02_swapon)
{
	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	EXPECT_PASSED(EINVAL, sys(swapon(at(self, "open/f"), 0)));
	EXPECT_DECIDED(fim_fmt("open %s", at(self, "a/prot/f")), EINVAL,
		       sys(swapon(at(self, "a/prot/f"), 0)));
}

/* The format's module is not there; that, too, is found out later. */
TEST_F(scene, C15_quota_on)
{
	char disk[64] = "";
	struct stat st;
	int err;

	NEEDS(self->missing);
	if (self->tree.fs != FIM_EXT4)
		SKIP(return, "no quota files here");
	if (mount(NULL, self->tree.mnt, NULL, MS_REMOUNT, "usrquota"))
		SKIP(return, "no quotas here");
	ASSERT_EQ(0, stat(self->tree.mnt, &st));
	snprintf(disk, sizeof(disk), "/dev/block/%u:%u", major(st.st_dev),
		 minor(st.st_dev));
	if (access(disk, F_OK))
		strcpy(disk, "/dev/vdb");
	err = sys(quotactl(QCMD(Q_QUOTAON, USRQUOTA), disk, 2,
			   (void *)at(self, "open/f")));
	ASSERT_EQ(0, protect(self));
	if (err == ENOSYS)
		SKIP(return, "no quotas here");
	EXPECT_DECIDED(fim_fmt("quota_on %s", at(self, "a/prot/f")), err,
		       sys(quotactl(QCMD(Q_QUOTAON, USRQUOTA), disk, 2,
				    (void *)at(self, "a/prot/f"))));
	EXPECT_EQ(0, mount(NULL, self->tree.mnt, NULL, MS_REMOUNT, "noquota"));
}

TEST_F(scene, A02_loop_device)
{
	const char *loop = fim_loop_free();

	NEEDS(self->missing);
	NEEDS(loop ? NULL : "no loop devices");
	ASSERT_EQ(0, truncate(at(self, "a/prot/f"), 65536));
	ASSERT_EQ(0, protect(self));
	EXPECT_DECIDED(fim_fmt("open %s", at(self, "a/prot/f")), 0,
		       fim_loop_set(loop, at(self, "a/prot/f"), O_RDWR));
	if (!self->block)
		EXPECT_EQ(0, fim_loop_clear(loop));
	EXPECT_PASSED(0, fim_loop_set(loop, at(self, "a/prot/f"), O_RDONLY));
	EXPECT_EQ(0, fim_loop_clear(loop));
}

/* One from before goes on, and is told. */
TEST_F(scene, C05_loop_device_from_before)
{
	const char *loop = fim_loop_free();
	unsigned long long since;
	struct fim_events events;
	bool found = false;
	size_t i;

	NEEDS_POLICY();
	NEEDS(loop ? NULL : "no loop devices");
	ASSERT_EQ(0, truncate(at(self, "a/prot/f"), 65536));
	ASSERT_EQ(0, fim_loop_set(loop, at(self, "a/prot/f"), O_RDWR));
	since = last_seq(&self->nl);
	ASSERT_EQ(0, protect(self));
	ASSERT_EQ(0, fim_events_since(&self->nl, since, &events));
	for (i = 0; i < events.count; i++)
		if (events.event[i].type == FIM_EVENT_WRITER)
			found = true;
	EXPECT_TRUE(found);
	fim_events_free(&events);
	EXPECT_EQ(0, fim_loop_clear(loop));
}

/*
 * Below the filesystem
 */

#define EXPECT_RAW(want, node, flags) do { \
	unsigned long long _since = last_seq(&self->nl); \
	EXPECT_EQ(0, fim_opened(open(node, (flags) | O_CLOEXEC))); \
	EXPECT_STREQ(want, fim_records(&self->nl, _since)) \
		TH_LOG("%s", node); \
} while (0)

TEST_F(scene, G01_disk_opened_for_writing)
{
	const char *node = fim_fmt("%s/node", self->tree.other);
	const char *line = "Audit raw %s -> %s errno 0 by %d under t\n";
	struct stat st;

	NEEDS_POLICY();
	if (self->tree.fs != FIM_EXT4)
		SKIP(return, "no disk below it");
	ASSERT_EQ(0, stat(self->tree.mnt, &st));
	ASSERT_EQ(0, mknod(node, S_IFBLK | 0600, st.st_dev));
	if (fim_opened(open("/dev/vdb", O_WRONLY | O_CLOEXEC)))
		SKIP(return, "the kernel itself refuses");
	ASSERT_EQ(0, protect(self));
	EXPECT_RAW("", "/dev/vdb", O_RDONLY);
	EXPECT_RAW("", "/dev/vda", O_RDONLY);
	EXPECT_RAW("", "/dev/null", O_RDWR);
	EXPECT_RAW(fim_fmt(line, self->tree.prot, "/vdb", getpid()), "/dev/vdb",
		   O_RDWR);
	EXPECT_RAW(fim_fmt(line, self->tree.prot, "/vdb", getpid()), "/dev/vdb",
		   O_WRONLY);
}

/* By another node, on another filesystem */
TEST_F(scene, G02_node_of_ones_own)
{
	const char *node = fim_fmt("%s/node", self->tree.other);
	struct stat st;

	NEEDS_POLICY();
	if (self->tree.fs != FIM_EXT4)
		SKIP(return, "no disk below it");
	ASSERT_EQ(0, stat(self->tree.mnt, &st));
	ASSERT_EQ(0, mknod(node, S_IFBLK | 0600, st.st_dev));
	if (fim_opened(open(node, O_WRONLY | O_CLOEXEC)))
		SKIP(return, "the kernel itself refuses");
	ASSERT_EQ(0, protect(self));
	EXPECT_RAW("", node, O_RDONLY);
	EXPECT_RAW(fim_fmt("Audit raw %s -> /node errno 0 by %d under t\n",
			   self->tree.prot, getpid()), node, O_WRONLY);
}

/*
 * Against the module
 */

/* Kprobes can be switched off, which the self-test finds: payload/backend.sh */
static const char *hooks_can_be_switched_off(FIXTURE_DATA(scene) *self)
{
	struct fim_status st;

	if (self->missing)
		return self->missing;
	if (fim_status(&self->nl, &st) || !strcmp(st.backend, "kprobe"))
		return "the kprobe backend does not keep that";
	return NULL;
}

TEST_F(scene, J03_ftrace_disabled)
{
	int err;

	NEEDS(hooks_can_be_switched_off(self));
	ASSERT_EQ(0, protect(self));
	err = fim_write_file("/proc/sys/kernel/ftrace_enabled", "0");
	/* The newest kernels do not have it switched off at all. */
	EXPECT_TRUE(err == EBUSY || err == EOPNOTSUPP);
	EXPECT_DECIDED(fim_fmt("open %s", at(self, "a/prot/f")), 0,
		       write_f(self));
}

TEST_F(scene, J04_kprobes_disabled)
{
	const char *enabled = "/sys/kernel/debug/kprobes/enabled";

	NEEDS(hooks_can_be_switched_off(self));
	NEEDS(access(enabled, W_OK) ? "no kprobes" : NULL);
	ASSERT_EQ(0, protect(self));
	ASSERT_EQ(0, fim_write_file(enabled, "0"));
	EXPECT_DECIDED(fim_fmt("open %s", at(self, "a/prot/f")), 0,
		       write_f(self));
	EXPECT_EQ(0, fim_write_file(enabled, "1"));
}

TEST_F(scene, J01_unloading)
{
	NEEDS_POLICY();
	ASSERT_EQ(0, protect(self));
	EXPECT_EQ(EWOULDBLOCK, sys(syscall(SYS_delete_module, "fim",
					   O_NONBLOCK)));
	EXPECT_DECIDED(fim_fmt("open %s", at(self, "a/prot/f")), 0,
		       write_f(self));
}

/* A tracer on the function that is hooked, before the policy and after */
TEST_F(scene, J25_function_tracer)
{
	const char *line = fim_fmt("open %s", at(self, "a/prot/f"));
	const char *filter = TRACING "set_ftrace_filter";
	const char *tracer = TRACING "current_tracer";

	NEEDS(self->missing);
	NEEDS(access(tracer, W_OK) ? "no tracefs" : NULL);
	ASSERT_EQ(0, protect(self));
	ASSERT_EQ(0, fim_write_file(filter, "security_file_open"));
	if (fim_write_file(tracer, "function"))
		SKIP(return, "no function tracer");
	EXPECT_DECIDED(line, 0, write_f(self));
	EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_SELFTEST));
	EXPECT_PASSED(0, fim_write_file(at(self, "open/f"), "new"));
	EXPECT_EQ(0, fim_write_file(tracer, "nop"));
	EXPECT_EQ(0, fim_write_file(filter, ""));
	EXPECT_DECIDED(line, 0, write_f(self));
}

static pid_t watch(void)
{
	pid_t pid;
	int null;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		null = open("/dev/null", O_RDWR);
		dup2(null, 1);
		dup2(null, 2);
		execlp("fimctl", "fimctl", "watch", NULL);
		_exit(127);
	}
	usleep(300000);
	return pid;
}

TEST_F(scene, J02_listener_stopped_and_killed)
{
	const char *line = fim_fmt("open %s", at(self, "a/prot/f"));
	pid_t pid;

	NEEDS(self->missing);
	ASSERT_EQ(0, protect(self));
	pid = watch();
	EXPECT_DECIDED(line, 0, write_f(self));
	EXPECT_EQ(0, kill(pid, SIGSTOP));
	EXPECT_DECIDED(line, 0, write_f(self));
	EXPECT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_DECIDED(line, 0, write_f(self));
}

/**
 * struct swap - a path that changes while it is used
 * @stop: set when it is enough
 * @text: the path, in memory that somebody keeps writing to
 * @good, @bad: what it alternates between
 */
struct swap {
	volatile bool stop;
	char text[PATH_MAX];
	const char *good, *bad;
};

static void *swap_text(void *arg)
{
	struct swap *swap = arg;
	unsigned int i;

	for (i = 0; !swap->stop; i++)
		strcpy(swap->text, i % 2 ? swap->good : swap->bad);
	return NULL;
}

static void *swap_links(void *arg)
{
	struct swap *swap = arg;

	while (!swap->stop)
		syscall(SYS_renameat2, AT_FDCWD, swap->good, AT_FDCWD, swap->bad,
			2 /* RENAME_EXCHANGE */);
	return NULL;
}

/* How often a writable descriptor of @victim was had in five seconds. */
static unsigned int race(struct swap *swap, void *(*fn)(void *),
			 const char *path, const char *victim,
			 unsigned int *opened, unsigned int *refused)
{
	time_t end = time(NULL) + 5;
	unsigned int won = 0;
	struct stat want, got;
	pthread_t thread;
	int fd;

	stat(victim, &want);
	swap->stop = false;
	pthread_create(&thread, NULL, fn, swap);
	while (time(NULL) < end) {
		fd = open(path, O_WRONLY | O_CLOEXEC);
		*opened += fd >= 0;
		*refused += fd < 0 && errno == EACCES;
		if (fd < 0)
			continue;
		fstat(fd, &got);
		won += got.st_ino == want.st_ino && got.st_dev == want.st_dev;
		close(fd);
	}
	swap->stop = true;
	pthread_join(thread, NULL);
	return won;
}

TEST_F(scene, B17_symlink_swapped)
{
	struct swap swap = {
		.good = at(self, "open/good"),
		.bad = at(self, "open/bad"),
	};
	unsigned int refused = 0;
	unsigned int opened = 0;

	NEEDS(self->missing);
	NEEDS(self->block && self->tree.fs == FIM_EXT4 ? NULL :
	      "another filesystem does it");
	ASSERT_EQ(0, symlink(at(self, "open/f"), swap.good));
	ASSERT_EQ(0, symlink(at(self, "a/prot/f"), swap.bad));
	ASSERT_EQ(0, protect(self));
	EXPECT_EQ(0, race(&swap, swap_links, swap.bad, at(self, "a/prot/f"),
			  &opened, &refused));
	EXPECT_LT(0, opened);
	EXPECT_LT(0, refused);
}

TEST_F(scene, B19_path_swapped_in_memory)
{
	struct swap swap = {
		.good = at(self, "./open/f"),
		.bad = at(self, "a/prot/f"),
	};
	unsigned int refused = 0;
	unsigned int opened = 0;

	NEEDS(self->missing);
	NEEDS(self->block && self->tree.fs == FIM_EXT4 ? NULL :
	      "another filesystem does it");
	strcpy(swap.text, swap.good);
	ASSERT_EQ(0, protect(self));
	EXPECT_EQ(0, race(&swap, swap_text, swap.text, at(self, "a/prot/f"),
			  &opened, &refused));
	EXPECT_LT(0, opened);
	EXPECT_LT(0, refused);
}

/*
 * Names elsewhere
 */

static int add_file_rule(const FIXTURE_DATA(scene) *self, struct fim_nl *nl,
			 const char *path)
{
	const struct fim_put name[] = {
		PUT_STRING(FIM_POLICY_A_NAME, "t"),
		PUT_END
	};
	const struct fim_put rule[] = {
		PUT_U8(FIM_RULE_A_TYPE, FIM_RULE_FILE),
		PUT_BYTES(FIM_RULE_A_PATH, path, strlen(path)),
		PUT_U32(FIM_RULE_A_FLAGS, FIM_RULE_READONLY),
		PUT_END
	};
	struct nl_msg *msg;
	int err;

	err = fim_nl_do(nl, FIM_CMD_TXN_BEGIN) ?:
	      fim_policy_add(nl, "t", self->block ? FIM_ACTION_BLOCK :
						    FIM_ACTION_AUDIT);
	if (err)
		return err;
	msg = fim_msg(nl, FIM_CMD_RULE_ADD, 0);
	fim_put_nest(msg, FIM_A_POLICY, name);
	fim_put_nest(msg, FIM_A_RULE, rule);
	return fim_nl_call(nl, msg, NULL, NULL) ?:
	       fim_nl_do(nl, FIM_CMD_TXN_COMMIT);
}

static void try_names(struct __test_metadata *_metadata,
		      FIXTURE_DATA(scene) *self, const char *path,
		      const char *const *names)
{
	size_t i;

	for (i = 0; names[i]; i++) {
		const char *name = at(self, names[i]);

		EXPECT_DECIDED(fim_fmt("open %s", path), 0,
			       fim_write_to(open(name, O_WRONLY | O_CLOEXEC)));
		EXPECT_DECIDED(fim_fmt("setattr %s", path), 0,
			       sys(chmod(name, 0640)));
		EXPECT_DECIDED(fim_fmt("setattr %s", path), 0,
			       sys(truncate(name, 1)));
		EXPECT_PASSED(0, fim_opened(open(name, O_RDONLY | O_CLOEXEC)));
	}
}

TEST_F(scene, B02_file_rule_and_its_other_names)
{
	static const char *const names[] = {
		"a/beside/x", "open/alias", "open/d/alias", NULL
	};

	NEEDS_POLICY();
	ASSERT_EQ(0, fim_write_file(at(self, names[0]), "base"));
	ASSERT_EQ(0, link(at(self, names[0]), at(self, names[1])));
	ASSERT_EQ(0, link(at(self, names[0]), at(self, names[2])));
	ASSERT_EQ(0, add_file_rule(self, &self->nl, at(self, names[0])));
	try_names(_metadata, self, at(self, names[0]), names);
	/* Its directory is free but for it. */
	EXPECT_PASSED(0, fim_write_file(at(self, "a/beside/y"), "new"));
	EXPECT_PASSED(0, sys(unlink(at(self, "a/beside/y"))));
	EXPECT_EQ(self->block ? EACCES : 0,
		  sys(link(at(self, names[0]), at(self, "open/alias2"))));
	EXPECT_EQ(self->block ? EACCES : 0,
		  sys(rename(at(self, "open/f"), at(self, names[0]))));
}

/* What fimctl finds when a directory comes to be protected */
TEST_F(scene, B02_hard_link_from_before)
{
	static const char *const names[] = { "a/prot/f", "open/alias", NULL };

	NEEDS(self->missing);
	ASSERT_EQ(0, link(at(self, names[0]), at(self, names[1])));
	ASSERT_EQ(0, protect(self));
	try_names(_metadata, self, at(self, names[0]), names);
}

TEST_F(scene, D02_filesystem_mounted_before)
{
	const char *deep = at(self, "a/prot/sub/deep");
	const char *new = fim_fmt("%s/new", deep);

	NEEDS(self->missing);
	ASSERT_EQ(0, mount("fim", deep, "tmpfs", 0, NULL));
	ASSERT_EQ(0, protect(self));
	EXPECT_DECIDED(fim_fmt("mkdir %s", new), 0, sys(mkdir(new, 0755)));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, umount2(deep, MNT_DETACH));
}

TEST_HARNESS_MAIN
