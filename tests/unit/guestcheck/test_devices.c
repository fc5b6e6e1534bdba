/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_devices: the shipped table, what a section says, and that it has what the table of adapters has. */
#include "tree.h"

#include "cleanup.h"
#include "policy_priv.h"

#include <string.h>

struct parsed {
	struct vw_policy policy;
	struct vw_findings findings;
};

static void parse(struct parsed *p, const char *text)
{
	*p = (struct parsed){ 0 };
	assert_int_equal(
		vw_policy_parse(text, strlen(text), "x.conf", &p->policy, &p->findings), 0);
}

static void drop(struct parsed *p)
{
	vw_policy_free(&p->policy);
	vw_findings_free(&p->findings);
}

static void load_shipped(struct parsed *p)
{
	vw_auto(vw_host_close) struct vw_host host = { .root_fd = -1 };

	*p = (struct parsed){ 0 };
	assert_int_equal(vw_host_open(&host, NULL, NULL), 0);
	assert_int_equal(vw_policy_read(&host, GUESTCHECK_DATA "/" VW_DEVICES_FILE, &p->policy,
				 &p->findings),
		0);
	for (size_t i = 0; i < p->findings.n; i++)
		print_error("%s\n", p->findings.v[i].message);
	assert_int_equal(p->findings.n, 0);
	assert_true(p->policy.devices.n > 100);
}

