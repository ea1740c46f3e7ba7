// SPDX-License-Identifier: GPL-2.0
/*
 * The ruleset in force: how it is made, searched and freed.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "tree.h"
#include "writer.h"

/* One level in 500 of a walk is looked at more closely for nothing, at most. */
#define FIM_FILTER_BITS_PER_MARK	512
#define FIM_FILTER_MIN_BITS		16384U
#define FIM_FILTER_MAX_BITS		4194304U

static unsigned long mark_key(const struct inode *inode,
			      enum fim_mark_kind kind)
{
	return (unsigned long)inode | kind;
}

/* The slot of a key, or the free slot where it belongs. */
static struct fim_mark *find_slot(const struct fim_ruleset *rs,
				  unsigned long key)
{
	/* The filter takes the upper bits of the hash, so take others. */
	unsigned int i = fim_hash(key) >> 7;

	for (;; i++) {
		struct fim_mark *mark = &rs->marks[i & rs->mask];

		if (mark->key == key || !mark->key)
			return mark;
	}
}

/**
 * fim_mark_find() - what a ruleset has to say about an inode
 * @rs: the ruleset
 * @inode: an address, or NULL
 * @kind: as what it would be marked
 *
 * Return: the mark, or NULL.
 */
const struct fim_mark *fim_mark_find(const struct fim_ruleset *rs,
				     const struct inode *inode,
				     enum fim_mark_kind kind)
{
	const struct fim_mark *mark;

	if (!inode || !fim_filtered(rs, inode, kind))
		return NULL;
	mark = find_slot(rs, mark_key(inode, kind));
	if (!mark->key || !fim_object_held(mark->object))
		return NULL;
	return mark;
}

static bool is_stricter(const struct fim_binding *a,
			const struct fim_binding *b)
{
	return !b || fim_guard_action(a) > fim_guard_action(b);
}

/*
 * Room for one more in a list of a mark, which doubles whenever the count is a
 * power of two. Return: the list, or NULL without memory.
 */
static void *grow(void *list, unsigned int nr, size_t size)
{
	void *grown;

	if (nr & (nr - 1))
		return list;
	grown = kvmalloc_array(nr ? 2 * nr : 1, size, FIM_GFP_QUIET);
	if (!grown)
		return NULL;
	if (nr)
		memcpy(grown, list, nr * size);
	kvfree(list);
	return grown;
}

static int add_binding(struct fim_mark *mark, const struct fim_binding *binding)
{
	const struct fim_binding **bindings;

	bindings = grow(mark->bindings, mark->nr, sizeof(*bindings));
	if (!bindings)
		return -ENOMEM;
	mark->bindings = bindings;
	mark->bindings[mark->nr++] = binding;
	return 0;
}

static int add_guard(struct fim_mark *mark, const struct fim_binding *binding)
{
	unsigned int i;

	if (!fim_guard_action(binding)) {
		mark->followed = true;
		return 0;
	}
	for (i = 0; i < mark->nr; i++) {
		if (mark->bindings[i]->container != binding->container)
			continue;
		if (is_stricter(binding, mark->bindings[i]))
			mark->bindings[i] = binding;
		return 0;
	}
	return add_binding(mark, binding);
}

static struct fim_mark *claim_slot(struct fim_ruleset *rs,
				   const struct fim_object *object,
				   enum fim_mark_kind kind)
{
	unsigned long key = mark_key(object->inode, kind);
	struct fim_mark *mark = find_slot(rs, key);

	if (!mark->key) {
		mark->key = key;
		mark->object = object;
		rs->nr_marks++;
		__set_bit(fim_hash(key) >> (rs->shift & 31), rs->filter);
	}
	return mark;
}

static void add_covered(struct fim_ruleset *rs, struct fim_mark *mark,
			const struct fim_step *step)
{
	if (!step->covered)
		return;
	mark->covered = true;
	rs->covers = true;
}

static int add_mark(struct fim_ruleset *rs, const struct fim_step *step,
		    const struct fim_binding *binding)
{
	struct fim_mark *mark = claim_slot(rs, step->object, step->kind);

	mark->strictest = max(mark->strictest, fim_guard_action(binding));
	add_covered(rs, mark, step);
	if (step->kind == FIM_MARK_GUARD)
		return add_guard(mark, binding);
	return add_binding(mark, binding);
}

static bool is_stricter_raw(const struct fim_binding *a,
			    const struct fim_binding *b)
{
	if (b && a->policy->raw != b->policy->raw)
		return a->policy->raw > b->policy->raw;
	return is_stricter(a, b);
}

