/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commands: the one table of commands: synopsis, help and function; tests/cli/help.sh holds the man page against it. */
#include "command.h"

const struct vw_command vw_commands[] = {
	{ "check", "", "look at everything that SR-IOV needs on this host", "", 0, 0, 0,
		vw_check_run },
	{ 0 },
};
