/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign_priv: what foreign*.c share. */
#ifndef VW_FOREIGN_PRIV_H
#define VW_FOREIGN_PRIV_H

#include "foreign.h"

#define VW_FOREIGN_FILE_MAX (1U << 20)

struct vw_foreign_search {
	const struct vw_host *host;
	const struct vw_pf_request *pf;
	char address[VW_PCI_STR];
	struct vw_foreigns *list;
	bool lost; /* out of memory */
};

/* text: len bytes of the line that says it. */
void vw_foreign_add(struct vw_foreign_search *search, const char *owner, const char *remedy,
	const char *file, unsigned int line, const char *text, size_t len, long vfs);

/* Does a name with wildcards mean the PF's netdev? */
bool vw_foreign_is_netdev(const struct vw_foreign_search *search, const char *pattern);
bool vw_foreign_is_mac(const struct vw_foreign_search *search, const char *text);

/* Each reads one file, whole; text[len] is NUL, and text may be changed. */
void vw_foreign_keyfile(struct vw_foreign_search *search, const char *path, char *text,
	size_t len); /* NetworkManager */
void vw_foreign_link_file(
	struct vw_foreign_search *search, const char *path, char *text, size_t len); /* systemd */
void vw_foreign_ifcfg(
	struct vw_foreign_search *search, const char *path, char *text, size_t len); /* RHEL */
void vw_foreign_netplan(struct vw_foreign_search *search, const char *path, char *text, size_t len);

#endif
