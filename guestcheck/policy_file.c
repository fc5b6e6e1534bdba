/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy_file: one file of devices and rules, section by section. */
#include "policy_priv.h"

#include "cleanup.h"

#include <ctype.h>
#include <string.h>

#define NAME_MAX_BYTES 63
#define SECTIONS_MAX   (VW_POLICY_DEVICES_MAX + VW_POLICY_RULES_MAX)

/* After which nothing of the section is kept in the file. */
static void drop_section(struct vw_policy_file *file)
{
	vw_policy_words_free(&file->ids);
	vw_policy_device_free(&file->device);
	vw_policy_rule_free(&file->rule);
	free(file->releases);
	file->releases = NULL;
	file->kind = VW_SECTION_NONE;
}

static const struct vw_policy_key *keys_of(const struct vw_policy_file *file)
{
	return file->kind == VW_SECTION_DEVICE ? vw_policy_device_keys : vw_policy_rule_keys;
}

/* Is there a key that the section needs and does not have? A rule that is off only says so. */
static const char *missing_key(const struct vw_policy_file *file)
{
	const struct vw_policy_key *keys = keys_of(file);
	bool off = false;

	for (unsigned int i = 0; keys[i].name; i++)
		if (strcmp(keys[i].name, "effect") == 0 && file->keys & (1U << i))
			off = file->rule.effect == VW_EFFECT_OFF;
	for (unsigned int i = 0; keys[i].name && !off; i++)
		if (keys[i].needed && !(file->keys & (1U << i)))
			return keys[i].name;
	return NULL;
}

static char **copy_words(char **words)
{
	size_t n = 0;
	char **copy;

	while (words && words[n])
		n++;
	copy = calloc(n + 1, sizeof(*copy));
	for (size_t i = 0; copy && i < n; i++) {
		copy[i] = strdup(words[i]);
		if (!copy[i]) {
			vw_policy_words_free(&copy);
			copy = NULL;
		}
	}
	return copy;
}

/* A copy of the section's device under an id, in the place of an earlier one. 0 or -ENOMEM. */
static int put_device(struct vw_policy_file *file, uint16_t vendor, uint16_t id)
{
	struct vw_devices *devices = &file->policy->devices;
	struct vw_vf_device *v, *place = NULL, device = file->device;

	device.vendor = vendor;
	device.device = id;
	device.name = strdup(file->device.name);
	device.families = copy_words(file->device.families);
	device.linux_modules = copy_words(file->device.linux_modules);
	device.windows_services = copy_words(file->device.windows_services);
	device.windows_infs = copy_words(file->device.windows_infs);
	for (size_t i = 0; i < devices->n; i++)
		if (devices->v[i].vendor == vendor && devices->v[i].device == id)
			place = &devices->v[i];
	if (place) {
		vw_policy_device_free(place);
	} else {
		v = reallocarray(devices->v, devices->n + 1, sizeof(*v));
		if (v) {
			devices->v = v;
			place = &v[devices->n++];
		}
	}
	if (!place) {
		vw_policy_device_free(&device);
		return -ENOMEM;
	}
	*place = device;
	return device.name && device.families && device.linux_modules && device.windows_services &&
			       device.windows_infs
		       ? 0
		       : -ENOMEM;
}

static int put_devices(struct vw_policy_file *file)
{
	int rc = 0;

	for (char **id = file->ids; rc == 0 && *id; id++) {
		uint16_t vendor, device;

		if (vw_policy_device_id(*id, &vendor, &device))
			rc = put_device(file, vendor, device);
	}
	return rc;
}

/* Hands the section's rule over. 0 or -ENOMEM. */
static int put_rule(struct vw_policy_file *file)
{
	struct vw_policy *policy = file->policy;
	struct vw_policy_rule *v, *place = NULL;

	for (size_t i = 0; i < policy->n_rules; i++)
		if (strcmp(policy->rules[i].name, file->rule.name) == 0)
			place = &policy->rules[i];
	if (place) {
		vw_policy_rule_free(place);
	} else {
		v = reallocarray(policy->rules, policy->n_rules + 1, sizeof(*v));
		if (!v)
			return -ENOMEM;
		policy->rules = v;
		place = &v[policy->n_rules++];
	}
	*place = file->rule;
	file->rule = (struct vw_policy_rule){ 0 };
	return 0;
}

/* The section has ended: one with a mistake goes. */
static void close_section(struct vw_policy_file *file)
{
	struct vw_ini *ini = &file->ini;
	unsigned int line = ini->line;
	const char *missing;

	if (file->kind == VW_SECTION_NONE)
		return;
	missing = missing_key(file);
	if (missing && ini->mistakes == file->mistakes) {
		ini->line = file->line;
		vw_ini_mistake(ini, NULL, "the section has no \"%s = ...\"", missing);
		ini->line = line;
	}
	if (file->kind == VW_SECTION_RULE)
		vw_policy_rule_check(file);
	if (ini->rc == 0 && ini->mistakes == file->mistakes)
		ini->rc = file->kind == VW_SECTION_DEVICE ? put_devices(file) : put_rule(file);
	drop_section(file);
}

