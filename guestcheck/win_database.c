/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win_database: the DriverDatabase key: which driver packages are staged, by the ids of their devices.
 *
 * Theory of operation. Since Windows 8 the driver store keeps an index in the registry, split over two hives: packages that are needed to boot
 * are in SYSTEM, most others (network adapters among them) in DRIVERS, where there is one. Three keys matter:
 *
 *   DeviceIds\PCI\VEN_8086&DEV_10ED   a value for each INF that names the id: "oem7.inf", whose first byte is 01 for a hardware id and 02 for a
 *                                     compatible id (the second is ff, or a feature score)
 *   DriverInfFiles\oem7.inf           the packages of that name (the default value), and which of them is in force ("Active")
 *   DriverPackages\PACKAGE            InfName, Provider, Version, SignerScore, Configurations\…\Service
 *
 * Being listed says that a package is staged, not that it serves this release: win_store looks into its INF. */
#include "win.h"

#include "cleanup.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { MAX_INFS = 64, MAX_PACKAGES = 32, MAX_CONFIGURATIONS = 64, MAX_IDS = 32768 };

/* What is being read. */
struct database {
	struct vw_win *win;
	const struct vw_win_hive *hive;
	int64_t root;        /* DriverDatabase */
	struct vw_names ids; /* all below DeviceIds\PCI, once somebody asked */
	bool ids_read;
};

static uint64_t le(const unsigned char *bytes, size_t n)
{
	uint64_t value = 0;

	while (n-- > 0)
		value = value << 8 | bytes[n];
	return value;
}

/* A GUID as it lies in memory: its first three numbers with the lowest byte first (guiddef.h). */
static enum vw_win_class class_of(const unsigned char guid[16])
{
	static const unsigned char none[16];
	char text[48];

	snprintf(text, sizeof(text),
		"{%08" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%02x%02x-%02x%02x%02x%02x%02x%02x}",
		le(guid, 4), le(guid + 4, 2), le(guid + 6, 2), guid[8], guid[9], guid[10], guid[11],
		guid[12], guid[13], guid[14], guid[15]);
	return vw_win_class_of(memcmp(guid, none, sizeof(none)) ? text : NULL);
}

/* 48 bytes: flags and architecture (8), the class GUID (16), the date as FILETIME (8), the version as four words with the lowest first (8), zero (8).
 * FILETIME counts 100 ns since 1601 (minwinbase.h). */
int vw_win_database_version(const void *blob, size_t len, struct vw_win_driver *driver)
{
	const unsigned char *bytes = blob;
	struct tm tm;
	time_t when;

	if (len != 48)
		return -EBADMSG;
	when = (time_t)(le(bytes + 24, 8) / 10000000) - 11644473600;
	if (le(bytes + 24, 8) != 0 && gmtime_r(&when, &tm) && tm.tm_year >= 0 && tm.tm_year < 8100)
		driver->date = (unsigned int)(tm.tm_year + 1900) * 10000 +
			       (unsigned int)(tm.tm_mon + 1) * 100 + (unsigned int)tm.tm_mday;
	driver->class = class_of(bytes + 8);
	for (size_t i = 0; i < 4; i++)
		driver->version[i] = (uint16_t)le(bytes + 32 + 2 * (3 - i), 2);
	driver->has_version = true;
	driver->version_source = "driver-database";
	return 0;
}

/* The first service that a configuration names. 0 or -ENOMEM. */
static int read_service(const struct database *db, int64_t package, struct vw_win_driver *driver)
{
	const struct vw_win_hive *hive = db->hive;
	vw_auto_free int64_t *nodes = NULL;
	struct vw_names names = { 0 };
	int64_t key;
	int rc = vw_win_key(hive, package, "Configurations", &key);

	if (rc == 0)
		rc = hive->source->children(hive->data, key, MAX_CONFIGURATIONS, &names, &nodes);
	for (size_t i = 0; rc == 0 && i < names.n && !driver->service; i++)
		if (vw_win_text(hive, nodes[i], "Service", &driver->service) == -ENOMEM)
			rc = -ENOMEM;
	vw_names_free(&names);
	return rc == -ENOMEM ? rc : 0;
}

