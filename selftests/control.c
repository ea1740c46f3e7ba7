// SPDX-License-Identifier: GPL-2.0
/*
 * control.c - who may, and what a transaction is
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/capability.h>

#include "harness.h"
#include "request.h"

FIXTURE(control) {
	struct fim_nl nl;
	struct fim_nl other;
	struct fim_tree tree;
	const char *dir;
};

/*
 *   root, a tmpfs
 *   ├── a/prot/
 *   └── open/
 */
FIXTURE_SETUP(control)
{
	self->nl.fd = -1;
	if (FIM_BARE())
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_nl_open(&self->other));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(&self->tree, FIM_TMPFS));
	self->dir = fim_fmt("%s/", self->tree.prot);
}

FIXTURE_TEARDOWN(control)
{
	if (self->nl.fd < 0)
		return;
	fim_nl_close(&self->other);
	fim_nl_do(&self->nl, FIM_CMD_TXN_ABORT);
	EXPECT_EQ(0, fim_initial_mounts());
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

#define NEEDS_MODULE() NEEDS(FIM_BARE() ? "needs the module" : NULL)

/* Whether the tree is protected: 0 or EACCES. */
static int try(const FIXTURE_DATA(control) *self)
{
	const char *new = fim_fmt("%s/new", self->tree.prot);
	int err = sys(mkdir(new, 0755));

	if (!err)
		rmdir(new);
	return err;
}

static int stage(struct fim_nl *nl, const char *name, const char *dir)
{
	return fim_policy_add(nl, name, FIM_ACTION_BLOCK) ?:
	       fim_rule_add(nl, name, dir);
}

/*
 * Who may
 */

static int keep_caps(unsigned long long caps)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ .effective = caps, .permitted = caps },
		{ .effective = caps >> 32, .permitted = caps >> 32 },
	};

	return sys(syscall(SYS_capset, &head, data));
}

#define CAP(cap) (1ULL << (cap))
#define ALL_CAPS (CAP(CAP_LAST_CAP + 1) - 1)
#define CONTROL (CAP(CAP_MAC_ADMIN) | CAP(CAP_NET_ADMIN))

static const struct {
	const char *name;
	unsigned long long caps;
	int read, control, events;
} callers[] = {
	{ "none", 0, EPERM, EPERM, EPERM },
	{ "SYS_ADMIN", CAP(CAP_SYS_ADMIN), 0, EPERM, 0 },
	{ "MAC_ADMIN", CAP(CAP_MAC_ADMIN), EPERM, EPERM, EPERM },
	{ "NET_ADMIN", CAP(CAP_NET_ADMIN), EPERM, EPERM, EPERM },
	{ "both", CONTROL, EPERM, 0, EPERM },
	{ "all but MAC_ADMIN", ALL_CAPS & ~CAP(CAP_MAC_ADMIN), 0, EPERM, 0 },
	{ "all but NET_ADMIN", ALL_CAPS & ~CAP(CAP_NET_ADMIN), 0, EPERM, 0 },
	{ "all but SYS_ADMIN", ALL_CAPS & ~CAP(CAP_SYS_ADMIN), EPERM, 0, EPERM },
	{ "all", ALL_CAPS, 0, 0, 0 },
};

static const struct {
	const char *name;
	int cmd;
	bool dump, control;
	int err;
} commands[] = {
	{ "STATUS_GET", FIM_CMD_STATUS_GET, false, false, 0 },
	{ "HOOK_GET", FIM_CMD_HOOK_GET, true, false, 0 },
	{ "POLICY_GET", FIM_CMD_POLICY_GET, true, false, 0 },
	{ "RULE_GET", FIM_CMD_RULE_GET, true, false, 0 },
	{ "EVENT_GET", FIM_CMD_EVENT_GET, true, false, 0 },
	{ "TXN_BEGIN", FIM_CMD_TXN_BEGIN, false, true, 0 },
	{ "TXN_ABORT", FIM_CMD_TXN_ABORT, false, true, 0 },
	{ "TXN_COMMIT", FIM_CMD_TXN_COMMIT, false, true, ENOTCONN },
	{ "SELFTEST", FIM_CMD_SELFTEST, false, true, 0 },
};

