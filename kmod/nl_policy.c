// SPDX-License-Identifier: GPL-2.0
/*
 * The commands that change policies: what is staged in a transaction.
 * uapi/fim.h describes them.
 *
 * Types, lengths and unknown bits have been checked against the policies below,
 * and who may, before a command gets here.
 */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "netlink.h"
#include "nl_container.h"
#include "nl_policy.h"
#include "policy.h"
#include "txn.h"

const struct nla_policy fim_policy_attrs[FIM_POLICY_A_MAX + 1] = {
	[FIM_POLICY_A_NAME] = { .type = NLA_NUL_STRING, .len = FIM_NAME_MAX },
	[FIM_POLICY_A_NAMESPACE] = { .type = NLA_NUL_STRING,
				     .len = FIM_NAME_MAX },
	[FIM_POLICY_A_KIND] = NLA_POLICY_RANGE(NLA_U8, 1, FIM_KIND_MAX),
	[FIM_POLICY_A_ACTION] = NLA_POLICY_RANGE(NLA_U8, FIM_ACTION_ALLOW,
						 FIM_ACTION_BLOCK),
	[FIM_POLICY_A_SEVERITY] = NLA_POLICY_RANGE(NLA_U8, 1, 10),
	[FIM_POLICY_A_TAGS] = { .type = NLA_BINARY, .len = FIM_TEXT_MAX },
	[FIM_POLICY_A_MESSAGE] = { .type = NLA_NUL_STRING,
				   .len = FIM_TEXT_MAX },
	[FIM_POLICY_A_META] = { .type = NLA_BINARY, .len = FIM_META_MAX },
	[FIM_POLICY_A_POSTURE] = NLA_POLICY_RANGE(NLA_U8, FIM_ACTION_ALLOW,
						  FIM_ACTION_BLOCK),
	[FIM_POLICY_A_RAW] = NLA_POLICY_RANGE(NLA_U8, FIM_ACTION_AUDIT,
					      FIM_ACTION_BLOCK),
	[FIM_POLICY_A_MODULES] = NLA_POLICY_RANGE(NLA_U8, FIM_ACTION_AUDIT,
						  FIM_ACTION_BLOCK),
	[FIM_POLICY_A_KEXEC] = NLA_POLICY_RANGE(NLA_U8, FIM_ACTION_AUDIT,
						FIM_ACTION_BLOCK),
	[FIM_POLICY_A_APPEND] = { .type = NLA_FLAG },
	[FIM_POLICY_A_CONTAINER] = { .type = NLA_NUL_STRING,
				     .len = FIM_NAME_MAX },
};

const struct nla_policy fim_rule_attrs[FIM_RULE_A_MAX + 1] = {
	[FIM_RULE_A_TYPE] = NLA_POLICY_RANGE(NLA_U8, 1, FIM_RULE_MAX),
	[FIM_RULE_A_PATH] = { .type = NLA_BINARY, .len = FIM_PATH_MAX },
	[FIM_RULE_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, FIM_RULE_ALL),
	[FIM_RULE_A_ACTION] = NLA_POLICY_RANGE(NLA_U8, FIM_ACTION_ALLOW,
					       FIM_ACTION_BLOCK),
	[FIM_RULE_A_SEVERITY] = NLA_POLICY_RANGE(NLA_U8, 1, 10),
	[FIM_RULE_A_TAGS] = { .type = NLA_BINARY, .len = FIM_TEXT_MAX },
	[FIM_RULE_A_MESSAGE] = { .type = NLA_NUL_STRING, .len = FIM_TEXT_MAX },
	[FIM_RULE_A_GLOB] = { .type = NLA_BINARY, .len = FIM_GLOB_MAX },
	[FIM_RULE_A_SOURCE] = { .type = NLA_BINARY, .len = FIM_PATH_MAX },
	[FIM_RULE_A_DEVICES] = { .type = NLA_BINARY,
				 .len = FIM_DEVICES_MAX * sizeof(u32) },
};

static int no_transaction(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "no transaction is open on this socket");
	return -ENOTCONN;
}

