/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pci_address: PCI addresses as sysfs and as libvirt's XML spell them. */
#include "pci_address.h"

#include "cleanup.h"
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Hostile input is quoted escaped, and only its beginning. */
#define QUOTE 48

#define SLOT_MAX     0x1f
#define FUNCTION_MAX 7

/* Reads the hex digits text[0..len). */
static bool read_hex(const char *text, size_t len, size_t min, size_t max, uint64_t *value)
{
	char digits[16];

	if (len < min || len > max || strspn(text, "0123456789abcdefABCDEF") < len)
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	return vw_text_u64(digits, 16, UINT32_MAX, value) == 0;
}

/* Says what is wrong, or returns NULL and fills *pci. */
static const char *parse_parts(const char *text, struct vw_pci *pci)
{
	const char *first = strchr(text, ':'), *second = first ? strchr(first + 1, ':') : NULL;
	const char *bus = second ? first + 1 : text, *colon = second ? second : first;
	const char *slot = colon ? colon + 1 : NULL, *dot = slot ? strchr(slot, '.') : NULL;
	uint64_t domain_nr = 0, bus_nr, slot_nr, function_nr;

	if (!colon || !dot)
		return "it does not look like DDDD:BB:SS.F";
	if (second && !read_hex(text, (size_t)(first - text), 1, 8, &domain_nr))
		return "the domain is not one to eight hex digits";
	if (!read_hex(bus, (size_t)(colon - bus), 2, 2, &bus_nr))
		return "the bus is not two hex digits";
	if (!read_hex(slot, (size_t)(dot - slot), 2, 2, &slot_nr))
		return "the slot is not two hex digits";
	if (slot_nr > SLOT_MAX)
		return "the slot is above 1f";
	if (!read_hex(dot + 1, strlen(dot + 1), 1, 1, &function_nr) || function_nr > FUNCTION_MAX)
		return "the function is not one digit from 0 to 7";
	*pci = (struct vw_pci){ .domain = (uint32_t)domain_nr,
		.bus = (uint8_t)bus_nr,
		.slot = (uint8_t)slot_nr,
		.function = (uint8_t)function_nr };
	return NULL;
}

int vw_pci_parse(const char *text, struct vw_pci *pci, struct vw_error *err)
{
	char quote[QUOTE];
	const char *wrong;

	if (!text)
		return vw_error_set(err, EINVAL, "PCI address: there is none");
	wrong = parse_parts(text, pci);
	if (!wrong)
		return 0;
	return vw_error_set(err, EINVAL, "PCI address \"%s\": %s",
		vw_text_escape(quote, sizeof(quote), text), wrong);
}

int vw_pci_from_xml(const char *domain, const char *bus, const char *slot, const char *function,
	struct vw_pci *pci, struct vw_error *err)
{
	/* The limits of libvirt's virPCIDeviceAddressIsValid. */
	const struct {
		const char *name, *text;
		uint32_t max;
	} part[] = { { "domain", domain, UINT32_MAX }, { "bus", bus, 0xff },
		{ "slot", slot, SLOT_MAX }, { "function", function, FUNCTION_MAX } };
	uint64_t number[VW_ARRAY_SIZE(part)] = { 0 };
	char quote[QUOTE];

	for (size_t i = 0; i < VW_ARRAY_SIZE(part); i++) {
		int rc;

		if (!part[i].text)
			continue;
		rc = vw_text_u64(part[i].text, 0, part[i].max, &number[i]);
		if (rc == -ERANGE)
			return vw_error_set(err, ERANGE,
				"PCI address: %s=\"%s\" is above 0x%" PRIx32, part[i].name,
				vw_text_escape(quote, sizeof(quote), part[i].text), part[i].max);
		if (rc < 0)
			return vw_error_set(err, EINVAL, "PCI address: %s=\"%s\" is not a number",
				part[i].name, vw_text_escape(quote, sizeof(quote), part[i].text));
	}
	if (!number[0] && !number[1] && !number[2])
		return vw_error_set(err, EINVAL,
			"PCI address: domain, bus and slot are all 0, which names no device");
	*pci = (struct vw_pci){ .domain = (uint32_t)number[0],
		.bus = (uint8_t)number[1],
		.slot = (uint8_t)number[2],
		.function = (uint8_t)number[3] };
	return 0;
}

char *vw_pci_format(const struct vw_pci *pci, char buf[VW_PCI_STR])
{
	snprintf(buf, VW_PCI_STR, "%04" PRIx32 ":%02x:%02x.%x", pci->domain, pci->bus, pci->slot,
		pci->function);
	return buf;
}

bool vw_pci_equal(const struct vw_pci *a, const struct vw_pci *b)
{
	return vw_pci_compare(a, b) == 0;
}

int vw_pci_compare(const struct vw_pci *a, const struct vw_pci *b)
{
	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	if (a->bus != b->bus)
		return a->bus < b->bus ? -1 : 1;
	if (a->slot != b->slot)
		return a->slot < b->slot ? -1 : 1;
	if (a->function != b->function)
		return a->function < b->function ? -1 : 1;
	return 0;
}
