/* SPDX-License-Identifier: GPL-2.0-or-later */
/* persist_modprobe: options in modprobe.d: those of others that cost VFs or the network go, ours come into a file of our own. */
#include "persist.h"

#include "cleanup.h"

#include <string.h>

#define OURS "# Written by vfward-hostprep apply; vfward-hostprep undo removes it.\n"

/* What an option of a driver is to be; value NULL: it is to be said nowhere. */
struct want {
	const char *driver, *option, *value;
};

static bool is_own(const struct vw_modprobe_line *line)
{
	return strcmp(line->file, VW_MODPROBE_OWN) == 0;
}

/* The option in a line: 1 = *found. */
static bool find_option(
	const struct vw_modprobe_line *line, const char *name, struct vw_modprobe_option *found)
{
	for (const char *at = line->value; vw_modprobe_option(&at, found);)
		if (vw_modprobe_option_is(found, name))
			return true;
	return false;
}

/* Do others say it already, and nothing else? Then there is nothing to do. */
static bool is_said(const struct vw_persist *p, const struct want *want)
{
	const struct vw_modprobe_line *line;
	struct vw_modprobe_option option;
	bool said = false;
	size_t i = 0;

	if (!want->value)
		return false;
	while ((line = vw_modprobe_next(&p->modprobe, VW_MODPROBE_OPTIONS, want->driver, &i))) {
		if (!find_option(line, want->option, &option))
			continue;
		if (is_own(line) || option.value_len != strlen(want->value) ||
			strncmp(option.value, want->value, option.value_len) != 0)
			return false;
		said = true;
	}
	return said;
}

/* Does this line keep the driver of an installed kernel from loading? *which, *why and *option say how. */
static bool is_harmful(struct vw_persist *p, const char *driver,
	const struct vw_modprobe_line *line, const char *option, char *text, size_t size)
{
	for (size_t i = 0; i < p->kernels.n; i++) {
		vw_auto(vw_module_free) struct vw_module module = { 0 };
		vw_auto(vw_bad_options_free) struct vw_bad_options bad = { 0 };
		const struct vw_kernel *kernel = &p->kernels.v[i];

		if (vw_module_find(p->host, kernel, driver, &module, NULL) != 1 ||
			vw_module_bad_options(kernel, driver, &module, &p->modprobe, &bad) < 0)
			continue;
		for (size_t j = 0; j < bad.n; j++) {
			struct vw_modprobe_option each;
			const char *at = bad.v[j].option;

			if (bad.v[j].line != line || !vw_modprobe_option(&at, &each) ||
				(option && !vw_modprobe_option_is(&each, option)))
				continue;
			snprintf(text, size,
				"with %s the driver %s of the kernel %s does not load, and the "
				"host would lose the network of all its ports: %s",
				bad.v[j].option, driver, kernel->release, bad.v[j].why);
			return true;
		}
	}
	return false;
}

/* Takes the option out of a line of somebody else's. */
static int drop_line(struct vw_persist *p, const struct want *want,
	const struct vw_modprobe_line *line, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 }, after = { 0 };
	char place[512], harm[512] = "";
	bool harmful = is_harmful(p, want->driver, line, want->option, harm, sizeof(harm));
	int rc;

	vw_modprobe_place(line, place, sizeof(place));
	if (!line->line) {
		vw_finding_add(p->findings, harmful ? VW_FAIL : VW_WARN,
			harmful ? "module-option" : "option-vfs", place,
			"take it out of the boot loader's arguments",
			"%s.%s= is on the kernel's command line%s%s", want->driver, want->option,
			harmful ? ": " : "", harm);
		return 0;
	}
	if (harmful)
		vw_finding_add(p->findings, VW_WARN, "module-option", place, NULL,
			"%s: %s; it is taken out", place, harm);
	else
		vw_finding_add(p->findings, VW_WARN, "option-vfs", place,
			"name all PFs of this driver that shall have VFs",
			"%s: %s of %s is taken out: it decides on the VFs of all ports of the "
			"driver, and those that are not named now get none",
			place, want->option, want->driver);
	rc = vw_plan_read(p->plan, p->host, line->file, &text, err);
	if (rc <= 0)
		return rc;
	rc = vw_modprobe_drop_option(text.data, text.len, want->driver, want->option, &after);
	if (rc < 0)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (rc == 1)
		rc = vw_plan_file(p->plan, p->host, line->file, &after,
			"takes out an option for VFs that stands in the way", NULL, err);
	return rc < 0 ? rc : 0;
}

