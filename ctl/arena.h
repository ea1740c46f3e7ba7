/* SPDX-License-Identifier: GPL-2.0 */
/*
 * arena.h - many small allocations that are freed at once
 */
#ifndef FIMCTL_ARENA_H
#define FIMCTL_ARENA_H

#include <stddef.h>

struct arena_chunk;

/**
 * struct arena - many small allocations that are freed at once
 * @chunk: the one that is being filled, linked to those before it
 */
struct arena {
	struct arena_chunk *chunk;
};

void *arena_alloc(struct arena *a, size_t size);
void arena_free(struct arena *a);

#endif /* FIMCTL_ARENA_H */
