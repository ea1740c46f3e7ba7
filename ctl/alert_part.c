// SPDX-License-Identifier: GPL-2.0
/*
 * alert_part.c - keys of an alert that take more than a look at an attribute:
 * the system call, the container, and what is configured
 */
#include <stdio.h>
#include <string.h>

#include "alert_part.h"
#include "array.h"
#include "attr.h"
#include "call.h"
#include "config.h"
#include "identity.h"
#include "json.h"
#include "syscall.h"

/**
 * alert_add_data() - add the system call, as KubeArmor writes it
 * @to: the alert
 * @k: the key
 * @tb: the record
 */
void alert_add_data(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	struct syscall_info info;
	struct buf data = { 0 };
	size_t i;

	call_decode(tb, &info);
	for (i = 0; i < info.nr; i++)
		buf_addf(&data, "%s%s=%s", i ? " " : "", info.pair[i].key,
			 info.pair[i].value);
	if (data.len)
		json_add_string(to, k->key, data.data);
	buf_free(&data);
}

/**
 * alert_add_data_map() - add the system call and its arguments, by name
 * @to: the alert
 * @k: the key
 * @tb: the record
 */
void alert_add_data_map(cJSON *to, const struct alert_key *k,
			struct nlattr **tb)
{
	struct syscall_info info;
	char key[32];
	cJSON *map;
	size_t i;

	call_decode(tb, &info);
	if (!info.nr)
		return;
	map = json_object();
	for (i = 0; i < info.nr; i++) {
		snprintf(key, sizeof(key), "%s", info.pair[i].key);
		key[0] -= 'a' - 'A';
		json_add_string(map, key, info.pair[i].value);
	}
	json_add(to, k->key, map);
}

static void add_owner(cJSON *to, const char *key, const struct identity *id)
{
	cJSON *owner;

	if (!id->owner_name)
		return;
	owner = json_object();
	json_add_string(owner, "Ref", id->owner_ref ? id->owner_ref : "");
	json_add_string(owner, "Name", id->owner_name);
	if (id->namespace)
		json_add_string(owner, "Namespace", id->namespace);
	json_add(to, key, owner);
}

static void add_labels(cJSON *to, const char *key, const struct identity *id)
{
	struct buf text = { 0 };
	size_t i;

	for (i = 0; i < id->labels.nr; i++)
		buf_addf(&text, "%s%s=%s", i ? "," : "", id->labels.v[i].key,
			 id->labels.v[i].value);
	if (text.len)
		json_add_string(to, key, text.data);
	buf_free(&text);
}

static void add_text(cJSON *to, const char *key, const char *text)
{
	if (text)
		json_add_string(to, key, text);
}

/**
 * alert_add_container() - add what the container is
 * @to: the alert
 * @k: the key
 * @tb: the record
 */
void alert_add_container(cJSON *to, const struct alert_key *k,
			 struct nlattr **tb)
{
	const struct nlattr *nla = tb[FIM_EVENT_A_IDENTITY];
	struct identity id;

	if (!nla)
		return;
	identity_read(&id, nla_data(nla), nla_len(nla));
	if (!strcmp(k->key, "NamespaceName"))
		add_text(to, k->key, id.namespace);
	else if (!strcmp(k->key, "Owner"))
		add_owner(to, k->key, &id);
	else if (!strcmp(k->key, "PodName"))
		add_text(to, k->key, id.pod);
	else if (!strcmp(k->key, "Labels"))
		add_labels(to, k->key, &id);
	else if (!strcmp(k->key, "ContainerName"))
		add_text(to, k->key, id.name);
	else if (!strcmp(k->key, "ContainerImage"))
		add_text(to, k->key, id.image);
	identity_free(&id);
}

/**
 * alert_add_configured() - add what /etc/fim/fim.conf says
 * @to: the alert
 * @k: the key
 * @tb: the record
 */
void alert_add_configured(cJSON *to, const struct alert_key *k,
			  struct nlattr **tb)
{
	const struct config *config = config_get();

	(void)tb;
	if (!strcmp(k->key, "cluster_id"))
		add_text(to, k->key, config->cluster_id);
	else if (!strcmp(k->key, "instanceGroup"))
		add_text(to, k->key, config->instance_group);
	else if (!strcmp(k->key, "instanceID"))
		add_text(to, k->key, config->instance_id);
	else if (!strcmp(k->key, "workload"))
		add_text(to, k->key, config->workload);
}
