/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decompress: one loop around three libraries' streams. */
#define ZLIB_CONST /* zlib takes its input by pointers to const */
#include "decompress.h"

#include "cleanup.h"

#include <lzma.h>
#include <stdbool.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* What xz -9 and zstd --ultra need at most; a header may ask for any amount. */
#define XZ_MEMORY   (128U << 20)
#define ZSTD_WINDOW 27

struct stream {
	z_stream gz;
	lzma_stream xz;
	ZSTD_DStream *zstd;
	const unsigned char *in;
	size_t in_len;
};

/* begin: 0 or -ENOMEM. step: fills [out, out + *room), which it makes less: 1 = the end was reached, 0 = there is more, -EBADMSG. A step that
 * neither reads nor writes anything has met the end of the data too soon. */
struct format {
	const char *name, *magic;
	size_t magic_len;
	int (*begin)(struct stream *stream);
	int (*step)(struct stream *stream, unsigned char *out, size_t *room);
	void (*end)(struct stream *stream);
};

static int gz_begin(struct stream *s)
{
	return inflateInit2(&s->gz, 15 + 16) == Z_OK ? 0 : -ENOMEM;
}

static int gz_step(struct stream *s, unsigned char *out, size_t *room)
{
	int rc;

	s->gz.next_in = s->in;
	s->gz.avail_in = (uInt)s->in_len;
	s->gz.next_out = out;
	s->gz.avail_out = (uInt)*room;
	rc = inflate(&s->gz, Z_NO_FLUSH);
	s->in = s->gz.next_in;
	s->in_len = s->gz.avail_in;
	*room = s->gz.avail_out;
	if (rc == Z_MEM_ERROR)
		return -ENOMEM;
	return rc == Z_STREAM_END ? 1 : rc == Z_OK || rc == Z_BUF_ERROR ? 0 : -EBADMSG;
}

static void gz_end(struct stream *s)
{
	inflateEnd(&s->gz);
}

static int xz_begin(struct stream *s)
{
	return lzma_stream_decoder(&s->xz, XZ_MEMORY, 0) == LZMA_OK ? 0 : -ENOMEM;
}

static int xz_step(struct stream *s, unsigned char *out, size_t *room)
{
	lzma_ret rc;

	s->xz.next_in = s->in;
	s->xz.avail_in = s->in_len;
	s->xz.next_out = out;
	s->xz.avail_out = *room;
	rc = lzma_code(&s->xz, LZMA_RUN);
	s->in = s->xz.next_in;
	s->in_len = s->xz.avail_in;
	*room = s->xz.avail_out;
	if (rc == LZMA_MEM_ERROR)
		return -ENOMEM;
	return rc == LZMA_STREAM_END ? 1 : rc == LZMA_OK || rc == LZMA_BUF_ERROR ? 0 : -EBADMSG;
}

static void xz_end(struct stream *s)
{
	lzma_end(&s->xz);
}

static int zstd_begin(struct stream *s)
{
	s->zstd = ZSTD_createDStream();
	if (!s->zstd)
		return -ENOMEM;
	ZSTD_DCtx_setParameter(s->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW);
	return 0;
}

static int zstd_step(struct stream *s, unsigned char *out, size_t *room)
{
	ZSTD_inBuffer in = { s->in, s->in_len, 0 };
	ZSTD_outBuffer to = { out, *room, 0 };
	size_t rc = ZSTD_decompressStream(s->zstd, &to, &in);

	s->in += in.pos;
	s->in_len -= in.pos;
	*room -= to.pos;
	return ZSTD_isError(rc) ? -EBADMSG : rc == 0;
}

static void zstd_end(struct stream *s)
{
	ZSTD_freeDStream(s->zstd);
}

static const struct format formats[] = {
	{ "gzip", "\x1f\x8b", 2, gz_begin, gz_step, gz_end },
	{ "xz",
		"\xfd"
		"7zXZ",
		6, xz_begin, xz_step, xz_end }, /* with the NUL */
	{ "zstd", "\x28\xb5\x2f\xfd", 4, zstd_begin, zstd_step, zstd_end },
};

static int run(
	const struct format *format, struct stream *stream, size_t max, char **out, size_t *out_len)
{
	vw_auto_free unsigned char *buf = NULL;
	size_t used = 0, size = 0;
	int rc = 0;

	while (rc == 0) {
		size_t before = stream->in_len, room;

		if (used == size) {
			unsigned char *bigger;

			if (size > max)
				return -EFBIG;
			size = size ? size * 2 : 64U << 10;
			if (size > max)
				size = max +
				       1; /* one byte more than may be tells that there is more */
			bigger = realloc(buf, size);
			if (!bigger)
				return -ENOMEM;
			buf = bigger;
		}
		room = size - used;
		rc = format->step(stream, buf + used, &room);
		if (rc == 0 && size - used == room && before == stream->in_len)
			rc = -EBADMSG;
		used = size - room;
	}
	if (rc < 0)
		return rc;
	if (used > max)
		return -EFBIG;
	*out = (char *)buf;
	*out_len = used;
	buf = NULL;
	return 1;
}

int vw_decompress(
	const void *data, size_t len, size_t max, char **out, size_t *out_len, struct vw_error *err)
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(formats); i++) {
		const struct format *format = &formats[i];
		struct stream stream = { .xz = LZMA_STREAM_INIT, .in = data, .in_len = len };
		int rc;

		if (len < format->magic_len || memcmp(data, format->magic, format->magic_len) != 0)
			continue;
		/* zlib counts in unsigned int */
		rc = len > UINT32_MAX / 2 || max > UINT32_MAX / 2 ? -EFBIG : format->begin(&stream);
		if (rc < 0)
			return vw_error_errno(err, -rc, "cannot unpack %s", format->name);
		rc = run(format, &stream, max, out, out_len);
		format->end(&stream);
		if (rc == -EBADMSG)
			return vw_error_set(err, EBADMSG, "broken or cut %s data", format->name);
		if (rc == -EFBIG)
			return vw_error_set(err, EFBIG, "more than %zu bytes when unpacked", max);
		return rc < 0 ? vw_error_errno(err, -rc, "cannot unpack %s", format->name) : rc;
	}
	return 0;
}
