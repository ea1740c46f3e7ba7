// SPDX-License-Identifier: GPL-2.0
/*
 * The end of a filesystem that rules are about: what is held of it is let go of
 * before its own end looks at what is left.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/static_call.h>

#include "decode.h"
#include "fim_fs.h"
#include "hook.h"
#include "object.h"
#include "recheck.h"
#include "sb_delete.h"
#include "selftest.h"

DEFINE_SRCU(fim_sb_delete_srcu);

static void no_sb_delete(struct super_block *sb)
{
}

DEFINE_STATIC_CALL(fim_security_sb_delete, no_sb_delete);

/*
 * Runs in place of security_sb_delete(), and calls it. This one may sleep, so
 * it is counted by SRCU for as long as it has a return address in this module.
 */
static void release_and_delete(struct super_block *sb)
{
	int idx = srcu_read_lock(&fim_sb_delete_srcu);

	if (!fim_selftest_ends(sb) && fim_objects_release(sb))
		fim_policy_recheck_later();
	static_call(fim_security_sb_delete)(sb);
	srcu_read_unlock(&fim_sb_delete_srcu, idx);
}

/**
 * fim_sb_delete_check() - a filesystem ends
 * @parent_ip: where the hooked function returns to
 * @fregs: its registers
 *
 * The inodes that are held must go before it frees what is left. That can
 * sleep, so it can't be done in here.
 *
 * Context: inside the hook.
 */
void fim_sb_delete_check(unsigned long parent_ip, struct ftrace_regs *fregs)
{
	const struct super_block *sb = ARG(struct super_block *, 0);

	/* Called by release_and_delete(): now it shall run. */
	if (within_module(parent_ip, THIS_MODULE))
		return;
	if (fim_sb_marked(sb) || fim_selftest_owns(sb))
		fim_ftrace_redirect(fregs, (unsigned long)release_and_delete);
}

/**
 * fim_sb_delete_init() - learn where the function is that a hook calls
 *
 * Context: process, before hooks are attached.
 */
void fim_sb_delete_init(void)
{
	static_call_update(fim_security_sb_delete,
			   (typeof(no_sb_delete) *)
			   fim_hook_addr(FIM_SB_DELETE));
}
