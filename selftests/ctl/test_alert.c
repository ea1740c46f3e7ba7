// SPDX-License-Identifier: GPL-2.0
/*
 * test_alert.c - tests of ctl/alert.c: records as alerts
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <linux/audit.h>

#include "buf.h"
#include "format.h"
#include "helper.h"
#include "json.h"
#include "op.h"
#include "record.h"
#include "text.h"

#include "kselftest_harness.h"

static void expect_json(struct __test_metadata *_metadata, const cJSON *alert,
			const char *name)
{
	struct buf out = { 0 }, want = { 0 };

	buf_addf(&want,
		 "{\"Timestamp\":1696316210,"
		 "\"UpdatedTime\":\"2023-10-03T06:56:50.829165Z\","
		 "\"ClusterName\":\"default\",\"HostName\":\"%s\","
		 "\"HostPPID\":16435,\"HostPID\":16462,\"PPID\":160,"
		 "\"PID\":167,\"UID\":0,\"UserName\":\"root\",\"EUID\":0,"
		 "\"ParentProcessName\":\"/usr/bin/bash\","
		 "\"ProcessName\":\"/usr/bin/touch\",\"Comm\":\"touch\",\"PolicyName\":\"harden\","
		 "\"Severity\":\"1\",\"Tags\":\"NIST,MITRE\","
		 "\"ATags\":[\"NIST\",\"MITRE\"],\"Message\":\"Detected\","
		 "\"Type\":\"MatchedHostPolicy\",\"Source\":\"touch file\","
		 "\"Operation\":\"File\",\"FileOperation\":\"create\","
		 "\"Resource\":\"/sbin/file\","
		 "\"Data\":\"syscall=SYS_OPENAT fd=-100 "
		 "flags=O_WRONLY|O_CREAT|O_NOCTTY|O_NONBLOCK mode=0666\","
		 "\"EventData\":{\"Syscall\":\"SYS_OPENAT\",\"Fd\":\"-100\","
		 "\"Flags\":\"O_WRONLY|O_CREAT|O_NOCTTY|O_NONBLOCK\","
		 "\"Mode\":\"0666\"},\"Enforcer\":\"FIM\",\"Action\":\"Block\","
		 "\"Result\":\"Permission denied\",\"Cwd\":\"/usr/sbin/\","
		 "\"TTY\":\"pts0\",\"HashID\":"
		 "\"25dc4bb74dc60fc64450acfd95f8074992920726dc2994e65d0c4815d29f7edf\","
		 "\"component_name\":\"fim\",\"Sequence\":42,\"Count\":1}",
		 name);
	json_write(&out, alert, false);
	/* The hash is checked on its own. */
	memset(strstr(out.data, "HashID") + 9, '0', 64);
	memset(strstr(want.data, "HashID") + 9, '0', 64);
	EXPECT_STREQ(want.data, out.data);
	buf_free(&out);
	buf_free(&want);
}

TEST(the_use_case)
{
	struct record r;
	char name[256];
	cJSON *alert;

	put_touch(&r, 42);
	ASSERT_EQ(0, record_parse(&r));
	alert = alert_json(r.tb);
	ASSERT_EQ(0, gethostname(name, sizeof(name)));
	expect_json(_metadata, alert, name);
	cJSON_Delete(alert);
	record_free(&r);
}

static const char *value(const cJSON *alert, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(alert,
								     key));
}

/* printf 'harden\0host\0/usr/bin/touch\0create\0/sbin/file\0' | sha256sum */
TEST(hash)
{
	struct record r;
	cJSON *alert;

	put_touch(&r, 42);
	ASSERT_EQ(0, record_parse(&r));
	alert = alert_json(r.tb);
	EXPECT_STREQ("25dc4bb74dc60fc64450acfd95f8074992920726dc2994e65d0c4815d29f7edf",
		     value(alert, "HashID"));
	cJSON_Delete(alert);
	record_free(&r);
}

TEST(text)
{
	static const char head[] =
		"== Alert / 2023-10-03 06:56:50.829165 ==\nClusterName: ";
	struct buf out = { 0 };
	struct record r;
	cJSON *alert;

	put_touch(&r, 42);
	ASSERT_EQ(0, record_parse(&r));
	alert = alert_json(r.tb);
	format_text(alert, &out);
	EXPECT_EQ(0, strncmp(out.data, head, strlen(head)));
	EXPECT_NE(NULL, strstr(out.data, "\nResource: /sbin/file\n"));
	EXPECT_NE(NULL, strstr(out.data, "\nHostPID: 16462\n"));
	EXPECT_NE(NULL, strstr(out.data, "\nTags: NIST,MITRE\n"));
	EXPECT_EQ(NULL, strstr(out.data, "ATags"));
	buf_free(&out);
	cJSON_Delete(alert);
	record_free(&r);
}

