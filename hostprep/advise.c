/* SPDX-License-Identifier: GPL-2.0-or-later */
/* advise: rates, and what they say. */
#include "advise.h"

#include "cleanup.h"

#include <string.h>

void vw_rates_free(struct vw_rates *rates)
{
	free(rates->nics);
	free(rates->guests);
	*rates = (struct vw_rates){ 0 };
}

static const struct vw_sample_nic *find(
	const struct vw_sample *sample, const struct vw_sample_nic *nic)
{
	for (size_t i = 0; i < sample->n; i++)
		if (!strcmp(sample->nics[i].netdev, nic->netdev))
			return &sample->nics[i];
	return NULL;
}

static void add_to_guest(
	struct vw_rates *rates, const struct vw_sample_nic *nic, double rx, double tx)
{
	struct vw_rate *guest = rates->guests;

	while (guest < rates->guests + rates->n_guests && guest->guest != nic->guest)
		guest++;
	if (guest == rates->guests + rates->n_guests) {
		rates->n_guests++;
		guest->guest = nic->guest;
		snprintf(guest->name, sizeof(guest->name), "%s", nic->name);
	}
	/* What the host sends to the tap is what the guest receives. */
	guest->rx_kpps += tx;
	guest->tx_kpps += rx;
}

int vw_rates_between(
	const struct vw_sample *from, const struct vw_sample *to, struct vw_rates *rates)
{
	uint64_t busy = to->busy - from->busy, idle = to->idle - from->idle;

	*rates = (struct vw_rates){ .seconds = (double)(to->ns - from->ns) / 1e9 };
	if (rates->seconds <= 0 || to->busy < from->busy || to->idle < from->idle)
		return -EINVAL;
	rates->cpu = busy + idle ? 100.0 * (double)busy / (double)(busy + idle) : 0;
	rates->nics = calloc(to->n + 1, sizeof(*rates->nics));
	rates->guests = calloc(to->n + 1, sizeof(*rates->guests));
	if (!rates->nics || !rates->guests) {
		vw_rates_free(rates);
		return -ENOMEM;
	}
	for (size_t i = 0; i < to->n; i++) {
		const struct vw_sample_nic *nic = &to->nics[i], *before = find(from, nic);
		struct vw_rate *rate = &rates->nics[rates->n_nics];

		/* A counter that fell is that of another netdev of the same name. */
		if (!before || nic->rx < before->rx || nic->tx < before->tx)
			continue;
		rates->n_nics++;
		snprintf(rate->name, sizeof(rate->name), "%s", nic->netdev);
		rate->is_hardware = nic->is_hardware;
		rate->rx_kpps = (double)(nic->rx - before->rx) / rates->seconds / 1000;
		rate->tx_kpps = (double)(nic->tx - before->tx) / rates->seconds / 1000;
		if (nic->guest)
			add_to_guest(rates, nic, rate->rx_kpps, rate->tx_kpps);
	}
	return 0;
}

void vw_advise(
	const struct vw_rates *rates, const struct vw_config *config, struct vw_findings *findings)
{
	bool busy = rates->cpu > config->advise_cpu, worth = false;
	const struct vw_rate *most = NULL;
	double most_kpps = 0;

	for (size_t i = 0; i < rates->n_guests; i++) {
		const struct vw_rate *guest = &rates->guests[i];
		double kpps = guest->rx_kpps + guest->tx_kpps;

		if (!most || kpps > most_kpps) {
			most = guest;
			most_kpps = kpps;
		}
		if (kpps <= config->advise_any && !(busy && kpps > config->advise_busy))
			continue;
		worth = true;
		vw_finding_add(findings, VW_WARN, "sriov-worth", guest->name,
			"give it a VF: vfward xml PF prints the interface",
			"guest %s: %.1f kpps at %.0f %% host CPU; a VF is worth it above %u kpps, "
			"or above %u kpps at more than %u %%",
			guest->name, kpps, rates->cpu, config->advise_any, config->advise_busy,
			config->advise_cpu);
	}
	if (!most)
		vw_finding_add(findings, VW_SKIP, "sriov-no-guest", "host",
			"run it while guests with a tap or macvtap are at work",
			"no guest sends its packets through the host");
	else if (!worth)
		vw_finding_add(findings, VW_PASS, "sriov-not-needed", "host", NULL,
			"no guest needs a VF: %s has most, %.1f kpps at %.0f %% host CPU; a VF is "
			"worth it above %u kpps, or above %u kpps at more than %u %%",
			most->name, most_kpps, rates->cpu, config->advise_any, config->advise_busy,
			config->advise_cpu);
}
