/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfward: the operator's command. */
#include "command.h"

static const struct vw_own_option own_options[] = {
	{ "uninstall", VW_OWN_UNINSTALL, false },
	{ "count", VW_OWN_COUNT, true },
	{ "network", VW_OWN_NETWORK, true },
	{ 0 },
};

static const struct vw_program vfward = {
	.name = "vfward",
	.about = "Keeps SR-IOV virtual functions (VFs) honest on libvirt hosts.",
	.exit_help = "Exit status: 0 good; 1 a check failed, refused, or the action failed;\n"
		     "2 usage or configuration error; 4 internal error.",
	.options = own_options,
	.commands = vw_commands,
};

int main(int argc, char **argv)
{
	return vw_program_main(&vfward, argc, argv);
}
