/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * fim.h - the wire protocol of the file integrity module
 *
 * fim speaks generic netlink: family "fim", version 1, in the initial network
 * namespace only. Every message carries attributes of enum fim_attr, which
 * nest the sets below it. Numbers are in host byte order. Strings end in NUL
 * unless they are said to be bytes: file names, command lines and the like may
 * hold any byte but those that a NUL would end, and are sent as they are.
 *
 * Attributes and values are only ever appended. The kernel refuses a request
 * that holds an attribute or a bit it does not know, and each refusal carries
 * an extended ACK (NETLINK_EXT_ACK) with a text and, where one is to blame,
 * the offset of the attribute.
 *
 * Who may. Three classes of commands, checked in the initial user namespace
 * against the sender and, unless he addresses the message himself, against the
 * opener of the socket:
 *
 *   read     CAP_SYS_ADMIN
 *   control  CAP_MAC_ADMIN and CAP_NET_ADMIN
 *   events   joining the multicast group "events" takes CAP_SYS_ADMIN
 *
 * Everything else answers -EPERM. A sealed module refuses every control command
 * with -EPERM until reboot, but for FIM_CMD_SELFTEST, FIM_CMD_CONTAINER_ADD and
 * the FIM_CMD_CONTAINER_DEL of a container that has ended.
 *
 * FIM_CMD_STATUS_GET (do, read): the module's state.
 *
 *   reply:   FIM_A_STATUS { FIM_STATUS_A_* }
 *
 * FIM_CMD_HOOK_GET (dump, read): one message per hook of this build.
 *
 *   reply:   FIM_A_HOOK { FIM_HOOK_A_* }
 *
 * FIM_CMD_POLICY_GET (dump, read): one message per policy, in the order in
 * which they were first applied. Flagged NLM_F_DUMP_INTR if the ruleset was
 * replaced meanwhile; ask again then.
 *
 *   reply:   FIM_A_POLICY { FIM_POLICY_A_* }
 *
 * FIM_CMD_RULE_GET (dump, read): one message per rule, policy by policy in
 * that same order, rules in the order in which they were added.
 *
 *   reply:   FIM_A_RULE { FIM_RULE_A_* }
 *
 * FIM_CMD_EVENT_GET (dump, read): the records that the ring still holds, from
 * number FIM_A_SINCE on, oldest first.
 *
 *   request: FIM_A_SINCE (u64, optional: 0)
 *   reply:   FIM_A_EVENT { FIM_EVENT_A_* }
 *
 * FIM_CMD_EVENT (notification to the group "events"): the same message, at the
 * moment the record is complete. Record numbers are dense: a listener that
 * misses one reads it with FIM_CMD_EVENT_GET, and what the ring no longer
 * holds is lost, number by number; FIM_EVENT_A_TOTAL tells how many operations
 * these records were about. The ring gives up the oldest record of the user (in
 * a cgroup) who has most, so there may be newer ones that are missing.
 *
 * FIM_CMD_EXPLAIN (do, read): what the ruleset in force would say to an
 * operation, by the code that says it to real ones. The path is resolved in the
 * root of process 1, and symbolic links are followed. The caller is in no
 * container, and nobody traces him. -ENOENT if the path does not exist, or for
 * an operation that makes it its directory; -EOPNOTSUPP for an operation on a
 * mount or a device; -EMSGSIZE if there is more to tell than fits a message.
 *
 *   request: FIM_A_EXPLAIN { PATH, OP, EXE?, UID?, TTY? }
 *   reply:   FIM_A_EXPLAIN { PATH, OP, ACTION, WHY, POLICY?, RULE?, STEP* }
 *
 * FIM_CMD_SELFTEST (do, control): makes every hook fire once and answers when
 * all did. -EIO if one did not; FIM_CMD_HOOK_GET then says which, and the state
 * is FIM_STATE_DEGRADED.
 *
 * Policies change in transactions, one at a time in the whole system. A
 * transaction belongs to the socket that began it and is thrown away when
 * that socket closes. What is staged is not in force until the commit, which
 * replaces the whole ruleset at once. An error in one staging command leaves
 * the earlier ones staged; the sender aborts, or commits what it has.
 *
 * FIM_CMD_TXN_BEGIN (do, control): -EBUSY if another socket's is open, or while
 * another's trial is pending.
 *
 * FIM_CMD_POLICY_ADD (do, control): stages a policy without rules. It will
 * replace the one of the same name. -EEXIST if this transaction has staged
 * that name before. -E2BIG above FIM_POLICIES_MAX. -ENOTCONN without a
 * transaction, as for all that follow.
 *
 *   request: FIM_A_POLICY { NAME, KIND, ACTION, NAMESPACE?, SEVERITY?, TAGS?,
 *                           MESSAGE?, META?, POSTURE?, RAW?, MODULES?,
 *                           KEXEC? }
 *
 * FIM_CMD_RULE_ADD (do, control): appends rules to a policy staged by this
 * transaction (-ENOENT otherwise) and resolves their paths in the sender's
 * root, which must be the root directory of process 1 (-EXDEV otherwise). The
 * rules before the one that is refused stay appended. Errors, with the offset
 * of the rule's attribute to blame: -ENOTDIR the path is not a directory,
 * -EISDIR it is one but the rule is about a file, -ELOOP too many symlinks on
 * the way, or one that belongs to a user and leads to what is not his, -EINVAL
 * a path that does not begin and, if it is a directory's, end with "/", or has
 * "." or ".." in it, -EOPNOTSUPP a combination that this module can't enforce,
 * or what has another inode whenever it is looked up, -E2BIG above FIM_RULES_MAX
 * or FIM_RULE_SIZE_MAX. A path that does not exist is no error: the rule
 * waits for it (FIM_RULE_WAITING).
 *
 *   request: FIM_A_POLICY { NAME }, FIM_A_RULE { PATH, TYPE, FLAGS?, ACTION?,
 *                           SEVERITY?, TAGS?, MESSAGE?, GLOB?, SOURCE*,
 *                           DEVICES? } +
 *
 * Which rule decides. A rule applies to an operation if its path (and glob)
 * covers the object, and if the operation and its caller are what it is about:
 *
 *   Block, Audit  any access, or changes only (FIM_RULE_READONLY); of callers
 *                 that run one of the sources, if there are any; that are not
 *                 the owner (FIM_RULE_OWNER_ONLY); that have a controlling
 *                 terminal (FIM_RULE_TTY)
 *   Allow         any access, or reads only (FIM_RULE_READONLY); of callers
 *                 that run one of the sources, if there are any; that are the
 *                 owner (FIM_RULE_OWNER_ONLY); FIM_RULE_TTY as above
 *
 * Of those that apply: one with sources before one without; then the one whose
 * path is nearest to the object; then a file's, a pattern's, a directory's;
 * then Block, Allow, Audit. If none applies but an Allow rule covers the
 * object, the posture of the nearest such rule's policy decides; of several on
 * one path the strictest. Of the two names of a rename or link, the stricter
 * decision holds. The names on the way to a path are kept by Block and Audit
 * rules, and by Allow rules as far as their posture goes, from everybody: no
 * exception reaches them.
 *
 * FIM_CMD_POLICY_DEL (do, control): stages the removal of a policy. -ENOENT if
 * neither the ruleset nor the transaction has it.
 *
 *   request: FIM_A_POLICY { NAME }
 *
 * FIM_CMD_TXN_COMMIT (do, control): puts into force what was staged, all or
 * nothing, and answers when no operation is decided by the old ruleset any
 * more. With SECONDS, 1 to FIM_TRIAL_MAX, it is a trial: unless
 * FIM_CMD_CONFIRM comes within that time, the kernel puts the policies into
 * force again that were so before, by a commit of its own. What the same socket
 * commits meanwhile is a part of the trial, and goes with it; with SECONDS, the
 * time runs anew. There is one trial at a time, and it keeps the module
 * loaded. A container that is added meanwhile holds for the former policies of
 * the same names as well.
 *
 *   request: FIM_A_SECONDS (u32, optional)
 *   reply:   FIM_A_STATUS { FIM_STATUS_A_* }
 *
 * FIM_CMD_CONFIRM (do, control): what was committed on trial stays. -ENOENT if
 * no trial is pending.
 *
 * FIM_CMD_PAUSE (do, control): opens a maintenance window, for 1 to
 * FIM_PAUSE_MAX seconds by CLOCK_BOOTTIME (-ERANGE otherwise): what a rule
 * would refuse is let through and recorded, with FIM_EVENT_A_ACTION
 * FIM_ACTION_BLOCK and FIM_EVENT_A_ERRNO 0. The kernel ends it by itself, at
 * that moment for every decision. What was opened for writing in it is looked
 * for then, as when a rule comes into force: a little later. If a window is
 * open, that one ends and the new one begins.
 *
 *   request: FIM_A_SECONDS, FIM_A_REASON
 *   reply:   FIM_A_STATUS { FIM_STATUS_A_* }
 *
 * FIM_CMD_RESUME (do, control): ends the window. Answers when no operation is
 * let through any more, and what was opened for writing is found. -ENOENT if
 * none is open.
 *
 * FIM_CMD_SEAL (do, control): until reboot, policies do not change, no window
 * opens and the module can't be unloaded. -EBUSY if no policy is in force, or
 * while a transaction or a window is open or a trial pending.
 *
 * FIM_CMD_TXN_ABORT (do, control): throws the transaction away.
 *
 * A policy with a selector (FIM_KIND_CONTAINER, FIM_KIND_CLUSTER) holds for
 * the tasks of certain containers, on their files, and for nobody else. Which
 * ones its selector means is for the sender to say: of the containers that are
 * known, in FIM_CMD_POLICY_ADD, which takes those that have ended meanwhile for
 * nothing; of the policies in force, in FIM_CMD_CONTAINER_ADD. So that neither
 * misses what the other has just added, no container is added while a
 * transaction is open, nor to other policies than its sender has seen.
 *
 * A container is a cgroup (v2), a root directory, in which the paths of rules
 * are resolved, and a first process. Its tasks are those in the cgroup, and
 * below it, and those in the mount namespace of that process. Neither cgroup
 * nor mounts are kept busy. It is forgotten by FIM_CMD_CONTAINER_DEL, or when
 * the kernel finds that the cgroup or the root's filesystem is gone.
 *
 * FIM_CMD_CONTAINER_GET (dump, read): one message per container, in the order
 * in which they were added; of one with very many policies, several that tell
 * the same but for these.
 *
 *   reply:   FIM_A_CONTAINER { ID, CGROUP, MNT_NS?, PID, IDENTITY?, POLICY* }
 *
 * FIM_CMD_CONTAINER_ADD (do, control): -EBUSY while a transaction is open;
 * -EAGAIN if GENERATION is not FIM_STATUS_A_GENERATION any more; -EEXIST if
 * there is one of that ID; -E2BIG above FIM_CONTAINERS_MAX; -ENOENT for a
 * POLICY that is not in force; -EBADF for CGROUP_FD, if it is no directory of
 * cgroup v2, or the topmost one; -ENOTDIR for ROOT_FD; -ESRCH for PID, if there
 * is no such process or if it is not in that cgroup; -EOPNOTSUPP in a kernel
 * without cgroups; and what FIM_CMD_RULE_ADD says of a rule's path. Until the
 * process has changed its root to that of ROOT_FD, it may mount and unmount as
 * it likes.
 *
 *   request: FIM_A_CONTAINER { ID, CGROUP_FD, ROOT_FD, PID, GENERATION,
 *                              IDENTITY?, POLICY* }
 *
 * FIM_CMD_CONTAINER_DEL (do, control): -ENOENT if there is none.
 *
 *   request: FIM_A_CONTAINER { ID }
 */
