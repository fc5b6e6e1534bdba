/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_text: an image, its systems, a line for each device. All texts of guests are escaped here; findings are escaped already. */
#include "report_text.h"

#include "cleanup.h"
#include "report.h"
#include "result_json.h"
#include "text.h"

#include <ctype.h>
#include <string.h>

/* One text of a guest at a time: the longest that is shown. */
#define TEXT_MAX 1024

struct report {
	const struct vw_output *output;
	FILE *out;
	char text[4][TEXT_MAX]; /* of the strings of one fprintf */
};

/* Text `slot` of a line; "" where there is none. */
static const char *shown(struct report *report, int slot, const char *text)
{
	return vw_text_escape(report->text[slot], TEXT_MAX, text ? text : "");
}

static bool is_pass(struct json_object *object)
{
	const char *verdict = vw_json_string(object, "verdict");

	return verdict && strcmp(verdict, "pass") == 0;
}

static enum vw_style style_of(const char *verdict)
{
	if (strcmp(verdict, "pass") == 0)
		return VW_STYLE_GREEN;
	return strcmp(verdict, "undetermined") == 0 ? VW_STYLE_YELLOW : VW_STYLE_RED;
}

/* The verdict in capitals, in its colour. */
static void put_word(struct report *report, struct json_object *object)
{
	const char *verdict = vw_json_string(object, "verdict");
	char word[32] = "";

	for (size_t i = 0; verdict && verdict[i] && i < sizeof(word) - 1; i++)
		word[i] = (char)toupper((unsigned char)verdict[i]);
	fprintf(report->out, "%s%s%s",
		vw_style_on(report->output, style_of(verdict ? verdict : "")), word,
		vw_style_off(report->output, style_of(verdict ? verdict : "")));
}

/* Do all of an array's elements with a verdict pass? */
static bool all_pass(struct json_object *array)
{
	for (size_t i = 0; i < vw_json_length(array); i++)
		if (!is_pass(json_object_array_get_idx(array, i)))
			return false;
	return true;
}

static void put_evidence(struct report *report, struct json_object *check, const char *indent)
{
	struct json_object *evidence = vw_json_get(check, "evidence");

	for (size_t i = 0; report->output->verbosity > 0 && i < vw_json_length(evidence); i++)
		fprintf(report->out, "%s%s\n", indent,
			shown(report, 0,
				json_object_get_string(json_object_array_get_idx(evidence, i))));
}

/* Only what is less than certain is worth a word. */
static void put_confidence(struct report *report, struct json_object *check)
{
	const char *confidence = vw_json_string(check, "confidence");

	if (confidence && strcmp(confidence, "high") != 0)
		fprintf(report->out, " (confidence %s)", shown(report, 0, confidence));
}

/* ": ixgbevf 4.18.7 (modinfo) in 6.1.0-28-amd64, /lib/modules/…" */
static void put_driver(struct report *report, struct json_object *check, const char *release)
{
	const char *driver = vw_json_string(check, "driver");
	const char *version = vw_json_string(check, "version");
	const char *path = vw_json_string(check, "path");

	if (driver)
		fprintf(report->out, ": %s", shown(report, 0, driver));
	if (driver && version)
		fprintf(report->out, " %s", shown(report, 0, version));
	if (driver && release)
		fprintf(report->out, " in %s", shown(report, 0, release));
	if (driver && path)
		fprintf(report->out, ", %s", shown(report, 0, path));
	put_confidence(report, check);
}

/* Why a device is not suitable is its first evidence: it is shown without -v, too. */
static void put_reason(struct report *report, struct json_object *check, const char *indent)
{
	struct json_object *evidence = vw_json_get(check, "evidence");
	const char *remedy = vw_json_string(check, "remedy");

	if (report->output->verbosity > 0)
		put_evidence(report, check, indent);
	else if (!is_pass(check) && vw_json_length(evidence))
		fprintf(report->out, "%s%s\n", indent,
			shown(report, 0,
				json_object_get_string(json_object_array_get_idx(evidence, 0))));
	if (remedy)
		fprintf(report->out, "%sremedy: %s\n", indent, shown(report, 0, remedy));
}

