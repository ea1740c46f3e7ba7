// SPDX-License-Identifier: GPL-2.0
/*
 * What would become of an operation: the answer to FIM_CMD_EXPLAIN, by the code
 * that decides about real ones.
 */
#include <linux/dcache.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "explain.h"
#include "netlink.h"
#include "nl_policy.h"
#include "publish.h"
#include "resolve.h"
#include "rule.h"
#include "tree.h"

/* What an answer takes at most; longer ones are refused. */
#define ANSWER_ROOM	61440

#define RULES_MAX	64

const struct nla_policy fim_explain_attrs[FIM_EXPLAIN_A_MAX + 1] = {
	[FIM_EXPLAIN_A_PATH] = { .type = NLA_BINARY, .len = FIM_PATH_MAX },
	[FIM_EXPLAIN_A_OP] = NLA_POLICY_RANGE(NLA_U8, 1, FIM_OP_MAX),
	[FIM_EXPLAIN_A_EXE] = { .type = NLA_BINARY, .len = FIM_PATH_MAX },
	[FIM_EXPLAIN_A_UID] = { .type = NLA_U32 },
	[FIM_EXPLAIN_A_TTY] = { .type = NLA_FLAG },
};

/**
 * struct question - what is asked
 * @access: the operation
 * @caller: who
 * @makes: the object need not exist
 * @path: where the object is, or its directory if it does not exist
 * @dentry: the object, a reference
 * @exe: the caller's executable, if one is named; a reference, if @has_exe
 * @has_exe: one is
 * @text: for paths
 */
struct question {
	struct fim_access access;
	struct fim_caller caller;
	bool makes;
	struct path path;
	struct dentry *dentry;
	struct path exe;
	bool has_exe;
	char text[PATH_MAX];
};

/* Returns the path of an attribute as a string, to be freed; or NULL. */
static char *path_of(const struct nlattr *attr)
{
	const char *path = nla_data(attr);

	if (!nla_len(attr) || *path != '/' || memchr(path, 0, nla_len(attr)))
		return NULL;
	return kmemdup_nul(path, nla_len(attr), GFP_KERNEL);
}

/* A name that nobody can see but the question, in the directory where it goes. */
static int find_missing(struct question *q, char *name)
{
	char *last = strrchr(name, '/');
	struct qstr qstr;
	int err;

	qstr = (struct qstr)QSTR_INIT(last + 1, strlen(last + 1));
	if (!qstr.len || qstr.len > NAME_MAX || !strcmp(qstr.name, ".") ||
	    !strcmp(qstr.name, ".."))
		return -ENOENT;
	*last = '\0';
	err = fim_lookup(*name ? name : "/", &q->path);
	if (err)
		return err;
	q->dentry = d_is_dir(q->path.dentry) ? d_alloc(q->path.dentry, &qstr) :
					       NULL;
	if (q->dentry)
		return 0;
	path_put(&q->path);
	return -ENOENT;
}

static int find_object(struct question *q, const struct nlattr *attr)
{
	char *name = path_of(attr);
	int err;

	if (!name)
		return -EINVAL;
	err = fim_lookup(name, &q->path);
	if (!err)
		q->dentry = dget(q->path.dentry);
	else if (err == -ENOENT && q->makes)
		err = find_missing(q, name);
	kfree(name);
	return err;
}

static int find_exe(struct question *q, const struct nlattr *attr)
{
	char *name = path_of(attr);
	int err;

	if (!name)
		return -EINVAL;
	err = fim_lookup(name, &q->exe);
	kfree(name);
	if (err)
		return err;
	q->has_exe = true;
	q->caller.exe = d_inode(q->exe.dentry);
	return 0;
}

/* As fim_decode() has it; false if it is not about the object of a path. */
static bool set_op(struct question *q, u8 op)
{
	q->access.op = op;
	switch (op) {
	case FIM_OP_MOUNT:
	case FIM_OP_MOVE_MOUNT:
	case FIM_OP_UMOUNT:
	case FIM_OP_PIVOT_ROOT:
	case FIM_OP_RAW:
	case FIM_OP_MODULE:
	case FIM_OP_KEXEC:
	case FIM_OP_FCNTL:
		return false;
	case FIM_OP_UNLINK:
	case FIM_OP_RMDIR:
	case FIM_OP_RENAME:
		q->access.removes = true;
		return true;
	case FIM_OP_CREATE:
	case FIM_OP_MKDIR:
	case FIM_OP_MKNOD:
	case FIM_OP_SYMLINK:
	case FIM_OP_OPEN:
		q->makes = true;
		return true;
	}
	return true;
}

static int read_question(struct question *q, struct genl_info *info,
			 struct nlattr **attrs)
{
	int err;

