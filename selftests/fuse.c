// SPDX-License-Identifier: GPL-2.0
/*
 * fuse.c - a tree that a FUSE server makes up, and a server that does not answer
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/fuse.h>

#include "harness.h"
#include "hit.h"

#define MNT "/run/fuse"
#define PROT MNT "/prot"
#define BEHIND "/run/fuse-behind"
#define LATE "/run/fuse-late"

/*
 * What the server has: directories 1 (the root) and 2 (prot), files 3 (prot/f)
 * and 4 (open). Names that begin with "s", and reads of "open", it may be told not
 * to answer about.
 */
struct shared {
	char text[64];
	int asked_to_write;
	bool stalls;
	bool mounted;
	bool serves;
};

FIXTURE(fuse) {
	struct fim_nl nl;
	const char *missing;
	struct shared *shared;
	pid_t server;
	bool block;
};

FIXTURE_VARIANT(fuse) {
	const char *action;
};

FIXTURE_VARIANT_ADD(fuse, block) { "Block" };
FIXTURE_VARIANT_ADD(fuse, audit) { "Audit" };

static void fill_attr(struct fuse_attr *attr, __u64 ino,
		      const struct shared *shared)
{
	bool dir = ino <= 2;

	*attr = (struct fuse_attr){
		.ino = ino,
		.size = dir ? 0 : strlen(shared->text),
		.mode = dir ? S_IFDIR | 0755 : S_IFREG | 0644,
		.nlink = 1,
		.blksize = 4096,
	};
}

static __u64 child_of(__u64 dir, const char *name)
{
	if (dir == 1 && !strcmp(name, "prot"))
		return 2;
	if (dir == 1 && !strcmp(name, "open"))
		return 4;
	return dir == 2 && !strcmp(name, "f") ? 3 : 0;
}

/* Returns the length of the answer, or a negative errno. */
static int answer(struct shared *shared, const struct fuse_in_header *in,
		  const void *arg, void *out)
{
	const struct fuse_read_in *read = arg;
	struct fuse_entry_out *entry = out;
	struct fuse_attr_out *attr = out;

	switch (in->opcode) {
	case FUSE_INIT:
		*(struct fuse_init_out *)out = (struct fuse_init_out){
			.major = FUSE_KERNEL_VERSION,
			.minor = 31,
			.max_write = 4096,
		};
		return sizeof(struct fuse_init_out);
	case FUSE_LOOKUP:
		memset(entry, 0, sizeof(*entry));
		entry->nodeid = child_of(in->nodeid, arg);
		if (!entry->nodeid)
			return -ENOENT;
		fill_attr(&entry->attr, entry->nodeid, shared);
		return sizeof(*entry);
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		if (in->opcode == FUSE_SETATTR)
			shared->asked_to_write++;
		memset(attr, 0, sizeof(*attr));
		fill_attr(&attr->attr, in->nodeid, shared);
		return sizeof(*attr);
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		memset(out, 0, sizeof(struct fuse_open_out));
		/* That one can be mapped, also by kernels before 6.6. */
		if (in->nodeid != 4)
			((struct fuse_open_out *)out)->open_flags =
				FOPEN_DIRECT_IO;
		return sizeof(struct fuse_open_out);
	case FUSE_READ:
		if (read->offset)
			return 0;
		strcpy(out, shared->text);
		return strlen(shared->text);
	case FUSE_WRITE:
		shared->asked_to_write++;
		memset(out, 0, sizeof(struct fuse_write_out));
		((struct fuse_write_out *)out)->size =
			((const struct fuse_write_in *)arg)->size;
		return sizeof(struct fuse_write_out);
	case FUSE_READDIR:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_FLUSH:
		return 0;
	case FUSE_UNLINK:
		shared->asked_to_write++;
		return 0;
	case FUSE_MKDIR:
		/* What it shows lies elsewhere. */
		return -sys(mkdir(BEHIND "/late", 0755)) ?: -EPERM;
	}
	return -ENOSYS;
}

static void serve(int fd, struct shared *shared)
{
	static char request[128 << 10];
	static struct {
		struct fuse_out_header header;
		char rest[8192];
	} reply;
	const struct fuse_in_header *in = (const void *)request;
	const char *arg = request + sizeof(*in);
	int len;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(fd, request, sizeof(request)) > 0) {
		if (in->opcode == FUSE_FORGET || in->opcode == FUSE_BATCH_FORGET)
			continue;
		if (shared->stalls &&
		    ((in->opcode == FUSE_LOOKUP && arg[0] == 's') ||
		     (in->opcode == FUSE_READ && in->nodeid == 4)))
			continue;
		len = answer(shared, in, arg, reply.rest);
		reply.header.unique = in->unique;
		reply.header.error = len < 0 ? len : 0;
		reply.header.len = sizeof(reply.header) + (len < 0 ? 0 : len);
		if (write(fd, &reply, reply.header.len) < 0 && errno != ENOENT)
			break;
	}
	_exit(0);
}

