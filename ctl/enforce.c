// SPDX-License-Identifier: GPL-2.0
/*
 * enforce.c - what of the language the module can put into force
 *
 * A policy that is valid and would not do what it says is refused when it is
 * applied, with the place of the reason.
 */
#include "config.h"
#include "enforce.h"

static void refuse(struct diags *diags, const struct mark *at, const char *what)
{
	diag_error(diags, at, "%s can't be put into force yet", what);
}

static void check_rule(const struct policy *p, const struct rule *r,
		       struct diags *diags)
{
	if (r->type == RULE_PATTERN)
		refuse(diags, &r->at, "a rule by pattern");
	else if (!(r->flags & FIM_RULE_READONLY))
		refuse(diags, &r->at,
		       "a rule without 'readOnly: true', which would refuse reading,");
	if (r->nr_sources)
		refuse(diags, &r->sources[0].at, "'fromSource'");
	if (r->owner_only)
		refuse(diags, &r->at, "'ownerOnly: true'");
	if (r->pts)
		refuse(diags, &r->at, "'pts'");
	if ((r->attrs.action ? r->attrs.action : p->attrs.action) ==
	    FIM_ACTION_ALLOW)
		refuse(diags, &r->at, "action 'Allow'");
}

static void check_policy(const struct policy *p, struct diags *diags)
{
	const struct rule *r;

	if (p->kind != FIM_KIND_HOST) {
		diag_error(diags, &p->at,
			   "policy '%s': a %s can't be put into force yet: fim does not know containers; a KubeArmorHostPolicy can",
			   p->name, policy_kind_name(p->kind));
		return;
	}
	if (p->posture)
		refuse(diags, &p->name_at, "'" POLICY_POSTURE "'");
	else if (config_get()->file_posture)
		refuse(diags, &p->name_at, "'file-posture' of " CONFIG_FILE);
	for (r = p->rules; r < p->rules + p->nr_rules; r++)
		check_rule(p, r, diags);
}

/**
 * enforce_check() - note what can't be put into force
 * @set: policies without an error
 * @diags: where errors go
 */
void enforce_check(const struct policies *set, struct diags *diags)
{
	const struct policy *p;

	for (p = set->v; p < set->v + set->nr; p++)
		check_policy(p, diags);
}
