/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registry_baseline: what a VF was like before a domain got it, as one text of words. */
#include "registry_priv.h"

#include "text.h"

#include <string.h>

#define BASELINE_MAX 160 /* eleven words; the longest number has eleven characters */

void vw_query_baseline(struct vw_query *q, const struct vw_vf_attr *baseline)
{
	char text[BASELINE_MAX], mac[VW_MAC_STR];

	snprintf(text, sizeof(text), "%u %s %u %u %u %d %d %d %d %u %u", baseline->index,
		vw_mac_format(&baseline->mac, mac), baseline->vlan, baseline->qos,
		baseline->vlan_proto, baseline->spoofchk, baseline->trust, baseline->rss_query,
		baseline->link_state, baseline->min_rate, baseline->max_rate);
	vw_query_copy(q, text);
}

struct words {
	char *next; /* what strsep() has left */
	bool bad;
};

static const char *word(struct words *words)
{
	const char *next = strsep(&words->next, " ");

	return next ? next : "";
}

/* Of an unsigned number the minimum is 0. */
static int64_t number(struct words *words, int64_t min, int64_t max)
{
	const char *text = word(words);
	bool negative = text[0] == '-';
	uint64_t size;
	int64_t value;

	if (vw_text_u64(text + negative, 10, UINT32_MAX, &size) < 0) {
		words->bad = true;
		return 0;
	}
	value = negative ? -(int64_t)size : (int64_t)size;
	if (value < min || value > max)
		words->bad = true;
	return value;
}

static int tri_state(struct words *words)
{
	return (int)number(words, INT32_MIN, INT32_MAX);
}

void vw_query_get_baseline(struct vw_query *q, struct vw_vf_attr *baseline)
{
	char text[BASELINE_MAX];
	struct words words = { .next = text };

	vw_query_get_text(q, text, sizeof(text));
	baseline->index = (uint32_t)number(&words, 0, UINT32_MAX);
	words.bad |= vw_mac_parse(word(&words), &baseline->mac) < 0;
	baseline->vlan = (uint16_t)number(&words, 0, UINT16_MAX);
	baseline->qos = (uint16_t)number(&words, 0, UINT16_MAX);
	baseline->vlan_proto = (uint16_t)number(&words, 0, UINT16_MAX);
	baseline->spoofchk = tri_state(&words);
	baseline->trust = tri_state(&words);
	baseline->rss_query = tri_state(&words);
	baseline->link_state = tri_state(&words);
	baseline->min_rate = (uint32_t)number(&words, 0, UINT32_MAX);
	baseline->max_rate = (uint32_t)number(&words, 0, UINT32_MAX);
	q->bad |= words.bad || words.next;
}