/* Is "device ID" or "rule NAME" in this file for the first time? Else it is a mistake. */
static bool is_new(struct vw_policy_file *file, const char *kind, const char *name)
{
	char section[128];

	snprintf(section, sizeof(section), "%s %s", kind, name);
	if (file->seen.n >= SECTIONS_MAX || file->policy->devices.n >= VW_POLICY_DEVICES_MAX ||
		file->policy->n_rules >= VW_POLICY_RULES_MAX) {
		vw_ini_mistake(&file->ini, NULL, "more than %d devices or %d rules",
			VW_POLICY_DEVICES_MAX, VW_POLICY_RULES_MAX);
		return false;
	}
	for (size_t i = 0; i < file->seen.n; i++) {
		if (strcmp(file->seen.v[i], section) == 0) {
			vw_ini_mistake(&file->ini, NULL, "[%s] is in this file already", section);
			return false;
		}
	}
	if (vw_names_add(&file->seen, section) < 0)
		file->ini.rc = -ENOMEM;
	return file->ini.rc == 0;
}

static bool open_device(struct vw_policy_file *file, const char *ids)
{
	uint16_t vendor, device;
	bool fine = true;

	file->ids = vw_policy_words(ids);
	if (!file->ids) {
		file->ini.rc = -ENOMEM;
		return false;
	}
	if (!*file->ids)
		vw_ini_mistake(&file->ini, NULL, "[device] names no device");
	for (char **id = file->ids; *id; id++) {
		if (!vw_policy_device_id(*id, &vendor, &device)) {
			vw_ini_mistake(&file->ini,
				"write VENDOR:DEVICE, four lower-case hex digits each",
				"\"%s\" is no PCI id", *id);
			fine = false;
		} else if (!is_new(file, "device", *id)) {
			fine = false;
		}
	}
	file->kind = VW_SECTION_DEVICE;
	return fine && *file->ids;
}

static bool is_rule_name(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("-_.", name[i]))
			return false;
	return len > 0 && len <= NAME_MAX_BYTES;
}

static bool open_rule(struct vw_policy_file *file, const char *name)
{
	if (!is_rule_name(name)) {
		vw_ini_mistake(&file->ini, "use 1 to 63 letters, digits and . _ -",
			"\"%s\" cannot be a rule's name", name);
		return false;
	}
	file->rule = (struct vw_policy_rule){ .name = strdup(name),
		.file = strdup(file->ini.path),
		.line = file->ini.line,
		.server = -1,
		.confidence = VW_CONFIDENCE_HIGH };
	if (!file->rule.name || !file->rule.file)
		file->ini.rc = -ENOMEM;
	file->kind = VW_SECTION_RULE;
	return is_new(file, "rule", name);
}

static void handle_section(struct vw_ini *ini, const char *section)
{
	struct vw_policy_file *file = (struct vw_policy_file *)ini;
	size_t kind = strcspn(section, " \t"), blanks = strspn(section + kind, " \t");
	const char *name = section + kind + blanks;
	bool fine = false;

	close_section(file);
	file->line = ini->line;
	file->keys = 0;
	file->mistakes = ini->mistakes;
	if (kind == strlen("device") && strncmp(section, "device", kind) == 0)
		fine = open_device(file, name);
	else if (kind == strlen("rule") && strncmp(section, "rule", kind) == 0)
		fine = open_rule(file, name);
	else
		vw_ini_mistake(ini, "known: [device VENDOR:DEVICE], [rule NAME]",
			"unknown section [%s]", section);
	ini->section_bad = !fine;
	if (!fine)
		drop_section(file);
}

static void handle_pair(struct vw_ini *ini, const char *name, const char *value)
{
	struct vw_policy_file *file = (struct vw_policy_file *)ini;
	const struct vw_policy_key *keys = keys_of(file);

	if (file->kind == VW_SECTION_NONE) {
		vw_ini_mistake(ini, "put [device VENDOR:DEVICE] or [rule NAME] before it",
			"\"%s\" stands before the first section", name);
		return;
	}
	for (unsigned int i = 0; keys[i].name; i++) {
		if (strcmp(keys[i].name, name) != 0)
			continue;
		if (file->keys & (1U << i))
			vw_ini_mistake(ini, NULL, "%s is set in this section already", name);
		file->keys |= 1U << i;
		keys[i].set(file, value);
		return;
	}
	vw_ini_mistake(ini,
		file->kind == VW_SECTION_DEVICE
			? "vfward-guestcheck.conf(5) lists the keys of a device"
			: "vfward-guestcheck.conf(5) lists the keys of a rule",
		"unknown key \"%s\"", name);
}

static struct vw_policy_file start(
	struct vw_policy *policy, const char *path, struct vw_findings *findings)
{
	return (struct vw_policy_file){ .ini = { .path = path,
						.id = "guest-policy-invalid",
						.findings = findings,
						.section = handle_section,
						.pair = handle_pair },
		.policy = policy };
}

static int finish(struct vw_policy_file *file, int rc)
{
	close_section(file);
	vw_names_free(&file->seen);
	return rc == 0 && file->ini.rc == 0 && !file->ini.findings->lost ? 0 : -ENOMEM;
}

int vw_policy_read(const struct vw_host *host, const char *path, struct vw_policy *policy,
	struct vw_findings *findings)
{
	struct vw_policy_file file = start(policy, path, findings);

	return finish(&file, vw_ini_load(&file.ini, host));
}

int vw_policy_parse(const char *text, size_t len, const char *path, struct vw_policy *policy,
	struct vw_findings *findings)
{
	struct vw_policy_file file = start(policy, path, findings);

	return finish(&file, vw_ini_parse(&file.ini, text, len));
}
