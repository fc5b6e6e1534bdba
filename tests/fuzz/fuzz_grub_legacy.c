/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_grub_legacy: any bytes as grub.conf or menu.lst. */
#include "fuzz_args.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_args(&vw_format_grub_legacy, data, size);
	return 0;
}