/* Our own file without lines that begin so, and with this one (NULL = none). */
static void set_own(struct vw_bytes *text, const char *prefix, const char *line)
{
	struct vw_bytes out = { 0 };
	bool there = false;

	for (size_t pos = 0, n; pos < text->len; pos += n) {
		const char *is = text->data + pos, *newline = memchr(is, '\n', text->len - pos);
		size_t len = newline ? (size_t)(newline - is) : text->len - pos;

		n = newline ? len + 1 : len;
		if (len >= strlen(prefix) && strncmp(is, prefix, strlen(prefix)) == 0) {
			if (there || !line || strlen(line) != len || strncmp(is, line, len) != 0)
				continue;
			there = true;
		}
		vw_bytes_add(&out, is, n);
	}
	if (line && !there) {
		if (out.len && out.data[out.len - 1] != '\n')
			vw_bytes_add(&out, "\n", 1);
		vw_bytes_addf(&out, "%s\n", line);
	}
	out.lost |= text->lost;
	vw_bytes_free(text);
	*text = out;
}

static int carry_out(
	struct vw_persist *p, const struct want *want, struct vw_bytes *own, struct vw_error *err)
{
	const struct vw_modprobe_line *line;
	struct vw_modprobe_option option;
	char prefix[128], text[256];
	size_t i = 0;
	int rc = 0;

	if (is_said(p, want))
		return 0;
	while (rc == 0 &&
		(line = vw_modprobe_next(&p->modprobe, VW_MODPROBE_OPTIONS, want->driver, &i)))
		if (!is_own(line) && find_option(line, want->option, &option))
			rc = drop_line(p, want, line, err);
	snprintf(prefix, sizeof(prefix), "options %s %s=", want->driver, want->option);
	snprintf(text, sizeof(text), "%s%s", prefix, want->value ? want->value : "");
	set_own(own, prefix, want->value ? text : NULL);
	return rc;
}

/* VFs that come while the driver loads are there before its other ports, and take their names if the kernel alone gives names. */
static void warn_names(struct vw_persist *p, const struct vw_pf_request *pf)
{
	char cmdline[4096];

	if (vw_host_readf(p->host, cmdline, sizeof(cmdline), "/proc/cmdline") > 0 &&
		strstr(cmdline, "net.ifnames=0"))
		vw_finding_add(p->findings, VW_WARN, "vfs-take-names", pf->given,
			"name the NICs by udev rules or .link files first, or use --method sysfs",
			"%s: with net.ifnames=0 and an option of the driver, its VFs come before "
			"the "
			"next port and take its name: eth1 may be a VF after the reboot",
			pf->given);
}

static int count_option(struct vw_persist *p, size_t pf, struct vw_bytes *own, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes value = { 0 };
	struct want want = { .driver = p->request->pfs[pf].driver };
	int rc = 1;

	want.option = vw_persist_option(want.driver);
	if (!want.option || p->ways[pf] == VW_PERSIST_NOT)
		return 0;
	if (p->ways[pf] == VW_PERSIST_MODPROBE) {
		warn_names(p, &p->request->pfs[pf]);
		rc = vw_persist_count_value(p, want.driver, &value, err);
		want.value = value.data;
	}
	return rc == 1 ? carry_out(p, &want, own, err) : rc;
}

static int sfp_option(struct vw_persist *p, struct vw_bytes *own, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes value = { 0 };
	struct want want = { .driver = "ixgbe", .option = "allow_unsupported_sfp" };
	bool any = false;
	int rc;

	for (size_t i = 0; i < p->request->n_pfs; i++) {
		const struct vw_pf_request *pf = &p->request->pfs[i];

		if (strcmp(pf->driver, "ixgbe") == 0 || !pf->driver[0])
			any = true;
		else
			vw_finding_add(p->findings, VW_WARN, "sfp-not-ixgbe", pf->given, NULL,
				"%s: --allow-unsupported-sfp is for the 82599 family (ixgbe); its "
				"driver %s has no such option",
				pf->given, pf->driver);
	}
	if (!any && p->request->n_pfs)
		return 0;
	rc = vw_persist_sfp_value(p, &value, err);
	want.value = value.data;
	return rc == 1 ? carry_out(p, &want, own, err) : rc;
}

