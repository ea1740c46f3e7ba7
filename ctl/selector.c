// SPDX-License-Identifier: GPL-2.0
/*
 * selector.c - which hosts a policy is for
 *
 * Outside of Kubernetes a host has no labels but its name, which three label
 * keys are about: two hold names, one a regular expression.
 */
#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "selector.h"

/** @PATTERN_MAX: longest regular expression, in bytes */
#define PATTERN_MAX	256
/** @REPEAT_MAX: largest product of all {n} in one; glibc copies n times */
#define REPEAT_MAX	1000

static bool is_pattern_key(const char *key)
{
	return !strcmp(key, "kubearmor.io/hostnamereg");
}

static bool is_name_key(const char *key)
{
	return !strcmp(key, "kubernetes.io/hostname") ||
	       !strcmp(key, "kubearmor.io/hostname");
}

/**
 * selector_known() - whether a node selector may use a label
 * @key: the label's key
 *
 * Return: true if it may.
 */
bool selector_known(const char *key)
{
	return is_name_key(key) || is_pattern_key(key);
}

static const char *check_names(const char *value)
{
	const char *p = value;
	size_t len;

	do {
		len = strcspn(p, ",");
		if (!len)
			return "holds an empty host name";
		if (strcspn(p, " \t") < len)
			return "holds a space; separate host names by commas alone";
		p += len;
	} while (*p++);
	return NULL;
}

/* Bounds what regcomp() may cost, as the expression may be hostile. */
static const char *check_repeats(const char *value)
{
	unsigned long product = 1, n;
	const char *p = value;
	char *end;

	while ((p = strchr(p, '{'))) {
		n = 1;
		for (p++; *p && *p != '}'; p++) {
			if (!isdigit((unsigned char)*p))
				continue;
			n = strtoul(p, &end, 10);
			p = end - 1;
		}
		if (n > REPEAT_MAX || n * product > REPEAT_MAX)
			return "repeats too often; use * or +";
		product *= n ? n : 1;
	}
	return NULL;
}

static const char *check_pattern(const char *value)
{
	const char *p = value;
	regex_t re;

	if (strlen(value) > PATTERN_MAX)
		return "is longer than 256 bytes";
	while ((p = strchr(p, '\\'))) {
		if (isalnum((unsigned char)p[1]))
			return "holds '\\' before a letter or digit; write [0-9] for \\d";
		p += p[1] ? 2 : 1;
	}
	if (strstr(value, "(?"))
		return "holds '(?', which POSIX regular expressions do not have";
	if (check_repeats(value))
		return check_repeats(value);
	if (regcomp(&re, value, REG_EXTENDED | REG_NOSUB))
		return "is no POSIX extended regular expression";
	regfree(&re);
	return NULL;
}

/**
 * selector_check() - check the value of a label
 * @key: one that selector_known() knows
 * @value: the value
 *
 * Return: NULL, or what is wrong with it, to be put behind its name.
 */
const char *selector_check(const char *key, const char *value)
{
	if (!*value)
		return "is empty; '*' selects every host";
	return is_pattern_key(key) ? check_pattern(value) : check_names(value);
}

/** @LABEL_MAX: longest name and longest value of a label, as Kubernetes has it */
#define LABEL_MAX	63

#define BAD_LABEL "must be letters, digits, '-', '_' and '.', " \
	"with a letter or digit at both ends"

/* What a label's name and value are made of, which begin and end otherwise. */
static bool is_label(const char *s, size_t len)
{
	size_t i;

	if (!len)
		return true;
	if (!isalnum((unsigned char)s[0]) || !isalnum((unsigned char)s[len - 1]))
		return false;
	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr("-_.", s[i]))
			return false;
	return true;
}

