/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mac: Ethernet addresses as libvirt spells them, and which of them name nobody. */
#include "mac.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int vw_mac_parse(const char *text, struct vw_mac *mac)
{
	struct vw_mac read;

	if (!text)
		return -EINVAL;
	for (size_t i = 0; i < sizeof(read.b); i++) {
		int high = hex_value(*text), low;

		if (high < 0)
			return -EINVAL;
		low = hex_value(*++text);
		if (low < 0) {
			read.b[i] = (uint8_t)high;
		} else {
			read.b[i] = (uint8_t)(high << 4 | low);
			text++;
		}
		if (*text != (i + 1 < sizeof(read.b) ? ':' : '\0'))
			return -EINVAL;
		text++;
	}
	*mac = read;
	return 0;
}

char *vw_mac_format(const struct vw_mac *mac, char buf[VW_MAC_STR])
{
	snprintf(buf, VW_MAC_STR, "%02x:%02x:%02x:%02x:%02x:%02x", mac->b[0], mac->b[1], mac->b[2],
		mac->b[3], mac->b[4], mac->b[5]);
	return buf;
}

bool vw_mac_equal(const struct vw_mac *a, const struct vw_mac *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool vw_mac_is_zero(const struct vw_mac *mac)
{
	static const struct vw_mac zero;

	return vw_mac_equal(mac, &zero);
}

bool vw_mac_is_multicast(const struct vw_mac *mac)
{
	return mac->b[0] & 1;
}

bool vw_mac_is_nobody(const struct vw_mac *mac)
{
	static const struct vw_mac stand_in = { { 0x02 } };

	return vw_mac_is_zero(mac) || vw_mac_equal(mac, &stand_in);
}

bool vw_mac_is_tap_copy(const struct vw_mac *tap)
{
	return tap->b[0] == 0xfe;
}
