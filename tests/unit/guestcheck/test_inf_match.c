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

static const struct vw_inf_target win2008 = { 6, 0, 6003, true, "amd64", false };
static const struct vw_inf_target win2008r2 = { 6, 1, 7601, true, "amd64", false };
static const struct vw_inf_target win2012 = { 6, 2, 9200, true, "amd64", false };
static const struct vw_inf_target win2012r2 = { 6, 3, 9600, true, "amd64", false };
static const struct vw_inf_target win2016 = { 10, 0, 14393, true, "amd64", false };
static const struct vw_inf_target win2019 = { 10, 0, 17763, true, "amd64", false };
static const struct vw_inf_target win10 = { 10, 0, 19045, false, "amd64", false };
static const struct vw_inf_target win10first = { 10, 0, 10240, false, "amd64", false };
static const struct vw_inf_target win10x86 = { 10, 0, 19045, false, "x86", false };
static const struct vw_inf_target controller = {
	.major = 10, .build = 17763, .server = true, .arch = "amd64", .domain_controller = true
};
static const struct vw_inf_target win11arm = { 10, 0, 22631, false, "arm64", false };

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
	{ "NTamd64.10.0.2", &controller, "NTamd64.10.0.2" },
	{ "NTamd64.10.0.3", &controller, NULL },
	{ "NTamd64.10.0.1", &controller, NULL },
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