FIXTURE_SETUP(fuse)
{
	int fd;

	self->nl.fd = -1;
	self->block = !strcmp(variant->action, "Block");
	self->missing = FIM_BARE() ? "needs the module" : NULL;
	if (self->missing)
		return;
	fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		self->missing = "no FUSE";
		return;
	}
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	self->shared = mmap(NULL, sizeof(*self->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	strcpy(self->shared->text, "base");
	mkdir(MNT, 0755);
	ASSERT_EQ(0, sys(mount("fim", MNT, "fuse", 0,
			       fim_fmt("fd=%d,rootmode=40000,user_id=0,group_id=0",
				       fd))));
	self->server = fork();
	if (!self->server)
		serve(fd, self->shared);
	close(fd);
}

FIXTURE_TEARDOWN(fuse)
{
	if (self->nl.fd < 0)
		return;
	self->shared->stalls = false;
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	kill(self->server, SIGKILL);
	waitpid(self->server, NULL, 0);
	umount2(MNT, MNT_DETACH);
	rmdir(MNT);
	fim_nl_close(&self->nl);
}

/* It is refused before the server is asked. */
TEST_F(fuse, D23_tree_of_a_server)
{
	unsigned long long since;
	char text[64] = {};
	int fd;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_apply_dirs("t", variant->action, PROT "/", NULL));
	EXPECT_HIT("open " PROT "/f",
		   fim_opened(open(PROT "/f", O_WRONLY | O_CLOEXEC)));
	EXPECT_HIT("setattr " PROT "/f", sys(chmod(PROT "/f", 0600)));
	EXPECT_HIT("unlink " PROT "/f", sys(unlink(PROT "/f")));
	EXPECT_EQ(self->block, !self->shared->asked_to_write);

	/* What it tells is its own affair: that is the limit. */
	since = last_seq(&self->nl);
	EXPECT_EQ(0, fim_write_file(MNT "/open", "new"));
	strcpy(self->shared->text, "lies");
	fd = open(PROT "/f", O_RDONLY | O_CLOEXEC);
	EXPECT_EQ(4, read(fd, text, sizeof(text) - 1));
	EXPECT_STREQ("lies", text);
	close(fd);
	EXPECT_STREQ("", fim_records(&self->nl, since));
}

/* Who waits for such a server holds up nobody else, nor the module. */
TEST_F(fuse, D23_server_that_does_not_answer)
{
	struct timespec start, end;
	struct fim_status st;
	pid_t stuck[4];
	size_t i;

	NEEDS(self->missing);
	ASSERT_EQ(0, fim_apply_dirs("t", variant->action, PROT "/", NULL));
	self->shared->stalls = true;
	for (i = 0; i < ARRAY_SIZE(stuck); i++) {
		stuck[i] = fork();
		if (!stuck[i]) {
			fim_opened(open(fim_fmt(MNT "/s%zu", i),
					O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
			_exit(0);
		}
	}
	usleep(300000);
	clock_gettime(CLOCK_MONOTONIC, &start);
	EXPECT_HIT("open " PROT "/f",
		   fim_opened(open(PROT "/f", O_WRONLY | O_CLOEXEC)));
	EXPECT_EQ(0, fim_status(&self->nl, &st));
	EXPECT_EQ(0, fim_apply_dirs("other", "Audit", "/srv/", NULL));
	EXPECT_EQ(0, fim_delete("other"));
	clock_gettime(CLOCK_MONOTONIC, &end);
	EXPECT_GT(10, end.tv_sec - start.tv_sec);
	for (i = 0; i < ARRAY_SIZE(stuck); i++) {
		EXPECT_EQ(0, waitpid(stuck[i], NULL, WNOHANG));
		kill(stuck[i], SIGKILL);
	}
	/* They go when the filesystem does. */
	kill(self->server, SIGKILL);
	for (i = 0; i < ARRAY_SIZE(stuck); i++)
		EXPECT_EQ(stuck[i], waitpid(stuck[i], NULL, 0));
}

/* Makes a name that a rule waits for while another rule's is being looked up. */
TEST_F(fuse, D23_server_whose_answer_a_rule_waits_for)
{
	int status = -1, i;
	pid_t pid, ended = 0;

	NEEDS(self->missing);
	mkdir(BEHIND, 0755);
	ASSERT_EQ(0, fim_apply_dirs("t", variant->action, MNT "/late/",
				    BEHIND "/late/", NULL));
	pid = fork();
	if (!pid)
		_exit(sys(mkdir(MNT "/late", 0755)));
	for (i = 0; i < 200 && !ended; i++) {
		usleep(100000);
		ended = waitpid(pid, &status, WNOHANG);
	}
	EXPECT_EQ(pid, ended);
	/* If not, they wait for each other as long as the server lives. */
	if (!ended) {
		kill(self->server, SIGKILL);
		waitpid(pid, &status, 0);
	}
	EXPECT_EQ(EPERM, WEXITSTATUS(status));
	EXPECT_HIT("mkdir " BEHIND "/late/d",
		   sys(mkdir(BEHIND "/late/d", 0755)));
	ASSERT_EQ(0, fim_delete("t"));
	rmdir(BEHIND "/late/d");
	rmdir(BEHIND "/late");
	rmdir(BEHIND);
}

static bool comes_true(const bool *what, int seconds)
{
	int i;

	for (i = 0; !__atomic_load_n(what, __ATOMIC_SEQ_CST) &&
	     i < seconds * 100; i++)
		usleep(10000);
	return __atomic_load_n(what, __ATOMIC_SEQ_CST);
}

/* Answers nothing, not even that it is there, before its mount(2) is over. */
static void mount_and_serve(struct shared *shared)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mount("fim", LATE, "fuse", 0,
		  fim_fmt("fd=%d,rootmode=40000,user_id=0,group_id=0", fd)))
		_exit(errno);
	shared->mounted = true;
	if (!comes_true(&shared->serves, 60))
		_exit(ETIMEDOUT);
	serve(fd, shared);
}

