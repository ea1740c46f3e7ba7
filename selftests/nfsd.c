// SPDX-License-Identifier: GPL-2.0
/*
 * nfsd.c - the kernel's NFS server, whose threads change what their clients ask
 * for
 *
 * There is no mountd: what the server would ask it is told beforehand.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "scene.h"

#define SERVER "/proc/fs/nfsd"
#define CLIENT "/run/nfs"

/* fsid=0, no_subtree_check, insecure, async */
#define EXPORT_FLAGS (0x2000 | 0x400 | 0x10 | 0x2)
#define NEVER "2147483647"

static int tell(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	int err = fd < 0 ? errno : sys(write(fd, text, strlen(text)));

	if (fd >= 0)
		close(fd);
	return err;
}

/* Returns what went wrong, or NULL. */
static const char *serve(const char *dir)
{
	const struct { const char *file, *text; } steps[] = {
		{ "/proc/net/rpc/auth.unix.ip/channel",
		  "nfsd 127.0.0.1 " NEVER " here\n" },
		{ "/proc/net/rpc/nfsd.export/channel",
		  fim_fmt("here %s " NEVER " %d 65534 65534 0\n", dir,
			  EXPORT_FLAGS) },
		{ "/proc/net/rpc/nfsd.fh/channel",
		  fim_fmt("here 1 \\x00000000 " NEVER " %s\n", dir) },
		{ SERVER "/versions", "-3 +4 +4.1 +4.2\n" },
		{ SERVER "/nfsv4gracetime", "10\n" },
		{ SERVER "/portlist", "tcp 2049\n" },
		{ SERVER "/threads", "2\n" },
	};
	size_t i;
	int err;

	/* Old versions are told to the portmapper; new kernels have no 2. */
	tell(SERVER "/versions", "-2\n");
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		err = tell(steps[i].file, steps[i].text);
		if (err)
			return fim_fmt("%s: %s: %s", steps[i].file,
				       steps[i].text, strerror(err));
	}
	return NULL;
}

static int attach(void)
{
	mkdir(CLIENT, 0755);
	return sys(mount("127.0.0.1:/", CLIENT, "nfs4", 0,
			 "addr=127.0.0.1,clientaddr=127.0.0.1,vers=4.2,lookupcache=none,noac"));
}

static void stop(void)
{
	umount2(CLIENT, 0);
	tell(SERVER "/threads", "0\n");
	tell("/proc/net/rpc/nfsd.fh/flush", "2147483647\n");
	tell("/proc/net/rpc/nfsd.export/flush", "2147483647\n");
	umount2(SERVER, 0);
}

static int do_open(void)
{
	return fim_opened(open(CLIENT "/a/prot/f", O_WRONLY | O_CLOEXEC));
}

static int do_truncate(void)
{
	return sys(truncate(CLIENT "/a/prot/f", 1));
}