int fim_nl_txn_begin(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	if (mutex_lock_killable(&fim_policy_lock))
		return -EINTR;
	err = fim_txn_begin(info->snd_portid);
	mutex_unlock(&fim_policy_lock);
	if (err == -EBUSY)
		NL_SET_ERR_MSG(info->extack, "a transaction is already open");
	if (err != -EINPROGRESS)
		return err;
	NL_SET_ERR_MSG(info->extack,
		       "a trial is pending: confirm it, or wait until it is rolled back");
	return -EBUSY;
}

int fim_nl_txn_abort(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	if (mutex_lock_killable(&fim_policy_lock))
		return -EINTR;
	err = fim_txn_abort(info->snd_portid);
	mutex_unlock(&fim_policy_lock);
	return err ? no_transaction(info->extack) : 0;
}

int fim_nl_txn_commit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *time = info->attrs[FIM_A_SECONDS];
	u32 seconds = time ? nla_get_u32(time) : 0;
	int err;

	if (time && (!seconds || seconds > FIM_TRIAL_MAX))
		return fim_nl_refuse(info->extack, time,
				     "a trial takes 1 second to an hour",
				     -ERANGE);
	if (mutex_lock_killable(&fim_policy_lock))
		return -EINTR;
	err = fim_txn_commit(info->snd_portid, seconds);
	if (err == -E2BIG)
		NL_SET_ERR_MSG(info->extack, "too many policies or rules");
	else if (err == -ENOTCONN)
		no_transaction(info->extack);
	/* It is done, whether or not there is memory to say so. */
	if (!err)
		fim_netlink_reply_status(info);
	mutex_unlock(&fim_policy_lock);
	return err;
}

/* Where a set has its attributes for struct fim_text */
struct text_attrs {
	int action;
	int severity;
	int tags;
	int message;
};

static const struct text_attrs policy_text = {
	.action = FIM_POLICY_A_ACTION,
	.severity = FIM_POLICY_A_SEVERITY,
	.tags = FIM_POLICY_A_TAGS,
	.message = FIM_POLICY_A_MESSAGE,
};

static const struct text_attrs rule_text = {
	.action = FIM_RULE_A_ACTION,
	.severity = FIM_RULE_A_SEVERITY,
	.tags = FIM_RULE_A_TAGS,
	.message = FIM_RULE_A_MESSAGE,
};

static int parse_text(struct nlattr **attrs, const struct text_attrs *where,
		      struct fim_text *text, struct netlink_ext_ack *extack)
{
	struct nlattr *tags = attrs[where->tags];
	const char *bytes;

	if (attrs[where->action])
		text->action = nla_get_u8(attrs[where->action]);
	if (attrs[where->severity])
		text->severity = nla_get_u8(attrs[where->severity]);
	if (attrs[where->message]) {
		text->message = nla_strdup(attrs[where->message], GFP_KERNEL);
		if (!text->message)
			return -ENOMEM;
	}
	if (!tags || !nla_len(tags))
		return 0;
	bytes = nla_data(tags);
	if (bytes[nla_len(tags) - 1]) {
		NL_SET_ERR_MSG_ATTR(extack, tags, "a tag does not end in NUL");
		return -EINVAL;
	}
	text->tags = kmemdup(bytes, nla_len(tags), GFP_KERNEL);
	if (!text->tags)
		return -ENOMEM;
	text->tags_len = nla_len(tags);
	return 0;
}

/* Parses the policy of a request; it has a name, or there is an error. */
static int parse_policy(struct genl_info *info, struct nlattr **attrs)
{
	struct nlattr *nest = info->attrs[FIM_A_POLICY];
	int err;

	if (!nest) {
		NL_SET_ERR_MSG(info->extack, "FIM_A_POLICY is missing");
		return -EINVAL;
	}
	err = nla_parse_nested(attrs, FIM_POLICY_A_MAX, nest, fim_policy_attrs,
			       info->extack);
	if (err)
		return err;
	if (!attrs[FIM_POLICY_A_NAME] ||
	    !*(char *)nla_data(attrs[FIM_POLICY_A_NAME])) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest, "a policy has no name");
		return -EINVAL;
	}
	return 0;
}

