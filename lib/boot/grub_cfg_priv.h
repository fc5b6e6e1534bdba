/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub_cfg_priv: a grub.cfg while it is gone through, for grub_cfg.c, grub_cfg_bls.c and grub_cfg_source.c. */
#ifndef VW_GRUB_CFG_PRIV_H
#define VW_GRUB_CFG_PRIV_H

#include "grub_cfg.h"
#include "grub_script.h"

#include <stdint.h>

#define NESTING_MAX 64
/* More than any menu that people can use; each entry is compared with those before it. */
#define NODES_MAX   4096
#define VW_GRUB_TOP SIZE_MAX
/* Files that are sourced: one (custom.cfg), or two. */
#define SOURCES_MAX 16

enum vw_grub_block_kind { BLOCK_FUNCTION, BLOCK_MENU, BLOCK_ENTRY, BLOCK_IF, BLOCK_LOOP };

struct vw_grub_block {
	enum vw_grub_block_kind kind;
	unsigned int line;
	size_t node; /* MENU, ENTRY */
	bool active; /* IF: this branch is taken, or may be */
	bool done;   /* IF: a branch before it was taken for certain */
	bool maybe; /* IF: the branch that was taken is a guess: entries of the others count, too */
};

struct vw_grub_node {
	size_t parent;
	unsigned int number; /* in its menu */
	unsigned int line;
	const char *file; /* where it stands; NULL = in grub.cfg */
	bool is_bls;
	char *title, *id, *kernel, *cmdline; /* cmdline NULL = it boots no Linux */
	bool is_default;
};

struct vw_grub_walk {
	const struct vw_grub_cfg *cfg;
	struct vw_grub_script script;
	struct vw_grub_block blocks[NESTING_MAX];
	size_t depth;
	struct vw_grub_node *nodes;
	size_t n;
	bool opens; /* the last command was menuentry, submenu or function: its brace opens a block */
	struct vw_grub_block opening;
	unsigned int default_line; /* where the default was set last */
	const char *default_file;  /* NULL = in grub.cfg */
	const char *file;          /* that is sourced; NULL = grub.cfg itself */
	size_t outer;              /* blocks that were open where it is sourced */
	char *files[SOURCES_MAX];
	size_t n_files;
};

/* Carries out the commands of ->script. 0 or -errno with a message. (grub_cfg.c) */
int vw_grub_read_script(struct vw_grub_walk *walk, struct vw_error *err);

/* The command source: the file's commands count as if they stood here; one that is not there has none. (grub_cfg_source.c) */
int vw_grub_source(struct vw_grub_walk *walk, const char *name, struct vw_error *err);

/* Appends one to a menu (VW_GRUB_TOP: the first); id may be NULL. 0 or -errno with a message. */
int vw_grub_add_node(struct vw_grub_walk *walk, size_t parent, const char *title, const char *id,
	unsigned int line, struct vw_error *err);

/* A word as it gets into the kernel's command line (grub-core/lib/cmdline.c): quoted if there is a blank in it. */
void vw_grub_add_argument(struct vw_bytes *out, const char *word);

/* What blscfg does: the boot loader entries, in GRUB's order, as entries of this menu. */
int vw_grub_add_bls(struct vw_grub_walk *walk, size_t parent, struct vw_error *err);

#endif
