/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quoting: how the words of a kernel command line are written where they stand. */
#ifndef VW_QUOTING_H
#define VW_QUOTING_H

/* How words may be written where they stand. */
enum vw_quoting {
	VW_QUOTE_PLAIN,  /* as the kernel gets them */
	VW_QUOTE_DOUBLE, /* inside a shell's "…": \ $ ` " are escaped */
	VW_QUOTE_SINGLE, /* inside '…' */
	VW_QUOTE_BARE, /* a shell word without quotes: cannot take a blank (args_file adds quotes) */
};

#endif
