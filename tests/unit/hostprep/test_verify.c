/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_verify: what the running kernel says against what was planned, and whom a difference is put down to. */
#include "tree.h"

#include "cleanup.h"
#include "verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PF       "0000:01:00.0"
#define BOOT     "11111111-1111-1111-1111-111111111111"
#define GRUB_CFG "/boot/grub/grub.cfg"
#define ENTRY(args)                                                                                \
	"menuentry 'Debian' {\n\tlinux /vmlinuz root=/dev/sda1 ro " args "\n\tinitrd /initrd\n}\n"

struct scene {
	struct tree tree;
	struct vw_pf_request pf;
	struct vw_journal journal;
	struct vw_journals journals;
	struct vw_deadline patience;
};

static int setup(void **state)
{
	static const char *const vfs[] = { "0000:01:10.0", "0000:01:10.2" };
	struct scene *s = calloc(1, sizeof(*s));

	*state = s;
	tree_new(&s->tree);
	tree_pf(&s->tree, PF, "igb", vfs, 2, "igbvf");
	tree_file(&s->tree, "/sys/bus/pci/devices/" PF "/sriov_totalvfs", "7\n");
	tree_group(&s->tree, PF, 5);
	tree_file(&s->tree, "/sys/kernel/iommu_groups/5/type", "identity\n");
	tree_dir(&s->tree, "/sys/class/iommu/dmar0");
	tree_file(&s->tree, "/proc/sys/kernel/random/boot_id",
		"22222222-2222-2222-2222-222222222222\n");
	tree_file(&s->tree, "/proc/cmdline",
		"BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet intel_iommu=on iommu=pt\n");
	tree_file(&s->tree, GRUB_CFG, ENTRY("quiet intel_iommu=on iommu=pt"));
	tree_file(&s->tree, "/etc/default/grub",
		"GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n"
		"GRUB_CMDLINE_LINUX=\"intel_iommu=on iommu=pt\"\n");
	s->pf = (struct vw_pf_request){ .given = "eth0", .count = 2, .netdev = "eth0" };
	vw_pci_parse(PF, &s->pf.pf, NULL);
	s->journal = (struct vw_journal){ .number = 1,
		.state = VW_JOURNAL_APPLIED,
		.boot_id = BOOT,
		.request = { .pfs = &s->pf, .n_pfs = 1, .passthrough = true },
		.plan = { .args = { .intel_iommu = true, .passthrough = true },
			.loader = "grub2",
			.reboot = true } };
	s->journals = (struct vw_journals){ .v = &s->journal, .n = 1 };
	s->patience = vw_deadline_in(1);
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	tree_free(&s->tree);
	free(s);
	return 0;
}

/* The findings as "PASS id, FAIL id (text that its message has)". */
static void check(struct scene *s, bool want_pending, const char *want, const char *says)
{
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	struct vw_error err = { "" };
	char text[1024] = "";
	bool pending, said = false;

	assert_int_equal(
		vw_verify(&s->tree.host, &s->journals, s->patience, &pending, &findings, &err), 0);
	for (size_t i = 0; i < findings.n; i++) {
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s %s", i ? ", " : "",
			vw_severity_name(findings.v[i].severity), findings.v[i].id);
		said |= strstr(findings.v[i].message, says) != NULL;
	}
	assert_string_equal(text, want);
	if (!said)
		for (size_t i = 0; i < findings.n; i++)
			print_message("%s\n", findings.v[i].message);
	assert_true(said);
	assert_int_equal(pending, want_pending);
}

#define GOOD "PASS verify-iommu, PASS verify-vfs, PASS verify-passthrough"

static void test_good(void **state)
{
	check(*state, false, "PASS verify-cmdline, " GOOD, "has its 2 VFs");
}

static void test_before_the_reboot(void **state)
{
	struct scene *s = *state;

	tree_file(&s->tree, "/proc/sys/kernel/random/boot_id", BOOT "\n");
	tree_file(&s->tree, "/proc/cmdline", "root=/dev/sda1 intel_iommu=off\n");
	tree_link(&s->tree, "/sys/class/iommu/x", "y");
	s->pf.count = 4;
	check(s, true, "SKIP verify-cmdline, PASS verify-iommu, SKIP verify-vfs", "4 are to come");
	s->pf.count = 2;
}

