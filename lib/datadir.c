/* SPDX-License-Identifier: GPL-2.0-or-later */
/* datadir: where the data files lie that vfward ships. */
#include "datadir.h"

#include <stdlib.h>

const char *vw_datadir(void)
{
	const char *dir = getenv("VFWARD_DATADIR");

	return dir && dir[0] == '/' ? dir : VFWARD_DATADIR;
}