/* Options of others that keep a driver of ours from loading, and that we do not write ourselves. */
static void tell_harmful(struct vw_persist *p, const char *driver)
{
	const struct vw_modprobe_line *line;
	size_t i = 0;

	while ((line = vw_modprobe_next(&p->modprobe, VW_MODPROBE_OPTIONS, driver, &i))) {
		const char *at = line->value;
		struct vw_modprobe_option each;
		char place[512], harm[512];

		vw_modprobe_place(line, place, sizeof(place));
		while (vw_modprobe_option(&at, &each)) {
			char name[64];

			snprintf(name, sizeof(name), "%.*s", (int)each.name_len, each.name);
			if ((vw_persist_option(driver) &&
				    vw_modprobe_option_is(&each, vw_persist_option(driver))) ||
				(p->request->allow_unsupported_sfp &&
					vw_modprobe_option_is(&each, "allow_unsupported_sfp")) ||
				!is_harmful(p, driver, line, name, harm, sizeof(harm)))
				continue;
			vw_finding_add(p->findings, VW_FAIL, "module-option", place,
				"take it out, or give it a value that all installed drivers take",
				"%s: %s", place, harm);
		}
	}
}

static void blacklist(struct vw_persist *p, size_t i, struct vw_bytes *own)
{
	const struct vw_pf_request *pf = &p->request->pfs[i];
	const char *driver = vw_persist_vf_driver(pf->driver);
	char line[64];

	if (p->ways[i] == VW_PERSIST_NOT ||
		(p->ways[i] == VW_PERSIST_SYSFS && vw_persist_autoprobe(p, pf)))
		return;
	if (driver) {
		snprintf(line, sizeof(line), "blacklist %s", driver);
		set_own(own, line, line);
		return;
	}
	vw_finding_add(p->findings, VW_WARN, "vf-driver-not-blacklisted", pf->given, NULL,
		"%s: its VFs have the driver of the PF itself, or one that is not known, which "
		"cannot be blacklisted",
		pf->given);
}

/* A PF whose driver is not known (an image without /sys): of each driver that an option would keep from loading, it goes. */
static int drop_harmful(struct vw_persist *p, struct vw_bytes *own, struct vw_error *err)
{
	int rc = 0;

	for (size_t d = 0; vw_persist_driver(d) && rc == 0; d++) {
		const struct want want = { .driver = vw_persist_driver(d),
			.option = vw_persist_option(vw_persist_driver(d)) };
		const struct vw_modprobe_line *line;
		bool harmful = false;
		char harm[512];
		size_t i = 0;

		while ((line = vw_modprobe_next(
				&p->modprobe, VW_MODPROBE_OPTIONS, want.driver, &i)))
			harmful |=
				is_harmful(p, want.driver, line, want.option, harm, sizeof(harm));
		if (harmful)
			rc = carry_out(p, &want, own, err);
	}
	return rc;
}

int vw_persist_modprobe(struct vw_persist *p, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes own = { 0 };
	struct vw_step *step;
	size_t before;
	int rc = vw_plan_read(p->plan, p->host, VW_MODPROBE_OWN, &own, err);
	bool existed = rc == 1;

	if (rc < 0)
		return rc;
	if (!existed)
		vw_bytes_addf(&own, OURS);
	before = own.len;
	rc = 0;
	for (size_t i = 0; i < p->request->n_pfs && rc == 0; i++) {
		if (vw_persist_first(p, i) && p->request->pfs[i].driver[0]) {
			tell_harmful(p, p->request->pfs[i].driver);
			rc = count_option(p, i, &own, err);
		} else if (vw_persist_first(p, i)) {
			rc = drop_harmful(p, &own, err);
		}
		if (p->request->blacklist_vf_driver)
			blacklist(p, i, &own);
	}
	if (rc == 0 && p->request->allow_unsupported_sfp)
		rc = sfp_option(p, &own, err);
	if (rc < 0 || (!existed && own.len == before))
		return rc;
	if (own.lost)
		return vw_error_set(err, ENOMEM, "out of memory");
	rc = vw_plan_file(p->plan, p->host, VW_MODPROBE_OWN, &own, "options of the NICs' drivers",
		&step, err);
	if (rc == 1)
		step->is_ours = !step->existed;
	return rc < 0 ? rc : 0;
}