#ifndef _UAPI_LINUX_FIM_H
#define _UAPI_LINUX_FIM_H

#include <linux/types.h>

#define FIM_GENL_NAME		"fim"
#define FIM_GENL_VERSION	1
#define FIM_MCGRP_EVENTS	"events"

/** @FIM_NAME_MAX: longest policy name or namespace in bytes, without its NUL */
#define FIM_NAME_MAX		253
/** @FIM_PATH_MAX: longest path of a rule in bytes, without its NUL */
#define FIM_PATH_MAX		4095
/** @FIM_TEXT_MAX: longest message, and longest list of tags, in bytes */
#define FIM_TEXT_MAX		4096
/** @FIM_META_MAX: longest opaque metadata of a policy in bytes */
#define FIM_META_MAX		32768
/** @FIM_POLICIES_MAX: most policies in a ruleset */
#define FIM_POLICIES_MAX	4096
/** @FIM_RULES_MAX: most rules in a ruleset */
#define FIM_RULES_MAX		65536
/** @FIM_GLOB_MAX: longest glob of a rule in bytes */
#define FIM_GLOB_MAX		1024
/** @FIM_SOURCES_MAX: most sources of a rule */
#define FIM_SOURCES_MAX		64
/** @FIM_RULE_SIZE_MAX: most that the attributes of a rule may take, in bytes */
#define FIM_RULE_SIZE_MAX	60000
/** @FIM_DEVICES_MAX: most devices that a rule lists */
#define FIM_DEVICES_MAX		64
/** @FIM_CONTAINERS_MAX: most containers */
#define FIM_CONTAINERS_MAX	4096
/** @FIM_IDENTITY_MAX: longest identity of a container in bytes */
#define FIM_IDENTITY_MAX	16384
/** @FIM_PAUSE_MAX: longest maintenance window in seconds */
#define FIM_PAUSE_MAX		86400
/** @FIM_TRIAL_MAX: longest trial in seconds */
#define FIM_TRIAL_MAX		3600
/** @FIM_REASON_MAX: longest reason for a window in bytes, without its NUL */
#define FIM_REASON_MAX		255

/**
 * enum fim_cmd - commands; the comment at the top of this file describes them
 */
enum fim_cmd {
	FIM_CMD_UNSPEC,
	FIM_CMD_STATUS_GET,
	FIM_CMD_HOOK_GET,
	FIM_CMD_POLICY_GET,
	FIM_CMD_RULE_GET,
	FIM_CMD_EVENT_GET,
	FIM_CMD_EVENT,
	FIM_CMD_SELFTEST,
	FIM_CMD_TXN_BEGIN,
	FIM_CMD_POLICY_ADD,
	FIM_CMD_RULE_ADD,
	FIM_CMD_POLICY_DEL,
	FIM_CMD_TXN_COMMIT,
	FIM_CMD_TXN_ABORT,
	FIM_CMD_EXPLAIN,
	FIM_CMD_CONTAINER_GET,
	FIM_CMD_CONTAINER_ADD,
	FIM_CMD_CONTAINER_DEL,
	FIM_CMD_PAUSE,
	FIM_CMD_RESUME,
	FIM_CMD_CONFIRM,
	FIM_CMD_SEAL,
	__FIM_CMD_LAST,
};
#define FIM_CMD_MAX (__FIM_CMD_LAST - 1)

/**
 * enum fim_attr - what a message holds
 * @FIM_A_STATUS: nested enum fim_status_attr
 * @FIM_A_HOOK: nested enum fim_hook_attr
 * @FIM_A_POLICY: nested enum fim_policy_attr
 * @FIM_A_RULE: nested enum fim_rule_attr; FIM_CMD_RULE_ADD takes several
 * @FIM_A_EVENT: nested enum fim_event_attr
 * @FIM_A_SINCE: u64, number of the first record wanted
 * @FIM_A_EXPLAIN: nested enum fim_explain_attr
 * @FIM_A_CONTAINER: nested enum fim_container_attr
 * @FIM_A_SECONDS: u32, how long a window is open or a trial takes
 * @FIM_A_REASON: string of 1 to FIM_REASON_MAX bytes, why a window is opened
 */
