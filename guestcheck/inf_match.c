/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inf_match: does an INF file have a driver for a device on a release of Windows, and which?
 *
 * [Manufacturer] names models sections and the releases they are for; Windows takes the one that fits best for each line there, and no
 * other: an empty section for a later release is how a vendor excludes that release. A model leads to an install section, and that to a
 * service. Microsoft's "INF Manufacturer Section", "INF Models Section", "INF DDInstall Section", "INF AddService Directive". */
#include "inf_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SPSVCINST_ASSOCSERVICE 0x2

/* Longer ones than any that Windows makes (200 characters): they cannot be what is looked for. */
#define ID_SIZE 256

/* How good a model is; a device's own id goes before one that also asks for a subsystem, revision or class. */
enum quality { NO_MODEL, CONDITIONAL, COMPATIBLE, HARDWARE };

struct search {
	struct vw_inf *inf;
	char id[32]; /* PCI\VEN_8086&DEV_10ED */
	enum quality quality;
	const struct vw_inf_section *section;
	const struct vw_inf_line *model;
	uint32_t field; /* the id's */
};

static enum quality quality_of(const struct search *search, const char *id, uint32_t field)
{
	char buf[ID_SIZE];
	size_t len = strlen(search->id);

	id = vw_inf_expand(search->inf, id, buf, sizeof(buf));
	if (strncasecmp(id, search->id, len))
		return NO_MODEL;
	if (id[len])
		return id[len] == '&' ? CONDITIONAL : NO_MODEL;
	return field == 1 ? HARDWARE : COMPATIBLE;
}

/* Keeps the best model so far, the first of equals. A section is looked through once in a search, however often it is named. */
static void search_section(struct search *search, struct vw_inf_section *section)
{
	const struct vw_inf *inf = search->inf;

	if (!section || section->visited == inf->search)
		return;
	section->visited = inf->search;
	for (uint32_t i = section->head; i != VW_INF_NONE; i = inf->lines[i].next) {
		const struct vw_inf_line *line = &inf->lines[i];

		/* "description = install section, hardware id, compatible ids…" */
		for (uint32_t k = 1; line->key && k < line->n; k++) {
			enum quality quality = quality_of(search, vw_inf_field(inf, line, k), k);

			if (quality <= search->quality)
				continue;
			search->quality = quality;
			search->section = section;
			search->model = line;
			search->field = k;
		}
	}
}

/* The models section of a [Manufacturer] line with its i-th decoration (0 = without one). */
static struct vw_inf_section *models(
	const struct vw_inf *inf, const struct vw_inf_line *line, uint32_t i)
{
	char base[VW_INF_NAME_SIZE], extension[VW_INF_NAME_SIZE], name[VW_INF_NAME_SIZE];
	int len;

	len = snprintf(name, sizeof(name), "%s%s%s",
		vw_inf_expand(inf, vw_inf_field(inf, line, 0), base, sizeof(base)), i ? "." : "",
		i ? vw_inf_expand(inf, vw_inf_field(inf, line, i), extension, sizeof(extension))
		  : "");
	return (size_t)len < sizeof(name) ? vw_inf_section(inf, name) : NULL;
}

/* Which decoration of the line Windows would take: 0 = none of them, VW_INF_NONE = the line is not for this release. */
static uint32_t choose(const struct vw_inf *inf, const struct vw_inf_line *line,
	const struct vw_inf_target *target)
{
	struct vw_inf_decoration best = { 0 }, next;
	uint32_t chosen = VW_INF_NONE;

	if (vw_inf_decoration_fits(&best, target))
		chosen = 0;
	for (uint32_t i = 1; i < line->n; i++) {
		char buf[ID_SIZE];
		const char *text = vw_inf_expand(inf, vw_inf_field(inf, line, i), buf, sizeof(buf));

		if (!vw_inf_decoration_parse(text, &next) || !vw_inf_decoration_fits(&next, target))
			continue;
		/* "NT" itself says as little as no decoration, but it is one. */
		if (chosen == VW_INF_NONE || chosen == 0 ||
			vw_inf_decoration_closer(&next, &best)) {
			chosen = i;
			best = next;
		}
	}
	return chosen;
}

