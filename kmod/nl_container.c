// SPDX-License-Identifier: GPL-2.0
/*
 * The commands about containers. uapi/fim.h describes them.
 *
 * Types, lengths and unknown bits have been checked against the policy below,
 * and who may, before a command gets here.
 */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/path.h>
#include <linux/pid.h>
#include <net/genetlink.h>

#include "container.h"
#include "event.h"
#include "main.h"
#include "netlink.h"
#include "nl_container.h"
#include "nl_policy.h"
#include "policy.h"
#include "publish.h"
#include "recheck.h"
#include "tree.h"
#include "trial.h"
#include "txn.h"

const struct nla_policy fim_container_attrs[FIM_CONTAINER_A_MAX + 1] = {
	[FIM_CONTAINER_A_ID] = { .type = NLA_NUL_STRING, .len = FIM_NAME_MAX },
	[FIM_CONTAINER_A_CGROUP_FD] = { .type = NLA_U32 },
	[FIM_CONTAINER_A_ROOT_FD] = { .type = NLA_U32 },
	[FIM_CONTAINER_A_PID] = { .type = NLA_U32 },
	[FIM_CONTAINER_A_GENERATION] = { .type = NLA_U64 },
	[FIM_CONTAINER_A_IDENTITY] = { .type = NLA_BINARY,
				       .len = FIM_IDENTITY_MAX },
	[FIM_CONTAINER_A_POLICY] = { .type = NLA_NUL_STRING,
				     .len = FIM_NAME_MAX },
};

/* Most bytes of policies' names in one message: a nest's length is 16 bits. */
#define NAMES_MAX 32768

/*
 * Return: with which policy the next message is to go on, 0 if all are in this
 * one; or -EMSGSIZE.
 */
static int fill_policies(struct sk_buff *skb,
			 const struct fim_container *container,
			 unsigned int first)
{
	const struct fim_ruleset *rs = fim_current_ruleset();
	unsigned int i, before = skb->len;

	for (i = first; i < rs->nr_policies; i++) {
		if (!fim_container_is_bound(container, rs->policies[i]))
			continue;
		if (skb->len - before > NAMES_MAX)
			return i;
		if (nla_put_string(skb, FIM_CONTAINER_A_POLICY,
				   rs->policies[i]->name))
			return -EMSGSIZE;
	}
	return 0;
}

/* @first: of its policies; then as fill_policies() */
static int fill_container(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct fim_container *container,
			  unsigned int first)
{
	void *header = fim_netlink_dump_header(skb, cb, FIM_CMD_CONTAINER_GET);
	u32 pid = pid_vnr(container->init);
	struct nlattr *nest;
	int next;

	if (!header)
		return -EMSGSIZE;
	nest = nla_nest_start(skb, FIM_A_CONTAINER);
	if (!nest || nla_put_string(skb, FIM_CONTAINER_A_ID, container->id) ||
	    nla_put_u64_64bit(skb, FIM_CONTAINER_A_CGROUP, container->cgroup,
			      FIM_CONTAINER_A_PAD) ||
	    (container->mnt_ns && nla_put_u32(skb, FIM_CONTAINER_A_MNT_NS,
					      container->mnt_ns)) ||
	    (pid && nla_put_u32(skb, FIM_CONTAINER_A_PID, pid)) ||
	    (container->identity_len &&
	     nla_put(skb, FIM_CONTAINER_A_IDENTITY, container->identity_len,
		     container->identity)))
		goto cancel;
	next = fill_policies(skb, container, first);
	if (next < 0)
		goto cancel;
	nla_nest_end(skb, nest);
	genlmsg_end(skb, header);
	return next;
cancel:
	genlmsg_cancel(skb, header);
	return -EMSGSIZE;
}

