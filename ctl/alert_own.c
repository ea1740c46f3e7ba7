// SPDX-License-Identifier: GPL-2.0
/*
 * alert_own.c - alerts that no record of the module is behind
 */
#include <inttypes.h>
#include <time.h>

#include "alert.h"
#include "array.h"
#include "buf.h"
#include "json.h"

/** @NSEC_PER_SEC: nanoseconds in a second */
#define NSEC_PER_SEC 1000000000ULL

static cJSON *own_alert(const char *operation, const char *message)
{
	static const char *const always[] = { "ClusterName", "HostName" };
	cJSON *alert = json_object();
	const struct alert_key *key;
	struct timespec now;
	size_t i;

	clock_gettime(CLOCK_REALTIME, &now);
	json_add_number(alert, "Timestamp", now.tv_sec);
	alert_add_time(alert, "UpdatedTime",
		       now.tv_sec * NSEC_PER_SEC + now.tv_nsec);
	for (i = 0; i < ARRAY_SIZE(always); i++) {
		key = alert_key(always[i]);
		key->add(alert, key, NULL);
	}
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
 * @operations: that they told, NULL if that is not known
 *
 * Return: the alert; to be deleted by the caller.
 */
cJSON *alert_lost(uint64_t from, uint64_t to, const uint64_t *operations)
{
	cJSON *alert = own_alert("RecordsLost",
				 "The module no longer holds these records");

	if (operations)
		json_add_number(alert, "Lost", *operations);
	json_add_number(alert, "LostFrom", from);
	json_add_number(alert, "LostTo", to);
	return alert;
}

/**
 * alert_restarted() - say that record numbers begin again
 * @next: number of the record that would have come next
 *
 * Return: the alert; to be deleted by the caller.
 */
cJSON *alert_restarted(uint64_t next)
{
	struct buf message = { 0 };
	cJSON *alert;

	buf_addf(&message, "The module was loaded anew; records begin at 1. "
		 "Those from before are lost from number %" PRIu64 " on",
		 next);
	alert = own_alert("ModuleReloaded", message.data);
	buf_free(&message);
	return alert;
}
