/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_libvirt: what libvirt, sriov-cni and vfward itself keep in files. */
#include "recorder.h"

#include "cleanup.h"
#include "domain_xml.h"
#include "text.h"

#include <string.h>
#include <time.h>

#define STATUS   "/run/libvirt/qemu"
#define NETWORKS "/run/libvirt/network"
#define CNI      "/var/lib/cni/sriov/pci"
#define REGISTRY "/run/vfward/registry.db"

#define REGISTRY_MAX   (64U << 20)
#define REGISTRY_TRIES 20

static bool ends_with(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && strcmp(name + n - m, suffix) == 0;
}

static void left_out(struct vw_recorder *recorder, const char *file, const char *why)
{
	vw_finding_add(recorder->findings, VW_WARN, "record-incomplete", file, NULL,
		"%s is not in the record: %s", file, why);
}

/* dir/name, reduced. */
static int record_status(
	struct vw_recorder *recorder, const char *dir, const char *name, struct vw_error *err)
{
	vw_auto_free char *xml = NULL, *reduced = NULL;
	size_t len = 0, reduced_len = 0;
	struct vw_error why = { 0 };
	int rc = vw_host_slurpf(recorder->from, VW_DOMAIN_XML_MAX, &xml, &len, "%s/%s", dir, name);

	if (rc == -ENOENT)
		return 0;
	if (rc < 0) {
		left_out(recorder, name, strerror(-rc));
		return 0;
	}
	rc = vw_record_reduce(xml, len, &reduced, &reduced_len, &why);
	if (rc == -ENOMEM)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (rc) {
		left_out(recorder, name, why.msg);
		return 0;
	}
	return vw_record_data(recorder, reduced, reduced_len, err, "%s/%s", dir, name);
}

/* Of the domains that run, or the networks that are active. */
static int record_statuses(struct vw_recorder *recorder, const char *dir, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = 0;

	vw_host_listf(recorder->from, &names, "%s", dir);
	for (size_t i = 0; i < names.n && !rc; i++)
		if (ends_with(names.v[i], ".xml"))
			rc = record_status(recorder, dir, names.v[i], err);
	return rc;
}

/* A network namespace is worth its name only; whether it exists is what vfward asks. */
static int record_cni(struct vw_recorder *recorder, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	char netns[256];
	int rc = 0;

	vw_host_listf(recorder->from, &names, CNI);
	for (size_t i = 0; i < names.n && !rc; i++) {
		if (vw_host_readf(recorder->from, netns, sizeof(netns), CNI "/%s", names.v[i]) <= 0)
			continue;
		rc = vw_record_data(recorder, netns, strlen(netns), err, CNI "/%s", names.v[i]);
		if (!rc && netns[0] == '/' && vw_host_existsf(recorder->from, "%s", netns))
			rc = vw_record_data(recorder, "", 0, err, "%s", netns);
	}
	return rc;
}

/* SQLite changes the file only while its journal exists, and a change in between shows as different bytes. So: no
 * journal, read, read again the same, still no journal. */
static bool read_registry(const struct vw_host *host, char **data, size_t *len)
{
	vw_auto_free char *again = NULL;
	size_t again_len = 0;

	if (vw_host_existsf(host, REGISTRY "-journal") ||
		vw_host_slurpf(host, REGISTRY_MAX, data, len, REGISTRY) < 0)
		return false;
	if (vw_host_slurpf(host, REGISTRY_MAX, &again, &again_len, REGISTRY) >= 0 &&
		again_len == *len && memcmp(again, *data, *len) == 0 &&
		!vw_host_existsf(host, REGISTRY "-journal"))
		return true;
	free(*data);
	*data = NULL;
	return false;
}

static int record_registry(struct vw_recorder *recorder, struct vw_error *err)
{
	struct timespec pause = { .tv_nsec = 50L * 1000 * 1000 };
	vw_auto_free char *data = NULL;
	size_t len = 0;
	int rc;

	if (!vw_host_existsf(recorder->from, REGISTRY))
		return 0;
	for (int i = 0; i < REGISTRY_TRIES && !data; i++)
		if (!read_registry(recorder->from, &data, &len))
			nanosleep(&pause, NULL);
	if (!data) {
		left_out(recorder, REGISTRY, "it cannot be read, or it changes all the time");
		return 0;
	}
	rc = vw_host_mkdirf(&recorder->to, 0700, "/run/vfward");
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot write /run/vfward of the record");
	return vw_record_data(recorder, data, len, err, REGISTRY);
}

static int record_config(struct vw_recorder *recorder, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = vw_record_file(recorder, err, "/etc/vfward/vfward.conf");

	vw_host_listf(recorder->from, &names, "/etc/vfward/vfward.conf.d");
	for (size_t i = 0; i < names.n && !rc; i++)
		if (ends_with(names.v[i], ".conf"))
			rc = vw_record_file(
				recorder, err, "/etc/vfward/vfward.conf.d/%s", names.v[i]);
	return rc;
}

int vw_record_libvirt(struct vw_recorder *recorder, struct vw_error *err)
{
	int rc = record_statuses(recorder, STATUS, err);

	if (!rc)
		rc = record_statuses(recorder, NETWORKS, err);
	if (!rc)
		rc = record_cni(recorder, err);
	if (!rc)
		rc = record_registry(recorder, err);
	return rc ? rc : record_config(recorder, err);
}
