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
#include "place.h"

/**
 * struct follow - where following the records stands
 * @ask: the connection that the ring is read by
 * @events: the socket that is in the group "events"
 * @cb: libnl's callbacks of @events
 * @place: the next record to show; a new boot id means new numbers
 * @last_before: the newest record when following began
 * @behind: the next record has to be read from the ring
 * @overrun: the socket overflowed
 * @drained: nothing waited at the socket when it was last looked at
 * @gone: the module was unloaded
 * @stop: @sink wants no more
 * @watches_stdout: to stop when whoever reads standard output has gone
 * @sink: shows an alert; returns 0, 1 to stop behind it, or -errno if it could
 *	not be shown, so that @place stays before it
 * @settle: called before waiting, and now and then while there is much to show;
 *	returns false to stop; may be NULL
 * @arg: for @sink and @settle
 */
struct follow {
	struct link ask;
	struct nl_sock *events;
	struct nl_cb *cb;
	struct place place;
	uint64_t last_before;
	bool behind;
	bool overrun;
	bool drained;
	bool gone;
	bool stop;
	bool watches_stdout;
	int (*sink)(const cJSON *alert, void *arg);
	bool (*settle)(void *arg);
	void *arg;
};

int follow_open(struct follow *f);
int follow_start(struct follow *f, const struct place *from);
int follow_run(struct follow *f, const volatile sig_atomic_t *interrupted);
void follow_close(struct follow *f);
void follow_live(struct follow *f, struct nlattr **tb);
void follow_stored(struct follow *f, struct nlattr **tb);

#endif /* FIMCTL_FOLLOW_H */
