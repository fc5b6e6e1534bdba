/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win_store: INF files: those of the driver store (System32\DriverStore\FileRepository) and the published ones (INF\oemN.inf). */
#include "win.h"

#include "cleanup.h"

#include <fnmatch.h>
#include <string.h>

#define REPOSITORY "System32/DriverStore/FileRepository"

/* Of all INF files that are read. An honest Windows has some dozens of vendors' packages. */
enum { MAX_FILES = 1024 };
#define MAX_BYTES (128U << 20)

static int too_many(struct vw_win *win)
{
	return vw_win_doubt(win, NULL, "there are more INF files than anybody should read");
}

/* Reads and parses one. 0, -ENOMEM, or -errno: it is there, and nobody can tell what it says. */
static int load(struct vw_win *win, const char *path, struct vw_inf **inf)
{
	vw_auto_free char *data = NULL;
	struct vw_error err;
	size_t len = 0;
	int rc;

	*inf = NULL;
	if (win->inf_files == MAX_FILES || win->inf_bytes > MAX_BYTES)
		return too_many(win) < 0 ? -ENOMEM : -E2BIG;
	rc = vw_host_slurpf(&win->guest->files, VW_INF_MAX, &data, &len, "%s", path);
	win->inf_files++;
	win->inf_bytes += rc == -EFBIG ? VW_INF_MAX : len;
	return rc < 0 ? rc : vw_inf_parse(data, len, inf, &err);
}

static int copy(char **field, const char *text)
{
	if (!text || *field)
		return 0;
	*field = strdup(text);
	return *field ? 0 : -ENOMEM;
}

/* What the INF says of the device goes into driver, where the database has not said it. 0 or -ENOMEM; *known: it names the device. */
static int apply_inf(const struct vw_win *win, struct vw_inf *inf,
	const struct vw_vf_device *device, struct vw_win_driver *driver, bool *known)
{
	struct vw_inf_match match = { .start = 3 };
	int rc = vw_inf_match(inf, &win->target, device->vendor, device->device, &match);

	if (rc == -ENOMEM)
		return rc;
	*known = rc != 0 || match.id;
	driver->fit = rc < 0 ? VW_WIN_OTHER_RELEASE : match.id ? VW_WIN_FITS : VW_WIN_CONTRADICTED;
	if (vw_inf_class_guid(inf))
		driver->class = vw_win_class_of(vw_inf_class_guid(inf));
	if (driver->fit == VW_WIN_FITS) {
		driver->conditional = vw_win_id_conditional(match.id);
		driver->compatible |= match.compatible;
		driver->needs = match.needs;
		if ((!match.service && !match.needs) || driver->class == VW_WIN_CLASS_EXTENSION)
			driver->fit = VW_WIN_NO_FUNCTION;
		driver->start = match.start;
		free(driver->service);
		driver->service = NULL;
	}
	if (!driver->date)
		vw_win_driver_date(driver, match.date);
	if (!driver->has_version && vw_win_version_parse(match.version, driver->version)) {
		driver->has_version = true;
		driver->version_source = "inf";
	}
	if (copy(&driver->service, match.service) < 0 || copy(&driver->binary, match.binary) < 0 ||
		copy(&driver->section, match.section) < 0 ||
		copy(&driver->provider, vw_inf_provider(inf)) < 0)
		return -ENOMEM;
	return 0;
}

/* "vxn65x64.inf" of "vxn65x64.inf_amd64_0123456789abcdef"; false: no package is called so. */
static bool package_inf(const char *package, char *name, size_t size)
{
	const char *end = strcasestr(package, ".inf_");
	int n;

	if (!end)
		return false;
	n = snprintf(name, size, "%.*s", (int)(end - package) + 4, package);
	return n > 0 && (size_t)n < size;
}

