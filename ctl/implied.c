// SPDX-License-Identifier: GPL-2.0
/*
 * implied.c - rules that follow from a policy's and from what is on the disk
 *
 * A rule protects a directory and what is below it in the same filesystem. What
 * is mounted below it is another filesystem, and a file in it may have names
 * elsewhere: each gets a rule of its own, with the attributes of the one that
 * is nearest to it. So does a file that a pattern matches by some of its names;
 * what is mounted below a pattern's directory is only told.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "implied.h"
#include "matches.h"
#include "mem.h"
#include "mounts.h"
#include "scan.h"
#include "term.h"

/**
 * struct search - what is needed to find them
 * @now: the policies in force
 * @wanted: for each of them, whether rules are looked for
 * @found: for each of them, the rules found
 * @files: for each of them, those about files, as @found is looked at meanwhile
 * @rules: how many more the kernel takes
 * @scan: the search for files
 * @patterns: all patterns
 * @unread: how many directories could not be read
 * @exposed: how many files were found that have names elsewhere
 */
struct search {
	const struct policies *now;
	const bool *wanted;
	struct implied *found;
	struct policy *files;
	size_t rules;
	struct scan scan;
	struct matches patterns;
	uint64_t unread;
	size_t exposed;
};

/**
 * struct parent - a rule and its policy
 * @rule: the rule
 * @policy: index of its policy
 */
struct parent {
	const struct rule *rule;
	size_t policy;
};

/* Where a rule's directory is, which for "/" may be an empty string. */
static const char *real_path(const struct rule *r)
{
	return r->real_path ? r->real_path : r->path;
}

/* Its length without slashes at the end. */
static size_t real_length(const struct rule *r)
{
	const char *path = real_path(r);
	size_t len = strlen(path);

	while (len && path[len - 1] == '/')
		len--;
	return len;
}

static bool is_parent(const struct rule *r)
{
	return r->type == FIM_RULE_DIRECTORY && r->state == FIM_RULE_ARMED &&
	       !rule_is_implied(r);
}

/* Whether a path is in a rule's directory, and the rule about it. */
static bool covers(const struct rule *r, const char *path, bool directory)
{
	size_t len = real_length(r);

	if (!is_parent(r) || strncmp(path, real_path(r), len) ||
	    path[len] != '/' || !path[len + 1])
		return false;
	if (r->flags & FIM_RULE_RECURSIVE)
		return true;
	/* Of a directory, only the entry is protected, not what is in it. */
	return !directory && !strchr(path + len + 1, '/');
}

/* How long the path is of the nearest directory with a rule that is for all. */
static size_t nearest(const struct policies *now, const char *path,
		      bool directory)
{
	const struct policy *p;
	const struct rule *r;
	size_t len = 0;

	for (p = now->v; p < now->v + now->nr; p++)
		for (r = p->rules; r < p->rules + p->nr_rules; r++)
			if (covers(r, path, directory) &&
			    !rule_is_conditional(p, r) &&
			    real_length(r) + 1 > len)
				len = real_length(r) + 1;
	return len;
}

/* The strictest of a policy for all whose directory has a path of that length. */
static const struct rule *parent_of(const struct policy *p, const char *path,
				    bool directory, size_t len)
{
	const struct rule *r, *best = NULL;

	for (r = p->rules; r < p->rules + p->nr_rules; r++)
		if (covers(r, path, directory) && real_length(r) + 1 == len &&
		    !rule_is_conditional(p, r) &&
		    (!best || rule_action(p, r) > rule_action(p, best)))
			best = r;
	return best;
}

/*
 * Whether a rule says something beside the one that is nearest of those for all:
 * one about the caller's executable does from wherever it is.
 */
static bool is_special(const struct policy *p, const struct rule *r, size_t len)
{
	if (r->nr_sources)
		return true;
	if (rule_is_conditional(p, r))
		return real_length(r) + 1 >= len;
	return real_length(r) + 1 == len &&
	       rule_action(p, r) == FIM_ACTION_ALLOW;
}

/* A rule of some policy's text that says all that an implied one would. */
static bool has_rule(const struct policies *now, const char *path)
{
	const struct policy *p;
	const struct rule *r;
	size_t len = strlen(path);

	for (p = now->v; p < now->v + now->nr; p++)
		for (r = p->rules; r < p->rules + p->nr_rules; r++)
			if (is_parent(r) && (r->flags & FIM_RULE_RECURSIVE) &&
			    !rule_is_conditional(p, r) &&
			    real_length(r) == len &&
			    !memcmp(real_path(r), path, len))
				return true;
	return false;
}

