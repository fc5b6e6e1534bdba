/* SPDX-License-Identifier: GPL-2.0-or-later */
/* adapters: reads the table of network adapters. */
#include "adapters.h"

#include "cleanup.h"
#include "datadir.h"
#include "host.h"
#include "text.h"

#include <string.h>

#define TABLE_MAX (1U << 20)
#define COLUMNS   9

static bool read_id(const char *text, bool needed, uint16_t *id)
{
	uint64_t value;

	if (!needed && strcmp(text, "-") == 0)
		return true;
	if (strspn(text, "0123456789abcdef") != 4 || vw_text_u64(text, 16, UINT16_MAX, &value) < 0)
		return false;
	*id = (uint16_t)value;
	return true;
}

static bool read_text(const char *text, char *buf, size_t size)
{
	if (!*text || strlen(text) >= size)
		return false;
	strcpy(buf, strcmp(text, "-") == 0 ? "" : text);
	return true;
}

static bool read_vfs(const char *text, int *vfs)
{
	uint64_t value;

	*vfs = -1;
	if (strcmp(text, "-") == 0)
		return true;
	if (vw_text_u64(text, 10, UINT16_MAX, &value) < 0)
		return false;
	*vfs = (int)value;
	return true;
}

static bool read_limit(const char *text, enum vw_adapter_limit *limit)
{
	static const char *const words[] = { "-", "port", "device", "firmware" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(words); i++) {
		if (strcmp(text, words[i]) != 0)
			continue;
		*limit = (enum vw_adapter_limit)i;
		return true;
	}
	return false;
}

/* One line, which is changed. NULL, or the name of the column that is wrong. */
static const char *read_line(char *line, struct vw_adapter *adapter)
{
	char *columns[COLUMNS], *rest = line;
	size_t n = 0;

	for (; rest && n < COLUMNS; n++)
		columns[n] = strsep(&rest, "\t");
	if (n < COLUMNS || rest)
		return "number of columns";
	*adapter = (struct vw_adapter){ 0 };
	if (!read_id(columns[0], true, &adapter->vendor))
		return "vendor";
	if (!read_id(columns[1], true, &adapter->pf))
		return "pf";
	if (!read_id(columns[2], false, &adapter->vf))
		return "vf";
	if (!read_id(columns[3], false, &adapter->hyperv))
		return "hyperv";
	if (!read_text(columns[4], adapter->driver, sizeof(adapter->driver)))
		return "driver";
	if (!read_text(columns[5], adapter->family, sizeof(adapter->family)))
		return "family";
	if (!read_vfs(columns[6], &adapter->vfs))
		return "vfs";
	if (!read_limit(columns[7], &adapter->limit))
		return "limit";
	return read_text(columns[8], adapter->name, sizeof(adapter->name)) ? NULL : "name";
}

static int add(struct vw_adapters *adapters, const struct vw_adapter *adapter, struct vw_error *err)
{
	struct vw_adapter *v = reallocarray(adapters->v, adapters->n + 1, sizeof(*v));

	if (!v)
		return vw_error_set(err, ENOMEM, "out of memory");
	adapters->v = v;
	v[adapters->n++] = *adapter;
	return 0;
}

int vw_adapters_parse(struct vw_adapters *adapters, const char *text, const char *file,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto_free char *copy = strdup(text);
	char *rest = copy, *line;
	int rc = copy ? 0 : vw_error_set(err, ENOMEM, "out of memory");

	for (unsigned int number = 1; rc == 0 && (line = strsep(&rest, "\n")); number++) {
		struct vw_adapter adapter;
		const char *wrong;
		char where[512];

		if (!*line || *line == '#')
			continue;
		wrong = read_line(line, &adapter);
		if (!wrong && vw_adapters_find(adapters, adapter.vendor, adapter.pf))
			wrong = "pf (it is there twice)";
		if (!wrong) {
			rc = add(adapters, &adapter, err);
			continue;
		}
		snprintf(where, sizeof(where), "%s:%u", file, number);
		vw_finding_add(findings, VW_WARN, "adapter-table", where,
			"install vfward anew, or mend the line",
			"%s: the line is left out: wrong %s", where, wrong);
	}
	return rc;
}

int vw_adapters_load(
	struct vw_adapters *adapters, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_host_close) struct vw_host running = { .root_fd = -1 };
	vw_auto_free char *text = NULL;
	char file[512];
	size_t len;
	int rc = vw_host_open(&running, NULL, err);

	*adapters = (struct vw_adapters){ 0 };
	if (rc < 0)
		return rc;
	snprintf(file, sizeof(file), "%s/" VW_ADAPTERS_FILE, vw_datadir());
	rc = vw_host_slurpf(&running, TABLE_MAX, &text, &len, "%s", file);
	if (rc == 0)
		return vw_adapters_parse(adapters, text, file, findings, err);
	vw_finding_add(findings, VW_WARN, "adapter-table", file, "install vfward anew",
		"%s: the table of network adapters cannot be read: %s", file, strerror(-rc));
	return 0;
}

void vw_adapters_free(struct vw_adapters *adapters)
{
	free(adapters->v);
	*adapters = (struct vw_adapters){ 0 };
}

const struct vw_adapter *vw_adapters_find(
	const struct vw_adapters *adapters, unsigned int vendor, unsigned int device)
{
	for (size_t i = 0; i < adapters->n; i++)
		if (adapters->v[i].vendor == vendor && adapters->v[i].pf == device)
			return &adapters->v[i];
	return NULL;
}

const struct vw_adapter *vw_adapters_find_vf(
	const struct vw_adapters *adapters, unsigned int vendor, unsigned int device, bool *hyperv)
{
	for (size_t i = 0; i < adapters->n; i++) {
		const struct vw_adapter *adapter = &adapters->v[i];

		if (!device || adapter->vendor != vendor)
			continue;
		*hyperv = adapter->hyperv == device;
		if (*hyperv || adapter->vf == device)
			return adapter;
	}
	return NULL;
}
