// SPDX-License-Identifier: GPL-2.0
/*
 * attr.c - netlink attributes as values
 *
 * An attribute that is absent reads as 0 or NULL, which is what every user of
 * it wants: an older module does not send it.
 */
#include <string.h>

#include "attr.h"
#include "mem.h"

/**
 * attr_number() - read an unsigned number of 1, 2, 4 or 8 bytes
 * @nla: the attribute, or NULL
 *
 * Return: its value; 0 if it is absent or of another length.
 */
uint64_t attr_number(const struct nlattr *nla)
{
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (nla ? nla_len(nla) : 0) {
	case 1:
		return *(const uint8_t *)nla_data(nla);
	case 2:
		memcpy(&u16, nla_data(nla), sizeof(u16));
		return u16;
	case 4:
		memcpy(&u32, nla_data(nla), sizeof(u32));
		return u32;
	case 8:
		memcpy(&u64, nla_data(nla), sizeof(u64));
		return u64;
	default:
		return 0;
	}
}

/**
 * attr_string() - copy a string, whether it ends in a NUL or not
 * @nla: the attribute, or NULL
 *
 * Return: the copy; NULL if it is absent.
 */
char *attr_string(const struct nlattr *nla)
{
	return nla ? mem_dup(nla_data(nla),
			     strnlen(nla_data(nla), nla_len(nla))) : NULL;
}

/**
 * attr_length() - the length of a string, whether it ends in a NUL or not
 * @nla: the attribute, or NULL
 *
 * Return: its bytes without a NUL; 0 if it is absent.
 */
size_t attr_length(const struct nlattr *nla)
{
	return nla ? strnlen(nla_data(nla), nla_len(nla)) : 0;
}
