// SPDX-License-Identifier: GPL-2.0
/*
 * self.c - what the module and its tool lean on is taken away, or lied to
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <linux/netlink.h>

#include "request.h"
#include "scene.h"

/* What is not about the filesystem is tried on one. */
#define NEEDS_TMPFS() \
	NEEDS(self->tree.fs == FIM_TMPFS ? NULL : "another filesystem does it")

static int write_f(const FIXTURE_DATA(scene) *self)
{
	return fim_write_file(at(self, "a/prot/f"), "new");
}

/* Hooks by their state; of those that must be there, the ones not proven */
struct hooks {
	unsigned int states[FIM_HOOK_MAX + 1];
	unsigned int unproven;
};

static void count_hook(struct nlattr **attrs, void *arg)
{
	struct nlattr *a[FIM_HOOK_A_MAX + 1];
	struct hooks *hooks = arg;
	unsigned int state;

	if (!attrs[FIM_A_HOOK] ||
	    nla_parse_nested(a, FIM_HOOK_A_MAX, attrs[FIM_A_HOOK], NULL) ||
	    !a[FIM_HOOK_A_STATE])
		return;
	state = nla_get_u8(a[FIM_HOOK_A_STATE]);
	if (state <= FIM_HOOK_MAX)
		hooks->states[state]++;
	/* Some are attached only while there is something for them to do. */
	if (a[FIM_HOOK_A_REQUIRED] && state != FIM_HOOK_PROVEN &&
	    state != FIM_HOOK_IDLE)
		hooks->unproven++;
}

/* A function that is inlined somewhere, or called by another name, is found. */
TEST_F(scene, J09_every_hook_fires)
{
	struct hooks hooks = {};

	NEEDS(self->missing);
	NEEDS_TMPFS();
	ASSERT_EQ(0, protect(self));
	EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_SELFTEST));
	ASSERT_EQ(0, fim_nl_dump(&self->nl, FIM_CMD_HOOK_GET, count_hook,
				 &hooks));
	EXPECT_LT(10, hooks.states[FIM_HOOK_PROVEN]);
	EXPECT_EQ(0, hooks.states[FIM_HOOK_DEAD]);
	EXPECT_EQ(0, hooks.states[FIM_HOOK_ATTACHED]);
	EXPECT_EQ(0, hooks.unproven);
}

TEST_F(scene, J22_tracefs_unmounted)
{
	static const char *const mounts[] = {
		"/sys/kernel/tracing", "/sys/kernel/debug",
	};
	static const char *const types[] = { "tracefs", "debugfs" };
	bool gone[ARRAY_SIZE(mounts)];
	size_t i;

	NEEDS(self->missing);
	NEEDS_TMPFS();
	ASSERT_EQ(0, protect(self));
	for (i = 0; i < ARRAY_SIZE(mounts); i++)
		gone[i] = !umount2(mounts[i], MNT_DETACH);
	EXPECT_DECIDED(fim_fmt("open %s", at(self, "a/prot/f")), 0,
		       write_f(self));
	EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_SELFTEST));
	for (i = 0; i < ARRAY_SIZE(mounts); i++)
		if (gone[i])
			EXPECT_EQ(0, mount(types[i], mounts[i], types[i], 0,
					   NULL));
}

TEST_F(scene, J23_processors_come_and_go)
{
	const char *online = "/sys/devices/system/cpu/cpu1/online";
	const char *line = fim_fmt("open %s", at(self, "a/prot/f"));
	int i;

	NEEDS(self->missing);
	NEEDS_TMPFS();
	NEEDS(access(online, W_OK) ? "one processor" : NULL);
	ASSERT_EQ(0, protect(self));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, fim_write_file(online, "0"));
		EXPECT_DECIDED(line, 0, write_f(self));
		EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_SELFTEST));
		ASSERT_EQ(0, fim_write_file(online, "1"));
		EXPECT_DECIDED(line, 0, write_f(self));
	}
}

