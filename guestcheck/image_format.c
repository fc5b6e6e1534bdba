/* SPDX-License-Identifier: GPL-2.0-or-later */
/* image_format: the headers of disk images, as far as they name formats and other files. */

/*
 * Theory of operation. Whoever made an image can make its header name any file of this host, and QEMU opens what a header names (a backing
 * file, an external data file, the extents of a VMDK); CVE-2010-3851 is what comes of it. So QEMU is always told the format, and
 * here the header is read first, under limits. Read are the formats that have no such names, and those whose names can be seen:
 * qcow2 by docs/interop/qcow2.rst of QEMU, VMDK by block/vmdk.c. vdi, vhdx and vpc name no file that QEMU would open:
 * it refuses their differencing disks (block/vdi.c, block/vhdx.c, block/vpc.c). Other formats (qcow, qed, parallels, …) are not read.
 */
#include "image_format.h"

#include "cleanup.h"

#include <endian.h>
#include <string.h>

struct bytes {
	const unsigned char *data;
	size_t len;
};

static uint32_t be32_at(const struct bytes *b, size_t offset)
{
	uint32_t value;

	if (b->len < sizeof(value) || offset > b->len - sizeof(value))
		return 0;
	memcpy(&value, b->data + offset, sizeof(value));
	return be32toh(value);
}

static uint64_t be64_at(const struct bytes *b, size_t offset)
{
	return (uint64_t)be32_at(b, offset) << 32 | be32_at(b, offset + 4);
}

static uint64_t le64_at(const struct bytes *b, size_t offset)
{
	return __builtin_bswap64(be64_at(b, offset));
}

static bool has_text(const struct bytes *b, size_t offset, const char *text, size_t len)
{
	return b->len >= len && offset <= b->len - len && memcmp(b->data + offset, text, len) == 0;
}

/* qcow2 */

#define QCOW2_V2_HEADER 72
#define QCOW2_V3_HEADER 104
#define QCOW2_NAME_MAX  1023

#define QCOW2_INCOMPAT_DATA_FILE (1U << 2)
/* dirty, corrupt, data file, compression type, extended L2 entries */
#define QCOW2_INCOMPAT_KNOWN 0x1fU

#define QCOW2_EXT_END            0x00000000U
#define QCOW2_EXT_BACKING_FORMAT 0xe2792acaU
#define QCOW2_EXT_DATA_FILE      0x44415441U

/* Text of the header, copied where it is short enough and has no NUL inside. */
static int copy_text(const struct bytes *b, size_t offset, size_t len, char *buf, size_t size)
{
	if (len >= size || memchr(b->data + offset, '\0', len))
		return -1;
	memcpy(buf, b->data + offset, len);
	buf[len] = '\0';
	return 0;
}

static int qcow2_extensions(const struct bytes *b, size_t offset, size_t end,
	struct vw_image_format *format, struct vw_error *err)
{
	while (offset <= end && end - offset >= 8) {
		uint32_t type = be32_at(b, offset), len = be32_at(b, offset + 4);

		offset += 8;
		if (type == QCOW2_EXT_END)
			return 0;
		if (len > end - offset)
			return vw_error_set(
				err, EBADMSG, "a qcow2 header extension ends behind the header");
		if (type == QCOW2_EXT_DATA_FILE)
			format->extents = true;
		if (type == QCOW2_EXT_BACKING_FORMAT &&
			copy_text(b, offset, len, format->backing_format,
				sizeof(format->backing_format)) < 0)
			return vw_error_set(err, EBADMSG,
				"the qcow2 header names an impossible backing format");
		offset += ((size_t)len + 7) & ~(size_t)7;
	}
	return 0;
}

static int qcow2_backing(
	const struct bytes *b, struct vw_image_format *format, size_t *end, struct vw_error *err)
{
	uint64_t offset = be64_at(b, 8);
	uint32_t len = be32_at(b, 16);

	if (!offset)
		return 0;
	format->has_backing = true;
	if (len > QCOW2_NAME_MAX || offset > b->len || len > b->len - offset)
		return vw_error_set(
			err, EBADMSG, "the qcow2 header's backing file name lies outside of it");
	if (copy_text(b, (size_t)offset, len, format->backing, sizeof(format->backing)) < 0)
		return vw_error_set(
			err, EBADMSG, "the qcow2 header's backing file name has a NUL in it");
	/* QEMU looks for extensions up to the name (block/qcow2.c, qcow2_do_open). */
	if (offset < *end)
		*end = (size_t)offset;
	return 0;
}

