/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_grubenv: any bytes as GRUB's environment block, as they are and in a block of the right size. */
#include "fuzz_args.h"

#define HEAD "# GRUB Environment Block\n"
#define SIZE 1024

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t block[SIZE];
	size_t used = strlen(HEAD);

	fuzz_args(&vw_format_grubenv, data, size);
	memset(block, '#', sizeof(block));
	memcpy(block, HEAD, used);
	memcpy(block + used, data, size < SIZE - used ? size : SIZE - used);
	fuzz_args(&vw_format_grubenv, block, sizeof(block));
	return 0;
}
