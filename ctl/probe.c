// SPDX-License-Identifier: GPL-2.0
/*
 * probe.c - whether a kernel can be protected, and what would be lost there
 *
 * Nothing is tried: it is read what the kernel says of itself, as the module's
 * Kbuild and its loading would find it. What is asked by the module alone, whether
 * each hook fires, takes the module.
 */
#include <assert.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "array.h"
#include "buf.h"
#include "cgroup.h"
#include "mem.h"
#include "probe.h"
#include "probe_part.h"

#define EFI_SECURE_BOOT \
	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/**
 * struct option - an option of the kernel's configuration
 * @name: its name
 * @why: what it is needed for
 */
static const struct option {
	const char *name;
	const char *why;
} options[] = {
	{ "CONFIG_MODULES", "modules can't be loaded" },
	{ "CONFIG_SECURITY", "there is no LSM function to hook" },
	{ "CONFIG_KPROBES", "LSM functions can't be found" },
	{ "CONFIG_NET", "there is no netlink to be driven by" },
	{ "CONFIG_TMPFS", "hooks can't be tested on a filesystem" },
};

static_assert(ARRAY_SIZE(options) <= PROBE_OPTIONS_MAX, "too many options");

/**
 * probe_add() - note what came of one look
 * @p: where
 * @what: what was looked for; outlives @p
 * @state: what came of it
 * @text: what it means, or what is lost
 */
void probe_add(struct probe *p, const char *what, enum probe_state state,
	       const char *text)
{
	struct probe_item *item;

	mem_grow(p->items, p->nr, p->cap);
	item = &p->items[p->nr++];
	*item = (struct probe_item){ what, state, mem_string(text) };
}

/**
 * probe_open() - open a file of the system that is looked at
 * @root: below which it is
 * @path: its path there
 *
 * Return: the file, or NULL.
 */
FILE *probe_open(const char *root, const char *path)
{
	struct buf full = { 0 };
	FILE *f;

	buf_addf(&full, "%s%s", root, path);
	f = fopen(full.data, "re");
	buf_free(&full);
	return f;
}

/* The first bytes of a file. Return: how many, -1 if it can't be read. */
static int read_below(const char *root, const char *path, char *bytes, int max)
{
	FILE *f = probe_open(root, path);
	int n;

	if (!f)
		return -1;
	n = fread(bytes, 1, max - 1, f);
	fclose(f);
	bytes[n] = '\0';
	return n;
}

static void add_place(struct buf *tried, const char *root, const char *path)
{
	buf_addf(tried, "%s%s%s", tried->len ? ", " : "not found: ", root, path);
}

/*
 * The configuration, wherever this system has it. That of the running kernel is
 * compressed; the program for that is everywhere where such a kernel is.
 */
static FILE *open_config(struct probe *p, const char *root, struct buf *tried,
			 bool *piped)
{
	static const char *const places[][2] = {
		{ "/boot/config-", "" }, { "/lib/modules/", "/config" },
		{ "/lib/modules/", "/build/.config" },
	};
	struct buf path = { 0 }, full = { 0 };
	FILE *f = NULL;
	size_t i;

	*piped = false;
	for (i = 0; !f && i < ARRAY_SIZE(places); i++) {
		buf_clear(&path);
		buf_addf(&path, "%s%s%s", places[i][0], p->release, places[i][1]);
		add_place(tried, root, path.data);
		f = probe_open(root, path.data);
	}
	if (!f && !*root && !p->other) {
		buf_clear(&path);
		buf_adds(&path, "/proc/config.gz");
		add_place(tried, root, path.data);
		*piped = !access(path.data, R_OK);
		if (*piped)
			f = popen("exec zcat /proc/config.gz", "re");
	}
	if (f)
		buf_addf(&full, "%s%s", root, path.data);
	p->config = full.data;
	buf_free(&path);
	return f;
}

static void take_option(struct probe_settings *s, const char *name)
{
	size_t i;

	s->any = true;
	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(name, options[i].name))
			s->set[i] = true;
	probe_take_option(s, name);
	if (!strcmp(name, "CONFIG_X86_64") || !strcmp(name, "CONFIG_ARM64"))
		s->machine = true;
	if (!strcmp(name, "CONFIG_DYNAMIC_FTRACE_WITH_ARGS") ||
	    !strcmp(name, "CONFIG_DYNAMIC_FTRACE_WITH_REGS"))
		s->args = true;
	if (!strcmp(name, "CONFIG_LTO_CLANG"))
		s->lto = true;
	if (!strcmp(name, "CONFIG_RANDSTRUCT") ||
	    !strcmp(name, "CONFIG_GCC_PLUGIN_RANDSTRUCT"))
		s->random = true;
}

static void read_settings(FILE *f, struct probe_settings *s)
{
	char line[512], *end;

	while (fgets(line, sizeof(line), f)) {
		end = strchr(line, '=');
		if (strncmp(line, "CONFIG_", 7) || !end ||
		    (strcmp(end, "=y\n") && strcmp(end, "=m\n")))
			continue;
		*end = '\0';
		take_option(s, line);
	}
}