/* Takes @path over. Return: false if the kernel takes no more. */
static bool add_rule(struct search *s, const struct parent *parent,
		     uint8_t type, char *path)
{
	struct rule *r;

	if (!s->rules || strlen(path) > FIM_PATH_MAX) {
		term_warning("%s is not protected: %s", path, s->rules ?
			     "its path is too long" : "too many rules");
		free(path);
		return false;
	}
	s->rules--;
	r = policy_add_rule(type == FIM_RULE_FILE ? &s->files[parent->policy] :
			    &s->found[parent->policy].rules);
	r->type = type;
	r->flags = parent->rule->flags | FIM_RULE_IMPLIED;
	if (type == FIM_RULE_FILE)
		r->flags &= ~FIM_RULE_RECURSIVE;
	r->path = path;
	attrs_copy(&r->attrs, &parent->rule->attrs);
	rule_copy_sources(r, parent->rule);
	return true;
}

/* The path as the policy names it. */
static char *rename_path(const struct rule *r, const char *path, bool directory)
{
	size_t rule_len = strlen(r->path), rest = real_length(r) + 1;
	size_t len = strlen(path) - rest;
	char *renamed = mem_resize(NULL, rule_len + len + 2, 1);

	memcpy(renamed, r->path, rule_len);
	memcpy(renamed + rule_len, path + rest, len);
	strcpy(renamed + rule_len + len, directory ? "/" : "");
	return renamed;
}

static bool add_mount_rule(struct search *s, const struct parent *parent,
			   const struct mount *m, bool directory)
{
	return add_rule(s, parent, directory ? FIM_RULE_DIRECTORY :
					       FIM_RULE_FILE,
			rename_path(parent->rule, m->path, directory));
}

/*
 * Who may more, or less, than others may so in what is mounted as well. Return:
 * whether there is such a rule.
 */
static bool add_special(struct search *s, size_t policy,
			const struct rule *strictest, const struct mount *m,
			bool directory, size_t len)
{
	const struct policy *p = &s->now->v[policy];
	struct parent parent = { .policy = policy };
	const struct rule *r;
	bool any = false;

	for (r = p->rules; r < p->rules + p->nr_rules; r++) {
		if (r == strictest || !covers(r, m->path, directory) ||
		    !is_special(p, r, len))
			continue;
		parent.rule = r;
		any |= add_mount_rule(s, &parent, m, directory);
	}
	return any;
}

static void add_mount(struct search *s, const struct mount *m, bool directory)
{
	size_t i, len = nearest(s->now, m->path, directory);
	struct parent parent;
	bool any;

	if (directory && has_rule(s->now, m->path))
		return;
	for (i = 0; i < s->now->nr; i++) {
		if (!s->wanted[i])
			continue;
		parent = (struct parent){ parent_of(&s->now->v[i], m->path,
						    directory, len), i };
		any = parent.rule && add_mount_rule(s, &parent, m, directory);
		any |= add_special(s, i, parent.rule, m, directory, len);
		s->found[i].mounts += any;
	}
}

/* Whether its path leads to it: another one may be mounted over it. */
static int reaches(const struct mount *m, bool *directory)
{
	int fd = open(m->path, O_PATH | O_NOFOLLOW | O_CLOEXEC), err = 0;
	struct statx st;

	if (fd < 0)
		return -errno;
	if (statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT,
		  STATX_TYPE | STATX_MNT_ID, &st))
		err = -errno;
	else if ((st.stx_mask & STATX_MNT_ID) && st.stx_mnt_id != m->id)
		err = -ENOENT;
	close(fd);
	*directory = S_ISDIR(st.stx_mode);
	return err;
}

static bool is_covered(const struct policies *now, const char *path)
{
	const struct policy *p;
	const struct rule *r;

	for (p = now->v; p < now->v + now->nr; p++)
		for (r = p->rules; r < p->rules + p->nr_rules; r++)
			if (covers(r, path, false))
				return true;
	return false;
}

static void find_mounts(struct search *s)
{
	struct mounts mounts = { 0 };
	struct mount *m;
	bool directory = false;
	int err;

	err = mounts_read(&mounts, "/proc/self/mountinfo");
	if (err)
		term_warning("what is mounted is not known: %s",
			     strerror(-err));
	for (m = mounts.v; m < mounts.v + mounts.nr; m++) {
		if (mount_is_interface(m))
			continue;
		matches_warn(&s->patterns, m->path);
		if (!is_covered(s->now, m->path))
			continue;
		err = reaches(m, &directory);
		if (!err)
			add_mount(s, m, directory);
		else if (err != -ENOENT && err != -ENOTDIR)
			term_warning("%s is mounted there, but can't be looked at and is not protected: %s",
				     m->path, strerror(-err));
	}
	mounts_free(&mounts);
}

