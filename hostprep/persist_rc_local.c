/* SPDX-License-Identifier: GPL-2.0-or-later */
/* persist_rc_local: VFs by sriov_numvfs on a host without systemd (RHEL 6): a line of rc.local for each PF. */

/* Plain shell: vfward itself may not run on a system of that age, whose image was prepared elsewhere. */
#include "persist.h"

#include "cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define MARKER "# vfward"

static const char *rc_local(const struct vw_host *host)
{
	return vw_host_lookf(host, "/etc/rc.d") == 1 ? "/etc/rc.d/rc.local" : "/etc/rc.local";
}

static bool is_ours(const char *line, size_t len, const char *address)
{
	return memmem(line, len, MARKER, strlen(MARKER)) &&
	       memmem(line, len, address, strlen(address));
}

/* Does the script end in "exit …"? Lines behind that are not run. Returns where the exit stands, or len. */
static size_t find_exit(const char *text, size_t len)
{
	size_t found = len;

	for (size_t pos = 0, n; pos < len; pos += n) {
		const char *newline = memchr(text + pos, '\n', len - pos), *line = text + pos;

		n = newline ? (size_t)(newline - line) + 1 : len - pos;
		if (strspn(line, " \t\r\n") >= n || *line == '#')
			continue;
		found = n >= 5 && strncmp(line, "exit", 4) == 0 && strchr(" \t\r\n;", line[4])
				? pos
				: len;
	}
	return found;
}

/* Copies the script without our line for this PF, which is put where it will be run. */
static void set_line(
	const struct vw_bytes *text, const struct vw_pf_request *pf, struct vw_bytes *out)
{
	vw_auto(vw_bytes_free) struct vw_bytes rest = { 0 };
	char address[VW_PCI_STR];
	size_t end;

	vw_pci_format(&pf->pf, address);
	for (size_t pos = 0, n; pos < text->len; pos += n) {
		const char *line = text->data + pos, *newline = memchr(line, '\n', text->len - pos);

		n = newline ? (size_t)(newline - line) + 1 : text->len - pos;
		if (!is_ours(line, n, address))
			vw_bytes_add(&rest, line, n);
	}
	end = find_exit(rest.data, rest.len);
	vw_bytes_add(out, rest.data, end);
	if (pf->count && end && rest.data[end - 1] != '\n')
		vw_bytes_add(out, "\n", 1);
	if (pf->count)
		vw_bytes_addf(out,
			"[ \"$(cat /sys/bus/pci/devices/%s/sriov_numvfs)\" = %u ] || echo %u "
			">/sys/bus/pci/devices/%s/sriov_numvfs %s\n",
			address, pf->count, pf->count, address, MARKER);
	if (rest.len > end)
		vw_bytes_add(out, rest.data + end, rest.len - end);
	out->lost |= rest.lost;
}

/* Is our line for this PF there as it would be written? Then it stays where somebody may have moved it. */
static bool has_line(const struct vw_bytes *text, const struct vw_pf_request *pf)
{
	vw_auto(vw_bytes_free) struct vw_bytes line = { 0 };
	const struct vw_bytes nothing = { 0 };

	set_line(&nothing, pf, &line);
	return line.len && text->len && memmem(text->data, text->len, line.data, line.len);
}

static void warn_mode(struct vw_persist *p, const char *path)
{
	vw_auto_close int fd = vw_host_openf(p->host, O_PATH, "%s", path);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && !(st.st_mode & S_IXUSR))
		vw_finding_add(p->findings, VW_WARN, "rc-local-not-run", path, "chmod +x it",
			"%s is not executable, and may not be run at boot", path);
}

int vw_persist_rc_local(struct vw_persist *p, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	const char *path = rc_local(p->host);
	struct vw_step *step;
	int rc = vw_plan_read(p->plan, p->host, path, &text, err);

	if (rc == 0)
		vw_bytes_addf(&text, "#!/bin/sh\n");
	else if (rc == 1)
		warn_mode(p, path);
	for (size_t i = 0; i < p->request->n_pfs && rc >= 0; i++) {
		struct vw_bytes out = { 0 };

		if (p->ways[i] != VW_PERSIST_SYSFS || has_line(&text, &p->request->pfs[i]))
			continue;
		set_line(&text, &p->request->pfs[i], &out);
		vw_bytes_free(&text);
		text = out;
	}
	if (text.lost)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (rc >= 0)
		rc = vw_plan_file(p->plan, p->host, path, &text,
			"makes the VFs at the end of the boot", &step, err);
	if (rc == 1) {
		step->mode = 0755;
		step->marker = MARKER;
		step->is_ours = !step->existed;
	}
	return rc < 0 ? rc : 0;
}
