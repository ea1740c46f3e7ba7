/* SPDX-License-Identifier: GPL-2.0 */
/*
 * file.h - files that are read whole
 */
#ifndef FIMCTL_FILE_H
#define FIMCTL_FILE_H

#include <stdio.h>

#include <cjson/cJSON.h>

#include "buf.h"

int file_read(const char *path, struct buf *out);
int file_read_stream(FILE *f, struct buf *out);
cJSON *file_read_json(const char *path);

#endif /* FIMCTL_FILE_H */
