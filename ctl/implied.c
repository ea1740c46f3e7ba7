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

static uint8_t action_of(const struct policy *p, const struct rule *r)
{
	return r->attrs.action ? r->attrs.action : p->attrs.action;
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

static size_t nearest(const struct policies *now, const char *path,
		      bool directory)
{
	const struct policy *p;
	const struct rule *r;
	size_t len = 0;

	for (p = now->v; p < now->v + now->nr; p++)
		for (r = p->rules; r < p->rules + p->nr_rules; r++)
			if (covers(r, path, directory) &&
			    real_length(r) + 1 > len)
				len = real_length(r) + 1;
	return len;
}

/* The strictest rule of a policy whose directory has a path of that length. */
static const struct rule *parent_of(const struct policy *p, const char *path,
				    bool directory, size_t len)
{
	const struct rule *r, *best = NULL;

	for (r = p->rules; r < p->rules + p->nr_rules; r++)
		if (covers(r, path, directory) && real_length(r) + 1 == len &&
		    (!best || action_of(p, r) > action_of(p, best)))
			best = r;
	return best;
}

/* Whether a rule says something beside the strictest of its path. */
static bool is_special(const struct policy *p, const struct rule *r)
{
	return r->nr_sources || action_of(p, r) == FIM_ACTION_ALLOW ||
	       (r->flags & (FIM_RULE_OWNER_ONLY | FIM_RULE_TTY));
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

/* Who may more, or less, than others may so in what is mounted as well. */
static void add_special(struct search *s, const struct parent *strictest,
			const struct mount *m, bool directory, size_t len)
{
	const struct policy *p = &s->now->v[strictest->policy];
	struct parent parent = { .policy = strictest->policy };
	const struct rule *r;

	for (r = p->rules; r < p->rules + p->nr_rules; r++) {
		if (r == strictest->rule || !is_special(p, r) ||
		    !covers(r, m->path, directory) || real_length(r) + 1 != len)
			continue;
		parent.rule = r;
		add_mount_rule(s, &parent, m, directory);
	}
}

static void add_mount(struct search *s, const struct mount *m, bool directory)
{
	size_t i, len = nearest(s->now, m->path, directory);
	struct parent parent;

	if (!len || (directory && has_rule(s->now, m->path)))
		return;
	for (i = 0; i < s->now->nr; i++) {
		parent = (struct parent){ parent_of(&s->now->v[i], m->path,
						    directory, len), i };
		if (!parent.rule || !s->wanted[i])
			continue;
		if (add_mount_rule(s, &parent, m, directory))
			s->found[i].mounts++;
		add_special(s, &parent, m, directory, len);
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
		if (!nearest(s->now, m->path, false))
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

static void add_tree(struct search *s, const struct policy *p,
		     const struct rule *r)
{
	scan_add(&s->scan, &(struct scan_tree){
		.path = *real_path(r) ? real_path(r) : "/",
		.name = r->path,
		.recursive = r->flags & FIM_RULE_RECURSIVE,
		.action = action_of(p, r),
		/* Other names of what is allowed are no way around anything. */
		.wanted = s->wanted[p - s->now->v] &&
			  action_of(p, r) != FIM_ACTION_ALLOW,
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
			if (is_parent(r) ||
			    (!s->wanted[i] && r->type == FIM_RULE_DIRECTORY &&
			     r->state == FIM_RULE_ARMED))
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
			    !strcmp(real_path(r), path))
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
		  strlen(matches_nearest(&s->patterns, path.data)->dir) == len &&
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
	int action = action_of(&s->now->v[m->policy], m->rule);

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
