/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_inf_match: which models section, model, install section and service Windows would take, and which it would not. */
#include "tree.h"

#include "cleanup.h"
#include "inf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define VERSION                                                                                    \
	"[Version]\n"                                                                              \
	"Signature = \"$Windows NT$\"\n"                                                           \
	"Class = Net\n"                                                                            \
	"ClassGuid = {4d36e972-e325-11ce-bfc1-08002be10318}\n"                                     \
	"Provider = %maker%\n"                                                                     \
	"DriverVer = 05/23/2019,1.2.179.0\n"
#define DRIVER                                                                                     \
	"[inst]\n"                                                                                 \
	"CopyFiles = files\n"                                                                      \
	"[inst.Services]\n"                                                                        \
	"AddService = vxn, 2, svc\n"                                                               \
	"[svc]\n"                                                                                  \
	"StartType = 3\n"                                                                          \
	"ServiceBinary = %12%\\vxn65x64.sys\n"                                                     \
	"[Strings]\n"                                                                              \
	"maker = \"Intel\"\n"                                                                      \
	"vf = \"82599 Virtual Function\"\n"
#define MODEL "%vf% = inst, PCI\\VEN_8086&DEV_10ED\n"

static const struct vw_inf_target win2008 = { 6, 0, 6003, true, "amd64" };
static const struct vw_inf_target win2008r2 = { 6, 1, 7601, true, "amd64" };
static const struct vw_inf_target win2012 = { 6, 2, 9200, true, "amd64" };
static const struct vw_inf_target win2012r2 = { 6, 3, 9600, true, "amd64" };
static const struct vw_inf_target win2016 = { 10, 0, 14393, true, "amd64" };
static const struct vw_inf_target win2019 = { 10, 0, 17763, true, "amd64" };
static const struct vw_inf_target win10 = { 10, 0, 19045, false, "amd64" };
static const struct vw_inf_target win10first = { 10, 0, 10240, false, "amd64" };
static const struct vw_inf_target win10x86 = { 10, 0, 19045, false, "x86" };
static const struct vw_inf_target win11arm = { 10, 0, 22631, false, "arm64" };

static struct vw_inf *parse(const char *text)
{
	struct vw_error err = { "" };
	struct vw_inf *inf;

	if (vw_inf_parse(text, strlen(text), &inf, &err))
		fail_msg("%s\n%s", err.msg, text);
	return inf;
}

static int match(const char *text, const struct vw_inf_target *target, unsigned int device,
	struct vw_inf_match *out, struct vw_inf **inf)
{
	*inf = parse(text);
	return vw_inf_match(*inf, target, 0x8086, (uint16_t)device, out);
}

/* Which section applies, by what the [Manufacturer] line lists. Every listed section names the device, but those written in lower case: they are
 * there and empty. */
