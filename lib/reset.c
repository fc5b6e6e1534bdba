/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reset: brings the attributes that a PF keeps for a VF to a target, reads them back, says what stayed. */

/*
 * Theory of operation. Neither a function level reset nor a new driver touches what the PF keeps for a VF, so each
 * attribute is set by rtnetlink, one a message (the kernel stops at the first that fails). The order and the
 * exceptions come from drivers, linux 6.1, drivers/net/ethernet:
 *
 *  - VLAN and rate before the MAC, trust after it: i40e and ice reset the VF on each change of MAC, trust and VLAN,
 *    answer EAGAIN or EBUSY meanwhile (i40e_virtchnl_pf.c, "VF still in reset") and leave the VF out of the list. Hence
 *    the retries, the skipping of what is right already, and a patient read-back.
 *  - A zero MAC is refused by qede, bnx2x, benet, cxgb4, hinic, liquidio, qlcnic, octeontx2 and the out-of-tree igb
 *    (EINVAL) and by enetc (EADDRNOTAVAIL). libvirt then gives every VF the same 02:00:00:00:00:00; we
 *    give each an address of its own.
 *  - mlx4 refuses a zero MAC while spoofchk is on, and spoofchk while the MAC is zero (EPERM, mlx4/cmd.c). mlx5 takes both and
 *    then drops all traffic but that of address zero (esw/acl/ingress_lgcy.c). Where spoofchk is to stay on,
 *    these two get an address of their own as well: spoofchk is never given up for a MAC.
 *  - ixgbe answers EINVAL to any rate, 0 too, unless the PF's link is up at 10 Gb/s (ixgbe_sriov.c).
 *  - qede reports the link's speed as the maximum rate of a VF without limit (qed_sriov.c); to write that back
 *    would install a limit.
 */

#include "reset.h"

#include "cleanup.h"
#include "sysfs.h"

#include <limits.h>
#include <string.h>

#define RETRY_MS   100
#define RETRIES    20
#define ENOTSUPP_  524 /* the kernel's own; bnxt lets it out */
#define BIT(field) (1U << (field))

struct job {
	const struct vw_host *host;
	const struct vw_pci *vf;
	struct vw_reset_target target;
	struct vw_vf_place place;
	struct vw_vf_attr first, now; /* as found; as read last */
	int failed[VW_VF_FIELDS];     /* -errno of the last attempt */
	unsigned int unsupported;     /* mask of fields */
};

/* Max rate of a qede VF without limit; 0 = no such peculiarity. */
static uint32_t unlimited_rate(const struct vw_host *host, const struct vw_vf_place *place)
{
	char attr[IFNAMSIZ + 16];
	long speed;

	if (strcmp(place->driver, "qede") != 0)
		return 0;
	snprintf(attr, sizeof(attr), "net/%s/speed", place->netdev);
	if (vw_sysfs_pci_number(host, &place->pf, attr, &speed) < 0 || speed < 0)
		return 0;
	return (uint32_t)speed;
}

static void drop_unlimited_rate(uint32_t unlimited, struct vw_vf_attr *attr)
{
	if (unlimited && attr->max_rate == unlimited)
		attr->max_rate = 0;
}

/* Looks into one netdev of the PF. 1 = it lists the VF, 0 = it does not, -errno. */
static int look_into(const struct vw_host *host, const char *netdev, struct vw_vf_place *place,
	struct vw_vf_attr *attr, bool *seen, struct vw_error *err)
{
	vw_auto(vw_link_free) struct vw_link link = { 0 };
	const struct vw_vf_attr *found;
	int rc = vw_link_get(host, netdev, &link, err);

