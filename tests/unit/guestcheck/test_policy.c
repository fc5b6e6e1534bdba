/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_policy: which files are read, in which order, and every mistake with file and line. */
#include "tree.h"

#include "cleanup.h"
#include "policy_priv.h"

#include <string.h>
#include <unistd.h>

struct loaded {
	struct vw_policy policy;
	struct vw_findings findings;
};

static void drop(struct loaded *l)
{
	vw_policy_free(&l->policy);
	vw_findings_free(&l->findings);
}

static void parse(struct loaded *l, const char *text)
{
	*l = (struct loaded){ 0 };
	assert_int_equal(
		vw_policy_parse(text, strlen(text), "x.conf", &l->policy, &l->findings), 0);
}

static void load(struct loaded *l, struct tree *tree, const char *datadir, const char *extra)
{
	struct vw_error err;

	*l = (struct loaded){ 0 };
	assert_int_equal(setenv("VFWARD_DATADIR", datadir, 1), 0);
	assert_int_equal(vw_policy_load(&tree->host, extra, &l->policy, &l->findings, &err), 0);
}

static const struct vw_policy_rule *rule(const struct loaded *l, const char *name)
{
	const struct vw_policy_rule *found = NULL;

	for (size_t i = 0; i < l->policy.n_rules; i++) {
		if (strcmp(l->policy.rules[i].name, name) != 0)
			continue;
		assert_null(found); /* none twice */
		found = &l->policy.rules[i];
	}
	return found;
}

static void finding(const struct loaded *l, size_t n, const char *subject, const char *words)
{
	if (l->findings.n != n || l->findings.v[0].severity != VW_FAIL ||
		strcmp(l->findings.v[0].id, "guest-policy-invalid") != 0 ||
		strcmp(l->findings.v[0].subject, subject) != 0 ||
		strncmp(l->findings.v[0].message, subject, strlen(subject)) != 0 ||
		!strstr(l->findings.v[0].message, words))
		fail_msg("%s, %s: %zu findings, the first: %s", subject, words, l->findings.n,
			l->findings.n ? l->findings.v[0].message : "none");
}

static void only_finding(const struct loaded *l, const char *subject, const char *words)
{
	finding(l, 1, subject, words);
}

#define MINIMAL "devices = 8086:10ed\nsystem = linux\neffect = fail\nnote = n\n"
#define WINDOWS "devices = 8086:10ed\nsystem = windows\neffect = fail\nnote = n\n"

