/* SPDX-License-Identifier: GPL-2.0-or-later */
/* koblob: kernel modules for tests: an ELF file with a .modinfo section and nothing else, and the index that depmod makes of them. */
#ifndef VW_TEST_KOBLOB_H
#define VW_TEST_KOBLOB_H

#include "tree.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ko_kind {
	bool is_32, is_big;
	uint16_t machine; /* 0 = EM_X86_64 */
	bool is_signed;
};

struct ko_bytes {
	unsigned char data[8192];
	size_t len;
};

static inline void ko_number(struct ko_bytes *ko, const struct ko_kind *kind, uint64_t value, int n)
{
	for (int i = 0; i < n; i++)
		ko->data[ko->len++] = (unsigned char)(value >> 8 * (kind->is_big ? n - 1 - i : i));
}

static inline void ko_section(struct ko_bytes *ko, const struct ko_kind *kind, uint32_t name,
	uint32_t type, uint64_t offset, uint64_t size)
{
	int word = kind->is_32 ? 4 : 8;

	ko_number(ko, kind, name, 4);
	ko_number(ko, kind, type, 4);
	ko_number(ko, kind, 0, word); /* flags */
	ko_number(ko, kind, 0, word); /* address */
	ko_number(ko, kind, offset, word);
	ko_number(ko, kind, size, word);
	ko_number(ko, kind, 0, 4);
	ko_number(ko, kind, 0, 4);
	ko_number(ko, kind, 0, word);
	ko_number(ko, kind, 0, word);
}

/* info: "key=value" strings, each with its NUL: "license=GPL\0parmtype=max_vfs:uint". info_len counts the last NUL. */
static inline void ko_make(
	struct ko_bytes *ko, const struct ko_kind *kind, const char *info, size_t info_len)
{
	static const char names[] = "\0.modinfo\0.shstrtab",
			  end[] = "~Module signature appended~\n";
	size_t head = kind->is_32 ? sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr),
	       section = kind->is_32 ? sizeof(Elf32_Shdr) : sizeof(Elf64_Shdr),
	       begin = head + 3 * section;
	int word = kind->is_32 ? 4 : 8;

	assert_in_range(info_len, 1, 4096);
	*ko = (struct ko_bytes){ .data = { 0x7f, 'E', 'L', 'F',
					 kind->is_32 ? ELFCLASS32 : ELFCLASS64,
					 kind->is_big ? ELFDATA2MSB : ELFDATA2LSB, EV_CURRENT },
		.len = EI_NIDENT };
	ko_number(ko, kind, ET_REL, 2);
	ko_number(ko, kind, kind->machine ? kind->machine : EM_X86_64, 2);
	ko_number(ko, kind, EV_CURRENT, 4);
	ko_number(ko, kind, 0, word); /* entry, program headers */
	ko_number(ko, kind, 0, word);
	ko_number(ko, kind, head, word);
	ko_number(ko, kind, 0, 4);
	ko_number(ko, kind, head, 2);
	ko_number(ko, kind, 0, 4); /* program headers */
	ko_number(ko, kind, section, 2);
	ko_number(ko, kind, 3, 2);
	ko_number(ko, kind, 2, 2);
	ko_section(ko, kind, 0, SHT_NULL, 0, 0);
	ko_section(ko, kind, 1, SHT_PROGBITS, begin, info_len);
	ko_section(ko, kind, 10, SHT_STRTAB, begin + info_len, sizeof(names));
	memcpy(ko->data + begin, info, info_len);
	memcpy(ko->data + begin + info_len, names, sizeof(names));
	ko->len = begin + info_len + sizeof(names);
	if (kind->is_signed) {
		memcpy(ko->data + ko->len, end, sizeof(end) - 1);
		ko->len += sizeof(end) - 1;
	}
}

static inline void ko_file(struct tree *tree, const char *path, const char *info, size_t info_len)
{
	struct ko_bytes ko;

	ko_make(&ko, &(struct ko_kind){ 0 }, info, info_len);
	tree_bytes(tree, path, ko.data, ko.len);
}

#define KO(tree, path, info) ko_file(tree, path, info, sizeof(info))

/* Runs the real depmod over the tree. */
static inline void ko_depmod(struct tree *tree, const char *release)
{
	char command[256];

	snprintf(
		command, sizeof(command), "/sbin/depmod -b %s %s 2>/dev/null", tree->root, release);
	assert_int_equal(system(command), 0);
}

#endif