static void put_kernels(struct report *report, struct json_object *device)
{
	struct json_object *kernels = vw_json_get(device, "kernels");

	for (size_t i = 0; i < vw_json_length(kernels); i++) {
		struct json_object *kernel = json_object_array_get_idx(kernels, i);

		fputs("  ", report->out);
		put_word(report, kernel);
		fprintf(report->out, " %s", shown(report, 0, vw_json_string(kernel, "release")));
		put_driver(report, kernel, NULL);
		fputc('\n', report->out);
		put_reason(report, kernel, "    ");
	}
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Does this kernel's answer say the same of the driver? */
static bool has_driver(struct json_object *kernel, struct json_object *device)
{
	static const char *const keys[] = { "verdict", "driver", "path" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(keys); i++)
		if (!is_same(vw_json_string(kernel, keys[i]), vw_json_string(device, keys[i])))
			return false;
	return true;
}

/* The kernel that a device's answer is of: the default one, or with --kernel any or all perhaps another; the newest of those. NULL = none. */
static const char *release_of(struct json_object *device, const char *standard)
{
	struct json_object *kernels = vw_json_get(device, "kernels");
	const char *found = NULL;

	for (size_t i = 0; i < vw_json_length(kernels); i++) {
		struct json_object *kernel = json_object_array_get_idx(kernels, i);
		const char *release = vw_json_string(kernel, "release");

		if (!has_driver(kernel, device))
			continue;
		if (is_same(release, standard))
			return release;
		found = release;
	}
	return found;
}

static void put_device(struct report *report, struct json_object *device, const char *standard)
{
	const char *name = vw_json_string(device, "name");

	if (report->output->verbosity < 0 && is_pass(device))
		return;
	put_word(report, device);
	fprintf(report->out, " %s", shown(report, 0, vw_json_string(device, "device")));
	if (name)
		fprintf(report->out, " %s", shown(report, 0, name));
	put_driver(report, device, release_of(device, standard));
	fputc('\n', report->out);
	put_reason(report, device, "  ");
	if (report->output->verbosity > 0 || !all_pass(vw_json_get(device, "kernels")))
		if (vw_json_length(vw_json_get(device, "kernels")) > 1)
			put_kernels(report, device);
}

static int put_findings(struct report *report, struct json_object *object)
{
	vw_auto_free struct vw_finding *v = NULL;
	struct vw_findings findings;
	int rc = vw_json_read_findings(object, &findings);

	v = findings.v;
	return rc < 0 ? rc : vw_report_findings(report->output, &findings);
}

/* "  Debian GNU/Linux 12 (bookworm), x86_64, bios, on /dev/sda1" */
static void put_system_line(struct report *report, struct json_object *system)
{
	static const char *const keys[] = { "version", "arch", "firmware" };
	const char *name = vw_json_string(system, "name");

	fprintf(report->out, "  %s",
		shown(report, 0, name ? name : vw_json_string(system, "type")));
	for (size_t i = name ? 1 : 0; i < VW_ARRAY_SIZE(keys); i++)
		if (vw_json_string(system, keys[i]))
			fprintf(report->out, ", %s",
				shown(report, 0, vw_json_string(system, keys[i])));
	fprintf(report->out, ", on %s\n", shown(report, 0, vw_json_string(system, "root")));
}

static void put_default_kernel(struct report *report, struct json_object *kernel)
{
	if (!kernel) {
		fputs("  default kernel: not known\n", report->out);
		return;
	}
	fprintf(report->out, "  default kernel: %s (rule %s, confidence %s)\n",
		shown(report, 0, vw_json_string(kernel, "release")),
		shown(report, 1, vw_json_string(kernel, "rule")),
		shown(report, 2, vw_json_string(kernel, "confidence")));
	if (report->output->verbosity > 0 && vw_json_string(kernel, "evidence"))
		fprintf(report->out, "    %s\n",
			shown(report, 0, vw_json_string(kernel, "evidence")));
}

static int put_system(struct report *report, struct json_object *system)
{
	struct json_object *devices = vw_json_get(system, "devices");
	struct json_object *kernel = vw_json_get(system, "default_kernel");

	put_system_line(report, system);
	if (vw_json_get(system, "kernels"))
		put_default_kernel(report, kernel);
	for (size_t i = 0; i < vw_json_length(devices); i++)
		put_device(report, json_object_array_get_idx(devices, i),
			vw_json_string(kernel, "release"));
	return put_findings(report, system);
}

static int put_image(struct report *report, struct json_object *image)
{
	struct json_object *systems = vw_json_get(image, "systems");
	int rc = 0;

	if (report->output->verbosity >= 0 || !is_pass(image)) {
		fprintf(report->out, "%s%s%s: ", vw_style_on(report->output, VW_STYLE_BOLD),
			shown(report, 0, vw_json_string(image, "image")),
			vw_style_off(report->output, VW_STYLE_BOLD));
		fprintf(report->out, "%s\n", shown(report, 0, vw_json_string(image, "verdict")));
		for (size_t i = 0; rc == 0 && i < vw_json_length(systems); i++)
			rc = put_system(report, json_object_array_get_idx(systems, i));
	}
	return rc < 0 ? rc : put_findings(report, image);
}

int vw_report_text(const struct vw_output *output, struct json_object *top)
{
	struct report report = { .output = output, .out = output->out };
	struct json_object *images = vw_json_get(top, "images");
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < vw_json_length(images); i++) {
		if (i && output->verbosity >= 0)
			fputc('\n', output->out);
		rc = put_image(&report, json_object_array_get_idx(images, i));
	}
	return rc < 0 ? rc : put_findings(&report, top);
}
