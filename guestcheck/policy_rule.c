/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy_rule: the keys of a section [rule NAME]. */
#include "policy_priv.h"

#include "cleanup.h"

#include <stdarg.h>
#include <string.h>

void vw_policy_rule_free(struct vw_policy_rule *rule)
{
	free(rule->name);
	free(rule->file);
	vw_policy_words_free(&rule->devices);
	for (size_t i = 0; i < rule->n_releases; i++)
		free(rule->releases[i].distro);
	free(rule->releases);
	vw_policy_words_free(&rule->drivers);
	vw_policy_words_free(&rule->paths);
	free(rule->note);
	free(rule->remedy);
	free(rule->source);
	*rule = (struct vw_policy_rule){ 0 };
}

static void set_text(struct vw_policy_file *file, char **text, const char *value)
{
	if (!*value)
		vw_ini_mistake(&file->ini, NULL, "there is no text");
	free(*text);
	*text = strdup(value);
	if (!*text)
		file->ini.rc = -ENOMEM;
}

static void set_words(struct vw_policy_file *file, char ***words, const char *value)
{
	vw_policy_words_free(words);
	*words = vw_policy_words(value);
	if (!*words)
		file->ini.rc = -ENOMEM;
	else if (!**words)
		vw_ini_mistake(
			&file->ini, "leave the key out if it is to mean all", "the list is empty");
}

/* The index of a word in a list that ends with NULL; 0 and a mistake where it is not in it. */
static unsigned int choose(
	struct vw_policy_file *file, const char *value, const char *const *words, const char *all)
{
	char remedy[128];

	for (unsigned int i = 0; words[i]; i++)
		if (strcmp(words[i], value) == 0)
			return i;
	snprintf(remedy, sizeof(remedy), "possible: %s", all);
	vw_ini_mistake(&file->ini, remedy, "\"%s\" is not possible here", value);
	return 0;
}

static void set_devices(struct vw_policy_file *file, const char *value)
{
	uint16_t vendor, device;

	set_words(file, &file->rule.devices, value);
	for (char **word = file->rule.devices; word && *word; word++)
		if (strchr(*word, ':') && !vw_policy_device_id(*word, &vendor, &device))
			vw_ini_mistake(&file->ini,
				"write VENDOR:DEVICE, four lower-case hex digits each",
				"\"%s\" is no PCI id", *word);
}

static void set_system(struct vw_policy_file *file, const char *value)
{
	static const char *const words[] = { "linux", "windows", NULL };

	file->rule.windows = choose(file, value, words, "linux, windows") == 1;
}

static void set_releases(struct vw_policy_file *file, const char *value)
{
	set_text(file, &file->releases, value);
	file->releases_line = file->ini.line;
}

static void set_server(struct vw_policy_file *file, const char *value)
{
	static const char *const words[] = { "no", "yes", NULL };

	file->rule.server = (int)choose(file, value, words, "yes, no");
}

static void set_driver(struct vw_policy_file *file, const char *value)
{
	set_words(file, &file->rule.drivers, value);
	file->rule.no_driver = strcmp(value, "none") == 0;
	for (char **word = file->rule.drivers; word && *word; word++)
		if (!file->rule.no_driver && strcmp(*word, "none") == 0)
			vw_ini_mistake(
				&file->ini, "make a rule of its own for it", "none stands alone");
}

static void set_path(struct vw_policy_file *file, const char *value)
{
	set_words(file, &file->rule.paths, value);
}

static void set_version(struct vw_policy_file *file, struct vw_version *version, const char *value)
{
	if (!vw_policy_version_parse(value, version))
		vw_ini_mistake(&file->ini, "write up to eight numbers: 4.18.0-305",
			"\"%s\" is no version", value);
}

static void set_driver_below(struct vw_policy_file *file, const char *value)
{
	set_version(file, &file->rule.driver_below, value);
}

static void set_kernel_below(struct vw_policy_file *file, const char *value)
{
	set_version(file, &file->rule.kernel_below, value);
}

static void set_unknown_version(struct vw_policy_file *file, const char *value)
{
	static const char *const words[] = { "info", "fail", NULL };

	file->rule.unknown_fails = choose(file, value, words, "info, fail") == 1;
}

static void set_effect(struct vw_policy_file *file, const char *value)
{
	static const char *const words[] = { "off", "info", "warn", "fail", NULL };

	file->rule.effect =
		(enum vw_effect)choose(file, value, words, "fail, warn, info, off (no rule)");
}

