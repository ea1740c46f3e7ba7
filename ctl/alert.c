// SPDX-License-Identifier: GPL-2.0
/*
 * alert.c - records of the module as KubeArmor's alerts
 *
 * One table says which key comes from which attribute of a record, in the
 * order of KubeArmor's keys. The text format is made from the same tree as
 * JSON. A key is left out if the record has nothing for it.
 */
#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "alert.h"
#include "array.h"
#include "attr.h"
#include "config.h"
#include "event.h"
#include "json.h"
#include "mem.h"
#include "op.h"
#include "policy.h"
#include "sha256.h"
#include "status.h"
#include "syscall.h"
#include "text.h"

/** @NSEC_PER_SEC: nanoseconds in a second */
#define NSEC_PER_SEC 1000000000ULL

/**
 * struct key - a key of an alert
 * @key: the key
 * @add: puts it into the alert, or leaves it out
 * @attr: enum fim_event_attr that it comes from
 */
struct key {
	const char *key;
	void (*add)(cJSON *to, const struct key *k, struct nlattr **tb);
	int attr;
};

static bool is_violation(struct nlattr **tb)
{
	return attr_number(tb[FIM_EVENT_A_TYPE]) == FIM_EVENT_VIOLATION;
}

static void add_number(cJSON *to, const struct key *k, struct nlattr **tb)
{
	if (tb[k->attr])
		json_add_number(to, k->key, attr_number(tb[k->attr]));
}

/* KubeArmor's alerts always have these; own events only if they know. */
static void add_always(cJSON *to, const struct key *k, struct nlattr **tb)
{
	if (tb[k->attr] || is_violation(tb))
		json_add_number(to, k->key, attr_number(tb[k->attr]));
}

static void add_number_text(cJSON *to, const struct key *k, struct nlattr **tb)
{
	char digits[24];

	if (!attr_number(tb[k->attr]))
		return;
	snprintf(digits, sizeof(digits), "%llu",
		 (unsigned long long)attr_number(tb[k->attr]));
	json_add_string(to, k->key, digits);
}

static size_t string_length(const struct nlattr *nla)
{
	return nla ? strnlen(nla_data(nla), nla_len(nla)) : 0;
}

static void add_bytes(cJSON *to, const struct key *k, struct nlattr **tb)
{
	size_t len = string_length(tb[k->attr]);

	if (len)
		json_add_bytes(to, k->key, nla_data(tb[k->attr]), len);
}

static void add_time(cJSON *to, uint64_t ns)
{
	time_t seconds = ns / NSEC_PER_SEC;
	struct tm tm;
	char text[64];
	size_t len;

	json_add_number(to, "Timestamp", ns / NSEC_PER_SEC);
	if (!gmtime_r(&seconds, &tm))
		return;
	len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, sizeof(text) - len, ".%06uZ",
		 (unsigned int)(ns % NSEC_PER_SEC / 1000));
	json_add_string(to, "UpdatedTime", text);
}

static void add_times(cJSON *to, const struct key *k, struct nlattr **tb)
{
	add_time(to, attr_number(tb[k->attr]));
}

static void add_host(cJSON *to)
{
	char name[256];

	json_add_string(to, "ClusterName", config_get()->cluster_name);
	if (gethostname(name, sizeof(name)))
		return;
	name[sizeof(name) - 1] = '\0';
	json_add_string(to, "HostName", name);
}

static void add_machine(cJSON *to, const struct key *k, struct nlattr **tb)
{
	(void)k;
	(void)tb;
	add_host(to);
}

/* Alerts come in bursts from one user, and a lookup may ask the network. */
static void add_user(cJSON *to, const struct key *k, struct nlattr **tb)
{
	static uid_t known;
	static char *name;
	uid_t uid = attr_number(tb[k->attr]);
	struct passwd *pw;

	if (!tb[k->attr])
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

static void add_tags(cJSON *to, const struct key *k, struct nlattr **tb)
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
	json_add_string(to, "Tags", joined.data);
	json_add(to, "ATags", tags);
	buf_free(&joined);
}