enum fim_attr {
	FIM_A_UNSPEC,
	FIM_A_STATUS,
	FIM_A_HOOK,
	FIM_A_POLICY,
	FIM_A_RULE,
	FIM_A_EVENT,
	FIM_A_SINCE,
	FIM_A_EXPLAIN,
	FIM_A_CONTAINER,
	FIM_A_SECONDS,
	FIM_A_REASON,
	__FIM_A_LAST,
};
#define FIM_A_MAX (__FIM_A_LAST - 1)

/**
 * enum fim_state - what the module does
 * @FIM_STATE_DISARMED: hooks are not proven yet; nothing is enforced
 * @FIM_STATE_ARMED: every required hook is proven and policies are enforced
 * @FIM_STATE_PAUSED: a maintenance window: what would be refused passes and is
 *	recorded
 * @FIM_STATE_SEALED: armed, and no policy can change until reboot
 * @FIM_STATE_DEGRADED: a hook was found dead; what is left is enforced. Whether
 *	it is sealed, or a window open, other attributes tell
 */
enum fim_state {
	FIM_STATE_DISARMED,
	FIM_STATE_ARMED,
	FIM_STATE_PAUSED,
	FIM_STATE_SEALED,
	FIM_STATE_DEGRADED,
	__FIM_STATE_LAST,
};
#define FIM_STATE_MAX (__FIM_STATE_LAST - 1)

/**
 * enum fim_status_attr - the module's state, since it was loaded
 * @FIM_STATUS_A_PAD: padding
 * @FIM_STATUS_A_VERSION: string, the module's version
 * @FIM_STATUS_A_STATE: u8, enum fim_state
 * @FIM_STATUS_A_BACKEND: string, how the hooks are attached: "ftrace" or
 *	"kprobe"
 * @FIM_STATUS_A_BOOT_ID: 16 bytes, drawn at random when the module was loaded;
 *	record numbers start again at 1 with a new one
 * @FIM_STATUS_A_GENERATION: u64, number of commits
 * @FIM_STATUS_A_POLICIES: u32, policies in force
 * @FIM_STATUS_A_RULES: u32, rules in force, waiting ones included
 * @FIM_STATUS_A_WAITING: u32, rules whose path does not exist
 * @FIM_STATUS_A_MARKS: u32, inodes that are marked, guards included
 * @FIM_STATUS_A_REFUSED: u64, operations refused
 * @FIM_STATUS_A_AUDITED: u64, operations let through by an Audit rule or in a
 *	maintenance window
 * @FIM_STATUS_A_RECORDED: u64, of both, those that are told by a record
 * @FIM_STATUS_A_LOST: u64, of both, those that could not be recorded
 * @FIM_STATUS_A_PENDING: u32, of both, those whose record is not complete yet:
 *	refused + audited = recorded + lost + pending
 * @FIM_STATUS_A_FIRST_SEQ: u64, record from which on the ring holds all, 0 if
 *	none
 * @FIM_STATUS_A_LAST_SEQ: u64, newest record, 0 if none
 * @FIM_STATUS_A_RING_SIZE: u32, most records that the ring holds
 * @FIM_STATUS_A_COALESCED: u64, of RECORDED, those that are counted in the
 *	record of another: RECORDED less these are the records of violations
 * @FIM_STATUS_A_DENIED: u64, control commands that were refused
 * @FIM_STATUS_A_CONTAINERS: u32, containers that are known
 * @FIM_STATUS_A_LIMITED: u64, operations that are counted in a record with
 *	FIM_EVENT_VARIOUS, as their source had used up its budget
 * @FIM_STATUS_A_COUNT: nested enum fim_count_attr, one for each operation that
 *	was refused or audited
 * @FIM_STATUS_A_WEAKER: string, in what that backend is weaker than the other;
 *	absent if it is not
 * @FIM_STATUS_A_MISSED: u64, how often a hooked function ran without its hook,
 *	because another probe was just running; with "kprobe" only
 * @FIM_STATUS_A_PASSED: u64, of AUDITED, those that a rule would have refused
 *	but for a maintenance window
 * @FIM_STATUS_A_PAUSE_LEFT: u32, seconds until the window ends, a part of one
 *	counted as one; absent, as the next, if none is open
 * @FIM_STATUS_A_PAUSE_REASON: string, why it was opened
 * @FIM_STATUS_A_TRIAL_LEFT: u32, seconds until the trial is rolled back; absent
 *	if none is pending
 * @FIM_STATUS_A_SEALED: flag, sealed until reboot
 */
enum fim_status_attr {
	FIM_STATUS_A_PAD,
	FIM_STATUS_A_VERSION,
	FIM_STATUS_A_STATE,
	FIM_STATUS_A_BACKEND,
	FIM_STATUS_A_BOOT_ID,
	FIM_STATUS_A_GENERATION,
	FIM_STATUS_A_POLICIES,
	FIM_STATUS_A_RULES,
	FIM_STATUS_A_WAITING,
	FIM_STATUS_A_MARKS,
	FIM_STATUS_A_REFUSED,
	FIM_STATUS_A_AUDITED,
	FIM_STATUS_A_RECORDED,
	FIM_STATUS_A_LOST,
	FIM_STATUS_A_PENDING,
	FIM_STATUS_A_FIRST_SEQ,
	FIM_STATUS_A_LAST_SEQ,
	FIM_STATUS_A_RING_SIZE,
	FIM_STATUS_A_COALESCED,
	FIM_STATUS_A_DENIED,
	FIM_STATUS_A_CONTAINERS,
	FIM_STATUS_A_LIMITED,
	FIM_STATUS_A_COUNT,
	FIM_STATUS_A_WEAKER,
	FIM_STATUS_A_MISSED,
	FIM_STATUS_A_PASSED,
	FIM_STATUS_A_PAUSE_LEFT,
	FIM_STATUS_A_PAUSE_REASON,
	FIM_STATUS_A_TRIAL_LEFT,
	FIM_STATUS_A_SEALED,
	__FIM_STATUS_A_LAST,
};
#define FIM_STATUS_A_MAX (__FIM_STATUS_A_LAST - 1)

/**
 * enum fim_count_attr - what became of an operation, each time
 * @FIM_COUNT_A_PAD: padding
 * @FIM_COUNT_A_OP: u8, enum fim_op
 * @FIM_COUNT_A_REFUSED: u64, how often it was refused
 * @FIM_COUNT_A_AUDITED: u64, how often it was let through by an Audit rule
 * @FIM_COUNT_A_RECORDED: u64, of both, how often a record tells it
 * @FIM_COUNT_A_COALESCED: u64, of these, how often another's record does
 * @FIM_COUNT_A_LOST: u64, how often it could not be recorded
 */
enum fim_count_attr {
	FIM_COUNT_A_PAD,
	FIM_COUNT_A_OP,
	FIM_COUNT_A_REFUSED,
	FIM_COUNT_A_AUDITED,
	FIM_COUNT_A_RECORDED,
	FIM_COUNT_A_COALESCED,
	FIM_COUNT_A_LOST,
	__FIM_COUNT_A_LAST,
};
#define FIM_COUNT_A_MAX (__FIM_COUNT_A_LAST - 1)

/**
 * enum fim_hook_state - how a hook is
 * @FIM_HOOK_MISSING: this kernel has no such function; see FIM_HOOK_A_LOSES
 * @FIM_HOOK_ATTACHED: attached, not proven yet
 * @FIM_HOOK_PROVEN: fired when it was last tested
 * @FIM_HOOK_DEAD: did not fire when it was last tested
 * @FIM_HOOK_IDLE: not attached, because nothing needs it now
 */
enum fim_hook_state {
	FIM_HOOK_MISSING,
	FIM_HOOK_ATTACHED,
	FIM_HOOK_PROVEN,
	FIM_HOOK_DEAD,
	FIM_HOOK_IDLE,
	__FIM_HOOK_LAST,
};
#define FIM_HOOK_MAX (__FIM_HOOK_LAST - 1)

