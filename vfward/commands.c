/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commands: the one table of commands: synopsis, help and function; tests/cli/help.sh holds the man page against it. */
#include "command.h"

const struct vw_command vw_commands[] = {
	{
		.name = "list",
		.args = "[PF]",
		.summary = "show physical functions, their VFs, and who has them",
		.own_help = "",
		.max_args = 1,
		.run = vw_list_run,
	},
	{
		.name = "check-domain",
		.args = "FILE|-",
		.summary = "say whether a domain could start now, and if not, why",
		.own_help = "",
		.min_args = 1,
		.max_args = 1,
		.run = vw_check_domain_run,
	},
	{
		.name = "xml",
		.args = "PF [--count N|--network NAME]",
		.summary = "print libvirt's XML for free VFs of a PF",
		.own_help = "  --count N       so many interfaces (1)\n"
			    "  --network NAME  a network of that name, which hands out the VFs\n",
		.own = VW_OWN_COUNT | VW_OWN_NETWORK,
		.min_args = 1,
		.max_args = 1,
		.run = vw_xml_run,
	},
	{
		.name = "check-config",
		.args = "",
		.summary = "look for mistakes in the configuration",
		.own_help = "",
		.run = vw_check_config_run,
	},
	{
		.name = "install-hook",
		.args = "[--uninstall]",
		.summary = "put vfward-hook in place for libvirt, or take it away",
		.own_help = "  --uninstall    take the hook away again\n",
		.own = VW_OWN_UNINSTALL,
		.run = vw_install_hook_run,
	},
	{
		.name = "record",
		.args = "DIR",
		.summary = "copy what vfward sees of this host into DIR",
		.own_help = "",
		.min_args = 1,
		.max_args = 1,
		.run = vw_record_run,
	},
	{
		.name = "reset",
		.args = "VF",
		.summary = "bring a VF that nobody uses back to its defaults",
		.own_help = "",
		.min_args = 1,
		.max_args = 1,
		.run = vw_reset_run,
	},
	{ 0 },
};