	if (rc == -ENODEV)
		return 0; /* renamed or gone since */
	if (rc < 0)
		return rc;
	found = vw_link_vf(&link, place->index);
	/* Of several netdevs (two ports, switchdev's representors) the one that lists VFs. */
	if (found || !*seen || link.n_vfs) {
		snprintf(place->netdev, sizeof(place->netdev), "%s", link.name);
		place->ifindex = link.ifindex;
	}
	*seen = true;
	if (!found)
		return 0;
	*attr = *found;
	drop_unlimited_rate(unlimited_rate(host, place), attr);
	return 1;
}

static int read_attr(const struct vw_host *host, struct vw_vf_place *place, struct vw_vf_attr *attr,
	struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names netdevs = { 0 };
	char addr[VW_PCI_STR];
	bool seen = false;
	size_t i;
	int rc = vw_sysfs_pci_netdevs(host, &place->pf, &netdevs);

	if (rc < 0 && rc != -ENOENT)
		return vw_error_errno(err, -rc, "cannot list the netdevs of PF %s",
			vw_pci_format(&place->pf, addr));
	for (i = 0, rc = 0; rc == 0 && i < netdevs.n; i++)
		rc = look_into(host, netdevs.v[i], place, attr, &seen, err);
	if (rc)
		return rc < 0 ? rc : 0;
	if (!seen)
		return vw_error_set(err, ENODEV, "PF %s has no netdev in this network namespace",
			vw_pci_format(&place->pf, addr));
	return vw_error_set(err, EUCLEAN, "the kernel's list of VFs of %s does not show VF %u",
		place->netdev, place->index);
}

int vw_reset_read(const struct vw_host *host, const struct vw_pci *vf, struct vw_vf_place *place,
	struct vw_vf_attr *attr, struct vw_error *err)
{
	struct vw_vf_place p = { 0 };
	struct vw_vf_attr a;
	char addr[VW_PCI_STR], pf[VW_PCI_STR];
	int rc;

	vw_pci_format(vf, addr);
	if (!vw_sysfs_pci_exists(host, vf))
		return vw_error_set(err, ENOENT, "there is no PCI function %s", addr);
	rc = vw_sysfs_pci_function(host, vf, "physfn", &p.pf);
	if (rc == -ENOENT)
		return vw_error_set(err, ENOENT, "%s is no virtual function", addr);
	if (rc == 0)
		rc = vw_sysfs_vf_index(host, &p.pf, vf, &p.index);
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot tell which VF of its PF %s is", addr);
	rc = vw_sysfs_pci_link(host, &p.pf, "driver", p.driver, sizeof(p.driver));
	if (rc < 0 && rc != -ENOENT)
		return vw_error_errno(
			err, -rc, "cannot read the driver of PF %s", vw_pci_format(&p.pf, pf));
	rc = read_attr(host, &p, &a, err);
	if (rc < 0)
		return rc;
	if (place)
		*place = p;
	if (attr)
		*attr = a;
	return 0;
}

struct vw_vf_attr vw_reset_defaults(const char *pf_driver, const struct vw_vf_attr *now)
{
	static const char *const checked[] = { "igb", "ixgbe", "i40e", "ice" };
	struct vw_vf_attr d = { .index = now->index,
		.vlan_proto = 0x8100,
		.spoofchk = VW_UNKNOWN,
		.trust = now->trust == VW_UNKNOWN ? VW_UNKNOWN : 0,
		.rss_query = now->rss_query == VW_UNKNOWN ? VW_UNKNOWN : 0,
		.link_state = now->link_state == VW_UNKNOWN ? VW_UNKNOWN : 0 };
	size_t i;

	for (i = 0; i < VW_ARRAY_SIZE(checked) && now->spoofchk != VW_UNKNOWN; i++)
		if (strcmp(pf_driver, checked[i]) == 0)
			d.spoofchk = 1;
	return d;
}

/* An address that nobody else has: locally administered, made of this machine's id, the PF and the VF number, so that it is the
 * same each time. The id goes through a hash because it is not for strangers (machine-id(5)). */
