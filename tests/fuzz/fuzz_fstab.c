/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_fstab: any text as a guest's fstab; before a line "%%" stands what blkid says of a volume, one KEY=VALUE a line. */
#include "fuzz.h"

#include "fstab.h"

static void add_facts(struct vw_volume *volume, char *text)
{
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *value = strchr(line, '=');

		if (!value)
			continue;
		*value++ = '\0';
		vw_volume_fact(volume, line, value);
	}
	MUST(memchr(volume->type, '\0', sizeof(volume->type)));
	MUST(memchr(volume->label, '\0', sizeof(volume->label)));
	MUST(memchr(volume->part_label, '\0', sizeof(volume->part_label)));
}

static void check_entry(const struct vw_volumes *volumes, const struct vw_fstab_entry *entry)
{
	char option[8] = "", spec[512];
	size_t index = vw_volumes_find(volumes, entry->spec);

	MUST(index == SIZE_MAX || index < volumes->n);
	MUST(entry->dir[0] == '/' && entry->line > 0);
	if (vw_fstab_option(entry, "subvol", option, sizeof(option)))
		MUST(memchr(option, '\0', sizeof(option)) && !strchr(option, ','));
	/* A volume is found by its own UUID. */
	if (volumes->v[0].uuid[0] && volumes->v[0].uuid[0] != '"') {
		snprintf(spec, sizeof(spec), "UUID=%s", volumes->v[0].uuid);
		MUST(vw_volumes_find(volumes, spec) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vw_volumes volumes = { 0 };
	struct vw_fstab fstab;
	struct vw_error err;
	const uint8_t *text;
	size_t text_size, facts_size = fuzz_split(data, size, &text, &text_size);
	char *facts = strndup((const char *)data, facts_size);
	unsigned int line = 0;
	bool full;

	MUST(facts && vw_volumes_add(&volumes, "/dev/sda1", &full));
	add_facts(&volumes.v[0], facts);
	MUST(vw_volumes_add(&volumes, "/dev/my-vg/root", &full));
	MUST(vw_fstab_parse((const char *)text, text_size, &fstab, &err) == 0);
	MUST(fstab.n <= VW_FSTAB_LINES);
	for (size_t i = 0; i < fstab.n; i++) {
		MUST(fstab.v[i].line > line);
		line = fstab.v[i].line;
		check_entry(&volumes, &fstab.v[i]);
	}
	vw_fstab_free(&fstab);
	vw_volumes_free(&volumes);
	free(facts);
	return 0;
}