/* What is not there stays NULL: the INF may say it. 0 or -ENOMEM. */
static int read_package(
	const struct database *db, const char *package, struct vw_win_driver *driver)
{
	const struct vw_win_hive *hive = db->hive;
	unsigned char blob[48];
	int64_t packages, key;
	uint32_t score;
	int rc;

	driver->package = strdup(package);
	if (!driver->package)
		return -ENOMEM;
	rc = vw_win_key(hive, db->root, "DriverPackages", &packages);
	/* The name may hold anything, a backslash too: it is one key, not a path. */
	if (rc == 0)
		rc = hive->source->child(hive->data, packages, package, &key);
	if (rc < 0)
		return rc == -ENOMEM ? rc : 0;
	if (vw_win_text(hive, key, "InfName", &driver->original) == -ENOMEM ||
		vw_win_text(hive, key, "Provider", &driver->provider) == -ENOMEM)
		return -ENOMEM;
	rc = vw_win_bytes(hive, key, "Version", blob, sizeof(blob));
	if (rc == -ENOMEM)
		return rc;
	if (rc >= 0)
		(void)vw_win_database_version(blob, (size_t)rc, driver);
	/* SIGNERSCORE_UNSIGNED and worse (setupapi.h). */
	if (vw_win_dword(hive, key, "SignerScore", &score) == 0)
		driver->no_signature = score >= 0x80000000;
	return read_service(db, key, driver);
}

/* The packages of an INF: the one in force, else all. 0 or -ENOMEM. */
static int find_packages(const struct database *db, struct vw_win_device *device, const char *inf,
	struct vw_names *packages)
{
	const struct vw_win_hive *hive = db->hive;
	vw_auto_free char *active = NULL;
	int64_t files, key;
	int rc = vw_win_key(hive, db->root, "DriverInfFiles", &files);

	*packages = (struct vw_names){ 0 };
	if (rc == 0)
		rc = hive->source->child(hive->data, files, inf, &key);
	if (rc < 0)
		return rc == -ENOMEM ? rc : 0;
	rc = vw_win_text(hive, key, "Active", &active);
	if (rc == 0 && *active)
		return vw_names_add(packages, active);
	if (rc == -ENOMEM)
		return rc;
	rc = vw_win_texts(hive, key, "", MAX_PACKAGES, packages);
	if (rc == 0 || rc == -ENOENT)
		return 0;
	return rc == -ENOMEM ? rc
			     : vw_win_doubt(db->win, device,
				       "%s\\DriverDatabase\\DriverInfFiles\\%s cannot be read",
				       hive->name, inf);
}

/* The list may name a package twice. */
static bool known(const struct vw_win_device *device, size_t from, const char *package)
{
	for (size_t i = from; i < device->n_drivers; i++)
		if (vw_win_same(device->drivers[i].package, package))
			return true;
	return false;
}

static int add_driver(const struct database *db, struct vw_win_device *device, const char *key,
	const char *inf, const char *package, const unsigned char rank[2])
{
	struct vw_win_driver *driver;

	if (device->n_drivers == VW_WIN_DRIVERS_MAX)
		return vw_win_doubt(
			db->win, device, "more than %d packages name %s", VW_WIN_DRIVERS_MAX, key);
	driver = vw_win_driver_add(device);
	if (!driver)
		return -ENOMEM;
	device->listed = true;
	driver->hive = db->hive->name;
	driver->compatible = rank[0] == 2;
	driver->feature = rank[1];
	driver->conditional = vw_win_id_conditional(key);
	driver->inf = strdup(inf);
	if (!driver->inf || asprintf(&driver->source, "%s\\DriverDatabase\\DeviceIds\\PCI\\%s",
				    db->hive->name, key) < 0) {
		driver->source = NULL;
		return -ENOMEM;
	}
	return package ? read_package(db, package, driver) : 0;
}

