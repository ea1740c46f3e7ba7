// SPDX-License-Identifier: GPL-2.0
/*
 * lint_paths.c - rules that are allowed and yet unwise, by what is on this host
 *
 * What can't be looked at, by who is not root for instance, is not spoken of.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "glob.h"
#include "lint.h"
#include "mem.h"
#include "selector.h"

static void check_link(const struct mark *at, const char *path,
		       struct diags *diags)
{
	char *real = realpath(path, NULL);
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (real && (strlen(real) != len || memcmp(real, path, len)))
		diag_warning(diags, at,
			     "'%s' leads to '%s' by a symbolic link: that is what the rule is about",
			     path, real);
	free(real);
}

static void check_path(const struct rule *r, const char *path, bool directory,
		       struct diags *diags)
{
	struct stat st;

	if (stat(path, &st)) {
		if (errno == ENOENT)
			diag_warning(diags, &r->at,
				     "'%s' does not exist here; the rule takes hold when it does",
				     path);
		else if (errno == ENOTDIR)
			diag_warning(diags, &r->at,
				     "'%s' is no directory here, or below a file",
				     path);
		return;
	}
	if (!directory && S_ISDIR(st.st_mode))
		diag_warning(diags, &r->at,
			     "'%s' is a directory here; it belongs under matchDirectories",
			     path);
	check_link(&r->at, path, diags);
}

static bool is_script(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char head[2];
	bool script;

	if (fd < 0)
		return false;
	script = read(fd, head, sizeof(head)) == sizeof(head) &&
		 head[0] == '#' && head[1] == '!';
	close(fd);
	return script;
}

static void check_source(const struct source *s, struct diags *diags)
{
	struct stat st;

	if (stat(s->path, &st)) {
		if (errno == ENOENT || errno == ENOTDIR)
			diag_warning(diags, &s->at, "'%s' does not exist here",
				     s->path);
	} else if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111)) {
		diag_warning(diags, &s->at, "'%s' is no executable here",
			     s->path);
	} else if (is_script(s->path)) {
		diag_warning(diags, &s->at,
			     "'%s' is a script here: what runs it is its interpreter, which is what counts",
			     s->path);
	}
}

static void check_rule(const struct rule *r, struct diags *diags)
{
	char *anchor;
	size_t i;

	for (i = 0; i < r->nr_sources; i++)
		check_source(&r->sources[i], diags);
	if (!r->path)
		return;
	if (r->type == FIM_RULE_PATTERN) {
		anchor = mem_dup(r->path, glob_anchor(r->path));
		check_path(r, anchor, true, diags);
		free(anchor);
	} else {
		check_path(r, r->path, r->type == FIM_RULE_DIRECTORY, diags);
	}
}

/**
 * lint_paths() - warn of rules that are unwise by what is on this host
 * @set: the policies; those for other hosts are left alone, and those for
 *	containers, whose files are not this host's
 * @diags: where warnings go
 */
void lint_paths(const struct policies *set, struct diags *diags)
{
	const struct policy *p;
	const struct rule *r;
	char host[256];

	if (gethostname(host, sizeof(host)))
		return;
	host[sizeof(host) - 1] = '\0';
	for (p = set->v; p < set->v + set->nr; p++) {
		if (p->kind != FIM_KIND_HOST || !selector_matches(p, host))
			continue;
		for (r = p->rules; r < p->rules + p->nr_rules; r++)
			check_rule(r, diags);
	}
}
