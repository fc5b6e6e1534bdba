/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_platform: the machine below the devices, as vfward-hostprep asks for it: CPU, firmware, drivers, what the kernel was booted with. */
#include "recorder.h"

#include "cleanup.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

/* All CPUs say the same, and the first says enough. */
static int record_cpu(struct vw_recorder *recorder, struct vw_error *err)
{
	vw_auto_close int fd = vw_host_openf(recorder->from, O_RDONLY, "/proc/cpuinfo");
	char text[16384];
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	char *end;

	if (len <= 0)
		return 0;
	text[len] = '\0';
	end = strstr(text, "\n\n");
	return vw_record_data(recorder, text, end ? (size_t)(end + 1 - text) : strlen(text), err,
		"/proc/cpuinfo");
}

/* An argument may be a password; kept is what has to do with devices and their drivers. */
static bool is_about_devices(const char *token)
{
	static const char *const words[] = { "iommu", "intremap", "pci", "vfio", "blacklist",
		"max_vfs", "lockdown" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(words); i++)
		if (strstr(token, words[i]))
			return true;
	return strcmp(token, "--") == 0;
}

static int record_cmdline(struct vw_recorder *recorder, struct vw_error *err)
{
	char text[8192], kept[8192] = "", *rest = text, *token;

	if (vw_host_readf(recorder->from, text, sizeof(text), "/proc/cmdline") < 0)
		return 0;
	while ((token = strsep(&rest, " \t\n"))) {
		if (!is_about_devices(token))
			continue;
		strcat(kept, *kept ? " " : "");
		strcat(kept, token);
	}
	strcat(kept, "\n");
	return vw_record_data(recorder, kept, strlen(kept), err, "/proc/cmdline");
}

/* Which tables there are; of one the content, which says how interrupts are remapped. */
static int record_firmware(struct vw_recorder *recorder, struct vw_error *err)
{
	static const char *const tables[] = { "DMAR", "IVRS", "IORT" };
	static const char *const whole[] = { "/sys/firmware/acpi/tables/DMAR",
		"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
		"/sys/kernel/security/lockdown",
		"/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts" };
	static const char *const dirs[] = { "/sys/firmware", "/sys/firmware/acpi/tables",
		"/sys/firmware/efi" };
	int rc = 0;

	for (size_t i = 0; i < VW_ARRAY_SIZE(dirs) && !rc; i++)
		if (vw_host_existsf(recorder->from, "%s", dirs[i]))
			rc = vw_record_dir(recorder, err, "%s", dirs[i]);
	for (size_t i = 0; i < VW_ARRAY_SIZE(whole) && !rc; i++)
		rc = vw_record_file(recorder, err, "%s", whole[i]);
	for (size_t i = 0; i < VW_ARRAY_SIZE(tables) && !rc; i++)
		if (vw_host_existsf(recorder->from, "/sys/firmware/acpi/tables/%s", tables[i]))
			rc = vw_record_data(
				recorder, "", 0, err, "/sys/firmware/acpi/tables/%s", tables[i]);
	return rc;
}

static int record_driver(struct vw_recorder *recorder, const char *driver, struct vw_error *err)
{
	static const char *const attrs[] = { "version", "taint", "srcversion" };
	char module[NAME_MAX + 1];
	int rc = vw_record_dir(recorder, err, "/sys/bus/pci/drivers/%s", driver);

	if (rc || vw_host_linkf(recorder->from, module, sizeof(module),
			  "/sys/bus/pci/drivers/%s/module", driver) < 0)
		return rc;
	rc = vw_record_link(recorder, err, "/sys/bus/pci/drivers/%s/module", driver);
	for (size_t i = 0; i < VW_ARRAY_SIZE(attrs) && !rc; i++)
		rc = vw_record_file(recorder, err, "/sys/module/%s/%s", module, attrs[i]);
	return rc;
}

static int record_drivers(struct vw_recorder *recorder, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names drivers = { 0 };
	int rc = 0;

	vw_host_listf(recorder->from, &drivers, "/sys/bus/pci/drivers");
	for (size_t i = 0; i < drivers.n && !rc; i++)
		rc = record_driver(recorder, drivers.v[i], err);
	return rc;
}

static int record_nodes(struct vw_recorder *recorder, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names nodes = { 0 };
	int rc = 0;

	vw_host_listf(recorder->from, &nodes, "/sys/devices/system/node");
	for (size_t i = 0; i < nodes.n && !rc; i++)
		if (strncmp(nodes.v[i], "node", 4) == 0)
			rc = vw_record_dir(
				recorder, err, "/sys/devices/system/node/%s", nodes.v[i]);
	return rc;
}

int vw_record_platform(struct vw_recorder *recorder, struct vw_error *err)
{
	int rc = record_cpu(recorder, err);

	if (!rc)
		rc = record_cmdline(recorder, err);
	if (!rc)
		rc = vw_record_file(recorder, err, "/proc/interrupts");
	if (!rc && vw_host_existsf(recorder->from, "/dev"))
		rc = vw_record_dir(recorder, err, "/dev");
	if (!rc && vw_host_existsf(recorder->from, "/dev/kvm"))
		rc = vw_record_data(recorder, "", 0, err, "/dev/kvm");
	if (!rc)
		rc = record_firmware(recorder, err);
	if (!rc)
		rc = record_drivers(recorder, err);
	return rc ? rc : record_nodes(recorder, err);
}