/* An INF that the id lists. 0 or -ENOMEM. */
static int add_inf(const struct database *db, struct vw_win_device *device, const char *key,
	int64_t node, const char *inf)
{
	size_t from = device->n_drivers;
	struct vw_names packages;
	unsigned char rank[16] = { 0, 0xff };
	int rc = vw_win_bytes(db->hive, node, inf, rank, sizeof(rank));

	if (rc == -ENOMEM)
		return rc;
	if (rc < 1 || (rank[0] != 1 && rank[0] != 2))
		return vw_win_doubt(db->win, device,
			"%s\\DriverDatabase\\DeviceIds\\PCI\\%s: the value of %s is malformed",
			db->hive->name, key, inf);
	rc = find_packages(db, device, inf, &packages);
	if (rc == 0 && packages.n == 0)
		rc = add_driver(db, device, key, inf, NULL, rank);
	for (size_t i = 0; rc == 0 && i < packages.n; i++)
		if (!known(device, from, packages.v[i]))
			rc = add_driver(db, device, key, inf, packages.v[i], rank);
	vw_names_free(&packages);
	return rc;
}

/* All INFs of an id below DeviceIds\PCI. 0 or -ENOMEM. */
static int add_id(
	const struct database *db, struct vw_win_device *device, int64_t pci, const char *key)
{
	struct vw_names infs = { 0 };
	int64_t node;
	int rc = db->hive->source->child(db->hive->data, pci, key, &node);

	if (rc == -ENOENT || rc == -ENOMEM)
		return rc == -ENOENT ? 0 : rc;
	if (rc == 0)
		rc = db->hive->source->values(db->hive->data, node, MAX_INFS, &infs);
	if (rc < 0 && rc != -ENOMEM)
		rc = vw_win_doubt(db->win, device,
			"%s\\DriverDatabase\\DeviceIds\\PCI\\%s cannot be read: %s", db->hive->name,
			key, strerror(-rc));
	for (size_t i = 0; rc == 0 && i < infs.n; i++)
		if (*infs.v[i])
			rc = add_inf(db, device, key, node, infs.v[i]);
	vw_names_free(&infs);
	return rc;
}

/* Ids with a subsystem, a revision or a class: nobody but the list of all of them knows what follows. 0 or -ENOMEM. */
static int add_longer_ids(
	struct database *db, struct vw_win_device *device, int64_t pci, const char *plain)
{
	vw_auto_free int64_t *nodes = NULL;
	size_t len = strlen(plain);
	int rc = 0;

	if (!db->ids_read)
		rc = db->hive->source->children(db->hive->data, pci, MAX_IDS, &db->ids, &nodes);
	db->ids_read = true;
	if (rc < 0)
		return rc == -ENOMEM
			       ? rc
			       : vw_win_doubt(db->win, NULL,
					 "%s\\DriverDatabase\\DeviceIds\\PCI cannot be listed: %s",
					 db->hive->name, strerror(-rc));
	for (size_t i = 0; rc == 0 && i < db->ids.n; i++)
		if (strncasecmp(db->ids.v[i], plain, len) == 0 && db->ids.v[i][len] == '&')
			rc = add_id(db, device, pci, db->ids.v[i]);
	return rc;
}

static int add_device(struct database *db, struct vw_win_device *device, int64_t pci)
{
	size_t before = device->n_drivers;
	char plain[32];
	int rc;

	snprintf(plain, sizeof(plain), "VEN_%04X&DEV_%04X", device->device->vendor,
		device->device->device);
	rc = add_id(db, device, pci, plain);
	if (rc < 0 || device->n_drivers > before)
		return rc;
	return add_longer_ids(db, device, pci, plain);
}

int vw_win_database(struct vw_win *win, const struct vw_win_hive *hive)
{
	struct database db = { .win = win, .hive = hive };
	int64_t pci;
	int rc = vw_win_key(hive, hive->root, "DriverDatabase", &db.root);

	if (rc == 0) {
		win->database = true;
		rc = vw_win_key(hive, db.root, "DeviceIds\\PCI", &pci);
	}
	if (rc == -ENOENT || rc == -ENOMEM)
		return rc == -ENOENT ? 0 : rc;
	if (rc < 0)
		return vw_win_doubt(win, NULL, "%s\\DriverDatabase cannot be read: %s", hive->name,
			strerror(-rc));
	for (size_t i = 0; rc == 0 && i < win->n_devices; i++)
		rc = add_device(&db, &win->devices[i], pci);
	vw_names_free(&db.ids);
	return rc;
}
