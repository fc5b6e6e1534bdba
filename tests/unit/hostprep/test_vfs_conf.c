/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_vfs_conf: what a section says, mistakes with their line, setting one section and nothing else. */
#include "tree.h"

#include "cleanup.h"
#include "vfs_conf.h"

#include <string.h>

struct parsed {
	struct vw_vfs_conf conf;
	struct vw_findings findings;
};

static void parse(struct parsed *p, const char *text)
{
	*p = (struct parsed){ 0 };
	assert_int_equal(vw_vfs_conf_parse(text, strlen(text), &p->conf, &p->findings, NULL), 0);
}

static void drop(struct parsed *p)
{
	vw_vfs_conf_free(&p->conf);
	vw_findings_free(&p->findings);
}

static struct vw_pci pci(const char *text)
{
	struct vw_pci pci;

	assert_int_equal(vw_pci_parse(text, &pci, NULL), 0);
	return pci;
}

static void test_values(void **state)
{
	struct parsed p;
	char mac[VW_MAC_STR];

	(void)state;
	parse(&p, "# ours\n[0000:01:00.0]\nmac = 52:54:00:AA:00:01 ; the card\nvfs = 8\nautoprobe "
		  "= no\n"
		  "\n  [01:02.1]\n  vfs=0\n[10000:e1:00.0]\nvfs = 65535\nautoprobe = yes");
	assert_int_equal(p.findings.n, 0);
	assert_int_equal(p.conf.n, 3);
	assert_true(vw_pci_equal(&p.conf.v[0].pf, &(struct vw_pci){ 0, 1, 0, 0 }));
	assert_string_equal(vw_mac_format(&p.conf.v[0].mac, mac), "52:54:00:aa:00:01");
	assert_int_equal(p.conf.v[0].vfs, 8);
	assert_int_equal(p.conf.v[0].autoprobe, 0);
	assert_int_equal(p.conf.v[0].line, 2);
	assert_true(vw_mac_is_zero(&p.conf.v[1].mac));
	assert_int_equal(p.conf.v[1].vfs, 0);
	assert_int_equal(p.conf.v[1].autoprobe, -1);
	assert_int_equal(p.conf.v[2].pf.domain, 0x10000);
	assert_int_equal(p.conf.v[2].vfs, 65535);
	assert_int_equal(p.conf.v[2].autoprobe, 1);
	assert_ptr_equal(vw_vfs_conf_find(&p.conf, &p.conf.v[1].pf), &p.conf.v[1]);
	assert_null(vw_vfs_conf_find(&p.conf, &(struct vw_pci){ 0, 9, 0, 0 }));
	drop(&p);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *words;
	} cases[] = {
		{ "vfs = 3\n", 1, "before the first section" },
		{ "[eth0]\nvfs = 3\n", 1, "eth0" },
		{ "[0000:01:00.0\nvfs = 3\n", 1, "not a section" },
		{ "[01:00.0]\nvfs = 3\n[0000:01:00.0]\nvfs = 4\n", 3, "already" },
		{ "[01:00.0]\n\n\n", 1, "how many" },
		{ "[01:00.0]\nvfs = 65536\n", 2, "65536" },
		{ "[01:00.0]\nvfs = -1\n", 2, "-1" },
		{ "[01:00.0]\nvfs = 0x8\n", 2, "0x8" },
		{ "[01:00.0]\nvfs = 8\nvfs = 8\n", 3, "already" },
		{ "[01:00.0]\nvfs = 8\nautoprobe = 0\n", 3, "autoprobe" },
		{ "[01:00.0]\nvfs = 8\nmac = 52:54:00\n", 3, "52:54:00" },
		{ "[01:00.0]\nvfs = 8\nmac = 00:00:00:00:00:00\n", 3, "no MAC of a NIC" },
		{ "[01:00.0]\nvfs = 8\nmac = ff:ff:ff:ff:ff:ff\n", 3, "no MAC of a NIC" },
		{ "[01:00.0]\nvfs = 8\nnumvfs = 8\n", 3, "unknown key" },
		{ "[01:00.0]\nvfs 8\n", 2, "neither" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		char subject[64];
		struct parsed p;

		parse(&p, cases[i].text);
		snprintf(subject, sizeof(subject), VW_VFS_CONF ":%u", cases[i].line);
		if (p.findings.n != 1 || p.findings.v[0].severity != VW_FAIL ||
			strcmp(p.findings.v[0].subject, subject) != 0 ||
			!strstr(p.findings.v[0].message, cases[i].words))
			fail_msg("%s: %zu findings, the first: %s %s", cases[i].text, p.findings.n,
				p.findings.n ? p.findings.v[0].subject : "none",
				p.findings.n ? p.findings.v[0].message : "");
		assert_string_equal(p.findings.v[0].id, "vfs-conf-invalid");
		drop(&p);
	}
}

