/* SPDX-License-Identifier: GPL-2.0-or-later */
/* program_step: the programs of the host that a plan runs, and what they make. */

/*
 * Theory of operation. grub-mkconfig writes over its file in place and without fsync, so a host that loses power meanwhile has no boot loader's
 * configuration, or half of one. A program that is told where to write (`-o FILE`) therefore writes into a directory of ours, and what it has made
 * takes the file's place as whole as any file that we edit.
 */
#include "undo_priv.h"

#include "boot_file.h"
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
	return vw_boot_read_max(host, path, MADE_MAX, text, err);
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

static int report_failure(const struct vw_step *step, char *const *argv,
	const struct vw_bytes *output, struct vw_findings *findings, int rc, struct vw_error *err)
{
	char line[1024], said[1500];

	vw_command_line(argv, line, sizeof(line));
	last_lines(output, said, sizeof(said));
	vw_finding_add(findings, VW_FAIL, "generator-failed", step->path ? step->path : argv[0],
		NULL, "%s; it was run as: %s%s%s", err->msg, line, *said ? "; it said: " : "",
		said);
	return rc;
}

/* The argument that names the file which the program makes, or NULL: it knows by itself. */
static char **output_argument(const struct vw_step *step, char *const *argv)
{
	for (char *const *arg = argv; step->path && *arg; arg++)
		if (!strcmp(*arg, step->path))
			return (char **)arg;
	return NULL;
}

static int put_in_place(
	const struct vw_host *host, const struct vw_step *step, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes made = { 0 }, now = { 0 };
	int there, rc = vw_read_made(host, VW_MADE_FILE, &made, err);

	if (rc < 0)
		return rc;
	if (!made.len)
		return vw_error_set(err, EIO, "%s has made nothing", step->argv[0]);
	there = vw_read_made(host, step->path, &now, err);
	if (there < 0)
		return there;
	return vw_write_file(host, step->path, there ? &now : NULL, &made, 0600, err);
}

/* argv is put back as it was. */
static int run_aside(const struct vw_host *host, const struct vw_step *step, char *const *argv,
	char **output, struct vw_bytes *said, struct vw_error *err)
{
	static char made[] = VW_MADE_FILE;
	char *path = *output;
	int rc = vw_journal_drop_made(host, err);

	if (rc == 0)
		rc = vw_host_mkdirf(host, 0700, VW_MADE_DIR);
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot make " VW_MADE_DIR);
	*output = made;
	rc = vw_run(argv, LIMIT_MS, said, err);
	*output = path;
	if (rc == 0)
		rc = put_in_place(host, step, err);
	if (rc < 0) {
		vw_journal_drop_made(host, NULL);
		return rc;
	}
	return vw_journal_drop_made(host, err);
}

int vw_run_step(const struct vw_host *host, const struct vw_step *step, char *const *argv,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes said = { 0 };
	char **output = output_argument(step, argv);
	char line[1024];
	int rc;

	vw_command_line(argv, line, sizeof(line));
	if (host->recorded) {
		vw_finding_add(findings, VW_WARN, "generator-not-run",
			step->path ? step->path : argv[0], "Run it in the image before it boots.",
			"under another root no program is run: %s", line);
		return 0;
	}
	rc = output ? run_aside(host, step, argv, output, &said, err)
		    : vw_run(argv, LIMIT_MS, &said, err);
	if (rc < 0)
		return report_failure(step, argv, &said, findings, rc, err);
	if (!output && step->path)
		return vw_sync_file(host, step->path, err);
	sync();
	return 0;
}