int fim_nl_container_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fim_container *container;
	unsigned int first;
	int next = 0;

	if (mutex_lock_killable(&fim_policy_lock))
		return -EINTR;
	if (!cb->args[0] && !cb->args[1] && fim_containers_reap())
		fim_policy_refresh();
	while ((container = fim_container_after(cb->args[0]))) {
		/* Who was told in part may have gone since. */
		first = cb->args[1] == container->serial ? cb->args[2] : 0;
		next = fill_container(skb, cb, container, first);
		if (next < 0)
			break;
		cb->args[1] = container->serial;
		cb->args[2] = next;
		if (!next)
			cb->args[0] = container->serial;
	}
	mutex_unlock(&fim_policy_lock);
	return next < 0 && !skb->len ? next : skb->len;
}

/* Parses the container of a request; it has an id, or there is an error. */
static int parse_container(struct genl_info *info, struct nlattr **attrs)
{
	struct nlattr *nest = info->attrs[FIM_A_CONTAINER];
	int err;

	if (!nest) {
		NL_SET_ERR_MSG(info->extack, "FIM_A_CONTAINER is missing");
		return -EINVAL;
	}
	err = nla_parse_nested(attrs, FIM_CONTAINER_A_MAX, nest,
			       fim_container_attrs, info->extack);
	if (err)
		return err;
	if (!attrs[FIM_CONTAINER_A_ID] ||
	    !*(char *)nla_data(attrs[FIM_CONTAINER_A_ID])) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest, "a container has no id");
		return -EINVAL;
	}
	return 0;
}

static int blame(struct netlink_ext_ack *extack, const struct nlattr *attr,
		 const char *text, int err)
{
	if (!err)
		return 0;
	return fim_nl_refuse(extack, attr,
			     err == -ENOMEM ? "out of memory" : text, err);
}

static int set_identity(struct fim_container *container,
			const struct nlattr *attr)
{
	if (!attr || !nla_len(attr))
		return 0;
	container->identity = kvmalloc(nla_len(attr), FIM_GFP_QUIET);
	if (!container->identity)
		return -ENOMEM;
	container->identity_len = nla_len(attr);
	memcpy(container->identity, nla_data(attr), nla_len(attr));
	return 0;
}

/* @root: its path, if 0 is returned */
static int set_container(struct fim_container *container,
			 struct nlattr **attrs, struct path *root,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *attr;
	int err;

	attr = attrs[FIM_CONTAINER_A_CGROUP_FD];
	err = fim_container_set_cgroup(container, nla_get_u32(attr));
	if (err == -EOPNOTSUPP)
		return blame(extack, attr, "this kernel has no cgroups", err);
	if (err)
		return blame(extack, attr, "not a cgroup (v2) below the root's",
			     err);
	attr = attrs[FIM_CONTAINER_A_PID];
	err = fim_container_set_init(container, nla_get_u32(attr));
	if (err)
		return blame(extack, attr,
			     "there is no such process in that cgroup", err);
	err = set_identity(container, attrs[FIM_CONTAINER_A_IDENTITY]);
	if (err)
		return err;
	attr = attrs[FIM_CONTAINER_A_ROOT_FD];
	err = fim_container_set_root(container, nla_get_u32(attr), root);
	return blame(extack, attr, "the root is not a directory", err);
}

static int bind_policies(struct fim_container *container,
			 const struct nlattr *nest,
			 struct netlink_ext_ack *extack)
{
	struct fim_policy *policy;
	const struct nlattr *attr;
	int rem, err;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != FIM_CONTAINER_A_POLICY)
			continue;
		policy = fim_policy_in_force(nla_data(attr));
		if (!policy)
			return blame(extack, attr,
				     "there is no policy of that name",
				     -ENOENT);
		if (policy->kind == FIM_KIND_HOST)
			return blame(extack, attr,
				     "a host policy holds for all", -EINVAL);
		err = fim_container_bind_rules(container, policy);
		/* So that it holds as well, should it come into force again. */
		policy = fim_trial_policy(nla_data(attr));
		if (!err && policy && policy->kind != FIM_KIND_HOST)
			err = fim_container_bind_rules(container, policy);
		if (err)
			return blame(extack, attr, fim_nl_bind_error(err), err);
	}
	return 0;
}

