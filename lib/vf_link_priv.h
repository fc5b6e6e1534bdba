/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vf_link_priv: what vf_link_parse.c offers to vf_record.c. */
#ifndef VW_VF_LINK_PRIV_H
#define VW_VF_LINK_PRIV_H

#include "vf_link.h"

/* Where in a dump the attributes of one VF stand (the content of its IFLA_VF_INFO). 0, -ENOENT, -EBADMSG. */
int vw_vf_info_find(
	const char *data, size_t len, int ifindex, uint32_t index, size_t *offset, size_t *size);

#endif
