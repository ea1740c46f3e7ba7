// SPDX-License-Identifier: GPL-2.0
/*
 * flood.c - a flood by many, with listeners that are slow or killed: each sees
 * all of it, and what it saw adds up to what happened
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "press.h"

#define TASKS 16
#define PER_TASK 12500
/* On a kernel that checks itself, and is ten times as slow */
#define PER_TASK_SLOW 1250

FIXTURE(flood) {
	struct fim_nl nl;
	struct fim_tree tree;
	struct fim_status before;
};

/*
 *   root, a tmpfs
 *   ├── a/prot/f  <- rule of "blocked"
 *   ├── open/f    <- rule of "audited"
 *   └── other/    listeners' files
 */
FIXTURE_SETUP(flood)
{
	self->nl.fd = -1;
	if (FIM_BARE())
		return;
	ASSERT_EQ(0, fim_nl_open(&self->nl));
	ASSERT_EQ(0, fim_delete_all(&self->nl));
	ASSERT_EQ(0, fim_tree_make(&self->tree, FIM_TMPFS));
	ASSERT_EQ(0, chmod(self->tree.prot, 0777));
	ASSERT_EQ(0, fim_write_file(fim_fmt("%s/f", self->tree.prot), "x"));
	ASSERT_EQ(0, fim_write_file(fim_fmt("%s/f", self->tree.open), "x"));
	ASSERT_EQ(0, fim_apply_dirs("blocked", "Block",
				    fim_fmt("%s/", self->tree.prot), NULL));
	ASSERT_EQ(0, fim_apply_dirs("audited", "Audit",
				    fim_fmt("%s/", self->tree.open), NULL));
	ASSERT_EQ(0, fim_settle(&self->nl, &self->before));
}

FIXTURE_TEARDOWN(flood)
{
	if (self->nl.fd < 0)
		return;
	EXPECT_EQ(0, fim_delete_all(&self->nl));
	EXPECT_EQ(0, fim_tree_remove(&self->tree));
	fim_nl_close(&self->nl);
}

#define NEEDS_MODULE() NEEDS(FIM_BARE() ? "needs the module" : NULL)

/* Most are the same as others, one in eight is like none. */
static void violate(const FIXTURE_DATA(flood) *self, int task, int i)
{
	char path[PATH_MAX + 32];
	int fd;

	switch (i % 8) {
	case 0:
		snprintf(path, sizeof(path), "%s/%d-%d", self->tree.prot, task,
			 i);
		mkdir(path, 0755);
		break;
	case 1:
	case 2:
		snprintf(path, sizeof(path), "%s/f", self->tree.open);
		chmod(path, 0600 + i % 8);
		break;
	case 3:
		snprintf(path, sizeof(path), "%s/f", self->tree.prot);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
		break;
	default:
		snprintf(path, sizeof(path), "%s/f", self->tree.prot);
		chmod(path, 0600);
	}
}

static int per_task(void)
{
	return press_missing() ? PER_TASK : PER_TASK_SLOW;
}

static void start_flood(const FIXTURE_DATA(flood) *self)
{
	int task, i;

	fflush(NULL);
	for (task = 0; task < TASKS; task++) {
		if (fork())
			continue;
		for (i = 0; i < per_task(); i++)
			violate(self, task, i);
		_exit(0);
	}
}

/**
 * struct listener - fimctl watch
 * @state: its state file
 * @output: what it wrote
 * @pid: its process
 * @reader: who reads slowly what it writes, and writes it to @output, or 0
 */
struct listener {
	const char *state;
	const char *output;
	pid_t pid;
	pid_t reader;
};

/* Have it begin behind what was before, and know what that was. */
static int write_state(const struct listener *l, const struct fim_status *st)
{
	char id[33];
	int i;

	for (i = 0; i < 16; i++)
		sprintf(id + 2 * i, "%02x", st->boot_id[i]);
	return fim_write_file(l->state, fim_fmt("fim 1 %s %llu %llu\n", id,
						st->last_seq + 1,
						st->recorded));
}

static void start_listener(struct listener *l, int out)
{
	l->pid = fork();
	if (l->pid)
		return;
	dup2(out, STDOUT_FILENO);
	execlp("fimctl", "fimctl", "watch", "-o", "json", "--state", l->state,
	       NULL);
	_exit(127);
}

/* Reads a line's worth at a time until it is told to hurry. */
static volatile sig_atomic_t hurry;

static void on_hurry(int signal)
{
	(void)signal;
	hurry = 1;
}