/**
 * enum fim_hook_attr - one hook
 * @FIM_HOOK_A_NAME: string, the kernel function: "security_inode_create"
 * @FIM_HOOK_A_STATE: u8, enum fim_hook_state
 * @FIM_HOOK_A_REQUIRED: flag, the module does not arm without this hook
 * @FIM_HOOK_A_LOSES: string, what is not protected when the hook is missing
 */
enum fim_hook_attr {
	FIM_HOOK_A_UNSPEC,
	FIM_HOOK_A_NAME,
	FIM_HOOK_A_STATE,
	FIM_HOOK_A_REQUIRED,
	FIM_HOOK_A_LOSES,
	__FIM_HOOK_A_LAST,
};
#define FIM_HOOK_A_MAX (__FIM_HOOK_A_LAST - 1)

/**
 * enum fim_action - what a rule does with an operation that it matches
 * @FIM_ACTION_UNSET: in a rule: as the policy says
 * @FIM_ACTION_ALLOW: let it through without a record
 * @FIM_ACTION_AUDIT: let it through and record it
 * @FIM_ACTION_BLOCK: refuse it with EACCES and record it
 */
enum fim_action {
	FIM_ACTION_UNSET,
	FIM_ACTION_ALLOW,
	FIM_ACTION_AUDIT,
	FIM_ACTION_BLOCK,
	__FIM_ACTION_LAST,
};
#define FIM_ACTION_MAX (__FIM_ACTION_LAST - 1)

/**
 * enum fim_policy_kind - whose operations a policy is about
 * @FIM_KIND_HOST: KubeArmorHostPolicy: every task's
 * @FIM_KIND_CONTAINER: KubeArmorPolicy: those of certain containers
 * @FIM_KIND_CLUSTER: KubeArmorClusterPolicy: the same
 */
enum fim_policy_kind {
	FIM_KIND_UNSPEC,
	FIM_KIND_HOST,
	FIM_KIND_CONTAINER,
	FIM_KIND_CLUSTER,
	__FIM_KIND_LAST,
};
#define FIM_KIND_MAX (__FIM_KIND_LAST - 1)

/**
 * enum fim_policy_attr - one policy
 * @FIM_POLICY_A_PAD: padding
 * @FIM_POLICY_A_NAME: string of 1 to FIM_NAME_MAX bytes, unique
 * @FIM_POLICY_A_NAMESPACE: string of at most FIM_NAME_MAX bytes
 * @FIM_POLICY_A_KIND: u8, enum fim_policy_kind
 * @FIM_POLICY_A_ACTION: u8, enum fim_action, for rules that set none
 * @FIM_POLICY_A_SEVERITY: u8, 1 to 10, for rules that set none
 * @FIM_POLICY_A_TAGS: bytes, at most FIM_TEXT_MAX, for rules that set none:
 *	the tags in order, each ended by a NUL
 * @FIM_POLICY_A_MESSAGE: string of at most FIM_TEXT_MAX bytes, for rules that
 *	set none
 * @FIM_POLICY_A_META: bytes, at most FIM_META_MAX, kept for the sender and not
 *	looked at
 * @FIM_POLICY_A_RULES: u32, number of rules (from the kernel only, as the two
 *	that follow)
 * @FIM_POLICY_A_REFUSED: u64, operations that its rules refused
 * @FIM_POLICY_A_AUDITED: u64, operations that its rules let through with a
 *	record
 * @FIM_POLICY_A_RECORDED: u64, of both, those that are told by a record
 * @FIM_POLICY_A_COALESCED: u64, of these, those that are counted in the record
 *	of another
 * @FIM_POLICY_A_LOST: u64, operations that could not be recorded; what is
 *	neither RECORDED nor LOST is not complete yet
 * @FIM_POLICY_A_POSTURE: u8, enum fim_action, also to the kernel: what becomes
 *	of operations that an Allow rule covers but does not allow; absent:
 *	FIM_ACTION_AUDIT
 * @FIM_POLICY_A_RAW: u8, enum fim_action: what is done about FIM_OP_RAW.
 *	Absent: FIM_ACTION_AUDIT, whatever FIM_POLICY_A_ACTION is. The kernel
 *	always sends it.
 * @FIM_POLICY_A_CONTAINER: string, FIM_CONTAINER_A_ID of a container for which
 *	the policy holds; any number of them; not of FIM_KIND_HOST (to the
 *	kernel only: FIM_CMD_CONTAINER_GET tells)
 * @FIM_POLICY_A_COUNT: nested enum fim_count_attr, one for each operation that
 *	its rules refused or audited (from the kernel only)
 * @FIM_POLICY_A_MODULES: u8, enum fim_action: what is done about FIM_OP_MODULE,
 *	as FIM_POLICY_A_RAW; absent, to and from the kernel: nothing
 * @FIM_POLICY_A_KEXEC: u8, enum fim_action: the same about FIM_OP_KEXEC
 * @FIM_POLICY_A_APPEND: flag: what its FIM_RULE_READONLY rules of FIM_ACTION_BLOCK
 *	and FIM_ACTION_AUDIT are about may be appended to: an existing regular
 *	file may be opened with O_APPEND and without O_TRUNC, and written to by
 *	write(2), pwrite(2), writev(2), pwritev(2) and pwritev2(2)
 */
enum fim_policy_attr {
	FIM_POLICY_A_PAD,
	FIM_POLICY_A_NAME,
	FIM_POLICY_A_NAMESPACE,
	FIM_POLICY_A_KIND,
	FIM_POLICY_A_ACTION,
	FIM_POLICY_A_SEVERITY,
	FIM_POLICY_A_TAGS,
	FIM_POLICY_A_MESSAGE,
	FIM_POLICY_A_META,
	FIM_POLICY_A_RULES,
	FIM_POLICY_A_REFUSED,
	FIM_POLICY_A_AUDITED,
	FIM_POLICY_A_RECORDED,
	FIM_POLICY_A_COALESCED,
	FIM_POLICY_A_LOST,
	FIM_POLICY_A_POSTURE,
	FIM_POLICY_A_RAW,
	FIM_POLICY_A_CONTAINER,
	FIM_POLICY_A_COUNT,
	FIM_POLICY_A_MODULES,
	FIM_POLICY_A_KEXEC,
	FIM_POLICY_A_APPEND,
	__FIM_POLICY_A_LAST,
};
#define FIM_POLICY_A_MAX (__FIM_POLICY_A_LAST - 1)

/**
 * enum fim_rule_type - what a rule names
 * @FIM_RULE_DIRECTORY: a directory, the entry itself included
 * @FIM_RULE_FILE: anything but a directory, by whatever name it is reached
 * @FIM_RULE_PATTERN: what lies below a directory, the anchor, by a path from
 *	there that FIM_RULE_A_GLOB matches; a directory that it matches is meant
 *	itself, not what is in it
 */
enum fim_rule_type {
	FIM_RULE_UNSPEC,
	FIM_RULE_DIRECTORY,
	FIM_RULE_FILE,
	FIM_RULE_PATTERN,
	__FIM_RULE_LAST,
};
#define FIM_RULE_MAX (__FIM_RULE_LAST - 1)

/**
 * enum fim_rule_flags - bits of FIM_RULE_A_FLAGS
 * @FIM_RULE_RECURSIVE: everything below the directory, at any depth; without
 *	it the directory and its direct entries
 * @FIM_RULE_READONLY: of Block and Audit: about changes only; without it reads
 *	are matched as well: opening a file, listing a directory, executing.
 *	Of Allow: about reads only
 * @FIM_RULE_IMPLIED: not a rule of the policy's text but one that follows from
 *	another: a file of its directory that has names elsewhere too, or a
 *	filesystem that is mounted in it
 * @FIM_RULE_OWNER_ONLY: the file's owner may (his filesystem uid is the file's,
 *	or if it does not exist yet, its directory's), all others may not
 * @FIM_RULE_TTY: about tasks that have a controlling terminal only
 * @FIM_RULE_ALL: every bit that there is
 */