static int set_policy(struct fim_policy *policy, struct nlattr **attrs,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *meta = attrs[FIM_POLICY_A_META];

	policy->kind = nla_get_u8(attrs[FIM_POLICY_A_KIND]);
	if (attrs[FIM_POLICY_A_POSTURE])
		policy->posture = nla_get_u8(attrs[FIM_POLICY_A_POSTURE]);
	if (attrs[FIM_POLICY_A_RAW])
		policy->raw = nla_get_u8(attrs[FIM_POLICY_A_RAW]);
	if (attrs[FIM_POLICY_A_MODULES])
		policy->modules = nla_get_u8(attrs[FIM_POLICY_A_MODULES]);
	if (attrs[FIM_POLICY_A_KEXEC])
		policy->kexec = nla_get_u8(attrs[FIM_POLICY_A_KEXEC]);
	policy->append = nla_get_flag(attrs[FIM_POLICY_A_APPEND]);
	if (attrs[FIM_POLICY_A_NAMESPACE]) {
		policy->namespace = nla_strdup(attrs[FIM_POLICY_A_NAMESPACE],
					       GFP_KERNEL);
		if (!policy->namespace)
			return -ENOMEM;
	}
	if (meta && nla_len(meta)) {
		policy->meta = kvmalloc(nla_len(meta), FIM_GFP_QUIET);
		if (!policy->meta)
			return -ENOMEM;
		policy->meta_len = nla_len(meta);
		memcpy(policy->meta, nla_data(meta), policy->meta_len);
	}
	return parse_text(attrs, &policy_text, &policy->text, extack);
}

int fim_nl_policy_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[FIM_POLICY_A_MAX + 1];
	struct fim_policy *policy;
	int err;

	err = parse_policy(info, attrs);
	if (err)
		return err;
	if (!attrs[FIM_POLICY_A_KIND] || !attrs[FIM_POLICY_A_ACTION]) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[FIM_A_POLICY],
				    "a policy needs a kind and an action");
		return -EINVAL;
	}
	if (attrs[FIM_POLICY_A_CONTAINER] &&
	    nla_get_u8(attrs[FIM_POLICY_A_KIND]) == FIM_KIND_HOST) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[FIM_POLICY_A_CONTAINER],
				    "a host policy has no containers");
		return -EINVAL;
	}

	policy = fim_policy_alloc(nla_data(attrs[FIM_POLICY_A_NAME]));
	if (!policy)
		return -ENOMEM;
	err = set_policy(policy, attrs, info->extack) ?:
	      mutex_lock_killable(&fim_policy_lock);
	if (!err) {
		err = fim_nl_bind_containers(policy, info->attrs[FIM_A_POLICY]);
		if (!err)
			err = fim_txn_add(info->snd_portid, policy);
		mutex_unlock(&fim_policy_lock);
		if (err == -EEXIST)
			NL_SET_ERR_MSG_ATTR(info->extack,
					    attrs[FIM_POLICY_A_NAME],
					    "this transaction has a policy of that name");
		else if (err == -ENOTCONN)
			no_transaction(info->extack);
	}
	if (err)
		fim_policy_put(policy);
	return err;
}

int fim_nl_policy_del(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[FIM_POLICY_A_MAX + 1];
	int err;

	err = parse_policy(info, attrs);
	if (err)
		return err;
	if (mutex_lock_killable(&fim_policy_lock))
		return -EINTR;
	err = fim_txn_delete(info->snd_portid,
			     nla_data(attrs[FIM_POLICY_A_NAME]));
	mutex_unlock(&fim_policy_lock);
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[FIM_POLICY_A_NAME],
				    "there is no policy of that name");
	else if (err == -ENOTCONN)
		no_transaction(info->extack);
	return err;
}

static const char *name_error(const char *name, size_t len)
{
	if (!len)
		return "the path has // in it";
	if (len > NAME_MAX)
		return "a name of the path is too long";
	if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')))
		return "the path has . or .. in it";
	return NULL;
}

