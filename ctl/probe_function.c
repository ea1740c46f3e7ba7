// SPDX-License-Identifier: GPL-2.0
/*
 * probe_function.c - the functions that the module hooks: whether a kernel has
 * them, and ftrace reaches them
 */
#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "buf.h"
#include "probe_part.h"

/**
 * struct function - a function that the module hooks; kmod/hook.c has the table
 * @name: its name
 * @instead: the name that it has in other kernels; NULL if none
 * @needed: the module does not load without; else kernels may do without it
 * @lost: what is not protected without
 * @since: the first version that has it, as PROBE_RELEASE() makes it; 0: all have
 * @option: it is there only with this option, and nothing is lost without; NULL
 *	if it always is
 */
static const struct function {
	const char *name;
	const char *instead;
	bool needed;
	const char *lost;
	unsigned int since;
	const char *option;
} functions[] = {
	{ "security_inode_rename", NULL, true, "renaming" },
	{ "security_inode_link", NULL, true, "hard links" },
	{ "security_inode_create", NULL, true, "creating files" },
	{ "security_inode_unlink", NULL, true, "removing files" },
	{ "security_inode_symlink", NULL, true, "making symbolic links" },
	{ "security_inode_mkdir", NULL, true, "making directories" },
	{ "security_inode_rmdir", NULL, true, "removing directories" },
	{ "security_inode_mknod", NULL, true, "making FIFOs, sockets and device nodes" },
	{ "security_inode_setattr", NULL, true, "changing mode, owner, size and times" },
	{ "security_inode_setxattr", NULL, true, "setting extended attributes" },
	{ "security_inode_removexattr", NULL, true, "removing extended attributes" },
	{ "security_inode_set_acl", "security_inode_setxattr", true, "setting POSIX ACLs" },
	{ "security_inode_remove_acl", "security_inode_removexattr", true,
	  "removing POSIX ACLs" },
	{ "security_inode_setsecctx", NULL, false, "security labels by NFS servers" },
	{ "set_posix_acl", NULL, false, "POSIX ACLs by file servers", 0,
	  "CONFIG_FS_POSIX_ACL" },
	{ "security_inode_file_setattr", NULL, true,
	  "changing inode flags by file_setattr(2)", PROBE_RELEASE(6, 17) },
	{ "security_file_open", NULL, true, "opening files for writing" },
	{ "security_file_ioctl", NULL, true, "ioctls that change files" },
	{ "security_file_ioctl_compat", "security_file_ioctl", true,
	  "ioctls of 32-bit programs" },
	{ "security_uring_cmd", NULL, false, "ioctls by io_uring, NVMe commands among them",
	  PROBE_RELEASE(5, 19), "CONFIG_IO_URING" },
	{ "security_sb_mount", NULL, true, "mounting over protected directories" },
	{ "security_move_mount", NULL, true, "mounting over them by move_mount(2)" },
	{ "count_mounts", NULL, true, "mounting over them where it spreads to" },
	{ "security_sb_umount", NULL, true, "unmounting filesystems with them" },
	{ "security_sb_pivotroot", NULL, true, "replacing the root" },
	{ "security_quota_on", NULL, true, "making a protected file a quota file" },
	{ "security_sb_delete", "fsnotify_sb_delete", true, "a clean unmount" },
	{ "security_file_permission", NULL, true,
	  "writing by descriptors from before a rule" },
	{ "security_mmap_file", NULL, true, "mapping by descriptors from before a rule" },
	{ "security_file_mprotect", NULL, true,
	  "making mappings from before a rule writable" },
	{ "security_kernel_load_data", NULL, true,
	  "loading modules by init_module(2), and kexec_load(2)" },
	{ "security_kernel_read_file", NULL, true,
	  "loading modules and kernels to boot from files" },
	{ "security_file_fcntl", NULL, true,
	  "keeping descriptors that may only append from more" },
};

static_assert(ARRAY_SIZE(functions) <= PROBE_FUNCTIONS_MAX, "too many functions");

/**
 * probe_take_option() - note an option that a function depends on
 * @s: where
 * @name: an option that is set
 */
void probe_take_option(struct probe_settings *s, const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (functions[i].option && !strcmp(name, functions[i].option))
			s->functions[i] = true;
}