enum fim_rule_flags {
	FIM_RULE_RECURSIVE = 1U << 0,
	FIM_RULE_READONLY = 1U << 1,
	FIM_RULE_IMPLIED = 1U << 2,
	FIM_RULE_OWNER_ONLY = 1U << 3,
	FIM_RULE_TTY = 1U << 4,
	FIM_RULE_ALL = (1U << 5) - 1,
};

/**
 * enum fim_rule_state - whether a rule has taken hold
 * @FIM_RULE_ARMED: its path exists and is marked
 * @FIM_RULE_WAITING: its path does not exist, or went with its filesystem
 * @FIM_RULE_UNBOUND: its policy holds for no container. Of a rule that is bound
 *	in several, it is armed if it is in one
 */
enum fim_rule_state {
	FIM_RULE_WAITING,
	FIM_RULE_ARMED,
	FIM_RULE_UNBOUND,
	__FIM_RULE_STATE_LAST,
};
#define FIM_RULE_STATE_MAX (__FIM_RULE_STATE_LAST - 1)

/**
 * enum fim_rule_attr - one rule of a policy
 * @FIM_RULE_A_POLICY: string, name of the policy (from the kernel only)
 * @FIM_RULE_A_INDEX: u32, place in the policy from 0 (from the kernel only)
 * @FIM_RULE_A_TYPE: u8, enum fim_rule_type
 * @FIM_RULE_A_PATH: bytes, at most FIM_PATH_MAX, absolute. A directory's ends
 *	with "/", as does the anchor of a pattern.
 * @FIM_RULE_A_FLAGS: u32, enum fim_rule_flags
 * @FIM_RULE_A_ACTION: u8, enum fim_action; absent: as the policy says, as for
 *	the three that follow
 * @FIM_RULE_A_SEVERITY: u8, 1 to 10
 * @FIM_RULE_A_TAGS: bytes, as FIM_POLICY_A_TAGS
 * @FIM_RULE_A_MESSAGE: string of at most FIM_TEXT_MAX bytes
 * @FIM_RULE_A_STATE: u8, enum fim_rule_state (from the kernel only)
 * @FIM_RULE_A_REAL_PATH: bytes, where the path led when it was resolved, if
 *	that is not the path itself (from the kernel only)
 * @FIM_RULE_A_GLOB: bytes, of a FIM_RULE_PATTERN: 1 to FIM_GLOB_MAX, a glob as
 *	AppArmor has them, without "/" at its beginning: "*" and "?" within a
 *	name, "**" across, "[abc]", "[a-z]", "[^abc]", "{a,b}", "\\" before a byte
 *	that is meant itself. -E2BIG if it needs more than 64 states: one for
 *	every byte, "?", class and "*"; -EINVAL if it is wrong otherwise
 * @FIM_RULE_A_SOURCE: bytes, as FIM_RULE_A_PATH of a file, up to
 *	FIM_SOURCES_MAX times: an executable whose processes the rule is about.
 *	Not a script: its interpreter is what is executed. Found by inode, again
 *	whenever another takes its place; it need not exist yet. What an Allow
 *	rule trusts is kept from all but the rule's sources, as the strictest
 *	rule above or below the Allow's path does; a task that is traced is not
 *	trusted
 * @FIM_RULE_A_SOURCES_WAITING: u32, sources that do not exist (from the kernel
 *	only; absent: none)
 * @FIM_RULE_A_DEVICES: up to FIM_DEVICES_MAX u32, each as FIM_EVENT_A_DEV:
 *	block devices that the path's filesystem lies on, or by which it can
 *	be written to. The kernel knows by itself the device that is mounted
 *	and its disk; not the devices below a device mapper, RAID or loop
 *	device, nor the other devices of a filesystem that has several.
 */
enum fim_rule_attr {
	FIM_RULE_A_UNSPEC,
	FIM_RULE_A_POLICY,
	FIM_RULE_A_INDEX,
	FIM_RULE_A_TYPE,
	FIM_RULE_A_PATH,
	FIM_RULE_A_FLAGS,
	FIM_RULE_A_ACTION,
	FIM_RULE_A_SEVERITY,
	FIM_RULE_A_TAGS,
	FIM_RULE_A_MESSAGE,
	FIM_RULE_A_STATE,
	FIM_RULE_A_REAL_PATH,
	FIM_RULE_A_GLOB,
	FIM_RULE_A_SOURCE,
	FIM_RULE_A_SOURCES_WAITING,
	FIM_RULE_A_DEVICES,
	__FIM_RULE_A_LAST,
};
#define FIM_RULE_A_MAX (__FIM_RULE_A_LAST - 1)

/**
 * enum fim_op - operations that a rule can match
 * @FIM_OP_CREATE: a regular file is created
 * @FIM_OP_LINK: a hard link is made, to or in what is protected
 * @FIM_OP_UNLINK: a name is removed
 * @FIM_OP_SYMLINK: a symbolic link is made
 * @FIM_OP_MKDIR: a directory is made
 * @FIM_OP_RMDIR: a directory is removed
 * @FIM_OP_MKNOD: a FIFO, a socket, a device node or a whiteout is made
 * @FIM_OP_RENAME: a name is moved away, onto, or exchanged
 * @FIM_OP_SETATTR: mode, owner, size or times change
 * @FIM_OP_SETXATTR: an extended attribute is set
 * @FIM_OP_REMOVEXATTR: an extended attribute is removed
 * @FIM_OP_SETACL: a POSIX ACL is set
 * @FIM_OP_REMOVEACL: a POSIX ACL is removed
 * @FIM_OP_FILEATTR: inode flags, project id or extent size change
 * @FIM_OP_OPEN: a regular file is opened for writing or with O_TRUNC, or a
 *	nameless one is made with O_TMPFILE
 * @FIM_OP_IOCTL: an ioctl changes the file, or the whole filesystem
 * @FIM_OP_MOUNT: something is mounted over what is protected or on its way
 * @FIM_OP_MOVE_MOUNT: a mount is moved onto it, or away from its way
 * @FIM_OP_UMOUNT: a mount on its way is taken away
 * @FIM_OP_PIVOT_ROOT: the root of the initial mount namespace is replaced
 * @FIM_OP_WRITE: a file is written to by a descriptor from before the rule, or
 *	otherwise than by appending if it may only be appended to
 * @FIM_OP_MMAP: it is mapped, shared and writable
 * @FIM_OP_MPROTECT: a shared mapping of it is made writable
 * @FIM_OP_QUOTA_ON: a file becomes one that the kernel keeps quotas in
 * @FIM_OP_RAW: a block device that holds a filesystem with protected
 *	directories is opened for writing, or made to hold something else by an
 *	ioctl that takes no descriptor for writing. FIM_EVENT_A_PATH is the
 *	rule's directory, FIM_EVENT_A_TARGET the device. FIM_POLICY_A_RAW says
 *	what is done about it.
 * @FIM_OP_READ: a regular file is opened for reading or executed, or a
 *	directory is opened to be listed
 * @FIM_OP_MODULE: a kernel module is loaded. FIM_EVENT_A_PATH is its file from
 *	the root of the filesystem, absent of init_module(2), which has none.
 *	FIM_POLICY_A_MODULES says what is done about it, whatever the rules are.
 * @FIM_OP_KEXEC: a kernel to boot, or its initramfs, is loaded, or what was
 *	loaded by kexec_load(2) is unloaded. As FIM_OP_MODULE; kexec_load(2) has
 *	no file. FIM_POLICY_A_KEXEC says what is done.
 * @FIM_OP_FCNTL: O_APPEND is cleared of a descriptor that is open for writing,
 *	of a file that may be appended to (FIM_POLICY_A_APPEND)
 */
