/* SPDX-License-Identifier: GPL-2.0-or-later */
/* devices: the table of VF devices, and the keys of its sections. */
#include "policy_priv.h"

#include "cleanup.h"
#include "text.h"

#include <string.h>
#include <strings.h>

bool vw_device_id_parse(const char *text, uint16_t *vendor, uint16_t *device)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	uint64_t ids[2];
	char part[5];

	if (strspn(text, hex) != 4 || text[4] != ':' || strspn(text + 5, hex) != 4 || text[9])
		return false;
	for (int i = 0; i < 2; i++) {
		snprintf(part, sizeof(part), "%.4s", text + i * 5);
		if (vw_text_u64(part, 16, UINT16_MAX, &ids[i]) < 0)
			return false;
	}
	*vendor = (uint16_t)ids[0];
	*device = (uint16_t)ids[1];
	return true;
}

bool vw_policy_device_id(const char *text, uint16_t *vendor, uint16_t *device)
{
	return !strpbrk(text, "ABCDEF") && vw_device_id_parse(text, vendor, device);
}

void vw_policy_words_free(char ***words)
{
	for (size_t i = 0; *words && (*words)[i]; i++)
		free((*words)[i]);
	free(*words);
	*words = NULL;
}

char **vw_policy_words(const char *text)
{
	static const char blanks[] = " \t";
	char **words = calloc(1, sizeof(*words));
	size_t n = 0, len;

	for (text += strspn(text, blanks); words && *text; text += strspn(text, blanks)) {
		char **more = reallocarray(words, n + 2, sizeof(*words));

		len = strcspn(text, blanks);
		if (more) {
			words = more;
			words[n] = strndup(text, len);
			words[n + 1] = NULL;
		}
		if (!more || !words[n++]) {
			vw_policy_words_free(&words);
			return NULL;
		}
		text += len;
	}
	return words;
}

void vw_policy_device_free(struct vw_vf_device *device)
{
	free(device->name);
	vw_policy_words_free(&device->families);
	vw_policy_words_free(&device->linux_modules);
	vw_policy_words_free(&device->windows_services);
	vw_policy_words_free(&device->windows_infs);
	*device = (struct vw_vf_device){ 0 };
}

void vw_devices_free(struct vw_devices *devices)
{
	for (size_t i = 0; i < devices->n; i++)
		vw_policy_device_free(&devices->v[i]);
	free(devices->v);
	*devices = (struct vw_devices){ 0 };
}

const struct vw_vf_device *vw_devices_find(
	const struct vw_devices *devices, unsigned int vendor, unsigned int device)
{
	for (size_t i = 0; i < devices->n; i++)
		if (devices->v[i].vendor == vendor && devices->v[i].device == device)
			return &devices->v[i];
	return NULL;
}

bool vw_device_in_family(const struct vw_vf_device *device, const char *family)
{
	for (char **word = device->families; *word; word++)
		if (strcasecmp(*word, family) == 0)
			return true;
	return false;
}

static void set_words(struct vw_policy_file *file, char ***words, const char *value)
{
	vw_policy_words_free(words);
	*words = vw_policy_words(value);
	if (!*words)
		file->ini.rc = -ENOMEM;
}

static void set_flag(struct vw_policy_file *file, bool *flag, const char *value)
{
	*flag = strcmp(value, "yes") == 0;
	if (!*flag && strcmp(value, "no") != 0)
		vw_ini_mistake(&file->ini, "possible: yes, no", "\"%s\" is neither", value);
}

static void set_name(struct vw_policy_file *file, const char *value)
{
	if (!*value)
		vw_ini_mistake(&file->ini, NULL, "the name is empty");
	free(file->device.name);
	file->device.name = strdup(value);
	if (!file->device.name)
		file->ini.rc = -ENOMEM;
}

/* An id would be taken for one where a family is meant. */
static void set_families(struct vw_policy_file *file, const char *value)
{
	if (strchr(value, ':'))
		vw_ini_mistake(&file->ini, NULL, "a family has no colon: \"%s\"", value);
	set_words(file, &file->device.families, value);
}

/* The kernel knows modules by names with "_", whatever their files are called (modprobe.d(5)). */
static void set_linux(struct vw_policy_file *file, const char *value)
{
	set_words(file, &file->device.linux_modules, value);
	for (char **word = file->device.linux_modules; word && *word; word++)
		for (char *c = *word; (c = strchr(c, '-'));)
			*c = '_';
}

static void set_windows(struct vw_policy_file *file, const char *value)
{
	set_words(file, &file->device.windows_services, value);
}

static void set_windows_inf(struct vw_policy_file *file, const char *value)
{
	set_words(file, &file->device.windows_infs, value);
	for (char **word = file->device.windows_infs; word && *word; word++) {
		size_t len = strlen(*word);

		if (len >= 4 && strcasecmp(*word + len - 4, ".inf") == 0)
			vw_ini_mistake(
				&file->ini, "leave \".inf\" out", "\"%s\" is no stem", *word);
	}
}

static void set_hyperv(struct vw_policy_file *file, const char *value)
{
	set_flag(file, &file->device.hyperv, value);
}

static void set_default(struct vw_policy_file *file, const char *value)
{
	set_flag(file, &file->device.default_set, value);
}

static void set_shared_module(struct vw_policy_file *file, const char *value)
{
	set_flag(file, &file->device.shared_module, value);
}

const struct vw_policy_key vw_policy_device_keys[] = {
	{ "name", set_name, true },
	{ "families", set_families, false },
	{ "linux", set_linux, false },
	{ "windows", set_windows, false },
	{ "windows-inf", set_windows_inf, false },
	{ "hyperv", set_hyperv, false },
	{ "default", set_default, false },
	{ "shared-module", set_shared_module, false },
	{ 0 },
};
