/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view_priv: what view.c and view_sightings.c share. */
#ifndef VW_VIEW_PRIV_H
#define VW_VIEW_PRIV_H

#include "view.h"

/* Fills ->seen of every device: where else on the host its MAC stands. The devices' functions, MACs and scopes are in the view already. */
int vw_view_sightings(const struct vw_host *host, const struct vw_config *config,
	struct vw_registry *registry, const struct vw_domain *domain, struct vw_view *view,
	struct vw_error *err);

#endif