/* A rule waits for what comes by the mount of a task that then serves it. */
TEST_F(fuse, D26_mounted_by_its_server)
{
	struct fim_status st = {};
	unsigned long long since;
	pid_t server;
	int i;

	NEEDS(self->missing);
	mkdir(LATE, 0755);
	ASSERT_EQ(0, fim_apply_dirs("t", variant->action, LATE "/prot/", NULL));
	since = last_seq(&self->nl);
	server = fork();
	if (!server)
		mount_and_serve(self->shared);
	/* Or its mount(2) waits for itself, and all others for that. */
	if (!comes_true(&self->shared->mounted, 5))
		kill(server, SIGKILL);
	ASSERT_TRUE(self->shared->mounted);
	self->shared->serves = true;
	for (i = 0; i < 1000; i++) {
		ASSERT_EQ(0, fim_status(&self->nl, &st));
		if (!st.waiting)
			break;
		usleep(10000);
	}
	EXPECT_EQ(0, st.waiting);
	EXPECT_STREQ("", fim_records(&self->nl, since));
	EXPECT_HIT("open " LATE "/prot/f",
		   fim_opened(open(LATE "/prot/f", O_WRONLY | O_CLOEXEC)));
	EXPECT_EQ(0, fim_opened(open(LATE "/open", O_WRONLY | O_CLOEXEC)));
	EXPECT_EQ(0, fim_delete("t"));
	EXPECT_EQ(0, fim_opened(open(LATE "/prot/f", O_WRONLY | O_CLOEXEC)));
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	umount2(LATE, MNT_DETACH);
	rmdir(LATE);
}

/* A page of the file that the server does not answer about has the arguments. */
static int violate_with_arguments_there(const void *unused)
{
	int fd = open(MNT "/open", O_RDWR | O_CLOEXEC);
	unsigned long page = (unsigned long)mmap(NULL, 4096,
						 PROT_READ | PROT_WRITE,
						 MAP_PRIVATE, fd, 0);

	(void)unused;
	if (fd < 0 || (void *)page == MAP_FAILED ||
	    prctl(PR_SET_MM, PR_SET_MM_ARG_START, page, 0, 0) ||
	    prctl(PR_SET_MM, PR_SET_MM_ARG_END, page + 4096, 0, 0))
		return errno;
	return sys(chmod(PROT "/f", 0600)) == EACCES ? 0 : errno ?: EIO;
}

/* Nor does it hold up who has his arguments there: they are not read. */
TEST_F(fuse, arguments_at_a_server_that_does_not_answer)
{
	unsigned long long since = 0;
	const struct fim_event *ev;
	struct fim_events events;

	NEEDS(self->missing);
	NEEDS(self->block ? NULL : "one action does it");
	ASSERT_EQ(0, fim_apply_dirs("t", variant->action, PROT "/", NULL));
	since = last_seq(&self->nl);
	self->shared->stalls = true;
	EXPECT_EQ(0, fim_run(0, violate_with_arguments_there, NULL, NULL));
	ASSERT_EQ(0, fim_events_since(&self->nl, since, &events));
	ev = fim_violation(&events);
	ASSERT_NE(NULL, ev);
	EXPECT_FALSE(fim_has(ev, FIM_EVENT_A_CMDLINE));
	EXPECT_TRUE(fim_has(ev, FIM_EVENT_A_EXE));
	fim_events_free(&events);
}

TEST_HARNESS_MAIN
