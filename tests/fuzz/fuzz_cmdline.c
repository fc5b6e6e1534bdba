/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_cmdline: any bytes as a kernel command line, and behind a line "%%" as what others have made of it since. */
#include "fuzz.h"

#include "cmdline.h"

#include <errno.h>

static void check_state(const struct vw_bytes *after, const struct vw_boot_args *want)
{
	struct vw_cmdline_state state;
	char culprits[256];

	vw_cmdline_read(after->data, after->len, &state);
	MUST(!state.iommu_off && !state.soft && !state.amd_off && !state.no_intremap);
	MUST(state.intel_iommu != 0);
	MUST(want->add_nothing || !want->intel_iommu || state.intel_iommu == 1);
	MUST(want->add_nothing || !want->passthrough || state.passthrough);
	MUST(want->add_nothing || !want->pci_realloc || state.pci_realloc);
	vw_cmdline_culprits(after->data, after->len, culprits, sizeof(culprits));
	MUST(!culprits[0]);
}

static void check_edit(const char *text, size_t len, const char *other, size_t other_len,
	enum vw_quoting quoting, const struct vw_boot_args *want)
{
	struct vw_bytes after = { 0 }, again = { 0 }, back = { 0 };
	struct vw_cmdline_text before = { text, len, quoting }, made,
			       now = { other, other_len, quoting };
	struct vw_error err = { "" };
	int rc = vw_cmdline_edit(text, len, quoting, want, &after, NULL, &err);

	MUST(rc == 0 || rc == 1 || rc == -E2BIG);
	if (rc == 1) {
		MUST(vw_cmdline_edit(after.data, after.len, quoting, want, &again, NULL, &err) ==
			0);
		if (quoting == VW_QUOTE_PLAIN)
			check_state(&after, want);
		made = (struct vw_cmdline_text){ after.data, after.len, quoting };
		MUST(vw_cmdline_undo(&before, &made, &made, &back, &err) == 1);
		MUST(back.len == len && (!len || !memcmp(back.data, text, len)));
		rc = vw_cmdline_undo(&before, &made, &now, &back, &err);
		MUST(rc == 0 || rc == 1 || rc == -E2BIG);
	}
	vw_bytes_free(&after);
	vw_bytes_free(&again);
	vw_bytes_free(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum vw_quoting quotings[] = { VW_QUOTE_PLAIN, VW_QUOTE_DOUBLE };
	const uint8_t *second;
	size_t second_size, first = fuzz_split(data, size, &second, &second_size);

	for (unsigned int bits = 0; bits < 16; bits++) {
		struct vw_boot_args want = { bits & 1, bits & 2, bits & 4, bits & 8 };

		for (size_t q = 0; q < sizeof(quotings) / sizeof(quotings[0]); q++)
			check_edit((const char *)data, first, (const char *)second, second_size,
				quotings[q], &want);
	}
	return 0;
}