enum fim_op {
	FIM_OP_UNSPEC,
	FIM_OP_CREATE,
	FIM_OP_LINK,
	FIM_OP_UNLINK,
	FIM_OP_SYMLINK,
	FIM_OP_MKDIR,
	FIM_OP_RMDIR,
	FIM_OP_MKNOD,
	FIM_OP_RENAME,
	FIM_OP_SETATTR,
	FIM_OP_SETXATTR,
	FIM_OP_REMOVEXATTR,
	FIM_OP_SETACL,
	FIM_OP_REMOVEACL,
	FIM_OP_FILEATTR,
	FIM_OP_OPEN,
	FIM_OP_IOCTL,
	FIM_OP_MOUNT,
	FIM_OP_MOVE_MOUNT,
	FIM_OP_UMOUNT,
	FIM_OP_PIVOT_ROOT,
	FIM_OP_WRITE,
	FIM_OP_MMAP,
	FIM_OP_MPROTECT,
	FIM_OP_QUOTA_ON,
	FIM_OP_RAW,
	FIM_OP_READ,
	FIM_OP_MODULE,
	FIM_OP_KEXEC,
	FIM_OP_FCNTL,
	__FIM_OP_LAST,
};
#define FIM_OP_MAX (__FIM_OP_LAST - 1)

/**
 * enum fim_event_type - what a record tells
 * @FIM_EVENT_VIOLATION: an operation was refused or, by an Audit rule, let
 *	through
 * @FIM_EVENT_LOST: FIM_EVENT_A_COUNT operations were refused or let through
 *	for which there was no slot or no memory for a record, since the last
 *	one that told this; one a second at most
 * @FIM_EVENT_APPLIED: a policy was put into force or replaced
 * @FIM_EVENT_DELETED: a policy was removed
 * @FIM_EVENT_STATE: the state changed to FIM_EVENT_A_STATE
 * @FIM_EVENT_UNARMED: a rule's directory went with its filesystem; the rule
 *	waits
 * @FIM_EVENT_ARMED: a waiting rule took hold
 * @FIM_EVENT_WRITER: a file was found to be open for writing, FIM_EVENT_A_COUNT
 *	times, when a rule came to protect it, or in a later search and the
 *	next one. Writing is refused or recorded from now on; but a mapping that
 *	is shared and writable can't be taken back (FIM_EVENT_MAPPED), nor can a
 *	loop device.
 * @FIM_EVENT_LOADED: the module was loaded, by whom the record names
 * @FIM_EVENT_UNLOADED: the module is being unloaded; the last record
 * @FIM_EVENT_SELFTESTED: the self-test was asked for; FIM_EVENT_A_ERRNO is its
 *	result
 * @FIM_EVENT_DENIED: the control command FIM_EVENT_A_CMD was refused with
 *	FIM_EVENT_A_ERRNO, for want of the right to give it, or because the module
 *	is sealed. Without both: FIM_EVENT_A_COUNT commands were, of those who
 *	have had too many; one a second at most
 * @FIM_EVENT_CONTAINER_ADDED: a container was added
 * @FIM_EVENT_CONTAINER_REMOVED: it was deleted, or found to be gone
 * @FIM_EVENT_PAUSED: a maintenance window was opened, for FIM_EVENT_A_REASON,
 *	from FIM_EVENT_A_SINCE until FIM_EVENT_A_UNTIL at the latest
 * @FIM_EVENT_RESUMED: it was closed, by whom the record names: a kernel thread
 *	if its time was over, FIM_EVENT_A_UNTIL. FIM_EVENT_A_PASSED operations
 *	were let through in it
 * @FIM_EVENT_SEALED: the module was sealed
 * @FIM_EVENT_TRIED: policies were committed on trial, until FIM_EVENT_A_UNTIL;
 *	the records of these come before
 * @FIM_EVENT_CONFIRMED: the trial was confirmed
 * @FIM_EVENT_ROLLED_BACK: it was not; the records of the policies that changed
 *	by that come behind
 */
enum fim_event_type {
	FIM_EVENT_UNSPEC,
	FIM_EVENT_VIOLATION,
	FIM_EVENT_LOST,
	FIM_EVENT_APPLIED,
	FIM_EVENT_DELETED,
	FIM_EVENT_STATE,
	FIM_EVENT_UNARMED,
	FIM_EVENT_ARMED,
	FIM_EVENT_WRITER,
	FIM_EVENT_LOADED,
	FIM_EVENT_UNLOADED,
	FIM_EVENT_SELFTESTED,
	FIM_EVENT_DENIED,
	FIM_EVENT_CONTAINER_ADDED,
	FIM_EVENT_CONTAINER_REMOVED,
	FIM_EVENT_PAUSED,
	FIM_EVENT_RESUMED,
	FIM_EVENT_SEALED,
	FIM_EVENT_TRIED,
	FIM_EVENT_CONFIRMED,
	FIM_EVENT_ROLLED_BACK,
	__FIM_EVENT_LAST,
};
#define FIM_EVENT_MAX (__FIM_EVENT_LAST - 1)

/**
 * enum fim_event_flags - bits of FIM_EVENT_A_FLAGS
 * @FIM_EVENT_KTHREAD: a kernel thread did it; it has no command line
 * @FIM_EVENT_IO_URING: an io_uring worker did it for its submitter, whose
 *	process the record names
 * @FIM_EVENT_EXE_DELETED: the executable has no name any more
 * @FIM_EVENT_PARTIAL: the task exited before its executable, command line,
 *	directory and terminal could be read
 * @FIM_EVENT_CUT: a path or the command line was longer than its limit
 * @FIM_EVENT_GUARD: the object is not in the directory but gives its path a
 *	meaning: an ancestor or a symbolic link on the way
 * @FIM_EVENT_MAPPED: a mapping of the file is shared and can be written to
 * @FIM_EVENT_VARIOUS: the record stands for violations that differ: of one
 *	policy, operation, action, user and cgroup that had more than its
 *	budget. All else that it tells is the first one's.
 * @FIM_EVENT_TASKS: the record stands for operations of several processes, of
 *	one user, executable and cgroup. It tells of the first.
 */
enum fim_event_flags {
	FIM_EVENT_KTHREAD = 1U << 0,
	FIM_EVENT_IO_URING = 1U << 1,
	FIM_EVENT_EXE_DELETED = 1U << 2,
	FIM_EVENT_PARTIAL = 1U << 3,
	FIM_EVENT_CUT = 1U << 4,
	FIM_EVENT_GUARD = 1U << 5,
	FIM_EVENT_MAPPED = 1U << 6,
	FIM_EVENT_VARIOUS = 1U << 7,
	FIM_EVENT_TASKS = 1U << 8,
};