static int parse_qcow2(const struct bytes *b, struct vw_image_format *format, struct vw_error *err)
{
	uint32_t version = be32_at(b, 4), cluster_bits = be32_at(b, 20), crypt = be32_at(b, 32);
	size_t header = QCOW2_V2_HEADER, end = b->len;
	uint64_t incompatible = 0;
	int rc;

	if (version != 2 && version != 3)
		return vw_error_set(err, EOPNOTSUPP, "version %u of qcow is not read", version);
	if (b->len < QCOW2_V2_HEADER || (version == 3 && b->len < QCOW2_V3_HEADER))
		return vw_error_set(err, EBADMSG, "the qcow2 header is cut off");
	if (cluster_bits < 9 || cluster_bits > 21)
		return vw_error_set(
			err, EBADMSG, "the qcow2 header has an impossible cluster size");
	format->size = be64_at(b, 24);
	if (version == 3) {
		incompatible = be64_at(b, 72);
		header = be32_at(b, 100);
		if (header < QCOW2_V3_HEADER || header > b->len)
			return vw_error_set(
				err, EBADMSG, "the qcow2 header has an impossible length");
	}
	if (incompatible & ~(uint64_t)QCOW2_INCOMPAT_KNOWN)
		return vw_error_set(err, EOPNOTSUPP, "the qcow2 header asks for unknown features");
	format->encrypted = crypt != 0;
	format->extents = incompatible & QCOW2_INCOMPAT_DATA_FILE;
	if (end > (size_t)1 << cluster_bits)
		end = (size_t)1 << cluster_bits;
	rc = qcow2_backing(b, format, &end, err);
	return rc < 0 ? rc : qcow2_extensions(b, header, end, format, err);
}

/* VMDK */

#define VMDK_DESCRIPTOR     0x200 /* where block/vmdk.c looks for a parent, whatever the header says */
#define VMDK_DESCRIPTOR_MAX 10240

static int parse_vmdk(const struct bytes *b, struct vw_image_format *format, struct vw_error *err)
{
	static const char parent[] = "parentFileNameHint";
	size_t len;

	if (!has_text(b, 0, "KDMV", 4)) { /* a descriptor, which names the files with the data */
		format->extents = true;
		return 0;
	}
	if (b->len < VMDK_DESCRIPTOR)
		return vw_error_set(err, EBADMSG, "the vmdk header is cut off");
	format->size = le64_at(b, 12) < UINT64_MAX / 512 ? le64_at(b, 12) * 512 : 0;
	/* No capacity means that the embedded descriptor is the image. */
	format->extents = le64_at(b, 12) == 0;
	len = b->len - VMDK_DESCRIPTOR;
	if (len > VMDK_DESCRIPTOR_MAX)
		len = VMDK_DESCRIPTOR_MAX;
	format->has_backing =
		memmem(b->data + VMDK_DESCRIPTOR, len, parent, sizeof(parent) - 1) != NULL;
	return 0;
}

static int parse_plain(const struct bytes *b, struct vw_image_format *format, struct vw_error *err)
{
	(void)b;
	(void)format;
	(void)err;
	return 0;
}

static const struct kind {
	const char *name;
	const char *magic;
	size_t len, offset;
	int (*parse)(const struct bytes *b, struct vw_image_format *format, struct vw_error *err);
} kinds[] = {
	{ "qcow2", "QFI\xfb", 4, 0, parse_qcow2 }, { "vmdk", "KDMV", 4, 0, parse_vmdk },
	{ "vmdk", "# Disk DescriptorFile", 21, 0, parse_vmdk },
	{ "vdi", "\x7f\x10\xda\xbe", 4, 64, parse_plain },
	{ "vhdx", "vhdxfile", 8, 0, parse_plain },
	{ "vpc", "conectix", 8, 0,
		parse_plain }, /* a fixed one has it only at its end, and can be read as raw */
	{ "raw", "", 0, 0, parse_plain }, /* the last one: has no magic */
};

/* What QEMU knows and we do not read. */
static const struct {
	const char *name, *magic;
} unread[] = {
	{ "qed", "QED" },
	{ "vmdk (version 3)", "COWD" },
	{ "parallels", "WithoutFreeSpace" },
	{ "parallels", "WithouFreSpacExt" },
	{ "cloop", "#!/bin/sh\n#V2.0 Format\n" },
};

const char *vw_image_format_known(const char *name)
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return kinds[i].name;
	return NULL;
}

int vw_image_format_parse(const void *head, size_t len, const char *name,
	struct vw_image_format *format, struct vw_error *err)
{
	struct bytes b = { .data = head, .len = len };

	*format = (struct vw_image_format){ 0 };
	for (size_t i = 0; !name && i < VW_ARRAY_SIZE(unread); i++)
		if (has_text(&b, 0, unread[i].magic, strlen(unread[i].magic)))
			return vw_error_set(
				err, EOPNOTSUPP, "the format %s is not read", unread[i].name);
	if (name && !vw_image_format_known(name))
		return vw_error_set(err, EOPNOTSUPP, "the format %s is not read", name);
	for (size_t i = 0; i < VW_ARRAY_SIZE(kinds); i++) {
		const struct kind *kind = &kinds[i];

		if ((name && strcmp(name, kind->name) != 0) ||
			!has_text(&b, kind->offset, kind->magic, kind->len))
			continue;
		format->name = kind->name;
		return kind->parse(&b, format, err);
	}
	return vw_error_set(err, EBADMSG, "it is no %s image", name);
}