/* What a caller is told instead of what he wanted, one line each. */
static int try_commands(const void *arg)
{
	unsigned int i = *(const unsigned int *)arg;
	struct fim_nl nl;
	int wrong = 0;
	int want;
	size_t c;
	int err;

	if (keep_caps(callers[i].caps) || fim_nl_open(&nl))
		return 255;
	for (c = 0; c < ARRAY_SIZE(commands); c++) {
		want = commands[c].control ? callers[i].control : callers[i].read;
		want = want ?: commands[c].err;
		err = commands[c].dump ?
		      fim_nl_dump(&nl, commands[c].cmd, NULL, NULL) :
		      fim_nl_do(&nl, commands[c].cmd);
		if (err == want)
			continue;
		fprintf(stderr, "# %s with %s: %s\n", commands[c].name,
			callers[i].name, strerror(err));
		wrong++;
	}
	err = fim_nl_join(&nl);
	if (err != callers[i].events) {
		fprintf(stderr, "# joining with %s: %s\n", callers[i].name,
			strerror(err));
		wrong++;
	}
	return wrong;
}

TEST_F(control, capabilities)
{
	unsigned int i;

	NEEDS_MODULE();
	for (i = 0; i < ARRAY_SIZE(callers); i++) {
		EXPECT_EQ(0, fim_run(0, try_commands, &i, NULL))
			TH_LOG("with %s", callers[i].name);
	}
	/* Nobody can let a transaction lie about. */
	EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
}

static int as_user(const void *arg)
{
	unsigned int none = 0;

	(void)arg;
	return try_commands(&none);
}

TEST_F(control, unprivileged_user)
{
	NEEDS_MODULE();
	EXPECT_EQ(0, fim_run(FIM_NOBODY, as_user, NULL, NULL));
}

/* All capabilities, but in a user namespace that anybody can make. */
static int in_user_namespace(const void *arg)
{
	unsigned int none = 0;

	(void)arg;
	if (unshare(CLONE_NEWUSER))
		return errno;
	return try_commands(&none);
}

TEST_F(control, user_namespace)
{
	NEEDS_MODULE();
	EXPECT_EQ(0, fim_run(0, in_user_namespace, NULL, NULL));
}

static int in_net_namespace(const void *arg)
{
	struct fim_nl nl;

	(void)arg;
	if (unshare(CLONE_NEWNET))
		return errno;
	return fim_nl_open(&nl);
}

TEST_F(control, network_namespace)
{
	NEEDS_MODULE();
	EXPECT_EQ(ENOENT, fim_run(0, in_net_namespace, NULL, NULL));
}

/*
 * A socket that its opener may not use: who may use it must not be tricked
 * into it, as a set-uid program whose output goes there.
 */
static int open_as_user(const void *arg)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int pair = *(const int *)arg;
	struct fim_nl nl;
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct iovec iov = { .iov_base = &nl, .iov_len = sizeof(nl) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	if (fim_nl_open(&nl) ||
	    connect(nl.fd, (struct sockaddr *)&kernel, sizeof(kernel)))
		return errno;
	nl.connected = true;
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.head), &nl.fd, sizeof(int));
	return sys(sendmsg(pair, &msg, 0));
}

