// SPDX-License-Identifier: GPL-2.0
/*
 * container.c - containers that policies hold for
 *
 * Which policies are for which container is decided here, on both sides: when a
 * container is added, for the policies in force; when policies are applied, for
 * the containers there are. The kernel refuses the one while the other is going
 * on, so nothing falls in between.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "attr.h"
#include "bundle.h"
#include "cgroup.h"
#include "container.h"
#include "diag.h"
#include "file.h"
#include "mem.h"
#include "meta.h"
#include "ruleset.h"
#include "status.h"

/** @TRIES: how often to add a container that policies come in between */
#define TRIES 200
/** @PAUSE_US: microseconds from one to the next */
#define PAUSE_US 25000
/** @OTHER_MAX: what else of a policy than its metadata is in a message with ids */
#define OTHER_MAX (2 * FIM_TEXT_MAX + 2 * FIM_NAME_MAX + 512)

static void take_policies(struct container *c, struct nlattr *nest)
{
	struct nlattr *nla;
	int rest;

	nla_for_each_nested(nla, nest, rest) {
		if (nla_type(nla) != FIM_CONTAINER_A_POLICY)
			continue;
		mem_grow(c->policies, c->nr_policies, c->cap_policies);
		c->policies[c->nr_policies++] = attr_string(nla);
	}
}

static int take_container(uint8_t cmd, struct nlattr **top, void *arg)
{
	struct nlattr *tb[FIM_CONTAINER_A_MAX + 1], *identity;
	struct containers *set = arg;
	struct container *c;

	(void)cmd;
	if (!top[FIM_A_CONTAINER] ||
	    nla_parse_nested(tb, FIM_CONTAINER_A_MAX, top[FIM_A_CONTAINER],
			     NULL) ||
	    !tb[FIM_CONTAINER_A_ID])
		return -EBADMSG;
	/* More policies of the same */
	if (set->nr && !strcmp(set->v[set->nr - 1].id,
			       nla_get_string(tb[FIM_CONTAINER_A_ID]))) {
		take_policies(&set->v[set->nr - 1], top[FIM_A_CONTAINER]);
		return 0;
	}
	mem_grow(set->v, set->nr, set->cap);
	c = &set->v[set->nr++];
	*c = (struct container){ 0 };
	c->id = attr_string(tb[FIM_CONTAINER_A_ID]);
	c->pid = attr_number(tb[FIM_CONTAINER_A_PID]);
	c->cgroup = attr_number(tb[FIM_CONTAINER_A_CGROUP]);
	identity = tb[FIM_CONTAINER_A_IDENTITY];
	identity_read(&c->identity, identity ? nla_data(identity) : NULL,
		      identity ? nla_len(identity) : 0);
	take_policies(c, top[FIM_A_CONTAINER]);
	return 0;
}

/**
 * containers_get() - ask for all containers
 * @l: the connection
 * @set: set; to be freed by containers_free(), after an error too
 *
 * Return: 0 or -errno.
 */
int containers_get(struct link *l, struct containers *set)
{
	*set = (struct containers){ 0 };
	return link_dump(l, FIM_CMD_CONTAINER_GET, take_container, set);
}

/**
 * containers_free() - free what containers_get() read
 * @set: the containers
 */
void containers_free(struct containers *set)
{
	struct container *c;
	size_t i;

	for (c = set->v; c < set->v + set->nr; c++) {
		for (i = 0; i < c->nr_policies; i++)
			free(c->policies[i]);
		free(c->policies);
		identity_free(&c->identity);
		free(c->id);
	}
	free(set->v);
	*set = (struct containers){ 0 };
}

/* How many bytes of ids go with a policy: an attribute has 64 KiB. */
static size_t room_for_ids(const struct policy *p)
{
	struct buf meta = { 0 };
	size_t room;

	meta_write(p, &meta);
	room = UINT16_MAX - OTHER_MAX - meta.len;
	buf_free(&meta);
	return room;
}