	if (!set_op(q, nla_get_u8(attrs[FIM_EXPLAIN_A_OP])))
		return fim_nl_refuse(info->extack, attrs[FIM_EXPLAIN_A_OP],
			      "what is done to a mount, a device or the kernel can't be explained",
			      -EOPNOTSUPP);
	q->caller.fsuid = GLOBAL_ROOT_UID;
	if (attrs[FIM_EXPLAIN_A_UID])
		q->caller.fsuid = make_kuid(&init_user_ns,
					    nla_get_u32(attrs[FIM_EXPLAIN_A_UID]));
	if (!uid_valid(q->caller.fsuid))
		return fim_nl_refuse(info->extack, attrs[FIM_EXPLAIN_A_UID], "no user id",
			      -EINVAL);
	q->caller.tty = attrs[FIM_EXPLAIN_A_TTY];
	err = find_object(q, attrs[FIM_EXPLAIN_A_PATH]);
	if (err)
		return fim_nl_refuse(info->extack, attrs[FIM_EXPLAIN_A_PATH],
			      "the path can't be found", err);
	q->access.dentry = q->dentry;
	if (q->makes && d_is_negative(q->dentry))
		q->access.made = q->dentry;
	/* What opens a name that does not exist creates it. */
	if (q->access.made && q->access.op == FIM_OP_OPEN)
		q->access.op = FIM_OP_CREATE;
	if (!attrs[FIM_EXPLAIN_A_EXE])
		return 0;
	err = find_exe(q, attrs[FIM_EXPLAIN_A_EXE]);
	if (err)
		return fim_nl_refuse(info->extack, attrs[FIM_EXPLAIN_A_EXE],
			      "the executable can't be found", err);
	return 0;
}

static void free_question(struct question *q)
{
	if (q->has_exe)
		path_put(&q->exe);
	if (q->dentry) {
		dput(q->dentry);
		path_put(&q->path);
	}
	kfree(q);
}

static enum fim_explain_why why(const struct fim_match *match)
{
	if (!match->binding)
		return FIM_WHY_NONE;
	if (match->guard)
		return FIM_WHY_GUARD;
	if (!match->mark)
		return FIM_WHY_FILESYSTEM;
	return match->action == fim_rule_action(match->binding->rule) ?
	       FIM_WHY_RULE : FIM_WHY_POSTURE;
}

static int fill_verdict(struct sk_buff *skb, const struct fim_match *match)
{
	if (nla_put_u8(skb, FIM_EXPLAIN_A_ACTION, match->action) ||
	    nla_put_u8(skb, FIM_EXPLAIN_A_WHY, why(match)))
		return -EMSGSIZE;
	if (!match->binding)
		return 0;
	if (nla_put_string(skb, FIM_EXPLAIN_A_POLICY,
			   match->binding->policy->name) ||
	    nla_put_u32(skb, FIM_EXPLAIN_A_RULE, match->binding->rule->index))
		return -EMSGSIZE;
	return 0;
}

static int fill_fit(struct sk_buff *skb, const struct fim_binding *binding,
		    enum fim_explain_fit fit)
{
	struct nlattr *nest = nla_nest_start(skb, FIM_STEP_A_RULE);

	if (!nest ||
	    nla_put_string(skb, FIM_FIT_A_POLICY, binding->policy->name) ||
	    nla_put_u32(skb, FIM_FIT_A_RULE, binding->rule->index) ||
	    nla_put_u8(skb, FIM_FIT_A_ACTION, fim_rule_action(binding->rule)) ||
	    nla_put_u8(skb, FIM_FIT_A_FIT, fit))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_fits(struct sk_buff *skb, const struct question *q,
		     const struct fim_mark *mark, struct fim_place *place)
{
	const struct fim_binding *binding;
	unsigned int i, nr = 0;

	for (i = 0; i < mark->nr && nr < RULES_MAX; i++) {
		binding = mark->bindings[i];
		if (!fim_concerns(binding, &q->access, &q->caller))
			continue;
		if (fill_fit(skb, binding, fim_fit(binding, &q->access,
						   &q->caller, place)))
			return -EMSGSIZE;
		nr++;
	}
	return 0;
}

static u32 marks_of(const struct fim_ruleset *rs, const struct inode *inode)
{
	static const u32 bits[] = {
		[FIM_MARK_TREE] = FIM_EXPLAIN_TREE,
		[FIM_MARK_GUARD] = FIM_EXPLAIN_GUARD,
		[FIM_MARK_ANCHOR] = FIM_EXPLAIN_ANCHOR,
		[FIM_MARK_WRITER] = FIM_EXPLAIN_WRITER,
	};
	unsigned int kind;
	u32 marks = 0;

	for (kind = 0; kind < ARRAY_SIZE(bits); kind++)
		if (fim_mark_find(rs, inode, kind))
			marks |= bits[kind];
	return marks;
}

static int fill_step(struct sk_buff *skb, struct question *q,
		     const struct fim_ruleset *rs,
		     struct fim_place *place)
{
	const struct inode *inode = READ_ONCE(place->mark->d_inode);
	u32 marks = marks_of(rs, inode);
	const struct fim_mark *mark;
	struct nlattr *nest;
	const char *path;