TEST_F(control, socket_of_another)
{
	struct fim_nl nl = {};
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct iovec iov = { .iov_base = &nl, .iov_len = sizeof(nl) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int pair[2];

	NEEDS_MODULE();
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	ASSERT_EQ(0, fim_run(FIM_NOBODY, open_as_user, &pair[1], NULL));
	ASSERT_LT(0, recvmsg(pair[0], &msg, 0));
	memcpy(&nl.fd, CMSG_DATA(&control.head), sizeof(int));
	EXPECT_EQ(EPERM, fim_nl_do(&nl, FIM_CMD_STATUS_GET));
	EXPECT_EQ(EPERM, fim_nl_do(&nl, FIM_CMD_TXN_BEGIN));
	EXPECT_EQ(EPERM, fim_nl_dump(&nl, FIM_CMD_EVENT_GET, NULL, NULL));
	fim_nl_close(&nl);
}

/*
 * Transactions
 */

TEST_F(control, one_transaction_at_a_time)
{
	NEEDS_MODULE();
	EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
	EXPECT_EQ(EBUSY, fim_nl_do(&self->other, FIM_CMD_TXN_BEGIN));
	EXPECT_STRNE("", self->other.extack);
	EXPECT_EQ(EBUSY, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
	/* Another's transaction is none of one's own. */
	EXPECT_EQ(ENOTCONN, stage(&self->other, "t", self->dir));
	EXPECT_EQ(ENOTCONN, fim_nl_do(&self->other, FIM_CMD_TXN_COMMIT));
	EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_ABORT));
	EXPECT_EQ(0, fim_nl_do(&self->other, FIM_CMD_TXN_BEGIN));
	EXPECT_EQ(0, fim_nl_do(&self->other, FIM_CMD_TXN_COMMIT));
	EXPECT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
}

TEST_F(control, without_transaction)
{
	NEEDS_MODULE();
	EXPECT_EQ(ENOTCONN, fim_policy_add(&self->nl, "t", FIM_ACTION_BLOCK));
	EXPECT_STRNE("", self->nl.extack);
	EXPECT_EQ(ENOTCONN, fim_rule_add(&self->nl, "t", self->dir));
	EXPECT_EQ(ENOTCONN, fim_policy_del(&self->nl, "t"));
	EXPECT_EQ(ENOTCONN, fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT));
	EXPECT_EQ(0, try(self));
}

TEST_F(control, staged_is_not_in_force)
{
	struct fim_status before;
	struct fim_status st;

	NEEDS_MODULE();
	ASSERT_EQ(0, fim_status(&self->nl, &before));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
	ASSERT_EQ(0, stage(&self->nl, "t", self->dir));
	EXPECT_EQ(0, try(self));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(0, st.policies);
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT));
	EXPECT_EQ(EACCES, try(self));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(1, st.policies);
	EXPECT_EQ(before.generation + 1, st.generation);

	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
	ASSERT_EQ(0, fim_policy_del(&self->nl, "t"));
	EXPECT_EQ(EACCES, try(self));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT));
	EXPECT_EQ(0, try(self));
}

TEST_F(control, aborted)
{
	NEEDS_MODULE();
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
	ASSERT_EQ(0, stage(&self->nl, "t", self->dir));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_ABORT));
	EXPECT_EQ(ENOTCONN, fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT));
	EXPECT_EQ(0, try(self));
	/* What was staged is gone, and does not come with the next commit. */
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT));
	EXPECT_EQ(0, try(self));
}

TEST_F(control, abandoned)
{
	NEEDS_MODULE();
	ASSERT_EQ(0, fim_nl_do(&self->other, FIM_CMD_TXN_BEGIN));
	ASSERT_EQ(0, stage(&self->other, "t", self->dir));
	fim_nl_close(&self->other);
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT));
	EXPECT_EQ(0, try(self));
}

TEST_F(control, error_leaves_what_was_staged)
{
	NEEDS_MODULE();
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
	ASSERT_EQ(0, stage(&self->nl, "t", self->dir));
	EXPECT_EQ(EEXIST, fim_policy_add(&self->nl, "t", FIM_ACTION_BLOCK));
	EXPECT_STRNE("", self->nl.extack);
	EXPECT_EQ(EINVAL, fim_rule_add(&self->nl, "t", "relative/"));
	EXPECT_EQ(ENOENT, fim_rule_add(&self->nl, "missing", self->dir));
	EXPECT_EQ(ENOENT, fim_policy_del(&self->nl, "missing"));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT));
	EXPECT_EQ(EACCES, try(self));
}

