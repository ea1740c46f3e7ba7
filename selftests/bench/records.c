// SPDX-License-Identifier: GPL-2.0
/*
 * records - what a record costs, in instructions, and when it is with who listens
 *
 *	records plain DIRECTORY		nobody keeps any
 *	records fim DIRECTORY		a policy audits changes in DIRECTORY
 *	records line DIRECTORY		likewise, and fimctl watch listens: what is
 *					received are its lines on standard output
 *	records audit DIRECTORY		the kernel's audit does, as by auditctl -w
 *					DIRECTORY -p a; this is its auditd
 *
 * DIRECTORY has files 0 to FILES-1, whose mode is changed by a child, while the
 * parent listens. Prints:
 *
 *	latency INSTRUCTIONS	from before the call until all that is said about
 *				it has been received, the median of many calls
 *	flood INSTRUCTIONS	a call, when many are made at once, with what is
 *				said about them being received
 *	same INSTRUCTIONS	likewise, when all of them are the same; of fim
 *				without the one record of them, a second later
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <x86intrin.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "../../uapi/fim.h"
#include "audit.h"

#define FILES 1000
#define CALLS 200

static int sock;
static char *dir;
static char buffer[1 << 17] __attribute__((aligned(8)));
/* Return: how many operations a message ends. */
static unsigned int (*told)(struct nlmsghdr *nlh);
/* Return: how many operations were received; NULL if nobody is told of any. */
static unsigned int (*receive)(void);

static void die(const char *what)
{
	fprintf(stderr, "records: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void change(unsigned int i)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%u", dir, i);
	if (chmod(path, 0640))
		die(path);
}

/* Receive one datagram. Return: how many operations it ends. */
static unsigned int receive_message(void)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)buffer;
	int len = recv(sock, buffer, sizeof(buffer), 0);
	unsigned int nr = 0;

	if (len < 0)
		die("recv");
	for (; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len))
		nr += told(nlh);
	return nr;
}

/* Of fimctl watch -o json, one for each */
static unsigned int receive_lines(void)
{
	ssize_t len = read(sock, buffer, sizeof(buffer)), i;
	unsigned int nr = 0;

	if (len <= 0)
		die("read");
	for (i = 0; i < len; i++)
		nr += buffer[i] == '\n';
	return nr;
}

static void receive_all(unsigned int nr)
{
	while (nr) {
		unsigned int got = receive();

		nr -= got < nr ? got : nr;
	}
}

/**
 * struct job - what the child is to do, and when it did it; shared
 * @first: the first file whose mode is changed
 * @step: from one to the next
 * @nr: how often
 * @start: before the first
 * @end: behind the last
 */
struct job {
	unsigned int first;
	unsigned int step;
	unsigned int nr;
	unsigned long long start;
	unsigned long long end;
};

static volatile struct job *job;
static int begin[2], done[2];

static void perform(void)
{
	unsigned int i, file;
	char c;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(begin[0], &c, 1) == 1) {
		job->start = __rdtsc();
		for (i = 0, file = job->first; i < job->nr; i++) {
			change(file);
			file += job->step;
		}
		job->end = __rdtsc();
		if (write(done[1], &c, 1) != 1)
			break;
	}
	_exit(0);
}

/* Return: what it took until all are made and, with @received, also received. */
static unsigned long long run(unsigned int first, unsigned int step,
			      unsigned int nr, int received)
{
	unsigned long long end = 0;
	char c = 0;

	job->first = first;
	job->step = step;
	job->nr = nr;
	if (write(begin[1], &c, 1) != 1)
		die("write");
	if (received && receive) {
		receive_all(nr);
		end = __rdtsc();
	}
	if (read(done[0], &c, 1) != 1)
		die("read");
	return (end > job->end ? end : job->end) - job->start;
}