	if (!marks)
		return 0;
	path = dentry_path_raw((struct dentry *)place->mark, q->text,
			       sizeof(q->text));
	if (IS_ERR(path))
		path = "";
	nest = nla_nest_start(skb, FIM_EXPLAIN_A_STEP);
	if (!nest || nla_put(skb, FIM_STEP_A_PATH, strlen(path), path) ||
	    nla_put_u32(skb, FIM_STEP_A_DEPTH, place->depth) ||
	    nla_put_u32(skb, FIM_STEP_A_MARKS, marks))
		return -EMSGSIZE;
	mark = fim_mark_find(rs, inode, FIM_MARK_TREE);
	if (mark && fill_fits(skb, q, mark, place))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_steps(struct sk_buff *skb, struct question *q,
		      const struct fim_ruleset *rs)
{
	struct fim_place place = { .mark = q->dentry, .object = q->dentry };
	const struct dentry *parent;
	int err;

	for (;; place.depth++) {
		err = fill_step(skb, q, rs, &place);
		parent = READ_ONCE(place.mark->d_parent);
		if (err || parent == place.mark)
			return err;
		place.mark = parent;
	}
}

/* Where the path led, as the sender sees it; of a new object, of its directory. */
static int fill_path(struct sk_buff *skb, struct question *q)
{
	const char *name = "", *slash = "";
	struct nlattr *attr;
	const char *path;
	char *to;

	path = d_path(&q->path, q->text, sizeof(q->text));
	if (IS_ERR(path))
		return PTR_ERR(path);
	if (q->dentry != q->path.dentry) {
		name = q->dentry->d_name.name;
		slash = strcmp(path, "/") ? "/" : "";
	}
	attr = nla_reserve(skb, FIM_EXPLAIN_A_PATH,
			   strlen(path) + strlen(slash) + strlen(name));
	if (!attr)
		return -EMSGSIZE;
	to = nla_data(attr);
	memcpy(to, path, strlen(path));
	to += strlen(path);
	memcpy(to, slash, strlen(slash));
	memcpy(to + strlen(slash), name, strlen(name));
	return 0;
}

static int fill_answer(struct sk_buff *skb, struct question *q)
{
	const struct fim_ruleset *rs = fim_current_ruleset();
	struct fim_verdict verdict;
	int err;

	err = fill_path(skb, q);
	if (err || nla_put_u8(skb, FIM_EXPLAIN_A_OP, q->access.op))
		return err ?: -EMSGSIZE;
	/* As in a hook; the ruleset stays, as the caller holds the lock. */
	rcu_read_lock();
	fim_decide(rs, &q->access, &q->caller, &verdict);
	err = fill_verdict(skb, &verdict.match) ?: fill_steps(skb, q, rs);
	rcu_read_unlock();
	return err;
}

static int reply(struct question *q, struct genl_info *info)
{
	struct sk_buff *skb = genlmsg_new(ANSWER_ROOM, GFP_KERNEL);
	struct nlattr *nest;
	void *header;
	int err;

	if (!skb)
		return -ENOMEM;
	header = fim_netlink_reply_header(skb, info);
	nest = header ? nla_nest_start(skb, FIM_A_EXPLAIN) : NULL;
	err = -EMSGSIZE;
	if (nest)
		err = mutex_lock_killable(&fim_policy_lock);
	if (!err) {
		err = fill_answer(skb, q);
		mutex_unlock(&fim_policy_lock);
	}
	if (err) {
		if (err == -EMSGSIZE)
			NL_SET_ERR_MSG(info->extack, "the answer is too long");
		nlmsg_free(skb);
		return err;
	}
	nla_nest_end(skb, nest);
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

int fim_nl_explain(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[FIM_EXPLAIN_A_MAX + 1];
	struct nlattr *nest = info->attrs[FIM_A_EXPLAIN];
	struct question *q;
	int err;

	if (!nest) {
		NL_SET_ERR_MSG(info->extack, "FIM_A_EXPLAIN is missing");
		return -EINVAL;
	}
	err = nla_parse_nested(attrs, FIM_EXPLAIN_A_MAX, nest,
			       fim_explain_attrs, info->extack);
	if (err)
		return err;
	if (!attrs[FIM_EXPLAIN_A_PATH] || !attrs[FIM_EXPLAIN_A_OP])
		return fim_nl_refuse(info->extack, nest, "a path and an operation are needed",
			      -EINVAL);
	q = kzalloc(sizeof(*q), GFP_KERNEL);
	if (!q)
		return -ENOMEM;
	err = read_question(q, info, attrs) ?: reply(q, info);
	free_question(q);
	return err;
}
