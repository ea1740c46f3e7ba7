// SPDX-License-Identifier: GPL-2.0
/*
 * identity.c - what a container is, as its runtime and its orchestrator call it
 *
 * Every runtime writes it down elsewhere. What is common to them is the OCI
 * bundle's config.json with its annotations: those of Kubernetes, of
 * containerd's CRI plugin and of CRI-O are known, and any other annotation
 * counts as a label. fim's own, "fim/...", overrule them.
 *
 * The kernel keeps the identity for us, and sends it with records, as compact
 * JSON: {"name":"mysql","image":"...","namespace":"...","pod":"...",
 * "owner":{"ref":"Deployment","name":"mysql"},"labels":{"app":"mysql"}}
 */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "export.h"
#include "identity.h"
#include "json.h"
#include "mem.h"

/**
 * struct known - an annotation that says what a container is
 * @key: its key
 * @at: offset of the member of struct identity
 */
struct known {
	const char *key;
	size_t at;
};

#define AT(member) offsetof(struct identity, member)

/* The first one that is there holds. */
static const struct known known[] = {
	{ "fim/container-name", AT(name) },
	{ "io.kubernetes.cri.container-name", AT(name) },
	{ "io.kubernetes.container.name", AT(name) },
	{ "io.kubernetes.cri-o.ContainerName", AT(name) },
	{ "fim/image", AT(image) },
	{ "io.kubernetes.cri.image-name", AT(image) },
	{ "io.kubernetes.cri-o.ImageName", AT(image) },
	{ "fim/namespace", AT(namespace) },
	{ "io.kubernetes.cri.sandbox-namespace", AT(namespace) },
	{ "io.kubernetes.pod.namespace", AT(namespace) },
	{ "fim/pod-name", AT(pod) },
	{ "io.kubernetes.cri.sandbox-name", AT(pod) },
	{ "io.kubernetes.pod.name", AT(pod) },
};

/* What the annotations of runtimes and orchestrators begin with */
static const char *const not_labels[] = {
	"fim/", "io.kubernetes.", "io.container.", "io.podman.",
	"org.opencontainers.", "org.systemd.", "run.oci.", "kubectl.kubernetes.io/",
	"kubernetes.io/", "cni.", "io.containerd.",
};

static char **member(struct identity *id, size_t at)
{
	return (char **)((char *)id + at);
}

static void set_once(char **to, const char *value)
{
	if (!*to && value && *value)
		*to = mem_string(value);
}

/**
 * identity_set_label() - note a label, unless there is one of that key
 * @id: the identity
 * @key: the label's key
 * @value: its value
 */
void identity_set_label(struct identity *id, const char *key,
			const char *value)
{
	struct remarks *all = &id->labels;
	size_t i;

	for (i = 0; i < all->nr; i++)
		if (!strcmp(all->v[i].key, key))
			return;
	mem_grow(all->v, all->nr, all->cap);
	all->v[all->nr++] = (struct label){
		.key = mem_string(key), .value = mem_string(value),
	};
}

/**
 * identity_add_labels() - note labels
 * @id: the identity
 * @list: "key=value,key=value"
 *
 * Return: false if it is no such list; those before are noted.
 */
bool identity_add_labels(struct identity *id, const char *list)
{
	char *copy = mem_string(list), *rest = copy, *one, *equals;
	bool good = true;

	while (good && (one = strsep(&rest, ","))) {
		equals = strchr(one, '=');
		good = equals && equals != one;
		if (!good)
			break;
		*equals = '\0';
		identity_set_label(id, one, equals + 1);
	}
	free(copy);
	return good;
}

static bool is_label(const char *key)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(not_labels); i++)
		if (!strncmp(key, not_labels[i], strlen(not_labels[i])))
			return false;
	return true;
}

static void take_labels(struct identity *id, const cJSON *labels)
{
	const cJSON *l;

	if (!cJSON_IsObject(labels))
		return;
	cJSON_ArrayForEach(l, labels)
		if (cJSON_IsString(l) && *l->string && is_label(l->string))
			identity_set_label(id, l->string, l->valuestring);
}

/* CRI-O has labels as JSON in an annotation. */
static void take_crio(struct identity *id, const char *text)
{
	cJSON *labels = text ? cJSON_Parse(text) : NULL;

	take_labels(id, labels);
	cJSON_Delete(labels);
}

/* fim/owner: Deployment/mysql */
static void take_owner(struct identity *id, const char *owner)
{
	const char *slash = owner ? strchr(owner, '/') : NULL;

	if (!slash || slash == owner || !slash[1] || id->owner_name)
		return;
	id->owner_ref = mem_dup(owner, slash - owner);
	id->owner_name = mem_string(slash + 1);
}

