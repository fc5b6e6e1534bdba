/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy_version: versions and ranges of them, compared number by number. */
#ifndef VW_POLICY_VERSION_H
#define VW_POLICY_VERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VW_VERSION_PARTS 8

struct vw_version {
	uint32_t v[VW_VERSION_PARTS]; /* the most significant one first; zero from n on */
	size_t n;                     /* 0 = not known */
};

/* As an operator writes it: 1 to 8 numbers with '.' or '-' between them ("2.1.138.0", "4.18.0-305"). False: it is none. */
bool vw_policy_version_parse(const char *text, struct vw_version *version);

/* As a guest says it: the numbers that it begins with ("4.18.0-305.el8.x86_64": 4, 18, 0, 305; "4.18.7-k": 4, 18, 7). NULL, or no number in
 * front: not known. Numbers that are too large are the largest. */
struct vw_version vw_policy_version_guess(const char *text);

/* < 0, 0, > 0. What is missing counts as zero: 4.5 is 4.5.0. */
int vw_policy_version_compare(const struct vw_version *a, const struct vw_version *b);

/* Only as far as the bounds go: 6.2 has 6.2.9200 in it, -5 has 5.11. */
struct vw_version_range {
	struct vw_version from, to; /* both inside; n == 0: no bound */
};
/* "6.1", "6.2-6.3", "10.0.17763-", "-5"; no '-' inside of versions here, and none that no version is in. */
bool vw_version_range_parse(const char *text, struct vw_version_range *range);
bool vw_version_in_range(const struct vw_version *version, const struct vw_version_range *range);

#endif
