/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_image: reading the heads of kernel images.
 *
 * bzImage (Documentation/arch/x86/boot.rst): "HdrS" at 0x202, and at 0x20e where the version string is, counted from 0x200. A unified
 * image is a PE program with the parts in sections (UAPI.5 Unified Kernel Image). */
#include "kernel_image.h"

#include "cleanup.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define SECTIONS_MAX 96 /* what Windows' loader takes; UKIs have about ten */
#define CMDLINE_MAX  65536

struct section {
	uint64_t offset;
	uint32_t size;
};

static uint32_t le16(const unsigned char *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8;
}

static uint32_t le32(const unsigned char *bytes)
{
	return le16(bytes) | le16(bytes + 2) << 16;
}

/* Exactly these bytes: 1, 0 = the file is shorter, -errno. */
static int read_at(
	const struct vw_host *host, const char *path, uint64_t offset, void *buf, size_t size)
{
	ssize_t n = vw_host_piecef(host, offset, buf, size, "%s", path);

	if (n < 0)
		return vw_error_absent((int)n) ? 0 : (int)n;
	return (size_t)n == size;
}

/* The first word of a text, if that may be a release. */
static int take_release(const char *text, size_t len, char *release, size_t size)
{
	size_t n = 0;

	while (n < len && isgraph((unsigned char)text[n]) && text[n] != '/')
		n++;
	if (n == 0 || n >= size || (n < len && text[n] && !isspace((unsigned char)text[n])))
		return 0;
	memcpy(release, text, n);
	release[n] = '\0';
	return 1;
}

/* The image that begins at `base`. */
static int read_bzimage(
	const struct vw_host *host, const char *path, uint64_t base, char *release, size_t size)
{
	unsigned char head[14];
	char text[VW_RELEASE_MAX];
	ssize_t n;
	int rc = read_at(host, path, base + 0x202, head, sizeof(head));

	if (rc <= 0 || memcmp(head, "HdrS", 4) != 0 || le16(head + 12) == 0)
		return rc < 0 ? rc : 0;
	n = vw_host_piecef(host, base + 0x200 + le16(head + 12), text, sizeof(text), "%s", path);
	return n <= 0 ? (int)n : take_release(text, (size_t)n, release, size);
}

/* 1 = *section, 0 = the file has none, or is no PE file, -errno. */
static int find_section(
	const struct vw_host *host, const char *path, const char *name, struct section *section)
{
	unsigned char dos[64], coff[24], table[SECTIONS_MAX * 40];
	char padded[8] = "";
	uint64_t at;
	size_t n;
	int rc = read_at(host, path, 0, dos, sizeof(dos));

	if (rc <= 0 || memcmp(dos, "MZ", 2) != 0)
		return rc < 0 ? rc : 0;
	at = le32(dos + 60);
	rc = read_at(host, path, at, coff, sizeof(coff));
	if (rc <= 0 || memcmp(coff, "PE\0\0", 4) != 0)
		return rc < 0 ? rc : 0;
	n = le16(coff + 6);
	n = n < SECTIONS_MAX ? n : SECTIONS_MAX;
	rc = read_at(host, path, at + sizeof(coff) + le16(coff + 20), table, n * 40);
	memcpy(padded, name, strnlen(name, sizeof(padded)));
	for (size_t i = 0; i < n && rc == 1; i++) {
		const unsigned char *entry = table + i * 40;
		uint32_t virtual = le32(entry + 8), raw = le32(entry + 16);

		if (memcmp(entry, padded, sizeof(padded)) != 0)
			continue;
		section->size = virtual < raw ? virtual : raw;
		section->offset = le32(entry + 20);
		return 1;
	}
	return rc < 0 ? rc : 0;
}

int vw_kernel_image_release(
	const struct vw_host *host, const char *path, char *release, size_t size)
{
	struct section section;
	char text[VW_RELEASE_MAX];
	int rc = read_bzimage(host, path, 0, release, size);

	if (rc != 0)
		return rc;
	rc = find_section(host, path, ".uname", &section);
	if (rc == 1) {
		size_t len = section.size < sizeof(text) ? section.size : sizeof(text);

		rc = read_at(host, path, section.offset, text, len);
		rc = rc == 1 ? take_release(text, len, release, size) : rc;
	}
	if (rc == 0)
		rc = find_section(host, path, ".linux", &section);
	else
		return rc;
	return rc == 1 ? read_bzimage(host, path, section.offset, release, size) : rc;
}

int vw_kernel_image_cmdline(const struct vw_host *host, const char *path, char **cmdline)
{
	struct section section;
	int rc = find_section(host, path, ".cmdline", &section);
	vw_auto_free char *text = NULL;
	size_t len;

	*cmdline = NULL;
	if (rc != 1)
		return rc;
	if (section.size > CMDLINE_MAX)
		return 0;
	text = calloc(1, (size_t)section.size + 1);
	if (!text)
		return -ENOMEM;
	rc = read_at(host, path, section.offset, text, section.size);
	if (rc != 1)
		return rc;
	len = strlen(text);
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	*cmdline = text;
	text = NULL;
	return 1;
}