static const char *join(char **words, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (; *words && at < size; words++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s", at ? " " : "", *words);
	return buf;
}

static void test_section(void **state)
{
	const struct vw_vf_device *device;
	struct parsed p;
	char buf[256];

	(void)state;
	parse(&p, "[device 8086:10ed]\nname = 82599 Virtual Function\nfamilies = 82599\t X520\n"
		  "linux = ixgbe-vf  igb_vf\nwindows = vxn\nwindows-inf = vxn??x64 netvxx64\n"
		  "default = yes\nshared-module = no\n"
		  "[device 8086:152e]\nname=HV\nhyperv=yes\nshared-module = yes\n");
	assert_int_equal(p.findings.n, 0);
	assert_int_equal(p.policy.devices.n, 2);
	device = vw_devices_find(&p.policy.devices, 0x8086, 0x10ed);
	assert_non_null(device);
	assert_int_equal(device->vendor, 0x8086);
	assert_int_equal(device->device, 0x10ed);
	assert_string_equal(device->name, "82599 Virtual Function");
	assert_string_equal(join(device->families, buf, sizeof(buf)), "82599 X520");
	assert_string_equal(join(device->linux_modules, buf, sizeof(buf)), "ixgbe_vf igb_vf");
	assert_string_equal(join(device->windows_services, buf, sizeof(buf)), "vxn");
	assert_string_equal(join(device->windows_infs, buf, sizeof(buf)), "vxn??x64 netvxx64");
	assert_true(device->default_set && !device->hyperv && !device->shared_module);
	assert_true(vw_device_in_family(device, "x520"));
	assert_false(vw_device_in_family(device, "X52"));
	device = vw_devices_find(&p.policy.devices, 0x8086, 0x152e);
	assert_true(device->hyperv && device->shared_module && !device->default_set);
	/* empty, never NULL */
	assert_null(device->families[0]);
	assert_null(device->linux_modules[0]);
	assert_null(device->windows_services[0]);
	assert_null(device->windows_infs[0]);
	assert_null(vw_devices_find(&p.policy.devices, 0x8086, 0x1515));
	assert_null(vw_devices_find(&p.policy.devices, 0x8087, 0x10ed));
	drop(&p);
}

static void test_alike(void **state)
{
	const struct vw_vf_device *device;
	struct parsed p;

	(void)state;
	parse(&p, "[device 1425:5801 1425:5802\t1425:5803]\nname = T5\nlinux = cxgb4vf\n");
	assert_int_equal(p.findings.n, 0);
	assert_int_equal(p.policy.devices.n, 3);
	for (unsigned int id = 0x5801; id <= 0x5803; id++) {
		device = vw_devices_find(&p.policy.devices, 0x1425, id);
		assert_non_null(device);
		assert_string_equal(device->name, "T5");
		assert_string_equal(device->linux_modules[0], "cxgb4vf");
	}
	drop(&p);
}

/* Of another file: whole, so that nothing of the former section stays. */
static void test_later_file(void **state)
{
	static const char first[] = "[device 8086:10ed 8086:1515]\nname = a\nlinux = ixgbevf\n";
	static const char second[] = "[device 8086:1515]\nname = b\nwindows = vxn\n";
	const struct vw_vf_device *device;
	struct parsed p;

	(void)state;
	parse(&p, first);
	assert_int_equal(
		vw_policy_parse(second, strlen(second), "y.conf", &p.policy, &p.findings), 0);
	assert_int_equal(p.findings.n, 0);
	assert_int_equal(p.policy.devices.n, 2);
	device = vw_devices_find(&p.policy.devices, 0x8086, 0x1515);
	assert_string_equal(device->name, "b");
	assert_null(device->linux_modules[0]);
	assert_string_equal(device->windows_services[0], "vxn");
	device = vw_devices_find(&p.policy.devices, 0x8086, 0x10ed);
	assert_string_equal(device->name, "a");
	drop(&p);
}

static void test_default(void **state)
{
	static const unsigned int expected[] = { 0x10ed, 0x1515, 0x1565, 0x15a8, 0x15c5 };
	const struct vw_vf_device *device;
	struct parsed p;
	size_t n = 0;

	(void)state;
	load_shipped(&p);
	for (size_t i = 0; i < p.policy.devices.n; i++)
		n += p.policy.devices.v[i].default_set;
	assert_int_equal(n, VW_ARRAY_SIZE(expected));
	for (size_t i = 0; i < n; i++) {
		device = vw_devices_find(&p.policy.devices, 0x8086, expected[i]);
		assert_true(device && device->default_set && !device->hyperv);
	}
	drop(&p);
}

/* Drivers under every name that they ever had, and services. */
static void test_drivers(void **state)
{
	static const struct {
		unsigned int vendor, device;
		const char *modules, *service;
		bool hyperv, shared;
	} cases[] = {
		{ 0x8086, 0x10ca, "igbvf", "v1q", false, false },
		{ 0x8086, 0x152d, "", "v1q", true, false },
		{ 0x8086, 0x1520, "igbvf", "v1q", false, false },
		{ 0x8086, 0x10ed, "ixgbevf", "vxn", false, false },
		{ 0x8086, 0x1530, "ixgbevf", "vxn", true, false },
		{ 0x8086, 0x1565, "ixgbevf", "vxs", false, false },
		{ 0x8086, 0x15a8, "ixgbevf", "vxs", false, false },
		{ 0x8086, 0x15c5, "ixgbevf", "vxs", false, false },
		{ 0x8086, 0x57ad, "ixgbevf", "", false, false },
		{ 0x8086, 0x154c, "iavf i40evf", "iavf", false, false },
		{ 0x8086, 0x37cd, "iavf i40evf", "iavf", false, false },
		{ 0x8086, 0x374d, "", "iavf", false, false },
		{ 0x8086, 0x1889, "iavf i40evf", "iavf", false, false },
		{ 0x15b3, 0x1004, "mlx4_core mlx4_en", "mlx4_bus", false, true },
		{ 0x15b3, 0x101e, "mlx5_core", "mlx5", false, true },
		{ 0x15b3, 0xa2d3, "mlx5_core", "mlx5", false, true },
		{ 0x14e4, 0x16dc, "bnxt_en", "bnxtnd", false, true },
		{ 0x14e4, 0xd800, "bnxt_en", "bnxtnd", false, true },
		{ 0x14e4, 0x16c4, "bnxt_en", "bnxtnd", true, true },
		{ 0x14e4, 0x16af, "bnx2x", "evbda", false, true },
		{ 0x1077, 0x16ad, "bnx2x", "evbda", false, true },
		{ 0x1077, 0x8090, "qede qed", "qevbda", false, true },
		{ 0x1077, 0x8c30, "qlcnic", "", false, true },
		{ 0x1425, 0x4801, "cxgb4vf", "", false, false },
		{ 0x1425, 0x58b0, "cxgb4vf", "", false, false },
		{ 0x1425, 0x6814, "cxgb4vf", "", false, false },
		{ 0x1137, 0x0071, "enic", "", false, true },
		{ 0x19e5, 0x375e, "hinic", "", false, true },
		{ 0x19e5, 0x379e, "", "", true, false },
		{ 0x19e5, 0xa22f, "hns3 hclgevf", "", false, true },
		{ 0x19ee, 0x6003, "nfp", "", false, true },
		{ 0x1da8, 0x3803, "nfp", "", false, true },
		{ 0x1924, 0x1b03, "sfc", "", false, true },
		{ 0x10df, 0x0728, "be2net", "ocndnd", false, true },
		{ 0x177d, 0x9712, "liquidio_vf", "", false, false },
		{ 0x177d, 0xa034, "nicvf", "", false, false },
		{ 0x1dd8, 0x1003, "ionic", "", false, true },
	};
	struct parsed p;
	char buf[256];

	(void)state;
	load_shipped(&p);
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		const struct vw_vf_device *device =
			vw_devices_find(&p.policy.devices, cases[i].vendor, cases[i].device);

		if (!device)
			fail_msg("%04x:%04x is missing", cases[i].vendor, cases[i].device);
		assert_string_equal(
			join(device->linux_modules, buf, sizeof(buf)), cases[i].modules);
		assert_string_equal(device->windows_services[0] ? device->windows_services[0] : "",
			cases[i].service);
		assert_int_equal(device->hyperv, cases[i].hyperv);
		assert_int_equal(device->shared_module, cases[i].shared);
	}
	drop(&p);
}

