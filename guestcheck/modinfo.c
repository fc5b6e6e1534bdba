/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modinfo: finds one section of an ELF file of any class and byte order. Nothing in the file is believed: every offset is held against its end. */
#include "modinfo.h"

#include "cleanup.h"
#include "decompress.h"
#include "glob.h"

#include <elf.h>
#include <string.h>

/* Real ones have some ten kilobytes. */
#define MODINFO_MAX (1U << 20)

struct elf {
	const unsigned char *data;
	size_t len;
	bool is_64, is_big;
};

struct section {
	uint64_t name, type, offset, size;
};

static bool is_elf(const void *data, size_t len)
{
	const unsigned char *id = data;

	return len >= 20 && memcmp(id, ELFMAG, SELFMAG) == 0 &&
	       (id[EI_CLASS] == ELFCLASS32 || id[EI_CLASS] == ELFCLASS64) &&
	       (id[EI_DATA] == ELFDATA2LSB || id[EI_DATA] == ELFDATA2MSB);
}

/* A number of so many bytes; the caller has looked that they are there. */
static uint64_t number(const struct elf *elf, uint64_t at, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value = value << 8 | elf->data[at + (elf->is_big ? i : bytes - 1 - i)];
	return value;
}

/* A field that lies at one place in 32-bit files, at another in 64-bit files, where it may also be longer. */
static uint64_t field(const struct elf *elf, uint64_t base, size_t at32, size_t at64, bool wide)
{
	return number(elf, base + (elf->is_64 ? at64 : at32), elf->is_64 && wide ? 8 : 4);
}

