/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who does it: what a record tells about the task.
 */
#ifndef FIM_SUBJECT_H
#define FIM_SUBJECT_H

#include <linux/limits.h>
#include <linux/sched.h>
#include <linux/types.h>

/**
 * struct fim_subject - what is read of a task inside a hook: no lock, no sleep
 * @flags: enum fim_event_flags
 * @pid: thread, in the initial pid namespace
 * @tgid: process there
 * @ppid: its parent there
 * @ns_tgid: process, in its own pid namespace
 * @ns_ppid: its parent there, 0 if outside
 * @uid: real, in the initial user namespace, as all ids
 * @euid: effective
 * @gid: real
 * @fsuid: owner of what it creates
 * @ns_pid: thread, in its own pid namespace
 * @loginuid: (u32)-1 if unset
 * @sessionid: (u32)-1 if unset
 * @mnt_ns: inode number of the mount namespace
 * @pid_ns: inode number of the pid namespace
 * @cgroup: id of the cgroup, 0 if unknown
 * @arch: AUDIT_ARCH_*; 0 if no system call is under way
 * @syscall: its number
 * @args: its arguments
 * @comm: name of the task
 */
struct fim_subject {
	u32 flags;
	u32 pid;
	u32 tgid;
	u32 ppid;
	u32 ns_tgid;
	u32 ns_ppid;
	u32 uid;
	u32 euid;
	u32 gid;
	u32 fsuid;
	u32 ns_pid;
	u32 loginuid;
	u32 sessionid;
	u32 mnt_ns;
	u32 pid_ns;
	u64 cgroup;
	u32 arch;
	int syscall;
	unsigned long args[6];
	char comm[TASK_COMM_LEN];
};

/*
 * For names that hardly are as long. What is allocated is cleared on most
 * kernels, and all of it stays below 32 KiB so.
 */
#define FIM_NAME_ROOM	1024

/**
 * struct fim_subject_text - what takes sleeping to read
 * @flags: enum fim_event_flags found on the way
 * @exe: path of the executable, in @buf as all here, or NULL
 * @exe_ino: its inode number, or 0
 * @exe_dev: its device, as FIM_EVENT_A_DEV
 * @parent_exe: path of the parent's executable, or NULL
 * @cwd: working directory, or NULL
 * @cgroup: path of the cgroup, or NULL
 * @cmdline: arguments, each ended by a NUL
 * @cmdline_len: length of @cmdline
 * @executed: path that was executed, as execve() was told it
 * @executed_len: length of @executed
 * @tty: name of the terminal, "" for none
 * @cgroup_buf: where @cgroup is
 * @buf: where the other paths are
 */
struct fim_subject_text {
	u32 flags;
	const char *exe;
	u64 exe_ino;
	u32 exe_dev;
	const char *parent_exe;
	const char *cwd;
	const char *cgroup;
	unsigned int cmdline_len;
	unsigned int executed_len;
	char tty[64];
	char cmdline[PATH_MAX];
	char executed[FIM_NAME_ROOM];
	char cgroup_buf[FIM_NAME_ROOM];
	char buf[3][PATH_MAX];
};

void fim_subject_read(struct fim_subject *subject);
void fim_subject_executable(struct task_struct *task, u64 *ino, u32 *dev,
			    u32 *generation);
unsigned int fim_subject_executed(char *path, unsigned int size);
void fim_subject_describe(struct task_struct *task,
			  struct fim_subject_text *text, bool memory);

#endif /* FIM_SUBJECT_H */