/* Looks through the sections that Windows would take (target), or all that are named (NULL). */
static void search_models(struct search *search, const struct vw_inf_target *target)
{
	const struct vw_inf *inf = search->inf;
	const struct vw_inf_section *makers = vw_inf_section(inf, "Manufacturer");
	uint32_t next;

	for (uint32_t i = makers ? makers->head : VW_INF_NONE; i != VW_INF_NONE; i = next) {
		const struct vw_inf_line *line = &inf->lines[i];
		uint32_t chosen;

		next = line->next;
		if (target) {
			chosen = choose(inf, line, target);
			if (chosen != VW_INF_NONE)
				search_section(search, models(inf, line, chosen));
			continue;
		}
		for (uint32_t k = 0; k < line->n; k++)
			search_section(search, models(inf, line, k));
	}
}

bool vw_inf_serves(const struct vw_inf *inf, const struct vw_inf_target *target)
{
	const struct vw_inf_section *makers = vw_inf_section(inf, "Manufacturer");

	for (uint32_t i = makers ? makers->head : VW_INF_NONE; i != VW_INF_NONE;
		i = inf->lines[i].next) {
		uint32_t chosen = choose(inf, &inf->lines[i], target);
		const struct vw_inf_section *section =
			chosen == VW_INF_NONE ? NULL : models(inf, &inf->lines[i], chosen);

		if (section && section->head != VW_INF_NONE)
			return true;
	}
	return false;
}

/* The install section that Windows takes: with the architecture, with ".NT", without either. */
static const struct vw_inf_section *install_section(const struct vw_inf *inf,
	const struct vw_inf_target *target, const char *base, char *name, size_t size)
{
	for (int i = 0; i < 3; i++) {
		const struct vw_inf_section *section;
		int len = snprintf(
			name, size, "%s%s%s", base, i < 2 ? ".NT" : "", i == 0 ? target->arch : "");

		section = (size_t)len < size ? vw_inf_section(inf, name) : NULL;
		if (section)
			return section;
	}
	return NULL;
}

/* The service of this section that becomes the device's function driver. */
static const struct vw_inf_line *own_service(
	const struct vw_inf *inf, const struct vw_inf_section *section)
{
	for (uint32_t i = section ? section->head : VW_INF_NONE; i != VW_INF_NONE;
		i = inf->lines[i].next) {
		const struct vw_inf_line *line = &inf->lines[i];
		unsigned int flags = 0;
		char buf[ID_SIZE];

		if (!line->key || strcasecmp(line->key, "AddService"))
			continue;
		if (vw_inf_number(vw_inf_expand(inf, vw_inf_field(inf, line, 1), buf, sizeof(buf)),
			    &flags) &&
			flags & SPSVCINST_ASSOCSERVICE)
			return line;
	}
	return NULL;
}

/* The same, or that of a section that this one needs; these need no others ("INF DDInstall.Services Section"). Each is looked through once. */
static const struct vw_inf_line *function_service(
	struct vw_inf *inf, const struct vw_inf_section *section, struct vw_inf_match *match)
{
	const struct vw_inf_line *found = own_service(inf, section);

	inf->search++;
	for (uint32_t i = section ? section->head : VW_INF_NONE; !found && i != VW_INF_NONE;
		i = inf->lines[i].next) {
		const struct vw_inf_line *line = &inf->lines[i];

		if (!line->key || strcasecmp(line->key, "Needs"))
			continue;
		for (uint32_t k = 0; !found && k < line->n; k++) {
			char buf[VW_INF_NAME_SIZE];
			struct vw_inf_section *needed = vw_inf_section(inf,
				vw_inf_expand(inf, vw_inf_field(inf, line, k), buf, sizeof(buf)));

			match->needs |= !needed;
			if (!needed || needed->visited == inf->search)
				continue;
			needed->visited = inf->search;
			found = own_service(inf, needed);
		}
	}
	match->needs &= !found;
	return found;
}

