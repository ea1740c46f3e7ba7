// SPDX-License-Identifier: GPL-2.0
/*
 * test_sha256.c - tests of ctl/sha256.c with the vectors of FIPS 180-4
 */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "helper.h"
#include "sha256.h"

#include "kselftest_harness.h"

TEST(vectors)
{
	static const struct {
		const char *unit;
		size_t times;
		const char *hash;
	} vector[] = {
		{ "", 1,
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", 1,
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
		{ "a", 1000000,
		  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
		/* around the length that still fits into one block */
		{ "a", 55,
		  "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318" },
		{ "a", 56,
		  "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a" },
		{ "a", 64,
		  "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb" },
	};
	uint8_t digest[SHA256_SIZE];
	struct buf data = { 0 }, hex = { 0 };
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE_OF(vector); i++) {
		buf_clear(&data);
		buf_clear(&hex);
		for (n = 0; n < vector[i].times; n++)
			buf_adds(&data, vector[i].unit);
		sha256(data.data, data.len, digest);
		buf_hex(&hex, digest, sizeof(digest));
		EXPECT_STREQ(vector[i].hash, hex.data);
	}
	buf_free(&data);
	buf_free(&hex);
}

TEST_HARNESS_MAIN