static const struct {
	const char *list;
	const struct vw_inf_target *target;
	const char *section; /* NULL = the INF does not apply */
} choices[] = {
	/* the releases of one family, as Intel's packages have them: later ones are shut out by an empty section */
	{ "NTamd64.6.1, ntamd64.6.2", &win2008, NULL },
	{ "NTamd64.6.1, ntamd64.6.2", &win2008r2, "NTamd64.6.1" },
	{ "NTamd64.6.1, ntamd64.6.2", &win2012, NULL },
	{ "NTamd64.6.1, ntamd64.6.2", &win2012r2, NULL },
	{ "NTamd64.6.1, ntamd64.6.2", &win2019, NULL },
	{ "NTamd64.6.2, ntamd64.6.3", &win2008r2, NULL },
	{ "NTamd64.6.2, ntamd64.6.3", &win2012, "NTamd64.6.2" },
	{ "NTamd64.6.2, ntamd64.6.3", &win2012r2, NULL },
	{ "NTamd64.6.3", &win2012, NULL },
	{ "NTamd64.6.3", &win2012r2, "NTamd64.6.3" },
	{ "NTamd64.6.3", &win2019, "NTamd64.6.3" },
	{ "NTamd64.10.0", &win2012r2, NULL },
	{ "NTamd64.10.0", &win2016, "NTamd64.10.0" },
	{ "NTamd64.10", &win2016, "NTamd64.10" },
	{ "NTamd64.10.1", &win2016, NULL },
	{ "NTamd64.11.0", &win2019, NULL },
	/* order in the line says nothing */
	{ "ntamd64.6.2, NTamd64.6.1", &win2012, NULL },
	{ "NTamd64.6.1, NTamd64.6.3, NTamd64.6.2", &win2019, "NTamd64.6.3" },
	{ "NTamd64.6.3, NTamd64.6.1, NTamd64.6.2", &win2012, "NTamd64.6.2" },
	{ "NTamd64, NTamd64.6", &win2012, "NTamd64.6" },
	{ "NTamd64.6, NTamd64", &win2012, "NTamd64.6" },
	/* architectures */
	{ "NTamd64", &win2019, "NTamd64" },
	{ "NTAMD64.10.0", &win2019, "NTAMD64.10.0" },
	{ "NTamd64", &win10x86, "" },
	{ "NTx86", &win2019, NULL },
	{ "NTarm64.10.0", &win2019, NULL },
	{ "NTarm64.10.0", &win11arm, "NTarm64.10.0" },
	{ "NTarm.10.0", &win11arm, NULL },
	{ "NTia64", &win2019, NULL },
	/* none means x86 since Server 2003 SP1 */
	{ "NT.6.1", &win2019, NULL },
	{ "NT", &win2019, NULL },
	{ "", &win2019, NULL },
	{ "", &win10x86, "" },
	{ "NT", &win10x86, "NT" },
	{ "NT.6.1", &win10x86, "NT.6.1" },
	{ "NT.6.1, NTx86.6.1", &win10x86, "NTx86.6.1" },
	{ "NTx86.6.1, NT.6.1", &win10x86, "NTx86.6.1" },
	{ "NTx86, NT.6.1", &win10x86, "NT.6.1" },
	/* product type: 1 workstation, 2 domain controller, 3 server */
	{ "NTamd64.10.0.3", &win2019, "NTamd64.10.0.3" },
	{ "NTamd64.10.0.3", &win10, NULL },
	{ "NTamd64.10.0.1", &win2019, NULL },
	{ "NTamd64.10.0.1", &win10, "NTamd64.10.0.1" },
	{ "NTamd64.10.0.2", &win2019, NULL },
	{ "NTamd64.10.0.0x3", &win2019, "NTamd64.10.0.0x3" },
	{ "NTamd64.10.0, NTamd64.10.0.3", &win2019, "NTamd64.10.0.3" },
	{ "NTamd64.10.0.3, NTamd64.10.0", &win2019, "NTamd64.10.0.3" },
	{ "NTamd64.10.0.3, NTamd64.10.0", &win10, "NTamd64.10.0" },
	{ "NTamd64.6.1.3, NTamd64.10.0", &win2019, "NTamd64.10.0" },
	{ "NTamd64...3", &win2019, "NTamd64...3" },
	/* suites cannot be seen; 0 is none */
	{ "NTamd64....0x80", &win2019, NULL },
	{ "NTamd64.10.0..0x80, NTamd64.10.0", &win2019, "NTamd64.10.0" },
	{ "NTamd64.10.0.3.0", &win2019, "NTamd64.10.0.3.0" },
	/* builds: of the same version only, and not understood before 14310 */
	{ "NTamd64.10.0...14393", &win2016, "NTamd64.10.0...14393" },
	{ "NTamd64.10.0...17763", &win2016, NULL },
	{ "NTamd64.10.0...17763", &win2019, "NTamd64.10.0...17763" },
	{ "NTamd64.10.0, NTamd64.10.0...17763", &win2016, "NTamd64.10.0" },
	{ "NTamd64.10.0, NTamd64.10.0...17763", &win2019, "NTamd64.10.0...17763" },
	{ "NTamd64.10.0...17763, NTamd64.10.0...14393", &win2019, "NTamd64.10.0...17763" },
	{ "NTamd64.10.0...14393, NTamd64.10.0...17763", &win2019, "NTamd64.10.0...17763" },
	{ "NTamd64.10.0.3..14393, NTamd64.10.0...17763", &win2019, "NTamd64.10.0...17763" },
	{ "NTamd64.10.0, ntamd64.10.0...17763", &win2019, NULL },
	{ "NTamd64.10.0...10240", &win10first, NULL },
	{ "NTamd64.6.3...99999", &win2019, "NTamd64.6.3...99999" },
	{ "NTamd64.6.1...7600", &win2008r2, NULL },
	/* what is no decoration */
	{ "NTamd64.x", &win2019, NULL },
	{ "NTamd64.10.0.3.0.0.0", &win2019, NULL },
	{ "NTalpha", &win2019, NULL },
	{ "NTamd", &win2019, NULL },
	{ "NTamd640", &win2019, NULL },
	{ "amd64", &win2019, NULL },
	{ "NTamd64.0x", &win2019, NULL },
	{ "NTamd64.-1", &win2019, NULL },
	{ "NTamd64.4294967306.0", &win2019, NULL },
	{ "NTamd64.00000000000000000010", &win2019, NULL },
	{ "NTamd64.10.0,", &win2019, "NTamd64.10.0" },
	{ ",NTamd64.10.0", &win2019, "NTamd64.10.0" },
};