static void test_rule(void **state)
{
	const struct vw_policy_rule *r;
	struct loaded l;

	(void)state;
	parse(&l,
		"[rule fleet.vxn_1-a]\ndevices = 82599 8086:1515\nsystem = windows\n"
		"releases = 6.1 10.0.17763-\nserver = yes\ndriver = vxn vx?\n"
		"path = *oem*.inf\ndriver-below = 2.1.138.0\nunknown-version = fail\n"
		"effect = warn\nnote = too old\nremedy = update it\nconfidence = low\nsource = us\n"
		"[rule k]\ndevices = X540\nsystem = linux\nreleases = debian rhel:8-9.2\n"
		"kernel-below = 4.18.0-305\neffect = info\nnote = x\n");
	assert_int_equal(l.findings.n, 0);
	assert_int_equal(l.policy.n_rules, 2);
	r = rule(&l, "fleet.vxn_1-a");
	assert_string_equal(r->file, "x.conf");
	assert_int_equal(r->line, 1);
	assert_string_equal(r->devices[0], "82599");
	assert_string_equal(r->devices[1], "8086:1515");
	assert_null(r->devices[2]);
	assert_true(r->windows && r->server == 1 && !r->no_driver && r->unknown_fails);
	assert_int_equal(r->n_releases, 2);
	assert_true(r->releases[1].versions && !r->releases[1].distro);
	assert_int_equal(r->releases[1].range.from.v[2], 17763);
	assert_int_equal(r->releases[1].range.to.n, 0);
	assert_string_equal(r->drivers[1], "vx?");
	assert_string_equal(r->paths[0], "*oem*.inf");
	assert_int_equal(r->driver_below.v[2], 138);
	assert_int_equal(r->effect, VW_EFFECT_WARN);
	assert_string_equal(r->note, "too old");
	assert_string_equal(r->remedy, "update it");
	assert_string_equal(r->source, "us");
	assert_int_equal(r->confidence, VW_CONFIDENCE_LOW);
	r = rule(&l, "k");
	assert_true(!r->windows && r->server == -1 && !r->unknown_fails);
	assert_string_equal(r->releases[0].distro, "debian");
	assert_false(r->releases[0].versions);
	assert_string_equal(r->releases[1].distro, "rhel");
	assert_int_equal(r->releases[1].range.to.v[1], 2);
	assert_int_equal(r->kernel_below.v[3], 305);
	assert_int_equal(r->confidence, VW_CONFIDENCE_HIGH);
	drop(&l);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *words;
	} cases[] = {
		{ "[rule]\n" MINIMAL, 1, "cannot be" },
		{ "[rule a b]\n" MINIMAL, 1, "cannot be" },
		{ "[rule \xc3\xa4]\n" MINIMAL, 1, "cannot be" },
		{ "[rule "
		  "a23456789012345678901234567890123456789012345678901234567890123x]\n" MINIMAL,
			1, "cannot be" },
		{ "[rule a]\n" MINIMAL "[rule a]\n" MINIMAL, 6, "already" },
		{ "[rule a]\nsystem = linux\neffect = fail\nnote = n\n", 1, "\"devices = " },
		{ "[rule a]\ndevices = X540\neffect = fail\nnote = n\n", 1, "\"system = " },
		{ "[rule a]\ndevices = X540\nsystem = linux\nnote = n\n", 1, "\"effect = " },
		{ "[rule a]\ndevices = X540\nsystem = linux\neffect = fail\n", 1, "\"note = " },
		{ "[rule a]\n", 1, "\"devices = " },
		{ "[rule a]\n" MINIMAL "note = m\n", 6, "already" },
		{ "[rule a]\n" MINIMAL "name = m\n", 6, "unknown key" },
		{ "[rule a]\n" MINIMAL "remedy =\n", 6, "no text" },
		{ "[rule a]\n" MINIMAL "source =\n", 6, "no text" },
		{ "[rule a]\n" MINIMAL "confidence = sure\n", 6, "sure" },
		{ "[rule a]\n" MINIMAL "driver-below = 4.x\n", 6, "no version" },
		{ "[rule a]\n" MINIMAL "kernel-below = 4294967296\n", 6, "no version" },
		{ "[rule a]\n" MINIMAL "unknown-version = fail\n", 1, "driver-below" },
		{ "[rule a]\n" MINIMAL "driver-below = 1\nunknown-version = warn\n", 7, "warn" },
		{ "[rule a]\n" MINIMAL "driver =\n", 6, "empty" },
		{ "[rule a]\n" MINIMAL "path =\n", 6, "empty" },
		{ "[rule a]\n" MINIMAL "driver = none\ndriver-below = 1\n", 1, "neither" },
		{ "[rule a]\n" MINIMAL "driver = none\npath = *\n", 1, "neither" },
		{ "[rule a]\n" MINIMAL "driver = iavf none\n", 6, "stands alone" },
		{ "[rule a]\n" MINIMAL "server = yes\n", 1, "for Windows" },
		{ "[rule a]\n" WINDOWS "server = 1\n", 6, "not possible" },
		{ "[rule a]\n" WINDOWS "kernel-below = 4\n", 1, "for Linux" },
		{ "[rule a]\n" MINIMAL "releases = :8\n", 6, "no release of a Linux" },
		{ "[rule a]\n" MINIMAL "releases = rhel:\n", 6, "no release of a Linux" },
		{ "[rule a]\n" MINIMAL "releases = Debian:12\n", 6, "no release of a Linux" },
		{ "[rule a]\n" MINIMAL "releases = rhel:9-8.4\n", 6, "no release of a Linux" },
		{ "[rule a]\n" WINDOWS "releases = 6.3 2022\n", 6, "no release of a Windows" },
		{ "[rule a]\n" WINDOWS "releases = 10.0-2022\n", 6, "no release of a Windows" },
		{ "[rule a]\n" MINIMAL "\nreleases = rhel:el8\n\n", 7, "no release of a Linux" },
		{ "[rule a]\n" WINDOWS "releases = 2019\nreleases = windows\n", 7, "already" },
		{ "[rule a]\nreleases = windows\n" WINDOWS, 2, "no release of a Windows" },
		{ "[rule a]\ndevices =\nsystem = linux\neffect = fail\nnote = n\n", 2, "empty" },
		{ "[rule a]\ndevices = 8086:x\nsystem = linux\neffect = fail\nnote = n\n", 2,
			"PCI" },
		{ "[rule a]\ndevices = X540\nsystem = bsd\neffect = fail\nnote = n\n", 3, "bsd" },
		{ "[rule a]\ndevices = X540\nsystem = linux\neffect = on\nnote = n\n", 4, "on" },
		{ "[rule a]\ndevices = X540\nsystem = linux\neffect = info\nnote = n\nremedy = r\n",
			1, "no remedy" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		bool twice = strstr(cases[i].text, "[rule a]\n" MINIMAL "[rule a]") != NULL;
		char subject[32];
		struct loaded l;

		parse(&l, cases[i].text);
		snprintf(subject, sizeof(subject), "x.conf:%u", cases[i].line);
		/* a key that stands twice, and is wrong as well */
		finding(&l, strstr(cases[i].text, "2019") ? 2 : 1, subject, cases[i].words);
		assert_int_equal(l.policy.n_rules, twice ? 1 : 0);
		drop(&l);
	}
}

