// SPDX-License-Identifier: GPL-2.0
/*
 * test_filter.c - tests of ctl/filter.c: which alerts are wanted
 */
#include <errno.h>

#include "filter.h"
#include "helper.h"
#include "json.h"

#include "kselftest_harness.h"

static cJSON *make_alert(void)
{
	cJSON *alert = json_object();

	json_add_string(alert, "PolicyName", "harden-web");
	json_add_string(alert, "Operation", "File");
	json_add_string(alert, "FileOperation", "rename");
	json_add_string(alert, "Action", "Audit (Block)");
	json_add_string(alert, "Resource", "/srv/www/index");
	json_add_string(alert, "Target", "/tmp/x");
	json_add_string(alert, "Source", "mv index /tmp/x");
	json_add_string(alert, "ProcessName", "/usr/bin/mv");
	json_add_string(alert, "ContainerID", "0123abc");
	json_add_string(alert, "Labels", "app=web,tier=front");
	return alert;
}

TEST(options)
{
	static const struct {
		const char *option[2];
		const char *expression[2];
		bool wanted;
	} cases[] = {
		{ { NULL }, { NULL }, true },
		{ { "policy" }, { "^harden" }, true },
		{ { "policy" }, { "^web" }, false },
		{ { "policy" }, { "HARDEN" }, true },
		{ { "operation" }, { "file" }, true },
		{ { "operation" }, { "^rename$" }, true },
		{ { "operation" }, { "unlink" }, false },
		{ { "action" }, { "^block$" }, false },
		{ { "action" }, { "block" }, true },
		{ { "resource" }, { "/srv/" }, true },
		{ { "resource" }, { "^/tmp" }, true },
		{ { "resource" }, { "/etc" }, false },
		{ { "source" }, { "/usr/bin/mv" }, true },
		{ { "source" }, { "index" }, true },
		{ { "container" }, { "^0123" }, true },
		{ { "label" }, { "(^|,)app=web(,|$)" }, true },
		{ { "label" }, { "app=db" }, false },
		{ { "pod" }, { "." }, false },
		/* One option twice: either. Two options: both. */
		{ { "policy", "policy" }, { "nothing", "web" }, true },
		{ { "policy", "action" }, { "web", "audit" }, true },
		{ { "policy", "action" }, { "web", "allow" }, false },
	};
	cJSON *alert = make_alert();
	struct filter f;
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		f = (struct filter){ 0 };
		for (k = 0; k < 2 && cases[i].option[k]; k++)
			ASSERT_EQ(0, filter_add(&f, cases[i].option[k],
						cases[i].expression[k]));
		EXPECT_EQ(cases[i].wanted, filter_match(&f, alert)) {
			TH_LOG("case %zu", i);
		}
		filter_free(&f);
	}
	cJSON_Delete(alert);
}

TEST(losses_are_always_wanted)
{
	static const struct {
		const char *operation;
		bool wanted;
	} cases[] = {
		{ "RecordsLost", true },
		{ "ModuleReloaded", true },
		{ "PolicyApplied", false },
	};
	struct filter f = { 0 };
	cJSON *alert;
	size_t i;

	ASSERT_EQ(0, filter_add(&f, "policy", "web"));
	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		alert = json_object();
		json_add_string(alert, "Operation", cases[i].operation);
		EXPECT_EQ(cases[i].wanted, filter_match(&f, alert));
		cJSON_Delete(alert);
	}
	filter_free(&f);
}

TEST(wrong)
{
	struct filter f = { 0 };

	EXPECT_EQ(-EINVAL, filter_add(&f, "policy", "a("));
	EXPECT_EQ(0, f.nr);
	EXPECT_FALSE(filter_has("since"));
	EXPECT_TRUE(filter_has("label"));
	filter_free(&f);
}

TEST_HARNESS_MAIN
