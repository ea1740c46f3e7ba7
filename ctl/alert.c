// SPDX-License-Identifier: GPL-2.0
/*
 * alert.c - records of the module as KubeArmor's alerts
 *
 * One table says which key comes from which attribute of a record, in the
 * order of KubeArmor's keys, and what other formats call it. All of them are
 * made from the same tree. A key is left out if the record has nothing for it.
 */
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "alert.h"
#include "alert_part.h"
#include "array.h"
#include "attr.h"
#include "config.h"
#include "event.h"
#include "hash.h"
#include "json.h"
#include "mem.h"
#include "op.h"
#include "policy.h"
#include "status.h"

/** @NSEC_PER_SEC: nanoseconds in a second */
#define NSEC_PER_SEC 1000000000ULL

static bool is_violation(struct nlattr **tb)
{
	return attr_number(tb[FIM_EVENT_A_TYPE]) == FIM_EVENT_VIOLATION;
}

static void add_number(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	if (tb[k->attr])
		json_add_number(to, k->key, attr_number(tb[k->attr]));
}

/* KubeArmor's alerts always have these; own events only if they know. */
static void add_always(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	if (tb[k->attr] || is_violation(tb))
		json_add_number(to, k->key, attr_number(tb[k->attr]));
}

static void add_number_text(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	char digits[24];

	if (!attr_number(tb[k->attr]))
		return;
	snprintf(digits, sizeof(digits), "%llu",
		 (unsigned long long)attr_number(tb[k->attr]));
	json_add_string(to, k->key, digits);
}

static void add_bytes(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	size_t len = attr_length(tb[k->attr]);

	if (len)
		json_add_bytes(to, k->key, nla_data(tb[k->attr]), len);
}

/**
 * alert_add_time() - put a time into an alert, for people to read
 * @to: the alert
 * @key: its key
 * @ns: nanoseconds since 1970 UTC
 */
void alert_add_time(cJSON *to, const char *key, uint64_t ns)
{
	time_t seconds = ns / NSEC_PER_SEC;
	struct tm tm;
	char text[64];
	size_t len;

	if (!gmtime_r(&seconds, &tm))
		return;
	len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, sizeof(text) - len, ".%06uZ",
		 (unsigned int)(ns % NSEC_PER_SEC / 1000));
	json_add_string(to, key, text);
}

static void add_seconds(cJSON *to, const struct alert_key *k,
			struct nlattr **tb)
{
	json_add_number(to, k->key, attr_number(tb[k->attr]) / NSEC_PER_SEC);
}

static void add_time(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	if (tb[k->attr])
		alert_add_time(to, k->key, attr_number(tb[k->attr]));
}

static void add_cluster(cJSON *to, const struct alert_key *k,
			struct nlattr **tb)
{
	(void)tb;
	json_add_string(to, k->key, config_get()->cluster_name);
}

static void add_host(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	char name[256];

	(void)tb;
	if (gethostname(name, sizeof(name)))
		return;
	name[sizeof(name) - 1] = '\0';
	json_add_string(to, k->key, name);
}

/* Alerts come in bursts from one user, and a lookup may ask the network. */
static void add_user(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	static uid_t known;
	static char *name;
	uid_t uid = attr_number(tb[k->attr]);
	struct passwd *pw;

	/* Those of a container's users are not this machine's. */
	if (!tb[k->attr] || tb[FIM_EVENT_A_CONTAINER])
		return;
	if (!name || known != uid) {
		pw = getpwuid(uid);
		free(name);
		name = mem_string(pw ? pw->pw_name : "");
		known = uid;
	}
	if (*name)
		json_add_string(to, k->key, name);
}

static void add_tag_list(cJSON *to, const struct alert_key *k,
			 struct nlattr **tb)
{
	struct nlattr *nla = tb[k->attr];

	if (nla && nla_len(nla))
		json_add(to, k->key, json_tags(nla_data(nla), nla_len(nla)));
}

static void add_tags(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	struct nlattr *nla = tb[k->attr];
	struct buf joined = { 0 };
	cJSON *tags, *tag;

	if (!nla || !nla_len(nla))
		return;
	tags = json_tags(nla_data(nla), nla_len(nla));
	cJSON_ArrayForEach(tag, tags)
		buf_addf(&joined, "%s%s", joined.len ? "," : "",
			 tag->valuestring);
	json_add_string(to, k->key, joined.data);
	cJSON_Delete(tags);
	buf_free(&joined);
}

