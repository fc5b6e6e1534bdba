/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win_hives: opens the hives of System32\config, and keeps what could not be told of them. */
#include "win.h"

#include "cleanup.h"

#include <string.h>

/* One is enough to make an answer uncertain; more are for people. */
#define DOUBTS_MAX 32

int vw_win_doubt(struct vw_win *win, struct vw_win_device *device, const char *fmt, ...)
{
	struct vw_names *doubts = device ? &device->doubts : &win->doubts;
	vw_auto_free char *text = NULL;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (rc < 0) {
		text = NULL;
		return -ENOMEM;
	}
	for (size_t i = 0; i < doubts->n; i++)
		if (strcmp(doubts->v[i], text) == 0)
			return 0;
	if (doubts->n == DOUBTS_MAX)
		return 0;
	return vw_names_add(doubts, text);
}

static uint32_t le32(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

/* The first words of a hive: "regf" and two sequence numbers. Windows raises the first before it writes and the second after it, so that they
 * differ in a hive whose latest changes are still in its transaction logs (.LOG1, .LOG2), which nobody replays here. */
static int check_header(struct vw_win *win, const char *name, const char *path)
{
	unsigned char header[12];
	ssize_t n = vw_host_piecef(&win->guest->files, 0, header, sizeof(header), "%s", path);

	if (n != (ssize_t)sizeof(header) || memcmp(header, "regf", 4) != 0 ||
		le32(header + 4) == le32(header + 8))
		return 0;
	win->ceiling = VW_CONFIDENCE_LOW;
	return vw_finding_add(&win->system->findings, VW_WARN, "windows-hive-dirty", path,
		       "boot the guest and shut it down cleanly, then check again",
		       "the hive %s was not written to its end: its latest changes are only in its "
		       "transaction logs",
		       name)
		       ? 0
		       : -ENOMEM;
}

static int open_at(const char *path, struct vw_win_hive *hive, struct vw_error *err)
{
	int rc;

	if (!hive->source)
		return vw_error_set(err, EOPNOTSUPP, "there is nothing to read hives with");
	rc = hive->source->open(hive->data, path, err);
	if (rc < 0)
		return rc;
	rc = hive->source->root(hive->data, &hive->root);
	if (rc == 0)
		return 0;
	hive->root = 0;
	hive->source->close(hive->data);
	return vw_error_errno(err, -rc, "no root key");
}

int vw_win_hive_open(struct vw_win *win, const char *name, struct vw_win_hive *hive)
{
	vw_auto_free char *dir = NULL, *path = NULL;
	struct vw_error err = { "" };
	int rc;

	*hive = (struct vw_win_hive){
		.source = win->guest->hives, .data = win->guest->hives_data, .name = name
	};
	rc = vw_win_find(&win->guest->files, win->root, "System32/config", &dir);
	if (rc == 0)
		rc = vw_win_find(&win->guest->files, dir, name, &path);
	if (rc == -ENOENT)
		return rc;
	if (rc < 0)
		vw_error_errno(&err, -rc, "it cannot be found");
	if (rc == 0)
		rc = check_header(win, name, path);
	if (rc == 0)
		rc = open_at(path, hive, &err);
	if (rc == 0 || rc == -ENOMEM)
		return rc;
	if (vw_win_doubt(win, NULL, "the registry hive %s cannot be read: %s", name, err.msg) < 0 ||
		!vw_finding_add(&win->system->findings, VW_WARN, "windows-hive-unreadable",
			path ? path : name, NULL, "the registry hive %s cannot be read: %s", name,
			err.msg))
		return -ENOMEM;
	/* Whoever opens a hive that may be missing tells the two apart by this. */
	return rc == -ENOENT ? -EIO : rc;
}

void vw_win_hive_close(struct vw_win_hive *hive)
{
	if (hive->root)
		hive->source->close(hive->data);
	hive->root = 0;
}