/**
 * identity_take_annotations() - take what the annotations of a bundle say
 * @id: the identity; what is known already stays
 * @annotations: an object of strings, or NULL
 */
void identity_take_annotations(struct identity *id, const cJSON *annotations)
{
	const char *labels;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		set_once(member(id, known[i].at),
			 json_text(annotations, known[i].key));
	labels = json_text(annotations, "fim/labels");
	if (labels)
		identity_add_labels(id, labels);
	take_owner(id, json_text(annotations, "fim/owner"));
	take_crio(id, json_text(annotations, "io.kubernetes.cri-o.Labels"));
	take_labels(id, annotations);
}

/**
 * identity_take_docker() - take what docker's config.v2.json says
 * @id: the identity; what is known already stays
 * @config: the file, or NULL
 */
void identity_take_docker(struct identity *id, const cJSON *config)
{
	const cJSON *inner = cJSON_GetObjectItemCaseSensitive(config, "Config");
	const char *name = json_text(config, "Name");

	set_once(&id->name, name && *name == '/' ? name + 1 : name);
	set_once(&id->image, json_text(inner, "Image"));
	take_labels(id, cJSON_GetObjectItemCaseSensitive(inner, "Labels"));
}

/**
 * identity_take_storage() - take what the storage of podman and CRI-O says
 * @id: the identity; what is known already stays
 * @containers: its containers.json, or NULL
 * @container: the container's id
 */
void identity_take_storage(struct identity *id, const cJSON *containers,
			   const char *container)
{
	const char *its, *metadata;
	const cJSON *c;
	cJSON *json;

	cJSON_ArrayForEach(c, containers) {
		its = json_text(c, "id");
		if (!its || strcmp(its, container))
			continue;
		metadata = json_text(c, "metadata");
		json = metadata ? cJSON_Parse(metadata) : NULL;
		set_once(&id->name, json_text(json, "name"));
		set_once(&id->image, json_text(json, "image-name"));
		cJSON_Delete(json);
	}
}

static const char *label_of(const struct identity *id, const char *key)
{
	size_t i;

	for (i = 0; i < id->labels.nr; i++)
		if (!strcmp(id->labels.v[i].key, key))
			return id->labels.v[i].value;
	return NULL;
}

/* Length of a pod's name without a part behind a "-", or 0 if it has none. */
static size_t without(const char *pod, size_t len, const char *part)
{
	size_t part_len = part ? strlen(part) : 0;

	if (part) {
		if (len > part_len + 1 && pod[len - part_len - 1] == '-' &&
		    !memcmp(pod + len - part_len, part, part_len))
			return len - part_len - 1;
		return 0;
	}
	while (len && pod[len - 1] != '-')
		len--;
	return len > 1 ? len - 1 : 0;
}

/**
 * identity_find_owner() - tell from labels what made the pod
 * @id: the identity; if it has an owner, that stays
 *
 * Controllers make a pod's name out of theirs and tell by a label what they
 * have put behind it.
 */
void identity_find_owner(struct identity *id)
{
	const char *hash = label_of(id, "pod-template-hash"), *ref = NULL;
	const char *job = label_of(id, "batch.kubernetes.io/job-name");
	size_t len;

	if (id->owner_name || !id->pod)
		return;
	len = without(id->pod, strlen(id->pod), NULL);
	if (job) {
		id->owner_ref = mem_string("Job");
		id->owner_name = mem_string(job);
		return;
	}
	if (hash) {
		ref = "Deployment";
		len = without(id->pod, len, hash);
	} else if (label_of(id, "statefulset.kubernetes.io/pod-name")) {
		ref = "StatefulSet";
	} else if (label_of(id, "controller-revision-hash")) {
		ref = "DaemonSet";
	}
	if (!ref || !len)
		return;
	id->owner_ref = mem_string(ref);
	id->owner_name = mem_dup(id->pod, len);
}

static void add_text(cJSON *to, const char *key, const char *value)
{
	if (value)
		json_add_string(to, key, value);
}

/**
 * identity_write() - append an identity as the kernel keeps it
 * @id: the identity
 * @out: appended to
 */
