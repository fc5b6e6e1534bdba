/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_domain: the dry run of the hook's prepare: the same parser, view and judge, nothing claimed, nothing reset. */
#include "cleanup.h"
#include "command.h"
#include "json.h"
#include "judge.h"
#include "libvirt_files.h"
#include "report.h"
#include "table.h"
#include "text.h"

#include <fcntl.h>
#include <string.h>

/* All of a descriptor, at most one byte more than a domain's XML may have, so that the parser sees that it is too long. */
static int read_all(int fd, char **data, size_t *len)
{
	size_t size = 64 * 1024, used = 0;
	char *buf = malloc(size);

	while (buf && used <= VW_DOMAIN_XML_MAX) {
		ssize_t n;

		if (used == size) {
			char *more = realloc(buf, size *= 2);

			if (!more)
				break;
			buf = more;
		}
		n = read(fd, buf + used, size - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			free(buf);
			return -errno;
		}
		if (n == 0)
			break;
		used += (size_t)n;
	}
	if (!buf || (used == size && used <= VW_DOMAIN_XML_MAX)) {
		free(buf);
		return -ENOMEM;
	}
	*data = buf;
	*len = used;
	return 0;
}

/* FILE is the operator's own file, so it is not looked up below --root. */
static int read_xml(const char *file, char **data, size_t *len, struct vw_error *err)
{
	vw_auto_close int fd = -1;
	char safe[512];
	int rc;

	if (strcmp(file, "-") == 0) {
		rc = read_all(STDIN_FILENO, data, len);
		return rc ? vw_error_errno(err, -rc, "cannot read standard input") : 0;
	}
	vw_text_escape(safe, sizeof(safe), file);
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return vw_error_errno(err, errno, "cannot open %s", safe);
	rc = read_all(fd, data, len);
	return rc ? vw_error_errno(err, -rc, "cannot read %s", safe) : 0;
}

static void add_devices(struct vw_json *json, const struct vw_domain *domain)
{
	struct json_object *devices = vw_json_array(json, json->top, "devices");
	char mac[VW_MAC_STR], pci[VW_PCI_STR];

	for (size_t i = 0; i < domain->n_devices; i++) {
		const struct vw_device *device = &domain->devices[i];
		struct json_object *object = vw_json_object(json, devices, NULL);

		vw_json_text(
			json, object, "element", device->is_interface ? "interface" : "hostdev");
		vw_json_text(json, object, "type", device->type);
		vw_json_text(json, object, "mac",
			device->has_mac ? vw_mac_format(&device->mac, mac) : NULL);
		vw_json_text(json, object, "pci",
			device->has_pci ? vw_pci_format(&device->pci, pci) : NULL);
		vw_json_text(json, object, "source", device->source);
		vw_json_bool(json, object, "managed", device->managed);
		vw_json_text(json, object, "alias", device->alias);
	}
}

/* With -v: what the XML says, as vfward reads it. */
static int show_devices(const struct vw_domain *domain, const struct vw_output *output)
{
	static const char *const heads[] = { "ELEMENT", "TYPE", "MAC", "PCI", "SOURCE" };
	vw_auto(vw_table_end) struct vw_table table = { 0 };
	char mac[VW_MAC_STR], pci[VW_PCI_STR];

	vw_table_begin(&table, heads, VW_ARRAY_SIZE(heads));
	for (size_t i = 0; i < domain->n_devices; i++) {
		const struct vw_device *device = &domain->devices[i];

		vw_table_row(&table, false, VW_STYLE_PLAIN);
		vw_table_cell(&table, 0, "%s", device->is_interface ? "interface" : "hostdev");
		if (device->type)
			vw_table_cell(&table, 1, "%s", device->type);
		if (device->has_mac)
			vw_table_cell(&table, 2, "%s", vw_mac_format(&device->mac, mac));
		if (device->has_pci)
			vw_table_cell(&table, 3, "%s", vw_pci_format(&device->pci, pci));
		if (device->source)
			vw_table_cell(&table, 4, "%s", device->source);
	}
	return vw_table_write(&table, output);
}