/* In its package; *path as vw_win_find. */
static int find_in_package(
	const struct vw_win *win, const struct vw_win_driver *driver, char **path)
{
	const struct vw_host *files = &win->guest->files;
	vw_auto_free char *dir = NULL, *package = NULL;
	const char *inf = driver->original;
	char name[256];
	int rc;

	if (!inf && package_inf(driver->package, name, sizeof(name)))
		inf = name;
	if (!inf)
		return -ENOENT;
	rc = vw_win_find(files, win->root, REPOSITORY, &dir);
	if (rc == 0)
		rc = vw_win_find(files, dir, driver->package, &package);
	return rc == 0 ? vw_win_find(files, package, inf, path) : rc;
}

/* Where the INF of a driver lies: in its package, else where it was published. 0 or -errno as vw_win_find. */
static int find_inf(const struct vw_win *win, struct vw_win_driver *driver)
{
	vw_auto_free char *dir = NULL;
	int rc = driver->package ? find_in_package(win, driver, &driver->path) : -ENOENT;

	driver->in_store = rc == 0;
	if (rc != -ENOENT && rc != -EINVAL)
		return rc;
	rc = vw_win_find(&win->guest->files, win->root, "INF", &dir);
	return rc == 0 ? vw_win_find(&win->guest->files, dir, driver->inf, &driver->path) : rc;
}

int vw_win_store_settle(
	struct vw_win *win, struct vw_win_device *device, struct vw_win_driver *driver)
{
	struct vw_inf *inf = NULL;
	bool known = false;
	int rc = find_inf(win, driver);

	driver->fit = VW_WIN_FITS_UNREAD;
	if (rc == -ENOENT || rc == -EINVAL)
		driver->fit = VW_WIN_GONE;
	if (rc == 0 && win->target.major && win->target.arch)
		rc = load(win, driver->path, &inf);
	if (inf)
		rc = apply_inf(win, inf, device->device, driver, &known);
	vw_inf_free(inf);
	if (driver->class == VW_WIN_CLASS_EXTENSION && driver->fit == VW_WIN_FITS_UNREAD)
		driver->fit = VW_WIN_NO_FUNCTION;
	if (win->target.arch && strcmp(win->target.arch, "x86") == 0)
		driver->no_signature = false; /* only 64-bit systems ask for one */
	return rc == -ENOMEM ? rc : 0;
}

/* A search of the INF files. Beside a database it is only for what is known by name: packages that Windows would not take, for the evidence. */
struct search {
	struct vw_win *win;
	bool beside;
	struct vw_names published; /* names in INF */
};

/* Is it an INF that a driver of this device is known to have? */
static bool known_stem(const struct vw_vf_device *device, const char *inf)
{
	char stem[256];
	size_t len = strlen(inf) - strlen(".inf");

	if (len >= sizeof(stem))
		return false;
	memcpy(stem, inf, len);
	stem[len] = '\0';
	for (char **glob = device->windows_infs; glob && *glob; glob++)
		if (fnmatch(*glob, stem, FNM_CASEFOLD) == 0)
			return true;
	return false;
}

static bool wanted_stem(const struct search *search, const char *inf)
{
	for (size_t d = 0; d < search->win->n_devices; d++) {
		const struct vw_win_device *device = &search->win->devices[d];

		if (!(search->beside && device->listed) && known_stem(device->device, inf))
			return true;
	}
	return false;
}

static bool is_inf(const char *name)
{
	size_t len = strlen(name);

	return len > strlen(".inf") && strcasecmp(name + len - strlen(".inf"), ".inf") == 0;
}

/* The published copy of the same INF, which has not got its package yet. */
static struct vw_win_driver *published_twin(
	struct vw_win_device *device, const struct vw_win_driver *driver)
{
	for (size_t i = 0; i < device->n_drivers; i++) {
		struct vw_win_driver *other = &device->drivers[i];

		if (other->inf && !other->package && other->fit == driver->fit &&
			other->date == driver->date &&
			memcmp(other->version, driver->version, sizeof(other->version)) == 0 &&
			vw_win_same(other->section, driver->section) &&
			(vw_win_same(other->service, driver->service) || !driver->service))
			return other;
	}
	return NULL;
}

