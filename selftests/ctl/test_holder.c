// SPDX-License-Identifier: GPL-2.0
/*
 * test_holder.c - tests of ctl/holder.c: this process holds files in all ways
 * that a process can
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper.h"
#include "holder.h"
#include "mem.h"

#include "kselftest_harness.h"

FIXTURE(file) {
	char path[32];
	struct held held;
	struct holders found;
	int fd;
};

FIXTURE_SETUP(file)
{
	struct stat st;

	memset(self, 0, sizeof(*self));
	strcpy(self->path, "/tmp/fimctl.XXXXXX");
	self->fd = mkstemp(self->path);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, ftruncate(self->fd, 4096));
	ASSERT_EQ(0, fstat(self->fd, &st));
	self->held = (struct held){ .path = self->path, .dev = st.st_dev,
				    .ino = st.st_ino };
}

FIXTURE_TEARDOWN(file)
{
	holders_free(&self->found);
	unlink(self->path);
}

static const struct holder *find(FIXTURE_DATA(file) *self,
				 enum holder_kind kind, int fd)
{
	size_t i;

	for (i = 0; i < self->found.nr; i++)
		if (self->found.v[i].kind == kind &&
		    self->found.v[i].pid == getpid() &&
		    self->found.v[i].fd == fd)
			return &self->found.v[i];
	return NULL;
}

TEST_F(file, descriptors)
{
	int two = dup(self->fd), path = open(self->path, O_PATH);
	int append = open(self->path, O_WRONLY | O_APPEND);
	int read = open(self->path, O_RDONLY);

	prctl(PR_SET_NAME, "holds (it)");
	holders_find(&self->found, &self->held, 1);
	EXPECT_NE(NULL, find(self, HOLDER_FD, self->fd));
	EXPECT_NE(NULL, find(self, HOLDER_FD, two));
	EXPECT_NE(NULL, find(self, HOLDER_FD, append));
	EXPECT_EQ(NULL, find(self, HOLDER_FD, read));
	EXPECT_EQ(NULL, find(self, HOLDER_FD, path));
	EXPECT_EQ(3, self->found.nr);
	EXPECT_STREQ("holds (it)", self->found.v[0].name);
}

TEST_F(file, only_that_file)
{
	uint64_t ino = self->held.ino;

	self->held.ino = UINT64_MAX;
	holders_find(&self->found, &self->held, 1);
	EXPECT_EQ(0, self->found.nr);
	self->held.ino = ino;
	self->held.dev = UINT64_MAX;
	holders_find(&self->found, &self->held, 1);
	EXPECT_EQ(0, self->found.nr);
	holders_find(&self->found, NULL, 0);
	EXPECT_EQ(0, self->found.nr);
}

/* The kernel's name of the device is another one: the path tells. */
TEST_F(file, device_by_path)
{
	uint64_t dev = self->held.dev;

	self->held.dev = UINT64_MAX;
	held_stat(&self->held);
	EXPECT_EQ(dev, self->held.stat_dev);
	holders_find(&self->found, &self->held, 1);
	EXPECT_EQ(1, self->found.nr);
	self->held.ino = UINT64_MAX;
	held_stat(&self->held);
	EXPECT_EQ(0, self->held.stat_dev);
}

/**
 * struct mapping - a mapping of a file
 * @open: how the file is opened
 * @prot: how it is mapped
 * @flags: likewise
 * @kind: what it is told to be, -1 for nothing
 */
static const struct mapping {
	int open;
	int prot;
	int flags;
	int kind;
} mappings[] = {
	{ O_RDWR, PROT_READ | PROT_WRITE, MAP_SHARED, HOLDER_MAPPING },
	{ O_RDWR, PROT_WRITE, MAP_SHARED, HOLDER_MAPPING },
	{ O_RDWR, PROT_READ, MAP_SHARED, HOLDER_KEPT },
	{ O_RDWR, PROT_READ, MAP_PRIVATE, HOLDER_KEPT },
	{ O_RDWR, PROT_READ | PROT_WRITE, MAP_PRIVATE, HOLDER_KEPT },
	{ O_RDONLY, PROT_READ, MAP_SHARED, -1 },
	{ O_RDONLY, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1 },
};

/* Whose descriptor is closed. */
TEST_F(file, mappings)
{
	char *room;
	size_t i;
	void *p;
	int fd;

	if (access("/proc/self/map_files", X_OK))
		SKIP(return, "no map_files");
	close(self->fd);
	room = mmap(NULL, 64 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	ASSERT_NE(MAP_FAILED, (void *)room);
	for (i = 0; i < ARRAY_SIZE_OF(mappings); i++) {
		fd = open(self->path, mappings[i].open);
		/* Of an address that was used before, map_files has old modes. */
		p = mmap(room + i * 8192, 4096, mappings[i].prot,
			 mappings[i].flags | MAP_FIXED, fd, 0);
		ASSERT_NE(MAP_FAILED, p);
		close(fd);
		holders_find(&self->found, &self->held, 1);
		EXPECT_EQ(mappings[i].kind < 0 ? 0 : 1, self->found.nr) {
			TH_LOG("mapping %zu", i);
		}
		if (mappings[i].kind >= 0)
			EXPECT_NE(NULL, find(self, mappings[i].kind, -1)) {
				TH_LOG("mapping %zu", i);
			}
		munmap(p, 4096);
		holders_free(&self->found);
	}
}

/* Each is told once, and a descriptor says all that a mapping would. */
TEST_F(file, mapped_and_open)
{
	void *a = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
		       self->fd, 0);
	void *b = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
		       self->fd, 0);

	mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, self->fd, 0);
	ASSERT_NE(MAP_FAILED, a);
	ASSERT_NE(MAP_FAILED, b);
	holders_find(&self->found, &self->held, 1);
	EXPECT_EQ(2, self->found.nr);
	EXPECT_NE(NULL, find(self, HOLDER_FD, self->fd));
	EXPECT_NE(NULL, find(self, HOLDER_MAPPING, -1));
}

TEST_HARNESS_MAIN