/* A policy's message is about changes, which a writer that was found is not. */
static void add_message(cJSON *to, const struct key *k, struct nlattr **tb)
{
	uint64_t type = attr_number(tb[FIM_EVENT_A_TYPE]);
	struct buf message = { 0 };

	if (type != FIM_EVENT_WRITER && string_length(tb[k->attr]))
		add_bytes(to, k, tb);
	else if (event_message(type, attr_number(tb[FIM_EVENT_A_COUNT]),
			       &message))
		json_add_string(to, k->key, message.data);
	buf_free(&message);
}

static void add_type(cJSON *to, const struct key *k, struct nlattr **tb)
{
	json_add_string(to, k->key, is_violation(tb) ? "MatchedHostPolicy" :
						       "SystemEvent");
}

static void add_operation(cJSON *to, const struct key *k, struct nlattr **tb)
{
	json_add_string(to, k->key, event_operation(attr_number(tb[k->attr])));
}

static void add_file_operation(cJSON *to, const struct key *k,
			       struct nlattr **tb)
{
	if (tb[k->attr])
		json_add_string(to, k->key, op_name(attr_number(tb[k->attr])));
}

static void add_state(cJSON *to, const struct key *k, struct nlattr **tb)
{
	if (tb[k->attr])
		json_add_string(to, k->key,
				status_state_name(attr_number(tb[k->attr])));
}

/* Arguments joined by spaces, as KubeArmor has it; else who it was at all. */
static void add_source(cJSON *to, const struct key *k, struct nlattr **tb)
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
		if (!string_length(nla))
			continue;
		json_add_bytes(to, k->key, nla_data(nla), string_length(nla));
		return;
	}
}

static void decode_call(struct nlattr **tb, struct syscall_info *info)
{
	struct nlattr *nla = tb[FIM_EVENT_A_ARGS];
	uint64_t args[SYSCALL_ARGS];

	if (attr_number(tb[FIM_EVENT_A_FLAGS]) & FIM_EVENT_IO_URING) {
		info->nr = 1;
		info->pair[0] = (struct syscall_pair){ "syscall", "io_uring" };
		return;
	}
	info->nr = 0;
	if (!tb[FIM_EVENT_A_SYSCALL])
		return;
	if (nla && nla_len(nla) == sizeof(args))
		memcpy(args, nla_data(nla), sizeof(args));
	else
		nla = NULL;
	syscall_decode(attr_number(tb[FIM_EVENT_A_ARCH]),
		       (int32_t)attr_number(tb[FIM_EVENT_A_SYSCALL]),
		       nla ? args : NULL, info);
}

static void add_data(cJSON *to, const struct key *k, struct nlattr **tb)
{
	struct syscall_info info;
	struct buf data = { 0 };
	char key[32];
	cJSON *map;
	size_t i;

	decode_call(tb, &info);
	if (!info.nr)
		return;
	map = json_object();
	for (i = 0; i < info.nr; i++) {
		buf_addf(&data, "%s%s=%s", i ? " " : "", info.pair[i].key,
			 info.pair[i].value);
		snprintf(key, sizeof(key), "%s", info.pair[i].key);
		key[0] -= 'a' - 'A';
		json_add_string(map, key, info.pair[i].value);
	}
	json_add_string(to, k->key, data.data);
	json_add(to, "EventData", map);
	buf_free(&data);
}

static void add_enforcer(cJSON *to, const struct key *k, struct nlattr **tb)
{
	if (is_violation(tb))
		json_add_string(to, k->key, "FIM");
}

static void add_action(cJSON *to, const struct key *k, struct nlattr **tb)
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

static void add_result(cJSON *to, const struct key *k, struct nlattr **tb)
{
	uint64_t error = attr_number(tb[k->attr]);

	if (is_violation(tb))
		json_add_string(to, k->key,
				error ? strerror((int)error) : "Passed");
}

