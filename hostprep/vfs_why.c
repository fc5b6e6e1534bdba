/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs_why: what the kernel's and the drivers' answers to sriov_numvfs mean. */
#include "vfs.h"

#include "cleanup.h"

#include <string.h>

/* The first row that fits. driver NULL: any. The core's answers are those of drivers/pci/iov.c (sriov_numvfs_store, sriov_enable,
 * sriov_init), the others those of each driver's sriov_configure. */
static const struct {
	const char *driver;
	int code;
	struct vw_vfs_why why;
} answers[] = {
	{ NULL, ERANGE,
		{ "that is more than sriov_totalvfs allows",
			"ask for fewer, or raise the number in the NIC's firmware" } },
	{ "mlx4_core", ENOENT,
		{ "this driver takes the number of VFs when it is loaded, and only then",
			"options mlx4_core num_vfs=N in /etc/modprobe.d" } },
	{ "be2net", ENOENT,
		{ "this driver takes the number of VFs when it is loaded, and only then",
			"options be2net num_vfs=N in /etc/modprobe.d" } },
	{ "", ENOENT,
		{ "the PF is bound to no driver, and only a PF driver makes VFs",
			"load the PF's driver; the kernel log says why it is not there" } },
	{ NULL, ENOENT,
		{ "the PF's driver makes no VFs through sysfs",
			"see the driver's documentation" } },
	{ NULL, ENOMEM,
		{ "there is no memory or bus number for VFs: the firmware left no room in the "
		  "address space for their BARs, or no bus numbers behind the slot",
			"turn on SR-IOV, ARI and Above 4G Decoding in the firmware setup; else "
			"boot with pci=realloc, or for bus numbers with pci=assign-busses" } },
	{ "ice", EBUSY,
		{ "VFs are assigned to guests, or the PF is being reset or in use by another "
		  "function of "
		  "its driver",
			"end the guests, and try again" } },
	{ NULL, EBUSY,
		{ "somebody else has changed the number of VFs meanwhile, or the driver is busy",
			"see what else sets it (vfward-hostprep check), and try again" } },
	{ "igb", EPERM, { "this driver gives 7 VFs at most", "ask for 7 or fewer" } },
	{ "ixgbe", EPERM,
		{ "this driver gives 63 VFs at most, fewer with traffic classes (DCB) or macvlan "
		  "offloads, or VFs are assigned to guests",
			"ask for fewer, or remove macvlan devices that are offloaded" } },
	{ NULL, EPERM,
		{ "the driver does not allow it: too many VFs, or some are assigned to guests",
			"ask for fewer, or end the guests" } },
	{ "ixgbe", EINVAL,
		{ "an XDP program is attached to the PF, or the number is not possible with its "
		  "traffic classes",
			"detach the program (ip link set PF xdp off)" } },
	{ "i40e", EINVAL,
		{ "VFs are assigned to guests, or the PF's firmware has no SR-IOV enabled",
			"end the guests; see the NIC's firmware setup" } },
	{ NULL, EINVAL,
		{ "the driver refuses this number", "try fewer; see the driver's documentation" } },
	{ "ice", EOPNOTSUPP,
		{ "the driver is in safe mode (its DDP package is missing), or the PF is part of a "
		  "bond",
			"install the package (linux-firmware, intel/ice/ddp), or take the PF out "
			"of the bond" } },
	{ NULL, EOPNOTSUPP,
		{ "the driver does not do that in its present mode",
			"see the eswitch mode (devlink dev eswitch show) and the NIC's "
			"firmware" } },
	{ NULL, EAGAIN, { "the PF is being reset", "try again" } },
	{ NULL, ENODEV, { "the PF is gone", "see the kernel log" } },
};

struct vw_vfs_why vw_vfs_explain(const char *driver, int code)
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(answers); i++)
		if (answers[i].code == code &&
			(!answers[i].driver || strcmp(answers[i].driver, driver) == 0))
			return answers[i].why;
	return (struct vw_vfs_why){ strerror(code), "see the kernel log" };
}

/* bnxt_sriov_configure() says yes and makes none. */
bool vw_vfs_driver_wants_up(const char *driver)
{
	return strcmp(driver, "bnxt_en") == 0;
}
