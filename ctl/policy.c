// SPDX-License-Identifier: GPL-2.0
/*
 * policy.c - policies as plain structures, wherever they came from
 */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "mem.h"
#include "policy.h"

const struct bypass_info bypass_infos[BYPASS_NR] = {
	[BYPASS_RAW] = { POLICY_RAW, FIM_POLICY_A_RAW, FIM_ACTION_AUDIT },
	[BYPASS_MODULES] = { POLICY_MODULES, FIM_POLICY_A_MODULES,
			     FIM_ACTION_UNSET },
	[BYPASS_KEXEC] = { POLICY_KEXEC, FIM_POLICY_A_KEXEC,
			   FIM_ACTION_UNSET },
};

/**
 * policies_add() - append an empty policy
 * @set: where to
 *
 * Return: the policy; it moves when another one is added.
 */
struct policy *policies_add(struct policies *set)
{
	mem_grow(set->v, set->nr, set->cap);
	set->v[set->nr] = (struct policy){ 0 };
	return &set->v[set->nr++];
}

/**
 * policies_drop_last() - take out the policy that was added last
 * @set: where it is
 */
void policies_drop_last(struct policies *set)
{
	policy_free(&set->v[--set->nr]);
}

/**
 * policies_drop() - take out one policy
 * @set: where it is; the order of the others stays
 * @i: which one
 */
void policies_drop(struct policies *set, size_t i)
{
	policy_free(&set->v[i]);
	set->nr--;
	memmove(&set->v[i], &set->v[i + 1], (set->nr - i) * sizeof(*set->v));
}

/**
 * policies_find() - look a policy up by name
 * @set: where
 * @name: the name
 *
 * Return: the policy or NULL.
 */
struct policy *policies_find(const struct policies *set, const char *name)
{
	size_t i;

	for (i = 0; i < set->nr; i++)
		if (set->v[i].name && !strcmp(set->v[i].name, name))
			return &set->v[i];
	return NULL;
}

/**
 * policies_rules() - count the rules of all policies
 * @set: the policies
 *
 * Return: how many.
 */
size_t policies_rules(const struct policies *set)
{
	size_t i, nr = 0;

	for (i = 0; i < set->nr; i++)
		nr += set->v[i].nr_rules;
	return nr;
}

static int by_name(const void *a, const void *b)
{
	const struct policy *x = *(const struct policy *const *)a;
	const struct policy *y = *(const struct policy *const *)b;
	int diff = strcmp(x->name, y->name);

	/* Of two with one name, the first in the array comes first. */
	return diff ? diff : x < y ? -1 : x > y;
}

static void check_names(const struct policy **sorted, size_t nr,
			struct diags *diags)
{
	const struct policy *p, *before;
	size_t i;

	qsort(sorted, nr, sizeof(*sorted), by_name);
	for (i = 1; i < nr; i++) {
		p = sorted[i];
		before = sorted[i - 1];
		if (!strcmp(p->name, before->name))
			diag_error(diags, &p->name_at,
				   "policy '%s' is given twice, first at %s:%u:%u",
				   p->name, before->name_at.file,
				   before->name_at.line,
				   before->name_at.column);
	}
}

/**
 * policies_check() - check what can only be seen with all policies at hand
 * @set: the policies; those without a name have had their error
 * @diags: where errors go
 */
void policies_check(const struct policies *set, struct diags *diags)
{
	const struct policy **sorted;
	size_t i, nr = 0;

	if (!set->nr)
		return;
	if (set->nr > FIM_POLICIES_MAX)
		diag_error(diags, &set->v[FIM_POLICIES_MAX].at,
			   "more than %d policies", FIM_POLICIES_MAX);
	if (policies_rules(set) > FIM_RULES_MAX)
		diag_error(diags, &set->v[set->nr - 1].at,
			   "more than %d rules with this policy",
			   FIM_RULES_MAX);
	sorted = mem_resize(NULL, set->nr, sizeof(*sorted));
	for (i = 0; i < set->nr; i++)
		if (set->v[i].name)
			sorted[nr++] = &set->v[i];
	if (nr)
		check_names(sorted, nr, diags);
	free(sorted);
}