static int add_package(
	struct search *search, struct vw_win_device *device, struct vw_win_driver *found)
{
	struct vw_win_driver *twin = found->package ? published_twin(device, found) : NULL;
	struct vw_win_driver *driver;

	if (twin) {
		twin->package = found->package;
		free(twin->path);
		twin->path = found->path;
		twin->in_store = true;
		found->package = found->path = NULL;
		return 0;
	}
	if (device->n_drivers == VW_WIN_DRIVERS_MAX)
		return vw_win_doubt(search->win, device, "more than %d INF files name the device",
			VW_WIN_DRIVERS_MAX);
	driver = vw_win_driver_add(device);
	if (!driver)
		return -ENOMEM;
	*driver = *found;
	*found = (struct vw_win_driver){ 0 };
	return 0;
}

/* Every device that the INF at path names gets it: a published one (name), or a package's. 0 or -ENOMEM. */
static int search_file(
	struct search *search, const char *path, const char *name, const char *package)
{
	struct vw_win *win = search->win;
	struct vw_inf *inf = NULL;
	int rc;

	rc = load(win, path, &inf);
	if (rc == -E2BIG)
		return 0;
	if (rc < 0)
		return rc == -ENOMEM ? rc
				     : vw_win_doubt(win, NULL, "%s cannot be read: %s", path,
					       strerror(-rc));
	for (size_t i = 0; rc == 0 && i < win->n_devices; i++) {
		struct vw_win_driver driver = { .start = 3, .feature = 0xff };
		bool known = false;

		if (search->beside && win->devices[i].listed)
			continue;
		rc = apply_inf(win, inf, win->devices[i].device, &driver, &known);
		driver.in_store = package != NULL;
		if (search->beside && driver.fit == VW_WIN_FITS && !driver.conditional)
			driver.fit = VW_WIN_UNLISTED;
		if (rc == 0 && known) {
			rc = copy(
				package ? &driver.package : &driver.inf, package ? package : name);
			if (rc == 0)
				rc = copy(&driver.path, path);
			if (rc == 0)
				rc = copy(&driver.source, path);
			if (rc == 0)
				rc = add_package(search, &win->devices[i], &driver);
		}
		vw_win_driver_clear(&driver);
	}
	vw_inf_free(inf);
	return rc;
}

static int search_published(struct search *search, const char *dir)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < search->published.n; i++) {
		const char *name = search->published.v[i];
		vw_auto_free char *path = NULL;

		if (!is_inf(name) ||
			(strncasecmp(name, "oem", 3) != 0 && !wanted_stem(search, name)))
			continue;
		if (asprintf(&path, "%s/%s", dir, name) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		rc = search_file(search, path, name, NULL);
	}
	return rc;
}

static int compare(const void *a, const void *b)
{
	return strcasecmp(*(char *const *)a, *(char *const *)b);
}

/* Packages of Windows itself are published under their own name; a vendor's is published as oemN.inf. */
static bool is_vendors(const struct search *search, const char *name)
{
	const struct vw_names *published = &search->published;

	return !published->n ||
	       !bsearch(&name, published->v, published->n, sizeof(*published->v), compare);
}

static int search_packages(struct search *search, const char *dir)
{
	struct vw_win *win = search->win;
	struct vw_names packages = { 0 };
	size_t looked = 0;
	int rc = vw_host_listf(&win->guest->files, &packages, "%s/", dir);

	if (rc < 0 && rc != -ENOMEM)
		return vw_win_doubt(win, NULL, "%s cannot be listed: %s", dir, strerror(-rc));
	for (size_t i = 0; rc == 0 && i < packages.n; i++) {
		vw_auto_free char *package = NULL, *path = NULL;
		char name[256];

		if (!package_inf(packages.v[i], name, sizeof(name)) ||
			!((!search->beside && is_vendors(search, name)) ||
				wanted_stem(search, name)))
			continue;
		if (looked++ == MAX_FILES) {
			rc = too_many(win);
			break;
		}
		rc = vw_win_find(&win->guest->files, dir, packages.v[i], &package);
		if (rc == 0)
			rc = vw_win_find(&win->guest->files, package, name, &path);
		if (rc == 0)
			rc = search_file(search, path, NULL, packages.v[i]);
		else if (rc == -ENOENT || rc == -EINVAL)
			rc = 0; /* a package without its INF is none */
		else if (rc != -ENOMEM)
			rc = vw_win_doubt(win, NULL, "%s/%s cannot be read: %s", dir, packages.v[i],
				strerror(-rc));
	}
	vw_names_free(&packages);
	return rc;
}