/* A system below a directory may be for any machine. */
static void probe_machine(struct probe *p, const char *root,
			  const struct probe_settings *s)
{
	struct utsname name;
	bool is = s->machine;

	if (!s->any && (*root || uname(&name)))
		return;
	if (!s->any)
		is = !strcmp(name.machine, "x86_64") ||
		     !strcmp(name.machine, "aarch64");
	probe_add(p, "architecture", is ? PROBE_OK : PROBE_NEEDED,
		  is ? "" : "is neither x86-64 nor arm64");
}

static void probe_config(struct probe *p, const char *root, struct probe_settings *s)
{
	struct buf tried = { 0 };
	bool piped;
	FILE *f = open_config(p, root, &tried, &piped);
	size_t i;

	if (f) {
		read_settings(f, s);
		if (piped)
			pclose(f);
		else
			fclose(f);
	}
	probe_machine(p, root, s);
	if (!s->any)
		probe_add(p, "configuration", PROBE_UNKNOWN,
			  f ? "there are no options in it" : tried.data);
	buf_free(&tried);
	if (!s->any)
		return;
	for (i = 0; i < ARRAY_SIZE(options); i++)
		probe_add(p, options[i].name, s->set[i] ? PROBE_OK : PROBE_NEEDED,
			  s->set[i] ? "" : options[i].why);
	probe_add(p, "CONFIG_DYNAMIC_FTRACE_WITH_ARGS", s->args ? PROBE_OK : PROBE_LOST,
		  s->args ? "" :
		  "nor WITH_REGS: hooks are attached by kprobes, which root can disarm");
	probe_add(p, "CONFIG_LTO_CLANG", s->lto ? PROBE_NEEDED : PROBE_OK,
		  s->lto ? "must be off: functions may be inlined where no hook sees them" : "");
	probe_add(p, "CONFIG_RANDSTRUCT", s->random ? PROBE_NEEDED : PROBE_OK,
		  s->random ? "must be off: where mounts spread to can't be read" : "");
}

/** @OLDEST: the oldest version that the module is built for */
#define OLDEST PROBE_RELEASE(5, 10)

static void probe_version(struct probe *p)
{
	bool old = probe_version_of(p->release) < OLDEST;

	probe_add(p, "version", old ? PROBE_NEEDED : PROBE_OK,
		  old ? "the module is for Linux 5.10 and later" : "");
}

static void probe_firmware(struct probe *p, const char *root)
{
	char text[256];

	if (read_below(root, EFI_SECURE_BOOT, text, sizeof(text)) == 5)
		probe_add(p, "Secure Boot", text[4] ? PROBE_NOTE : PROBE_OK,
			  text[4] ?
			  "is on: enroll the key that DKMS signs with (mokutil --import)" : "");
}

static void probe_running(struct probe *p, const char *root)
{
	char text[256];

	if (p->other)
		return;
	if (read_below(root, "/proc/sys/kernel/ftrace_enabled", text, sizeof(text)) > 0)
		probe_add(p, "kernel.ftrace_enabled", text[0] == '1' ? PROBE_OK : PROBE_NEEDED,
			  text[0] == '1' ? "" :
			  "is 0: no function can be hooked; set it to 1 by sysctl");
	if (read_below(root, "/proc/sys/kernel/modules_disabled", text, sizeof(text)) > 0)
		probe_add(p, "kernel.modules_disabled", text[0] == '1' ? PROBE_NEEDED : PROBE_OK,
			  text[0] == '1' ? "is 1: nothing can be loaded until the next boot" : "");
	if (read_below(root, "/sys/module/module/parameters/sig_enforce", text,
		       sizeof(text)) > 0 && text[0] == 'Y')
		probe_add(p, "module signatures", PROBE_NOTE,
			  "are enforced: the module has to be signed with a key that the kernel trusts");
	if (read_below(root, "/sys/kernel/security/lockdown", text, sizeof(text)) > 0)
		probe_add(p, "lockdown", strstr(text, "[none]") ? PROBE_OK : PROBE_NOTE,
			  strstr(text, "[none]") ? "" :
			  "is on: the module has to be signed with a key that the kernel trusts");
}

static void probe_build(struct probe *p, const char *root)
{
	struct buf path = { 0 };
	FILE *f;

	buf_addf(&path, "/lib/modules/%s/build/Makefile", p->release);
	f = probe_open(root, path.data);
	probe_add(p, "headers", f ? PROBE_OK : PROBE_NOTE, f ? "" :
		  "of this kernel are not installed: the module can't be built here");
	if (f)
		fclose(f);
	buf_free(&path);
	if (p->other)
		return;
	f = probe_open(root, "/sys/module/fim/refcnt");
	probe_add(p, "module", f ? PROBE_OK : PROBE_NOTE,
		  f ? "" : "is not loaded: whether each hook fires is known then");
	if (f)
		fclose(f);
}

static bool mentions(const char *root, const char *path, const char *word)
{
	char text[16384];

	return read_below(root, path, text, sizeof(text)) > 0 &&
	       strstr(text, word);
}