TEST(action_and_result)
{
	static const struct {
		uint8_t action;
		uint32_t error;
		const char *shown;
		const char *result;
	} cases[] = {
		{ FIM_ACTION_BLOCK, EACCES, "Block", "Permission denied" },
		{ FIM_ACTION_BLOCK, EPERM, "Block", "Operation not permitted" },
		{ FIM_ACTION_AUDIT, 0, "Audit", "Passed" },
		{ FIM_ACTION_BLOCK, 0, "Audit (Block)", "Passed" },
		{ 99, 0, "unknown", "Passed" },
	};
	struct record r;
	cJSON *alert;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		record_begin(&r, 1, FIM_EVENT_VIOLATION);
		nla_put_u8(r.msg, FIM_EVENT_A_ACTION, cases[i].action);
		nla_put_u32(r.msg, FIM_EVENT_A_ERRNO, cases[i].error);
		ASSERT_EQ(0, record_parse(&r));
		alert = alert_json(r.tb);
		EXPECT_STREQ(cases[i].shown, value(alert, "Action"));
		EXPECT_STREQ(cases[i].result, value(alert, "Result"));
		cJSON_Delete(alert);
		record_free(&r);
	}
}

TEST(source_falls_back)
{
	struct record r;
	cJSON *alert;
	int i;

	static const char *const want[] = { "kworker", "/bin/x" };

	for (i = 0; i < 2; i++) {
		record_begin(&r, 1, FIM_EVENT_VIOLATION);
		put_text(&r, FIM_EVENT_A_COMM, "kworker");
		nla_put(r.msg, FIM_EVENT_A_CMDLINE, 2, "\0\0");
		if (i)
			put_text(&r, FIM_EVENT_A_EXE, "/bin/x");
		ASSERT_EQ(0, record_parse(&r));
		alert = alert_json(r.tb);
		EXPECT_STREQ(want[i], value(alert, "Source"));
		cJSON_Delete(alert);
		record_free(&r);
	}
}

TEST(io_uring)
{
	struct record r;
	cJSON *alert;

	record_begin(&r, 1, FIM_EVENT_VIOLATION);
	nla_put_u32(r.msg, FIM_EVENT_A_FLAGS,
		    FIM_EVENT_IO_URING | FIM_EVENT_CUT);
	ASSERT_EQ(0, record_parse(&r));
	alert = alert_json(r.tb);
	EXPECT_STREQ("syscall=io_uring", value(alert, "Data"));
	EXPECT_EQ(2, cJSON_GetArraySize(cJSON_GetObjectItem(alert, "Flags")));
	cJSON_Delete(alert);
	record_free(&r);
}

/* A protocol that grew: its new operations want names. */
TEST(every_operation_has_a_name)
{
	int op;

	for (op = 1; op <= FIM_OP_MAX; op++)
		EXPECT_STRNE("unknown", op_name(op)) {
			TH_LOG("operation %d", op);
		}
	EXPECT_STREQ("unknown", op_name(FIM_OP_MAX + 1));
	EXPECT_STREQ("unknown", op_name(UINT64_MAX));
}

TEST(own_events)
{
	static const struct {
		uint8_t type;
		const char *operation;
	} cases[] = {
		{ FIM_EVENT_LOST, "RecordsLost" },
		{ FIM_EVENT_APPLIED, "PolicyApplied" },
		{ FIM_EVENT_DELETED, "PolicyDeleted" },
		{ FIM_EVENT_STATE, "StateChanged" },
		{ FIM_EVENT_UNARMED, "RuleUnarmed" },
		{ FIM_EVENT_ARMED, "RuleArmed" },
		{ 200, "Unknown" },
	};
	struct record r;
	cJSON *alert;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		record_begin(&r, 1, cases[i].type);
		nla_put_u64(r.msg, FIM_EVENT_A_COUNT, 7);
		nla_put_u8(r.msg, FIM_EVENT_A_STATE, FIM_STATE_DEGRADED);
		ASSERT_EQ(0, record_parse(&r));
		alert = alert_json(r.tb);
		EXPECT_STREQ("SystemEvent", value(alert, "Type"));
		EXPECT_STREQ(cases[i].operation, value(alert, "Operation"));
		EXPECT_STREQ("degraded", value(alert, "State"));
		EXPECT_EQ(NULL, cJSON_GetObjectItem(alert, "Result"));
		EXPECT_EQ(NULL, cJSON_GetObjectItem(alert, "UID"));
		EXPECT_EQ(cases[i].type == FIM_EVENT_LOST,
			  !!cJSON_GetObjectItem(alert, "Lost"));
		cJSON_Delete(alert);
		record_free(&r);
	}
}

