/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fstab: reading a guest's /etc/fstab, and finding its devices among those of the appliance. */
#include "fstab.h"

#include "cleanup.h"
#include "lines.h"
#include "text.h"

#include <ctype.h>
#include <string.h>

struct vw_volume *vw_volumes_add(struct vw_volumes *volumes, const char *device, bool *full)
{
	struct vw_volume *more;
	char *copy;

	*full = volumes->n >= VW_VOLUMES_MAX;
	if (*full)
		return NULL;
	more = reallocarray(volumes->v, volumes->n + 1, sizeof(*more));
	if (!more)
		return NULL;
	volumes->v = more;
	copy = strdup(device);
	if (!copy)
		return NULL;
	more[volumes->n] = (struct vw_volume){ .device = copy };
	return &more[volumes->n++];
}

void vw_volumes_free(struct vw_volumes *volumes)
{
	for (size_t i = 0; i < volumes->n; i++)
		free(volumes->v[i].device);
	free(volumes->v);
	*volumes = (struct vw_volumes){ 0 };
}

/* blkid puts a backslash before what a shell would not take. */
static void copy_fact(char *field, const char *value)
{
	for (; *value; value++) {
		if (*value == '\\' && value[1])
			value++;
		*field++ = *value;
	}
	*field = '\0';
}

void vw_volume_fact(struct vw_volume *volume, const char *key, const char *value)
{
	const struct {
		const char *key;
		char *field;
		size_t size;
	} fields[] = {
		{ "TYPE", volume->type, sizeof(volume->type) },
		{ "UUID", volume->uuid, sizeof(volume->uuid) },
		{ "LABEL", volume->label, sizeof(volume->label) },
		{ "PART_ENTRY_UUID", volume->part_uuid, sizeof(volume->part_uuid) },
		{ "PART_ENTRY_NAME", volume->part_label, sizeof(volume->part_label) },
		{ "PART_ENTRY_TYPE", volume->part_type, sizeof(volume->part_type) },
	};

	for (size_t i = 0; i < VW_ARRAY_SIZE(fields); i++)
		if (!strcmp(key, fields[i].key) && strlen(value) < fields[i].size)
			copy_fact(fields[i].field, value);
	if (!strcmp(key, "PART_ENTRY_SIZE"))
		vw_text_u64(value, 10, UINT64_MAX, &volume->sectors);
}