/**
 * enum fim_event_attr - one record. What does not apply is absent.
 * @FIM_EVENT_A_PAD: padding
 * @FIM_EVENT_A_SEQ: u64, number of the record, from 1, without gaps
 * @FIM_EVENT_A_TYPE: u8, enum fim_event_type
 * @FIM_EVENT_A_TIME: u64, nanoseconds since 1970 UTC when the hook decided
 * @FIM_EVENT_A_FLAGS: u32, enum fim_event_flags
 * @FIM_EVENT_A_COUNT: u64, operations that this record stands for
 * @FIM_EVENT_A_STATE: u8, enum fim_state, of FIM_EVENT_STATE, and of those
 *	about windows, trials and the seal
 * @FIM_EVENT_A_KIND: u8, enum fim_policy_kind
 * @FIM_EVENT_A_POLICY: string
 * @FIM_EVENT_A_NAMESPACE: string, the policy's namespace
 * @FIM_EVENT_A_RULE: u32, index of the rule that decided
 * @FIM_EVENT_A_SEVERITY: u8, of the rule or else of its policy, as the two
 *	that follow
 * @FIM_EVENT_A_TAGS: bytes, each tag ended by a NUL
 * @FIM_EVENT_A_MESSAGE: string
 * @FIM_EVENT_A_ACTION: u8, enum fim_action
 * @FIM_EVENT_A_ERRNO: u32, the error the caller was given, 0 if it passed; with
 *	FIM_ACTION_BLOCK, that is in a maintenance window
 * @FIM_EVENT_A_OP: u8, enum fim_op
 * @FIM_EVENT_A_PATH: bytes, the object, below the rule's path as the policy
 *	names it
 * @FIM_EVENT_A_TARGET: bytes, of a rename or link the other name; of a symbolic
 *	link what it points to. A path outside of what is protected begins
 *	at the root of its filesystem.
 * @FIM_EVENT_A_INO: u64, inode number of the object
 * @FIM_EVENT_A_DEV: u32, device of the object's filesystem, 12 bits of major
 *	above 20 bits of minor
 * @FIM_EVENT_A_ARCH: u32, AUDIT_ARCH_* of the system call
 * @FIM_EVENT_A_SYSCALL: s32, its number there
 * @FIM_EVENT_A_ARGS: six u64, its arguments
 * @FIM_EVENT_A_PID: u32, thread id in the initial pid namespace
 * @FIM_EVENT_A_TGID: u32, process id in the initial pid namespace
 * @FIM_EVENT_A_PPID: u32, the parent's process id in the initial pid namespace
 * @FIM_EVENT_A_NS_TGID: u32, process id in the task's own pid namespace
 * @FIM_EVENT_A_NS_PPID: u32, the parent's process id there, 0 if outside
 * @FIM_EVENT_A_UID: u32, real uid in the initial user namespace, as all ids
 * @FIM_EVENT_A_EUID: u32
 * @FIM_EVENT_A_GID: u32
 * @FIM_EVENT_A_LOGINUID: u32, absent if never set
 * @FIM_EVENT_A_SESSIONID: u32, the audit session, absent if never set
 * @FIM_EVENT_A_COMM: bytes, the task's name, which it can choose itself
 * @FIM_EVENT_A_EXE: bytes, path of the executable
 * @FIM_EVENT_A_PARENT_EXE: bytes, path of the parent's executable
 * @FIM_EVENT_A_CWD: bytes, working directory
 * @FIM_EVENT_A_CMDLINE: bytes, arguments, each ended by a NUL
 * @FIM_EVENT_A_TTY: string, name of the controlling terminal: "pts0"
 * @FIM_EVENT_A_CGROUP: u64, id of the cgroup (v2)
 * @FIM_EVENT_A_MNT_NS: u32, inode number of the mount namespace
 * @FIM_EVENT_A_PID_NS: u32, inode number of the pid namespace
 * @FIM_EVENT_A_BOOT_ID: 16 bytes, as FIM_STATUS_A_BOOT_ID
 * @FIM_EVENT_A_LAST_TIME: u64, when the last of the operations was decided
 *	that the record stands for, if it stands for several. TIME is the
 *	first's.
 * @FIM_EVENT_A_CMD: u8, enum fim_cmd, of FIM_EVENT_DENIED
 * @FIM_EVENT_A_FSUID: u32, the uid that owns what the task creates
 * @FIM_EVENT_A_NS_PID: u32, thread id in the task's own pid namespace
 * @FIM_EVENT_A_EXE_INO: u64, inode number of the executable
 * @FIM_EVENT_A_EXE_DEV: u32, its device, as FIM_EVENT_A_DEV
 * @FIM_EVENT_A_CONTAINER: string, id of the container that the rule holds for, or
 *	that the record is about
 * @FIM_EVENT_A_IDENTITY: bytes, that container's identity
 * @FIM_EVENT_A_TOTAL: u64, operations that records told since the module was
 *	loaded, up to and with this one. What it grew by from one record to the
 *	next that is read, less the COUNT of that one if it is a violation, are
 *	the operations whose records were missed.
 * @FIM_EVENT_A_CGROUP_PATH: bytes, path of the cgroup (v2) from its root; absent
 *	above 1023
 * @FIM_EVENT_A_EXECUTED: bytes, the path by which the program was executed, as
 *	execve() was told it: of a script the script's, while EXE is its
 *	interpreter's. From the task's memory, as the command line is; at
 *	most 1024.
 * @FIM_EVENT_A_REASON: string, why a window was opened
 * @FIM_EVENT_A_SINCE: u64, when a window or a trial began, nanoseconds since 1970
 *	UTC, as the next
 * @FIM_EVENT_A_UNTIL: u64, when it ends or would have ended by itself
 * @FIM_EVENT_A_OPENER: u32, login uid of who began it; his uid if it was never
 *	set
 * @FIM_EVENT_A_PASSED: u64, of FIM_EVENT_RESUMED: operations that the window let
 *	through. An open that may create a file is counted when it is over
 */
enum fim_event_attr {
	FIM_EVENT_A_PAD,
	FIM_EVENT_A_SEQ,
	FIM_EVENT_A_TYPE,
	FIM_EVENT_A_TIME,
	FIM_EVENT_A_FLAGS,
	FIM_EVENT_A_COUNT,
	FIM_EVENT_A_STATE,
	FIM_EVENT_A_KIND,
	FIM_EVENT_A_POLICY,
	FIM_EVENT_A_NAMESPACE,
	FIM_EVENT_A_RULE,
	FIM_EVENT_A_SEVERITY,
	FIM_EVENT_A_TAGS,
	FIM_EVENT_A_MESSAGE,
	FIM_EVENT_A_ACTION,
	FIM_EVENT_A_ERRNO,
	FIM_EVENT_A_OP,
	FIM_EVENT_A_PATH,
	FIM_EVENT_A_TARGET,
	FIM_EVENT_A_INO,
	FIM_EVENT_A_DEV,
	FIM_EVENT_A_ARCH,
	FIM_EVENT_A_SYSCALL,
	FIM_EVENT_A_ARGS,
	FIM_EVENT_A_PID,
	FIM_EVENT_A_TGID,
	FIM_EVENT_A_PPID,
	FIM_EVENT_A_NS_TGID,
	FIM_EVENT_A_NS_PPID,
	FIM_EVENT_A_UID,
	FIM_EVENT_A_EUID,
	FIM_EVENT_A_GID,
	FIM_EVENT_A_LOGINUID,
	FIM_EVENT_A_SESSIONID,
	FIM_EVENT_A_COMM,
	FIM_EVENT_A_EXE,
	FIM_EVENT_A_PARENT_EXE,
	FIM_EVENT_A_CWD,
	FIM_EVENT_A_CMDLINE,
	FIM_EVENT_A_TTY,
	FIM_EVENT_A_CGROUP,
	FIM_EVENT_A_MNT_NS,
	FIM_EVENT_A_PID_NS,
	FIM_EVENT_A_BOOT_ID,
	FIM_EVENT_A_LAST_TIME,
	FIM_EVENT_A_CMD,
	FIM_EVENT_A_FSUID,
	FIM_EVENT_A_NS_PID,
	FIM_EVENT_A_EXE_INO,
	FIM_EVENT_A_EXE_DEV,
	FIM_EVENT_A_CONTAINER,
	FIM_EVENT_A_IDENTITY,
	FIM_EVENT_A_TOTAL,
	FIM_EVENT_A_CGROUP_PATH,
	FIM_EVENT_A_EXECUTED,
	FIM_EVENT_A_REASON,
	FIM_EVENT_A_SINCE,
	FIM_EVENT_A_UNTIL,
	FIM_EVENT_A_OPENER,
	FIM_EVENT_A_PASSED,
	__FIM_EVENT_A_LAST,
};
#define FIM_EVENT_A_MAX (__FIM_EVENT_A_LAST - 1)