/* A file of any name: JSON is valid, and either exact or has exact bytes. */
static int check_name(const unsigned char *name, size_t len)
{
	struct buf json = { 0 }, text = { 0 }, hex = { 0 };
	struct record r;
	cJSON *alert, *back;
	int ok;

	record_begin(&r, 1, FIM_EVENT_VIOLATION);
	nla_put(r.msg, FIM_EVENT_A_PATH, len, name);
	ok = !record_parse(&r);
	alert = alert_json(r.tb);
	json_write(&json, alert, false);
	format_text(alert, &text);
	back = cJSON_ParseWithOpts(json.data, NULL, 1);
	ok = ok && back && text_valid(json.data, json.len) &&
	     !memchr(json.data, '\n', json.len) &&
	     !memchr(json.data, 0x7f, json.len) &&
	     !memchr(text.data, 0x1b, text.len) &&
	     !memchr(text.data, 0x7f, text.len);
	buf_hex(&hex, name, len);
	if (ok && text_valid(name, len))
		ok = !memcmp(value(back, "Resource"), name, len) &&
		     !value(back, "ResourceHex");
	else if (ok)
		ok = !strcmp(value(back, "ResourceHex"), hex.data);
	cJSON_Delete(back);
	cJSON_Delete(alert);
	buf_free(&json);
	buf_free(&text);
	buf_free(&hex);
	record_free(&r);
	return ok;
}

TEST(names_of_any_bytes)
{
	unsigned char name[4] = { '/' };
	int i, k, bad = 0;

	for (i = 1; i < 256; i++) {
		name[1] = i;
		bad += !check_name(name, 2);
		for (k = 1; k < 256; k += 3) {
			name[2] = k;
			name[3] = 'z';
			bad += !check_name(name, 4);
		}
	}
	EXPECT_EQ(0, bad);
}

TEST(numbers_above_2_to_53)
{
	struct buf out = { 0 };
	struct record r;
	cJSON *alert;

	record_begin(&r, 18446744073709551615ULL, FIM_EVENT_STATE);
	ASSERT_EQ(0, record_parse(&r));
	alert = alert_json(r.tb);
	json_write(&out, alert, false);
	EXPECT_NE(NULL, strstr(out.data, "\"Sequence\":18446744073709551615"));
	cJSON_Delete(alert);
	buf_free(&out);
	record_free(&r);
}

/* Attributes of wrong sizes, from a kernel that is not ours, do no harm. */
TEST(sizes)
{
	static const unsigned char junk[64] = { 1, 2, 3 };
	struct record r;
	cJSON *alert;
	int attr, len;

	for (attr = 1; attr <= FIM_EVENT_A_MAX; attr++) {
		for (len = 0; len <= 64; len += len < 10 ? 1 : 27) {
			if (attr == FIM_EVENT_A_SEQ)
				continue;
			record_begin(&r, 1, FIM_EVENT_VIOLATION);
			nla_put_u32(r.msg, FIM_EVENT_A_SYSCALL, 257);
			nla_put(r.msg, attr, len, junk);
			ASSERT_EQ(0, record_parse(&r));
			alert = alert_json(r.tb);
			EXPECT_NE(NULL, alert);
			cJSON_Delete(alert);
			record_free(&r);
		}
	}
}

/* What is said is not the policy's message, which is about changes. */
TEST(writer)
{
	struct record r;
	cJSON *alert;

	record_begin(&r, 7, FIM_EVENT_WRITER);
	nla_put_u32(r.msg, FIM_EVENT_A_FLAGS, FIM_EVENT_MAPPED);
	nla_put_u64(r.msg, FIM_EVENT_A_COUNT, 2);
	nla_put_string(r.msg, FIM_EVENT_A_MESSAGE, "somebody changed it");
	put_text(&r, FIM_EVENT_A_PATH, "/srv/x/f");
	ASSERT_EQ(0, record_parse(&r));
	alert = alert_json(r.tb);
	EXPECT_STREQ("SystemEvent", value(alert, "Type"));
	EXPECT_STREQ("WriterFound", value(alert, "Operation"));
	EXPECT_STREQ("The file was open for writing 2 times when the rule came",
		     value(alert, "Message"));
	EXPECT_STREQ("/srv/x/f", value(alert, "Resource"));
	EXPECT_STREQ("Mapped",
		     cJSON_GetArrayItem(cJSON_GetObjectItem(alert, "Flags"),
					0)->valuestring);
	EXPECT_STREQ("2", cJSON_GetObjectItem(alert, "Count")->valuestring);
	cJSON_Delete(alert);
	record_free(&r);
}

TEST_HARNESS_MAIN