static void add_cwd(cJSON *to, const struct key *k, struct nlattr **tb)
{
	size_t len = string_length(tb[k->attr]);
	struct buf cwd = { 0 };

	if (!len)
		return;
	buf_add(&cwd, nla_data(tb[k->attr]), len);
	if (cwd.data[len - 1] != '/')
		buf_addc(&cwd, '/');
	json_add_bytes(to, k->key, cwd.data, cwd.len);
	buf_free(&cwd);
}

static void hash_field(struct buf *to, const void *bytes, size_t len)
{
	buf_add(to, bytes, len);
	/* No field can hold a NUL, so no two alerts are joined to the same. */
	buf_addc(to, '\0');
}

static void hash_attr(struct buf *to, const struct nlattr *nla)
{
	hash_field(to, nla ? nla_data(nla) : NULL, string_length(nla));
}

static void add_hash(cJSON *to, const struct key *k, struct nlattr **tb)
{
	struct buf what = { 0 }, hex = { 0 };
	uint8_t digest[SHA256_SIZE];
	const char *op;

	if (!is_violation(tb))
		return;
	op = op_name(attr_number(tb[FIM_EVENT_A_OP]));
	hash_attr(&what, tb[FIM_EVENT_A_POLICY]);
	hash_field(&what, "host", strlen("host"));
	hash_attr(&what, tb[FIM_EVENT_A_EXE]);
	hash_field(&what, op, strlen(op));
	hash_attr(&what, tb[FIM_EVENT_A_PATH]);
	sha256(what.data, what.len, digest);
	buf_hex(&hex, digest, sizeof(digest));
	json_add_string(to, k->key, hex.data);
	buf_free(&what);
	buf_free(&hex);
}

static void add_component(cJSON *to, const struct key *k, struct nlattr **tb)
{
	(void)tb;
	json_add_string(to, k->key, "fim");
}

static void add_count(cJSON *to, const struct key *k, struct nlattr **tb)
{
	if (is_violation(tb) ||
	    attr_number(tb[FIM_EVENT_A_TYPE]) == FIM_EVENT_WRITER)
		json_add_number(to, k->key, tb[k->attr] ?
				attr_number(tb[k->attr]) : 1);
}

static void add_lost(cJSON *to, const struct key *k, struct nlattr **tb)
{
	if (attr_number(tb[FIM_EVENT_A_TYPE]) == FIM_EVENT_LOST)
		json_add_number(to, k->key, attr_number(tb[k->attr]));
}

static void add_flags(cJSON *to, const struct key *k, struct nlattr **tb)
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

static const struct key keys[] = {
	{ "Timestamp", add_times, FIM_EVENT_A_TIME },
	{ "HostName", add_machine, 0 },
	{ "HostPPID", add_number, FIM_EVENT_A_PPID },
	{ "HostPID", add_number, FIM_EVENT_A_TGID },
	{ "PPID", add_always, FIM_EVENT_A_NS_PPID },
	{ "PID", add_number, FIM_EVENT_A_NS_TGID },
	{ "UID", add_always, FIM_EVENT_A_UID },
	{ "UserName", add_user, FIM_EVENT_A_UID },
	{ "EUID", add_number, FIM_EVENT_A_EUID },
	{ "LoginUID", add_number, FIM_EVENT_A_LOGINUID },
	{ "SessionID", add_number, FIM_EVENT_A_SESSIONID },
	{ "ParentProcessName", add_bytes, FIM_EVENT_A_PARENT_EXE },
	{ "ProcessName", add_bytes, FIM_EVENT_A_EXE },
	{ "PolicyName", add_bytes, FIM_EVENT_A_POLICY },
	{ "Severity", add_number_text, FIM_EVENT_A_SEVERITY },
	{ "Tags", add_tags, FIM_EVENT_A_TAGS },
	{ "Message", add_message, FIM_EVENT_A_MESSAGE },
	{ "Type", add_type, FIM_EVENT_A_TYPE },
	{ "Source", add_source, FIM_EVENT_A_CMDLINE },
	{ "Operation", add_operation, FIM_EVENT_A_TYPE },
	{ "FileOperation", add_file_operation, FIM_EVENT_A_OP },
	{ "State", add_state, FIM_EVENT_A_STATE },
	{ "Resource", add_bytes, FIM_EVENT_A_PATH },
	{ "Target", add_bytes, FIM_EVENT_A_TARGET },
	{ "Data", add_data, FIM_EVENT_A_SYSCALL },
	{ "Enforcer", add_enforcer, FIM_EVENT_A_TYPE },
	{ "Action", add_action, FIM_EVENT_A_ACTION },
	{ "Result", add_result, FIM_EVENT_A_ERRNO },
	{ "Cwd", add_cwd, FIM_EVENT_A_CWD },
	{ "TTY", add_bytes, FIM_EVENT_A_TTY },
	{ "HashID", add_hash, FIM_EVENT_A_PATH },
	{ "component_name", add_component, 0 },
	{ "Flags", add_flags, FIM_EVENT_A_FLAGS },
	{ "Sequence", add_number, FIM_EVENT_A_SEQ },
	{ "Count", add_count, FIM_EVENT_A_COUNT },
	{ "Lost", add_lost, FIM_EVENT_A_COUNT },
};

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
		keys[i].add(alert, &keys[i], tb);
	return alert;
}

