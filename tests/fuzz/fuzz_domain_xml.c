/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_domain_xml: any bytes as a domain's XML: what the hook makes of them before it looks at the host. */
#include "fuzz.h"

#include "domain_xml.h"
#include "text.h"

#include <errno.h>

static bool is_zeroed(const struct vw_domain *domain)
{
	static const struct vw_domain zero;

	return memcmp(domain, &zero, sizeof(zero)) == 0;
}

static void check_device(const struct vw_device *device, bool *vf)
{
	bool by_address = device->kind == VW_DEV_VF_INTERFACE || device->kind == VW_DEV_HOSTDEV;

	MUST(device->kind <= VW_DEV_NIC && device->team <= VW_TEAM_TRANSIENT);
	MUST(device->type && device->line > 0);
	MUST(!(device->has_mac && device->bad_mac));
	MUST(!device->has_mac ||
		!(vw_mac_is_zero(&device->mac) || vw_mac_is_multicast(&device->mac)));
	MUST(device->is_interface != (device->kind == VW_DEV_HOSTDEV));
	if (by_address)
		MUST(device->has_pci != (device->bad_pci != NULL));
	else
		MUST(!device->has_pci && !device->bad_pci && !device->managed);
	MUST(!device->has_pci || (device->pci.slot <= 0x1f && device->pci.function <= 7));
	if (by_address || device->kind == VW_DEV_MACVTAP || device->kind == VW_DEV_NETWORK)
		*vf = true;
}

/* Names from the XML on their way into a message. */
static void check_messages(const struct vw_domain *domain, const struct vw_error *err)
{
	struct vw_findings findings = { 0 };
	char quote[64];

	if (domain->name) {
		vw_finding_add(
			&findings, VW_FAIL, "fuzz", domain->name, domain->name, "%s", domain->name);
		fuzz_check_printable(vw_text_escape(quote, sizeof(quote), domain->name));
	} else {
		vw_finding_add(&findings, VW_FAIL, "fuzz", "name", NULL, "%s", err->msg);
	}
	for (size_t i = 0; i < domain->n_devices && i < 8; i++) {
		const struct vw_device *device = &domain->devices[i];
		const char *texts[] = { device->type, device->bad_mac, device->bad_pci,
			device->source, device->alias, device->team_peer };

		for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
			if (texts[k])
				vw_finding_add(&findings, VW_WARN, "fuzz", texts[k], NULL,
					"%s is %s", domain->name, texts[k]);
	}
	fuzz_check_findings(&findings);
	vw_findings_free(&findings);
}

/* Bytes that end too early speak of no more than all of them. */
static void check_words(const char *xml, size_t size, bool parsed, bool vf)
{
	bool may = vw_domain_may_use_vf(xml, size);

	MUST(!memmem(xml, size, "hostdev", 7) || may);
	MUST(!memmem(xml, size, "direct", 6) || may);
	MUST(!memmem(xml, size, "network", 7) || may);
	MUST(!parsed || !vf || may);
	MUST(!vw_domain_may_use_vf(xml, size / 2) || may);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *xml = (const char *)data;
	struct vw_domain_status process;
	struct vw_domain domain, status;
	struct vw_error err = { "" };
	bool vf = false;
	int rc;

	memset(&domain, 0xff, sizeof(domain));
	rc = vw_domain_parse(xml, size, &domain, &err);
	if (rc) {
		MUST(rc == -EBADMSG || rc == -EFBIG);
		MUST(is_zeroed(&domain) && err.msg[0] && strlen(err.msg) < sizeof(err.msg));
	} else {
		MUST(domain.name[0] && !strchr(domain.name, '/') && strlen(domain.name) <= 1024);
		MUST(!domain.uuid[0] || strlen(domain.uuid) == VW_UUID_STR - 1);
		MUST(strspn(domain.uuid, "0123456789abcdef-") == strlen(domain.uuid));
		for (size_t i = 0; i < domain.n_devices; i++)
			check_device(&domain.devices[i], &vf);
	}
	check_messages(&domain, &err);
	check_words(xml, size, rc == 0, vf);

	memset(&process, 0xff, sizeof(process));
	if (vw_domain_parse_status(xml, size, &status, &process, &err) == 0) {
		MUST(rc == 0 && strcmp(domain.name, status.name) == 0 && status.uuid[0]);
		MUST(domain.n_devices == status.n_devices);
		MUST(memchr(process.state, '\0', sizeof(process.state)) && process.pid >= 0);
		vw_domain_free(&status);
	} else {
		MUST(is_zeroed(&status) && !process.pid && !process.state[0]);
	}
	vw_domain_free(&domain);
	return 0;
}
