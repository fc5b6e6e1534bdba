/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy_version: versions and ranges of them, compared number by number. */
#include "policy_version.h"

#include "cleanup.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads numbers with one of these separators between them. Returns where it stopped; *whole: nothing was cut, and a number is last. */
static const char *read_numbers(
	const char *text, const char *separators, struct vw_version *version, bool *whole)
{
	*version = (struct vw_version){ 0 };
	*whole = true;
	while (is_digit(*text)) {
		uint64_t number = 0;

		for (; is_digit(*text); text++) {
			number = number * 10 + (uint64_t)(*text - '0');
			if (number > UINT32_MAX) {
				number = UINT32_MAX;
				*whole = false;
			}
		}
		if (version->n == VW_VERSION_PARTS) {
			*whole = false;
			break;
		}
		version->v[version->n++] = (uint32_t)number;
		if (!*text || !strchr(separators, *text) || !is_digit(text[1]))
			break;
		text++;
	}
	return text;
}

bool vw_policy_version_parse(const char *text, struct vw_version *version)
{
	bool whole;
	const char *rest = read_numbers(text, ".-", version, &whole);

	return whole && version->n > 0 && !*rest;
}

struct vw_version vw_policy_version_guess(const char *text)
{
	struct vw_version version;
	bool whole;

	read_numbers(text ? text : "", ".-", &version, &whole);
	return version;
}

static int compare(const struct vw_version *a, const struct vw_version *b, size_t parts)
{
	for (size_t i = 0; i < parts; i++)
		if (a->v[i] != b->v[i])
			return a->v[i] < b->v[i] ? -1 : 1;
	return 0;
}

int vw_policy_version_compare(const struct vw_version *a, const struct vw_version *b)
{
	return compare(a, b, VW_VERSION_PARTS);
}

bool vw_version_range_parse(const char *text, struct vw_version_range *range)
{
	const char *rest;
	bool whole;

	rest = read_numbers(text, ".", &range->from, &whole);
	range->to = range->from;
	if (whole && *rest == '-')
		rest = read_numbers(rest + 1, ".", &range->to, &whole);
	if (!whole || *rest || (!range->from.n && !range->to.n))
		return false;
	return !range->from.n || compare(&range->from, &range->to, range->to.n) <= 0;
}

bool vw_version_in_range(const struct vw_version *version, const struct vw_version_range *range)
{
	return version->n && compare(version, &range->from, range->from.n) >= 0 &&
	       compare(version, &range->to, range->to.n) <= 0;
}
