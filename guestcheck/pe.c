/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pe: the machine and the file version of a Windows binary.
 *
 * Layout: Microsoft's "PE Format" (headers, section table, .rsrc) and VS_VERSIONINFO of the Win32 documentation. Everything is read through
 * one window that knows the file's end, and the resource tree is descended along one path of three levels, so nothing can loop. */
#include "pe.h"

#include <errno.h>
#include <string.h>

#define MZ              0x5a4dU
#define PE_SIGNATURE    0x00004550U
#define PE32            0x10bU
#define PE32_PLUS       0x20bU
#define RESOURCE_ENTRY  2U /* of the data directories */
#define RT_VERSION      16U
#define SECTION_SIZE    40U
#define FIXED_SIGNATURE 0xfeef04bdU
#define SUBDIRECTORY    0x80000000U
#define VERSION_MAX                                                                                \
	4096U /* of VS_VERSIONINFO that is looked at; VS_FIXEDFILEINFO is at its front */
#define SECTIONS_MAX  96U   /* the loader's limit */
#define DIRECTORY_MAX 4096U /* entries of a resource directory that are looked at */

struct window {
	const unsigned char *data;
	size_t len;
};

static bool get16(const struct window *w, size_t at, uint32_t *value)
{
	if (w->len < 2 || at > w->len - 2)
		return false;
	*value = w->data[at] | (uint32_t)w->data[at + 1] << 8;
	return true;
}

static bool get32(const struct window *w, size_t at, uint32_t *value)
{
	uint32_t low, high;

	if (!get16(w, at, &low) || !get16(w, at + 2, &high))
		return false;
	*value = low | high << 16;
	return true;
}

struct image {
	struct window file;
	size_t sections; /* offset of the section table */
	uint32_t n_sections;
	uint32_t resources, resources_size; /* RVA; 0 = none */
};

/* What the file holds of an RVA: up to size bytes in one section, or fewer where the section or the file ends. */
static bool map(const struct image *image, uint32_t rva, uint32_t size, struct window *out)
{
	for (uint32_t i = 0; i < image->n_sections; i++) {
		size_t at = image->sections + (size_t)i * SECTION_SIZE;
		uint32_t base, raw_size, raw, offset;

		if (!get32(&image->file, at + 12, &base) ||
			!get32(&image->file, at + 16, &raw_size) ||
			!get32(&image->file, at + 20, &raw))
			return false;
		if (rva < base || rva - base >= raw_size)
			continue;
		offset = rva - base;
		if (raw > image->file.len || offset >= image->file.len - raw)
			return false;
		out->data = image->file.data + raw + offset;
		out->len = image->file.len - raw - offset;
		if (out->len > raw_size - offset)
			out->len = raw_size - offset;
		if (out->len > size)
			out->len = size;
		return true;
	}
	return false;
}

static bool read_headers(struct image *image, struct vw_pe *pe)
{
	const struct window *file = &image->file;
	uint32_t value, at, optional_size, n_directories, directories;

	if (!get16(file, 0, &value) || value != MZ || !get32(file, 0x3c, &at))
		return false;
	if (!get32(file, at, &value) || value != PE_SIGNATURE)
		return false;
	at += 4; /* in bounds: the signature was */
	if (!get16(file, at, &value) || !get16(file, at + 2, &image->n_sections) ||
		!get16(file, at + 16, &optional_size))
		return false;
	pe->machine = (uint16_t)value;
	at += 20;
	image->sections = (size_t)at + optional_size;
	if (image->n_sections > SECTIONS_MAX || !get16(file, at, &value))
		return false;
	if (value != PE32 && value != PE32_PLUS)
		return false;
	directories = value == PE32 ? 96 : 112;
	if (!get32(file, at + directories - 4, &n_directories))
		return false;
	if (n_directories <= RESOURCE_ENTRY ||
		directories + (RESOURCE_ENTRY + 1) * 8 > optional_size)
		return true;
	at += directories + RESOURCE_ENTRY * 8;
	return get32(file, at, &image->resources) && get32(file, at + 4, &image->resources_size);
}

/* The entry of a resource directory with this id, or the first one (ANY). */
#define ANY UINT32_MAX
static bool find_entry(const struct window *tree, uint32_t directory, uint32_t id, uint32_t *target)
{
	uint32_t named, ids, name;

	if (!get16(tree, (size_t)directory + 12, &named) ||
		!get16(tree, (size_t)directory + 14, &ids))
		return false;
	for (uint32_t i = 0; i < named + ids && i < DIRECTORY_MAX; i++) {
		size_t at = (size_t)directory + 16 + (size_t)i * 8;

		if (!get32(tree, at, &name) || !get32(tree, at + 4, target))
			return false;
		if (id == ANY || name == id)
			return true;
	}
	return false;
}

/* Type, name and language lead to the data's description. */
static bool find_version(const struct image *image, struct window *out)
{
	static const uint32_t path[] = { RT_VERSION, ANY, ANY };
	uint32_t target = SUBDIRECTORY, rva, size;
	struct window tree;

	if (!image->resources || !map(image, image->resources, image->resources_size, &tree))
		return false;
	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++)
		if (!(target & SUBDIRECTORY) ||
			!find_entry(&tree, target & ~SUBDIRECTORY, path[i], &target))
			return false;
	return !(target & SUBDIRECTORY) && get32(&tree, target, &rva) &&
	       get32(&tree, (size_t)target + 4, &size) &&
	       map(image, rva, size < VERSION_MAX ? size : VERSION_MAX, out);
}

/* VS_VERSIONINFO: length, value's length, type, the key "VS_VERSION_INFO" in UTF-16, and the value at the next multiple of four. */
static bool read_version(const struct window *version, struct vw_pe *pe)
{
	static const char key[] = "VS_VERSION_INFO";
	uint32_t length, value, high, low;
	size_t at = 6;

	if (!get16(version, 0, &length) || !get16(version, 2, &value) || value < 52)
		return false;
	for (size_t i = 0; i < sizeof(key); i++, at += 2)
		if (!get16(version, at, &value) || value != (unsigned char)key[i])
			return false;
	at = (at + 3) & ~(size_t)3;
	if (length < at + 52 || !get32(version, at, &value) || value != FIXED_SIGNATURE ||
		!get32(version, at + 8, &high) || !get32(version, at + 12, &low))
		return false;
	pe->version[0] = (uint16_t)(high >> 16);
	pe->version[1] = (uint16_t)high;
	pe->version[2] = (uint16_t)(low >> 16);
	pe->version[3] = (uint16_t)low;
	return true;
}

int vw_pe_parse(const void *data, size_t len, struct vw_pe *pe, struct vw_error *err)
{
	struct image image = { .file = { data, len } };
	struct window version;

	memset(pe, 0, sizeof(*pe));
	if (!read_headers(&image, pe)) {
		memset(pe, 0, sizeof(*pe));
		return vw_error_set(err, EBADMSG, "no Windows binary, or a broken one");
	}
	if (find_version(&image, &version))
		pe->has_version = read_version(&version, pe);
	return 0;
}

const char *vw_pe_machine_name(uint16_t machine)
{
	switch (machine) {
	case 0x8664:
		return "amd64";
	case 0x14c:
		return "x86";
	case 0xaa64:
		return "arm64";
	}
	return NULL;
}
