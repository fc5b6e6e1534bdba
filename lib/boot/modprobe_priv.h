/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modprobe_priv: what the parts of modprobe_conf share. */
#ifndef VW_MODPROBE_PRIV_H
#define VW_MODPROBE_PRIV_H

#include "modprobe_conf.h"

/* A directive before it is kept. */
struct vw_directive {
	enum vw_modprobe_kind kind;
	const char *module, *value, *file;
	unsigned int line;
	bool verbatim; /* the kernel reads it, to which "-" and "_" are two letters */
};
/* Keeps a copy, unless libkmod would refuse it. 0 or -ENOMEM. */
int vw_modprobe_keep(struct vw_modprobe_conf *conf, const struct vw_directive *directive);

void vw_modprobe_free_line(struct vw_modprobe_line *line);

#endif