/* What the models section says of the device; the release fits. */
static void test_ids(void **state)
{
	static const struct {
		const char *models;
		int rc;
		const char *id, *install; /* NULL = none */
		bool compatible;
	} cases[] = {
		{ "a=i1,PCI\\VEN_8086&DEV_10ED", 1, "PCI\\VEN_8086&DEV_10ED", "i1", false },
		{ "a=i1,pci\\ven_8086&dev_10ed", 1, "pci\\ven_8086&dev_10ed", "i1", false },
		{ "a=i1, \"PCI\\VEN_8086&DEV_10ED\" ; x", 1, "PCI\\VEN_8086&DEV_10ED", "i1",
			false },
		{ "a=i1,%id%", 1, "PCI\\VEN_8086&DEV_10ED", "i1", false },
		{ "a=i1,PCI\\VEN_%v%&DEV_10ED", 1, "PCI\\VEN_8086&DEV_10ED", "i1", false },
		{ "a=i1,,PCI\\VEN_8086&DEV_10ED", 1, "PCI\\VEN_8086&DEV_10ED", "i1", true },
		{ "a=i1,PCI\\VEN_8086&DEV_1515,PCI\\VEN_8086&DEV_10ED", 1, "PCI\\VEN_8086&DEV_10ED",
			"i1", true },
		/* a hardware id goes before a compatible one, the first before others */
		{ "a=i1,,PCI\\VEN_8086&DEV_10ED\nb=i2,PCI\\VEN_8086&DEV_10ED\n"
		  "c=i1,PCI\\VEN_8086&DEV_10ED",
			1, "PCI\\VEN_8086&DEV_10ED", "i2", false },
		/* only for a certain subsystem, revision or class: none for a device of which no more is known */
		{ "a=i1,PCI\\VEN_8086&DEV_10ED&SUBSYS_00018086", 0,
			"PCI\\VEN_8086&DEV_10ED&SUBSYS_00018086", "i1", false },
		{ "a=i1,PCI\\VEN_8086&DEV_10ED&REV_01", 0, "PCI\\VEN_8086&DEV_10ED&REV_01", "i1",
			false },
		{ "a=i1,PCI\\VEN_8086&DEV_10ED&CC_0200", 0, "PCI\\VEN_8086&DEV_10ED&CC_0200", "i1",
			false },
		{ "a=i1,PCI\\VEN_8086&DEV_10ED&SUBSYS_00018086\nb=i2,PCI\\VEN_8086&DEV_10ED", 1,
			"PCI\\VEN_8086&DEV_10ED", "i2", false },
		{ "a=i1,PCI\\VEN_8086&DEV_10ED&SUBSYS_00018086\nb=i2,,PCI\\VEN_8086&DEV_10ED", 1,
			"PCI\\VEN_8086&DEV_10ED", "i2", true },
		/* other devices */
		{ "a=i1,PCI\\VEN_8086&DEV_10EE", 0, NULL, NULL, false },
		{ "a=i1,PCI\\VEN_8087&DEV_10ED", 0, NULL, NULL, false },
		{ "a=i1,PCI\\VEN_8086&DEV_10ED0", 0, NULL, NULL, false },
		{ "a=i1,PCI\\VEN_8086&DEV_10E", 0, NULL, NULL, false },
		{ "a=i1,PCI\\VEN_8086", 0, NULL, NULL, false },
		{ "a=i1,VMBUS\\VEN_8086&DEV_10ED", 0, NULL, NULL, false },
		{ "a=i1,xPCI\\VEN_8086&DEV_10ED", 0, NULL, NULL, false },
		/* no models */
		{ "a=PCI\\VEN_8086&DEV_10ED", 0, NULL, NULL, false },
		{ "i1,PCI\\VEN_8086&DEV_10ED", 0, NULL, NULL, false },
		{ "PCI\\VEN_8086&DEV_10ED=i1,x", 0, NULL, NULL, false },
		{ "; a=i1,PCI\\VEN_8086&DEV_10ED", 0, NULL, NULL, false },
		{ "", 0, NULL, NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		vw_auto_free char *text = NULL;
		struct vw_inf_match m;
		struct vw_inf *inf;
		int rc;

		assert_true(asprintf(&text,
				    "%s"
				    "[Manufacturer]\nm=M,NTamd64\n[M.NTamd64]\n%s\n"
				    "[i1]\n[i1.Services]\nAddService=i1,2,s\n"
				    "[i2]\n[i2.Services]\nAddService=i2,2,s\n"
				    "[Strings]\nid=\"PCI\\VEN_8086&DEV_10ED\"\nv=8086\n",
				    VERSION, cases[i].models) > 0);
		rc = match(text, &win2019, 0x10ed, &m, &inf);
		if (rc != cases[i].rc || !m.id != !cases[i].id ||
			(m.id && strcmp(m.id, cases[i].id)) || !m.service != !cases[i].install ||
			(m.service && strcmp(m.service, cases[i].install)) ||
			m.compatible != cases[i].compatible)
			fail_msg("%s: %d %s %s %d", cases[i].models, rc, m.id, m.service,
				m.compatible);
		vw_inf_free(inf);
	}
}

/* From the install section to the service. The model says "inst". */
static void test_services(void **state)
{
	static const struct {
		const char *text;
		const char *service, *binary; /* NULL = none; "" = another INF's */
		unsigned int start;
	} cases[] = {
		{ "[inst]\n[inst.Services]\nAddService=s,2,svc\n[svc]\nStartType=3\n"
		  "ServiceBinary=%12%\\a.sys",
			"s", "a.sys", 3 },
		/* the architecture's, NT's, or none */
		{ "[inst]\n[inst.Services]\nAddService=s,2\n[inst.NT]\n[inst.NT.Services]\n"
		  "AddService=nt,2\n[inst.NTamd64]\n[inst.ntAMD64.services]\nAddService=n64,2",
			"n64", NULL, 3 },
		{ "[inst]\n[inst.Services]\nAddService=s,2\n[inst.NT]\n[inst.NT.Services]\n"
		  "AddService=nt,2\n[inst.NTx86]\n[inst.NTx86.Services]\nAddService=n32,2",
			"nt", NULL, 3 },
		{ "[inst]\n[inst.Services]\nAddService=s,2\n[inst.NTx86]\n[inst.NT.Services]\n"
		  "AddService=nt,2",
			"s", NULL, 3 },
		/* the services are those of the section that was taken */
		{ "[inst.NTamd64]\n[inst]\n[inst.Services]\nAddService=s,2", NULL, NULL, 3 },
		{ "[inst.Services]\nAddService=s,2", NULL, NULL, 3 },
		{ "[inst]\n", NULL, NULL, 3 },
		{ "", NULL, NULL, 3 },
		/* the one that becomes the function driver */
		{ "[inst]\n[inst.Services]\nAddService=filter,,f\nAddService=bus,0x1,b\n"
		  "addservice = vf , 0x00000002 , svc , log\nAddService=late,2,l\n[svc]\n"
		  "ServiceBinary=\"%12%\\vf.sys\"\n[f]\nServiceBinary=f.sys",
			"vf", "vf.sys", 3 },
		{ "[inst]\n[inst.Services]\nAddService=vf,0x802", "vf", NULL, 3 },
		{ "[inst]\n[inst.Services]\nAddService=vf,%assoc%,%sec%\n[real]\nStartType=%dis%\n"
		  "[Strings]\nassoc=0x2\nsec=real\ndis=0x4",
			"vf", NULL, 4 },
		{ "[inst]\n[inst.Services]\nAddService=%name%,2\n[Strings]\nname=vf", "vf", NULL,
			3 },
		{ "[inst]\n[inst.Services]\nAddService=vf,4,svc", NULL, NULL, 3 },
		{ "[inst]\n[inst.Services]\nAddService=vf", NULL, NULL, 3 },
		{ "[inst]\n[inst.Services]\nAddService=vf,two", NULL, NULL, 3 },
		{ "[inst]\n[inst.Services]\nAddService=vf,%undefined%", NULL, NULL, 3 },
		{ "[inst]\n[inst.Services]\nDelService=vf,2", NULL, NULL, 3 },
		{ "[inst]\n[inst.Services]\nAddService=,2", NULL, NULL, 3 },
		/* StartType with a comment; none; nonsense; ServiceBinary's forms */
		{ "[inst]\n[inst.Services]\nAddService=s,2,svc\n[svc]\n"
		  "StartType = 0 ;%SERVICE_BOOT_START%\nServiceBinary = %12%\\drivers/b.sys",
			"s", "b.sys", 0 },
		{ "[inst]\n[inst.Services]\nAddService=s,2,svc\n[SVC]\nStartType=\n"
		  "ServiceBinary=c.sys",
			"s", "c.sys", 3 },
		{ "[inst]\n[inst.Services]\nAddService=s,2,svc\n[svc]\nStartType=4x\n"
		  "ServiceBinary=\"%12%\\\"",
			"s", NULL, 3 },
		{ "[inst]\n[inst.Services]\nAddService=s,2,svc\n[svc]\nStartType=4\nStartType=3",
			"s", NULL, 4 },
		/* another section's service; of another file it is not known */
		{ "[inst]\n[inst.Services]\nInclude=o.inf\nNeeds=o.Services", "", NULL, 3 },
		{ "[inst]\n[inst.Services]\nNeeds=o.Services,%mine%\n[mine]\nAddService=s,2,svc\n"
		  "[svc]\nServiceBinary=s.sys\n[Strings]\nmine=mine",
			"s", "s.sys", 3 },
		{ "[inst]\n[inst.Services]\nneeds=mine\n[mine]\nAddService=s", NULL, NULL, 3 },
		{ "[inst]\n[inst.Services]\nNeeds=o\nAddService=s,2", "s", NULL, 3 },
		{ "[inst]\n[inst.Services]\nNeeds=a\n[a]\nNeeds=b\n[b]\nAddService=s,2", NULL, NULL,
			3 },
		{ "[inst]\nInclude=o.inf\nNeeds=o\n[inst.Services]\nInclude=o.inf", NULL, NULL, 3 },
		/* devices that the section is not for */
		{ "[inst]\nExcludeID=PCI\\VEN_8086&DEV_10ED\n[inst.Services]\nAddService=s,2", NULL,
			NULL, 3 },
		{ "[inst]\nexcludeid = *X, \"%v%&dev_10ed\"\n[inst.Services]\nAddService=s,2\n"
		  "[Strings]\nv=pci\\ven_8086",
			NULL, NULL, 3 },
		{ "[inst]\nExcludeID=PCI\\VEN_8086&DEV_1515,PCI\\VEN_8086&DEV_10ED&SUBSYS_1\n"
		  "[inst.Services]\nAddService=s,2\n[x]\nExcludeID=PCI\\VEN_8086&DEV_10ED",
			"s", NULL, 3 },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		vw_auto_free char *text = NULL;
		struct vw_inf_match m;
		struct vw_inf *inf;
		const char *service;

		assert_true(asprintf(&text,
				    "%s"
				    "[Manufacturer]\nm=M,NTamd64\n[M.NTamd64]\n"
				    "x=inst,PCI\\VEN_8086&DEV_10ED\n%s\n",
				    VERSION, cases[i].text) > 0);
		assert_int_equal(match(text, &win2019, 0x10ed, &m, &inf), 1);
		if (m.needs)
			assert_null(m.service);
		service = m.needs ? "" : m.service;
		if (!service != !cases[i].service ||
			(service && strcmp(service, cases[i].service)) ||
			!m.binary != !cases[i].binary ||
			(m.binary && strcmp(m.binary, cases[i].binary)) ||
			m.start != cases[i].start)
			fail_msg("%s: %s %s %u", cases[i].text, service, m.binary, m.start);
		vw_inf_free(inf);
	}
}

/* "INF DriverVer Directive": an install section's takes precedence. */
static void test_driver_version(void **state)
{
	static const struct {
		const char *text, *date, *version;
	} cases[] = {
		{ "[inst]\n", "05/23/2019", "1.2.179.0" },
		{ "[inst]\nDriverVer=06/01/2020,9.8.7.6\n", "06/01/2020", "9.8.7.6" },
		{ "[inst]\nDriverVer=06/01/2020\n", "06/01/2020", NULL },
		{ "[inst]\nDriverVer=06/01/2020,9.8.7.6\n[inst.NTamd64]\n", "05/23/2019",
			"1.2.179.0" },
		{ "[inst.nt]\ndriverver=%d%,%v%\n[Strings]\nd=06-01-2020\nv=4.3\n", "06-01-2020",
			"4.3" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		vw_auto_free char *text = NULL;
		struct vw_inf_match m;
		struct vw_inf *inf;

		assert_true(asprintf(&text,
				    "%s"
				    "[Manufacturer]\nm=M,NTamd64\n[M.NTamd64]\n"
				    "x=inst,PCI\\VEN_8086&DEV_10ED\n%s",
				    VERSION, cases[i].text) > 0);
		assert_int_equal(match(text, &win2019, 0x10ed, &m, &inf), 1);
		assert_string_equal(m.date, cases[i].date);
		assert_int_equal(!m.version, !cases[i].version);
		if (m.version)
			assert_string_equal(m.version, cases[i].version);
		assert_string_equal(vw_inf_driver_version(inf), "1.2.179.0");
		vw_inf_free(inf);
	}
}

/* Whole shapes, one for each way that [Manufacturer] can be written. */
static void test_makers(void **state)
{
	static const struct {
		const char *text;
		int rc;
		const char *section;
	} cases[] = {
		/* two lines: each chooses for itself */
		{ "[Manufacturer]\n%a%=A,NTamd64.10.0\n%b%=B,NTamd64.10.0\n[A.NTamd64.10.0]\n"
		  "[B.NTamd64.10.0]\n" MODEL,
			1, "B.NTamd64.10.0" },
		{ "[Manufacturer]\n%a%=A,NTamd64.10.0\n%b%=A,NTamd64.6.1\n[A.NTamd64.10.0]\n"
		  "[A.NTamd64.6.1]\n" MODEL,
			1, "A.NTamd64.6.1" },
		/* one after the other, and some without a fitting decoration */
		{ "[Manufacturer]\n%a%=A,NTx86\n[manufacturer]\n%b%=B,NTamd64\n[A.NTx86]\n" MODEL
		  "[b.ntAMD64]\n" MODEL,
			1, "b.ntAMD64" },
		/* the name alone; quotes; tokens; continuation */
		{ "[Manufacturer]\nA\n[A]\n" MODEL, -ESRCH, "A" },
		{ "[Manufacturer]\n%a% = \"My Models\", \\\n  NTamd64.6.1, \\ ; older\n"
		  "  NTamd64.10.0\n[My Models.NTamd64.6.1]\n[My Models.NTamd64.10.0]\n" MODEL,
			1, "My Models.NTamd64.10.0" },
		{ "[Manufacturer]\n%a%=%m%,%t%\n[M.NTamd64]\n" MODEL "[Strings]\nm=M\nt=NTamd64\n",
			1, "M.NTamd64" },
		/* a section that is missing is as good as an empty one */
		{ "[Manufacturer]\n%a%=A,NTamd64.6.1,NTamd64.10.0\n[A.NTamd64.6.1]\n" MODEL, -ESRCH,
			"A.NTamd64.6.1" },
		/* sections that no line lists are nothing */
		{ "[Manufacturer]\n%a%=A,NTamd64.6.1\n[A.NTamd64.6.1]\n" MODEL "[A.NTamd64.10.0]\n",
			1, "A.NTamd64.6.1" },
		{ "[Manufacturer]\n%a%=A\n[A.NTamd64.10.0]\n" MODEL, 0, NULL },
		{ "[A]\n" MODEL "[A.NTamd64]\n" MODEL, 0, NULL },
		/* not for this release, and there only for a subsystem: the plain id elsewhere says more */
		{ "[Manufacturer]\n%a%=A,NTamd64.11.0,NTamd64.12.0\n[A.NTamd64.11.0]\n"
		  "x=inst,PCI\\VEN_8086&DEV_10ED&SUBSYS_1\n[A.NTamd64.12.0]\n" MODEL,
			-ESRCH, "A.NTamd64.12.0" },
		/* a model for a subsystem on this release, and a plain one on another */
		{ "[Manufacturer]\n%a%=A,NTamd64.6.1,NTamd64.10.0\n[A.NTamd64.6.1]\n" MODEL
		  "[A.NTamd64.10.0]\nx=inst,PCI\\VEN_8086&DEV_10ED&SUBSYS_1\n",
			0, "A.NTamd64.10.0" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		vw_auto_free char *text = NULL;
		struct vw_inf_match m;
		struct vw_inf *inf;
		int rc;

		assert_true(asprintf(&text, "%s%s%s", VERSION, cases[i].text, DRIVER) > 0);
		rc = match(text, &win2019, 0x10ed, &m, &inf);
		if (rc != cases[i].rc || !m.section != !cases[i].section ||
			(m.section && strcmp(m.section, cases[i].section)))
			fail_msg("%s: %d %s", cases[i].text, rc, m.section);
		if (rc == 1)
			assert_string_equal(m.service, "vxn");
		vw_inf_free(inf);
	}
}

/* Is the INF for a release at all, whatever its devices are? */
static void test_serves(void **state)
{
	static const struct {
		const char *text;
		bool serves;
	} cases[] = {
		{ "[Manufacturer]\nm=M,NTamd64.10.0\n[M.NTamd64.10.0]\nx=i,MLX4\\X_ETH\n", true },
		{ "[Manufacturer]\nm=M,NTamd64.10.0\n[M.NTamd64.10.0]\n", false },
		{ "[Manufacturer]\nm=M,NTamd64.10.0\n", false },
		{ "[Manufacturer]\nm=M,NTx86.10.0\n[M.NTx86.10.0]\nx=i,MLX4\\X_ETH\n", false },
		{ "[Manufacturer]\nm=M,NTamd64.11.0\n[M.NTamd64.11.0]\nx=i,MLX4\\X_ETH\n", false },
		{ "[Manufacturer]\nm=M,NTx86\nn=N,NTamd64\n[N.NTamd64]\nx=i,MLX4\\X_ETH\n", true },
		{ "[M.NTamd64]\nx=i,MLX4\\X_ETH\n", false },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		vw_auto_free char *text = NULL;
		struct vw_inf *inf;

		assert_true(asprintf(&text, "%s%s", VERSION, cases[i].text) > 0);
		inf = parse(text);
		if (vw_inf_serves(inf, &win2019) != cases[i].serves)
			fail_msg("%s", cases[i].text);
		vw_inf_free(inf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_driver),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_driver_version),
		cmocka_unit_test(test_makers),
		cmocka_unit_test(test_serves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