#define FIELD(elf, base, type, member, wide)                                                       \
	field(elf, base, offsetof(Elf32_##type, member), offsetof(Elf64_##type, member), wide)

static bool inside(const struct elf *elf, uint64_t at, uint64_t bytes)
{
	return at <= elf->len && bytes <= elf->len - at;
}

/* false: it lies outside of the file. */
static bool read_section(const struct elf *elf, uint64_t table, uint64_t size, uint64_t index,
	struct section *section)
{
	uint64_t at = table + index * size;

	if (!inside(elf, at, elf->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)))
		return false;
	section->name = FIELD(elf, at, Shdr, sh_name, false);
	section->type = FIELD(elf, at, Shdr, sh_type, false);
	section->offset = FIELD(elf, at, Shdr, sh_offset, true);
	section->size = FIELD(elf, at, Shdr, sh_size, true);
	return section->type == SHT_NOBITS || inside(elf, section->offset, section->size);
}

static bool has_name(
	const struct elf *elf, const struct section *names, uint64_t at, const char *name)
{
	size_t len = strlen(name) + 1;

	return names->type != SHT_NOBITS && at <= names->size && len <= names->size - at &&
	       memcmp(elf->data + names->offset + at, name, len) == 0;
}

/* 1 = *found, 0 = there is none, -EBADMSG. A module has fewer sections than the number that needs another place (SHN_LORESERVE). */
static int find_modinfo(const struct elf *elf, struct section *found)
{
	size_t head = elf->is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	uint64_t table, size, count, index;
	struct section names;

	if (!inside(elf, 0, head))
		return -EBADMSG;
	table = FIELD(elf, 0, Ehdr, e_shoff, true);
	size = number(elf, head - 6, 2); /* e_shentsize, e_shnum and e_shstrndx come last */
	count = number(elf, head - 4, 2);
	index = number(elf, head - 2, 2);
	if (!count)
		return 0;
	if (!inside(elf, table, size * count) || index >= count ||
		!read_section(elf, table, size, index, &names))
		return -EBADMSG;
	for (uint64_t i = 0; i < count; i++) {
		if (!read_section(elf, table, size, i, found))
			return -EBADMSG;
		if (found->type != SHT_NOBITS && has_name(elf, &names, found->name, ".modinfo"))
			return 1;
	}
	return 0;
}

static bool ends_with(const unsigned char *data, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len >= n && memcmp(data + len - n, end, n) == 0;
}

int vw_modinfo_parse(const void *data, size_t len, struct vw_modinfo *info, struct vw_error *err)
{
	struct elf elf = { .data = data, .len = len };
	struct section section = { 0 };
	int rc;

	*info = (struct vw_modinfo){ 0 };
	if (!is_elf(data, len))
		return vw_error_set(err, EBADMSG, "no ELF file");
	elf.is_64 = elf.data[EI_CLASS] == ELFCLASS64;
	elf.is_big = elf.data[EI_DATA] == ELFDATA2MSB;
	rc = find_modinfo(&elf, &section);
	if (rc < 0)
		return vw_error_set(err, EBADMSG, "its section headers are broken");
	if (!rc)
		section = (struct section){ 0 };
	if (section.size > MODINFO_MAX)
		return vw_error_set(err, EBADMSG, "its .modinfo is too long");
	info->text = malloc(section.size + 1);
	if (!info->text)
		return vw_error_set(err, ENOMEM, "out of memory");
	memcpy(info->text, elf.data + section.offset, section.size);
	info->text[section.size] = '\0';
	info->len = section.size;
	info->machine = vw_elf_machine(data, len);
	info->is_little = !elf.is_big;
	/* include/linux/module_signature.h */
	info->is_signed = ends_with(data, len, "~Module signature appended~\n");
	return 0;
}

int vw_modinfo_read(const struct vw_host *files, const char *path, struct vw_modinfo *info,
	uint64_t *used, struct vw_error *err)
{
	vw_auto_free char *packed = NULL, *data = NULL;
	size_t packed_len, len;
	int rc = vw_host_slurpf(files, VW_MODULE_MAX, &packed, &packed_len, "%s", path);

	*info = (struct vw_modinfo){ 0 };
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read %s", path);
	rc = vw_decompress(packed, packed_len, VW_MODULE_MAX, &data, &len, err);
	if (rc == 0) {
		data = packed;
		len = packed_len;
		packed = NULL;
	}
	if (used)
		*used += packed_len + len;
	if (rc >= 0)
		rc = vw_modinfo_parse(data, len, info, err);
	return rc < 0 ? vw_error_prefix(err, rc, "%s", path) : 0;
}

void vw_modinfo_free(struct vw_modinfo *info)
{
	free(info->text);
	*info = (struct vw_modinfo){ 0 };
}

const char *vw_modinfo_next(const struct vw_modinfo *info, const char *key, size_t *at)
{
	size_t len = strlen(key);

	while (*at < info->len) {
		const char *text = info->text + *at;

		*at += strlen(text) + 1;
		if (strncmp(text, key, len) == 0 && text[len] == '=')
			return text + len + 1;
	}
	return NULL;
}

const char *vw_modinfo_get(const struct vw_modinfo *info, const char *key)
{
	size_t at = 0;

	return vw_modinfo_next(info, key, &at);
}

bool vw_modinfo_knows(const struct vw_modinfo *info, const char *modalias)
{
	const char *alias;

	for (size_t at = 0; (alias = vw_modinfo_next(info, "alias", &at));)
		if (vw_glob_match(alias, strlen(alias), modalias))
			return true;
	return false;
}

uint16_t vw_elf_machine(const void *data, size_t len)
{
	struct elf elf = { .data = data, .len = len };

	if (!is_elf(data, len))
		return EM_NONE;
	elf.is_big = elf.data[EI_DATA] == ELFDATA2MSB;
	return (uint16_t)number(&elf, offsetof(Elf64_Ehdr, e_machine), 2);
}

bool vw_elf_is_little(const void *data, size_t len)
{
	return is_elf(data, len) && ((const unsigned char *)data)[EI_DATA] == ELFDATA2LSB;
}

const char *vw_machine_name(uint16_t machine, bool little)
{
	static const struct {
		uint16_t machine;
		const char *big, *little;
	} names[] = {
		{ EM_X86_64, "x86_64", "x86_64" },
		{ EM_386, "i386", "i386" },
		{ EM_AARCH64, "aarch64", "aarch64" },
		{ EM_ARM, "arm", "arm" },
		{ EM_PPC64, "ppc64", "ppc64le" },
		{ EM_PPC, "ppc", "ppc" },
		{ EM_S390, "s390x", "s390x" },
		{ EM_RISCV, "riscv64", "riscv64" },
		{ EM_LOONGARCH, "loongarch64", "loongarch64" },
	};

	for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++)
		if (names[i].machine == machine)
			return little ? names[i].little : names[i].big;
	return NULL;
}