static void set_note(struct vw_policy_file *file, const char *value)
{
	set_text(file, &file->rule.note, value);
}

static void set_remedy(struct vw_policy_file *file, const char *value)
{
	set_text(file, &file->rule.remedy, value);
}

static void set_source(struct vw_policy_file *file, const char *value)
{
	set_text(file, &file->rule.source, value);
}

static void set_confidence(struct vw_policy_file *file, const char *value)
{
	static const char *const words[] = { "low", "medium", "high", NULL };

	file->rule.confidence = (enum vw_confidence)choose(file, value, words, "low, medium, high");
}

const struct vw_policy_key vw_policy_rule_keys[] = {
	{ "devices", set_devices, true },
	{ "system", set_system, true },
	{ "releases", set_releases, false },
	{ "server", set_server, false },
	{ "driver", set_driver, false },
	{ "path", set_path, false },
	{ "driver-below", set_driver_below, false },
	{ "kernel-below", set_kernel_below, false },
	{ "unknown-version", set_unknown_version, false },
	{ "effect", set_effect, true },
	{ "note", set_note, true },
	{ "remedy", set_remedy, false },
	{ "source", set_source, false },
	{ "confidence", set_confidence, false },
	{ 0 },
};

/* "2019" is a product, no NT version, and would be none for ever. */
#define NT_MAJOR_MAX 99

/* One word of releases: RANGE on Windows, DISTRO or DISTRO:RANGE on Linux. False: it is none. */
static bool read_release(struct vw_policy_file *file, const char *word, struct vw_release *release)
{
	const char *colon = strchr(word, ':'), *range = file->rule.windows ? word : NULL;

	*release = (struct vw_release){ 0 };
	if (!file->rule.windows) {
		size_t len = colon ? (size_t)(colon - word) : strlen(word);

		/* as os-release(5) has them */
		if (!len || strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789._-") != len)
			return false;
		range = colon ? colon + 1 : NULL;
		release->distro = strndup(word, len);
		if (!release->distro)
			file->ini.rc = -ENOMEM;
	}
	release->versions = range != NULL;
	if (range && !vw_version_range_parse(range, &release->range))
		return false;
	return !file->rule.windows ||
	       (release->range.from.v[0] <= NT_MAJOR_MAX && release->range.to.v[0] <= NT_MAJOR_MAX);
}

static void read_releases(struct vw_policy_file *file)
{
	vw_auto(vw_policy_words_free) char **words = vw_policy_words(file->releases);
	struct vw_policy_rule *rule = &file->rule;
	size_t n = 0;

	while (words && words[n])
		n++;
	rule->releases = calloc(n + 1, sizeof(*rule->releases));
	if (!words || !rule->releases) {
		file->ini.rc = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (!read_release(file, words[i], &rule->releases[rule->n_releases++]))
			vw_ini_mistake(&file->ini,
				rule->windows
					? "write NT versions: 6.1, 6.2-6.3, 10.0.17763-"
					: "write ID or ID:VERSIONS: debian, rhel:8-9.2, sles:-11",
				"\"%s\" is no release of a %s system", words[i],
				rule->windows ? "Windows" : "Linux");
}

void vw_policy_rule_check(struct vw_policy_file *file)
{
	struct vw_policy_rule *rule = &file->rule;
	unsigned int line = file->ini.line;

	if (file->releases) {
		file->ini.line = file->releases_line;
		read_releases(file);
	}
	file->ini.line = file->line;
	if (rule->windows && rule->kernel_below.n)
		vw_ini_mistake(&file->ini, NULL, "kernel-below is for Linux systems");
	if (!rule->windows && rule->server >= 0)
		vw_ini_mistake(&file->ini, NULL, "server is for Windows systems");
	if (rule->no_driver && (rule->driver_below.n || rule->paths))
		vw_ini_mistake(&file->ini, NULL,
			"where there is no driver it has neither a version nor a path");
	if (rule->unknown_fails && !rule->driver_below.n)
		vw_ini_mistake(&file->ini, NULL, "unknown-version is for driver-below");
	if (rule->remedy && rule->effect == VW_EFFECT_INFO)
		vw_ini_mistake(
			&file->ini, "put it into the note", "what only informs has no remedy");
	file->ini.line = line;
}
