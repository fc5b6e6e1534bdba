/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cleanup: scope-bound release of memory, descriptors and streams. */
#ifndef VW_CLEANUP_H
#define VW_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void vw_cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void vw_cleanup_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void vw_cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void vw_cleanup_closedir(DIR **d)
{
	if (*d)
		closedir(*d);
}

#define vw_auto(fn)      __attribute__((cleanup(fn)))
#define vw_auto_free     vw_auto(vw_cleanup_free)
#define vw_auto_close    vw_auto(vw_cleanup_close)
#define vw_auto_fclose   vw_auto(vw_cleanup_fclose)
#define vw_auto_closedir vw_auto(vw_cleanup_closedir)

#define VW_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