/**
 * policies_free() - free policies and what they hold
 * @set: empty afterwards
 */
void policies_free(struct policies *set)
{
	size_t i;

	for (i = 0; i < set->nr; i++)
		policy_free(&set->v[i]);
	free(set->v);
	*set = (struct policies){ 0 };
}

/**
 * policy_add_rule() - append an empty rule
 * @p: where to
 *
 * Return: the rule; it moves when another one is added.
 */
struct rule *policy_add_rule(struct policy *p)
{
	mem_grow(p->rules, p->nr_rules, p->cap_rules);
	p->rules[p->nr_rules] = (struct rule){ 0 };
	return &p->rules[p->nr_rules++];
}

/**
 * policy_add_label() - append an empty label
 * @p: where to
 *
 * Return: the label; it moves when another one is added.
 */
struct label *policy_add_label(struct policy *p)
{
	mem_grow(p->labels, p->nr_labels, p->cap_labels);
	p->labels[p->nr_labels] = (struct label){ 0 };
	return &p->labels[p->nr_labels++];
}

/**
 * policy_add_remark() - append an empty label or annotation of its own
 * @p: where to
 * @annotation: which
 *
 * Return: it; it moves when another one is added.
 */
struct label *policy_add_remark(struct policy *p, bool annotation)
{
	struct remarks *r = annotation ? &p->annotations : &p->own_labels;

	mem_grow(r->v, r->nr, r->cap);
	r->v[r->nr] = (struct label){ 0 };
	return &r->v[r->nr++];
}

/**
 * policy_add_expression() - append an empty expression
 * @p: where to
 *
 * Return: the expression; it moves when another one is added.
 */
struct expression *policy_add_expression(struct policy *p)
{
	mem_grow(p->expressions, p->nr_expressions, p->cap_expressions);
	p->expressions[p->nr_expressions] = (struct expression){ 0 };
	return &p->expressions[p->nr_expressions++];
}

/**
 * rule_add_source() - append an empty source
 * @r: where to
 *
 * Return: the source; it moves when another one is added.
 */
struct source *rule_add_source(struct rule *r)
{
	mem_grow(r->sources, r->nr_sources, r->cap_sources);
	r->sources[r->nr_sources] = (struct source){ 0 };
	return &r->sources[r->nr_sources++];
}

/**
 * rule_copy_sources() - copy whose operations a rule is about
 * @to: set
 * @from: the other rule
 */
void rule_copy_sources(struct rule *to, const struct rule *from)
{
	size_t i;

	for (i = 0; i < from->nr_sources; i++)
		*rule_add_source(to) = (struct source){
			.at = from->sources[i].at,
			.path = mem_string(from->sources[i].path),
		};
}

/**
 * rule_compare_sources() - whether two rules are about the same executables
 * @a: a rule
 * @b: another one
 *
 * Return: 0 if so, in the same order; else which is less, as strcmp() does.
 */
int rule_compare_sources(const struct rule *a, const struct rule *b)
{
	size_t i;
	int diff;

	if (a->nr_sources != b->nr_sources)
		return a->nr_sources < b->nr_sources ? -1 : 1;
	for (i = 0; i < a->nr_sources; i++) {
		diff = strcmp(a->sources[i].path, b->sources[i].path);
		if (diff)
			return diff;
	}
	return 0;
}

/**
 * rule_action() - what a rule does
 * @p: its policy
 * @r: the rule
 *
 * Return: enum fim_action.
 */
uint8_t rule_action(const struct policy *p, const struct rule *r)
{
	return r->attrs.action ? r->attrs.action : p->attrs.action;
}

/**
 * rule_is_conditional() - whether a rule leaves changes to other rules
 * @p: its policy
 * @r: the rule
 *
 * Return: true if it is about some callers only, or allows reading only.
 */
bool rule_is_conditional(const struct policy *p, const struct rule *r)
{
	return r->nr_sources ||
	       (r->flags & (FIM_RULE_OWNER_ONLY | FIM_RULE_TTY)) ||
	       ((r->flags & FIM_RULE_READONLY) &&
		rule_action(p, r) == FIM_ACTION_ALLOW);
}

