// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_recommend.c - fimctl recommend: list ready-made policies, or print one
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "json.h"
#include "library.h"
#include "mem.h"
#include "term.h"

const struct opt recommend_opts[] = {
	{ 0, "tag", "TEXT", "those with a tag that contains it: PCI-DSS, T1053" },
	{ 0, "dir", "DIR", "where they are, if not where they were installed" },
	{ 'o', "output", "FORMAT", "table or json" },
	{ 0 },
};

/** @COLUMNS: how long lines of tags get */
#define COLUMNS 78

/**
 * struct recommend - what is to be shown
 * @tags: texts that tags have to contain
 * @nr_tags: how many
 * @cap_tags: room in @tags
 * @dir: directory of the library
 * @name: print this one; NULL: list them
 * @format: enum format
 */
struct recommend {
	const char **tags;
	size_t nr_tags;
	size_t cap_tags;
	char *dir;
	const char *name;
	int format;
};

static bool wanted(const struct recommend *rec, const struct ready *r)
{
	size_t i;

	for (i = 0; i < rec->nr_tags; i++)
		if (!ready_has_tag(r, rec->tags[i]))
			return false;
	return true;
}

static cJSON *to_json(const struct ready *r)
{
	cJSON *json = json_object();
	struct buf tags = { 0 };

	ready_tags(r, &tags);
	json_add_string(json, "name", r->name);
	json_add_string(json, "file", r->path);
	json_add_string(json, "summary", r->summary);
	if (r->set.nr)
		json_add_string(json, "kind",
				policy_kind_name(r->set.v[0].kind));
	json_add_number(json, "rules", policies_rules(&r->set));
	json_add(json, "tags", json_tags(tags.data, tags.len));
	buf_free(&tags);
	return json;
}

static void print_tags(const char *tags, size_t len)
{
	size_t column = COLUMNS, n;
	const char *t;

	for (t = tags; t && t < tags + len; t += n + 1) {
		n = strlen(t);
		if (column + n + 1 > COLUMNS) {
			printf("%s   ", t == tags ? "" : "\n");
			column = 3;
		}
		printf(" ");
		term_text(stdout, t, n);
		column += n + 1;
	}
	if (len)
		printf("\n");
}

static size_t count_wanted(const struct recommend *rec,
			   const struct library *l)
{
	const struct ready *r;
	size_t nr = 0;

	for (r = l->v; r < l->v + l->nr; r++)
		nr += wanted(rec, r);
	return nr;
}

static void list_table(const struct recommend *rec, const struct library *l)
{
	const struct ready *r;
	struct buf tags = { 0 };

	for (r = l->v; r < l->v + l->nr; r++) {
		if (!wanted(rec, r))
			continue;
		buf_clear(&tags);
		ready_tags(r, &tags);
		printf("%s", term_on(stdout, TERM_BOLD));
		term_text(stdout, r->name, strlen(r->name));
		printf("%s\n    ", term_off(stdout));
		term_text(stdout, r->summary, strlen(r->summary));
		printf("\n");
		print_tags(tags.data, tags.len);
	}
	buf_free(&tags);
}

static void list_json(const struct recommend *rec, const struct library *l)
{
	cJSON *list = json_list();
	const struct ready *r;

	for (r = l->v; r < l->v + l->nr; r++)
		if (wanted(rec, r))
			json_append(list, to_json(r));
	json_print(list, true);
	cJSON_Delete(list);
}

static int list(const struct recommend *rec, const struct library *l)
{
	if (rec->format == FORMAT_JSON)
		list_json(rec, l);
	else
		list_table(rec, l);
	if (!rec->nr_tags || count_wanted(rec, l))
		return EXIT_OK;
	term_error("no policy in %s has %s", rec->dir,
		   rec->nr_tags == 1 ? "a tag like that" : "tags like these");
	return EXIT_FAILED;
}

static int print_one(const struct recommend *rec, const struct library *l)
{
	const struct ready *r = library_find(l, rec->name);
	cJSON *json;

	if (!r) {
		term_error("there is no policy '%s' in %s", rec->name,
			   rec->dir);
		return EXIT_FAILED;
	}
	if (rec->format != FORMAT_JSON) {
		fwrite(r->text.data, 1, r->text.len, stdout);
		return EXIT_OK;
	}
	json = to_json(r);
	json_print(json, true);
	cJSON_Delete(json);
	return EXIT_OK;
}

static int recommend(struct recommend *rec)
{
	struct library l = { 0 };
	int err, code;

	if (!rec->dir)
		rec->dir = library_directory();
	err = rec->dir ? library_read(&l, rec->dir) : -errno;
	if (err) {
		term_error("%s: %s; say where the policies are with --dir",
			   rec->dir ? rec->dir : "/proc/self/exe",
			   strerror(-err));
		code = EXIT_FAILED;
		goto out;
	}
	diag_print(&l.diags, stderr);
	code = rec->name ? print_one(rec, &l) : list(rec, &l);
	if (code == EXIT_OK && l.diags.errors)
		code = EXIT_INVALID;
out:
	library_free(&l);
	return code;
}

/* Return: EXIT_OK, or EXIT_INVALID after a message. */
static int read_options(struct recommend *rec, const struct command *cmd,
			int argc, char **argv)
{
	int c;

	while ((c = opt_next(cmd, argc, argv)) != -1) {
		if (c == '?')
			return EXIT_INVALID;
		if (opt_is(cmd, c, "tag")) {
			mem_grow(rec->tags, rec->nr_tags, rec->cap_tags);
			rec->tags[rec->nr_tags++] = optarg;
		} else if (opt_is(cmd, c, "dir")) {
			free(rec->dir);
			rec->dir = mem_string(optarg);
		} else {
			rec->format = opt_format(cmd, 1U << FORMAT_TABLE |
						 1U << FORMAT_JSON);
			if (rec->format < 0)
				return EXIT_INVALID;
		}
	}
	rec->name = argv[optind];
	if (argc - optind > 1)
		return opt_usage(cmd, "one policy at a time");
	if (rec->name && rec->nr_tags)
		return opt_usage(cmd, "give a name or a tag, not both");
	return EXIT_OK;
}

int cmd_recommend(const struct command *cmd, int argc, char **argv)
{
	struct recommend rec = { .format = FORMAT_DEFAULT };
	int code = read_options(&rec, cmd, argc, argv);

	if (code == EXIT_OK)
		code = recommend(&rec);
	free(rec.tags);
	free(rec.dir);
	return code;
}