/* The programs of runtimes, and what would have one of them call fimctl */
static void probe_runtimes(struct probe *p, const char *root)
{
	static const char *const names[] = {
		"runc", "crun", "podman", "crio", "containerd", "dockerd",
	};
	static const char *const dirs[] = {
		"/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin",
	};
	static const char *const callers[][2] = {
		{ "/etc/containers/oci/hooks.d/fim.json", "oci-hook" },
		{ "/usr/share/containers/oci/hooks.d/fim.json", "oci-hook" },
		{ "/etc/containerd/config.toml", "fim-runc" },
		{ "/etc/docker/daemon.json", "fim-runc" },
	};
	struct buf text = { 0 }, path = { 0 };
	bool any = false;
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(names) * ARRAY_SIZE(dirs); i++) {
		k = i / ARRAY_SIZE(dirs);
		buf_clear(&path);
		buf_addf(&path, "%s%s/%s", root, dirs[i % ARRAY_SIZE(dirs)],
			 names[k]);
		if (access(path.data, X_OK))
			continue;
		buf_addf(&text, "%s%s", text.len ? ", " : "", names[k]);
		i = (k + 1) * ARRAY_SIZE(dirs) - 1;
	}
	buf_free(&path);
	if (!text.len)
		return;
	for (i = 0; i < ARRAY_SIZE(callers); i++) {
		if (!mentions(root, callers[i][0], callers[i][1]))
			continue;
		buf_addf(&text, "%s%s", any ? ", " : "; fimctl is called by ",
			 callers[i][0]);
		any = true;
	}
	if (!any)
		buf_adds(&text, "; none of them is seen to call fimctl");
	probe_add(p, "runtimes", PROBE_NOTE, text.data);
	buf_free(&text);
}

static void probe_cgroups(struct probe *p, const char *root)
{
	char info[32768];
	struct buf dir = { 0 };
	int n = read_below(root, "/proc/self/mountinfo", info, sizeof(info));
	bool has = n > 0 && cgroup_find_mount(info, n, &dir);

	if (n > 0)
		probe_add(p, "cgroup v2", has ? PROBE_OK : PROBE_NOTE, has ? "" :
			  "is not mounted: policies with a selector hold for no container");
	buf_free(&dir);
}

/**
 * probe_only_release() - find the kernel of a system
 * @root: below which its files are
 *
 * Return: the only release that lib/modules has, which the caller frees, or NULL.
 */
char *probe_only_release(const char *root)
{
	struct buf path = { 0 };
	struct dirent *entry;
	char *release = NULL;
	size_t nr = 0;
	DIR *dir;

	buf_addf(&path, "%s/lib/modules", root);
	dir = opendir(path.data);
	buf_free(&path);
	if (!dir)
		return NULL;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		free(release);
		release = nr++ ? NULL : mem_string(entry->d_name);
	}
	closedir(dir);
	return release;
}

/**
 * probe_read() - look at everything
 * @p: empty; freed by probe_free()
 * @root: below which all files are, "" for those of this system
 * @release: of the kernel, NULL for the running one
 */
void probe_read(struct probe *p, const char *root, const char *release)
{
	struct probe_settings s = { 0 };
	struct utsname name;
	const char *running = uname(&name) ? "" : name.release;

	p->release = mem_string(release ? release : running);
	p->other = !*root && strcmp(p->release, running);
	probe_version(p);
	probe_config(p, root, &s);
	probe_functions(p, root, &s);
	if (s.args || !s.any)
		probe_ftrace(p, root, &s);
	probe_running(p, root);
	probe_firmware(p, root);
	probe_build(p, root);
	probe_cgroups(p, root);
	probe_runtimes(p, root);
}

/**
 * probe_worst() - what all of it comes to
 * @p: what was found
 *
 * Return: PROBE_NEEDED, else PROBE_UNKNOWN, else PROBE_LOST, else PROBE_OK.
 */
enum probe_state probe_worst(const struct probe *p)
{
	static const enum probe_state order[] = {
		PROBE_NEEDED, PROBE_UNKNOWN, PROBE_LOST,
	};
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(order); i++)
		for (k = 0; k < p->nr; k++)
			if (p->items[k].state == order[i])
				return order[i];
	return PROBE_OK;
}

/**
 * probe_state_name() - a state as JSON gives it
 * @state: the state
 *
 * Return: its name.
 */
const char *probe_state_name(enum probe_state state)
{
	static const char *const names[] = {
		[PROBE_OK] = "ok",
		[PROBE_LOST] = "lost",
		[PROBE_NEEDED] = "needed",
		[PROBE_UNKNOWN] = "unknown",
		[PROBE_NOTE] = "note",
	};

	return names[state];
}

/**
 * probe_free() - forget it
 * @p: empty afterwards
 */
void probe_free(struct probe *p)
{
	size_t i;

	for (i = 0; i < p->nr; i++)
		free(p->items[i].text);
	free(p->items);
	free(p->release);
	free(p->config);
	*p = (struct probe){ 0 };
}
