// SPDX-License-Identifier: GPL-2.0
/*
 * hash.c - a stable key of what happened, so that alerts can be told apart
 */
#include <string.h>

#include "../uapi/fim.h"
#include "attr.h"
#include "hash.h"
#include "op.h"
#include "sha256.h"

static void hash_field(struct buf *to, const void *bytes, size_t len)
{
	buf_add(to, bytes, len);
	/* No field can hold a NUL, so no two alerts are joined to the same. */
	buf_addc(to, '\0');
}

static void hash_attr(struct buf *to, const struct nlattr *nla)
{
	hash_field(to, nla ? nla_data(nla) : NULL, attr_length(nla));
}

/**
 * hash_record() - append the hash over policy, subject, executable, operation
 * and resource
 * @tb: attributes of the record
 * @hex: appended to
 */
void hash_record(struct nlattr **tb, struct buf *hex)
{
	const char *op = op_name(attr_number(tb[FIM_EVENT_A_OP]));
	struct buf what = { 0 };
	uint8_t digest[SHA256_SIZE];

	hash_attr(&what, tb[FIM_EVENT_A_POLICY]);
	if (tb[FIM_EVENT_A_CONTAINER])
		hash_attr(&what, tb[FIM_EVENT_A_CONTAINER]);
	else
		hash_field(&what, "host", strlen("host"));
	hash_attr(&what, tb[FIM_EVENT_A_EXE]);
	hash_field(&what, op, strlen(op));
	hash_attr(&what, tb[FIM_EVENT_A_PATH]);
	sha256(what.data, what.len, digest);
	buf_hex(hex, digest, sizeof(digest));
	buf_free(&what);
}
