/* SPDX-License-Identifier: GPL-2.0 */
/*
 * follow.h - the module's records one after the other, with no gap
 */
#ifndef FIMCTL_FOLLOW_H
#define FIMCTL_FOLLOW_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <netlink/attr.h>

#include "link.h"
#include "status.h"

/**
 * struct follow - where following the records stands
 * @ask: the connection that the ring is read by
 * @events: the socket that is in the group "events"
 * @cb: libnl's callbacks of @events
 * @boot_id: the module's; a new one means new numbers
 * @next: number of the next record to show
 * @behind: the next record has to be read from the ring
 * @overrun: the socket overflowed
 * @drained: nothing waited at the socket when it was last looked at
 * @gone: the module was unloaded
 * @stop: @sink wants no more
 * @sink: shows an alert; returns false to stop
 * @arg: for @sink
 */
struct follow {
	struct link ask;
	struct nl_sock *events;
	struct nl_cb *cb;
	uint8_t boot_id[BOOT_ID_SIZE];
	uint64_t next;
	bool behind;
	bool overrun;
	bool drained;
	bool gone;
	bool stop;
	bool (*sink)(const cJSON *alert, void *arg);
	void *arg;
};

int follow_open(struct follow *f);
int follow_start(struct follow *f, const uint64_t *since);
int follow_run(struct follow *f, const volatile sig_atomic_t *interrupted);
void follow_close(struct follow *f);
void follow_live(struct follow *f, struct nlattr **tb);
void follow_stored(struct follow *f, struct nlattr **tb);

#endif /* FIMCTL_FOLLOW_H */