/**
 * policy_inherit() - set what rules that set nothing have
 * @p: its @spec_attrs and @file_attrs are set
 *
 * The kernel has one level of defaults: with file rules only, those of spec.file
 * and of spec come to the same.
 */
void policy_inherit(struct policy *p)
{
	const struct attrs *file = &p->file_attrs;

	attrs_free(&p->attrs);
	attrs_copy(&p->attrs, &p->spec_attrs);
	if (file->action)
		p->attrs.action = file->action;
	if (file->severity)
		p->attrs.severity = file->severity;
	if (file->tags) {
		free(p->attrs.tags);
		p->attrs.tags = mem_dup(file->tags, file->tags_len);
		p->attrs.tags_len = file->tags_len;
	}
	if (file->message) {
		free(p->attrs.message);
		p->attrs.message = mem_string(file->message);
	}
	if (!p->attrs.action)
		p->attrs.action = FIM_ACTION_BLOCK;
}

static void set_action(struct attrs *a, uint8_t action)
{
	if (a->action && a->action != FIM_ACTION_ALLOW)
		a->action = action;
}

/* What the policy says about it is to say what is done. */
static void no_more_than_audit(struct policy *p, const char *annotation,
			       uint8_t *action)
{
	struct label *l;

	if (*action != FIM_ACTION_BLOCK)
		return;
	*action = FIM_ACTION_AUDIT;
	for (l = p->annotations.v; l < p->annotations.v + p->annotations.nr; l++) {
		if (strcmp(l->key, annotation))
			continue;
		free(l->value);
		l->value = mem_string(policy_action_name(FIM_ACTION_AUDIT));
	}
}

/**
 * policies_set_action() - have all that block and audit do one of both
 * @set: the policies
 * @action: FIM_ACTION_BLOCK or FIM_ACTION_AUDIT, which is then all that the
 *	posture and what is said about ways past the rules do, too
 */
void policies_set_action(struct policies *set, uint8_t action)
{
	struct policy *p;
	struct rule *r;
	size_t i;

	for (p = set->v; p < set->v + set->nr; p++) {
		if (action == FIM_ACTION_AUDIT) {
			no_more_than_audit(p, POLICY_POSTURE, &p->posture);
			for (i = 0; i < BYPASS_NR; i++)
				no_more_than_audit(p, bypass_infos[i].annotation,
						   &p->bypasses[i]);
		}
		if (!p->spec_attrs.action)
			p->spec_attrs.action = action;
		set_action(&p->spec_attrs, action);
		set_action(&p->file_attrs, action);
		for (r = p->rules; r < p->rules + p->nr_rules; r++)
			set_action(&r->attrs, action);
		policy_inherit(p);
	}
}

/**
 * rule_is_implied() - whether a rule is none of the policy's text
 * @r: the rule
 *
 * Return: true if it follows from another one.
 */
bool rule_is_implied(const struct rule *r)
{
	return r->flags & FIM_RULE_IMPLIED;
}

/**
 * policy_rules() - count the rules of a policy's text
 * @p: the policy
 *
 * Return: how many.
 */
size_t policy_rules(const struct policy *p)
{
	size_t i, nr = 0;

	for (i = 0; i < p->nr_rules; i++)
		nr += !rule_is_implied(&p->rules[i]);
	return nr;
}

/**
 * policy_waiting() - count the rules of a policy's text that have no object yet
 * @p: a policy that came from the kernel
 *
 * Return: how many.
 */
size_t policy_waiting(const struct policy *p)
{
	size_t i, nr = 0;

	for (i = 0; i < p->nr_rules; i++)
		nr += !rule_is_implied(&p->rules[i]) &&
		      p->rules[i].state == FIM_RULE_WAITING;
	return nr;
}

/**
 * attrs_copy() - copy attributes
 * @to: set
 * @from: what to copy
 */
void attrs_copy(struct attrs *to, const struct attrs *from)
{
	*to = *from;
	to->tags = from->tags ? mem_dup(from->tags, from->tags_len) : NULL;
	to->message = mem_string(from->message);
}

/**
 * attrs_free() - free what attributes hold
 * @a: empty afterwards
 */
