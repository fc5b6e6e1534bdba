/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win_scene: a Windows volume for unit tests. */
#include "win_scene.h"

#include "cleanup.h"

#include <string.h>

static char *families[] = { NULL };
static char *vxn_services[] = { "vxn", NULL }, *vxn_infs[] = { "vxn*", "netvxx64", NULL };
static char *v1q_services[] = { "v1q", NULL }, *v1q_infs[] = { "v1q*", NULL };

const struct vw_vf_device scene_82599 = { .vendor = 0x8086,
	.device = 0x10ed,
	.name = "82599 Virtual Function",
	.families = families,
	.linux_modules = families,
	.windows_services = vxn_services,
	.windows_infs = vxn_infs };
const struct vw_vf_device scene_i350 = { .vendor = 0x8086,
	.device = 0x1520,
	.name = "I350 Virtual Function",
	.families = families,
	.linux_modules = families,
	.windows_services = v1q_services,
	.windows_infs = v1q_infs };

const char scene_system[] = "[Select]\nCurrent=dword:1\nDefault=dword:1\n"
			    "[ControlSet001\\Control\\ProductOptions]\nProductType=sz:ServerNT\n"
			    "[ControlSet001\\Control\\Session Manager\\Environment]\n"
			    "PROCESSOR_ARCHITECTURE=sz:AMD64\n"
			    "[ControlSet001\\Services\\Tcpip]\nStart=dword:0\n";
const char scene_service[] = "[ControlSet001\\Services\\vxn]\nStart=dword:3\nType=dword:1\n"
			     "ImagePath=sz:\\SystemRoot\\System32\\drivers\\vxn65x64.sys\n";

#define PACKAGE "vxn65x64.inf_amd64_0123456789abcdef"
const char scene_database[] =
	"[DriverDatabase\\DeviceIds\\PCI\\VEN_8086&DEV_10ED]\noem7.inf=hex:01 ff 00 00\n"
	"[DriverDatabase\\DriverInfFiles\\oem7.inf]\n"
	"=multi:" PACKAGE "\nActive=sz:" PACKAGE "\n"
	"[DriverDatabase\\DriverPackages\\" PACKAGE "]\n"
	"=sz:oem7.inf\nInfName=sz:vxn65x64.inf\nProvider=sz:Intel\nSignerScore=dword:0x0d000004\n"
	"Version=hex:00 ff 09 00 00 00 00 00 72 e9 36 4d 25 e3 ce 11 bf c1 08 00 2b e1 03 18 "
	"00 00 3b 3a c5 48 d5 01 00 00 af 00 01 00 02 00 00 00 00 00 00 00 00 00\n"
	"[DriverDatabase\\DriverPackages\\" PACKAGE "\\Configurations\\vxn.ndi]\nService=sz:vxn\n";

void scene_new(struct scene *scene)
{
	*scene = (struct scene){ 0 };
	tree_new(&scene->tree);
	scene->here.tree = &scene->tree;
	scene->guest = (struct vw_guest){ .files = scene->tree.host,
		.hives = &hive_here_source,
		.hives_data = &scene->here,
		.root = "/dev/sda2" };
	scene_binary(scene, "/Windows/System32/cmd.exe", SCENE_AMD64, "10.0.17763.1");
	tree_dir(&scene->tree, SCENE_CONFIG);
	tree_dir(&scene->tree, SCENE_DRIVERS);
	tree_dir(&scene->tree, SCENE_STORE);
	tree_dir(&scene->tree, "/Windows/INF");
}

void scene_free(struct scene *scene)
{
	vw_system_free(&scene->system);
	tree_free(&scene->tree);
}

void scene_hive(struct scene *scene, const char *name, const char *lines, const char *further)
{
	vw_auto_free char *path = NULL;

	assert_true(asprintf(&path, SCENE_CONFIG "/%s", name) > 0);
	hive_write(&scene->tree, path, lines, further);
}

void scene_release(struct scene *scene, const char *version, const char *build, bool server,
	const char *further)
{
	vw_auto_free char *lines = NULL;
	bool ten = strcmp(version, "10.0") == 0;

	assert_true(asprintf(&lines,
			    "[Microsoft\\Windows NT\\CurrentVersion]\nCurrentVersion=sz:%s\n"
			    "CurrentBuildNumber=sz:%s\nInstallationType=sz:%s\n%s%s",
			    ten ? "6.3" : version, build, server ? "Server" : "Client",
			    ten ? "CurrentMajorVersionNumber=dword:10\nCurrentMinorVersionNumber="
				  "dword:0\n"
				: "",
			    further ? further : "") > 0);
	scene_hive(scene, "SOFTWARE", lines, NULL);
}

static void put(unsigned char *at, uint32_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		at[i] = (unsigned char)(value >> 8 * i);
}

