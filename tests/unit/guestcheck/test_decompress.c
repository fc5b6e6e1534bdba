/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_decompress: what the three libraries pack comes back; cut, broken and too long data do not. */
#include "tree.h"

#include "cleanup.h"
#include "decompress.h"

#include <lzma.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define LEN (300U << 10) /* more than one step of the buffer */

struct packed {
	unsigned char data[LEN * 2];
	size_t len;
};

static void pack_gz(struct packed *out, const void *data, size_t len)
{
	z_stream z = { 0 };

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (void *)data;
	z.avail_in = (uInt)len;
	z.next_out = out->data;
	z.avail_out = sizeof(out->data);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->len = z.total_out;
	deflateEnd(&z);
}

static void pack_xz(struct packed *out, const void *data, size_t len)
{
	out->len = 0;
	assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL, data, len, out->data,
				 &out->len, sizeof(out->data)),
		LZMA_OK);
}

static void pack_zstd(struct packed *out, const void *data, size_t len)
{
	out->len = ZSTD_compress(out->data, sizeof(out->data), data, len, 3);
	assert_false(ZSTD_isError(out->len));
}

static void fill(unsigned char *data)
{
	unsigned int seed = 1;

	for (size_t i = 0; i < LEN; i++)
		data[i] = (unsigned char)(rand_r(&seed) % 7);
}

static void check(void (*pack)(struct packed *, const void *, size_t))
{
	static unsigned char data[LEN];
	static struct packed packed;
	vw_auto_free char *out = NULL;
	struct vw_error err;
	char *none = NULL;
	size_t len;

	fill(data);
	pack(&packed, data, LEN);
	assert_int_equal(vw_decompress(packed.data, packed.len, LEN, &out, &len, &err), 1);
	assert_int_equal(len, LEN);
	assert_memory_equal(out, data, LEN);
	assert_int_equal(
		vw_decompress(packed.data, packed.len, LEN - 1, &none, &len, &err), -EFBIG);
	for (size_t cut = packed.len - 1; cut > 6; cut = cut * 7 / 8)
		assert_int_equal(vw_decompress(packed.data, cut, LEN, &none, &len, &err), -EBADMSG);
	packed.data[packed.len / 2] ^= 0xff;
	packed.data[packed.len / 2 + 1] ^= 0xff;
	packed.data[8] ^= 0xff;
	assert_true(vw_decompress(packed.data, packed.len, LEN, &none, &len, &err) <= 0 ||
		    (len == LEN && memcmp(none, data, LEN) != 0));
	free(none);
	/* an empty one */
	none = NULL;
	pack(&packed, data, 0);
	assert_int_equal(vw_decompress(packed.data, packed.len, LEN, &none, &len, &err), 1);
	assert_int_equal(len, 0);
	free(none);
}

static void test_formats(void **state)
{
	(void)state;
	check(pack_gz);
	check(pack_xz);
	check(pack_zstd);
}

static void test_plain(void **state)
{
	char *out = NULL;
	size_t len;

	(void)state;
	assert_int_equal(vw_decompress("\x7f"
				       "ELF",
				 4, 10, &out, &len, NULL),
		0);
	assert_int_equal(vw_decompress("", 0, 10, &out, &len, NULL), 0);
	assert_int_equal(vw_decompress("\x1f", 1, 10, &out, &len, NULL), 0);
	assert_null(out);
}

/* A megabyte of zeros is a thousand bytes when packed: the limit counts what comes out. */
static void test_bomb(void **state)
{
	static unsigned char zeros[16 << 20];
	static struct packed packed;
	char *out = NULL;
	size_t len;

	(void)state;
	pack_zstd(&packed, zeros, sizeof(zeros));
	assert_in_range(packed.len, 1, 16 << 10);
	assert_int_equal(vw_decompress(packed.data, packed.len, 1 << 20, &out, &len, NULL), -EFBIG);
	pack_xz(&packed, zeros, sizeof(zeros));
	assert_int_equal(vw_decompress(packed.data, packed.len, 1 << 20, &out, &len, NULL), -EFBIG);
	assert_null(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