void attrs_free(struct attrs *a)
{
	free(a->tags);
	free(a->message);
	*a = (struct attrs){ 0 };
}

static void rule_free(struct rule *r)
{
	size_t i;

	for (i = 0; i < r->nr_sources; i++)
		free(r->sources[i].path);
	free(r->sources);
	free(r->path);
	free(r->real_path);
	free(r->devices);
	attrs_free(&r->attrs);
}

/**
 * policy_drop_implied() - take out the rules that are none of the text
 * @p: the policy
 */
void policy_drop_implied(struct policy *p)
{
	size_t i, nr = 0;

	for (i = 0; i < p->nr_rules; i++) {
		if (rule_is_implied(&p->rules[i]))
			rule_free(&p->rules[i]);
		else
			p->rules[nr++] = p->rules[i];
	}
	p->nr_rules = nr;
}

static void labels_free(struct label *labels, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		free(labels[i].key);
		free(labels[i].value);
	}
	free(labels);
}

/**
 * policy_bind() - note that a policy is for a container
 * @p: the policy
 * @container: the container's id
 */
void policy_bind(struct policy *p, const char *container)
{
	mem_grow(p->containers, p->nr_containers, p->cap_containers);
	p->containers[p->nr_containers++] = mem_string(container);
}

/**
 * policy_unbind() - note that a policy is for no container
 * @p: the policy
 */
void policy_unbind(struct policy *p)
{
	size_t i;

	for (i = 0; i < p->nr_containers; i++)
		free(p->containers[i]);
	free(p->containers);
	p->containers = NULL;
	p->nr_containers = 0;
	p->cap_containers = 0;
}

/**
 * policy_free() - free what a policy holds
 * @p: empty afterwards
 */
void policy_free(struct policy *p)
{
	size_t i;

	for (i = 0; i < p->nr_rules; i++)
		rule_free(&p->rules[i]);
	for (i = 0; i < p->nr_expressions; i++) {
		free(p->expressions[i].key);
		free(p->expressions[i].values);
	}
	labels_free(p->labels, p->nr_labels);
	labels_free(p->own_labels.v, p->own_labels.nr);
	labels_free(p->annotations.v, p->annotations.nr);
	attrs_free(&p->attrs);
	attrs_free(&p->spec_attrs);
	attrs_free(&p->file_attrs);
	free(p->rules);
	policy_unbind(p);
	free(p->expressions);
	free(p->name);
	free(p->namespace);
	free(p->counts);
	*p = (struct policy){ 0 };
}

/**
 * policy_kind_name() - KubeArmor's name of a kind of policy
 * @kind: as struct policy has it
 *
 * Return: the name; "unknown" for one from a newer kernel.
 */
const char *policy_kind_name(uint8_t kind)
{
	static const char *const name[] = {
		[FIM_KIND_HOST] = "KubeArmorHostPolicy",
		[FIM_KIND_CONTAINER] = "KubeArmorPolicy",
		[FIM_KIND_CLUSTER] = "KubeArmorClusterPolicy",
	};

	return kind < ARRAY_SIZE(name) && name[kind] ? name[kind] : "unknown";
}

/**
 * policy_action_name() - KubeArmor's name of an action
 * @action: enum fim_action
 *
 * Return: the name; "unknown" for one from a newer kernel.
 */
const char *policy_action_name(uint8_t action)
{
	static const char *const name[] = {
		[FIM_ACTION_ALLOW] = "Allow",
		[FIM_ACTION_AUDIT] = "Audit",
		[FIM_ACTION_BLOCK] = "Block",
	};

	if (action >= ARRAY_SIZE(name) || !name[action])
		return "unknown";
	return name[action];
}

/**
 * policy_action() - an action by its name
 * @name: the name, in whatever case
 *
 * Return: enum fim_action; FIM_ACTION_UNSET if there is none of that name.
 */
uint8_t policy_action(const char *name)
{
	uint8_t action;

	for (action = FIM_ACTION_ALLOW; action <= FIM_ACTION_BLOCK; action++)
		if (!strcasecmp(name, policy_action_name(action)))
			return action;
	return FIM_ACTION_UNSET;
}
