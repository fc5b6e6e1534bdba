/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: the whole run: from options to reports and an exit status. */
#ifndef VW_CHECK_H
#define VW_CHECK_H

#include "program.h"

/* vw_command.run. */
int vw_check_run(struct vw_context *context, const char **args, struct vw_error *err);

#endif
