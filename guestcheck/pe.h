/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pe: what a Windows binary says of itself: its machine and its file version. */
#ifndef VW_PE_H
#define VW_PE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VW_PE_MAX (16U << 20)

struct vw_pe {
	uint16_t machine; /* IMAGE_FILE_MACHINE_: 0x8664 amd64, 0x14c i386, 0xaa64 arm64 */
	bool has_version;
	uint16_t version[4]; /* dwFileVersion of VS_FIXEDFILEINFO, highest first */
};
/* 0; -EBADMSG with a message: no PE file, or broken. A binary without a version resource is fine. */
int vw_pe_parse(const void *data, size_t len, struct vw_pe *pe, struct vw_error *err);

/* "amd64", "x86", "arm64"; NULL = another one. As INF files call them. */
const char *vw_pe_machine_name(uint16_t machine);

#endif