/* A policy's message is about changes, which a writer that was found is not. */
static void add_message(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	uint64_t type = attr_number(tb[FIM_EVENT_A_TYPE]);
	struct buf message = { 0 };

	if (type != FIM_EVENT_WRITER && attr_length(tb[k->attr]))
		add_bytes(to, k, tb);
	else if (event_message(type, attr_number(tb[FIM_EVENT_A_COUNT]),
			       &message))
		json_add_string(to, k->key, message.data);
	buf_free(&message);
}

static void add_type(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	if (!is_violation(tb))
		json_add_string(to, k->key, "SystemEvent");
	else if (attr_number(tb[FIM_EVENT_A_KIND]) == FIM_KIND_HOST)
		json_add_string(to, k->key, "MatchedHostPolicy");
	else
		json_add_string(to, k->key, "MatchedPolicy");
}

static void add_operation(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	json_add_string(to, k->key, event_operation(attr_number(tb[k->attr])));
}

static void add_file_operation(cJSON *to, const struct alert_key *k,
			       struct nlattr **tb)
{
	if (tb[k->attr])
		json_add_string(to, k->key, op_name(attr_number(tb[k->attr])));
}

static void add_state(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	if (tb[k->attr])
		json_add_string(to, k->key,
				status_state_name(attr_number(tb[k->attr])));
}

/* Arguments joined by spaces, as KubeArmor has it; else who it was at all. */
static void add_source(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	static const int instead[] = { FIM_EVENT_A_EXE, FIM_EVENT_A_COMM };
	struct nlattr *nla = tb[k->attr];
	char *line, *p, *end;
	size_t i;

	if (nla && nla_len(nla) && *(char *)nla_data(nla)) {
		line = mem_dup(nla_data(nla), nla_len(nla));
		end = line + nla_len(nla);
		while (end > line && !end[-1])
			end--;
		for (p = line; p < end; p++)
			if (!*p)
				*p = ' ';
		json_add_bytes(to, k->key, line, end - line);
		free(line);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(instead); i++) {
		nla = tb[instead[i]];
		if (!attr_length(nla))
			continue;
		json_add_bytes(to, k->key, nla_data(nla), attr_length(nla));
		return;
	}
}

static void add_enforcer(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	if (is_violation(tb))
		json_add_string(to, k->key, "FIM");
}

static void add_action(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	uint64_t action = attr_number(tb[k->attr]);

	if (!tb[k->attr])
		return;
	/* Let through although the rule says Block: enforcement is off. */
	if (action == FIM_ACTION_BLOCK && tb[FIM_EVENT_A_ERRNO] &&
	    !attr_number(tb[FIM_EVENT_A_ERRNO]))
		json_add_string(to, k->key, "Audit (Block)");
	else
		json_add_string(to, k->key, policy_action_name(action));
}

static void add_result(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	uint64_t error = attr_number(tb[k->attr]);

	if (is_violation(tb))
		json_add_string(to, k->key,
				error ? strerror((int)error) : "Passed");
}

static void add_error(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	uint64_t error = attr_number(tb[k->attr]);

	if (!is_violation(tb) && error)
		json_add_string(to, k->key, strerror((int)error));
}

static void add_command(cJSON *to, const struct alert_key *k,
			struct nlattr **tb)
{
	if (tb[k->attr])
		json_add_string(to, k->key,
				event_command_name(attr_number(tb[k->attr])));
}

static void add_hex(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	struct buf hex = { 0 };

	if (!tb[k->attr] || !nla_len(tb[k->attr]))
		return;
	buf_hex(&hex, nla_data(tb[k->attr]), nla_len(tb[k->attr]));
	json_add_string(to, k->key, hex.data);
	buf_free(&hex);
}

static void add_cwd(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	size_t len = attr_length(tb[k->attr]);
	struct buf cwd = { 0 };

	if (!len)
		return;
	buf_add(&cwd, nla_data(tb[k->attr]), len);
	if (cwd.data[len - 1] != '/')
		buf_addc(&cwd, '/');
	json_add_bytes(to, k->key, cwd.data, cwd.len);
	buf_free(&cwd);
}

