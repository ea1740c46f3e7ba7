// SPDX-License-Identifier: GPL-2.0
/*
 * contain.c - containers that are made as a runtime makes them
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "contain.h"

int fim_cgroup_enter(const char *cgroup, pid_t pid)
{
	return fim_write_file(fim_fmt("%s/cgroup.procs", cgroup),
			      fim_fmt("%d", pid));
}

/* What a runtime does before its container is added ... */
static int prepare(const char *root)
{
	return sys(unshare(CLONE_NEWNS)) ?:
	       sys(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL)) ?:
	       sys(mount(root, root, NULL, MS_BIND | MS_REC, NULL)) ?:
	       sys(mount("proc", fim_fmt("%s/proc", root), "proc", 0, NULL));
}

/* ... and after */
static int enter_root(const char *root)
{
	return sys(chdir(root)) ?: sys(syscall(SYS_pivot_root, ".", ".")) ?:
	       sys(umount2(".", MNT_DETACH)) ?: sys(chdir("/")) ?:
	       sys(mount("/proc/sys", "/proc/sys", NULL, MS_BIND, NULL)) ?:
	       sys(mount(NULL, "/proc/sys", NULL,
			 MS_BIND | MS_REMOUNT | MS_RDONLY, NULL));
}

static void be_init(const char *cgroup, const char *root, int go, int said)
{
	int err;
	char c;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	err = fim_cgroup_enter(cgroup, getpid()) ?: prepare(root);
	if (write(said, &err, sizeof(err)) != sizeof(err) ||
	    read(go, &c, 1) != 1)
		_exit(1);
	err = enter_root(root);
	if (write(said, &err, sizeof(err)) != sizeof(err))
		_exit(1);
	read(go, &c, 1);
	_exit(0);
}

static int heard(const struct fim_container *c)
{
	int err;

	return read(c->said, &err, sizeof(err)) == sizeof(err) ? err : EPIPE;
}

static int make_root(const char *root)
{
	static const char *const dirs[] = {
		"", "/sbin", "/usr", "/usr/bin", "/tmp", "/proc", "/vol",
	};
	size_t i;
	int err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(dirs); i++)
		err = sys(mkdir(fim_fmt("%s%s", root, dirs[i]), 0777));
	return err ?: sys(symlink("usr/bin", fim_fmt("%s/bin", root))) ?:
	       fim_write_file(fim_fmt("%s/sbin/f", root), "base");
}

int fim_container_make(struct fim_container *c, const char *id)
{
	int go[2], said[2], err;

	c->id = id;
	c->cgroup = fim_fmt(CGROUPS "/%s", id);
	c->root = fim_fmt(PLACE "/%s", id);
	err = sys(mkdir(c->cgroup, 0777)) ?: make_root(c->root) ?:
	      sys(pipe2(go, O_CLOEXEC)) ?: sys(pipe2(said, O_CLOEXEC));
	if (err)
		return err;
	c->go = go[1];
	c->said = said[0];
	fflush(NULL);
	c->init = fork();
	if (!c->init)
		be_init(c->cgroup, c->root, go[0], said[1]);
	close(go[0]);
	close(said[1]);
	return c->init < 0 ? errno : heard(c);
}

/* Let it pivot into its root. */
int fim_container_start(const struct fim_container *c)
{
	return write(c->go, "", 1) == 1 ? heard(c) : errno;
}

void fim_container_end(struct fim_container *c)
{
	if (c->init > 0) {
		kill(c->init, SIGKILL);
		waitpid(c->init, NULL, 0);
		close(c->go);
		close(c->said);
	}
	c->init = 0;
	if (c->cgroup)
		rmdir(c->cgroup);
}

/* In a transaction: a policy without rules, for a container or none */
int fim_container_policy(struct fim_nl *nl, const char *name,
			 const char *container)
{
	const struct fim_put policy[] = {
		PUT_STRING(FIM_POLICY_A_NAME, name),
		PUT_U8(FIM_POLICY_A_KIND, FIM_KIND_CONTAINER),
		PUT_U8(FIM_POLICY_A_ACTION, FIM_ACTION_BLOCK),
		container ? (struct fim_put)PUT_STRING(FIM_POLICY_A_CONTAINER,
						       container) :
			    (struct fim_put)PUT_END,
		PUT_END
	};
	struct nl_msg *msg = fim_msg(nl, FIM_CMD_POLICY_ADD, 0);

	fim_put_nest(msg, FIM_A_POLICY, policy);
	return fim_nl_call(nl, msg, NULL, NULL);
}