/* Of FIM_CMD_POLICY_ADD. One that has ended meanwhile is passed over. */
int fim_nl_bind_containers(struct fim_policy *policy, const struct nlattr *nest)
{
	struct fim_container *container;
	const struct nlattr *attr;
	int rem, err;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != FIM_POLICY_A_CONTAINER)
			continue;
		container = fim_container_find(nla_data(attr));
		err = container ? fim_container_bind(container, policy) : 0;
		if (err)
			return err;
	}
	return 0;
}

static int check_add(struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	lockdep_assert_held(&fim_policy_lock);

	if (fim_txn_is_open()) {
		NL_SET_ERR_MSG(extack, "a transaction is open");
		return -EBUSY;
	}
	if (nla_get_u64(attrs[FIM_CONTAINER_A_GENERATION]) !=
	    fim_current_ruleset()->generation) {
		NL_SET_ERR_MSG(extack, "the policies have changed");
		return -EAGAIN;
	}
	if (fim_containers_reap())
		fim_policy_refresh();
	if (fim_container_find(nla_data(attrs[FIM_CONTAINER_A_ID])))
		return blame(extack, attrs[FIM_CONTAINER_A_ID],
			     "there is a container of that id", -EEXIST);
	if (fim_container_count() >= FIM_CONTAINERS_MAX) {
		NL_SET_ERR_MSG(extack, "too many containers");
		return -E2BIG;
	}
	return 0;
}

static int add_container(struct fim_container *container,
			 struct nlattr **attrs, const struct path *root,
			 struct genl_info *info)
{
	int err;

	if (mutex_lock_killable(&fim_policy_lock))
		return -EINTR;
	err = check_add(attrs, info->extack);
	if (err)
		goto out;
	container->entrance = root;
	err = bind_policies(container, info->attrs[FIM_A_CONTAINER],
			    info->extack);
	if (!err)
		err = fim_container_add(container);
	if (err)
		fim_container_discard(container);
	container->entrance = NULL;
out:
	mutex_unlock(&fim_policy_lock);
	return err;
}

int fim_nl_container_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[FIM_CONTAINER_A_MAX + 1];
	struct fim_container *container;
	struct path root;
	int err;

	err = parse_container(info, attrs);
	if (err)
		return err;
	if (!attrs[FIM_CONTAINER_A_CGROUP_FD] ||
	    !attrs[FIM_CONTAINER_A_ROOT_FD] || !attrs[FIM_CONTAINER_A_PID] ||
	    !attrs[FIM_CONTAINER_A_GENERATION]) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[FIM_A_CONTAINER],
				    "a container needs a cgroup, a root, a process and a generation");
		return -EINVAL;
	}
	container = fim_container_alloc(nla_data(attrs[FIM_CONTAINER_A_ID]));
	if (!container)
		return -ENOMEM;
	err = set_container(container, attrs, &root, info->extack);
	if (!err) {
		err = add_container(container, attrs, &root, info);
		path_put(&root);
	}
	fim_container_put(container);
	return err;
}

int fim_nl_container_del(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[FIM_CONTAINER_A_MAX + 1];
	struct fim_container *container;
	int err;

	err = parse_container(info, attrs);
	if (err)
		return err;
	if (mutex_lock_killable(&fim_policy_lock))
		return -EINTR;
	container = fim_container_find(nla_data(attrs[FIM_CONTAINER_A_ID]));
	if (!container)
		err = -ENOENT;
	else if (fim_sealed() && !fim_container_is_gone(container))
		err = -EPERM;
	else
		err = fim_container_remove(container);
	mutex_unlock(&fim_policy_lock);
	if (err == -EPERM) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[FIM_CONTAINER_A_ID],
				    "sealed until reboot, and the container has not ended");
		fim_event_denied(FIM_CMD_CONTAINER_DEL, err);
	}
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[FIM_CONTAINER_A_ID],
				    "there is no container of that id");
	return err;
}
