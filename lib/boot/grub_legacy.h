/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub_legacy: GRUB 0.97: its files, and what they boot. */
#ifndef VW_GRUB_LEGACY_H
#define VW_GRUB_LEGACY_H

#include "host.h"
#include "places.h"

/* Where the arguments stand in grub.conf or menu.lst, as args_file.h has it. */
int vw_grub_legacy_places(
	const char *text, size_t len, struct vw_places *places, struct vw_error *err);

#endif
