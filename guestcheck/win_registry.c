/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win_registry: keys and values of a hive. What stands in there is of hostile origin: any type, any size, any bytes. */
#include "win.h"

#include "bytes.h"
#include "cleanup.h"

#include <limits.h>
#include <string.h>

/* winnt.h */
enum { REG_SZ = 1, REG_EXPAND_SZ = 2, REG_BINARY = 3, REG_DWORD = 4, REG_MULTI_SZ = 7 };

/* No value that is read here is longer in an honest registry. */
#define VALUE_MAX 65536U

int vw_win_key(const struct vw_win_hive *hive, int64_t from, const char *path, int64_t *node)
{
	char name[256];

	*node = from;
	while (*path) {
		size_t len = strcspn(path, "\\");
		int rc;

		/* A key's name has at most 255 characters; what is longer is in no hive. */
		if (len == 0 || len >= sizeof(name))
			return -ENOENT;
		memcpy(name, path, len);
		name[len] = '\0';
		rc = hive->source->child(hive->data, *node, name, node);
		if (rc < 0)
			return rc;
		path += len;
		path += *path != '\0';
	}
	return 0;
}

static void add_point(struct vw_bytes *out, uint32_t point)
{
	unsigned char utf8[4];
	size_t n = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n; i-- > 1; point >>= 6)
		utf8[i] = (unsigned char)(0x80 | (point & 0x3f));
	utf8[0] = (unsigned char)(lead[n] | point);
	vw_bytes_add(out, utf8, n);
}

static uint32_t unit(const char *bytes)
{
	return (uint32_t)(unsigned char)bytes[0] | (uint32_t)(unsigned char)bytes[1] << 8;
}

/* A half unit at the end is left out, as Windows does. */
char *vw_win_utf8(const char *bytes, size_t len)
{
	struct vw_bytes out = { 0 };

	vw_bytes_add(&out, "", 0);
	for (size_t i = 0; i + 1 < len && out.len <= VW_WIN_TEXT_MAX - 4;) {
		uint32_t point = unit(bytes + i), low;

		i += 2;
		if (point == 0)
			break;
		if (point >= 0xd800 && point <= 0xdfff) {
			low = i + 1 < len ? unit(bytes + i) : 0;
			if (point <= 0xdbff && low >= 0xdc00 && low <= 0xdfff) {
				point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			} else {
				point = 0xfffd;
			}
		}
		add_point(&out, point);
	}
	if (out.lost) {
		vw_bytes_free(&out);
		return NULL;
	}
	return out.data ? out.data : strdup("");
}

static int value(const struct vw_win_hive *hive, int64_t node, const char *name, uint32_t *type,
	char **bytes, size_t *len)
{
	*bytes = NULL;
	return hive->source->value(hive->data, node, name, VALUE_MAX, type, bytes, len);
}

int vw_win_text(const struct vw_win_hive *hive, int64_t node, const char *name, char **text)
{
	vw_auto_free char *bytes = NULL;
	uint32_t type;
	size_t len;
	int rc = value(hive, node, name, &type, &bytes, &len);

	*text = NULL;
	if (rc < 0)
		return rc;
	if (type != REG_SZ && type != REG_EXPAND_SZ)
		return -EBADMSG;
	*text = vw_win_utf8(bytes, len);
	return *text ? 0 : -ENOMEM;
}

/* One text after the other, each with its NUL; an empty one ends the list. What follows the NUL of a single one does not count. */
static int split(const char *bytes, size_t len, size_t max, struct vw_names *texts, bool single)
{
	while (len >= 2 && unit(bytes) != 0 && !(single && texts->n)) {
		vw_auto_free char *text = vw_win_utf8(bytes, len);

		if (texts->n == max)
			return -E2BIG;
		if (!text || vw_names_add(texts, text) < 0)
			return -ENOMEM;
		while (len >= 2 && unit(bytes) != 0) {
			bytes += 2;
			len -= 2;
		}
		if (len >= 2) {
			bytes += 2;
			len -= 2;
		}
	}
	return 0;
}

int vw_win_texts(const struct vw_win_hive *hive, int64_t node, const char *name, size_t max,
	struct vw_names *texts)
{
	vw_auto_free char *bytes = NULL;
	uint32_t type;
	size_t len;
	int rc = value(hive, node, name, &type, &bytes, &len);

	*texts = (struct vw_names){ 0 };
	if (rc < 0)
		return rc;
	if (type != REG_MULTI_SZ && type != REG_SZ)
		return -EBADMSG;
	rc = split(bytes, len, max, texts, type == REG_SZ);
	if (rc < 0)
		vw_names_free(texts);
	return rc;
}

int vw_win_dword(const struct vw_win_hive *hive, int64_t node, const char *name, uint32_t *number)
{
	vw_auto_free char *bytes = NULL;
	uint32_t type;
	size_t len;
	int rc = value(hive, node, name, &type, &bytes, &len);

	if (rc < 0)
		return rc;
	if (type != REG_DWORD || len != 4)
		return -EBADMSG;
	*number = unit(bytes) | unit(bytes + 2) << 16;
	return 0;
}

int vw_win_bytes(
	const struct vw_win_hive *hive, int64_t node, const char *name, void *buf, size_t size)
{
	vw_auto_free char *bytes = NULL;
	uint32_t type;
	size_t len;
	int rc = value(hive, node, name, &type, &bytes, &len);

	if (rc < 0)
		return rc;
	if (type != REG_BINARY)
		return -EBADMSG;
	if (len > size)
		return -EFBIG;
	memcpy(buf, bytes, len);
	return (int)len;
}
