// SPDX-License-Identifier: GPL-2.0
/*
 * meta.c - what the kernel keeps for us about a policy
 *
 * The kernel is the only place where policies are kept. What it has no
 * attribute for, the node selector, it keeps as a blob in compact JSON:
 * {"matchLabels":{"kubernetes.io/hostname":"*"}}
 */
#include "json.h"
#include "mem.h"
#include "meta.h"
#include "selector.h"

/**
 * meta_write() - append a policy's metadata
 * @p: the policy
 * @out: appended to
 */
void meta_write(const struct policy *p, struct buf *out)
{
	cJSON *meta = json_object(), *labels = json_object();
	const struct label *l;

	for (l = p->labels; l < p->labels + p->nr_labels; l++)
		json_add_string(labels, l->key, l->value);
	json_add(meta, "matchLabels", labels);
	json_write(out, meta, false);
	cJSON_Delete(meta);
}

/**
 * meta_fits() - whether the kernel will keep a policy's metadata
 * @p: the policy
 *
 * Return: true if it will.
 */
bool meta_fits(const struct policy *p)
{
	struct buf meta = { 0 };
	bool fits;

	meta_write(p, &meta);
	fits = meta.len <= FIM_META_MAX;
	buf_free(&meta);
	return fits;
}

static void add_label(struct policy *p, const char *key, const char *value)
{
	struct label *l = policy_add_label(p);

	l->key = mem_string(key);
	l->value = mem_string(value);
}

/**
 * meta_read() - take a policy's metadata from what the kernel kept
 * @p: its labels are set
 * @meta: the bytes; may be NULL if @len is 0
 * @len: how many
 *
 * Whoever else applies policies may put anything there, or nothing. As the
 * policy is in force here, it then counts as one for every host.
 */
void meta_read(struct policy *p, const void *meta, size_t len)
{
	cJSON *json = len ? cJSON_ParseWithLength(meta, len) : NULL;
	cJSON *labels = cJSON_GetObjectItemCaseSensitive(json, "matchLabels");
	cJSON *l;

	cJSON_ArrayForEach(l, labels)
		if (l->string && selector_known(l->string) &&
		    cJSON_IsString(l) &&
		    !selector_check(l->string, l->valuestring))
			add_label(p, l->string, l->valuestring);
	if (!p->nr_labels)
		add_label(p, "kubernetes.io/hostname", "*");
	cJSON_Delete(json);
}