static void read_slowly(int in, int out)
{
	char buf[4096];
	ssize_t n;

	signal(SIGUSR1, on_hurry);
	while ((n = read(in, buf, sizeof(buf))) > 0) {
		if (write(out, buf, n) != n)
			_exit(1);
		if (!hurry)
			usleep(50000);
	}
	_exit(0);
}

static int open_output(const struct listener *l)
{
	return open(l->output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void start_slow_listener(struct listener *l)
{
	int out = open_output(l);
	int data[2];

	if (pipe2(data, O_CLOEXEC))
		exit(1);
	start_listener(l, data[1]);
	l->reader = fork();
	if (!l->reader) {
		close(data[1]);
		read_slowly(data[0], out);
	}
	close(data[0]);
	close(data[1]);
	close(out);
}

static void start_fast_listener(struct listener *l)
{
	int out = open_output(l);

	start_listener(l, out);
	close(out);
}

/* Whether all records up to @seq are shown, as the state file has it. */
static bool caught_up(const struct listener *l, unsigned long long seq)
{
	unsigned long long next = 0;
	FILE *file = fopen(l->state, "re");

	if (!file)
		return false;
	if (fscanf(file, "fim 1 %*s %llu", &next) != 1)
		next = 0;
	fclose(file);
	return next > seq;
}

static bool wait_for(const struct listener *l, unsigned long long seq)
{
	int i;

	for (i = 0; i < 1500 && !caught_up(l, seq); i++)
		usleep(20000);
	return caught_up(l, seq);
}

static void stop(struct listener *l, int signal)
{
	kill(l->pid, signal);
	waitpid(l->pid, NULL, 0);
	if (l->reader)
		waitpid(l->reader, NULL, 0);
}

/**
 * struct seen - what a listener saw
 * @policy: operations that records told, of "blocked" and of "audited"
 * @gaps: how often it missed records
 * @missed: operations of records that it missed
 * @lost: operations that have no record
 * @twice: records that came again
 * @dense: no number is missing that is not said to be
 */
struct seen {
	unsigned long long policy[2];
	unsigned long long gaps;
	unsigned long long missed;
	unsigned long long lost;
	unsigned long long twice;
	bool dense;
};

static unsigned long long number(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

/*
 * Operations that each record told, by its number behind the first; those that
 * were missed, by the last of the records that were.
 */
#define RECORDS_MAX 65536
static unsigned long long told[RECORDS_MAX];

/* What is said to be missed since the listener was killed, it may have shown. */
static unsigned long long shown_before(unsigned long long from,
				       unsigned long long last,
				       unsigned long long first)
{
	unsigned long long sum = 0;

	for (; from <= last; from++)
		sum += told[(from - first) % RECORDS_MAX];
	return sum;
}

/*
 * Of violations only: who opens a file has it open for writing for a moment
 * before he is refused, and so may be found again and again.
 */
static void see_violation(struct seen *seen, const char *line, size_t place)
{
	bool blocked = strstr(line, "\"PolicyName\":\"blocked\"");

	if (!blocked && !strstr(line, "\"PolicyName\":\"audited\""))
		return;
	if (!strstr(line, "\"Operation\":\"File\""))
		return;
	told[place % RECORDS_MAX] = number(line, "\"Count\":");
	seen->policy[!blocked] += told[place % RECORDS_MAX];
}

/*
 * At least once, in order, and going back only to what was seen: so what is not
 * behind all before is a repetition.
 */
static void see(struct seen *seen, unsigned long long *last,
		unsigned long long first, const char *line)
{
	unsigned long long from = number(line, "\"LostFrom\":");
	unsigned long long seq = number(line, "\"Sequence\":");

	if (from)
		seq = number(line, "\"LostTo\":");
	if (!seq)
		return;
	if (seq <= *last) {
		seen->twice++;
		return;
	}
	if (from ? from > *last + 1 : seq != *last + 1)
		seen->dense = false;
	if (from) {
		seen->gaps++;
		told[(seq - first) % RECORDS_MAX] =
			number(line, "\"Lost\":") -
			shown_before(from, *last, first);
		seen->missed += told[(seq - first) % RECORDS_MAX];
	} else if (strstr(line, "\"Operation\":\"RecordsLost\"")) {
		seen->lost += number(line, "\"Lost\":");
	} else {
		see_violation(seen, line, seq - first);
	}
	*last = seq;
}

static void look(const struct listener *l, unsigned long long last,
		 struct seen *seen)
{
	FILE *file = fopen(l->output, "re");
	unsigned long long first = last + 1;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	*seen = (struct seen){ .dense = !!file };
	memset(told, 0, sizeof(told));
	if (!file)
		return;
	while ((len = getline(&line, &size, file)) > 0)
		if (len > 2 && !strcmp(line + len - 2, "}\n"))
			see(seen, &last, first, line);
	free(line);
	fclose(file);
}

/**
 * struct balance - the account of a policy
 * @happened: refused and audited
 * @recorded: of these, told by a record
 * @lost: of these, not
 */
struct balance {
	unsigned long long happened, recorded, lost;
};

static void balance_cb(struct nlattr **attrs, void *arg)
{
	struct nlattr *tb[FIM_POLICY_A_MAX + 1];
	struct balance *balance = arg;

	if (!attrs[FIM_A_POLICY])
		return;
	nla_parse_nested(tb, FIM_POLICY_A_MAX, attrs[FIM_A_POLICY], NULL);
	balance += strcmp(nla_get_string(tb[FIM_POLICY_A_NAME]), "blocked") != 0;
	balance->happened = nla_get_u64(tb[FIM_POLICY_A_REFUSED]) +
			    nla_get_u64(tb[FIM_POLICY_A_AUDITED]);
	balance->recorded = nla_get_u64(tb[FIM_POLICY_A_RECORDED]);
	balance->lost = nla_get_u64(tb[FIM_POLICY_A_LOST]);
}

TEST_F_TIMEOUT(flood, all_of_it_is_accounted_for, 600)
{
	struct listener listeners[] = {
		{ fim_fmt("%s/fast.state", self->tree.other),
		  fim_fmt("%s/fast.json", self->tree.other) },
		{ fim_fmt("%s/slow.state", self->tree.other),
		  fim_fmt("%s/slow.json", self->tree.other) },
	};
	struct balance balance[2] = {};
	struct fim_status st;
	struct seen seen;
	size_t i;

	NEEDS_MODULE();
	for (i = 0; i < ARRAY_SIZE(listeners); i++)
		ASSERT_EQ(0, write_state(&listeners[i], &self->before));
	start_fast_listener(&listeners[0]);
	start_slow_listener(&listeners[1]);
	start_flood(self);
	/* Killed while it writes, and back a while later. */
	sleep(3);
	stop(&listeners[0], SIGKILL);
	sleep(2);
	start_fast_listener(&listeners[0]);
	for (i = 0; i < TASKS; i++)
		EXPECT_LT(0, waitpid(0, NULL, 0));

	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	TH_LOG("%llu records, %llu coalesced, %llu limited, %llu lost",
	       st.last_seq - self->before.last_seq,
	       st.coalesced - self->before.coalesced,
	       st.limited - self->before.limited, st.lost - self->before.lost);
	EXPECT_TRUE(adds_up(&st));
	EXPECT_EQ(TASKS * per_task(), st.refused - self->before.refused +
				    st.audited - self->before.audited);
	ASSERT_EQ(0, fim_nl_dump(&self->nl, FIM_CMD_POLICY_GET, balance_cb,
				 balance));
	for (i = 0; i < ARRAY_SIZE(balance); i++)
		EXPECT_EQ(balance[i].happened,
			  balance[i].recorded + balance[i].lost);
	EXPECT_EQ(TASKS * per_task(), balance[0].happened + balance[1].happened);

	kill(listeners[1].reader, SIGUSR1);
	for (i = 0; i < ARRAY_SIZE(listeners); i++) {
		EXPECT_TRUE(wait_for(&listeners[i], st.last_seq))
			TH_LOG("listener %zu", i);
		stop(&listeners[i], SIGTERM);
		look(&listeners[i], self->before.last_seq, &seen);
		TH_LOG("listener %zu: %llu missed, %llu came again", i,
		       seen.missed, seen.twice);
		EXPECT_TRUE(seen.dense);
		EXPECT_EQ(st.lost - self->before.lost, seen.lost);
		EXPECT_EQ(st.recorded - self->before.recorded,
			  seen.policy[0] + seen.policy[1] + seen.missed);
		EXPECT_GE(balance[0].recorded, seen.policy[0]);
		EXPECT_GE(balance[1].recorded, seen.policy[1]);
	}
}

static int make_many(const void *arg)
{
	const FIXTURE_DATA(flood) *self = arg;
	int made = 0;
	int i;

	for (i = 0; i < 500; i++)
		made += sys(mkdir(fim_fmt("%s/%d", self->tree.prot, i),
				  0755)) != EACCES;
	return made > 255 ? 255 : made;
}

static int make_one(const void *arg)
{
	const FIXTURE_DATA(flood) *self = arg;

	return sys(mkdir(fim_fmt("%s/one", self->tree.prot), 0755));
}

/* Whether the ring still holds a record of a user. */
static bool ring_holds(FIXTURE_DATA(flood) *self, uid_t uid)
{
	struct fim_events events;
	bool found = false;
	size_t i;

	if (fim_events_since(&self->nl, self->before.last_seq, &events))
		return false;
	for (i = 0; i < events.count; i++)
		found |= fim_has(&events.event[i], FIM_EVENT_A_UID) &&
			 fim_u32(&events.event[i], FIM_EVENT_A_UID) == uid;
	fim_events_free(&events);
	return found;
}

/*
 * What the ring no longer holds is said at once, with how much that was. It is
 * of those who had most: what another did before stays.
 */
TEST_F_TIMEOUT(flood, more_than_the_ring_holds, 120)
{
	struct listener l = {
		fim_fmt("%s/late.state", self->tree.other),
		fim_fmt("%s/late.json", self->tree.other),
	};
	struct fim_status st = self->before;
	struct seen seen;
	uid_t uid = 20000;

	NEEDS_MODULE();
	ASSERT_EQ(0, write_state(&l, &self->before));
	EXPECT_EQ(EACCES, fim_run(uid++, make_one, self, NULL));
	/* By many, as none may make so many records alone. */
	while (st.last_seq < self->before.last_seq + st.ring_size + 100) {
		ASSERT_EQ(0, fim_run(uid++, make_many, self, NULL));
		ASSERT_EQ(0, fim_status(&self->nl, &st));
	}
	ASSERT_EQ(0, fim_settle(&self->nl, &st));
	EXPECT_EQ(self->before.lost, st.lost);
	EXPECT_TRUE(ring_holds(self, 20000));
	start_fast_listener(&l);
	EXPECT_TRUE(wait_for(&l, st.last_seq));
	stop(&l, SIGTERM);
	look(&l, self->before.last_seq, &seen);
	TH_LOG("%llu missed", seen.missed);
	EXPECT_TRUE(seen.dense);
	EXPECT_EQ(0, seen.lost);
	EXPECT_LT(0, seen.gaps);
	EXPECT_LT(0, seen.missed);
	EXPECT_LT(0, seen.policy[0]);
	EXPECT_EQ(st.recorded - self->before.recorded,
		  seen.policy[0] + seen.missed);
}

static int ask_often(const void *nr)
{
	struct fim_nl nl;
	int err = fim_nl_open(&nl);
	int i, done = 0;

	for (i = 0; !err && i < *(const int *)nr; i++)
		done += fim_nl_do(&nl, FIM_CMD_TXN_BEGIN) != EPERM;
	return err ?: done > 255 ? 255 : done;
}

/*
 * Who sends many commands that he may not give hides nobody's: each has his own
 * record, and all are told.
 */
TEST_F_TIMEOUT(flood, commands, 120)
{
	const int many = 3000, one = 1;
	long long begin = fim_now(CLOCK_MONOTONIC), most;
	unsigned long long told = 0;
	struct fim_events events;
	struct fim_event *ev;
	bool found = false;
	struct fim_status st;
	size_t i;

	NEEDS_MODULE();
	EXPECT_EQ(0, fim_run(30000, ask_often, &many, NULL));
	/* What the budget allows one in that time */
	most = fim_budget_since(begin);
	EXPECT_EQ(0, fim_run(30001, ask_often, &one, NULL));
	sleep(2);
	ASSERT_EQ(0, fim_status(&self->nl, &st));
	ASSERT_EQ(0, fim_events_since(&self->nl, self->before.last_seq,
				      &events));
	for (i = 0; i < events.count; i++) {
		ev = &events.event[i];
		if (ev->type != FIM_EVENT_DENIED)
			continue;
		EXPECT_EQ(fim_has(ev, FIM_EVENT_A_UID),
			  fim_has(ev, FIM_EVENT_A_CMD));
		/* The ring may have lost some that tell one. */
		if (!fim_has(ev, FIM_EVENT_A_UID))
			told += fim_u64(ev, FIM_EVENT_A_COUNT) - 1;
		else
			EXPECT_EQ(1, fim_u64(ev, FIM_EVENT_A_COUNT));
		found |= fim_has(ev, FIM_EVENT_A_UID) &&
			 fim_u32(ev, FIM_EVENT_A_UID) == 30001;
	}
	fim_events_free(&events);
	EXPECT_TRUE(found);
	EXPECT_EQ(many + one, told + st.last_seq - self->before.last_seq);
	if (many > most)
		EXPECT_GT(many, st.last_seq - self->before.last_seq);
}

TEST_HARNESS_MAIN
