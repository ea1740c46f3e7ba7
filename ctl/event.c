// SPDX-License-Identifier: GPL-2.0
/*
 * event.c - what the module's own events are called
 */
#include <inttypes.h>

#include "../uapi/fim.h"
#include "array.h"
#include "event.h"

/**
 * struct event_name - what an event of the module's own is called
 * @operation: as Operation
 * @message: as Message
 */
static const struct event_name {
	const char *operation;
	const char *message;
} names[] = {
	[FIM_EVENT_UNSPEC] = { "Unknown", "An event of an unknown type" },
	[FIM_EVENT_VIOLATION] = { "File", NULL },
	[FIM_EVENT_LOST] = { "RecordsLost",
			     "There was no memory to record operations" },
	[FIM_EVENT_APPLIED] = { "PolicyApplied",
				"A policy was put into force" },
	[FIM_EVENT_DELETED] = { "PolicyDeleted", "A policy was removed" },
	[FIM_EVENT_STATE] = { "StateChanged", "The module's state changed" },
	[FIM_EVENT_UNARMED] = { "RuleUnarmed",
				"A rule's directory went with its filesystem" },
	[FIM_EVENT_ARMED] = { "RuleArmed", "A waiting rule took hold" },
	[FIM_EVENT_WRITER] = { "WriterFound",
			       "The file was open for writing" },
	[FIM_EVENT_LOADED] = { "ModuleLoaded", "The module was loaded" },
	[FIM_EVENT_UNLOADED] = { "ModuleUnloaded",
				 "The module is being unloaded" },
	[FIM_EVENT_SELFTESTED] = { "SelfTest", "The hooks were tested" },
	[FIM_EVENT_DENIED] = { "CommandDenied",
			       "A command to the module was refused" },
	[FIM_EVENT_CONTAINER_ADDED] = { "ContainerAdded",
					"A container was added" },
	[FIM_EVENT_CONTAINER_REMOVED] = { "ContainerRemoved",
					  "A container is gone" },
	[FIM_EVENT_PAUSED] = { "MaintenanceStarted",
			       "A maintenance window was opened" },
	[FIM_EVENT_RESUMED] = { "MaintenanceEnded",
				"The maintenance window was closed" },
	[FIM_EVENT_SEALED] = { "Sealed", "The module was sealed until reboot" },
	[FIM_EVENT_TRIED] = { "TrialStarted",
			      "Policies were put into force on trial" },
	[FIM_EVENT_CONFIRMED] = { "TrialConfirmed",
				  "Policies on trial were confirmed" },
	[FIM_EVENT_ROLLED_BACK] = { "TrialRolledBack",
				    "Policies on trial were not confirmed and are rolled back" },
};

static const struct event_name *find(uint64_t type)
{
	return &names[type < ARRAY_SIZE(names) && names[type].operation ?
		      type : FIM_EVENT_UNSPEC];
}

/**
 * event_operation() - the name of a type of event
 * @type: enum fim_event_type
 *
 * Return: the name; "Unknown" for one from a newer module.
 */
const char *event_operation(uint64_t type)
{
	return find(type)->operation;
}

/**
 * event_message() - say what an event is about
 * @type: enum fim_event_type
 * @count: FIM_EVENT_A_COUNT, 0 if there is none
 * @out: appended to
 *
 * Return: false if there is nothing to say.
 */
bool event_message(uint64_t type, uint64_t count, struct buf *out)
{
	const char *message = find(type)->message;

	if (!message)
		return false;
	buf_adds(out, message);
	if (type == FIM_EVENT_WRITER)
		buf_addf(out, " %" PRIu64 " time%s when the rule came", count,
			 count == 1 ? "" : "s");
	return true;
}

/**
 * event_flag_name() - the name of a flag of an event
 * @bit: its number in enum fim_event_flags, from 0
 *
 * Return: the name, or NULL for one from a newer module.
 */
const char *event_flag_name(unsigned int bit)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} flags[] = {
		{ FIM_EVENT_KTHREAD, "KernelThread" },
		{ FIM_EVENT_IO_URING, "IoUring" },
		{ FIM_EVENT_EXE_DELETED, "ExecutableDeleted" },
		{ FIM_EVENT_PARTIAL, "Partial" },
		{ FIM_EVENT_CUT, "Cut" },
		{ FIM_EVENT_GUARD, "Guard" },
		{ FIM_EVENT_MAPPED, "Mapped" },
		{ FIM_EVENT_VARIOUS, "Various" },
		{ FIM_EVENT_TASKS, "Tasks" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (flags[i].flag == 1U << bit)
			return flags[i].name;
	return NULL;
}

/**
 * event_command_name() - the name of a command to the module
 * @cmd: enum fim_cmd
 *
 * Return: the name; "unknown" for one from a newer module.
 */
const char *event_command_name(uint64_t cmd)
{
	static const char *const name[] = {
		[FIM_CMD_STATUS_GET] = "status-get",
		[FIM_CMD_HOOK_GET] = "hook-get",
		[FIM_CMD_POLICY_GET] = "policy-get",
		[FIM_CMD_RULE_GET] = "rule-get",
		[FIM_CMD_EVENT_GET] = "event-get",
		[FIM_CMD_SELFTEST] = "selftest",
		[FIM_CMD_TXN_BEGIN] = "txn-begin",
		[FIM_CMD_POLICY_ADD] = "policy-add",
		[FIM_CMD_RULE_ADD] = "rule-add",
		[FIM_CMD_POLICY_DEL] = "policy-del",
		[FIM_CMD_TXN_COMMIT] = "txn-commit",
		[FIM_CMD_TXN_ABORT] = "txn-abort",
		[FIM_CMD_EXPLAIN] = "explain",
		[FIM_CMD_CONTAINER_GET] = "container-get",
		[FIM_CMD_CONTAINER_ADD] = "container-add",
		[FIM_CMD_CONTAINER_DEL] = "container-del",
		[FIM_CMD_PAUSE] = "pause",
		[FIM_CMD_RESUME] = "resume",
		[FIM_CMD_CONFIRM] = "confirm",
		[FIM_CMD_SEAL] = "seal",
	};

	return cmd < ARRAY_SIZE(name) && name[cmd] ? name[cmd] : "unknown";
}
