/* SPDX-License-Identifier: GPL-2.0-or-later */
/* advise_sample: counters of CPUs and netdevs, and whose netdev it is. */
#include "advise.h"

#include "cleanup.h"
#include "holder.h"
#include "sysfs.h"
#include "text.h"

#include <string.h>
#include <time.h>

void vw_sample_free(struct vw_sample *sample)
{
	free(sample->nics);
	*sample = (struct vw_sample){ 0 };
}

/* "cpu  user nice system idle iowait irq softirq steal guest guest_nice": the last two are part of the first two
 * (Documentation/filesystems/proc.rst). */
static int read_cpu(const struct vw_host *host, struct vw_sample *sample)
{
	vw_auto_free char *text = NULL;
	char *save = NULL, *word;
	size_t len;
	int rc = vw_host_slurpf(host, 16U << 20, &text, &len, "/proc/stat");

	if (rc < 0)
		return rc;
	text[strcspn(text, "\n")] = '\0';
	word = strtok_r(text, " ", &save);
	if (!word || strcmp(word, "cpu") != 0)
		return -EBADMSG;
	for (unsigned int i = 0; i < 8 && (word = strtok_r(NULL, " ", &save)); i++) {
		uint64_t ticks;

		if (vw_text_u64(word, 10, UINT64_MAX / 16, &ticks) < 0)
			return -EBADMSG;
		*(i == 3 || i == 4 ? &sample->idle : &sample->busy) += ticks;
	}
	return 0;
}

static int read_counter(
	const struct vw_host *host, const char *netdev, const char *name, uint64_t *count)
{
	char text[32];
	int rc = vw_host_readf(
		host, text, sizeof(text), "/sys/class/net/%s/statistics/%s", netdev, name);

	return rc < 0 ? rc : vw_text_u64(text, 10, UINT64_MAX, count);
}

static int read_nics(const struct vw_host *host, struct vw_sample *sample)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = vw_host_listf(host, &names, "/sys/class/net");

	if (rc < 0)
		return rc;
	sample->nics = calloc(names.n + 1, sizeof(*sample->nics));
	if (!sample->nics)
		return -ENOMEM;
	for (size_t i = 0; i < names.n; i++) {
		struct vw_sample_nic *nic = &sample->nics[sample->n];
		struct vw_pci pci;

		/* bonding_masters is a file; others may vanish. */
		if (strlen(names.v[i]) >= sizeof(nic->netdev) ||
			read_counter(host, names.v[i], "rx_packets", &nic->rx) < 0 ||
			read_counter(host, names.v[i], "tx_packets", &nic->tx) < 0)
			continue;
		strcpy(nic->netdev, names.v[i]);
		nic->is_hardware = vw_sysfs_netdev_pci(host, nic->netdev, &pci) == 0;
		sample->n++;
	}
	return 0;
}

static struct vw_sample_nic *find_nic(struct vw_sample *sample, const char *netdev)
{
	for (size_t i = 0; i < sample->n; i++)
		if (!strcmp(sample->nics[i].netdev, netdev))
			return &sample->nics[i];
	return NULL;
}

/* /dev/tapN is the macvtap whose interface index is N (drivers/net/macvtap.c). */
static struct vw_sample_nic *find_macvtap(
	const struct vw_host *host, struct vw_sample *sample, const char *number)
{
	char text[16];

	for (size_t i = 0; i < sample->n; i++)
		if (vw_host_readf(host, text, sizeof(text), "/sys/class/net/%s/ifindex",
			    sample->nics[i].netdev) > 0 &&
			!strcmp(text, number))
			return &sample->nics[i];
	return NULL;
}

/* The tap that is behind this open /dev/net/tun: "iff:\tvnet0" (drivers/net/tun.c: tun_chr_show_fdinfo). */
static struct vw_sample_nic *find_tap(
	const struct vw_host *host, struct vw_sample *sample, const char *pid, const char *fd)
{
	char text[1024], *line;

	if (vw_host_readf(host, text, sizeof(text), "/proc/%s/fdinfo/%s", pid, fd) < 0)
		return NULL;
	line = strstr(text, "iff:\t");
	if (!line)
		return NULL;
	line += strlen("iff:\t");
	line[strcspn(line, "\n")] = '\0';
	return find_nic(sample, line);
}

static void find_guest_nics(
	const struct vw_host *host, struct vw_sample *sample, const char *pid, const char *name)
{
	vw_auto(vw_names_free) struct vw_names fds = { 0 };
	char target[64];

	if (vw_host_listf(host, &fds, "/proc/%s/fd", pid) < 0)
		return;
	for (size_t i = 0; i < fds.n; i++) {
		struct vw_sample_nic *nic = NULL;

		if (vw_host_readlinkf(
			    host, target, sizeof(target), "/proc/%s/fd/%s", pid, fds.v[i]) < 0)
			continue;
		if (!strcmp(target, "/dev/net/tun"))
			nic = find_tap(host, sample, pid, fds.v[i]);
		else if (!strncmp(target, "/dev/tap", strlen("/dev/tap")))
			nic = find_macvtap(host, sample, target + strlen("/dev/tap"));
		if (!nic)
			continue;
		nic->guest = (pid_t)strtol(pid, NULL, 10);
		snprintf(nic->name, sizeof(nic->name), "%s", name);
	}
}

static int read_guests(const struct vw_host *host, struct vw_sample *sample)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = vw_host_listf(host, &names, "/proc");
	char guest[128];
	uint64_t pid;

	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		if (vw_text_u64(names.v[i], 10, INT32_MAX, &pid) < 0)
			continue;
		vw_holder_guest(host, (pid_t)pid, guest, sizeof(guest));
		if (guest[0])
			find_guest_nics(host, sample, names.v[i], guest);
	}
	return rc;
}

int vw_sample_take(const struct vw_host *host, struct vw_sample *sample, struct vw_error *err)
{
	struct timespec now;
	int rc;

	*sample = (struct vw_sample){ 0 };
	rc = read_cpu(host, sample);
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read /proc/stat");
	clock_gettime(CLOCK_MONOTONIC, &now);
	sample->ns = now.tv_sec * 1000000000LL + now.tv_nsec;
	rc = read_nics(host, sample);
	if (rc == 0)
		rc = read_guests(host, sample);
	if (rc == 0)
		return 0;
	vw_sample_free(sample);
	return vw_error_errno(err, -rc, "cannot read the packet counters");
}
