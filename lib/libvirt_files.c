/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt_files: what libvirt's daemons leave in /run and /etc: live status of domains and networks, definitions of domains. */
#include "libvirt_files.h"

#include "cleanup.h"
#include "text.h"

#include <errno.h>
#include <string.h>

/* The same for libvirtd and virtqemud (qemu_conf.c, stateDir of the system daemon). */
#define STATUS_DIR "/run/libvirt/qemu"
#define SUFFIX     ".xml"

/* Of the system daemon (qemu_conf.c, configDir). Below it are networks, autostart, nwfilter … */
#define DEFINITION_DIR "/etc/libvirt/qemu"

/* Of the network driver, in libvirtd or virtnetworkd. */
#define NETWORK_DIR "/run/libvirt/network"

/* DIR/NAME.xml. quote: room for the name in messages. */
static int slurp(const struct vw_host *host, const char *dir, const char *what, const char *name,
	char quote[128], char **xml, size_t *len, struct vw_error *err)
{
	int rc = *name && !strchr(name, '/') ? vw_host_slurpf(host, VW_DOMAIN_XML_MAX, xml, len,
						       "%s/%s%s", dir, name, SUFFIX)
					     : -ENOENT;

	vw_text_escape(quote, 128, name);
	/* A name that is too long for a file is no live one's. */
	if (rc == -ENOENT || rc == -ENAMETOOLONG)
		return vw_error_set(err, ENOENT, "no %s \"%s\" is %s", what, quote,
			strcmp(dir, DEFINITION_DIR) ? "running" : "defined");
	return rc < 0 ? vw_error_errno(err, -rc, "%s/%s%s", dir, quote, SUFFIX) : 0;
}

int vw_status_read(const struct vw_host *host, const char *name, struct vw_status *status,
	struct vw_error *err)
{
	vw_auto_free char *xml = NULL;
	struct vw_domain_status process;
	char quote[128];
	size_t len;
	int rc;

	memset(status, 0, sizeof(*status));
	rc = slurp(host, STATUS_DIR, "domain", name, quote, &xml, &len, err);
	if (rc < 0)
		return rc;
	rc = vw_domain_parse_status(xml, len, &status->domain, &process, err);
	if (rc < 0)
		return vw_error_prefix(err, rc, "%s/%s%s", STATUS_DIR, quote, SUFFIX);
	status->pid = process.pid;
	memcpy(status->state, process.state, sizeof(status->state));
	return 0;
}

int vw_definition_read(const struct vw_host *host, const char *name, struct vw_domain *domain,
	struct vw_error *err)
{
	vw_auto_free char *xml = NULL;
	char quote[128];
	size_t len;
	int rc;

	memset(domain, 0, sizeof(*domain));
	rc = slurp(host, DEFINITION_DIR, "domain", name, quote, &xml, &len, err);
	if (rc < 0)
		return rc;
	rc = vw_domain_parse(xml, len, domain, err);
	return rc < 0 ? vw_error_prefix(err, rc, "%s/%s%s", DEFINITION_DIR, quote, SUFFIX) : 0;
}

int vw_network_read(const struct vw_host *host, const char *name, struct vw_network *network,
	struct vw_error *err)
{
	vw_auto_free char *xml = NULL;
	char quote[128];
	size_t len;
	int rc;

	memset(network, 0, sizeof(*network));
	rc = slurp(host, NETWORK_DIR, "network", name, quote, &xml, &len, err);
	if (rc < 0)
		return rc;
	rc = vw_network_parse(xml, len, network, err);
	return rc < 0 ? vw_error_prefix(err, rc, "%s/%s%s", NETWORK_DIR, quote, SUFFIX) : 0;
}

int vw_port_is_recorded(const struct vw_host *host, const char *network, const char *port_uuid)
{
	return strchr(network, '/') ? 0
				    : vw_host_lookf(host, "%s/%s/ports/%s%s", NETWORK_DIR, network,
					      port_uuid, SUFFIX);
}

void vw_status_free(struct vw_status *status)
{
	vw_domain_free(&status->domain);
	memset(status, 0, sizeof(*status));
}

static int list(const struct vw_host *host, const char *dir, struct vw_names *names)
{
	const size_t suffix = strlen(SUFFIX);
	size_t kept = 0;
	int rc = vw_host_listf(host, names, "%s", dir);

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

int vw_status_list(const struct vw_host *host, struct vw_names *names)
{
	return list(host, STATUS_DIR, names);
}

int vw_definition_list(const struct vw_host *host, struct vw_names *names)
{
	return list(host, DEFINITION_DIR, names);
}