/* A section with a mistake is left out whole, and its neighbours are not. */
static void test_section_left_out(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "[01:00.0]\nvfs = 1\n[02:00.0]\nvfs = 2\nautoprobe = perhaps\n[eth0]\nvfs = "
		  "9\n[03:00.0]\nvfs = 3\n");
	assert_int_equal(p.findings.n, 2);
	assert_int_equal(p.conf.n, 2);
	assert_int_equal(p.conf.v[0].vfs, 1);
	assert_int_equal(p.conf.v[1].vfs, 3);
	drop(&p);
}

static void test_file(void **state)
{
	struct vw_findings findings = { 0 };
	struct vw_vfs_conf conf;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	assert_int_equal(vw_vfs_conf_read(&tree.host, &conf, &findings, NULL), 0);
	assert_int_equal(conf.n + findings.n, 0);
	tree_file(&tree, VW_VFS_CONF, "[01:00.0]\nvfs = 1\n");
	assert_int_equal(vw_vfs_conf_read(&tree.host, &conf, &findings, NULL), 0);
	assert_int_equal(conf.n, 1);
	assert_int_equal(findings.n, 0);
	vw_vfs_conf_free(&conf);
	tree_free(&tree);
}

static void set(const char *before, const char *address, unsigned int vfs, int autoprobe,
	const char *mac, const char *after)
{
	struct vw_pf_conf want = { .pf = pci(address), .vfs = vfs, .autoprobe = autoprobe };
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 }, again = { 0 };

	if (mac)
		assert_int_equal(vw_mac_parse(mac, &want.mac), 0);
	assert_int_equal(vw_vfs_conf_set(before, strlen(before), &want, &out), 0);
	assert_string_equal(out.data ? out.data : "", after);
	assert_int_equal(vw_vfs_conf_set(after, strlen(after), &want, &again), 0);
	assert_true(vw_bytes_equal(&out, &again));
}

#define MAC "52:54:00:00:00:01"

static void test_set(void **state)
{
	(void)state;
	set("", "01:00.0", 4, -1, NULL, "[0000:01:00.0]\nvfs = 4\n");
	set("# top\n", "01:00.0", 4, 0, MAC,
		"# top\n\n[0000:01:00.0]\nmac = " MAC "\nvfs = 4\nautoprobe = no\n");
	set("[02:00.0]\nvfs=1", "01:00.0", 4, -1, NULL,
		"[02:00.0]\nvfs=1\n\n[0000:01:00.0]\nvfs = 4\n");
	/* said already, in other words: not a byte changes */
	set(" [01:00.0] ; card\n\tvfs=4 ; four\n", "01:00.0", 4, -1, NULL,
		" [01:00.0] ; card\n\tvfs=4 ; four\n");
	/* comments stay, so do the neighbours, whichever way they are written */
	set("; a\n[01:00.0]\n# b\nvfs = 2\nautoprobe = no\n# c\n\n\t[02:00.0]\nvfs=1\n", "01:00.0",
		4, -1, NULL, "; a\n[01:00.0]\nvfs = 4\n# b\n# c\n\n\t[02:00.0]\nvfs=1\n");
	set("[01:00.0]", "01:00.0", 4, -1, NULL, "[01:00.0]\nvfs = 4\n");
}

static void test_remove(void **state)
{
	(void)state;
	set("[02:00.0]\nvfs = 1\n[01:00.0]\nvfs = 4\n[03:00.0]\nvfs = 3\n", "01:00.0", 0, -1, NULL,
		"[02:00.0]\nvfs = 1\n[03:00.0]\nvfs = 3\n");
	set("[02:00.0]\nvfs = 1\n", "01:00.0", 0, -1, NULL, "[02:00.0]\nvfs = 1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_section_left_out),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
