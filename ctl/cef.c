// SPDX-License-Identifier: GPL-2.0
/*
 * cef.c - alerts in the Common Event Format
 *
 * CEF escapes backslashes, line ends, "=" in values and "|" in the header, and
 * has no way to say other controls: they are shown as \xNN and the like, as
 * text of the value. JSON has the exact one.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "format.h"
#include "text.h"

static void escape(struct buf *out, const char *text, char special)
{
	const char *end = text + strlen(text);
	struct buf shown = { 0 };
	uint32_t code;
	size_t n;

	for (; text < end; text += n) {
		n = text_decode(text, end - text, &code);
		if (!n)
			n = 1;
		if (*text == '\\' || *text == special) {
			buf_addf(out, "\\%c", *text);
		} else if (*text == '\n' || *text == '\r') {
			buf_adds(out, special == '|' ? " " :
				 *text == '\n' ? "\\n" : "\\r");
		} else if (text_unsafe(code)) {
			buf_clear(&shown);
			text_escape(&shown, text, n);
			buf_addf(out, "\\%s", shown.data);
		} else {
			buf_add(out, text, n);
		}
	}
	buf_free(&shown);
}

/* cs1 to cs6, cn1 to cn3 and flexString1 and 2 say in a label what they are. */
static bool takes_label(const char *name)
{
	return isdigit((unsigned char)name[strlen(name) - 1]);
}

static void add_value(struct buf *out, const char *name, const cJSON *value)
{
	struct buf plain = { 0 };

	buf_adds(&plain, "");
	format_plain(value, &plain);
	if (takes_label(name))
		buf_addf(out, "%sLabel=%s ", name, value->string);
	buf_addf(out, "%s=", name);
	escape(out, plain.data, '=');
	buf_addc(out, ' ');
	buf_free(&plain);
}

/* Milliseconds; the alert's time has microseconds as text. */
static void add_time(struct buf *out, const cJSON *alert)
{
	const char *seconds = format_value(alert, "Timestamp");
	const char *text = format_value(alert, "UpdatedTime");

	if (seconds && text)
		buf_addf(out, "rt=%s%.3s ", seconds, text + strlen("YYYY-mm-ddTHH:MM:SS."));
}

static const char *severity(const cJSON *alert)
{
	const char *value = format_value(alert, "Severity");

	if (value)
		return value;
	if (format_value(alert, "Lost"))
		return "8";
	return format_value(alert, "Result") ? "5" : "3";
}

static void add_header(struct buf *out, const cJSON *alert)
{
	const char *operation = format_value(alert, "FileOperation");
	const char *result = format_value(alert, "Result");

	if (!operation)
		operation = format_value(alert, "Operation");
	buf_adds(out, "CEF:0|fim|fim|" VERSION "|");
	escape(out, operation, '|');
	buf_addc(out, '|');
	escape(out, operation, '|');
	if (result)
		buf_adds(out, strcmp(result, "Passed") ? " refused" :
							  " audited");
	buf_addf(out, "|%s|", severity(alert));
}

/**
 * format_cef() - append an alert in the Common Event Format, on one line
 * @alert: the alert
 * @out: appended to
 */
void format_cef(const cJSON *alert, struct buf *out)
{
	const struct alert_key *k;
	struct buf name = { 0 };
	const cJSON *value;

	add_header(out, alert);
	add_time(out, alert);
	cJSON_ArrayForEach(value, alert) {
		k = alert_key(value->string);
		if (k && !k->cef)
			continue;
		buf_clear(&name);
		if (k)
			buf_adds(&name, k->cef);
		else
			buf_addf(&name, "Fim%s", value->string);
		add_value(out, name.data, value);
	}
	out->data[out->len - 1] = '\n';
	buf_free(&name);
}
