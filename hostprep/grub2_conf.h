/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub2_conf: /etc/default/grub and its drop-ins, from which grub-mkconfig makes the entries. */
#ifndef VW_GRUB2_CONF_H
#define VW_GRUB2_CONF_H

#include "boot_edit.h"

/* Adds the steps after which the files say what is wanted, for recovery entries, too. 1 = steps were added, 0 = they say so already,
 * or cannot (a FAIL says why), -errno with a message. */
int vw_grub2_conf_edit(const struct vw_boot_edit *edit);
/* As above, on a host that another loader starts: where grub-mkconfig is installed, because it may be run, and would put in what these files
 * say (kernelopts of RHEL 8, Fedora's entries, Proxmox's ESPs). */
int vw_grub2_conf_keep(const struct vw_boot_edit *edit);

/* grub-mkconfig, under any of its names: 1 = *path, 0 = it is not installed, -errno with a message. */
int vw_grub2_mkconfig(const struct vw_host *host, char *path, size_t size, struct vw_error *err);

/* The remedy where it is missing. */
#define VW_GRUB2_INSTALL "install grub2-common (Debian), grub2-tools (RHEL) or grub2 (SUSE)"

#endif