/* The old rules hold until the new ones do: replaced, not removed and added. */
TEST_F(control, commit_replaces)
{
	struct fim_status st;
	int i;

	NEEDS_MODULE();
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
		ASSERT_EQ(0, stage(&self->nl, "t", self->dir));
		ASSERT_EQ(0, stage(&self->nl, fim_fmt("t%d", i), self->dir));
		ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT));
		EXPECT_EQ(EACCES, try(self));
	}
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(4, st.policies);
	EXPECT_EQ(4, st.rules);
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_BEGIN));
	ASSERT_EQ(0, fim_policy_del(&self->nl, "t1"));
	ASSERT_EQ(0, fim_nl_do(&self->nl, FIM_CMD_TXN_COMMIT));
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(3, st.policies);
}

/*
 * Where a path is resolved
 */

static int rule_from_here(const FIXTURE_DATA(control) *self)
{
	struct fim_nl nl;

	return fim_nl_open(&nl) ?: fim_nl_do(&nl, FIM_CMD_TXN_BEGIN) ?:
	       fim_policy_add(&nl, "t", FIM_ACTION_BLOCK) ?:
	       fim_rule_add(&nl, "t", self->dir);
}

static int from_chroot(const void *arg)
{
	const FIXTURE_DATA(control) *self = arg;

	return sys(chroot(self->tree.other)) ?: rule_from_here(self);
}

static int from_mount_namespace(const void *arg)
{
	return fim_own_mounts() ?: rule_from_here(arg);
}

static int from_here(const void *arg)
{
	return rule_from_here(arg);
}

TEST_F(control, root_of_process_1)
{
	NEEDS_MODULE();
	EXPECT_EQ(0, fim_run(0, from_here, self, NULL));
	EXPECT_EQ(EXDEV, fim_run(0, from_chroot, self, NULL));
	EXPECT_EQ(EXDEV, fim_run(0, from_mount_namespace, self, NULL));
}

/*
 * The module stays while a policy is loaded.
 */
TEST_F(control, unloading_is_refused)
{
	int err;

	NEEDS_MODULE();
	ASSERT_EQ(0, fim_apply_dirs("t", "Block", self->dir, NULL));
	err = sys(syscall(SYS_delete_module, "fim", O_NONBLOCK));
	EXPECT_TRUE(err == EWOULDBLOCK || err == EBUSY)
		TH_LOG("delete_module: %s", strerror(err));
	EXPECT_EQ(EACCES, try(self));
}

/*
 * What is done to policies is recorded like what is done to files.
 */
TEST_F(control, changes_are_recorded)
{
	static const unsigned int want[] = {
		FIM_EVENT_APPLIED, FIM_EVENT_APPLIED, FIM_EVENT_DELETED,
	};
	struct fim_events events;
	unsigned long long since;
	size_t i;

	NEEDS_MODULE();
	since = last_seq(&self->nl);
	ASSERT_EQ(0, fim_apply_dirs("t", "Block", self->dir, NULL));
	ASSERT_EQ(0, fim_apply_dirs("t", "Audit", self->dir, NULL));
	ASSERT_EQ(0, fim_delete("t"));
	ASSERT_EQ(0, fim_events_since(&self->nl, since, &events));
	ASSERT_EQ(ARRAY_SIZE(want), events.count);
	for (i = 0; i < events.count; i++) {
		EXPECT_EQ(want[i], events.event[i].type);
		EXPECT_STREQ("t", fim_bytes(&events.event[i],
					    FIM_EVENT_A_POLICY));
	}
	fim_events_free(&events);
}

TEST_HARNESS_MAIN