/* Microsoft's PE format and VS_VERSIONINFO: headers, and one section with one resource. */
void scene_binary(struct scene *scene, const char *path, int machine, const char *version)
{
	unsigned char file[0x600] = { 0 }, *coff = file + 0x84, *opt = coff + 20;
	bool wide = machine != SCENE_X86;
	unsigned char *section = opt + (wide ? 240 : 224), *res = file + 0x400, *info = res + 0x58;
	unsigned int v[4] = { 0 };

	memcpy(file, "MZ", 2);
	put(file + 0x3c, 0x80, 4);
	memcpy(file + 0x80, "PE\0\0", 4);
	put(coff, (uint32_t)machine, 2);
	put(coff + 2, 1, 2);
	put(coff + 16, wide ? 240 : 224, 2);
	put(coff + 18, 0x22, 2);
	put(opt, wide ? 0x20b : 0x10b, 2);
	put(opt + 32, 0x1000, 4);
	put(opt + 36, 0x200, 4);
	put(opt + 56, 0x2000, 4);
	put(opt + 60, 0x400, 4);
	put(opt + (wide ? 108 : 92), 16, 4);
	memcpy(section, ".rsrc", 5);
	put(section + 8, 0x200, 4);
	put(section + 12, 0x1000, 4);
	put(section + 16, 0x200, 4);
	put(section + 20, 0x400, 4);
	if (version) {
		assert_int_equal(sscanf(version, "%u.%u.%u.%u", v, v + 1, v + 2, v + 3), 4);
		put(opt + (wide ? 128 : 112), 0x1000, 4);
		put(opt + (wide ? 132 : 116), 0x200, 4);
		for (size_t i = 0; i < 3; i++) { /* type 16, name 1, English */
			static const uint32_t ids[] = { 16, 1, 0x409 };
			static const uint32_t next[] = { 0x80000018, 0x80000030, 0x48 };

			put(res + 0x18 * i + 14, 1, 2);
			put(res + 0x18 * i + 16, ids[i], 4);
			put(res + 0x18 * i + 20, next[i], 4);
		}
		put(res + 0x48, 0x1058, 4);
		put(res + 0x4c, 92, 4);
		put(info, 92, 2);
		put(info + 2, 52, 2);
		for (size_t i = 0; i < 15; i++)
			info[6 + 2 * i] = (unsigned char)"VS_VERSION_INFO"[i];
		put(info + 40, 0xfeef04bd, 4);
		put(info + 44, 0x10000, 4);
		put(info + 48, v[0] << 16 | v[1], 4);
		put(info + 52, v[2] << 16 | v[3], 4);
		put(info + 56, 6 << 16 | 1, 4); /* the product's version is another one */
	}
	tree_bytes(&scene->tree, path, file, sizeof(file));
}

void scene_inf_id(struct scene *scene, const char *path, const char *decoration,
	const char *driver_ver, const char *id)
{
	vw_auto_free char *text = NULL;

	assert_true(
		asprintf(&text,
			"[Version]\r\nSignature=\"$Windows NT$\"\r\nClass=Net\r\n"
			"ClassGUID={4d36e972-e325-11ce-bfc1-08002be10318}\r\nProvider=%%P%%\r\n"
			"DriverVer=%s\r\n[Manufacturer]\r\n%%P%%=Vendor,%s\r\n[Vendor]\r\n"
			"[Vendor.%s]\r\n%%D%%=vxn.ndi,%s\r\n"
			"[vxn.ndi]\r\nCharacteristics=0x84\r\n[vxn.ndi.Services]\r\n"
			"AddService=vxn,2,vxn.Service\r\n[vxn.Service]\r\nServiceType=1\r\n"
			"StartType=3\r\nErrorControl=1\r\nServiceBinary=%%12%%\\vxn65x64.sys\r\n"
			"[Strings]\r\nP=\"Intel\"\r\nD=\"82599 VF\"\r\n",
			driver_ver, decoration, decoration, id) > 0);
	tree_file(&scene->tree, path, text);
}

void scene_inf(
	struct scene *scene, const char *path, const char *decoration, const char *driver_ver)
{
	scene_inf_id(scene, path, decoration, driver_ver, "PCI\\VEN_8086&DEV_10ED");
}

const struct vw_check *scene_ask(struct scene *scene, const struct vw_vf_device *device)
{
	struct vw_wanted wanted = { .devices = &device, .n_devices = 1 };
	struct vw_error err = { "" };

	vw_system_free(&scene->system);
	if (vw_windows_examine(&scene->guest, &wanted, &scene->system, &err) != 0)
		fail_msg("examine: %s", err.msg);
	assert_null(scene->here.hive);
	return &scene->system.devices[0].sum;
}

bool scene_found(const struct scene *scene, const char *id)
{
	for (size_t i = 0; i < scene->system.findings.n; i++)
		if (strcmp(scene->system.findings.v[i].id, id) == 0)
			return true;
	return false;
}

bool scene_says(const struct vw_check *check, const char *text)
{
	for (size_t i = 0; i < check->evidence.n; i++)
		if (strstr(check->evidence.v[i], text))
			return true;
	return false;
}
