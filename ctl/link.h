/* SPDX-License-Identifier: GPL-2.0 */
/*
 * link.h - the netlink connection to the module
 */
#ifndef FIMCTL_LINK_H
#define FIMCTL_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include <netlink/netlink.h>

#include "../uapi/fim.h"

/** @LINK_MSG_MAX: room in a request; above the largest FIM_CMD_POLICY_ADD */
#define LINK_MSG_MAX 65536

/**
 * struct link_error - why the kernel refused a request
 * @code: -errno, 0 if it did not
 * @text: what it says, or what errno means
 * @at_attr: it blames an attribute
 * @offset: that attribute's, from the beginning of the message
 */
struct link_error {
	int code;
	char text[256];
	bool at_attr;
	uint32_t offset;
};

/**
 * struct link - a connection
 * @sock: the socket, or NULL
 * @family: number of the family "fim"
 * @error: of the last request
 */
struct link {
	struct nl_sock *sock;
	int family;
	struct link_error error;
};

/**
 * typedef link_handler - takes one reply
 * @cmd: enum fim_cmd
 * @tb: its attributes, enum fim_attr
 * @arg: as handed to link_request()
 *
 * Return: 0, or -errno to fail the request.
 */
typedef int (*link_handler)(uint8_t cmd, struct nlattr **tb, void *arg);

int link_open(struct link *l);
void link_close(struct link *l);
__attribute__((format(printf, 3, 4)))
int link_fail(struct link *l, int code, const char *fmt, ...);
struct nl_msg *link_message(int family, uint8_t cmd, bool dump);
int link_request(struct link *l, struct nl_msg *msg, link_handler handler,
		 void *arg);
int link_command(struct link *l, uint8_t cmd, link_handler handler, void *arg);
int link_dump(struct link *l, uint8_t cmd, link_handler handler, void *arg);
int link_parse(struct nl_msg *msg, uint8_t *cmd, struct nlattr **tb);
bool link_from_kernel(struct nl_msg *msg);
int link_connect(struct nl_sock *sock);
void link_parse_error(const struct nlmsghdr *nlh, struct link_error *error);
int link_report(const struct link *l, const char *what);

#endif /* FIMCTL_LINK_H */
