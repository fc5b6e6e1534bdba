/* SPDX-License-Identifier: GPL-2.0-or-later */
/* blank: why no system was found on an image. */
#include "roots_priv.h"

#include "cleanup.h"

#include <string.h>

#define LOOK 65536

/* What lies where partition tables and the superblocks of file systems are looked for. */
enum head { NOTHING, SOMETHING, LARGE_SECTORS };

static enum head look_at_head(struct vw_roots *roots, const char *device)
{
	static const char gpt[] = "EFI PART";
	vw_auto_free char *head = NULL;
	size_t len = 0;

	head = guestfs_pread_device(roots->g, device, LOOK, 0, &len);
	if (!head || !len)
		return SOMETHING;
	if (!head[0] && memcmp(head, head + 1, len - 1) == 0)
		return NOTHING;
	/* the header of a GPT is in the second sector */
	return len >= 4096 + 8 && memcmp(head + 4096, gpt, 8) == 0 ? LARGE_SECTORS : SOMETHING;
}

void vw_roots_explain(struct vw_roots *roots)
{
	char types[512] = "";
	bool blank = true;
	size_t len = 0;
	enum head head;

	for (size_t i = 0; i < roots->volumes.n; i++) {
		const struct vw_volume *volume = &roots->volumes.v[i];

		if (!volume->type[0] && !volume->part_type[0] &&
			vw_roots_is_cut(roots, volume->device))
			return;
		head = volume->type[0] || volume->part_type[0]
			       ? SOMETHING
			       : look_at_head(roots, volume->device);
		if (head == LARGE_SECTORS) {
			vw_finding_add(roots->findings, VW_FAIL, "image-no-system", roots->image,
				NULL,
				"the partition table of %s is one for sectors of 4096 bytes; disks "
				"are read with sectors of 512",
				volume->device);
			return;
		}
		blank &= head == NOTHING;
		if (volume->type[0] && len < sizeof(types))
			len += (size_t)snprintf(types + len, sizeof(types) - len, "%s%s %s",
				len ? ", " : "", volume->device, volume->type);
	}
	if (blank)
		vw_finding_add(roots->findings, VW_FAIL, "image-no-system", roots->image, NULL,
			"the disk is blank: it has neither a partition table nor a file system");
	else if (!len)
		vw_finding_add(roots->findings, VW_FAIL, "image-no-system", roots->image,
			"is this a disk image, and of this --format?",
			"there is no file system that is known here");
	else
		vw_finding_add(roots->findings, VW_FAIL, "image-no-system", roots->image, NULL,
			"there is no system on it (%s)", types);
}
