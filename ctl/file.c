// SPDX-License-Identifier: GPL-2.0
/*
 * file.c - files that are read whole
 */
#include <errno.h>

#include "file.h"

/** @FILE_MAX: most that is read of a file, in bytes */
#define FILE_MAX (16 << 20)

/**
 * file_read_stream() - read what is left of a stream
 * @f: the stream
 * @out: appended to
 *
 * Return: 0; -EFBIG above 16 MiB; -errno.
 */
int file_read_stream(FILE *f, struct buf *out)
{
	char part[4096];
	size_t len;

	do {
		len = fread(part, 1, sizeof(part), f);
		buf_add(out, part, len);
	} while (len && out->len <= FILE_MAX);
	if (ferror(f))
		return -EIO;
	return out->len > FILE_MAX ? -EFBIG : 0;
}

/**
 * file_read() - read a file
 * @path: the file
 * @out: appended to
 *
 * Return: 0; -EFBIG above 16 MiB; -errno.
 */
int file_read(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "re");
	int err;

	if (!f)
		return -errno;
	err = file_read_stream(f, out);
	fclose(f);
	return err;
}

/**
 * file_read_json() - read a file that holds JSON
 * @path: the file
 *
 * Return: what it holds, to be deleted by the caller; NULL if it can't be read
 * or holds no JSON.
 */
cJSON *file_read_json(const char *path)
{
	struct buf text = { 0 };
	cJSON *json = NULL;

	if (!file_read(path, &text) && text.len)
		json = cJSON_ParseWithLength(text.data, text.len);
	buf_free(&text);
	return json;
}