bool vw_volume_is_esp(const struct vw_volume *volume)
{
	return !strcmp(volume->part_type, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b") ||
	       !strcmp(volume->part_type, "0xef");
}

bool vw_volume_is_xbootldr(const struct vw_volume *volume)
{
	return !strcmp(volume->part_type, "bc13c2ff-59e6-4262-a352-b275fd6f7172") ||
	       !strcmp(volume->part_type, "0xea");
}

void vw_fstab_free(struct vw_fstab *fstab)
{
	for (size_t i = 0; i < fstab->n; i++) {
		free(fstab->v[i].spec);
		free(fstab->v[i].dir);
		free(fstab->v[i].options);
	}
	free(fstab->v);
	*fstab = (struct vw_fstab){ 0 };
}

static bool is_octal(const char *s)
{
	return s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' &&
	       s[2] <= '7';
}

/* Octal escapes (getmntent(3)) in place; "\000" stays as it is. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *s = text; *s;) {
		if (s[0] == '\\' && is_octal(s + 1) && strncmp(s + 1, "000", 3) != 0) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* The next word of [*at, end), unescaped; "" when there is none; NULL: no memory. */
static char *next_word(const char *text, size_t *at, size_t end)
{
	size_t begin = vw_skip_blanks(text, *at, end);
	char *word;

	for (*at = begin; *at < end && text[*at] != ' ' && text[*at] != '\t'; ++*at)
		;
	word = strndup(text + begin, *at - begin);
	if (word)
		unescape(word);
	return word;
}

static int parse_line(struct vw_fstab *fstab, const char *text, const struct vw_line *line)
{
	size_t at = vw_skip_blanks(text, line->begin, line->end);
	struct vw_fstab_entry entry = { .line = line->number };
	vw_auto_free char *type = NULL;

	if (at == line->end || text[at] == '#')
		return 0;
	entry.spec = next_word(text, &at, line->end);
	entry.dir = next_word(text, &at, line->end);
	type = next_word(text, &at, line->end);
	entry.options = next_word(text, &at, line->end);
	if (entry.spec && entry.dir && type && entry.options && entry.dir[0] == '/' &&
		strcmp(type, "swap") != 0) {
		fstab->v[fstab->n++] = entry;
		return 0;
	}
	free(entry.spec);
	free(entry.dir);
	free(entry.options);
	return entry.spec && entry.dir && type && entry.options ? 0 : -ENOMEM;
}

int vw_fstab_parse(const char *text, size_t len, struct vw_fstab *fstab, struct vw_error *err)
{
	struct vw_line line = { 0 };
	int rc = 0;

	*fstab = (struct vw_fstab){ .v = calloc(VW_FSTAB_LINES, sizeof(*fstab->v)) };
	if (!fstab->v)
		return vw_error_set(err, ENOMEM, "out of memory");
	while (rc == 0 && fstab->n < VW_FSTAB_LINES && vw_line_next(text, len, &line))
		rc = parse_line(fstab, text, &line);
	if (rc == 0)
		return 0;
	vw_fstab_free(fstab);
	return vw_error_set(err, ENOMEM, "out of memory");
}

bool vw_fstab_option(const struct vw_fstab_entry *entry, const char *name, char *buf, size_t size)
{
	size_t len = strlen(name);

	for (const char *o = entry->options; *o; o += strcspn(o, ","), o += *o == ',') {
		size_t whole = strcspn(o, ",");

		if (whole <= len || strncmp(o, name, len) != 0 || o[len] != '=')
			continue;
		if (whole - len - 1 >= size)
			return false;
		memcpy(buf, o + len + 1, whole - len - 1);
		buf[whole - len - 1] = '\0';
		return true;
	}
	return false;
}

/* "sdb3" → disk 1, partition 3. The names that kernels give (Documentation/admin-guide/devices.txt). false: none of them. */
static bool disk_name(const char *name, unsigned int *disk, unsigned int *part)
{
	static const char *const lettered[] = { "sd", "vd", "xvd", "hd" };
	uint64_t number = 0;
	char rest = '\0';
	unsigned int d;

	*part = 0;
	for (size_t i = 0; i < VW_ARRAY_SIZE(lettered); i++) {
		size_t len = strlen(lettered[i]);

		if (strncmp(name, lettered[i], len) != 0 || !islower((unsigned char)name[len]))
			continue;
		*disk = (unsigned int)(name[len] - 'a');
		if (name[len + 1] && vw_text_u64(name + len + 1, 10, 1024, &number) < 0)
			return false;
		*part = (unsigned int)number;
		return true;
	}
	if ((sscanf(name, "nvme%3un1p%4u%c", &d, part, &rest) == 2 ||
		    sscanf(name, "mmcblk%3up%4u%c", &d, part, &rest) == 2) &&
		!rest) {
		*disk = d;
		return true;
	}
	return false;
}

/* One volume by the device mapper's name of it: "vg-lv" with every "-" of the names doubled. */
static bool mapper_name_is(const char *name, const char *device)
{
	const char *d = device + 5;

	if (strncmp(device, "/dev/", 5) != 0 || !strchr(d, '/'))
		return false;
	for (; *d; d++, name++) {
		if (*d == '/' ? *name != '-' : *name != *d)
			return false;
		if (*d == '-' && *++name != '-')
			return false;
	}
	return *name == '\0';
}

static bool is_device(const struct vw_volume *volume, const char *spec)
{
	unsigned int disk, part, have_disk, have_part;

	if (!strcmp(volume->device, spec))
		return true;
	if (!strncmp(spec, "/dev/mapper/", 12)) {
		if (!strncmp(spec + 12, "luks-", 5) && volume->inside[0] &&
			!strcasecmp(spec + 17, volume->inside))
			return true;
		return mapper_name_is(spec + 12, volume->device);
	}
	return !strncmp(spec, "/dev/", 5) && !strncmp(volume->device, "/dev/", 5) &&
	       disk_name(spec + 5, &disk, &part) &&
	       disk_name(volume->device + 5, &have_disk, &have_part) && disk == have_disk &&
	       part == have_part;
}

/* "/dev/disk/by-id/scsi-…-part2", as SLES 11 writes it: what the guest's disk was called nobody knows here; but where there is one disk alone it is
 * that one. */
static size_t find_on_only_disk(const struct vw_volumes *volumes, const char *spec)
{
	const char *part = NULL;
	size_t found = SIZE_MAX;
	uint64_t number;

	if (strncmp(spec, "/dev/disk/by-id/", 16) != 0 &&
		strncmp(spec, "/dev/disk/by-path/", 18) != 0)
		return SIZE_MAX;
	for (const char *at = spec; (at = strstr(at, "-part")) != NULL; at += 5)
		part = at + 5;
	if (!part || vw_text_u64(part, 10, 1024, &number) < 0 || !number)
		return SIZE_MAX;
	for (size_t i = 0; i < volumes->n; i++) {
		unsigned int have_disk, have_part;

		if (strncmp(volumes->v[i].device, "/dev/", 5) != 0 ||
			!disk_name(volumes->v[i].device + 5, &have_disk, &have_part))
			continue;
		if (have_disk != 0)
			return SIZE_MAX;
		if (have_part == number)
			found = i;
	}
	return found;
}

size_t vw_volumes_find(const struct vw_volumes *volumes, const char *spec)
{
	static const struct {
		const char *tag, *link;
		size_t offset;
		bool exact;
	} tags[] = {
		{ "UUID=", "/dev/disk/by-uuid/", offsetof(struct vw_volume, uuid), false },
		{ "PARTUUID=", "/dev/disk/by-partuuid/", offsetof(struct vw_volume, part_uuid),
			false },
		{ "LABEL=", "/dev/disk/by-label/", offsetof(struct vw_volume, label), true },
		{ "PARTLABEL=", "/dev/disk/by-partlabel/", offsetof(struct vw_volume, part_label),
			true },
	};

	for (size_t t = 0; t < VW_ARRAY_SIZE(tags); t++) {
		bool tag = !strncmp(spec, tags[t].tag, strlen(tags[t].tag));
		const char *value = spec + strlen(tag ? tags[t].tag : tags[t].link);
		size_t len;

		if (!tag && strncmp(spec, tags[t].link, strlen(tags[t].link)) != 0)
			continue;
		len = strlen(value);
		if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
			value++;
			len -= 2;
		}
		for (size_t i = 0; len && i < volumes->n; i++) {
			const char *have = (const char *)&volumes->v[i] + tags[t].offset;

			if (strlen(have) == len && (tags[t].exact ? !strncmp(have, value, len)
								  : !strncasecmp(have, value, len)))
				return i;
		}
		return SIZE_MAX;
	}
	for (size_t i = 0; i < volumes->n; i++)
		if (is_device(&volumes->v[i], spec))
			return i;
	return find_on_only_disk(volumes, spec);
}