static struct vw_mac made_up_mac(const struct job *job)
{
	char id[64], pf[VW_PCI_STR], text[128];
	uint64_t h = 0xcbf29ce484222325; /* FNV-1a, then the finalizer of MurmurHash3 */
	struct vw_mac mac;
	const char *c;
	size_t i;

	if (vw_host_readf(job->host, id, sizeof(id), "/etc/machine-id") <= 0 &&
		vw_host_readf(job->host, id, sizeof(id), "/proc/sys/kernel/random/boot_id") <= 0)
		id[0] = '\0';
	snprintf(text, sizeof(text), "vfward %s %s %u", id, vw_pci_format(&job->place.pf, pf),
		job->place.index);
	for (c = text; *c; c++)
		h = (h ^ (unsigned char)*c) * 0x100000001b3;
	h = (h ^ h >> 33) * 0xff51afd7ed558ccd;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53;
	h ^= h >> 33;
	for (i = 0; i < sizeof(mac.b); i++)
		mac.b[i] = (uint8_t)(h >> 8 * i);
	mac.b[0] = (uint8_t)((mac.b[0] & 0xfc) | 0x02);
	if (vw_mac_is_tap_copy(&mac))
		mac.b[0] = 0x06;
	/* Neither libvirt's stand-in nor, by a chance of 1 to 2^46, the tenant's. */
	if (vw_mac_is_nobody(&mac) || vw_mac_equal(&mac, &job->target.tenant))
		mac.b[5] ^= 1;
	return mac;
}

static bool worth_retrying(int rc)
{
	/* ENOBUFS: done or not, the ack got lost. */
	return rc == -EAGAIN || rc == -EBUSY || rc == -ENOBUFS;
}

static int set_patiently(struct job *job, enum vw_vf_field field, const struct vw_vf_attr *value)
{
	int rc, try;

	for (try = 0; try <= RETRIES; try++) {
		rc = vw_vf_set(job->host, job->place.ifindex, field, value, NULL);
		if (!worth_retrying(rc) || !vw_deadline_sleep(&job->host->deadline, RETRY_MS))
			break;
	}
	job->failed[field] = rc;
	if (rc == -EOPNOTSUPP || rc == -ENOTSUPP_ || rc == -EPROTONOSUPPORT ||
		(rc == -EINVAL && field == VW_VF_RATE))
		job->unsupported |= BIT(field);
	return rc;
}

static bool spoofchk_stays_on(const struct job *job)
{
	int want = job->target.want.spoofchk;

	return (want == VW_UNKNOWN ? job->first.spoofchk : want) == 1;
}

/* Drivers that must not have a zero MAC and spoofchk together. */
static bool wants_mac_for_spoofchk(const struct job *job)
{
	return spoofchk_stays_on(job) && (strcmp(job->place.driver, "mlx4_core") == 0 ||
						 strcmp(job->place.driver, "mlx5_core") == 0);
}

/* The VF may not have a zero MAC: give it one that is nobody's. */
static void set_stand_in(struct job *job, struct vw_vf_attr *value)
{
	const struct vw_mac *tenant = &job->target.tenant, *spare = &job->target.spare;

	/* It carries neither its tenant's address nor none: nothing to do. */
	if (!vw_mac_is_zero(tenant) && !vw_mac_equal(&job->first.mac, tenant) &&
		!vw_mac_is_nobody(&job->first.mac)) {
		job->failed[VW_VF_MAC] = 0;
		return;
	}
	value->mac = made_up_mac(job);
	if (!vw_mac_is_nobody(spare) && !vw_mac_is_multicast(spare) && !vw_mac_equal(spare, tenant))
		value->mac = *spare;
	if (vw_mac_equal(&job->first.mac, &value->mac))
		job->failed[VW_VF_MAC] = 0;
	else
		set_patiently(job, VW_VF_MAC, value);
}