static int compare(const void *a, const void *b)
{
	const unsigned long long *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void measure(int coalesced)
{
	static unsigned long long took[CALLS];
	unsigned int i;

	job = mmap(NULL, sizeof(*job), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (job == MAP_FAILED || pipe(begin) || pipe(done))
		die("pipe");
	if (!fork())
		perform();
	for (i = 0; i < CALLS; i++)
		took[i] = run(i, 0, 1, 1);
	qsort(took, CALLS, sizeof(*took), compare);
	printf("latency %llu\n", took[CALLS / 2]);
	printf("flood %llu\n", run(CALLS, 1, FILES - CALLS, 1) /
				(FILES - CALLS));
	printf("same %llu\n", run(0, 0, FILES, !coalesced) / FILES);
}

static void open_socket(int protocol)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int size = 64 << 20;

	sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	if (sock < 0 || bind(sock, (void *)&address, sizeof(address)) ||
	    setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		die("socket");
}

/* Send a request and take what comes first; the answer is in the buffer. */
static struct nlmsghdr *ask(int type, const void *data, size_t len)
{
	static struct {
		struct nlmsghdr nlh;
		char data[8192];
	} msg;
	struct nlmsghdr *nlh = (struct nlmsghdr *)buffer;

	msg.nlh = (struct nlmsghdr){
		.nlmsg_len = NLMSG_LENGTH(len),
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
	};
	memcpy(msg.data, data, len);
	if (send(sock, &msg, msg.nlh.nlmsg_len, 0) < 0)
		die("send");
	do {
		if (recv(sock, buffer, sizeof(buffer), 0) < 0)
			die("recv");
	} while (nlh->nlmsg_type != NLMSG_ERROR && nlh->nlmsg_type != type);
	if (nlh->nlmsg_type == NLMSG_ERROR && *(int *)NLMSG_DATA(nlh)) {
		errno = -*(int *)NLMSG_DATA(nlh);
		die("a request");
	}
	return nlh;
}

static struct nlattr *find(void *attrs, size_t len, int type)
{
	struct nlattr *nla = attrs;

	while (len >= sizeof(*nla) && nla->nla_len >= sizeof(*nla)) {
		if ((nla->nla_type & NLA_TYPE_MASK) == type)
			return nla;
		if ((size_t)NLA_ALIGN(nla->nla_len) >= len)
			break;
		len -= NLA_ALIGN(nla->nla_len);
		nla = (void *)nla + NLA_ALIGN(nla->nla_len);
	}
	errno = ENOENT;
	die("an attribute");
	return NULL;
}

#define DATA(nla) ((void *)(nla) + NLA_HDRLEN)

static struct nlattr *find_inside(struct nlattr *nest, int type)
{
	return find(DATA(nest), nest->nla_len - NLA_HDRLEN, type);
}

static int family;

static unsigned int told_by_fim(struct nlmsghdr *nlh)
{
	struct nlattr *event, *count;

	if (nlh->nlmsg_type != family)
		return 0;
	event = find(NLMSG_DATA(nlh) + GENL_HDRLEN,
		     nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN, FIM_A_EVENT);
	count = find_inside(event, FIM_EVENT_A_COUNT);
	return *(unsigned long long *)DATA(count);
}

static void listen_to_fim(void)
{
	struct {
		struct genlmsghdr genl;
		struct nlattr nla;
		char name[4];
	} request = {
		.genl = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 },
		.nla = { .nla_len = NLA_HDRLEN + 4,
			 .nla_type = CTRL_ATTR_FAMILY_NAME },
		.name = FIM_GENL_NAME,
	};
	struct nlattr *groups, *group;
	struct nlmsghdr *nlh;
	void *attrs;
	size_t len;

	open_socket(NETLINK_GENERIC);
	nlh = ask(GENL_ID_CTRL, &request, sizeof(request));
	attrs = NLMSG_DATA(nlh) + GENL_HDRLEN;
	len = nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	family = *(unsigned short *)DATA(find(attrs, len, CTRL_ATTR_FAMILY_ID));
	groups = find(attrs, len, CTRL_ATTR_MCAST_GROUPS);
	group = find_inside(DATA(groups), CTRL_ATTR_MCAST_GRP_ID);
	if (setsockopt(sock, 270, NETLINK_ADD_MEMBERSHIP, DATA(group), 4))
		die("the group");
	told = told_by_fim;
	receive = receive_message;
}

static void listen_to_lines(void)
{
	int data[2];

	if (pipe(data))
		die("pipe");
	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(data[1], STDOUT_FILENO);
		execlp("fimctl", "fimctl", "watch", "-o", "json", NULL);
		_exit(127);
	}
	close(data[1]);
	sock = data[0];
	receive = receive_lines;
	/* It listens by then. */
	sleep(3);
}

/* The last of what is said about a system call */
static unsigned int told_by_audit(struct nlmsghdr *nlh)
{
	return nlh->nlmsg_type == AUDIT_EOE;
}

static void listen_to_audit(void)
{
	struct audit_status status = {
		.mask = AUDIT_STATUS_ENABLED | AUDIT_STATUS_PID |
			AUDIT_STATUS_BACKLOG_LIMIT,
		.enabled = 1,
		.pid = getpid(),
		.backlog_limit = 8 * FILES,
	};
	struct audit_watch watch;
	size_t len = audit_watch(&watch, dir, AUDIT_PERM_ATTR);

	open_socket(NETLINK_AUDIT);
	ask(AUDIT_SET, &status, sizeof(status));
	ask(AUDIT_ADD_RULE, &watch, len);
	told = told_by_audit;
	receive = receive_message;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: records plain|fim|line|audit DIRECTORY\n");
		return 2;
	}
	dir = argv[2];
	if (!strcmp(argv[1], "fim"))
		listen_to_fim();
	else if (!strcmp(argv[1], "line"))
		listen_to_lines();
	else if (!strcmp(argv[1], "audit"))
		listen_to_audit();
	measure(strcmp(argv[1], "audit"));
	return 0;
}
