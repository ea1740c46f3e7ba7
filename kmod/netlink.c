// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family; uapi/fim.h describes it.
 *
 * Everything is checked here before anything is done: who may, by pre_doit()
 * and start_dump(); types, lengths and unknown bits, by the policies, strictly.
 */
#include <linux/capability.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "attach.h"
#include "container.h"
#include "event.h"
#include "explain.h"
#include "fim.h"
#include "fim_genetlink.h"
#include "hook.h"
#include "main.h"
#include "netlink.h"
#include "nl_container.h"
#include "nl_control.h"
#include "nl_policy.h"
#include "pause.h"
#include "policy.h"
#include "ring.h"
#include "selftest.h"
#include "tree.h"
#include "trial.h"
#include "txn.h"

/* The longest message of a dump: a policy or a record with all there can be */
#define DUMP_ROOM	(FIM_META_MAX + 2 * FIM_TEXT_MAX + 8 * PATH_MAX)

/*
 * genl_ops.internal_flags. A sealed module refuses control, but not what takes
 * nothing away: containers start and end, hooks are tested.
 */
enum who { FIM_MAY_READ, FIM_MAY_CONTROL, FIM_MAY_TEND };

static struct genl_family fim_family;

/* Whether the family is registered, so that its group is ours. */
static DEFINE_MUTEX(fim_notify_lock);
static bool fim_registered;

/* Whether the sender may do what he asks for; says why not. */
static int check_may(struct sk_buff *skb, enum who who,
		     struct netlink_ext_ack *extack)
{
	if (who == FIM_MAY_READ) {
		if (netlink_capable(skb, CAP_SYS_ADMIN))
			return 0;
		NL_SET_ERR_MSG(extack, "needs CAP_SYS_ADMIN");
		return -EPERM;
	}
	if (!netlink_capable(skb, CAP_MAC_ADMIN) ||
	    !netlink_capable(skb, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG(extack, "needs CAP_MAC_ADMIN and CAP_NET_ADMIN");
		return -EPERM;
	}
	if (who == FIM_MAY_CONTROL && fim_sealed()) {
		NL_SET_ERR_MSG(extack, "sealed until reboot");
		return -EPERM;
	}
	return 0;
}

static int pre_doit(const fim_genl_ops_t *ops, struct sk_buff *skb,
		    struct genl_info *info)
{
	int err = check_may(skb, ops->internal_flags, info->extack);

	if (err)
		fim_event_denied(ops->cmd, err);
	return err;
}

static int start_dump(struct netlink_callback *cb)
{
	const struct genlmsghdr *genl = nlmsg_data(cb->nlh);
	int err = check_may(cb->skb, FIM_MAY_READ, cb->extack);

	if (err) {
		fim_event_denied(genl->cmd, err);
		return err;
	}
	cb->min_dump_alloc = DUMP_ROOM;
	return 0;
}

static int start_event_dump(struct netlink_callback *cb)
{
	struct nlattr *since = nlmsg_find_attr(cb->nlh, GENL_HDRLEN,
					       FIM_A_SINCE);
	u64 seq = since ? nla_get_u64(since) : 0;

	memcpy(cb->ctx, &seq, sizeof(seq));
	return start_dump(cb);
}

static int put_u64(struct sk_buff *skb, int attr, u64 value, int pad)
{
	return nla_put_u64_64bit(skb, attr, value, pad);
}

/* Counted by looking, as rules change without a commit. */
static unsigned int count_waiting(const struct fim_ruleset *rs)
{
	unsigned int i, nr = 0;

	for (i = 0; i < rs->nr_bindings; i++)
		nr += !fim_binding_armed(rs->bindings[i]);
	return nr;
}

/* The self-test's policy, rule and mark are not counted. */
static int fill_ruleset_status(struct sk_buff *skb)
{
	struct fim_ruleset *rs;

	rs = rcu_dereference_protected(fim_ruleset,
				       lockdep_is_held(&fim_policy_lock));
	if (put_u64(skb, FIM_STATUS_A_GENERATION, rs->generation,
		    FIM_STATUS_A_PAD) ||
	    nla_put_u32(skb, FIM_STATUS_A_POLICIES, rs->nr_policies - 1) ||
	    nla_put_u32(skb, FIM_STATUS_A_RULES, rs->nr_rules - 1) ||
	    nla_put_u32(skb, FIM_STATUS_A_WAITING, count_waiting(rs)) ||
	    nla_put_u32(skb, FIM_STATUS_A_MARKS, rs->nr_marks - FIM_SELFTEST_MARKS))
		return -EMSGSIZE;
	return 0;
}

static int fill_count(struct sk_buff *skb, int attr, const u64 *nr, u8 op)
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	unsigned int tally;