static cJSON *own_alert(const char *operation, const char *message)
{
	cJSON *alert = json_object();
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	add_time(alert, now.tv_sec * NSEC_PER_SEC + now.tv_nsec);
	add_host(alert);
	json_add_string(alert, "Message", message);
	json_add_string(alert, "Type", "SystemEvent");
	json_add_string(alert, "Operation", operation);
	json_add_string(alert, "component_name", "fim");
	return alert;
}

/**
 * alert_lost() - say that records are lost
 * @from: number of the first one
 * @to: number of the last one
 *
 * Return: the alert; to be deleted by the caller.
 */
cJSON *alert_lost(uint64_t from, uint64_t to)
{
	cJSON *alert = own_alert("RecordsLost",
				 "The module no longer holds these records");

	json_add_number(alert, "Lost", to - from + 1);
	json_add_number(alert, "LostFrom", from);
	json_add_number(alert, "LostTo", to);
	return alert;
}

/**
 * alert_restarted() - say that record numbers begin again
 *
 * Return: the alert; to be deleted by the caller.
 */
cJSON *alert_restarted(void)
{
	return own_alert("ModuleReloaded",
			 "The module was loaded anew; records begin at 1");
}

static void text_value(const cJSON *value, struct buf *out)
{
	const cJSON *item;

	if (cJSON_IsString(value)) {
		text_escape(out, value->valuestring,
			    strlen(value->valuestring));
	} else if (cJSON_IsRaw(value)) {
		buf_adds(out, value->valuestring);
	} else {
		cJSON_ArrayForEach(item, value) {
			if (item != value->child)
				buf_addc(out, ',');
			text_value(item, out);
		}
	}
}

/* These say again what Tags and Data say; the time is in the title. */
static bool is_in_text(const char *key)
{
	return strcmp(key, "ATags") && strcmp(key, "EventData") &&
	       strcmp(key, "Timestamp") && strcmp(key, "UpdatedTime");
}

/**
 * alert_text() - append an alert as a block of text, safe on a terminal
 * @alert: the alert
 * @out: appended to
 */
void alert_text(const cJSON *alert, struct buf *out)
{
	const cJSON *value;
	const char *time;

	value = cJSON_GetObjectItemCaseSensitive(alert, "UpdatedTime");
	time = cJSON_GetStringValue(value);
	if (time)
		buf_addf(out, "== Alert / %.10s %.15s ==\n", time, time + 11);
	else
		buf_adds(out, "== Alert ==\n");
	cJSON_ArrayForEach(value, alert) {
		if (!is_in_text(value->string))
			continue;
		buf_addf(out, "%s: ", value->string);
		text_value(value, out);
		buf_addc(out, '\n');
	}
}