/* Why a path can't be a rule's, or NULL. */
static const char *path_error(const char *path, size_t len, u8 type)
{
	const char *slash, *end, *error, *name;

	if (len < 1 || path[0] != '/')
		return "the path does not begin with /";
	if (memchr(path, '\0', len))
		return "the path has a NUL in it";
	if (type != FIM_RULE_FILE && path[len - 1] != '/')
		return "the path of a directory does not end with /";
	if (type == FIM_RULE_FILE && path[len - 1] == '/')
		return "the path of a file ends with /";

	end = path + len - (type != FIM_RULE_FILE);
	for (name = path + 1; name < end; name = slash + 1) {
		slash = memchr(name, '/', end - name) ?: end;
		error = name_error(name, slash - name);
		if (error)
			return error;
	}
	return NULL;
}

/* Why a glob can't be a rule's, or NULL; what it means is looked at later. */
static const char *glob_error(const struct nlattr *glob, u8 type)
{
	const char *text;

	if (!glob)
		return type == FIM_RULE_PATTERN ? "a pattern needs a glob" :
						  NULL;
	if (type != FIM_RULE_PATTERN)
		return "only a pattern has a glob";
	text = nla_data(glob);
	if (!nla_len(glob))
		return "the glob is empty";
	if (text[0] == '/' || text[nla_len(glob) - 1] == '/')
		return "the glob begins or ends with /";
	return NULL;
}

static int check_sources(const struct nlattr *nest,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	unsigned int nr = 0;
	const char *error;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != FIM_RULE_A_SOURCE)
			continue;
		error = path_error(nla_data(attr), nla_len(attr),
				   FIM_RULE_FILE);
		if (error)
			return fim_nl_refuse(extack, attr, error, -EINVAL);
		if (++nr > FIM_SOURCES_MAX) {
			return fim_nl_refuse(extack, attr, "too many sources",
					     -E2BIG);
		}
	}
	return 0;
}

static int check_rule(struct nlattr *nest, struct nlattr **attrs,
		      struct netlink_ext_ack *extack)
{
	const char *error;
	u8 type;

	/* In a dump there is more to it, and no more room. */
	if (nla_len(nest) > FIM_RULE_SIZE_MAX)
		return fim_nl_refuse(extack, nest,
				     "the rule and what is in it are too long",
				     -E2BIG);
	if (!attrs[FIM_RULE_A_PATH] || !attrs[FIM_RULE_A_TYPE])
		return fim_nl_refuse(extack, nest,
				     "a rule needs a path and a type", -EINVAL);
	type = nla_get_u8(attrs[FIM_RULE_A_TYPE]);
	error = path_error(nla_data(attrs[FIM_RULE_A_PATH]),
			   nla_len(attrs[FIM_RULE_A_PATH]), type);
	if (error)
		return fim_nl_refuse(extack, attrs[FIM_RULE_A_PATH], error,
				     -EINVAL);
	error = glob_error(attrs[FIM_RULE_A_GLOB], type);
	if (error)
		return fim_nl_refuse(extack, attrs[FIM_RULE_A_GLOB] ?: nest,
				     error, -EINVAL);
	return check_sources(nest, extack);
}

/* What a rule has beside its path. */
static int set_rule(struct fim_rule *rule, const struct nlattr *nest,
		    struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem, err;

	rule->type = nla_get_u8(attrs[FIM_RULE_A_TYPE]);
	if (attrs[FIM_RULE_A_FLAGS])
		rule->flags = nla_get_u32(attrs[FIM_RULE_A_FLAGS]);
	err = parse_text(attrs, &rule_text, &rule->text, extack) ?:
	      fim_rule_set_glob(rule, attrs[FIM_RULE_A_GLOB], extack) ?:
	      fim_rule_set_devices(rule, attrs[FIM_RULE_A_DEVICES], extack);
	nla_for_each_nested(attr, nest, rem)
		if (!err && nla_type(attr) == FIM_RULE_A_SOURCE)
			err = fim_rule_add_source(rule, attr);
	return err;
}