static void add_device(struct fim_ruleset *rs, dev_t device,
		       const struct fim_binding *binding)
{
	unsigned int i;

	if (!device)
		return;
	for (i = 0; i < rs->nr_devices; i++)
		if (rs->devices[i].device == device &&
		    rs->devices[i].binding->container == binding->container)
			break;
	if (i == rs->nr_devices)
		rs->devices[rs->nr_devices++].device = device;
	if (is_stricter_raw(binding, rs->devices[i].binding))
		rs->devices[i].binding = binding;
}

static void add_sb(struct fim_ruleset *rs, const struct fim_object *object,
		   const struct fim_binding *binding)
{
	const struct super_block *sb = object->sb;
	unsigned int i, n;

	for (i = 0; i < rs->nr_sbs; i++)
		if (rs->sbs[i].sb == sb &&
		    rs->sbs[i].binding->container == binding->container)
			break;
	if (i == rs->nr_sbs) {
		rs->sbs[rs->nr_sbs++] = (struct fim_sb_rule){
			.sb = sb,
			.device = object->device,
			.disk = object->disk,
			.btrfs = object->btrfs,
		};
	}
	if (is_stricter(binding, rs->sbs[i].binding))
		rs->sbs[i].binding = binding;
	if (fim_reads_refused(binding) &&
	    is_stricter(binding, rs->sbs[i].reads))
		rs->sbs[i].reads = binding;
	if (is_stricter_raw(binding, rs->sbs[i].raw))
		rs->sbs[i].raw = binding;

	add_device(rs, rs->sbs[i].device, binding);
	add_device(rs, rs->sbs[i].disk, binding);
	for (n = 0; n < binding->rule->nr_devices; n++)
		add_device(rs, binding->rule->devices[n], binding);
}

static void add_mount(struct fim_ruleset *rs, const struct fim_step *step,
		      bool first, const struct fim_binding *binding, u8 action)
{
	unsigned int i;

	for (i = 0; i < rs->nr_mounts; i++)
		if (rs->mounts[i].mnt == step->mnt &&
		    rs->mounts[i].binding->container == binding->container)
			break;
	if (i == rs->nr_mounts) {
		rs->mounts[rs->nr_mounts++].mnt = step->mnt;
		/* The self-test's is nobody's root. */
		rs->mounts[i].root = first && binding->policy->kind;
	}
	if (action > rs->mounts[i].action) {
		rs->mounts[i].binding = binding;
		rs->mounts[i].action = action;
		rs->mounts[i].path = step->path;
		if (rs->mounts[i].root)
			rs->mounts[i].path = "/";
	}
}

/* The directory in which a path waits for a name. */
static int add_anchor(struct fim_ruleset *rs, const struct fim_route *route)
{
	struct fim_mark *mark = claim_slot(rs, fim_route_end(route)->object,
					   FIM_MARK_ANCHOR);
	const struct fim_route **routes;

	routes = grow(mark->routes, mark->nr, sizeof(*routes));
	if (!routes)
		return -ENOMEM;
	mark->routes = routes;
	mark->routes[mark->nr++] = route;
	return 0;
}

/*
 * What waits guards nothing, but has to be looked after when the way to where
 * it waits changes.
 */
static int add_waiting(struct fim_ruleset *rs, const struct fim_route *route)
{
	const struct fim_step *step;
	unsigned int i;
	int err;

	rs->waits = true;
	for (i = 0; i < route->nr; i++) {
		step = &route->steps[i];
		if (!fim_object_held(step->object))
			continue;
		if (step->kind == FIM_MARK_ANCHOR) {
			err = add_anchor(rs, route);
			if (err)
				return err;
		} else {
			claim_slot(rs, step->object,
				   FIM_MARK_GUARD)->watched = true;
		}
	}
	return 0;
}

static int add_route(struct fim_ruleset *rs, struct fim_binding *binding)
{
	const struct fim_route *route = &binding->route;
	u8 action = fim_guard_action(binding);
	unsigned int i;
	int err;

	if (fim_reads_refused(binding))
		rs->reads = true;
	/* The self-test's tells nobody to look. */
	if (binding->policy->kind && fim_rule_appends(binding->rule))
		rs->append = true;
	if (!fim_binding_armed(binding))
		return add_waiting(rs, route);
	for (i = 0; i < route->nr; i++) {
		if (!fim_object_held(route->steps[i].object))
			continue;
		err = add_mark(rs, &route->steps[i], binding);
		if (err)
			return err;
		if (route->steps[i].mnt && action)
			add_mount(rs, &route->steps[i], !i, binding, action);
	}
	if (action)
		add_sb(rs, fim_route_end(route)->object, binding);
	return 0;
}

