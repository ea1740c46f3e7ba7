/* SPDX-License-Identifier: GPL-2.0 */
/*
 * identity.h - what a container is, as its runtime and its orchestrator call it
 */
#ifndef FIMCTL_IDENTITY_H
#define FIMCTL_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "buf.h"
#include "policy.h"

/**
 * struct identity - what a container is; what is not known is NULL
 * @name: its name
 * @image: its image
 * @namespace: of its pod
 * @pod: its pod's name
 * @owner_ref: kind of what made the pod: "Deployment"
 * @owner_name: its name
 * @labels: labels of container and pod
 */
struct identity {
	char *name;
	char *image;
	char *namespace;
	char *pod;
	char *owner_ref;
	char *owner_name;
	struct remarks labels;
};

void identity_set_label(struct identity *id, const char *key,
			const char *value);
bool identity_add_labels(struct identity *id, const char *list);
void identity_take_annotations(struct identity *id, const cJSON *annotations);
void identity_take_docker(struct identity *id, const cJSON *config);
void identity_take_storage(struct identity *id, const cJSON *containers,
			   const char *container);
void identity_find_owner(struct identity *id);
void identity_write(const struct identity *id, struct buf *out);
void identity_read(struct identity *id, const void *bytes, size_t len);
bool identity_matches(const struct identity *id, const struct policy *p);
void identity_free(struct identity *id);

#endif /* FIMCTL_IDENTITY_H */
