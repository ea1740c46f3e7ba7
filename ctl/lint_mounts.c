// SPDX-License-Identifier: GPL-2.0
/*
 * lint_mounts.c - mounts of /etc/fstab that rules would refuse
 *
 * What is mounted when a rule is in force already, on a directory that it protects,
 * is refused. A filesystem that the boot does not wait for may come that late.
 */
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "hostname.h"
#include "lint.h"
#include "mem.h"
#include "selector.h"

/* What systemd takes for a filesystem of the network: fstype_is_network() */
static bool is_network(const char *type)
{
	static const char *const network[] = {
		"afs", "ceph", "cifs", "davfs", "gfs", "gfs2", "glusterfs",
		"lustre", "ncp", "ncpfs", "nfs", "nfs4", "ocfs2", "pvfs2", "smb3",
		"smbfs", "sshfs",
	};
	size_t i;

	if (!strncmp(type, "fuse.", 5))
		type += 5;
	for (i = 0; i < ARRAY_SIZE(network); i++)
		if (!strcmp(type, network[i]))
			return true;
	return false;
}

/* Return: the option or the type that has it come late, or NULL. */
static const char *comes_late(const struct mntent *m)
{
	static const char *const late[] = { "nofail", "_netdev" };
	size_t i;

	if (hasmntopt(m, "x-systemd.automount") || hasmntopt(m, "noauto"))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(late); i++)
		if (hasmntopt(m, late[i]))
			return late[i];
	return is_network(m->mnt_type) ? m->mnt_type : NULL;
}

/* @dir: with a slash at its end */
static bool covers(const struct rule *r, const char *dir)
{
	size_t len = strlen(r->path);
	const char *slash;

	if (strncmp(dir, r->path, len))
		return false;
	slash = strchr(dir + len, '/');
	return (r->flags & FIM_RULE_RECURSIVE) || !slash || !slash[1];
}

/* @dir: with a slash at its end */
static bool refuses(const struct policy *p, const struct rule *r, const char *dir)
{
	return r->type == FIM_RULE_DIRECTORY && !r->nr_sources &&
	       !(r->flags & (FIM_RULE_OWNER_ONLY | FIM_RULE_TTY)) &&
	       rule_action(p, r) == FIM_ACTION_BLOCK && covers(r, dir);
}

static const struct rule *find_rule(const struct policies *set, const char *host,
				    const char *dir)
{
	const struct policy *p;
	const struct rule *r;

	for (p = set->v; p < set->v + set->nr; p++) {
		if (p->kind != FIM_KIND_HOST || !selector_matches(p, host))
			continue;
		for (r = p->rules; r < p->rules + p->nr_rules; r++)
			if (r->path && refuses(p, r, dir))
				return r;
	}
	return NULL;
}

static void check_mount(const struct policies *set, const char *host,
			const struct mntent *m, const char *fstab,
			struct diags *diags)
{
	const char *why = comes_late(m);
	const struct rule *r;
	size_t len = strlen(m->mnt_dir);
	char *dir;

	if (!why || m->mnt_dir[0] != '/')
		return;
	while (len && m->mnt_dir[len - 1] == '/')
		len--;
	dir = mem_dup(m->mnt_dir, len + 1);
	dir[len] = '/';
	r = find_rule(set, host, dir);
	if (r)
		diag_warning(diags, &r->at,
			     "'%s' of %s has '%s', so it may come when the rule for '%s' is in force already, which refuses the mount then; give it 'x-systemd.automount'",
			     m->mnt_dir, fstab, why, r->path);
	free(dir);
}

/**
 * lint_mounts() - warn of mounts that rules would refuse
 * @set: the policies; those for other hosts and for containers are left alone
 * @fstab: the table of mounts; that it can't be read is not spoken of
 * @diags: where warnings go
 */
void lint_mounts(const struct policies *set, const char *fstab,
		 struct diags *diags)
{
	const struct mntent *m;
	struct buf host = { 0 };
	FILE *f;

	f = setmntent(fstab, "re");
	if (!f)
		return;
	hostname_get(&host);
	while ((m = getmntent(f)))
		check_mount(set, host.data, m, fstab, diags);
	endmntent(f);
	buf_free(&host);
}