/**
 * containers_bind() - note in a policy which containers it is for
 * @set: the containers, read while a transaction is open
 * @p: the policy
 *
 * Return: NULL, or what is wrong.
 */
const char *containers_bind(const struct containers *set, struct policy *p)
{
	size_t i, len = 0;

	policy_unbind(p);
	for (i = 0; i < set->nr; i++) {
		if (!identity_matches(&set->v[i].identity, p))
			continue;
		policy_bind(p, set->v[i].id);
		len += strlen(set->v[i].id) + NLA_HDRLEN + NLA_ALIGNTO;
	}
	return len > room_for_ids(p) ?
		       "is for more containers than fit in a message" : NULL;
}

/**
 * containers_warn() - say of policies with a selector that they hold for none, if
 *	containers can't be told apart here
 * @set: the policies
 * @diags: added to
 */
void containers_warn(const struct policies *set, struct diags *diags)
{
	const struct policy *p = set->v, *end = p + set->nr;

	if (cgroup_has_v2())
		return;
	for (; p < end; p++)
		if (p->kind != FIM_KIND_HOST)
			diag_warning(diags, &p->at,
				     "%s is for containers, and holds for none: this host has no cgroup v2, which they are told apart by",
				     p->name);
}

static int put_text(struct nl_msg *msg, int attr, const char *text)
{
	return nla_put(msg, attr, strlen(text) + 1, text);
}

/**
 * struct addition - what is told of a container that is added
 * @id: its id
 * @pid: its first process
 * @cgroup: its cgroup, opened
 * @root: its root directory, opened
 * @identity: what it is
 * @text: that as the kernel keeps it
 */
struct addition {
	const char *id;
	pid_t pid;
	int cgroup;
	int root;
	const struct identity *identity;
	struct buf text;
};

/* Return: other than 0 if there is no room for all of it. */
static int fill(struct nl_msg *msg, const struct addition *a,
		const struct policies *set, uint64_t generation)
{
	struct nlattr *start = nla_nest_start(msg, FIM_A_CONTAINER |
						   NLA_F_NESTED);
	int err = !start;
	size_t i;

	err |= put_text(msg, FIM_CONTAINER_A_ID, a->id);
	err |= nla_put_u32(msg, FIM_CONTAINER_A_CGROUP_FD, a->cgroup);
	err |= nla_put_u32(msg, FIM_CONTAINER_A_ROOT_FD, a->root);
	err |= nla_put_u32(msg, FIM_CONTAINER_A_PID, a->pid);
	err |= nla_put_u64(msg, FIM_CONTAINER_A_GENERATION, generation);
	err |= nla_put(msg, FIM_CONTAINER_A_IDENTITY, a->text.len,
		       a->text.data);
	for (i = 0; !err && i < set->nr; i++)
		if (identity_matches(a->identity, &set->v[i]))
			err = put_text(msg, FIM_CONTAINER_A_POLICY,
				       set->v[i].name);
	return err ? err : nla_nest_end(msg, start);
}

static int request(struct link *l, const struct addition *a,
		   const struct policies *set, uint64_t generation)
{
	struct nl_msg *msg = link_message(l->family, FIM_CMD_CONTAINER_ADD,
					  false);

	if (!fill(msg, a, set, generation))
		return link_request(l, msg, NULL, NULL);
	nlmsg_free(msg);
	return link_fail(l, -E2BIG, "more policies are for it than fit into a message");
}

static int add_once(struct link *l, const struct addition *a)
{
	struct policies set = { 0 };
	struct status st;
	uint64_t generation;
	int err;

	err = status_get(l, &st);
	generation = st.number[FIM_STATUS_A_GENERATION];
	status_free(&st);
	if (err)
		return err;
	err = ruleset_get(l, &set);
	if (!err)
		err = request(l, a, &set, generation);
	policies_free(&set);
	return err;
}

