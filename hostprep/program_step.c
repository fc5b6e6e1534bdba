/* SPDX-License-Identifier: GPL-2.0-or-later */
/* program_step: the programs of the host that a plan runs, and what they make. */
#include "undo_priv.h"

#include "cleanup.h"
#include "run.h"
#include "writer.h"

#include <string.h>

#define LIMIT_MS  (10 * 60 * 1000U) /* os-prober looks at every disk */
#define MADE_MAX  (64U << 20)
#define LINES_MAX 5 /* of a program's output in a message */

void vw_command_line(char *const *argv, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (; *argv; argv++) {
		int len = snprintf(buf + used, size - used, "%s%s", used ? " " : "", *argv);

		if (len < 0 || (size_t)len >= size - used) {
			if (size > 4)
				memcpy(buf + size - 4, "...", 4);
			return;
		}
		used += (size_t)len;
	}
}

int vw_read_made(
	const struct vw_host *host, const char *path, struct vw_bytes *text, struct vw_error *err)
{
	vw_auto_free char *data = NULL;
	size_t len;
	int rc = vw_host_slurpf(host, MADE_MAX, &data, &len, "%s", path);

	*text = (struct vw_bytes){ 0 };
	if (rc == -ENOENT || rc == -ENOTDIR)
		return 0;
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read %s", path);
	vw_bytes_add(text, data, len);
	return text->lost ? vw_error_set(err, ENOMEM, "out of memory") : 1;
}

/* The last lines of what a program said, as one. */
static void last_lines(const struct vw_bytes *output, char *buf, size_t size)
{
	const char *end = output->data + output->len, *begin = end;
	size_t used = 0;

	for (int lines = 0; begin > output->data; begin--)
		if (begin[-1] == '\n' && begin < end && ++lines == LINES_MAX)
			break;
	for (const char *p = begin; p < end && used + 4 < size; p++) {
		if (*p != '\n') {
			buf[used++] = *p ? *p : '?';
		} else if (used && p + 1 < end) {
			memcpy(buf + used, " / ", 3);
			used += 3;
		}
	}
	buf[used] = '\0';
}

int vw_run_step(const struct vw_host *host, const struct vw_step *step, char *const *argv,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes output = { 0 };
	char line[1024], said[1500];
	int rc;

	vw_command_line(argv, line, sizeof(line));
	if (host->recorded) {
		vw_finding_add(findings, VW_WARN, "generator-not-run",
			step->path ? step->path : argv[0], "Run it in the image before it boots.",
			"under another root no program is run: %s", line);
		return 0;
	}
	rc = vw_run(argv, LIMIT_MS, &output, err);
	if (rc == 0) {
		if (step->path)
			return vw_sync_file(host, step->path, err);
		sync();
		return 0;
	}
	last_lines(&output, said, sizeof(said));
	vw_finding_add(findings, VW_FAIL, "generator-failed", step->path ? step->path : argv[0],
		NULL, "%s; it was run as: %s%s%s", err->msg, line, *said ? "; it said: " : "",
		said);
	return rc;
}
