/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmdline: what a kernel makes of its command line, and changing it token by token. */
#ifndef VW_CMDLINE_H
#define VW_CMDLINE_H

#include "bytes.h"
#include "error.h"
#include "quoting.h"

#include <stdint.h>

/* The kernel's limit on x86 (COMMAND_LINE_SIZE, arch/x86/include/asm/setup.h), the NUL counted. */
#define VW_CMDLINE_MAX 2048

/* What the command lines of a host are to say. In any case nothing in them may turn the IOMMU off. */
struct vw_boot_args {
	bool intel_iommu; /* intel_iommu=on, because the kernel does not turn VT-d on by itself */
	bool passthrough; /* iommu=pt */
	bool pci_realloc; /* pci=realloc, because the firmware left no room for VF BARs */
	bool add_nothing; /* only take out what is against that: another place has it */
};

/* What a command line says, as the kernel reads it: in order, "-" and "_" alike, quotes taken off, nothing behind " -- ". */
struct vw_cmdline_state {
	int intel_iommu;  /* -1 = not said, 0 = off, 1 = on */
	bool iommu_off;   /* iommu=off: nothing else turns it on again */
	bool amd_off;     /* amd_iommu=off */
	bool passthrough; /* iommu=pt or iommu.passthrough=1 is what counts */
	bool soft;        /* iommu=soft */
	bool no_intremap; /* intremap=off, nointremap */
	bool pci_realloc, pci_noari;
};
void vw_cmdline_read(const char *text, size_t len, struct vw_cmdline_state *state);

/* The tokens that stand in the way of an IOMMU (intel_iommu=off, iommu=off|soft, amd_iommu=off, intremap=off, nointremap), in
 * order, separated by blanks, as they stand there; "" = none. These are what vw_cmdline_edit takes out. What does not fit is
 * left out. */
void vw_cmdline_culprits(const char *text, size_t len, char *buf, size_t size);

/* Does it say already what is wanted, and nothing against it? */
bool vw_cmdline_says(const char *text, size_t len, const struct vw_boot_args *want);

/* What was done to one command line, token by token, as they stand there. */
struct vw_token_change {
	char *old; /* NULL: the token was added */
	char *new; /* NULL: it was taken out */
};
struct vw_token_changes {
	struct vw_token_change *v;
	size_t n;
};
void vw_token_changes_free(struct vw_token_changes *changes);

/* Makes the command line say what is wanted: only the tokens that concern it change, everything else stays byte for byte;
 * added tokens go to the end, but before " -- ". 1 = changed, 0 = it says so already (nothing in *out), -E2BIG with a message:
 * longer than VW_CMDLINE_MAX, -ENOMEM. changes may be NULL. */
int vw_cmdline_edit(const char *text, size_t len, enum vw_quoting quoting,
	const struct vw_boot_args *want, struct vw_bytes *out, struct vw_token_changes *changes,
	struct vw_error *err);

/* A command line where it stands. */
struct vw_cmdline_text {
	const char *text;
	size_t len;
	enum vw_quoting quoting;
};

/* Takes back from `now` what vw_cmdline_edit made of `before` when it wrote `after`. What is as it was left becomes what it was,
 * byte for byte; of one that others have changed since, only our tokens, as far as they still stand there. 1 = changed, 0 = there is
 * nothing of ours (nothing in *out), -E2BIG: far longer than any command line, -ENOMEM. */
int vw_cmdline_undo(const struct vw_cmdline_text *before, const struct vw_cmdline_text *after,
	const struct vw_cmdline_text *now, struct vw_bytes *out, struct vw_error *err);

/* How many tokens two command lines have in common: tells whose copy a line is. */
size_t vw_cmdline_likeness(const struct vw_cmdline_text *a, const struct vw_cmdline_text *b);

#endif
