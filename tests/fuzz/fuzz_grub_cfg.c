/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_grub_cfg: any bytes as a grub.cfg, and behind a line "%%" as the environment block beside it. */
#include "fuzz.h"

#include "grub_cfg.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *second;
	size_t second_size, first = fuzz_split(data, size, &second, &second_size), defaults = 0;
	struct vw_grub_cfg cfg = { .path = "grub.cfg",
		.text = (const char *)data,
		.len = first,
		.env = (const char *)second,
		.env_len = second_size };
	struct vw_boot_entries entries = { 0 };
	struct vw_error err = { "" };
	int rc = vw_grub_cfg_entries(&cfg, &entries, &err);

	MUST(rc == 0 || rc == -EBADMSG);
	MUST((rc == 0) == !err.msg[0]);
	fuzz_check_printable(err.msg);
	for (size_t i = 0; i < entries.n; i++) {
		MUST(entries.v[i].line > 0 && entries.v[i].line <= first + 1);
		defaults += entries.v[i].is_default;
	}
	MUST(defaults <= 1);
	vw_boot_entries_free(&entries);
	return 0;
}
