/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config: /etc/vfward/vfward.conf and vfward.conf.d/, parsed (inih), never sourced. */
#ifndef VW_CONFIG_H
#define VW_CONFIG_H

#include "error.h"
#include "finding.h"
#include "host.h"

struct vw_config_network {
	char *pf;    /* netdev name or PCI address of a PF, as written */
	char *label; /* MACs are unique within one label */
};

struct vw_config {
	bool on_error_warn;       /* [hook] on-error = refuse (default) | warn */
	unsigned int deadline_ms; /* [hook] deadline = seconds, 1 to 60, default 5 */
	bool same_domain_refuse;  /* [mac] same-domain = warn (default) | refuse */
	unsigned int advise_cpu;  /* [advise] cpu = percent of the host's CPUs, default 60 */
	unsigned int
		advise_busy; /* [advise] kpps-busy = 1,000 packets a second, above that CPU load, default 50 */
	unsigned int
		advise_any; /* [advise] kpps = 1,000 packets a second, at any load, default 100 */
	struct vw_config_network *networks; /* [networks] PF = LABEL */
	size_t n_networks;
};

/* The defaults, then vfward.conf, then vfward.conf.d/?*.conf in order of their names (bytes compared, as
 * `LC_ALL=C ls` sorts); a value of a later file wins, one key twice in one file is a mistake. Missing files are fine.
 * Each mistake (unknown section or key, bad value, unreadable file, a line that is none) becomes a FAIL finding
 * "config-invalid" with subject FILE:LINE (FILE where it cannot be read), and the value before it stays. 0 even then; -errno only for out of memory. */
int vw_config_load(const struct vw_host *host, struct vw_config *config,
	struct vw_findings *findings, struct vw_error *err);
void vw_config_free(struct vw_config *config);

/* The label of a PF (by netdev or by address string; either may be NULL), or NULL = the whole host is one network.
 * Where one entry names its netdev and another its address, the one that was read last wins. */
const char *vw_config_label(
	const struct vw_config *config, const char *netdev, const char *address);

#endif