/**
 * enum fim_explain_why - what decided
 * @FIM_WHY_NONE: no rule has anything to say; the operation passes
 * @FIM_WHY_RULE: a rule that applies
 * @FIM_WHY_POSTURE: the posture of an Allow rule's policy, as the rule does not
 *	apply
 * @FIM_WHY_GUARD: a rule whose path leads over the object
 * @FIM_WHY_FILESYSTEM: the strictest rule of the filesystem, as it can't be told
 *	where the object is
 */
enum fim_explain_why {
	FIM_WHY_NONE,
	FIM_WHY_RULE,
	FIM_WHY_POSTURE,
	FIM_WHY_GUARD,
	FIM_WHY_FILESYSTEM,
	__FIM_WHY_LAST,
};
#define FIM_WHY_MAX (__FIM_WHY_LAST - 1)

/**
 * enum fim_explain_attr - an operation that might be, and what would become of
 *	it
 * @FIM_EXPLAIN_A_PATH: bytes, at most FIM_PATH_MAX, absolute. In the reply: where
 *	it led
 * @FIM_EXPLAIN_A_OP: u8, enum fim_op
 * @FIM_EXPLAIN_A_EXE: bytes, path of the caller's executable; absent: one that
 *	no rule names
 * @FIM_EXPLAIN_A_UID: u32, the caller's filesystem uid; absent: 0
 * @FIM_EXPLAIN_A_TTY: flag, the caller has a controlling terminal
 * @FIM_EXPLAIN_A_ACTION: u8, enum fim_action; FIM_ACTION_UNSET if no rule has
 *	anything to say (from the kernel only, as all that follows)
 * @FIM_EXPLAIN_A_WHY: u8, enum fim_explain_why
 * @FIM_EXPLAIN_A_POLICY: string, whose rule decided
 * @FIM_EXPLAIN_A_RULE: u32, its index there
 * @FIM_EXPLAIN_A_STEP: nested enum fim_explain_step_attr, one for each name from
 *	the object up that is marked, in this order
 */
enum fim_explain_attr {
	FIM_EXPLAIN_A_UNSPEC,
	FIM_EXPLAIN_A_PATH,
	FIM_EXPLAIN_A_OP,
	FIM_EXPLAIN_A_EXE,
	FIM_EXPLAIN_A_UID,
	FIM_EXPLAIN_A_TTY,
	FIM_EXPLAIN_A_ACTION,
	FIM_EXPLAIN_A_WHY,
	FIM_EXPLAIN_A_POLICY,
	FIM_EXPLAIN_A_RULE,
	FIM_EXPLAIN_A_STEP,
	__FIM_EXPLAIN_A_LAST,
};
#define FIM_EXPLAIN_A_MAX (__FIM_EXPLAIN_A_LAST - 1)

/**
 * enum fim_explain_marks - bits of FIM_STEP_A_MARKS
 * @FIM_EXPLAIN_TREE: a rule's path, or a pattern's anchor
 * @FIM_EXPLAIN_GUARD: on the way to one
 * @FIM_EXPLAIN_ANCHOR: a rule waits for a name in it
 * @FIM_EXPLAIN_WRITER: open for writing since before a rule
 */
enum fim_explain_marks {
	FIM_EXPLAIN_TREE = 1U << 0,
	FIM_EXPLAIN_GUARD = 1U << 1,
	FIM_EXPLAIN_ANCHOR = 1U << 2,
	FIM_EXPLAIN_WRITER = 1U << 3,
};

/**
 * enum fim_explain_step_attr - a name on the way
 * @FIM_STEP_A_PATH: bytes, from the root of its filesystem on
 * @FIM_STEP_A_DEPTH: u32, 0 for the object itself, 1 for its directory
 * @FIM_STEP_A_MARKS: u32, enum fim_explain_marks
 * @FIM_STEP_A_RULE: nested enum fim_explain_rule_attr, each rule of a
 *	FIM_EXPLAIN_TREE; at most 64
 */
enum fim_explain_step_attr {
	FIM_STEP_A_UNSPEC,
	FIM_STEP_A_PATH,
	FIM_STEP_A_DEPTH,
	FIM_STEP_A_MARKS,
	FIM_STEP_A_RULE,
	__FIM_STEP_A_LAST,
};
#define FIM_STEP_A_MAX (__FIM_STEP_A_LAST - 1)

/**
 * enum fim_explain_fit - whether a rule applies, and if not, why
 * @FIM_FIT_APPLIES: it does
 * @FIM_FIT_DEPTH: the object is below what a rule covers that is not recursive,
 *	or that is about a file
 * @FIM_FIT_GLOB: the pattern does not match
 * @FIM_FIT_ACCESS: it is about the other of reads and changes
 * @FIM_FIT_OWNER: the caller is the owner (Block, Audit) or is not (Allow)
 * @FIM_FIT_TTY: the caller has no controlling terminal
 * @FIM_FIT_SOURCE: the caller's executable is none of its sources
 */
enum fim_explain_fit {
	FIM_FIT_APPLIES,
	FIM_FIT_DEPTH,
	FIM_FIT_GLOB,
	FIM_FIT_ACCESS,
	FIM_FIT_OWNER,
	FIM_FIT_TTY,
	FIM_FIT_SOURCE,
	__FIM_FIT_LAST,
};
#define FIM_FIT_MAX (__FIM_FIT_LAST - 1)

/**
 * enum fim_explain_rule_attr - a rule on the way
 * @FIM_FIT_A_POLICY: string
 * @FIM_FIT_A_RULE: u32, index
 * @FIM_FIT_A_ACTION: u8, enum fim_action
 * @FIM_FIT_A_FIT: u8, enum fim_explain_fit
 */
enum fim_explain_rule_attr {
	FIM_FIT_A_UNSPEC,
	FIM_FIT_A_POLICY,
	FIM_FIT_A_RULE,
	FIM_FIT_A_ACTION,
	FIM_FIT_A_FIT,
	__FIM_FIT_A_LAST,
};
#define FIM_FIT_A_MAX (__FIM_FIT_A_LAST - 1)

/**
 * enum fim_container_attr - a container
 * @FIM_CONTAINER_A_PAD: padding
 * @FIM_CONTAINER_A_ID: string of 1 to FIM_NAME_MAX bytes, unique
 * @FIM_CONTAINER_A_CGROUP_FD: u32, a descriptor of its cgroup's directory (to
 *	the kernel only, as the next)
 * @FIM_CONTAINER_A_ROOT_FD: u32, a descriptor of its root directory, as it will
 *	be in its mount namespace; O_PATH is enough
 * @FIM_CONTAINER_A_PID: u32, its first process, in the sender's pid namespace;
 *	from the kernel: in the reader's, absent if it has ended
 * @FIM_CONTAINER_A_GENERATION: u64, FIM_STATUS_A_GENERATION when the policies
 *	were read (to the kernel only)
 * @FIM_CONTAINER_A_IDENTITY: bytes, at most FIM_IDENTITY_MAX, kept for the sender,
 *	handed back, told in records, and not looked at
 * @FIM_CONTAINER_A_POLICY: string, name of a policy that holds for it; any number
 *	of them
 * @FIM_CONTAINER_A_CGROUP: u64, id of its cgroup (from the kernel only, as the
 *	next)
 * @FIM_CONTAINER_A_MNT_NS: u32, inode number of its mount namespace, if it has
 *	one of its own
 */
enum fim_container_attr {
	FIM_CONTAINER_A_PAD,
	FIM_CONTAINER_A_ID,
	FIM_CONTAINER_A_CGROUP_FD,
	FIM_CONTAINER_A_ROOT_FD,
	FIM_CONTAINER_A_PID,
	FIM_CONTAINER_A_GENERATION,
	FIM_CONTAINER_A_IDENTITY,
	FIM_CONTAINER_A_POLICY,
	FIM_CONTAINER_A_CGROUP,
	FIM_CONTAINER_A_MNT_NS,
	__FIM_CONTAINER_A_LAST,
};
#define FIM_CONTAINER_A_MAX (__FIM_CONTAINER_A_LAST - 1)

#endif /* _UAPI_LINUX_FIM_H */