static int check_id(struct link *l, const char *id)
{
	if (strlen(id) <= FIM_NAME_MAX)
		return 0;
	return link_fail(l, -E2BIG, "its id is longer than %d bytes", FIM_NAME_MAX);
}

static int add_opened(struct link *l, struct addition *a)
{
	int err, i;

	for (i = 0; i < TRIES; i++) {
		err = add_once(l, a);
		if (err != -EBUSY && err != -EAGAIN)
			break;
		usleep(PAUSE_US);
	}
	return err;
}

static int open_and_add(struct link *l, struct addition *a, const char *root)
{
	const char *why;
	int err;

	a->cgroup = cgroup_open(a->pid, &why);
	if (a->cgroup < 0)
		return link_fail(l, a->cgroup, "%s", why);
	a->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (a->root < 0) {
		err = link_fail(l, -errno, "its root directory can't be opened");
	} else {
		err = add_opened(l, a);
		close(a->root);
	}
	close(a->cgroup);
	return err;
}

/**
 * container_add() - add a container, and bind it to the policies that are for it
 * @l: the connection
 * @id: its id
 * @pid: its first process
 * @root: its root directory
 * @identity: what it is
 *
 * Waits for a transaction of somebody else's, some seconds at most.
 *
 * Return: 0 or -errno, which is then in @l->error with a text.
 */
int container_add(struct link *l, const char *id, pid_t pid, const char *root,
		  const struct identity *identity)
{
	struct addition a = { .id = id, .pid = pid, .identity = identity };
	int err = check_id(l, id);

	if (err)
		return err;
	/* Whoever made the container's image may have written its labels. */
	identity_write(identity, &a.text);
	if (a.text.len > FIM_IDENTITY_MAX)
		err = link_fail(l, -E2BIG, "its labels are longer than %d bytes",
				FIM_IDENTITY_MAX);
	else
		err = open_and_add(l, &a, root);
	buf_free(&a.text);
	return err;
}

/**
 * container_add_bundle() - add a container that a runtime has made
 * @l: the connection
 * @id: its id
 * @pid: its first process
 * @bundle: the directory of its config.json, or NULL
 * @entered: its root directory has been entered; else it is still to be
 *
 * Return: as container_add().
 */
int container_add_bundle(struct link *l, const char *id, pid_t pid,
			 const char *bundle, bool entered)
{
	struct identity identity = { 0 };
	struct buf path = { 0 }, root = { 0 }, why = { 0 };
	cJSON *config = NULL;
	int err;

	if (bundle) {
		buf_addf(&path, "%s/config.json", bundle);
		config = file_read_json(path.data);
	}
	/* Its mounts are seen in its mount namespace only. */
	if (entered)
		buf_addf(&root, "/proc/%d/root", (int)pid);
	if (bundle_identity(config, bundle, id, &identity, &why) &&
	    (entered || bundle_root(config, bundle, &root, &why)))
		err = container_add(l, id, pid, root.data, &identity);
	else
		err = link_fail(l, -EINVAL, "%s", why.data);
	identity_free(&identity);
	cJSON_Delete(config);
	buf_free(&why);
	buf_free(&root);
	buf_free(&path);
	return err;
}

/**
 * container_delete() - have the kernel forget a container
 * @l: the connection
 * @id: its id
 *
 * Return: 0; -ENOENT if there is none; -errno.
 */
int container_delete(struct link *l, const char *id)
{
	struct nl_msg *msg;
	struct nlattr *start;

	if (check_id(l, id))
		return l->error.code;
	msg = link_message(l->family, FIM_CMD_CONTAINER_DEL, false);
	start = nla_nest_start(msg, FIM_A_CONTAINER | NLA_F_NESTED);
	put_text(msg, FIM_CONTAINER_A_ID, id);
	nla_nest_end(msg, start);
	return link_request(l, msg, NULL, NULL);
}