/* Packages come second: they complete what was published. */
int vw_win_store_search(struct vw_win *win, bool beside)
{
	struct search search = { .win = win, .beside = beside };
	vw_auto_free char *inf = NULL, *repository = NULL;
	int rc = vw_win_find(&win->guest->files, win->root, "INF", &inf);

	if (rc == 0 && !beside)
		rc = vw_host_listf(&win->guest->files, &search.published, "%s/", inf);
	if (search.published.n)
		qsort(search.published.v, search.published.n, sizeof(*search.published.v), compare);
	if (rc == 0 && !beside)
		rc = search_published(&search, inf);
	if (rc == 0 || rc == -ENOENT) {
		rc = vw_win_find(&win->guest->files, win->root, REPOSITORY, &repository);
		if (rc == 0)
			rc = search_packages(&search, repository);
	}
	vw_names_free(&search.published);
	if (rc == 0 || rc == -ENOENT || rc == -ENOMEM)
		return rc == -ENOMEM ? rc : 0;
	return vw_win_doubt(win, NULL, "the INF files cannot be listed: %s", strerror(-rc));
}

/* *path: the INF of a network driver for this release in this package, if it is one. 0 or -ENOMEM. */
static int network_inf(
	struct vw_win *win, const char *dir, const char *package, const char *name, char **path)
{
	vw_auto_free char *at = NULL, *found = NULL;
	struct vw_inf *inf = NULL;
	const char *guid;
	int rc = vw_win_find(&win->guest->files, dir, package, &at);

	if (rc == 0)
		rc = vw_win_find(&win->guest->files, at, name, &found);
	if (rc == 0)
		rc = load(win, found, &inf);
	guid = inf ? vw_inf_class_guid(inf) : NULL;
	if (guid && strcasecmp(guid, VW_WIN_NET_CLASS) == 0 && vw_inf_serves(inf, &win->target)) {
		*path = found;
		found = NULL;
	}
	vw_inf_free(inf);
	return rc == -ENOMEM ? rc : 0;
}

/* It names the child that the bus driver makes, no PCI device, so that only the name of its INF is known. */
static int find_companion(struct vw_win *win, const struct vw_vf_device *device, char **path)
{
	vw_auto_free char *dir = NULL;
	struct vw_names packages = { 0 };
	int rc = vw_win_find(&win->guest->files, win->root, REPOSITORY, &dir);

	if (rc == 0)
		rc = vw_host_listf(&win->guest->files, &packages, "%s/", dir);
	for (size_t i = 0; rc == 0 && !*path && i < packages.n; i++) {
		char name[256];

		if (package_inf(packages.v[i], name, sizeof(name)) && known_stem(device, name))
			rc = network_inf(win, dir, packages.v[i], name, path);
	}
	vw_names_free(&packages);
	return rc == -ENOMEM ? rc : 0;
}

int vw_win_store_companions(struct vw_win *win, struct vw_win_device *device)
{
	vw_auto_free char *path = NULL;
	bool looked = false;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < device->n_drivers; i++) {
		struct vw_win_driver *driver = &device->drivers[i];

		if (driver->class != VW_WIN_CLASS_OTHER || driver->fit > VW_WIN_FITS_UNREAD)
			continue;
		if (!looked)
			rc = find_companion(win, device->device, &path);
		looked = true;
		if (rc == 0)
			rc = copy(&driver->companion, path);
	}
	return rc;
}
