// SPDX-License-Identifier: GPL-2.0
/*
 * format.c - alerts as JSON and as text, with KubeArmor's keys
 */
#include <string.h>

#include "format.h"
#include "json.h"
#include "text.h"

/**
 * format_value() - look up a string or a number
 * @alert: the alert
 * @key: its key
 *
 * Return: the value as text, NULL if there is none.
 */
const char *format_value(const cJSON *alert, const char *key)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(alert, key);

	return value ? value->valuestring : NULL;
}

/**
 * format_plain() - append a value without quotes or escapes
 * @value: a string, a number, or several with commas between
 * @out: appended to
 */
void format_plain(const cJSON *value, struct buf *out)
{
	const cJSON *item;

	if (value->valuestring) {
		buf_adds(out, value->valuestring);
		return;
	}
	cJSON_ArrayForEach(item, value) {
		if (item != value->child)
			buf_addc(out, ',');
		format_plain(item, out);
	}
}

/**
 * format_json() - append an alert as one line of JSON
 * @alert: the alert
 * @out: appended to
 */
void format_json(const cJSON *alert, struct buf *out)
{
	json_write(out, alert, false);
	buf_addc(out, '\n');
}

/**
 * format_pretty() - append an alert as JSON on several lines
 * @alert: the alert
 * @out: appended to
 */
void format_pretty(const cJSON *alert, struct buf *out)
{
	json_write(out, alert, true);
	buf_addc(out, '\n');
}

/* These say again what Tags and Data say; the time is in the title. */
static bool is_in_text(const char *key)
{
	return strcmp(key, "ATags") && strcmp(key, "EventData") &&
	       strcmp(key, "Timestamp") && strcmp(key, "UpdatedTime");
}

/**
 * format_text() - append an alert as a block of text
 * @alert: the alert
 * @out: appended to
 */
void format_text(const cJSON *alert, struct buf *out)
{
	const char *time = format_value(alert, "UpdatedTime");
	struct buf plain = { 0 };
	const cJSON *value;

	if (time)
		buf_addf(out, "== Alert / %.10s %.15s ==\n", time, time + 11);
	else
		buf_adds(out, "== Alert ==\n");
	cJSON_ArrayForEach(value, alert) {
		if (!is_in_text(value->string))
			continue;
		buf_clear(&plain);
		format_plain(value, &plain);
		buf_addf(out, "%s: ", value->string);
		text_escape(out, plain.data, plain.len);
		buf_addc(out, '\n');
	}
	buf_free(&plain);
}
