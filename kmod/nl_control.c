// SPDX-License-Identifier: GPL-2.0
/*
 * The commands about what the module itself does: windows, trials, the seal.
 * uapi/fim.h describes them.
 */
#include <linux/mutex.h>
#include <net/genetlink.h>

#include "main.h"
#include "netlink.h"
#include "nl_control.h"
#include "nl_policy.h"
#include "pause.h"
#include "policy.h"
#include "publish.h"
#include "recheck.h"
#include "tree.h"
#include "trial.h"
#include "txn.h"

int fim_nl_pause(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *time = info->attrs[FIM_A_SECONDS];
	const struct nlattr *reason = info->attrs[FIM_A_REASON];
	int err = -EPERM;

	if (!time || !reason || !*(const char *)nla_data(reason)) {
		NL_SET_ERR_MSG(info->extack,
			       "a window needs a time and a reason");
		return -EINVAL;
	}
	if (!nla_get_u32(time) || nla_get_u32(time) > FIM_PAUSE_MAX)
		return fim_nl_refuse(info->extack, time,
				     "a window is open for 1 second to 24 hours",
				     -ERANGE);
	if (mutex_lock_killable(&fim_policy_lock))
		return -EINTR;
	if (!fim_sealed())
		err = fim_pause(nla_get_u32(time), nla_data(reason));
	/* It is open, whether or not there is memory to say so. */
	if (!err)
		fim_netlink_reply_status(info);
	mutex_unlock(&fim_policy_lock);
	return err;
}

int fim_nl_resume(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	if (mutex_lock_killable(&fim_policy_lock))
		return -EINTR;
	err = fim_resume();
	mutex_unlock(&fim_policy_lock);
	if (err)
		NL_SET_ERR_MSG(info->extack, "no maintenance window is open");
	else	/* What was opened for writing in it is found. */
		fim_recheck_all();
	return err;
}

int fim_nl_confirm(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	if (mutex_lock_killable(&fim_policy_lock))
		return -EINTR;
	err = fim_trial_confirm();
	mutex_unlock(&fim_policy_lock);
	if (err)
		NL_SET_ERR_MSG(info->extack, "no trial is pending");
	return err;
}

/* Why the module can't be sealed as it is now, or NULL. */
static const char *seal_error(void)
{
	if (fim_current_ruleset()->nr_policies <= 1)
		return "no policy is in force";
	if (fim_txn_is_open())
		return "a transaction is open";
	if (fim_trial_pending())
		return "a trial is pending: confirm it first";
	if (fim_pause_open())
		return "a maintenance window is open: resume first";
	return NULL;
}

int fim_nl_seal(struct sk_buff *skb, struct genl_info *info)
{
	const char *error;

	if (mutex_lock_killable(&fim_policy_lock))
		return -EINTR;
	fim_pause_tidy();
	error = seal_error();
	if (!error)
		fim_seal();
	mutex_unlock(&fim_policy_lock);
	return error ? fim_nl_refuse(info->extack, NULL, error, -EBUSY) : 0;
}

/* What FIM_A_STATUS tells of these; under fim_policy_lock. */
int fim_nl_fill_control(struct sk_buff *skb)
{
	const char *reason = fim_pause_reason();
	u32 trial = fim_trial_left();

	if ((reason &&
	     (nla_put_u32(skb, FIM_STATUS_A_PAUSE_LEFT, fim_pause_left()) ||
	      nla_put_string(skb, FIM_STATUS_A_PAUSE_REASON, reason))) ||
	    (trial && nla_put_u32(skb, FIM_STATUS_A_TRIAL_LEFT, trial)) ||
	    (fim_sealed() && nla_put_flag(skb, FIM_STATUS_A_SEALED)))
		return -EMSGSIZE;
	return 0;
}