/* The shipped files are without mistakes, and their rules are what they are meant to be. */
static void test_shipped(void **state)
{
	struct loaded l;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	load(&l, &tree, GUESTCHECK_DATA, NULL);
	for (size_t i = 0; i < l.findings.n; i++)
		print_error("%s\n", l.findings.v[i].message);
	assert_int_equal(l.findings.n, 0);
	assert_true(l.policy.devices.n > 100);
	assert_non_null(rule(&l, "windows-2008"));
	/* what nobody published is no more than information */
	for (size_t i = 0; i < l.policy.n_rules; i++)
		if (l.policy.rules[i].confidence == VW_CONFIDENCE_LOW)
			assert_int_equal(l.policy.rules[i].effect, VW_EFFECT_INFO);
	drop(&l);
	tree_free(&tree);
}

/* Shipped, then guestcheck.d by name, then --policy; a later section takes the place of an earlier one, whole. */
static void test_order(void **state)
{
	const struct vw_policy_rule *r;
	const struct vw_vf_device *device;
	char *extra, *here = getcwd(NULL, 0), gone[128];
	struct loaded l;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_file(&tree, "/etc/vfward/guestcheck.d/10-a.conf",
		"[rule windows-2008]\neffect = off\n"
		"[rule a]\n" MINIMAL "remedy = first\n[rule b]\n" MINIMAL);
	tree_file(&tree, "/etc/vfward/guestcheck.d/20-b.conf",
		"[rule a]\ndevices = ours\nsystem = linux\neffect = warn\nnote = second\n"
		"[device 8086:10ed]\nname = ours\n");
	tree_file(&tree, "/etc/vfward/guestcheck.d/30-c.conf.off", "[rule c]\n" MINIMAL);
	tree_file(&tree, "/extra.ini",
		"[rule b]\n" WINDOWS "[device 8086:ffff]\nname = x\n"
		"families = ours\n");
	extra = vw_host_pathf(&tree.host, "/extra.ini");
	load(&l, &tree, GUESTCHECK_DATA, extra);
	assert_int_equal(l.findings.n, 0);
	assert_int_equal(rule(&l, "windows-2008")->effect, VW_EFFECT_OFF);
	assert_null(rule(&l, "windows-2008")->remedy);
	r = rule(&l, "a");
	assert_string_equal(r->note, "second");
	assert_null(r->remedy);
	assert_string_equal(r->file, "/etc/vfward/guestcheck.d/20-b.conf");
	assert_true(rule(&l, "b")->windows);
	assert_string_equal(rule(&l, "b")->file, extra);
	assert_null(rule(&l, "c"));
	device = vw_devices_find(&l.policy.devices, 0x8086, 0x10ed);
	assert_string_equal(device->name, "ours");
	assert_false(device->default_set);
	drop(&l);

	/* --policy as the shell's user means it */
	assert_int_equal(chdir(tree.root), 0);
	load(&l, &tree, GUESTCHECK_DATA, "extra.ini");
	assert_int_equal(chdir(here), 0);
	assert_int_equal(l.findings.n, 0);
	assert_true(rule(&l, "b")->windows);
	drop(&l);

	/* a directory that is gone has no files */
	snprintf(gone, sizeof(gone), "%s/gone", tree.root);
	tree_dir(&tree, "/gone");
	assert_int_equal(chdir(gone), 0);
	assert_int_equal(rmdir(gone), 0);
	load(&l, &tree, GUESTCHECK_DATA, "extra.ini");
	assert_int_equal(chdir(here), 0);
	finding(&l, 2, "extra.ini", "working directory"); /* and its family is missing */
	drop(&l);
	free(here);
	free(extra);
	tree_free(&tree);
}

