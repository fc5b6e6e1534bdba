/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_text: any text as a PCI address, a MAC and a number, and on its way into a message. */
#include "fuzz.h"

#include "mac.h"
#include "pci_address.h"
#include "text.h"

#include <errno.h>

static void check_pci(const char *text)
{
	struct vw_pci pci, again;
	struct vw_error err = { "" };
	char buf[VW_PCI_STR];

	if (vw_pci_parse(text, &pci, &err) == 0) {
		MUST(pci.slot <= 0x1f && pci.function <= 7);
		MUST(strlen(vw_pci_format(&pci, buf)) < sizeof(buf));
		MUST(vw_pci_parse(buf, &again, NULL) == 0 && vw_pci_equal(&pci, &again));
	} else {
		fuzz_check_printable(err.msg);
	}
	if (vw_pci_from_xml(text, "0x01", text, "0", &pci, &err) == 0)
		MUST(pci.bus == 1 && pci.slot <= 0x1f && pci.function == 0);
	else
		fuzz_check_printable(err.msg);
}

static void check_mac(const char *text)
{
	struct vw_mac mac, again;
	char buf[VW_MAC_STR];

	if (vw_mac_parse(text, &mac) < 0)
		return;
	MUST(strlen(vw_mac_format(&mac, buf)) == VW_MAC_STR - 1);
	MUST(vw_mac_parse(buf, &again) == 0 && vw_mac_equal(&mac, &again));
}

static void check_number(const char *text)
{
	static const int bases[] = { 0, 8, 10, 16, 36 };
	uint64_t value = 7;
	int rc;

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		rc = vw_text_u64(text, bases[i], 1000, &value);
		MUST(rc == 0 || rc == -EINVAL || rc == -ERANGE);
		MUST(rc ? value == 7 : value <= 1000);
		value = 7;
	}
}

static void check_escape(const uint8_t *data, size_t size)
{
	char small[16], *all = malloc(4 * size + 1);
	size_t keep = vw_text_cut((const char *)data, size, size / 2);

	MUST(all);
	vw_text_escape_n(all, 4 * size + 1, (const char *)data, size);
	fuzz_check_printable(all);
	MUST(strlen(all) >= size); /* nothing is left out */
	for (size_t n = 1; n <= sizeof(small); n++) {
		vw_text_escape_n(small, n, (const char *)data, size);
		MUST(strlen(small) < n && strncmp(all, small, strlen(small)) == 0);
	}
	free(all);
	MUST(keep <= size / 2 && size / 2 - keep <= 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vw_findings findings = { 0 };
	struct vw_error err = { "" };
	char *text = strndup((const char *)data, size);

	MUST(text);
	check_pci(text);
	check_mac(text);
	check_number(text);
	check_escape(data, size);
	MUST(vw_error_set(&err, EBADMSG, "%s", text) == -EBADMSG);
	MUST(strlen(err.msg) < sizeof(err.msg));
	vw_error_prefix(&err, -1, "%s", text);
	MUST(strlen(err.msg) < sizeof(err.msg));
	vw_finding_add(&findings, VW_FAIL, "fuzz", text, text, "%s: %s", text, err.msg);
	fuzz_check_findings(&findings);
	vw_findings_free(&findings);
	free(text);
	return 0;
}