/* Which functions a list of names has, one at the end of each line or alone. */
static size_t find_functions(FILE *f, bool *found)
{
	char line[512], *name, *end;
	size_t nr = 0, i;

	while (fgets(line, sizeof(line), f)) {
		/* "address type name [module]" */
		name = line;
		if (isxdigit((unsigned char)line[0]) && strchr(line, ' ')) {
			name = strchr(line, ' ') + 1;
			if (strlen(name) > 2 && name[1] == ' ')
				name += 2;
		}
		end = name + strcspn(name, " \t\n");
		*end = '\0';
		nr++;
		if (strncmp(name, "security_", 9) && strncmp(name, "fsnotify_", 9) &&
		    strncmp(name, "count_", 6) && strncmp(name, "set_posix_", 10))
			continue;
		for (i = 0; i < ARRAY_SIZE(functions); i++)
			if (!strcmp(name, functions[i].name) ||
			    (functions[i].instead &&
			     !strcmp(name, functions[i].instead)))
				found[i] = true;
	}
	return nr;
}

/**
 * probe_version_of() - read the version of a kernel
 * @release: as uname -r has it
 *
 * Return: as PROBE_RELEASE() makes it; 0 if it is no version.
 */
unsigned int probe_version_of(const char *release)
{
	char *end;
	unsigned int major = strtoul(release, &end, 10);

	return PROBE_RELEASE(major, *end == '.' ? strtoul(end + 1, NULL, 10) : 0);
}

static bool has(const struct probe *p, const struct probe_settings *s, size_t i)
{
	return probe_version_of(p->release) >= functions[i].since &&
	       (!functions[i].option || !s->any || s->functions[i]);
}

/*
 * Return: whether a file has symbols. Debian's System.map is one line, which says
 * where the real one is.
 */
static bool read_symbols(const char *root, const char *path, bool *found)
{
	FILE *f = probe_open(root, path);
	size_t nr;

	if (!f)
		return false;
	nr = find_functions(f, found);
	fclose(f);
	return nr > 1;
}

/* The kernel that runs knows best; of another one, only files tell. */
static bool find_symbols(const struct probe *p, const char *root, bool *found,
			 struct buf *tried)
{
	static const char *const places[][2] = {
		{ "/boot/System.map-", "" }, { "/lib/modules/", "/System.map" },
		{ "/lib/modules/", "/build/System.map" },
	};
	bool running = !*root && !p->other, any;
	struct buf path = { 0 };
	size_t i;

	any = running && read_symbols(root, "/proc/kallsyms", found);
	for (i = 0; !any && i < ARRAY_SIZE(places); i++) {
		buf_clear(&path);
		buf_addf(&path, "%s%s%s", places[i][0], p->release, places[i][1]);
		any = read_symbols(root, path.data, found);
		buf_addf(tried, "%s%s%s", tried->len ? ", " : "no symbols in ",
			 root, path.data);
	}
	buf_free(&path);
	if (!p->other)
		buf_addf(tried, ", %s/proc/kallsyms", root);
	return any || (*root && read_symbols(root, "/proc/kallsyms", found));
}

/**
 * probe_functions() - look for the functions
 * @p: where to note what came of it
 * @root: below which all files are
 * @s: the kernel's options
 */
void probe_functions(struct probe *p, const char *root,
		     const struct probe_settings *s)
{
	bool found[ARRAY_SIZE(functions)] = { 0 };
	const struct function *func;
	struct buf tried = { 0 };
	bool any = find_symbols(p, root, found, &tried);
	size_t i;

	if (!any)
		probe_add(p, "functions", PROBE_UNKNOWN, tried.data);
	buf_free(&tried);
	if (!any)
		return;
	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		func = &functions[i];
		if (!found[i] && !has(p, s, i))
			continue;
		probe_add(p, func->name, found[i] ? PROBE_OK :
			  func->needed ? PROBE_NEEDED : PROBE_LOST,
			  found[i] ? "" : func->lost);
	}
}

/**
 * probe_ftrace() - look for what ftrace can reach
 * @p: where to note what came of it
 * @root: below which all files are
 * @s: the kernel's options
 *
 * Functions that it can't reach are not hooked, whatever their names.
 */
void probe_ftrace(struct probe *p, const char *root,
		  const struct probe_settings *s)
{
	bool found[ARRAY_SIZE(functions)] = { 0 };
	struct buf text = { 0 };
	size_t i;

	if (p->other)
		return;
	if (!read_symbols(root, "/sys/kernel/tracing/available_filter_functions",
			  found)) {
		probe_add(p, "tracefs", PROBE_UNKNOWN, *root ?
			  "what ftrace can reach is known when that kernel runs" :
			  "what ftrace can reach takes root and a mounted tracefs");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (!found[i] && functions[i].needed && has(p, s, i))
			buf_addf(&text, "%s%s", text.len ? ", " : "ftrace can't reach ",
				 functions[i].name);
	probe_add(p, "tracefs", text.len ? PROBE_NEEDED : PROBE_OK,
		  text.len ? text.data : "");
	buf_free(&text);
}
