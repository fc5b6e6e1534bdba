/* SPDX-License-Identifier: GPL-2.0-or-later */
/* formats: the formats of args_file by their names, as the journal has them. */
#include "args_file.h"

#include "bls_entries.h"
#include "cleanup.h"

#include <string.h>

const struct vw_args_format vw_format_bls = { .name = "bls", .find = vw_bls_places };

const struct vw_args_format *vw_args_format(const char *name)
{
	static const struct vw_args_format *const formats[] = { &vw_format_grub_legacy,
		&vw_format_grub_default, &vw_format_bls, &vw_format_grubenv, &vw_format_cmdline,
		&vw_format_sysconfig };

	for (size_t i = 0; i < VW_ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	return NULL;
}
