/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irq_place: which CPU serves which interrupt. */
#include "irq.h"

#include "cleanup.h"
#include "sysfs.h"

#include <string.h>

#define LIST_MAX 4096

/* 0 = read; a file that is not there is an empty set. */
static int read_cpus(const struct vw_host *host, const char *path, struct vw_cpus *cpus)
{
	char text[LIST_MAX];
	int rc = vw_host_readf(host, text, sizeof(text), "%s", path);

	memset(cpus, 0, sizeof(*cpus));
	if (rc < 0)
		return vw_error_absent(rc) ? 0 : rc;
	return vw_cpus_parse_list(text, cpus);
}

/* The CPUs that may serve this PF's interrupts: near, online, and not set apart for something else (isolcpus=), if that leaves any. */
static int usable_cpus(const struct vw_host *host, const struct vw_pci *pf, struct vw_cpus *cpus)
{
	char address[VW_PCI_STR], path[96];
	struct vw_cpus online, isolated, left;
	int rc = read_cpus(host, "/sys/devices/system/cpu/online", &online);

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/local_cpulist",
		vw_pci_format(pf, address));
	if (rc == 0)
		rc = read_cpus(host, path, cpus);
	if (rc == 0)
		rc = read_cpus(host, "/sys/devices/system/cpu/isolated", &isolated);
	if (rc < 0)
		return rc;
	vw_cpus_keep(cpus, &online);
	if (!vw_cpus_count(cpus))
		*cpus = online;
	left = *cpus;
	vw_cpus_drop(&left, &isolated);
	if (vw_cpus_count(&left))
		*cpus = left;
	return vw_cpus_count(cpus) ? 0 : -ENODATA;
}

static bool is_one_of(const struct vw_affinity *one, const struct vw_cpus *cpus)
{
	return vw_cpus_count(&one->now) == 1 &&
	       vw_cpus_has(cpus, (unsigned int)vw_cpus_first(&one->now));
}

/* Two PFs that share their CPUs share them for their interrupts, too. */
struct pool {
	struct vw_cpus cpus;
	unsigned int n_cpus, n_irqs, share;
	unsigned int *load; /* by CPU number */
};

static void keep_placed(
	struct vw_affinities *all, const size_t *pool_of, size_t which, struct pool *pool)
{
	for (size_t i = 0; i < all->n; i++) {
		struct vw_affinity *irq = &all->v[i];

		if (irq->is_rps || pool_of[i] != which || !is_one_of(irq, &pool->cpus))
			continue;
		unsigned int *load = &pool->load[vw_cpus_first(&irq->now)];

		if (*load >= pool->share)
			continue;
		++*load;
		irq->want = irq->now;
		irq->fixed = true;
	}
}

static void place_others(
	struct vw_affinities *all, const size_t *pool_of, size_t which, struct pool *pool)
{
	for (size_t i = 0; i < all->n; i++) {
		struct vw_affinity *irq = &all->v[i];
		int best = -1;

		if (irq->is_rps || pool_of[i] != which || irq->fixed)
			continue;
		for (unsigned int cpu = 0; cpu < VW_CPUS_MAX; cpu++)
			if (vw_cpus_has(&pool->cpus, cpu) &&
				(best < 0 || pool->load[cpu] < pool->load[best]))
				best = (int)cpu;
		memset(&irq->want, 0, sizeof(irq->want));
		vw_cpus_add(&irq->want, (unsigned int)best);
		pool->load[best]++;
	}
}

/* A netdev's queues stand side by side. */
static void place_queues(struct vw_affinities *all, const size_t *pool_of, const struct pool *pools)
{
	for (size_t i = 0, n; i < all->n; i += n) {
		const struct pool *pool = &pools[pool_of[i]];

		n = 1;
		if (!all->v[i].is_rps)
			continue;
		while (i + n < all->n && all->v[i + n].is_rps &&
			!strcmp(all->v[i].netdev, all->v[i + n].netdev))
			n++;
		for (size_t k = i; k < i + n; k++) {
			all->v[k].fixed = n >= pool->n_cpus;
			all->v[k].want = all->v[k].fixed ? all->v[k].now : pool->cpus;
		}
	}
}

static int find_pool(struct pool *pools, size_t *n, const struct vw_cpus *cpus, size_t *which)
{
	for (*which = 0; *which < *n; ++*which)
		if (vw_cpus_equal(&pools[*which].cpus, cpus))
			return 0;
	pools[*n] = (struct pool){ .cpus = *cpus,
		.n_cpus = vw_cpus_count(cpus),
		.load = calloc(VW_CPUS_MAX, sizeof(*pools->load)) };
	return pools[(*n)++].load ? 0 : -ENOMEM;
}

static int sort_into_pools(const struct vw_host *host, struct vw_affinities *all, size_t *pool_of,
	struct pool *pools, size_t *n)
{
	struct vw_cpus cpus;
	int rc = 0;

	for (size_t i = 0; i < all->n && rc == 0; i++) {
		if (i > 0 && vw_pci_equal(&all->v[i].pf, &all->v[i - 1].pf)) {
			pool_of[i] = pool_of[i - 1];
		} else {
			rc = usable_cpus(host, &all->v[i].pf, &cpus);
			if (rc == 0)
				rc = find_pool(pools, n, &cpus, &pool_of[i]);
		}
		if (rc == 0)
			pools[pool_of[i]].n_irqs += !all->v[i].is_rps;
	}
	return rc;
}

int vw_irq_place(const struct vw_host *host, struct vw_affinities *all, struct vw_error *err)
{
	vw_auto_free size_t *pool_of = calloc(all->n + 1, sizeof(*pool_of));
	vw_auto_free struct pool *pools = calloc(all->n + 1, sizeof(*pools));
	size_t n = 0;
	int rc = pool_of && pools ? sort_into_pools(host, all, pool_of, pools, &n) : -ENOMEM;

	for (size_t i = 0; i < n && rc == 0; i++) {
		pools[i].share = (pools[i].n_irqs + pools[i].n_cpus - 1) / pools[i].n_cpus;
		keep_placed(all, pool_of, i, &pools[i]);
		place_others(all, pool_of, i, &pools[i]);
	}
	if (rc == 0)
		place_queues(all, pool_of, pools);
	for (size_t i = 0; i < n; i++)
		free(pools[i].load);
	return rc < 0 ? vw_error_errno(err, -rc, "cannot tell which CPUs are near the NICs") : 0;
}
