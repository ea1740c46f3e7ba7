// SPDX-License-Identifier: GPL-2.0
/*
 * test_syscall.c - tests of ctl/syscall.c: names and arguments of system calls
 */
#include <string.h>

#include <linux/audit.h>

#include "buf.h"
#include "helper.h"
#include "syscall.h"

#include "kselftest_harness.h"

#define X64 AUDIT_ARCH_X86_64
#define X32 AUDIT_ARCH_I386
#define ARM AUDIT_ARCH_AARCH64
#define CWD 0xffffff9cULL

static const struct {
	uint32_t arch;
	int nr;
	uint64_t args[SYSCALL_ARGS];
	const char *text;
} calls[] = {
	{ X64, 257, { CWD, 1, 0x941, 0666 },
	  "syscall=SYS_OPENAT fd=-100 flags=O_WRONLY|O_CREAT|O_NOCTTY|O_NONBLOCK mode=0666" },
	{ X64, 257, { -100ULL, 1, 0, 0666 },
	  "syscall=SYS_OPENAT fd=-100 flags=O_RDONLY" },
	{ X64, 2, { 1, 2 | 01000, 0 }, "syscall=SYS_OPEN flags=O_RDWR|O_TRUNC" },
	{ X64, 2, { 1, 3, 0 }, "syscall=SYS_OPEN flags=O_ACCMODE" },
	{ X64, 2, { 1, 0x80000001, 0 }, "syscall=SYS_OPEN flags=O_WRONLY|0x80000000" },
	{ X64, 257, { 3, 1, 020200002, 0600 },
	  "syscall=SYS_OPENAT fd=3 flags=O_RDWR|O_TMPFILE mode=0600" },
	{ X64, 2, { 1, 0200000 | 0400000, 0 },
	  "syscall=SYS_OPEN flags=O_RDONLY|O_DIRECTORY|O_NOFOLLOW" },
	{ ARM, 56, { CWD, 1, 040000 | 0100000, 0 },
	  "syscall=SYS_OPENAT fd=-100 flags=O_RDONLY|O_DIRECTORY|O_NOFOLLOW" },
	{ X64, 2, { 1, 04010001, 0 }, "syscall=SYS_OPEN flags=O_WRONLY|O_SYNC" },
	{ X32, 5, { 1, 0x41, 0 },
	  "syscall=SYS_OPEN flags=O_WRONLY|O_CREAT mode=0" },
	{ X32, 295, { CWD, 1, 1, 0 }, "syscall=SYS_OPENAT fd=-100 flags=O_WRONLY" },
	{ X64, 263, { CWD, 1, 0x200 },
	  "syscall=SYS_UNLINKAT fd=-100 flags=AT_REMOVEDIR" },
	{ X64, 263, { CWD, 1, 0 }, "syscall=SYS_UNLINKAT fd=-100" },
	{ ARM, 35, { 5, 1, 0 }, "syscall=SYS_UNLINKAT fd=5" },
	{ X64, 82, { 1, 2 }, "syscall=SYS_RENAME" },
	{ X64, 316, { CWD, 1, 4, 2, 2 },
	  "syscall=SYS_RENAMEAT2 oldfd=-100 newfd=4 flags=RENAME_EXCHANGE" },
	{ X64, 265, { CWD, 1, CWD, 2, 0x400 },
	  "syscall=SYS_LINKAT oldfd=-100 newfd=-100 flags=AT_SYMLINK_FOLLOW" },
	{ X64, 90, { 1, 04755 }, "syscall=SYS_CHMOD mode=04755" },
	{ X64, 92, { 1, 0xffffffff, 1000 }, "syscall=SYS_CHOWN uid=-1 gid=1000" },
	{ X64, 76, { 1, 5000000000 }, "syscall=SYS_TRUNCATE length=5000000000" },
	{ X64, 16, { 3, 0x40086602, 1 }, "syscall=SYS_IOCTL fd=3 cmd=0x40086602" },
	{ X64, 469, { CWD, 1, 2, 24, 0x1000 },
	  "syscall=SYS_FILE_SETATTR fd=-100 size=24 flags=AT_EMPTY_PATH" },
	{ X64, 0x40000000 + 257, { CWD, 1, 1 },
	  "syscall=SYS_OPENAT fd=-100 flags=O_WRONLY" },
	{ X64, 0, { 3, 1, 2 }, "syscall=SYS_READ" },
	{ X64, 175, { 1, 4096, 2 }, "syscall=SYS_INIT_MODULE size=4096" },
	{ X64, 313, { 3, 1, 4 }, "syscall=SYS_FINIT_MODULE fd=3 flags=0x4" },
	{ X64, 246, { 1, 2, 3, 1 }, "syscall=SYS_KEXEC_LOAD segments=2 flags=0x1" },
	{ X64, 320, { 3, -1, 1, 2, 4 },
	  "syscall=SYS_KEXEC_FILE_LOAD fd=3 initrd_fd=-1 flags=0x4" },
	{ X64, 9999, { 1 }, "syscall=SYS_9999" },
	{ X64, -1, { 1 }, "syscall=SYS_-1" },
	{ X64, INT32_MIN, { 1 }, "syscall=SYS_-2147483648" },
	{ 0x1234, 5, { 1 }, "syscall=SYS_5" },
};

static void decoded(struct buf *to, uint32_t arch, int nr, const uint64_t *args)
{
	struct syscall_info info;
	size_t i;

	syscall_decode(arch, nr, args, &info);
	buf_clear(to);
	for (i = 0; i < info.nr; i++)
		buf_addf(to, "%s%s=%s", i ? " " : "", info.pair[i].key,
			 info.pair[i].value);
}

TEST(decode)
{
	struct buf text = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(calls); i++) {
		decoded(&text, calls[i].arch, calls[i].nr, calls[i].args);
		EXPECT_STREQ(calls[i].text, text.data);
	}
	buf_free(&text);
}

TEST(without_arguments)
{
	struct buf text = { 0 };

	decoded(&text, X64, 257, NULL);
	EXPECT_STREQ("syscall=SYS_OPENAT", text.data);
	buf_free(&text);
}

/* All bits set is the longest that an argument can become. */
TEST(longest)
{
	static const uint64_t ones[SYSCALL_ARGS] = {
		-1ULL, -1ULL, -1ULL, -1ULL, -1ULL, -1ULL,
	};
	static const uint32_t arch[] = { X64, X32, ARM };
	struct syscall_info info;
	size_t a, i;
	int nr;

	for (a = 0; a < ARRAY_SIZE_OF(arch); a++) {
		for (nr = 0; nr < 600; nr++) {
			syscall_decode(arch[a], nr, ones, &info);
			for (i = 0; i < info.nr; i++)
				EXPECT_GT(sizeof(info.pair[i].value) - 1,
					  strlen(info.pair[i].value));
		}
	}
}

TEST_HARNESS_MAIN
