/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt_files: what libvirt's daemons leave in /run: live status of domains. */
#include "libvirt_files.h"

#include "cleanup.h"
#include "text.h"

#include <errno.h>
#include <string.h>

/* The same for libvirtd and virtqemud (qemu_conf.c, stateDir of the system daemon). */
#define STATUS_DIR "/run/libvirt/qemu"
#define SUFFIX     ".xml"

int vw_status_read(const struct vw_host *host, const char *name, struct vw_status *status,
	struct vw_error *err)
{
	vw_auto_free char *xml = NULL;
	struct vw_domain_status process;
	char quote[128];
	size_t len;
	int rc;

	memset(status, 0, sizeof(*status));
	vw_text_escape(quote, sizeof(quote), name);
	rc = *name && !strchr(name, '/') ? vw_host_slurpf(host, VW_DOMAIN_XML_MAX, &xml, &len,
						   "%s/%s%s", STATUS_DIR, name, SUFFIX)
					 : -ENOENT;
	/* A name that is too long for a file is no live domain's. */
	if (rc == -ENOENT || rc == -ENAMETOOLONG)
		return vw_error_set(err, ENOENT, "no domain \"%s\" is running", quote);
	if (rc < 0)
		return vw_error_errno(err, -rc, "%s/%s%s", STATUS_DIR, quote, SUFFIX);

	rc = vw_domain_parse_status(xml, len, &status->domain, &process, err);
	if (rc < 0)
		return vw_error_prefix(err, rc, "%s/%s%s", STATUS_DIR, quote, SUFFIX);
	status->pid = process.pid;
	memcpy(status->state, process.state, sizeof(status->state));
	return 0;
}

void vw_status_free(struct vw_status *status)
{
	vw_domain_free(&status->domain);
	memset(status, 0, sizeof(*status));
}

int vw_status_list(const struct vw_host *host, struct vw_names *names)
{
	const size_t suffix = strlen(SUFFIX);
	size_t kept = 0;
	int rc = vw_host_listf(host, names, STATUS_DIR);

	if (rc == -ENOENT) {
		memset(names, 0, sizeof(*names));
		return 0;
	}
	if (rc < 0)
		return rc;
	/* Beside NAME.xml there are NAME.pid, NAME.xml.new while it is being written, directories, … */
	for (size_t i = 0; i < names->n; i++) {
		char *name = names->v[i];
		size_t len = strlen(name);

		if (len > suffix && strcmp(name + len - suffix, SUFFIX) == 0) {
			name[len - suffix] = '\0';
			names->v[kept++] = name;
		} else {
			free(name);
		}
	}
	names->n = kept;
	return 0;
}
