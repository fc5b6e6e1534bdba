/* SPDX-License-Identifier: GPL-2.0-or-later */
/* datadir: where the data files lie that vfward ships. */
#include "datadir.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Cuts the last component off. */
static void go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
}

/* PREFIX/share/vfward of the PREFIX/sbin/program that runs. */
static const char *beside_program(void)
{
	static char path[PATH_MAX + sizeof("/share/vfward")];
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (n <= 0)
		return NULL;
	path[n] = '\0';
	go_up(path);
	go_up(path);
	strcat(path, "/share/vfward");
	return access(path, F_OK) == 0 ? path : NULL;
}

const char *vw_datadir(void)
{
	const char *dir = getenv("VFWARD_DATADIR");

	if (!dir || dir[0] != '/')
		dir = beside_program();
	return dir ? dir : VFWARD_DATADIR;
}
