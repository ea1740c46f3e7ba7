/* SPDX-License-Identifier: GPL-2.0 */
/*
 * place.h - which record comes next, kept in a file
 */
#ifndef FIMCTL_PLACE_H
#define FIMCTL_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

/**
 * struct place - which record comes next
 * @boot_id: of the module whose records are meant
 * @any_boot: of whichever module is loaded
 * @next: number of the record
 * @counted: @total is known
 * @total: operations that the records before it told
 */
struct place {
	uint8_t boot_id[BOOT_ID_SIZE];
	bool any_boot;
	uint64_t next;
	bool counted;
	uint64_t total;
};

int place_read(const char *path, struct place *place);
char *place_temporary(const char *path);
int place_write(const char *path, const struct place *place);

#endif /* FIMCTL_PLACE_H */
