/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpus: sets of CPUs as sysfs and procfs write them. */
#ifndef VW_CPUS_H
#define VW_CPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VW_CPUS_MAX 8192 /* NR_CPUS of x86's MAXSMP */

struct vw_cpus {
	uint64_t bits[VW_CPUS_MAX / 64];
};

/* "0-3,8" (smp_affinity_list, local_cpulist), or "" = none. 0, -EINVAL, -ERANGE. */
int vw_cpus_parse_list(const char *text, struct vw_cpus *cpus);
/* "00000000,000000ff" (rps_cpus): groups of 32 bits, the highest first. 0, -EINVAL, -ERANGE. */
int vw_cpus_parse_mask(const char *text, struct vw_cpus *cpus);
/* As the kernel prints them; cut if buf is too small. Return buf. */
char *vw_cpus_format_list(const struct vw_cpus *cpus, char *buf, size_t size);
char *vw_cpus_format_mask(const struct vw_cpus *cpus, char *buf, size_t size);

bool vw_cpus_has(const struct vw_cpus *cpus, unsigned int cpu);
void vw_cpus_add(struct vw_cpus *cpus, unsigned int cpu);
unsigned int vw_cpus_count(const struct vw_cpus *cpus);
/* The first CPU, or -1. */
int vw_cpus_first(const struct vw_cpus *cpus);
bool vw_cpus_equal(const struct vw_cpus *a, const struct vw_cpus *b);
/* a &= b, a &= ~b */
void vw_cpus_keep(struct vw_cpus *a, const struct vw_cpus *b);
void vw_cpus_drop(struct vw_cpus *a, const struct vw_cpus *b);

#endif