static void add_hash(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	struct buf hex = { 0 };

	if (!is_violation(tb))
		return;
	hash_record(tb, &hex);
	json_add_string(to, k->key, hex.data);
	buf_free(&hex);
}

static void add_component(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	(void)tb;
	json_add_string(to, k->key, "fim");
}

static void add_count(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	if (is_violation(tb) ||
	    attr_number(tb[FIM_EVENT_A_TYPE]) == FIM_EVENT_WRITER ||
	    attr_number(tb[FIM_EVENT_A_TYPE]) == FIM_EVENT_DENIED)
		json_add_number(to, k->key, tb[k->attr] ?
				attr_number(tb[k->attr]) : 1);
}

static void add_lost(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	if (attr_number(tb[FIM_EVENT_A_TYPE]) == FIM_EVENT_LOST)
		json_add_number(to, k->key, attr_number(tb[k->attr]));
}

static void add_device(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	uint64_t dev = attr_number(tb[k->attr]);
	char text[24];

	if (!tb[k->attr])
		return;
	snprintf(text, sizeof(text), "%u:%u", (unsigned int)dev >> 20,
		 (unsigned int)dev & 0xfffff);
	json_add_string(to, k->key, text);
}

static void add_flags(cJSON *to, const struct alert_key *k, struct nlattr **tb)
{
	uint64_t bits = attr_number(tb[k->attr]);
	const char *name;
	unsigned int i;
	cJSON *list;

	if (!bits)
		return;
	list = json_list();
	for (i = 0; i < 32; i++) {
		name = bits & 1U << i ? event_flag_name(i) : NULL;
		if (name)
			json_append_bytes(list, name, strlen(name));
	}
	json_add(to, k->key, list);
}