static void test_other_entry(void **state)
{
	struct scene *s = *state;

	tree_file(
		&s->tree, "/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/sdb1 intel_iommu=off\n");
	check(s, false, "FAIL verify-cmdline, " GOOD, "started by something else");
	check(s, false, "FAIL verify-cmdline, " GOOD, "it has intel_iommu=off");
}

static void test_changed_since(void **state)
{
	struct scene *s = *state;

	tree_file(&s->tree, "/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet\n");
	tree_file(&s->tree, GRUB_CFG, ENTRY("quiet"));
	check(s, false, "FAIL verify-cmdline, " GOOD, "it booted \"Debian\" (" GRUB_CFG ":2)");
}

static void test_no_iommu(void **state)
{
	struct scene *s = *state;
	char command[256];

	snprintf(command, sizeof(command), "rm -r %s/sys/class/iommu/dmar0 %s/sys/kernel",
		s->tree.root, s->tree.root);
	assert_int_equal(system(command), 0);
	check(s, false, "PASS verify-cmdline, FAIL verify-iommu, PASS verify-vfs",
		"firmware offers none");
	tree_file(&s->tree, "/sys/firmware/acpi/tables/DMAR", "x");
	check(s, false, "PASS verify-cmdline, FAIL verify-iommu, PASS verify-vfs",
		"the kernel does not use it");
}

static void test_translated(void **state)
{
	struct scene *s = *state;

	tree_file(&s->tree, "/sys/kernel/iommu_groups/5/type", "DMA-FQ\n");
	check(s, false,
		"PASS verify-cmdline, PASS verify-iommu, PASS verify-vfs, FAIL verify-passthrough",
		"DMA-FQ");
	s->journal.plan.args.passthrough = false;
	check(s, false, "PASS verify-cmdline, PASS verify-iommu, PASS verify-vfs", "2 VFs");
}

static void test_no_vfs(void **state)
{
	static const char *const vfs[] = { NULL };
	struct scene *s = *state;

	s->journal.plan.args.passthrough = false;
	s->pf.count = 3;
	check(s, false, "PASS verify-cmdline, PASS verify-iommu, FAIL verify-vfs", "journalctl");
	s->pf.count = 8;
	check(s, false, "PASS verify-cmdline, PASS verify-iommu, FAIL verify-vfs", "only 7");
	tree_pf(&s->tree, "0000:02:00.0", "", vfs, 0, "");
	vw_pci_parse("0000:02:00.0", &s->pf.pf, NULL);
	check(s, false, "PASS verify-cmdline, PASS verify-iommu, FAIL verify-vfs", "no driver");
	vw_pci_parse("0000:03:00.0", &s->pf.pf, NULL);
	check(s, false, "PASS verify-cmdline, PASS verify-iommu, FAIL verify-vfs", "any more");
}

/* At boot they may come a moment later. */
static void test_late(void **state)
{
	struct scene *s = *state;
	char command[512];
	int status;

	s->journal.plan.args.passthrough = false;
	s->pf.count = 3;
	snprintf(command, sizeof(command),
		"(sleep 1; ln -s ../0000:01:10.4 %s/sys/bus/pci/devices/" PF "/virtfn2) &",
		s->tree.root);
	tree_dir(&s->tree, "/sys/bus/pci/devices/0000:01:10.4");
	status = system(command);
	assert_int_equal(status, 0);
	s->patience = vw_deadline_in(20000);
	check(s, false, "PASS verify-cmdline, PASS verify-iommu, PASS verify-vfs", "3 VFs");
}

static void test_cut_short(void **state)
{
	struct scene *s = *state;

	s->journal.state = VW_JOURNAL_APPLYING;
	check(s, false, "FAIL verify-unfinished, PASS verify-cmdline, " GOOD, "cut short");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_good),
		T(test_before_the_reboot),
		T(test_other_entry),
		T(test_changed_since),
		T(test_no_iommu),
		T(test_translated),
		T(test_no_vfs),
		T(test_late),
		T(test_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
