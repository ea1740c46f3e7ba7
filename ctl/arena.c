// SPDX-License-Identifier: GPL-2.0
/*
 * arena.c - many small allocations that are freed at once
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "mem.h"

#define CHUNK_SIZE 65536

struct arena_chunk {
	struct arena_chunk *before;
	size_t used;
	size_t size;
	max_align_t data[];
};

/**
 * arena_alloc() - allocate zeroed memory
 * @a: where from
 * @size: bytes; far from SIZE_MAX
 *
 * Return: the memory, never NULL.
 */
void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_chunk *c = a->chunk;
	size_t room;
	void *p;

	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) *
	       sizeof(max_align_t);
	if (!c || c->size - c->used < size) {
		room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
		c = mem_resize(NULL, sizeof(*c) + room, 1);
		*c = (struct arena_chunk){ .before = a->chunk, .size = room };
		a->chunk = c;
	}
	p = (char *)c->data + c->used;
	c->used += size;
	return memset(p, 0, size);
}

/**
 * arena_free() - free all that was allocated
 * @a: empty afterwards
 */
void arena_free(struct arena *a)
{
	struct arena_chunk *c;

	while ((c = a->chunk)) {
		a->chunk = c->before;
		free(c);
	}
}
