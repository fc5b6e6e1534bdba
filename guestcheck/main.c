/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfward-guestcheck: does this guest image hold a usable driver for these VFs? */
#include "check.h"
#include "request.h"

static const struct vw_own_option own_options[] = {
	/* as in the virt tools */
	{ "a", VW_OWN_DISK, true },
	{ "add", VW_OWN_DISK, true },
	{ "d", VW_OWN_DOMAIN, true },
	{ "domain", VW_OWN_DOMAIN, true },
	{ "c", VW_OWN_CONNECT, true },
	{ "connect", VW_OWN_CONNECT, true },
	{ "j", VW_OWN_JOBS, true },
	{ "format", VW_OWN_FORMAT, true },
	{ "device", VW_OWN_DEVICE, true },
	{ "adapter", VW_OWN_ADAPTER, true },
	{ "from-host", VW_OWN_FROM_HOST, false },
	{ "kernel", VW_OWN_KERNEL, true },
	{ "policy", VW_OWN_POLICY, true },
	{ "key", VW_OWN_KEY, true },
	{ "allow-backing", VW_OWN_BACKING, false },
	{ "timeout", VW_OWN_TIMEOUT, true },
	{ "junit", VW_OWN_JUNIT, true },
	{ 0 },
};

static const struct vw_command commands[] = {
	{ .name = "",
		.args = "-a DISK [-a DISK]...\n"
			"-d DOMAIN [-c URI]\n"
			"--root DIR\n"
			"[-j N] IMAGE...",
		.own_help =
			"  -a, --add DISK  a disk of the machine to check; several: all of one "
			"machine\n"
			"  -d, --domain DOMAIN  the disks of a libvirt domain, and the VFs in its "
			"XML\n"
			"  -c, --connect URI  the libvirt that has the domain\n"
			"  -j N           check N images at once (default 1)\n"
			"  --format NAME  the disks are raw, qcow2, …; auto, or none: it is found "
			"out\n"
			"  --device ID    a VF's VENDOR:DEVICE, as in 8086:10ed; may be repeated\n"
			"  --adapter NAME all VFs of a family, as in 82599 or X710; may be "
			"repeated\n"
			"  --from-host    the VFs that this host's adapters make\n"
			"                 (none of the three: the Intel 10 GbE family)\n"
			"  --kernel WHICH default, any or all: which kernels must have the driver\n"
			"  --policy FILE  more rules about devices and versions\n"
			"  --key KEY      DEVICE:key:TEXT or DEVICE:file:FILE, for an encrypted "
			"disk\n"
			"  --allow-backing  let disks have backing files\n"
			"  --timeout SECONDS  give up on an image after so long (default 300)\n"
			"  --junit FILE   write JUnit XML, too; \"-\": to stdout, instead of "
			"text\n",
		.own = ~0U,
		.run = vw_check_run },
	{ 0 },
};

static const struct vw_program guestcheck = {
	.name = "vfward-guestcheck",
	.about =
		"Says whether guest images hold usable drivers for SR-IOV virtual functions (VFs).",
	.exit_help =
		"Exit status: 0 suitable; 1 not suitable; 2 usage, configuration or policy error;\n"
		"3 it cannot be told; 4 internal error.",
	.options = own_options,
	.commands = commands,
};

int main(int argc, char **argv)
{
	return vw_program_main(&guestcheck, argc, argv);
}
