/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mem.h - memory that is there or ends the program
 */
#ifndef FIMCTL_MEM_H
#define FIMCTL_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);
void *mem_resize(void *old, size_t nr, size_t size);
void *mem_dup(const void *from, size_t len);
char *mem_string(const char *from);

/**
 * mem_grow() - make room for one more element of an array
 * @array: pointer to the first element, or NULL; may move
 * @nr: number of elements in use
 * @cap: number of elements that there is room for; updated
 */
#define mem_grow(array, nr, cap) \
	((array) = mem_grow_array((array), (nr), &(cap), sizeof(*(array))))

void *mem_grow_array(void *array, size_t nr, size_t *cap, size_t size);

#endif /* FIMCTL_MEM_H */