static const char *check_key(const char *key, size_t len)
{
	const char *slash = memchr(key, '/', len);
	size_t prefix = slash ? slash - key : 0;

	if (slash && (!prefix || !is_label(key, prefix)))
		return "has no valid prefix before '/'";
	if (slash) {
		key = slash + 1;
		len -= prefix + 1;
	}
	if (!len)
		return "has no name";
	if (len > LABEL_MAX)
		return "is longer than 63 bytes";
	if (!is_label(key, len))
		return BAD_LABEL;
	return NULL;
}

/**
 * selector_check_key() - check the key of a pod's label
 * @key: the key
 *
 * Return: NULL, or what is wrong with it, to be put behind it.
 */
const char *selector_check_key(const char *key)
{
	return check_key(key, strlen(key));
}

/**
 * selector_check_value() - check the value of a pod's label
 * @key: its key, checked
 * @value: the value
 *
 * Return: NULL, or what is wrong with it, to be put behind its name.
 */
const char *selector_check_value(const char *key, const char *value)
{
	/* Those of KubeArmor's own labels are names of containers, in a list. */
	if (!strncmp(key, "kubearmor.io/", strlen("kubearmor.io/")))
		return *value ? NULL : "is empty";
	if (strlen(value) > LABEL_MAX)
		return "is longer than 63 bytes";
	if (!is_label(value, strlen(value)))
		return BAD_LABEL;
	return NULL;
}

/**
 * selector_check_member() - check a value of an expression
 * @key: "label" or "namespace"
 * @value: the value, not empty
 *
 * Return: NULL, or what is wrong with it, to be put behind it.
 */
const char *selector_check_member(const char *key, const char *value)
{
	const char *equals = strchr(value, '=');
	const char *bad;

	if (strcmp(key, "label")) {
		if (!strcmp(value, "*"))
			return NULL;
		if (strlen(value) > LABEL_MAX || !is_label(value, strlen(value)))
			return "is no name of a namespace";
		return NULL;
	}
	if (!equals)
		return "is no label; write key=value";
	bad = check_key(value, equals - value);
	if (!bad && (strlen(equals + 1) > LABEL_MAX ||
		     !is_label(equals + 1, strlen(equals + 1))))
		bad = "has no valid value behind '='";
	return bad;
}

static bool matches_pattern(const char *value, const char *host)
{
	regex_t re;
	bool hit;

	/* Not anchored, as KubeArmor's is not. */
	if (regcomp(&re, value, REG_EXTENDED | REG_NOSUB))
		return false;
	hit = !regexec(&re, host, 0, NULL, 0);
	regfree(&re);
	return hit;
}

static bool matches_names(const char *value, const char *host)
{
	size_t host_len = strlen(host), len;
	const char *p = value;

	do {
		len = strcspn(p, ",");
		if (len == 1 && *p == '*')
			return true;
		if (len == host_len && !memcmp(p, host, len))
			return true;
		p += len;
	} while (*p++);
	return false;
}

/**
 * selector_matches() - whether a policy is for a host
 * @p: the policy, checked
 * @host: the host's name
 *
 * Return: true if all its labels match.
 */
bool selector_matches(const struct policy *p, const char *host)
{
	const struct label *l;

	for (l = p->labels; l < p->labels + p->nr_labels; l++) {
		if (is_pattern_key(l->key) ? !matches_pattern(l->value, host) :
					     !matches_names(l->value, host))
			return false;
	}
	return true;
}

/* Whether it is for hosts of whatever name. */
static bool takes_any(const struct label *l)
{
	return is_pattern_key(l->key) ? !strcmp(l->value, ".*") :
					matches_names(l->value, "");
}

/**
 * selector_takes_name() - whether it depends on a host's name if a policy is for it
 * @p: the policy, checked
 *
 * Return: false as well if it is for containers.
 */
bool selector_takes_name(const struct policy *p)
{
	const struct label *l;

	if (p->kind != FIM_KIND_HOST)
		return false;
	for (l = p->labels; l < p->labels + p->nr_labels; l++)
		if (!takes_any(l))
			return true;
	return false;
}
