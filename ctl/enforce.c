// SPDX-License-Identifier: GPL-2.0
/*
 * enforce.c - what of the language the module can put into force
 *
 * A policy that is valid and would not do what it says is refused when it is
 * applied, with the place of the reason. What a module can't do it says itself;
 * here is what can't even be sent.
 */
#include "enforce.h"

static void check_policy(const struct policy *p, struct diags *diags)
{
	if (p->kind != FIM_KIND_HOST)
		diag_error(diags, &p->at,
			   "policy '%s': a %s can't be put into force yet: fim does not know containers; a KubeArmorHostPolicy can",
			   p->name, policy_kind_name(p->kind));
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
