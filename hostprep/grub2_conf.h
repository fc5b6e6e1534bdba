/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub2_conf: /etc/default/grub and its drop-ins, from which grub-mkconfig makes the entries. */
#ifndef VW_GRUB2_CONF_H
#define VW_GRUB2_CONF_H

#include "boot_edit.h"

/* Adds the steps after which the files say what is wanted, for recovery entries, too. 1 = steps were added, 0 = they say so already,
 * or cannot (a FAIL says why), -errno with a message. */
int vw_grub2_conf_edit(const struct vw_boot_edit *edit);

/* A program of the host: its path, where it is found first. 1, 0. */
int vw_grub2_program(const struct vw_host *host, const char *const *names, char *path, size_t size);

/* The remedy where it is missing. */
#define VW_GRUB2_INSTALL "install grub2-common (Debian), grub2-tools (RHEL) or grub2 (SUSE)"

/* grub-mkconfig, under any of its names. */
extern const char *const vw_grub2_mkconfig[];

#endif