static const struct alert_key keys[] = {
	{ "Timestamp", add_seconds, FIM_EVENT_A_TIME, NULL, NULL },
	{ "UpdatedTime", add_time, FIM_EVENT_A_TIME, "@timestamp", NULL },
	{ "LastUpdatedTime", add_time, FIM_EVENT_A_LAST_TIME,
	  "event.end", "FimLastUpdatedTime" },
	{ "ClusterName", add_cluster, FIM_EVENT_A_PAD,
	  "orchestrator.cluster.name", "FimClusterName" },
	{ "HostName", add_host, FIM_EVENT_A_PAD, "host.hostname", "dvchost" },
	{ "NamespaceName", alert_add_container, FIM_EVENT_A_IDENTITY,
	  "orchestrator.namespace", "FimNamespaceName" },
	{ "Owner", alert_add_container, FIM_EVENT_A_IDENTITY,
	  "fim.owner", NULL },
	{ "PodName", alert_add_container, FIM_EVENT_A_IDENTITY,
	  "orchestrator.resource.name", "FimPodName" },
	{ "Labels", alert_add_container, FIM_EVENT_A_IDENTITY,
	  "fim.labels", "FimLabels" },
	{ "ContainerID", add_bytes, FIM_EVENT_A_CONTAINER,
	  "container.id", "FimContainerID" },
	{ "ContainerName", alert_add_container, FIM_EVENT_A_IDENTITY,
	  "container.name", "FimContainerName" },
	{ "ContainerImage", alert_add_container, FIM_EVENT_A_IDENTITY,
	  "container.image.name", "FimContainerImage" },
	{ "HostPPID", add_number, FIM_EVENT_A_PPID,
	  "process.parent.pid", "cn1" },
	{ "HostPID", add_number, FIM_EVENT_A_TGID, "process.pid", "spid" },
	{ "HostTID", add_number, FIM_EVENT_A_PID,
	  "process.thread.id", "FimHostTID" },
	{ "PPID", add_always, FIM_EVENT_A_NS_PPID, "fim.ns.ppid", "FimPPID" },
	{ "PID", add_number, FIM_EVENT_A_NS_TGID, "fim.ns.pid", "FimPID" },
	{ "TID", add_number, FIM_EVENT_A_NS_PID, "fim.ns.tid", "FimTID" },
	{ "UID", add_always, FIM_EVENT_A_UID,
	  "user.id", "suid", ALERT_AS_TEXT },
	{ "UserName", add_user, FIM_EVENT_A_UID, "user.name", "suser" },
	{ "EUID", add_number, FIM_EVENT_A_EUID,
	  "process.user.id", "FimEUID", ALERT_AS_TEXT },
	{ "GID", add_number, FIM_EVENT_A_GID,
	  "user.group.id", "FimGID", ALERT_AS_TEXT },
	{ "FSUID", add_number, FIM_EVENT_A_FSUID, "fim.fsuid", "FimFSUID" },
	{ "LoginUID", add_number, FIM_EVENT_A_LOGINUID,
	  "fim.login_uid", "cn2" },
	{ "SessionID", add_number, FIM_EVENT_A_SESSIONID,
	  "fim.session_id", "cn3" },
	{ "ParentProcessName", add_bytes, FIM_EVENT_A_PARENT_EXE,
	  "process.parent.executable", "cs5" },
	{ "ProcessName", add_bytes, FIM_EVENT_A_EXE,
	  "process.executable", "sproc" },
	{ "ExecutedName", add_bytes, FIM_EVENT_A_EXECUTED,
	  "fim.executed_name", "FimExecutedName" },
	{ "ProcessInode", add_number, FIM_EVENT_A_EXE_INO,
	  "fim.process_inode", "FimProcessInode" },
	{ "ProcessDevice", add_device, FIM_EVENT_A_EXE_DEV,
	  "fim.process_device", "FimProcessDevice" },
	{ "Comm", add_bytes, FIM_EVENT_A_COMM, "process.name", "FimComm" },
	{ "PolicyName", add_bytes, FIM_EVENT_A_POLICY, "rule.name", "cs1" },
	{ "Rule", add_number, FIM_EVENT_A_RULE, "fim.rule", "FimRule" },
	{ "Severity", add_number_text, FIM_EVENT_A_SEVERITY,
	  "event.severity", NULL, ALERT_AS_NUMBER },
	{ "Tags", add_tags, FIM_EVENT_A_TAGS, NULL, "cs4" },
	{ "ATags", add_tag_list, FIM_EVENT_A_TAGS, "tags", NULL },
	{ "Message", add_message, FIM_EVENT_A_MESSAGE, "message", "msg" },
	{ "Type", add_type, FIM_EVENT_A_TYPE, "fim.type", "cat" },
	{ "Source", add_source, FIM_EVENT_A_CMDLINE,
	  "process.command_line", "cs2" },
	{ "Operation", add_operation, FIM_EVENT_A_TYPE,
	  "fim.operation", "FimOperation" },
	{ "FileOperation", add_file_operation, FIM_EVENT_A_OP,
	  "event.action", "FimFileOperation" },
	{ "State", add_state, FIM_EVENT_A_STATE, "fim.state", "FimState" },
	{ "Reason", add_bytes, FIM_EVENT_A_REASON, "event.reason", "FimReason" },
	{ "Since", add_time, FIM_EVENT_A_SINCE, "event.start", "FimSince" },
	{ "Until", add_time, FIM_EVENT_A_UNTIL, "fim.until", "FimUntil" },
	{ "OpenedBy", add_number, FIM_EVENT_A_OPENER,
	  "fim.opened_by", "FimOpenedBy" },
	{ "Passed", add_number, FIM_EVENT_A_PASSED, "fim.passed", "FimPassed" },
	{ "Resource", add_bytes, FIM_EVENT_A_PATH, "file.path", "filePath" },
	{ "Target", add_bytes, FIM_EVENT_A_TARGET, "file.target_path", "cs6" },
	{ "Inode", add_number, FIM_EVENT_A_INO,
	  "file.inode", "fileId", ALERT_AS_TEXT },
	{ "Device", add_device, FIM_EVENT_A_DEV, "file.device", "FimDevice" },
	{ "Data", alert_add_data, FIM_EVENT_A_SYSCALL, NULL, "cs3" },
	{ "EventData", alert_add_data_map, FIM_EVENT_A_SYSCALL, "fim.syscall", NULL },
	{ "Enforcer", add_enforcer, FIM_EVENT_A_TYPE,
	  "observer.product", NULL },
	{ "Action", add_action, FIM_EVENT_A_ACTION, "fim.action", "act" },
	{ "Result", add_result, FIM_EVENT_A_ERRNO, "fim.result", "outcome" },
	{ "Command", add_command, FIM_EVENT_A_CMD,
	  "fim.command", "FimCommand" },
	{ "Error", add_error, FIM_EVENT_A_ERRNO, "error.message", "reason" },
	{ "Cwd", add_cwd, FIM_EVENT_A_CWD,
	  "process.working_directory", "flexString1" },
	{ "TTY", add_bytes, FIM_EVENT_A_TTY, "fim.tty", "flexString2" },
	{ "CgroupID", add_number, FIM_EVENT_A_CGROUP,
	  "fim.cgroup_id", "FimCgroupID" },
	{ "CgroupPath", add_bytes, FIM_EVENT_A_CGROUP_PATH,
	  "fim.cgroup_path", "FimCgroupPath" },
	{ "MntNS", add_number, FIM_EVENT_A_MNT_NS, "fim.ns.mnt", "FimMntNS" },
	{ "PidNS", add_number, FIM_EVENT_A_PID_NS,
	  "fim.ns.pid_ns", "FimPidNS" },
	{ "HashID", add_hash, FIM_EVENT_A_PATH, "fim.hash_id", "FimHashID" },
	{ "component_name", add_component, FIM_EVENT_A_PAD,
	  "event.module", NULL },
	{ "cluster_id", alert_add_configured, FIM_EVENT_A_PAD,
	  "orchestrator.cluster.id", "FimClusterID" },
	{ "instanceGroup", alert_add_configured, FIM_EVENT_A_PAD,
	  "fim.instance_group", "FimInstanceGroup" },
	{ "instanceID", alert_add_configured, FIM_EVENT_A_PAD,
	  "fim.instance_id", "FimInstanceID" },
	{ "workload", alert_add_configured, FIM_EVENT_A_PAD,
	  "fim.workload", "FimWorkload" },
	{ "Flags", add_flags, FIM_EVENT_A_FLAGS, "fim.flags", "FimFlags" },
	{ "BootID", add_hex, FIM_EVENT_A_BOOT_ID, "fim.boot_id", "FimBootID" },
	{ "Sequence", add_number, FIM_EVENT_A_SEQ,
	  "event.sequence", "externalId" },
	{ "Count", add_count, FIM_EVENT_A_COUNT, "fim.count", "cnt" },
	{ "Lost", add_lost, FIM_EVENT_A_COUNT, "fim.lost", "FimLost" },
	{ "LostFrom", NULL, FIM_EVENT_A_PAD, "fim.lost_from", "FimLostFrom" },
	{ "LostTo", NULL, FIM_EVENT_A_PAD, "fim.lost_to", "FimLostTo" },
};

