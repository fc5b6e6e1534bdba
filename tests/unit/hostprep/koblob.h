/* SPDX-License-Identifier: GPL-2.0-or-later */
/* koblob: kernel modules for tests: an ELF file with a .modinfo section and nothing else, and the index that depmod makes of them. */
#ifndef VW_TEST_KOBLOB_H
#define VW_TEST_KOBLOB_H

#include "tree.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* info: "key=value" strings, each with its NUL: "license=GPL\0parmtype=max_vfs:uint". info_len counts the last NUL. */
static inline void ko_file(struct tree *tree, const char *path, const char *info, size_t info_len)
{
	static const char names[] = "\0.modinfo\0.shstrtab";
	struct {
		Elf64_Ehdr head;
		Elf64_Shdr sections[3];
		char names[sizeof(names)];
		char info[2048];
	} ko = { .head = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			 .e_type = ET_REL,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_shoff = sizeof(Elf64_Ehdr),
			 .e_ehsize = sizeof(Elf64_Ehdr),
			 .e_shentsize = sizeof(Elf64_Shdr),
			 .e_shnum = 3,
			 .e_shstrndx = 2 } };

	assert_in_range(info_len, 1, sizeof(ko.info));
	ko.sections[1] = (Elf64_Shdr){ .sh_name = 1,
		.sh_type = SHT_PROGBITS,
		.sh_flags = SHF_ALLOC,
		.sh_offset = (Elf64_Off)((char *)ko.info - (char *)&ko),
		.sh_size = info_len };
	ko.sections[2] = (Elf64_Shdr){ .sh_name = 10,
		.sh_type = SHT_STRTAB,
		.sh_offset = (Elf64_Off)((char *)ko.names - (char *)&ko),
		.sh_size = sizeof(names) };
	memcpy(ko.names, names, sizeof(names));
	memcpy(ko.info, info, info_len);
	tree_bytes(tree, path, &ko, sizeof(ko));
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