/* A policy with Block rules about /sbin/ and /bin/, for a container or none. */
int fim_container_apply(struct fim_nl *nl, const char *name,
			const char *container, const char *dir)
{
	const char *const dirs[] = { "/sbin/", "/bin/", dir };
	size_t i;
	int err;

	err = fim_nl_do(nl, FIM_CMD_TXN_BEGIN);
	if (err)
		return err;
	err = fim_container_policy(nl, name, container);
	for (i = 0; !err && i < ARRAY_SIZE(dirs) && dirs[i]; i++)
		err = fim_rule_add(nl, name, dirs[i]);
	if (!err)
		err = fim_nl_do(nl, FIM_CMD_TXN_COMMIT);
	if (err)
		fim_nl_do(nl, FIM_CMD_TXN_ABORT);
	return err;
}

unsigned long long fim_generation(struct fim_nl *nl)
{
	struct fim_status st;

	return fim_status(nl, &st) ? -1ULL : st.generation;
}

static struct fim_put put_u64(int attr, unsigned long long value)
{
	return (struct fim_put) { .attr = attr, .len = 8, .value = value };
}

int fim_container_add_with(struct fim_nl *nl, const struct fim_put *puts)
{
	struct nl_msg *msg = fim_msg(nl, FIM_CMD_CONTAINER_ADD, 0);

	fim_put_nest(msg, FIM_A_CONTAINER, puts);
	return fim_nl_call(nl, msg, NULL, NULL);
}

/* @root: its root as it will be */
int fim_container_add(struct fim_nl *nl, const struct fim_container *c,
		      const char *root, const char *policy)
{
	int cgroup = open(c->cgroup, O_RDONLY | O_CLOEXEC);
	int fd = open(root, O_PATH | O_CLOEXEC), err;
	const struct fim_put puts[] = {
		PUT_STRING(FIM_CONTAINER_A_ID, c->id),
		PUT_U32(FIM_CONTAINER_A_CGROUP_FD, cgroup),
		PUT_U32(FIM_CONTAINER_A_ROOT_FD, fd),
		PUT_U32(FIM_CONTAINER_A_PID, c->init),
		put_u64(FIM_CONTAINER_A_GENERATION, fim_generation(nl)),
		PUT_BYTES(FIM_CONTAINER_A_IDENTITY, "who it is", 9),
		policy ? (struct fim_put)PUT_STRING(FIM_CONTAINER_A_POLICY,
						    policy) :
			 (struct fim_put)PUT_END,
		PUT_END
	};

	err = fim_container_add_with(nl, puts);
	close(cgroup);
	close(fd);
	return err;
}

int fim_container_delete(struct fim_nl *nl, const char *id)
{
	const struct fim_put puts[] = {
		PUT_STRING(FIM_CONTAINER_A_ID, id), PUT_END
	};
	struct nl_msg *msg = fim_msg(nl, FIM_CMD_CONTAINER_DEL, 0);

	fim_put_nest(msg, FIM_A_CONTAINER, puts);
	return fim_nl_call(nl, msg, NULL, NULL);
}

/* Its root in its mount namespace, before it has pivoted into it */
const char *fim_container_root(const struct fim_container *c)
{
	return fim_fmt("/proc/%d/root%s", c->init, c->root);
}

/* What there is of containers, one a line: "ID POLICY..." */
void fim_container_list_one(struct nlattr **attrs, void *arg)
{
	char *list = arg, *end = list + strlen(list);
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, attrs[FIM_A_CONTAINER], rem) {
		if (nla_type(attr) == FIM_CONTAINER_A_ID)
			end += sprintf(end, "%s", nla_get_string(attr));
	}
	nla_for_each_nested(attr, attrs[FIM_A_CONTAINER], rem) {
		if (nla_type(attr) == FIM_CONTAINER_A_POLICY)
			end += sprintf(end, " %s", nla_get_string(attr));
	}
	sprintf(end, "\n");
}

const char *fim_container_list(struct fim_nl *nl)
{
	static char text[4096];

	text[0] = '\0';
	return fim_nl_dump(nl, FIM_CMD_CONTAINER_GET, fim_container_list_one, text) ? "?" :
									text;
}
