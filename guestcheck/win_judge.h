/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win_judge: what the two halves of the judgement share. */
#ifndef VW_WIN_JUDGE_H
#define VW_WIN_JUDGE_H

#include "win.h"

/* The answer is no more certain than this. */
void vw_win_lower(struct vw_check *check, enum vw_confidence to);

/* Spoils the answer "a driver is staged" by what the installation left behind: a disabled service, a binary that is missing or another machine's.
 * (win_installed) */
void vw_win_judge_installed(struct vw_win *win, const struct vw_win_hive *system,
	const struct vw_win_device *device, const struct vw_win_driver *driver,
	struct vw_check *check);

#endif