	if (!nest || nla_put_u8(skb, FIM_COUNT_A_OP, op))
		return -EMSGSIZE;
	for (tally = 0; tally < FIM_TALLY_NR; tally++)
		if (put_u64(skb, FIM_COUNT_A_REFUSED + tally, nr[tally],
			    FIM_COUNT_A_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * fim_netlink_put_counts() - append what became of each operation that there was
 * @skb: appended to
 * @attr: of each, a nested enum fim_count_attr
 * @counts: the numbers
 *
 * Return: 0 or -EMSGSIZE.
 */
int fim_netlink_put_counts(struct sk_buff *skb, int attr,
			   const struct fim_counts *counts)
{
	const u64 *nr;
	unsigned int op;

	for (op = 0; op <= FIM_OP_MAX; op++) {
		nr = counts->nr[op];
		if ((nr[FIM_TALLY_REFUSED] || nr[FIM_TALLY_AUDITED]) &&
		    fill_count(skb, attr, nr, op))
			return -EMSGSIZE;
	}
	return 0;
}

static int fill_account(struct sk_buff *skb, const struct fim_account *account)
{
	static const int attrs[] = {
		[FIM_TALLY_REFUSED] = FIM_STATUS_A_REFUSED,
		[FIM_TALLY_AUDITED] = FIM_STATUS_A_AUDITED,
		[FIM_TALLY_RECORDED] = FIM_STATUS_A_RECORDED,
		[FIM_TALLY_COALESCED] = FIM_STATUS_A_COALESCED,
		[FIM_TALLY_LOST] = FIM_STATUS_A_LOST,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++)
		if (put_u64(skb, attrs[i], fim_counts_sum(&account->counts, i),
			    FIM_STATUS_A_PAD))
			return -EMSGSIZE;
	return put_u64(skb, FIM_STATUS_A_LIMITED, account->limited,
		       FIM_STATUS_A_PAD) ?:
	       fim_netlink_put_counts(skb, FIM_STATUS_A_COUNT,
				      &account->counts);
}

static int fill_records(struct sk_buff *skb)
{
	struct fim_event_stats stats;

	fim_event_stats(&stats);
	if (fill_account(skb, &stats.account) ||
	    nla_put_u32(skb, FIM_STATUS_A_PENDING, stats.pending) ||
	    put_u64(skb, FIM_STATUS_A_FIRST_SEQ, stats.first_seq,
		    FIM_STATUS_A_PAD) ||
	    put_u64(skb, FIM_STATUS_A_LAST_SEQ, stats.last_seq,
		    FIM_STATUS_A_PAD) ||
	    nla_put_u32(skb, FIM_STATUS_A_RING_SIZE, stats.ring_size) ||
	    put_u64(skb, FIM_STATUS_A_DENIED, stats.denied, FIM_STATUS_A_PAD) ||
	    nla_put_u32(skb, FIM_STATUS_A_CONTAINERS, fim_container_count()) ||
	    put_u64(skb, FIM_STATUS_A_PASSED, fim_account_passed(),
		    FIM_STATUS_A_PAD))
		return -EMSGSIZE;
	return 0;
}

static int fill_weaker(struct sk_buff *skb)
{
	const char *weaker = fim_attach_weaker();

	if (!weaker)
		return 0;
	return nla_put_string(skb, FIM_STATUS_A_WEAKER, weaker) ?:
	       nla_put_u64_64bit(skb, FIM_STATUS_A_MISSED, fim_attach_missed(),
				 FIM_STATUS_A_PAD);
}

/**
 * fim_netlink_reply_header() - begin an answer
 * @skb: where to
 * @info: the request
 *
 * Return: the header, to be ended, or NULL if there is no room.
 */
void *fim_netlink_reply_header(struct sk_buff *skb, struct genl_info *info)
{
	return genlmsg_put_reply(skb, info, &fim_family, 0, info->genlhdr->cmd);
}

/**
 * fim_netlink_reply_status() - answer with the module's state
 * @info: the request
 *
 * Context: process, under fim_policy_lock.
 * Return: 0 or -errno.
 */
int fim_netlink_reply_status(struct genl_info *info)
{
	struct nlattr *nest;
	struct sk_buff *skb;
	void *header;

	lockdep_assert_held(&fim_policy_lock);

	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	header = fim_netlink_reply_header(skb, info);
	nest = header ? nla_nest_start(skb, FIM_A_STATUS) : NULL;
	if (!nest ||
	    nla_put_string(skb, FIM_STATUS_A_VERSION, FIM_VERSION) ||
	    nla_put_u8(skb, FIM_STATUS_A_STATE, fim_state()) ||
	    nla_put_string(skb, FIM_STATUS_A_BACKEND, fim_attach_backend()) ||
	    nla_put(skb, FIM_STATUS_A_BOOT_ID, sizeof(fim_boot_id),
		    &fim_boot_id) ||
	    fill_ruleset_status(skb) || fill_records(skb) ||
	    fill_weaker(skb) || fim_nl_fill_control(skb)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

static int nl_status_get(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	if (mutex_lock_killable(&fim_policy_lock))
		return -EINTR;
	fim_pause_tidy_soon();
	err = fim_netlink_reply_status(info);
	mutex_unlock(&fim_policy_lock);
	return err;
}

static int nl_selftest(struct sk_buff *skb, struct genl_info *info)
{
	int err = fim_selftest();

	fim_event_selftested(err);
	if (err)
		NL_SET_ERR_MSG(info->extack, "a hook does not fire");
	return err;
}

/**
 * fim_netlink_dump_header() - begin a message of a dump
 * @skb: where to
 * @cb: the dump
 * @cmd: enum fim_cmd
 *
 * Return: the header, to be ended or cancelled, or NULL if there is no room.
 */
void *fim_netlink_dump_header(struct sk_buff *skb, struct netlink_callback *cb,
			      u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &fim_family, NLM_F_MULTI, cmd);
}

static int fill_hook(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct fim_hook *hook)
{
	void *header = fim_netlink_dump_header(skb, cb, FIM_CMD_HOOK_GET);
	struct nlattr *nest;

	if (!header)
		return -EMSGSIZE;
	nest = nla_nest_start(skb, FIM_A_HOOK);
	if (!nest || nla_put_string(skb, FIM_HOOK_A_NAME, hook->symbol) ||
	    nla_put_u8(skb, FIM_HOOK_A_STATE, READ_ONCE(hook->state)) ||
	    (hook->required && nla_put_flag(skb, FIM_HOOK_A_REQUIRED)) ||
	    nla_put_string(skb, FIM_HOOK_A_LOSES, hook->loses)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	genlmsg_end(skb, header);
	return 0;
}

static int nl_hook_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	while (cb->args[0] < fim_nr_hooks) {
		if (fill_hook(skb, cb, &fim_hooks[cb->args[0]]))
			break;
		cb->args[0]++;
	}
	return skb->len;
}

static int nl_event_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	u64 next, seq;
	void *header;
	int err;

	memcpy(&next, cb->ctx, sizeof(next));
	do {
		header = fim_netlink_dump_header(skb, cb, FIM_CMD_EVENT_GET);
		err = header ? fim_ring_read(next, skb, &seq) : -EMSGSIZE;
		if (err) {
			if (header)
				genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
		next = seq + 1;
	} while (true);
	memcpy(cb->ctx, &next, sizeof(next));
	return err == -EMSGSIZE && !skb->len ? err : skb->len;
}

/**
 * fim_netlink_notify() - send a record to whoever listens
 * @record: the attribute that holds it
 * @len: its length
 *
 * A listener that can't keep up is told so by its socket, and reads the ring.
 *
 * Context: process; may sleep.
 */
void fim_netlink_notify(const void *record, unsigned int len)
{
	struct sk_buff *skb;
	void *header;

	mutex_lock(&fim_notify_lock);
	if (!fim_registered || !genl_has_listeners(&fim_family, &init_net, 0))
		goto out;
	skb = genlmsg_new(len, GFP_KERNEL);
	if (!skb) {
		genl_set_err(&fim_family, &init_net, 0, 0, -ENOBUFS);
		goto out;
	}
	/* There is room for it. */
	header = genlmsg_put(skb, 0, 0, &fim_family, 0, FIM_CMD_EVENT);
	skb_put_data(skb, record, len);
	genlmsg_end(skb, header);
	genlmsg_multicast(&fim_family, skb, 0, 0, GFP_KERNEL);
out:
	mutex_unlock(&fim_notify_lock);
}

static void set_registered(bool registered)
{
	mutex_lock(&fim_notify_lock);
	fim_registered = registered;
	mutex_unlock(&fim_notify_lock);
}

static const struct nla_policy fim_attrs[FIM_A_MAX + 1] = {
	[FIM_A_POLICY] = NLA_POLICY_NESTED(fim_policy_attrs),
	[FIM_A_RULE] = NLA_POLICY_NESTED(fim_rule_attrs),
	[FIM_A_SINCE] = { .type = NLA_U64 },
	[FIM_A_EXPLAIN] = NLA_POLICY_NESTED(fim_explain_attrs),
	[FIM_A_CONTAINER] = NLA_POLICY_NESTED(fim_container_attrs),
	[FIM_A_SECONDS] = { .type = NLA_U32 },
	[FIM_A_REASON] = { .type = NLA_NUL_STRING, .len = FIM_REASON_MAX },
};

static const struct genl_ops fim_ops[] = {
	{
		.cmd = FIM_CMD_STATUS_GET,
		.internal_flags = FIM_MAY_READ,
		.doit = nl_status_get,
	}, {
		.cmd = FIM_CMD_HOOK_GET,
		.start = start_dump,
		.dumpit = nl_hook_get,
	}, {
		.cmd = FIM_CMD_POLICY_GET,
		.start = start_dump,
		.dumpit = fim_nl_policy_get,
	}, {
		.cmd = FIM_CMD_RULE_GET,
		.start = start_dump,
		.dumpit = fim_nl_rule_get,
	}, {
		.cmd = FIM_CMD_EVENT_GET,
		.start = start_event_dump,
		.dumpit = nl_event_get,
	}, {
		.cmd = FIM_CMD_EXPLAIN,
		.internal_flags = FIM_MAY_READ,
		.doit = fim_nl_explain,
	}, {
		.cmd = FIM_CMD_SELFTEST,
		.internal_flags = FIM_MAY_TEND,
		.doit = nl_selftest,
	}, {
		.cmd = FIM_CMD_TXN_BEGIN,
		.internal_flags = FIM_MAY_CONTROL,
		.doit = fim_nl_txn_begin,
	}, {
		.cmd = FIM_CMD_POLICY_ADD,
		.internal_flags = FIM_MAY_CONTROL,
		.doit = fim_nl_policy_add,
	}, {
		.cmd = FIM_CMD_RULE_ADD,
		.internal_flags = FIM_MAY_CONTROL,
		.doit = fim_nl_rule_add,
	}, {
		.cmd = FIM_CMD_POLICY_DEL,
		.internal_flags = FIM_MAY_CONTROL,
		.doit = fim_nl_policy_del,
	}, {
		.cmd = FIM_CMD_TXN_COMMIT,
		.internal_flags = FIM_MAY_CONTROL,
		.doit = fim_nl_txn_commit,
	}, {
		.cmd = FIM_CMD_TXN_ABORT,
		.internal_flags = FIM_MAY_CONTROL,
		.doit = fim_nl_txn_abort,
	}, {
		.cmd = FIM_CMD_CONTAINER_GET,
		.start = start_dump,
		.dumpit = fim_nl_container_get,
	}, {
		.cmd = FIM_CMD_CONTAINER_ADD,
		.internal_flags = FIM_MAY_TEND,
		.doit = fim_nl_container_add,
	}, {
		.cmd = FIM_CMD_CONTAINER_DEL,
		.internal_flags = FIM_MAY_TEND,
		.doit = fim_nl_container_del,
	}, {
		.cmd = FIM_CMD_PAUSE,
		.internal_flags = FIM_MAY_CONTROL,
		.doit = fim_nl_pause,
	}, {
		.cmd = FIM_CMD_RESUME,
		.internal_flags = FIM_MAY_CONTROL,
		.doit = fim_nl_resume,
	}, {
		.cmd = FIM_CMD_CONFIRM,
		.internal_flags = FIM_MAY_CONTROL,
		.doit = fim_nl_confirm,
	}, {
		.cmd = FIM_CMD_SEAL,
		.internal_flags = FIM_MAY_CONTROL,
		.doit = fim_nl_seal,
	},
};

static const struct genl_multicast_group fim_groups[] = {
	{ .name = FIM_MCGRP_EVENTS, FIM_GENL_MCAST_SYS_ADMIN },
};

static struct genl_family fim_family __ro_after_init = {
	.name = FIM_GENL_NAME,
	.version = FIM_GENL_VERSION,
	.maxattr = FIM_A_MAX,
	.policy = fim_attrs,
	.module = THIS_MODULE,
	/*
	 * Who waits for fim_policy_lock must not hold up other families. Until he
	 * is killed he holds up those that come or go.
	 */
	.parallel_ops = true,
	.pre_doit = pre_doit,
	.ops = fim_ops,
	.n_ops = ARRAY_SIZE(fim_ops),
	.mcgrps = fim_groups,
	.n_mcgrps = ARRAY_SIZE(fim_groups),
};

/*
 * A socket that closes takes its transaction along. All sockets of generic
 * netlink come by here: those of others must not wait.
 */
static int socket_released(struct notifier_block *block, unsigned long event,
			   void *data)
{
	struct netlink_notify *notify = data;

	if (event != NETLINK_URELEASE || !net_eq(notify->net, &init_net) ||
	    notify->protocol != NETLINK_GENERIC ||
	    (!fim_txn_may_be_of(notify->portid) &&
	     !fim_trial_may_be_of(notify->portid)))
		return NOTIFY_DONE;
	mutex_lock(&fim_policy_lock);
	fim_txn_abort(notify->portid);
	fim_trial_disown(notify->portid);
	mutex_unlock(&fim_policy_lock);
	return NOTIFY_OK;
}

static struct notifier_block fim_release = {
	.notifier_call = socket_released,
};

/**
 * fim_netlink_init() - take commands from here on
 *
 * Return: 0 or -errno.
 */
int __init fim_netlink_init(void)
{
	int err;

	err = netlink_register_notifier(&fim_release);
	if (err)
		return err;
	err = genl_register_family(&fim_family);
	if (err) {
		netlink_unregister_notifier(&fim_release);
		return err;
	}
	set_registered(true);
	return 0;
}

/**
 * fim_netlink_exit() - take no commands any more
 */
void fim_netlink_exit(void)
{
	set_registered(false);
	genl_unregister_family(&fim_family);
	netlink_unregister_notifier(&fim_release);
}
