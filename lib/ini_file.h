/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ini_file: one INI file, read strictly: every mistake becomes a finding with file and line. */
#ifndef VW_INI_FILE_H
#define VW_INI_FILE_H

#include "finding.h"
#include "host.h"

struct vw_ini {
	/* set by the caller */
	const char *path; /* for messages */
	const char *id;   /* of the findings */
	struct vw_findings *findings;
	/* "[name]" begins here. */
	void (*section)(struct vw_ini *ini, const char *name);
	/* name = value; a name may hold ':'. section_bad: the section's header could not be read. */
	void (*pair)(struct vw_ini *ini, const char *name, const char *value);
	/* while it reads */
	unsigned int line; /* from 1; 0 = the file as a whole */
	bool section_bad; /* set it in ->section where it is none: its pairs are not handed over then */
	int rc;           /* -ENOMEM, for which the callbacks have no other way out */
	/* its own */
	const char *data;
	size_t len, pos, mistakes;
	bool pending; /* this line went to inih as a pair, and did not come back yet */
};

/* Reads a text. 0 even with mistakes; -ENOMEM. */
int vw_ini_parse(struct vw_ini *ini, const char *data, size_t len);

/* Reads the file ini->path of the host; a missing one is an empty one, a link to a missing one a mistake. As above. */
int vw_ini_load(struct vw_ini *ini, const struct vw_host *host);

/* Adds a FAIL finding with subject FILE:LINE (FILE where line is 0). After 100 only one more says that there are more. */
void vw_ini_mistake(struct vw_ini *ini, const char *remedy, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