static void test_files(void **state)
{
	char subject[128];
	struct loaded l;
	struct tree tree;

	(void)state;
	tree_new(&tree);
	/* shipped files must be there */
	load(&l, &tree, tree.root, NULL);
	assert_int_equal(l.findings.n, 2);
	snprintf(subject, sizeof(subject), "%s/" VW_DEVICES_FILE, tree.root);
	assert_string_equal(l.findings.v[0].subject, subject);
	assert_string_equal(l.findings.v[0].remedy, "install vfward anew");
	assert_non_null(strstr(l.findings.v[1].subject, VW_POLICY_FILE));
	drop(&l);
	/* so must --policy */
	load(&l, &tree, GUESTCHECK_DATA, "/nowhere/policy.conf");
	only_finding(&l, "/nowhere/policy.conf", "no such file");
	drop(&l);
	tree_file(&tree, "/etc/vfward/guestcheck.d/a.conf", "# ours\n[rule a]\nfail = yes\n");
	load(&l, &tree, GUESTCHECK_DATA, NULL);
	only_finding(&l, VW_POLICY_DIR "/a.conf:3", "unknown key");
	drop(&l);
	tree_file(&tree, "/etc/vfward/guestcheck.d/a.conf", "");
	tree_dir(&tree, "/etc/vfward/guestcheck.d/b.conf");
	load(&l, &tree, GUESTCHECK_DATA, NULL);
	only_finding(&l, VW_POLICY_DIR "/b.conf", "cannot be read");
	drop(&l);
	tree_free(&tree);
	/* something else in the directory's place */
	tree_new(&tree);
	tree_link(&tree, "/etc/vfward/guestcheck.d", "nowhere");
	load(&l, &tree, GUESTCHECK_DATA, NULL);
	only_finding(&l, VW_POLICY_DIR, "cannot be read");
	drop(&l);
	tree_free(&tree);
	tree_new(&tree);
	tree_file(&tree, "/etc/vfward/guestcheck.d", "[rule a]\n");
	load(&l, &tree, GUESTCHECK_DATA, NULL);
	only_finding(&l, VW_POLICY_DIR, "cannot be read");
	drop(&l);
	tree_free(&tree);
}

/* A family, or an id, may be of a later file, but some device must have it: else the rule is one that never fits. */
static void test_families(void **state)
{
	struct loaded l;

	(void)state;
	parse(&l, "[rule a]\n" MINIMAL "\n[device 8086:10ed]\nname = n\n[rule b]\ndevices = "
		  "8086:1515 x999 x540\nsystem = linux\n"
		  "effect = fail\nnote = n\n[device 8086:1515]\nname = n\nfamilies = X540\n");
	assert_int_equal(l.findings.n, 0);
	vw_policy_check(&l.policy, &l.findings);
	only_finding(&l, "x.conf:9", "the family \"x999\"");
	drop(&l);
	parse(&l, "[rule a]\ndevices = 8086:10de\nsystem = linux\neffect = fail\nnote = n\n"
		  "[device 8086:10ed]\nname = n\n");
	vw_policy_check(&l.policy, &l.findings);
	only_finding(&l, "x.conf:1", "the id \"8086:10de\"");
	drop(&l);
}

static void test_too_many(void **state)
{
	struct loaded l = { 0 };
	char *text = NULL;
	size_t len, shown;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	for (int i = 0; i <= VW_POLICY_RULES_MAX; i++)
		fprintf(out, "[rule r%d]\n" MINIMAL, i);
	fclose(out);
	assert_int_equal(vw_policy_parse(text, len, "x.conf", &l.policy, &l.findings), 0);
	shown = l.findings.n;
	assert_true(shown > 0);
	assert_non_null(strstr(l.findings.v[0].message, "more than"));
	assert_int_equal(l.policy.n_rules, VW_POLICY_RULES_MAX);
	free(text);
	drop(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