static int add_rule(struct fim_ruleset *rs, const struct fim_rule *rule)
{
	struct fim_binding *binding;
	int err = 0;

	list_for_each_entry(binding, &rule->bindings, node) {
		refcount_inc(&binding->ref);
		rs->bindings[rs->nr_bindings++] = binding;
		err = add_route(rs, binding);
		if (err)
			break;
	}
	return err;
}

static int add_trust(struct fim_mark *mark, const struct fim_trust *trust)
{
	struct fim_trust *trusts;
	unsigned int i;

	for (i = 0; i < mark->nr_trusts; i++) {
		trusts = &mark->trusts[i];
		if (trusts->binding->container != trust->binding->container)
			continue;
		if (trust->action > trusts->action)
			*trusts = *trust;
		return 0;
	}
	trusts = grow(mark->trusts, mark->nr_trusts, sizeof(*trusts));
	if (!trusts)
		return -ENOMEM;
	mark->trusts = trusts;
	mark->trusts[mark->nr_trusts++] = *trust;
	return 0;
}

/*
 * How an executable is kept that an Allow rule trusts: as the strictest of the
 * rules that it is an exception from, above and below.
 */
static u8 trust_action(const struct fim_ruleset *rs,
		       const struct fim_binding *binding)
{
	const struct fim_route *route = &binding->route;
	u8 action = fim_guard_action(binding);
	const struct fim_mark *mark;
	unsigned int i;

	if (fim_rule_action(binding->rule) != FIM_ACTION_ALLOW)
		return FIM_ACTION_UNSET;
	for (i = 0; i < route->nr; i++) {
		mark = fim_mark_find(rs, route->steps[i].object->inode,
				     FIM_MARK_TREE);
		if (mark)
			action = max(action, mark->strictest);
	}
	if (!fim_binding_armed(binding))
		return action;
	mark = fim_mark_find(rs, fim_route_end(route)->object->inode,
			     FIM_MARK_GUARD);
	return mark ? max(action, mark->strictest) : action;
}

static int add_source(struct fim_ruleset *rs, const struct fim_binding *binding,
		      const struct fim_route *route, u8 action)
{
	struct fim_trust trust = { .binding = binding, .action = action };
	const struct fim_step *step;
	struct fim_mark *mark;
	unsigned int i;
	int err;

	if (!fim_route_arrives(route))
		return add_waiting(rs, route);
	for (i = 0; i < route->nr; i++) {
		step = &route->steps[i];
		if (!fim_object_held(step->object))
			continue;
		/* Whatever becomes of it, the rule is told. */
		mark = claim_slot(rs, step->object, step->kind);
		mark->followed = true;
		add_covered(rs, mark, step);
		if (!action)
			continue;
		trust.path = step->path;
		err = add_trust(mark, &trust);
		if (err)
			return err;
		if (step->mnt)
			add_mount(rs, step, !i, binding, action);
	}
	return 0;
}

/* Needs the marks of all rules. */
static int add_sources(struct fim_ruleset *rs)
{
	const struct fim_binding *binding;
	unsigned int i, n;
	u8 action;
	int err;

	for (i = 0; i < rs->nr_bindings; i++) {
		binding = rs->bindings[i];
		if (!binding->rule->nr_sources)
			continue;
		rs->sources = true;
		action = trust_action(rs, binding);
		for (n = 0; n < binding->rule->nr_sources; n++) {
			err = add_source(rs, binding, &binding->sources[n],
					 action);
			if (err)
				return err;
		}
	}
	return 0;
}

/* What a ruleset needs room for, at most. */
struct sizes {
	unsigned int steps;
	unsigned int bindings;
	unsigned int mounts;
	unsigned int devices;
	unsigned int policies;
};

static void count_route(struct sizes *sizes, const struct fim_route *route)
{
	unsigned int i;

	sizes->steps += route->nr;
	for (i = 0; i < route->nr; i++)
		sizes->mounts += !!route->steps[i].mnt;
}

static void count_rule(struct sizes *sizes, const struct fim_rule *rule)
{
	const struct fim_binding *binding;
	unsigned int i;

	list_for_each_entry(binding, &rule->bindings, node) {
		count_route(sizes, &binding->route);
		for (i = 0; i < rule->nr_sources; i++)
			count_route(sizes, &binding->sources[i]);
		/* A filesystem's own device and its disk */
		sizes->devices += 2 + rule->nr_devices;
		sizes->bindings++;
	}
}

static struct sizes count(struct fim_policy **policies, unsigned int nr)
{
	struct sizes sizes = { .policies = nr };
	struct fim_writer *writer;
	struct fim_rule *rule;
	unsigned int i;