/*
 * Whether a rule about some callers leaves others what they may not: then the
 * names in its directory are those of the rule for all.
 */
static bool is_exception(const struct search *s, const struct policy *p,
			 const struct rule *r)
{
	bool deep = r->flags & FIM_RULE_RECURSIVE, is = false;
	const struct policy *other;
	const struct rule *rule;
	struct buf path = { 0 };
	size_t len;

	if (!is_parent(r) || !rule_is_conditional(p, r))
		return false;
	/* Any entry of the directory */
	buf_addf(&path, "%.*s/x", (int)real_length(r), real_path(r));
	len = nearest(s->now, path.data, deep);
	for (other = s->now->v; other < s->now->v + s->now->nr; other++) {
		rule = parent_of(other, path.data, deep, len);
		is |= rule && rule_action(other, rule) >= rule_action(p, r);
	}
	buf_free(&path);
	return is;
}

static void add_tree(struct search *s, const struct policy *p,
		     const struct rule *r)
{
	scan_add(&s->scan, &(struct scan_tree){
		.path = *real_path(r) ? real_path(r) : "/",
		.name = r->path,
		.recursive = r->flags & FIM_RULE_RECURSIVE,
		.action = rule_action(p, r),
		/* Other names of what is allowed are no way around anything. */
		.wanted = s->wanted[p - s->now->v] &&
			  rule_action(p, r) != FIM_ACTION_ALLOW,
		.owner = r,
		.group = p - s->now->v,
	});
}

/*
 * All that is protected: names in there are not outside. Of implied rules, those
 * of the policies looked at are found anew.
 */
static void add_trees(struct search *s)
{
	const struct rule *r;
	const struct policy *p;
	size_t i;

	for (i = 0; i < s->now->nr; i++) {
		p = &s->now->v[i];
		for (r = p->rules; r < p->rules + p->nr_rules; r++)
			if (r->type == FIM_RULE_DIRECTORY &&
			    r->state == FIM_RULE_ARMED &&
			    !(s->wanted[i] && rule_is_implied(r)) &&
			    !is_exception(s, p, r))
				add_tree(s, p, r);
		p = &s->found[i].rules;
		for (r = p->rules; r < p->rules + p->nr_rules; r++)
			if (r->type == FIM_RULE_DIRECTORY)
				add_tree(s, &s->now->v[i], r);
	}
}

static void progress(const char *where, uint64_t files)
{
	term_progress("scanning %s: %llu files", where,
		      (unsigned long long)files);
}

/** @TROUBLE_MAX: what can't be read is named so often, then counted */
#define TROUBLE_MAX 20

static void trouble(const char *path, int error)
{
	static unsigned int told;

	if (told++ < TROUBLE_MAX)
		term_warning("%s can't be searched for files with other names: %s",
			     path, strerror(error));
}

static void report_file(const struct scan_file *f)
{
	uint32_t out = f->links - f->seen;

	if (f->links <= f->seen)
		term_warning("%s has names whose rules are less strict; this one's is for all",
			     f->path);
	else
		term_warning("%s has %u name%s %s; it is protected by %s too",
			     f->path, out, out == 1 ? "" : "s",
			     f->tree->glob ? "that the pattern does not match" :
					     "outside of what is protected",
			     out == 1 ? "that name" : "those names");
}

/** @FILES_MAX: files are named so often, then counted */
#define FILES_MAX 1000

static void add_file(struct search *s, const struct scan_file *f)
{
	const struct parent parent = { f->tree->owner, f->tree->group };

	if (s->exposed++ < FILES_MAX)
		report_file(f);
	if (add_rule(s, &parent, FIM_RULE_FILE, mem_string(f->path)))
		s->found[parent.policy].files++;
}

static bool has_file_rule(const struct policies *now, const char *path)
{
	const struct policy *p;
	const struct rule *r;

	for (p = now->v; p < now->v + now->nr; p++)
		for (r = p->rules; r < p->rules + p->nr_rules; r++)
			if (r->type == FIM_RULE_FILE && !rule_is_implied(r) &&
			    !rule_is_conditional(p, r) &&
			    !strcmp(real_path(r), path))
				return true;
	return false;
}

static bool has_nearer_pattern(const struct search *s, const char *path,
			       size_t len)
{
	const struct match *m, *end = s->patterns.v + s->patterns.nr;

	for (m = s->patterns.v; m < end; m++)
		if (strlen(m->dir) > len && match_has(m, path) &&
		    !rule_is_conditional(&s->now->v[m->policy], m->rule))
			return true;
	return false;
}

