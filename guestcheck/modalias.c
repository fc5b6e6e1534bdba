/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modalias: written as the kernel writes it. */
#include "modalias.h"

#include <stdio.h>

void vw_modalias_make(char buf[VW_MODALIAS_MAX], uint16_t vendor, uint16_t device)
{
	snprintf(buf, VW_MODALIAS_MAX, "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X", vendor,
		device, 0, 0, 2, 0, 0);
}