	for (i = 0; i < nr; i++)
		list_for_each_entry(rule, &policies[i]->rules, node)
			count_rule(&sizes, rule);
	list_for_each_entry(writer, &fim_writers, node)
		sizes.steps++;
	return sizes;
}

static struct fim_ruleset *alloc_ruleset(const struct sizes *sizes)
{
	unsigned int marks, bits, slots;
	struct fim_ruleset *rs;

	/* Many steps are the same few inodes, each marked in four ways at most. */
	marks = min(sizes->steps, 4 * fim_object_count());
	slots = roundup_pow_of_two(2 * marks + 1);
	bits = roundup_pow_of_two(marks * FIM_FILTER_BITS_PER_MARK + 1);
	bits = clamp(bits, FIM_FILTER_MIN_BITS, FIM_FILTER_MAX_BITS);
	rs = kvzalloc(struct_size(rs, filter, BITS_TO_LONGS(bits)),
		      FIM_GFP_QUIET);
	if (!rs)
		return NULL;
	rs->shift = 32 - ilog2(bits);
	rs->mask = slots - 1;
	rs->marks = kvcalloc(slots, sizeof(*rs->marks), FIM_GFP_QUIET);
	rs->sbs = kvcalloc(sizes->bindings, sizeof(*rs->sbs), FIM_GFP_QUIET);
	rs->devices = kvcalloc(sizes->devices, sizeof(*rs->devices),
			       FIM_GFP_QUIET);
	rs->mounts = kvcalloc(sizes->mounts, sizeof(*rs->mounts),
			      FIM_GFP_QUIET);
	rs->policies = kvcalloc(sizes->policies, sizeof(*rs->policies),
				FIM_GFP_QUIET);
	rs->bindings = kvcalloc(sizes->bindings, sizeof(*rs->bindings),
				FIM_GFP_QUIET);
	if (!rs->marks || !rs->sbs || !rs->devices || !rs->mounts ||
	    !rs->policies || !rs->bindings) {
		fim_ruleset_free(rs);
		return NULL;
	}
	return rs;
}

/**
 * fim_ruleset_build() - make a ruleset
 * @policies: its policies, in order
 * @nr_policies: how many
 *
 * Context: process, under fim_policy_lock.
 * Return: the ruleset, or NULL without memory.
 */
struct fim_ruleset *fim_ruleset_build(struct fim_policy **policies,
				      unsigned int nr_policies)
{
	struct fim_writer *writer;
	struct fim_ruleset *rs;
	struct fim_rule *rule;
	struct sizes sizes;
	unsigned int i;

	lockdep_assert_held(&fim_policy_lock);

	sizes = count(policies, nr_policies);
	rs = alloc_ruleset(&sizes);
	if (!rs)
		return NULL;

	for (i = 0; i < nr_policies; i++) {
		refcount_inc(&policies[i]->ref);
		rs->policies[rs->nr_policies++] = policies[i];
		rs->nr_rules += policies[i]->nr_rules;
		rs->loads |= policies[i]->modules || policies[i]->kexec;
		list_for_each_entry(rule, &policies[i]->rules, node) {
			if (add_rule(rs, rule)) {
				fim_ruleset_free(rs);
				return NULL;
			}
		}
	}
	if (add_sources(rs)) {
		fim_ruleset_free(rs);
		return NULL;
	}
	/* Room was made for what is held only. */
	list_for_each_entry(writer, &fim_writers, node) {
		if (!fim_object_held(writer->object))
			continue;
		claim_slot(rs, writer->object, FIM_MARK_WRITER);
		rs->nr_writers += !writer->canary;
	}
	return rs;
}

/**
 * fim_ruleset_free() - free a ruleset that no hook can see any more
 * @rs: the ruleset, or NULL
 *
 * Context: process; may sleep, as it may be the last to hold an inode.
 */
void fim_ruleset_free(struct fim_ruleset *rs)
{
	unsigned int i;

	if (!rs)
		return;
	if (rs->marks)
		for (i = 0; i <= rs->mask; i++) {
			kvfree(rs->marks[i].bindings);
			kvfree(rs->marks[i].trusts);
		}
	for (i = 0; i < rs->nr_bindings; i++)
		fim_binding_put(rs->bindings[i]);
	for (i = 0; i < rs->nr_policies; i++)
		fim_policy_put(rs->policies[i]);
	kvfree(rs->bindings);
	kvfree(rs->policies);
	kvfree(rs->mounts);
	kvfree(rs->devices);
	kvfree(rs->sbs);
	kvfree(rs->marks);
	kvfree(rs);
}
