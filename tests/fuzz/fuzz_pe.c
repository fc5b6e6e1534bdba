/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_pe: any bytes as a Windows binary. A version that is found stands in the file, and a cut file has no other. */
#include "fuzz.h"

#include "pe.h"

#include <errno.h>

static int parse(const uint8_t *data, size_t size, struct vw_pe *pe)
{
	struct vw_error err = { "" };
	uint8_t *copy = malloc(size); /* of this size, for AddressSanitizer */
	int rc;

	MUST(copy || !size);
	memcpy(copy, data, size);
	rc = vw_pe_parse(copy, size, pe, &err);
	free(copy);
	MUST(rc == 0 || rc == -EBADMSG);
	MUST((rc == 0) == !err.msg[0]);
	MUST(rc == 0 || (!pe->has_version && !pe->machine));
	return rc;
}

/* VS_FIXEDFILEINFO: its signature, its own version, and the file's version, high half first. */
static bool stands_in(const uint8_t *data, size_t size, const uint16_t version[4])
{
	static const uint8_t signature[] = { 0xbd, 0x04, 0xef, 0xfe };
	uint8_t want[8];

	for (size_t i = 0; i < 4; i++) {
		want[2 * (i ^ 1)] = (uint8_t)version[i];
		want[2 * (i ^ 1) + 1] = (uint8_t)(version[i] >> 8);
	}
	for (size_t i = 0; i + 16 <= size; i++)
		if (memcmp(data + i, signature, 4) == 0 && memcmp(data + i + 8, want, 8) == 0)
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vw_pe pe, again;
	int rc = parse(data, size, &pe);

	MUST(parse(data, size, &again) == rc && memcmp(&pe, &again, sizeof(pe)) == 0);
	if (pe.has_version)
		MUST(stands_in(data, size, pe.version));
	for (size_t cut = 1; cut <= size; cut *= 3) {
		MUST(parse(data, size - cut, &again) == 0 || !again.has_version);
		MUST(!again.has_version || memcmp(&pe, &again, sizeof(pe)) == 0);
	}
	if (rc == 0)
		vw_pe_machine_name(pe.machine);
	return 0;
}
