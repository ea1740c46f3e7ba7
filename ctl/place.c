// SPDX-License-Identifier: GPL-2.0
/*
 * place.c - which record comes next, kept in a file
 *
 * The file is one line, "fim 1 BOOTID NEXT TOTAL", without the last if it is not
 * known. It is replaced as a whole and only after it is on the disk, so that it
 * is never half of one and half of another.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "place.h"

/* Behind the path of the file that becomes the new one */
#define TEMPORARY ".new"

static int parse_id(const char *hex, uint8_t *id)
{
	unsigned int byte;
	int i;

	for (i = 0; i < BOOT_ID_SIZE; i++) {
		if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
			return -EBADMSG;
		id[i] = byte;
	}
	return 0;
}

/**
 * place_read() - read the place
 * @path: the file
 * @place: set
 *
 * Return: 0; -ENOENT if there is no file; -EBADMSG if it holds something else;
 * -errno.
 */
int place_read(const char *path, struct place *place)
{
	char hex[2 * BOOT_ID_SIZE + 1], end;
	FILE *file = fopen(path, "re");
	int n;

	if (!file)
		return -errno;
	*place = (struct place){ 0 };
	n = fscanf(file, "fim 1 %32[0-9a-f] %" SCNu64 "%c", hex, &place->next,
		   &end);
	if (n == 3 && end == ' ') {
		place->counted = true;
		n = 1 + fscanf(file, "%" SCNu64 "%c", &place->total, &end);
	}
	fclose(file);
	if (n != 3 || end != '\n' || strlen(hex) != 2 * BOOT_ID_SIZE)
		return -EBADMSG;
	return parse_id(hex, place->boot_id);
}

static int write_all(int fd, const struct buf *text)
{
	ssize_t n = write(fd, text->data, text->len);

	if (n < 0)
		return -errno;
	if (n != (ssize_t)text->len)
		return -ENOSPC;
	return fsync(fd) ? -errno : 0;
}

/* The new name is there after a crash only if the directory is. */
static int sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct buf name = { 0 };
	int fd, err = 0;

	if (slash)
		buf_add(&name, path, slash - path + 1);
	else
		buf_adds(&name, ".");
	fd = open(name.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd))
		err = -errno;
	if (fd >= 0)
		close(fd);
	buf_free(&name);
	return err;
}

/**
 * place_temporary() - which file place_write() replaces the other by
 * @path: the other
 *
 * Return: its absolute path, which the caller frees; NULL if there is no such
 * directory.
 */
char *place_temporary(const char *path)
{
	char *parent = mem_string(path), *name = mem_string(path);
	char *dir = realpath(dirname(parent), NULL);
	struct buf temporary = { 0 };

	if (dir)
		buf_addf(&temporary, "%s/%s" TEMPORARY,
			 strcmp(dir, "/") ? dir : "", basename(name));
	free(parent);
	free(name);
	free(dir);
	return temporary.data;
}

/**
 * place_write() - write the place
 * @path: the file; replaced as a whole
 * @place: the place
 *
 * Return: 0 or -errno.
 */
int place_write(const char *path, const struct place *place)
{
	struct buf text = { 0 }, temporary = { 0 };
	int fd, err;

	buf_adds(&text, "fim 1 ");
	buf_hex(&text, place->boot_id, sizeof(place->boot_id));
	buf_addf(&text, " %" PRIu64, place->next);
	if (place->counted)
		buf_addf(&text, " %" PRIu64, place->total);
	buf_addc(&text, '\n');
	buf_addf(&temporary, "%s" TEMPORARY, path);
	fd = open(temporary.data, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
		  O_CLOEXEC, 0600);
	err = fd < 0 ? -errno : write_all(fd, &text);
	if (fd >= 0)
		close(fd);
	if (!err && rename(temporary.data, path))
		err = -errno;
	if (!err)
		err = sync_directory(path);
	buf_free(&text);
	buf_free(&temporary);
	return err;
}