/* "INF DDInstall Section": ExcludeID names the devices that the section does not install. */
static bool excluded(const struct search *search, const struct vw_inf_section *section)
{
	const struct vw_inf *inf = search->inf;

	for (uint32_t i = section->head; i != VW_INF_NONE; i = inf->lines[i].next) {
		const struct vw_inf_line *line = &inf->lines[i];

		if (!line->key || strcasecmp(line->key, "ExcludeID"))
			continue;
		for (uint32_t k = 0; k < line->n; k++)
			if (quality_of(search, vw_inf_field(inf, line, k), 1) == HARDWARE)
				return true;
	}
	return false;
}

static const char *last_component(const char *path)
{
	const char *last = path;

	for (; path && *path; path++)
		if (*path == '\\' || *path == '/')
			last = path + 1;
	return last && *last ? last : NULL;
}

static int describe_service(
	struct vw_inf *inf, const struct vw_inf_line *line, struct vw_inf_match *match)
{
	const struct vw_inf_section *section;
	char buf[VW_INF_NAME_SIZE];
	int rc = 0;

	match->service = vw_inf_keep(inf, vw_inf_field(inf, line, 0), &rc);
	section = vw_inf_section(
		inf, vw_inf_expand(inf, vw_inf_field(inf, line, 2), buf, sizeof(buf)));
	line = vw_inf_find(inf, section, "ServiceBinary");
	match->binary = last_component(vw_inf_keep(inf, vw_inf_field(inf, line, 0), &rc));
	line = vw_inf_find(inf, section, "StartType");
	if (line)
		vw_inf_number(vw_inf_expand(inf, vw_inf_field(inf, line, 0), buf, sizeof(buf)),
			&match->start);
	return rc;
}

/* What becomes of the model: its install section, and the service that this adds. */
static int describe_driver(
	const struct search *search, const struct vw_inf_target *target, struct vw_inf_match *match)
{
	struct vw_inf *inf = search->inf;
	char base[VW_INF_NAME_SIZE], name[VW_INF_NAME_SIZE], services[VW_INF_NAME_SIZE + 16];
	const struct vw_inf_section *section;
	const struct vw_inf_line *line;
	int rc = 0;

	section = install_section(inf, target,
		vw_inf_expand(inf, vw_inf_field(inf, search->model, 0), base, sizeof(base)), name,
		sizeof(name));
	if (!section)
		return 0;
	/* "INF DriverVer Directive": the install section's is more specific and takes precedence. */
	line = vw_inf_find(inf, section, "DriverVer");
	if (line) {
		match->date = vw_inf_keep(inf, vw_inf_field(inf, line, 0), &rc);
		match->version = vw_inf_keep(inf, vw_inf_field(inf, line, 1), &rc);
	}
	if (excluded(search, section))
		return rc;
	snprintf(services, sizeof(services), "%s.Services", name);
	line = function_service(inf, vw_inf_section(inf, services), match);
	return rc || !line ? rc : describe_service(inf, line, match);
}

static int describe_model(const struct search *search, struct vw_inf_match *match)
{
	struct vw_inf *inf = search->inf;
	int rc = 0;

	match->section = search->section->name;
	match->id = vw_inf_keep(inf, vw_inf_field(inf, search->model, search->field), &rc);
	match->description = vw_inf_keep(inf, search->model->key, &rc);
	match->compatible = search->field > 1;
	return rc;
}

int vw_inf_match(struct vw_inf *inf, const struct vw_inf_target *target, uint16_t vendor,
	uint16_t device, struct vw_inf_match *match)
{
	struct search search = { .inf = inf };
	int rc;

	*match = (struct vw_inf_match){
		.start = 3,
		.version = inf->version,
		.date = inf->date,
	};
	snprintf(search.id, sizeof(search.id), "PCI\\VEN_%04X&DEV_%04X", vendor, device);
	inf->search++;
	search_models(&search, target);
	if (search.quality != NO_MODEL) {
		rc = describe_model(&search, match);
		if (rc == 0)
			rc = describe_driver(&search, target, match);
		return rc ? rc : search.quality != CONDITIONAL;
	}
	search_models(&search, NULL);
	if (search.quality == NO_MODEL)
		return 0;
	rc = describe_model(&search, match);
	return rc ? rc : -ESRCH;
}
