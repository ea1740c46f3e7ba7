// SPDX-License-Identifier: GPL-2.0
/*
 * helper.c - what several tests of fimctl need
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "buf.h"
#include "helper.h"
#include "mem.h"
#include "schema.h"

/* In memory of its exact size, so that a read behind its end is found. */
static void parse(struct parsed *p, const void *data, size_t len, bool ignore)
{
	char *copy = malloc(len ? len : 1);

	*p = (struct parsed){ 0 };
	memcpy(copy, data, len);
	schema_parse("t.yaml", copy, len, ignore, &p->set, &p->diags);
	policies_check(&p->set, &p->diags);
	free(copy);
}

void parse_bytes(struct parsed *p, const void *data, size_t len)
{
	parse(p, data, len, false);
}

/* As with --ignore-unsupported. */
void parse_ignoring(struct parsed *p, const char *text)
{
	parse(p, text, strlen(text), true);
}

void parse_text(struct parsed *p, const char *text)
{
	parse_bytes(p, text, strlen(text));
}

void parsed_free(struct parsed *p)
{
	policies_free(&p->set);
	diag_free(&p->diags);
}

/* Return: all messages as they are printed, to be freed. */
char *print_diags(struct parsed *p)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	diag_print(&p->diags, f);
	fclose(f);
	return text;
}

bool has_openat2(void)
{
	return syscall(SYS_openat2, -1, NULL, NULL, 0) != -1 || errno != ENOSYS;
}

/* Return: 0 if all of the commands did well in that directory. */
int sh(const char *dir, const char *commands)
{
	struct buf all = { 0 };
	int err;

	buf_addf(&all, "cd %s && { %s; }", dir, commands);
	err = system(all.data);
	buf_free(&all);
	return err;
}
