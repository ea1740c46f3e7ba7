// SPDX-License-Identifier: GPL-2.0
/*
 * mem.c - memory that is there or ends the program
 *
 * A short-lived tool has nothing sensible left to do without memory, and its
 * open transaction is thrown away by the kernel when the socket closes. So no
 * caller needs an error path that no one could test.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "mem.h"

static void *mem_or_die(void *p)
{
	if (p)
		return p;
	fputs("fimctl: out of memory\n", stderr);
	/* 1 is an answer: see "fimctl seal --check" */
	exit(EX_OSERR);
}

/**
 * mem_alloc() - allocate zeroed memory
 * @size: bytes
 *
 * Return: the memory, never NULL.
 */
void *mem_alloc(size_t size)
{
	return mem_or_die(calloc(1, size ? size : 1));
}

/**
 * mem_resize() - change the size of an array
 * @old: what mem_alloc() or mem_resize() returned, or NULL
 * @nr: number of elements wanted, not 0
 * @size: size of one
 *
 * Return: the array, never NULL; what was added is not zeroed.
 */
void *mem_resize(void *old, size_t nr, size_t size)
{
	return mem_or_die(reallocarray(old, nr, size));
}

/**
 * mem_dup() - copy bytes and put a NUL behind them
 * @from: the bytes; may be NULL if @len is 0
 * @len: how many
 *
 * Return: the copy, never NULL.
 */
void *mem_dup(const void *from, size_t len)
{
	char *to;

	if (len == SIZE_MAX)
		mem_or_die(NULL);
	to = mem_resize(NULL, len + 1, 1);
	if (len)
		memcpy(to, from, len);
	to[len] = '\0';
	return to;
}

/**
 * mem_string() - copy a string
 * @from: the string, or NULL
 *
 * Return: the copy; NULL for NULL.
 */
char *mem_string(const char *from)
{
	return from ? mem_dup(from, strlen(from)) : NULL;
}

/* Doubles, so that appending stays linear. Called through mem_grow(). */
void *mem_grow_array(void *array, size_t nr, size_t *cap, size_t size)
{
	if (nr < *cap)
		return array;
	if (*cap > SIZE_MAX / 2)
		mem_or_die(NULL);
	*cap = *cap ? *cap * 2 : 8;
	return mem_resize(array, *cap, size);
}
