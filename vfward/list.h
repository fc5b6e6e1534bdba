/* SPDX-License-Identifier: GPL-2.0-or-later */
/* list: the two ways in which an inventory is shown. */
#ifndef VW_LIST_H
#define VW_LIST_H

#include "inventory.h"
#include "output.h"

/* 0 or -ENOMEM. */
int vw_list_table(const struct vw_inventory *inventory, const struct vw_output *output);
int vw_list_json(
	const struct vw_inventory *inventory, const struct vw_findings *findings, FILE *out);

#endif
