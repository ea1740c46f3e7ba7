/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bundle.h - what runtimes write down about a container
 */
#ifndef FIMCTL_BUNDLE_H
#define FIMCTL_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <cjson/cJSON.h>

#include "buf.h"
#include "identity.h"

/**
 * struct oci_state - the state of a container, as the OCI runtime specification
 *	has it
 * @id: its id
 * @pid: its first process, 0 if it has none
 * @bundle: the directory of its config.json; NULL if unknown
 * @stopped: it has ended
 */
struct oci_state {
	char *id;
	pid_t pid;
	char *bundle;
	bool stopped;
};

const char *oci_state_parse(struct oci_state *state, const char *json,
			    size_t len);
void oci_state_free(struct oci_state *state);

bool bundle_root(const cJSON *config, const char *bundle, struct buf *root,
		 struct buf *why);
bool bundle_identity(const cJSON *config, const char *bundle, const char *id,
		     struct identity *identity, struct buf *why);

#endif /* FIMCTL_BUNDLE_H */
