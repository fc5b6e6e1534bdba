/* SPDX-License-Identifier: GPL-2.0-or-later */
/* windows: a Windows guest: its release, and for each device whether Plug and Play would find a driver for it. */
#ifndef VW_WINDOWS_H
#define VW_WINDOWS_H

#include "linux.h"

/* Is there a Windows system? (a system root with System32/config and cmd.exe) 1, 0, -errno. */
int vw_windows_detect(const struct vw_guest *guest);

/* As vw_linux_examine. */
int vw_windows_examine(const struct vw_guest *guest, const struct vw_wanted *wanted,
	struct vw_system *system, struct vw_error *err);

#endif