/**
 * alert_key() - what is known of a key
 * @name: the key
 *
 * Return: it, or NULL for one that is not in the table, as those of exact bytes.
 */
const struct alert_key *alert_key(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].key, name))
			return &keys[i];
	return NULL;
}

/**
 * alert_key_at() - go through the table
 * @i: from 0
 *
 * Return: the key, NULL behind the last one.
 */
const struct alert_key *alert_key_at(size_t i)
{
	return i < ARRAY_SIZE(keys) ? &keys[i] : NULL;
}

/**
 * alert_parse() - read the attributes of a record
 * @event: FIM_A_EVENT, or NULL
 * @tb: set, FIM_EVENT_A_MAX + 1 of them
 *
 * Return: 0 or -EBADMSG.
 */
int alert_parse(struct nlattr *event, struct nlattr **tb)
{
	if (!event || nla_parse_nested(tb, FIM_EVENT_A_MAX, event, NULL) ||
	    !attr_number(tb[FIM_EVENT_A_SEQ]))
		return -EBADMSG;
	return 0;
}

/**
 * alert_json() - a record as an alert
 * @tb: its attributes, as alert_parse() set them
 *
 * Return: the alert; to be deleted by the caller.
 */
cJSON *alert_json(struct nlattr **tb)
{
	cJSON *alert = json_object();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].add)
			keys[i].add(alert, &keys[i], tb);
	return alert;
}