/* One id of the table of adapters: is it here, under the adapter's family? */
static void check_adapter(const struct vw_devices *devices, unsigned int vendor, const char *id,
	char *family, bool hyperv)
{
	const struct vw_vf_device *device;

	if (strcmp(id, "-") == 0)
		return;
	device = vw_devices_find(devices, vendor, (unsigned int)strtoul(id, NULL, 16));
	if (!device)
		fail_msg("%04x:%s of %s is missing", vendor, id, family);
	for (char *blank = family; (blank = strchr(blank, ' '));)
		*blank = '-';
	if (!vw_device_in_family(device, family))
		fail_msg("%04x:%s is not of the family %s", vendor, id, family);
	assert_int_equal(device->hyperv, hyperv);
}

static void test_adapters(void **state)
{
	vw_auto_fclose FILE *table = fopen(GUESTCHECK_DATA "/../hostprep/sriov-adapters.tsv", "re");
	char line[512];
	struct parsed p;
	size_t n = 0;

	(void)state;
	assert_non_null(table);
	load_shipped(&p);
	while (fgets(line, sizeof(line), table)) {
		char vf[8], hyperv[8], family[32];
		unsigned int vendor;

		if (*line == '#')
			continue;
		assert_int_equal(sscanf(line, "%x\t%*[^\t]\t%7[^\t]\t%7[^\t]\t%*[^\t]\t%31[^\t]",
					 &vendor, vf, hyperv, family),
			4);
		check_adapter(&p.policy.devices, vendor, vf, family, false);
		check_adapter(&p.policy.devices, vendor, hyperv, family, true);
		n++;
	}
	assert_true(n > 100);
	drop(&p);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *words;
	} cases[] = {
		{ "name = x\n", 1, "before the first section" },
		{ "[device]\nname = x\n", 1, "no device" },
		{ "[devices 8086:10ed]\nname = x\n", 1, "unknown section" },
		{ "[devic 8086:10ed]\nname = x\n", 1, "unknown section" },
		{ "[]\nname = x\n", 1, "unknown section" },
		{ "[device 8086:10ed\nname = x\n", 1, "not a section" },
		{ "[device 8086:10ED]\nname = x\n", 1, "8086:10ED" },
		{ "[device 8086:10e]\nname = x\n", 1, "8086:10e" },
		{ "[device 8086:10ed0]\nname = x\n", 1, "8086:10ed0" },
		{ "[device 8086-10ed]\nname = x\n", 1, "8086-10ed" },
		{ "[device 8086:1515 8086:10x0]\nname = x\n", 1, "8086:10x0" },
		{ "[device 8086:10ed]\nname = x\n[device 8086:10ed]\nname = x\n", 3, "already" },
		{ "[device 8086:10ed 8086:10ed]\nname = x\n", 1, "already" },
		{ "\n[device 8086:10ed]\nlinux = ixgbevf\n\n", 2, "no \"name = " },
		{ "[device 8086:10ed]\nname = x\nname = x\n", 3, "already" },
		{ "[device 8086:10ed]\nname =\n", 2, "empty" },
		{ "[device 8086:10ed]\nname = x\nmodule = x\n", 3, "unknown key" },
		{ "[device 8086:10ed]\nname = x\neffect = fail\n", 3, "unknown key" },
		{ "[device 8086:10ed]\nname = x\nhyperv = 1\n", 3, "neither" },
		{ "[device 8086:10ed]\nname = x\nfamilies = a:b\n", 3, "colon" },
		{ "[device 8086:10ed]\nname = x\nwindows-inf = vxn.INF\n", 3, "stem" },
		{ "[device 8086:10ed]\nname x\nname = x\n", 2, "neither" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		char subject[32];
		struct parsed p;

		parse(&p, cases[i].text);
		snprintf(subject, sizeof(subject), "x.conf:%u", cases[i].line);
		if (p.findings.n != 1 || p.findings.v[0].severity != VW_FAIL ||
			strcmp(p.findings.v[0].subject, subject) != 0 ||
			!strstr(p.findings.v[0].message, cases[i].words))
			fail_msg("%s: %zu findings, the first: %s", cases[i].text, p.findings.n,
				p.findings.n ? p.findings.v[0].message : "none");
		assert_string_equal(p.findings.v[0].id, "guest-policy-invalid");
		assert_int_equal(p.policy.devices.n, i == 11 ? 1 : 0);
		drop(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_section),
		cmocka_unit_test(test_alike),
		cmocka_unit_test(test_later_file),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_drivers),
		cmocka_unit_test(test_adapters),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