static void set_mac(struct job *job)
{
	struct vw_vf_attr value = job->target.want, off = value;
	bool zero = vw_mac_is_zero(&value.mac);
	int rc;

	if (zero && wants_mac_for_spoofchk(job)) {
		set_stand_in(job, &value);
		return;
	}
	if (vw_mac_equal(&value.mac, &job->first.mac))
		return;
	rc = set_patiently(job, VW_VF_MAC, &value);
	if (zero && rc == -EPERM && job->first.spoofchk == 1 && !spoofchk_stays_on(job)) {
		/* mlx4, old mlx5: spoofchk is to go anyway, so let it go first. */
		off.spoofchk = 0;
		if (set_patiently(job, VW_VF_SPOOFCHK, &off) == 0)
			rc = set_patiently(job, VW_VF_MAC, &value);
	}
	if (zero && (rc == -EINVAL || rc == -EADDRNOTAVAIL || rc == -EPERM))
		set_stand_in(job, &value);
}

/* Is there something to be done about this field, judged by what was read? Fields that the target or the driver does not know
 * are left alone. */
static bool differs(const struct job *job, enum vw_vf_field field, const struct vw_vf_attr *now)
{
	const struct vw_vf_attr *want = &job->target.want;

	if ((field == VW_VF_SPOOFCHK && want->spoofchk == VW_UNKNOWN) ||
		(field == VW_VF_TRUST && want->trust == VW_UNKNOWN) ||
		(field == VW_VF_RSS_QUERY && want->rss_query == VW_UNKNOWN) ||
		(field == VW_VF_LINK_STATE && want->link_state == VW_UNKNOWN))
		return false;
	return !vw_vf_field_equal(field, want, now);
}

static void set_all(struct job *job)
{
	static const enum vw_vf_field order[] = { VW_VF_VLAN, VW_VF_RATE, VW_VF_MAC, VW_VF_TRUST,
		VW_VF_SPOOFCHK, VW_VF_RSS_QUERY, VW_VF_LINK_STATE };
	size_t i;

	job->target.want.index = job->place.index;
	for (i = 0; i < VW_ARRAY_SIZE(order); i++) {
		if (order[i] == VW_VF_MAC)
			set_mac(job);
		else if (differs(job, order[i], &job->first))
			set_patiently(job, order[i], &job->target.want);
	}
}

static bool mac_is_dirty(const struct job *job)
{
	const struct vw_mac *now = &job->now.mac, *want = &job->target.want.mac;

	if (!vw_mac_is_zero(want))
		return !vw_mac_equal(now, want);
	if (vw_mac_is_zero(now))
		return false;
	if (!vw_mac_is_zero(&job->target.tenant))
		return vw_mac_equal(now, &job->target.tenant);
	/* Whose it was is not known: what the driver would not change may be a tenant's. */
	return job->failed[VW_VF_MAC] < 0 && vw_mac_equal(now, &job->first.mac);
}

/* Does the field stand in the way of the next tenant? */
static bool is_dirty(const struct job *job, enum vw_vf_field field)
{
	const struct vw_vf_attr *now = &job->now;

	if (field == VW_VF_MAC)
		return mac_is_dirty(job);
	/* Not reported: cannot be judged. */
	if ((field == VW_VF_SPOOFCHK && now->spoofchk == VW_UNKNOWN) ||
		(field == VW_VF_TRUST && now->trust == VW_UNKNOWN) ||
		(field == VW_VF_RSS_QUERY && now->rss_query == VW_UNKNOWN) ||
		(field == VW_VF_LINK_STATE && now->link_state == VW_UNKNOWN))
		return false;
	if (!differs(job, field, now))
		return false;
	/* What the driver cannot do is no failure, unless it leaves a right or a network of the tenant behind. */
	return !(job->unsupported & BIT(field)) || field == VW_VF_VLAN || field == VW_VF_TRUST ||
	       field == VW_VF_SPOOFCHK;
}

