/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modinfo: what a kernel module's file says of itself in its section .modinfo. */
#ifndef VW_MODINFO_H
#define VW_MODINFO_H

#include "error.h"
#include "host.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A module's file is not bigger, packed or not. */
#define VW_MODULE_MAX (64U << 20)

struct vw_modinfo {
	char *text; /* "key=value", each with its NUL */
	size_t len;
	uint16_t machine; /* EM_ of elf.h */
	bool is_little;   /* its byte order */
	bool is_signed;   /* a signature follows the ELF file; whose, nobody looks */
};
/* An unpacked file. 0; -EBADMSG with a message: no ELF file, or broken; -ENOMEM. A file without .modinfo has an empty one. */
int vw_modinfo_parse(const void *data, size_t len, struct vw_modinfo *info, struct vw_error *err);
/* A file of the guest, packed or not. Also -EFBIG above VW_MODULE_MAX, and -errno of reading. *used (may be NULL) grows by the bytes that
 * were read and unpacked. */
int vw_modinfo_read(const struct vw_host *files, const char *path, struct vw_modinfo *info,
	uint64_t *used, struct vw_error *err);
void vw_modinfo_free(struct vw_modinfo *info);

/* The value of this key from *at on (start with 0); NULL: no more. */
const char *vw_modinfo_next(const struct vw_modinfo *info, const char *key, size_t *at);
/* The first one; NULL: none. */
const char *vw_modinfo_get(const struct vw_modinfo *info, const char *key);
/* Does an alias of the module match? */
bool vw_modinfo_knows(const struct vw_modinfo *info, const char *modalias);

/* The machine that an ELF file is for, by its first bytes; 0 (EM_NONE): no ELF file. */
uint16_t vw_elf_machine(const void *data, size_t len);
/* "x86_64", "i386", "aarch64", … as libguestfs calls them; NULL: another one. little: for machines that have both ways. */
const char *vw_machine_name(uint16_t machine, bool little);
bool vw_elf_is_little(const void *data, size_t len);

#endif
