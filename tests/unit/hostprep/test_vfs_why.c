/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_vfs_why: an answer of the kernel is explained by the driver that gave it. */
#include "tree.h"

#include "cleanup.h"
#include "vfs.h"

#include <string.h>

static const struct {
	const char *driver;
	int code;
	const char *why, *remedy;
} cases[] = {
	{ "igb", ERANGE, "sriov_totalvfs", "fewer" },
	{ "igb", EPERM, "7 VFs", "7 or fewer" },
	{ "ixgbe", EPERM, "63 VFs", "macvlan" },
	{ "i40e", EPERM, "does not allow", "fewer" },
	{ "ixgbe", EINVAL, "XDP", "xdp off" },
	{ "bnxt_en", EINVAL, "refuses", "fewer" },
	{ "", ENOENT, "no driver", "load" },
	{ "mlx4_core", ENOENT, "when it is loaded", "num_vfs" },
	{ "e1000e", ENOENT, "no VFs through sysfs", "documentation" },
	{ "igb", ENOMEM, "BARs", "Above 4G" },
	{ "igb", EBUSY, "meanwhile", "try again" },
	{ "ice", EBUSY, "guests", "end the guests" },
	{ "ice", EOPNOTSUPP, "safe mode", "ddp" },
	{ "mlx5_core", EOPNOTSUPP, "mode", "devlink" },
	{ "igb", EAGAIN, "reset", "again" },
	{ "igb", EIO, "Input/output error", "kernel log" },
};

static void test_explain(void **state)
{
	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_vfs_why why = vw_vfs_explain(cases[i].driver, cases[i].code);

		if (!strstr(why.why, cases[i].why) || !strstr(why.remedy, cases[i].remedy))
			fail_msg("%s, %s: %s; %s", cases[i].driver, strerror(cases[i].code),
				why.why, why.remedy);
	}
}

static void test_wants_up(void **state)
{
	(void)state;
	assert_true(vw_vfs_driver_wants_up("bnxt_en"));
	assert_false(vw_vfs_driver_wants_up("igb"));
	assert_false(vw_vfs_driver_wants_up(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_explain),
		cmocka_unit_test(test_wants_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
