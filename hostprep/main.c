/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfward-hostprep: from a bare hypervisor to working VFs, and back. */
#include "command.h"

static const struct vw_own_option own_options[] = {
	{ "pf", VW_OWN_PF, true },
	{ "passthrough", VW_OWN_PASSTHROUGH, false },
	{ "allow-unsupported-sfp", VW_OWN_UNSUPPORTED_SFP, false },
	{ "blacklist-vf-driver", VW_OWN_BLACKLIST, false },
	{ "method", VW_OWN_METHOD, true },
	{ "bootloader", VW_OWN_BOOTLOADER, true },
	{ "yes", VW_OWN_YES, false },
	{ "exit-code", VW_OWN_EXIT_CODE, false },
	{ "boot", VW_OWN_BOOT, false },
	{ "watch", VW_OWN_WATCH, false },
	{ "undo", VW_OWN_UNDO, false },
	{ "seconds", VW_OWN_SECONDS, true },
	{ 0 },
};

static const struct vw_program hostprep = {
	.name = "vfward-hostprep",
	.about = "Prepares a hypervisor for SR-IOV, verifies that after a reboot, and undoes it.",
	.exit_help = "Exit status: 0 good; 1 a check failed, refused, or the action failed;\n"
		     "2 usage or configuration error; 3 with --exit-code: a reboot is needed;\n"
		     "4 internal error.",
	.options = own_options,
	.commands = vw_commands,
};

int main(int argc, char **argv)
{
	return vw_program_main(&hostprep, argc, argv);
}
