/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_image_format: any bytes as the beginning of a disk image, and as that of a disk with partitions. */
#include "fuzz.h"

#include "image_format.h"
#include "partition_table.h"

#include <errno.h>

static int parse(const uint8_t *data, size_t size, const char *name, struct vw_image_format *format)
{
	struct vw_error err = { "" };
	int rc;

	memset(format, 0xff, sizeof(*format));
	rc = vw_image_format_parse(data, size, name, format, &err);
	MUST(rc == 0 || rc == -EBADMSG || rc == -EOPNOTSUPP);
	if (rc < 0) {
		MUST(err.msg[0]);
		fuzz_check_printable(err.msg);
		return rc;
	}
	MUST(format->name && vw_image_format_known(format->name) == format->name);
	MUST(memchr(format->backing, '\0', sizeof(format->backing)));
	MUST(memchr(format->backing_format, '\0', sizeof(format->backing_format)));
	MUST(format->has_backing || !format->backing[0]);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vw_image_format found, again;
	uint64_t end = vw_partition_table_end(data, size);

	MUST(end <= INT64_MAX && (end % 512 == 0 || end == INT64_MAX));
	if (parse(data, size, NULL, &found) == 0) {
		/* Nothing that leads elsewhere passes for a plain disk. */
		if (!strcmp(found.name, "raw"))
			MUST(!found.has_backing && !found.extents && !found.encrypted &&
				(size < 4 || memcmp(data, "QFI\xfb", 4) != 0));
		/* To be told what was found changes nothing. */
		MUST(parse(data, size, found.name, &again) == 0);
		MUST(again.name == found.name && again.has_backing == found.has_backing &&
			again.extents == found.extents && again.encrypted == found.encrypted);
		MUST(!strcmp(again.backing, found.backing) &&
			!strcmp(again.backing_format, found.backing_format));
	}
	MUST(parse(data, size, "raw", &again) == 0 && !again.has_backing && !again.extents);
	return 0;
}
