/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format_augeas: a second opinion: what Augeas' lens could read before, it must be able to read afterwards. */
#ifndef VW_TEST_FORMAT_AUGEAS_H
#define VW_TEST_FORMAT_AUGEAS_H

#include "bytes.h"

#ifdef VFWARD_AUGEAS
#include <augeas.h>

/* How many nodes the lens makes of a text: -1 = it cannot read it. */
static inline int augeas_nodes(augeas *aug, const char *lens, const struct vw_bytes *text)
{
	int rc;

	aug_rm(aug, "/in");
	aug_rm(aug, "/out");
	aug_rm(aug, "/augeas/text");
	assert_int_equal(aug_set(aug, "/in", text->data), 0);
	rc = aug_text_store(aug, lens, "/in", "/out");
	if (rc < 0 || aug_match(aug, "/augeas/text//error", NULL) > 0)
		return -1;
	return aug_match(aug, "/out//*", NULL);
}

static inline void check_augeas(
	const char *lens, const struct vw_bytes *before, const struct vw_bytes *after)
{
	static augeas *aug;
	int was;

	if (!aug)
		aug = aug_init("/nonexistent", NULL, AUG_NO_LOAD);
	assert_non_null(aug);
	was = augeas_nodes(aug, lens, before);
	if (was >= 0 && augeas_nodes(aug, lens, after) < 0)
		fail_msg("%s reads\n%s\n--- but not\n%s", lens, before->data, after->data);
}
#else
static inline void check_augeas(
	const char *lens, const struct vw_bytes *before, const struct vw_bytes *after)
{
	(void)lens;
	(void)before;
	(void)after;
}
#endif

#endif