static int do_create(void)
{
	return fim_opened(open(CLIENT "/a/prot/new",
			       O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

static int do_mkdir(void)
{
	return sys(mkdir(CLIENT "/a/prot/newd", 0755));
}

static int do_symlink(void)
{
	return sys(symlink("f", CLIENT "/a/prot/s"));
}

static int do_link(void)
{
	return sys(link(CLIENT "/a/prot/f", CLIENT "/open/alias"));
}

static int do_chmod(void)
{
	return sys(chmod(CLIENT "/a/prot/f", 0600));
}

static int do_setxattr(void)
{
	return sys(setxattr(CLIENT "/a/prot/f", "user.fim", "x", 1, 0));
}

/* An ACL of NFS, which the server makes one of POSIX of: everybody may read. */
static int do_setacl(void)
{
	static const char *const who[] = { "OWNER@", "GROUP@", "EVERYONE@" };
	const unsigned int read = htonl(0x120081);
	struct {
		unsigned int nr;
		struct {
			unsigned int type, flags, mask, len;
			char who[12];
		} ace[ARRAY_SIZE(who)];
	} acl = { htonl(ARRAY_SIZE(who)) };
	char xdr[sizeof(acl)];
	size_t i, at = sizeof(acl.nr), size;

	memcpy(xdr, &acl.nr, at);
	for (i = 0; i < ARRAY_SIZE(who); i++) {
		size = strlen(who[i]);
		acl.ace[i].mask = read;
		acl.ace[i].len = htonl(size);
		memcpy(acl.ace[i].who, who[i], size);
		/* a multiple of four bytes, as all there is */
		size = sizeof(acl.ace[i]) - sizeof(acl.ace[i].who) +
		       (size + 3) / 4 * 4;
		memcpy(xdr + at, &acl.ace[i], size);
		at += size;
	}
	return sys(setxattr(CLIENT "/a/prot/f", "system.nfs4_acl", xdr, at, 0));
}

static int do_rename(void)
{
	return sys(rename(CLIENT "/a/prot/sub/g", CLIENT "/open/g"));
}

static int do_rename_ancestor(void)
{
	return sys(rename(CLIENT "/a", CLIENT "/b")) ?:
	       sys(rename(CLIENT "/b", CLIENT "/a"));
}

static int do_rmdir(void)
{
	return sys(rmdir(CLIENT "/a/prot/sub/deep"));
}

static int do_unlink(void)
{
	return sys(unlink(CLIENT "/a/prot/f"));
}

/**
 * struct use - what a client asks for
 * @name: what it is
 * @op: what the record calls it
 * @path: about what, from the tree's root
 * @run: asks for it; returns an errno
 */
struct use {
	const char *name;
	const char *op;
	const char *path;
	int (*run)(void);
};

/*
 * In an order that goes through, if it does. With another name, the file is
 * known to the server by either, so that comes late.
 */
static const struct use uses[] = {
	{ "open", "open", "a/prot/f", do_open },
	{ "truncate", "setattr", "a/prot/f", do_truncate },
	{ "create", "create", "a/prot/new", do_create },
	{ "mkdir", "mkdir", "a/prot/newd", do_mkdir },
	{ "symlink", "symlink", "a/prot/s", do_symlink },
	{ "chmod", "setattr", "a/prot/f", do_chmod },
	{ "setxattr", "setxattr", "a/prot/f", do_setxattr },
	{ "set an ACL", "setacl", "a/prot/f", do_setacl },
	{ "rename", "rename", "a/prot/sub/g", do_rename },
	{ "rename an ancestor", "rename", "a", do_rename_ancestor },
	{ "rmdir", "rmdir", "a/prot/sub/deep", do_rmdir },
	{ "link", "link", "a/prot/f", do_link },
	{ "unlink", "unlink", "a/prot/f", do_unlink },
};

/* Whether there is such a record, by a thread of the server; how many at all. */
static bool recorded(FIXTURE_DATA(scene) *self, unsigned long long since,
		     const struct use *use, size_t *nr)
{
	const char *path = at(self, use->path);
	const struct fim_event *ev;
	struct fim_events events;
	struct fim_status st;
	bool found = false;
	size_t i;

	*nr = 0;
	if (fim_settle(&self->nl, &st) ||
	    fim_events_since(&self->nl, since, &events))
		return false;
	for (i = 0; i < events.count; i++) {
		ev = &events.event[i];
		if (ev->type != FIM_EVENT_VIOLATION)
			continue;
		++*nr;
		if (!strcmp(fim_bytes(ev, FIM_EVENT_A_PATH), path) &&
		    !strncmp(fim_bytes(ev, FIM_EVENT_A_COMM), "nfsd", 4))
			found = true;
	}
	fim_events_free(&events);
	return found;
}

/* A worker finds what a thread of the server has moved away and back. */
static int wait_for_rule(FIXTURE_DATA(scene) *self)
{
	struct fim_status st = { .waiting = 1 };
	int i, err = 0;

	for (i = 0; !err && st.waiting && i < 500; i++) {
		usleep(10000);
		err = fim_status(&self->nl, &st);
	}
	return err ?: st.waiting ? ETIMEDOUT : 0;
}

static void try_uses(struct __test_metadata *_metadata,
		     FIXTURE_DATA(scene) *self)
{
	unsigned long long since;
	struct fim_outcome want = {}, got = {};
	const char *told;
	size_t i, nr;
	int err;

	for (i = 0; i < ARRAY_SIZE(uses); i++) {
		const struct use *u = &uses[i];

		since = last_seq(&self->nl);
		err = u->run();
		want.err = self->block ? EACCES : 0;
		want.records = self->action ? u->op : "";
		if (!self->block && fim_unsupported(err))
			continue;
		EXPECT_EQ(want.err, err)
			TH_LOG("%s", u->name);
		told = recorded(self, since, u, &nr) ? u->op : "";
		EXPECT_STREQ(want.records, told)
			TH_LOG("%s: %s", u->name,
			       fim_records(&self->nl, since));
		/* The server may do several things for one request. */
		if (self->block)
			EXPECT_EQ(1, nr)
				TH_LOG("%s", u->name);
		if (self->action)
			EXPECT_EQ(0, wait_for_rule(self));
		got.err = err;
		got.records = told;
		fim_tell("C16", u->name, 0, &want, &got);
	}
}

/* A server without a memory of its clients gives them a while to come back. */
TEST_F_TIMEOUT(scene, C16_nfsd, 120)
{
	unsigned long long since;
	const char *failure;
	char *before;
	char text[8];
	int fd;

	NEEDS(self->missing ?:
	      variant->fs != FIM_EXT4 ? "one filesystem will do" :
	      fim_module("nfsd") || fim_module("nfsv4") ? "no nfsd" : NULL);
	if (mount("nfsd", SERVER, "nfsd", 0, NULL))
		SKIP(return, "no nfsd");
	failure = serve(self->tree.root);
	ASSERT_STREQ("", failure ?: "");
	ASSERT_EQ(0, attach());
	ASSERT_EQ(0, access(CLIENT "/a/prot/f", F_OK));
	ASSERT_EQ(0, protect(self));
	before = fim_snapshot(self->tree.prot);
	try_uses(_metadata, self);
	if (self->block)
		EXPECT_STREQ("", fim_changes(before,
					     fim_snapshot(self->tree.prot)));

	/* Who reads, and who writes elsewhere, is let alone. */
	since = last_seq(&self->nl);
	if (self->block) {
		fd = open(CLIENT "/a/prot/f", O_RDONLY | O_CLOEXEC);
		EXPECT_EQ(4, read(fd, text, sizeof(text)));
		close(fd);
	}
	EXPECT_EQ(0, fim_write_file(CLIENT "/open/f", "new"));
	EXPECT_EQ(0, fim_write_file(CLIENT "/open/new", "new"));
	EXPECT_EQ(0, sys(mkdir(CLIENT "/open/newd", 0755)));
	EXPECT_EQ(0, sys(unlink(CLIENT "/open/new")));
	EXPECT_STREQ("", settled(self, since));
	stop();
}

TEST_HARNESS_MAIN