/* fimctl watch, of what comes from now on, with its output somewhere */
static pid_t watch(FIXTURE_DATA(scene) *self, int out, const char *state)
{
	/* However late it begins to listen */
	const char *since = fim_fmt("%llu", last_seq(&self->nl) + 1);
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		dup2(out, 1);
		dup2(out, 2);
		execlp("fimctl", "fimctl", "watch", "-o", "json", "--since",
		       since, state ? "--state" : NULL, state, NULL);
		_exit(127);
	}
	return pid;
}

/* Waits a while for its end; -1 if it goes on. */
static int end_of(pid_t pid)
{
	int status = 0;
	int i;

	for (i = 0; i < 2000; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		usleep(10000);
	}
	return -1;
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Who can't keep the records ends, and says so by it. */
TEST_F(scene, K07_disk_full)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int status;
	pid_t pid;

	NEEDS_POLICY();
	NEEDS_TMPFS();
	ASSERT_LE(0, full);
	ASSERT_EQ(0, protect(self));
	pid = watch(self, full, NULL);
	EXPECT_DECIDED(fim_fmt("open %s", at(self, "a/prot/f")), 0,
		       write_f(self));
	status = end_of(pid);
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(1, WEXITSTATUS(status));
	if (status == -1)
		stop(pid);
	close(full);
}

/* Whether a line comes within ten seconds */
static bool line_comes(int fd)
{
	char c = 0;
	int i;

	for (i = 0; c != '\n' && i < 1000;)
		if (read(fd, &c, 1) != 1) {
			usleep(10000);
			i++;
		}
	return c == '\n';
}

/* Who can't keep his place shows what comes all the same. */
TEST_F(scene, K07_no_room_for_the_place)
{
	const char *dir = "/run/full";
	int ends[2];
	pid_t pid;
	int i;

	NEEDS_POLICY();
	NEEDS_TMPFS();
	mkdir(dir, 0755);
	ASSERT_EQ(0, sys(mount("full", dir, "tmpfs", 0, "size=4k")));
	ASSERT_EQ(0, fim_write_file(fim_fmt("%s/big", dir),
				    fim_fmt("%4096d", 0)));
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC | O_NONBLOCK));
	ASSERT_EQ(0, protect(self));
	pid = watch(self, ends[1], fim_fmt("%s/place", dir));
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(self->block ? EACCES : 0, write_f(self));
		EXPECT_TRUE(line_comes(ends[0]));
	}
	EXPECT_EQ(0, waitpid(pid, NULL, WNOHANG));
	stop(pid);
	EXPECT_EQ(0, sys(umount(dir)));
	rmdir(dir);
}

/*
 * A listener that keeps its log in the tree: it is refused, or each record that
 * it writes makes one more, which it does not write.
 */
TEST_F(scene, K12_log_in_the_tree)
{
	unsigned long long since;
	struct fim_status st;
	pid_t pid;
	int log;

	NEEDS_POLICY();
	NEEDS_TMPFS();
	log = open(at(self, "a/prot/log"), O_WRONLY | O_CREAT | O_APPEND |
		   O_CLOEXEC, 0600);
	ASSERT_LE(0, log);
	ASSERT_EQ(0, protect(self));
	pid = watch(self, log, NULL);
	since = last_seq(&self->nl);
	EXPECT_EQ(self->block ? EACCES : 0, write_f(self));
	usleep(1500000);
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_GT(since + 20, st.last_seq)
		TH_LOG("%llu records", st.last_seq - since);
	stop(pid);
	close(log);
}

/*
 * Send a message to all netlink sockets of a process: their ports have its id
 * in their low bits. Returns to how many, those included that are connected to
 * the kernel and take none of others.
 */
static unsigned int send_to(pid_t pid, struct nl_msg *msg)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	int raw = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	FILE *sockets = fopen("/proc/net/netlink", "r");
	unsigned int proto, port, sent = 0;
	char line[256];

	while (sockets && fgets(line, sizeof(line), sockets)) {
		if (sscanf(line, "%*s %u %u", &proto, &port) != 2 ||
		    proto != NETLINK_GENERIC || (port & 0x3fffff) != (__u32)pid)
			continue;
		to.nl_pid = port;
		sent += sendto(raw, nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len,
			       0, (struct sockaddr *)&to, sizeof(to)) > 0 ||
			errno == ECONNREFUSED;
	}
	if (sockets)
		fclose(sockets);
	close(raw);
	return sent;
}

