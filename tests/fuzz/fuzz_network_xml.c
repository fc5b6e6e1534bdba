/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_network_xml: any bytes as the network hook's document, and as the status file of a live network. */
#include "fuzz.h"

#include "network_xml.h"
#include "text.h"

#include <errno.h>

static void check_name(const char *name)
{
	char quote[64];

	MUST(name && name[0] && !strchr(name, '/') && strlen(name) <= 1024);
	fuzz_check_printable(vw_text_escape(quote, sizeof(quote), name));
}

static void check_uuid(const char *uuid)
{
	MUST(strlen(uuid) == VW_UUID_STR - 1);
	MUST(strspn(uuid, "0123456789abcdef-") == VW_UUID_STR - 1);
}

/* The judge takes it for a device of a domain: the same must hold. */
static void check_port(const struct vw_network *network)
{
	const struct vw_device *device = network->port.devices;

	check_uuid(network->port_uuid);
	check_uuid(network->port.uuid);
	check_name(network->port.name);
	MUST(network->port.n_devices == 1 && device->is_interface && device->type);
	MUST(device->kind <= VW_DEV_NIC && device->kind != VW_DEV_HOSTDEV);
	MUST(!(device->has_mac && device->bad_mac));
	MUST(!device->has_mac ||
		!(vw_mac_is_zero(&device->mac) || vw_mac_is_multicast(&device->mac)));
	if (device->kind == VW_DEV_VF_INTERFACE)
		MUST(device->has_pci != (device->bad_pci != NULL));
	else
		MUST(!device->has_pci && !device->bad_pci);
	MUST(!device->has_pci || (device->pci.slot <= 0x1f && device->pci.function <= 7));
}

static bool speaks_of_vf(const struct vw_network *network)
{
	return network->forward != VW_FORWARD_OTHER ||
	       (network->has_port && (network->port.devices->kind == VW_DEV_VF_INTERFACE ||
					     network->port.devices->kind == VW_DEV_MACVTAP));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct vw_network zero;
	const char *xml = (const char *)data;
	struct vw_error err = { "" };
	struct vw_network network;
	struct vw_domain domain;
	bool may = vw_network_may_use_vf(xml, size),
	     is_hook_data = vw_network_is_hook_data(xml, size);
	int rc;

	memset(&network, 0xff, sizeof(network));
	rc = vw_network_parse(xml, size, &network, &err);
	if (rc) {
		MUST(rc == -EBADMSG || rc == -EFBIG);
		MUST(memcmp(&network, &zero, sizeof(zero)) == 0);
		MUST(err.msg[0] && strlen(err.msg) < sizeof(err.msg));
	} else {
		check_name(network.name);
		MUST(network.forward <= VW_FORWARD_PASSTHROUGH);
		if (network.has_port)
			check_port(&network);
		MUST(may || !speaks_of_vf(&network));
	}
	MUST(may || !(memmem(xml, size, "hostdev", 7) || memmem(xml, size, "passthrough", 11)));
	vw_network_free(&network);

	/* No document is both hooks'. */
	if (vw_domain_parse(xml, size, &domain, &err) == 0)
		MUST(rc && !is_hook_data);
	vw_domain_free(&domain);
	return 0;
}
