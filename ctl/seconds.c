// SPDX-License-Identifier: GPL-2.0
/*
 * seconds.c - times as they are given on the command line
 */
#include <errno.h>
#include <stdlib.h>

#include "seconds.h"

/**
 * seconds_parse() - read a time
 * @text: a number with s, m or h behind it, or nothing for seconds
 *
 * Return: the seconds; 0 if it is not one, or is 0 or too large.
 */
uint32_t seconds_parse(const char *text)
{
	unsigned long long n, unit = 1;
	char *end;

	/* Neither a sign nor a space, which strtoull() takes */
	if (*text < '0' || *text > '9')
		return 0;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (*end == 'm')
		unit = 60;
	else if (*end == 'h')
		unit = 3600;
	if (*end == 's' || unit > 1)
		end++;
	if (*end || errno || n > UINT32_MAX / unit)
		return 0;
	return n * unit;
}