/* A record that did not come from the kernel is none. */
TEST_F(scene, J14_forged_record)
{
	const char *forged = "/forged/by/somebody";
	char text[8192] = "";
	struct nl_msg *msg;
	struct nlattr *ev;
	int ends[2];
	ssize_t len;
	pid_t pid;
	int i;

	NEEDS_POLICY();
	NEEDS_TMPFS();
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC | O_NONBLOCK));
	ASSERT_EQ(0, protect(self));
	pid = watch(self, ends[1], NULL);
	msg = fim_msg(&self->nl, FIM_CMD_EVENT, 0);
	ev = nla_nest_start(msg, FIM_A_EVENT);
	nla_put_u64(msg, FIM_EVENT_A_SEQ, last_seq(&self->nl) + 1);
	nla_put_u8(msg, FIM_EVENT_A_TYPE, FIM_EVENT_VIOLATION);
	nla_put_string(msg, FIM_EVENT_A_PATH, forged);
	nla_nest_end(msg, ev);
	/* It asks by one socket and listens at another. */
	for (i = 0; i < 1000 && send_to(pid, msg) < 2; i++)
		usleep(10000);
	EXPECT_GT(1000, i);
	nlmsg_free(msg);
	EXPECT_DECIDED(fim_fmt("open %s", at(self, "a/prot/f")), 0,
		       write_f(self));
	for (i = 0; i < 1000; i++) {
		len = read(ends[0], text, sizeof(text) - 1);
		if (len > 0)
			break;
		usleep(10000);
	}
	EXPECT_LT(0, len);
	EXPECT_EQ(NULL, strstr(text, forged));
	EXPECT_NE(NULL, strstr(text, at(self, "a/prot/f")))
		TH_LOG("it said: %s", text);
	stop(pid);
}

/*
 * A rule about everything: nothing of this test's output is written before it
 * is gone.
 */
TEST_F(scene, H20_root_directory)
{
	struct fim_outcome want = { self->block ? EACCES : 0 }, got = {};
	int err[4];
	size_t i;

	NEEDS_POLICY();
	ASSERT_EQ(0, fim_apply_dirs("t", self->action, "/", NULL));
	got.err = sys(mkdir("/made", 0755));
	err[0] = fim_write_to(open("/dev/null", O_WRONLY | O_CLOEXEC));
	err[1] = fim_opened(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
	err[2] = fim_write_file("/proc/self/comm", "self");
	err[3] = fim_write_file(at(self, "a/prot/f"), "another filesystem");
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	rmdir("/made");
	EXPECT_EQ(want.err, got.err);
	want.records = "";
	got.records = "";
	fim_tell(NULL, "mkdir /made", 0, &want, &got);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, err[i])
			TH_LOG("operation %zu", i);
	/* It is mounted below, and fimctl adds a rule for what is. */
	EXPECT_EQ(want.err, err[3]);
}

TEST_F(scene, H20_special_filesystem)
{
	const char *knob = "/sys/kernel/rcu_expedited";

	NEEDS_POLICY();
	NEEDS_TMPFS();
	/* Its inodes are made anew for whoever looks. */
	EXPECT_NE(0, fim_apply_dirs("t", self->action, "/proc/sys/", NULL));
	ASSERT_EQ(0, fim_apply_dirs("t", self->action, "/sys/kernel/", NULL));
	EXPECT_DECIDED(fim_fmt("open %s", knob), 0, fim_write_file(knob, "0"));
	EXPECT_PASSED(0, fim_opened(open(knob, O_RDONLY | O_CLOEXEC)));
	EXPECT_PASSED(0, fim_write_file("/proc/self/comm", "self"));
}

TEST_HARNESS_MAIN
