/* SPDX-License-Identifier: GPL-2.0-or-later */
/* datadir: where the data files lie that vfward ships. */
#ifndef VW_DATADIR_H
#define VW_DATADIR_H

/* On the running system, whatever root is looked at: $VFWARD_DATADIR if that is an absolute path; else ../share/vfward as seen from the
 * directory of the running program, so that an installation can be moved and the build tree works; else where they were installed.
 * Belongs to this function. */
const char *vw_datadir(void);

#endif