const char *fim_nl_bind_error(int err)
{
	switch (err) {
	case -ENOTDIR:
		return "the path is not a directory";
	case -EISDIR:
		return "the path is a directory";
	case -ELOOP:
		return "too many symbolic links, or a user's to what is not his";
	case -EOPNOTSUPP:
		return "the path leads to what has another inode each time: in procfs, "
		       "on a share of a virtual machine, or a hard link in an overlay";
	case -ENAMETOOLONG:
		return "the path is too long once its links are followed";
	case -ENOMEM:
		return "out of memory";
	default:
		return "the path can't be resolved";
	}
}

static const char *source_bind_error(int err)
{
	switch (err) {
	case -EISDIR:
		return "a source is a directory";
	case -ENOMEM:
		return "out of memory";
	default:
		return "the path of a source can't be resolved";
	}
}

/* Says which path of a rule can't be bound: a source's, or else its own. */
static void blame(const struct fim_rule *rule, const struct nlattr *nest,
		  const struct nlattr *path, int err,
		  struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	struct fim_route route;
	unsigned int i = 0;
	int rem, wrong;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != FIM_RULE_A_SOURCE ||
		    rule->policy->kind != FIM_KIND_HOST)
			continue;
		wrong = fim_resolve(rule->sources[i++].path, false, true, NULL,
				    &route);
		if (wrong) {
			fim_nl_refuse(extack, attr, source_bind_error(wrong), wrong);
			return;
		}
		fim_route_free(&route);
	}
	fim_nl_refuse(extack, path, fim_nl_bind_error(err), err);
}

static int add_rule(struct fim_policy *policy, struct nlattr *nest,
		    struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[FIM_RULE_A_MAX + 1];
	struct fim_rule *rule;
	int err;

	err = nla_parse_nested(attrs, FIM_RULE_A_MAX, nest, fim_rule_attrs,
			       extack);
	if (!err)
		err = check_rule(nest, attrs, extack);
	if (err)
		return err;
	if (!fim_txn_has_room()) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "too many rules");
		return -E2BIG;
	}

	rule = fim_rule_alloc(policy, nla_data(attrs[FIM_RULE_A_PATH]),
			      nla_len(attrs[FIM_RULE_A_PATH]));
	if (!rule)
		return -ENOMEM;
	err = set_rule(rule, nest, attrs, extack);
	if (!err) {
		err = fim_rule_bind(rule);
		if (err < 0)
			blame(rule, nest, attrs[FIM_RULE_A_PATH], err, extack);
	}
	if (err < 0) {
		fim_rule_remove(rule);
		return err;
	}
	return 0;
}

static int add_rules(struct genl_info *info, const char *name)
{
	struct fim_policy *policy;
	struct nlattr *attr;
	bool any = false;
	int rem, err;

	lockdep_assert_held(&fim_policy_lock);

	if (fim_txn_check(info->snd_portid))
		return no_transaction(info->extack);
	policy = fim_txn_policy(name);
	if (!policy) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[FIM_A_POLICY],
				    "this transaction has no policy of that name");
		return -ENOENT;
	}
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != FIM_A_RULE)
			continue;
		any = true;
		err = add_rule(policy, attr, info->extack);
		if (err)
			return err;
		/* Paths lead over slow filesystems, and there may be many. */
		cond_resched();
	}
	if (!any) {
		NL_SET_ERR_MSG(info->extack, "FIM_A_RULE is missing");
		return -EINVAL;
	}
	return 0;
}

int fim_nl_rule_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[FIM_POLICY_A_MAX + 1];
	int err;

	err = parse_policy(info, attrs);
	if (err)
		return err;
	if (!fim_in_initial_root()) {
		NL_SET_ERR_MSG(info->extack,
			       "the sender's root directory is not that of process 1");
		return -EXDEV;
	}
	if (mutex_lock_killable(&fim_policy_lock))
		return -EINTR;
	err = add_rules(info, nla_data(attrs[FIM_POLICY_A_NAME]));
	mutex_unlock(&fim_policy_lock);
	return err;
}