/* Fields that are not clean; those that the driver refused are no matter of waiting. */
static unsigned int dirty_fields(const struct job *job, unsigned int *hopeless)
{
	unsigned int dirty = 0;
	int field;

	*hopeless = 0;
	for (field = 0; field < VW_VF_FIELDS; field++) {
		if (!is_dirty(job, (enum vw_vf_field)field))
			continue;
		dirty |= BIT(field);
		if (job->failed[field] < 0)
			*hopeless |= BIT(field);
	}
	return dirty;
}

/* Reads until clean, or until it is clear that waiting is no use. */
static int read_back(struct job *job, unsigned int *dirty, struct vw_error *err)
{
	unsigned int hopeless = 0;
	int rc = 0, try;

	for (try = 0; try <= RETRIES; try++) {
		rc = vw_reset_read(job->host, job->vf, &job->place, &job->now, err);
		*dirty = rc < 0 ? 0 : dirty_fields(job, &hopeless);
		if (rc == 0 && *dirty == hopeless)
			break;
		if (rc < 0 && rc != -EUCLEAN && !worth_retrying(rc))
			break;
		if (!vw_deadline_sleep(&job->host->deadline, RETRY_MS))
			break;
	}
	return rc;
}

static void add(char *buf, size_t size, const char *text)
{
	size_t n = strlen(buf);

	snprintf(buf + n, size - n, "%s%s", n ? ", " : "", text);
}

static void describe(const struct job *job, enum vw_vf_field field, char *buf, size_t size)
{
	static const char *const states[] = { "auto", "enable", "disable" };
	const struct vw_vf_attr *now = &job->now;
	const char *name = vw_vf_field_name(field);
	char mac[VW_MAC_STR];
	int on = field == VW_VF_SPOOFCHK ? now->spoofchk
		 : field == VW_VF_TRUST  ? now->trust
					 : now->rss_query;

	if (field == VW_VF_MAC)
		snprintf(buf, size, "%s %s", name, vw_mac_format(&now->mac, mac));
	else if (field == VW_VF_VLAN && now->qos)
		snprintf(buf, size, "%s %u qos %u", name, now->vlan, now->qos);
	else if (field == VW_VF_VLAN)
		snprintf(buf, size, "%s %u", name, now->vlan);
	else if (field == VW_VF_RATE)
		snprintf(buf, size, "%s %u-%u Mbit/s", name, now->min_rate, now->max_rate);
	else if (field == VW_VF_LINK_STATE)
		snprintf(buf, size, "%s %s", name, states[now->link_state]);
	else
		snprintf(buf, size, "%s %s", name, on ? "on" : "off");
}

int vw_reset_vf(const struct vw_host *host, const struct vw_pci *vf,
	const struct vw_reset_target *target, struct vw_reset_result *result, struct vw_error *err)
{
	struct job job = { .host = host, .vf = vf, .target = *target };
	unsigned int dirty = 0;
	char text[64];
	int rc, field, try;

	*result = (struct vw_reset_result){ 0 };
	for (try = 0; try <= RETRIES; try++) {
		rc = vw_reset_read(host, vf, &job.place, &job.first, err);
		if ((rc != -EUCLEAN && !worth_retrying(rc)) ||
			!vw_deadline_sleep(&host->deadline, RETRY_MS))
			break;
	}
	if (rc < 0)
		return rc;
	/* Baselines come from the list of links too, where nobody knows qede's ways. */
	drop_unlimited_rate(unlimited_rate(host, &job.place), &job.target.want);
	set_all(&job);
	rc = read_back(&job, &dirty, err);
	if (rc < 0)
		return rc;
	for (field = 0; field < VW_VF_FIELDS; field++) {
		if (job.unsupported & BIT(field))
			add(result->unsupported, sizeof(result->unsupported),
				vw_vf_field_name((enum vw_vf_field)field));
		if (!(dirty & BIT(field)))
			continue;
		describe(&job, (enum vw_vf_field)field, text, sizeof(text));
		add(result->residue, sizeof(result->residue), text);
	}
	result->clean = dirty == 0;
	return 0;
}