static int show(struct vw_context *context, const struct vw_domain *domain,
	const struct vw_findings *findings, bool allow)
{
	vw_auto(vw_json_end) struct vw_json json = { 0 };
	const struct vw_output *output = &context->output;
	enum vw_style style = allow ? VW_STYLE_GREEN : VW_STYLE_RED;
	int rc;

	if (context->options->json) {
		vw_json_begin(&json);
		vw_json_text(&json, json.top, "name", domain->name);
		vw_json_name(&json, json.top, "uuid", domain->uuid);
		vw_json_text(&json, json.top, "verdict", allow ? "allow" : "refuse");
		add_devices(&json, domain);
		vw_json_findings(&json, findings);
		return vw_json_write(&json, output->out);
	}
	rc = output->verbosity > 0 && domain->n_devices ? show_devices(domain, output) : 0;
	if (!rc)
		rc = vw_report_findings(output, findings);
	if (!rc)
		fprintf(output->out, "verdict: %s%s%s\n", vw_style_on(output, style),
			allow ? "allow" : "refuse", vw_style_off(output, style));
	return rc;
}

/* What the dry run cannot know without a registry. The hook would build one from the running domains first. */
static struct vw_registry *open_registry(struct vw_context *context, const struct vw_domain *domain,
	const struct vw_config *config, struct vw_findings *findings)
{
	vw_auto(vw_names_free) struct vw_names live = { 0 };
	struct vw_registry *registry = NULL;
	struct vw_error why = { 0 };
	int rc = vw_registry_open(&context->host, true, &registry, &why);
	bool fatal = vw_view_uses_vf(&context->host, domain) && !config->on_error_warn;

	if (rc == 0)
		return registry;
	if (rc != -ENOENT)
		vw_finding_add(findings, fatal ? VW_FAIL : VW_WARN, "registry-unavailable",
			"registry", "run it as root, on the host that is to run the domain",
			"the claims of other domains cannot be read: %s", why.msg);
	else if (vw_status_list(&context->host, &live) == 0 && live.n)
		vw_finding_add(findings, VW_WARN, "registry-unavailable", "registry",
			"it comes with the next start of a domain, if the hook is installed "
			"(vfward install-hook)",
			"there is no registry yet, so the MACs of %zu running domains are not "
			"known here",
			live.n);
	return NULL;
}

static int judge(struct vw_context *context, const struct vw_domain *domain,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_config_free) struct vw_config config = { 0 };
	vw_auto(vw_registry_cleanup) struct vw_registry *registry = NULL;
	vw_auto(vw_view_free) struct vw_view view = { 0 };
	vw_auto(vw_verdict_free) struct vw_verdict verdict = { 0 };
	int rc = vw_load_config(context, &config, findings, err);

	if (rc)
		return rc;
	registry = open_registry(context, domain, &config, findings);
	rc = vw_view_build(&context->host, &config, registry, domain, VW_AT_PREPARE, &view, err);
	if (!rc)
		rc = vw_judge(domain, &view, &config, &verdict);
	for (size_t i = 0; !rc && i < verdict.findings.n; i++)
		vw_finding_copy(findings, &verdict.findings.v[i]);
	findings->lost |= verdict.findings.lost;
	return rc;
}

int vw_check_domain_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	vw_auto(vw_domain_free) struct vw_domain domain = { 0 };
	vw_auto_free char *xml = NULL;
	struct vw_error why = { 0 };
	size_t len = 0;
	bool allow;
	int rc = read_xml(args[0], &xml, &len, err);

	if (rc)
		return rc;
	rc = vw_domain_parse(xml, len, &domain, &why);
	if (rc == -ENOMEM)
		return vw_error_set(err, ENOMEM, "%s", why.msg);
	if (rc)
		vw_finding_add(&findings, VW_FAIL, "xml-invalid", args[0], NULL,
			"the domain XML cannot be read: %s", why.msg);
	else
		rc = judge(context, &domain, &findings, err);
	if (rc && rc != -EFBIG && rc != -EBADMSG)
		return rc;
	allow = vw_findings_worst(&findings) != VW_FAIL;
	rc = show(context, &domain, &findings, allow);
	if (rc)
		return rc;
	return allow ? VW_EXIT_GOOD : VW_EXIT_FAILED;
}
