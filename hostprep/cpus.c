/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpus: sets of CPUs as sysfs and procfs write them. */
#include "cpus.h"

#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define GROUPS (VW_CPUS_MAX / 32)

bool vw_cpus_has(const struct vw_cpus *cpus, unsigned int cpu)
{
	return cpu < VW_CPUS_MAX && (cpus->bits[cpu / 64] >> (cpu % 64) & 1);
}

void vw_cpus_add(struct vw_cpus *cpus, unsigned int cpu)
{
	if (cpu < VW_CPUS_MAX)
		cpus->bits[cpu / 64] |= UINT64_C(1) << (cpu % 64);
}

unsigned int vw_cpus_count(const struct vw_cpus *cpus)
{
	unsigned int n = 0;

	for (size_t i = 0; i < VW_CPUS_MAX / 64; i++)
		n += (unsigned int)__builtin_popcountll(cpus->bits[i]);
	return n;
}

int vw_cpus_first(const struct vw_cpus *cpus)
{
	for (size_t i = 0; i < VW_CPUS_MAX / 64; i++)
		if (cpus->bits[i])
			return (int)(64 * i) + __builtin_ctzll(cpus->bits[i]);
	return -1;
}

bool vw_cpus_equal(const struct vw_cpus *a, const struct vw_cpus *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

void vw_cpus_keep(struct vw_cpus *a, const struct vw_cpus *b)
{
	for (size_t i = 0; i < VW_CPUS_MAX / 64; i++)
		a->bits[i] &= b->bits[i];
}

void vw_cpus_drop(struct vw_cpus *a, const struct vw_cpus *b)
{
	for (size_t i = 0; i < VW_CPUS_MAX / 64; i++)
		a->bits[i] &= ~b->bits[i];
}

/* "3" or "0-3" */
static int parse_range(char *range, struct vw_cpus *cpus)
{
	char *dash = strchr(range, '-');
	uint64_t first, last;
	int rc;

	if (dash)
		*dash = '\0';
	rc = vw_text_u64(range, 10, VW_CPUS_MAX - 1, &first);
	if (rc < 0)
		return rc;
	last = first;
	if (dash && (rc = vw_text_u64(dash + 1, 10, VW_CPUS_MAX - 1, &last)) < 0)
		return rc;
	if (last < first)
		return -EINVAL;
	for (uint64_t cpu = first; cpu <= last; cpu++)
		vw_cpus_add(cpus, (unsigned int)cpu);
	return 0;
}

/* Calls parse for each part between commas. */
static int parse_parts(
	const char *text, int (*parse)(char *part, struct vw_cpus *cpus), struct vw_cpus *cpus)
{
	char part[32];
	size_t len;
	int rc = 0;

	memset(cpus, 0, sizeof(*cpus));
	if (!*text)
		return 0;
	for (;; text += len + 1) {
		len = strcspn(text, ",");
		if (len >= sizeof(part))
			return -EINVAL;
		memcpy(part, text, len);
		part[len] = '\0';
		rc = parse(part, cpus);
		if (rc < 0 || !text[len])
			return rc;
	}
}

int vw_cpus_parse_list(const char *text, struct vw_cpus *cpus)
{
	return parse_parts(text, parse_range, cpus);
}

/* The next 32 bits of a mask: what was there moves up. */
static int parse_group(char *group, struct vw_cpus *cpus)
{
	uint64_t value;
	int rc = strlen(group) > 8 ? -EINVAL : vw_text_u64(group, 16, UINT32_MAX, &value);

	if (rc < 0)
		return rc;
	if (cpus->bits[VW_CPUS_MAX / 64 - 1] >> 32)
		return -ERANGE;
	for (size_t i = VW_CPUS_MAX / 64; i-- > 0;)
		cpus->bits[i] = cpus->bits[i] << 32 | (i ? cpus->bits[i - 1] >> 32 : value);
	return 0;
}

int vw_cpus_parse_mask(const char *text, struct vw_cpus *cpus)
{
	return parse_parts(text, parse_group, cpus);
}

char *vw_cpus_format_list(const struct vw_cpus *cpus, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned int cpu = 0; cpu < VW_CPUS_MAX && used < size; cpu++) {
		unsigned int last = cpu;

		if (!vw_cpus_has(cpus, cpu))
			continue;
		while (vw_cpus_has(cpus, last + 1))
			last++;
		used += (size_t)snprintf(buf + used, size - used, last == cpu ? "%s%u" : "%s%u-%u",
			used ? "," : "", cpu, last);
		cpu = last;
	}
	return buf;
}

char *vw_cpus_format_mask(const struct vw_cpus *cpus, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = GROUPS; i-- > 0 && used < size;) {
		uint32_t group = (uint32_t)(cpus->bits[i / 2] >> (i % 2 ? 32 : 0));

		if (group || used || i == 0)
			used += (size_t)snprintf(
				buf + used, size - used, used ? ",%08x" : "%x", group);
	}
	return buf;
}
