// SPDX-License-Identifier: GPL-2.0
/*
 * hostname.c - what this host is called
 *
 * Policies are put into force early in a boot, when nobody may have told the kernel
 * yet.
 */
#include <string.h>
#include <sys/utsname.h>

#include "file.h"
#include "hostname.h"

/* hostname(5): one word; comments are lines of their own. */
static bool take_word(const char *text, struct buf *name)
{
	while (*text) {
		text += strspn(text, " \t\r\n");
		if (*text && *text != '#') {
			buf_add(name, text, strcspn(text, " \t\r\n"));
			return true;
		}
		text += strcspn(text, "\n");
	}
	return false;
}

/**
 * hostname_find() - tell this host's name from what the kernel and a file say
 * @kernel: what the kernel says
 * @file: looked into if that is what it says of a host that has no name yet
 * @name: set to the name; if it is not known, to @kernel
 *
 * Return: whether the name is known.
 */
bool hostname_find(const char *kernel, const char *file, struct buf *name)
{
	struct buf text = { 0 };
	bool known = *kernel && strcmp(kernel, "(none)") &&
		     strcmp(kernel, "localhost");

	buf_clear(name);
	if (!known && !file_read(file, &text) && text.len)
		known = take_word(text.data, name);
	if (!name->len)
		buf_adds(name, kernel);
	buf_free(&text);
	return known;
}

/**
 * hostname_get() - tell this host's name
 * @name: set, in any case
 *
 * Return: whether it is known.
 */
bool hostname_get(struct buf *name)
{
	struct utsname uts;

	if (uname(&uts))
		uts.nodename[0] = '\0';
	return hostname_find(uts.nodename, "/etc/hostname", name);
}
