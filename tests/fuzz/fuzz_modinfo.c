/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_modinfo: any bytes as a module's file, packed or not: what comes out stands in the file, and is of bounded size. */
#include "fuzz.h"

#include "cleanup.h"
#include "decompress.h"
#include "modinfo.h"

#define UNPACKED_MAX (1U << 20)

static void check(const char *data, size_t len)
{
	vw_auto(vw_modinfo_free) struct vw_modinfo info = { 0 };
	struct vw_error err = { "" };
	size_t values = 0;
	const char *value;
	int rc = vw_modinfo_parse(data, len, &info, &err);

	MUST(rc == 0 || rc == -EBADMSG);
	MUST((rc == 0) == (err.msg[0] == '\0'));
	if (rc < 0) {
		MUST(!info.text);
		return;
	}
	MUST(info.len <= len && info.text[info.len] == '\0');
	MUST(!info.len || memmem(data, len, info.text, info.len));
	MUST(info.machine == vw_elf_machine(data, len));
	MUST(info.is_little == vw_elf_is_little(data, len));
	for (size_t at = 0; (value = vw_modinfo_next(&info, "alias", &at)); values++) {
		MUST(value > info.text && value + strlen(value) <= info.text + info.len);
		MUST(values <= info.len / strlen("alias="));
	}
	if (vw_modinfo_knows(&info, "pci:v00008086d000010EDsv00000000sd00000000bc02sc00i00"))
		MUST(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	vw_auto_free char *out = NULL;
	struct vw_error err = { "" };
	size_t len;
	int rc = vw_decompress(data, size, UNPACKED_MAX, &out, &len, &err);

	MUST(rc == 1 || rc == 0 || rc == -EBADMSG || rc == -EFBIG);
	MUST((rc < 0) == (err.msg[0] != '\0'));
	MUST((rc == 1) == (out != NULL));
	if (rc == 1) {
		MUST(len <= UNPACKED_MAX);
		check(out, len);
	}
	check((const char *)data, size);
	return 0;
}