/* An INF whose [Manufacturer] lists these decorations, with a section for each. */
static char *inf_of(const char *list)
{
	char copy[128], *text = NULL, *rest = copy, *word;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	snprintf(copy, sizeof(copy), "%s", list);
	fprintf(f, "%s[Manufacturer]\n%%maker%% = Models%s%s\n[Models]\n%s", VERSION,
		*list ? ", " : "", list, MODEL);
	while ((word = strsep(&rest, ", ")))
		if (*word)
			fprintf(f, "[Models.%s]\n%s", word, word[0] == 'n' ? "" : MODEL);
	fprintf(f, "%s", DRIVER);
	fclose(f);
	return text;
}

static void test_choice(void **state)
{
	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(choices); i++) {
		vw_auto_free char *text = inf_of(choices[i].list);
		const char *want = choices[i].section;
		struct vw_inf_match m;
		struct vw_inf *inf;
		char section[64];
		int rc = match(text, choices[i].target, 0x10ed, &m, &inf);

		snprintf(section, sizeof(section), "Models%s%s", want && *want ? "." : "",
			want ? want : "");
		if (rc != (want ? 1 : -ESRCH) || (want && strcmp(m.section, section)))
			fail_msg("%s: %d, %s", choices[i].list, rc, m.section);
		if (want && (!m.service || strcmp(m.service, "vxn")))
			fail_msg("%s: no service", choices[i].list);
		if (!want && m.service)
			fail_msg("%s: a service that does not apply", choices[i].list);
		vw_inf_free(inf);
	}
}

static void test_driver(void **state)
{
	struct vw_inf_match m;
	struct vw_inf *inf;

	(void)state;
	assert_int_equal(match(VERSION "[Manufacturer]\n%maker% = Intel, NTamd64.10.0\n"
				       "[Intel.NTamd64.10.0]\n" MODEL DRIVER,
				 &win2019, 0x10ed, &m, &inf),
		1);
	assert_string_equal(m.service, "vxn");
	assert_string_equal(m.binary, "vxn65x64.sys");
	assert_string_equal(m.description, "82599 Virtual Function");
	assert_string_equal(m.section, "Intel.NTamd64.10.0");
	assert_string_equal(m.id, "PCI\\VEN_8086&DEV_10ED");
	assert_int_equal(m.start, 3);
	assert_false(m.compatible);
	assert_string_equal(m.version, "1.2.179.0");
	assert_string_equal(m.date, "05/23/2019");
	assert_string_equal(vw_inf_class_guid(inf), "{4d36e972-e325-11ce-bfc1-08002be10318}");
	assert_string_equal(vw_inf_provider(inf), "Intel");
	assert_string_equal(vw_inf_driver_version(inf), "1.2.179.0");
	assert_string_equal(vw_inf_driver_date(inf), "05/23/2019");
	/* the same object, another device, another release */
	assert_int_equal(vw_inf_match(inf, &win2019, 0x8086, 0x1515, &m), 0);
	assert_null(m.id);
	assert_int_equal(vw_inf_match(inf, &win2019, 0x8087, 0x10ed, &m), 0);
	assert_int_equal(vw_inf_match(inf, &win2012, 0x8086, 0x10ed, &m), -ESRCH);
	assert_string_equal(m.section, "Intel.NTamd64.10.0");
	assert_string_equal(m.id, "PCI\\VEN_8086&DEV_10ED");
	assert_null(m.service);
	assert_int_equal(vw_inf_match(inf, &win2019, 0x8086, 0x10ed, &m), 1);
	vw_inf_free(inf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
