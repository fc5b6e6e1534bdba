/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modalias: the name by which a kernel asks for the driver of a device. */
#ifndef VW_MODALIAS_H
#define VW_MODALIAS_H

#include <stdint.h>

#define VW_MODALIAS_MAX 64

/* Of an Ethernet function with these ids: "pci:v00008086d000010EDsv00000000sd00000000bc02sc00i00" (drivers/pci/pci-sysfs.c:modalias_show). The
 * ids of the subsystem are those of nobody, so that a driver that wants certain ones does not count. */
void vw_modalias_make(char buf[VW_MODALIAS_MAX], uint16_t vendor, uint16_t device);

#endif
