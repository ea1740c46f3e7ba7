// SPDX-License-Identifier: GPL-2.0
/*
 * records - what a record costs, in instructions, and when it is with who listens
 *
 *	records plain DIRECTORY		nobody keeps any
 *	records fim DIRECTORY		a policy audits changes in DIRECTORY
 *
 * DIRECTORY has files 0 to FILES-1, whose mode is changed. Prints:
 *
 *	latency INSTRUCTIONS	from before the call until all that is said about
 *				it has been received, the median of many calls
 *	flood INSTRUCTIONS	a call, when many are made before what is said
 *				about them is received, that included
 *	same INSTRUCTIONS	likewise, when all of them are the same
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <x86intrin.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "../../uapi/fim.h"

#define FILES 1000
#define CALLS 200

static int sock;
static char *dir;
static char buffer[1 << 17] __attribute__((aligned(8)));
/* Return: how many operations a message ends. */
static unsigned int (*told)(struct nlmsghdr *nlh);

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
static unsigned int receive(void)
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

static void receive_all(unsigned int nr)
{
	while (told && nr) {
		unsigned int got = receive();

		nr -= got < nr ? got : nr;
	}
}

static int compare(const void *a, const void *b)
{
	const unsigned long long *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void measure(void)
{
	static unsigned long long took[CALLS];
	unsigned long long start;
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		start = __rdtsc();
		change(i);
		receive_all(1);
		took[i] = __rdtsc() - start;
	}
	qsort(took, CALLS, sizeof(*took), compare);
	printf("latency %llu\n", took[CALLS / 2]);

	start = __rdtsc();
	for (i = CALLS; i < FILES; i++)
		change(i);
	receive_all(FILES - CALLS);
	printf("flood %llu\n", (__rdtsc() - start) / (FILES - CALLS));

	/* Without waiting for the end of the second that they are counted in */
	start = __rdtsc();
	for (i = 0; i < FILES; i++)
		change(0);
	start = __rdtsc() - start;
	printf("same %llu\n", start / FILES);
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
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: records plain|fim DIRECTORY\n");
		return 2;
	}
	dir = argv[2];
	if (!strcmp(argv[1], "fim"))
		listen_to_fim();
	measure();
	return 0;
}