void identity_write(const struct identity *id, struct buf *out)
{
	cJSON *json = json_object(), *owner;

	add_text(json, "name", id->name);
	add_text(json, "image", id->image);
	add_text(json, "namespace", id->namespace);
	add_text(json, "pod", id->pod);
	if (id->owner_name) {
		owner = json_object();
		add_text(owner, "ref", id->owner_ref);
		add_text(owner, "name", id->owner_name);
		json_add(json, "owner", owner);
	}
	if (id->labels.nr)
		json_add(json, "labels",
			 export_labels(id->labels.v, id->labels.nr));
	json_write(out, json, false);
	cJSON_Delete(json);
}

/**
 * identity_read() - read an identity that the kernel kept
 * @id: set
 * @bytes: the identity; whoever added the container may have put anything there
 * @len: how many
 */
void identity_read(struct identity *id, const void *bytes, size_t len)
{
	cJSON *json = len ? cJSON_ParseWithLength(bytes, len) : NULL;
	const cJSON *owner = cJSON_GetObjectItemCaseSensitive(json, "owner");
	const cJSON *labels = cJSON_GetObjectItemCaseSensitive(json, "labels");
	const cJSON *l;

	*id = (struct identity){ 0 };
	set_once(&id->name, json_text(json, "name"));
	set_once(&id->image, json_text(json, "image"));
	set_once(&id->namespace, json_text(json, "namespace"));
	set_once(&id->pod, json_text(json, "pod"));
	set_once(&id->owner_ref, json_text(owner, "ref"));
	set_once(&id->owner_name, json_text(owner, "name"));
	if (cJSON_IsObject(labels))
		cJSON_ArrayForEach(l, labels)
			if (cJSON_IsString(l))
				identity_set_label(id, l->string,
						   l->valuestring);
	cJSON_Delete(json);
}

static bool in_list(const char *list, const char *name)
{
	size_t len = name ? strlen(name) : 0, part;
	const char *p = list;

	do {
		part = strcspn(p, ",");
		if ((part == 1 && *p == '*') ||
		    (name && part == len && !memcmp(p, name, len)))
			return true;
		p += part;
	} while (*p++);
	return false;
}

static bool matches_label(const struct identity *id, const struct label *l)
{
	const char *value;

	/* KubeArmor's own: the container's name, or several */
	if (!strcmp(l->key, "kubearmor.io/container.name"))
		return in_list(l->value, id->name);
	value = label_of(id, l->key);
	return value && !strcmp(value, l->value);
}

/* A value of an expression: a namespace, or key=value */
static bool has_member(const struct identity *id, const char *key,
		       const char *value)
{
	const char *equals, *its;
	size_t i;

	if (!strcmp(key, "namespace"))
		return !strcmp(value, "*") ||
		       (id->namespace && !strcmp(value, id->namespace));
	equals = strchr(value, '=');
	for (i = 0; equals && i < id->labels.nr; i++) {
		its = id->labels.v[i].key;
		if (strlen(its) == (size_t)(equals - value) &&
		    !strncmp(its, value, equals - value) &&
		    !strcmp(id->labels.v[i].value, equals + 1))
			return true;
	}
	return false;
}

static bool matches_expression(const struct identity *id,
			       const struct expression *e)
{
	const char *value, *end = e->values + e->values_len;
	bool any = false;

	for (value = e->values; value < end; value += strlen(value) + 1)
		any |= has_member(id, e->key, value);
	return any != e->not_in;
}

/**
 * identity_matches() - whether a policy is for a container
 * @id: what the container is
 * @p: the policy, checked
 *
 * A container that is in no namespace, as no Kubernetes has made it, is meant by
 * policies of any.
 *
 * Return: whether all of its selector matches.
 */
bool identity_matches(const struct identity *id, const struct policy *p)
{
	size_t i;

	if (p->kind == FIM_KIND_HOST)
		return false;
	if (p->kind == FIM_KIND_CONTAINER && p->namespace && id->namespace &&
	    strcmp(p->namespace, id->namespace))
		return false;
	for (i = 0; i < p->nr_labels; i++)
		if (!matches_label(id, &p->labels[i]))
			return false;
	for (i = 0; i < p->nr_expressions; i++)
		if (!p->expressions[i].key ||
		    !matches_expression(id, &p->expressions[i]))
			return false;
	return true;
}

/**
 * identity_free() - free what an identity holds
 * @id: the identity
 */
void identity_free(struct identity *id)
{
	size_t i;

	for (i = 0; i < id->labels.nr; i++) {
		free(id->labels.v[i].key);
		free(id->labels.v[i].value);
	}
	free(id->labels.v);
	free(id->name);
	free(id->image);
	free(id->namespace);
	free(id->pod);
	free(id->owner_ref);
	free(id->owner_name);
	*id = (struct identity){ 0 };
}
