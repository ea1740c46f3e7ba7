// SPDX-License-Identifier: GPL-2.0
/*
 * suggest.c - what a misspelt word may have meant
 */
#include <string.h>

#include "suggest.h"

/** @WORD_MAX: longest word that is looked at; no name of ours is longer */
#define WORD_MAX 32

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/* Insertions, deletions, substitutions and swaps of neighbours, row by row. */
static size_t distance(const char *a, const char *b)
{
	size_t row[3][WORD_MAX + 1], alen = strlen(a), blen = strlen(b), i, j;
	size_t *now, *before, *twice;

	for (j = 0; j <= blen; j++)
		row[0][j] = j;
	for (i = 1; i <= alen; i++) {
		now = row[i % 3];
		before = row[(i + 2) % 3];
		twice = row[(i + 1) % 3];
		now[0] = i;
		for (j = 1; j <= blen; j++) {
			now[j] = min3(before[j] + 1, now[j - 1] + 1,
				      before[j - 1] +
					      (lower(a[i - 1]) != lower(b[j - 1])));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && twice[j - 2] + 1 < now[j])
				now[j] = twice[j - 2] + 1;
		}
	}
	return row[alen % 3][blen];
}

/**
 * suggest() - whether a misspelt word may have meant another one
 * @word: what was written
 * @candidate: what could have been meant
 *
 * Return: true if they are alike.
 */
bool suggest(const char *word, const char *candidate)
{
	size_t a = strlen(word), b = strlen(candidate);

	if (a > WORD_MAX || b > WORD_MAX)
		return false;
	return distance(word, candidate) <= (b > 4 ? 2 : 1);
}
