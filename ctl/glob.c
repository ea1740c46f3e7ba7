// SPDX-License-Identifier: GPL-2.0
/*
 * glob.c - AppArmor's patterns of paths
 *
 * '*' stands for any characters but '/', '**' for any at all, '?' for one but
 * '/', [abc], [a-c] and [^abc] for one of a set, {a,b} for one of several, and
 * a backslash takes the meaning from what follows.
 */
#include <string.h>

#include "../uapi/fim.h"
#include "glob.h"

/** @STATES_MAX: most bytes, '?', sets and stars that the kernel takes */
#define STATES_MAX 64

/** @ALTERNATIVES_MAX: deepest nesting of {a,b} */
#define ALTERNATIVES_MAX 8

/*
 * Return: what is behind the set that begins at @p, or NULL with @bad set.
 */
static const char *check_set(const char *p, const char **bad)
{
	const char *first;

	p++;
	if (*p == '^')
		p++;
	for (first = p; *p != ']' || p == first; p++) {
		if (*p == '\\' && p[1])
			p++;
		if (!*p)
			*bad = "has a '[' without its ']'";
		else if (*p == '/')
			*bad = "has a '/' in a [set], which never matches one";
		else if (p[1] == '-' && p[2] && p[2] != ']' &&
			 (unsigned char)p[2] < (unsigned char)*p)
			*bad = "has a range in a [set] that runs backwards";
		if (*bad)
			return NULL;
	}
	return p + 1;
}

/* What is wrong with "//", "." and "..", which no path of the kernel's has. */
static const char *check_parts(const char *pattern)
{
	const char *p;

	if (strstr(pattern, "//"))
		return "has an empty part ('//')";
	for (p = pattern; (p = strchr(p, '/')); p++) {
		if (p[1] == '.' && (!p[2] || p[2] == '/'))
			return "has a '.' in it; write the path without";
		if (p[1] == '.' && p[2] == '.' && (!p[3] || p[3] == '/'))
			return "has a '..' in it; write the path without";
	}
	return NULL;
}

static const char *check_syntax(const char *p)
{
	bool comma[ALTERNATIVES_MAX];
	const char *bad = NULL;
	size_t depth = 0;

	while (*p) {
		switch (*p) {
		case '\\':
			if (!*++p)
				return "ends with a '\\'";
			break;
		case '*':
			if (p[1] == '*' && p[2] == '*')
				return "has a '***'; write '**'";
			break;
		case '[':
			p = check_set(p, &bad);
			if (bad)
				return bad;
			continue;
		case '{':
			if (depth == ALTERNATIVES_MAX)
				return "nests {a,b} deeper than 8 levels";
			comma[depth++] = false;
			break;
		case ',':
			if (depth)
				comma[depth - 1] = true;
			break;
		case '}':
			if (!depth)
				return "has a '}' without its '{'";
			if (!comma[--depth])
				return "has a '{}' without a ',' in it";
			break;
		}
		p++;
	}
	return depth ? "has a '{' without its '}'" : NULL;
}

/* What matching costs: one for each that stands for something. */
static size_t count_states(const char *p)
{
	const char *bad = NULL;
	size_t nr = 0, depth = 0;

	while (*p) {
		if (*p == '{' || *p == '}')
			depth += *p == '{' ? 1 : -1;
		else if (*p != ',' || !depth)
			nr++;
		if (*p == '[') {
			p = check_set(p, &bad);
			continue;
		}
		if (*p == '\\' || (*p == '*' && p[1] == '*'))
			p++;
		p++;
	}
	return nr;
}

static const char *check_size(const char *glob)
{
	if (!*glob)
		return "must not end with '/'; write '**' behind it for what is in it";
	if (strlen(glob) > FIM_GLOB_MAX)
		return "is longer than 1024 bytes behind its directory";
	if (count_states(glob) > STATES_MAX)
		return "is too long: behind its directory 64 characters, sets and stars may stand";
	return NULL;
}

/**
 * glob_check() - check a pattern
 * @pattern: the pattern, which begins with '/'
 *
 * Return: NULL, or what is wrong with it, to be put behind its name.
 */
const char *glob_check(const char *pattern)
{
	const char *bad = check_parts(pattern);

	if (!bad && pattern[strlen(pattern) - 1] == '/')
		bad = check_size("");
	if (!bad)
		bad = check_syntax(pattern);
	return bad ? bad : check_size(pattern + glob_anchor(pattern));
}

/**
 * glob_anchor() - how much of a pattern is the path of a directory
 * @pattern: the pattern, checked
 *
 * Return: its length with the slash at its end.
 */
size_t glob_anchor(const char *pattern)
{
	size_t len = strcspn(pattern, "*?[{\\");

	while (len && pattern[len - 1] != '/')
		len--;
	return len;
}
