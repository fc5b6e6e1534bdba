/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commands: the one table of commands: synopsis, help and function; tests/cli/help.sh holds the man page against it. */
#include "command.h"

#include "text.h"

#include <errno.h>
#include <stdint.h>

int vw_seconds_option(const struct vw_options *options, unsigned int max, unsigned int *seconds,
	struct vw_error *err)
{
	const char *text = vw_options_value(options, VW_OWN_SECONDS);
	uint64_t given;
	char safe[64];

	if (!text)
		return 0;
	if (vw_text_u64(text, 10, max, &given) < 0 || !given)
		return vw_error_set(err, EINVAL, "--seconds is 1 to %u, not '%s'", max,
			vw_text_escape(safe, sizeof(safe), text));
	*seconds = (unsigned int)given;
	return 0;
}

#define PLAN_ARGS                                                                                  \
	"--pf PF=COUNT... [--passthrough] [--allow-unsupported-sfp] "                              \
	"[--blacklist-vf-driver] [--method METHOD] [--bootloader NAME]"
#define PLAN_HELP                                                                                  \
	"  --pf PF=COUNT          so many VFs on this PF: an interface, a PCI address or a MAC\n"  \
	"  --passthrough          devices of the host go past the IOMMU (iommu=pt)\n"              \
	"  --allow-unsupported-sfp\n"                                                              \
	"                         let ixgbe take SFP+ modules that Intel does not support\n"       \
	"  --blacklist-vf-driver  keep the VFs' driver of the host from loading\n"                 \
	"  --method METHOD        how VFs come at every boot: auto, sysfs or modprobe\n"           \
	"  --bootloader NAME      where more than one is found\n"

const struct vw_command vw_commands[] = {
	{
		.name = "check",
		.args = "",
		.summary = "look at everything that SR-IOV needs on this host",
		.own_help = "",
		.run = vw_check_run,
	},
	{
		.name = "plan",
		.args = PLAN_ARGS,
		.summary = "show what apply would do, with a diff for each file",
		.own_help = PLAN_HELP,
		.own = VW_OWN_PLAN,
		.run = vw_plan_command_run,
	},
	{
		.name = "apply",
		.args = PLAN_ARGS " [--yes] [--exit-code]",
		.summary = "prepare this host, whole or not at all",
		.own_help = "  --pf and what else plan takes\n"
			    "  --yes                  also where it interrupts the NIC with the "
			    "default route\n"
			    "  --exit-code            exit status 3: a reboot is needed\n",
		.own = VW_OWN_PLAN | VW_OWN_YES | VW_OWN_EXIT_CODE,
		.run = vw_apply_run,
	},
	{
		.name = "verify",
		.args = "[--exit-code] [--boot]",
		.summary = "say whether what apply changed is in force, and if not, why",
		.own_help = "  --exit-code  exit with status 3 where a reboot is needed\n"
			    "  --boot       wait up to a minute for VFs, for the unit at boot\n",
		.own = VW_OWN_EXIT_CODE | VW_OWN_BOOT,
		.run = vw_verify_run,
	},
	{
		.name = "undo",
		.args = "",
		.summary = "take back what apply put in",
		.own_help = "",
		.run = vw_undo_run,
	},
	{
		.name = "tune",
		.args = "[--undo | --watch [--seconds N]]",
		.summary = "spread the interrupts of VFs over the CPUs near their NIC",
		.own_help = "  --undo       put back what tune has changed\n"
			    "  --watch      do it again whenever interrupts come and go, until it "
			    "is ended\n"
			    "  --seconds N  how often --watch looks (5)\n",
		.own = VW_OWN_UNDO | VW_OWN_WATCH | VW_OWN_SECONDS,
		.run = vw_tune_run,
	},
	{
		.name = "advise",
		.args = "[--seconds N]",
		.summary = "measure CPU load and packet rates: is SR-IOV worth it here?",
		.own_help = "  --seconds N  how long to measure (5)\n",
		.own = VW_OWN_SECONDS,
		.run = vw_advise_run,
	},
	{
		.name = "vfs",
		.args = "[--yes] [--seconds N] PF=COUNT...|--boot ADDRESS...",
		.summary = "give PFs another number of VFs now",
		.own_help =
			"  --yes        also on the PF that carries the default route\n"
			"  --seconds N  how long the kernel may take for one answer (120)\n"
			"  --boot       the numbers are those of vfs.conf, for the unit at boot\n",
		.own = VW_OWN_YES | VW_OWN_SECONDS | VW_OWN_BOOT,
		.min_args = 1,
		.max_args = SIZE_MAX,
		.run = vw_vfs_run,
	},
	{ 0 },
};
