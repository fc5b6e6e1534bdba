/* SPDX-License-Identifier: GPL-2.0-or-later */
/* version: which of two versions is the higher one. */
#ifndef VW_VERSION_H
#define VW_VERSION_H

/* By rpm's rules, which are also those of GRUB's boot loader entries: numbers are compared as numbers, a number is higher than a word, more
 * is higher than less, "~" is lower than nothing, other characters only separate. Where that makes no difference, by bytes, so that 0 means
 * equal. Kernel releases need it: 5.14.0-70.13.1.el9 is higher than 5.14.0-70.el9. */
int vw_version_compare(const char *a, const char *b);

#endif
