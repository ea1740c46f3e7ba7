// SPDX-License-Identifier: GPL-2.0
/*
 * peers - puts what else keeps files from being changed in force, for bench
 *
 *	peers landlock DIRECTORY COMMAND...	COMMAND may change files there only
 *	peers apparmor PROFILE COMMAND...	COMMAND runs under that profile
 *	peers fanotify DIRECTORY		asks for, and allows, every open on
 *						the filesystem until it is killed
 *	peers bpf HOOK...			runs a BPF program that allows in
 *						each LSM hook until it is killed
 *	peers audit DIRECTORY			records changes of what is in there
 *
 * Those that stay say "ready" once they are in force.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/landlock.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "audit.h"

static void die(const char *what)
{
	fprintf(stderr, "peers: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void ready(void)
{
	puts("ready");
	fflush(stdout);
}

static void run(char **command)
{
	execv(command[0], command);
	die(command[0]);
}

static void landlock(const char *dir)
{
	struct landlock_ruleset_attr ruleset = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_WRITE_FILE |
				     LANDLOCK_ACCESS_FS_REMOVE_DIR |
				     LANDLOCK_ACCESS_FS_REMOVE_FILE |
				     LANDLOCK_ACCESS_FS_MAKE_DIR |
				     LANDLOCK_ACCESS_FS_MAKE_REG |
				     LANDLOCK_ACCESS_FS_MAKE_SYM,
	};
	struct landlock_path_beneath_attr below = {
		.allowed_access = ruleset.handled_access_fs,
		.parent_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC),
	};
	int fd = syscall(SYS_landlock_create_ruleset, &ruleset, sizeof(ruleset),
			 0);

	if (fd < 0 ||
	    syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH,
		    &below, 0) ||
	    syscall(SYS_landlock_restrict_self, fd, 0))
		die("Landlock");
}

static void apparmor(const char *profile)
{
	int fd = open("/proc/self/attr/exec", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || dprintf(fd, "exec %s", profile) < 0 || close(fd))
		die("AppArmor");
}

static void fanotify(const char *dir)
{
	struct fanotify_event_metadata events[64], *e;
	struct fanotify_response response = { .response = FAN_ALLOW };
	int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);
	ssize_t len;

	if (fd < 0 || fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM,
				    FAN_OPEN_PERM, AT_FDCWD, dir))
		die("fanotify");
	ready();
	while ((len = read(fd, events, sizeof(events))) > 0)
		for (e = events; FAN_EVENT_OK(e, len);
		     e = FAN_EVENT_NEXT(e, len)) {
			response.fd = e->fd;
			if (write(fd, &response, sizeof(response)) < 0)
				die("a response");
			close(e->fd);
		}
	die("events");
}

/* The whole of a file of the kernel's, whose size is not known before. */
static char *read_all(const char *path, size_t *len)
{
	size_t cap = 16 << 20;
	char *data = malloc(cap);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0 || !data)
		die(path);
	for (*len = 0; (n = read(fd, data + *len, cap - *len)) > 0; *len += n)
		;
	close(fd);
	return data;
}

/* How much follows a type. */
static size_t btf_extra(const struct btf_type *t)
{
	size_t nr = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return sizeof(__u32);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return nr * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return nr * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return nr * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return nr * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return nr * sizeof(struct btf_var_secinfo);
	default:
		return 0;
	}
}

static __u32 btf_find_function(const char *btf, const char *name)
{
	const struct btf_header *header = (const void *)btf;
	const char *strings = btf + header->hdr_len + header->str_off;
	const char *at = btf + header->hdr_len + header->type_off;
	const char *end = at + header->type_len;
	__u32 id = 1;

	for (; at < end; id++) {
		const struct btf_type *t = (const void *)at;

		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC &&
		    !strcmp(strings + t->name_off, name))
			return id;
		at += sizeof(*t) + btf_extra(t);
	}
	errno = ENOENT;
	die(name);
	return 0;
}

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* r0 = 0; exit: nothing is less. */
static void bpf_attach(const char *btf, const char *hook)
{
	static const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr program = {
		.prog_type = BPF_PROG_TYPE_LSM,
		.expected_attach_type = BPF_LSM_MAC,
		.insns = (unsigned long)code,
		.insn_cnt = sizeof(code) / sizeof(*code),
		.license = (unsigned long)"GPL",
	};
	union bpf_attr attach = { 0 };
	char name[64];

	snprintf(name, sizeof(name), "bpf_lsm_%s", hook);
	program.attach_btf_id = btf_find_function(btf, name);
	attach.raw_tracepoint.prog_fd = bpf(BPF_PROG_LOAD, &program);
	if ((int)attach.raw_tracepoint.prog_fd < 0 ||
	    bpf(BPF_RAW_TRACEPOINT_OPEN, &attach) < 0)
		die(hook);
}

static void bpf_lsm(char **hooks)
{
	size_t len;
	char *btf = read_all("/sys/kernel/btf/vmlinux", &len);

	for (; *hooks; hooks++)
		bpf_attach(btf, *hooks);
	ready();
	for (;;)
		pause();
}

static void audit_send(int type, const void *data, size_t len)
{
	char message[NLMSG_SPACE(8192)] = { 0 };
	struct nlmsghdr *head = (void *)message;
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsgerr *answer = NLMSG_DATA(head);
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);

	head->nlmsg_len = NLMSG_LENGTH(len);
	head->nlmsg_type = type;
	head->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	memcpy(NLMSG_DATA(head), data, len);
	if (fd < 0 || sendto(fd, message, head->nlmsg_len, 0, (void *)&kernel,
			     sizeof(kernel)) < 0 ||
	    recv(fd, message, sizeof(message), 0) < 0)
		die("audit");
	errno = head->nlmsg_type == NLMSG_ERROR ? -answer->error : EPROTO;
	if (errno)
		die("audit");
	close(fd);
}

static void audit(const char *dir)
{
	const struct audit_status status = { .mask = AUDIT_STATUS_ENABLED,
					     .enabled = 1 };
	struct audit_watch watch;
	size_t len = audit_watch(&watch, dir,
				 AUDIT_PERM_WRITE | AUDIT_PERM_ATTR);

	audit_send(AUDIT_ADD_RULE, &watch, len);
	audit_send(AUDIT_SET, &status, sizeof(status));
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (argc > 3 && !strcmp(what, "landlock")) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		landlock(argv[2]);
		run(argv + 3);
	} else if (argc > 3 && !strcmp(what, "apparmor")) {
		apparmor(argv[2]);
		run(argv + 3);
	} else if (argc == 3 && !strcmp(what, "fanotify")) {
		fanotify(argv[2]);
	} else if (argc > 2 && !strcmp(what, "bpf")) {
		bpf_lsm(argv + 2);
	} else if (argc == 3 && !strcmp(what, "audit")) {
		audit(argv[2]);
	} else {
		return 2;
	}
	return 0;
}