/* Whether it is the pattern that decides about the name that was found. */
static bool is_decided(const struct search *s, const struct scan_file *f)
{
	size_t len = strlen(f->tree->path);
	struct buf path = { 0 };
	bool decided;

	buf_addf(&path, "%s%s", f->tree->path,
		 f->path + strlen(f->tree->name));
	decided = nearest(s->now, path.data, false) <= len &&
		  !has_nearer_pattern(s, path.data, len) &&
		  !has_file_rule(s->now, path.data);
	buf_free(&path);
	return decided;
}

static void run_scan(struct search *s)
{
	struct scan_file *f, *end;

	s->scan.progress = progress;
	s->scan.trouble = trouble;
	scan_run(&s->scan);
	term_progress("%s", "");
	end = s->scan.files + s->scan.cap_files;
	for (f = s->scan.files; f < end; f++)
		if (scan_is_exposed(f) && f->tree->wanted &&
		    (!f->tree->glob || is_decided(s, f)))
			add_file(s, f);
	s->unread += s->scan.unread;
	scan_free(&s->scan);
}

static void add_pattern(struct search *s, const struct match *m)
{
	int action = rule_action(&s->now->v[m->policy], m->rule);

	if (s->wanted[m->policy] && action != FIM_ACTION_ALLOW)
		scan_add(&s->scan, &(struct scan_tree){
			.path = m->dir, .name = m->name, .recursive = true,
			.action = action, .wanted = true, .glob = &m->glob,
			.owner = m->rule, .group = m->policy,
		});
}

static void find_files(struct search *s)
{
	const struct matches *m = &s->patterns;
	size_t i, end;

	add_trees(s);
	run_scan(s);
	for (i = 0; i < m->nr; i = end) {
		end = matches_end(m, i);
		for (; i < end; i++)
			add_pattern(s, &m->v[i]);
		run_scan(s);
	}
	if (s->exposed > FILES_MAX)
		term_warning("%zu more files have other names and are protected by them too",
			     s->exposed - FILES_MAX);
	if (s->unread > TROUBLE_MAX)
		term_warning("%llu directories in all could not be searched",
			     (unsigned long long)s->unread);
}

static void add_patterns(struct search *s)
{
	const struct policy *p;
	const struct rule *r;

	for (p = s->now->v; p < s->now->v + s->now->nr; p++)
		for (r = p->rules; r < p->rules + p->nr_rules; r++)
			if (r->state == FIM_RULE_ARMED)
				matches_add(&s->patterns, r, p - s->now->v);
	matches_sort(&s->patterns);
}

/*
 * Those about the host: the paths of a policy with a selector lead elsewhere in
 * each container. Its place is kept, its rules are left out.
 */
static struct policies of_host(const struct policies *now)
{
	struct policies host = { .nr = now->nr };
	size_t i;

	host.v = mem_resize(NULL, now->nr + 1, sizeof(*host.v));
	for (i = 0; i < now->nr; i++) {
		host.v[i] = now->v[i];
		if (host.v[i].kind == FIM_KIND_CONTAINER ||
		    host.v[i].kind == FIM_KIND_CLUSTER)
			host.v[i].nr_rules = 0;
	}
	return host;
}

/**
 * implied_find() - find the rules that follow, and say so
 * @now: the policies in force
 * @wanted: for each of them, whether rules are looked for
 * @found: set for each of them; to be freed by implied_free()
 */
void implied_find(const struct policies *now, const bool *wanted,
		  struct implied *found)
{
	struct policies host = of_host(now);
	struct search s = { .now = &host, .wanted = wanted, .found = found };
	const struct mark nowhere = { 0 };
	size_t i, nr = 0;

	s.files = mem_alloc(now->nr * sizeof(*s.files));
	memset(found, 0, now->nr * sizeof(*found));
	for (i = 0; i < now->nr; i++)
		nr += wanted[i] ? policy_rules(&now->v[i]) :
				  now->v[i].nr_rules;
	s.rules = nr < FIM_RULES_MAX ? FIM_RULES_MAX - nr : 0;
	add_patterns(&s);
	find_mounts(&s);
	find_files(&s);
	matches_free(&s.patterns);
	for (i = 0; i < now->nr; i++) {
		implied_append(&found[i].rules, &s.files[i], &nowhere);
		policy_free(&s.files[i]);
	}
	free(s.files);
	free(host.v);
}

/**
 * implied_free() - free what implied_find() found
 * @found: the rules of all policies
 * @nr: how many policies
 */
void implied_free(struct implied *found, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		policy_free(&found[i].rules);
}
