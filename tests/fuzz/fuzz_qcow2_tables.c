/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_qcow2_tables: any bytes as a qcow2 file whose tables are looked through. */
#include "fuzz.h"

#include "cleanup.h"
#include "qcow2_tables.h"

#include <errno.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	vw_auto_close int fd = memfd_create("fuzz", MFD_CLOEXEC);
	uint64_t need = 0;
	int rc;

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	rc = vw_qcow2_is_cut(fd, &need);
	MUST(rc == 0 || rc == 1 || rc == -EBADMSG);
	MUST(rc != 1 || need >= size);
	return 0;
}
