/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_bls: any bytes as a boot loader entry, /etc/kernel/cmdline, and SLES 11's /etc/sysconfig/bootloader. */
#include "fuzz_args.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_args(&vw_format_bls, data, size);
	fuzz_args(&vw_format_cmdline, data, size);
	fuzz_args(&vw_format_sysconfig, data, size);
	return 0;
}
